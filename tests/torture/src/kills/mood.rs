//! What goes wrong at the backend during one run of the program.

use cpis_training::{Fault, Faults};
use std::time::Duration;

const AUDIT: &str = "/audit";
const TOKEN: &str = "/oauth2/token";
/// Where a look asks.
const LOOKS: [&str; 3] = [
    "/personal-demographics",
    "/cpis/FHIR/R4/CareTeam",
    "/cpis/FHIR/R4/AuditEvent",
];

/// Chooses what goes wrong: at the records often, at the looks sometimes.
pub fn choose(faults: &Faults, chance: &mut fastrand::Rng) {
    faults.clear();
    if chance.u32(0..10) < 7 {
        let fault = fault(chance);
        if chance.bool() {
            faults.set(AUDIT, Some(fault));
        } else {
            faults.set_times(AUDIT, fault, chance.u32(1..3));
        }
    }
    for path in LOOKS {
        if chance.u32(0..10) < 2 {
            faults.set(path, Some(fault(chance)));
        }
    }
}

/// The service that gives tokens has its bad moments too. To be chosen when nobody signs in any
/// more in this run.
pub fn trouble_tokens(faults: &Faults, chance: &mut fastrand::Rng) {
    if chance.u32(0..10) < 2 {
        faults.set(TOKEN, Some(fault(chance)));
    }
}

/// No answer to whoever is traced: looks hang after they have begun.
pub fn hang_looks(faults: &Faults) {
    faults.set(LOOKS[0], Some(Fault::Hang));
}

fn fault(chance: &mut fastrand::Rng) -> Fault {
    match chance.u32(0..16) {
        0..4 => Fault::StoreThenClose,
        4..6 => Fault::Delay(Duration::from_millis(chance.u64(5..500))),
        6 => Fault::Hang,
        7..9 => Fault::CloseWithoutAnswer,
        9 => Fault::RetryAfter(chance.u32(1..4)),
        10 => Fault::Status(503),
        11 => Fault::Status(500),
        12 => Fault::Status(401),
        13 => Fault::Html,
        14 => Fault::Truncate,
        _ => Fault::WrongContentType,
    }
}
