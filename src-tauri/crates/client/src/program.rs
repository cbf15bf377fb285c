//! One run of the program: opens vault and audit trail, starts controller, sender and probe, and
//! changes from live to practice when asked.
//!
//! Practice and live share nothing but the window: each has its own folder, keychain name and queue
//! (invariant I8), and one is stopped before the other starts.

use crate::controller::{Controller, Engine, Handle, Wiring};
use crate::dpop::Binding;
use crate::keys::{RowKeys, keychain_name};
use crate::lock_signal::LockSignal;
use crate::network::Network;
use crate::policy::Policy;
use crate::practice::Practice;
use crate::request::Request;
use crate::service::Service;
use crate::support::Support;
use crate::view::{CommandError, CommandErrorCode, Notice, ProgramMode, Screen, StartFault, View};
use crate::workstation::WorkstationCredential;
use crate::world::World;
use cpis_audit::{AuditError, AuditTrail, Capacity, Finding, LedgerOptions, Report, Retention};
use cpis_vault::{
    KeptFolder, Keychain, KeychainError, Opened, SecretOrigin, SessionFile, VaultError,
    Workstation, WorkstationState, leave_no_trace,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tokio::sync::Mutex;

/// Opens the keychain under a service name; it may block.
pub type Keychains = Arc<dyn Fn(&str) -> Result<Box<dyn Keychain>, KeychainError> + Send + Sync>;

/// What one run in one mode needs.
pub struct Start {
    /// Practice or live.
    pub mode: ProgramMode,
    /// Policy, or what is wrong with it.
    pub policy: Result<Policy, String>,
    /// The policy file in force.
    pub policy_file: Option<PathBuf>,
    /// The folder of this mode.
    pub data_folder: PathBuf,
    /// The training backend, in practice mode.
    pub practice: Option<Arc<dyn Practice>>,
    /// Where records are saved for support.
    pub support_folder: PathBuf,
    /// Where the program logs.
    pub log_folder: PathBuf,
}

/// Prepares runs. The shell has one, the tests have another.
#[async_trait::async_trait]
pub trait Launcher: Send + Sync {
    /// Prepares a run in a mode: reads policy, starts the training backend.
    async fn prepare(&self, mode: ProgramMode) -> Start;

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
    launcher: Arc<dyn Launcher>,
    revision: Arc<AtomicU64>,
    running: Mutex<Running>,
}

struct Running {
    mode: ProgramMode,
    handle: Handle,
    practice: Option<Arc<dyn Practice>>,
}

impl Program {
    /// Starts in a mode.
    pub async fn start(launcher: Arc<dyn Launcher>, mode: ProgramMode) -> Self {
        let revision = Arc::new(AtomicU64::new(0));
        let running = run(launcher.as_ref(), mode, &revision).await;
        Self {
            launcher,
            revision,
            running: Mutex::new(running),
        }
    }

    /// Handles a request and gives the view after it.
    ///
    /// # Errors
    /// [`CommandError`] when the request does not fit the present screen.
    pub async fn request(&self, request: Request) -> Result<View, CommandError> {
        if matches!(request, Request::Practise) {
            return self.practise().await;
        }
        let handle = self.running.lock().await.handle.clone();
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
        let running = self.running.lock().await;
        running.handle.stop().await;
        if let Some(practice) = &running.practice {
            practice.stop().await;
        }
    }

    async fn practise(&self) -> Result<View, CommandError> {
        let mut running = self.running.lock().await;
        let view = running.handle.request(Request::View).await?;
        let is_locked = matches!(view.screen, Screen::Locked { .. });
        if running.mode == ProgramMode::Practice || view.user.is_some() || is_locked {
            let message = "practice begins from the sign-in screen".to_owned();
            return Err(CommandError {
                code: CommandErrorCode::NotNow,
                message,
            });
        }
        running.handle.stop().await;
        *running = run(
            self.launcher.as_ref(),
            ProgramMode::Practice,
            &self.revision,
        )
        .await;
        running.handle.request(Request::View).await
    }
}

async fn run(launcher: &dyn Launcher, asked: ProgramMode, revision: &Arc<AtomicU64>) -> Running {
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
        None => open(&start, &policy, &world, keychains, &mut notices).await,
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
        notices,
        engine,
        revision: revision.clone(),
        commit: launcher.commit(),
    };
    Running {
        mode,
        handle: Controller::start(wiring).await,
        practice,
    }
}

type Fault = (StartFault, Option<String>);

async fn open(
    start: &Start,
    policy: &Policy,
    world: &World,
    keychains: Keychains,
    notices: &mut Vec<Notice>,
) -> Result<Engine, Fault> {
    let folder_fault = |e: std::io::Error| (StartFault::DataFolder, Some(e.to_string()));
    std::fs::create_dir_all(&start.data_folder).map_err(folder_fault)?;
    let mut folder = start.data_folder.clone();
    let mut run_folder = None;
    let state = state_of(&folder);
    let mut records_gone = false;
    let keys = match open_keys(start.mode, &folder, state, keychains).await {
        Ok(opened) => {
            let is_fresh = state == WorkstationState::Fresh;
            // Practice folders are cleared between classes.
            records_gone =
                is_fresh && opened.secret == SecretOrigin::Found && start.mode == ProgramMode::Live;
            opened.workstation
        }
        // Practice goes on without a keychain: what is sealed under a secret of this run goes into
        // a folder of this run.
        Err(_) if start.mode == ProgramMode::Practice => {
            notices.push(Notice::PracticeForgotten);
            let temporary = RunFolder::new(&start.data_folder).map_err(folder_fault)?;
            folder = temporary.0.clone();
            run_folder = Some(temporary);
            blocking(Workstation::for_this_run)
                .await
                .map_err(vault_fault)?
        }
        Err(error) => return Err(vault_fault(error)),
    };
    let keys = Arc::new(keys);
    let backend = policy.backend.as_ref();
    let service = match backend {
        Some(backend) => {
            let pins = &backend.pinned_keys;
            if pins.len() == 1 {
                tracing::warn!("backend.pinned_keys names one key and no spare one");
            }
            let authorities = backend.extra_ca_file.as_deref();
            let network = Network::new(authorities, pins, world.clock.clone())
                .map_err(|e| (StartFault::Policy, Some(e.to_string())))?
                .at_pace(world.pace, world.clock.clone());
            let binding = Binding::new(keys.clone(), world.clone());
            Some(Arc::new(Service::new(network, backend, binding)))
        }
        None => None,
    };
    let support = match &policy.support_key_file {
        Some(file) => {
            let support = Support::read(file, start.support_folder.clone())
                .map_err(|e| (StartFault::Policy, Some(e.to_string())))?;
            Some(Arc::new(support))
        }
        None => None,
    };
    let options = LedgerOptions {
        folder: folder.clone(),
        file_system: None,
        protection: Arc::new(RowKeys(keys.audit_keys())),
        workstation: cpis_audit::Workstation {
            id: keys.id(),
            product: concat!("cpis-check/", env!("CARGO_PKG_VERSION")).to_owned(),
        },
        backend: backend.map(|b| b.base_url.to_string()).unwrap_or_default(),
        capacity: Capacity(policy.capacity),
        retention: Retention(policy.retention_days),
        pace: world.pace,
        jitter: world.jitter.clone(),
        disk: world.disk.clone(),
    };
    let clock = world.clock.clone();
    let (trail, opening) = blocking(move || AuditTrail::open(options, clock))
        .await
        .map_err(audit_fault)?;
    if opening.concluded > 0 {
        tracing::warn!(
            concluded = opening.concluded,
            "looks that the last run did not end are on record as attempted"
        );
    }
    for finding in &opening.findings {
        tracing::error!(%finding, "the audit trail is not as it was written");
    }
    if records_gone {
        tracing::error!("the records that were kept under this computer's key are gone");
        notices.push(Notice::RecordsGone);
        // Written down, since the next run finds a folder in order.
        let report = Report {
            findings: vec![Finding::Gone],
            ..Report::default()
        };
        let noted = trail.note(report, world.clock.now()).await;
        noted.map_err(audit_fault)?;
    }
    if opening.findings.is_empty() {
        // A folder from before there was a check: its records have opened under this secret.
        keys.vouch_for(&folder).map_err(vault_fault)?;
    } else {
        notices.push(Notice::AuditTrailAltered);
    }
    let credential = service.clone().map(|service| {
        let practice = start.practice.clone();
        let codes = practice.map(|practice| {
            let codes: Arc<dyn Fn() -> String + Send + Sync> =
                Arc::new(move || practice.enrolment_code());
            codes
        });
        let file = folder.join("workstation.json");
        Arc::new(WorkstationCredential::new(
            service,
            world.clone(),
            keys.clone(),
            file,
            codes,
        ))
    });
    Ok(Engine {
        session_file: Arc::new(SessionFile::new(&folder, &keys)),
        kept_folder: KeptFolder::new(&folder),
        keys,
        trail,
        service,
        credential,
        support,
        run_folder,
    })
}

fn state_of(folder: &Path) -> WorkstationState {
    if folder.join("audit.sqlite").exists() {
        WorkstationState::InUse
    } else {
        WorkstationState::Fresh
    }
}

async fn open_keys(
    mode: ProgramMode,
    folder: &Path,
    state: WorkstationState,
    keychains: Keychains,
) -> Result<Opened, VaultError> {
    let name = keychain_name(mode);
    let folder = folder.to_owned();
    blocking(move || Workstation::open(keychains(name)?.as_ref(), &folder, state)).await
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

fn vault_fault(error: VaultError) -> Fault {
    let fault = match error {
        VaultError::Keychain(KeychainError::Absent) => StartFault::NoKeychain,
        VaultError::KeyMissing => StartFault::KeyMissing,
        VaultError::OtherKey => StartFault::OtherKey,
        VaultError::Check => StartFault::DataFolder,
        VaultError::Keychain(_) | VaultError::KeyGeneration => StartFault::KeychainLocked,
    };
    (fault, Some(error.to_string()))
}

fn audit_fault(error: AuditError) -> Fault {
    let fault = match error {
        AuditError::InUse => StartFault::InUse,
        AuditError::NewerSchema { .. } => StartFault::NewerVersion,
        AuditError::Open { .. } => StartFault::DataFolder,
        _ => StartFault::AuditTrail,
    };
    (fault, Some(error.to_string()))
}

/// A folder that goes with the run.
pub(crate) struct RunFolder(PathBuf);

impl RunFolder {
    /// Makes `run-PID` in a folder, after removing what runs that are over left there: their secret
    /// is gone, so nothing can read it.
    fn new(parent: &Path) -> Result<Self, std::io::Error> {
        for entry in std::fs::read_dir(parent)?.flatten() {
            let is_run = entry.file_name().to_string_lossy().starts_with("run-");
            if is_run && !is_locked(&entry.path().join("audit.lock")) {
                std::fs::remove_dir_all(entry.path())?;
            }
        }
        let folder = parent.join(format!("run-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, "the folder of this practice run could not be removed");
        }
    }
}

fn is_locked(file: &Path) -> bool {
    std::fs::File::open(file).is_ok_and(|file| file.try_lock().is_err())
}
