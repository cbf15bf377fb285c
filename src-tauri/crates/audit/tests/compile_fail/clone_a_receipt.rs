//! A receipt has no copy.

#![allow(unused_imports, dead_code)]

use cpis_audit::{AuditOutcome, AuditReceipt, AuditTrail, Attempt, Audited, Opened, Sealed};

struct Fetched;

impl Audited for Fetched {
    fn outcome(&self) -> AuditOutcome {
        AuditOutcome::Shown
    }
}

fn keep(receipt: &AuditReceipt) -> AuditReceipt {
    receipt.clone()
}

fn main() {}
