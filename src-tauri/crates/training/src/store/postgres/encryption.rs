//! Encrypted connections: the server's certificate is verified against the operating system's
//! trust store, as the client verifies the backend's.

use super::Outcome;
use crate::TrainingError;
use rustls_platform_verifier::BuilderVerifierExt;
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// Makes encrypted connections.
pub(super) fn connector() -> Outcome<MakeRustlsConnect> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| TrainingError::Tls(error.into()))?
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
