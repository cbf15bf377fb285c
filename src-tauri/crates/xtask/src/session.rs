//! A session for the real window on a machine with no display: an X server in memory, a message bus, an open
//! keyring that is thrown away afterwards, and a WebDriver.
//!
//! xtask enters the session by starting itself again inside it: the X server and the bus come from the tools that
//! end them with the command, the rest is started and ended here.

use crate::project;
use crate::step::{answer, wait_until};
use std::ffi::OsString;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::time::Duration;

/// How long a part of the session may take to answer.
const START: Duration = Duration::from_secs(30);
/// How long all that runs inside one session may take. A window that hangs must not hang the tests.
const LIMIT: Duration = Duration::from_secs(900);

/// A command to be run inside a new session.
pub fn around(command: &Command) -> Command {
    let xtask = project::built("xtask");
    let mut session = Command::new("xvfb-run");
    session
        .current_dir(project::root())
        .args([
            "--auto-servernum",
            "--server-args=-screen 0 1280x900x24 -nolisten tcp",
        ])
        .args(["dbus-run-session", "--"])
        .arg(xtask)
        .args(["inside-session", "--"])
        .arg(command.get_program())
        .args(command.get_args())
        .env_remove("WAYLAND_DISPLAY")
        .env("GDK_BACKEND", "x11")
        .env("CPIS_DESKTOP", project::built("cpis-desktop"));
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => session.env(name, value),
            None => session.env_remove(name),
        };
    }
    session
}

/// Starts the rest of the session, runs the command in it, and ends the session.
pub fn inside(command: &[OsString]) -> Result<ExitCode, String> {
    let home = Home::new()?;
    let _keyring = keyring(&home)?;
    let (_driver, address) = web_driver(&home)?;

    let (program, arguments) = command.split_first().ok_or("There is no command to run")?;
    let mut running = Ended(
        home.settle(Command::new(program).args(arguments))
            .env("CPIS_WEBDRIVER_URL", format!("http://{address}"))
            .env("CPIS_PRINT_FILE", home.paper())
            .spawn()
            .map_err(|error| format!("{} could not be started: {error}", program.display()))?,
    );
    let status = running.wait(LIMIT)?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// An empty place for everything that programs keep for a person. Removed with the session.
struct Home(PathBuf);

impl Home {
    /// In the system's temporary folder, because the paths of sockets must be short.
    fn new() -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("cpis-session-{}", std::process::id()));
        let home = Self(path);
        for folder in ["data", "config", "cache", "run"] {
            private_folder(&home.0.join(folder))?;
        }
        Ok(home)
    }

    /// Where the window prints to.
    fn paper(&self) -> PathBuf {
        self.0.join("paper.pdf")
    }

    /// Lets a command keep its files here.
    fn settle<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("XDG_DATA_HOME", self.0.join("data"))
            .env("XDG_CONFIG_HOME", self.0.join("config"))
            .env("XDG_CACHE_HOME", self.0.join("cache"))
            .env("XDG_RUNTIME_DIR", self.0.join("run"))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // What is left over lies in the system's temporary folder and is cleared there.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn private_folder(path: &Path) -> Result<(), String> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder
        .create(path)
        .map_err(|error| format!("{} cannot be made: {error}", path.display()))
}

/// A program that is ended when it goes out of scope.
struct Ended(Child);

impl Ended {
    fn wait(&mut self, limit: Duration) -> Result<ExitStatus, String> {
        let mut ended = None;
        wait_until("The end of the command", limit, || {
            ended = self.0.try_wait().transpose();
            ended.is_some()
        })?;
        ended
            .ok_or("The command did not end")?
            .map_err(|error| format!("The command was lost: {error}"))
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a keyring and waits until it is open. An unopened one answers as if nothing were stored.
fn keyring(home: &Home) -> Result<Ended, String> {
    let mut daemon = Ended(
        home.settle(&mut Command::new("gnome-keyring-daemon"))
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("gnome-keyring-daemon could not be started: {error}"))?,
    );
    let mut input = daemon.0.stdin.take().expect("it was asked for just above");
    input
        .write_all(b"of this session only")
        .map_err(|error| format!("gnome-keyring-daemon took no password: {error}"))?;
    drop(input);
    // Asking the service itself before it has its name would start a second one.
    wait_until("The keyring's name on the bus", START, || {
        asks(
            &[
                "--dest=org.freedesktop.DBus",
                "/org/freedesktop/DBus",
                "org.freedesktop.DBus.NameHasOwner",
                "string:org.freedesktop.secrets",
            ],
            "true",
        )
    })?;
    wait_until("An open keyring", START, || {
        asks(
            &[
                "--dest=org.freedesktop.secrets",
                "/org/freedesktop/secrets/aliases/default",
                "org.freedesktop.DBus.Properties.Get",
                "string:org.freedesktop.Secret.Collection",
                "string:Locked",
            ],
            "false",
        )
    })?;
    Ok(daemon)
}

fn asks(call: &[&str], wanted: &str) -> bool {
    answer(
        Command::new("dbus-send")
            .args(["--session", "--print-reply=literal"])
            .args(call),
    )
    .is_ok_and(|reply| reply.contains(&format!("boolean {wanted}")))
}

/// Starts a WebDriver on a free port and waits until it answers.
fn web_driver(home: &Home) -> Result<(Ended, SocketAddr), String> {
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map_err(|error| format!("There is no free port: {error}"))?;
    let driver = Ended(
        home.settle(&mut Command::new("WebKitWebDriver"))
            .arg("--host=127.0.0.1")
            .arg(format!("--port={}", address.port()))
            // The driver passes it on to the window, which waits for ever without it.
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("CPIS_PRINT_FILE", home.paper())
            .spawn()
            .map_err(|error| format!("WebKitWebDriver could not be started: {error}"))?,
    );
    wait_until("An answer of WebKitWebDriver", START, || is_ready(address))?;
    Ok((driver, address))
}

fn is_ready(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream
            .write_all(b"GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        let mut start = [0; 12];
        stream.read_exact(&mut start)?;
        Ok(String::from_utf8_lossy(&start).into_owned())
    };
    ask().is_ok_and(|start| start.ends_with(" 200"))
}
