//! Values that every backend on one store shares, as JSON: two processes behind one address are one
//! backend. A value is changed by putting a new one in the place of the one that was seen.

use crate::TrainingError;
use crate::store::Store;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The weather that a trainer has set.
pub(crate) const WEATHER: &str = "weather";
/// Role profiles withdrawn from people.
pub(crate) const WITHDRAWN_ROLES: &str = "withdrawn-roles";
/// Wrong passcodes of cards on the sign-in page.
pub(crate) const WRONG_PASSCODES: &str = "wrong-passcodes";
/// When each exercise began.
pub(crate) const EXERCISES: &str = "exercises";
/// The key of identity tokens.
pub(crate) const IDENTITY_KEY: &str = "identity-key";
/// The nonce that proofs of possession must hold.
pub(crate) const DPOP_NONCE: &str = "dpop-nonce";

/// How often a change is tried when others change the same value.
const TRIES: usize = 100;

/// A value, if there is one.
pub(crate) fn read<T: DeserializeOwned>(
    store: &dyn Store,
    name: &str,
) -> Result<Option<T>, TrainingError> {
    Ok(store
        .shared(name)?
        .as_deref()
        .map(parse::<Option<T>>)
        .transpose()?
        .flatten())
}

/// Changes a value; what `change` answers for the value that took its place.
pub(crate) fn change<T: DeserializeOwned + Serialize, R>(
    store: &dyn Store,
    name: &str,
    mut change: impl FnMut(&mut Option<T>) -> Result<R, TrainingError>,
) -> Result<R, TrainingError> {
    for _ in 0..TRIES {
        let seen = store.shared(name)?;
        let mut value = seen
            .as_deref()
            .map(parse::<Option<T>>)
            .transpose()?
            .flatten();
        let answer = change(&mut value)?;
        let text = serde_json::to_string(&value).map_err(|_| UNREADABLE)?;
        if seen.as_deref() == Some(&text) || store.share(name, seen.as_deref(), &text)? {
            return Ok(answer);
        }
    }
    Err(TrainingError::DatabaseUndid)
}

const UNREADABLE: TrainingError = TrainingError::Unreadable("a shared value");

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, TrainingError> {
    serde_json::from_str(text).map_err(|_| UNREADABLE)
}
