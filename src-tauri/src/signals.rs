//! What the operating system tells upon which the program locks within a second (invariant I6), one
//! file per platform.
//!
//! | | Linux | macOS | Windows |
//! |---|---|---|---|
//! | screen locked | logind, the desktop's screen saver | a notification without documentation | looked at twice a second |
//! | another user switched in | logind | looked at twice a second | as a locked screen |
//! | going to sleep | logind, which waits for the lock | not told | not told |
//! | has slept | the clock jumped | the clock jumped | the clock jumped |
//! | shutting down | logind, which waits for the lock | not told | not told |
//!
//! A program that is ended with its session keeps nothing that a lock would have to seal: what is in
//! memory goes with it.

#[cfg(target_os = "linux")]
mod linux;
// Its code needs nothing of macOS, so the tests compile and run it here too.
#[cfg(any(target_os = "macos", all(test, unix)))]
#[cfg_attr(
    not(target_os = "macos"),
    expect(dead_code, reason = "only macOS begins it")
)]
mod macos;
mod sleep;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(target_os = "macos")]
use macos as platform;
#[cfg(windows)]
use windows as platform;

use cpis_client::{LockSignal, SystemClock};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Interval, MissedTickBehavior, interval};

/// How often something is looked at that the system does not tell.
const LOOK: Duration = Duration::from_millis(500);

/// What the operating system told.
#[derive(Debug)]
pub(crate) struct Report {
    /// The signal.
    pub signal: LockSignal,
    /// To be dropped once the program is locked. A computer that goes to sleep waits for that, as
    /// long as the operating system lets it.
    pub until_locked: oneshot::Sender<()>,
}

/// Listens for as long as somebody takes the reports. What cannot be heard now (no bus, no service)
/// is tried again later; one signal may be reported more than once.
pub(crate) async fn listen(reports: mpsc::Sender<Report>) {
    tokio::select! {
        () = reports.closed() => {}
        () = platform::listen(&reports) => {}
        () = sleep::listen(SystemClock, &reports) => {}
    }
}

/// Reports a signal, and gives what ends when the program is locked.
async fn report(reports: &mpsc::Sender<Report>, signal: LockSignal) -> oneshot::Receiver<()> {
    tracing::info!(?signal, "the operating system tells");
    let (until_locked, locked) = oneshot::channel();
    let report = Report {
        signal,
        until_locked,
    };
    // Nobody takes reports any more: then nobody has to wait either.
    let _ = reports.send(report).await;
    locked
}

/// Ticks for what has to be looked at.
fn looks() -> Interval {
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// How long a test waits for what must come.
    const PATIENCE: Duration = Duration::from_secs(20);

    /// The next signal. The program counts as locked at once.
    pub async fn next(reports: &mut mpsc::Receiver<Report>) -> LockSignal {
        next_report(reports).await.signal
    }

    /// The next report.
    pub async fn next_report(reports: &mut mpsc::Receiver<Report>) -> Report {
        within(reports.recv()).await.unwrap()
    }

    /// Waits for what must come.
    pub async fn within<T>(what: impl Future<Output = T>) -> T {
        tokio::time::timeout(PATIENCE, what).await.unwrap()
    }
}
