//! The one window: a webview without storage, network or name of a person in its title.

use crate::folders::Folders;
use crate::launcher;
use crate::placement::Memory;
use cpis_client::Window;
use cpis_client::view::{ProgramMode, View};
use std::sync::Mutex;
use tauri::image::Image;
use tauri::{AppHandle, Emitter, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

const LABEL: &str = "main";
const PRACTICE_ICON: Image<'_> = tauri::include_image!("../icons/practice/icon.png");

/// Opens the window.
pub(crate) fn open(app: &AppHandle, folders: &Folders, practice: bool) -> tauri::Result<()> {
    let memory = Memory::new((!practice).then(|| folders.window.clone()));
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title(title(mode(practice), 0))
        .inner_size(1180.0, 860.0)
        .min_inner_size(480.0, 480.0)
        .incognito(!is_driven())
        .data_directory(folders.webview.clone())
        .zoom_hotkeys_enabled(true)
        .general_autofill_enabled(false)
        .content_protected(is_protected(folders))
        .visible(false)
        .build()?;
    if let Err(error) = memory.restore(&window) {
        tracing::warn!(%error, "the window could not be put where it was");
    }
    app.manage(memory);
    window.show()?;
    if practice {
        dress(
            app,
            Dress {
                mode: ProgramMode::Practice,
                unsent: 0,
            },
        );
    }
    Ok(())
}

/// Whether policy keeps the window out of screenshots. Live mode refuses to start with a policy that
/// cannot be read, so there is nothing to protect then.
fn is_protected(folders: &Folders) -> bool {
    launcher::policy(folders).is_ok_and(|policy| policy.session.content_protected)
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
struct Dress {
    mode: ProgramMode,
    /// Records that have not reached the service.
    unsent: u32,
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
            dress(&self.app, worn);
        }
        if let Err(error) = self.app.emit_to(LABEL, "view", view) {
            tracing::warn!(%error, "a view could not be shown");
        }
    }

    fn print(&self) {
        let Some(window) = self.app.get_webview_window(LABEL) else {
            return;
        };
        // A driver has no hands for the system's dialog, and prints the page by itself.
        if is_driven() {
            return;
        }
        if let Err(error) = window.print() {
            tracing::error!(%error, "the page could not be printed");
        }
    }

    fn close(&self) {
        close(&self.app);
    }
}

/// Title, icon and badge, so that practice and live differ in the task bar too, and waiting records
/// are seen there.
fn dress(app: &AppHandle, Dress { mode, unsent }: Dress) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    let icon = match mode {
        ProgramMode::Practice => Some(PRACTICE_ICON),
        ProgramMode::Live => app.default_window_icon().cloned(),
    };
    let dressed = window
        .set_title(&title(mode, unsent))
        .and_then(|()| match icon {
            Some(icon) => window.set_icon(icon),
            None => Ok(()),
        })
        .and_then(|()| badge(&window, unsent));
    if let Err(error) = dressed {
        tracing::warn!(%error, "title, icon or badge could not be set");
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

fn title(mode: ProgramMode, unsent: u32) -> String {
    let name = match mode {
        ProgramMode::Practice => "[Practice] CP-IS Check",
        ProgramMode::Live => "CP-IS Check",
    };
    match unsent {
        0 => name.to_owned(),
        _ => format!("{name} - {unsent} to send"),
    }
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
        let under = |policy: &str| {
            std::fs::write(&file, policy).unwrap();
            is_protected(&Folders::below(folder.path().into(), Some(file.clone())))
        };
        assert!(under("[session]\ncontent_protected = true\n"));
        assert!(!under("[session]\ncontent_protected = false\n"));
        assert!(!under(""));
        assert!(!is_protected(&Folders::below(folder.path().into(), None)));
    }

    #[test]
    fn the_title_tells_the_mode_and_what_waits() {
        assert_eq!(title(ProgramMode::Live, 0), "CP-IS Check");
        assert_eq!(title(ProgramMode::Live, 3), "CP-IS Check - 3 to send");
        assert_eq!(
            title(ProgramMode::Practice, 1),
            "[Practice] CP-IS Check - 1 to send"
        );
    }
}
