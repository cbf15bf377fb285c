//! `cargo xtask e2e story`: a record goes from a local authority to a clinician, and each look back to the
//! authority, with real programs and in a real browser.

use crate::{journeys, project, run, step, test};
use std::process::ExitCode;

/// The story in words, beside its pictures.
const WORDS: &str = "story.txt";

/// Sets everything up, goes through the story and prints it. Its pictures and its extract stay in
/// `target/story`.
///
/// # Errors
/// When something cannot be built, or a step of the story failed.
pub fn tell() -> Result<ExitCode, String> {
    test::set_up(&|step| step == test::Step::Browser)?;
    run::build(&[
        "--bin",
        "journey-host",
        "--bin",
        "cpis-training",
        "--test",
        journeys::WINDOW,
    ])?;
    let folder = project::target().join("story");
    journeys::empty(&folder)?;
    let mut command = journeys::playwright();
    command
        .args(["--project=story", "--reporter=list"])
        .env("CPIS_STORY_DIR", &folder);
    println!("Story");
    step::succeed("story in a browser", &mut command)?;
    let words = folder.join(WORDS);
    let words = std::fs::read_to_string(&words)
        .map_err(|error| format!("{} cannot be read: {error}", words.display()))?;
    println!("  pictures are in {}", folder.display());
    print!("{words}");
    Ok(ExitCode::SUCCESS)
}
