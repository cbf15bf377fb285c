//! The training backend of a practice run, in this process on a loopback port.
//!
//! # What is kept
//!
//! On disk: the practice cards, with the tries that are left on each. In memory, until the program
//! closes: the made-up children, who looked, and the audit records.

use cpis_client::view::{PracticeCase, PracticeChild, Weather};
use cpis_client::{Practice, PracticeCard};
use cpis_training::{
    CardDescription, Case, Clock as _, ExistingCards, Fault, SystemClock, TrainingBackend,
    TrainingError, TrainingOptions, population, write_cards, write_cards_with,
};
use cpis_vault::{CardInReader, Presence};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::watch;

/// The seed of the made-up people. The same everywhere, so that a course book can name a child.
pub const SEED: u64 = 1;

/// A running training backend with its cards.
pub struct TrainingPractice {
    backend: TrainingBackend,
    folder: PathBuf,
    cards: Vec<CardDescription>,
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
        let cards = write_cards(folder, SEED, SystemClock.now())?;
        let options = TrainingOptions {
            seed: SEED,
            ..TrainingOptions::default()
        };
        let backend = TrainingBackend::start(options).await?;
        Ok(Self {
            backend,
            folder: folder.to_owned(),
            cards,
            children: children(),
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

/// The first person of each case: the same under every seed and on every day.
fn children() -> Vec<PracticeChild> {
    let people = population(SEED, SystemClock.now().date_naive());
    let child = |case: &Case| {
        let person = people.first(*case);
        PracticeChild {
            case: shows(*case),
            nhs_number: person.nhs_number.digits(),
            family: person.family.clone(),
            given: person.given.clone(),
            birth_date: person.birth_date.to_string(),
        }
    };
    Case::ALL.iter().map(child).collect()
}

/// What trying the first person of a case shows.
fn shows(case: Case) -> PracticeCase {
    match case {
        Case::ChildProtection => PracticeCase::ChildProtection,
        Case::LookedAfter => PracticeCase::LookedAfter,
        Case::UnbornChild => PracticeCase::UnbornChild,
        Case::ChildProtectionAndLookedAfter => PracticeCase::ChildProtectionAndLookedAfter,
        Case::EndedTenDaysAgo => PracticeCase::EndedTenDaysAgo,
        Case::Ended364DaysAgo => PracticeCase::Ended364DaysAgo,
        Case::Ended366DaysAgo => PracticeCase::Ended366DaysAgo,
        Case::NothingHeld => PracticeCase::NothingHeld,
        Case::RestrictedWithRecord => PracticeCase::RestrictedWithRecord,
        Case::RestrictedWithoutRecord => PracticeCase::RestrictedWithoutRecord,
        Case::Superseded => PracticeCase::Superseded,
        Case::ReplacesSuperseded => PracticeCase::ReplacesSuperseded,
        Case::Invalidated => PracticeCase::Invalidated,
        Case::Deceased => PracticeCase::Deceased,
        Case::TwentyFiveAccesses => PracticeCase::TwentyFiveAccesses,
        Case::FortyAccesses => PracticeCase::FortyAccesses,
        Case::NoAccesses => PracticeCase::NoAccesses,
        Case::NoEndDate => PracticeCase::NoEndDate,
        Case::UnknownPlanCode => PracticeCase::UnknownPlanCode,
        Case::NoOfficeTelephone => PracticeCase::NoOfficeTelephone,
        Case::NoEmergencyTelephone => PracticeCase::NoEmergencyTelephone,
        Case::NoTelephone => PracticeCase::NoTelephone,
        Case::EveryField => PracticeCase::EveryField,
        Case::OtherFlags => PracticeCase::OtherFlags,
    }
}

/// The made-up reader, and the card in it.
const READER: &str = "Practice reader";

fn card_in() -> Presence {
    Presence::Card {
        cards: vec![CardInReader {
            reader: READER.to_owned(),
            // TS alone: no protocol, no historical characters (ISO/IEC 7816-3).
            atr: "3B00".to_owned(),
        }],
    }
}

fn card_out() -> Presence {
    Presence::Empty {
        readers: vec![READER.to_owned()],
    }
}

#[async_trait::async_trait]
impl Practice for TrainingPractice {
    fn card_folder(&self) -> PathBuf {
        self.folder.clone()
    }

    fn cards(&self) -> Vec<PracticeCard> {
        let card = |card: &CardDescription| PracticeCard {
            card: card.file_name.trim_end_matches(".p12").to_owned(),
            holder: card.holder.clone(),
            passcode: card.passcode.clone(),
        };
        self.cards.iter().map(card).collect()
    }

    fn children(&self) -> Vec<PracticeChild> {
        self.children.clone()
    }

    fn enrolment_code(&self) -> String {
        self.backend.enrolment_code()
    }

    fn weather(&self) -> Weather {
        *self.weather.borrow()
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
        let now = SystemClock.now();
        write_cards_with(&self.folder, SEED, now, ExistingCards::Overwrite)
            .map(|_| ())
            .map_err(io::Error::other)
    }

    async fn stop(&self) {
        self.backend.stop_listening().await;
    }
}
