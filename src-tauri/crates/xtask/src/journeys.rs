//! The tests that use the program as a person does: through the real window, and through a browser over HTTP.

use crate::counts::{self, Counts, Table};
use crate::{accessibility, packages, project, session, step};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The test binary that drives the real window. It needs a session, so it is not among the plain Rust tests.
pub const WINDOW: &str = "window_journey";
/// How a line of the window journey starts that says what it read from the screen.
const FINDING: &str = "Finding read from the screen:";
/// The projects of the tests in a browser, of which the first needs no program. The story is not among
/// them: it takes more than a minute, and each of its steps is in a journey or a test of its own.
const PROJECTS: &[&str] = &["gallery", "journeys", "console", "evidence"];
/// A journey that leaves fewer pictures did not go all the way.
const PICTURES: usize = 8;

/// Where the window journey leaves its pictures.
pub fn folder() -> PathBuf {
    project::target().join("journey")
}

/// Walks through the real window, or through the part of it that `only` names, and says what it read there.
///
/// # Errors
/// When the journey failed or did not leave what it must. The counts are there all the same.
pub fn window(only: Option<&str>) -> (Counts, Result<(), String>) {
    let finished = empty(&folder()).and_then(|()| {
        let mut journey = project::compiling(&["test"]);
        journey
            .args(["--workspace", "--locked", "--test", WINDOW])
            .args(["--", "--nocapture", "--test-threads=1"])
            .args(only)
            .env("CPIS_JOURNEY_DIR", folder());
        step::logged("journey through the window", &mut session::around(&journey))
    });
    let finished = match finished {
        Ok(finished) => finished,
        Err(reason) => return (Counts::default(), Err(reason)),
    };
    let counts = counts::from_libtest(&finished.output)
        .get(&format!("::{WINDOW}"))
        .copied()
        .unwrap_or_default();
    (counts, judge(finished.succeeded, &finished.output))
}

fn judge(succeeded: bool, output: &str) -> Result<(), String> {
    let findings: Vec<&str> = output
        .lines()
        .filter_map(|line| Some(&line[line.find(FINDING)?..]))
        .collect();
    for finding in &findings {
        println!("  {finding}");
    }
    let pictures = pictures(&folder());
    println!("  {pictures} screenshots in {}", folder().display());
    if !succeeded {
        Err("the journey failed".to_owned())
    } else if findings.is_empty() {
        Err("the journey read no finding from the screen".to_owned())
    } else if pictures < PICTURES {
        Err(format!(
            "the journey left fewer than {PICTURES} screenshots"
        ))
    } else {
        Ok(())
    }
}

/// Makes a folder, or takes the files away that lie in it.
pub fn empty(folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder)
        .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    // Only what this journey leaves: the contact sheets of the gallery lie in a folder below.
    let files =
        std::fs::read_dir(folder).map(|entries| entries.flatten().map(|entry| entry.path()));
    for file in files.into_iter().flatten().filter(|path| path.is_file()) {
        std::fs::remove_file(&file)
            .map_err(|error| format!("{} cannot be emptied: {error}", folder.display()))?;
    }
    Ok(())
}

fn pictures(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    entries
        .flatten()
        .filter(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "png")
        })
        .count()
}

/// The tests in a browser, with the programs that the debug build makes.
pub fn playwright() -> Command {
    let mut command = project::npm(&project::browser_tests());
    command
        .args(["exec", "--", "playwright", "test"])
        .env("CPIS_JOURNEY_HOST", project::built("journey-host"));
    if let Some(browser) = packages::browser() {
        command.env("CHROMIUM", browser);
    }
    command
}

/// Runs the gallery of screens, and the journeys if the program that serves them was built.
pub fn browser(table: &mut Table, built: bool) {
    let report = project::target().join("logs").join("playwright.json");
    let _ = std::fs::remove_file(&report);
    let mut command = playwright();
    command
        .arg("--reporter=dot,json")
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report);
    let projects = if built { PROJECTS } else { &PROJECTS[..1] };
    command.args(projects.iter().map(|name| format!("--project={name}")));
    let finished = step::logged("gallery and journeys in a browser", &mut command);
    let succeeded = finished.is_ok_and(|finished| finished.succeeded);
    let projects = project::json(&report).map(|report| counts::from_playwright(&report));
    match projects {
        Ok(projects) if !projects.is_empty() => {
            let whole = projects.values().any(|counts| counts.failed > 0);
            for (project, counts) in projects {
                // Which of them a fault outside any test belongs to is not known, so each row stands for itself.
                table.add(&format!("Browser {project}"), counts, succeeded || whole);
            }
        }
        _ => table.add("Browser", Counts::default(), false),
    }
    if built && succeeded {
        for line in accessibility::lines() {
            println!("  {line}");
        }
        let held = step::judged("ACCESSIBILITY.md", accessibility::stale);
        table.add("Accessibility statement", Counts::of_one(held), true);
    }
}
