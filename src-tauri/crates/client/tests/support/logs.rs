//! Everything that the program's crates log while the tests run, to search it for what must not be
//! there.

use std::io::Write;
use std::sync::Mutex;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

const OURS: [&str; 4] = ["cpis_client", "cpis_audit", "cpis_vault", "cpis_training"];

/// Begins to keep what is logged; a second call changes nothing.
pub fn keep() {
    let ours = OURS.map(|name| (name, LevelFilter::TRACE));
    let lines = fmt::layer().with_ansi(false).with_writer(|| Line);
    let _already_kept = tracing_subscriber::registry()
        .with(Targets::new().with_targets(ours))
        .with(lines)
        .try_init();
}

/// What all tests of this process have logged so far.
pub fn logged() -> String {
    String::from_utf8_lossy(&LOGGED.lock().unwrap()).into_owned()
}

struct Line;

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOGGED.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
