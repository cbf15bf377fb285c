//! The training backend of a practice run, in this process on a loopback port.
//!
//! # What is kept
//!
//! On disk: the practice cards, with the tries that are left on each. In memory, until the program
//! closes: the made-up children, who looked, and the audit records.

use cpis_client::view::PracticeChild;
use cpis_client::{Practice, PracticeCard};
use cpis_training::{
    CardDescription, Case, Clock as _, ExistingCards, SystemClock, TrainingBackend, TrainingError,
    TrainingOptions, population, write_cards, write_cards_with,
};
use std::io;
use std::path::{Path, PathBuf};

/// The seed of the made-up people. The same everywhere, so that a course book can name a child.
pub const SEED: u64 = 1;

/// A running training backend with its cards.
pub struct TrainingPractice {
    backend: TrainingBackend,
    folder: PathBuf,
    cards: Vec<CardDescription>,
    children: Vec<PracticeChild>,
}

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
            nhs_number: person.nhs_number.digits(),
            family: person.family.clone(),
            given: person.given.clone(),
            birth_date: person.birth_date.to_string(),
            description: case.words().to_owned(),
        }
    };
    Case::ALL.iter().map(child).collect()
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
            description: card.description.clone(),
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

    fn is_network_on(&self) -> bool {
        self.backend.is_listening()
    }

    async fn set_network(&self, on: bool) {
        if !on {
            self.backend.stop_listening().await;
        } else if let Err(error) = self.backend.listen_again().await {
            tracing::error!(%error, "the training backend cannot listen again");
        }
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
