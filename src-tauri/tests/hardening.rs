//! What a hardened process leaves to others: looked at from inside and from outside.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "a part of the test, and clippy knows only test functions"
)]

use cpis_desktop::hardening::harden;
use rustix::process::{DumpableBehavior, dumpable_behavior};
use std::io::Read;
use std::process::{Command, Stdio};

const HARDENED: &str = "CPIS_HARDENED_PROCESS";

/// The limit of core dumps, soft and hard.
fn core_limit(limits: &str) -> [u64; 2] {
    let line = limits.lines().find(|line| line.starts_with("Max core"));
    let mut numbers = line.unwrap().split_whitespace().skip(4);
    let mut next = || numbers.next().unwrap().parse().unwrap_or(u64::MAX);
    [next(), next()]
}

/// Not a test by itself: the process that the next one starts.
#[test]
fn hardened_process() {
    if std::env::var_os(HARDENED).is_none() {
        return;
    }
    harden().unwrap();
    assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    let child = Command::new("cat").arg("/proc/self/limits").output();
    let limits = String::from_utf8(child.unwrap().stdout).unwrap();
    assert!(core_limit(&limits).iter().all(|limit| *limit <= 1));
    println!("{HARDENED}");
}

#[test]
fn a_hardened_process_is_not_dumpable_and_its_children_leave_no_core_dump() {
    let ended = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "hardened_process", "--nocapture"])
        .env(HARDENED, "1")
        .output()
        .unwrap();
    let said = String::from_utf8(ended.stdout).unwrap();
    assert!(ended.status.success() && said.contains(HARDENED), "{said}");
}

#[test]
fn the_program_hardens_itself() {
    let empty = tempfile::tempdir().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_cpis-desktop"))
        .arg("verify-audit")
        .arg("--data-dir")
        .arg(empty.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut output = program.stderr.take().unwrap();
    output.read_to_string(&mut said).unwrap();
    // It has ended. What the system knows of it stays until somebody asks how.
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", program.id()));
    program.wait().unwrap();
    assert!(said.contains("There is no audit trail"), "{said}");
    let limits = core_limit(&limits.unwrap());
    assert!(limits.iter().all(|limit| *limit <= 1), "{limits:?}");
}
