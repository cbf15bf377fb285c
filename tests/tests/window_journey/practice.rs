//! The main job in practice mode: sign in, a child with two plans, a check that the network
//! defeats, its record delivered later, and the history that shows the first look.

use crate::leaks;
use crate::window::Window;
use chrono::Datelike;
use cpis_desktop::practice::SEED;
use cpis_training::{Case, TrainingPatient, cards, population};

const TOLD: &str = "The local authority is told about this check";

#[tokio::test]
async fn a_look_the_network_defeats_and_a_look_that_history_shows() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let population = population(SEED, leaks::today());
    let card = &cards(SEED)[0];

    Window::journey(
        "practice",
        &["--practice", "--data-dir", data],
        async |window| {
            window.heading("Sign in").await;
            window.sees("PRACTICE - made-up children").await;
            window.choose(&card.holder).await;
            window.fill("Passcode", &card.passcode).await;
            window.press("Sign in").await;

            window.heading("Choose your role").await;
            window.choose_with("unscheduled care").await;
            window.press("Continue").await;

            window.heading("Find a child").await;
            window.sees(TOLD).await;
            let first = population.first(Case::ChildProtectionAndLookedAfter);
            find(window, first).await;
            window.heading("2 records found").await;
            println!(
                "Finding read from the screen: {}",
                window.read_heading().await
            );
            window.sees("Current Child Protection Information").await;
            window
                .sees("Child Protection Information Previously Viewed By")
                .await;
            window.sees(TOLD).await;

            window.press("Practice network").await;
            window.sees("Offline since").await;
            window.press("Find another child").await;
            window.heading("Find a child").await;
            find(window, population.first(Case::ChildProtection)).await;
            window.heading("Not checked").await;
            println!(
                "Finding read from the screen: {}",
                window.read_heading().await
            );

            window.press("To send").await;
            window.heading("To send").await;
            window.sees("Waiting").await;
            window.picture().await;

            window.press("Practice network").await;
            window.sees("Nothing to send").await;
            window.sees("Sent ").await;
            window.picture().await;

            window.press("Find a child").await;
            window.heading("Find a child").await;
            find(window, first).await;
            window.heading("2 records found").await;
            let history = window.rows("views in unscheduled care").await;
            assert!(
                history[0].contains(family(&card.holder)),
                "the first look is newest: {}",
                history[0]
            );

            window.press("Find another child").await;
            window.heading("Find a child").await;
            find(window, population.first(Case::NothingHeld)).await;
            window
                .heading("No child protection information found")
                .await;
            println!(
                "Finding read from the screen: {}",
                window.read_heading().await
            );

            window.press("Lock").await;
            window.heading("Locked").await;
            let page = window.source().await;
            for patient in [first, population.first(Case::NothingHeld)] {
                for secret in [patient.nhs_number.digits(), patient.nhs_number.to_string()] {
                    assert!(!page.contains(&secret), "a locked window holds no number");
                }
                assert!(
                    !page.contains(&patient.family.to_uppercase()),
                    "a locked window holds no name"
                );
            }
            window.fill("Passcode", &card.passcode).await;
            window.press("Unlock").await;
            window
                .heading("No child protection information found")
                .await;

            window.press("Sign out").await;
            window.picture().await;
        },
    )
    .await;
    leaks::search(folder.path(), &population, SEED);
}

#[tokio::test]
async fn the_window_can_do_nothing_but_our_commands() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    Window::journey(
        "guard",
        &["--practice", "--data-dir", data],
        async |window| {
            window.heading("Sign in").await;
            let outcome = |call: &str| {
                format!(
                    "const done = arguments[arguments.length - 1];
             {call}.then(() => done('allowed'), (refusal) => done('refused: ' + refusal))"
                )
            };
            let invoke =
                |command: &str| outcome(&format!("window.__TAURI_INTERNALS__.invoke({command})"));
            assert_eq!(window.run(&invoke("'view'")).await, "allowed");
            for command in [
                "'plugin:window|close'",
                "'plugin:app|version'",
                "'plugin:event|emit', { event: 'view', payload: {} }",
                "'plugin:path|resolve_directory', { directory: 1 }",
                "'plugin:webview|create_webview_window', { options: {} }",
            ] {
                let answer = window.run(&invoke(command)).await;
                assert!(
                    answer.as_str().unwrap().starts_with("refused"),
                    "{command}: {answer}"
                );
            }
            for address in [
                "'http://127.0.0.1:9/'",
                "'https://example.com/'",
                "'data:text/plain,x'",
            ] {
                let answer = window.run(&outcome(&format!("fetch({address})"))).await;
                assert!(
                    answer.as_str().unwrap().starts_with("refused"),
                    "{address}: {answer}"
                );
            }
        },
    )
    .await;
}

/// Fills and sends the form for a person.
pub async fn find(window: &Window, patient: &TrainingPatient) {
    fill(window, patient).await;
    window.press("Find child").await;
}

/// Fills the form for a person.
pub async fn fill(window: &Window, patient: &TrainingPatient) {
    window
        .fill("NHS number", &patient.nhs_number.to_string())
        .await;
    window
        .fill("Day", &patient.birth_date.day().to_string())
        .await;
    window
        .fill("Month", &patient.birth_date.month().to_string())
        .await;
    window
        .fill("Year", &patient.birth_date.year().to_string())
        .await;
}

fn family(holder: &str) -> &str {
    holder.rsplit(' ').next().unwrap()
}
