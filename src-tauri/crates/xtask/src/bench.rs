//! Measurements: optimised builds against bare references. Nothing here passes or fails.

use crate::packages::{self, Need};
use crate::project;
use clap::ValueEnum;
use std::ffi::OsString;
use std::process::ExitCode;

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Subject {
    /// The audit trail: durable append, draining, many waiting records.
    Audit,
}

/// Builds the measuring program and shows what it prints.
///
/// # Errors
/// When it cannot be built or started.
pub fn run(what: Subject, arguments: &[OsString]) -> Result<ExitCode, String> {
    packages::ensure(&[Need::Build, Need::Proof])?;
    let program = match what {
        Subject::Audit => "bench",
    };
    let status = project::cargo()
        .args([
            "run",
            "--profile",
            "bench",
            "--quiet",
            "--package",
            "cpis-torture",
        ])
        .args(["--locked", "--bin", program, "--"])
        .args(arguments)
        .status()
        .map_err(|error| format!("it could not be started: {error}"))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
