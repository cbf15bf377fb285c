//! `cards` and `children`.

use cpis_training::{
    Clock, ExistingCards, SystemClock, TrainingPatient, population, write_cards_with,
};
use std::collections::HashSet;
use std::error::Error;
use std::path::Path;

/// Writes the cards and lists them.
pub(crate) fn cards(out: &Path, seed: u64, overwrite: bool) -> Result<(), Box<dyn Error>> {
    let existing = if overwrite {
        ExistingCards::Overwrite
    } else {
        ExistingCards::Keep
    };
    let cards = write_cards_with(out, seed, SystemClock.now(), existing)?;
    let width = cards.iter().map(|c| c.file_name.len()).max().unwrap_or(0);
    let holder_width = cards
        .iter()
        .map(|c| c.holder.chars().count())
        .max()
        .unwrap_or(0);
    println!(
        "{:width$}  {:8}  {:holder_width$}  What for",
        "File", "Passcode", "Holder"
    );
    for card in cards {
        println!(
            "{:width$}  {:8}  {:holder_width$}  {}",
            card.file_name, card.passcode, card.holder, card.description
        );
    }
    Ok(())
}

/// Lists the made-up children and mothers.
pub(crate) fn children(seed: u64, first_only: bool) {
    let people = population(seed, SystemClock.now().date_naive()).patients;
    let mut seen = HashSet::new();
    let listed: Vec<&TrainingPatient> = people
        .iter()
        .filter(|p| seen.insert(p.case) || !first_only)
        .collect();
    let width = listed
        .iter()
        .map(|p| p.name().chars().count())
        .max()
        .unwrap_or(0);
    println!(
        "{:12}  {:13}  {:width$}  Case",
        "NHS number", "Date of birth", "Name"
    );
    for person in listed {
        println!(
            "{:12}  {:13}  {:width$}  {}",
            person.nhs_number.to_string(),
            person.birth_date.format("%d %m %Y").to_string(),
            person.name(),
            person.case.words()
        );
    }
}
