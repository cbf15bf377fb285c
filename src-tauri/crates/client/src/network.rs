//! HTTP as this program uses it: bounded in time and size, never repeated, never redirected.
//!
//! No call is retried here or in the library underneath, since a read may tell a local authority
//! (invariant I4). A redirect is an answer that nobody expects, so it is not followed. Plain HTTP
//! goes to this computer only, and never through a proxy.

mod certificate_fault;
mod pinning;
#[cfg(test)]
mod tests;
mod tls;
mod turns;

pub use certificate_fault::CertificateFault;
pub use pinning::{PinnedKey, PinnedKeyError};

use crate::policy::{is_loopback, is_permitted};
use axum::http::Uri;
use cpis_audit::{Clock, Pace};
use cpis_record::NotCheckedCause;
use hyper_util::client::proxy::matcher::Matcher;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use turns::Turns;
use url::Url;

/// No answer after this is "timed out".
const PATIENCE: Duration = Duration::from_secs(15);
/// A server that does not accept a connection within this is unreachable.
const CONNECT: Duration = Duration::from_secs(5);
/// The largest answer read. The largest real one, 25 accesses, has about 60 kB.
const LARGEST: usize = 2 * 1024 * 1024;
/// A way on which nobody accepts a connection within this leads nowhere.
const WAY: Duration = Duration::from_secs(1);

/// The program's way to the network. Cheap to clone.
#[derive(Clone)]
pub struct Network {
    lines: Arc<Mutex<Lines>>,
    tls: rustls::ClientConfig,
    judged: tls::Judged,
    /// The system's proxies, to tell whether one lies on the way.
    proxies: Arc<Matcher>,
    turns: Turns,
}

/// What can be exchanged for others, with all their connections.
struct Lines {
    /// By the system's proxy, where it has one.
    remote: reqwest::Client,
    /// To this computer itself.
    loopback: reqwest::Client,
}

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
    /// No trusted connection came about: nothing was sent.
    #[error(transparent)]
    Certificate(#[from] CertificateFault),
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
            Self::Certificate(fault) => fault.cause(),
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
    /// Sets up the network: the system's trusted authorities, the system's proxy, further
    /// authorities from a PEM file, and pinned keys.
    ///
    /// # Errors
    /// [`NetworkSetUpError`].
    pub fn new(
        extra_authorities: Option<&Path>,
        pins: &[PinnedKey],
        clock: Arc<dyn Clock>,
    ) -> Result<Self, NetworkSetUpError> {
        let judged = tls::Judged::default();
        let turns = Turns::new(Pace(Duration::ZERO), clock.clone());
        let tls = tls::config(extra_authorities, pins, clock, judged.clone())?;
        Ok(Self {
            lines: Arc::new(Mutex::new(Lines::open(&tls)?)),
            tls,
            judged,
            proxies: Arc::new(Matcher::from_system()),
            turns,
        })
    }

    /// The same, with a pace that all calls keep together.
    #[must_use]
    pub fn at_pace(self, pace: Pace, clock: Arc<dyn Clock>) -> Self {
        let turns = Turns::new(pace, clock);
        Self { turns, ..self }
    }

    /// The same, whose calls take turns with those of another.
    #[must_use]
    pub fn in_turn_with(self, other: &Self) -> Self {
        let turns = other.turns.clone();
        Self { turns, ..self }
    }

    /// Closes every connection that rests, and lets those in use end with their calls: a connection
    /// keeps what it has last carried, tokens and children too. Later calls make connections anew.
    pub fn hang_up(&self) {
        match Lines::open(&self.tls) {
            Ok(fresh) => drop(std::mem::replace(&mut *self.lines(), fresh)),
            // It could be set up before, so this is hardly ever heard.
            Err(error) => tracing::error!(%error, "connections could not be closed"),
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes one call, once, when it is its turn.
    ///
    /// # Errors
    /// [`NetworkFault`]: there is no complete answer.
    pub async fn call(&self, call: Call) -> Result<Reply, NetworkFault> {
        self.turns.wait().await;
        self.make(call).await
    }

    /// The same for a call that nobody sits waiting for: while others wait for their turn it lets them go first,
    /// for 20 seconds at most.
    ///
    /// # Errors
    /// [`NetworkFault`]: there is no complete answer.
    pub async fn call_giving_way(&self, call: Call) -> Result<Reply, NetworkFault> {
        self.turns.wait_giving_way().await;
        self.make(call).await
    }

    async fn make(&self, call: Call) -> Result<Reply, NetworkFault> {
        // Policy and discovery are refused before it comes to this.
        if !is_permitted(&call.url) {
            tracing::error!("a call in plain HTTP to another computer was not made");
            return Err(NetworkFault::Unreachable);
        }
        let is_loopback = is_loopback(&call.url);
        let proxied = !is_loopback && self.has_proxy_to(&call.url);
        let client = {
            let lines = self.lines();
            if is_loopback {
                lines.loopback.clone()
            } else {
                lines.remote.clone()
            }
        };
        let method = match call.method {
            Method::Get => reqwest::Method::GET,
            Method::Put => reqwest::Method::PUT,
            Method::Post => reqwest::Method::POST,
        };
        let mut request = client.request(method, call.url);
        for (name, value) in call.headers {
            request = request.header(name, value);
        }
        if let Some((content_type, body)) = call.body {
            request = request.header("Content-Type", content_type).body(body);
        }
        let mut response = request.send().await.map_err(|e| fault(&e, proxied))?;
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
        while let Some(chunk) = response.chunk().await.map_err(|e| fault(&e, proxied))? {
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

    /// Who issued the certificate that was judged last, as far as it says. `None` before the first.
    #[must_use]
    pub fn issuer(&self) -> Option<String> {
        self.judged.issuer()
    }

    /// Host and port of the proxy on the way to an address, without its password.
    #[must_use]
    pub fn proxy_to(&self, url: &Url) -> Option<String> {
        let address: Uri = url.as_str().parse().ok()?;
        let proxy = self.proxies.intercept(&address)?;
        let host = proxy.uri().host()?;
        Some(match proxy.uri().port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        })
    }

    /// Whether somebody accepts a connection to this address, or to the proxy on the way to it. Sends
    /// nothing.
    pub async fn leads_to(&self, url: &Url) -> bool {
        let proxy = if is_loopback(url) {
            None
        } else {
            self.proxy_to(url)
        };
        let here = || {
            let port = url.port_or_known_default()?;
            Some(format!("{}:{port}", url.host_str()?))
        };
        let Some(place) = proxy.or_else(here) else {
            return false;
        };
        let way = tokio::net::TcpStream::connect(place);
        matches!(tokio::time::timeout(WAY, way).await, Ok(Ok(_)))
    }

    fn has_proxy_to(&self, url: &url::Url) -> bool {
        let address: Option<Uri> = url.as_str().parse().ok();
        address.is_some_and(|address| self.proxies.intercept(&address).is_some())
    }
}

impl Lines {
    fn open(tls: &rustls::ClientConfig) -> Result<Self, NetworkSetUpError> {
        let client = |builder: reqwest::ClientBuilder| {
            builder
                .user_agent(concat!("cpis-check/", env!("CARGO_PKG_VERSION")))
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .connect_timeout(CONNECT)
                .timeout(PATIENCE)
                .tls_backend_preconfigured(tls.clone())
                .build()
                .map_err(|e| NetworkSetUpError::Library(e.to_string()))
        };
        Ok(Self {
            remote: client(reqwest::Client::builder())?,
            loopback: client(reqwest::Client::builder().no_proxy())?,
        })
    }
}

fn fault(error: &reqwest::Error, proxied: bool) -> NetworkFault {
    if let Some(fault) = CertificateFault::find(error, proxied) {
        NetworkFault::Certificate(fault)
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
