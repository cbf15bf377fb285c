//! What is said of each outcome, and with which exit code.

use super::*;
use crate::Command;
use clap::Parser;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that a test moves, in seconds.
#[derive(Clone, Default)]
struct Hand(Arc<AtomicI64>);

impl Clock for Hand {
    fn now(&self) -> chrono::DateTime<chrono::FixedOffset> {
        let at = self.0.load(Ordering::Relaxed);
        chrono::DateTime::from_timestamp(at, 0).unwrap().into()
    }
}

fn report(findings: Vec<AuditFinding>, more: u64) -> AuditReport {
    AuditReport {
        rows: 12,
        records: 11,
        findings,
        more,
        ..AuditReport::default()
    }
}

#[test]
fn a_whole_trail_is_0() {
    let said = Said::of(&Ok(report(Vec::new(), 0)));
    assert_eq!(said.code, 0);
    assert_eq!(
        said.text,
        "Rows read: 12\nRecords in the chain: 11\nThe audit trail is as it was written."
    );
}

#[test]
fn findings_are_1_and_each_has_its_line() {
    let findings = vec![
        AuditFinding::Head,
        AuditFinding::Sum,
        AuditFinding::RowMissing(1),
        AuditFinding::RowAltered(2),
        AuditFinding::RecordMissing(3),
        AuditFinding::LinkBroken(4),
        AuditFinding::End,
        AuditFinding::OldCopy,
        AuditFinding::WitnessMissing,
        AuditFinding::Gone,
        AuditFinding::Earlier("row 7 was altered\u{1b}[2J\n".to_owned()),
    ];
    let said = Said::of(&Ok(report(findings, 5)));
    assert_eq!(said.code, 1);
    let lines: Vec<&str> = said.text.lines().collect();
    assert_eq!(lines.len(), 2 + 1 + 11 + 1 + 1);
    assert_eq!(lines[2], "The audit trail is not as it was written:");
    assert!(lines[3..15].iter().all(|line| line.starts_with("- ")));
    assert_eq!(lines[6], "- Row 2 was changed.");
    assert_eq!(lines[14], "- And 5 more findings like these.");
    assert!(!said.text.contains('\u{1b}'), "the file commands no screen");
    assert!(!said.text.contains("is as it was written"));
}

#[test]
fn a_trail_that_is_gone_or_damaged_is_1() {
    for error in [VerifyError::Removed, VerifyError::Damaged] {
        assert_eq!(Said::of(&Err(error.clone())).code, 1, "{error}");
    }
}

#[test]
fn what_cannot_be_examined_is_2_and_says_what_to_do() {
    for error in [
        VerifyError::NoTrail(PathBuf::from("/data/live")),
        VerifyError::NoKeychain,
        VerifyError::KeychainLocked,
        VerifyError::KeyMissing,
        VerifyError::OtherKey,
        VerifyError::NewerVersion,
        VerifyError::OlderVersion,
        VerifyError::Busy,
        VerifyError::Unreadable("no".to_owned()),
    ] {
        let said = Said::of(&Err(error.clone()));
        assert_eq!(said.code, 2, "{error}");
        let to_do = [
            "Run",
            "Sign in",
            "Unlock",
            "Check them",
            "Start",
            "Try",
            "Make sure",
        ];
        assert!(to_do.iter().any(|verb| said.text.contains(verb)), "{error}");
        assert!(!said.text.contains('\n'));
    }
}

#[test]
fn switches_stand_before_or_after_the_command() {
    for line in [
        [
            "cpis-desktop",
            "--practice",
            "verify-audit",
            "--data-dir",
            "d",
        ],
        [
            "cpis-desktop",
            "verify-audit",
            "--data-dir",
            "d",
            "--practice",
        ],
    ] {
        let switches = Switches::parse_from(line);
        assert_eq!(switches.command, Some(Command::VerifyAudit));
        assert_eq!(switches.mode(), ProgramMode::Practice);
        assert_eq!(switches.data_dir, Some(PathBuf::from("d")));
    }
    let switches = Switches::parse_from(["cpis-desktop"]);
    assert_eq!(
        (switches.command, switches.mode()),
        (None, ProgramMode::Live)
    );
}

#[test]
fn where_there_is_no_trail_nothing_is_made() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let switches = Switches {
        practice: false,
        config: None,
        data_dir: Some(data.clone()),
        link: None,
        command: Some(Command::VerifyAudit),
    };
    assert_eq!(run(&switches), ExitCode::from(2));
    assert!(!data.exists());
}

#[test]
fn progress_is_said_only_when_it_takes_long() {
    let clock = Hand::default();
    let mut said = Vec::new();
    let mut progress = progress(clock.clone(), |rows| said.push(rows));
    for (at, rows) in [(1, 1000), (2, 2000), (3, 3000), (5, 4000)] {
        clock.0.store(at, Ordering::Relaxed);
        progress(rows);
    }
    drop(progress);
    assert_eq!(said, [2000, 4000]);
}
