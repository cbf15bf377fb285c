//! A sealed value cannot be printed.

#![allow(unused_imports, dead_code)]

use cpis_audit::{AuditOutcome, AuditReceipt, AuditTrail, Attempt, Audited, Opened, Sealed};

struct Fetched;

impl Audited for Fetched {
    fn outcome(&self) -> AuditOutcome {
        AuditOutcome::Shown
    }
}

fn log(sealed: &Sealed<Fetched>) {
    let _ = format!("{sealed:?}");
}

fn main() {}
