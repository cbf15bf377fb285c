//! What is said of a link from another program. Never the link itself.

use serde::Serialize;
use ts_rs::TS;

/// A remark about the last link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum LinkRemark {
    /// It fills the form when somebody has signed in and chosen a role.
    Waits,
    /// It cannot be read.
    Unreadable,
    /// It was not used, because the program is locked.
    Locked,
    /// It was not used, because a check is under way, or because the program is closing.
    Busy,
    /// It was not used, because practice takes no number of a real person.
    NotInPractice,
}
