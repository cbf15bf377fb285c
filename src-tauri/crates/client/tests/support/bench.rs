//! Everything outside a program, which outlives it.

use super::views::Views;
use super::{Chain, Desk, HandBrowser, HandClipboard, HandClock, HandDisk, Wire, logs};
use cpis_client::view::{PracticeCase, PracticeChild, ProgramMode, Weather};
use cpis_client::{
    Jitter, JoinedClass, Keychains, Launcher, Pace, Policy, Practice, PracticeCard, Program, Run,
    Start, SystemChance, SystemRoutes, World,
};
use cpis_fhir::AuditFacts;
use cpis_training::{
    CardDescription, Case, ExistingCards, Population, TrainingBackend, TrainingOptions,
    TrainingPatient, population, write_cards, write_cards_with,
};
use cpis_vault::Presence;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::watch;

/// What the made-up people follow from.
const SEED: u64 = 1;

/// Backend, clock, folders and keychain of one test.
pub struct Bench {
    pub clock: Arc<HandClock>,
    pub people: Population,
    /// The virtual cards of live mode.
    pub cards: Vec<CardDescription>,
    folder: TempDir,
    options: TrainingOptions,
    address: SocketAddr,
    backend: Mutex<Arc<TrainingBackend>>,
    chain: Mutex<Chain>,
    /// The room on the disk.
    pub disk: Arc<HandDisk>,
    /// The smartcards in the readers.
    pub presence: watch::Sender<Presence>,
    /// The person's browser.
    pub browser: Arc<HandBrowser>,
    /// The computer's clipboard.
    pub clipboard: Arc<HandClipboard>,
    /// Between two questions of programs that are opened from now on. The clock stands still unless
    /// a test moves it, so nothing unless a test wants it.
    pub pace: Mutex<Duration>,
}

impl Bench {
    /// A bench with a backend on a free port, and a policy for live mode with an enrolment code.
    pub async fn start() -> Arc<Self> {
        Self::with(|_| {}).await
    }

    /// The same, with a backend that is set up otherwise.
    pub async fn with(change: impl FnOnce(&mut TrainingOptions)) -> Arc<Self> {
        logs::keep();
        let clock = Arc::new(HandClock::at("2026-11-22T09:12:00+00:00"));
        let mut options = TrainingOptions {
            seed: SEED,
            clock: clock.clone(),
            ..TrainingOptions::default()
        };
        change(&mut options);
        let backend = TrainingBackend::start(options.clone()).await.unwrap();
        let address = backend.address();
        let folder = tempfile::tempdir().unwrap();
        let now = clock.read();
        let bench = Self {
            people: population(options.seed, now.date_naive()),
            cards: write_cards(&folder.path().join("cards"), SEED, now).unwrap(),
            clock,
            folder,
            options,
            address,
            backend: Mutex::new(Arc::new(backend)),
            chain: Mutex::new(Chain::Kept(Arc::default())),
            disk: Arc::default(),
            browser: Arc::default(),
            clipboard: Arc::default(),
            pace: Mutex::default(),
            presence: watch::channel(Presence::NoService).0,
        };
        let code = bench.backend().enrolment_code();
        bench.set_policy(Some(&code), &[]);
        Arc::new(bench)
    }

    /// A bench whose program reaches the backend through a wire.
    pub async fn wired() -> (Arc<Self>, Wire) {
        let wire = Wire::start().await;
        let bench = Self::with(|options| options.public_url = Some(wire.url())).await;
        wire.lead_to(bench.address);
        (bench, wire)
    }

    /// Starts a program.
    pub async fn open(self: &Arc<Self>, mode: ProgramMode) -> Desk {
        let views = Arc::new(Views::new());
        let launcher = Arc::new(BenchLauncher {
            bench: self.clone(),
            views: views.clone(),
        });
        let program = Program::start(launcher, mode).await;
        Desk::new(self.clone(), program, views)
    }

    /// Starts a program in live mode.
    pub async fn live(self: &Arc<Self>) -> Desk {
        self.open(ProgramMode::Live).await
    }

    /// Starts a program in practice mode.
    pub async fn practice(self: &Arc<Self>) -> Desk {
        self.open(ProgramMode::Practice).await
    }

    /// The backend in use.
    pub fn backend(&self) -> Arc<TrainingBackend> {
        self.backend.lock().unwrap().clone()
    }

    /// Another backend on the same port, which knows nothing of what was.
    pub async fn replace_backend(&self, change: impl FnOnce(&mut TrainingOptions)) {
        self.backend().release_port().await;
        let mut options = self.options.clone();
        options.listen = self.address;
        change(&mut options);
        let fresh = TrainingBackend::start(options).await.unwrap();
        *self.backend.lock().unwrap() = Arc::new(fresh);
    }

    /// Switches the network on or off.
    pub async fn set_network(&self, on: bool) {
        match on {
            true => self.backend().listen_again().await.unwrap(),
            false => self.backend().stop_listening().await,
        }
    }

    pub fn chain(&self) -> Chain {
        self.chain.lock().unwrap().clone()
    }

    /// Gives the computer another keychain.
    pub fn set_chain(&self, chain: Chain) {
        *self.chain.lock().unwrap() = chain;
    }

    /// Writes the policy of live mode; `more` are further lines.
    pub fn set_policy(&self, code: Option<&str>, more: &[&str]) {
        let mut lines = vec![
            format!("backend.base_url = '{}'", self.backend().base_url()),
            "backend.client_id = 'cpis-check'".to_owned(),
            "session.sign_in = ['test-card']".to_owned(),
            "session.test_card_folder = 'cards'".to_owned(),
        ];
        lines.extend(code.map(|code| format!("backend.enrolment_code = '{code}'")));
        lines.extend(more.iter().map(|&line| line.to_owned()));
        std::fs::write(self.policy_file(), lines.join("\n")).unwrap();
    }

    pub fn policy_file(&self) -> PathBuf {
        self.path("policy.toml")
    }

    /// A path in this test's folder: `live` and `practice` are the data folders.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn passcode(&self, card: &str) -> String {
        let file = format!("{card}.p12");
        let found = self.cards.iter().find(|c| c.file_name == file);
        found.unwrap().passcode.clone()
    }

    /// The number of the person whose card it is.
    pub fn user_of(&self, card: &str) -> String {
        let file = format!("{card}.p12");
        let found = self.cards.iter().find(|c| c.file_name == file);
        found.unwrap().user_id.clone()
    }

    /// The first person of a case.
    pub fn person(&self, case: Case) -> &TrainingPatient {
        self.people.first(case)
    }

    /// What the backend received under an id, which must be one record.
    pub fn record(&self, id: &str) -> AuditFacts {
        let records = self.backend().audit_records().unwrap();
        let own: Vec<_> = records.iter().filter(|(of, _)| of == id).collect();
        assert_eq!(own.len(), 1, "records with this id");
        cpis_fhir::read_audit_event(own[0].1.to_string().as_bytes()).unwrap()
    }

    /// Waits until so many requests have met a fault.
    pub async fn struck(&self, times: usize) {
        let backend = self.backend();
        let arrived = async {
            while backend.faults().strikes() < times {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(super::PATIENCE, arrived)
            .await
            .unwrap();
    }

    /// How many records the backend received.
    pub fn received(&self) -> usize {
        self.backend().audit_records().unwrap().len()
    }

    /// How often a local authority was told.
    pub fn told(&self) -> usize {
        self.backend().notifications().unwrap().len()
    }
}

/// Prepares runs of the program on the bench.
struct BenchLauncher {
    bench: Arc<Bench>,
    views: Arc<Views>,
}

#[async_trait::async_trait]
impl Launcher for BenchLauncher {
    async fn prepare(&self, run: Run) -> Start {
        match run {
            Run::Live => {
                let file = self.bench.policy_file();
                Start {
                    mode: ProgramMode::Live,
                    policy: Policy::read(&file).map_err(|error| error.to_string()),
                    policy_file: Some(file),
                    data_folder: self.bench.path("live"),
                    practice: None,
                    class: None,
                    support_folder: self.bench.path("support"),
                    log_folder: self.bench.path("logs"),
                }
            }
            Run::Practice => self.built_in().await,
            Run::Class(joined) => self.class(joined),
        }
    }

    fn world(&self) -> World {
        World {
            clock: self.bench.clock.clone(),
            identifiers: Arc::new(SystemChance),
            jitter: Arc::new(Longest),
            pace: Pace(*self.bench.pace.lock().unwrap()),
            disk: self.bench.disk.clone(),
            window: self.views.clone(),
            browser: self.bench.browser.clone(),
            clipboard: self.bench.clipboard.clone(),
            routes: Arc::new(SystemRoutes),
            presence: self.bench.presence.subscribe(),
        }
    }

    fn keychains(&self) -> Keychains {
        let chain = self.bench.chain();
        Arc::new(move |service| chain.open(service))
    }
}

impl BenchLauncher {
    /// The built-in practice has a backend of its own in each run.
    async fn built_in(&self) -> Start {
        let backend = TrainingBackend::start(self.bench.options.clone()).await;
        let backend = Arc::new(backend.unwrap());
        *self.bench.backend.lock().unwrap() = backend.clone();
        let base_url = backend.base_url();
        self.practice(Some(backend), &base_url, self.bench.path("practice"), None)
    }

    fn class(&self, joined: JoinedClass) -> Start {
        let folder = self.bench.path("practice");
        let folder = folder.join(format!("class-{}", joined.class.code()));
        let base_url = joined.class.base_url();
        self.practice(None, base_url.as_str(), folder, Some(joined))
    }

    fn practice(
        &self,
        backend: Option<Arc<TrainingBackend>>,
        base_url: &str,
        data_folder: PathBuf,
        class: Option<JoinedClass>,
    ) -> Start {
        let card_folder = data_folder.join("cards");
        let now = self.bench.clock.read();
        write_cards(&card_folder, SEED, now).unwrap();
        let policy = format!("[backend]\nbase_url = '{base_url}'\nclient_id = 'cpis-check'\n");
        let practice = BenchPractice {
            backend,
            card_folder,
            bench: self.bench.clone(),
        };
        Start {
            mode: ProgramMode::Practice,
            policy: Ok(Policy::parse(&policy, Path::new("practice.toml")).unwrap()),
            policy_file: None,
            data_folder,
            practice: Some(Arc::new(practice)),
            class,
            support_folder: self.bench.path("support"),
            log_folder: self.bench.path("logs"),
        }
    }
}

/// Retries wait as long as they may, so that no test passes by a lucky draw.
struct Longest;

impl Jitter for Longest {
    fn between(&self, _: Duration, most: Duration) -> Duration {
        most
    }
}

struct BenchPractice {
    /// None in a class.
    backend: Option<Arc<TrainingBackend>>,
    card_folder: PathBuf,
    bench: Arc<Bench>,
}

#[async_trait::async_trait]
impl Practice for BenchPractice {
    fn card_folder(&self) -> PathBuf {
        self.card_folder.clone()
    }

    fn cards(&self) -> Vec<PracticeCard> {
        let card = |card: &CardDescription| PracticeCard {
            card: card.file_name.trim_end_matches(".p12").to_owned(),
            holder: card.holder.clone(),
            passcode: card.passcode.clone(),
        };
        self.bench.cards.iter().map(card).collect()
    }

    fn children(&self) -> Vec<PracticeChild> {
        let person = self.bench.people.first(Case::ChildProtection);
        vec![PracticeChild {
            case: PracticeCase::ChildProtection,
            nhs_number: person.nhs_number.digits(),
            family: person.family.clone(),
            given: person.given.clone(),
            birth_date: person.birth_date.to_string(),
        }]
    }

    fn enrolment_code(&self) -> Option<String> {
        Some(self.backend.as_ref()?.enrolment_code())
    }

    fn weather(&self) -> Option<Weather> {
        Some(match self.backend.as_ref()?.is_listening() {
            true => Weather::Good,
            false => Weather::Offline,
        })
    }

    /// Only the network: the rest of the weather is the desktop program's.
    async fn set_weather(&self, weather: Weather) {
        let backend = self.backend.as_ref().unwrap();
        match weather {
            Weather::Offline => backend.stop_listening().await,
            _ => backend.listen_again().await.unwrap(),
        }
    }

    fn presence(&self) -> Option<watch::Receiver<Presence>> {
        Some(self.bench.presence.subscribe())
    }

    async fn reset_cards(&self) -> Result<(), std::io::Error> {
        let now = self.bench.clock.read();
        let written = write_cards_with(&self.card_folder, SEED, now, ExistingCards::Overwrite);
        written.map(|_| ()).map_err(std::io::Error::other)
    }

    async fn stop(&self) {
        if let Some(backend) = &self.backend {
            backend.release_port().await;
        }
    }
}
