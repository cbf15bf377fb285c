//! Where the program keeps its files and where policy is found, one file per platform.
//!
//! The data folder holds `live/` and `practice/`, which share nothing (invariant I8) and of which the
//! latter has a folder `class-CODE` for each class that was joined, `logs/` without
//! identifiers, `webview/` for what the webview insists on keeping, and `window.json`, which says where
//! the window was.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(target_os = "macos")]
use macos as platform;
#[cfg(windows)]
use windows as platform;

use crate::Switches;
use std::io;
use std::path::PathBuf;

/// The folders of one run.
#[derive(Debug, Clone)]
pub struct Folders {
    /// Of live mode.
    pub live: PathBuf,
    /// Of practice mode.
    pub practice: PathBuf,
    /// Logs.
    pub logs: PathBuf,
    /// The webview's.
    pub webview: PathBuf,
    /// The file that says where the window was.
    pub window: PathBuf,
    /// Where records are saved for support: where people look for what a program saved.
    pub support: PathBuf,
    /// The policy file in force: named at the start, the computer's, or the user's.
    pub policy_file: Option<PathBuf>,
}

impl Folders {
    /// Finds the folders. Makes none.
    ///
    /// # Errors
    /// When the platform names no data folder.
    pub fn find(switches: &Switches) -> io::Result<Self> {
        let unnamed = || io::Error::other("this computer names no folder for a user's files");
        let data = match &switches.data_dir {
            Some(folder) => folder.clone(),
            None => dirs::data_local_dir()
                .ok_or_else(unnamed)?
                .join(platform::NAME),
        };
        let user = dirs::config_dir().map(|folder| folder.join(platform::NAME));
        let policy_file = switches.config.clone().or_else(|| {
            [Some(platform::policy_folder()), user]
                .into_iter()
                .flatten()
                .map(|folder| folder.join("policy.toml"))
                .find(|file| file.exists())
        });
        let mut folders = Self::below(data, policy_file);
        if let Some(downloads) = dirs::download_dir().filter(|_| switches.data_dir.is_none()) {
            folders.support = downloads;
        }
        Ok(folders)
    }

    /// The folders below a data folder.
    #[must_use]
    pub fn below(data: PathBuf, policy_file: Option<PathBuf>) -> Self {
        Self {
            live: data.join("live"),
            practice: data.join("practice"),
            logs: data.join("logs"),
            webview: data.join("webview"),
            window: data.join("window.json"),
            support: data.join("support"),
            policy_file,
        }
    }
}
