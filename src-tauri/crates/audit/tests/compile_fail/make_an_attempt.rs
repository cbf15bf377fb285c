//! Nobody but the trail says that a look is on record.

#![allow(unused_imports, dead_code)]

use cpis_audit::{AuditOutcome, AuditReceipt, AuditTrail, Attempt, Audited, Opened, Sealed};

struct Fetched;

impl Audited for Fetched {
    fn outcome(&self) -> AuditOutcome {
        AuditOutcome::Shown
    }
}

fn look(view: cpis_audit::ViewId) -> Sealed<Fetched> {
    Sealed::new(&Attempt { view }, Fetched)
}

fn main() {}
