//! On buses of the test's own, where it plays logind and the screen savers.

use super::logind::{MANAGER, NAME, PATH, PROPERTIES, SESSION};
use super::screen_saver::{ACTIVE_CHANGED, NAMES};
use super::*;
use crate::signals::testing::{next, next_report, within};
use cpis_client::LockSignal;
use serde::Serialize;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, PipeReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tokio::task::JoinHandle;
use zbus::zvariant::{DynamicType, ObjectPath, OwnedFd, Value};

const SESSION_PATH: &str = "/org/freedesktop/login1/session/_32";

/// A message bus. Ended with the test, whatever becomes of it.
struct Bus {
    daemon: Child,
    address: String,
}

impl Bus {
    fn start(folder: &Path) -> Self {
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
            .arg(format!("--address={}", address(folder)))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let output = daemon.stdout.take().unwrap();
        // It prints its address once it can be reached.
        BufReader::new(output).read_line(&mut line).unwrap();
        assert!(line.starts_with("unix:"), "{line}");
        Self {
            daemon,
            address: address(folder),
        }
    }

    async fn connect(&self) -> Connection {
        let bus = Builder::address(self.address.as_str()).unwrap();
        within(bus.build()).await.unwrap()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

fn address(folder: &Path) -> String {
    format!("unix:path={}/bus", folder.display())
}

/// logind as a program sees it.
struct PlayedManager {
    /// The other ends of the inhibitors that it has handed out.
    inhibitors: mpsc::UnboundedSender<PipeReader>,
}

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl PlayedManager {
    fn get_session(&self, id: &str) -> zbus::fdo::Result<ObjectPath<'static>> {
        assert_eq!(id, "auto");
        Ok(ObjectPath::from_static_str_unchecked(SESSION_PATH))
    }

    fn inhibit(&self, what: &str, _who: &str, _why: &str, mode: &str) -> OwnedFd {
        assert_eq!((what, mode), ("sleep:shutdown", "delay"));
        let (read, write) = std::io::pipe().unwrap();
        self.inhibitors.send(read).unwrap();
        std::os::fd::OwnedFd::from(write).into()
    }
}

struct PlayedSession {
    active: bool,
}

#[zbus::interface(name = "org.freedesktop.login1.Session")]
impl PlayedSession {
    #[zbus(property)]
    fn active(&self) -> bool {
        self.active
    }
}

struct PlayedLogind {
    connection: Connection,
    inhibitors: mpsc::UnboundedReceiver<PipeReader>,
}

impl PlayedLogind {
    async fn start(bus: &Bus, active: bool) -> Self {
        let (sender, inhibitors) = mpsc::unbounded_channel();
        let manager = PlayedManager { inhibitors: sender };
        let builder = Builder::address(bus.address.as_str())
            .and_then(|builder| builder.serve_at(PATH, manager))
            .and_then(|builder| builder.serve_at(SESSION_PATH, PlayedSession { active }))
            .and_then(|builder| builder.name(NAME))
            .unwrap();
        Self {
            connection: within(builder.build()).await.unwrap(),
            inhibitors,
        }
    }

    /// Waits until the program delays sleep; it listens by then.
    async fn inhibited(&mut self) -> PipeReader {
        within(self.inhibitors.recv()).await.unwrap()
    }

    async fn tell(&self, member: &str, value: bool) {
        emit(&self.connection, PATH, MANAGER, member, &value).await;
    }

    async fn lock(&self) {
        emit(&self.connection, SESSION_PATH, SESSION, "Lock", &()).await;
    }

    async fn change(&self, property: &str, value: bool) {
        let changed = HashMap::from([(property, Value::Bool(value))]);
        let body = (SESSION, changed, Vec::<&str>::new());
        let member = "PropertiesChanged";
        emit(&self.connection, SESSION_PATH, PROPERTIES, member, &body).await;
    }
}

async fn emit<B: Serialize + DynamicType>(
    connection: &Connection,
    path: &str,
    interface: &str,
    member: &str,
    body: &B,
) {
    let emitted = connection.emit_signal(None::<&str>, path, interface, member, body);
    within(emitted).await.unwrap();
}

/// Waits until somebody listens to all the screen savers of a bus.
async fn heard(connection: &Connection) {
    let asked = || async {
        const BUS: &str = "org.freedesktop.DBus";
        const STATS: &str = "org.freedesktop.DBus.Debug.Stats";
        let path = "/org/freedesktop/DBus";
        let answer = connection.call_method(Some(BUS), path, Some(STATS), "GetAllMatchRules", &());
        let answer = answer.await.unwrap();
        let rules: HashMap<String, Vec<String>> = answer.body().deserialize().unwrap();
        rules
    };
    within(async {
        while !asked()
            .await
            .values()
            .any(|rules| rules.len() == NAMES.len())
        {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// The listening program. It ends with the test.
struct Listening {
    inbox: mpsc::Receiver<Report>,
    task: JoinHandle<()>,
}

impl Listening {
    fn start(system: &Path, session: &Path) -> Self {
        let (reports, inbox) = mpsc::channel(16);
        let system = Address::At(address(system));
        let session = Address::At(address(session));
        let listening = async move { listen_at(&system, &session, &reports).await };
        Self {
            inbox,
            task: tokio::spawn(listening),
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[tokio::test]
async fn what_logind_tells_arrives_as_the_right_signal() {
    let (folder, none) = (folder(), folder());
    let bus = Bus::start(folder.path());
    let mut logind = PlayedLogind::start(&bus, true).await;
    let mut listening = Listening::start(folder.path(), none.path());
    let _inhibitor = logind.inhibited().await;
    let inbox = &mut listening.inbox;

    logind.change("Active", true).await;
    logind.change("LockedHint", false).await;
    logind.change("Active", false).await;
    assert_eq!(next(inbox).await, LockSignal::UserSwitched);
    logind.lock().await;
    assert_eq!(next(inbox).await, LockSignal::ScreenLocked);
    logind.tell("PrepareForSleep", true).await;
    assert_eq!(next(inbox).await, LockSignal::Sleep);
    logind.change("LockedHint", true).await;
    assert_eq!(next(inbox).await, LockSignal::ScreenLocked);
    logind.tell("PrepareForShutdown", true).await;
    assert_eq!(next(inbox).await, LockSignal::Sleep);
}

#[tokio::test]
async fn sleep_waits_until_the_program_is_locked_and_the_next_one_does_too() {
    let (folder, none) = (folder(), folder());
    let bus = Bus::start(folder.path());
    let mut logind = PlayedLogind::start(&bus, true).await;
    let mut listening = Listening::start(folder.path(), none.path());
    let mut inhibitor = logind.inhibited().await;
    logind.tell("PrepareForSleep", true).await;
    let report = next_report(&mut listening.inbox).await;
    assert_eq!(report.signal, LockSignal::Sleep);

    let released = tokio::task::spawn_blocking(move || inhibitor.read(&mut [0]));
    // The listener stays with this report for as long as it is not locked: another is not taken up.
    logind.lock().await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(listening.inbox.try_recv().is_err());
    assert!(!released.is_finished(), "sleep did not wait for the lock");
    drop(report);
    assert_eq!(within(released).await.unwrap().unwrap(), 0);
    assert_eq!(next(&mut listening.inbox).await, LockSignal::ScreenLocked);

    logind.tell("PrepareForSleep", false).await;
    logind.inhibited().await;
}

#[tokio::test]
async fn a_session_that_is_not_on_the_screen_counts_as_switched() {
    let (folder, none) = (folder(), folder());
    let bus = Bus::start(folder.path());
    let _logind = PlayedLogind::start(&bus, false).await;
    let mut listening = Listening::start(folder.path(), none.path());
    let signal = next(&mut listening.inbox).await;
    assert_eq!(signal, LockSignal::UserSwitched);
}

#[tokio::test]
async fn every_screen_saver_that_becomes_active_is_a_locked_screen() {
    let (folder, none) = (folder(), folder());
    let bus = Bus::start(folder.path());
    let connection = bus.connect().await;
    let mut listening = Listening::start(none.path(), folder.path());
    heard(&connection).await;
    for name in NAMES {
        within(connection.request_name(name)).await.unwrap();
        emit(&connection, "/ScreenSaver", name, ACTIVE_CHANGED, &false).await;
        emit(&connection, "/ScreenSaver", name, ACTIVE_CHANGED, &true).await;
        let signal = next(&mut listening.inbox).await;
        assert_eq!(signal, LockSignal::ScreenLocked);
    }
}

#[tokio::test]
async fn buses_and_services_that_come_later_or_come_back_are_heard() {
    let (system, session) = (folder(), folder());
    let mut listening = Listening::start(system.path(), session.path());
    for _ in 0..2 {
        let (system, session) = (Bus::start(system.path()), Bus::start(session.path()));
        let desktop = session.connect().await;
        heard(&desktop).await;
        within(desktop.request_name(NAMES[1])).await.unwrap();
        emit(&desktop, "/ScreenSaver", NAMES[1], ACTIVE_CHANGED, &true).await;
        assert_eq!(next(&mut listening.inbox).await, LockSignal::ScreenLocked);

        let mut logind = PlayedLogind::start(&system, true).await;
        let _inhibitor = logind.inhibited().await;
        logind.tell("PrepareForSleep", true).await;
        assert_eq!(next(&mut listening.inbox).await, LockSignal::Sleep);
    }
}
