//! Identifiers and secrets stay inside (invariant I5): not on the disk in the clear, not in a log, not
//! in debug output, not in a view after a lock.

use super::clinic;
use crate::support::{Bench, DENTIST, Desk, PAEDIATRICIAN, files_below, logged, typed};
use cpis_client::view::{LookMode, Place, Screen, View};
use cpis_client::{Request, TypedNote, TypedNotice, TypedSearch};
use cpis_training::{Case, Fault, TrainingPatient};
use std::path::Path;
use std::sync::Arc;

const TYPED_WRONGLY: &str = "86420975";
const CALLBACK: &str = "01632960777";

/// What must not be found, with a name for it that may be printed.
type Secret = (String, &'static str);

fn of(person: &TrainingPatient) -> Vec<Secret> {
    vec![
        (person.nhs_number.digits(), "an NHS number"),
        (person.nhs_number.to_string(), "an NHS number, grouped"),
        (person.family.clone(), "a family name"),
        (person.birth_date.to_string(), "a date of birth"),
    ]
}

fn assert_absent(secrets: &[Secret], content: &[u8], place: &str) {
    let content = String::from_utf8_lossy(content);
    for (secret, name) in secrets {
        assert!(!content.contains(secret.as_str()), "{name} in {place}");
    }
}

fn search_files(folder: &Path, secrets: &[Secret], searched: &mut usize) {
    for (path, content) in files_below(folder) {
        *searched += 1;
        let name = path.file_name().unwrap().to_string_lossy();
        assert_absent(secrets, name.as_bytes(), "a file name");
        assert_absent(secrets, &content, &name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_day_leaves_nothing_in_the_clear() {
    let (bench, wire) = Bench::wired().await;
    let backend = bench.backend();
    let desk = bench.live().await;
    desk.sign_in_fault(PAEDIATRICIAN, TYPED_WRONGLY).await;
    backend
        .faults()
        .set("/oauth2/token", Some(Fault::Status(503)));
    desk.sign_in_fault(PAEDIATRICIAN, &bench.passcode(PAEDIATRICIAN))
        .await;
    backend.faults().clear();
    desk.sign_in(PAEDIATRICIAN).await;
    desk.choose(LookMode::Scheduled).await;
    clinic_and_paper(&bench, &desk).await;
    desk.ask(Request::ChangeRole).await;
    desk.choose(LookMode::Unscheduled).await;
    for case in [
        Case::ChildProtection,
        Case::NothingHeld,
        Case::RestrictedWithRecord,
        Case::Superseded,
        Case::Invalidated,
    ] {
        desk.check_first(case).await;
    }
    for (path, fault) in [
        ("/personal-demographics", Fault::Status(503)),
        ("/cpis/FHIR/R4/CareTeam", Fault::Html),
        ("/cpis/FHIR/R4/AuditEvent", Fault::Truncate),
        ("/audit", Fault::Status(503)),
    ] {
        backend.faults().set(path, Some(fault));
        desk.check_first(Case::LookedAfter).await;
    }
    desk.tried().await;
    backend.faults().clear();
    desk.ask(Request::SendNow).await;
    desk.sent().await;
    desk.ask(Request::Go(Place::Find)).await;
    bench.clock.pass(chrono::TimeDelta::minutes(11));
    desk.check_first(Case::ChildProtection).await;
    write_note(&desk).await;
    desk.ask(Request::SendNote).await;
    desk.sent().await;
    bench.set_network(false).await;
    desk.check_first(Case::LookedAfter).await;

    let first = desk.ask(Request::Lock).await.revision;
    desk.unlock_with(TYPED_WRONGLY).await;
    let locked = desk.views_since(first);
    let locked = serde_json::to_string(&locked).unwrap();
    desk.unlock_with(&bench.passcode(PAEDIATRICIAN)).await;
    assert!(matches!(desk.view().screen, Screen::Result { .. }));

    let people = Case::ALL.iter().map(|case| bench.person(*case));
    let mut secrets: Vec<Secret> = people.flat_map(of).collect();
    secrets.push((bench.passcode(PAEDIATRICIAN), "a passcode"));
    secrets.push((TYPED_WRONGLY.to_owned(), "a passcode typed wrongly"));
    secrets.push((CALLBACK.to_owned(), "a number to ring back"));
    let tokens = wire.tokens();
    assert!(tokens.len() >= 4, "user and computer have had tokens");
    secrets.extend(tokens.into_iter().map(|token| (token, "a token")));

    assert_absent(&secrets, locked.as_bytes(), "a view of the locked program");
    let mut searched = 0;
    search_files(&bench.path("live"), &secrets, &mut searched);
    assert!(searched >= 3, "the database, its log and the lock");
    desk.ask(Request::SignOut).await;
    desk.stop().await;
    search_files(&bench.path("live"), &secrets, &mut searched);
    let log = logged();
    assert!(log.contains("cpis_client"), "something was logged");
    assert_absent(&secrets, log.as_bytes(), "the log");
}

/// A note about the record on the screen, up to where it is read once more.
async fn write_note(desk: &Desk) {
    desk.ask(Request::Go(Place::Note)).await;
    let typed = TypedNote {
        record: "0".to_owned(),
        field: "office-number".to_owned(),
        number: CALLBACK.to_owned(),
        callback: CALLBACK.to_owned(),
        ..TypedNote::default()
    };
    desk.ask(Request::ReviewNote(Box::new(typed))).await;
}

/// A list that is checked and kept, a copy opened offline, a number copied, pages printed, a person searched.
async fn clinic_and_paper(bench: &Arc<Bench>, desk: &Desk) {
    desk.ask(clinic::import(&clinic::lines(bench))).await;
    desk.ask(Request::CheckClinic { keep: true }).await;
    let kept = |view: &View| match &view.screen {
        Screen::ClinicList { clinic } => clinic.children.iter().all(|child| child.copy.is_some()),
        _ => false,
    };
    let list = clinic::clinic(&desk.until(kept).await);
    let printed = desk.ask(Request::PrintClinic).await;
    assert!(clinic::clinic(&printed).print.is_some());

    bench.set_network(false).await;
    let child = clinic::child_of(&list, bench.person(Case::ChildProtection));
    let id = child.id.clone();
    let view = desk.ask(Request::OpenCopy { id }).await;
    assert!(matches!(view.screen, Screen::Result { .. }));
    desk.ask(Request::CopyNumber).await;
    desk.until(|view| view.copy.is_some()).await;
    let with_history = Request::Print { with_history: true };
    assert!(desk.ask(with_history).await.print.is_some());
    let late = bench.person(Case::NoEndDate);
    desk.ask(Request::Go(Place::Find)).await;
    desk.ask(Request::SaveForLater(typed(late))).await;
    bench.set_network(true).await;

    desk.ask(Request::Go(Place::Search)).await;
    let date = late.birth_date;
    desk.ask(Request::FindPerson(TypedSearch {
        family: late.family.clone(),
        given: late.given[0].clone(),
        day: date.format("%d").to_string(),
        month: date.format("%m").to_string(),
        year: date.format("%Y").to_string(),
        ..TypedSearch::default()
    }))
    .await;
    let ended = |view: &View| {
        matches!(
            view.screen,
            Screen::Search {
                since: None,
                answer: Some(_),
                ..
            }
        )
    };
    desk.until(ended).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn debug_output_says_nothing_of_anybody() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    let child = bench.person(Case::ChildProtection);
    let mut secrets = of(child);
    let passcode = bench.passcode(DENTIST);
    secrets.push((passcode.clone(), "a passcode"));
    secrets.push(("QQQQ-1234".to_owned(), "an enrolment code"));
    secrets.push((CALLBACK.to_owned(), "a number to ring back"));
    let requests = [
        Request::SignIn {
            card: DENTIST.to_owned(),
            passcode: passcode.clone().into(),
        },
        Request::Unlock {
            passcode: passcode.into(),
        },
        Request::FindChild(typed(child)),
        Request::FindPerson(TypedSearch {
            family: child.family.clone(),
            given: child.given[0].clone(),
            postcode: child.postcode.clone(),
            ..TypedSearch::default()
        }),
        Request::Enrol {
            code: "QQQQ-1234".into(),
        },
        Request::ReviewNote(Box::new(TypedNote {
            callback: CALLBACK.to_owned(),
            ..TypedNote::default()
        })),
        Request::AnswerNotice(TypedNotice {
            callback: CALLBACK.to_owned(),
            ..TypedNotice::default()
        }),
    ];
    let requests = format!("{requests:?}");
    assert_absent(&secrets, requests.as_bytes(), "a request");
    assert!(!requests.contains(&child.birth_date.format("%Y").to_string()));

    desk.sign_in(DENTIST).await;
    desk.check(child).await;
    write_note(&desk).await;
    desk.ask(Request::Go(Place::ToSend)).await;
    desk.ask(Request::Lock).await;
    let views = format!("{:?}", desk.all_views());
    assert!(views.contains("Result"), "a result was among them");
    assert_absent(&secrets, views.as_bytes(), "a view");
}
