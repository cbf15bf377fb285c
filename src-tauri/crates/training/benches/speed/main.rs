//! How fast the training backend is at national size, as figures and as ratios against a bare
//! reference measured in the same run. No figure passes or fails; what an upload promises must hold.
//!
//! The backend, its store and the reference run in processes of their own, beside the client that
//! asks them: all share this computer's processors.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring tool reads the clock and speaks to its terminal"
)]

mod bare;
mod children;
mod database;
mod looks;
mod upload;
mod wire;

#[cfg(unix)]
#[path = "../../tests/training/postgres_server.rs"]
#[expect(
    clippy::unwrap_used,
    dead_code,
    reason = "the tests' own server, of which the tests use more"
)]
mod postgres_server;

/// What the server's file expects beside it.
mod kept {
    pub(crate) fn address(addresses: &str, database: &str) -> String {
        addresses.replacen("DATABASE", database, 1)
    }
}

use children::run;
use clap::Parser;
use database::Database;
use std::error::Error;
use std::path::{Path, PathBuf};

type Outcome<T> = Result<T, Box<dyn Error>>;

#[derive(Parser, Clone)]
#[command(about = "Measure the training backend against a bare reference")]
struct Arguments {
    /// Children whom the authority submits, a row each.
    #[arg(long, default_value_t = 20_000)]
    rows: u64,
    /// Sizes of the access history at which looks are measured, growing.
    #[arg(long, value_delimiter = ',', default_value = "1000,100000")]
    accesses: Vec<u64>,
    /// 150,000 rows, and 1,000, 100,000 and 10,000,000 accesses. Takes most of an hour.
    #[arg(long)]
    national: bool,
    /// Only the upload: 100,000 rows, 1 in 100 of them bad, loaded twice.
    #[arg(long, conflicts_with = "national")]
    upload: bool,
    /// Connections that ask at once, in the rows of the table.
    #[arg(long, value_delimiter = ',', default_value = "1,16,100")]
    connections: Vec<usize>,
    /// Seconds of each round, in which the backend and the reference are asked by turns.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Rounds.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Which stores.
    #[arg(long, value_delimiter = ',', default_value = "sqlite,postgres")]
    stores: Vec<String>,
    /// A folder on the disk that is measured. What is written there is removed.
    #[arg(long, default_value = "target")]
    disk: PathBuf,
    /// Answer every request with this body, and nothing else: the reference.
    #[arg(long, hide = true)]
    bare: Option<PathBuf>,
    /// Cargo says so to every measuring program.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Outcome<()> {
    let mut arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    if let Some(body) = &arguments.bare {
        return runtime.block_on(bare::serve(body));
    }
    if arguments.national {
        arguments.rows = 150_000;
        arguments.accesses = vec![1_000, 100_000, 10_000_000];
    }
    if arguments.upload {
        arguments.rows = 100_000;
        arguments.accesses = vec![0];
    }
    std::fs::create_dir_all(&arguments.disk)?;
    for store in &arguments.stores {
        let folder = tempfile::tempdir_in(&arguments.disk)?;
        let database = Database::of(store, folder.path())?;
        println!("\n{store}");
        runtime.block_on(measure(&arguments, &database, folder.path()))?;
    }
    Ok(())
}

async fn measure(arguments: &Arguments, database: &Database, folder: &Path) -> Outcome<()> {
    let file = folder.join("records.csv");
    let mut there = 0;
    let mut first = None;
    for (place, accesses) in arguments.accesses.iter().enumerate() {
        let more = accesses.saturating_sub(there);
        let grown = run(
            &["rehearsal", "--database", &database.argument],
            &[
                ("--rows", arguments.rows.to_string()),
                ("--accesses", more.to_string()),
                ("--file", file.display().to_string()),
            ],
        )?;
        there += more;
        println!(
            "  {more:>10} accesses added ({} children): {:>8.1} s, {:>8.0} rows/s, peak memory {} MiB",
            arguments.rows,
            grown.seconds,
            (more + if place == 0 { arguments.rows } else { 0 }) as f64 / grown.seconds,
            grown.peak_mib,
        );
        if place == 0 {
            upload::twice(database, &file, &grown.said).await?;
            if arguments.upload {
                return Ok(());
            }
        }
        looks::measure(arguments, database, &file, *accesses, &mut first, folder).await?;
    }
    extract(database, folder).await
}

async fn extract(database: &Database, folder: &Path) -> Outcome<()> {
    let out = folder.join("extract");
    let extracted = run(
        &["extract", "--database", &database.argument],
        &[
            ("--from", "2020-12-14".to_owned()),
            ("--to", "2099-12-31".to_owned()),
            ("--out", out.display().to_string()),
        ],
    )?;
    println!(
        "  extract: {}, {:.1} s, peak memory {} MiB; the store holds {} records, {} accesses",
        extracted.said.trim(),
        extracted.seconds,
        extracted.peak_mib,
        database.count("plan").await?,
        database.count("access").await?,
    );
    std::fs::remove_dir_all(out)?;
    Ok(())
}
