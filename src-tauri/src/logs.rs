//! Logs: what the program's own crates say, in a file a day, two weeks of them.
//!
//! Nothing else is written: a library's log line can hold an address, and an address holds an NHS
//! number (invariant I5).

use std::io;
use std::path::Path;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

const OURS: [&str; 5] = [
    "cpis_desktop",
    "cpis_client",
    "cpis_audit",
    "cpis_vault",
    "cpis_training",
];
const DAYS: usize = 14;

/// Begins to log into a folder. A second start in the same process changes nothing.
///
/// # Errors
/// When no file can be made there.
pub fn start(folder: &Path) -> io::Result<()> {
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("cpis-check")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder)
        .map_err(io::Error::other)?;
    let ours = OURS.iter().fold(Targets::new(), |t, name| {
        t.with_target(*name, LevelFilter::INFO)
    });
    let lines = fmt::layer().with_ansi(false).with_writer(file);
    let _already_begun = tracing_subscriber::registry()
        .with(ours)
        .with(lines)
        .try_init();
    log_panics();
    Ok(())
}

/// A panic's message may hold what a person typed; its place never does.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}
