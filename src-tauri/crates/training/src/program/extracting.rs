//! `extract` and `rehearsal`.

use chrono::NaiveDate;
use cpis_training::{Clock, Rehearsal, StoreLocation, SystemClock, extract_from, rehearse};
use indicatif::{ProgressBar, ProgressStyle};
use std::error::Error;
use std::path::Path;

/// Items between two steps of the bar.
const STEP: u64 = 1000;

/// Writes an extract.
pub(crate) fn extract(
    database: &StoreLocation,
    period: (NaiveDate, NaiveDate),
    out: &Path,
) -> Result<(), Box<dyn Error>> {
    let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template(
        "{bar:40} {human_pos} of {human_len}, {eta} left",
    )?);
    let written = extract_from(database, period, out, SystemClock.now(), &mut |done, of| {
        if done % STEP == 0 || done == of {
            bar.set_length(of);
            bar.set_position(done);
        }
    })?;
    bar.finish_and_clear();
    println!("{} records, {} accesses", written.records, written.accesses);
    Ok(())
}

/// Prepares a rehearsal.
pub(crate) fn rehearsal(
    database: &StoreLocation,
    seed: u64,
    size: Rehearsal,
    file: &Path,
) -> Result<(), Box<dyn Error>> {
    let expected = rehearse(database, seed, size, file, SystemClock.now())?;
    println!("rows to come with each code when the file is loaded:");
    for (code, rows) in expected {
        println!("{}  {rows:>9}  {}", code.code(), code.words());
    }
    Ok(())
}
