//! The three answers of a check, and never two (design invariant I3).

use crate::Plan;

/// How a check ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The register holds at least one record, current or ended.
    Record(Records),
    /// A well-formed, complete, empty answer for the very number that was asked. Nothing else may
    /// be read as this.
    Nothing,
    /// Anything else. It says nothing about the child.
    NotChecked(NotChecked),
}

/// One record or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Records(Vec<Plan>);

impl Records {
    /// `None` for an empty list, so that "a record was found" always holds one.
    #[must_use]
    pub fn new(plans: Vec<Plan>) -> Option<Self> {
        (!plans.is_empty()).then_some(Self(plans))
    }

    /// The records, at least one.
    #[must_use]
    pub fn plans(&self) -> &[Plan] {
        &self.0
    }
}

/// Why a check was not made, or its answer could not be relied on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotChecked {
    /// The coded cause, which is also what the audit record says.
    pub cause: NotCheckedCause,
    /// What the backend said in words (OperationOutcome diagnostics), where it is safe to show.
    pub reason: Option<String>,
}

impl From<NotCheckedCause> for NotChecked {
    fn from(cause: NotCheckedCause) -> Self {
        Self {
            cause,
            reason: None,
        }
    }
}

macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// The causes that end a check as "not checked". The code goes into the audit record and
        /// selects the sentence on the screen.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum NotCheckedCause {
            $($(#[$doc])* $name,)+
        }

        impl NotCheckedCause {
            /// Every cause.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable code of the cause.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The cause for a code; `None` for one that this program does not know.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

causes! {
    /// The service could not be reached: no network, or nobody listens.
    Unreachable = "unreachable",
    /// No complete answer within 15 seconds. Whether the service acted on the question is unknown.
    TimedOut = "timed-out",
    /// The connection broke before the answer was complete. Whether the service acted is unknown.
    ConnectionLost = "connection-lost",
    /// By this computer's clock the service's certificate is over.
    CertificateExpired = "certificate-expired",
    /// By this computer's clock the service's certificate is not valid yet.
    CertificateNotYetValid = "certificate-not-yet-valid",
    /// The service's certificate is for another name (IT department).
    CertificateForOtherName = "certificate-for-other-name",
    /// The service's certificate is from an authority that this computer does not trust (IT department).
    CertificateIssuerUnknown = "certificate-issuer-unknown",
    /// The same, and something on the way, such as a proxy, most likely stands for the service (IT department).
    CertificateFromProxy = "certificate-from-proxy",
    /// The service's certificate has none of the keys that policy pins (IT department).
    CertificateNotPinned = "certificate-not-pinned",
    /// The service's certificate has been revoked.
    CertificateRevoked = "certificate-revoked",
    /// The service's certificate is not trusted on this computer for another reason (IT department).
    CertificateNotTrusted = "certificate-not-trusted",
    /// The service offers only encryption that is too weak.
    WeakEncryption = "weak-encryption",
    /// HTTP 5xx or 408.
    ServiceUnavailable = "service-unavailable",
    /// HTTP 429.
    TooManyRequests = "too-many-requests",
    /// HTTP 401 after one renewal: the session has ended.
    SignInNeeded = "sign-in-needed",
    /// HTTP 403: this role or organisation may not look.
    NotAllowed = "not-allowed",
    /// HTTP 400 or another refusal of the question.
    Refused = "refused",
    /// HTTP 404 from the register or the demographics service.
    NotKnown = "not-known",
    /// The NHS number is no longer valid (PDS INVALIDATED_RESOURCE).
    NumberInvalidated = "number-invalidated",
    /// An answer that is not FHIR JSON, is cut off, or has an unexpected shape.
    UnreadableAnswer = "unreadable-answer",
    /// An answer larger than the program accepts.
    AnswerTooLarge = "answer-too-large",
    /// A well-formed answer about another person.
    WrongPerson = "wrong-person",
    /// An answer whose parts disagree or that is not complete.
    IncompleteAnswer = "incomplete-answer",
    /// The date of birth differs from the one held.
    BirthDateDiffers = "birth-date-differs",
    /// The NHS number has been replaced by another.
    Superseded = "superseded",
    /// The person's demographic record is restricted.
    Restricted = "restricted",
    /// The person has died.
    Deceased = "deceased",
    /// The person is grown up, and no woman of an age to be pregnant.
    GrownUp = "grown-up",
    /// The person asking cancelled the check.
    Cancelled = "cancelled",
}

impl NotCheckedCause {
    /// Whether the same question may be answered if the person asks it again. The others need
    /// something else first: another number, a role, a new sign-in, the IT department.
    #[must_use]
    pub fn may_pass(self) -> bool {
        match self {
            Self::Unreachable
            | Self::TimedOut
            | Self::ConnectionLost
            | Self::ServiceUnavailable
            | Self::TooManyRequests
            | Self::UnreadableAnswer
            | Self::AnswerTooLarge
            | Self::WrongPerson
            | Self::IncompleteAnswer
            | Self::Cancelled => true,
            Self::CertificateExpired
            | Self::CertificateNotYetValid
            | Self::CertificateForOtherName
            | Self::CertificateIssuerUnknown
            | Self::CertificateFromProxy
            | Self::CertificateNotPinned
            | Self::CertificateRevoked
            | Self::CertificateNotTrusted
            | Self::WeakEncryption
            | Self::SignInNeeded
            | Self::NotAllowed
            | Self::Refused
            | Self::NotKnown
            | Self::NumberInvalidated
            | Self::BirthDateDiffers
            | Self::Superseded
            | Self::Restricted
            | Self::Deceased
            | Self::GrownUp => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_list_is_not_a_record() {
        assert_eq!(Records::new(Vec::new()), None);
    }

    #[test]
    fn codes_are_unique_and_read_back() {
        for cause in NotCheckedCause::ALL {
            assert_eq!(NotCheckedCause::from_code(cause.code()), Some(*cause));
        }
        assert_eq!(NotCheckedCause::from_code("new"), None);
    }
}
