//! Finding a child without an NHS number: a search is a look of its own, and choosing somebody only
//! fills the form.

use crate::support::{Bench, DENTIST, Desk, Wire, typed};
use cpis_client::shown::{ShownCause, ShownMatches, ShownPatient, ShownSearchContent};
use cpis_client::view::{
    Connectivity, FindBlocked, FindFault, LockCause, Place, QueuedState, Screen, SearchField, View,
};
use cpis_client::{LEAST_DISK, Request, TypedSearch};
use cpis_training::{Case, Fault, TrainingPatient};
use serde_json::{Value, json};
use std::sync::Arc;

const SEARCH: &str = "/personal-demographics/FHIR/R4/Patient?";

async fn bench() -> (Arc<Bench>, Wire, Desk) {
    let (bench, wire) = Bench::wired().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.ask(Request::Go(Place::Search)).await;
    (bench, wire, desk)
}

/// The search form as somebody fills it in who knows the name and the date of birth.
fn by_name(person: &TrainingPatient) -> TypedSearch {
    let date = person.birth_date;
    TypedSearch {
        family: person.family.clone(),
        given: person.given[0].clone(),
        day: date.format("%-d").to_string(),
        month: date.format("%-m").to_string(),
        year: date.format("%Y").to_string(),
        ..TypedSearch::default()
    }
}

async fn search(desk: &Desk, typed: TypedSearch) -> ShownSearchContent {
    desk.ask(Request::FindPerson(typed)).await;
    let ended = |view: &View| !matches!(view.screen, Screen::Search { since: Some(_), .. });
    match desk.until(ended).await.screen {
        Screen::Search {
            answer: Some(answer),
            ..
        } => answer.content().clone(),
        other => panic!("no answer: {other:?}"),
    }
}

fn people(answer: &ShownSearchContent) -> &[ShownPatient] {
    match &answer.matches {
        ShownMatches::Found { people } => people,
        ShownMatches::Nobody => panic!("nobody"),
        ShownMatches::TooMany => panic!("too many"),
        ShownMatches::NotDone { cause, .. } => panic!("not done: {cause:?}"),
    }
}

fn not_done(answer: &ShownSearchContent) -> ShownCause {
    match &answer.matches {
        ShownMatches::NotDone { cause, .. } => *cause,
        _ => panic!("an answer"),
    }
}

/// A searchset of so many people who were born on the day of this one.
fn matches_like(person: &TrainingPatient, count: u32) -> Value {
    let numbers = (1..).filter_map(|n: u32| {
        let nine = format!("999{n:06}")
            .bytes()
            .map(|b| b - b'0')
            .collect::<Vec<_>>();
        cpis_record::NhsNumber::complete(nine.try_into().unwrap())
    });
    let entries: Vec<Value> = numbers
        .take(count as usize)
        .map(|number| {
            json!({ "resource": {
            "resourceType": "Patient",
            "id": number.digits(),
            "name": [{ "use": "usual", "family": person.family, "given": ["Twin"] }],
            "birthDate": person.birth_date.to_string(),
        } })
        })
        .collect();
    json!({ "resourceType": "Bundle", "type": "searchset", "total": count, "entry": entries })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_is_found_by_name_chosen_and_then_checked_by_a_look_of_its_own() {
    let (bench, wire, desk) = bench().await;
    let child = bench.person(Case::ChildProtection);
    let found = search(&desk, by_name(child)).await;
    let [one] = people(&found) else { panic!("one") };
    assert_eq!(one.nhs_number, child.nhs_number.digits());
    assert_eq!(one.family.as_ref(), Some(&child.family));
    desk.sent().await;
    let record = bench.record(&found.reference);
    assert_eq!((record.outcome, record.person), (0, None));
    assert!(
        !record.unscheduled,
        "the dentist's looks tell, a search does not"
    );
    assert_eq!(record.viewer.as_deref(), Some("Mr Bertram Sample-Otter"));
    let asked = wire.requests(SEARCH);
    assert_eq!(asked.len(), 1);
    let day = child.birth_date;
    assert_eq!(
        asked[0].path,
        format!(
            "{SEARCH}family={}&given={}&birthdate=eq{day}&_max-results=11",
            child.family, child.given[0]
        )
    );
    assert!(!asked[0].headers.contains_key("IsUnscheduledAccessEvent"));
    assert!(
        wire.requests("/cpis")
            .iter()
            .all(|r| r.path.ends_with("/metadata"))
    );
    assert_eq!(bench.told(), 0);

    // Another search's list, or a row that is not in it, fills nothing.
    let choose = |search: &str, row| Request::ChooseMatch {
        search: search.to_owned(),
        row,
    };
    desk.refused(choose("another", 0)).await;
    desk.refused(choose(&found.reference, 1)).await;
    let asked = wire.requests("/").len();
    let view = desk.ask(choose(&found.reference, 0)).await;
    let Screen::Find {
        chosen: Some(form), ..
    } = view.screen
    else {
        panic!("not the filled form")
    };
    assert_eq!(form.nhs_number, child.nhs_number.digits());
    assert_eq!(form.birth_date, day.to_string());
    desk.refused(choose(&found.reference, 0)).await;
    let since = |wire: &Wire| wire.requests("/personal-demographics").len();
    assert_eq!(
        since(&wire),
        1,
        "choosing asks nothing ({asked} requests before)"
    );
    assert_eq!((bench.received(), bench.told()), (1, 0));

    let checked = desk.check(child).await;
    desk.sent().await;
    assert_ne!(checked.reference, found.reference);
    let record = bench.record(&checked.reference);
    assert_eq!(record.person.as_ref(), Some(&child.nhs_number));
    assert_eq!((bench.received(), bench.told()), (2, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postcode_hides_restricted_people_and_the_answer_says_that_one_was_asked_for() {
    let (bench, _, desk) = bench().await;
    let hidden = bench.person(Case::RestrictedWithRecord);
    let with_postcode = TypedSearch {
        postcode: hidden.postcode.to_lowercase(),
        ..by_name(hidden)
    };
    let answer = search(&desk, with_postcode).await;
    assert!(matches!(answer.matches, ShownMatches::Nobody));
    assert!(answer.by_postcode);
    let answer = search(&desk, by_name(hidden)).await;
    assert!(people(&answer)[0].restricted);
    assert!(!answer.by_postcode && answer.by_given);
    desk.sent().await;
    assert_eq!((bench.received(), bench.told()), (2, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn none_several_and_too_many_are_told_apart() {
    let (bench, wire, desk) = bench().await;
    let child = bench.person(Case::ChildProtection);
    let nobody = TypedSearch {
        family: "Nobody".to_owned(),
        ..by_name(child)
    };
    let answer = search(&desk, nobody).await;
    assert!(matches!(answer.matches, ShownMatches::Nobody));
    let twin = TypedSearch {
        given: String::new(),
        ..by_name(bench.person(Case::NoEndDate))
    };
    let answer = search(&desk, twin).await;
    assert_eq!(people(&answer).len(), 2);
    assert!(!answer.by_given);
    for count in [2, 10] {
        wire.answer(SEARCH, &matches_like(child, count));
        let answer = search(&desk, by_name(child)).await;
        assert_eq!(people(&answer).len(), count as usize);
    }
    let coding = json!([{ "code": "TOO_MANY_MATCHES" }]);
    let refusal = json!({ "resourceType": "OperationOutcome",
        "issue": [{ "severity": "error", "code": "multiple-matches", "details": { "coding": coding } }] });
    for too_many in [refusal, matches_like(child, 11)] {
        wire.answer(SEARCH, &too_many);
        let answer = search(&desk, by_name(child)).await;
        assert!(matches!(answer.matches, ShownMatches::TooMany));
        desk.sent().await;
        assert_eq!(bench.record(&answer.reference).outcome, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_with_any_doubt_names_nobody() {
    let (bench, wire, desk) = bench().await;
    let child = bench.person(Case::ChildProtection);
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut body = matches_like(child, 2);
        change(&mut body);
        body
    };
    for (what, body) in [
        (
            "a total that disagrees",
            changed(&|b| b["total"] = json!(3)),
        ),
        (
            "another page",
            changed(&|b| b["link"] = json!([{ "relation": "next", "url": "x" }])),
        ),
        (
            "somebody born on another day",
            changed(&|b| b["entry"][1]["resource"]["birthDate"] = json!("2001-01-01")),
        ),
        (
            "somebody without a date of birth",
            changed(&|b| b["entry"][1]["resource"]["birthDate"] = json!("2001")),
        ),
        (
            "somebody twice",
            changed(&|b| b["entry"][1] = b["entry"][0].clone()),
        ),
        (
            "a number that is none",
            changed(&|b| b["entry"][1]["resource"]["id"] = json!("abc")),
        ),
        (
            "a Practitioner",
            changed(&|b| b["entry"][1]["resource"]["resourceType"] = json!("Practitioner")),
        ),
        (
            "an outcome in the list",
            changed(&|b| b["entry"][1]["search"] = json!({ "mode": "outcome" })),
        ),
        (
            "another outcome",
            json!({ "resourceType": "OperationOutcome",
            "issue": [{ "severity": "error", "code": "processing" }] }),
        ),
        (
            "a Patient",
            json!({ "resourceType": "Patient", "id": "9990000018" }),
        ),
        ("nothing", json!({})),
    ] {
        wire.answer(SEARCH, &body);
        let answer = search(&desk, by_name(child)).await;
        let cause = not_done(&answer);
        let doubts = [
            ShownCause::UnreadableAnswer,
            ShownCause::IncompleteAnswer,
            ShownCause::WrongPerson,
        ];
        assert!(doubts.contains(&cause), "{what}: {cause:?}");
        desk.sent().await;
        let record = bench.record(&answer.reference);
        assert_eq!((record.outcome, record.person), (4, None), "{what}");
        assert!(record.cause.is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_slip_of_the_search_form_is_named_and_leaves_no_record() {
    use FindFault as F;
    use SearchField::{Day, Family, Given, Month, Postcode, Year};
    let (bench, wire, desk) = bench().await;
    let good = by_name(bench.person(Case::ChildProtection));
    let with = |change: &dyn Fn(&mut TypedSearch)| {
        let mut typed = good.clone();
        change(&mut typed);
        typed
    };
    let table: &[(TypedSearch, &[(SearchField, FindFault)])] = &[
        (
            with(&|t| t.family = " ".into()),
            &[(Family, F::FamilyMissing)],
        ),
        (
            with(&|t| t.family = "Te*".into()),
            &[(Family, F::FamilyCharacters)],
        ),
        (
            with(&|t| t.family = "n".repeat(36)),
            &[(Family, F::FamilyTooLong)],
        ),
        (
            with(&|t| t.given = "J0die".into()),
            &[(Given, F::GivenCharacters)],
        ),
        (
            with(&|t| t.given = "n".repeat(36)),
            &[(Given, F::GivenTooLong)],
        ),
        (
            with(&|t| t.postcode = "LS1".into()),
            &[(Postcode, F::PostcodeForm)],
        ),
        (
            with(&|t| t.month = String::new()),
            &[(Month, F::MonthMissing)],
        ),
        (with(&|t| t.year = "19".into()), &[(Year, F::YearDigits)]),
        (
            TypedSearch::default(),
            &[(Family, F::FamilyMissing), (Day, F::BirthDateMissing)],
        ),
    ];
    for (typed, wanted) in table {
        let view = desk.ask(Request::FindPerson(typed.clone())).await;
        let Screen::Search {
            faults,
            since: None,
            answer: None,
            ..
        } = view.screen
        else {
            panic!("a search began: {wanted:?}");
        };
        let faults: Vec<_> = faults.iter().map(|f| (f.field, f.code)).collect();
        assert_eq!(faults, *wanted);
    }
    assert!(desk.queue().await.is_empty());
    assert!(wire.requests(SEARCH).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_shown_when_the_record_of_the_search_cannot_be_written() {
    let (bench, wire, desk) = bench().await;
    let child = bench.person(Case::ChildProtection);
    wire.hold(SEARCH);
    desk.ask(Request::FindPerson(by_name(child))).await;
    wire.came(SEARCH, 1).await;
    let database = rusqlite::Connection::open(bench.path("live/audit.sqlite")).unwrap();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    wire.let_go();
    let view = desk
        .until(|view| matches!(view.screen, Screen::Search { since: None, .. }))
        .await;
    let Screen::Search {
        blocked,
        answer: None,
        ..
    } = view.screen
    else {
        panic!("somebody was shown")
    };
    assert_eq!(blocked, Some(FindBlocked::AuditTrail));
    let shown = serde_json::to_string(&desk.all_views()).unwrap();
    assert!(
        !shown.contains(&child.given[0]),
        "the name reached the window"
    );
    database.execute_batch("ROLLBACK").unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_search_leaves_the_computer_without_room_for_its_record() {
    let (bench, wire, desk) = bench().await;
    bench.disk.set(LEAST_DISK - 1);
    let typed = by_name(bench.person(Case::ChildProtection));
    let view = desk.ask(Request::FindPerson(typed)).await;
    let Screen::Search { blocked, .. } = view.screen else {
        panic!("{:?}", view.screen)
    };
    assert_eq!(blocked, Some(FindBlocked::DiskFull));
    assert!(wire.requests(SEARCH).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_drops_who_was_found() {
    let (bench, _, desk) = bench().await;
    let child = bench.person(Case::ChildProtection);
    let found = search(&desk, by_name(child)).await;
    let chosen = Request::ChooseMatch {
        search: found.reference,
        row: 0,
    };
    for before in [None, Some(chosen)] {
        if let Some(request) = before {
            desk.ask(Request::Go(Place::Search)).await;
            let again = search(&desk, by_name(child)).await;
            let Request::ChooseMatch { row, .. } = request else {
                unreachable!()
            };
            desk.ask(Request::ChooseMatch {
                search: again.reference,
                row,
            })
            .await;
        }
        let locked = desk.ask(Request::Lock).await;
        assert!(matches!(
            locked.screen,
            Screen::Locked {
                cause: LockCause::Asked,
                ..
            }
        ));
        let view = desk.unlock_with(&bench.passcode(DENTIST)).await;
        assert!(
            matches!(view.screen, Screen::Find { chosen: None, .. }),
            "{:?}",
            view.screen
        );
        let since = serde_json::to_string(&desk.views_since(locked.revision)).unwrap();
        for secret in [&child.family, &child.given[0], &child.nhs_number.digits()] {
            assert!(
                !since.contains(secret.as_str()),
                "the window holds {secret}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_that_is_cancelled_or_locked_away_is_on_record_so() {
    let (bench, _, desk) = bench().await;
    let child = bench.person(Case::ChildProtection);
    bench
        .backend()
        .faults()
        .set(SEARCH.trim_end_matches('?'), Some(Fault::Hang));
    desk.ask(Request::FindPerson(by_name(child))).await;
    // One at a time, whichever form it comes from.
    desk.refused(Request::FindPerson(by_name(child))).await;
    desk.refused(Request::FindChild(typed(child))).await;
    desk.ask(Request::CancelCheck).await;
    let view = desk
        .until(|view| matches!(view.screen, Screen::Search { since: None, .. }))
        .await;
    let Screen::Search {
        answer: Some(answer),
        ..
    } = view.screen
    else {
        panic!("{:?}", view.screen)
    };
    assert_eq!(not_done(answer.content()), ShownCause::Cancelled);

    desk.ask(Request::FindPerson(by_name(child))).await;
    desk.ask(Request::Lock).await;
    bench.backend().faults().clear();
    desk.unlock_with(&bench.passcode(DENTIST)).await;
    desk.sent().await;
    let records = desk.queue().await;
    assert_eq!(records.len(), 2);
    for record in records {
        assert_eq!(record.state, QueuedState::Sent);
        assert_eq!(bench.record(&record.id).cause.as_deref(), Some("cancelled"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_network_a_search_is_not_done_and_says_so() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.sign_in(DENTIST).await;
    desk.ask(Request::Go(Place::Search)).await;
    bench.set_network(false).await;
    let answer = search(&desk, by_name(bench.person(Case::ChildProtection))).await;
    assert_eq!(not_done(&answer), ShownCause::Unreachable);
    desk.until(|view| matches!(view.connectivity, Connectivity::Offline { .. }))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_searches_who_is_not_signed_in_with_a_role() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.refused(Request::Go(Place::Search)).await;
    desk.refused(Request::FindPerson(TypedSearch::default()))
        .await;
    desk.sign_in(crate::support::PAEDIATRICIAN).await;
    desk.refused(Request::Go(Place::Search)).await;
    let typed = by_name(bench.person(Case::ChildProtection));
    desk.refused(Request::FindPerson(typed)).await;
}
