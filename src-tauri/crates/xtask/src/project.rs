//! Where things are, and how the tools that work on them are called.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the workspace.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.ancestors()
        .nth(3)
        .expect("xtask lies three folders below the workspace")
        .to_path_buf()
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A program that the debug build makes, by its plain name.
pub fn built(program: &str) -> PathBuf {
    target()
        .join("debug")
        .join(program)
        .with_extension(std::env::consts::EXE_EXTENSION)
}

/// The folder of the screen.
pub fn screen() -> PathBuf {
    root().join("ui")
}

/// The folder of the tests that drive a browser.
pub fn browser_tests() -> PathBuf {
    root().join("tests").join("browser")
}

/// The folder of the certified OpenID provider that the sign-in in the browser is tested against.
pub fn certified_provider() -> PathBuf {
    root().join("tests").join("oidc-provider")
}

/// The compiler with clippy's lints, by its plain name.
const LINTING_COMPILER: &str = "clippy-driver";

/// Whether our own crates are compiled with clippy's lints. Its package is not on every machine.
pub fn lints_while_building() -> bool {
    on_path(LINTING_COMPILER)
}

/// Cargo with a subcommand that compiles our crates, with clippy's lints where they are installed: every step
/// compiles them the same way, so a build and a lint are one and nothing is compiled twice.
///
/// As an argument, not in the environment: a test that compiles programs of its own compares what the plain
/// compiler says.
pub fn compiling(subcommand: &[&str]) -> Command {
    let mut command = cargo();
    command.args(subcommand);
    if lints_while_building() {
        let wrapper = format!("build.rustc-workspace-wrapper=\"{LINTING_COMPILER}\"");
        command.args(["--config", &wrapper]);
    }
    command
}

/// Cargo, in the workspace.
///
/// What `cargo run` says of xtask itself is taken out of the environment: some build scripts watch those
/// variables, and a build from here and one from a terminal would undo each other.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let said_of_xtask = name.to_str().is_some_and(|name| {
            ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"]
                .iter()
                .any(|start| name.starts_with(start))
        });
        if said_of_xtask {
            command.env_remove(&name);
        }
    }
    command.current_dir(root());
    command
}

/// npm, in one folder.
pub fn npm(folder: &Path) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(folder);
    command
}

/// A JSON file.
pub fn json(path: &Path) -> Result<Value, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{} is not JSON: {error}", path.display()))
}

/// Where a program lies on the PATH.
pub fn found(program: &str) -> Option<PathBuf> {
    let named = Path::new(program).with_extension(std::env::consts::EXE_EXTENSION);
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(&named))
        .find(|found| found.is_file())
}

/// Whether a program is on the PATH.
pub fn on_path(program: &str) -> bool {
    found(program).is_some()
}
