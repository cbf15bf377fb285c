//! `verify-audit`: what an examination of the audit trail says to people and to scripts.
//!
//! The report goes to standard output, everything else to standard error. Neither holds an
//! identifier of a person.

use crate::Switches;
use crate::folders::Folders;
use crate::launcher::system_keychains;
use cpis_client::view::ProgramMode;
use cpis_client::{AuditFinding, AuditReport, Clock, SystemClock, VerifyError, verify_audit};
use std::io::Write;
use std::process::ExitCode;

/// The trail is as it was written.
const WHOLE: u8 = 0;
/// It is not.
const NOT_WHOLE: u8 = 1;
/// That cannot be said.
const NOT_EXAMINED: u8 = 2;

/// Seconds between two lines about the progress.
const PROGRESS_EVERY: i64 = 2;

/// Examines the audit trail of the mode that the switches name, and says what was found.
#[must_use]
pub fn run(switches: &Switches) -> ExitCode {
    let said = match Folders::find(switches) {
        Ok(folders) => {
            let folder = match switches.mode() {
                ProgramMode::Live => &folders.live,
                ProgramMode::Practice => &folders.practice,
            };
            let progress = progress(SystemClock, |rows| {
                // Nobody has to be there to read it.
                let _ = writeln!(std::io::stderr(), "{rows} rows read so far");
            });
            let keychains = system_keychains();
            Said::of(&verify_audit(switches.mode(), folder, &keychains, progress))
        }
        Err(error) => Said::of(&Err(VerifyError::Unreadable(error.to_string()))),
    };
    // The exit code says it all to a script that has closed the other end.
    let _ = if said.code == NOT_EXAMINED {
        writeln!(std::io::stderr(), "{}", said.text)
    } else {
        writeln!(std::io::stdout(), "{}", said.text)
    };
    ExitCode::from(said.code)
}

/// What is said, and the exit code.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    text: String,
    code: u8,
}

impl Said {
    fn of(result: &Result<AuditReport, VerifyError>) -> Self {
        match result {
            Ok(report) if report.is_whole() => Self {
                text: format!("{}The audit trail is as it was written.", counted(report)),
                code: WHOLE,
            },
            Ok(report) => Self {
                text: altered(report),
                code: NOT_WHOLE,
            },
            Err(error @ (VerifyError::Removed | VerifyError::Damaged)) => Self {
                text: unexamined(error),
                code: NOT_WHOLE,
            },
            Err(error) => Self {
                text: unexamined(error),
                code: NOT_EXAMINED,
            },
        }
    }
}

/// Says how many rows have been read, but not for an examination that is soon over.
fn progress(clock: impl Clock, mut say: impl FnMut(u64)) -> impl FnMut(u64) {
    let mut last = clock.now();
    move |rows| {
        let now = clock.now();
        if (now - last).num_seconds() >= PROGRESS_EVERY {
            last = now;
            say(rows);
        }
    }
}

fn counted(report: &AuditReport) -> String {
    format!(
        "Rows read: {}\nRecords in the chain: {}\n",
        report.rows, report.records
    )
}

fn altered(report: &AuditReport) -> String {
    let mut text = counted(report);
    text += "The audit trail is not as it was written:\n";
    for finding in &report.findings {
        text += &format!("- {}\n", words(finding));
    }
    if report.more > 0 {
        text += &format!("- And {} more findings like these.\n", report.more);
    }
    text += "Make a copy of the whole folder now, and tell the person in charge of these records.";
    text
}

fn words(finding: &AuditFinding) -> String {
    match finding {
        AuditFinding::Head => "The summary that stands for all rows was changed.".to_owned(),
        AuditFinding::Sum => {
            "The rows are not the ones the summary stands for: at least one was changed, removed or \
             put back."
                .to_owned()
        }
        AuditFinding::RowMissing(number) => format!("Row {number} is missing."),
        AuditFinding::RowAltered(number) => format!("Row {number} was changed."),
        AuditFinding::RecordMissing(number) => {
            format!("Record {number} of the chain is missing or cannot be read.")
        }
        AuditFinding::LinkBroken(number) => {
            format!("Record {number} of the chain does not follow the record before it.")
        }
        AuditFinding::End => {
            "The newest rows are not the ones the summary names: some may have been cut off."
                .to_owned()
        }
        AuditFinding::OldCopy => "An old copy of the records was put back.".to_owned(),
        AuditFinding::WitnessMissing => {
            "The file audit.witness, which says how far the records go, is missing or was changed."
                .to_owned()
        }
        AuditFinding::Gone => "The records that were kept here before are gone.".to_owned(),
        // It comes from the file, where somebody may have put anything.
        AuditFinding::Earlier(what) => {
            format!("An earlier check found this: {}.", what.escape_debug())
        }
    }
}

fn unexamined(error: &VerifyError) -> String {
    match error {
        VerifyError::NoTrail(folder) => format!(
            "There is no audit trail in {}. Run this as the person who uses CP-IS Check, or name \
             their folder with --data-dir.",
            folder.display()
        ),
        VerifyError::Removed => {
            "The audit trail is gone: the file audit.witness is there, but audit.sqlite is not. Make \
             a copy of the whole folder now, and tell the person in charge of these records."
                .to_owned()
        }
        VerifyError::Damaged => {
            "The audit trail is damaged: its file cannot be read. Make a copy of the whole folder, \
             then start CP-IS Check: it sends what it can still read."
                .to_owned()
        }
        VerifyError::NoKeychain => {
            "This computer has no keychain, so the records cannot be opened. Sign in as the person \
             who uses CP-IS Check; on Linux, a Secret Service such as gnome-keyring must be running."
                .to_owned()
        }
        VerifyError::KeychainLocked => {
            "The keychain is locked or does not answer. Unlock it and try again.".to_owned()
        }
        VerifyError::KeyMissing => {
            "The keychain does not hold the key to these records. Run this as the person who uses \
             CP-IS Check on this computer, or restore their keychain."
                .to_owned()
        }
        VerifyError::OtherKey => {
            "The key in the keychain opens none of these records. Run this as the person, and on the \
             computer, that wrote them; if that is so already, tell the person in charge of these \
             records."
                .to_owned()
        }
        VerifyError::NewerVersion => {
            "A newer version of CP-IS Check wrote these records. Check them with that version."
                .to_owned()
        }
        VerifyError::OlderVersion => {
            "An older version of CP-IS Check wrote these records. Start this version once, then check \
             again."
                .to_owned()
        }
        VerifyError::Busy => {
            "CP-IS Check was started or closed during this check. Try again.".to_owned()
        }
        VerifyError::Unreadable(reason) => format!(
            "The records cannot be read ({reason}). Make sure that you may read the folder, then try \
             again."
        ),
    }
}

#[cfg(test)]
mod tests;
