//! The way back: one request of the browser to a port of this computer.
//!
//! Nothing is kept. The port closes as soon as the browser has come back or nobody waits for it any
//! more, so that a second answer finds nobody.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use std::io;
use std::net::Ipv4Addr;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

/// What the browser shows when it has come back. No word in it says whether the sign-in succeeded:
/// the program itself does.
const PAGE: &str = include_str!("page.html");

/// An open port that waits for the browser.
pub(crate) struct Redirect {
    address: String,
    arrivals: mpsc::Receiver<Returned>,
    /// The port is open for as long as this is there.
    _open: oneshot::Sender<()>,
}

/// The parameters that the browser brought.
pub(crate) struct Returned(Vec<(String, String)>);

#[derive(Clone)]
struct Door {
    host: String,
    arrivals: mpsc::Sender<Returned>,
}

impl Redirect {
    /// Opens a port that the system chooses, on this computer only.
    pub async fn listen() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let host = listener.local_addr()?.to_string();
        let (open, closed) = oneshot::channel::<()>();
        let address = format!("http://{host}/callback");
        let (routes, arrivals) = routes(host);
        tokio::spawn(async move {
            // It ends when the other half is dropped.
            let until = async move { drop(closed.await) };
            let served = axum::serve(listener, routes).with_graceful_shutdown(until);
            if let Err(error) = served.await {
                tracing::warn!(%error, "the way back from the browser failed");
            }
        });
        Ok(Self {
            address,
            arrivals,
            _open: open,
        })
    }

    /// The address to which the browser is sent back.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Waits for the browser.
    pub async fn returned(mut self) -> Returned {
        match self.arrivals.recv().await {
            Some(returned) => returned,
            // The port failed; the person gives up or the time ends.
            None => std::future::pending().await,
        }
    }
}

impl Returned {
    /// A parameter that is there once; one that comes twice is none (RFC 6749 section 3.1).
    pub fn only(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(key, _)| key == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    fn read(query: &str) -> Self {
        let parameters = url::form_urlencoded::parse(query.as_bytes());
        Self(parameters.into_owned().collect())
    }
}

/// What the port serves under its own name, and where the first answer arrives.
pub(crate) fn routes(host: String) -> (Router, mpsc::Receiver<Returned>) {
    let (found, arrivals) = mpsc::channel(1);
    let door = Door {
        host,
        arrivals: found,
    };
    let routes = Router::new()
        .route("/callback", get(callback))
        .with_state(door);
    (routes, arrivals)
}

async fn callback(
    State(door): State<Door>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    // A page of another site may have bound its own name to this address (DNS rebinding).
    let named = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    if named != Some(door.host.as_str()) {
        return StatusCode::MISDIRECTED_REQUEST.into_response();
    }
    let returned = Returned::read(&query.unwrap_or_default());
    // Only the first answer counts; a second one sees the same page.
    let _ = door.arrivals.try_send(returned);
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
    ];
    (headers, Html(PAGE)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_that_comes_twice_is_none() {
        let returned = Returned::read("code=a&state=b&code=c&empty=");
        assert_eq!(returned.only("code"), None);
        assert_eq!(returned.only("state"), Some("b"));
        assert_eq!(returned.only("empty"), Some(""));
        assert_eq!(returned.only("iss"), None);
    }
}
