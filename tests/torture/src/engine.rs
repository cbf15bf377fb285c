//! The real program without a window, as a process that can be killed: live mode, the computer's
//! clock, the pace and the probe of the real one. It takes orders line by line and says what reaches
//! its window.

use crate::keychain;
use crate::words::{Order, Said};
use cpis_client::shown::ShownFinding;
use cpis_client::view::{LookMode, NoteStage, NoteWay, Place, ProgramMode, Screen, View};
use cpis_client::{
    Browser, Clipboard, ClipboardFault, Keychains, Launcher, Pace, Policy, Program, Request, Run,
    Start, SystemChance, SystemClock, SystemDisk, SystemRoutes, TypedNote, TypedQuestion, Window,
    World,
};
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, watch};

/// Where a run of the program finds its things.
#[derive(Debug, Clone)]
pub struct Seat {
    /// The policy file.
    pub policy_file: PathBuf,
    /// The data folder of live mode.
    pub data_folder: PathBuf,
    /// The folder that stands for the keychain.
    pub keychain_folder: PathBuf,
}

/// Runs the program until the orders end.
pub async fn run(seat: Seat, mut orders: mpsc::UnboundedReceiver<Order>) {
    let window = Arc::new(SpeakingWindow::new());
    let launcher = SeatLauncher {
        seat,
        window: window.clone(),
    };
    let program = Program::start(Arc::new(launcher), ProgramMode::Live).await;
    let view = window
        .until(|screen| !matches!(screen, Screen::Starting))
        .await;
    say(&match view.screen {
        Screen::CannotStart { fault, detail } => {
            Said::CannotStart(format!("{fault:?} {}", detail.unwrap_or_default()))
        }
        _ => Said::Ready,
    });
    while let Some(order) = orders.recv().await {
        match order {
            Order::Enrol => enrol(&program, &window).await,
            Order::SignIn {
                card,
                passcode,
                unscheduled,
            } => sign_in(&program, &window, card, &passcode, unscheduled).await,
            Order::Look { number, birth_date } => {
                look(&program, &window, &number, &birth_date).await;
            }
            Order::Note { number, birth_date } => {
                look(&program, &window, &number, &birth_date).await;
                note(&program, &window).await;
            }
        }
    }
    program.stop().await;
}

async fn enrol(program: &Program, window: &SpeakingWindow) {
    if program.request(Request::Go(Place::Settings)).await.is_err() {
        return;
    }
    let enrolled = |screen: &Screen| match screen {
        Screen::Settings { settings } => settings.enrolled,
        _ => false,
    };
    window.until(enrolled).await;
    say(&Said::Enrolled);
    // The place from which everybody goes on; a refusal shows in what comes next.
    let _ = program.request(Request::Go(Place::Find)).await;
}

async fn sign_in(
    program: &Program,
    window: &SpeakingWindow,
    card: String,
    passcode: &str,
    unscheduled: bool,
) {
    // A session that the last life left behind would go on with tokens that may be used up.
    let is_locked = |view: &View| matches!(view.screen, Screen::Locked { .. });
    if program
        .request(Request::View)
        .await
        .is_ok_and(|view| is_locked(&view))
    {
        let _ = program.request(Request::SignOut).await;
        let _ = program.request(Request::Go(Place::Find)).await;
    }
    let request = Request::SignIn {
        card,
        passcode: passcode.into(),
    };
    if program.request(request).await.is_err() {
        return say(&Said::NotSignedIn);
    }
    let ended = |screen: &Screen| !matches!(screen, Screen::SignIn { busy: true, .. });
    let mut screen = window.until(ended).await.screen;
    if let Screen::ChooseRole { choices, .. } = &screen {
        let wanted = |mode| (mode == LookMode::Unscheduled) == unscheduled;
        let choice = choices.iter().find(|choice| wanted(choice.mode));
        if let Some(choice) = choice.or(choices.first()) {
            let choice = choice.id.clone();
            if let Ok(view) = program.request(Request::ChooseRole { choice }).await {
                screen = view.screen;
            }
        }
    }
    say(&match screen {
        Screen::Find { .. } => Said::SignedIn,
        _ => Said::NotSignedIn,
    });
}

async fn look(program: &Program, window: &SpeakingWindow, number: &str, birth_date: &str) {
    let mut parts = birth_date.split('-').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    let (year, month, day) = (part(), part(), part());
    let typed = TypedQuestion {
        nhs_number: number.to_owned(),
        day,
        month,
        year,
    };
    match program.request(Request::FindChild(typed)).await {
        Ok(view) if matches!(view.screen, Screen::Checking { .. }) => {
            say(&Said::Begun(number.to_owned()));
            window
                .until(|screen| !matches!(screen, Screen::Checking { .. }))
                .await;
        }
        _ => say(&Said::NotBegun),
    }
}

/// Writes a note about the record on the screen, if there is one. What is stored, the window says.
async fn note(program: &Program, window: &SpeakingWindow) {
    if program.request(Request::Go(Place::Note)).await.is_err() {
        return;
    }
    let typed = TypedNote {
        record: "0".to_owned(),
        field: "start-date".to_owned(),
        callback: "01632 960001".to_owned(),
        ..TypedNote::default()
    };
    let _ = program.request(Request::ReviewNote(Box::new(typed))).await;
    // Only a service that has said so takes notes.
    let offered = |screen: &Screen| match screen {
        Screen::Note { note } => note.way == NoteWay::Send,
        _ => false,
    };
    window.until(offered).await;
    let _ = program.request(Request::SendNote).await;
}

/// Writes a line, whole and at once: what the program has said, it has said before it is killed.
fn say(said: &Said) {
    let mut out = std::io::stdout().lock();
    // Nobody listens any more: the end of the orders ends the program.
    let _ = writeln!(out, "{said}").and_then(|()| out.flush());
}

struct SeatLauncher {
    seat: Seat,
    window: Arc<SpeakingWindow>,
}

#[async_trait::async_trait]
impl Launcher for SeatLauncher {
    async fn prepare(&self, _: Run) -> Start {
        let file = self.seat.policy_file.clone();
        Start {
            mode: ProgramMode::Live,
            policy: Policy::read(&file).map_err(|error| error.to_string()),
            policy_file: Some(file),
            data_folder: self.seat.data_folder.clone(),
            practice: None,
            class: None,
            support_folder: self.seat.data_folder.join("support"),
            log_folder: self.seat.data_folder.join("logs"),
        }
    }

    fn world(&self) -> World {
        World {
            clock: Arc::new(SystemClock),
            identifiers: Arc::new(SystemChance),
            jitter: Arc::new(SystemChance),
            pace: Pace::default(),
            disk: Arc::new(SystemDisk),
            window: self.window.clone(),
            browser: Arc::new(NoBrowser),
            clipboard: Arc::new(NoClipboard),
            routes: Arc::new(SystemRoutes),
            presence: watch::channel(cpis_vault::Presence::NoService).1,
        }
    }

    fn keychains(&self) -> Keychains {
        keychain::in_folder(&self.seat.keychain_folder)
    }
}

/// Nobody signs in in a browser here.
struct NoBrowser;

impl Browser for NoBrowser {
    fn open(&self, _: &url::Url) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}

/// Nothing is copied here.
struct NoClipboard;

impl Clipboard for NoClipboard {
    fn put(&self, _: &str) -> Result<(), ClipboardFault> {
        Err(ClipboardFault)
    }

    fn take_back(&self, _: &str) -> Result<(), ClipboardFault> {
        Ok(())
    }
}

/// A window that says what it is shown.
struct SpeakingWindow {
    view: watch::Sender<Option<View>>,
    said: Mutex<Vec<Said>>,
}

impl SpeakingWindow {
    fn new() -> Self {
        Self {
            view: watch::Sender::new(None),
            said: Mutex::default(),
        }
    }

    /// Waits for a screen.
    async fn until(&self, wanted: impl Fn(&Screen) -> bool) -> View {
        let mut views = self.view.subscribe();
        let fits = |view: &Option<View>| view.as_ref().is_some_and(|view| wanted(&view.screen));
        match views.wait_for(fits).await.map(|view| view.clone()) {
            Ok(Some(view)) => view,
            // The window holds the sender as long as it is asked.
            _ => std::future::pending().await,
        }
    }

    /// Says what has not been said before in this run, or not lately.
    fn say_once(&self, said: Said) {
        let mut before = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if before.contains(&said) {
            return;
        }
        if matches!(said, Said::ToSend { .. }) {
            before.retain(|other| !matches!(other, Said::ToSend { .. }));
        }
        say(&said);
        before.push(said);
    }
}

impl Window for SpeakingWindow {
    fn show(&self, view: &View) {
        if let Screen::Result { shown, .. } = &view.screen {
            let content = shown.content();
            self.say_once(Said::Shown {
                reference: content.reference.clone(),
                answer: !matches!(content.finding, ShownFinding::NotChecked { .. }),
            });
        }
        if let Screen::Note { note } = &view.screen
            && let NoteStage::Stored { record, .. } = &note.stage
        {
            self.say_once(Said::Stored(record.id.clone()));
        }
        for notice in &view.notices {
            self.say_once(Said::Notice(format!("{notice:?}")));
        }
        self.say_once(Said::ToSend {
            waiting: view.to_send.waiting,
            needs_attention: view.to_send.needs_attention,
        });
        self.view.send_replace(Some(view.clone()));
    }

    /// Nor to print from.
    fn print(&self) {}

    /// There is no window to close: the end of the orders ends the program.
    fn notify(&self, _: cpis_client::Notification) {}

    fn close(&self) {}
}
