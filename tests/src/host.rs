//! The host: the real program behind HTTP instead of a webview, for journeys in a browser.
//!
//! `POST /command/{name}` takes a command's arguments as JSON and answers 200 with the view or 409
//! with the command error, as the window's commands do. `GET /events` streams views. Everything else
//! is the user interface, built for HTTP.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use cpis_client::view::{Place, PracticeCase, ProgramMode, View, Weather};
use cpis_client::{
    ClinicText, Clipboard, ClipboardFault, Keychains, Program, Request, TypedClass, TypedNote,
    TypedNotice, TypedQuestion, TypedSearch, Window,
};
use cpis_desktop::folders::Folders;
use cpis_desktop::launcher::DesktopLauncher;
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use serde_json::Value;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower_http::services::ServeDir;

/// What a host needs.
pub struct HostOptions {
    /// Where the program keeps its files.
    pub data: PathBuf,
    /// The policy file, for live mode.
    pub policy_file: Option<PathBuf>,
    /// In which mode to begin.
    pub mode: ProgramMode,
    /// The user interface, built for HTTP.
    pub ui: PathBuf,
    /// The keychain.
    pub keychains: Keychains,
}

/// A running host.
pub struct Host {
    /// Where it listens.
    pub address: SocketAddr,
    program: Arc<Program>,
}

#[derive(Clone)]
struct Shared {
    program: Arc<Program>,
    views: watch::Receiver<Option<Arc<String>>>,
}

impl Host {
    /// Starts the program and serves it on a free loopback port.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(options: HostOptions) -> std::io::Result<Self> {
        let (sender, views) = watch::channel(None);
        let folders = Folders::below(options.data, options.policy_file);
        let launcher = DesktopLauncher::new(folders, Arc::new(LatestView(sender)))
            .with_keychains(options.keychains)
            .with_clipboard(Arc::new(NoClipboard));
        let program = Arc::new(Program::start(Arc::new(launcher), options.mode).await);
        let shared = Shared {
            program: program.clone(),
            views,
        };
        let router = Router::new()
            .route("/command/{name}", post(command))
            .route("/events", get(events))
            .fallback_service(ServeDir::new(options.ui))
            .with_state(shared);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, program })
    }

    /// The program that it serves.
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.program
    }
}

/// Keeps the newest view for whoever listens.
struct LatestView(watch::Sender<Option<Arc<String>>>);

impl Window for LatestView {
    fn show(&self, view: &View) {
        if let Ok(json) = serde_json::to_string(view) {
            self.0.send_replace(Some(Arc::new(json)));
        }
    }

    /// The browser that shows the page is asked by whoever drives it.
    fn print(&self) {}

    /// A browser's page stays where it is.
    fn notify(&self, _: cpis_client::Notification) {}

    fn close(&self) {}
}

/// The clipboard of the computer that runs the tests is not touched.
struct NoClipboard;

impl Clipboard for NoClipboard {
    fn put(&self, _: &str) -> Result<(), ClipboardFault> {
        Ok(())
    }

    fn take_back(&self, _: &str) -> Result<(), ClipboardFault> {
        Ok(())
    }
}

async fn events(
    State(shared): State<Shared>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut views = shared.views;
    views.mark_changed();
    let events = stream::unfold(views, |mut views| async move {
        views.changed().await.ok()?;
        let view = views.borrow_and_update().clone().unwrap_or_default();
        Some((Ok(Event::default().data(view.as_str())), views))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

async fn command(
    State(shared): State<Shared>,
    Path(name): Path<String>,
    Json(arguments): Json<Value>,
) -> Response {
    let Some(request) = request(&name, arguments) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match shared.program.request(request).await {
        Ok(view) => Json(view).into_response(),
        Err(error) => (StatusCode::CONFLICT, Json(error)).into_response(),
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Arguments {
    card: String,
    passcode: String,
    choice: String,
    nhs_number: String,
    day: String,
    month: String,
    year: String,
    family: String,
    given: String,
    gender: String,
    postcode: String,
    search: String,
    row: usize,
    place: Option<Place>,
    id: String,
    on: bool,
    with_history: bool,
    code: String,
    address: String,
    text: String,
    leave_out: bool,
    keep: bool,
    tell: String,
    record: String,
    field: String,
    plan_type: String,
    number: String,
    callback: String,
    weather: Option<Weather>,
    case: Option<PracticeCase>,
}

/// A command as the window would hand it in.
pub(crate) fn request(name: &str, arguments: Value) -> Option<Request> {
    let a: Arguments = serde_json::from_value(arguments).ok()?;
    Some(match name {
        "view" => Request::View,
        "sign_in" => Request::SignIn {
            card: a.card,
            passcode: a.passcode.into(),
        },
        "sign_in_with_browser" => Request::SignInWithBrowser,
        "cancel_sign_in" => Request::CancelSignIn,
        "choose_passcode" => Request::ChoosePasscode {
            passcode: a.passcode.into(),
        },
        "choose_role" => Request::ChooseRole { choice: a.choice },
        "change_role" => Request::ChangeRole,
        "find_child" => Request::FindChild(TypedQuestion {
            nhs_number: a.nhs_number,
            day: a.day,
            month: a.month,
            year: a.year,
        }),
        "find_person" => Request::FindPerson(TypedSearch {
            family: a.family,
            given: a.given,
            day: a.day,
            month: a.month,
            year: a.year,
            gender: a.gender,
            postcode: a.postcode,
        }),
        "choose_match" => Request::ChooseMatch {
            search: a.search,
            row: a.row,
        },
        "use_current_number" => Request::UseCurrentNumber,
        "go_on" => Request::GoOn,
        "check_again" => Request::CheckAgain,
        "cancel_check" => Request::CancelCheck,
        "import_clinic" => Request::ImportClinic {
            text: ClinicText(a.text),
            leave_out: a.leave_out,
        },
        "open_clinic_child" => Request::OpenClinicChild { id: a.id },
        "check_one" => Request::CheckOne,
        "open_copy" => Request::OpenCopy { id: a.id },
        "show_old_copy" => Request::ShowOldCopy,
        "next_child" => Request::NextChild,
        "check_clinic" => Request::CheckClinic { keep: a.keep },
        "stop_clinic_checks" => Request::StopClinicChecks,
        "mark_not_brought" => Request::MarkNotBrought { id: a.id, on: a.on },
        "ask_notice" => Request::AskNotice { id: a.id },
        "answer_notice" => Request::AnswerNotice(TypedNotice {
            tell: a.tell,
            day: a.day,
            month: a.month,
            year: a.year,
            callback: a.callback,
        }),
        "review_note" => Request::ReviewNote(Box::new(TypedNote {
            record: a.record,
            field: a.field,
            plan_type: a.plan_type,
            day: a.day,
            month: a.month,
            year: a.year,
            code: a.code,
            number: a.number,
            callback: a.callback,
        })),
        "change_note" => Request::ChangeNote,
        "send_note" => Request::SendNote,
        "print_note" => Request::PrintNote,
        "remove_clinic" => Request::RemoveClinic,
        "save_for_later" => Request::SaveForLater(TypedQuestion {
            nhs_number: a.nhs_number,
            day: a.day,
            month: a.month,
            year: a.year,
        }),
        "check_saved" => Request::CheckSaved,
        "leave_saved" => Request::LeaveSaved,
        "copy_number" => Request::CopyNumber,
        "print" => Request::Print {
            with_history: a.with_history,
        },
        "print_clinic" => Request::PrintClinic,
        "print_drawn" => Request::PrintDrawn,
        "printed" => Request::Printed,
        "go" => Request::Go(a.place?),
        "send_now" => Request::SendNow,
        "try_again" => Request::TryAgain { id: a.id },
        "open_record" => Request::OpenRecord { id: a.id },
        "save_for_support" => Request::SaveForSupport,
        "keep_open" => Request::KeepOpen,
        "close" => Request::Close,
        "lock" => Request::Lock,
        "unlock" => Request::Unlock {
            passcode: a.passcode.into(),
        },
        "sign_out" => Request::SignOut,
        "practise" => Request::Practise,
        "join_class" => Request::JoinClass(TypedClass {
            address: a.address,
            code: a.code,
        }),
        "leave_class" => Request::LeaveClass,
        "set_practice_weather" => Request::SetPracticeWeather {
            weather: a.weather?,
        },
        "use_practice_child" => Request::UsePracticeChild { case: a.case? },
        "print_completion" => Request::PrintCompletion,
        "reset_practice_cards" => Request::ResetPracticeCards,
        "check_connection" => Request::CheckConnection,
        "open_logs" => Request::OpenLogs,
        "enrol" => Request::Enrol {
            code: a.code.into(),
        },
        "activity" => Request::Activity,
        _ => return None,
    })
}
