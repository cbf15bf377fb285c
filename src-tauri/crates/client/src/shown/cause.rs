//! The causes of "not checked", for the window.

use cpis_record::NotCheckedCause;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! shown_causes {
    ($($name:ident),+ $(,)?) => {
        /// The causes of "not checked", as `NotCheckedCause` of the domain has them; the catalogue
        /// of the window has one sentence for each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
        #[serde(rename_all = "kebab-case")]
        #[allow(missing_docs, reason = "each is documented in cpis_record::NotCheckedCause")]
        pub enum ShownCause { $($name,)+ }

        impl From<NotCheckedCause> for ShownCause {
            fn from(cause: NotCheckedCause) -> Self {
                match cause { $(NotCheckedCause::$name => Self::$name,)+ }
            }
        }

        impl From<ShownCause> for NotCheckedCause {
            fn from(cause: ShownCause) -> Self {
                match cause { $(ShownCause::$name => Self::$name,)+ }
            }
        }
    };
}

shown_causes! {
    Unreachable, TimedOut, ConnectionLost, CertificateExpired, CertificateNotYetValid,
    CertificateForOtherName, CertificateIssuerUnknown, CertificateFromProxy, CertificateNotPinned,
    CertificateRevoked, CertificateNotTrusted, WeakEncryption, ServiceUnavailable,
    TooManyRequests, SignInNeeded, NotAllowed, Refused, NotKnown, NumberInvalidated,
    UnreadableAnswer, AnswerTooLarge, WrongPerson, IncompleteAnswer, BirthDateDiffers, Superseded,
    Restricted, Deceased, GrownUp, Cancelled,
}
