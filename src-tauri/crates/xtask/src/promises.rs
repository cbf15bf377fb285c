//! The documents promise things and name the tests that show them. A test that was renamed or went must not
//! leave a promise behind that nothing shows.

/// The documents whose tables name tests.
const DOCUMENTS: &[&str] = &["SECURITY.md", "CLINICAL_SAFETY.md"];

/// Names of tests in the tables of the documents that no test has.
pub fn broken(sources: &[(String, String)]) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, text) in sources {
        if !DOCUMENTS.contains(&path.as_str()) {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            for name in tests_named_in(line) {
                if !sources.iter().any(|source| is_test(source, name)) {
                    faults.push(format!("{path}:{}: there is no test {name}", index + 1));
                }
            }
        }
    }
    faults
}

/// In a row of a table, what stands in backticks and reads like the name of a test: words joined by
/// underscores in Rust, a sentence in TypeScript.
fn tests_named_in(line: &str) -> impl Iterator<Item = &str> {
    let row = line.starts_with('|');
    line.split('`')
        .skip(1)
        .step_by(2)
        .filter(move |name| row && (is_title(name) || is_function(name)))
}

fn is_function(name: &str) -> bool {
    name.matches('_').count() >= 2
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Commands, too, have spaces.
fn is_title(name: &str) -> bool {
    name.contains(' ') && !name.starts_with("cargo ")
}

fn is_test((path, text): &(String, String), name: &str) -> bool {
    if is_title(name) {
        return path.ends_with(".ts") && text.contains(&format!("test(\"{name}\""));
    }
    path.ends_with(".rs")
        && text.match_indices(&format!("fn {name}(")).any(|(at, _)| {
            let before: Vec<&str> = text[..at].lines().rev().take(12).collect();
            before
                .iter()
                .take_while(|line| !line.trim_end().ends_with('}'))
                .any(|line| line.contains("test"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(document: &str, code: &str) -> Vec<(String, String)> {
        vec![
            ("SECURITY.md".to_owned(), document.to_owned()),
            ("src/lib.rs".to_owned(), code.to_owned()),
        ]
    }

    #[test]
    fn a_promise_without_its_test_is_found() {
        let row = "| thief | read `audit.sqlite` | `a_thief_reads_nothing` |";
        let test = "#[test]\nfn a_thief_reads_nothing() {}";
        assert!(broken(&sources(row, test)).is_empty());
        let no_test = "fn other() {}\n\nfn a_thief_reads_nothing() {}";
        for code in ["", "// fn a_thief_reads_nothing", no_test] {
            let fault = "SECURITY.md:1: there is no test a_thief_reads_nothing";
            assert_eq!(broken(&sources(row, code)), [fault]);
        }
    }

    #[test]
    fn a_title_is_looked_for_in_the_tests_of_the_screen() {
        let row = "| 1 | x | `nothing found is said plainly`, `cargo xtask torture` |";
        let test = |path: &str| {
            vec![
                ("CLINICAL_SAFETY.md".to_owned(), row.to_owned()),
                (
                    path.to_owned(),
                    "test(\"nothing found is said plainly\", () => {".to_owned(),
                ),
            ]
        };
        assert!(broken(&test("tests/browser/records.spec.ts")).is_empty());
        assert_eq!(broken(&test("README.md")).len(), 1);
    }

    #[test]
    fn only_tables_name_tests() {
        assert!(broken(&sources("Set `lock_on_card_removal` to false.", "")).is_empty());
    }
}
