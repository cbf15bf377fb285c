//! Single runs of random traffic: on a real folder, under power cuts, on a disk that is ill. A seed
//! decides everything.

use crate::checker::{Verdict, judge};
#[cfg(target_os = "linux")]
use crate::power::{Ailment, NAME, PowerDisk};
use crate::traffic::{Traffic, options};
use cpis_audit::{AuditError, Protection};
use std::sync::Arc;

/// Things done in one run on a real folder before all is well again.
const ACTS: u32 = 60;
/// Power cuts, and spells of illness, in one run.
pub const SPELLS: u64 = 3;

/// A run on a real folder. Returns how often the clock was set, too.
#[must_use]
pub fn on_a_folder(seed: u64, keys: &Arc<dyn Protection>) -> (u64, Verdict) {
    let folder = match tempfile::tempdir() {
        Ok(folder) => folder,
        Err(error) => return (0, failed(error)),
    };
    let mut traffic = Traffic::new(options(folder.path(), keys.clone()), seed);
    for _ in 0..ACTS {
        if let Err(error) = traffic.act() {
            return (traffic.clock_jumps, failed(error));
        }
    }
    (traffic.clock_jumps, settled(traffic, None))
}

/// A run with [`SPELLS`] power cuts. With `half`, every other cut leaves a random half of what was
/// not synced.
#[cfg(target_os = "linux")]
#[must_use]
pub fn with_power_cuts(disk: &PowerDisk, seed: u64, keys: &Arc<dyn Protection>) -> Verdict {
    let Some((mut traffic, _folder)) = on_the_disk(disk, seed, keys) else {
        return failed("no folder");
    };
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut broken = None;
    for cut in 0..SPELLS {
        disk.cut_after(chance.u64(1..400));
        while !disk.is_dark() && broken.is_none() {
            match traffic.act() {
                Err(error) if !disk.is_dark() => broken = Some(error),
                _ => {}
            }
        }
        traffic.crash();
        disk.start_again(&mut chance, (seed + cut) % 2 == 1);
        // A cut while the file was being made can leave half a file with nothing in it, which the
        // program puts aside. Here that is to begin with an empty disk.
        let nothing_yet = traffic.history.begun.is_empty();
        if nothing_yet && traffic.open().is_err_and(|error| error.is_damage()) {
            disk.wipe();
        }
    }
    settled(traffic, broken)
}

/// A run with [`SPELLS`] spells in which the disk is ill. What fails meanwhile may fail; nothing may
/// be lost by it.
#[cfg(target_os = "linux")]
#[must_use]
pub fn with_an_ill_disk(disk: &PowerDisk, seed: u64, keys: &Arc<dyn Protection>) -> Verdict {
    let Some((mut traffic, _folder)) = on_the_disk(disk, seed, keys) else {
        return failed("no folder");
    };
    let mut chance = fastrand::Rng::with_seed(seed);
    for _ in 0..SPELLS {
        for _ in 0..chance.u32(5..25) {
            if let Err(error) = traffic.act() {
                return failed(format!("a disk that is well: {error}"));
            }
        }
        disk.ail(Some(Ailment::ALL[chance.usize(..Ailment::ALL.len())]));
        for _ in 0..chance.u32(1..15) {
            // Refused is refused: what counts is what the history says in the end.
            let _ = traffic.act();
        }
        disk.ail(None);
    }
    settled(traffic, None)
}

#[cfg(target_os = "linux")]
fn on_the_disk(
    disk: &PowerDisk,
    seed: u64,
    keys: &Arc<dyn Protection>,
) -> Option<(Traffic, tempfile::TempDir)> {
    disk.wipe();
    let folder = tempfile::tempdir().ok()?;
    let mut options = options(folder.path(), keys.clone());
    options.file_system = Some(NAME.to_owned());
    Some((Traffic::new(options, seed), folder))
}

fn settled(mut traffic: Traffic, broken: Option<AuditError>) -> Verdict {
    match (broken, traffic.settle()) {
        (Some(error), _) | (None, Err(error)) => failed(error),
        (None, Ok(())) => judge(&traffic.history),
    }
}

fn failed(reason: impl ToString) -> Verdict {
    Verdict {
        other: vec![reason.to_string()],
        ..Verdict::default()
    }
}
