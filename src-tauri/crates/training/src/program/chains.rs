//! `chains`.

use cpis_training::{Fork, StoreLocation, WorkstationChain, chains_of};
use std::error::Error;
use std::io::Write;
use std::ops::RangeInclusive;
use std::process::ExitCode;

/// How many gaps, and how many forks, a line names.
const NAMED: usize = 10;

/// Tells of each workstation in one line.
pub(crate) fn chains(database: &StoreLocation) -> Result<ExitCode, Box<dyn Error>> {
    let chains = chains_of(database)?;
    let mut out = std::io::stdout().lock();
    for chain in &chains {
        writeln!(out, "{}", line(chain))?;
    }
    out.flush()?;
    if chains.is_empty() {
        eprintln!("no audit record has arrived");
    }
    Ok(if chains.iter().all(WorkstationChain::is_whole) {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

fn line(chain: &WorkstationChain) -> String {
    // What a workstation calls itself came over the network: it must not break the line.
    let mut line = format!(
        "{}: {} up to number {}; {}; {}",
        chain.workstation.escape_debug(),
        count(chain.records, "record"),
        chain.highest,
        named(chain.gap_count, "gap", &chain.gaps, gap),
        named(chain.fork_count, "fork", &chain.forks, fork),
    );
    if chain.unplaced > 0 {
        line += &format!("; {} without a place", count(chain.unplaced, "record"));
    }
    line
}

fn gap(gap: &RangeInclusive<u64>) -> String {
    match (gap.start(), gap.end()) {
        (first, last) if first == last => format!("{first} is missing"),
        (first, last) => format!("{first} to {last} are missing"),
    }
}

fn fork(fork: &Fork) -> String {
    match *fork {
        Fork::SameSequence { sequence, records } => {
            format!("{records} records are number {sequence}")
        }
        Fork::WrongPrevious { sequence: 1 } => "1 does not begin the chain".to_owned(),
        Fork::WrongPrevious { sequence } => format!("{sequence} does not follow {}", sequence - 1),
    }
}

/// How many there are, and the first of them in words.
fn named<T>(total: u64, noun: &str, listed: &[T], words: fn(&T) -> String) -> String {
    if total == 0 {
        return format!("no {noun}s");
    }
    let first: Vec<String> = listed.iter().take(NAMED).map(words).collect();
    let mut text = format!("{}: {}", count(total, noun), first.join(", "));
    let more = total.saturating_sub(first.len() as u64);
    if more > 0 {
        text += &format!(" and {more} more");
    }
    text
}

fn count(number: u64, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
