//! What comes before an answer about somebody, with the answer itself in one question to the store:
//! token, headers, role, agreement, and only then what was asked.

use super::caller::{Caller, Trace};
use super::query::Query;
use super::refusal::Refusal;
use crate::TrainingError;
use crate::app::App;
use crate::oauth::access_token::{Presented, held_by_bearer, presented};
use crate::store::{Look, Store};
use axum::http::request::Parts;
use std::sync::Arc;

/// Why there is no answer.
pub(super) enum Stopped {
    Refused(Refusal),
    Store(TrainingError),
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<TrainingError> for Stopped {
    fn from(error: TrainingError) -> Self {
        Self::Store(error)
    }
}

/// Asks the store as the caller, once token and headers have shown who that is.
pub(super) async fn ask<T: Send + 'static>(
    app: &Arc<App>,
    request: Parts,
    question: impl FnOnce(&App, &dyn Store, &Caller<'_>, &Parts) -> Result<T, Stopped> + Send + 'static,
) -> Result<T, Refusal> {
    let token = presented(app, &request).await?;
    let shared = Arc::clone(app);
    app.ask(move |store| {
        let answer = || {
            let bearer = match token {
                Presented::Proven(bearer) => bearer,
                Presented::Bearer(hash) => {
                    let held = store.bearer(&hash, shared.now().timestamp())?;
                    held_by_bearer(held).map_err(Refusal::challenged)?
                }
            };
            let caller = Caller::new(&shared, &request, bearer)?;
            question(&shared, store, &caller, &request)
        };
        match answer() {
            Ok(answer) => Ok(Ok(answer)),
            Err(Stopped::Refused(refusal)) => Ok(Err(refusal)),
            Err(Stopped::Store(error)) => Err(error),
        }
    })
    .await?
}

/// Asks the register in a look of the caller, which comes with the answer.
pub(super) async fn look<T: Send + 'static>(
    app: &Arc<App>,
    request: Parts,
    question: impl FnOnce(&dyn Store, &Look) -> Result<T, TrainingError> + Send + 'static,
) -> Result<(Look, T), Refusal> {
    ask(app, request, |app, store, caller, request| {
        let trace = Trace::of(&request.headers)?;
        caller.holds_activity(trace.unscheduled)?;
        let now = app.now();
        caller.has_authority_to_share(store, now.date_naive())?;
        let person = Query::read(request.uri.query()).person()?;
        let look = caller.look(&trace, &person, now);
        let answer = question(store, &look)?;
        Ok((look, answer))
    })
    .await
}
