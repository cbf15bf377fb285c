//! A clinic day in the real window: a list, copies for a clinic without a network, a backend that goes and
//! comes back, paper, and a program that is opened again where it was.

use crate::backend::{Backend, SEED, Workplace, training};
use crate::killed::sign_in;
use crate::practice::fill;
use crate::window::Window;
use crate::{desktop, leaks};
use cpis_training::{CardDescription, Case, Population, TrainingPatient, cards, population};
use fantoccini::key::Key;

/// Some of the children who come.
const COME: [Case; 4] = [
    Case::ChildProtection,
    Case::LookedAfter,
    Case::NothingHeld,
    Case::ChildProtectionAndLookedAfter,
];
/// Of a child who comes without being on the list.
const COMES_TOO: Case = Case::NoEndDate;
/// What is on record in the end: each child on the list checked, checked again for a copy, and printed with the
/// list; one checked again and printed; two copies opened; and the child that was saved, checked.
const RECORDS: usize = 3 * COME.len() + 2 + 2 + 1;

#[tokio::test]
async fn a_clinic_goes_on_without_its_backend_and_its_records_follow() {
    let (workplace, mut backend) = Workplace::new();
    let database = workplace.database.clone();
    let population = population(SEED, leaks::today());
    let nurse = |card: &CardDescription| card.file_name.starts_with("dental-nurse");
    let card = cards(SEED).into_iter().find(nurse).unwrap();
    let arguments = workplace.arguments();
    let arguments = arguments.each_ref().map(String::as_str);
    let place = (60, 40, 1000, 720);

    Window::closed("clinic", &arguments, async |window| {
        sign_in(window, &card).await;
        desktop::titled("CP-IS Check").await;
        list_is_pasted_and_checked(window, &population).await;
        result_is_used(window, population.first(COME[0]), &card).await;
        list_goes_on_paper(window, &population).await;
        copies_are_kept(window).await;
        window.sees("Nothing to send").await;

        let address = backend.stop();
        copies_are_opened_offline(window, &population).await;
        another_child_is_saved(window, population.first(COMES_TOO)).await;
        desktop::titled("CP-IS Check - 2 to send").await;
        window.press("To send").await;
        window.heading("To send").await;
        window.picture_for_readme("to-send").await;
        window.press("Clinic list").await;
        window.heading("Clinic list").await;

        backend = Backend::serve(&address, &database);
        saved_child_is_checked(window, population.first(COMES_TOO)).await;
        window.sees("Nothing to send").await;
        desktop::titled("CP-IS Check").await;
        window.moves_to(place).await;
    })
    .await;

    Window::journey("clinic-again", &arguments, async |window| {
        window.heading("Sign in").await;
        let opened: Vec<_> = desktop::windows().into_iter().map(|(_, at)| at).collect();
        println!("The window was left at {place:?} and opened at {opened:?}");
        assert_eq!(opened, [place], "the window opens where it was");
        // Whoever closes the program signs out; the list is kept for the same person until its hour.
        sign_in(window, &card).await;
        window.press("Clinic list").await;
        window.heading("Clinic list").await;
        let children = window.rows("Children on this list").await;
        assert_eq!(children.len(), COME.len() + 1);
        window.press("Sign out").await;
        window.heading("You are signed out").await;
    })
    .await;
    drop(backend);
    delivered_once_each(&database);
    leaks::search(&workplace.data(), &population, SEED);
}

/// A list as it stands in a spreadsheet, and one press for all of it.
async fn list_is_pasted_and_checked(window: &Window, population: &Population) {
    window.press("Clinic list").await;
    window.heading("Add children to the clinic list").await;
    let lines = COME.iter().zip(9..).map(|(case, hour)| {
        let TrainingPatient {
            nhs_number,
            birth_date,
            ..
        } = population.first(*case);
        format!(
            "{hour:02}:30\t{nhs_number}\t{}",
            birth_date.format("%d/%m/%Y")
        )
    });
    let list = lines.collect::<Vec<_>>().join("\n");
    window.paste("Children, one on each line", &list).await;
    window.press("Add to the list").await;
    window.heading("Clinic list").await;
    window.press("Check all (4)").await;
    window.sees("4 of 4 checked").await;
    let of = |case| population.first(case).nhs_number.to_string();
    window.row_says(&of(COME[0]), "Record found").await;
    window
        .row_says(&of(Case::NothingHeld), "Nothing found")
        .await;
    window.picture_for_readme("clinic-list").await;
    println!("The list after Check all: {:?}", states(window).await);
}

/// What the list says of its children, without who they are.
async fn states(window: &Window) -> Vec<String> {
    let rows = window.rows("Children on this list").await;
    let says = |row: &String| {
        let known = [
            "2 records found",
            "Record found",
            "Nothing found",
            "To check",
        ];
        let said = known.into_iter().find(|state| row.contains(state));
        said.unwrap_or("Not checked").to_owned()
    };
    rows.iter().map(says).collect()
}

/// The number on the clipboard says that it is a secret, and the page on paper says what the screen says.
async fn result_is_used(window: &Window, child: &TrainingPatient, card: &CardDescription) {
    window
        .press_in_row(&child.nhs_number.to_string(), "Check again")
        .await;
    window.heading("Child protection plan in place").await;
    window.picture_for_readme("result").await;
    window.press("Copy NHS number").await;
    window.sees("The NHS number is copied").await;
    assert_eq!(
        desktop::clipboard("UTF8_STRING"),
        Some(child.nhs_number.digits())
    );
    let hint = desktop::clipboard("x-kde-passwordManagerHint");
    println!("The clipboard's hint to histories: {hint:?}");
    assert_eq!(hint.as_deref(), Some("secret"));

    window.press("Print summary").await;
    let paper = desktop::paper().await;
    for words in [
        "Safeguarding summary",
        "Printed by",
        &card.holder,
        "Child protection plan",
        &child.nhs_number.to_string(),
        &child.family.to_uppercase(),
        "999",
    ] {
        assert!(paper.contains(words), "{words} is on paper:\n{paper}");
    }
    assert!(!paper.contains("Find another child"), "no button on paper");
    println!(
        "The summary on paper has {} words",
        paper.split_whitespace().count()
    );

    larger_by_keys(window).await;
    window.press("Back to the clinic list").await;
    window.heading("Clinic list").await;
}

/// Ctrl and plus makes everything larger, Ctrl and 0 as it was.
async fn larger_by_keys(window: &Window) {
    let width = "arguments[0](window.innerWidth)";
    let before = window.run(width).await;
    let widths = "const done = arguments[0]; window.widths = [];
        window.addEventListener('resize', () => window.widths.push(window.innerWidth)); done()";
    window.run(widths).await;
    window.keys(&[Key::Control], '=').await;
    let resized = "const [done] = arguments; const wait = () =>
        window.widths.length > 0 ? done(window.widths.pop()) : requestAnimationFrame(wait); wait()";
    let larger = window.run(resized).await;
    println!("Ctrl and plus: {before} pixels of the page became {larger}");
    assert!(larger.as_f64() < before.as_f64());
    window.picture().await;
    window.keys(&[Key::Control], '-').await;
    assert_eq!(window.run(resized).await, before);
}

async fn list_goes_on_paper(window: &Window, population: &Population) {
    window.press("Print list").await;
    let paper = desktop::paper().await;
    for case in COME {
        let number = population.first(case).nhs_number.to_string();
        assert!(paper.contains(&number), "each child is on paper:\n{paper}");
    }
    assert!(paper.contains("destroy it when the clinic ends"), "{paper}");
    println!(
        "The list on paper has {} words",
        paper.split_whitespace().count()
    );
}

async fn copies_are_kept(window: &Window) {
    window.press("Prepare for offline").await;
    window.heading("Prepare for offline").await;
    window.press("Check 4 and keep copies").await;
    window.heading("Clinic list").await;
    window.sees("4 of 4 ready").await;
    window.picture().await;
}

/// Without a backend a copy says how old it is, and an old "nothing found" is no good news.
async fn copies_are_opened_offline(window: &Window, population: &Population) {
    window.sees("Offline since").await;
    window.picture().await;
    let number = population.first(COME[0]).nhs_number.to_string();
    window.press_in_row(&number, "Open copy").await;
    window.heading("Copy Child protection plan in place").await;
    window.sees("This is a copy.").await;
    window.sees("minute").await;
    window.picture_for_readme("copy").await;
    println!(
        "Finding read from the screen: {} (a copy)",
        window.read_heading().await
    );
    window.press("Back to the clinic list").await;
    window.heading("Clinic list").await;
    let number = population.first(Case::NothingHeld).nhs_number.to_string();
    window.press_in_row(&number, "Open copy").await;
    window.heading_begins("Copy Not checked since").await;
}

async fn another_child_is_saved(window: &Window, child: &TrainingPatient) {
    window.press("Find a child").await;
    window.heading("Find a child").await;
    fill(window, child).await;
    window.press("Save to check later").await;
    window.heading("Clinic list").await;
    let number = child.nhs_number.to_string();
    window.row_says(&number, "Saved while offline").await;
}

/// Being online again checks nobody: a person does.
async fn saved_child_is_checked(window: &Window, child: &TrainingPatient) {
    window
        .heading("You are back online. 1 child was not checked")
        .await;
    window.press("Check them now").await;
    window.heading("Clinic list").await;
    window
        .row_says(&child.nhs_number.to_string(), "Record found")
        .await;
    window.picture().await;
}

fn delivered_once_each(database: &str) {
    let said = training(&["chains", "--database", database]);
    println!("The backend says: {}", said.trim());
    assert!(
        said.contains(&format!(
            ": {RECORDS} records up to number {RECORDS}; no gaps; no forks"
        )),
        "{said}"
    );
}
