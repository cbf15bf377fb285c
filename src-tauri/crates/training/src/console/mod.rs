//! The trainer's console: pages that a trainer opens in a browser, with a passcode, to see and steer
//! a class.
//!
//! Every page works without script. Script only keeps the inbox up to date and prints results. No
//! page asks any other computer for anything. The console is outside the weather that it sets.
//!
//! | file | page |
//! |---|---|
//! | `gate`, `session` | signing in, sessions, forms that only the console's own pages can send |
//! | `visit` | the class and the session of a request |
//! | `layout` | what every page has, and the components of the design system |
//! | `people`, `change` | who there is and what is held; pushing a change |
//! | `weather` | what goes wrong |
//! | `inbox`, `inbox_entry`, `inbox_events` | what local authorities are told and written, live |
//! | `trainees` | workstations, their looks, and their chains |
//! | `exercises`, `tasks` | guided exercises and their results |
//! | `reset` | beginning anew |
//! | `classes` | the classes of the server |

mod change;
mod classes;
mod components;
mod exercises;
mod gate;
mod inbox;
mod inbox_entry;
mod inbox_events;
mod layout;
mod people;
mod reset;
mod session;
mod tasks;
mod trainees;
mod visit;
mod weather;

use crate::app::App;
use crate::classes::Classes;
use crate::oauth::Form;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use std::sync::Arc;

pub use gate::fresh_passcode;
pub(crate) use gate::is_long_enough;

use visit::{Answer, Visit};

/// The code of the class that there is without classes.
pub(crate) const DEFAULT: &str = "default";

/// What every page shares.
pub(crate) struct Console {
    /// The backend at the root, whose store keeps sessions and classes.
    pub(crate) root: Arc<App>,
    pub(crate) classes: Arc<Classes>,
    /// The SHA-256 of the trainer's passcode.
    pub(crate) passcode: [u8; 32],
}

/// A class that a page is about.
struct Class {
    code: String,
    /// As the trainer named it; `None` without classes.
    name: Option<String>,
    app: Arc<App>,
}

/// Every page.
pub(crate) fn router(console: &Arc<Console>) -> Router {
    let pages = Router::new()
        .route("/people", get(people::page))
        .route("/weather", get(weather::page).post(weather::set))
        .route("/change", get(change::page).post(change::push))
        .route("/inbox", get(inbox::page))
        .route("/inbox/since", get(inbox::since))
        .route("/inbox/events", get(inbox::events))
        .route("/trainees", get(trainees::page))
        .route("/trainees/{client_id}", get(trainees::one))
        .route("/exercises", get(exercises::page))
        .route(
            "/exercises/{id}",
            get(exercises::one).post(exercises::begin),
        )
        .route("/exercises/{id}/results", get(exercises::results))
        .route("/reset", get(reset::page).post(reset::act))
        .route("/", get(people::home));
    let inside = Router::new()
        .nest("/trainer/class/{code}", pages)
        .route("/trainer/class/{code}/", get(people::home))
        .route("/trainer/classes", get(classes::page).post(classes::act))
        .route("/trainer/sign-out", post(gate::sign_out))
        .layer(middleware::from_fn_with_state(
            Arc::clone(console),
            gate::admit,
        ));
    Router::new()
        .route("/trainer", get(gate::page).post(gate::sign_in))
        .route("/trainer/console.css", get(style))
        .route("/trainer/console.js", get(script))
        .route("/trainer/icon.svg", get(icon))
        .merge(inside)
        .layer(middleware::from_fn(gate::headers))
        .with_state(Arc::clone(console))
}

async fn style() -> Response {
    file("text/css; charset=utf-8", include_str!("console.css"))
}

async fn script() -> Response {
    file("text/javascript; charset=utf-8", include_str!("console.js"))
}

async fn icon() -> Response {
    file("image/svg+xml", ICON)
}

/// A plain square in the colour of the console's header.
const ICON: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\">\
                    <path fill=\"#3a1f5c\" d=\"M0 0h8v8H0z\"/></svg>";

fn file(media_type: &'static str, content: &'static str) -> Response {
    let media_type = HeaderValue::from_static(media_type);
    ([(header::CONTENT_TYPE, media_type)], content).into_response()
}

impl Console {
    /// The class of a code.
    async fn class(&self, code: &str) -> Result<Class, Response> {
        if code == DEFAULT {
            return Ok(Class {
                code: code.to_owned(),
                name: None,
                app: Arc::clone(&self.root),
            });
        }
        match self.classes.open(code).await {
            Ok(Some(open)) => Ok(Class {
                code: open.code.clone(),
                name: Some(open.name.clone()),
                app: Arc::clone(&open.app),
            }),
            Ok(None) => Err(layout::not_found(self)),
            Err(why) => Err(layout::unavailable(self, why)),
        }
    }
}

type Shared = State<Arc<Console>>;
type Sent = Extension<Arc<Form>>;
