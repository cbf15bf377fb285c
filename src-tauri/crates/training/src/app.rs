//! What every request shares.

use crate::arrivals::Arrivals;
use crate::cards::CardAuthority;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::oauth::browser::BrowserSwitches;
use crate::oauth::identity_key::IdentityKey;
use crate::oauth::renewals::RenewalCount;
use crate::population::StaffMember;
use crate::roles::WithdrawnRoles;
use crate::store::{Store, StoredClass};
use crate::unavailable::Unavailable;
use crate::weather::WeatherSwitch;
use crate::{TrainingError, TrainingOptions};
use chrono::{DateTime, FixedOffset};
use std::sync::Arc;

/// What every request shares.
pub(crate) struct App {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) cards: CardAuthority,
    pub(crate) staff: Vec<StaffMember>,
    /// The address under which everything is offered, without a slash at the end.
    pub(crate) base_url: String,
    /// How long an access token holds, in seconds.
    pub(crate) token_seconds: i64,
    pub(crate) faults: Faults,
    pub(crate) arrivals: Arrivals,
    pub(crate) seed: u64,
    /// The name of the class whose backend this is; `None` at the root.
    pub(crate) class: Option<String>,
    pub(crate) identity_key: Arc<IdentityKey>,
    pub(crate) browser: BrowserSwitches,
    pub(crate) roles: WithdrawnRoles,
    pub(crate) weather: Arc<WeatherSwitch>,
    pub(crate) renewals: RenewalCount,
}

impl App {
    pub(crate) fn new(
        options: &TrainingOptions,
        base_url: String,
        store: Arc<dyn Store>,
        staff: Vec<StaffMember>,
    ) -> Result<Self, TrainingError> {
        Ok(Self {
            store,
            clock: Arc::clone(&options.clock),
            cards: CardAuthority::new(options.seed)?,
            staff,
            base_url,
            token_seconds: i64::from(options.token_minutes) * 60,
            faults: Faults::default(),
            arrivals: Arrivals::default(),
            seed: options.seed,
            class: None,
            identity_key: Arc::default(),
            browser: BrowserSwitches::default(),
            roles: WithdrawnRoles::default(),
            weather: Arc::default(),
            renewals: RenewalCount::default(),
        })
    }

    /// Logs what a switch that answers nothing ran into.
    pub(crate) fn told(switched: Result<(), TrainingError>) {
        if let Err(error) = switched {
            tracing::error!(%error, "the store refused a switch");
        }
    }

    /// The backend of a class, with everything of its own but the clock.
    pub(crate) fn of_class(
        root: &Self,
        class: &StoredClass,
        store: Arc<dyn Store>,
    ) -> Result<Self, TrainingError> {
        Ok(Self {
            store,
            clock: Arc::clone(&root.clock),
            cards: CardAuthority::new(class.seed)?,
            staff: root.staff.clone(),
            base_url: format!("{}/class/{}", root.base_url, class.code),
            token_seconds: root.token_seconds,
            faults: Faults::default(),
            arrivals: Arrivals::default(),
            seed: class.seed,
            class: Some(class.name.clone()),
            identity_key: Arc::default(),
            browser: BrowserSwitches::default(),
            roles: WithdrawnRoles::default(),
            weather: Arc::default(),
            renewals: RenewalCount::default(),
        })
    }

    pub(crate) fn now(&self) -> DateTime<FixedOffset> {
        self.clock.now()
    }

    pub(crate) fn member(&self, user_id: &str) -> Option<&StaffMember> {
        self.staff.iter().find(|m| m.user_id.as_str() == user_id)
    }

    pub(crate) fn token_endpoint(&self) -> String {
        format!("{}{}", self.base_url, crate::oauth::TOKEN)
    }

    /// Asks the store, off the asynchronous threads.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Store) -> Result<T, TrainingError> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let store = Arc::clone(&self.store);
        let answer = tokio::task::spawn_blocking(move || question(store.as_ref())).await;
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                tracing::error!(%error, "the store refused");
                Err(Unavailable::of(&error))
            }
            Err(_) => {
                tracing::error!("a question to the store was not answered");
                Err(Unavailable::Failed)
            }
        }
    }
}

/// How every token of a training backend begins. Whoever finds this on a disk or in a log
/// has found a secret that should not be there.
pub const TOKEN_PREFIX: &str = "cpis-training.";

/// A secret of 32 random bytes, in URL-safe base64.
pub(crate) fn random_secret() -> Result<String, TrainingError> {
    use base64::Engine;
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    let random = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    Ok(format!("{TOKEN_PREFIX}{random}"))
}
