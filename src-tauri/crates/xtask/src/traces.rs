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

/// Lines that name the folder of this clone, or somebody's folder.
pub fn found(sources: &[(String, String)]) -> Vec<String> {
    found_with(&project::root(), sources)
}

fn found_with(root: &Path, sources: &[(String, String)]) -> Vec<String> {
    let mut starts: Vec<String> = PERSONAL
        .iter()
        .map(|folder| format!("/{folder}/"))
        .collect();
    // A clone that lies in `/src` says nothing of anybody: such paths mean other things, too.
    if root.components().count() > 2 {
        starts.push(root.display().to_string());
    }
    let mut faults = Vec::new();
    for (path, text) in sources {
        for (index, line) in text.lines().enumerate() {
            if starts.iter().any(|start| names_a_path(line, start)) {
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

/// Whether a line has an absolute path that starts like this. `https://host/tmp/x` and `../work/x` are none, and
/// a `/tmp/` alone names nobody.
fn names_a_path(line: &str, start: &str) -> bool {
    line.match_indices(start).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + start.len()..].chars().next();
        before.is_none_or(|before| " \t\"'`=(:[<>,".contains(before))
            && after.is_some_and(|after| after.is_ascii_alphanumeric() || "_./".contains(after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn personal(folder: &str) -> String {
        format!("/{folder}/somebody/file")
    }

    fn faults(root: &str, line: &str) -> Vec<String> {
        found_with(
            Path::new(root),
            &[("a.txt".to_owned(), format!("fine\n{line}"))],
        )
    }

    #[test]
    fn a_personal_folder_is_found_and_its_line_is_named() {
        let fault = ["a.txt:2: names a folder of one machine"];
        assert_eq!(faults("/", &personal("home")), fault);
        assert_eq!(faults("/", &format!("see {}", personal("tmp"))), fault);
        assert_eq!(
            faults("/", &format!("let x = \"{}\";", personal("Users"))),
            fault
        );
    }

    #[test]
    fn the_folder_of_the_clone_is_found_wherever_it_lies() {
        assert_eq!(faults("/srv/clone", "see /srv/clone/ui").len(), 1);
        assert_eq!(
            faults("/src", "import \"/src/main.ts\" from ../ui/src/main.ts"),
            [""; 0]
        );
    }

    #[test]
    fn addresses_and_relative_paths_are_no_traces() {
        assert_eq!(
            faults("/", &format!("https://example.org{}", personal("home"))),
            [""; 0]
        );
        assert_eq!(faults("/", &format!("..{}", personal("work"))), [""; 0]);
        assert_eq!(faults("/", "a page at / or a folder at /tmp/"), [""; 0]);
    }
}
