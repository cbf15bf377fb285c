//! The proof of the audit trail, as a step of the tests and by itself.

use crate::counts::{Counts, Table};
use crate::packages::{self, Need};
use crate::project;
use crate::step::{self, Running};
use std::ffi::OsString;
use std::process::{Command, ExitCode};

/// Every change proves so much. The harness has larger sizes by default.
const SMALL: [&str; 2] = ["--changes", "1500"];

/// Runs the harness with these arguments and shows what it prints.
///
/// # Errors
/// When it cannot be built or started.
pub fn run(arguments: &[OsString]) -> Result<ExitCode, String> {
    packages::ensure(&[Need::Build, Need::Proof])?;
    // With the features that the whole workspace and its tests ask for: a build of this package
    // alone, or without a test, would compile half of the libraries again.
    let mut build = project::compiling(&["build"]);
    build
        .args(["--workspace", "--exclude", "xtask", "--locked"])
        .args(["--bin", "torture", "--bin", "torture-engine"])
        .args(["--test", "trouble"]);
    step::succeed("build", &mut build)?;
    let status = Command::new(project::built("torture"))
        .current_dir(project::root())
        .args(arguments)
        .status()
        .map_err(|error| format!("the harness could not be started: {error}"))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Starts the proof in the size for every change. The harness must have been built.
///
/// # Errors
/// When it could not be started.
pub fn start_small() -> Result<Running, String> {
    let mut command = Command::new(project::built("torture"));
    command.current_dir(project::root()).args(SMALL);
    step::start("proof of the audit trail", &mut command)
}

/// Waits for the proof, and says what it showed.
pub fn finish_small(proof: Result<Running, String>, table: &mut Table) {
    let proof = match proof {
        Ok(running) => running,
        Err(reason) => return table.add_failure("Proof of the audit trail", &reason),
    };
    let (succeeded, output) = proof.finish().map_or((false, String::new()), |finished| {
        (finished.succeeded, finished.output)
    });
    let last = output.lines().rfind(|line| line.starts_with("torture: "));
    if let Some(last) = last {
        println!("  {last}");
    }
    table.add(
        "Proof of the audit trail",
        Counts::of_one(succeeded),
        succeeded && last.is_some(),
    );
}
