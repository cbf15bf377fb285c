//! Notifications of the operating system, for somebody who works in another window.

use crate::{window, words};
use cpis_client::Notification;
use tauri::AppHandle;

/// Shows a notification, unless the window is in front: whoever works in it sees there what it says.
pub(crate) fn show(app: &AppHandle, notification: Notification) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        if window::is_in_front(&app) {
            return;
        }
        let mut shown = notify_rust::Notification::new();
        shown
            .summary(words::PROGRAM)
            .body(words::notification(notification));
        signed(&mut shown, &app);
        // A desktop without notifications shows none.
        if let Err(error) = shown.show() {
            tracing::warn!(%error, "a notification could not be shown");
        }
    });
}

#[cfg(target_os = "linux")]
fn signed(shown: &mut notify_rust::Notification, _: &AppHandle) {
    shown.appname(words::PROGRAM);
}

#[cfg(windows)]
fn signed(shown: &mut notify_rust::Notification, app: &AppHandle) {
    shown.app_id(&app.config().identifier);
}

#[cfg(target_os = "macos")]
fn signed(_: &mut notify_rust::Notification, app: &AppHandle) {
    // Only the first call counts, and says so of the others.
    let _ = notify_rust::set_application(&app.config().identifier);
}
