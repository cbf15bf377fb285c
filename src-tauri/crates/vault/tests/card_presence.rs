//! The real smartcard service, with readers and a card in software.
//!
//! The service is one for the whole computer, so these tests run one after the other, and not
//! beside a service that runs already.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test stops at what is missing")]

use cpis_vault::{CardPresence, Presence};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_cpis-card-presence");
const SERVICE: &str = "/usr/sbin/pcscd";
const SOCKET: &str = "/run/pcscd/pcscd.comm";
const PROCESS_NUMBER: &str = "/run/pcscd/pcscd.pid";
/// Where the driver of the readers in software waits for a card. Not where it does by itself: that
/// port is one that the system gives to any program's connection (ip(7), `ip_local_port_range`),
/// and the driver has no reader then.
const READER: (&str, u16) = ("127.0.0.1", 0x5c7b);
const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
const ATR: [u8; 4] = [0x3b, 0x80, 0x80, 0x01];
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn cards_readers_and_the_service_come_and_go() {
    let folder = tempfile::tempdir().unwrap();
    let (_, port) = READER;
    let reader = format!(
        "FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:{port:#X}\nLIBPATH {DRIVER}\nCHANNELID {port:#X}\n"
    );
    std::fs::write(folder.path().join("vpcd"), reader).unwrap();
    let _alone = alone();
    let (watch, told) = watch();
    assert_eq!(next(&told), Presence::NoService);

    let service = Service::start(folder.path());
    let Presence::Empty { readers } = next(&told) else {
        panic!("the driver has readers");
    };
    let empty = Presence::Empty { readers };

    let card = Card::put_in();
    card_is_told(&told);
    card.take_out();
    assert_eq!(next(&told), empty);
    let card = Card::put_in();
    card_is_told(&told);

    drop(service);
    assert_eq!(next(&told), Presence::NoService);
    card.take_out();
    let service = Service::start(folder.path());
    assert_eq!(next(&told), empty);
    let card = Card::put_in();
    card_is_told(&told);

    drop(watch);
    assert!(told.recv().is_err(), "the watch has ended");
    card.take_out();
    drop(service);
}

#[test]
fn a_service_without_a_reader_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let _alone = alone();
    let (watch, told) = watch();
    assert_eq!(next(&told), Presence::NoService);
    let service = Service::start(folder.path());
    assert_eq!(next(&told), Presence::NoReader);
    drop(service);
    assert_eq!(next(&told), Presence::NoService);
    drop(watch);
}

#[test]
fn the_program_ends_with_its_input() {
    let mut program = Command::new(PROGRAM)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(program.stdin.take());
    let mut said = String::new();
    let mut output = program.stdout.take().unwrap();
    output.read_to_string(&mut said).unwrap();
    assert!(program.wait().unwrap().success());
}

#[test]
fn only_the_program_links_the_library_of_the_service() {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    assert!(!maps.contains("pcsclite"), "the window would, too");
    let program = std::fs::read(PROGRAM).unwrap();
    let name = b"libpcsclite.so";
    assert!(program.windows(name.len()).any(|window| window == name));
}

/// One test at a time also where all run in one process.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn watch() -> (CardPresence, Receiver<Presence>) {
    Service::must_not_run();
    let (sender, told) = channel();
    let watch = CardPresence::watch(PROGRAM.into(), move |presence| {
        let _ = sender.send(presence);
    });
    (watch, told)
}

fn next(told: &Receiver<Presence>) -> Presence {
    told.recv_timeout(PATIENCE).unwrap()
}

fn card_is_told(told: &Receiver<Presence>) {
    let Presence::Card { cards } = next(told) else {
        panic!("a card is in");
    };
    assert_eq!(cards.len(), 1);
    assert_eq!(cards[0].atr, "3b808001");
    assert!(cards[0].reader.contains("Virtual PCD"));
}

/// The smartcard service of this computer. Killed when dropped, also by a test that fails.
struct Service(Child);

impl Service {
    fn must_not_run() {
        assert!(
            UnixStream::connect(SOCKET).is_err(),
            "A smartcard service runs on this computer already, and there can be one only. Stop it \
             for this test: systemctl stop pcscd.socket pcscd.service"
        );
    }

    /// Starts it with the readers that the files of a folder name.
    fn start(readers: &Path) -> Self {
        for (file, package) in [(SERVICE, "pcscd"), (DRIVER, "vsmartcard-vpcd")] {
            let is_there = Path::new(file).exists();
            assert!(is_there, "{file} is missing: apt-get install {package}");
        }
        Self::must_not_run();
        // A service that was killed leaves them, and no other starts while a process has that number,
        // whatever that process is.
        for left in [SOCKET, PROCESS_NUMBER] {
            let _ = std::fs::remove_file(left);
        }
        let service = Command::new(SERVICE)
            .args(["--foreground", "--config"])
            .arg(readers)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut service = Self(service);
        until(|| {
            let ended = service.0.try_wait().unwrap();
            assert!(ended.is_none(), "pcscd ended; it must be started as root");
            UnixStream::connect(SOCKET).ok()
        });
        service
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A card that knows its answer to reset and nothing else.
struct Card {
    line: TcpStream,
    thread: JoinHandle<()>,
}

impl Card {
    fn put_in() -> Self {
        let line = until(|| TcpStream::connect(READER).ok());
        let mut answers = line.try_clone().unwrap();
        let thread = std::thread::spawn(move || {
            while let Some(message) = receive(&mut answers) {
                let answer: &[u8] = match message.as_slice() {
                    [4] => &ATR,
                    // Off, on, reset: without an answer.
                    [_] => continue,
                    // Function not supported (ISO/IEC 7816-4 section 5.6).
                    _ => &[0x6a, 0x81],
                };
                let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
                if answers.write_all(&[&length, answer].concat()).is_err() {
                    return;
                }
            }
        });
        Self { line, thread }
    }

    fn take_out(self) {
        // The service may have closed the line before.
        let _ = self.line.shutdown(Shutdown::Both);
        self.thread.join().unwrap();
    }
}

fn receive(line: &mut TcpStream) -> Option<Vec<u8>> {
    let mut length = [0; 2];
    line.read_exact(&mut length).ok()?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    line.read_exact(&mut message).ok()?;
    Some(message)
}

fn until<T>(mut happens: impl FnMut() -> Option<T>) -> T {
    let pause = Duration::from_millis(20);
    let tries = PATIENCE.as_millis() / pause.as_millis();
    for _ in 0..tries {
        if let Some(happened) = happens() {
            return happened;
        }
        std::thread::park_timeout(pause);
    }
    panic!("waited for too long");
}
