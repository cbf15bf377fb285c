//! Faults on request: what a network or a server does at its worst, for tests and for trainers who
//! want to show it.

use crate::app::App;
use crate::oauth::dpop::NonceAsked;
use crate::oauth::dpop_nonce;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Barrier;

const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// Something that goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// This status and a plain text, nothing done.
    Status(u16),
    /// Status 403 and an OperationOutcome that says why, as from a role without the right; nothing done.
    Denied,
    /// Status 429 with `Retry-After` in seconds, nothing done.
    RetryAfter(u32),
    /// Status 200 and an HTML page, as from the sign-in page of a hotel network; nothing done.
    Html,
    /// The right answer, cut off in the middle.
    Truncate,
    /// The right answer under `Content-Type: text/plain`.
    WrongContentType,
    /// Ten megabytes of JSON that is no answer; nothing done.
    Huge,
    /// The right answer, after a while.
    Delay(Duration),
    /// No answer, and the connection stays open; nothing done.
    Hang,
    /// The connection is closed without an answer; nothing done.
    CloseWithoutAnswer,
    /// Everything is done, then the connection is closed without an answer.
    StoreThenClose,
    /// Every proof of possession must hold the server's current nonce (RFC 9449 sections 8 and
    /// 9), which every answer names in `DPoP-Nonce`. Requests without a proof are as ever.
    AskForDpopNonce,
}

/// The switches for faults, by the beginning of the path.
#[derive(Clone, Default)]
pub struct Faults {
    set: Arc<Mutex<Vec<Switch>>>,
    strikes: Arc<AtomicUsize>,
}

struct Switch {
    prefix: String,
    fault: Fault,
    /// How often it still strikes; `None` until it is taken away.
    times: Option<u32>,
    /// Where those it strikes wait for each other.
    gathering: Option<Arc<Barrier>>,
}

/// What strikes a request.
struct Strike {
    fault: Fault,
    gathering: Option<Arc<Barrier>>,
}

impl Faults {
    /// Sets the fault of every path that begins with `prefix`, or takes it away. The longest prefix
    /// that fits decides.
    pub fn set(&self, prefix: &str, fault: Option<Fault>) {
        self.switch(prefix, fault, None, None);
    }

    /// Sets a fault that strikes so many times and is then gone.
    pub fn set_times(&self, prefix: &str, fault: Fault, times: u32) {
        self.switch(prefix, Some(fault), Some(times), None);
    }

    /// Sets a fault that strikes so many requests, none of them before all have arrived.
    pub fn set_together(&self, prefix: &str, fault: Fault, requests: u32) {
        let gathering = usize::try_from(requests).map(|n| Arc::new(Barrier::new(n)));
        self.switch(prefix, Some(fault), Some(requests), gathering.ok());
    }

    /// Takes every fault away.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// How many requests a fault has struck so far. Who waits for a request to have arrived, waits
    /// for this to grow.
    #[must_use]
    pub fn strikes(&self) -> usize {
        self.strikes.load(Ordering::SeqCst)
    }

    fn switch(
        &self,
        prefix: &str,
        fault: Option<Fault>,
        times: Option<u32>,
        gathering: Option<Arc<Barrier>>,
    ) {
        let mut set = self.lock();
        set.retain(|s| s.prefix != prefix);
        if let Some(fault) = fault {
            set.push(Switch {
                prefix: prefix.to_owned(),
                fault,
                times,
                gathering,
            });
        }
    }

    fn strike(&self, path: &str) -> Option<Strike> {
        let mut set = self.lock();
        let struck = set
            .iter_mut()
            .filter(|s| path.starts_with(&s.prefix) && s.times != Some(0))
            .max_by_key(|s| s.prefix.len())?;
        if let Some(times) = &mut struck.times {
            *times -= 1;
        }
        self.strikes.fetch_add(1, Ordering::SeqCst);
        Some(Strike {
            fault: struck.fault,
            gathering: struck.gathering.clone(),
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Switch>> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Marks a response in whose stead the connection is closed.
#[derive(Clone, Copy)]
pub(crate) struct CloseConnection;

/// Lets the fault of the path, if any, strike.
pub(crate) async fn strike(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Some(strike) = app.faults.strike(request.uri().path()) else {
        return next.run(request).await;
    };
    if let Some(gathering) = strike.gathering {
        gathering.wait().await;
    }
    match strike.fault {
        Fault::Status(code) => {
            let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, "made to fail").into_response()
        }
        Fault::Denied => crate::fhir::denied(),
        Fault::RetryAfter(seconds) => (
            StatusCode::TOO_MANY_REQUESTS,
            [(header::RETRY_AFTER, seconds.to_string())],
        )
            .into_response(),
        Fault::Html => axum::response::Html(SIGN_IN_PAGE).into_response(),
        Fault::Truncate => truncated(next.run(request).await).await,
        Fault::WrongContentType => {
            let mut response = next.run(request).await;
            let plain = HeaderValue::from_static("text/plain");
            response.headers_mut().insert(header::CONTENT_TYPE, plain);
            response
        }
        Fault::Huge => huge(),
        Fault::Delay(time) => {
            tokio::time::sleep(time).await;
            next.run(request).await
        }
        Fault::Hang => std::future::pending().await,
        Fault::CloseWithoutAnswer => closing(),
        Fault::StoreThenClose => {
            next.run(request).await;
            closing()
        }
        Fault::AskForDpopNonce => asking_for_nonce(&app, request, next).await,
    }
}

const SIGN_IN_PAGE: &str = "<!doctype html><title>Welcome</title><p>Sign in to use this network.";

/// An answer in whose stead the connection is closed.
pub(crate) fn closing() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(CloseConnection);
    response
}

async fn asking_for_nonce(app: &App, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(NonceAsked);
    let mut response = next.run(request).await;
    let now = app.now().timestamp();
    match app.ask(move |store| dpop_nonce::current(store, now)).await {
        Ok(nonce) => {
            // Base 64 is plain ASCII.
            if let Ok(value) = HeaderValue::from_str(&nonce) {
                response.headers_mut().insert(DPOP_NONCE, value);
            }
            response
        }
        Err(why) => why.status().into_response(),
    }
}

/// Announces the whole length and sends half of it.
async fn truncated(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    parts
        .headers
        .insert(header::CONTENT_LENGTH, whole.len().into());
    let half = whole.slice(..whole.len() / 2);
    // The pause lets the first half leave before the connection breaks.
    let first = stream::once(async { Ok(half) });
    let broken = stream::once(async {
        tokio::task::yield_now().await;
        Err(std::io::Error::other("made to fail"))
    });
    Response::from_parts(parts, Body::from_stream(first.chain(broken)))
}

fn huge() -> Response {
    let filling = "x".repeat(10 * 1024 * 1024);
    let body = format!("{{\"resourceType\":\"Basic\",\"id\":\"{filling}\"}}");
    ([(header::CONTENT_TYPE, crate::http::FHIR_JSON)], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_decides_and_counted_faults_run_out() {
        let faults = Faults::default();
        faults.set("/cpis", Some(Fault::Html));
        faults.set_times("/cpis/FHIR/R4/CareTeam", Fault::Hang, 1);
        let strike = |path| faults.strike(path).map(|strike| strike.fault);
        assert_eq!(strike("/cpis/FHIR/R4/CareTeam"), Some(Fault::Hang));
        assert_eq!(strike("/cpis/FHIR/R4/CareTeam"), Some(Fault::Html));
        assert_eq!(strike("/audit/FHIR/R4"), None);
        faults.set("/cpis", None);
        assert_eq!(strike("/cpis/FHIR/R4/metadata"), None);
    }
}
