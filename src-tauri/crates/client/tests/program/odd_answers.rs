//! Answers that are FHIR and still no answer: about another person, incomplete, of another kind, or
//! continued elsewhere. None of them may be shown as a finding.

use crate::support::{Bench, DENTIST, Desk, Wire, not_checked, records};
use cpis_client::Request;
use cpis_client::shown::{Decision, ShownCause, ShownHistory};
use cpis_training::Case;
use serde_json::{Value, json};
use std::sync::Arc;

const TRACE: &str = "/personal-demographics";
const PLANS: &str = "/cpis/FHIR/R4/CareTeam";
const HISTORY: &str = "/cpis/FHIR/R4/AuditEvent";

async fn bench() -> (Arc<Bench>, Wire, Desk) {
    let (bench, wire) = Bench::wired().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    (bench, wire, desk)
}

fn searchset(change: impl FnOnce(&mut Value)) -> Value {
    let mut bundle = json!({ "resourceType": "Bundle", "type": "searchset", "total": 0 });
    change(&mut bundle);
    bundle
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_with_any_doubt_is_not_nothing() {
    let (bench, wire, desk) = bench().await;
    let elsewhere = json!([{ "relation": "next", "url": "https://elsewhere.example/next" }]);
    let outcome = json!({
        "resourceType": "OperationOutcome",
        "issue": [{ "severity": "error", "code": "processing" }],
    });
    let other_kind = json!([{ "resource": { "resourceType": "Basic", "id": "1" } }]);
    for (what, answer) in [
        (
            "a total without entries",
            searchset(|b| b["total"] = json!(1)),
        ),
        ("a page elsewhere", searchset(|b| b["link"] = elsewhere)),
        (
            "a bundle of another type",
            searchset(|b| b["type"] = json!("collection")),
        ),
        (
            "an entry of another kind",
            searchset(|b| (b["total"], b["entry"]) = (json!(1), other_kind)),
        ),
        ("an outcome", outcome),
        ("an empty object", json!({})),
        ("an empty list", json!([])),
    ] {
        wire.answer(PLANS, &answer);
        let shown = desk.check_first(Case::NothingHeld).await;
        let (cause, _) = not_checked(&shown);
        let doubts = [ShownCause::UnreadableAnswer, ShownCause::IncompleteAnswer];
        assert!(doubts.contains(&cause), "{what}: {cause:?}");
        wire.pass_on();
        desk.sent().await;
        assert_eq!(bench.record(&shown.reference).outcome, 4, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_about_another_person_is_not_shown() {
    let (bench, wire, desk) = bench().await;
    let asked = bench.person(Case::ChildProtection);
    desk.check(asked).await;
    let other = bench.person(Case::LookedAfter);
    desk.check(other).await;
    // What the service says of the other person comes as the answer about the one asked for.
    let answers = |path: &str| wire.answers(path).pop().unwrap();
    let (person, plans) = (answers(TRACE), answers(PLANS));

    wire.answer(TRACE, &person);
    let shown = desk.check(asked).await;
    assert!(shown.patient.is_none());
    assert_eq!(not_checked(&shown).0, ShownCause::BirthDateDiffers);
    wire.pass_on();

    wire.answer(PLANS, &plans);
    let shown = desk.check(asked).await;
    assert_eq!(not_checked(&shown).0, ShownCause::WrongPerson);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accesses_without_a_record_are_a_contradiction() {
    let (bench, wire, desk) = bench().await;
    let child = bench.person(Case::ChildProtection);
    wire.answer(PLANS, &searchset(|_| {}));
    let shown = desk.check(child).await;
    assert_eq!(not_checked(&shown).0, ShownCause::IncompleteAnswer);
    wire.pass_on();

    wire.answer(HISTORY, &searchset(|bundle| bundle["total"] = json!(3)));
    let shown = desk.check(child).await;
    assert_eq!(records(&shown).0.len(), 1);
    assert!(matches!(
        shown.history,
        ShownHistory::NotChecked {
            cause: ShownCause::IncompleteAnswer
        }
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn further_pages_of_the_same_service_are_read() {
    let (bench, wire, desk) = bench().await;
    let child = bench.person(Case::ChildProtectionAndLookedAfter);
    desk.check(child).await;
    let whole = wire.answers(PLANS).pop().unwrap();
    let is_match = |entry: &&Value| entry["search"]["mode"] == "match";
    let entries = whole["entry"].as_array().unwrap();
    assert_eq!(entries.iter().filter(is_match).count(), 2, "{whole}");
    let page = |number: usize, next: Option<String>| {
        let mut page = whole.clone();
        let mut seen = 0;
        let kept = entries.iter().filter(|entry| {
            seen += usize::from(is_match(entry));
            !is_match(entry) || seen == number
        });
        page["entry"] = kept.cloned().collect();
        page["link"] = next.map_or(json!([]), |url| json!([{ "relation": "next", "url": url }]));
        page
    };
    let next = format!("{}{PLANS}/page-2", wire.url());
    wire.answer(PLANS, &page(1, Some(next)));
    wire.answer(&format!("{PLANS}/page-2"), &page(2, None));
    let before = wire.requests(PLANS).len();
    let shown = desk.check(child).await;
    assert_eq!(records(&shown).0.len(), 2);
    let asked = &wire.requests(PLANS)[before..];
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1].header("traceid"), shown.reference);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grown_up_stops_for_a_decision_before_the_register_is_asked() {
    let (bench, wire, desk) = bench().await;
    let mother = bench.person(Case::UnbornChild);
    // She may be pregnant, so she is checked as a child is.
    assert_eq!(records(&desk.check(mother).await).0.len(), 1);

    let path = format!("{TRACE}/FHIR/R4/Patient/{}", mother.nhs_number.digits());
    wire.amend(&path, |person| person["gender"] = json!("male"));
    let before = wire.requests(PLANS).len();
    let shown = desk.check(mother).await;
    assert_eq!(not_checked(&shown).0, ShownCause::GrownUp);
    assert!(matches!(shown.decision, Some(Decision::GoOn)));
    assert!(
        shown.patient.is_none(),
        "nothing of the person is shown yet"
    );
    assert_eq!(wire.requests(PLANS).len(), before, "the register was asked");

    let shown = desk.decide(Request::GoOn).await;
    assert_eq!(records(&shown).0.len(), 1);
    desk.sent().await;
    assert_eq!(bench.record(&shown.reference).outcome, 0);
}
