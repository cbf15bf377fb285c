//! Windows: twice a second, whether this program may see the desktop that takes the input.
//!
//! A locked session takes its input on a desktop of the system, and so does one that another user was
//! switched in over: the two cannot be told apart and count as a locked screen. Ctrl+Alt+Del and a
//! question of User Account Control that dims the screen count too: that locks once too often rather
//! than once too seldom. Session notifications would tell more and at once, but no maintained crate
//! gives them without unsafe code. Going to sleep is not told; a computer that asks for a password
//! when it wakes up wakes up locked, and the jump of the clock is seen everywhere.

use super::{Report, looks, report};
use cpis_client::LockSignal;
use tokio::sync::mpsc;
use winsafe::{HDESK, co};

pub(super) async fn listen(reports: &mpsc::Sender<Report>) {
    let mut ticks = looks();
    let mut was_ours = true;
    loop {
        ticks.tick().await;
        let is_ours = is_input_desktop_ours();
        if was_ours && !is_ours {
            report(reports, LockSignal::ScreenLocked).await;
        }
        was_ours = is_ours;
    }
}

/// Whether the input goes to a desktop that this program may read. Access to the system's is denied.
fn is_input_desktop_ours() -> bool {
    HDESK::OpenInputDesktop(None, false, co::DESKTOP_RIGHTS::READOBJECTS).is_ok()
}
