//! Runs the harnesses and prints what they saw. The last line is the sum.

#![expect(
    clippy::print_stdout,
    reason = "a command-line tool speaks to its terminal"
)]

use clap::Parser;
#[cfg(unix)]
use cpis_audit::Failpoint;
use cpis_audit::Protection;
use cpis_torture::checker::Verdict;
use cpis_torture::keys::TortureKeys;
#[cfg(unix)]
use cpis_torture::kills::{
    Account, Trouble, Workplace, at_every_place, at_once, at_random, settle,
};
use cpis_torture::runs::on_a_folder;
use cpis_torture::seeds::FOUND_FAULTS;
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
    /// Spells in which the disk is ill, under random traffic.
    #[arg(long, default_value_t = 600)]
    spells: u64,
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

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse();
    let keys: Arc<dyn Protection> = Arc::new(TortureKeys::new()?);
    let mut verdict = Verdict::default();

    let begun = now();
    let mut clock_jumps = 0;
    for seed in seeds(&arguments).take(runs(arguments.cases)) {
        let (jumps, one) = on_a_folder(seed, &keys);
        clock_jumps += jumps;
        note("state machine", seed, &one);
        verdict += one;
    }
    println!(
        "{} cases of random traffic on a real folder, in which the clock was set {clock_jumps} times, {} s",
        arguments.cases,
        begun.elapsed().as_secs()
    );

    let cuts = disks(&arguments, &keys, &mut verdict)?;

    let (ledgers, one) = cpis_torture::upgrade::run(arguments.seed)?;
    println!("{ledgers} ledgers of older programs");
    note("upgrade", arguments.seed, &one);
    verdict += one;

    let places = kills(&arguments, &mut verdict)?;
    changes(&arguments, &keys, &mut verdict)?;
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

/// Those that once found a fault, then one after the other.
fn seeds(arguments: &Arguments) -> impl Iterator<Item = u64> {
    let first = arguments.seed;
    FOUND_FAULTS
        .into_iter()
        .chain((0..).map(move |n| first.wrapping_add(n)))
}

fn runs(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
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

/// Power cuts, and spells in which the disk is ill. Returns how many cuts there were.
#[cfg(target_os = "linux")]
fn disks(
    arguments: &Arguments,
    keys: &Arc<dyn Protection>,
    verdict: &mut Verdict,
) -> Result<u64, Box<dyn Error>> {
    use cpis_torture::power::{NAME, PowerDisk};
    use cpis_torture::runs::{SPELLS, with_an_ill_disk, with_power_cuts};
    let disk =
        PowerDisk::register(NAME).map_err(|code| format!("SQLite refused the disk: {code}"))?;
    let begun = now();
    let mut cuts = 0;
    for seed in seeds(arguments).take(runs(arguments.power_cuts.div_ceil(SPELLS))) {
        let one = with_power_cuts(&disk, seed, keys);
        cuts += SPELLS;
        note("power cuts", seed, &one);
        *verdict += one;
    }
    println!("{cuts} power cuts, {} s", begun.elapsed().as_secs());
    let begun = now();
    let mut spells = 0;
    for seed in seeds(arguments).take(runs(arguments.spells.div_ceil(SPELLS))) {
        let one = with_an_ill_disk(&disk, seed, keys);
        spells += SPELLS;
        note("ill disk", seed, &one);
        *verdict += one;
    }
    println!(
        "{spells} spells of a disk that is full, write-protected, or cannot be read, written or synced, {} s",
        begun.elapsed().as_secs()
    );
    Ok(cuts)
}

#[cfg(not(target_os = "linux"))]
fn disks(_: &Arguments, _: &Arc<dyn Protection>, _: &mut Verdict) -> Result<u64, Box<dyn Error>> {
    println!("disks fail and lose their power only on Linux");
    Ok(0)
}

/// Random changes to a stored ledger.
fn changes(
    arguments: &Arguments,
    keys: &Arc<dyn Protection>,
    verdict: &mut Verdict,
) -> Result<(), Box<dyn Error>> {
    let begun = now();
    let (tallies, false_alarms) =
        cpis_torture::chain::run(arguments.changes, arguments.seed, keys)?;
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
    Ok(())
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
    at_once(&workplace, &mut account).await?;
    println!("a second run of the program on the same folder");
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
