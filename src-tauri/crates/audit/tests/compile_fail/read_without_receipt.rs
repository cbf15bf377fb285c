//! A sealed value cannot be read.

#![allow(unused_imports, dead_code)]

use cpis_audit::{AuditOutcome, AuditReceipt, AuditTrail, Attempt, Audited, Opened, Sealed};

struct Fetched;

impl Audited for Fetched {
    fn outcome(&self) -> AuditOutcome {
        AuditOutcome::Shown
    }
}

fn show(sealed: Sealed<Fetched>) -> Fetched {
    sealed.value
}

fn main() {}
