//! The packages of the screen and of the browser tests, and the screen's two builds.

use crate::{project, step};
use std::path::Path;

/// Installs the packages that a folder's `package-lock.json` names, if they are not those already.
pub fn install(name: &str, folder: &Path) -> Result<(), String> {
    let lock = folder.join("package-lock.json");
    let installed = folder.join("node_modules").join(".installed-lock.json");
    let wanted = std::fs::read(&lock)
        .map_err(|error| format!("{} cannot be read: {error}", lock.display()))?;
    if std::fs::read(&installed).is_ok_and(|present| present == wanted) {
        return Ok(());
    }
    let mut command = project::npm(folder);
    command
        .args(["ci", "--no-audit", "--no-fund"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    step::succeed(name, &mut command)?;
    std::fs::write(&installed, wanted)
        .map_err(|error| format!("{} cannot be written: {error}", installed.display()))
}

/// Installs the screen's packages and builds it into `ui/dist`, which the program carries inside itself.
pub fn build_screen() -> Result<(), String> {
    install("npm packages of the screen", &project::screen())?;
    let mut command = project::npm(&project::screen());
    step::succeed("screen", command.args(["run", "build"]))?;
    Ok(())
}

/// Builds the screen for the browser tests, into `ui/dist-http`.
pub fn build_screen_for_browser() -> Result<(), String> {
    let mut command = project::npm(&project::screen());
    step::succeed(
        "screen for the browser",
        command.args(["run", "build:http"]),
    )?;
    Ok(())
}

/// The script that writes the style of the trainer's console.
pub const CONSOLE_STYLE: &str = "build:console";

/// Whether the style of the trainer's console, which is kept so that the training backend is built without npm, is
/// what its sources say; if not, it has been written anew.
pub fn stale_console_style() -> Result<Vec<String>, String> {
    let kept = project::root().join("src-tauri/crates/training/src/console/console.css");
    let read = || {
        std::fs::read(&kept).map_err(|error| format!("{} cannot be read: {error}", kept.display()))
    };
    let before = read()?;
    let mut command = project::npm(&project::screen());
    step::answer(command.args(["run", CONSOLE_STYLE]))?;
    Ok(if read()? == before {
        Vec::new()
    } else {
        vec!["console.css was not what ui/src/styles/console.scss says: commit it".to_owned()]
    })
}

/// Whether a folder's `package.json` has a script of this name.
pub fn has_script(folder: &Path, script: &str) -> bool {
    project::json(&folder.join("package.json"))
        .is_ok_and(|package| package["scripts"][script].is_string())
}
