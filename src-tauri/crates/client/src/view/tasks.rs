//! How each thing that needs the service last went: one may work while another does not.

use serde::Serialize;
use ts_rs::TS;

/// The things that need the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TaskStates {
    /// Signing in, and renewing the session.
    pub sign_in: TaskState,
    /// Checking children.
    pub look_up: TaskState,
    /// Sending the records of checks.
    pub sending: TaskState,
}

/// How something went when it was last tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum TaskState {
    /// It was not tried yet.
    #[default]
    NotTried,
    /// The service answered.
    Works,
    /// The service gave no answer that can be used.
    NotResponding,
    /// The service does not accept this computer, so nothing is tried for now.
    NoCredential,
}
