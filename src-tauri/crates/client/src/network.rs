//! HTTP as this program uses it: bounded in time and size, never repeated, never redirected.
//!
//! No call is retried here or in the library underneath, since a read may tell a local authority
//! (invariant I4). A redirect is an answer that nobody expects, so it is not followed.

use cpis_record::NotCheckedCause;
use std::path::Path;
use std::time::Duration;
use url::Url;

/// No answer after this is "timed out".
const PATIENCE: Duration = Duration::from_secs(15);
/// A server that does not accept a connection within this is unreachable.
const CONNECT: Duration = Duration::from_secs(5);
/// The largest answer read. The largest real one, 25 accesses, has about 60 kB.
const LARGEST: usize = 2 * 1024 * 1024;

/// The program's way to the network.
#[derive(Clone)]
pub struct Network(reqwest::Client);

/// A call.
#[derive(Clone)]
pub struct Call {
    /// GET, PUT or POST.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// Headers besides those of the body.
    pub headers: Vec<(&'static str, String)>,
    /// Content type and bytes.
    pub body: Option<(&'static str, Vec<u8>)>,
}

/// The methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// PUT.
    Put,
    /// POST.
    Post,
}

impl Method {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
        }
    }
}

/// An answer, complete.
#[derive(Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Location`.
    pub location: Option<String>,
    /// `Retry-After`, where it is a number of seconds.
    pub retry_after: Option<Duration>,
    /// `DPoP-Nonce` (RFC 9449 section 8).
    pub dpop_nonce: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no complete answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NetworkFault {
    /// No connection: nothing was sent.
    #[error("the service cannot be reached")]
    Unreachable,
    /// Not in time. What was sent may have arrived.
    #[error("the service did not answer in time")]
    TimedOut,
    /// The connection broke. What was sent may have arrived.
    #[error("the connection was lost")]
    ConnectionLost,
    /// The certificate is not trusted: nothing was sent.
    #[error("the service's certificate is not trusted")]
    CertificateNotTrusted,
    /// The answer is larger than the program reads.
    #[error("the answer is too large")]
    TooLarge,
}

impl NetworkFault {
    /// The cause under which a check ends.
    #[must_use]
    pub fn cause(self) -> NotCheckedCause {
        match self {
            Self::Unreachable => NotCheckedCause::Unreachable,
            Self::TimedOut => NotCheckedCause::TimedOut,
            Self::ConnectionLost => NotCheckedCause::ConnectionLost,
            Self::CertificateNotTrusted => NotCheckedCause::CertificateNotTrusted,
            Self::TooLarge => NotCheckedCause::AnswerTooLarge,
        }
    }

    /// Whether the service may have acted on the call.
    #[must_use]
    pub fn may_have_arrived(self) -> bool {
        matches!(self, Self::TimedOut | Self::ConnectionLost | Self::TooLarge)
    }
}

/// The network cannot be used as policy says. The IT department can mend it.
#[derive(Debug, thiserror::Error)]
pub enum NetworkSetUpError {
    /// The file of further authorities cannot be read or holds no certificate.
    #[error("backend.extra_ca_file: {0}")]
    ExtraAuthorities(String),
    /// The TLS library did not start.
    #[error("{0}")]
    Library(String),
}

impl Network {
    /// Sets up the network: the system's trusted authorities, the system's proxy, and further
    /// authorities from a PEM file.
    ///
    /// # Errors
    /// [`NetworkSetUpError`].
    pub fn new(extra_authorities: Option<&Path>) -> Result<Self, NetworkSetUpError> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("cpis-check/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(CONNECT)
            .timeout(PATIENCE);
        if let Some(file) = extra_authorities {
            let fault = |reason: String| {
                NetworkSetUpError::ExtraAuthorities(format!("{}: {reason}", file.display()))
            };
            let pem = std::fs::read(file).map_err(|e| fault(e.to_string()))?;
            let certificates = reqwest::Certificate::from_pem_bundle(&pem)
                .map_err(|_| fault("holds no readable certificate".to_owned()))?;
            if certificates.is_empty() {
                return Err(fault("holds no certificate".to_owned()));
            }
            builder = builder.tls_certs_merge(certificates);
        }
        let client = builder
            .build()
            .map_err(|e| NetworkSetUpError::Library(e.to_string()))?;
        Ok(Self(client))
    }

    /// Makes one call, once.
    ///
    /// # Errors
    /// [`NetworkFault`]: there is no complete answer.
    pub async fn call(&self, call: Call) -> Result<Reply, NetworkFault> {
        let method = match call.method {
            Method::Get => reqwest::Method::GET,
            Method::Put => reqwest::Method::PUT,
            Method::Post => reqwest::Method::POST,
        };
        let mut request = self.0.request(method, call.url);
        for (name, value) in call.headers {
            request = request.header(name, value);
        }
        if let Some((content_type, body)) = call.body {
            request = request.header("Content-Type", content_type).body(body);
        }
        let mut response = request.send().await.map_err(|e| fault(&e))?;
        let header = |name: &str| {
            response
                .headers()
                .get(name)
                .and_then(|v| v.to_str().ok())
                .map(str::to_owned)
        };
        let content_type = header("content-type");
        let location = header("location");
        let retry_after = header("retry-after")
            .and_then(|v| v.trim().parse().ok())
            .map(Duration::from_secs);
        let dpop_nonce = header("dpop-nonce");
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| fault(&e))? {
            if body.len() + chunk.len() > LARGEST {
                return Err(NetworkFault::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply {
            status,
            content_type,
            location,
            retry_after,
            dpop_nonce,
            body,
        })
    }
}

fn fault(error: &reqwest::Error) -> NetworkFault {
    if is_certificate_fault(error) {
        NetworkFault::CertificateNotTrusted
    } else if error.is_connect() {
        NetworkFault::Unreachable
    } else if error.is_timeout() {
        NetworkFault::TimedOut
    } else if error.is_builder() {
        NetworkFault::Unreachable
    } else {
        NetworkFault::ConnectionLost
    }
}

/// The TLS library's error is deep in the chain, and each platform's verifier wraps it in its own
/// way; all of them say "certificate".
fn is_certificate_fault(error: &reqwest::Error) -> bool {
    let mut source: Option<&dyn std::error::Error> = Some(error);
    while let Some(cause) = source {
        if cause
            .to_string()
            .to_ascii_lowercase()
            .contains("certificate")
        {
            return true;
        }
        source = cause.source();
    }
    false
}
