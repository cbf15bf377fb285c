//! Time, chance and the window, passed in (invariant I9).

use crate::browser::Browser;
use crate::clipboard::Clipboard;
use crate::notification::Notification;
use crate::view::View;
use chrono::{DateTime, FixedOffset, Local};
use cpis_audit::{Clock, Disk, Jitter, Pace};
use cpis_vault::Presence;
use std::net::UdpSocket;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// Makes identifiers.
pub trait Identifiers: Send + Sync {
    /// A random identifier (UUID version 4): request ids, `jti`.
    fn random(&self) -> Uuid;

    /// An identifier that sorts by time (UUID version 7): the id of a look.
    fn timed(&self, at: DateTime<FixedOffset>) -> Uuid;
}

/// Where views go. The real one is a webview; tests keep the views.
pub trait Window: Send + Sync {
    /// Shows the state of the program. Must not block.
    fn show(&self, view: &View);

    /// Asks where to print, and prints the page as it is drawn. Must not block.
    fn print(&self);

    /// Tells the person something while the window is not in front. Must not block.
    fn notify(&self, notification: Notification);

    /// Closes, which ends the program.
    fn close(&self);
}

/// The ways out of this computer.
pub trait Routes: Send + Sync {
    /// Whether this computer has a way to other networks. Sends nothing.
    fn lead_out(&self) -> bool;
}

/// Everything from outside that the controller uses besides network, disk and keychain.
#[derive(Clone)]
pub struct World {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers.
    pub identifiers: Arc<dyn Identifiers>,
    /// The spread of retries.
    pub jitter: Arc<dyn Jitter>,
    /// The time between two calls to the service that the platform's limit asks for, on average; and
    /// the least between two of the sender.
    pub pace: Pace,
    /// The room on the disk.
    pub disk: Arc<dyn Disk>,
    /// The window.
    pub window: Arc<dyn Window>,
    /// The system's browser, for signing in.
    pub browser: Arc<dyn Browser>,
    /// The clipboard.
    pub clipboard: Arc<dyn Clipboard>,
    /// The ways out of this computer.
    pub routes: Arc<dyn Routes>,
    /// The smartcards in the readers.
    pub presence: watch::Receiver<Presence>,
}

/// The computer's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the clock"
    )]
    fn now(&self) -> DateTime<FixedOffset> {
        Local::now().fixed_offset()
    }
}

/// The computer's disk.
pub struct SystemDisk;

impl Disk for SystemDisk {
    fn free(&self, folder: &Path) -> Option<u64> {
        fs4::available_space(folder).ok()
    }
}

/// The computer's table of routes.
pub struct SystemRoutes;

impl Routes for SystemRoutes {
    /// Asks the table for the way to addresses that are kept for documentation (RFC 5737, RFC 3849): to
    /// "connect" a UDP socket sends nothing.
    fn lead_out(&self) -> bool {
        let leads = |own: &str, other: &str| {
            UdpSocket::bind(own).is_ok_and(|socket| socket.connect(other).is_ok())
        };
        leads("0.0.0.0:0", "192.0.2.1:443") || leads("[::]:0", "[2001:db8::1]:443")
    }
}

/// The system's randomness.
pub struct SystemChance;

impl Identifiers for SystemChance {
    fn random(&self) -> Uuid {
        Uuid::new_v4()
    }

    fn timed(&self, at: DateTime<FixedOffset>) -> Uuid {
        let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
        let time =
            uuid::Timestamp::from_unix(uuid::NoContext, seconds, at.timestamp_subsec_nanos());
        Uuid::new_v7(time)
    }
}

impl Jitter for SystemChance {
    fn between(&self, least: Duration, most: Duration) -> Duration {
        let span = most.saturating_sub(least);
        // The low 53 bits of a random UUID, as a fraction of the span.
        let share = (Uuid::new_v4().as_u128() & ((1 << 53) - 1)) as f64 / (1u64 << 53) as f64;
        least + span.mul_f64(share)
    }
}
