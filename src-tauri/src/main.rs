//! CP-IS Check.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use cpis_desktop::{Command, Switches, hardening, run, verification, workstation};
use std::process::ExitCode;

#[expect(
    clippy::print_stderr,
    reason = "without a window, the terminal is all there is"
)]
fn main() -> ExitCode {
    if let Err(error) = hardening::harden() {
        eprintln!("this computer does not let CP-IS Check protect its memory: {error}");
        return ExitCode::FAILURE;
    }
    let switches = Switches::read(std::env::args_os());
    match switches.command {
        Some(Command::VerifyAudit) => return verification::run(&switches),
        Some(Command::Workstation { .. }) => return workstation::run(&switches),
        None => {}
    }
    match run(switches) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
