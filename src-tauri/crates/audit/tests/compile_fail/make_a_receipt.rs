//! Nobody but the trail makes a receipt.

#![allow(unused_imports, dead_code)]

use cpis_audit::{AuditOutcome, AuditReceipt, AuditTrail, Attempt, Audited, Opened, Sealed};

struct Fetched;

impl Audited for Fetched {
    fn outcome(&self) -> AuditOutcome {
        AuditOutcome::Shown
    }
}

fn show(sealed: Sealed<Fetched>, attempt: Attempt) -> Opened<Fetched> {
    let receipt = AuditReceipt { view: attempt.view() };
    receipt.open(sealed).ok().unwrap()
}

fn main() {}
