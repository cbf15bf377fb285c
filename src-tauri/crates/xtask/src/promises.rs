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

/// In a row of a table, what stands in backticks and reads like a sentence.
fn tests_named_in(line: &str) -> impl Iterator<Item = &str> {
    let row = line.starts_with('|');
    line.split('`')
        .skip(1)
        .step_by(2)
        .filter(move |name| row && name.matches('_').count() >= 2)
        .filter(|name| {
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        })
}

fn is_test((path, text): &(String, String), name: &str) -> bool {
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
    fn only_tables_name_tests() {
        assert!(broken(&sources("Set `lock_on_card_removal` to false.", "")).is_empty());
    }
}
