//! The one window: a webview without storage, network or name of a person in its title.

use crate::folders::Folders;
use crate::launcher;
use crate::paper;
use crate::placement::Memory;
#[cfg(any(windows, target_os = "macos"))]
use crate::tray;
use crate::{notification, words};
use cpis_client::view::{ProgramMode, View};
use cpis_client::{Notification, Policy, Window};
use std::sync::Mutex;
use tauri::image::Image;
use tauri::{AppHandle, Emitter, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

const LABEL: &str = "main";
const PRACTICE_ICON: Image<'_> = tauri::include_image!("../icons/practice/icon.png");

/// Opens the window.
pub(crate) fn open(app: &AppHandle, folders: &Folders, practice: bool) -> tauri::Result<()> {
    let policy = policy(folders);
    let dress = Dress {
        mode: mode(practice),
        unsent: 0,
    };
    let memory = Memory::new((!practice).then(|| folders.window.clone()));
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title(words::title(dress.mode, 0))
        .inner_size(1180.0, 860.0)
        .min_inner_size(480.0, 480.0)
        .incognito(!is_driven())
        .data_directory(folders.webview.clone())
        .zoom_hotkeys_enabled(true)
        .general_autofill_enabled(false)
        .content_protected(policy.session.content_protected)
        .visible(false)
        .build()?;
    if let Err(error) = memory.restore(&window) {
        tracing::warn!(%error, "the window could not be put where it was");
    }
    app.manage(memory);
    window.show()?;
    #[cfg(any(windows, target_os = "macos"))]
    if policy.tray
        && let Err(error) = tray::open(app, dress)
    {
        tracing::warn!(%error, "the icon beside the clock could not be put there");
    }
    if practice {
        wear(app, dress);
    }
    Ok(())
}

/// What policy says of the window. Live mode refuses to start with a policy that cannot be read, so there
/// is nothing to protect then.
fn policy(folders: &Folders) -> Policy {
    launcher::policy(folders).unwrap_or_default()
}

/// Whether a WebDriver drives the window: the webview library asks the same variable. WebKitGTK lets
/// no driver into a webview without storage, so a driven one has storage, and the journeys search it.
pub(crate) fn is_driven() -> bool {
    std::env::var("TAURI_WEBVIEW_AUTOMATION").as_deref() == Ok("true")
}

/// Brings the window to the front: the program was started a second time.
pub(crate) fn raise(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    let raised = window
        .show()
        .and_then(|()| window.unminimize())
        .and_then(|()| window.set_focus());
    if let Err(error) = raised {
        tracing::warn!(%error, "the window could not be raised");
    }
}

/// Whether the window is in front, so that somebody sees what it says.
pub(crate) fn is_in_front(app: &AppHandle) -> bool {
    let window = app.get_webview_window(LABEL);
    window.is_some_and(|window| window.is_focused().unwrap_or(false))
}

/// Closes the window, which ends the program.
pub(crate) fn close(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL)
        && let Err(error) = window.destroy()
    {
        tracing::error!(%error, "the window could not be closed");
        app.exit(1);
    }
}

/// Sends views to the webview.
pub(crate) struct TauriWindow {
    app: AppHandle,
    dressed: Mutex<Option<Dress>>,
}

/// What the task bar shows of the program. Nothing about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dress {
    pub mode: ProgramMode,
    /// Records that have not reached the service.
    pub unsent: u32,
}

impl TauriWindow {
    pub fn new(app: AppHandle) -> Self {
        Self {
            app,
            dressed: Mutex::new(None),
        }
    }
}

impl Window for TauriWindow {
    fn show(&self, view: &View) {
        let worn = Dress {
            mode: view.program,
            unsent: view.to_send.waiting + view.to_send.needs_attention,
        };
        if let Ok(mut dressed) = self.dressed.lock()
            && *dressed != Some(worn)
        {
            *dressed = Some(worn);
            wear(&self.app, worn);
        }
        if let Err(error) = self.app.emit_to(LABEL, "view", view) {
            tracing::warn!(%error, "a view could not be shown");
        }
    }

    fn print(&self) {
        let Some(window) = self.app.get_webview_window(LABEL) else {
            return;
        };
        if let Err(error) = paper::print(&window) {
            tracing::error!(%error, "the page could not be printed");
        }
    }

    fn notify(&self, notification: Notification) {
        notification::show(&self.app, notification);
    }

    fn close(&self) {
        close(&self.app);
    }
}

/// Title, icon and badge, so that practice and live differ in the task bar too, and waiting records
/// are seen there.
fn wear(app: &AppHandle, dress: Dress) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    let worn = window
        .set_title(&words::title(dress.mode, dress.unsent))
        .and_then(|()| match icon(app, dress.mode) {
            Some(icon) => window.set_icon(icon),
            None => Ok(()),
        })
        .and_then(|()| badge(&window, dress.unsent));
    #[cfg(any(windows, target_os = "macos"))]
    let worn = worn.and_then(|()| tray::dress(app, dress));
    if let Err(error) = worn {
        tracing::warn!(%error, "title, icon or badge could not be set");
    }
}

/// The program's icon.
pub(crate) fn icon(app: &AppHandle, mode: ProgramMode) -> Option<Image<'static>> {
    match mode {
        ProgramMode::Practice => Some(PRACTICE_ICON),
        ProgramMode::Live => app.default_window_icon().cloned().map(Image::to_owned),
    }
}

/// The number on the program's icon, where the system has one.
#[cfg(not(windows))]
fn badge(window: &WebviewWindow, unsent: u32) -> tauri::Result<()> {
    window.set_badge_count((unsent > 0).then_some(i64::from(unsent)))
}

/// A mark on the program's button: Windows has no number there.
#[cfg(windows)]
fn badge(window: &WebviewWindow, unsent: u32) -> tauri::Result<()> {
    const MARK: Image<'_> = tauri::include_image!("../icons/waiting.png");
    window.set_overlay_icon((unsent > 0).then_some(MARK))
}

fn mode(practice: bool) -> ProgramMode {
    if practice {
        ProgramMode::Practice
    } else {
        ProgramMode::Live
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_policy_keeps_the_window_out_of_screenshots() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("policy.toml");
        let under = |text: &str| {
            std::fs::write(&file, text).unwrap();
            policy(&Folders::below(folder.path().into(), Some(file.clone())))
                .session
                .content_protected
        };
        assert!(under("[session]\ncontent_protected = true\n"));
        assert!(!under("[session]\ncontent_protected = false\n"));
        assert!(!under(""));
        assert!(
            !policy(&Folders::below(folder.path().into(), None))
                .session
                .content_protected
        );
    }
}
