//! An attempt is concluded once.

#![allow(unused_imports, dead_code)]

use cpis_audit::{AuditOutcome, AuditReceipt, AuditTrail, Attempt, Audited, Opened, Sealed};

struct Fetched;

impl Audited for Fetched {
    fn outcome(&self) -> AuditOutcome {
        AuditOutcome::Shown
    }
}

async fn show(trail: AuditTrail, attempt: Attempt, sealed: Sealed<Fetched>) {
    let _ = trail.conclude(attempt, &sealed).await;
    let _ = trail.conclude(attempt, &sealed).await;
}

fn main() {}
