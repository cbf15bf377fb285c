//! `cpis-training`: the training backend for a classroom.
//!
//! `cpis-training serve` prints the address on the first line and a one-time enrolment code on the
//! second; `cards`, `children` and `sign-in` give what is needed to try it; `chains` tells whether audit
//! records are missing; `authority`, `load` and `report` are the local authority's side, `extract` what
//! is taken from the store for a period. See `--help`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line program answers on standard output and complains on standard error"
)]

mod program {
    pub(crate) mod authority;
    pub(crate) mod chains;
    pub(crate) mod extracting;
    pub(crate) mod listing;
    pub(crate) mod serving;
    pub(crate) mod signing_in;
}

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand};
use cpis_record::OdsCode;
use cpis_training::{PostgresAddress, Rehearsal, StoreLocation, TrainingError};
use program::{authority, chains, extracting, listing, serving, signing_in};
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// The CP-IS Check training backend: made-up people, virtual cards, and everything that the desktop
/// program asks of a backend.
#[derive(Parser)]
#[command(version)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until Ctrl+C. Prints the address, then a one-time enrolment code.
    Serve(Serve),
    /// Write the virtual cards into a folder, and list them with their passcodes. Cards that exist
    /// are kept, with their used-up tries.
    Cards {
        /// The folder.
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        seed: Seed,
        /// Write every card anew, with all its tries.
        #[arg(long)]
        overwrite: bool,
    },
    /// List the made-up children: case, NHS number, date of birth, name.
    Children {
        #[command(flatten)]
        seed: Seed,
        /// Only the first of each case, who are the same under every seed.
        #[arg(long)]
        first: bool,
    },
    /// Print a one-time enrolment code for a backend that keeps its store in a file.
    EnrolmentCode {
        /// The store, as given to `serve`.
        #[arg(long, value_parser = database)]
        database: StoreLocation,
    },
    /// Tell for each workstation whether its audit records hang together: how many there are, which
    /// are missing below the highest number, where their chain forks. Exits with 0 when every chain
    /// is whole, 1 when one is not, 2 when the store cannot be read.
    Chains {
        /// The store, as given to `serve`, which may be running.
        #[arg(long, value_parser = database)]
        database: StoreLocation,
    },
    /// Print a credential of a local authority, with which it submits records and reads what it was
    /// told. It is kept as a hash only and shown this once.
    Authority {
        /// The store, as given to `serve`, which may be running.
        #[arg(long, value_parser = database)]
        database: StoreLocation,
        /// The authority's ODS code; without it, the made-up authorities are listed.
        #[arg(long)]
        ods: Option<OdsCode>,
        /// Let earlier credentials of the authority hold no longer.
        #[arg(long)]
        alone: bool,
    },
    /// Load a local authority's file of records, CSV or NDJSON. Prints how many rows had each code;
    /// exits with 0 when all were loaded, 1 when some were not, 2 when the file was not taken in.
    Load(Load),
    /// Write what a local authority was told on one day, as CSV.
    Report {
        /// The store, as given to `serve`, which may be running.
        #[arg(long, value_parser = database)]
        database: StoreLocation,
        /// The authority's ODS code.
        #[arg(long)]
        ods: OdsCode,
        /// The day, for example 2026-11-23.
        #[arg(long)]
        date: NaiveDate,
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
    },
    /// Write the extract of a period: seven items of each record, four of each access, as CSV and
    /// NDJSON, with a manifest.
    Extract {
        /// The store, as given to `serve`, which may be running.
        #[arg(long, value_parser = database)]
        database: StoreLocation,
        /// The first day.
        #[arg(long)]
        from: NaiveDate,
        /// The last day.
        #[arg(long)]
        to: NaiveDate,
        /// The folder to write into: a new one, or an empty one.
        #[arg(long)]
        out: PathBuf,
    },
    /// Prepare a rehearsal at full size: add people and accesses to a store, and write a file for a
    /// local authority to load.
    Rehearsal {
        /// The store; made if need be.
        #[arg(long, value_parser = database)]
        database: StoreLocation,
        /// The file to write, CSV.
        #[arg(long)]
        file: PathBuf,
        /// Rows of the file.
        #[arg(long, default_value_t = 100_000)]
        rows: u64,
        /// Make every so-manieth row bad; 0: none.
        #[arg(long, default_value_t = 100)]
        bad_every: u64,
        /// Accesses to add.
        #[arg(long, default_value_t = 0)]
        accesses: u64,
        #[command(flatten)]
        seed: Seed,
    },
    /// Sign in with a card. Prints an access token; roles go to standard error.
    SignIn {
        #[command(flatten)]
        card: Card,
        /// The backend's address.
        #[arg(long)]
        url: String,
        /// A certificate to trust besides the system's, PEM.
        #[arg(long)]
        ca: Option<PathBuf>,
    },
    /// Print an assertion signed by a card, to sign in with another program.
    Assertion {
        #[command(flatten)]
        card: Card,
        /// The token endpoint.
        #[arg(long)]
        audience: String,
    },
}

#[derive(Args)]
struct Serve {
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Keep everything in a file, `sqlite:FILE`, or in a PostgreSQL database that several backends
    /// may share, `postgres://USER@HOST/DATABASE`, instead of in memory. The password may come in
    /// the address or in the environment variable PGPASSWORD, which other users do not see.
    #[arg(long, value_parser = database)]
    database: Option<StoreLocation>,
    #[command(flatten)]
    seed: Seed,
    /// Serve HTTPS with this certificate and key, PEM files.
    #[arg(long, num_args = 2, value_names = ["CERT", "KEY"])]
    tls: Option<Vec<PathBuf>>,
    /// The address by which clients reach it, where that differs from the one it listens on: for
    /// example https://training.example:8443 with --listen 0.0.0.0:8443.
    #[arg(long)]
    public_url: Option<String>,
}

#[derive(Args)]
struct Load {
    /// The file.
    file: PathBuf,
    /// The store, as given to `serve`, which may be running.
    #[arg(long, value_parser = database)]
    database: StoreLocation,
    /// The authority's ODS code.
    #[arg(long)]
    ods: OdsCode,
    /// The running number of the file; without it, the next one.
    #[arg(long)]
    sequence: Option<u64>,
    /// Write the code of every row into this file, CSV.
    #[arg(long)]
    results: Option<PathBuf>,
}

#[derive(Args)]
struct Seed {
    /// What people, cards and keys follow from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Args)]
struct Card {
    /// The card's file.
    #[arg(long)]
    card: PathBuf,
    /// Read the passcode from standard input instead of the environment variable
    /// CPIS_TRAINING_PASSCODE.
    #[arg(long)]
    passcode_stdin: bool,
    /// The client_id to sign in for.
    #[arg(long, default_value = "cpis-check")]
    client_id: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let command = Program::parse().command;
    // There, 1 says that a chain is not whole, or that rows were not loaded.
    let failure = match command {
        Command::Chains { .. } | Command::Load(_) => ExitCode::from(2),
        _ => ExitCode::FAILURE,
    };
    match run(command).await {
        Ok(code) => code,
        Err(error) => {
            eprint!("cpis-training: {error}");
            let mut cause = error.source();
            while let Some(inner) = cause {
                eprint!(": {inner}");
                cause = inner.source();
            }
            eprintln!();
            failure
        }
    }
}

async fn run(command: Command) -> Result<ExitCode, Box<dyn Error>> {
    match command {
        Command::Serve(serve) => serving::serve(serve).await?,
        Command::Cards {
            out,
            seed,
            overwrite,
        } => listing::cards(&out, seed.seed, overwrite)?,
        Command::Children { seed, first } => listing::children(seed.seed, first),
        Command::EnrolmentCode { database } => serving::enrolment_code(&database)?,
        Command::Chains { database } => return chains::chains(&database),
        Command::Authority {
            database,
            ods,
            alone,
        } => authority::credential(&database, ods.as_ref(), alone)?,
        Command::Load(load) => return authority::load(&load),
        Command::Report {
            database,
            ods,
            date,
            out,
        } => authority::report(&database, &ods, date, &out)?,
        Command::Extract {
            database,
            from,
            to,
            out,
        } => extracting::extract(&database, (from, to), &out)?,
        Command::Rehearsal {
            database,
            file,
            rows,
            bad_every,
            accesses,
            seed,
        } => {
            let size = Rehearsal {
                rows,
                bad_every,
                accesses,
            };
            extracting::rehearsal(&database, seed.seed, size, &file)?;
        }
        Command::SignIn { card, url, ca } => {
            signing_in::sign_in(&card, &url, ca.as_deref()).await?;
        }
        Command::Assertion { card, audience } => signing_in::assertion(&card, &audience)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads `sqlite:FILE` or `postgres://...`. What is wrong with the latter is not repeated: it may
/// hold a password.
fn database(text: &str) -> Result<StoreLocation, String> {
    match text.split_once(':') {
        Some(("sqlite", file)) if !file.is_empty() => {
            Ok(StoreLocation::SqliteFile(PathBuf::from(file)))
        }
        Some(("postgres" | "postgresql", _)) => {
            let address: PostgresAddress = text
                .parse()
                .map_err(|error: TrainingError| error.to_string())?;
            Ok(StoreLocation::Postgres(match std::env::var("PGPASSWORD") {
                Ok(password) => address.with_password(&password),
                Err(_) => address,
            }))
        }
        _ => Err("give sqlite:FILE or postgres://USER@HOST/DATABASE".to_owned()),
    }
}
