//! What only practice mode shows: what goes wrong, whom to try, what has been practised.

use super::{ChosenRole, PracticeClass};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The scenario of a practice run. Never there in live mode (invariant I8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PracticeScenario {
    /// The class in which somebody practises; absent in the built-in practice.
    pub class: Option<PracticeClass>,
    /// What goes wrong; absent in a class, where the trainer decides it.
    pub weather: Option<Weather>,
    /// Made-up children to try; none while nobody has chosen a role.
    pub children: Vec<PracticeChild>,
    /// The guided tasks, in the order in which they are set.
    pub tasks: Vec<GuidedTask>,
}

/// What goes wrong in practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Weather {
    /// Nothing.
    #[default]
    Good,
    /// The register takes 6 seconds to answer.
    Slow,
    /// The service cannot be reached.
    Offline,
    /// The service answers that it is not available (503).
    ServiceDown,
    /// The register refuses the role (403).
    NotAllowed,
    /// The card is not in the reader.
    CardRemoved,
    /// The service refuses the next audit record that it is sent by itself (422).
    RecordRefused,
}

/// A made-up person to try. Nobody real has such a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PracticeChild {
    /// What trying them shows.
    pub case: PracticeCase,
    /// NHS number, ten digits.
    pub nhs_number: String,
    /// Family name, to search by.
    pub family: String,
    /// Given names.
    pub given: Vec<String>,
    /// Date of birth (ISO 8601 date).
    pub birth_date: String,
}

/// What trying a made-up person shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each is documented in cpis_training::Case")]
pub enum PracticeCase {
    ChildProtection,
    LookedAfter,
    UnbornChild,
    ChildProtectionAndLookedAfter,
    EndedTenDaysAgo,
    Ended364DaysAgo,
    Ended366DaysAgo,
    NothingHeld,
    RestrictedWithRecord,
    RestrictedWithoutRecord,
    Superseded,
    ReplacesSuperseded,
    Invalidated,
    Deceased,
    TwentyFiveAccesses,
    FortyAccesses,
    NoAccesses,
    NoEndDate,
    UnknownPlanCode,
    NoOfficeTelephone,
    NoEmergencyTelephone,
    NoTelephone,
    EveryField,
    /// A plan, and flags of other kinds beside it.
    OtherFlags,
}

/// What a practice card is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum PracticeCardPurpose {
    /// Two roles: one whose checks tell the local authority, and one whose checks do not.
    CommunityPaediatrician,
    /// Each check tells the local authority.
    EmergencyDentist,
    /// No check tells the local authority.
    DentalNurse,
    /// The role may not look.
    Receptionist,
    /// The card has expired.
    ExpiredCard,
    /// The card is locked.
    LockedCard,
}

impl PracticeCardPurpose {
    /// The purpose of a practice card, by its name; `None` for another card.
    #[must_use]
    pub fn of(card: &str) -> Option<Self> {
        Some(match card {
            "community-paediatrician" => Self::CommunityPaediatrician,
            "emergency-dentist" => Self::EmergencyDentist,
            "dental-nurse" => Self::DentalNurse,
            "receptionist" => Self::Receptionist,
            "expired-card" => Self::ExpiredCard,
            "locked-card" => Self::LockedCard,
            _ => return None,
        })
    }
}

/// A guided task, and whether it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GuidedTask {
    /// Which.
    pub task: PracticeTask,
    /// When the program saw that it was done (RFC 3339 with offset).
    pub done_at: Option<String>,
}

/// What there is to practise. Each is done when the program has seen it happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum PracticeTask {
    /// A check has shown a current plan or a looked after child.
    CurrentPlanFound,
    /// Help was opened while a check said that nothing was found.
    NothingFoundExplained,
    /// A date of birth did not match, and the same number was checked again with the right one.
    OtherBirthDateNoticed,
    /// A child was saved to be checked later, while the service could not be reached.
    SavedWhileOffline,
    /// The kept copy of an answer was opened.
    CopyOpened,
    /// A record that needs attention was tried again.
    RecordTriedAgain,
    /// The program was locked, and unlocked by the same person.
    LockedAndUnlocked,
}

impl PracticeTask {
    /// All tasks, in the order in which they are set.
    pub const ALL: [Self; 7] = [
        Self::CurrentPlanFound,
        Self::NothingFoundExplained,
        Self::OtherBirthDateNoticed,
        Self::LockedAndUnlocked,
        Self::SavedWhileOffline,
        Self::CopyOpened,
        Self::RecordTriedAgain,
    ];
}

/// The head of a record of completion on paper. The tasks and their times are the scenario's; nothing
/// about any child is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompletionPrintout {
    /// Who practised.
    pub name: String,
    /// In which role.
    pub role: ChosenRole,
    /// When it was printed (RFC 3339 with offset).
    pub printed_at: String,
}
