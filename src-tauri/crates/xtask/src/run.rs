//! `cargo xtask run`: from a fresh clone to the open window.

use crate::packages::Need;
use crate::{journeys, npm, packages, project};
use std::ffi::OsString;
use std::process::{Command, ExitCode};

/// Builds the program and opens it in practice mode, or walks through it where there is no display.
pub fn run(arguments: &[OsString]) -> Result<ExitCode, String> {
    if has_display() {
        packages::ensure(&[Need::Build])?;
        npm::build_screen()?;
        build(&["--bin", "cpis-desktop", "--test", journeys::WINDOW])?;
        let status = Command::new(project::built("cpis-desktop"))
            .arg("--practice")
            .args(arguments)
            .status()
            .map_err(|error| format!("CP-IS Check could not be started: {error}"))?;
        return Ok(if status.success() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        });
    }
    println!(
        "There is no display here, so nobody could see the window. Walking through it instead."
    );
    packages::ensure(&[Need::Build, Need::Session])?;
    npm::build_screen()?;
    // Not all programs: those of the proof need more to be built.
    build(&[
        "--bin",
        "cpis-desktop",
        "--bin",
        "cpis-training",
        "--test",
        journeys::WINDOW,
    ])?;
    let (_, judged) = journeys::window(Some("practice"));
    judged.map(|()| ExitCode::SUCCESS)
}

fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Cargo shows its own progress here: a person waits for it. With the features that the whole
/// workspace and its tests ask for, so that a later run of the tests compiles nothing twice. That is
/// why a test is always among what is built.
pub fn build(selection: &[&str]) -> Result<(), String> {
    let status = project::compiling(&["build"])
        .args(["--locked", "--workspace", "--exclude", "xtask"])
        .args(selection)
        .status()
        .map_err(|error| format!("cargo could not be started: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err("The program could not be built".to_owned())
    }
}
