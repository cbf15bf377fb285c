//! Prepares runs on a real computer: policy, folders, keychain, the training backend.

use crate::clipboard::SystemClipboard;
use crate::folders::Folders;
use crate::practice::{ClassPractice, TrainingPractice};
use cpis_client::view::ProgramMode;
use cpis_client::{
    BackendPolicy, Browser, Clipboard, JoinedClass, Keychains, Launcher, Pace, PlanSource, Policy,
    PolicyError, Run, SitePolicy, Start, SystemChance, SystemClock, SystemDisk, SystemRoutes,
    Window, World,
};
use cpis_vault::{CardPresence, Keychain, Presence, SystemKeychain};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;
use url::Url;

/// The operating system's keychain.
#[must_use]
pub fn system_keychains() -> Keychains {
    Arc::new(|name| {
        let keychain: Box<dyn Keychain> = Box::new(SystemKeychain::open(name)?);
        Ok(keychain)
    })
}

/// The browser that the person has chosen in the operating system.
struct SystemBrowser;

impl Browser for SystemBrowser {
    fn open(&self, address: &Url) -> std::io::Result<()> {
        open::that_detached(address.as_str())
    }
}

/// Watches the readers with the program that lies beside this one.
fn watch_readers(told: watch::Sender<Presence>) -> Option<CardPresence> {
    let own = std::env::current_exe()
        .inspect_err(|error| tracing::error!(%error, "the readers are not watched"))
        .ok()?;
    let program = CardPresence::program_beside(&own);
    Some(CardPresence::watch(program, move |presence| {
        told.send_replace(presence);
    }))
}

/// The policy in force.
///
/// # Errors
/// [`PolicyError`].
pub(crate) fn policy(folders: &Folders) -> Result<Policy, PolicyError> {
    match &folders.policy_file {
        Some(file) => Policy::read(file),
        None => Ok(Policy::default()),
    }
}

/// Whether policy permits practice only. A policy that cannot be read permits nothing: live mode says so.
#[must_use]
pub fn is_practice_only(folders: &Folders) -> bool {
    policy(folders).is_ok_and(|policy| policy.site.practice_only)
}

/// The launcher of the desktop program.
pub struct DesktopLauncher {
    folders: Folders,
    window: Arc<dyn Window>,
    keychains: Keychains,
    browser: Arc<dyn Browser>,
    clipboard: Arc<dyn Clipboard>,
    presence: watch::Receiver<Presence>,
    /// Watches the readers, where policy names the software for smartcards.
    _watch: Option<CardPresence>,
}

impl DesktopLauncher {
    /// A launcher that uses the operating system's keychain.
    #[must_use]
    pub fn new(folders: Folders, window: Arc<dyn Window>) -> Self {
        let (told, presence) = watch::channel(Presence::NoService);
        let uses_smartcards = policy(&folders).is_ok_and(|p| p.session.pkcs11_module.is_some());
        let watch = uses_smartcards.then(|| watch_readers(told)).flatten();
        Self {
            presence,
            _watch: watch,
            folders,
            window,
            keychains: system_keychains(),
            browser: Arc::new(SystemBrowser),
            clipboard: Arc::new(SystemClipboard::default()),
        }
    }

    /// The same with another browser, for tests.
    #[must_use]
    pub fn with_browser(self, browser: Arc<dyn Browser>) -> Self {
        Self { browser, ..self }
    }

    /// The same with another clipboard, for tests.
    #[must_use]
    pub fn with_clipboard(self, clipboard: Arc<dyn Clipboard>) -> Self {
        Self { clipboard, ..self }
    }

    /// The same with another keychain, for tests.
    #[must_use]
    pub fn with_keychains(self, keychains: Keychains) -> Self {
        Self { keychains, ..self }
    }

    fn live(&self) -> Start {
        Start {
            mode: ProgramMode::Live,
            policy: policy(&self.folders).map_err(|error| error.to_string()),
            policy_file: self.folders.policy_file.clone(),
            data_folder: self.folders.live.clone(),
            practice: None,
            class: None,
            support_folder: self.folders.support.clone(),
            log_folder: self.folders.logs.clone(),
        }
    }

    /// The built-in practice.
    async fn built_in(&self, site: SitePolicy) -> Result<Start, String> {
        let cards = card_folder(&self.folders.practice)?;
        let practice = TrainingPractice::start(&cards)
            .await
            .map_err(|e| e.to_string())?;
        let base_url = Url::parse(&practice.base_url()).map_err(|e| e.to_string())?;
        Ok(Start {
            policy: Ok(practice_policy(base_url, site)),
            practice: Some(Arc::new(practice)),
            ..self.practice(None)
        })
    }

    /// Practice in a class.
    fn class(&self, joined: &JoinedClass, site: SitePolicy) -> Result<Start, String> {
        let start = self.practice(Some(joined.clone()));
        let cards = card_folder(&start.data_folder)?;
        let practice =
            ClassPractice::start(&cards, joined.seed).map_err(|error| error.to_string())?;
        Ok(Start {
            policy: Ok(practice_policy(joined.class.base_url(), site)),
            practice: Some(Arc::new(practice)),
            ..start
        })
    }

    /// What every practice has. Each class has a folder of its own in that of practice.
    fn practice(&self, class: Option<JoinedClass>) -> Start {
        let folder = &self.folders.practice;
        Start {
            mode: ProgramMode::Practice,
            policy: Ok(Policy::default()),
            policy_file: None,
            data_folder: match &class {
                Some(joined) => folder.join(format!("class-{}", joined.class.code())),
                None => folder.clone(),
            },
            practice: None,
            class,
            support_folder: self.folders.support.clone(),
            log_folder: self.folders.logs.clone(),
        }
    }
}

fn card_folder(data_folder: &Path) -> Result<PathBuf, String> {
    let cards = data_folder.join("cards");
    std::fs::create_dir_all(&cards).map_err(|error| error.to_string())?;
    Ok(cards)
}

/// The policy of practice: its backend, and nothing of the live one.
fn practice_policy(base_url: Url, site: SitePolicy) -> Policy {
    Policy {
        backend: Some(BackendPolicy {
            base_url,
            client_id: "cpis-check".to_owned(),
            enrolment_code: None,
            source: PlanSource::Cpis,
            extra_ca_file: None,
            pinned_keys: Vec::new(),
        }),
        site,
        ..Policy::default()
    }
}

#[async_trait::async_trait]
impl Launcher for DesktopLauncher {
    async fn prepare(&self, run: Run) -> Start {
        // What policy says of practice holds however the program is started.
        let practice_only = is_practice_only(&self.folders);
        let site = SitePolicy {
            practice_only,
            ..SitePolicy::default()
        };
        let prepared = match &run {
            Run::Live if !practice_only => return self.live(),
            Run::Live | Run::Practice => self.built_in(site).await,
            Run::Class(joined) => self.class(joined, site),
        };
        prepared.unwrap_or_else(|reason| Start {
            policy: Err(reason),
            ..self.practice(match run {
                Run::Class(joined) => Some(joined),
                Run::Live | Run::Practice => None,
            })
        })
    }

    fn world(&self) -> World {
        let chance = Arc::new(SystemChance);
        World {
            clock: Arc::new(SystemClock),
            identifiers: chance.clone(),
            jitter: chance,
            pace: Pace::default(),
            disk: Arc::new(SystemDisk),
            window: self.window.clone(),
            browser: self.browser.clone(),
            clipboard: self.clipboard.clone(),
            routes: Arc::new(SystemRoutes),
            presence: self.presence.clone(),
        }
    }

    fn keychains(&self) -> Keychains {
        self.keychains.clone()
    }

    fn commit(&self) -> Option<&'static str> {
        option_env!("CPIS_COMMIT")
    }
}
