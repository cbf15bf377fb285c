//! The fuzz targets under libFuzzer: instrumented, each for a time, with a table at the end.
//!
//! The ordinary tests replay the same targets over their seeds without instrumentation, so that this is needed
//! for finding what is new only. Sanitizers are left out: our code has no `unsafe`, and the Rust of a
//! distribution comes without them.

use crate::packages::{self, Need};
use crate::{project, step};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The release of cargo-fuzz that is installed where there is none.
const CARGO_FUZZ: &str = "0.13.2";

/// An input that takes longer than this, in seconds, is a fault like a crash.
const SLOWEST: u32 = 20;

/// What came of one target.
struct Run {
    target: String,
    executions: u64,
    seconds: u64,
    /// Inputs that broke its rule, which are in the tree from now on.
    crashes: Vec<PathBuf>,
    /// Whether it ended by itself and well.
    succeeded: bool,
}

/// Runs every target, or one, for so many seconds.
///
/// # Errors
/// When the targets cannot be built.
pub fn run(seconds: u32, only: Option<&str>) -> Result<ExitCode, String> {
    if cfg!(windows) {
        return Err("libFuzzer needs Linux or macOS".to_owned());
    }
    let mut targets = targets()?;
    if let Some(only) = only {
        targets.retain(|target| target == only);
        if targets.is_empty() {
            return Err(format!("There is no fuzz target {only}"));
        }
    }
    packages::ensure(&[Need::Build])?;
    let triple = host()?;
    build(&triple, only)?;
    let programs = built().join(triple).join("release");
    let runs: Vec<Run> = targets
        .iter()
        .map(|target| fuzz(&programs, target, seconds))
        .collect::<Result<_, _>>()?;
    println!("{}", table(&runs));
    for run in &runs {
        for crash in &run.crashes {
            println!("  {}: {}", run.target, crash.display());
            println!(
                "    again: cargo test --package cpis-fuzz --test replay {}",
                run.target
            );
        }
    }
    println!("{}", last_line(&runs));
    Ok(if runs.iter().all(is_well) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Where the targets and their inputs are.
fn home() -> PathBuf {
    project::root().join("tests").join("fuzz")
}

/// Where the instrumented build goes, and what libFuzzer finds.
fn built() -> PathBuf {
    project::target().join("fuzz")
}

/// The names of all targets.
fn targets() -> Result<Vec<String>, String> {
    let folder = home().join("fuzz_targets");
    let mut names: Vec<String> = files(&folder)
        .iter()
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    if names.is_empty() {
        Err(format!("no fuzz target in {}", folder.display()))
    } else {
        Ok(names)
    }
}

fn host() -> Result<String, String> {
    let told = step::answer(Command::new("rustc").arg("-vV"))?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| "rustc does not name its host".to_owned())
}

/// Builds the targets, optimised like a release but for what only makes it slow to build. The code stays what it
/// is in the program: no `cfg(fuzzing)`.
fn build(triple: &str, only: Option<&str>) -> Result<(), String> {
    let mut command = Command::new(cargo_fuzz()?);
    command
        .current_dir(project::root())
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_STRIP", "none")
        .args(["fuzz", "build", "--fuzz-dir"])
        .arg(home())
        .args(["--sanitizer", "none", "--no-cfg-fuzzing"])
        .args(["--codegen-units", "16", "--features", "instrumented"])
        .args(["--target", triple, "--target-dir"])
        .arg(built())
        .args(only);
    step::succeed("instrumented build", &mut command).map(drop)
}

/// cargo-fuzz: the one on the PATH, or our own.
fn cargo_fuzz() -> Result<PathBuf, String> {
    if project::on_path("cargo-fuzz") {
        return Ok("cargo-fuzz".into());
    }
    let root = project::target().join("tools").join("cargo-fuzz");
    let program = root.join("bin").join("cargo-fuzz");
    if !program.is_file() {
        let mut command = project::cargo();
        command
            .args(["install", "cargo-fuzz", "--locked", "--version", CARGO_FUZZ])
            .arg("--root")
            .arg(&root);
        step::succeed("cargo-fuzz", &mut command)?;
    }
    Ok(program)
}

fn fuzz(programs: &Path, target: &str, seconds: u32) -> Result<Run, String> {
    let corpus = built().join("corpus").join(target);
    let crashes = home().join("crashes").join(target);
    for folder in [&corpus, &crashes] {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    }
    let before: BTreeSet<PathBuf> = files(&crashes).into_iter().collect();
    let mut command = Command::new(programs.join(target));
    command
        .current_dir(project::root())
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={SLOWEST}"))
        .arg(format!("-artifact_prefix={}/", crashes.display()))
        .arg("-print_final_stats=1")
        .args([&corpus, &home().join("seeds").join(target), &crashes]);
    let watch = step::Stopwatch::start();
    let finished = step::logged(&format!("fuzz {target}"), &mut command)?;
    let crashed = files(&crashes);
    if crashed.is_empty() {
        // An empty folder is no place for anything, and it would be in the way of nobody but git.
        let _ = std::fs::remove_dir(&crashes);
    }
    Ok(Run {
        target: target.to_owned(),
        executions: executions(&finished.output),
        seconds: watch.elapsed().as_secs(),
        crashes: crashed
            .into_iter()
            .filter(|path| !before.contains(path))
            .collect(),
        succeeded: finished.succeeded,
    })
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder);
    let entries = entries.map(|entries| entries.flatten().map(|entry| entry.path()).collect());
    entries.unwrap_or_default()
}

/// How many inputs a target read, from what libFuzzer writes at its end, or else while it runs.
fn executions(output: &str) -> u64 {
    let at_the_end = output
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .and_then(|number| number.trim().parse().ok());
    let so_far = |line: &str| {
        let number = line.strip_prefix('#')?.split_whitespace().next()?;
        number.parse().ok()
    };
    at_the_end
        .or_else(|| output.lines().rev().find_map(so_far))
        .unwrap_or(0)
}

fn is_well(run: &Run) -> bool {
    run.succeeded && run.crashes.is_empty() && run.executions > 0
}

fn table(runs: &[Run]) -> String {
    let mut lines = vec![format!(
        "{:<18}{:>12}{:>9}{:>12}  new crash",
        "target", "executions", "seconds", "per second"
    )];
    for run in runs {
        let word = match (run.crashes.is_empty(), is_well(run)) {
            (false, _) => "yes",
            (true, true) => "no",
            (true, false) => "no, but it failed: see its log",
        };
        lines.push(format!(
            "{:<18}{:>12}{:>9}{:>12}  {word}",
            run.target,
            run.executions,
            run.seconds,
            run.executions / run.seconds.max(1)
        ));
    }
    lines.join("\n")
}

fn last_line(runs: &[Run]) -> String {
    let crashes = runs
        .iter()
        .map(|run| run.crashes.len().max(usize::from(!is_well(run))));
    format!(
        "fuzz: {} targets, {} executions, {} seconds: {} crashes",
        runs.len(),
        runs.iter().map(|run| run.executions).sum::<u64>(),
        runs.iter().map(|run| run.seconds).sum::<u64>(),
        crashes.sum::<usize>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(crashes: &[&str], succeeded: bool) -> Run {
        Run {
            target: "policy".to_owned(),
            executions: 1200,
            seconds: 60,
            crashes: crashes.iter().map(PathBuf::from).collect(),
            succeeded,
        }
    }

    #[test]
    fn executions_are_read_from_the_end_or_from_the_last_sign_of_life() {
        let ended = "#2\tINITED\n#900\tDONE\nstat::number_of_executed_units: 901\n";
        assert_eq!(executions(ended), 901);
        assert_eq!(executions("#2\tINITED\n#512\tpulse\nSUMMARY: x\n"), 512);
        assert_eq!(executions("nothing"), 0);
    }

    #[test]
    fn the_last_line_adds_everything_up() {
        let runs = [run(&[], true), run(&["a", "b"], false)];
        assert_eq!(
            last_line(&runs),
            "fuzz: 2 targets, 2400 executions, 120 seconds: 2 crashes"
        );
        assert!(table(&runs).contains("20  yes"));
    }

    #[test]
    fn a_target_that_fails_or_reads_nothing_is_no_success() {
        assert!(is_well(&run(&[], true)));
        assert!(!is_well(&run(&[], false)));
        let mut idle = run(&[], true);
        idle.executions = 0;
        assert!(!is_well(&idle));
        assert!(last_line(&[idle]).ends_with(": 1 crashes"));
    }

    #[test]
    fn every_target_has_seeds() {
        for target in targets().unwrap() {
            assert!(
                !files(&home().join("seeds").join(&target)).is_empty(),
                "{target}"
            );
        }
    }
}
