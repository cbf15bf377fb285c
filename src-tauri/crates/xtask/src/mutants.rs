//! Breaks the code on purpose, one way at a time, and shows which test turns red.
//!
//! A harness that has never failed proves nothing. Each mutation is made in a copy of the tree; if the place to
//! break is not there any more, that is a failure, too.

use crate::packages::{self, Need};
use crate::project;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// One way to break the code.
struct Mutant {
    name: &'static str,
    file: &'static str,
    /// What is there, once, and what is put in its place.
    changes: &'static [(&'static str, &'static str)],
    /// The arguments of cargo that run the test which must fail.
    test: &'static [&'static str],
}

const AUDIT: &str = "src-tauri/crates/audit/src/";

/// The harnesses, in a size that shows a fault.
const POWER_CUTS: &[&str] = &harness("0", "300", "0");
const TRAFFIC: &[&str] = &harness("60", "0", "0");
const ILL_DISK: &[&str] = &harness("0", "0", "300");
const TROUBLE: &[&str] = &["test", "-p", "cpis-torture", "--test", "trouble"];

/// Arguments of cargo that run some cases on a folder, some power cuts and some spells of an ill disk.
const fn harness(
    cases: &'static str,
    power_cuts: &'static str,
    spells: &'static str,
) -> [&'static str; 17] {
    [
        "run",
        "--quiet",
        "-p",
        "cpis-torture",
        "--bin",
        "torture",
        "--",
        "--kills",
        "0",
        "--changes",
        "0",
        "--cases",
        cases,
        "--power-cuts",
        power_cuts,
        "--spells",
        spells,
    ]
}

const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "commits are not synced (FULL becomes NORMAL)",
        file: "store/schema.rs",
        changes: &[
            (r#""synchronous", "FULL""#, r#""synchronous", "NORMAL""#),
            ("synchronous != 2", "synchronous != 1"),
        ],
        test: POWER_CUTS,
    },
    Mutant {
        name: "a result is shown before its record is committed",
        file: "ledger.rs",
        changes: &[(
            "self.store.conclude(view, sealed.outcome())?;",
            "let _ = self.store.conclude(view, sealed.outcome());",
        )],
        test: TROUBLE,
    },
    Mutant {
        name: "a look is made although its beginning could not be written",
        file: "ledger.rs",
        changes: &[(
            "self.mending(look.at, |ledger| ledger.store.begin(look))?;",
            "let _ = self.mending(look.at, |ledger| ledger.store.begin(look));",
        )],
        test: ILL_DISK,
    },
    Mutant {
        name: "a refusal (4xx) takes the record out of the queue",
        file: "store/queue.rs",
        changes: &[(
            "state_name(EntryState::NeedsAttention).clone_into(&mut is.state);",
            "state_name(EntryState::Sent).clone_into(&mut is.state);",
        )],
        test: TRAFFIC,
    },
    Mutant {
        name: "a lease never ends",
        file: "store/queue.rs",
        changes: &[("(lease_until <= ?1 OR lease_until > ?2)", "?1 > ?2")],
        test: TROUBLE,
    },
    Mutant {
        name: "a record is marked sent without a receipt that names it",
        file: "outbox.rs",
        changes: &[(
            "Some(location) if names(location, kind, id)",
            "Some(location) if !location.is_empty()",
        )],
        test: TRAFFIC,
    },
    Mutant {
        name: "an unscheduled read whose answer was lost is made again",
        file: "../../client/src/lookup.rs",
        changes: &[(
            "let reply = terms.session.get(url, terms.profile, &headers).await;",
            "let mut reply = terms.session.get(url.clone(), terms.profile, &headers).await;
    if reply.is_err() {
        reply = terms.session.get(url, terms.profile, &headers).await;
    }",
        )],
        test: &[
            "test",
            "-p",
            "cpis-client",
            "--test",
            "program",
            "--",
            "trouble::plans_that_fail_are_not_checked_and_never_nothing",
        ],
    },
    Mutant {
        name: "rows change without the sum that stands for them",
        file: "store/change.rs",
        changes: &[(
            "is.marked(self.keys)\n        };\n        self.head.toggle(&is.fingerprint);\n",
            "is.marked(self.keys)\n        };\n",
        )],
        test: &["test", "-p", "cpis-audit", "--test", "audit", "lane::"],
    },
    Mutant {
        name: "rows of an older program are taken over without a look at their sum",
        file: "store/older.rs",
        changes: &[("if head.sum != [0; 32] {", "if false {")],
        test: &["test", "-p", "cpis-audit", "--test", "audit", "upgrade::"],
    },
    Mutant {
        name: "a note to a local authority is sent in a batch of audit records",
        file: "store/queue.rs",
        changes: &[(
            "rows.truncate(together);",
            "rows.truncate(together.max(rows.len()));",
        )],
        test: TRAFFIC,
    },
];

/// Breaks the code in each way. Fails if a test stays green.
///
/// # Errors
/// When the copy cannot be made or written.
pub fn run() -> Result<ExitCode, String> {
    packages::ensure(&[Need::Build, Need::Proof])?;
    let tree = project::target().join("mutants/tree");
    copy(&tree)?;
    let mut survivors = 0;
    for mutant in MUTANTS {
        let path = tree.join(AUDIT).join(mutant.file);
        let whole = std::fs::read_to_string(&path)
            .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        let mut broken = whole.clone();
        for (is, becomes) in mutant.changes {
            if broken.matches(is).count() != 1 {
                return Err(format!("{}: `{is}` is not there once", path.display()));
            }
            broken = broken.replacen(is, becomes, 1);
        }
        write(&path, &broken)?;
        let red = turns_red(&tree, mutant);
        write(&path, &whole)?;
        let red = red?;
        println!(
            "{:8} {}\n         cargo {}",
            if red { "red" } else { "SURVIVED" },
            mutant.name,
            mutant.test.join(" ")
        );
        survivors += u32::from(!red);
    }
    println!("{} mutants, {survivors} survived", MUTANTS.len());
    Ok(if survivors == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Whether the test fails. A tree that does not compile proves nothing, so it is compiled first.
fn turns_red(tree: &Path, mutant: &Mutant) -> Result<bool, String> {
    let target = project::target().join("mutants/target");
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new("cargo");
        command
            .args(arguments)
            .current_dir(tree)
            .env("CARGO_TARGET_DIR", &target)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
            .status()
            .map_err(|error| format!("cargo could not be started: {error}"))
    };
    let package = mutant.test.iter().skip_while(|word| **word != "-p").nth(1);
    let package = package.copied().unwrap_or("cpis-torture");
    if !cargo(&["build", "-p", package, "--all-targets"])?.success() {
        return Err(format!("{}: the broken code does not compile", mutant.name));
    }
    Ok(!cargo(mutant.test)?.success())
}

/// Copies what is kept in version control.
fn copy(to: &Path) -> Result<(), String> {
    if to.exists() {
        std::fs::remove_dir_all(to)
            .map_err(|error| format!("{} cannot be removed: {error}", to.display()))?;
    }
    let listed = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(project::root())
        .output()
        .map_err(|error| format!("git could not be started: {error}"))?;
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    for file in listed.split('\0').filter(|file| !file.is_empty()) {
        let from = project::root().join(file);
        // Removed and not yet committed.
        let Ok(content) = std::fs::read(&from) else {
            continue;
        };
        let path = to.join(file);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
        }
        std::fs::write(&path, content)
            .map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text)
        .map_err(|error| format!("{} cannot be written: {error}", path.display()))
}
