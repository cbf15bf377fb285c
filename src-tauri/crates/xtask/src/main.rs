//! The house tools: `cargo xtask run | test | check | e2e | torture | fuzz | bench | accessibility |
//! pictures`.
//!
//! Each command does its own set-up, so that a fresh machine with Rust and Node needs no other. What a step
//! prints goes to `target/logs`; the end of it is shown when the step fails.

#![expect(
    clippy::print_stdout,
    reason = "a command-line tool speaks to its terminal"
)]

mod accessibility;
mod architecture;
mod bench;
mod check;
mod counts;
mod fuzz;
mod journeys;
mod mutants;
mod npm;
mod packages;
mod pictures;
mod project;
mod promises;
mod run;
mod session;
mod step;
mod story;
mod test;
mod torture;
mod traces;

use clap::{Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build, run and prove CP-IS Check")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the program and open it in practice mode. With no display, walk through it and leave screenshots.
    Run {
        /// Further arguments for the program, after `--`.
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Check everything and pass every test. The last line is `N passed, N failed`.
    Test {
        /// Only these steps, as in `--only ui` or `--only rust,doc`.
        #[arg(long, value_delimiter = ',')]
        only: Vec<test::Step>,
    },
    /// Formatting, lints, licences, and the rules of the architecture. Runs no test.
    Check,
    /// Only the tests through a browser and through the real window.
    E2e {
        /// Instead, only this one, with what it showed in words.
        only: Option<EndToEnd>,
    },
    /// Prove the audit trail: random traffic, power cuts, kills, changes to the file. What follows `--` goes to
    /// the harness, as in `-- --power-cuts 20000`.
    Torture {
        /// Instead, break the code in each of several ways and show which test turns red.
        #[arg(long)]
        mutants: bool,
        /// Arguments of the harness: see `cargo xtask torture -- --help`.
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Feed the readers of untrusted input with what libFuzzer makes up. The last line is
    /// `fuzz: N targets, N executions, N seconds: N crashes`.
    Fuzz {
        /// For how long, each target.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// Only this target.
        #[arg(long)]
        target: Option<String>,
    },
    /// Speed of the audit trail, as ratios against a bare reference measured in the same run. What follows `--`
    /// goes to the measuring program.
    Bench {
        /// What to measure.
        what: bench::Subject,
        /// Arguments of the measuring program: see `cargo xtask bench audit -- --help`.
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Write ACCESSIBILITY.md from what the last run of the tests showed.
    Accessibility,
    /// Put the pictures for README.md in place that the last run of the window's journeys left.
    Pictures,
    /// One command inside a session with a bus, an open keyring and a WebDriver. `run` and `test` start it.
    #[command(hide = true)]
    InsideSession {
        /// The command and its arguments, after `--`.
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
}

/// What can be run end to end by itself.
#[derive(Clone, Copy, ValueEnum)]
enum EndToEnd {
    /// A local authority sends records, a clinician looks, with and without a network, the authority is
    /// told, and the extract holds all of it
    Story,
}

fn main() -> ExitCode {
    let finished = match Arguments::parse().command {
        Command::Run { arguments } => run::run(&arguments),
        Command::Test { only } => test::test(&only),
        Command::Check => test::test(&[test::Step::Check]),
        Command::E2e {
            only: Some(EndToEnd::Story),
        } => story::tell(),
        Command::E2e { only: None } => test::test(&[test::Step::Browser, test::Step::Window]),
        Command::Torture { mutants: true, .. } => mutants::run(),
        Command::Torture { arguments, .. } => torture::run(&arguments),
        Command::Fuzz { seconds, target } => fuzz::run(seconds, target.as_deref()),
        Command::Bench { what, arguments } => bench::run(what, &arguments),
        Command::Accessibility => accessibility::write(),
        Command::Pictures => pictures::update(),
        Command::InsideSession { command } => session::inside(&command),
    };
    match finished {
        Ok(code) => code,
        Err(reason) => {
            println!("{reason}");
            ExitCode::FAILURE
        }
    }
}
