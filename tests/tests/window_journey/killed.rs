//! Looks that the service could not be told of, a program that is killed, and records that leave from
//! behind the lock with which it starts again.

use crate::backend::{Backend, SEED, Workplace, training};
use crate::leaks;
use crate::practice::find;
use crate::window::Window;
use cpis_training::{CardDescription, Case, Population, cards, population};

#[tokio::test]
async fn records_outlive_a_killed_program_and_leave_by_themselves() {
    let (workplace, mut backend) = Workplace::new();
    let database = workplace.database.clone();
    let population = population(SEED, leaks::today());
    let card = cards(SEED).into_iter().nth(1).unwrap();
    let arguments = workplace.arguments();
    let arguments = arguments.each_ref().map(String::as_str);

    let mut address = String::new();
    Window::cut_short("killed", &arguments, async |window| {
        sign_in(window, &card).await;
        find(window, population.first(Case::ChildProtection)).await;
        window.heading("Child protection plan in place").await;
        window.sees("Nothing to send").await;
        address = backend.stop();
        for case in [
            Case::ChildProtection,
            Case::LookedAfter,
            Case::UnbornChild,
            Case::NothingHeld,
            Case::NoEndDate,
        ] {
            look_in_vain(window, &population, case).await;
        }
        window.sees("5 to send").await;
        window.press("To send").await;
        window.heading("To send").await;
        assert_eq!(window.rows("Records and notes").await.len(), 6);
    })
    .await;

    Window::journey("killed-again", &arguments, async |window| {
        window.heading("Locked").await;
        window.sees("5 to send").await;
        let mut backend = Backend::serve(&address, &database);
        // Nobody has unlocked the program.
        window.sees("Nothing to send").await;
        window.heading("Locked").await;
        assert!(whole(&database, 6));

        window.fill("Passcode", &card.passcode).await;
        window.press("Unlock").await;
        window.heading("Find a child").await;
        let address = backend.stop();
        look_in_vain(window, &population, Case::LookedAfter).await;
        window.press("Lock").await;
        window.heading("Locked").await;
        window.sees("1 to send").await;
        let _back = Backend::serve(&address, &database);
        window.sees("Nothing to send").await;
        window.heading("Locked").await;
        window.fill("Passcode", &card.passcode).await;
        window.press("Unlock").await;
        window.heading("Not checked").await;
        window.press("To send").await;
        window.heading("To send").await;
        window.sees("Everything has been sent").await;
    })
    .await;
    assert!(
        whole(&database, 7),
        "each record once, in an unbroken chain"
    );
}

/// Signs in with a card of which no other choice follows.
pub async fn sign_in(window: &Window, card: &CardDescription) {
    window.heading("Sign in").await;
    window.choose(card.file_name.trim_end_matches(".p12")).await;
    window.fill("Passcode", &card.passcode).await;
    window.press("Sign in").await;
    window.heading("Find a child").await;
}

async fn look_in_vain(window: &Window, population: &Population, case: Case) {
    window.press("Find a child").await;
    window.heading("Find a child").await;
    find(window, population.first(case)).await;
    window.heading("Not checked").await;
}

/// Whether the backend has so many records of the one workstation, without a gap or a fork.
fn whole(database: &str, records: usize) -> bool {
    let said = training(&["chains", "--database", database]);
    println!("The backend says: {}", said.trim());
    said.lines().count() == 1
        && said.contains(&format!(
            ": {records} records up to number {records}; no gaps; no forks"
        ))
}
