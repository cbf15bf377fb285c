//! Loading the file of a rehearsal twice. What is promised of it is judged too: the codes are those that
//! were announced, no good row is lost, and the second time changes nothing.

use super::Outcome;
use super::children::{Run, run};
use super::database::Database;
use std::path::Path;

/// The authority whose file it is.
const AUTHORITY: &str = "ZZ001";
/// The code of a row that was loaded.
const LOADED: &str = "CPR06";

/// Loads the file twice. `announced` is what the rehearsal said of the codes to come.
pub(super) async fn twice(database: &Database, file: &Path, announced: &str) -> Outcome<()> {
    let announced = codes(announced);
    let good = announced.iter().find(|(code, _)| code == LOADED);
    let good = good.map_or(0, |(_, rows)| *rows);
    let first = load(database, file, "first")?;
    let held = database.submitted_by(AUTHORITY).await?;
    let state = database.state_of("plan").await?;
    println!("    {good} good rows, {held} records held");
    let second = load(database, file, "second")?;
    let same = database.state_of("plan").await? == state;
    println!("    every record is as it was: {same}");
    for (time, loaded) in [("first", &first), ("second", &second)] {
        if codes(&loaded.said) != announced {
            return Err(format!("the {time} time the codes are not those announced").into());
        }
    }
    if held != good || !same {
        return Err("what was loaded is not what must be held".into());
    }
    Ok(())
}

fn load(database: &Database, file: &Path, time: &str) -> Outcome<Run> {
    let loaded = run(
        &["load", &file.display().to_string(), "--ods", AUTHORITY],
        &[("--database", database.argument.clone())],
    )?;
    let codes = codes(&loaded.said);
    let rows: u64 = codes.iter().map(|(_, rows)| rows).sum();
    println!(
        "  upload, {time} time: {:.1} s, {:.0} rows/s, peak memory {} MiB; {}",
        loaded.seconds,
        rows as f64 / loaded.seconds,
        loaded.peak_mib,
        loaded
            .said
            .lines()
            .find(|line| line.contains(" new, "))
            .unwrap_or_default(),
    );
    let counted: Vec<String> = codes
        .iter()
        .map(|(code, n)| format!("{code} {n}"))
        .collect();
    println!("    {}", counted.join(", "));
    Ok(loaded)
}

/// How many rows have each code, as the program says it. None is left out.
fn codes(said: &str) -> Vec<(String, u64)> {
    let lines = said.lines().filter(|line| line.starts_with("CPR"));
    lines
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?.to_owned(), words.next()?.parse().ok()?))
        })
        .filter(|(_, rows)| *rows > 0)
        .collect()
}
