//! The way from the card to the record, in either mode, and what it leaves behind.

use crate::support::{Bench, DENTIST, PAEDIATRICIAN, RECEPTIONIST, records, typed};
use cpis_client::Request;
use cpis_client::shown::{ShownFinding, ShownFlagKind, ShownHistory, ShownPlanKind, Told};
use cpis_client::view::{Connectivity, IneligibleReason, LookMode, Place, Screen, SessionEnd};
use cpis_training::{Case, Way};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_with_two_roles_chooses_one() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    let Screen::ChooseRole {
        choices,
        ineligible,
        ..
    } = desk.sign_in(PAEDIATRICIAN).await.screen
    else {
        panic!("no choice");
    };
    let modes: Vec<_> = choices.iter().map(|choice| choice.mode).collect();
    assert_eq!(modes, [LookMode::Scheduled, LookMode::Unscheduled]);
    assert!(ineligible.is_empty());

    let view = desk.choose(LookMode::Scheduled).await;
    assert!(matches!(view.screen, Screen::Find { .. }));
    let user = view.user.unwrap();
    assert!(user.may_change_role);
    assert_eq!(user.role.unwrap().mode, LookMode::Scheduled);

    let view = desk.ask(Request::ChangeRole).await;
    assert!(matches!(view.screen, Screen::ChooseRole { .. }));
    assert_eq!(view.user.unwrap().role, None);
    let view = desk.choose(LookMode::Unscheduled).await;
    assert_eq!(view.user.unwrap().role.unwrap().mode, LookMode::Unscheduled);
    desk.refused(Request::ChooseRole {
        choice: "555000001021-unscheduled".to_owned(),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_with_one_role_goes_straight_to_the_form() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    let view = desk.sign_in(DENTIST).await;
    assert!(matches!(view.screen, Screen::Find { .. }));
    assert!(view.practice.is_none(), "made-up children in live mode");
    assert_eq!(view.connectivity, Connectivity::Connected);
    let user = view.user.unwrap();
    assert!(!user.may_change_role);
    assert_eq!(user.name, "Mr Bertram Sample-Otter");
    assert_eq!(user.role.unwrap().mode, LookMode::Unscheduled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_without_a_role_for_it_learns_why() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    let Screen::ChooseRole {
        choices,
        ineligible,
        ..
    } = desk.sign_in(RECEPTIONIST).await.screen
    else {
        panic!("a role");
    };
    assert!(choices.is_empty());
    let reasons: Vec<_> = ineligible.iter().map(|role| role.reason).collect();
    assert_eq!(reasons, [IneligibleReason::NoActivityCode]);
    assert_eq!(ineligible[0].role, "Receptionist Access Role");

    let child = bench.person(Case::ChildProtection);
    desk.refused(Request::FindChild(typed(child))).await;
    assert!(desk.queue().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policy_never_permits_more_than_the_role() {
    let bench = Bench::start().await;
    let with_policy = async |line: &str| {
        bench.set_policy(None, &[line]);
        let desk = bench.live().await;
        let view = desk.sign_in(PAEDIATRICIAN).await;
        let drawn = match view.screen {
            Screen::ChooseRole { ineligible, .. } => Err(ineligible[0].reason),
            Screen::Find { .. } => Ok(view.user.unwrap().role.unwrap().mode),
            other => panic!("{other:?}"),
        };
        desk.stop().await;
        drawn
    };
    assert_eq!(
        with_policy("site.mode = 'scheduled'").await,
        Ok(LookMode::Scheduled)
    );
    assert_eq!(
        with_policy("site.mode = 'unscheduled'").await,
        Ok(LookMode::Unscheduled)
    );
    assert_eq!(
        with_policy("site.organisation = 'RJ1'").await,
        Err(IneligibleReason::OtherOrganisation)
    );

    bench.set_policy(None, &["site.mode = 'scheduled'"]);
    let desk = bench.live().await;
    let Screen::ChooseRole {
        choices,
        ineligible,
        ..
    } = desk.sign_in(DENTIST).await.screen
    else {
        panic!("a role");
    };
    assert!(choices.is_empty());
    assert_eq!(ineligible[0].reason, IneligibleReason::NotUnderPolicy);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unscheduled_look_tells_and_is_on_record_once() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(PAEDIATRICIAN).await;
    desk.choose(LookMode::Unscheduled).await;
    let child = bench.person(Case::ChildProtectionAndLookedAfter);
    let earlier = child.accesses.len();

    let shown = desk.check(child).await;
    let (current, ended) = records(&shown);
    let kinds: Vec<&str> = current.iter().map(|plan| kind(&plan.plan)).collect();
    assert_eq!((kinds, ended.len()), (vec!["lac", "cpp"], 0));
    assert_eq!((shown.told, shown.mode), (Told::Yes, LookMode::Unscheduled));
    assert_eq!(
        shown.patient.as_ref().unwrap().birth_date,
        child.birth_date.to_string()
    );
    assert!(shown.decision.is_none());

    desk.sent().await;
    let record = bench.record(&shown.reference);
    assert_eq!((record.outcome, record.cause.as_deref()), (0, None));
    assert_eq!(record.person.as_ref(), Some(&child.nhs_number));
    assert_eq!(record.user_id, "555000000101");
    assert_eq!(record.organisation, "RCU");
    assert!(record.unscheduled);
    assert_eq!(bench.received(), 1);

    let notifications = bench.backend().notifications().unwrap();
    assert_eq!(notifications.len(), 1, "told once, not once a request");
    assert_eq!(notifications[0].trace_id, shown.reference);
    let accesses = bench.backend().accesses_of(&child.nhs_number).unwrap();
    assert_eq!(
        accesses.len(),
        earlier + 1,
        "the record adds none to the look"
    );

    let later = desk.check(child).await;
    let ShownHistory::Known { accesses } = &later.history else {
        panic!("no history");
    };
    assert_eq!(accesses.len(), earlier + 1);
    assert_eq!(accesses[0].viewer.as_deref(), Some("Dr Ada Practice-Heron"));
    assert_eq!(
        accesses[0].role.as_deref(),
        Some("Clinical Practitioner Access Role")
    );
    let at = chrono::DateTime::parse_from_rfc3339(&accesses[0].at).unwrap();
    assert_eq!(at, bench.clock.read());
    assert_ne!(later.reference, shown.reference);

    let revisions: Vec<u64> = desk.all_views().iter().map(|view| view.revision).collect();
    assert!(revisions.is_sorted_by(|a, b| a < b), "each view is newer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scheduled_look_tells_nobody() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(PAEDIATRICIAN).await;
    desk.choose(LookMode::Scheduled).await;
    let child = bench.person(Case::ChildProtectionAndLookedAfter);

    let shown = desk.check(child).await;
    assert_eq!(records(&shown).0.len(), 2);
    assert_eq!((shown.told, shown.mode), (Told::No, LookMode::Scheduled));
    desk.sent().await;
    let record = bench.record(&shown.reference);
    assert_eq!((record.outcome, record.unscheduled), (0, false));
    assert_eq!(bench.told(), 0);
    let accesses = bench.backend().accesses_of(&child.nhs_number).unwrap();
    assert_eq!(accesses.len(), child.accesses.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_carries_the_headers_of_the_contract() {
    let (bench, wire) = Bench::wired().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    let child = bench.person(Case::ChildProtection);
    let shown = desk.check(child).await;
    desk.sent().await;

    let number = child.nhs_number.digits();
    let trace = wire.requests("/personal-demographics/");
    let plans = wire.requests("/cpis/FHIR/R4/CareTeam");
    let history = wire.requests("/cpis/FHIR/R4/AuditEvent");
    let calls = [&trace[..], &plans[..], &history[..]].concat();
    assert_eq!(calls.len(), 3, "each question is asked once");
    assert!(trace[0].path.ends_with(&format!("/Patient/{number}")));
    let identifier = format!("?patient:identifier=https://fhir.nhs.uk/Id/nhs-number%7C{number}");
    assert!(plans[0].path.ends_with(&identifier), "{}", plans[0].path);
    assert!(history[0].path.contains("_include=AuditEvent:entity-type="));

    let mut ids: Vec<&str> = calls
        .iter()
        .map(|call| call.header("x-request-id"))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 3, "each request has an id of its own");
    for call in &calls {
        assert_eq!(call.method, "GET");
        // Bound to this computer, since this service offers it (RFC 9449 section 7.1).
        assert!(call.header("authorization").starts_with("DPoP "));
        assert_eq!(call.header("dpop").split('.').count(), 3);
        assert!(uuid::Uuid::try_parse(call.header("x-request-id")).is_ok());
        assert_eq!(
            call.header("x-correlation-id"),
            calls[0].header("x-correlation-id")
        );
        assert_eq!(call.header("nhsd-session-urid"), "555000001021");
    }
    for call in [&plans[0], &history[0]] {
        assert_eq!(call.header("traceid"), shown.reference);
        assert_eq!(call.header("isunscheduledaccessevent"), "true");
    }
    let puts = wire.requests("/audit/FHIR/R4");
    assert_eq!(puts.len(), 1);
    assert!(puts[0].path.ends_with(&shown.reference));
    assert_ne!(
        puts[0].header("authorization"),
        plans[0].header("authorization"),
        "the record goes with the computer's token, not the person's"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_without_history_says_so() {
    let bench = Bench::start().await;
    let code = bench.backend().enrolment_code();
    bench.set_policy(Some(&code), &["backend.source = 'patient-flags'"]);
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(records(&shown).0.len(), 1);
    assert!(matches!(shown.history, ShownHistory::NotFromThisSource));
    // The source told nobody. The record does, once it has arrived.
    assert_eq!(shown.told, Told::WithRecord);
    desk.sent().await;
    assert_eq!(bench.record(&shown.reference).outcome, 0);
    let told = bench.backend().notifications().unwrap();
    let ways: Vec<_> = told.iter().map(|n| (&n.trace_id, n.way)).collect();
    assert_eq!(ways, [(&shown.reference, Way::Record)]);
    let nothing = desk.check_first(Case::NothingHeld).await;
    assert!(matches!(nothing.finding, ShownFinding::Nothing));
    assert_eq!(nothing.told, Told::NobodyToTell);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn flags_of_other_kinds_stand_beside_the_finding_and_never_in_it() {
    let bench = Bench::start().await;
    let code = bench.backend().enrolment_code();
    bench.set_policy(Some(&code), &["backend.source = 'patient-flags'"]);
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    let shown = desk.check_first(Case::OtherFlags).await;
    let (current, ended) = records(&shown);
    assert_eq!((current.len(), ended.len()), (1, 0));
    let kinds: Vec<(String, bool)> = shown
        .other_flags
        .iter()
        .map(|shown| {
            let name = match &shown.flag {
                ShownFlagKind::ReasonableAdjustment => "adjustment",
                ShownFlagKind::FemaleGenitalMutilation => "mutilation",
                ShownFlagKind::Other { name } => name,
            };
            (name.to_owned(), shown.active)
        })
        .collect();
    let flag = |name: &str, active| (name.to_owned(), active);
    assert_eq!(
        kinds,
        [
            flag("adjustment", true),
            flag("Made-up Flag", false),
            flag("unnamed-made-up-flag", true),
            flag("mutilation", true),
        ]
    );
    // The record says who looked at whom, and nothing of what was found.
    desk.sent().await;
    let kept = bench.backend().audit_records().unwrap();
    assert!(!format!("{kept:?}").contains("made-up-flag"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leaving_a_result_and_signing_out_take_it_off_the_screen() {
    let (bench, wire) = Bench::wired().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.check_first(Case::ChildProtection).await;
    let view = desk.ask(Request::Go(Place::Settings)).await;
    assert!(matches!(view.screen, Screen::Settings { .. }));
    let view = desk.ask(Request::Go(Place::Find)).await;
    assert!(matches!(view.screen, Screen::Find { .. }));

    desk.check_first(Case::ChildProtection).await;
    let view = desk.ask(Request::SignOut).await;
    assert!(view.user.is_none());
    assert!(matches!(
        view.screen,
        Screen::SessionEnded {
            cause: SessionEnd::SignedOut,
            ..
        }
    ));
    wire.came("/oauth2/revoke", 1).await;
    let view = desk.ask(Request::Go(Place::Find)).await;
    assert!(matches!(view.screen, Screen::SignIn { fault: None, .. }));
}

fn kind(plan: &ShownPlanKind) -> &str {
    match plan {
        ShownPlanKind::ChildProtection => "cpp",
        ShownPlanKind::LookedAfter => "lac",
        ShownPlanKind::UnbornChild => "ucpp",
        ShownPlanKind::Other { code, .. } => code,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_is_kept_while_the_person_looks_something_up() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.refused(Request::Go(Place::Result)).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    assert!(!desk.view().result_kept, "it is on the screen");
    for place in [Place::Help, Place::ToSend, Place::Settings] {
        assert!(desk.ask(Request::Go(place)).await.result_kept);
        let view = desk.ask(Request::Go(Place::Result)).await;
        let Screen::Result { shown: again, .. } = view.screen else {
            panic!("no result");
        };
        assert_eq!(again.content().reference, shown.reference);
    }
    desk.ask(Request::Go(Place::Help)).await;
    let view = desk.ask(Request::Go(Place::Find)).await;
    assert!(matches!(view.screen, Screen::Find { .. }));
    assert!(!view.result_kept);
    desk.refused(Request::Go(Place::Result)).await;
    desk.sent().await;
    assert_eq!(bench.received(), 1, "looking back is not another check");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_that_arrives_behind_another_screen_waits_there() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.begin(bench.person(Case::ChildProtection)).await;
    desk.ask(Request::Go(Place::Help)).await;
    let view = desk.until(|view| view.result_kept).await;
    assert!(matches!(view.screen, Screen::Help));
    let view = desk.ask(Request::Go(Place::Result)).await;
    assert!(matches!(view.screen, Screen::Result { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_closes_ends_its_session_at_the_service() {
    let (bench, wire) = Bench::wired().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.stop().await;
    assert_eq!(wire.requests("/oauth2/revoke").len(), 1);
}
