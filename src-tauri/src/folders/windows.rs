//! Windows: the computer's policy is in the folder for all users' program data.

use std::path::PathBuf;

/// The folder's name below the user's folders.
pub(super) const NAME: &str = "CP-IS Check";

/// The computer's policy folder.
pub(super) fn policy_folder() -> PathBuf {
    let data = std::env::var_os("ProgramData").unwrap_or_else(|| "C:\\ProgramData".into());
    PathBuf::from(data).join(NAME)
}
