//! Practice in a class: joined from the sign-in screen, apart from every other, and never a service
//! that does not say that it is for training.

use crate::support::{
    Bench, Classroom, DENTIST, Desk, MARK, OtherService, fhir, records, statement,
};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cpis_client::shown::{ShownContent, ShownFinding, ShownHistory};
use cpis_client::view::{ClassFault, Place, PracticeClass, Screen, SignInFault, View, Weather};
use cpis_client::{Request, TypedClass};
use cpis_training::{Case, TlsFiles, end_class, load_file};
use serde_json::json;
use std::slice::from_ref;

/// A code that no class has.
const NO_CLASS: &str = "AAAA-AAAA";

/// Types an address and a code, and waits for what comes of it.
async fn join(desk: &Desk, address: &str, code: &str) -> View {
    desk.ask(Request::Go(Place::JoinClass)).await;
    let asked = desk.ask(typed(address, code)).await;
    if !matches!(asked.screen, Screen::JoinClass { busy: true, .. }) {
        return asked;
    }
    desk.until(|view| {
        view.revision > asked.revision
            && !matches!(view.screen, Screen::JoinClass { busy: true, .. })
    })
    .await
}

fn typed(address: &str, code: &str) -> Request {
    Request::JoinClass(TypedClass {
        address: address.to_owned(),
        code: code.to_owned(),
    })
}

/// Why a class was not joined.
async fn fault(desk: &Desk, address: &str, code: &str) -> ClassFault {
    match join(desk, address, code).await.screen {
        Screen::JoinClass { mut faults, .. } if faults.len() == 1 => faults.remove(0),
        other => panic!("not one fault: {other:?}"),
    }
}

fn class(view: &View) -> Option<PracticeClass> {
    view.practice.as_ref().unwrap().class.clone()
}

/// Joins a class, which must let the program in.
async fn joined(desk: &Desk, classroom: &Classroom, code: &str) -> View {
    let view = join(desk, &classroom.address(), code).await;
    assert!(
        matches!(view.screen, Screen::SignIn { .. }),
        "{:?}",
        view.screen
    );
    assert_eq!(class(&view).unwrap().code, code);
    view
}

async fn leave(desk: &Desk) -> View {
    desk.ask(Request::SignOut).await;
    desk.ask(Request::Go(Place::Find)).await;
    let view = desk.ask(Request::LeaveClass).await;
    assert_eq!(class(&view), None);
    view
}

fn history_length(shown: &ShownContent) -> usize {
    match &shown.history {
        ShownHistory::Known { accesses } => accesses.len(),
        _ => panic!("no history"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_in_a_class_is_in_that_class_alone() {
    let bench = Bench::start().await;
    let classroom = Classroom::start(&bench).await;
    let (first, second) = (classroom.add("Tuesday"), classroom.add("Wednesday"));
    let desk = bench.practice().await;
    let before = bench.received();

    // As people type it.
    let view = join(
        &desk,
        &classroom.address(),
        &first.to_lowercase().replace('-', " "),
    )
    .await;
    let shown = class(&view).unwrap();
    assert_eq!(
        (shown.code.as_str(), shown.name.as_str()),
        (first.as_str(), "Tuesday")
    );
    assert!(
        view.practice.unwrap().weather.is_none(),
        "the trainer sets it"
    );
    desk.refused(Request::SetPracticeWeather {
        weather: Weather::Offline,
    })
    .await;
    desk.refused(Request::Go(Place::JoinClass)).await;
    desk.sign_in(DENTIST).await;
    desk.refused(Request::LeaveClass).await;
    let looked = desk.check_first(Case::NoAccesses).await;
    assert_eq!(history_length(&looked), 0);
    desk.sent().await;
    assert_eq!(classroom.records(&first).await, from_ref(&looked.reference));
    assert_eq!(classroom.told(&first).await, 1);
    leave(&desk).await;

    joined(&desk, &classroom, &second).await;
    desk.sign_in(DENTIST).await;
    let other = desk.check_first(Case::NoAccesses).await;
    assert_eq!(history_length(&other), 0, "nobody has looked in this class");
    desk.sent().await;
    assert_eq!(classroom.records(&second).await, [other.reference]);
    assert_eq!(classroom.told(&second).await, 1);
    assert_eq!(classroom.records(&first).await, [looked.reference]);
    assert_eq!(classroom.told(&first).await, 1);
    leave(&desk).await;

    assert_eq!(
        classroom.backend.audit_records().unwrap().len(),
        0,
        "no class"
    );
    assert_eq!(bench.received(), before, "not the built-in practice");
    for code in [&first, &second] {
        let folder = bench.path("practice").join(format!("class-{code}"));
        assert!(folder.join("audit.sqlite").is_file(), "{code}");
    }
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_class_has_children_of_its_own() {
    let bench = Bench::start().await;
    let classroom = Classroom::start(&bench).await;
    let (first, second) = (classroom.add("Tuesday"), classroom.add("Wednesday"));
    let desk = bench.practice().await;
    joined(&desk, &classroom, &first).await;
    joined_after_leaving(&desk, &classroom, &second).await;

    // The authority gives a plan to a child of the first class.
    let child = bench.person(Case::NothingHeld);
    let file = bench.path("records.csv");
    let rows = format!(
        "nhs_number,date_of_birth,plan_type,start_date,end_date,office_hours_telephone,\
         emergency_duty_telephone\n{},{},CPP,2026-10-01,,01632 960101,07700 900101\n",
        child.nhs_number.digits(),
        child.birth_date
    );
    std::fs::write(&file, rows).unwrap();
    let location = classroom.location.of_class(&first).unwrap();
    let authority = "ZZ001".parse().unwrap();
    load_file(&location, &authority, &file, None, None, &mut |_| {}).unwrap();

    desk.sign_in(DENTIST).await;
    let shown = desk.check(child).await;
    let is_nothing = matches!(shown.finding, ShownFinding::Nothing);
    assert!(is_nothing, "in the second class nothing is held");
    desk.sent().await;
    leave(&desk).await;
    joined(&desk, &classroom, &first).await;
    desk.sign_in(DENTIST).await;
    let shown = desk.check(child).await;
    assert_eq!(records(&shown).0.len(), 1, "in the first it is");
    desk.sent().await;
    desk.stop().await;
}

async fn joined_after_leaving(desk: &Desk, classroom: &Classroom, code: &str) {
    desk.ask(Request::LeaveClass).await;
    joined(desk, classroom, code).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_in_a_class_is_sent_there_when_it_is_joined_again() {
    let bench = Bench::start().await;
    let classroom = Classroom::start(&bench).await;
    let (first, second) = (classroom.add("Tuesday"), classroom.add("Wednesday"));
    let desk = bench.practice().await;
    joined(&desk, &classroom, &first).await;
    desk.sign_in(DENTIST).await;
    let sent = desk.check_first(Case::ChildProtection).await;
    desk.sent().await;
    classroom.backend.stop_listening().await;
    let waits = desk.check_first(Case::LookedAfter).await;
    desk.tried().await;
    desk.ask(Request::SignOut).await;
    let view = desk.ask(Request::Go(Place::Find)).await;
    assert_eq!(view.to_send.waiting, 1, "the person sees that it waits");
    let view = desk.ask(Request::LeaveClass).await;
    assert_eq!(
        view.to_send.waiting, 0,
        "it is not in the queue of the practice alone"
    );

    classroom.backend.listen_again().await.unwrap();
    joined(&desk, &classroom, &second).await;
    desk.sign_in(DENTIST).await;
    let other = desk.check_first(Case::NoEndDate).await;
    desk.sent().await;
    assert_eq!(classroom.records(&second).await, [other.reference]);
    assert_eq!(classroom.records(&first).await, from_ref(&sent.reference));
    leave(&desk).await;

    // Nobody needs to sign in for it.
    joined(&desk, &classroom, &first).await;
    desk.sent().await;
    assert_eq!(
        classroom.records(&first).await,
        [sent.reference, waits.reference]
    );
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_reason_why_a_class_is_not_joined_is_told() {
    let bench = Bench::start().await;
    let classroom = Classroom::start(&bench).await;
    let code = classroom.add("Tuesday");
    let desk = bench.practice().await;
    desk.refused(typed(&classroom.address(), &code)).await;

    let Screen::JoinClass {
        faults,
        busy: false,
    } = join(&desk, "", " ").await.screen
    else {
        panic!("not the form");
    };
    assert_eq!(
        faults,
        [ClassFault::AddressMissing, ClassFault::CodeMissing]
    );
    for (address, typed, wanted) in [
        (
            "not an address",
            code.as_str(),
            ClassFault::AddressUnreadable,
        ),
        (
            "http://training.example",
            &code,
            ClassFault::AddressNotEncrypted,
        ),
        (&classroom.address(), "7Q2M", ClassFault::CodeUnreadable),
        (
            &classroom.address(),
            "../../live",
            ClassFault::CodeUnreadable,
        ),
        (&classroom.address(), NO_CLASS, ClassFault::UnknownClass),
    ] {
        assert_eq!(
            fault(&desk, address, typed).await,
            wanted,
            "{address} {typed}"
        );
    }
    let away = Classroom::start(&bench).await;
    away.backend.stop_listening().await;
    let address = away.address();
    assert_eq!(fault(&desk, &address, &code).await, ClassFault::Unreachable);

    let busy = OtherService::start(|_| StatusCode::SERVICE_UNAVAILABLE.into_response()).await;
    let address = busy.address.to_string();
    assert_eq!(fault(&desk, &address, &code).await, ClassFault::Unavailable);

    let other = OtherService::start(|_| {
        statement(&json!({
            "extension": [{ "url": MARK, "valueBoolean": true }],
            "software": { "name": "cpis-training", "version": "99.1.0" },
        }))
    })
    .await;
    let wanted = ClassFault::OtherVersion {
        theirs: "99.1.0".to_owned(),
        ours: env!("CARGO_PKG_VERSION").to_owned(),
    };
    assert_eq!(
        fault(&desk, &other.address.to_string(), &code).await,
        wanted
    );

    // Nothing of any of them is left: the practice alone goes on.
    let view = desk.ask(Request::Go(Place::Find)).await;
    assert_eq!(class(&view), None);
    desk.sign_in(DENTIST).await;
    desk.check_first(Case::ChildProtection).await;
    desk.sent().await;
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_class_that_sends_people_to_another_address_is_not_joined() {
    let bench = Bench::start().await;
    let classroom = Classroom::with(&bench, |options| {
        options.public_url = Some("https://training.example".to_owned());
    })
    .await;
    let code = classroom.add("Tuesday");
    let desk = bench.practice().await;
    let address = classroom.backend.address().to_string();
    assert_eq!(
        fault(&desk, &address, &code).await,
        ClassFault::OtherAddress
    );
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_class_with_a_certificate_that_is_not_trusted_is_not_joined() {
    let bench = Bench::start().await;
    let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (certificate, key) = (bench.path("own.pem"), bench.path("own.key"));
    std::fs::write(&certificate, own.cert.pem()).unwrap();
    std::fs::write(&key, own.signing_key.serialize_pem()).unwrap();
    let classroom = Classroom::with(&bench, |options| {
        options.tls = Some(TlsFiles { certificate, key });
    })
    .await;
    let code = classroom.add("Tuesday");
    let desk = bench.practice().await;
    let address = classroom.backend.base_url();
    let told = fault(&desk, &address, &code).await;
    assert!(matches!(told, ClassFault::Certificate { .. }), "{told:?}");
    desk.stop().await;
}

/// Answers that do not say that this is a training backend, or not plainly.
fn not_for_training(which: usize) -> Option<Response> {
    let with = |extension: serde_json::Value| Some(statement(&json!({ "extension": extension })));
    match which {
        0 => Some(statement(&json!({}))),
        1 => with(json!([])),
        2 => with(json!([{ "url": MARK, "valueBoolean": false }])),
        3 => with(json!([{ "url": MARK, "valueBoolean": "true" }])),
        4 => with(json!([{ "url": MARK }])),
        5 => with(json!([{ "url": "urn:oid:2.25.1", "valueBoolean": true }])),
        6 => with(json!([
            { "url": MARK, "valueBoolean": true },
            { "url": MARK, "valueBoolean": false },
        ])),
        7 => Some(statement(
            &json!({ "title": "Training backend", "name": "CPISTraining" }),
        )),
        8 => Some((StatusCode::OK, "<html>training</html>").into_response()),
        9 => Some(StatusCode::NOT_FOUND.into_response()),
        10 => Some(StatusCode::UNAUTHORIZED.into_response()),
        11 => Some((StatusCode::FOUND, [("location", "/elsewhere/metadata")]).into_response()),
        12 => Some(fhir(format!(
            r#"{{"resourceType":"Basic","extension":[{{"url":"{MARK}","valueBoolean":true}}]}}"#
        ))),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_not_for_training_gets_nothing_of_practice() {
    let bench = Bench::start().await;
    let desk = bench.practice().await;
    for which in 0.. {
        if not_for_training(which).is_none() {
            break;
        }
        let service = OtherService::start(move |_| not_for_training(which).unwrap()).await;
        let address = service.address.to_string();
        let told = fault(&desk, &address, NO_CLASS).await;
        assert_eq!(told, ClassFault::NotTraining, "answer {which}");
        // Not even the code.
        assert_eq!(service.asked().len(), 1, "answer {which}");
        assert_eq!(service.asked()[0].line, "GET /cpis/FHIR/R4/metadata");
        service.got_nothing();
    }
    // A training backend before a service that is none.
    let service = OtherService::start(|path| {
        statement(&match path.starts_with("/class/") {
            true => json!({}),
            false => json!({ "extension": [{ "url": MARK, "valueBoolean": true }] }),
        })
    })
    .await;
    let told = fault(&desk, &service.address.to_string(), NO_CLASS).await;
    assert_eq!(told, ClassFault::NotTraining);
    assert_eq!(service.asked().len(), 2);
    service.got_nothing();
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_service_in_the_place_of_a_class_gets_nothing_of_practice() {
    let bench = Bench::start().await;
    let classroom = Classroom::start(&bench).await;
    let code = classroom.add("Tuesday");
    let desk = bench.practice().await;
    joined(&desk, &classroom, &code).await;
    desk.sign_in(DENTIST).await;
    desk.check_first(Case::ChildProtection).await;
    desk.sent().await;
    // A record that waits, a session that is open, tokens that hold.
    classroom.backend.release_port().await;
    desk.check_first(Case::LookedAfter).await;
    desk.tried().await;
    let address = classroom.address().parse().unwrap();
    let service = OtherService::at(address, |_| statement(&json!({}))).await;
    desk.ask(Request::SendNow).await;
    desk.tried().await;
    desk.ask(Request::Go(Place::Find)).await;
    desk.check_first(Case::NoEndDate).await;
    desk.ask(Request::SendNow).await;
    desk.tried().await;
    assert!(!service.asked().is_empty());
    service.got_nothing();
    desk.ask(Request::SignOut).await;
    desk.ask(Request::Go(Place::Find)).await;
    let passcode = bench.passcode(DENTIST);
    let told = desk.sign_in_fault(DENTIST, &passcode).await;
    assert_eq!(told, SignInFault::NotTraining);
    assert!(desk.view().to_send.waiting > 0, "the records still wait");
    service.got_nothing();
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn live_mode_joins_no_class() {
    let bench = Bench::start().await;
    let classroom = Classroom::start(&bench).await;
    let code = classroom.add("Tuesday");
    let desk = bench.live().await;
    desk.refused(Request::Go(Place::JoinClass)).await;
    desk.refused(typed(&classroom.address(), &code)).await;
    desk.refused(Request::LeaveClass).await;
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_who_goes_elsewhere_meanwhile_is_not_in_the_class() {
    let bench = Bench::start().await;
    let classroom = Classroom::start(&bench).await;
    let code = classroom.add("Tuesday");
    let desk = bench.practice().await;
    desk.ask(Request::Go(Place::JoinClass)).await;
    desk.ask(typed(&classroom.address(), &code)).await;
    desk.ask(Request::Go(Place::Find)).await;
    desk.sign_in(DENTIST).await;
    desk.check_first(Case::ChildProtection).await;
    assert_eq!(class(&desk.view()), None);
    assert_eq!(classroom.records(&code).await, Vec::<String>::new());
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_class_that_has_ended_is_told_at_the_next_sign_in() {
    let bench = Bench::start().await;
    let classroom = Classroom::start(&bench).await;
    let code = classroom.add("Tuesday");
    let desk = bench.practice().await;
    joined(&desk, &classroom, &code).await;
    end_class(&classroom.location, &code, bench.clock.read()).unwrap();
    let passcode = bench.passcode(DENTIST);
    let told = desk.sign_in_fault(DENTIST, &passcode).await;
    assert_eq!(told, SignInFault::NotTraining);
    let view = desk.ask(Request::LeaveClass).await;
    assert_eq!(class(&view), None);
    assert_eq!(
        fault(&desk, &classroom.address(), &code).await,
        ClassFault::UnknownClass
    );
    desk.stop().await;
}
