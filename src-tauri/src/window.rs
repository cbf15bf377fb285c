//! The one window: a webview without storage, network or name of a person in its title.

use crate::folders::Folders;
use cpis_client::Window;
use cpis_client::view::{ProgramMode, View};
use std::sync::Mutex;
use tauri::image::Image;
use tauri::{AppHandle, Emitter, Manager, WebviewUrl, WebviewWindowBuilder};

const LABEL: &str = "main";
const PRACTICE_ICON: Image<'_> = tauri::include_image!("../icons/practice/icon.png");

/// Opens the window.
pub(crate) fn open(app: &AppHandle, folders: &Folders, practice: bool) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title(title(mode(practice)))
        .inner_size(1180.0, 860.0)
        .min_inner_size(480.0, 480.0)
        .incognito(!is_driven())
        .data_directory(folders.webview.clone())
        .zoom_hotkeys_enabled(true)
        .build()?;
    if practice {
        dress(app, ProgramMode::Practice);
    }
    Ok(())
}

/// Whether a WebDriver drives the window: the webview library asks the same variable. WebKitGTK lets
/// no driver into a webview without storage, so a driven one has storage, and the journeys search it.
fn is_driven() -> bool {
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

/// Sends views to the webview.
pub(crate) struct TauriWindow {
    app: AppHandle,
    dressed: Mutex<Option<ProgramMode>>,
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
        if let Ok(mut dressed) = self.dressed.lock()
            && *dressed != Some(view.program)
        {
            *dressed = Some(view.program);
            dress(&self.app, view.program);
        }
        if let Err(error) = self.app.emit_to(LABEL, "view", view) {
            tracing::warn!(%error, "a view could not be shown");
        }
    }
}

/// Title and icon of a mode, so that practice and live differ in the task bar too.
fn dress(app: &AppHandle, mode: ProgramMode) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    let icon = match mode {
        ProgramMode::Practice => Some(PRACTICE_ICON),
        ProgramMode::Live => app.default_window_icon().cloned(),
    };
    let dressed = window.set_title(title(mode)).and_then(|()| match icon {
        Some(icon) => window.set_icon(icon),
        None => Ok(()),
    });
    if let Err(error) = dressed {
        tracing::warn!(%error, "title and icon could not be set");
    }
}

fn title(mode: ProgramMode) -> &'static str {
    match mode {
        ProgramMode::Practice => "[Practice] CP-IS Check",
        ProgramMode::Live => "CP-IS Check",
    }
}

fn mode(practice: bool) -> ProgramMode {
    if practice {
        ProgramMode::Practice
    } else {
        ProgramMode::Live
    }
}
