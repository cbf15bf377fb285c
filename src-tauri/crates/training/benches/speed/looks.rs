//! Looks at plans and at histories, in turns with the reference.

use super::children::{Serving, program, sign_in};
use super::wire::{Asked, Round, body, round};
use super::{Arguments, Outcome, database::Database};
use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// The median and the 99th percentile of the first size, by resource and connections.
pub(super) type First = Option<HashMap<(&'static str, usize), (f64, f64)>>;

pub(super) async fn measure(
    arguments: &Arguments,
    database: &Database,
    file: &Path,
    accesses: u64,
    first: &mut First,
    folder: &Path,
) -> Outcome<()> {
    let backend = Serving::start(program().args(["serve", "--database", &database.argument]))?;
    let token = sign_in(&backend.host, folder)?;
    let numbers = Arc::new(numbers(file)?);
    println!(
        "  at {accesses} accesses  connections  looks/s  reference/s  ratio   p50 ms   p99 ms  p50, p99 to the first size"
    );
    let mut found = HashMap::new();
    for resource in ["CareTeam", "AuditEvent"] {
        let ours = Asked {
            host: backend.host.clone(),
            token: token.clone(),
            resource,
            numbers: Arc::clone(&numbers),
        };
        let bytes = folder.join("answer.json");
        std::fs::write(&bytes, body(&ours).await?)?;
        let reference = Serving::start(
            Command::new(std::env::current_exe()?)
                .arg("--bare")
                .arg(&bytes),
        )?;
        let bare = Arc::new(Asked {
            host: reference.host.clone(),
            token: token.clone(),
            resource,
            numbers: Arc::clone(&numbers),
        });
        let ours = Arc::new(ours);
        for connections in &arguments.connections {
            let (mut look, reference) = by_turns(arguments, &ours, &bare, *connections).await?;
            let seconds = arguments.seconds * arguments.rounds as f64;
            let rate = |round: &Round| round.times.len() as f64 / seconds;
            let (p50, p99) = (look.within(0.5), look.within(0.99));
            let beginning = first
                .as_ref()
                .and_then(|f| f.get(&(resource, *connections)));
            let (before50, before99) = beginning.copied().unwrap_or((p50, p99));
            println!(
                "  {resource:<21} {connections:>12} {:>8.0} {:>12.0} {:>6.2} {p50:>8.2} {p99:>8.2}  {:.2}, {:.2}",
                rate(&look),
                rate(&reference),
                rate(&look) / rate(&reference),
                p50 / before50,
                p99 / before99,
            );
            found.insert((resource, *connections), (p50, p99));
        }
    }
    println!("  peak memory of the backend {} MiB", backend.peak_mib());
    first.get_or_insert(found);
    Ok(())
}

/// Asks ours and the reference in turns, so that a slow moment is shared.
async fn by_turns(
    arguments: &Arguments,
    ours: &Arc<Asked>,
    bare: &Arc<Asked>,
    connections: usize,
) -> Outcome<(Round, Round)> {
    let length = Duration::from_secs_f64(arguments.seconds);
    let (mut look, mut reference) = (Round::default(), Round::default());
    // The first of each fills caches.
    let short = length.min(Duration::from_millis(300));
    round(ours, connections, short).await?;
    round(bare, connections, short).await?;
    for _ in 0..arguments.rounds {
        look.times
            .extend(round(ours, connections, length).await?.times);
        reference
            .times
            .extend(round(bare, connections, length).await?.times);
    }
    Ok((look, reference))
}

/// The children of a rehearsal's file, each once.
fn numbers(file: &Path) -> Outcome<Vec<String>> {
    let mut numbers: Vec<String> = std::fs::read_to_string(file)?
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next())
        .filter(|number| number.len() == 10 && number.starts_with("999"))
        .map(str::to_owned)
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    // That of nobody.
    numbers.retain(|number| number != "9990000000");
    Ok(numbers)
}
