//! Links that other programs open (`cpis://find?nhs-number=...`), on their way from the command line or
//! the operating system to the program. They are read in `cpis-client`, and logged nowhere.

use crate::{Running, window};
use cpis_client::{LINK_SCHEME, Request};
use secrecy::SecretString;
use std::ffi::OsString;
use tauri::{AppHandle, Manager};

/// Whether an argument is a link of ours, well made or not.
fn is_link(argument: &str) -> bool {
    let scheme = argument.split(':').next().unwrap_or_default();
    argument.len() > scheme.len() && scheme.eq_ignore_ascii_case(LINK_SCHEME)
}

/// Reads the positional argument of the command line, which is a link or nothing.
pub(crate) fn argument(text: &str) -> Result<SecretString, &'static str> {
    if is_link(text) {
        Ok(text.into())
    } else {
        Err("not a link that begins with cpis:")
    }
}

/// The arguments up to the first link. Whatever comes after it was written by whoever wrote the link: a
/// quotation mark in it would otherwise end the argument and begin a switch.
pub(crate) fn up_to_link(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut kept = Vec::new();
    for argument in arguments {
        let ends = is_link(&argument.to_string_lossy());
        kept.push(argument);
        if ends {
            break;
        }
    }
    kept
}

/// The program was started a second time with these arguments.
pub(crate) fn started_again(app: &AppHandle, arguments: Vec<String>) {
    window::raise(app);
    if let Some(link) = arguments.into_iter().find(|argument| is_link(argument)) {
        open(app, link.into());
    }
}

/// Hands a link to the program, once it runs.
pub(crate) fn open(app: &AppHandle, link: SecretString) {
    let mut running = app.state::<Running>().inner().clone();
    tauri::async_runtime::spawn(async move {
        let Ok(program) = running.wait_for(Option::is_some).await.map(|p| p.clone()) else {
            return;
        };
        if let Some(program) = program {
            // A program that is closing takes no links.
            let _ = program.request(Request::OpenLink { link }).await;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_after_a_link_is_read() {
        let kept = |arguments: &[&str]| {
            let kept = up_to_link(arguments.iter().map(OsString::from));
            kept.iter()
                .map(|a| a.to_string_lossy().into_owned())
                .collect::<Vec<_>>()
        };
        let plain = ["cpis-desktop", "--practice", "--data-dir", "place"];
        assert_eq!(kept(&plain), plain);
        assert_eq!(
            kept(&[
                "cpis-desktop",
                "--data-dir",
                "place",
                "CPIS://find?nhs-number=1",
                "--config",
                "theirs"
            ]),
            [
                "cpis-desktop",
                "--data-dir",
                "place",
                "CPIS://find?nhs-number=1"
            ]
        );
    }

    #[test]
    fn only_a_link_is_one() {
        assert!(argument("cpis:").is_ok());
        assert!(argument("CPIS://find").is_ok());
        for other in ["", "cpis", "find", "https://cpis:1/", "--cpis:"] {
            assert!(argument(other).is_err(), "{other}");
        }
    }
}
