//! The menu bar, which macOS has and the other systems do not. All that is in it is in the window too.
//!
//! The page hears a key before the menu does. Keys stand here only where pressing them twice is as good as
//! once; the others are the page's alone.

use crate::{Running, words};
use cpis_client::Request;
use cpis_client::view::Place;
use tauri::menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::{AppHandle, Manager, Wry};

/// One of ours.
struct Item {
    id: &'static str,
    words: &'static str,
    keys: Option<&'static str>,
    /// What choosing it asks for: the same as in the window.
    request: fn() -> Request,
}

/// An entry of a menu.
enum Entry {
    Own(Item),
    /// One that the system knows by itself.
    System(System),
    Line,
}

#[derive(Clone, Copy)]
enum System {
    About,
    Services,
    Hide,
    HideOthers,
    ShowAll,
    Undo,
    Redo,
    Cut,
    Copy,
    Paste,
    SelectAll,
    Minimise,
    Zoom,
    FullScreen,
    CloseWindow,
}

const fn own(id: &'static str, words: &'static str, request: fn() -> Request) -> Entry {
    Entry::Own(Item {
        id,
        words,
        keys: None,
        request,
    })
}

const fn with_keys(
    id: &'static str,
    words: &'static str,
    keys: &'static str,
    request: fn() -> Request,
) -> Entry {
    Entry::Own(Item {
        id,
        words,
        keys: Some(keys),
        request,
    })
}

/// The menus, from left to right.
const MENUS: &[(&str, &[Entry])] = &[
    (
        words::PROGRAM,
        &[
            Entry::System(System::About),
            Entry::Line,
            with_keys("settings", "Settings", "Cmd+,", || {
                Request::Go(Place::Settings)
            }),
            Entry::Line,
            with_keys("lock", "Lock", "Cmd+L", || Request::Lock),
            own("sign-out", "Sign out", || Request::SignOut),
            Entry::Line,
            Entry::System(System::Services),
            Entry::Line,
            Entry::System(System::Hide),
            Entry::System(System::HideOthers),
            Entry::System(System::ShowAll),
            Entry::Line,
            // The system's own would end the program without a word about records that wait.
            with_keys("quit", "Quit CP-IS Check", "Cmd+Q", || Request::AskToClose),
        ],
    ),
    (
        "Edit",
        &[
            Entry::System(System::Undo),
            Entry::System(System::Redo),
            Entry::Line,
            Entry::System(System::Cut),
            Entry::System(System::Copy),
            Entry::System(System::Paste),
            Entry::System(System::SelectAll),
        ],
    ),
    (
        "Check",
        &[
            with_keys("find", "Find a child", "Cmd+K", || Request::Go(Place::Find)),
            with_keys("clinic-list", "Clinic list", "Cmd+Shift+C", || {
                Request::Go(Place::ClinicList)
            }),
            own("next-child", "Check next child", || Request::NextChild),
            Entry::Line,
            own("copy-number", "Copy NHS number", || Request::CopyNumber),
            own("print", "Print summary", || Request::Print {
                with_history: false,
            }),
            own("print-clinic", "Print list", || Request::PrintClinic),
            Entry::Line,
            own("to-send", "To send", || Request::Go(Place::ToSend)),
            own("send-now", "Send now", || Request::SendNow),
        ],
    ),
    (
        "Window",
        &[
            Entry::System(System::Minimise),
            Entry::System(System::Zoom),
            Entry::System(System::FullScreen),
            Entry::Line,
            Entry::System(System::CloseWindow),
        ],
    ),
    ("Help", &[own("help", "Help", || Request::Go(Place::Help))]),
];

/// Builds the menu bar.
#[cfg_attr(
    not(target_os = "macos"),
    expect(dead_code, reason = "compiled elsewhere for its test only")
)]
pub(crate) fn build(app: &AppHandle) -> tauri::Result<Menu<Wry>> {
    let bar = Menu::new(app)?;
    for (title, entries) in MENUS {
        let menu = Submenu::new(app, title, true)?;
        for entry in *entries {
            menu.append(entry.build(app)?.as_ref())?;
        }
        bar.append(&menu)?;
    }
    Ok(bar)
}

impl Entry {
    fn build(&self, app: &AppHandle) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
        Ok(match self {
            Self::Own(item) => Box::new(MenuItem::with_id(
                app, item.id, item.words, true, item.keys,
            )?),
            Self::System(system) => Box::new(system.build(app)?),
            Self::Line => Box::new(PredefinedMenuItem::separator(app)?),
        })
    }
}

impl System {
    fn build(self, app: &AppHandle) -> tauri::Result<PredefinedMenuItem<Wry>> {
        match self {
            Self::About => PredefinedMenuItem::about(app, None, None),
            Self::Services => PredefinedMenuItem::services(app, None),
            Self::Hide => PredefinedMenuItem::hide(app, None),
            Self::HideOthers => PredefinedMenuItem::hide_others(app, None),
            Self::ShowAll => PredefinedMenuItem::show_all(app, None),
            Self::Undo => PredefinedMenuItem::undo(app, None),
            Self::Redo => PredefinedMenuItem::redo(app, None),
            Self::Cut => PredefinedMenuItem::cut(app, None),
            Self::Copy => PredefinedMenuItem::copy(app, None),
            Self::Paste => PredefinedMenuItem::paste(app, None),
            Self::SelectAll => PredefinedMenuItem::select_all(app, None),
            Self::Minimise => PredefinedMenuItem::minimize(app, None),
            Self::Zoom => PredefinedMenuItem::maximize(app, None),
            Self::FullScreen => PredefinedMenuItem::fullscreen(app, None),
            Self::CloseWindow => PredefinedMenuItem::close_window(app, None),
        }
    }
}

/// What choosing an item asks for.
fn request(id: &str) -> Option<Request> {
    own_items()
        .find(|item| item.id == id)
        .map(|item| (item.request)())
}

fn own_items() -> impl Iterator<Item = &'static Item> {
    let entries = MENUS.iter().flat_map(|(_, entries)| entries.iter());
    entries.filter_map(|entry| match entry {
        Entry::Own(item) => Some(item),
        Entry::System(_) | Entry::Line => None,
    })
}

/// Somebody has chosen an item. What does not fit the present screen is refused, as everywhere.
#[cfg_attr(
    not(target_os = "macos"),
    expect(dead_code, reason = "compiled elsewhere for its test only")
)]
pub(crate) fn chosen(app: &AppHandle, id: &str) {
    let program = app.state::<Running>().borrow().clone();
    if let (Some(program), Some(request)) = (program, request(id)) {
        tauri::async_runtime::spawn(async move {
            let _ = program.request(request).await;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_item_asks_for_what_its_words_say() {
        let asks = |id: &str| format!("{:?}", request(id));
        for (id, wanted) in [
            ("settings", "Some(Go(Settings))"),
            ("lock", "Some(Lock)"),
            ("sign-out", "Some(SignOut)"),
            ("quit", "Some(AskToClose)"),
            ("find", "Some(Go(Find))"),
            ("clinic-list", "Some(Go(ClinicList))"),
            ("next-child", "Some(NextChild)"),
            ("copy-number", "Some(CopyNumber)"),
            ("print", "Some(Print { with_history: false })"),
            ("print-clinic", "Some(PrintClinic)"),
            ("to-send", "Some(Go(ToSend))"),
            ("send-now", "Some(SendNow)"),
            ("help", "Some(Go(Help))"),
            ("nothing-of-this-name", "None"),
        ] {
            assert_eq!(asks(id), wanted);
        }
        let ids: BTreeSet<_> = own_items().map(|item| item.id).collect();
        assert_eq!(ids.len(), 13, "each is named above, and once");
        assert_eq!(own_items().count(), ids.len());
    }

    /// One press must not become two of these, of which each is a check, a record or a page.
    #[test]
    fn keys_are_only_where_twice_is_as_good_as_once() {
        let with_keys = own_items().filter(|item| item.keys.is_some());
        for item in with_keys {
            assert!(
                matches!(
                    (item.request)(),
                    Request::Go(_) | Request::Lock | Request::AskToClose
                ),
                "{}",
                item.id
            );
        }
        let keys: Vec<_> = own_items().filter_map(|item| item.keys).collect();
        let different: BTreeSet<_> = keys.iter().collect();
        assert_eq!(different.len(), keys.len());
    }

    #[test]
    fn the_menu_says_what_the_screen_says() {
        let screen = [
            "shell", "clinic", "print", "to-send", "settings", "help", "sign-in",
        ];
        let words: String = screen
            .iter()
            .map(|name| {
                let file = format!("../ui/src/words/{name}.ts");
                let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
                std::fs::read_to_string(file).unwrap()
            })
            .collect();
        for item in own_items().filter(|item| item.id != "quit") {
            let said = format!("\"{}\"", item.words);
            assert!(words.contains(&said), "the screen does not say {said}");
        }
    }
}
