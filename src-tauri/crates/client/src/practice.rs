//! What practice mode needs of its training backend.

use crate::view::PracticeChild;
use std::path::PathBuf;

/// A practice card, with what the screen says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeCard {
    /// The card's name: its file name without the ending.
    pub card: String,
    /// The holder's name.
    pub holder: String,
    /// What the card is for.
    pub description: String,
    /// Its passcode, which is printed on the screen.
    pub passcode: String,
}

/// The training backend of this run.
#[async_trait::async_trait]
pub trait Practice: Send + Sync {
    /// The folder of the practice cards.
    fn card_folder(&self) -> PathBuf;

    /// The practice cards.
    fn cards(&self) -> Vec<PracticeCard>;

    /// Made-up children to try, the same in every run.
    fn children(&self) -> Vec<PracticeChild>;

    /// A fresh one-time code, with which this computer enrols unasked.
    fn enrolment_code(&self) -> String;

    /// Whether the backend answers.
    fn is_network_on(&self) -> bool;

    /// Makes the backend answer or not, to practise being offline.
    async fn set_network(&self, on: bool);

    /// Puts all cards back as they were handed out, with three tries.
    async fn reset_cards(&self) -> Result<(), std::io::Error>;

    /// Stops the backend.
    async fn stop(&self);
}
