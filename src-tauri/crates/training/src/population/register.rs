//! What the register holds about a made-up person on a day: plans and earlier accesses.

use super::authority::AUTHORITIES;
use super::{Case, PILOT_SITES, TrainingAccess, TrainingPatient, flag};
use crate::seeded::Choices;
use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime};
use cpis_record::{OdsCode, Plan, PlanKind};

/// A code in the form of SNOMED CT that the published value set does not hold.
const UNPUBLISHED_CODE: &str = "999000011000000103";

/// Gives a person the plans and accesses of their case.
pub(super) fn fill(patient: &mut TrainingPatient, seed: u64, today: NaiveDate) {
    let seed = if patient.family == "Testchild" {
        0
    } else {
        seed
    };
    let mut choices = Choices::new(seed, format!("register {}", patient.nhs_number.digits()));
    if patient.case == Case::Deceased {
        let days = Days::new(choices.below(200) + 30);
        patient.deceased = Some((today - days).max(patient.birth_date));
    }
    patient.plans = plans(patient, &mut choices, today);
    patient.other_flags = flag::of(patient, today);
    if !patient.plans.is_empty() {
        patient.accesses = accesses(patient.case, &mut choices, today);
    }
}

fn plans(patient: &TrainingPatient, choices: &mut Choices, today: NaiveDate) -> Vec<Plan> {
    use PlanKind::{ChildProtection, LookedAfter, UnbornChild};
    let authority = choices.one_of(AUTHORITIES).as_record();
    let start_before = |days: i64, choices: &mut Choices| {
        let back = choices.between(days + 20, days + 320);
        day_before(today, back).max(patient.birth_date)
    };
    let updated = day_before(today, choices.between(1, 15))
        .and_time(time(6, choices))
        .and_utc()
        .fixed_offset();
    let plan = |kind: PlanKind, start: NaiveDate, end: Option<NaiveDate>| Plan {
        kind,
        start: Some(start),
        end,
        authority: authority.clone(),
        last_updated: Some(updated),
    };
    let review = Some(today + Days::new(choices.below(150) + 30));
    let ended = |days: i64, choices: &mut Choices| {
        let start = start_before(days, choices);
        vec![plan(ChildProtection, start, Some(day_before(today, days)))]
    };
    match patient.case {
        Case::NothingHeld
        | Case::RestrictedWithoutRecord
        | Case::Superseded
        | Case::Invalidated
        | Case::Deceased => {
            vec![]
        }
        Case::LookedAfter => vec![plan(LookedAfter, start_before(0, choices), None)],
        Case::UnbornChild => vec![plan(UnbornChild, start_before(0, choices), review)],
        Case::ChildProtectionAndLookedAfter => vec![
            plan(ChildProtection, start_before(60, choices), review),
            plan(LookedAfter, start_before(0, choices), None),
        ],
        Case::EndedTenDaysAgo => ended(10, choices),
        Case::Ended364DaysAgo => ended(364, choices),
        Case::Ended366DaysAgo => ended(366, choices),
        Case::NoEndDate => vec![plan(ChildProtection, start_before(0, choices), None)],
        Case::UnknownPlanCode => {
            let kind = PlanKind::Other {
                code: UNPUBLISHED_CODE.to_owned(),
                display: Some("Subject to a made-up kind of plan".to_owned()),
            };
            vec![plan(kind, start_before(0, choices), review)]
        }
        Case::NoOfficeTelephone | Case::NoEmergencyTelephone | Case::NoTelephone => {
            let mut plan = plan(ChildProtection, start_before(0, choices), review);
            if patient.case != Case::NoEmergencyTelephone {
                plan.authority.office_hours = None;
            }
            if patient.case != Case::NoOfficeTelephone {
                plan.authority.emergency_duty = None;
            }
            vec![plan]
        }
        Case::ChildProtection
        | Case::RestrictedWithRecord
        | Case::ReplacesSuperseded
        | Case::TwentyFiveAccesses
        | Case::FortyAccesses
        | Case::NoAccesses
        | Case::EveryField
        | Case::OtherFlags => vec![plan(ChildProtection, start_before(0, choices), review)],
    }
}

fn accesses(case: Case, choices: &mut Choices, today: NaiveDate) -> Vec<TrainingAccess> {
    let count = match case {
        Case::TwentyFiveAccesses => 25,
        Case::FortyAccesses => 40,
        Case::NoAccesses | Case::Ended366DaysAgo => 0,
        Case::EveryField => 6,
        _ => choices.between(1, 9),
    };
    // One in each stretch of days, the stretches newest first: no two at one time.
    (0..count)
        .map(|place| {
            let day = day_before(today, 1 + place * 9 + choices.between(0, 8));
            access(
                day.and_time(time(8, choices)).and_utc().fixed_offset(),
                choices,
            )
        })
        .collect()
}

const VIEWERS: [(&str, &str, &str); 12] = [
    ("Dr Ines Practice-Puffin", "R0300", "Dental Officer"),
    (
        "Mr Jonah Sample-Rowan",
        "R8000",
        "Clinical Practitioner Access Role",
    ),
    ("Ms Kira Mock-Hazel", "R8001", "Nurse Access Role"),
    (
        "Dr Lachlan Trial-Curlew",
        "R0230",
        "Senior Clinical Medical Officer",
    ),
    ("Mrs Moira Training-Thistle", "R8016", "Midwife Access Role"),
    ("Dr Nikhil Demo-Kestrel", "R0050", "Consultant"),
    ("Miss Orla Pretend-Newt", "R0700", "Community Nurse"),
    ("Dr Pavel Example-Stoat", "R0110", "Specialist Registrar"),
    ("Sister Queenie Madeup-Swift", "R8001", "Nurse Access Role"),
    (
        "Mr Rhys Fiction-Gorse",
        "R8003",
        "Health Professional Access Role",
    ),
    (
        "Dr Saoirse Practice-Linnet",
        "R0220",
        "Clinical Medical Officer",
    ),
    ("Ms Tova Sample-Elder", "R0690", "Community Practitioner"),
];

fn access(at: DateTime<FixedOffset>, choices: &mut Choices) -> TrainingAccess {
    let place = choices.below(u64::try_from(VIEWERS.len()).unwrap_or(1));
    let (viewer, role_code, role_name) = VIEWERS[usize::try_from(place).unwrap_or(0)];
    let site = choices.below(u64::try_from(PILOT_SITES.len()).unwrap_or(1));
    let (code, name) = PILOT_SITES[usize::try_from(site).unwrap_or(0)];
    TrainingAccess {
        at,
        viewer: viewer.to_owned(),
        role_profile: format!("55500009{place:02}{site:02}"),
        role_code: role_code.to_owned(),
        role_name: role_name.to_owned(),
        organisation: code
            .parse::<OdsCode>()
            .expect("the pilot sites' codes are well formed; a test reads them"),
        organisation_name: name.to_owned(),
    }
}

fn day_before(today: NaiveDate, days: i64) -> NaiveDate {
    today - Days::new(u64::try_from(days).unwrap_or(0))
}

/// A time of day from an hour on, within 12 hours.
fn time(from_hour: i64, choices: &mut Choices) -> NaiveTime {
    let seconds = from_hour * 3600 + choices.between(0, 12 * 3600 - 1);
    u32::try_from(seconds)
        .ok()
        .and_then(|s| NaiveTime::from_num_seconds_from_midnight_opt(s, 0))
        .unwrap_or_default()
}
