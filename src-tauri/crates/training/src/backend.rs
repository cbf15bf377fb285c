//! Starting, stopping and looking into the backend.

use crate::app::App;
use crate::arrivals::Arrivals;
use crate::assurance::AssuranceLevel;
use crate::chain::WorkstationChain;
use crate::classes::{self, Classes};
use crate::clock::{Clock, SystemClock};
use crate::console::{self, Console};
use crate::faults::Faults;
use crate::http::{ClosingRouter, router};
use crate::oauth::dpop_nonce;
use crate::oauth::enrolment;
use crate::oauth::identity_key::{self, IdentityAlgorithm};
use crate::oauth::renewals::Renewals;
use crate::population::{AuthorityToShare, TrainingAccess, population};
use crate::store::{Notification, PageAsked, Received, Store};
use crate::store_location::StoreLocation;
use crate::{TrainingError, listener, local_authority};
use chrono::{DateTime, FixedOffset};
use cpis_record::{CareSetting, NhsNumber, OdsCode, RoleProfileId, UserId};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

/// The listener's certificate and key, PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, followed by those of its issuers.
    pub certificate: PathBuf,
    /// Its key, PKCS#8.
    pub key: PathBuf,
}

/// How the backend is set up.
#[derive(Clone)]
pub struct TrainingOptions {
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address by which clients reach it, without a slash at the end, where that differs from
    /// the one it listens on: behind a name, for a certificate.
    pub public_url: Option<String>,
    /// Where things are kept.
    pub store: StoreLocation,
    /// What the made-up people and the cards follow from.
    pub seed: u64,
    /// HTTPS, if given.
    pub tls: Option<TlsFiles>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// How long an access token holds, in minutes.
    pub token_minutes: u32,
    /// The passcode of the trainer's console, 12 characters at least; `None`: there is no console.
    pub trainer_passcode: Option<String>,
}

impl Default for TrainingOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            public_url: None,
            store: StoreLocation::Memory,
            seed: 1,
            tls: None,
            clock: Arc::new(SystemClock),
            token_minutes: 10,
            trainer_passcode: None,
        }
    }
}

impl std::fmt::Debug for TrainingOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrainingOptions")
            .field("listen", &self.listen)
            .field("store", &self.store)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

/// A running training backend. Dropping it drops its connections.
pub struct TrainingBackend {
    app: Arc<App>,
    listener: listener::Listener,
    classes: Arc<Classes>,
    /// Absent without a trainer's passcode.
    console: Option<Arc<Console>>,
}

impl TrainingBackend {
    /// Sets up the store and begins to listen.
    ///
    /// # Errors
    /// [`TrainingError`], each variant of which says who can help.
    pub async fn start(options: TrainingOptions) -> Result<Self, TrainingError> {
        let passcode = options.trainer_passcode.as_deref().map(str::trim);
        if passcode.is_some_and(|passcode| !console::is_long_enough(passcode)) {
            return Err(TrainingError::ShortPasscode);
        }
        let listener = listener::Listener::bind(&options).await?;
        let base_url = options.public_url.as_deref().map_or_else(
            || listener.url(),
            |url| url.trim_end_matches('/').to_owned(),
        );
        let today = options.clock.now().date_naive();
        let seed = options.seed;
        let location = options.store.clone();
        let set_up = move || -> Result<(Arc<dyn Store>, Vec<_>), TrainingError> {
            let world = population(seed, today);
            let store = location.open()?;
            store.prepare(seed, today, &world)?;
            Ok((store, world.staff))
        };
        let (store, staff) = tokio::task::spawn_blocking(set_up)
            .await
            .map_err(|_| TrainingError::BrokenOff)??;
        let app = Arc::new(App::new(&options, base_url, store, staff)?);
        let classes = Arc::new(Classes::new(Arc::clone(&app), options.store.clone()));
        let console = passcode.map(|passcode| {
            Arc::new(Console {
                root: Arc::clone(&app),
                classes: Arc::clone(&classes),
                passcode: Sha256::digest(passcode).into(),
            })
        });
        // Whoever signs in sees the classes first where there are some.
        if let Err(why) = classes.list().await {
            tracing::warn!(?why, "the classes cannot be listed");
        }
        let backend = Self {
            app,
            listener,
            classes,
            console,
        };
        backend.listen_again().await?;
        Ok(backend)
    }

    /// The address under which everything is offered, for example `http://127.0.0.1:49152`.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.app.base_url.clone()
    }

    /// The address it listens on, whatever the URL under which it is offered.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// A fresh one-time enrolment code, as the trainer would hand out. It holds for seven days.
    ///
    /// # Panics
    /// When the system gives no random bytes or the store refuses; both end a training session
    /// anyway. [`TrainingBackend::try_enrolment_code`] reports it instead.
    #[must_use]
    pub fn enrolment_code(&self) -> String {
        self.try_enrolment_code()
            .expect("a training session cannot go on without random bytes and a store")
    }

    /// As [`TrainingBackend::enrolment_code`].
    ///
    /// # Errors
    /// [`TrainingError::Random`] or [`TrainingError::Store`].
    pub fn try_enrolment_code(&self) -> Result<String, TrainingError> {
        enrolment::issue_code(self.app.store.as_ref(), self.app.now())
    }

    /// Adds a class, which is a backend of its own under its address: its code.
    ///
    /// # Errors
    /// [`TrainingError::Random`] or [`TrainingError::Store`].
    pub fn add_class(&self, name: &str) -> Result<String, TrainingError> {
        let store = self.app.store.as_ref();
        let class = classes::add(store, name, self.app.seed, self.app.now())?;
        Ok(class.code)
    }

    /// Every audit record received in a class, oldest first, with its id.
    ///
    /// # Errors
    /// [`TrainingError::NoSuchClass`] or [`TrainingError::Store`].
    pub async fn audit_records_of_class(
        &self,
        code: &str,
    ) -> Result<Vec<(String, Value)>, TrainingError> {
        let class = self.classes.open(code).await.ok().flatten();
        let class = class.ok_or(TrainingError::NoSuchClass)?;
        class.app.store.audit_records()
    }

    /// Every notification to a local authority in a class, oldest first.
    ///
    /// # Errors
    /// [`TrainingError::NoSuchClass`] or [`TrainingError::Store`].
    pub async fn notifications_of_class(
        &self,
        code: &str,
    ) -> Result<Vec<Notification>, TrainingError> {
        let class = self.classes.open(code).await.ok().flatten();
        let class = class.ok_or(TrainingError::NoSuchClass)?;
        class.app.store.notifications()
    }

    /// Withdraws a role profile from a person, as a registration authority does: userinfo names it
    /// no longer, and calls in it are denied. It stays withdrawn until it is given back or the
    /// store is reset.
    ///
    /// # Errors
    /// [`TrainingError::NoSuchRole`], or [`TrainingError::Store`].
    pub fn withdraw_role(
        &self,
        person: &UserId,
        profile: &RoleProfileId,
    ) -> Result<(), TrainingError> {
        let store = self.app.store.as_ref();
        let withdrawn = match self.app.member(person.as_str()) {
            Some(member) => self.app.roles.withdraw(store, member, profile.as_str())?,
            None => false,
        };
        withdrawn.then_some(()).ok_or(TrainingError::NoSuchRole)
    }

    /// Gives a withdrawn role profile back; one that was not withdrawn stays.
    ///
    /// # Errors
    /// [`TrainingError::NoSuchRole`], or [`TrainingError::Store`].
    pub fn give_role_back(
        &self,
        person: &UserId,
        profile: &RoleProfileId,
    ) -> Result<(), TrainingError> {
        let store = self.app.store.as_ref();
        let given = match self.app.member(person.as_str()) {
            Some(member) => self.app.roles.give_back(store, member, profile.as_str())?,
            None => false,
        };
        given.then_some(()).ok_or(TrainingError::NoSuchRole)
    }

    /// Lets everybody who signs in in the browser from now on do so at this level, so that a
    /// program can be seen to refuse it; `None` is the level of their card, which is
    /// [`AssuranceLevel::Three`].
    pub fn set_browser_assurance(&self, level: Option<AssuranceLevel>) {
        self.app.browser.set_assurance(level);
    }

    /// Signs identity tokens with this algorithm from now on, and so with a new key.
    pub fn set_identity_algorithm(&self, algorithm: IdentityAlgorithm) {
        App::told(identity_key::exchange(
            self.app.store.as_ref(),
            Some(algorithm),
        ));
    }

    /// Signs identity tokens with a new key from now on. It takes the place of the old one in the
    /// JWK Set.
    pub fn roll_identity_key_over(&self) {
        App::told(identity_key::exchange(self.app.store.as_ref(), None));
    }

    /// Lets the nonce of [`Fault::AskForDpopNonce`](crate::Fault::AskForDpopNonce) be current no
    /// longer: the next proof that holds it is sent back with another.
    pub fn change_dpop_nonce(&self) {
        App::told(dpop_nonce::forget(self.app.store.as_ref()));
    }

    /// How requests for renewal have been answered since the backend started.
    #[must_use]
    pub fn renewals(&self) -> Renewals {
        self.app.renewals.so_far()
    }

    /// Stops listening and drops every connection. What is kept stays, the port too.
    pub async fn stop_listening(&self) {
        self.listener.stop().await;
    }

    /// Listens again, on the same port.
    ///
    /// # Errors
    /// [`TrainingError::Listen`] when the port could not be kept and something else has taken it.
    pub async fn listen_again(&self) -> Result<(), TrainingError> {
        let mut router = router(&self.app);
        if let Some(console) = &self.console {
            router = router.merge(console::router(console));
        }
        let classes = Arc::clone(&self.classes);
        self.listener
            .listen(ClosingRouter { router, classes })
            .await
    }

    /// Whether it listens.
    #[must_use]
    pub fn is_listening(&self) -> bool {
        self.listener.is_listening()
    }

    /// Stops listening, drops every connection and gives the port back. What is kept stays.
    pub async fn release_port(&self) {
        self.listener.release().await;
    }

    /// Stops for good.
    pub async fn shutdown(self) {
        self.release_port().await;
    }

    /// The switches for faults.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.app.faults
    }

    /// What arrives, once it is kept.
    #[must_use]
    pub fn arrivals(&self) -> &Arrivals {
        &self.app.arrivals
    }

    /// Every audit record received, oldest first, with its id.
    ///
    /// # Errors
    /// [`TrainingError::Store`], here and below.
    pub fn audit_records(&self) -> Result<Vec<(String, Value)>, TrainingError> {
        self.app.store.audit_records()
    }

    /// The hash chain of every workstation that sent an audit record, by the workstation's name,
    /// with its gaps and forks. Computed from the records at each call.
    ///
    /// # Errors
    /// [`TrainingError::Store`].
    pub fn chains(&self) -> Result<Vec<WorkstationChain>, TrainingError> {
        self.app.store.chains()
    }

    /// Every notification to a local authority, oldest first.
    ///
    /// # Errors
    /// [`TrainingError::Store`].
    pub fn notifications(&self) -> Result<Vec<Notification>, TrainingError> {
        self.app.store.notifications()
    }

    /// Every access to a person's record, newest first, without a limit.
    ///
    /// # Errors
    /// [`TrainingError::Store`].
    pub fn accesses_of(&self, number: &NhsNumber) -> Result<Vec<TrainingAccess>, TrainingError> {
        let stored = self.app.store.history(number, "", usize::MAX)?;
        Ok(stored.into_iter().map(|s| s.access).collect())
    }

    /// The notes that a local authority can read, oldest first.
    ///
    /// # Errors
    /// [`TrainingError::Store`].
    pub fn notes(&self, authority: &OdsCode) -> Result<Vec<Value>, TrainingError> {
        let page = self.app.store.notes(&PageAsked {
            authority,
            received: Received::AtAnyTime,
            after: 0,
            limit: usize::MAX,
        })?;
        Ok(page.entries.into_iter().map(|note| note.body).collect())
    }

    /// A fresh credential of a local authority, shown this once. With `alone`, earlier ones of the
    /// authority stop holding.
    ///
    /// # Errors
    /// [`TrainingError::Random`] or [`TrainingError::Store`].
    pub fn authority_credential(
        &self,
        authority: &OdsCode,
        alone: bool,
    ) -> Result<String, TrainingError> {
        local_authority::issue_credential(self.app.store.as_ref(), authority, alone, self.app.now())
    }

    /// Adds or replaces the agreement of an organisation for a care setting.
    ///
    /// # Errors
    /// [`TrainingError::Store`].
    pub fn set_authority_to_share(
        &self,
        agreement: &AuthorityToShare,
    ) -> Result<(), TrainingError> {
        self.app.store.set_authority_to_share(agreement)
    }

    /// Removes the agreement of an organisation for a care setting.
    ///
    /// # Errors
    /// [`TrainingError::Store`].
    pub fn remove_authority_to_share(
        &self,
        organisation: &OdsCode,
        care_setting: CareSetting,
    ) -> Result<(), TrainingError> {
        self.app
            .store
            .remove_authority_to_share(organisation, care_setting)
    }
}

/// A fresh one-time enrolment code for the backend that keeps its store there, which may be running.
///
/// # Errors
/// [`TrainingError::Store`] when it is not a store that a backend has made, and what else opening a
/// store can give; [`TrainingError::NoStore`] for [`StoreLocation::Memory`].
pub fn enrolment_code_for(
    store: &StoreLocation,
    now: DateTime<FixedOffset>,
) -> Result<String, TrainingError> {
    enrolment::issue_code(store.open_existing()?.as_ref(), now)
}

/// As [`TrainingBackend::chains`], for the backend that keeps its store there, which may be running.
/// Changes nothing in it.
///
/// # Errors
/// [`TrainingError::Store`] when it cannot be read, [`TrainingError::OlderSchema`] or
/// [`TrainingError::NewerSchema`] when this program did not make its tables, and what else opening a
/// store can give; [`TrainingError::NoStore`] for [`StoreLocation::Memory`].
pub fn chains_of(store: &StoreLocation) -> Result<Vec<WorkstationChain>, TrainingError> {
    store.open_to_read()?.chains()
}
