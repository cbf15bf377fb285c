//! Everything that must hold, in one command, with a closing table of what passed and failed.

use crate::check::Lints;
use crate::counts::{self, Counts, Table};
use crate::packages::Need;
use crate::{check, journeys, npm, packages, project, step, torture};
use clap::ValueEnum;
use std::process::ExitCode;

/// A part of the tests that can be run by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// Formatting, lints, licences, rules of the architecture
    Check,
    /// Unit, property and contract tests of all crates
    Rust,
    /// The examples in the documentation
    Doc,
    /// The proof of the audit trail, in the size for every change
    Torture,
    /// Unit tests of the screen
    Ui,
    /// The gallery of screens and the journeys in a browser
    Browser,
    /// The journey through the real window
    Window,
}

/// Runs the steps (none named: all of them), prints the table, and fails if any of them failed.
pub fn test(only: &[Step]) -> Result<ExitCode, String> {
    let wants = |step: Step| only.is_empty() || only.contains(&step);
    let mut table = Table::default();
    if let Err(reason) = set_up(&wants) {
        println!("{reason}");
        table.add_failure("Set-up", "see above");
    } else {
        run_steps(&wants, &mut table);
    }
    println!("{}", table.text());
    Ok(if table.total().failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Everything that the wanted steps need, and need in common. Without it there is nothing to test.
pub fn set_up(wants: &impl Fn(Step) -> bool) -> Result<(), String> {
    let compiles = wants(Step::Check)
        || wants(Step::Rust)
        || wants(Step::Doc)
        || wants(Step::Torture)
        || wants(Step::Browser)
        || wants(Step::Window);
    let needs: Vec<Need> = [
        (Need::Build, compiles),
        (Need::Proof, compiles),
        (Need::Cards, wants(Step::Rust) || wants(Step::Browser)),
        (Need::Database, wants(Step::Rust)),
        (Need::Encryption, wants(Step::Rust)),
        (Need::Trace, wants(Step::Rust)),
        (Need::Python, wants(Step::Check)),
        (Need::Browser, wants(Step::Browser)),
        (Need::Session, wants(Step::Window)),
    ]
    .into_iter()
    .filter_map(|(need, wanted)| wanted.then_some(need))
    .collect();
    println!("Set-up");
    packages::ensure(&needs)?;
    npm::install("npm packages of the screen", &project::screen())?;
    if wants(Step::Check) || wants(Step::Browser) {
        npm::install(
            "npm packages of the browser tests",
            &project::browser_tests(),
        )?;
    }
    if wants(Step::Check) || wants(Step::Rust) {
        npm::install(
            "npm packages of the certified provider",
            &project::certified_provider(),
        )?;
    }
    if compiles {
        npm::build_screen()?;
        step::succeed(
            "crates of the lock file",
            project::cargo().args(["fetch", "--locked"]),
        )?;
    }
    if wants(Step::Browser) {
        npm::build_screen_for_browser()?;
    }
    Ok(())
}

fn run_steps(wants: &impl Fn(Step) -> bool, table: &mut Table) {
    let needs_build = [
        Step::Rust,
        Step::Doc,
        Step::Torture,
        Step::Browser,
        Step::Window,
    ]
    .into_iter()
    .any(wants);
    let lints_while_building = needs_build && project::lints_while_building();
    if wants(Step::Check) {
        println!("Check");
        let lints = if lints_while_building {
            Lints::HereOnly
        } else {
            Lints::Everywhere
        };
        check::check(table, lints);
    }
    if needs_build || wants(Step::Ui) {
        println!("Test");
    }
    if wants(Step::Ui) {
        screen(table);
    }
    if !needs_build {
        return;
    }
    let built = build();
    match &built {
        Ok(output) if wants(Step::Check) && lints_while_building => {
            let clean = step::judged("lints of the build", || Ok(check::warnings(output)));
            table.add("Lints", Counts::of_one(clean), true);
        }
        Ok(_) => {}
        Err(reason) => table.add_failure("Build; what needs it was not run", reason),
    }
    if wants(Step::Browser) {
        journeys::browser(table, built.is_ok());
    }
    if built.is_err() {
        return;
    }
    if wants(Step::Rust) {
        rust(table);
    }
    if wants(Step::Doc) {
        documentation(table);
    }
    // The proof waits for a disk and for programs that it kills; the window has the processor meanwhile.
    let proof = wants(Step::Torture).then(torture::start_small);
    if wants(Step::Window) {
        window(table);
    }
    if let Some(proof) = proof {
        torture::finish_small(proof, table);
    }
}

/// Builds everything once, in the one profile and with the one set of features that all later steps share.
///
/// xtask is left out: Windows does not let a program be replaced while it runs.
/// Gives what was written while it was built: cargo repeats the warnings of what was built before.
fn build() -> Result<String, String> {
    let mut command = project::compiling(&["build"]);
    command.args([
        "--workspace",
        "--exclude",
        "xtask",
        "--all-targets",
        "--locked",
    ]);
    step::succeed("build", &mut command)
}

fn rust(table: &mut Table) {
    let nextest = project::on_path("cargo-nextest");
    let mut command = if nextest {
        let mut command = project::compiling(&["nextest", "run"]);
        command.args(["--workspace", "--locked", "--profile", "ci"]);
        command
    } else {
        let mut command = project::compiling(&["test"]);
        command.args(["--workspace", "--locked", "--no-fail-fast"]);
        command.args(["--lib", "--bins"]);
        for name in plain_test_binaries() {
            command.args(["--test", &name]);
        }
        command
    };
    // A test that reaches for the keyring of the person who runs it must not find it.
    command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    let report = project::target().join("nextest/ci/junit.xml");
    let _ = std::fs::remove_file(&report);
    let finished = step::logged("Rust tests", &mut command);
    let (succeeded, output) = finished.map_or((false, String::new()), |finished| {
        (finished.succeeded, finished.output)
    });
    let binaries = if nextest {
        counts::from_junit(&std::fs::read_to_string(&report).unwrap_or_default())
    } else {
        counts::from_libtest(&output)
    };

    let mut unit = Counts::default();
    let mut integration = Vec::new();
    for (binary, counts) in binaries {
        let named = binary
            .split_once("::")
            .filter(|(_, name)| !name.starts_with("bin/"));
        if named.is_some() {
            integration.push((binary, counts))
        } else {
            unit += counts
        }
    }
    let told = integration.iter().any(|(_, counts)| counts.failed > 0);
    table.add("Rust, unit", unit, succeeded || told);
    for (binary, counts) in integration {
        let kind = if is_contract(&binary) {
            "Contract"
        } else {
            "Rust"
        };
        table.add(
            &format!("{kind}, {}", binary.trim_start_matches(':')),
            counts,
            true,
        );
    }
}

/// Tests of the contract on the wire: the training backend's own, and whatever else is called so.
fn is_contract(binary: &str) -> bool {
    let name = binary.rsplit("::").next().unwrap_or_default();
    name == "training" || name.starts_with("contract")
}

/// The integration tests of the workspace that need no session.
fn plain_test_binaries() -> Vec<String> {
    let listing = step::answer(project::cargo().args([
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--locked",
        "--offline",
    ]));
    let metadata: serde_json::Value = listing
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    let packages = metadata["packages"].as_array().into_iter().flatten();
    packages
        .flat_map(|package| package["targets"].as_array().into_iter().flatten())
        .filter(|target| target["kind"][0] == "test")
        .filter_map(|target| target["name"].as_str())
        .filter(|name| *name != journeys::WINDOW)
        .map(str::to_owned)
        .collect()
}

fn documentation(table: &mut Table) {
    let mut command = project::compiling(&["test"]);
    command.args(["--workspace", "--locked", "--no-fail-fast", "--doc"]);
    let finished = step::logged("examples in the documentation", &mut command);
    let (succeeded, output) = finished.map_or((false, String::new()), |finished| {
        (finished.succeeded, finished.output)
    });
    let mut counts = Counts::default();
    for found in counts::from_libtest(&output).into_values() {
        counts += found;
    }
    table.add("Documentation", counts, succeeded);
}

fn screen(table: &mut Table) {
    let report = project::target().join("logs").join("vitest.json");
    let _ = std::fs::remove_file(&report);
    let mut command = project::npm(&project::screen());
    command
        .args([
            "exec",
            "--",
            "vitest",
            "run",
            "--reporter=default",
            "--reporter=json",
        ])
        .arg(format!("--outputFile.json={}", report.display()));
    let finished = step::logged("unit tests of the screen", &mut command);
    let counts = project::json(&report)
        .map(|report| counts::from_vitest(&report))
        .unwrap_or_default();
    table.add(
        "Screen",
        counts,
        finished.is_ok_and(|finished| finished.succeeded),
    );
}

fn window(table: &mut Table) {
    if !cfg!(target_os = "linux") {
        table.add_absent(
            "Window",
            "not run: only Linux has a WebDriver for the window and a display in memory",
        );
        return;
    }
    let (counts, judged) = journeys::window(None);
    if let Err(reason) = &judged {
        println!("  {reason}");
    }
    table.add("Window", counts, judged.is_ok());
}
