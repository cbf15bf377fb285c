//! Runs the harnesses and prints what they saw. The last line is the sum.

#![expect(
    clippy::print_stdout,
    reason = "a command-line tool speaks to its terminal"
)]

use clap::Parser;
#[cfg(unix)]
use cpis_audit::Failpoint;
use cpis_audit::Protection;
use cpis_torture::checker::{Verdict, judge};
use cpis_torture::keys::TortureKeys;
#[cfg(unix)]
use cpis_torture::kills::{Account, Trouble, Workplace, at_every_place, at_random, settle};
use cpis_torture::traffic::{Traffic, options};
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

#[derive(Parser)]
#[command(about = "Prove the audit trail: no look unrecorded, nothing lost, nothing doubled")]
struct Arguments {
    /// Runs of random traffic on a real folder.
    #[arg(long, default_value_t = 1000)]
    cases: u64,
    /// Power cuts under random traffic.
    #[arg(long, default_value_t = 2000)]
    power_cuts: u64,
    /// Kills of the real program at random moments; 0 leaves out the named places too.
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// Random changes to a stored ledger.
    #[arg(long, default_value_t = 10_000)]
    changes: u32,
    /// Where chance begins. A run that failed is repeated with its seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Things done in one case before all is well again.
const ACTS: u32 = 60;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse();
    let keys: Arc<dyn Protection> = Arc::new(TortureKeys::new()?);
    let mut verdict = Verdict::default();

    let begun = now();
    for case in 0..arguments.cases {
        let seed = arguments.seed.wrapping_add(case);
        let one = state_machine(seed, &keys);
        note("state machine", seed, &one);
        verdict += one;
    }
    println!(
        "{} cases of random traffic on a real folder, {} s",
        arguments.cases,
        begun.elapsed().as_secs()
    );

    let begun = now();
    let cuts = power_cuts(&arguments, &keys, &mut verdict)?;
    println!("{cuts} power cuts, {} s", begun.elapsed().as_secs());

    let places = kills(&arguments, &mut verdict)?;

    let begun = now();
    let (tallies, false_alarms) =
        cpis_torture::chain::run(arguments.changes, arguments.seed, &keys)?;
    for tally in &tallies {
        println!(
            "  {:34} {:6} made {:6} found",
            tally.kind, tally.made, tally.found
        );
        if tally.made != tally.found {
            let missed = tally.made - tally.found;
            let text = format!("{missed} changes were not found: {}", tally.kind);
            verdict.other.push(text);
        }
    }
    println!(
        "{} changes to a stored ledger, {false_alarms} false alarms, {} s",
        tallies.iter().map(|tally| tally.made).sum::<u32>(),
        begun.elapsed().as_secs()
    );
    if false_alarms > 0 {
        verdict.other.push(format!("{false_alarms} false alarms"));
    }
    if !verdict.other.is_empty() {
        println!("{} other faults", verdict.other.len());
    }
    println!(
        "torture: {cuts} power cuts, {} kills, {places} failpoints, {} state-machine cases, seed {}: {} unaudited, {} lost, {} doubled",
        arguments.kills,
        arguments.cases,
        arguments.seed,
        verdict.unaudited,
        verdict.lost,
        verdict.doubled
    );
    Ok(if verdict.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a harness took is for whoever reads, and decides nothing"
)]
fn now() -> Instant {
    Instant::now()
}

fn note(harness: &str, seed: u64, verdict: &Verdict) {
    if !verdict.is_clean() {
        println!("{harness}, seed {seed}: {verdict:?}");
    }
}

fn failed(reason: impl ToString) -> Verdict {
    Verdict {
        other: vec![reason.to_string()],
        ..Verdict::default()
    }
}

fn state_machine(seed: u64, keys: &Arc<dyn Protection>) -> Verdict {
    let folder = match tempfile::tempdir() {
        Ok(folder) => folder,
        Err(error) => return failed(error),
    };
    let mut traffic = Traffic::new(options(folder.path(), keys.clone()), seed);
    for _ in 0..ACTS {
        if let Err(error) = traffic.act() {
            return failed(error);
        }
    }
    match traffic.settle() {
        Ok(()) => judge(&traffic.history),
        Err(error) => failed(error),
    }
}

#[cfg(target_os = "linux")]
fn power_cuts(
    arguments: &Arguments,
    keys: &Arc<dyn Protection>,
    verdict: &mut Verdict,
) -> Result<u64, Box<dyn Error>> {
    use cpis_torture::power::{NAME, PowerDisk};
    let disk = PowerDisk::register().map_err(|code| format!("SQLite refused the disk: {code}"))?;
    let mut cuts = 0;
    let mut seed = arguments.seed;
    while cuts < arguments.power_cuts {
        seed = seed.wrapping_add(1);
        disk.wipe();
        let folder = tempfile::tempdir()?;
        let mut options = options(folder.path(), keys.clone());
        options.file_system = Some(NAME.to_owned());
        let mut chance = fastrand::Rng::with_seed(seed);
        let mut traffic = Traffic::new(options, seed);
        let mut broken = None;
        for _ in 0..3 {
            disk.cut_after(chance.u64(1..400));
            while !disk.is_dark() && broken.is_none() {
                match traffic.act() {
                    Err(error) if !disk.is_dark() => broken = Some(error),
                    _ => {}
                }
            }
            traffic.crash();
            disk.start_again(&mut chance, cuts % 2 == 1);
            cuts += 1;
            // A cut while the file was being made can leave half a file with nothing in it, which
            // the program puts aside. Here that is to begin with an empty disk.
            let nothing_yet = traffic.history.begun.is_empty();
            if nothing_yet && traffic.open().is_err_and(|error| error.is_damage()) {
                disk.wipe();
            }
        }
        let one = match (broken, traffic.settle()) {
            (Some(error), _) | (None, Err(error)) => failed(error),
            (None, Ok(())) => judge(&traffic.history),
        };
        note("power cuts", seed, &one);
        *verdict += one;
    }
    Ok(cuts)
}

#[cfg(not(target_os = "linux"))]
fn power_cuts(
    _: &Arguments,
    _: &Arc<dyn Protection>,
    _: &mut Verdict,
) -> Result<u64, Box<dyn Error>> {
    println!("power cuts are only made on Linux");
    Ok(0)
}

#[cfg(unix)]
fn kills(arguments: &Arguments, verdict: &mut Verdict) -> Result<usize, Box<dyn Error>> {
    let runtime = tokio::runtime::Runtime::new()?;
    let begun = now();
    let places = runtime
        .block_on(every_place(arguments, verdict))
        .map_err(|trouble| trouble as Box<dyn Error>)?;
    println!(
        "{places} failpoints of the real program, {} s",
        begun.elapsed().as_secs()
    );
    let begun = now();
    runtime
        .block_on(random_kills(arguments, verdict))
        .map_err(|trouble| trouble as Box<dyn Error>)?;
    println!(
        "{} kills of the real program, {} s",
        arguments.kills,
        begun.elapsed().as_secs()
    );
    Ok(places)
}

/// Returns at how many places the program has died.
#[cfg(unix)]
async fn every_place(arguments: &Arguments, verdict: &mut Verdict) -> Result<usize, Trouble> {
    if arguments.kills == 0 {
        return Ok(0);
    }
    let workplace = Workplace::set_up().await?;
    let mut account = Account::default();
    let runs = at_every_place(&workplace, &mut account, arguments.seed).await?;
    for run in &runs {
        println!(
            "  {:34} {}{}",
            run.place.name(),
            if run.hit { "died there" } else { "NOT HIT" },
            if run.unended {
                ", at a start that found a look unended"
            } else {
                ""
            },
        );
    }
    let one = settle(&workplace, &mut account).await?;
    note("failpoints", arguments.seed, &one);
    *verdict += one;
    let hit = |place: &&Failpoint| runs.iter().any(|run| run.place == **place && run.hit);
    Ok(Failpoint::ALL.iter().filter(hit).count())
}

#[cfg(unix)]
async fn random_kills(arguments: &Arguments, verdict: &mut Verdict) -> Result<(), Trouble> {
    if arguments.kills == 0 {
        return Ok(());
    }
    let workplace = Workplace::set_up().await?;
    let mut account = Account::default();
    at_random(&workplace, &mut account, arguments.kills, arguments.seed).await?;
    let one = settle(&workplace, &mut account).await?;
    println!(
        "  {} results shown, {} records in the end",
        account.shown_count(),
        account.record_count()
    );
    note("kills", arguments.seed, &one);
    *verdict += one;
    Ok(())
}

#[cfg(not(unix))]
fn kills(_: &Arguments, _: &mut Verdict) -> Result<usize, Box<dyn Error>> {
    println!("the real program is only killed on Unix");
    Ok(0)
}
