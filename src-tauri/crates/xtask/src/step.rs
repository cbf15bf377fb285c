//! One step of a run: a command whose output is kept in a file and shown only when it fails.

use crate::project;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

/// How many lines of a failed step's output are shown: npm says what is wrong first, most others last.
const FIRST_LINES: usize = 15;
const LAST_LINES: usize = 50;

/// The output of a command that was run.
pub struct Finished {
    /// Whether it ended with status 0.
    pub succeeded: bool,
    /// Both of its output streams, in order.
    pub output: String,
}

/// Runs a command, prints one line for it, and what it wrote if it failed.
///
/// # Errors
/// When the command could not be started at all.
pub fn logged(name: &str, command: &mut Command) -> Result<Finished, String> {
    begin(name);
    match start(name, command) {
        Ok(running) => running.end(),
        Err(reason) => {
            end(Duration::ZERO, false);
            Err(reason)
        }
    }
}

/// A command that runs while other steps do.
pub struct Running {
    name: String,
    log: PathBuf,
    ended: JoinHandle<(std::io::Result<ExitStatus>, Duration)>,
}

/// Starts a command and prints nothing yet.
///
/// # Errors
/// When it could not be started.
pub fn start(name: &str, command: &mut Command) -> Result<Running, String> {
    let folder = project::target().join("logs");
    let log = folder.join(format!("{}.log", name.replace(' ', "-")));
    let could_not = |error: std::io::Error| format!("{} cannot be written: {error}", log.display());
    std::fs::create_dir_all(&folder).map_err(could_not)?;
    let file = File::create(&log).map_err(could_not)?;
    let errors = file.try_clone().map_err(could_not)?;

    let watch = Stopwatch::start();
    let mut child = command
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(errors)
        .spawn()
        .map_err(|error| {
            let program = command.get_program().to_string_lossy().into_owned();
            format!("{program} could not be started: {error}")
        })?;
    Ok(Running {
        name: name.to_owned(),
        log,
        ended: std::thread::spawn(move || (child.wait(), watch.elapsed())),
    })
}

impl Running {
    /// Waits for the command, and prints for it what [`logged`] prints.
    ///
    /// # Errors
    /// When it is not known how it ended.
    pub fn finish(self) -> Result<Finished, String> {
        begin(&self.name);
        self.end()
    }

    fn end(self) -> Result<Finished, String> {
        let Self { name, log, ended } = self;
        let (status, took) = ended
            .join()
            .unwrap_or_else(|_| (Err(std::io::ErrorKind::Other.into()), Duration::ZERO));
        end(took, status.as_ref().is_ok_and(ExitStatus::success));
        let status = status.map_err(|error| format!("how {name} ended is not known: {error}"))?;

        let written = std::fs::read(&log)
            .map_err(|error| format!("{} cannot be read: {error}", log.display()))?;
        let output = String::from_utf8_lossy(&written).into_owned();
        if !status.success() {
            show(&output);
            println!(
                "  {name}: {status}; all of its output is in {}",
                log.display()
            );
        }
        Ok(Finished {
            succeeded: status.success(),
            output,
        })
    }
}

/// Runs a command as [`logged`] does, and takes a status other than 0 for an error.
pub fn succeed(name: &str, command: &mut Command) -> Result<String, String> {
    let finished = logged(name, command)?;
    if finished.succeeded {
        Ok(finished.output)
    } else {
        Err(format!("{name} failed"))
    }
}

/// Runs what is done in this program itself, and prints one line for it and every fault that it found.
pub fn judged(name: &str, judge: impl FnOnce() -> Result<Vec<String>, String>) -> bool {
    let watch = Stopwatch::start();
    begin(name);
    let faults = judge().unwrap_or_else(|reason| vec![reason]);
    end(watch.elapsed(), faults.is_empty());
    for fault in &faults {
        println!("    {fault}");
    }
    faults.is_empty()
}

/// The output of a short command, without a log.
pub fn answer(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{program} could not be started: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(format!("{program} failed: {}", words.trim()))
    }
}

/// Waits until `probe` says yes, looking again every 50 ms.
pub fn wait_until(
    what: &str,
    limit: Duration,
    mut probe: impl FnMut() -> bool,
) -> Result<(), String> {
    let watch = Stopwatch::start();
    while !probe() {
        if watch.elapsed() > limit {
            return Err(format!(
                "{what} did not happen within {} seconds",
                limit.as_secs()
            ));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Time since a start.
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(
        clippy::disallowed_methods,
        reason = "the edge where build steps are timed"
    )]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// How long ago that was.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

fn begin(name: &str) {
    print!("  {name:<44}");
    // A terminal that is gone is no reason to stop.
    let _ = std::io::stdout().flush();
}

fn end(took: Duration, well: bool) {
    let word = if well { "ok" } else { "FAILED" };
    println!("{word:<7}{:>5} s", took.as_secs());
}

fn show(output: &str) {
    for line in ends_of(output) {
        println!("    {line}");
    }
}

/// The first and the last lines, with a word for what lies between.
fn ends_of(output: &str) -> Vec<String> {
    let lines: Vec<&str> = output.lines().collect();
    let left_out = lines.len().saturating_sub(FIRST_LINES + LAST_LINES);
    if left_out == 0 {
        return lines.into_iter().map(str::to_owned).collect();
    }
    let first = lines[..FIRST_LINES].iter().map(|line| (*line).to_owned());
    let last = lines[FIRST_LINES + left_out..]
        .iter()
        .map(|line| (*line).to_owned());
    first
        .chain([format!("... {left_out} lines left out ...")])
        .chain(last)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_output_keeps_both_ends() {
        let output: String = (1..=FIRST_LINES + LAST_LINES + 3)
            .map(|n| format!("{n}\n"))
            .collect();
        let shown = ends_of(&output);
        assert_eq!(shown[FIRST_LINES - 1], FIRST_LINES.to_string());
        assert_eq!(shown[FIRST_LINES], "... 3 lines left out ...");
        assert_eq!(shown[FIRST_LINES + 1], (FIRST_LINES + 4).to_string());
        assert_eq!(shown.len(), FIRST_LINES + LAST_LINES + 1);
    }

    #[test]
    fn a_short_output_is_shown_whole() {
        assert_eq!(ends_of("one\ntwo"), ["one", "two"]);
    }

    #[test]
    fn waiting_ends_when_the_thing_is_there() {
        let mut looks = 0;
        let found = wait_until("The third look", Duration::from_secs(60), || {
            looks += 1;
            looks == 3
        });
        assert_eq!((found, looks), (Ok(()), 3));
        assert!(wait_until("Nothing", Duration::ZERO, || false).is_err());
    }
}
