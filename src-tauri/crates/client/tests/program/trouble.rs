//! Whatever goes wrong on the way: the check says that it was not made and why, asks nothing twice,
//! and is on record.

use crate::support::{Bench, DENTIST, Desk, not_checked, records};
use cpis_client::Request;
use cpis_client::shown::{Decision, ShownCause, ShownContent, ShownHistory, Told};
use cpis_client::view::{Connectivity, Place, Screen};
use cpis_record::{CareSetting, NotCheckedCause};
use cpis_training::{Case, Fault};
use std::sync::Arc;

const TRACE: &str = "/personal-demographics";
const PLANS: &str = "/cpis/FHIR/R4/CareTeam";
const HISTORY: &str = "/cpis/FHIR/R4/AuditEvent";

/// A fault, the cause it must be shown as, and whether the question may have had its effect.
const FAULTS: [(Fault, ShownCause, bool); 14] = [
    (Fault::Status(400), ShownCause::Refused, false),
    (Fault::Status(403), ShownCause::NotAllowed, false),
    (Fault::Status(404), ShownCause::NotKnown, false),
    (Fault::Status(408), ShownCause::ServiceUnavailable, true),
    (Fault::Status(429), ShownCause::TooManyRequests, false),
    (Fault::RetryAfter(1), ShownCause::TooManyRequests, false),
    (Fault::Status(500), ShownCause::ServiceUnavailable, true),
    (Fault::Status(503), ShownCause::ServiceUnavailable, true),
    (Fault::Html, ShownCause::UnreadableAnswer, true),
    (Fault::WrongContentType, ShownCause::UnreadableAnswer, true),
    (Fault::Truncate, ShownCause::ConnectionLost, true),
    (Fault::Huge, ShownCause::AnswerTooLarge, true),
    (Fault::CloseWithoutAnswer, ShownCause::ConnectionLost, true),
    (Fault::StoreThenClose, ShownCause::ConnectionLost, true),
];

/// Whether the result on the screen offers to ask again who looked before.
fn is_offered_again(desk: &Desk) -> bool {
    matches!(desk.view().screen, Screen::Result { history_again, .. } if history_again)
}

async fn bench() -> (Arc<Bench>, Desk) {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.sign_in(DENTIST).await;
    (bench, desk)
}

/// Checks somebody while requests below `path` meet a fault, each once and no more.
async fn check_with(
    bench: &Bench,
    desk: &Desk,
    path: &str,
    fault: Fault,
    case: Case,
) -> ShownContent {
    let backend = bench.backend();
    let before = backend.faults().strikes();
    backend.faults().set(path, Some(fault));
    let shown = desk.check_first(case).await;
    backend.faults().set(path, None);
    assert_eq!(
        backend.faults().strikes() - before,
        1,
        "{fault:?}: asked once"
    );
    shown
}

/// The record of a look that was not made arrives with its cause.
async fn is_on_record(bench: &Bench, desk: &Desk, shown: &ShownContent) {
    desk.sent().await;
    let record = bench.record(&shown.reference);
    let cause = serde_json::to_value(not_checked(shown).0).unwrap();
    assert_eq!(record.outcome, 4);
    assert_eq!(record.cause.as_deref(), cause.as_str());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_that_fails_is_not_checked_and_asks_the_register_nothing() {
    let (bench, desk) = bench().await;
    for (fault, cause, _) in FAULTS {
        for case in [Case::NothingHeld, Case::ChildProtection] {
            let shown = check_with(&bench, &desk, TRACE, fault, case).await;
            assert_eq!(not_checked(&shown).0, cause, "{fault:?}");
            assert_eq!(shown.told, Told::No, "{fault:?}");
            assert!(shown.patient.is_none());
            is_on_record(&bench, &desk, &shown).await;
        }
    }
    assert_eq!(bench.told(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plans_that_fail_are_not_checked_and_never_nothing() {
    let (bench, desk) = bench().await;
    for (fault, cause, _) in FAULTS {
        // Of the first nobody keeps a history. Of the second each of these looks is in it for the next.
        for (case, viewed) in [
            (Case::NothingHeld, false),
            (Case::NoAccesses, fault != FAULTS[0].0),
        ] {
            let told = bench.told();
            let shown = check_with(&bench, &desk, PLANS, fault, case).await;
            assert_eq!(not_checked(&shown).0, cause, "{fault:?}");
            let known = matches!(shown.history, ShownHistory::Known { .. });
            assert_eq!(known, viewed, "{fault:?}");
            assert!(shown.patient.is_some(), "the person was traced");
            assert_eq!(shown.told, Told::Yes, "{fault:?}: the history was answered");
            assert!(bench.told() - told <= 1, "{fault:?}: told more than once");
            is_on_record(&bench, &desk, &shown).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plans_that_fail_leave_the_earlier_views_on_the_screen() {
    let (bench, desk) = bench().await;
    for (fault, cause, _) in FAULTS {
        let told = bench.told();
        let shown = check_with(&bench, &desk, PLANS, fault, Case::ChildProtection).await;
        assert_eq!(not_checked(&shown).0, cause, "{fault:?}");
        let ShownHistory::Known { accesses } = &shown.history else {
            panic!("{fault:?}: no history");
        };
        assert!(!accesses.is_empty(), "{fault:?}");
        assert_eq!(shown.told, Told::Yes, "{fault:?}: the history was answered");
        assert_eq!(bench.told() - told, 1, "{fault:?}: told once");
        is_on_record(&bench, &desk, &shown).await;
        assert_eq!(
            bench.told() - told,
            1,
            "{fault:?}: the record tells nobody again"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_that_fails_leaves_the_record_on_the_screen() {
    let (bench, desk) = bench().await;
    for (fault, cause, _) in FAULTS {
        let told = bench.told();
        let shown = check_with(&bench, &desk, HISTORY, fault, Case::ChildProtection).await;
        assert_eq!(records(&shown).0.len(), 1, "{fault:?}");
        let ShownHistory::NotChecked { cause: found } = shown.history else {
            panic!("{fault:?}: a history");
        };
        assert_eq!(found, cause, "{fault:?}");
        let again = NotCheckedCause::from(cause).may_pass();
        assert_eq!(is_offered_again(&desk), again, "{fault:?}");
        assert_eq!(bench.told() - told, 1, "{fault:?}");
        desk.sent().await;
        assert_eq!(bench.record(&shown.reference).outcome, 0, "{fault:?}");
    }
}

/// Asked as a check of its own, because what the earlier record says was shown is what was shown.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_looked_before_can_be_asked_again_as_a_new_look() {
    let (bench, desk) = bench().await;
    let fault = Fault::Status(503);
    let first = check_with(&bench, &desk, HISTORY, fault, Case::ChildProtection).await;
    assert!(matches!(first.history, ShownHistory::NotChecked { .. }));
    assert!(first.decision.is_none());
    assert!(is_offered_again(&desk));
    bench.backend().faults().set(HISTORY, None);
    let again = desk.decide(Request::CheckAgain).await;
    assert!(matches!(again.history, ShownHistory::Known { .. }));
    assert_eq!(records(&again).0.len(), 1);
    assert_ne!(again.reference, first.reference);
    assert!(!is_offered_again(&desk));
    desk.refused(Request::CheckAgain).await;
    desk.sent().await;
    for look in [first, again] {
        assert_eq!(bench.record(&look.reference).outcome, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_for_which_the_session_is_over_leaves_the_record_on_the_screen() {
    let (bench, desk) = bench().await;
    let faults = bench.backend();
    let faults = faults.faults();
    faults.set(HISTORY, Some(Fault::Status(401)));
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(faults.strikes(), 2, "once more after the renewal");
    assert_eq!(records(&shown).0.len(), 1);
    let ShownHistory::NotChecked { cause } = shown.history else {
        panic!("a history");
    };
    assert_eq!(cause, ShownCause::SignInNeeded);
    assert!(!is_offered_again(&desk), "it needs a sign-in first");
    desk.refused(Request::CheckAgain).await;
    let next = desk.check_first(Case::NothingHeld).await;
    assert_eq!(not_checked(&next).0, ShownCause::SignInNeeded);
    assert_eq!(next.told, Told::No);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whether_anybody_was_told_is_never_overstated() {
    let (bench, desk) = bench().await;
    let faults = bench.backend();
    let faults = faults.faults();
    for (fault, _, may_have_arrived) in FAULTS {
        faults.set(PLANS, Some(fault));
        faults.set(HISTORY, Some(fault));
        let told = bench.told();
        let shown = desk.check_first(Case::ChildProtection).await;
        let told = bench.told() - told;
        match shown.told {
            // A body that cannot be read still came with a status that says it was acted on.
            Told::Yes => assert!(matches!(fault, Fault::Html | Fault::WrongContentType)),
            Told::NotKnown => assert!(may_have_arrived, "{fault:?}"),
            Told::No => assert!(!may_have_arrived && told == 0, "{fault:?}"),
            Told::NobodyToTell | Told::Later | Told::WithRecord => panic!("{fault:?}"),
        }
        not_checked(&shown);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_lost_after_its_effect_is_not_asked_for_again() {
    let (bench, desk) = bench().await;
    // The connection is used already: that is where a library might try again.
    desk.check_first(Case::NothingHeld).await;
    let faults = bench.backend();
    let faults = faults.faults();
    for path in [PLANS, HISTORY] {
        faults.set(path, Some(Fault::StoreThenClose));
    }
    let shown = desk.check_first(Case::NoAccesses).await;
    assert_eq!(faults.strikes(), 2);
    assert_eq!(not_checked(&shown).0, ShownCause::ConnectionLost);
    assert_eq!(shown.told, Told::NotKnown);
    assert_eq!(bench.told(), 1);
    let notification = &bench.backend().notifications().unwrap()[0];
    assert_eq!(notification.trace_id, shown.reference);
    is_on_record(&bench, &desk, &shown).await;
    let child = &bench.person(Case::NoAccesses).nhs_number;
    assert_eq!(bench.backend().accesses_of(child).unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_of_the_service_says_why() {
    let (bench, desk) = bench().await;
    let organisation = "RJ1".parse().unwrap();
    bench
        .backend()
        .remove_authority_to_share(&organisation, CareSetting::EmergencyDental)
        .unwrap();
    let shown = desk.check_first(Case::ChildProtection).await;
    let (cause, reason) = not_checked(&shown);
    assert_eq!(cause, ShownCause::NotAllowed);
    assert_eq!(
        reason.as_deref(),
        Some("The care setting is outside the authority to share")
    );
    assert_eq!((shown.told, bench.told()), (Told::No, 0));
    is_on_record(&bench, &desk, &shown).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_without_a_network_is_on_record_and_leaves_when_it_is_back() {
    let (bench, desk) = bench().await;
    bench.set_network(false).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(not_checked(&shown), (ShownCause::Unreachable, None));
    assert_eq!(shown.told, Told::No);
    let offline =
        |connectivity: &Connectivity| matches!(connectivity, Connectivity::Offline { .. });
    let view = desk.view();
    assert!(offline(&view.connectivity));
    assert_eq!(view.to_send.waiting, 1);

    desk.tried().await;
    bench.set_network(true).await;
    desk.ask(Request::SendNow).await;
    is_on_record(&bench, &desk, &shown).await;
    assert_eq!(bench.received(), 1);
    desk.connected_again().await;
    assert_eq!(bench.told(), 0, "nobody repeated the look");
    desk.ask(Request::Go(Place::Find)).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(records(&shown).0.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_hangs_is_given_up_after_its_time() {
    let (bench, desk) = bench().await;
    let shown = check_with(&bench, &desk, PLANS, Fault::Hang, Case::NothingHeld).await;
    assert_eq!(not_checked(&shown).0, ShownCause::TimedOut);
    is_on_record(&bench, &desk, &shown).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_answer_is_an_answer() {
    let (bench, desk) = bench().await;
    let slow = Fault::Delay(std::time::Duration::from_millis(50));
    let shown = check_with(&bench, &desk, PLANS, slow, Case::ChildProtection).await;
    assert_eq!(records(&shown).0.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_check_is_on_record_as_cancelled() {
    let (bench, desk) = bench().await;
    let backend = bench.backend();
    for (place, path, told) in [
        // Nobody can be told before the register is asked, and nobody knows once it was.
        (1, TRACE, Told::No),
        (2, PLANS, Told::NotKnown),
    ] {
        backend.faults().set(path, Some(Fault::Hang));
        desk.begin(bench.person(Case::NothingHeld)).await;
        bench.struck(place).await;
        desk.ask(Request::CancelCheck).await;
        let shown = desk.result().await;
        assert_eq!(not_checked(&shown).0, ShownCause::Cancelled);
        assert_eq!(shown.told, told);
        backend.faults().clear();
        is_on_record(&bench, &desk, &shown).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_that_was_not_made_can_be_asked_again_by_the_person() {
    let (bench, desk) = bench().await;
    let busy = Fault::Status(503);
    let failed = check_with(&bench, &desk, TRACE, busy, Case::ChildProtection).await;
    assert!(matches!(failed.decision, Some(Decision::CheckAgain)));
    desk.refused(Request::GoOn).await;
    desk.refused(Request::UseCurrentNumber).await;
    let again = desk.decide(Request::CheckAgain).await;
    assert_eq!(records(&again).0.len(), 1);
    assert_eq!(again.asked, failed.asked);
    assert_ne!(again.reference, failed.reference, "a look of its own");
    assert!(again.decision.is_none());
    desk.refused(Request::CheckAgain).await;
    is_on_record(&bench, &desk, &failed).await;
    assert_eq!(bench.record(&again.reference).outcome, 0);

    let refused = Fault::Status(403);
    let failed = check_with(&bench, &desk, TRACE, refused, Case::ChildProtection).await;
    assert!(failed.decision.is_none(), "asking again would not help");
    desk.refused(Request::CheckAgain).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_person_accepted_is_accepted_when_they_ask_again() {
    let (bench, desk) = bench().await;
    desk.check_first(Case::RestrictedWithRecord).await;
    let backend = bench.backend();
    backend.faults().set(PLANS, Some(Fault::Status(503)));
    let failed = desk.decide(Request::GoOn).await;
    assert_eq!(not_checked(&failed).0, ShownCause::ServiceUnavailable);
    backend.faults().set(PLANS, None);
    let again = desk.decide(Request::CheckAgain).await;
    assert_eq!(records(&again).0.len(), 1);
}
