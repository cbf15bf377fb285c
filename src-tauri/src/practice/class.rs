//! Practice in a class: cards and a reader of this computer, and a training backend that a trainer
//! runs somewhere else.

use super::cards::{PracticeCards, card_in, children};
use cpis_client::view::{PracticeChild, Weather};
use cpis_client::{Practice, PracticeCard};
use cpis_training::TrainingError;
use cpis_vault::Presence;
use std::io;
use std::path::{Path, PathBuf};
use tokio::sync::watch;

/// The practice of a class.
pub struct ClassPractice {
    cards: PracticeCards,
    children: Vec<PracticeChild>,
    reader: watch::Sender<Presence>,
}

impl ClassPractice {
    /// Writes the cards of the class's seed into a folder, keeping those that are there.
    ///
    /// # Errors
    /// [`TrainingError`].
    pub fn start(folder: &Path, seed: u64) -> Result<Self, TrainingError> {
        Ok(Self {
            cards: PracticeCards::write(folder, seed)?,
            children: children(seed),
            reader: watch::Sender::new(card_in()),
        })
    }
}

#[async_trait::async_trait]
impl Practice for ClassPractice {
    fn card_folder(&self) -> PathBuf {
        self.cards.folder()
    }

    fn cards(&self) -> Vec<PracticeCard> {
        self.cards.shown()
    }

    fn children(&self) -> Vec<PracticeChild> {
        self.children.clone()
    }

    /// The class gives them.
    fn enrolment_code(&self) -> Option<String> {
        None
    }

    /// The trainer decides.
    fn weather(&self) -> Option<Weather> {
        None
    }

    async fn set_weather(&self, _: Weather) {}

    fn presence(&self) -> Option<watch::Receiver<Presence>> {
        Some(self.reader.subscribe())
    }

    async fn reset_cards(&self) -> Result<(), io::Error> {
        self.cards.reset()
    }

    async fn stop(&self) {}
}
