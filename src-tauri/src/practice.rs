//! The training backend of a practice run, in this process on a loopback port.
//!
//! # What is kept
//!
//! On disk: the practice cards, with the tries that are left on each. In memory, until the program
//! closes: the made-up children, who looked, and the audit records. A class has its backend elsewhere
//! ([`ClassPractice`]).

mod cards;
mod class;

pub use class::ClassPractice;

use cards::{PracticeCards, card_in, card_out, children};
use cpis_client::view::{PracticeChild, Weather};
use cpis_client::{Practice, PracticeCard};
use cpis_training::{Fault, TrainingBackend, TrainingError, TrainingOptions};
use cpis_vault::Presence;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::watch;

/// The seed of the made-up people. The same everywhere, so that a course book can name a child.
pub const SEED: u64 = 1;

/// A running training backend with its cards.
pub struct TrainingPractice {
    backend: TrainingBackend,
    cards: PracticeCards,
    children: Vec<PracticeChild>,
    weather: watch::Sender<Weather>,
    reader: watch::Sender<Presence>,
}

/// How long the register takes to answer in slow weather.
const SLOW: Duration = Duration::from_secs(6);

/// What a look asks the register.
const REGISTER: [&str; 3] = [
    "/cpis/FHIR/R4/CareTeam",
    "/cpis/FHIR/R4/AuditEvent",
    "/patient-flags-api/FHIR/R4/PatientFlag",
];
/// What a look or a search asks about a person.
const DEMOGRAPHICS: &str = "/personal-demographics/FHIR/R4/Patient";
/// Where an audit record goes that is sent by itself.
const ONE_RECORD: &str = "/audit/FHIR/R4/AuditEvent";

impl TrainingPractice {
    /// Writes the cards into a folder, keeping those that are there, and starts the backend.
    ///
    /// # Errors
    /// [`TrainingError`].
    pub async fn start(folder: &Path) -> Result<Self, TrainingError> {
        let cards = PracticeCards::write(folder, SEED)?;
        let options = TrainingOptions {
            seed: SEED,
            ..TrainingOptions::default()
        };
        let backend = TrainingBackend::start(options).await?;
        Ok(Self {
            backend,
            cards,
            children: children(SEED),
            weather: watch::Sender::default(),
            reader: watch::Sender::new(card_in()),
        })
    }

    /// The backend's base address.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.backend.base_url()
    }

    /// The backend, for tests to look into.
    #[must_use]
    pub fn backend(&self) -> &TrainingBackend {
        &self.backend
    }
}

#[async_trait::async_trait]
impl Practice for TrainingPractice {
    fn card_folder(&self) -> PathBuf {
        self.cards.folder()
    }

    fn cards(&self) -> Vec<PracticeCard> {
        self.cards.shown()
    }

    fn children(&self) -> Vec<PracticeChild> {
        self.children.clone()
    }

    fn enrolment_code(&self) -> Option<String> {
        Some(self.backend.enrolment_code())
    }

    fn weather(&self) -> Option<Weather> {
        Some(*self.weather.borrow())
    }

    async fn set_weather(&self, weather: Weather) {
        let faults = self.backend.faults();
        faults.clear();
        match weather {
            Weather::Good | Weather::Offline | Weather::CardRemoved => {}
            Weather::Slow => {
                for path in REGISTER {
                    faults.set(path, Some(Fault::Delay(SLOW)));
                }
            }
            Weather::ServiceDown => {
                for path in REGISTER.into_iter().chain([DEMOGRAPHICS]) {
                    faults.set(path, Some(Fault::Status(503)));
                }
            }
            Weather::NotAllowed => {
                for path in REGISTER {
                    faults.set(path, Some(Fault::Denied));
                }
            }
            Weather::RecordRefused => faults.set_times(ONE_RECORD, Fault::Status(422), 1),
        }
        if weather == Weather::Offline {
            self.backend.stop_listening().await;
        } else if !self.backend.is_listening()
            && let Err(error) = self.backend.listen_again().await
        {
            tracing::error!(%error, "the training backend cannot listen again");
        }
        self.reader.send_replace(match weather {
            Weather::CardRemoved => card_out(),
            _ => card_in(),
        });
        self.weather.send_replace(weather);
    }

    fn presence(&self) -> Option<watch::Receiver<Presence>> {
        Some(self.reader.subscribe())
    }

    async fn reset_cards(&self) -> Result<(), io::Error> {
        self.cards.reset()
    }

    async fn stop(&self) {
        self.backend.release_port().await;
    }
}
