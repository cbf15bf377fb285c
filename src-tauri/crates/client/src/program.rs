//! One run of the program: opens vault and audit trail, starts controller, sender and probe, and
//! changes from live to practice, and to a class and back, when asked.
//!
//! Practice, each class and live share nothing but the window: each has its own folder, keychain name
//! and queue (invariant I8), and one is stopped before the other starts.

mod class;
mod opening;

pub(crate) use opening::RunFolder;

use crate::class::JoinedClass;
use crate::controller::{Controller, Handle, Wiring};
use crate::lock_signal::LockSignal;
use crate::policy::Policy;
use crate::practice::Practice;
use crate::request::Request;
use crate::view::{CommandError, CommandErrorCode, Notice, ProgramMode, Screen, StartFault, View};
use crate::world::World;
use cpis_vault::{Keychain, KeychainError, leave_no_trace};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

/// Opens the keychain under a service name; it may block.
pub type Keychains = Arc<dyn Fn(&str) -> Result<Box<dyn Keychain>, KeychainError> + Send + Sync>;

/// What a run is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// Live.
    Live,
    /// Practice with the built-in training backend.
    Practice,
    /// Practice in a class of a training backend somewhere else.
    Class(JoinedClass),
}

impl From<ProgramMode> for Run {
    fn from(mode: ProgramMode) -> Self {
        match mode {
            ProgramMode::Live => Self::Live,
            ProgramMode::Practice => Self::Practice,
        }
    }
}

/// What one run in one mode needs.
pub struct Start {
    /// Practice or live.
    pub mode: ProgramMode,
    /// Policy, or what is wrong with it.
    pub policy: Result<Policy, String>,
    /// The policy file in force.
    pub policy_file: Option<PathBuf>,
    /// The folder of this mode, or of this class.
    pub data_folder: PathBuf,
    /// The training backend, in practice mode.
    pub practice: Option<Arc<dyn Practice>>,
    /// The class, where it is one.
    pub class: Option<JoinedClass>,
    /// Where records are saved for support.
    pub support_folder: PathBuf,
    /// Where the program logs.
    pub log_folder: PathBuf,
}

/// Prepares runs. The shell has one, the tests have another.
#[async_trait::async_trait]
pub trait Launcher: Send + Sync {
    /// Prepares a run: reads policy, starts the training backend.
    async fn prepare(&self, run: Run) -> Start;

    /// Time, chance and the window.
    fn world(&self) -> World;

    /// The keychain.
    fn keychains(&self) -> Keychains;

    /// The commit that the program was built from, if it is known.
    fn commit(&self) -> Option<&'static str> {
        None
    }
}

/// The program.
pub struct Program {
    inner: Arc<Inner>,
    /// Changes to classes.
    changing: JoinHandle<()>,
}

struct Inner {
    launcher: Arc<dyn Launcher>,
    revision: Arc<AtomicU64>,
    let_in: mpsc::Sender<JoinedClass>,
    running: Mutex<Running>,
}

struct Running {
    mode: ProgramMode,
    in_class: bool,
    handle: Handle,
    practice: Option<Arc<dyn Practice>>,
}

impl Drop for Program {
    fn drop(&mut self) {
        self.changing.abort();
    }
}

impl Program {
    /// Starts in a mode.
    pub async fn start(launcher: Arc<dyn Launcher>, mode: ProgramMode) -> Self {
        let revision = Arc::new(AtomicU64::new(0));
        let (let_in, classes) = mpsc::channel(1);
        let running = run(launcher.as_ref(), mode.into(), &revision, &let_in).await;
        let inner = Arc::new(Inner {
            launcher,
            revision,
            let_in,
            running: Mutex::new(running),
        });
        let changing = tokio::spawn(class::change_to_classes(inner.clone(), classes));
        Self { inner, changing }
    }

    /// Handles a request and gives the view after it.
    ///
    /// # Errors
    /// [`CommandError`] when the request does not fit the present screen.
    pub async fn request(&self, request: Request) -> Result<View, CommandError> {
        match request {
            Request::Practise => return self.practise().await,
            Request::LeaveClass => return self.leave_class().await,
            _ => {}
        }
        let handle = self.inner.running.lock().await.handle.clone();
        handle.request(request).await
    }

    /// Locks because of what the operating system told. When this returns, the window was shown a view
    /// without an identifier.
    pub async fn lock_for(&self, signal: LockSignal) {
        // A program that is closing has nothing left to lock.
        let _ = self.request(Request::LockFor(signal)).await;
    }

    /// Stops everything; pending records stay on the disk.
    pub async fn stop(&self) {
        let running = self.inner.running.lock().await;
        // It waits for a class or for the lock: nothing else begins after this.
        self.changing.abort();
        running.stop().await;
    }

    async fn practise(&self) -> Result<View, CommandError> {
        let mut running = self.inner.running.lock().await;
        let view = running.handle.request(Request::View).await?;
        let is_locked = matches!(view.screen, Screen::Locked { .. });
        if running.mode == ProgramMode::Practice || view.user.is_some() || is_locked {
            let message = "practice begins from the sign-in screen".to_owned();
            return Err(CommandError {
                code: CommandErrorCode::NotNow,
                message,
            });
        }
        self.inner.change(&mut running, Run::Practice).await;
        running.handle.request(Request::View).await
    }
}

impl Inner {
    /// Stops what runs, and starts something else in its place.
    async fn change(&self, running: &mut Running, asked: Run) {
        running.stop().await;
        *running = run(self.launcher.as_ref(), asked, &self.revision, &self.let_in).await;
    }
}

impl Running {
    async fn stop(&self) {
        self.handle.stop().await;
        if let Some(practice) = &self.practice {
            practice.stop().await;
        }
    }
}

async fn run(
    launcher: &dyn Launcher,
    asked: Run,
    revision: &Arc<AtomicU64>,
    let_in: &mpsc::Sender<JoinedClass>,
) -> Running {
    let start = launcher.prepare(asked).await;
    // Policy may permit practice only.
    let mode = start.mode;
    let practice = start.practice.clone();
    let mut world = launcher.world();
    if let Some(presence) = practice.as_ref().and_then(|practice| practice.presence()) {
        world.presence = presence;
    }
    let keychains = launcher.keychains();
    let policy_fault = start.policy.as_ref().err().cloned();
    let policy = start.policy.clone().unwrap_or_default();
    let mut notices = Vec::new();
    let engine = match policy_fault {
        Some(fault) => Err((StartFault::Policy, Some(fault))),
        None => opening::open(&start, &policy, &world, keychains, &mut notices).await,
    };
    if policy.site.practice_only {
        notices.push(Notice::PracticeOnly);
    }
    if mode == ProgramMode::Live && policy.session.test_card_folder.is_some() {
        notices.push(Notice::TestCards);
    }
    let wiring = Wiring {
        mode,
        world,
        policy,
        policy_file: start.policy_file,
        log_folder: start.log_folder,
        practice: start.practice,
        class: start.class,
        let_in: let_in.clone(),
        notices,
        engine,
        revision: revision.clone(),
        commit: launcher.commit(),
    };
    Running {
        mode,
        in_class: wiring.class.is_some(),
        handle: Controller::start(wiring).await,
        practice,
    }
}

/// Runs work that blocks on a thread of its own: keychains and databases have event loops of their
/// own, which must not nest in ours.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    // Its thread stays, and would keep what is left on its stack.
    match tokio::task::spawn_blocking(|| leave_no_trace(work)).await {
        Ok(value) => value,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}
