//! The controller: one event loop that owns all state.
//!
//! Requests change the state and are answered with the view after them. Work that takes time (sign
//! in, unlock, a look, enrolment) runs in tasks of its own, which report back as events; meanwhile
//! the loop stays free to lock, cancel or go elsewhere. An event of a task that no longer matters
//! carries an old generation and is dropped.

mod browser;
mod by_clock;
mod cards;
mod check;
mod class;
mod clinic;
mod clinic_checks;
mod clinic_disk;
mod clinic_drawing;
mod closing;
mod connection;
mod connectivity;
mod copy;
mod drawing;
mod enrolment;
mod idle;
mod kept;
mod link;
mod lock;
mod look;
mod note;
mod note_form;
mod note_queue;
mod notice;
mod notifications;
mod practice;
mod print;
mod print_clinic;
mod queue;
mod search;
mod settings;
mod sign_in;
mod trail;
mod user;

use crate::class::JoinedClass;
use crate::policy::Policy;
use crate::practice::Practice;
use crate::practice::tasks::GuidedTasks;
use crate::program::{RunFolder, blocking};
use crate::request::Request;
use crate::service::{Service, ServiceFault};
use crate::session::{Session, User};
use crate::shown::Decision;
use crate::support::Support;
use crate::view::{
    CommandError, CommandErrorCode, CompletionPrintout, ConnectionCheck, Connectivity,
    EnrolmentFault, Notice, Place, ProgramMode, SessionEnd, StartFault, TaskState, TaskStates,
    View,
};
use crate::workstation::WorkstationCredential;
use crate::world::World;
use chrono::{DateTime, FixedOffset};
use cpis_audit::{AuditTrail, Counts, Entry, Figures, Room, Sender};
use cpis_fhir::CapabilityStatement;
use cpis_record::UserId;
use cpis_vault::{KeptFolder, Presence, SessionError, SessionFile, Workstation};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::JoinSet;
use uuid::Uuid;

/// How often idle time and the session's age are looked at.
const TICK: Duration = Duration::from_secs(1);
/// How long a stop waits for the service to take note of a sign-out.
const FAREWELL: Duration = Duration::from_secs(2);

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

/// What tasks report.
enum Event {
    Probed(Result<CapabilityStatement, ServiceFault>),
    SignedIn {
        generation: u64,
        result: Box<sign_in::SignInResult>,
    },
    PasscodeChosen {
        generation: u64,
        key: Box<Result<sign_in::PasscodeKey, SessionError>>,
    },
    CheckAsksRecords {
        generation: u64,
    },
    CheckEnded {
        generation: u64,
        ended: Box<look::Ended>,
    },
    ChildChecked {
        run: u64,
        child: Uuid,
        ended: Box<look::Ended>,
    },
    ClinicWritten(clinic_disk::Written),
    SearchEnded {
        generation: u64,
        ended: Box<search::SearchEnded>,
    },
    Unlocked {
        generation: u64,
        result: Box<lock::UnlockResult>,
    },
    CardsSeen(cards::CardsSeen),
    Renewed,
    UserSeen {
        session: Arc<Session>,
        result: Box<Result<User, ServiceFault>>,
    },
    Enrolled(Result<(), ServiceFault>),
    Copied(copy::Put),
    Connection(connection::Progress),
    ClassAnswered {
        generation: u64,
        answer: Box<class::ClassAnswer>,
    },
    Farewell {
        generation: u64,
        result: Result<(), ServiceFault>,
    },
}

/// Who is there.
enum Person {
    Nobody(sign_in::SignedOut),
    SignedIn(Box<sign_in::SignedIn>),
    Locked(Box<lock::Locked>),
    Ended(crate::view::SessionEnd),
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

    async fn handle(&mut self, request: Request) -> Result<(), CommandError> {
        if request.is_a_persons() {
            self.links.forget_remark();
        }
        match request {
            Request::View => Ok(()),
            Request::SignIn { card, passcode } => self.sign_in(&card, &passcode),
            Request::SignInWithBrowser => self.sign_in_with_browser(),
            Request::CancelSignIn => {
                self.cancel_sign_in(None);
                Ok(())
            }
            Request::ChoosePasscode { passcode } => self.choose_passcode(&passcode),
            Request::ChooseRole { choice } => self.choose_role(&choice),
            Request::ChangeRole => self.change_role(),
            Request::FindChild(typed) => self.find_child(&typed).await,
            Request::FindPerson(typed) => self.find_person(&typed).await,
            Request::ChooseMatch { search, row } => self.choose_match(&search, row),
            Request::UseCurrentNumber => {
                self.decide(|d| matches!(d, Decision::UseCurrentNumber { .. }))
                    .await
            }
            Request::GoOn => self.decide(|d| matches!(d, Decision::GoOn)).await,
            Request::CheckAgain => match self.question_anew() {
                Some(question) => self.check_anew(question).await,
                None => self.decide(|d| matches!(d, Decision::CheckAgain)).await,
            },
            Request::CancelCheck => self.cancel_check(),
            Request::ImportClinic { text, leave_out } => self.import_clinic(&text, leave_out),
            Request::OpenClinicChild { id } => self.open_clinic_child(&id).await,
            Request::CheckOne => self.check_one().await,
            Request::OpenCopy { id } => self.open_copy(&id).await,
            Request::ShowOldCopy => self.show_old_copy().await,
            Request::NextChild => self.next_child().await,
            Request::CheckClinic { keep } => self.check_clinic(keep).await,
            Request::StopClinicChecks => self.stop_clinic_checks(),
            Request::MarkNotBrought { id, on } => self.mark_not_brought(&id, on),
            Request::AskNotice { id } => self.ask_notice(&id),
            Request::AnswerNotice(typed) => self.answer_notice(&typed).await,
            Request::ReviewNote(typed) => self.review_note(&typed),
            Request::ChangeNote => self.change_note(),
            Request::SendNote => self.send_note().await,
            Request::PrintNote => self.print_note().await,
            Request::RemoveClinic => self.remove_clinic(),
            Request::SaveForLater(typed) => self.save_for_later(&typed),
            Request::CheckSaved => self.check_saved().await,
            Request::LeaveSaved => self.leave_saved(),
            Request::OpenLink { link } => {
                self.open_link(&link);
                Ok(())
            }
            Request::CopyNumber => self.copy_number(),
            Request::Print { with_history } => self.print(with_history).await,
            Request::PrintClinic => self.print_clinic().await,
            Request::PrintDrawn => self.print_drawn(),
            Request::Printed => {
                self.printed();
                Ok(())
            }
            Request::Go(place) => self.go(place),
            Request::SendNow => self.send_now().await,
            Request::TryAgain { id } => self.try_again(&id).await,
            Request::OpenRecord { id } => self.open_record(&id).await,
            Request::SaveForSupport => self.save_for_support().await,
            Request::AskToClose => {
                self.ask_to_close();
                Ok(())
            }
            Request::KeepOpen => {
                self.last_used = self.now();
                self.closing = false;
                Ok(())
            }
            Request::Close => {
                self.close();
                Ok(())
            }
            Request::Lock => self.lock_asked().await,
            Request::LockFor(signal) => {
                self.lock_for(signal).await;
                Ok(())
            }
            Request::Unlock { passcode } => self.unlock(&passcode),
            Request::SignOut => {
                self.sign_out();
                Ok(())
            }
            Request::Practise => Err(not_now("practice is begun by the program")),
            Request::JoinClass(typed) => self.join_class(&typed),
            Request::LeaveClass => Err(not_now("a class is left by the program")),
            Request::SetPracticeWeather { weather } => self.set_practice_weather(weather).await,
            Request::UsePracticeChild { case } => self.use_practice_child(case),
            Request::PrintCompletion => self.print_completion(),
            Request::ResetPracticeCards => self.reset_practice_cards().await,
            Request::CheckConnection => self.check_connection(),
            Request::OpenLogs => self.open_logs(),
            Request::Enrol { code } => self.enrol(&code),
            Request::Activity => {
                self.last_used = self.now();
                Ok(())
            }
        }
    }

    async fn on(&mut self, event: Event) {
        match event {
            Event::Probed(result) => self.on_probed(result).await,
            Event::SignedIn { generation, result } => {
                if generation == self.generation {
                    self.on_signed_in(*result);
                }
            }
            Event::PasscodeChosen { generation, key } => {
                if generation == self.generation {
                    self.on_passcode_chosen(*key);
                }
            }
            Event::CheckAsksRecords { generation } => {
                if generation == self.generation {
                    self.on_check_asks_records();
                }
            }
            Event::CheckEnded { generation, ended } => {
                self.looked(ended.reached, ended.cause());
                if ended.denied {
                    self.ask_for_user();
                }
                if generation == self.generation {
                    self.on_check_ended(*ended);
                }
            }
            Event::ChildChecked { run, child, ended } => {
                self.looked(ended.reached, ended.cause());
                if ended.denied {
                    self.ask_for_user();
                }
                self.on_child_checked(run, child, *ended).await;
            }
            Event::ClinicWritten(written) => self.on_clinic_written(written),
            Event::SearchEnded { generation, ended } => {
                self.heard(ended.reached);
                if ended.denied {
                    self.ask_for_user();
                }
                if generation == self.generation {
                    self.on_search_ended(*ended);
                }
            }
            Event::Unlocked { generation, result } => {
                if generation == self.generation {
                    self.on_unlocked(*result);
                }
            }
            Event::CardsSeen(seen) => self.on_cards_seen(seen),
            Event::Renewed => {
                self.task_states.sign_in = TaskState::Works;
                self.keep_session();
                self.ask_for_user();
            }
            Event::UserSeen { session, result } => self.on_user_seen(&session, *result),
            Event::Enrolled(result) => self.on_enrolled(result).await,
            Event::Copied(put) => self.on_copied(put),
            Event::Connection(progress) => self.on_connection(progress),
            Event::ClassAnswered { generation, answer } => {
                self.on_class_answered(generation, *answer);
            }
            Event::Farewell { generation, result } => self.on_farewell(generation, result),
        }
    }

    fn go(&mut self, place: Place) -> Result<(), CommandError> {
        self.last_used = self.now();
        if let Person::SignedIn(person) = &self.person
            && person.session.is_over()
        {
            self.end(SessionEnd::ServiceEnded);
            return Ok(());
        }
        if place == Place::JoinClass && !self.may_join() {
            return Err(not_now("no class can be joined now"));
        }
        match (&mut self.person, place) {
            (Person::Locked(_), _) => return Err(not_now("the program is locked")),
            (Person::SignedIn(person), Place::Result) if person.find.is_result() => {}
            (_, Place::Result) => return Err(not_now("there is no result to go back to")),
            (_, Place::PracticeTasks) if self.guided.is_none() => {
                return Err(not_now("this is not practice"));
            }
            (Person::Ended(_), _) => self.person = Person::Nobody(sign_in::SignedOut::default()),
            // "Find a child" begins anew: an ended result must not stay under the next child.
            (Person::SignedIn(person), Place::Find) => person.leave_result(),
            (_, Place::Search) => self.go_to_search()?,
            (_, Place::Note) => self.begin_note()?,
            (Person::SignedIn(_) | Person::Nobody(_), _) => {}
        }
        if let Person::SignedIn(person) = &mut self.person {
            person.clinic.leave_page();
            if place != Place::Note {
                person.find.drop_note();
            }
        }
        self.completion = None;
        self.joining = class::Joining::default();
        if matches!(self.place, Place::ClinicList | Place::ClinicImport) {
            self.clinic_gone = false;
        }
        self.closing = false;
        self.open_record = None;
        self.place = match place {
            Place::Result | Place::Search => Place::Find,
            other => other,
        };
        Ok(())
    }

    fn start_tasks(&mut self) {
        let Ok(engine) = &self.wiring.engine else {
            return;
        };
        let world = &self.wiring.world;
        if let Some(credential) = engine.credential.clone() {
            let trail = engine.trail.clone();
            let sender = Sender::new(trail, credential, world.clock.clone());
            self.tasks.spawn(sender.run());
        }
        if let Some(service) = engine.service.clone() {
            let (events, now) = (self.events.clone(), self.probe.clone());
            self.tasks.spawn(connectivity::probe(service, events, now));
            self.probe_now();
        }
    }

    /// A session that was left behind can be unlocked; what cannot be used is said.
    async fn go_on_from_last_run(&mut self) {
        let Ok(engine) = &self.wiring.engine else {
            return;
        };
        let (file, now) = (engine.session_file.clone(), self.now());
        let folder = engine.kept_folder.clone();
        self.session_writer = Some(kept::SessionWriter::start(file.clone()));
        let writer = clinic_disk::ClinicWriter::start(folder.clone(), self.events.clone());
        self.clinic_writer = Some(writer);
        // Each practice has a service of its own, which knows no earlier session.
        if self.wiring.mode == ProgramMode::Practice {
            self.clear_clinic();
            return self.drop_session_file();
        }
        match blocking(move || clinic_disk::ends_on_disk(&folder)).await {
            Some(ends) if ends > now && self.wiring.policy.keep_hours > 0 => {
                self.clinic_ends = Some(ends);
            }
            ended => {
                self.clear_clinic();
                self.clinic_gone = ended.is_some();
            }
        }
        let found = blocking(move || kept::left_behind(&file, now.timestamp())).await;
        // Whoever signs in anew may be somebody else.
        self.clinic_gone &= matches!(found, kept::LeftBehind::Session(_));
        self.person = match found {
            kept::LeftBehind::Nothing => return,
            kept::LeftBehind::Session(held) => {
                Person::Locked(Box::new(lock::Locked::left_behind(held, now)))
            }
            kept::LeftBehind::Unusable(end) => Person::Ended(end),
        };
    }

    async fn stop(&mut self) {
        self.tasks.shutdown().await;
        self.leave_clipboard().await;
        // A session must not live on at the service after the program has gone.
        if matches!(self.person, Person::SignedIn(_)) {
            self.end(SessionEnd::SignedOut);
        }
        // A session that was just locked must be on the disk, and one that ended must not.
        if let Some(writer) = self.session_writer.take() {
            writer.end().await;
        }
        if let Some(writer) = self.clinic_writer.take() {
            writer.end().await;
        }
        let farewells = std::mem::take(&mut self.farewells).join_all();
        if tokio::time::timeout(FAREWELL, farewells).await.is_err() {
            tracing::warn!("the service could not be told in time that a session ended");
        }
        self.person = Person::Nobody(sign_in::SignedOut::default());
        let fault = (StartFault::InUse, None);
        let Ok(engine) = std::mem::replace(&mut self.wiring.engine, Err(fault)) else {
            return;
        };
        let Engine {
            trail, run_folder, ..
        } = engine;
        trail.close().await;
        drop(run_folder);
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
