//! What arrived, for tests that count it: every request, before any fault strikes.

use crate::app::App;
use crate::faults::CloseConnection;
use crate::http::header_text;
use axum::extract::{Request, State};
use axum::http::HeaderName;
use axum::middleware::Next;
use axum::response::Response;
use chrono::{DateTime, FixedOffset};
use std::sync::{Arc, Mutex, PoisonError};

const TRACE_ID: HeaderName = HeaderName::from_static("traceid");
const UNSCHEDULED: HeaderName = HeaderName::from_static("isunscheduledaccessevent");

/// A request that arrived, whatever came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// When.
    pub at: DateTime<FixedOffset>,
    /// The method.
    pub method: String,
    /// The path, without what is asked.
    pub path: String,
    /// The look that it belongs to, where it names one.
    pub trace_id: Option<String>,
    /// Whether it says that the look belongs to unscheduled care, of which an authority is told.
    pub unscheduled: bool,
    /// The status with which it was answered; `None` when it was not, or not yet.
    pub status: Option<u16>,
}

/// Keeps arrivals once it is asked to. A backend for a classroom keeps none.
#[derive(Clone, Default)]
pub struct Arrivals(Arc<Mutex<Option<Vec<Arrival>>>>);

impl Arrivals {
    /// Begins to keep what arrives.
    pub fn keep(&self) {
        self.lock().get_or_insert_default();
    }

    /// What has arrived since then, oldest first.
    #[must_use]
    pub fn kept(&self) -> Vec<Arrival> {
        self.lock().clone().unwrap_or_default()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Vec<Arrival>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes note of a request.
pub(crate) async fn note(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let place = app.arrivals.lock().as_mut().map(|kept| {
        let headers = request.headers();
        kept.push(Arrival {
            at: app.now(),
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            trace_id: header_text(headers, &TRACE_ID).map(str::to_owned),
            unscheduled: header_text(headers, &UNSCHEDULED) == Some("true"),
            status: None,
        });
        kept.len() - 1
    });
    let response = next.run(request).await;
    let closed = response.extensions().get::<CloseConnection>().is_some();
    if let (Some(place), Some(kept), false) = (place, app.arrivals.lock().as_mut(), closed) {
        kept[place].status = Some(response.status().as_u16());
    }
    response
}
