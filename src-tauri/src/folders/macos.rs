//! macOS: the computer's policy is in `/Library/Application Support`.

use std::path::PathBuf;

/// The folder's name below the user's folders.
pub(super) const NAME: &str = "CP-IS Check";

/// The computer's policy folder.
pub(super) fn policy_folder() -> PathBuf {
    PathBuf::from("/Library/Application Support/CP-IS Check")
}
