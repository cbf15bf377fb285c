//! CP-IS Check.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use clap::Parser;
use cpis_desktop::{Switches, run};
use std::process::ExitCode;

#[expect(
    clippy::print_stderr,
    reason = "without a window, the terminal is all there is"
)]
fn main() -> ExitCode {
    match run(Switches::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
