//! What is wrong with the service's certificate, as far as that helps whoever can mend it.

use cpis_record::NotCheckedCause;
use rustls::{AlertDescription, CertificateError, Error};
use std::error::Error as StdError;

/// Why no trusted connection came about: nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// By this computer's clock the certificate is over. Whoever looks after the clock or the
    /// service.
    #[error("the service's certificate has expired by this computer's clock")]
    Expired,
    /// By this computer's clock the certificate is not valid yet: most likely the clock is behind.
    #[error("the service's certificate is not valid yet by this computer's clock")]
    NotYetValid,
    /// The certificate is for another name. The IT department: a wrong address in policy, or a
    /// network that answers for everybody until a page is agreed to.
    #[error("the service's certificate is for another name")]
    OtherName,
    /// No authority that this computer trusts has issued it. The IT department:
    /// `backend.extra_ca_file`.
    #[error("the service's certificate is from an authority that this computer does not trust")]
    UnknownIssuer,
    /// The same, and a proxy lies on the way, or the certificate has none of the pinned keys: most
    /// likely something on the way reads the traffic. The IT department.
    #[error("a certificate of something on the way, such as a proxy, stands for the service's")]
    FromProxy,
    /// The certificate is trusted and has none of the pinned keys. The IT department: something on
    /// the way reads the traffic, or the service has new keys.
    #[error("the service's certificate has none of the pinned keys")]
    NotPinned,
    /// The authority has withdrawn it. For whoever runs the service.
    #[error("the service's certificate has been revoked")]
    Revoked,
    /// It cannot be trusted for another reason.
    #[error("the service's certificate is not trusted")]
    NotTrusted,
    /// The other side offers only encryption that is too weak, such as TLS 1.1. For whoever runs
    /// the service.
    #[error("the service offers only encryption that is too weak")]
    WeakEncryption,
}

/// The certificate is trusted, and policy pins other keys.
#[derive(Debug, thiserror::Error)]
#[error("certificate with none of the pinned keys")]
pub(super) struct NoPinnedKey;

/// The certificate is from an unknown authority, and policy pins other keys.
#[derive(Debug, thiserror::Error)]
#[error("certificate from an unknown authority with none of the pinned keys")]
pub(super) struct ForeignChain;

impl CertificateFault {
    /// Finds the fault in the chain of an error of the HTTP library; `None` if it is about something
    /// else. `proxied`: whether the call went through a proxy.
    pub(super) fn find(error: &(dyn StdError + 'static), proxied: bool) -> Option<Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(fault) = tls_error(error) {
                return Self::of(fault, proxied);
            }
            cause = error.source();
        }
        None
    }

    fn of(error: &Error, proxied: bool) -> Option<Self> {
        let error = match error {
            Error::InvalidCertificate(error) => error,
            Error::NoCertificatesPresented | Error::InvalidCertRevocationList(_) => {
                return Some(Self::NotTrusted);
            }
            Error::PeerIncompatible(_)
            | Error::AlertReceived(
                AlertDescription::ProtocolVersion
                | AlertDescription::HandshakeFailure
                | AlertDescription::InsufficientSecurity,
            ) => return Some(Self::WeakEncryption),
            _ => return None,
        };
        Some(match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Self::NotYetValid
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Self::OtherName
            }
            error if is_of_unknown_issuer(error) && proxied => Self::FromProxy,
            error if is_of_unknown_issuer(error) => Self::UnknownIssuer,
            CertificateError::Revoked => Self::Revoked,
            CertificateError::Other(other) if other.0.is::<NoPinnedKey>() => Self::NotPinned,
            CertificateError::Other(other) if other.0.is::<ForeignChain>() => Self::FromProxy,
            _ => Self::NotTrusted,
        })
    }

    /// The cause under which a check ends.
    #[must_use]
    pub fn cause(self) -> NotCheckedCause {
        match self {
            Self::Expired => NotCheckedCause::CertificateExpired,
            Self::NotYetValid => NotCheckedCause::CertificateNotYetValid,
            Self::OtherName => NotCheckedCause::CertificateForOtherName,
            Self::UnknownIssuer => NotCheckedCause::CertificateIssuerUnknown,
            Self::FromProxy => NotCheckedCause::CertificateFromProxy,
            Self::NotPinned => NotCheckedCause::CertificateNotPinned,
            Self::Revoked => NotCheckedCause::CertificateRevoked,
            Self::NotTrusted => NotCheckedCause::CertificateNotTrusted,
            Self::WeakEncryption => NotCheckedCause::WeakEncryption,
        }
    }
}

/// Whether nobody whom this computer trusts has issued the certificate. A signature that does not
/// verify is an issuer of a trusted name with another key.
pub(super) fn is_of_unknown_issuer(error: &CertificateError) -> bool {
    matches!(
        error,
        CertificateError::UnknownIssuer | CertificateError::BadSignature
    )
}

/// An `io::Error` gives its content's source as its own, so what it holds must be asked for.
fn tls_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Error> {
    if let Some(io) = error.downcast_ref::<std::io::Error>() {
        return io.get_ref().and_then(|held| tls_error(held));
    }
    error.downcast_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(error: Error) -> Option<CertificateFault> {
        let io = std::io::Error::new(std::io::ErrorKind::InvalidData, error);
        CertificateFault::find(&io, false)
    }

    // Linux asks for no revocation, so these come from the verifiers of Windows and macOS only.
    #[test]
    fn a_revoked_certificate_is_told() {
        let revoked = Error::InvalidCertificate(CertificateError::Revoked);
        assert_eq!(found(revoked), Some(CertificateFault::Revoked));
        let odd = Error::InvalidCertificate(CertificateError::BadEncoding);
        assert_eq!(found(odd), Some(CertificateFault::NotTrusted));
    }

    #[test]
    fn what_is_no_fault_of_a_certificate_is_none() {
        assert_eq!(found(Error::DecryptError), None);
        let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        assert_eq!(CertificateFault::find(&broken, true), None);
    }
}
