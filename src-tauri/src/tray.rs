//! The icon beside the clock, where policy asks for one: the words of the title, a mark while records wait, and
//! a press that raises the window. It ends with the window: nobody stays signed in behind it.
//!
//! Not on Linux, where it would need a library that many desktops do not have.

use crate::window::{self, Dress};
use crate::words;
use tauri::AppHandle;
use tauri::image::Image;
use tauri::tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent};

const ID: &str = "main";
const WAITING: Image<'_> = tauri::include_image!("../icons/waiting.png");

/// Puts the icon there.
pub(crate) fn open(app: &AppHandle, dress: Dress) -> tauri::Result<()> {
    let mut tray = TrayIconBuilder::with_id(ID)
        .tooltip(words::title(dress.mode, dress.unsent))
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                window::raise(tray.app_handle());
            }
        });
    if let Some(icon) = window::icon(app, dress.mode) {
        tray = tray.icon(icon);
    }
    tray.build(app)?;
    Ok(())
}

/// Changes what it says.
pub(crate) fn dress(app: &AppHandle, dress: Dress) -> tauri::Result<()> {
    let Some(tray) = app.tray_by_id(ID) else {
        return Ok(());
    };
    tray.set_tooltip(Some(words::title(dress.mode, dress.unsent)))?;
    let icon = match dress.unsent {
        0 => window::icon(app, dress.mode),
        _ => Some(WAITING),
    };
    tray.set_icon(icon)
}
