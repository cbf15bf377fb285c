//! A receipt opens one value, once.

#![allow(unused_imports, dead_code)]

use cpis_audit::{AuditOutcome, AuditReceipt, AuditTrail, Attempt, Audited, Opened, Sealed};

struct Fetched;

impl Audited for Fetched {
    fn outcome(&self) -> AuditOutcome {
        AuditOutcome::Shown
    }
}

fn show(receipt: AuditReceipt, first: Sealed<Fetched>, second: Sealed<Fetched>) {
    let _ = receipt.open(first);
    let _ = receipt.open(second);
}

fn main() {}
