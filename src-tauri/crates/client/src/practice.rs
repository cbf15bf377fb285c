//! What practice mode needs of its training backend.

pub(crate) mod tasks;

use crate::view::{PracticeChild, Weather};
use cpis_vault::Presence;
use std::path::PathBuf;
use tokio::sync::watch;

/// A practice card, with what the screen says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeCard {
    /// The card's name: its file name without the ending.
    pub card: String,
    /// The holder's name.
    pub holder: String,
    /// Its passcode, which is printed on the screen.
    pub passcode: String,
}

/// The training backend of this run: the built-in one, or that of a class.
#[async_trait::async_trait]
pub trait Practice: Send + Sync {
    /// The folder of the practice cards.
    fn card_folder(&self) -> PathBuf;

    /// The practice cards.
    fn cards(&self) -> Vec<PracticeCard>;

    /// Made-up children to try, the same in every run.
    fn children(&self) -> Vec<PracticeChild>;

    /// A fresh one-time code of the built-in backend, with which this computer enrols unasked; `None`
    /// in a class, which gives codes itself.
    fn enrolment_code(&self) -> Option<String>;

    /// What goes wrong now; `None` in a class, where the trainer decides it.
    fn weather(&self) -> Option<Weather>;

    /// Makes that go wrong, and nothing else. Not asked of a class.
    async fn set_weather(&self, weather: Weather);

    /// The made-up reader of the practice cards, in place of the readers of this computer; `None`: the
    /// cards are in no reader, and cannot be taken out.
    fn presence(&self) -> Option<watch::Receiver<Presence>> {
        None
    }

    /// Puts all cards back as they were handed out, with three tries.
    async fn reset_cards(&self) -> Result<(), std::io::Error>;

    /// Stops the backend, where it is the built-in one.
    async fn stop(&self);
}
