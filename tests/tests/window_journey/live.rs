//! Live mode against a backend on another port, of which the program knows no more than its policy
//! file says.

use crate::backend::{Backend, SEED, Workplace};
use crate::leaks;
use crate::practice::find;
use crate::window::{Window, program};
use cpis_training::{Case, cards, population};
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

        let address = backend.stop();
        window.press("Find another child").await;
        window.heading("Find a child").await;
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
