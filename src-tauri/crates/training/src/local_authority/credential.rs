//! The credentials by which authorities prove who they are: 32 random bytes, kept as SHA-256 only.

use super::Submitter;
use crate::TrainingError;
use crate::app::random_secret;
use crate::population;
use crate::store::{Hash, LocalAuthorityStore};
use crate::store_location::StoreLocation;
use chrono::{DateTime, FixedOffset};
use cpis_record::OdsCode;

/// A fresh credential. With `alone`, earlier ones of the authority stop holding.
pub(crate) fn issue(
    store: &dyn LocalAuthorityStore,
    authority: &OdsCode,
    alone: bool,
    now: DateTime<FixedOffset>,
) -> Result<String, TrainingError> {
    let secret = random_secret()?;
    store.add_authority_credential(&Hash::of(&secret), authority, alone, now)?;
    Ok(secret)
}

/// A fresh credential of a local authority, for the backend that keeps its store there, which
/// may be running. It is shown this once. With `alone`, earlier ones of the authority stop holding.
///
/// # Errors
/// [`TrainingError::Store`] when it is not a store that a backend has made,
/// [`TrainingError::OlderSchema`] or [`TrainingError::NewerSchema`] when another version made it.
pub fn authority_credential_for(
    database: &StoreLocation,
    authority: &OdsCode,
    alone: bool,
    now: DateTime<FixedOffset>,
) -> Result<String, TrainingError> {
    issue(database.open_current()?.as_ref(), authority, alone, now)
}

/// The made-up authorities: ODS code and name. Credentials can be issued for others too, whose
/// records then have no name.
#[must_use]
pub fn known_authorities() -> Vec<(OdsCode, String)> {
    population::authorities()
        .filter_map(|authority| Some((authority.ods_code?, authority.name?)))
        .collect()
}

/// The authority as its records name it.
pub(crate) fn submitter(code: &OdsCode) -> Submitter {
    let known = population::authorities().find(|a| a.ods_code.as_ref() == Some(code));
    let (name, office_hours, emergency_duty) = known.map_or((None, None, None), |known| {
        (known.name, known.office_hours, known.emergency_duty)
    });
    Submitter {
        code: code.clone(),
        name,
        office_hours,
        emergency_duty,
    }
}
