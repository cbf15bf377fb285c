//! Traces of the machine that a file was written on. They are of no use to others, and they tell of people.

use crate::project;
use crate::step;
use std::path::Path;
use std::process::Command;

/// Folders in which people keep what is theirs. A path that starts with one of them is somebody's.
const PERSONAL: &[&str] = &[
    "home",
    "Users",
    "root",
    "work",
    "workspace",
    "tmp",
    "builds",
];

/// Files larger than this are not text that anybody wrote.
const LARGEST: u64 = 2_000_000;

/// The text files that git knows or would take, by path below the workspace.
pub fn sources() -> Result<Vec<(String, String)>, String> {
    let listing = step::answer(Command::new("git").current_dir(project::root()).args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    Ok(listing
        .split('\0')
        .filter_map(|path| Some((path.to_owned(), text_of(&project::root().join(path))?)))
        .collect())
}

/// Lines that name this machine or somebody's folder.
pub fn found(sources: &[(String, String)]) -> Vec<String> {
    let root = project::root().display().to_string();
    let mut faults = Vec::new();
    for (path, text) in sources {
        for (index, line) in text.lines().enumerate() {
            if line.contains(&root) || names_a_personal_folder(line) {
                faults.push(format!(
                    "{path}:{}: names a folder of one machine",
                    index + 1
                ));
            }
        }
    }
    faults
}

fn text_of(path: &Path) -> Option<String> {
    let size = std::fs::metadata(path).ok()?.len();
    if size > LARGEST {
        return None;
    }
    String::from_utf8(std::fs::read(path).ok()?).ok()
}

fn names_a_personal_folder(line: &str) -> bool {
    PERSONAL.iter().any(|folder| {
        let start = format!("/{folder}/");
        line.match_indices(&start).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + start.len()..].chars().next();
            // `https://host/tmp/x` and `../work/x` are no absolute paths, and a `/tmp/` alone names nobody.
            before.is_none_or(|before| " \t\"'`=(:[<>,".contains(before))
                && after.is_some_and(|after| {
                    after.is_ascii_alphanumeric() || after == '_' || after == '.'
                })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn personal(folder: &str) -> String {
        format!("/{folder}/somebody/file")
    }

    #[test]
    fn a_personal_folder_is_found_in_quotes_and_after_a_space() {
        assert!(names_a_personal_folder(&personal("home")));
        assert!(names_a_personal_folder(&format!("see {}", personal("tmp"))));
        assert!(names_a_personal_folder(&format!(
            "let x = \"{}\";",
            personal("Users")
        )));
    }

    #[test]
    fn addresses_and_relative_paths_are_no_traces() {
        assert!(!names_a_personal_folder(&format!(
            "https://example.org{}",
            personal("home")
        )));
        assert!(!names_a_personal_folder(&format!("..{}", personal("work"))));
        assert!(!names_a_personal_folder("a page at / or a folder at /tmp/"));
    }

    #[test]
    fn the_line_is_named() {
        let sources = [("a.txt".to_owned(), format!("fine\n{}", personal("root")))];
        assert_eq!(found(&sources), ["a.txt:2: names a folder of one machine"]);
    }
}
