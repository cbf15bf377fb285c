//! Linux: the computer's policy is in `/etc`.

use std::path::PathBuf;

/// The folder's name below the user's folders.
pub(super) const NAME: &str = "cpis-check";

/// The computer's policy folder.
pub(super) fn policy_folder() -> PathBuf {
    PathBuf::from("/etc/cpis-check")
}
