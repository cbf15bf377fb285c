//! macOS: the system's own `notifyutil` tells that the screen was locked, and the owner of the console
//! tells that another user was switched in.
//!
//! The notification's name has no documentation; Apple's remote desktop listens to it. The documented
//! ways (distributed notifications, the power notifications of I/O Kit) need unsafe code or a crate
//! that is not maintained. So going to sleep is not told: a computer that asks for a password when it
//! wakes up locks its screen, and the jump of the clock is seen everywhere.

use super::{Report, looks, report};
use cpis_client::LockSignal;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tokio::sync::mpsc;

const NOTIFYUTIL: &str = "/usr/bin/notifyutil";
const SCREEN_LOCKED: &str = "com.apple.sessionagent.screenIsLocked";
/// Belongs to the user whose session is on the screen.
const CONSOLE: &str = "/dev/console";

pub(super) async fn listen(reports: &mpsc::Sender<Report>) {
    tokio::join!(
        locked_screen(NOTIFYUTIL, reports),
        switched_user(Path::new(CONSOLE), reports)
    );
}

/// Reports what `notifyutil` prints, a line each time the screen is locked.
async fn locked_screen(notifyutil: &str, reports: &mpsc::Sender<Report>) {
    let (lines, mut printed) = mpsc::channel(1);
    let told = match Told::start(notifyutil, lines) {
        Ok(told) => told,
        Err(error) => {
            tracing::warn!(%error, "a locked screen will not be noticed");
            return;
        }
    };
    while printed.recv().await.is_some() {
        report(reports, LockSignal::ScreenLocked).await;
    }
    tracing::warn!("a locked screen will not be noticed any more");
    drop(told);
}

/// A running `notifyutil`. Ended when nobody listens any more.
struct Told(Child);

impl Told {
    fn start(notifyutil: &str, lines: mpsc::Sender<()>) -> std::io::Result<Self> {
        let mut child = Command::new(notifyutil)
            .args(["-w", SCREEN_LOCKED])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let output = child.stdout.take();
        let told = Self(child);
        let output = output.ok_or_else(|| std::io::Error::other("no output"))?;
        std::thread::Builder::new()
            .name("notifyutil".to_owned())
            .spawn(move || {
                let printed = BufReader::new(output).lines().map_while(Result::ok);
                for _ in printed.filter(|line| line.contains(SCREEN_LOCKED)) {
                    if lines.blocking_send(()).is_err() {
                        break;
                    }
                }
            })?;
        Ok(told)
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reports that the console goes to another user, or to the window where users are switched.
async fn switched_user(console: &Path, reports: &mpsc::Sender<Report>) {
    let mut ticks = looks();
    let mut owner = None;
    loop {
        ticks.tick().await;
        let Ok(found) = std::fs::metadata(console) else {
            continue;
        };
        if is_another(&mut owner, found.uid()) {
            report(reports, LockSignal::UserSwitched).await;
        }
    }
}

/// Remembers the owner, and says whether there was another before.
fn is_another(owner: &mut Option<u32>, found: u32) -> bool {
    owner.replace(found).is_some_and(|before| before != found)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{next, within};
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// A program that prints what `notifyutil` prints when the screen is locked, and ends.
    fn notifyutil(folder: &Path) -> String {
        let file = folder.join("notifyutil");
        let script = "#!/bin/sh\necho noise\n[ \"$1\" = -w ] && echo \"$2\"\n";
        std::fs::write(&file, script).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        file.to_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_printed_line_is_a_locked_screen() {
        let folder = tempfile::tempdir().unwrap();
        let (reports, mut inbox) = mpsc::channel(4);
        let program = notifyutil(folder.path());
        within(locked_screen(&program, &reports)).await;
        assert_eq!(next(&mut inbox).await, LockSignal::ScreenLocked);
        assert!(inbox.try_recv().is_err(), "other lines say nothing");
    }

    #[test]
    fn another_owner_of_the_console_is_another_user() {
        let mut owner = None;
        let found = [501, 501, 0, 502, 502, 501].map(|uid| is_another(&mut owner, uid));
        assert_eq!(found, [false, false, true, true, false, true]);
    }

    #[tokio::test]
    async fn without_notifyutil_the_rest_goes_on() {
        let (reports, _inbox) = mpsc::channel(4);
        within(locked_screen("/nonexistent/notifyutil", &reports)).await;
        within(locked_screen("/bin/true", &reports)).await;
    }
}
