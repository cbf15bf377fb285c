//! What time alone changes on the screen: the age of a result, and which number is for now; and the
//! local contacts, which are always there.

use crate::support::{Bench, DENTIST, PAEDIATRICIAN};
use chrono::TimeDelta;
use cpis_client::Request;
use cpis_client::shown::ShownHistory;
use cpis_client::view::{AuthorityHours, LookMode, Place, Screen, View};
use cpis_training::Case;

fn is_stale(view: &View) -> bool {
    matches!(view.screen, Screen::Result { stale: true, .. })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_is_called_old_after_half_an_hour_and_is_asked_again_only_by_a_person() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    let first = desk.check_first(Case::ChildProtection).await;
    desk.refused(Request::CheckAgain).await;
    // Before the clock moves: a proof of identity on its way would be too old when it arrives.
    desk.sent().await;
    // The person uses the program, so it does not lock.
    bench.clock.pass(TimeDelta::minutes(14));
    desk.ask(Request::Activity).await;
    bench.clock.pass(TimeDelta::minutes(14));
    assert!(!is_stale(&desk.ask(Request::Activity).await));
    bench.clock.pass(TimeDelta::minutes(2));
    let view = desk.until(is_stale).await;
    let Screen::Result { shown, .. } = view.screen else {
        panic!("no result")
    };
    assert_eq!(
        shown.content().reference,
        first.reference,
        "it is still the same"
    );
    assert_eq!(
        (bench.received(), bench.told()),
        (1, 1),
        "nothing was asked by itself"
    );

    let again = desk.decide(Request::CheckAgain).await;
    desk.sent().await;
    assert_ne!(again.reference, first.reference);
    assert!(!is_stale(&desk.view()));
    assert_eq!((bench.received(), bench.told()), (2, 2));
    assert_eq!(
        bench.record(&again.reference).person,
        bench.record(&first.reference).person
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_checked_does_not_grow_old() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.check_first(Case::Superseded).await;
    for _ in 0..3 {
        bench.clock.pass(TimeDelta::minutes(14));
        assert!(!is_stale(&desk.ask(Request::Activity).await));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_number_for_now_follows_the_clock_only_where_policy_gives_hours() {
    let bench = Bench::start().await;
    let without = bench.live().await;
    assert_eq!(without.view().authority_hours, None);
    without.stop().await;
    let code = bench.backend().enrolment_code();
    let hours = ["site.office_hours = { from = '09:00', until = '09:30', days = ['sunday'] }"];
    bench.set_policy(Some(&code), &hours);
    let desk = bench.live().await;
    assert_eq!(desk.view().authority_hours, Some(AuthorityHours::Office));
    bench.clock.pass(TimeDelta::minutes(18));
    desk.until(|view| view.authority_hours == Some(AuthorityHours::OutOfHours))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn local_contacts_are_at_hand_before_sign_in_and_behind_every_screen() {
    let bench = Bench::start().await;
    let code = bench.backend().enrolment_code();
    let contacts = [
        "site.contacts = [{ name = 'Named nurse', telephone = '01632 960101', when = 'Weekdays' }]",
    ];
    bench.set_policy(Some(&code), &contacts);
    bench.set_network(false).await;
    let desk = bench.live().await;
    let named = |view: &View| {
        let contact = view.safeguarding_contacts.first();
        contact.map(|c| (c.name.clone(), c.telephone.clone(), c.when.clone()))
    };
    let wanted = Some((
        "Named nurse".into(),
        "01632 960101".into(),
        Some("Weekdays".into()),
    ));
    assert_eq!(
        named(&desk.view()),
        wanted,
        "before sign-in, without a network"
    );
    bench.set_network(true).await;
    desk.enrolled().await;
    desk.sign_in(DENTIST).await;
    desk.check_first(Case::NothingHeld).await;
    for view in [
        desk.view(),
        desk.ask(Request::Go(Place::Help)).await,
        desk.ask(Request::Lock).await,
    ] {
        assert_eq!(named(&view), wanted);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ones_own_earlier_views_are_marked_and_nobody_elses() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    let own = |history: &ShownHistory| match history {
        ShownHistory::Known { accesses } => accesses.iter().map(|a| a.you).collect::<Vec<_>>(),
        _ => panic!("no history"),
    };
    let first = desk.check_first(Case::NoAccesses).await;
    assert_eq!(own(&first.history), [] as [bool; 0]);
    bench.clock.pass(TimeDelta::minutes(1));
    let second = desk.check_first(Case::NoAccesses).await;
    assert_eq!(own(&second.history), [true]);

    desk.ask(Request::SignOut).await;
    desk.ask(Request::Go(Place::Find)).await;
    desk.sign_in(PAEDIATRICIAN).await;
    desk.choose(LookMode::Scheduled).await;
    let third = desk.check_first(Case::NoAccesses).await;
    assert_eq!(own(&third.history), [false, false]);
}
