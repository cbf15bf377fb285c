//! What only practice offers: a scenario that fills and runs nothing, and tasks that are done when the
//! program saw them being done.

use crate::support::{Bench, DENTIST, Desk, records, typed};
use cpis_client::shown::ShownCause;
use cpis_client::view::{
    Connectivity, FilledBy, LockCause, Place, PracticeCase, PracticeTask, QueuedState, Screen,
    SignInFault, View, Weather,
};
use cpis_client::{Request, TypedQuestion};
use cpis_training::{Case, Fault};
use cpis_vault::{CardInReader, Presence};

/// Her checks tell nobody.
const NURSE: &str = "dental-nurse";

fn done(view: &View) -> Vec<PracticeTask> {
    let tasks = &view.practice.as_ref().unwrap().tasks;
    assert_eq!(tasks.len(), PracticeTask::ALL.len());
    tasks
        .iter()
        .filter(|task| task.done_at.is_some())
        .map(|task| task.task)
        .collect()
}

async fn weather(desk: &Desk, weather: Weather) -> View {
    desk.ask(Request::SetPracticeWeather { weather }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_made_up_child_fills_the_form_and_checks_nothing() {
    let bench = Bench::start().await;
    let desk = bench.practice().await;
    let case = PracticeCase::ChildProtection;
    desk.refused(Request::UsePracticeChild { case }).await;
    desk.sign_in(DENTIST).await;
    desk.check_first(Case::ChildProtection).await;
    desk.sent().await;
    let received = bench.received();

    // From the result, and twice: each time the form is another one.
    let mut ordinals = Vec::new();
    for _ in 0..2 {
        let view = desk.ask(Request::UsePracticeChild { case }).await;
        let Screen::Find {
            filled: Some(filled),
            ..
        } = view.screen
        else {
            panic!("not the form: {:?}", view.screen);
        };
        let person = bench.person(Case::ChildProtection);
        assert_eq!(filled.by, FilledBy::Practice);
        assert_eq!(filled.nhs_number, person.nhs_number.digits());
        assert_eq!(filled.birth_date, Some(person.birth_date.to_string()));
        ordinals.push(filled.ordinal);
    }
    assert_ne!(ordinals[0], ordinals[1]);
    assert_eq!(bench.received(), received, "nothing was checked");

    desk.ask(Request::Lock).await;
    let locked = desk.view().practice.unwrap();
    assert!(
        locked.children.is_empty(),
        "a locked window holds no number"
    );
    desk.refused(Request::UsePracticeChild { case }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_are_done_when_the_program_saw_them() {
    use PracticeTask as T;
    let bench = Bench::start().await;
    let desk = bench.practice().await;
    desk.sign_in(NURSE).await;
    assert_eq!(done(&desk.view()), []);

    // To find nothing is no task; to look up what that means is.
    desk.ask(Request::Go(Place::Help)).await;
    desk.check_first(Case::NothingHeld).await;
    assert_eq!(done(&desk.view()), []);
    let view = desk.ask(Request::Go(Place::Help)).await;
    assert_eq!(done(&view), [T::NothingFoundExplained]);

    // An ended plan is not a current one.
    desk.check_first(Case::EndedTenDaysAgo).await;
    assert!(!done(&desk.view()).contains(&T::CurrentPlanFound));
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(records(&shown).0.len(), 1);
    assert!(done(&desk.view()).contains(&T::CurrentPlanFound));

    // Another child with the right date is no correction; the same child is.
    let person = bench.person(Case::LookedAfter);
    let wrong = TypedQuestion {
        year: "2009".to_owned(),
        ..typed(person)
    };
    desk.ask(Request::FindChild(wrong)).await;
    let shown = desk.result().await;
    let cause = crate::support::not_checked(&shown).0;
    assert_eq!(cause, ShownCause::BirthDateDiffers);
    desk.check_first(Case::ChildProtection).await;
    assert!(!done(&desk.view()).contains(&T::OtherBirthDateNoticed));
    desk.check(person).await;
    assert!(done(&desk.view()).contains(&T::OtherBirthDateNoticed));

    desk.ask(Request::Lock).await;
    assert!(!done(&desk.view()).contains(&T::LockedAndUnlocked));
    let view = desk.unlock_with(&bench.passcode(NURSE)).await;
    assert!(done(&view).contains(&T::LockedAndUnlocked));

    desk.sent().await;
    bench
        .backend()
        .faults()
        .set_times("/audit/FHIR/R4/AuditEvent", Fault::Status(422), 1);
    desk.check_first(Case::LookedAfter).await;
    let view = desk.until(|view| view.to_send.needs_attention == 1).await;
    assert!(!done(&view).contains(&T::RecordTriedAgain));
    let queue = desk.queue().await;
    let stuck = queue
        .iter()
        .find(|r| r.state == QueuedState::NeedsAttention);
    let id = stuck.unwrap().id.clone();
    desk.ask(Request::OpenRecord { id: id.clone() }).await;
    let view = desk.ask(Request::TryAgain { id }).await;
    assert!(done(&view).contains(&T::RecordTriedAgain));
    desk.sent().await;

    // Saved with a network it would be checked at once, so only offline counts.
    desk.ask(Request::Go(Place::Find)).await;
    weather(&desk, Weather::Offline).await;
    desk.until(|view| matches!(view.connectivity, Connectivity::Offline { .. }))
        .await;
    let later = bench.person(Case::NoEndDate);
    let view = desk.ask(Request::SaveForLater(typed(later))).await;
    assert!(done(&view).contains(&T::SavedWhileOffline));

    // What one person has done is not the next one's.
    weather(&desk, Weather::Good).await;
    desk.connected_again().await;
    desk.ask(Request::SignOut).await;
    desk.ask(Request::Go(Place::Find)).await;
    let view = desk.sign_in(DENTIST).await;
    assert_eq!(done(&view), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_record_of_completion_names_who_practised_and_no_child() {
    let bench = Bench::start().await;
    let desk = bench.practice().await;
    let view = desk.ask(Request::Go(Place::PracticeTasks)).await;
    assert!(matches!(
        view.screen,
        Screen::PracticeTasks { printout: None }
    ));
    // Nobody is there whose record it could be.
    desk.refused(Request::PrintCompletion).await;
    desk.ask(Request::Go(Place::Find)).await;
    desk.sign_in(DENTIST).await;
    desk.refused(Request::PrintCompletion).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    desk.ask(Request::Go(Place::PracticeTasks)).await;
    let view = desk.ask(Request::PrintCompletion).await;
    let Screen::PracticeTasks {
        printout: Some(printout),
    } = &view.screen
    else {
        panic!("nothing to print: {:?}", view.screen);
    };
    assert_eq!(printout.name, "Mr Bertram Sample-Otter");
    let paper = serde_json::to_string(&view.screen).unwrap()
        + &serde_json::to_string(&view.practice.as_ref().unwrap().tasks).unwrap();
    assert!(!paper.contains(&shown.asked), "no NHS number on the paper");
    desk.ask(Request::PrintDrawn).await;
    assert_eq!(desk.printed(), 1);
    let view = desk.ask(Request::Printed).await;
    assert!(matches!(
        view.screen,
        Screen::PracticeTasks { printout: None }
    ));
    desk.refused(Request::PrintDrawn).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_practice_card_that_is_taken_out_locks_until_it_is_back() {
    let card = CardInReader {
        reader: "Practice reader".to_owned(),
        atr: "3B00".to_owned(),
    };
    let there = Presence::Card { cards: vec![card] };
    let readers = vec!["Practice reader".to_owned()];
    let bench = Bench::start().await;
    bench.presence.send_replace(there.clone());
    let desk = bench.practice().await;
    desk.sign_in(DENTIST).await;
    bench.presence.send_replace(Presence::Empty {
        readers: readers.clone(),
    });
    let view = desk
        .until(|view| matches!(view.screen, Screen::Locked { .. }))
        .await;
    let Screen::Locked { cause, .. } = view.screen else {
        panic!("not locked");
    };
    assert_eq!(cause, LockCause::CardRemoved);
    let view = desk.unlock_with(&bench.passcode(DENTIST)).await;
    let Screen::Locked { fault, .. } = view.screen else {
        panic!("unlocked without the card");
    };
    assert_eq!(fault, Some(SignInFault::CardRemoved));
    bench.presence.send_replace(there);
    desk.until(|view| matches!(view.screen, Screen::Locked { fault: None, .. }))
        .await;
    let view = desk.unlock_with(&bench.passcode(DENTIST)).await;
    assert!(view.user.is_some());

    // Without a card nobody signs in.
    desk.ask(Request::SignOut).await;
    bench.presence.send_replace(Presence::Empty { readers });
    let view = desk.ask(Request::Go(Place::Find)).await;
    let without =
        |view: &View| matches!(&view.screen, Screen::SignIn { cards, .. } if cards.is_empty());
    if !without(&view) {
        desk.until(without).await;
    }
}
