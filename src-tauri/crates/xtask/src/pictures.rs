//! The pictures in README.md: screenshots that the journeys through the real window have left.

use crate::{journeys, project, step};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// How the journeys mark a screenshot that is meant for README.md.
const MARK: &str = "readme-";
/// The largest that a picture may be, in bytes: whoever clones the repository gets them all.
const LARGEST: u64 = 150_000;

/// Puts the marked screenshots of the last run into `.github/`, made smaller where `pngquant` is there.
///
/// # Errors
/// When there are none, or one is too large.
pub fn update() -> Result<ExitCode, String> {
    let marked = marked(&journeys::folder())?;
    if marked.is_empty() {
        return Err("There are no pictures yet: cargo xtask test --only window".to_owned());
    }
    for (name, from) in marked {
        let to = project::root().join(".github").join(name);
        shrink(&from, &to)?;
        let size = std::fs::metadata(&to)
            .map_err(|error| cannot(&to, &error))?
            .len();
        if size > LARGEST {
            return Err(format!(
                "{} has {size} bytes: install pngquant",
                to.display()
            ));
        }
        println!("  {} {} kB", to.display(), size / 1000);
    }
    Ok(ExitCode::SUCCESS)
}

/// The screenshots that are meant for README.md, with their names there.
fn marked(folder: &Path) -> Result<Vec<(String, PathBuf)>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| cannot(folder, &error))?;
    let mut marked: Vec<_> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some((name.strip_prefix(MARK)?.to_owned(), entry.path()))
        })
        .collect();
    marked.sort();
    Ok(marked)
}

fn shrink(from: &Path, to: &Path) -> Result<(), String> {
    if !project::on_path("pngquant") {
        return std::fs::copy(from, to)
            .map(drop)
            .map_err(|error| cannot(to, &error));
    }
    let mut pngquant = Command::new("pngquant");
    pngquant.args(["--force", "--speed", "1", "--strip", "--output"]);
    step::answer(pngquant.arg(to).arg("--").arg(from)).map(drop)
}

fn cannot(path: &Path, error: &std::io::Error) -> String {
    format!("{} cannot be used: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_marked_pictures_are_taken() {
        let folder = std::env::temp_dir().join(format!("cpis-pictures-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for name in ["readme-result.png", "practice-01.png", "readme-a.png"] {
            std::fs::write(folder.join(name), "").unwrap();
        }
        let names: Vec<_> = marked(&folder)
            .unwrap()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(names, ["a.png", "result.png"]);
    }
}
