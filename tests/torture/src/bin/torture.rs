//! Runs the harnesses side by side, for most of them wait for a disk or a program, and prints what each saw.
//! The last line is the sum.

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
use std::fmt::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread::{Scope, ScopedJoinHandle};
use std::time::Instant;

/// Why a harness cannot go on.
type Fault = Box<dyn Error + Send + Sync>;

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

fn main() -> Result<ExitCode, Fault> {
    let arguments = Arguments::parse();
    let keys: Arc<dyn Protection> = Arc::new(TortureKeys::new()?);
    let (cuts, places, verdict) = std::thread::scope(|harnesses| {
        let cases = begin(harnesses, || cases(&arguments, &keys));
        let disks = begin(harnesses, || disks(&arguments, &keys));
        let ledgers = begin(harnesses, || ledgers(&arguments, &keys));
        let kills = begin(harnesses, || kills(&arguments));
        let mut verdict = ended(cases)?.1;
        let (cuts, one) = ended(disks)?;
        verdict += one;
        verdict += ended(ledgers)?.1;
        let (places, one) = ended(kills)?;
        verdict += one;
        Ok::<_, Fault>((cuts, places, verdict))
    })?;
    let others = match verdict.other.len() {
        0 => String::new(),
        count => format!(", {count} other faults"),
    };
    println!(
        "torture: {cuts} power cuts, {} kills, {places} failpoints, {} state-machine cases, seed {}: {} unaudited, {} lost, {} doubled{others}",
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

/// What a harness saw: how much of what it counts it did, and what it has to say.
#[derive(Default)]
struct Report {
    count: u64,
    lines: String,
    verdict: Verdict,
}

impl Report {
    fn line(&mut self, text: impl std::fmt::Display) {
        writeln!(self.lines, "{text}").expect("a string takes whatever is written to it");
    }

    fn add(&mut self, harness: &str, seed: u64, verdict: Verdict) {
        if !verdict.is_clean() {
            self.line(format_args!("{harness}, seed {seed}: {verdict:?}"));
        }
        self.verdict += verdict;
    }
}

type Running<'scope> = ScopedJoinHandle<'scope, Result<Report, Fault>>;

/// Begins a harness. It says everything in one piece, when it has ended.
fn begin<'scope, 'env>(
    harnesses: &'scope Scope<'scope, 'env>,
    harness: impl FnOnce() -> Result<Report, Fault> + Send + 'scope,
) -> Running<'scope> {
    harnesses.spawn(|| harness().inspect(|report| print!("{}", report.lines)))
}

fn ended(harness: Running<'_>) -> Result<(u64, Verdict), Fault> {
    let report = harness.join().map_err(|_| "a harness has panicked")??;
    Ok((report.count, report.verdict))
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

fn cases(arguments: &Arguments, keys: &Arc<dyn Protection>) -> Result<Report, Fault> {
    let mut report = Report::default();
    let begun = now();
    let mut clock_jumps = 0;
    for seed in seeds(arguments).take(runs(arguments.cases)) {
        let (jumps, one) = on_a_folder(seed, keys);
        clock_jumps += jumps;
        report.add("state machine", seed, one);
    }
    report.line(format_args!(
        "{} cases of random traffic on a real folder, in which the clock was set {clock_jumps} times, {} s",
        arguments.cases,
        begun.elapsed().as_secs()
    ));
    Ok(report)
}

/// Power cuts, which are counted, and spells in which the disk is ill.
#[cfg(target_os = "linux")]
fn disks(arguments: &Arguments, keys: &Arc<dyn Protection>) -> Result<Report, Fault> {
    use cpis_torture::power::{NAME, PowerDisk};
    use cpis_torture::runs::{SPELLS, with_an_ill_disk, with_power_cuts};
    let mut report = Report::default();
    let disk =
        PowerDisk::register(NAME).map_err(|code| format!("SQLite refused the disk: {code}"))?;
    let begun = now();
    for seed in seeds(arguments).take(runs(arguments.power_cuts.div_ceil(SPELLS))) {
        let one = with_power_cuts(&disk, seed, keys);
        report.count += SPELLS;
        report.add("power cuts", seed, one);
    }
    let cuts = report.count;
    report.line(format_args!(
        "{cuts} power cuts, {} s",
        begun.elapsed().as_secs()
    ));
    let begun = now();
    let mut spells = 0;
    for seed in seeds(arguments).take(runs(arguments.spells.div_ceil(SPELLS))) {
        let one = with_an_ill_disk(&disk, seed, keys);
        spells += SPELLS;
        report.add("ill disk", seed, one);
    }
    report.line(format_args!(
        "{spells} spells of a disk that is full, write-protected, or cannot be read, written or synced, {} s",
        begun.elapsed().as_secs()
    ));
    Ok(report)
}

#[cfg(not(target_os = "linux"))]
fn disks(_: &Arguments, _: &Arc<dyn Protection>) -> Result<Report, Fault> {
    let mut report = Report::default();
    report.line("disks fail and lose their power only on Linux");
    Ok(report)
}

/// Ledgers of older programs, and random changes to a stored one.
fn ledgers(arguments: &Arguments, keys: &Arc<dyn Protection>) -> Result<Report, Fault> {
    let mut report = Report::default();
    let (ledgers, one) = cpis_torture::upgrade::run(arguments.seed)?;
    report.line(format_args!("{ledgers} ledgers of older programs"));
    report.add("upgrade", arguments.seed, one);

    let begun = now();
    let (tallies, false_alarms) =
        cpis_torture::chain::run(arguments.changes, arguments.seed, keys)?;
    for tally in &tallies {
        report.line(format_args!(
            "  {:34} {:6} made {:6} found",
            tally.kind, tally.made, tally.found
        ));
        if tally.made != tally.found {
            let missed = tally.made - tally.found;
            let text = format!("{missed} changes were not found: {}", tally.kind);
            report.verdict.other.push(text);
        }
    }
    report.line(format_args!(
        "{} changes to a stored ledger, {false_alarms} false alarms, {} s",
        tallies.iter().map(|tally| tally.made).sum::<u32>(),
        begun.elapsed().as_secs()
    ));
    if false_alarms > 0 {
        let text = format!("{false_alarms} false alarms");
        report.verdict.other.push(text);
    }
    Ok(report)
}

/// Kills at the named places, of which those are counted where the program died, and at random.
#[cfg(unix)]
fn kills(arguments: &Arguments) -> Result<Report, Fault> {
    let mut report = Report::default();
    if arguments.kills == 0 {
        return Ok(report);
    }
    let runtime = tokio::runtime::Runtime::new()?;
    let begun = now();
    runtime.block_on(every_place(arguments, &mut report))?;
    let places = report.count;
    report.line(format_args!(
        "{places} failpoints of the real program, {} s",
        begun.elapsed().as_secs()
    ));
    let begun = now();
    runtime.block_on(random_kills(arguments, &mut report))?;
    report.line(format_args!(
        "{} kills of the real program, {} s",
        arguments.kills,
        begun.elapsed().as_secs()
    ));
    Ok(report)
}

#[cfg(unix)]
async fn every_place(arguments: &Arguments, report: &mut Report) -> Result<(), Trouble> {
    let workplace = Workplace::set_up().await?;
    let mut account = Account::default();
    let runs = at_every_place(&workplace, &mut account, arguments.seed).await?;
    for run in &runs {
        report.line(format_args!(
            "  {:34} {}{}",
            run.place.name(),
            if run.hit { "died there" } else { "NOT HIT" },
            if run.unended {
                ", at a start that found a look unended"
            } else {
                ""
            },
        ));
    }
    let one = settle(&workplace, &mut account).await?;
    report.add("failpoints", arguments.seed, one);
    let hit = |place: &&Failpoint| runs.iter().any(|run| run.place == **place && run.hit);
    report.count = Failpoint::ALL.iter().filter(hit).count() as u64;
    Ok(())
}

/// At two workplaces at a time, each with a backend and a folder of its own.
#[cfg(unix)]
async fn random_kills(arguments: &Arguments, report: &mut Report) -> Result<(), Trouble> {
    let half = arguments.kills / 2;
    let seed = arguments.seed;
    let (first, second) = tokio::try_join!(
        at_a_workplace(arguments.kills - half, seed),
        at_a_workplace(half, seed.wrapping_add(1)),
    )?;
    report.line("a second run of the program on the same folder, at both workplaces");
    for (seed, (account, one)) in [(seed, first), (seed.wrapping_add(1), second)] {
        report.line(format_args!(
            "  {} results shown, {} records in the end",
            account.shown_count(),
            account.record_count()
        ));
        report.add("kills", seed, one);
    }
    Ok(())
}

#[cfg(unix)]
async fn at_a_workplace(kills: u32, seed: u64) -> Result<(Account, Verdict), Trouble> {
    let workplace = Workplace::set_up().await?;
    let mut account = Account::default();
    at_once(&workplace, &mut account).await?;
    at_random(&workplace, &mut account, kills, seed).await?;
    let verdict = settle(&workplace, &mut account).await?;
    Ok((account, verdict))
}

#[cfg(not(unix))]
fn kills(_: &Arguments) -> Result<Report, Fault> {
    let mut report = Report::default();
    report.line("the real program is only killed on Unix");
    Ok(report)
}
