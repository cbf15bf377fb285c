//! TLS as this program uses it: TLS 1.2 and 1.3, the operating system's verifier and trusted
//! authorities, those of `backend.extra_ca_file` besides, and the keys that policy pins.
//!
//! Pins come after the system's verdict, never instead of it. A certificate is judged by the
//! program's clock.

use super::NetworkSetUpError;
use super::certificate_fault::{ForeignChain, NoPinnedKey, is_of_unknown_issuer};
use super::pinning::{PinnedKey, is_pinned};
use cpis_audit::Clock;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme,
    version,
};
use rustls_platform_verifier::Verifier;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use x509_parser::parse_x509_certificate;
use x509_parser::x509::X509Name;

/// The configuration of all connections.
pub(super) fn config(
    extra_authorities: Option<&Path>,
    pins: &[PinnedKey],
    clock: Arc<dyn Clock>,
    judged: Judged,
) -> Result<ClientConfig, NetworkSetUpError> {
    let library = |error: Error| NetworkSetUpError::Library(error.to_string());
    let provider = Arc::new(aws_lc_rs::default_provider());
    let extra = match extra_authorities {
        Some(file) => authorities(file)?,
        None => Vec::new(),
    };
    let named = !extra.is_empty();
    let verifier = Verifier::new_with_extra_roots(extra, provider.clone());
    let system = verifier.map_err(|error| match error {
        Error::InvalidCertificate(_) if named => unreadable(extra_authorities),
        error => library(error),
    })?;
    let verifier = ServiceVerifier {
        system,
        pins: pins.to_vec(),
        judged,
    };
    let mut config = ClientConfig::builder_with_details(provider, Arc::new(ProgramTime(clock)))
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])
        .map_err(library)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn authorities(file: &Path) -> Result<Vec<CertificateDer<'static>>, NetworkSetUpError> {
    let pem = std::fs::read(file).map_err(|error| fault(file, &error.to_string()))?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match read {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(fault(file, "holds no certificate")),
        Err(_) => Err(unreadable(Some(file))),
    }
}

fn unreadable(file: Option<&Path>) -> NetworkSetUpError {
    fault(
        file.unwrap_or(Path::new("")),
        "holds no readable certificate",
    )
}

fn fault(file: &Path, reason: &str) -> NetworkSetUpError {
    NetworkSetUpError::ExtraAuthorities(format!("{}: {reason}", file.display()))
}

/// The program's clock, as TLS asks for the time.
struct ProgramTime(Arc<dyn Clock>);

impl TimeProvider for ProgramTime {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().timestamp()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

impl std::fmt::Debug for ProgramTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ProgramTime")
    }
}

/// The system's verifier, and then the pins.
#[derive(Debug)]
struct ServiceVerifier {
    system: Verifier,
    /// Empty: none is asked for.
    pins: Vec<PinnedKey>,
    judged: Judged,
}

/// Who issued the certificate that was judged last, trusted or not: what a report of a connection names.
#[derive(Debug, Clone, Default)]
pub(super) struct Judged(Arc<Mutex<Option<String>>>);

impl Judged {
    /// The longest name that is kept.
    const LONGEST: usize = 100;

    pub fn issuer(&self) -> Option<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn note(&self, own: &CertificateDer<'_>) {
        let issuer = parse_x509_certificate(own.as_ref())
            .ok()
            .map(|(_, certificate)| name(certificate.issuer()));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = issuer;
    }
}

/// The common name of whoever it is, else the organisation, else all that the certificate says.
fn name(who: &X509Name<'_>) -> String {
    let mut names = who.iter_common_name().chain(who.iter_organization());
    let name = names.find_map(|name| name.as_str().ok().map(str::to_owned));
    name.unwrap_or_else(|| who.to_string())
        .chars()
        .filter(|c| !c.is_control())
        .take(Judged::LONGEST)
        .collect()
}

impl ServerCertVerifier for ServiceVerifier {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        presented: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.judged.note(own);
        let verdict = self
            .system
            .verify_server_cert(own, presented, name, ocsp, now);
        if self.pins.is_empty() {
            return verdict;
        }
        let is_pinned = is_pinned(&self.pins, own, presented);
        match verdict {
            Ok(_) if !is_pinned => Err(other(Arc::new(NoPinnedKey))),
            Err(Error::InvalidCertificate(error)) if !is_pinned && is_of_unknown_issuer(&error) => {
                Err(other(Arc::new(ForeignChain)))
            }
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.system
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.system
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.system.supported_verify_schemes()
    }
}

fn other(cause: Arc<dyn std::error::Error + Send + Sync>) -> Error {
    Error::InvalidCertificate(CertificateError::Other(OtherError(cause)))
}
