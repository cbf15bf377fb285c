//! Processes that are measured: how long they take, and how much memory they ever held.

use super::Outcome;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Instant;

/// How a program ran.
pub(super) struct Run {
    pub(super) seconds: f64,
    /// The most memory that it held, in MiB; 0 where the system does not tell.
    pub(super) peak_mib: u64,
    pub(super) said: String,
}

pub(super) fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_cpis-training"))
}

/// Runs `cpis-training` to its end.
pub(super) fn run(arguments: &[&str], options: &[(&str, String)]) -> Outcome<Run> {
    let mut command = program();
    command.args(arguments).arg("--peak-memory");
    for (name, value) in options {
        command.arg(name).arg(value);
    }
    let began = Instant::now();
    let ended = command.output()?;
    let seconds = began.elapsed().as_secs_f64();
    let said = String::from_utf8(ended.stdout)?;
    let complaints = String::from_utf8_lossy(&ended.stderr);
    // A file with bad rows ends with 1.
    if ended.status.code().is_none_or(|code| code > 1) || said.is_empty() {
        return Err(format!("{arguments:?}: {complaints}").into());
    }
    let peak = complaints.lines().find_map(|line| {
        let mib = line.strip_prefix("peak memory ")?.strip_suffix(" MiB")?;
        mib.parse().ok()
    });
    Ok(Run {
        seconds,
        peak_mib: peak.ok_or("the program did not say how much memory it held")?,
        said,
    })
}

/// The most memory that a running process ever held, in MiB; 0 where the system does not tell.
fn peak(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}

/// A server that ends with this.
pub(super) struct Serving {
    child: Child,
    /// Kept open: the server says more than its address, and would end with a pipe that is closed.
    _said: BufReader<ChildStdout>,
    /// Where it listens, without `http://`.
    pub(super) host: String,
}

impl Serving {
    /// Starts a server whose first line is its address.
    pub(super) fn start(command: &mut Command) -> Outcome<Self> {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut said = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut line = String::new();
        said.read_line(&mut line)?;
        let host = line.trim().trim_start_matches("http://").to_owned();
        Ok(Self {
            child,
            _said: said,
            host,
        })
    }

    pub(super) fn peak_mib(&self) -> u64 {
        peak(self.child.id())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Signs in with a virtual card; the access token.
pub(super) fn sign_in(host: &str, folder: &Path) -> Outcome<String> {
    let cards = folder.join("cards");
    let out = program()
        .args(["cards", "--overwrite", "--out"])
        .arg(&cards)
        .output()?;
    let listed = String::from_utf8(out.stdout)?;
    let passcode = listed
        .lines()
        .find(|line| line.starts_with("emergency-dentist"))
        .and_then(|line| line.split_whitespace().nth(1))
        .ok_or("no passcode")?;
    let signed_in = program()
        .args(["sign-in", "--url", &format!("http://{host}"), "--card"])
        .arg(cards.join("emergency-dentist.p12"))
        .env("CPIS_TRAINING_PASSCODE", passcode)
        .output()?;
    Ok(String::from_utf8(signed_in.stdout)?.trim().to_owned())
}
