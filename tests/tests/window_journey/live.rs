//! Live mode against a backend on another port, of which the program knows no more than its policy
//! file says.

use crate::backend::{Backend, SEED, Workplace};
use crate::practice::find;
use crate::window::{Window, program};
use crate::{desktop, leaks};
use cpis_training::{Case, TrainingPatient, cards, population};
use std::process::Command;

#[tokio::test]
async fn live_mode_survives_its_backend() {
    let (workplace, mut backend) = Workplace::new();
    let database = workplace.database.clone();
    let population = population(SEED, leaks::today());
    let card = cards(SEED).into_iter().nth(1).unwrap();

    let arguments = workplace.arguments();
    let arguments = arguments.each_ref().map(String::as_str);
    Window::journey("live", &arguments, async |window| {
        window.heading("Sign in").await;
        assert!(
            !window.source().await.contains("PRACTICE"),
            "nothing of practice in live mode"
        );
        window.sees("Test cards are in use").await;
        window.choose(card.file_name.trim_end_matches(".p12")).await;
        window.fill("Passcode", &card.passcode).await;
        window.press("Sign in").await;
        window.heading("Find a child").await;
        find(window, population.first(Case::UnbornChild)).await;
        window
            .heading("Unborn child protection plan in place")
            .await;
        println!(
            "Finding read from the screen: {}",
            window.read_heading().await
        );
        window.sees("Nothing to send").await;

        let second = Command::new(program()).args(arguments).status().unwrap();
        assert!(
            second.success(),
            "a second start raises the first window and ends"
        );

        result_is_used(window).await;
        link_fills_and_runs_nothing(window, &arguments, population.first(Case::LookedAfter)).await;
        zoom_keys_zoom(window).await;

        let address = backend.stop();
        window.press("Find a child").await;
        find(window, population.first(Case::LookedAfter)).await;
        window.heading("Not checked").await;
        window.sees("1 to send").await;
        let _back = Backend::serve(&address, &database);
        window.sees("Nothing to send").await;
        window.picture().await;
    })
    .await;
    leaks::search(&workplace.data(), &population, SEED);
}

/// The number goes to the clipboard, and a print has a record of its own.
async fn result_is_used(window: &Window) {
    window.press("Copy NHS number").await;
    window.sees("The NHS number is copied").await;
    window.press("Print summary").await;
    assert!(
        desktop::paper()
            .await
            .contains("Unborn child protection plan")
    );
    window.sees("Nothing to send").await;
    window.picture().await;
}

/// Another program opens a link: the form is filled, and no check is begun.
async fn link_fills_and_runs_nothing(window: &Window, arguments: &[&str], child: &TrainingPatient) {
    let open = |link: String| Command::new(program()).args(arguments).arg(link).status();
    let digits = child.nhs_number.digits();
    let opened = open(format!("cpis://find?nhs-number={digits}")).unwrap();
    assert!(opened.success());
    window.heading("Find a child").await;
    window
        .sees("Filled in by a link from another program")
        .await;
    let read = "arguments[0](document.querySelector('#nhs-number').value)";
    let filled = window.run(read).await;
    assert_eq!(filled, child.nhs_number.to_string());
    println!(
        "The link filled in {} signs and ran nothing",
        filled.as_str().unwrap().len()
    );
    let opened = open("cpis://find?nhs-number=1234567890".to_owned()).unwrap();
    assert!(opened.success());
    window.sees("could not be read").await;
    window.heading("Find a child").await;
    // A check that had begun would have left a record.
    window.press("To send").await;
    window.heading("To send").await;
    assert_eq!(window.rows("Records and notes").await.len(), 2);
}

/// Ctrl and plus: without their permission these keys do nothing.
async fn zoom_keys_zoom(window: &Window) {
    let width = "arguments[0](window.innerWidth)";
    let before = window.run(width).await.as_f64().unwrap();
    let larger = "const done = arguments[0];
        window.addEventListener('resize', () => done(window.innerWidth), { once: true });
        window.dispatchEvent(new KeyboardEvent('keydown', { key: '=', ctrlKey: true }))";
    let after = window.run(larger).await.as_f64().unwrap();
    assert!(
        after < before,
        "{after} of {before} pixels of the page are in sight"
    );
    println!("Ctrl and plus: {before} page pixels became {after}");
    let back = "const done = arguments[0];
        window.addEventListener('resize', () => done(window.innerWidth), { once: true });
        window.dispatchEvent(new KeyboardEvent('keydown', { key: '0', ctrlKey: true }))";
    window.run(back).await;
}
