//! The engine: the real program with neither window nor webview, hardened as the real one, in a
//! process that a test can kill, stop and search.
//!
//! On standard input a line is a command, `NAME ARGUMENTS`, as the window hands it in; on standard output
//! a line is `view VIEW`, `refused ERROR` or `page ADDRESS`, as JSON. What stands on a line is wiped
//! here once it is handed on: only the program itself may keep it.

use crate::host::request;
use cpis_client::view::{ProgramMode, View};
use cpis_client::{Browser, Program, Window};
use cpis_desktop::folders::Folders;
use cpis_desktop::launcher::DesktopLauncher;
use cpis_torture::keychain;
use serde::Serialize;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use url::Url;
use zeroize::Zeroizing;

/// Where the engine finds its things.
pub struct Seat {
    /// The policy file.
    pub policy_file: PathBuf,
    /// The data folder.
    pub data_folder: PathBuf,
    /// The folder that stands for the keychain.
    pub keychain_folder: PathBuf,
}

/// Runs the program until the commands end.
///
/// # Errors
/// When standard input or output cannot be had.
pub async fn run(seat: Seat) -> std::io::Result<()> {
    let out = Arc::new(Speaker(Mutex::new(File::from(
        std::io::stdout().as_fd().try_clone_to_owned()?,
    ))));
    let folders = Folders::below(seat.data_folder, Some(seat.policy_file));
    std::fs::create_dir_all(&folders.logs)?;
    cpis_desktop::logs::start(&folders.logs)?;
    let launcher = DesktopLauncher::new(folders, out.clone())
        .with_browser(out.clone())
        .with_keychains(keychain::in_folder(&seat.keychain_folder));
    let mut lines = Lines::of_standard_input()?;
    let program = Arc::new(Program::start(Arc::new(launcher), ProgramMode::Live).await);
    let (commands, mut taken) = mpsc::channel(1);
    std::thread::spawn(move || {
        while let Some(line) = lines.next() {
            if commands.blocking_send(line).is_err() {
                return;
            }
        }
    });
    while let Some(line) = taken.recv().await {
        let Some(request) = read(&line) else {
            out.say("refused", &"no such command");
            continue;
        };
        drop(line);
        if let Err(error) = program.request(request).await {
            out.say("refused", &error);
        }
    }
    program.stop().await;
    Ok(())
}

/// Waits for one line, whatever it says.
///
/// # Errors
/// When standard input cannot be read.
pub fn wait_for_line() -> std::io::Result<()> {
    let mut byte = [0];
    let mut input = File::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    while input.read(&mut byte)? == 1 && byte != *b"\n" {}
    Ok(())
}

fn read(line: &[u8]) -> Option<cpis_client::Request> {
    let end = line.iter().position(|byte| *byte == b' ')?;
    let (name, arguments) = line.split_at(end);
    let arguments = serde_json::from_slice(arguments).ok()?;
    request(std::str::from_utf8(name).ok()?, arguments)
}

/// Writes lines without a buffer that would keep them.
struct Speaker(Mutex<File>);

impl Speaker {
    fn say(&self, what: &str, value: &impl Serialize) {
        let Ok(json) = serde_json::to_string(value) else {
            return;
        };
        let line = Zeroizing::new(format!("{what} {json}\n"));
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody listens any more: the end of the commands ends the program.
        let _ = out.write_all(line.as_bytes());
    }
}

impl Window for Speaker {
    fn show(&self, view: &View) {
        self.say("view", view);
    }

    fn print(&self) {}

    fn notify(&self, _: cpis_client::Notification) {}

    fn close(&self) {}
}

impl Browser for Speaker {
    fn open(&self, address: &Url) -> std::io::Result<()> {
        self.say("page", address);
        Ok(())
    }
}

/// Lines of standard input, each of which is kept by nobody but whoever gets it.
struct Lines {
    input: File,
    read: Zeroizing<Vec<u8>>,
}

impl Lines {
    fn of_standard_input() -> std::io::Result<Self> {
        let input = File::from(std::io::stdin().as_fd().try_clone_to_owned()?);
        Ok(Self {
            input,
            read: Zeroizing::default(),
        })
    }

    fn next(&mut self) -> Option<Zeroizing<Vec<u8>>> {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let rest = Zeroizing::new(self.read[end + 1..].to_vec());
                let mut line = std::mem::replace(&mut self.read, rest);
                line.truncate(end);
                return Some(line);
            }
            let mut piece = Zeroizing::new(vec![0; 4096]);
            let length = self.input.read(&mut piece).ok().filter(|n| *n > 0)?;
            let before = std::mem::take(&mut self.read);
            self.read = Zeroizing::new([before.as_slice(), &piece[..length]].concat());
        }
    }
}
