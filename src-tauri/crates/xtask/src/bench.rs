//! Measurements: optimised builds against bare references. Only the clinic has a bound that it must keep.

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
    /// A clinic of 200 children: bringing in, checking all (which must keep close to the limit), copies
    /// offline, delivery. Takes minutes.
    Clinic,
    /// The training backend: a population at national size, looks against a bare handler, upload and
    /// extract, on SQLite and PostgreSQL. Smaller unless `--national` is given; only an upload of 100,000
    /// rows, of which what must hold is judged, with `--upload`.
    Training,
}

/// Builds the measuring program and shows what it prints.
///
/// # Errors
/// When it cannot be built or started.
pub fn run(what: Subject, arguments: &[OsString]) -> Result<ExitCode, String> {
    packages::ensure(match what {
        Subject::Training => &[Need::Build, Need::Proof, Need::Database],
        Subject::Audit | Subject::Clinic => &[Need::Build, Need::Proof],
    })?;
    let mut command = match what {
        // Its time is the platform's limit, so the build of the tests will do.
        Subject::Clinic => project::compiling(&["test"]),
        Subject::Audit | Subject::Training => project::cargo(),
    };
    match what {
        Subject::Audit => command
            .args(["run", "--profile", "bench", "--quiet", "--locked"])
            .args(["--package", "cpis-torture", "--bin", "bench", "--"]),
        Subject::Clinic => command
            .args(["--workspace", "--quiet", "--locked"])
            .args(["--test", "program", "--", "--ignored", "--nocapture"])
            .arg("clinic_measured"),
        Subject::Training => command
            .args(["bench", "--quiet", "--locked", "--package", "cpis-training"])
            .args(["--bench", "speed", "--"]),
    };
    let status = command
        .args(arguments)
        .status()
        .map_err(|error| format!("it could not be started: {error}"))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
