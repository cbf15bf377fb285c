//! `authority`, `load` and `report`: the local authority's side.

use crate::Load;
use chrono::NaiveDate;
use cpis_record::OdsCode;
use cpis_training::{
    Clock, FileAnswer, FileResult, ResultCode, StoreLocation, SystemClock,
    authority_credential_for, daily_report_of, known_authorities, load_file,
};
use indicatif::ProgressBar;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// Prints a credential, or lists the authorities.
pub(crate) fn credential(
    database: &StoreLocation,
    ods: Option<&OdsCode>,
    alone: bool,
) -> Result<(), Box<dyn Error>> {
    match ods {
        Some(ods) => {
            let secret = authority_credential_for(database, ods, alone, SystemClock.now())?;
            println!("{secret}");
        }
        None => {
            for (code, name) in known_authorities() {
                println!("{code}  {name}");
            }
        }
    }
    Ok(())
}

/// Loads a file and counts.
pub(crate) fn load(arguments: &Load, database: &StoreLocation) -> Result<ExitCode, Box<dyn Error>> {
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(Duration::from_millis(200));
    let answer = load_file(
        database,
        &arguments.ods,
        &arguments.file,
        arguments.sequence,
        arguments.results.as_deref(),
        &mut |rows| {
            if rows % 1000 == 0 {
                bar.set_message(format!("{rows} rows"));
            }
        },
    )?;
    bar.finish_and_clear();
    tell(&answer);
    Ok(match answer.result {
        FileResult::AllLoaded => ExitCode::SUCCESS,
        FileResult::Corrupt | FileResult::BrokenOff => ExitCode::from(2),
        FileResult::NoneLoaded if answer.counts.rows() == 0 => ExitCode::from(2),
        FileResult::NoneLoaded | FileResult::PartlyLoaded => ExitCode::from(1),
    })
}

fn tell(answer: &FileAnswer) {
    println!("{}  {}", answer.result.code(), answer.words());
    if let Some(sequence) = answer.sequence {
        let again = if answer.repeated { ", once more" } else { "" };
        println!("sequence number {sequence}{again}");
    }
    for code in ResultCode::ALL {
        let rows = answer.counts.of(*code);
        if rows > 0 {
            println!("{}  {rows:>9}  {}", code.code(), code.words());
        }
    }
    println!(
        "{} rows: {} new, {} updated, {} unchanged",
        answer.counts.rows(),
        answer.counts.new,
        answer.counts.updated,
        answer.counts.unchanged,
    );
    if !answer.ignored_columns.is_empty() {
        // Headings came from a file: they must not break the line.
        let names: Vec<String> = answer
            .ignored_columns
            .iter()
            .map(|name| name.escape_debug().to_string())
            .collect();
        println!("columns of which nothing was taken: {}", names.join(", "));
    }
}

/// Writes a daily report.
pub(crate) fn report(
    database: &StoreLocation,
    ods: &OdsCode,
    day: NaiveDate,
    out: &Path,
) -> Result<(), Box<dyn Error>> {
    let count = daily_report_of(database, ods, day, out)?;
    println!("{count} notifications");
    Ok(())
}
