//! Whether a smartcard is in a reader, as the program `cpis-card-presence` tells.
//!
//! That program links the library of the smartcard service; this one does not, and so starts on a
//! computer that has none. Nothing is kept but the last thing that was told, which names readers
//! and kinds of cards, and nobody.

use serde::Deserialize;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// The program's name, without the ending that executables have on Windows.
const PROGRAM: &str = "cpis-card-presence";

/// Which smartcards are in the readers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Presence {
    /// The smartcard service does not run, or is not installed on this computer.
    NoService,
    /// The service runs, and no reader is connected.
    NoReader,
    /// No card is in a reader.
    Empty {
        /// The readers' names.
        readers: Vec<String>,
    },
    /// A card is there.
    Card {
        /// The cards, of which any may be the one that somebody signed in with.
        cards: Vec<CardInReader>,
    },
}

/// A card in a reader.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CardInReader {
    /// The reader's name.
    pub reader: String,
    /// The card's answer to reset (ISO/IEC 7816-3) in hexadecimal: tells kinds of cards apart, not
    /// cards.
    pub atr: String,
}

/// How long to wait before the program is started again.
#[derive(Debug, Clone, Copy)]
struct Backoff {
    first: Duration,
    most: Duration,
}

const BACKOFF: Backoff = Backoff {
    first: Duration::from_secs(1),
    most: Duration::from_secs(60),
};

/// Watches the readers until it is dropped.
#[derive(Debug)]
pub struct CardPresence {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    stopped: Condvar,
}

#[derive(Debug, Default)]
struct State {
    is_over: bool,
    child: Option<Child>,
}

impl CardPresence {
    /// The program that belongs to an executable: the one beside it.
    #[must_use]
    pub fn program_beside(executable: &Path) -> PathBuf {
        executable.with_file_name(format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX))
    }

    /// Starts the program at a path, and again whenever it ends, at growing distances. Each change
    /// is told, on a thread of its own; what cannot be started or dies is [`Presence::NoService`].
    #[must_use]
    pub fn watch(program: PathBuf, tell: impl FnMut(Presence) + Send + 'static) -> Self {
        Self::watch_at(program, BACKOFF, tell)
    }

    fn watch_at(
        program: PathBuf,
        backoff: Backoff,
        mut tell: impl FnMut(Presence) + Send + 'static,
    ) -> Self {
        let shared = Arc::new(Shared::default());
        let watched = shared.clone();
        let mut told = None;
        let mut tell_changes = move |presence: Presence| {
            if told.as_ref() != Some(&presence) {
                tell(presence.clone());
                told = Some(presence);
            }
        };
        let thread = std::thread::Builder::new()
            .name("card presence".to_owned())
            .spawn(move || watched.run(&program, backoff, &mut tell_changes))
            .inspect_err(|error| tracing::error!(%error, "the readers are not watched"))
            .ok();
        Self { shared, thread }
    }
}

impl Drop for CardPresence {
    fn drop(&mut self) {
        {
            let mut state = self.shared.state();
            state.is_over = true;
            if let Some(child) = &mut state.child
                && let Err(error) = child.kill()
            {
                tracing::warn!(%error, "{PROGRAM} could not be ended");
            }
        }
        self.shared.stopped.notify_all();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the watch over the readers had failed");
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, program: &Path, backoff: Backoff, tell: &mut impl FnMut(Presence)) {
        let mut pause = backoff.first;
        while let Some(started) = self.start(program) {
            match started {
                Ok(output) => {
                    if read(output, tell) {
                        pause = backoff.first;
                    }
                    self.reap();
                }
                Err(error) => tracing::warn!(%error, "{PROGRAM} could not be started"),
            }
            if self.state().is_over {
                return;
            }
            tell(Presence::NoService);
            let is_on = |state: &mut State| !state.is_over;
            let waited = self
                .stopped
                .wait_timeout_while(self.state(), pause, is_on)
                .map(|(state, _)| state.is_over);
            if waited.unwrap_or(true) {
                return;
            }
            pause = (pause * 2).min(backoff.most);
        }
    }

    /// Starts the program, unless the watch is over. Its input stays open with it, and ends it when
    /// this process dies.
    fn start(&self, program: &Path) -> Option<Result<ChildStdout, std::io::Error>> {
        let mut state = self.state();
        if state.is_over {
            return None;
        }
        let mut command = Command::new(program);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        // No console window flashes up (CREATE_NO_WINDOW).
        #[cfg(windows)]
        std::os::windows::process::CommandExt::creation_flags(&mut command, 0x0800_0000);
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => return Some(Err(error)),
        };
        let output = child.stdout.take();
        state.child = Some(child);
        output.map(Ok)
    }

    /// Leaves no process behind that has closed its output.
    fn reap(&self) {
        let child = self.state().child.take();
        let ended = child.map(|mut child| {
            // Closing its input ends it, if it still runs.
            drop(child.stdin.take());
            child.kill().and_then(|()| child.wait())
        });
        if let Some(Ok(status)) = ended {
            tracing::info!(%status, "{PROGRAM} has ended");
        }
    }
}

/// Passes on what the program says until it ends. Whether it said anything.
fn read(output: ChildStdout, tell: &mut impl FnMut(Presence)) -> bool {
    let mut has_said = false;
    for line in BufReader::new(output).lines() {
        let Ok(line) = line else { break };
        match serde_json::from_str(&line) {
            Ok(presence) => {
                has_said = true;
                tell(presence);
            }
            Err(error) => tracing::warn!(%error, "{PROGRAM} said something unknown"),
        }
    }
    has_said
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, channel};

    const PATIENCE: Duration = Duration::from_secs(20);
    const FAST: Backoff = Backoff {
        first: Duration::from_millis(10),
        most: Duration::from_millis(40),
    };

    fn script(folder: &Path, text: &str) -> PathBuf {
        let file = folder.join("presence");
        std::fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(&file, permissions).unwrap();
        file
    }

    fn watch(program: PathBuf) -> (CardPresence, Receiver<Presence>) {
        let (sender, told) = channel();
        let watch = CardPresence::watch_at(program, FAST, move |presence| {
            let _ = sender.send(presence);
        });
        (watch, told)
    }

    #[test]
    fn a_program_that_is_not_there_is_no_service() {
        let folder = tempfile::tempdir().unwrap();
        let (watch, told) = watch(folder.path().join("nothing"));
        assert_eq!(told.recv_timeout(PATIENCE), Ok(Presence::NoService));
        drop(watch);
        assert!(told.recv().is_err(), "told once, and the thread has ended");
    }

    #[test]
    fn a_program_that_dies_is_started_again() {
        let folder = tempfile::tempdir().unwrap();
        // At its first start it dies at once, as without the service's library; later it speaks.
        let text = format!(
            r#"cd '{}' && if [ ! -e started ]; then touch started; exit 127; fi
echo nonsense; echo '{{"state":"empty","readers":["R"]}}'
echo '{{"state":"card","cards":[{{"reader":"R","atr":"3b80"}}]}}'"#,
            folder.path().display()
        );
        let (watch, told) = watch(script(folder.path(), &text));
        let next = || told.recv_timeout(PATIENCE).unwrap();
        let card = CardInReader {
            reader: "R".to_owned(),
            atr: "3b80".to_owned(),
        };
        let readers = vec!["R".to_owned()];
        for _ in 0..2 {
            assert_eq!(next(), Presence::NoService);
            let empty = Presence::Empty {
                readers: readers.clone(),
            };
            assert_eq!(next(), empty);
            let cards = vec![card.clone()];
            assert_eq!(next(), Presence::Card { cards });
        }
        drop(watch);
    }

    #[test]
    fn dropping_the_watch_ends_a_program_that_hangs() {
        let folder = tempfile::tempdir().unwrap();
        let hangs = script(
            folder.path(),
            r#"echo '{"state":"no-reader"}'; exec tail -f /dev/null"#,
        );
        let (watch, told) = watch(hangs);
        assert_eq!(told.recv_timeout(PATIENCE), Ok(Presence::NoReader));
        drop(watch);
        assert!(told.recv().is_err());
    }

    #[test]
    fn the_program_lies_beside_the_executable() {
        let beside = CardPresence::program_beside(Path::new("/opt/cpis/cpis-desktop"));
        assert!(beside.starts_with("/opt/cpis"));
        let name = beside.file_stem().unwrap();
        assert_eq!(name, "cpis-card-presence");
    }
}
