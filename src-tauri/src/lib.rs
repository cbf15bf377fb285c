//! The window of CP-IS Check. Commands translate; the program is in `cpis-client`.

mod clipboard;
mod closing;
mod commands;
pub mod folders;
pub mod hardening;
pub mod launcher;
mod link;
pub mod logs;
#[cfg(any(target_os = "macos", test))]
mod menu;
mod notification;
mod paper;
mod placement;
pub mod practice;
mod signals;
#[cfg(any(windows, target_os = "macos"))]
mod tray;
pub mod verification;
mod window;
mod words;
pub mod workstation;

use clap::{Parser, Subcommand};
use cpis_client::Program;
use cpis_client::view::ProgramMode;
use folders::Folders;
use launcher::DesktopLauncher;
use placement::Memory;
use secrecy::SecretString;
use signals::Report;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use tauri::{AppHandle, Manager, RunEvent, WindowEvent};
use tokio::sync::{mpsc, watch};
use window::TauriWindow;

/// How the program is started (design section 7).
#[derive(Debug, Clone, Parser)]
#[command(name = "cpis-desktop", version, about = "Check a child against CP-IS")]
pub struct Switches {
    /// Begin in practice mode, with made-up children.
    #[arg(long, global = true)]
    pub practice: bool,
    /// The policy file, instead of the computer's or the user's.
    #[arg(long, value_name = "FILE", env = "CPIS_CONFIG", global = true)]
    pub config: Option<PathBuf>,
    /// Where the program keeps its files, instead of the user's folder.
    #[arg(long, value_name = "DIR", env = "CPIS_DATA_DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// A link from another program (cpis://find?nhs-number=...): fills the form, and runs nothing.
    #[arg(value_name = "LINK", value_parser = link::argument)]
    pub link: Option<SecretString>,
    /// What to do instead of opening the window.
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Switches {
    /// Reads the command line. Ends the process where it cannot be read.
    #[must_use]
    pub fn read(arguments: impl Iterator<Item = OsString>) -> Self {
        Self::parse_from(link::up_to_link(arguments))
    }

    /// The mode to begin in, or to examine.
    #[must_use]
    pub fn mode(&self) -> ProgramMode {
        if self.practice {
            ProgramMode::Practice
        } else {
            ProgramMode::Live
        }
    }
}

/// What the program does without its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Check that the audit trail is as it was written. Changes nothing; the program may be open.
    /// Exits with 0 when it is, 1 when it is not, 2 when it cannot be checked.
    VerifyAudit,
    /// Print this computer's public key, by which a service knows it. Changes nothing and prints nothing
    /// secret. Exits with 0 when it is printed, 1 when there is no key yet, 2 when it cannot be read.
    Workstation {
        /// As a JSON Web Key (RFC 7517) with its thumbprint (RFC 7638) as `kid`.
        #[arg(long, required = true)]
        jwk: bool,
    },
}

/// The program could not open its window.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// The folder for its files cannot be used. The IT department can mend it.
    #[error("the folder for the program's files cannot be used: {0}")]
    Folder(#[from] std::io::Error),
    /// The window system refused. For the IT department: on Linux, is there a display?
    #[error("the window cannot be opened: {0}")]
    Window(#[from] tauri::Error),
}

/// The running program, once it has started.
type Running = watch::Receiver<Option<Arc<Program>>>;

/// Opens the window and runs until it closes.
///
/// # Errors
/// [`WindowError`].
pub fn run(switches: Switches) -> Result<(), WindowError> {
    let builder = tauri::Builder::default();
    #[cfg(target_os = "macos")]
    let builder = builder
        .menu(menu::build)
        .on_menu_event(|app, event| menu::chosen(app, event.id().as_ref()));
    let app = builder
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| {
            link::started_again(app, arguments);
        }))
        .invoke_handler(commands::handler())
        .manage(closing::Asked::default())
        .on_window_event(|window, event| match event {
            WindowEvent::CloseRequested { api, .. } => {
                closing::requested(window.app_handle(), api);
            }
            WindowEvent::Moved(_) | WindowEvent::Resized(_) => {
                if let Some(memory) = window.try_state::<Memory>() {
                    memory.note(window);
                }
            }
            _ => {}
        })
        .setup(move |app| {
            let folders = Folders::find(&switches)?;
            std::fs::create_dir_all(&folders.logs)?;
            logs::start(&folders.logs)?;
            tracing::info!(version = env!("CARGO_PKG_VERSION"), "start");
            let mode = if launcher::is_practice_only(&folders) {
                ProgramMode::Practice
            } else {
                switches.mode()
            };
            window::open(app.handle(), &folders, mode == ProgramMode::Practice)?;
            start(app.handle(), folders, mode);
            if let Some(link) = switches.link.clone() {
                link::open(app.handle(), link);
            }
            lock_on_signals(app.handle());
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(|app, event| match event {
        RunEvent::Exit => stop(app),
        // Elsewhere a link comes as an argument of a second start.
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            for url in urls {
                link::open(app, String::from(url).into());
            }
        }
        _ => {}
    });
    Ok(())
}

/// Starts the program beside the window, which shows that it is starting meanwhile.
fn start(app: &AppHandle, folders: Folders, mode: ProgramMode) {
    let (started, running) = watch::channel(None);
    app.manage::<Running>(running);
    let launcher = DesktopLauncher::new(folders, Arc::new(TauriWindow::new(app.clone())));
    tauri::async_runtime::spawn(async move {
        let program = Program::start(Arc::new(launcher), mode).await;
        started.send_replace(Some(Arc::new(program)));
        // The channel stays open for as long as commands may wait for it.
        started.closed().await;
    });
}

/// Locks the program when the operating system tells that nobody may sit at it.
fn lock_on_signals(app: &AppHandle) {
    let running = app.state::<Running>().inner().clone();
    let (reports, mut inbox) = mpsc::channel(8);
    tauri::async_runtime::spawn(signals::listen(reports));
    tauri::async_runtime::spawn(async move {
        while let Some(Report {
            signal,
            until_locked,
        }) = inbox.recv().await
        {
            // One that has not started yet has nobody signed in.
            let program = running.borrow().clone();
            if let Some(program) = program {
                program.lock_for(signal).await;
            }
            drop(until_locked);
        }
    });
}

fn stop(app: &AppHandle) {
    let program = app.state::<Running>().borrow().clone();
    if let Some(program) = program {
        tauri::async_runtime::block_on(program.stop());
    }
    if let Some(memory) = app.try_state::<Memory>() {
        memory.keep();
    }
    tracing::info!("stop");
}
