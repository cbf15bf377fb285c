//! Only a receipt makes an opened value.

#![allow(unused_imports, dead_code)]

use cpis_audit::{AuditOutcome, AuditReceipt, AuditTrail, Attempt, Audited, Opened, Sealed};

struct Fetched;

impl Audited for Fetched {
    fn outcome(&self) -> AuditOutcome {
        AuditOutcome::Shown
    }
}

fn show(value: Fetched, view: cpis_audit::ViewId) -> Opened<Fetched> {
    Opened { view, value }
}

fn main() {}
