//! What the server's refusals mean. Its own words can hold values of rows, so they go no further
//! than here: the state (PostgreSQL, appendix A) says what is needed.

use super::connection::was_undone;
use crate::TrainingError;
use deadpool_postgres::PoolError;
use std::error::Error;
use tokio_postgres::error::SqlState;

/// The database cannot be reached now.
pub(super) fn away() -> TrainingError {
    TrainingError::DatabaseAway
}

/// The meaning of a failure.
pub(super) fn failure(error: tokio_postgres::Error) -> TrainingError {
    if error.is_closed() {
        return away();
    }
    let Some(refusal) = error.as_db_error() else {
        // Without a word from the server: the connection broke or could not be made, unless the
        // program made a mistake, which has no cause that has to do with the network.
        return if of_the_network(&error) {
            away()
        } else {
            TrainingError::DatabaseRefused("none".to_owned())
        };
    };
    of_state(refusal.code())
}

/// The meaning of a pool that gave no connection.
pub(super) fn of_pool(error: PoolError) -> TrainingError {
    match error {
        PoolError::Backend(error) => match failure(error) {
            // No word from the server while a connection was made, whatever the reason.
            TrainingError::DatabaseRefused(state) if state == "none" => away(),
            meaning => meaning,
        },
        PoolError::Timeout(_) => away(),
        PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
            TrainingError::BrokenOff
        }
    }
}

fn of_state(state: &SqlState) -> TrainingError {
    let code = state.code();
    // Class 08: connection exception. 57P: operator intervention: shutting down, starting up. 53300:
    // too many connections.
    if code.starts_with("08") || code.starts_with("57P") || *state == SqlState::TOO_MANY_CONNECTIONS
    {
        return away();
    }
    // Class 28: invalid authorisation. 3D000: no such database.
    if code.starts_with("28") || *state == SqlState::INVALID_CATALOG_NAME {
        return TrainingError::DatabaseDenied;
    }
    // Class 53: insufficient resources. 58030: the disk.
    if code.starts_with("53") || *state == SqlState::IO_ERROR {
        return TrainingError::DatabaseFull;
    }
    if *state == SqlState::CHARACTER_NOT_IN_REPERTOIRE {
        return TrainingError::NotText;
    }
    if was_undone(state) {
        return TrainingError::DatabaseUndid;
    }
    TrainingError::DatabaseRefused(code.to_owned())
}

fn of_the_network(error: &tokio_postgres::Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<std::io::Error>() {
            return true;
        }
        cause = inner.source();
    }
    false
}
