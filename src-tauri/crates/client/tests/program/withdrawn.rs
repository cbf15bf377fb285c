//! A role that is withdrawn while its holder is signed in: no look in it, and back to the choice of
//! roles, which says so.

use crate::support::{Bench, DENTIST, Desk, PAEDIATRICIAN, records, typed};
use chrono::TimeDelta;
use cpis_client::Request;
use cpis_client::view::{LookMode, RoleChoice, Screen, View};
use cpis_record::{RoleProfileId, UserId};
use cpis_training::{Case, StaffMember};

/// The person whose card it is, with the profile of one of their roles.
fn held(bench: &Bench, card: &str, role: usize) -> (UserId, RoleProfileId) {
    let user = bench.user_of(card);
    let is_theirs = |member: &&StaffMember| member.user_id.as_str() == user;
    let member = bench.people.staff.iter().find(is_theirs).unwrap();
    let role = &member.roles[role].role;
    (member.user_id.clone(), role.profile.clone())
}

fn chooses(view: &View) -> bool {
    matches!(view.screen, Screen::ChooseRole { .. })
}

/// The choice of roles, once it is on the screen: what may be chosen, and what was withdrawn.
async fn choice(desk: &Desk) -> (Vec<RoleChoice>, Option<String>) {
    match desk.until(chooses).await.screen {
        Screen::ChooseRole {
            choices, withdrawn, ..
        } => (choices, withdrawn),
        other => panic!("no choice: {other:?}"),
    }
}

/// Hands in the form and waits until the program is back at the choice of roles.
async fn look_leads_back(bench: &Bench, desk: &Desk) -> (Vec<RoleChoice>, Option<String>) {
    let child = bench.person(Case::ChildProtection);
    desk.ask(Request::FindChild(typed(child))).await;
    choice(desk).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_leads_back_to_the_choice_of_roles() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.check_first(Case::ChildProtection).await;
    let told = bench.told();
    let (person, profile) = held(&bench, DENTIST, 0);
    bench.backend().withdraw_role(&person, &profile).unwrap();

    let (choices, withdrawn) = look_leads_back(&bench, &desk).await;
    assert_eq!(choices, [], "the only role is gone");
    assert_eq!(withdrawn.as_deref(), Some("Dental Officer"));
    assert_eq!(bench.told(), told, "nobody was told of a look that was not");
    desk.sent().await;
    let records = bench.backend().audit_records().unwrap();
    assert_eq!(records.len(), 2, "the refused look is on record too");
    let refused = bench.record(&records[1].0);
    assert_eq!(refused.cause.as_deref(), Some("not-allowed"));
    // There is no way on without a role.
    desk.refused(Request::FindChild(typed(
        bench.person(Case::ChildProtection),
    )))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_on_a_renewed_token_leads_there_too() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(PAEDIATRICIAN).await;
    desk.choose(LookMode::Unscheduled).await;
    let (person, profile) = held(&bench, PAEDIATRICIAN, 1);
    bench.backend().withdraw_role(&person, &profile).unwrap();
    bench.clock.pass(TimeDelta::minutes(11));

    let (choices, withdrawn) = look_leads_back(&bench, &desk).await;
    assert_eq!(bench.backend().renewals().granted, 1);
    assert!(withdrawn.is_some());
    let modes: Vec<_> = choices.iter().map(|choice| choice.mode).collect();
    assert_eq!(
        modes,
        [LookMode::Scheduled],
        "the other role may still look"
    );
    desk.choose(LookMode::Scheduled).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(records(&shown).0.len(), 1);
}

/// The role that is in use stands, another has gone or come: the choice is to know, and whoever is
/// at work is not to be disturbed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewal_learns_of_other_roles_without_disturbing() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(PAEDIATRICIAN).await;
    desk.choose(LookMode::Unscheduled).await;
    let (person, silent) = held(&bench, PAEDIATRICIAN, 0);
    let backend = bench.backend();
    let may_change = |view: &View| view.user.as_ref().unwrap().may_change_role;
    for withdrawn in [true, false] {
        match withdrawn {
            true => backend.withdraw_role(&person, &silent).unwrap(),
            false => backend.give_role_back(&person, &silent).unwrap(),
        }
        bench.clock.pass(TimeDelta::minutes(11));
        desk.check_first(Case::ChildProtection).await;
        let view = desk.until(|view| may_change(view) != withdrawn).await;
        assert!(matches!(view.screen, Screen::Result { .. }), "{view:?}");
    }
    assert_eq!(backend.renewals().granted, 2);
}

/// The role goes while its holder is at the lock. They come back to it, and no further.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_goes_behind_the_lock_is_gone_at_the_next_look() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.ask(Request::Lock).await;
    let (person, profile) = held(&bench, DENTIST, 0);
    let backend = bench.backend();
    backend.withdraw_role(&person, &profile).unwrap();
    bench.clock.pass(TimeDelta::minutes(11));
    desk.unlock_with(&bench.passcode(DENTIST)).await;
    let (choices, withdrawn) = look_leads_back(&bench, &desk).await;
    assert_eq!((choices, withdrawn.is_some()), (Vec::new(), true));
    assert_eq!(bench.told(), 0);

    // Given back, it is offered after signing in anew.
    backend.give_role_back(&person, &profile).unwrap();
    desk.ask(Request::SignOut).await;
    desk.ask(Request::Go(cpis_client::view::Place::Find)).await;
    let view = desk.sign_in(DENTIST).await;
    assert!(matches!(view.screen, Screen::Find { .. }), "{view:?}");
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(records(&shown).0.len(), 1);
}
