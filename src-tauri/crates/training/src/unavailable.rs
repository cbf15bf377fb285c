//! What a request is told when the store did not answer.

use crate::TrainingError;
use axum::http::StatusCode;

/// Why the store did not answer. It has been logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unavailable {
    /// The database is away or busy: the same request can succeed in a moment.
    Away,
    /// The database has no room: the same request can succeed once somebody has made some.
    Full,
    /// The request holds a character that the database cannot keep.
    NotText,
    /// The program or the database failed.
    Failed,
}

impl Unavailable {
    /// What an error of the store means for a request.
    pub(crate) fn of(error: &TrainingError) -> Self {
        match error {
            TrainingError::DatabaseAway | TrainingError::DatabaseUndid => Self::Away,
            TrainingError::DatabaseFull => Self::Full,
            TrainingError::NotText => Self::NotText,
            TrainingError::Store(cause) => match cause.sqlite_error_code() {
                Some(rusqlite::ErrorCode::DatabaseBusy) => Self::Away,
                Some(rusqlite::ErrorCode::DiskFull) => Self::Full,
                _ => Self::Failed,
            },
            _ => Self::Failed,
        }
    }

    /// The status of the answer.
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::Away | Self::Full => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotText => StatusCode::BAD_REQUEST,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What the answer says.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Away => "The training database cannot be reached; try again in a moment",
            Self::Full => {
                "The training database has no room left; nothing was kept of this request; try again \
                 when there is room"
            }
            Self::NotText => "A text holds the character U+0000, which cannot be kept",
            Self::Failed => "The training backend failed",
        }
    }
}
