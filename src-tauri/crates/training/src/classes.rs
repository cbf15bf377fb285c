//! Classes: each is a backend of its own under `/class/{code}`, with people, an inbox, credentials and
//! everything else of its own, in a store of its own. Nothing crosses, because nothing is shared but
//! the list of classes, which the store at the root keeps.
//!
//! A program joins with the class's code, which is not a secret that protects anybody: everybody is
//! made up. Codes that are not known are answered slowly enough that nobody goes through them all.

use crate::TrainingError;
use crate::app::App;
use crate::http;
use crate::oauth::enrolment;
use crate::population::population;
use crate::store::{Store, StoredClass};
use crate::store_location::StoreLocation;
use crate::unavailable::Unavailable;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use chrono::{DateTime, FixedOffset};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tower::ServiceExt;

/// How the path of a class begins.
const BASE: &str = "/class/";
/// Unknown codes a second, of everybody together.
const UNKNOWN_CODES: i64 = 20;
/// Letters and digits that are not mistaken for one another (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of the name of whoever joins.
const LONGEST_NAME: usize = 100;

/// The classes of a server.
pub(crate) struct Classes {
    root: Arc<App>,
    /// Of the store at the root.
    location: StoreLocation,
    open: Mutex<HashMap<String, Arc<OpenClass>>>,
    /// One class is opened at a time.
    opening: tokio::sync::Mutex<()>,
    used: AtomicBool,
    unknown: (AtomicI64, AtomicI64),
}

/// A class whose store is open.
pub(crate) struct OpenClass {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) app: Arc<App>,
    router: Router,
}

impl Classes {
    pub(crate) fn new(root: Arc<App>, location: StoreLocation) -> Self {
        Self {
            root,
            location,
            open: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
            used: AtomicBool::default(),
            unknown: (AtomicI64::default(), AtomicI64::default()),
        }
    }

    /// Whether there has been a class since this backend started.
    pub(crate) fn are_used(&self) -> bool {
        self.used.load(Ordering::Relaxed)
    }

    /// Every class that has not ended, newest first.
    pub(crate) async fn list(&self) -> Result<Vec<StoredClass>, Unavailable> {
        let classes = self.root.ask(|store| store.classes()).await?;
        if !classes.is_empty() {
            self.used.store(true, Ordering::Relaxed);
        }
        Ok(classes)
    }

    /// Adds a class.
    pub(crate) async fn add(&self, name: &str) -> Result<StoredClass, Unavailable> {
        let (name, seed, now) = (name.to_owned(), self.root.seed, self.root.now());
        let class = self.root.ask(move |store| add(store, &name, seed, now));
        let class = class.await?;
        self.used.store(true, Ordering::Relaxed);
        Ok(class)
    }

    /// Ends a class; whether there was one. What its store holds stays.
    pub(crate) async fn end(&self, code: &str) -> Result<bool, Unavailable> {
        let (code, now) = (plain(code), self.root.now());
        self.lock().remove(&code);
        self.root
            .ask(move |store| store.end_class(&code, now))
            .await
    }

    /// The class of a code that has not ended, which is opened if need be.
    pub(crate) async fn open(&self, code: &str) -> Result<Option<Arc<OpenClass>>, Unavailable> {
        let code = plain(code);
        // Another backend on the store may have ended it.
        let asked = code.clone();
        let Some(class) = self.root.ask(move |store| store.class(&asked)).await? else {
            self.lock().remove(&code);
            return Ok(None);
        };
        if let Some(open) = self.lock().get(&code) {
            return Ok(Some(Arc::clone(open)));
        }
        let _one_at_a_time = self.opening.lock().await;
        if let Some(open) = self.lock().get(&code) {
            return Ok(Some(Arc::clone(open)));
        }
        let open = self.opened(class).await?;
        self.lock().insert(code, Arc::clone(&open));
        Ok(Some(open))
    }

    async fn opened(&self, class: StoredClass) -> Result<Arc<OpenClass>, Unavailable> {
        let location = self.location.clone();
        let (code, seed) = (class.code.clone(), class.seed);
        let today = self.root.now().date_naive();
        let prepared = tokio::task::spawn_blocking(move || {
            let store = location.for_class(&code)?.open_of_class()?;
            store.prepare(seed, today, &population(seed, today))?;
            Ok::<_, TrainingError>(store)
        });
        let failed = |error: &TrainingError| {
            tracing::error!(%error, "a class cannot be opened");
            Unavailable::of(error)
        };
        let store = prepared
            .await
            .map_err(|_| Unavailable::Failed)?
            .map_err(|error| failed(&error))?;
        let app = App::of_class(&self.root, &class, store).map_err(|error| failed(&error))?;
        let app = Arc::new(app);
        let router = http::router(&app).merge(
            Router::new()
                .route("/join", post(join))
                .with_state(Arc::clone(&app)),
        );
        Ok(Arc::new(OpenClass {
            code: class.code,
            name: class.name,
            app,
            router,
        }))
    }

    /// Answers what is asked under the path of a class.
    pub(crate) async fn answer(&self, mut request: axum::http::Request<Body>) -> Response {
        let Some((code, uri)) = of_class(request.uri()) else {
            return unknown();
        };
        let found = match self.open(&code).await {
            Ok(Some(open)) => open,
            Ok(None) => {
                return match self.is_too_fast() {
                    true => (
                        StatusCode::TOO_MANY_REQUESTS,
                        [(header::RETRY_AFTER, "1")],
                        "Too many unknown class codes; wait a second",
                    )
                        .into_response(),
                    false => unknown(),
                };
            }
            Err(why) => return (why.status(), why.words()).into_response(),
        };
        *request.uri_mut() = uri;
        match found.router.clone().oneshot(request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        }
    }

    fn is_too_fast(&self) -> bool {
        let now = self.root.now().timestamp();
        let (second, count) = &self.unknown;
        if second.swap(now, Ordering::Relaxed) != now {
            count.store(0, Ordering::Relaxed);
        }
        count.fetch_add(1, Ordering::Relaxed) >= UNKNOWN_CODES
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<OpenClass>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unknown() -> Response {
    (StatusCode::NOT_FOUND, "There is no such class").into_response()
}

/// Whether a path is that of a class.
pub(crate) fn is_of_class(uri: &Uri) -> bool {
    uri.path().starts_with(BASE)
}

/// The code of a path, and the path within the class.
fn of_class(uri: &Uri) -> Option<(String, Uri)> {
    let rest = uri.path().strip_prefix(BASE)?;
    let (code, path) = rest.split_once('/')?;
    let within = match uri.query() {
        Some(query) => format!("/{path}?{query}"),
        None => format!("/{path}"),
    };
    Some((code.to_owned(), within.parse().ok()?))
}

/// Adds a class to the store at the root.
pub(crate) fn add(
    store: &dyn Store,
    name: &str,
    seed: u64,
    now: DateTime<FixedOffset>,
) -> Result<StoredClass, TrainingError> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)?;
    let letters = bytes.map(|b| char::from(LETTERS[usize::from(b) % LETTERS.len()]));
    let groups: Vec<String> = letters.chunks(4).map(|g| g.iter().collect()).collect();
    let class = StoredClass {
        code: groups.join("-"),
        name: name.to_owned(),
        seed,
        made: now,
    };
    store.add_class(&class)?;
    Ok(class)
}

/// Adds a class to the store of a backend, which may be running; its code.
///
/// # Errors
/// [`TrainingError::Store`], [`TrainingError::OlderSchema`] or [`TrainingError::NewerSchema`] when the
/// store cannot be used; [`TrainingError::Random`].
pub fn add_class(
    database: &StoreLocation,
    name: &str,
    now: DateTime<FixedOffset>,
) -> Result<String, TrainingError> {
    let store = database.open_current()?;
    let seed = store.seed()?;
    Ok(add(store.as_ref(), name, seed, now)?.code)
}

/// The classes of a store that have not ended, newest first: code and name.
///
/// # Errors
/// As [`add_class`].
pub fn classes_of(database: &StoreLocation) -> Result<Vec<(String, String)>, TrainingError> {
    let classes = database.open_to_read()?.classes()?;
    Ok(classes.into_iter().map(|c| (c.code, c.name)).collect())
}

/// Ends a class of a store: nobody reaches it any more.
///
/// # Errors
/// As [`add_class`]; [`TrainingError::NoSuchClass`].
pub fn end_class(
    database: &StoreLocation,
    code: &str,
    now: DateTime<FixedOffset>,
) -> Result<(), TrainingError> {
    let ended = database.open_current()?.end_class(&plain(code), now)?;
    ended.then_some(()).ok_or(TrainingError::NoSuchClass)
}

/// A code as it is kept. People type it: case does not count, nor whether the dash is there.
pub(crate) fn plain(code: &str) -> String {
    let letters = code.chars().filter(char::is_ascii_alphanumeric);
    let letters: String = letters.map(|c| c.to_ascii_uppercase()).collect();
    match letters.split_at_checked(4) {
        Some((first, second)) => format!("{first}-{second}"),
        None => letters,
    }
}

/// Answers who joins: a one-time enrolment code, and what the made-up people follow from.
async fn join(State(app): State<Arc<App>>, request: Request) -> Response {
    let body = http::whole_body(request.into_body(), 4096).await;
    let asked: Value = body
        .and_then(|body| serde_json::from_slice(&body).ok())
        .unwrap_or_default();
    let name = asked["name"].as_str().map(str::trim).unwrap_or_default();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        let error = json!({ "error": "name must be 1 to 100 characters" });
        return (StatusCode::BAD_REQUEST, Json(error)).into_response();
    }
    let now = app.now();
    match app.ask(move |s| enrolment::issue_code(s, now)).await {
        Ok(code) => Json(json!({
            "enrolmentCode": code,
            "seed": app.seed,
            "class": app.class,
        }))
        .into_response(),
        Err(why) => (why.status(), why.words()).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for typed in ["AB12-CD34", "ab12cd34", " ab12 cd34 "] {
            assert_eq!(plain(typed), "AB12-CD34");
        }
        assert_eq!(plain("AB"), "AB");
    }

    #[test]
    fn the_path_within_a_class_keeps_its_query() {
        let uri = "/class/AB12-CD34/cpis/FHIR/R4/metadata?x=1";
        let (code, within) = of_class(&uri.parse().expect("a path")).expect("of a class");
        assert_eq!(
            (code.as_str(), within.path()),
            ("AB12-CD34", "/cpis/FHIR/R4/metadata")
        );
        assert_eq!(within.query(), Some("x=1"));
    }
}
