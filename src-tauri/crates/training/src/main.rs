//! `cpis-training`: the training backend for a classroom.
//!
//! `cpis-training serve` prints the address on the first line and a one-time enrolment code on the
//! second, and then the passcode of the trainer's console unless one is given; `class` adds classes;
//! `cards`, `children` and `sign-in` give what is needed to try it; `chains` tells whether audit
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
    pub(crate) mod classes;
    pub(crate) mod extracting;
    pub(crate) mod listing;
    pub(crate) mod memory;
    pub(crate) mod serving;
    pub(crate) mod signing_in;
}

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand};
use cpis_record::OdsCode;
use cpis_training::{PostgresAddress, Rehearsal, StoreLocation, TrainingError};
use program::{authority, chains, classes, extracting, listing, memory, serving, signing_in};
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
    /// When it is done, say on standard error how much memory it held at most. For measurements.
    #[arg(long, global = true, hide = true)]
    peak_memory: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until Ctrl+C. Prints the address, then a one-time enrolment code, then the passcode of the
    /// trainer's console unless one is given, which is under the address, at /trainer.
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
        #[command(flatten)]
        kept: Kept,
    },
    /// Add, list or end classes, each of which has people and an inbox of its own.
    Class {
        #[command(subcommand)]
        action: ClassAction,
    },
    /// Tell for each workstation whether its audit records hang together: how many there are, which
    /// are missing below the highest number, where their chain forks. Exits with 0 when every chain
    /// is whole, 1 when one is not, 2 when the store cannot be read.
    Chains {
        #[command(flatten)]
        kept: Kept,
    },
    /// Print a credential of a local authority, with which it submits records and reads what it was
    /// told. It is kept as a hash only and shown this once.
    Authority {
        #[command(flatten)]
        kept: Kept,
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
        #[command(flatten)]
        kept: Kept,
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
        #[command(flatten)]
        kept: Kept,
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
    /// Read the passcode of the trainer's console, 12 characters at least, from the first line of this
    /// file. It may also come in the environment variable CPIS_TRAINER_PASSCODE. Several backends
    /// behind one address must be given the same.
    #[arg(long, value_name = "FILE")]
    trainer_passcode_file: Option<PathBuf>,
}

/// A store, and a class in it.
#[derive(Args)]
struct Kept {
    /// The store, as given to `serve`, which may be running.
    #[arg(long, value_parser = database)]
    database: StoreLocation,
    /// A class of it, by its code.
    #[arg(long)]
    class: Option<String>,
}

impl Kept {
    fn location(&self) -> Result<StoreLocation, TrainingError> {
        match &self.class {
            Some(code) => self.database.of_class(code),
            None => Ok(self.database.clone()),
        }
    }
}

#[derive(Subcommand)]
enum ClassAction {
    /// Add a class. Prints its code.
    Add {
        /// The store, as given to `serve`, which may be running.
        #[arg(long, value_parser = database)]
        database: StoreLocation,
        /// The class's name.
        name: String,
    },
    /// List the classes: code and name.
    List {
        /// The store, as given to `serve`, which may be running.
        #[arg(long, value_parser = database)]
        database: StoreLocation,
    },
    /// End a class: nobody reaches it any more. What happened in it stays in its store.
    End {
        /// The store, as given to `serve`, which may be running.
        #[arg(long, value_parser = database)]
        database: StoreLocation,
        /// The class's code.
        code: String,
    },
}

#[derive(Args)]
struct Load {
    /// The file.
    file: PathBuf,
    #[command(flatten)]
    kept: Kept,
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
    let Program {
        command,
        peak_memory,
    } = Program::parse();
    // There, 1 says that a chain is not whole, or that rows were not loaded.
    let failure = match command {
        Command::Chains { .. } | Command::Load(_) => ExitCode::from(2),
        _ => ExitCode::FAILURE,
    };
    let ended = run(command).await;
    if peak_memory {
        eprintln!("peak memory {} MiB", memory::peak_mib());
    }
    match ended {
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
        Command::EnrolmentCode { kept } => serving::enrolment_code(&kept.location()?)?,
        Command::Class { action } => classes::act(action)?,
        Command::Chains { kept } => return chains::chains(&kept.location()?),
        Command::Authority { kept, ods, alone } => {
            authority::credential(&kept.location()?, ods.as_ref(), alone)?;
        }
        Command::Load(load) => return authority::load(&load, &load.kept.location()?),
        Command::Report {
            kept,
            ods,
            date,
            out,
        } => authority::report(&kept.location()?, &ods, date, &out)?,
        Command::Extract {
            kept,
            from,
            to,
            out,
        } => extracting::extract(&kept.location()?, (from, to), &out)?,
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
