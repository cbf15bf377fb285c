//! How many tests passed and failed, read from what the test runners write.

use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::AddAssign;

/// Tests of one runner or one part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Ran and held.
    pub passed: u64,
    /// Ran and did not hold, or could not be run.
    pub failed: u64,
    /// Not run, because the test itself says so.
    pub skipped: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl Counts {
    /// One thing that held or did not.
    pub fn of_one(held: bool) -> Self {
        Self {
            passed: held.into(),
            failed: (!held).into(),
            skipped: 0,
        }
    }

    /// Whether any test was looked at.
    pub fn any(self) -> bool {
        self != Self::default()
    }
}

/// nextest's `JUnit` report, by test binary: `cpis-record`, `cpis-training::contract`, `xtask::bin/xtask`.
pub fn from_junit(report: &str) -> BTreeMap<String, Counts> {
    let mut suites = BTreeMap::new();
    for tag in report.split("<testsuite ").skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let number = |name: &str| -> u64 {
            attribute(tag, name)
                .and_then(|text| text.parse().ok())
                .unwrap_or(0)
        };
        let failed = number("failures") + number("errors");
        // Older releases say `disabled`.
        let skipped = number("skipped") + number("disabled");
        let passed = number("tests").saturating_sub(failed + skipped);
        let name = attribute(tag, "name").unwrap_or_default().to_owned();
        *suites.entry(name).or_default() += Counts {
            passed,
            failed,
            skipped,
        };
    }
    suites
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = format!("{name}=\"");
    let mut rest = tag;
    loop {
        let at = rest.find(&start)?;
        let value = &rest[at + start.len()..];
        // So that `name` is not found inside `filename`.
        if at == 0 || rest[..at].ends_with(' ') {
            return value.split('"').next();
        }
        rest = value;
    }
}

/// The `test result:` lines of Rust's own test harness, by test binary as cargo names it in its
/// `Running` and `Doc-tests` lines. Cargo does not name the package, so an integration test is `::contract`.
pub fn from_libtest(output: &str) -> BTreeMap<String, Counts> {
    let mut binaries = BTreeMap::new();
    let mut binary = String::new();
    for line in output.lines() {
        let line = line.trim();
        if let Some(running) = line.strip_prefix("Running ") {
            binary = binary_of(running);
        } else if let Some(documented) = line.strip_prefix("Doc-tests ") {
            binary = documented.to_owned();
        } else if let Some(result) = line.strip_prefix("test result: ") {
            let number = |word: &str| -> u64 {
                result
                    .split(['.', ';'])
                    .filter_map(|part| part.trim().strip_suffix(word))
                    .find_map(|text| text.trim().parse().ok())
                    .unwrap_or(0)
            };
            let found = Counts {
                passed: number("passed"),
                failed: number("failed"),
                skipped: number("ignored"),
            };
            *binaries.entry(binary.clone()).or_default() += found;
        }
    }
    binaries
}

/// `tests/contract.rs (target/debug/deps/contract-0123)` is the binary `::contract`.
fn binary_of(running: &str) -> String {
    let program = running
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .trim_end_matches(')');
    let program = program.strip_suffix(".exe").unwrap_or(program);
    let name = program.rsplit_once('-').map_or(program, |(name, _)| name);
    let edge = if running.starts_with("unittests ") {
        ""
    } else {
        "::"
    };
    format!("{edge}{name}")
}

/// Vitest's JSON report. A file that could not even be loaded counts as one failed test.
pub fn from_vitest(report: &Value) -> Counts {
    let number = |name: &str| -> u64 { report[name].as_u64().unwrap_or(0) };
    let unloaded = report["testResults"].as_array().map_or(0, |files| {
        let lost = files.iter().filter(|file| {
            file["status"] == "failed"
                && file["assertionResults"]
                    .as_array()
                    .is_none_or(Vec::is_empty)
        });
        lost.count() as u64
    });
    Counts {
        passed: number("numPassedTests"),
        failed: number("numFailedTests") + unloaded,
        skipped: number("numPendingTests") + number("numTodoTests"),
    }
}

/// Playwright's JSON report, by project. A test that passed only when it was tried again has failed.
pub fn from_playwright(report: &Value) -> BTreeMap<String, Counts> {
    let mut projects = BTreeMap::new();
    for suite in report["suites"].as_array().into_iter().flatten() {
        walk_playwright(suite, &mut projects);
    }
    // Faults outside any test, such as a file that does not load.
    let faults = report["errors"].as_array().map_or(0, Vec::len) as u64;
    if faults > 0 {
        *projects.entry(String::new()).or_default() += Counts {
            failed: faults,
            ..Counts::default()
        };
    }
    projects
}

fn walk_playwright(suite: &Value, projects: &mut BTreeMap<String, Counts>) {
    for inner in suite["suites"].as_array().into_iter().flatten() {
        walk_playwright(inner, projects);
    }
    for spec in suite["specs"].as_array().into_iter().flatten() {
        for test in spec["tests"].as_array().into_iter().flatten() {
            let project = test["projectName"].as_str().unwrap_or_default();
            let counts = projects.entry(project.to_owned()).or_default();
            match test["status"].as_str() {
                Some("expected") => counts.passed += 1,
                Some("skipped") => counts.skipped += 1,
                _ => counts.failed += 1,
            }
        }
    }
}

/// One line of the closing table.
struct Row {
    name: String,
    counts: Counts,
    note: String,
}

/// The closing table of a run.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// What one step counted. A step that failed, or that ran nothing, has at least one failure.
    pub fn add(&mut self, name: &str, mut counts: Counts, succeeded: bool) {
        let mut note = String::new();
        if !succeeded && counts.failed == 0 {
            counts.failed = 1;
            note = "the step itself failed".to_owned();
        } else if !counts.any() {
            counts.failed = 1;
            note = "ran no test".to_owned();
        }
        self.rows.push(Row {
            name: name.to_owned(),
            counts,
            note,
        });
    }

    /// A step that could not be carried out; it counts as one failure.
    pub fn add_failure(&mut self, name: &str, reason: &str) {
        let counts = Counts {
            failed: 1,
            ..Counts::default()
        };
        self.rows.push(Row {
            name: name.to_owned(),
            counts,
            note: reason.to_owned(),
        });
    }

    /// A step that this platform does not have; it counts as nothing, and the table says so.
    pub fn add_absent(&mut self, name: &str, reason: &str) {
        let counts = Counts::default();
        self.rows.push(Row {
            name: name.to_owned(),
            counts,
            note: reason.to_owned(),
        });
    }

    /// All of it together.
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        for row in &self.rows {
            total += row.counts;
        }
        total
    }

    /// The table, and below it the one line that is read by machines.
    pub fn text(&self) -> String {
        let mut text = format!(
            "\n{:<44}{:>8}{:>8}{:>9}\n",
            "", "passed", "failed", "skipped"
        );
        for Row { name, counts, note } in &self.rows {
            let Counts {
                passed,
                failed,
                skipped,
            } = counts;
            let line = format!("{name:<44}{passed:>8}{failed:>8}{skipped:>9}  {note}");
            text.push_str(line.trim_end());
            text.push('\n');
        }
        let Counts { passed, failed, .. } = self.total();
        text.push_str(&format!("\n{passed} passed, {failed} failed"));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn counts(passed: u64, failed: u64, skipped: u64) -> Counts {
        Counts {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn nextest_is_counted_by_binary() {
        let report = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="5" failures="1" errors="1" uuid="x" time="0.054">
    <testsuite name="cpis-record" tests="5" skipped="1" errors="1" failures="1">
        <testcase name="nhs_number::tests::a" classname="cpis-record" time="0.004"></testcase>
    </testsuite>
    <testsuite name="cpis-training::contract" tests="1" skipped="0" errors="0" failures="0">
    </testsuite>
</testsuites>"#;
        let read = from_junit(report);
        assert_eq!(read["cpis-record"], counts(2, 2, 1));
        assert_eq!(read["cpis-training::contract"], counts(1, 0, 0));
        assert_eq!(read.len(), 2);
    }

    #[test]
    fn an_attribute_is_not_found_inside_another() {
        assert_eq!(attribute(r#"filename="a" name="b""#, "name"), Some("b"));
        assert_eq!(attribute(r#"filename="a""#, "name"), None);
    }

    #[test]
    fn the_plain_harness_is_counted_by_binary() {
        let output = "
     Running unittests src/lib.rs (target/debug/deps/cpis_record-0a1b)
test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s
     Running tests/window_journey.rs (target\\debug\\deps\\window_journey-0a1b.exe)
test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 3.50s
   Doc-tests cpis_audit
test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.51s
";
        let read = from_libtest(output);
        assert_eq!(read["cpis_record"], counts(12, 0, 1));
        assert_eq!(read["::window_journey"], counts(2, 1, 0));
        assert_eq!(read["cpis_audit"], counts(3, 0, 0));
    }

    #[test]
    fn a_vitest_file_that_does_not_load_is_a_failure() {
        let report = json!({
            "numPassedTests": 7, "numFailedTests": 1, "numPendingTests": 2, "numTodoTests": 1,
            "testResults": [
                {"status": "failed", "assertionResults": [{"status": "failed"}]},
                {"status": "failed", "assertionResults": []},
            ],
        });
        assert_eq!(from_vitest(&report), counts(7, 2, 3));
    }

    #[test]
    fn playwright_is_counted_by_project_and_a_second_try_does_not_pass() {
        let test = |project: &str, status: &str| json!({"projectName": project, "status": status});
        let report = json!({
            "suites": [{
                "specs": [{"tests": [test("gallery", "expected"), test("journeys", "skipped")]}],
                "suites": [{"specs": [{"tests": [
                    test("journeys", "flaky"), test("journeys", "unexpected"), test("gallery", "expected"),
                ]}]}],
            }],
            "errors": [],
        });
        let read = from_playwright(&report);
        assert_eq!(read["gallery"], counts(2, 0, 0));
        assert_eq!(read["journeys"], counts(0, 2, 1));
    }

    #[test]
    fn playwright_faults_outside_tests_are_failures() {
        let read = from_playwright(&json!({"suites": [], "errors": [{"message": "x"}]}));
        assert_eq!(read[""], counts(0, 1, 0));
    }

    #[test]
    fn the_last_line_adds_everything_up() {
        let mut table = Table::default();
        table.add("Rust", counts(10, 0, 1), true);
        table.add("Screen", counts(5, 2, 0), false);
        assert_eq!(table.text().lines().last(), Some("15 passed, 2 failed"));
    }

    #[test]
    fn silence_is_a_failure() {
        let mut table = Table::default();
        table.add("Rust", Counts::default(), true);
        assert_eq!(table.total(), counts(0, 1, 0));
        table.add("Documentation", counts(3, 0, 0), false);
        assert_eq!(table.total(), counts(3, 2, 0));
        table.add_failure("Window", "not built");
        assert_eq!(table.total(), counts(3, 3, 0));
    }
}
