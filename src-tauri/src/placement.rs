//! Where the window was, so that it opens there again: on a screen that is there now, and wholly on it.
//!
//! # What is kept
//!
//! Place, size and whether it filled the screen, in pixels, in `window.json` of the data folder. Not in
//! practice: a classroom's windows all open alike.

use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tauri::{PhysicalPosition, PhysicalSize, WebviewWindow, Window};

/// Place and size of the window in physical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Placement {
    x: i32,
    y: i32,
    width: u32,
    height: u32,
    maximised: bool,
}

/// The part of a screen that windows may use, in the same pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Area {
    x: i32,
    y: i32,
    width: u32,
    height: u32,
}

/// Remembers where the window is. Without a file it remembers nothing.
pub(crate) struct Memory {
    file: Option<PathBuf>,
    last: Mutex<Option<Placement>>,
}

impl Memory {
    pub fn new(file: Option<PathBuf>) -> Self {
        Self {
            file,
            last: Mutex::new(None),
        }
    }

    /// Puts the window where it was, if that is known and there is a screen to put it on.
    pub fn restore(&self, window: &WebviewWindow) -> tauri::Result<()> {
        let Some(placement) = self.file.as_deref().and_then(read) else {
            return Ok(());
        };
        let areas: Vec<Area> = window
            .available_monitors()?
            .iter()
            .map(|monitor| {
                let area = monitor.work_area();
                Area {
                    x: area.position.x,
                    y: area.position.y,
                    width: area.size.width,
                    height: area.size.height,
                }
            })
            .collect();
        let Some(placement) = placement.within(&areas) else {
            return Ok(());
        };
        window.set_size(PhysicalSize::new(placement.width, placement.height))?;
        window.set_position(PhysicalPosition::new(placement.x, placement.y))?;
        if placement.maximised {
            window.maximize()?;
        }
        Ok(())
    }

    /// The window was moved, or its size changed.
    pub fn note(&self, window: &Window) {
        if self.file.is_none() {
            return;
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(placement) = Placement::of(window, *last) {
            *last = Some(placement);
        }
    }

    /// Writes down where the window was last.
    pub fn keep(&self) {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some(file), Some(placement)) = (&self.file, last) else {
            return;
        };
        let written = serde_json::to_vec(&placement)
            .map_err(std::io::Error::other)
            .and_then(|text| std::fs::write(file, text));
        if let Err(error) = written {
            tracing::warn!(%error, "where the window was could not be written down");
        }
    }
}

fn read(file: &Path) -> Option<Placement> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

impl Placement {
    /// Where a window is. One that fills the screen, or is out of sight, keeps the place and size that
    /// it had before.
    fn of(window: &Window, before: Option<Self>) -> tauri::Result<Self> {
        let maximised = window.is_maximized()?;
        if maximised || window.is_minimized()? || window.is_fullscreen()? {
            let before = before.map_or_else(|| Self::plain(window), Ok)?;
            return Ok(Self {
                maximised,
                ..before
            });
        }
        Self::plain(window)
    }

    fn plain(window: &Window) -> tauri::Result<Self> {
        let (at, size) = (window.outer_position()?, window.inner_size()?);
        Ok(Self {
            x: at.x,
            y: at.y,
            width: size.width,
            height: size.height,
            maximised: false,
        })
    }

    /// The same, moved and made smaller as far as needed to lie wholly on one screen: the one that holds
    /// most of it, or the first. `None` without a screen.
    fn within(self, areas: &[Area]) -> Option<Self> {
        let shared = |area: &Area| {
            overlap(self.x, self.width, area.x, area.width)
                * overlap(self.y, self.height, area.y, area.height)
        };
        // The first of several equal ones.
        let area = areas.iter().rev().max_by_key(|area| shared(area))?;
        let width = self.width.min(area.width);
        let height = self.height.min(area.height);
        Some(Self {
            x: moved(self.x, width, area.x, area.width),
            y: moved(self.y, height, area.y, area.height),
            width,
            height,
            maximised: self.maximised,
        })
    }
}

/// How much of one stretch lies in another.
fn overlap(at: i32, length: u32, of: i32, size: u32) -> i64 {
    let (at, of) = (i64::from(at), i64::from(of));
    let end = (at + i64::from(length)).min(of + i64::from(size));
    (end - at.max(of)).max(0)
}

/// Where a stretch begins when it must lie in another that is at least as long.
fn moved(at: i32, length: u32, of: i32, size: u32) -> i32 {
    let first = i64::from(of);
    let last = first + i64::from(size) - i64::from(length);
    i32::try_from(i64::from(at).clamp(first, last.max(first))).unwrap_or(of)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: Area = Area {
        x: 0,
        y: 30,
        width: 1920,
        height: 1050,
    };
    const RIGHT: Area = Area {
        x: 1920,
        y: 0,
        width: 1280,
        height: 800,
    };

    fn at(x: i32, y: i32, width: u32, height: u32) -> Placement {
        Placement {
            x,
            y,
            width,
            height,
            maximised: false,
        }
    }

    #[test]
    fn a_window_that_lies_on_a_screen_stays() {
        for placement in [at(0, 30, 1180, 860), at(2000, 0, 1200, 800)] {
            assert_eq!(placement.within(&[LEFT, RIGHT]), Some(placement));
        }
    }

    #[test]
    fn a_window_that_would_be_out_of_sight_comes_back() {
        for (placement, wanted) in [
            // The screen it was on is gone.
            (at(2000, 100, 1180, 700), at(740, 100, 1180, 700)),
            (at(-4000, -4000, 1180, 860), at(0, 30, 1180, 860)),
            (at(i32::MAX, i32::MIN, 1180, 860), at(740, 30, 1180, 860)),
            // Its title bar is above the screen.
            (at(100, -50, 1180, 860), at(100, 30, 1180, 860)),
            // It was larger than the screen is.
            (at(10, 40, 4000, 3000), at(0, 30, 1920, 1050)),
            (at(10, 40, u32::MAX, u32::MAX), at(0, 30, 1920, 1050)),
        ] {
            assert_eq!(placement.within(&[LEFT]), Some(wanted), "{placement:?}");
        }
    }

    #[test]
    fn the_screen_with_most_of_the_window_gets_it() {
        let mostly_right = at(1700, 100, 1000, 600);
        let wanted = at(1920, 100, 1000, 600);
        assert_eq!(mostly_right.within(&[LEFT, RIGHT]), Some(wanted));
        let nowhere = at(9000, 9000, 1000, 600);
        assert_eq!(nowhere.within(&[RIGHT, LEFT]).unwrap().x, 2200);
        assert_eq!(nowhere.within(&[]), None);
    }

    #[test]
    fn only_a_whole_file_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("window.json");
        assert_eq!(read(&file), None);
        for text in [
            "",
            "{}",
            "[1, 2]",
            r#"{"x":1,"y":2,"width":-3,"height":4,"maximised":false}"#,
        ] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(read(&file), None, "{text}");
        }
        let memory = Memory::new(Some(file.clone()));
        memory.keep();
        assert_eq!(read(&file), None, "nothing has been noted");
        *memory.last.lock().unwrap() = Some(at(1, 2, 3, 4));
        memory.keep();
        assert_eq!(read(&file), Some(at(1, 2, 3, 4)));
    }
}
