//! Closing the window: the program is asked first, because records may wait to be sent.

use crate::{Running, window};
use cpis_client::Request;
use std::sync::atomic::{AtomicBool, Ordering};
use tauri::{AppHandle, CloseRequestApi, Manager};

/// Whether the program has been asked and has not answered yet.
#[derive(Default)]
pub(crate) struct Asked(AtomicBool);

/// Somebody closes the window. A program that has not started, or does not answer, closes at once
/// or when the window is closed a second time: nobody must be locked in.
pub(crate) fn requested(app: &AppHandle, api: &CloseRequestApi) {
    let running = app.try_state::<Running>();
    let Some(program) = running.and_then(|running| running.borrow().clone()) else {
        return;
    };
    if app.state::<Asked>().0.swap(true, Ordering::Relaxed) {
        return;
    }
    api.prevent_close();
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if program.request(Request::AskToClose).await.is_err() {
            window::close(&app);
        }
        app.state::<Asked>().0.store(false, Ordering::Relaxed);
    });
}
