//! The controller: one event loop that owns all state.
//!
//! Requests change the state and are answered with the view after them. Work that takes time (sign
//! in, unlock, a look, enrolment) runs in tasks of its own, which report back as events; meanwhile
//! the loop stays free to lock, cancel or go elsewhere. An event of a task that no longer matters
//! carries an old generation and is dropped.

mod browser;
mod by_clock;
mod cancel;
mod cards;
mod check;
mod class;
mod clinic;
mod clinic_checks;
mod clinic_copy;
mod clinic_disk;
mod clinic_drawing;
mod clinic_saved;
mod closing;
mod connection;
mod connectivity;
mod copy;
mod dispatch;
mod drawing;
mod enrolment;
mod idle;
mod kept;
mod life_cycle;
mod link;
mod lock;
mod look;
mod note;
mod note_form;
mod note_queue;
mod notice;
mod notifications;
mod place;
mod practice;
mod print;
mod print_clinic;
mod queue;
mod role;
mod search;
mod settings;
mod sign_in;
mod trail;
mod unlock_order;
mod user;

use crate::class::JoinedClass;
use crate::policy::Policy;
use crate::practice::Practice;
use crate::practice::tasks::GuidedTasks;
use crate::program::RunFolder;
use crate::request::Request;
use crate::service::Service;
use crate::support::Support;
use crate::view::{
    CommandError, CommandErrorCode, CompletionPrintout, ConnectionCheck, Connectivity,
    EnrolmentFault, Notice, Place, ProgramMode, SessionEnd, StartFault, TaskStates, View,
};
use crate::workstation::WorkstationCredential;
use crate::world::World;
use chrono::{DateTime, FixedOffset};
use cpis_audit::{AuditTrail, Counts, Entry, Figures, Room};
use cpis_record::UserId;
use cpis_vault::{KeptFolder, Presence, SessionFile, Workstation};
use dispatch::Event;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::JoinSet;

/// How often idle time and the session's age are looked at.
const TICK: Duration = Duration::from_secs(1);

/// The way to a controller. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    messages: mpsc::Sender<Message>,
}

enum Message {
    Request(Request, oneshot::Sender<Result<View, CommandError>>),
    Stop(oneshot::Sender<()>),
}

impl Handle {
    /// Hands in a request and waits for the view after it.
    ///
    /// # Errors
    /// [`CommandError`] when the request does not fit the present screen or the controller has
    /// stopped.
    pub async fn request(&self, request: Request) -> Result<View, CommandError> {
        let (answer, wait) = oneshot::channel();
        let sent = self.messages.send(Message::Request(request, answer)).await;
        sent.map_err(|_| stopped())?;
        wait.await.map_err(|_| stopped())?
    }

    /// Stops the controller, its sender and its probe, and waits until the audit trail is closed.
    pub async fn stop(&self) {
        let (answer, wait) = oneshot::channel();
        if self.messages.send(Message::Stop(answer)).await.is_ok() {
            // An error means that it has stopped already.
            let _ = wait.await;
        }
    }
}

fn stopped() -> CommandError {
    CommandError {
        code: CommandErrorCode::Stopped,
        message: "the program is closing".to_owned(),
    }
}

/// What a controller is made of.
pub(crate) struct Wiring {
    pub mode: ProgramMode,
    pub world: World,
    pub policy: Policy,
    pub policy_file: Option<PathBuf>,
    pub log_folder: PathBuf,
    pub practice: Option<Arc<dyn Practice>>,
    /// The class in which this run practises.
    pub class: Option<JoinedClass>,
    /// Where a class goes that has let this program in: the program changes to it.
    pub let_in: mpsc::Sender<JoinedClass>,
    pub notices: Vec<Notice>,
    pub engine: Result<Engine, (StartFault, Option<String>)>,
    pub revision: Arc<AtomicU64>,
    pub commit: Option<&'static str>,
}

/// What does the work: keys, trail, backend.
pub(crate) struct Engine {
    pub keys: Arc<Workstation>,
    pub session_file: Arc<SessionFile>,
    pub kept_folder: KeptFolder,
    pub trail: AuditTrail,
    pub service: Option<Arc<Service>>,
    pub credential: Option<Arc<WorkstationCredential>>,
    pub support: Option<Arc<Support>>,
    /// Dropped last: it removes a folder that the trail uses.
    pub run_folder: Option<RunFolder>,
}

/// Who is there.
enum Person {
    Nobody(sign_in::SignedOut),
    SignedIn(Box<sign_in::SignedIn>),
    Locked(Box<lock::Locked>),
    Ended(SessionEnd),
}

/// The state of the program.
pub(crate) struct Controller {
    wiring: Wiring,
    person: Person,
    place: Place,
    connectivity: Connectivity,
    /// How each thing that needs the service last went.
    task_states: TaskStates,
    heard: connectivity::Heard,
    odd_tick: bool,
    counts: Counts,
    /// How many records had a receipt when they were last counted.
    sent_before: Option<u32>,
    room: Room,
    figures: Figures,
    entries: Vec<Entry>,
    open_record: Option<queue::OpenRecord>,
    note_kinds: note_queue::NoteKinds,
    /// Whether the service takes notes to local authorities, as it last said.
    takes_notes: Option<bool>,
    links: link::Links,
    copied: copy::Copied,
    connection: Option<ConnectionCheck>,
    logs_not_opened: bool,
    /// Somebody closes the window, and has not said yet what becomes of the records that wait.
    closing: bool,
    altered: bool,
    records_gone: bool,
    put_aside: bool,
    enrolment_fault: Option<EnrolmentFault>,
    /// Before this the code in policy is not tried again.
    enrol_not_before: Option<DateTime<FixedOffset>>,
    /// How many tries to enrol are under way. A one-time code must not be tried twice at once.
    enrolling: usize,
    generation: u64,
    last_used: DateTime<FixedOffset>,
    /// What the screen last said because of the time.
    shown_by_clock: by_clock::ByClock,
    /// Whether the window shows that the program locks soon.
    lock_warned: bool,
    /// What the person has been told while the window was not in front.
    matters: notifications::Matters,
    smartcards: cards::Smartcards,
    presence: Presence,
    session_writer: Option<kept::SessionWriter>,
    clinic_writer: Option<clinic_disk::ClinicWriter>,
    /// When the clinic list disappears, in memory or on the disk.
    clinic_ends: Option<DateTime<FixedOffset>>,
    /// The person's clinic list was removed at its hour, and they have not been told yet.
    clinic_gone: bool,
    /// When the person was last told on a full page that they are online again.
    interrupted_at: Option<DateTime<FixedOffset>>,
    /// How many times children of a clinic list were checked together.
    runs: u64,
    /// The role that each person took last, in memory.
    last_roles: HashMap<UserId, String>,
    /// What has been practised; only in practice mode.
    guided: Option<GuidedTasks>,
    /// The form with which a class is joined.
    joining: class::Joining,
    /// The record of completion, while it goes on paper.
    completion: Option<CompletionPrintout>,
    events: mpsc::Sender<Event>,
    probe: Arc<Notify>,
    tasks: JoinSet<()>,
    /// Tells the service that sessions are over; a stop gives it a moment.
    farewells: JoinSet<()>,
}

impl Controller {
    /// Starts a controller and everything that runs beside it.
    pub async fn start(wiring: Wiring) -> Handle {
        let (messages, inbox) = mpsc::channel(16);
        let (events, reports) = mpsc::channel(64);
        let presence = wiring.world.presence.borrow().clone();
        let mut controller = Self {
            person: Person::Nobody(sign_in::SignedOut::default()),
            place: Place::Find,
            connectivity: Connectivity::Connecting,
            task_states: TaskStates::default(),
            heard: connectivity::Heard::default(),
            odd_tick: false,
            counts: Counts::default(),
            sent_before: None,
            room: Room::default(),
            figures: Figures::default(),
            entries: Vec::new(),
            open_record: None,
            note_kinds: note_queue::NoteKinds::default(),
            takes_notes: None,
            links: link::Links::default(),
            copied: copy::Copied::default(),
            connection: None,
            logs_not_opened: false,
            closing: false,
            altered: false,
            records_gone: false,
            put_aside: false,
            enrolment_fault: None,
            enrol_not_before: None,
            enrolling: 0,
            generation: 0,
            last_used: wiring.world.clock.now(),
            shown_by_clock: by_clock::ByClock::default(),
            lock_warned: false,
            matters: notifications::Matters::default(),
            smartcards: cards::Smartcards::default(),
            presence,
            session_writer: None,
            clinic_writer: None,
            clinic_ends: None,
            clinic_gone: false,
            interrupted_at: None,
            runs: 0,
            last_roles: HashMap::new(),
            guided: wiring.practice.as_ref().map(|_| GuidedTasks::default()),
            joining: class::Joining::default(),
            completion: None,
            events,
            probe: Arc::new(Notify::new()),
            tasks: JoinSet::new(),
            farewells: JoinSet::new(),
            wiring,
        };
        controller.start_tasks();
        controller.go_on_from_last_run().await;
        controller.look_at_smartcards();
        controller.recount().await;
        controller.know_matters();
        controller.show();
        tokio::spawn(controller.run(inbox, reports));
        Handle { messages }
    }

    async fn run(mut self, mut inbox: mpsc::Receiver<Message>, mut reports: mpsc::Receiver<Event>) {
        let mut rows = self.of_trail(AuditTrail::changes);
        let mut examined = self.of_trail(AuditTrail::examined);
        let mut readers = self.wiring.world.presence.clone();
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                message = inbox.recv() => match message {
                    Some(Message::Request(request, answer)) => {
                        let result = self.handle(request).await;
                        self.use_link();
                        self.recount().await;
                        let view = self.show();
                        // A window that has gone needs no answer.
                        let _ = answer.send(result.map(|()| view));
                    }
                    Some(Message::Stop(answer)) => {
                        self.stop().await;
                        let _ = answer.send(());
                        return;
                    }
                    None => {
                        self.stop().await;
                        return;
                    }
                },
                Some(event) = reports.recv() => {
                    self.on(event).await;
                    self.use_link();
                    self.recount().await;
                    self.show();
                }
                () = changed(&mut rows) => {
                    self.recount().await;
                    self.show();
                }
                () = changed(&mut examined) => {
                    let examination = examined.as_mut().map(|e| e.borrow_and_update().clone());
                    if self.on_examined(examination).await {
                        self.show();
                    }
                }
                Ok(()) = readers.changed() => {
                    let presence = readers.borrow_and_update().clone();
                    self.on_readers(presence).await;
                    self.show();
                }
                _ = tick.tick() => {
                    if matches!(self.person, Person::Nobody(_)) {
                        self.look_at_smartcards();
                    }
                    let list_ended = self.clinic_when_due();
                    let taken_back = self.take_back_when_due();
                    self.probe_when_due();
                    let resumed = self.go_on_when_due().await;
                    let due = self.browser_when_due() || self.lock_when_due().await;
                    if self.changed_by_clock() || due || list_ended || taken_back || resumed {
                        self.show();
                    }
                }
            }
            self.notify();
        }
    }

    fn show(&mut self) -> View {
        self.see_tasks();
        let revision = self.wiring.revision.fetch_add(1, Ordering::Relaxed) + 1;
        let view = self.view(revision);
        self.wiring.world.window.show(&view);
        view
    }

    fn engine(&self) -> Result<&Engine, CommandError> {
        self.wiring
            .engine
            .as_ref()
            .map_err(|_| not_now("the program could not start"))
    }

    fn now(&self) -> DateTime<FixedOffset> {
        self.wiring.world.clock.now()
    }

    /// A number for a new task; events of earlier ones no longer matter.
    fn next_generation(&mut self) -> u64 {
        self.generation += 1;
        self.generation
    }
}

fn not_now(message: &str) -> CommandError {
    CommandError {
        code: CommandErrorCode::NotNow,
        message: message.to_owned(),
    }
}

async fn report(events: &mpsc::Sender<Event>, event: Event) {
    // The controller has stopped: nobody is left to tell.
    let _ = events.send(event).await;
}

async fn changed<T>(receiver: &mut Option<watch::Receiver<T>>) {
    let Some(receiver) = receiver else {
        return std::future::pending().await;
    };
    if receiver.changed().await.is_err() {
        std::future::pending().await
    }
}
