//! Every situation that the made-up people stand for gives the finding that it should.

use crate::support::{Bench, DENTIST, Desk, not_checked, records, typed};
use cpis_client::Request;
use cpis_client::shown::{
    Decision, ShownCause, ShownContent, ShownFinding, ShownHistory, ShownPlanKind, Told,
};
use cpis_training::{Case, TrainingPatient};

async fn bench() -> (std::sync::Arc<Bench>, Desk) {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    (bench, desk)
}

fn accesses(shown: &ShownContent) -> usize {
    match &shown.history {
        ShownHistory::Known { accesses } => accesses.len(),
        _ => panic!("no history"),
    }
}

/// What is wanted of a case that needs no decision: current, ended and other records, accesses.
enum Wanted {
    Current(usize),
    Ended,
    Nothing,
    NotChecked(ShownCause),
}

fn wanted(case: Case) -> Wanted {
    use Wanted::{Current, Ended, NotChecked, Nothing};
    match case {
        Case::ChildProtectionAndLookedAfter => Current(2),
        Case::EndedTenDaysAgo | Case::Ended364DaysAgo => Ended,
        Case::Ended366DaysAgo | Case::NothingHeld => Nothing,
        Case::RestrictedWithRecord | Case::RestrictedWithoutRecord => {
            NotChecked(ShownCause::Restricted)
        }
        Case::Superseded => NotChecked(ShownCause::Superseded),
        Case::Invalidated => NotChecked(ShownCause::NumberInvalidated),
        Case::Deceased => NotChecked(ShownCause::Deceased),
        _ => Current(1),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_gives_its_finding() {
    let (bench, desk) = bench().await;
    for case in Case::ALL {
        let person = bench.person(*case);
        let shown = desk.check(person).await;
        assert_eq!(shown.asked, person.nhs_number.digits());
        match wanted(*case) {
            Wanted::Current(count) => {
                let (current, ended) = records(&shown);
                assert_eq!((current.len(), ended.len()), (count, 0), "{case:?}");
                assert_eq!(shown.told, Told::Yes, "{case:?}");
                assert_eq!(accesses(&shown), person.accesses.len().min(25), "{case:?}");
            }
            Wanted::Ended => {
                let (current, ended) = records(&shown);
                assert_eq!((current.len(), ended.len()), (0, 1), "{case:?}");
            }
            Wanted::Nothing => {
                assert!(matches!(shown.finding, ShownFinding::Nothing), "{case:?}");
                assert_eq!(shown.told, Told::NobodyToTell, "{case:?}");
                assert!(matches!(shown.history, ShownHistory::None), "{case:?}");
            }
            Wanted::NotChecked(cause) => {
                assert_eq!(not_checked(&shown).0, cause, "{case:?}");
                assert_eq!(shown.told, Told::No, "{case:?}");
                assert!(shown.patient.is_none(), "{case:?}");
            }
        }
    }
    desk.sent().await;
    assert_eq!(
        bench.received(),
        Case::ALL.len(),
        "one record for each look"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_record_says_is_shown_and_what_it_leaves_out_is_not_made_up() {
    let (bench, desk) = bench().await;
    let first = async |case| records(&desk.check_first(case).await).0[0].clone();

    let unborn = first(Case::UnbornChild).await;
    assert!(matches!(unborn.plan, ShownPlanKind::UnbornChild));

    let unknown = first(Case::UnknownPlanCode).await;
    let ShownPlanKind::Other { code, display } = &unknown.plan else {
        panic!("another kind");
    };
    assert_eq!(code, "999000011000000103");
    assert_eq!(
        display.as_deref(),
        Some("Subject to a made-up kind of plan")
    );

    assert_eq!(first(Case::NoEndDate).await.end, None);
    let telephones = async |case| {
        let plan = first(case).await;
        (plan.office_hours.is_some(), plan.emergency_duty.is_some())
    };
    assert_eq!(telephones(Case::NoOfficeTelephone).await, (false, true));
    assert_eq!(telephones(Case::NoEmergencyTelephone).await, (true, false));
    assert_eq!(telephones(Case::NoTelephone).await, (false, false));

    let full = first(Case::EveryField).await;
    let held = &bench.person(Case::EveryField).plans[0];
    assert_eq!(full.start, held.start.map(|day| day.to_string()));
    assert_eq!(full.end, held.end.map(|day| day.to_string()));
    assert_eq!(full.authority, held.authority.name);
    let code = held.authority.ods_code.as_ref().map(ToString::to_string);
    assert!(code.is_some());
    assert_eq!(full.authority_code, code);
    let updated = chrono::DateTime::parse_from_rfc3339(&full.last_updated.unwrap()).unwrap();
    assert_eq!(Some(updated), held.last_updated);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_history_holds_the_newest_25_newest_first() {
    let (bench, desk) = bench().await;
    for (case, wanted) in [
        (Case::NoAccesses, 0),
        (Case::TwentyFiveAccesses, 25),
        (Case::FortyAccesses, 25),
    ] {
        let shown = desk.check_first(case).await;
        assert_eq!(accesses(&shown), wanted, "{case:?}");
        let ShownHistory::Known { accesses } = shown.history else {
            panic!("no history");
        };
        let held = &bench.person(case).accesses;
        for (shown, held) in accesses.iter().zip(held) {
            let at = chrono::DateTime::parse_from_rfc3339(&shown.at).unwrap();
            assert_eq!(at, held.at);
            assert_eq!(shown.viewer.as_deref(), Some(held.viewer.as_str()));
            let organisation = shown.organisation.as_deref().unwrap();
            assert!(organisation.starts_with(&held.organisation_name));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn going_on_after_a_warning_is_a_look_of_its_own() {
    let (bench, desk) = bench().await;
    for (case, cause, has_record) in [
        (Case::RestrictedWithRecord, "restricted", true),
        (Case::RestrictedWithoutRecord, "restricted", false),
        (Case::Deceased, "deceased", false),
    ] {
        let person = bench.person(case);
        let stopped = desk.check(person).await;
        assert!(matches!(stopped.decision, Some(Decision::GoOn)), "{case:?}");
        let shown = desk.decide(Request::GoOn).await;
        match &shown.finding {
            ShownFinding::Record { current, .. } => {
                assert!(has_record && current.len() == 1, "{case:?}");
            }
            ShownFinding::Nothing => assert!(!has_record, "{case:?}"),
            ShownFinding::NotChecked { cause, .. } => panic!("{case:?}: {cause:?}"),
        }
        let patient = shown.patient.as_ref().unwrap();
        assert_eq!(patient.restricted, cause == "restricted");
        assert_eq!(patient.deceased, cause == "deceased");
        assert_eq!(
            patient.deceased_on,
            person.deceased.map(|day| day.to_string())
        );
        assert_ne!(shown.reference, stopped.reference);

        desk.sent().await;
        let first = bench.record(&stopped.reference);
        assert_eq!((first.outcome, first.cause.as_deref()), (4, Some(cause)));
        assert_eq!(bench.record(&shown.reference).outcome, 0);
        desk.refused(Request::GoOn).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replaced_number_leads_to_the_one_in_use() {
    let (bench, desk) = bench().await;
    let old = bench.person(Case::Superseded);
    let newer = bench.person(Case::ReplacesSuperseded);
    let stopped = desk.check(old).await;
    let Some(Decision::UseCurrentNumber { current }) = &stopped.decision else {
        panic!("no decision");
    };
    assert_eq!(*current, newer.nhs_number.digits());

    let shown = desk.decide(Request::UseCurrentNumber).await;
    assert_eq!(shown.asked, newer.nhs_number.digits());
    assert_eq!(records(&shown).0.len(), 1);
    desk.sent().await;
    let (first, second) = (
        bench.record(&stopped.reference),
        bench.record(&shown.reference),
    );
    assert_eq!(first.cause.as_deref(), Some("superseded"));
    assert_eq!(
        (first.person, second.person),
        (Some(old.nhs_number.clone()), Some(newer.nhs_number.clone()))
    );
    assert_eq!(bench.received(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_date_of_birth_discloses_nothing_of_the_person_held() {
    let (bench, desk) = bench().await;
    for case in [
        Case::ChildProtection,
        Case::Superseded,
        Case::RestrictedWithRecord,
        Case::Deceased,
    ] {
        let person = bench.person(case);
        let other_day = person.birth_date + chrono::Days::new(1);
        let asked = TrainingPatient {
            birth_date: other_day,
            ..person.clone()
        };
        let first = desk.begin(&asked).await.revision;
        let shown = desk.result().await;
        assert_eq!(
            not_checked(&shown),
            (ShownCause::BirthDateDiffers, None),
            "{case:?}"
        );
        assert!(shown.decision.is_none(), "{case:?}");
        desk.refused(Request::GoOn).await;
        desk.refused(Request::UseCurrentNumber).await;

        let views = serde_json::to_string(&desk.views_since(first)).unwrap();
        let current = person.replaced_by.as_ref().map(|number| number.digits());
        let held = [person.family.clone(), person.birth_date.to_string()];
        for secret in held.into_iter().chain(person.given.clone()).chain(current) {
            assert!(
                !views.contains(&secret),
                "{case:?}: the view holds {secret}"
            );
        }
        desk.sent().await;
        let record = bench.record(&shown.reference);
        assert_eq!(record.cause.as_deref(), Some("birth-date-differs"));
    }
    assert_eq!(bench.told(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_nobody_has_is_not_nothing() {
    let (bench, desk) = bench().await;
    let nobody = cpis_record::NhsNumber::complete([9, 9, 9, 9, 9, 9, 9, 9, 8]).unwrap();
    let person = bench.person(Case::NothingHeld);
    let mut form = typed(person);
    form.nhs_number = nobody.digits();
    desk.ask(Request::FindChild(form)).await;
    assert_eq!(not_checked(&desk.result().await).0, ShownCause::NotKnown);
}
