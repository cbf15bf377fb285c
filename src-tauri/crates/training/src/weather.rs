//! The weather: what a trainer lets go wrong for every program of a class at once. It is kept in the
//! store, so that every backend on it has the same; each reads it again once a second.
//!
//! It strikes what the clinicians' programs ask. The trainer's console and the local authorities are
//! outside it.

use crate::TrainingError;
use crate::app::App;
use crate::faults::closing;
use crate::fhir;
use crate::shared::{self, WEATHER};
use crate::store::Store;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, FixedOffset, TimeDelta};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long an answer takes when the network is slow.
const SLOW: Duration = Duration::from_secs(3);

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Weather {
    /// Nothing.
    #[default]
    Good,
    /// Every answer takes three seconds.
    Slow,
    /// Every connection is closed without an answer.
    Offline,
    /// The lookup service answers that it is down; signing in works.
    ServiceDown,
    /// Every look is denied.
    Denied,
    /// Every audit record is refused.
    AuditRefused,
    /// Everything is done, and no answer arrives.
    LostAnswers,
}

impl Weather {
    /// Every weather.
    pub(crate) const ALL: [Self; 7] = [
        Self::Good,
        Self::Slow,
        Self::Offline,
        Self::ServiceDown,
        Self::Denied,
        Self::AuditRefused,
        Self::LostAnswers,
    ];

    /// As a form has it.
    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Slow => "slow",
            Self::Offline => "offline",
            Self::ServiceDown => "service-down",
            Self::Denied => "denied",
            Self::AuditRefused => "audit-refused",
            Self::LostAnswers => "lost-answers",
        }
    }
}

/// The weather in the store, as read the last time.
#[derive(Default)]
pub(crate) struct WeatherSwitch(Mutex<Read>);

#[derive(Default)]
struct Read {
    at: Option<DateTime<FixedOffset>>,
    weather: Weather,
}

impl WeatherSwitch {
    /// The weather now.
    pub(crate) fn now(&self) -> Weather {
        self.lock().weather
    }

    /// Changes it.
    pub(crate) fn set(&self, store: &dyn Store, weather: Weather) -> Result<(), TrainingError> {
        shared::change(store, WEATHER, |there: &mut Option<Weather>| {
            *there = Some(weather);
            Ok(())
        })?;
        self.lock().weather = weather;
        Ok(())
    }

    /// Reads from the store what another backend on it may have changed.
    pub(crate) fn read_again(&self, store: &dyn Store) -> Result<(), TrainingError> {
        let weather = shared::read(store, WEATHER)?.unwrap_or_default();
        self.lock().weather = weather;
        Ok(())
    }

    /// Whether it is time to read again; if so, for this caller alone.
    fn is_due(&self, now: DateTime<FixedOffset>) -> bool {
        let mut read = self.lock();
        let is_due = read
            .at
            .is_none_or(|at| (now - at).abs() >= TimeDelta::seconds(1));
        if is_due {
            read.at = Some(now);
        }
        is_due
    }

    fn lock(&self) -> MutexGuard<'_, Read> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads what backends on one store share, once a second. Where the store does not answer, what was
/// read the last time stays; the request itself then finds that out.
async fn read_again(app: &Arc<App>) {
    if app.weather.is_due(app.now()) {
        let own = Arc::clone(app);
        let _ = app
            .ask(move |store| {
                own.weather.read_again(store)?;
                own.roles.read_again(store)
            })
            .await;
    }
}

/// Part of what programs ask.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Register,
    Demographics,
    Audit,
    Identity,
}

impl Part {
    fn of(path: &str) -> Option<Self> {
        let first = path.split('/').nth(1)?;
        match first {
            "cpis" | "patient-flags-api" => Some(Self::Register),
            "personal-demographics" => Some(Self::Demographics),
            "audit" => Some(Self::Audit),
            "oauth2" | ".well-known" => Some(Self::Identity),
            _ => None,
        }
    }
}

/// Lets the weather strike a request.
pub(crate) async fn strike(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    read_again(&app).await;
    let Some(part) = Part::of(request.uri().path()) else {
        return next.run(request).await;
    };
    match (app.weather.now(), part) {
        (Weather::Slow, _) => {
            tokio::time::sleep(SLOW).await;
            next.run(request).await
        }
        (Weather::Offline, _) => closing(),
        (Weather::ServiceDown, Part::Register | Part::Demographics | Part::Audit) => {
            (StatusCode::SERVICE_UNAVAILABLE, "The service is down").into_response()
        }
        (Weather::Denied, Part::Register) => fhir::denied(),
        (Weather::AuditRefused, Part::Audit) => fhir::refuse_audit_records(request).await,
        (Weather::LostAnswers, Part::Register | Part::Audit) => {
            next.run(request).await;
            closing()
        }
        _ => next.run(request).await,
    }
}
