//! Who the made-up people are: numbers, names, dates of birth, addresses.

use super::{Case, TrainingPatient};
use crate::seeded::Choices;
use chrono::NaiveDate;
use cpis_record::{Gender, NhsNumber};
use std::collections::HashSet;

/// How many people there are of a case.
fn head_count(case: Case) -> usize {
    match case {
        Case::NothingHeld => 110,
        Case::ChildProtection | Case::LookedAfter => 12,
        Case::UnbornChild | Case::ChildProtectionAndLookedAfter => 6,
        _ => 4,
    }
}

const FIRST_PARTS: [&str; 10] = [
    "Practice", "Training", "Sample", "Mock", "Pretend", "Madeup", "Example", "Fiction", "Trial",
    "Demo",
];

const SECOND_PARTS: [&str; 30] = [
    "Heron", "Otter", "Wren", "Badger", "Sparrow", "Magpie", "Bramble", "Thistle", "Puffin",
    "Newt", "Hazel", "Rowan", "Curlew", "Dormouse", "Plover", "O'Lark", "Mc Finch", "Bullrush",
    "Kestrel", "Marigold", "Łapwing", "Ó Robin", "Teasel", "Stoat", "Linnet", "Foxglove", "Shrew",
    "Elder", "Swift", "Gorse",
];

const GIRLS: [&str; 24] = [
    "Aisha", "Alice", "Amara", "Beatrix", "Carys", "Daisy", "Eleni", "Esme", "Fatima", "Freya",
    "Grace", "Hana", "Imogen", "Jasmine", "Kezia", "Leila", "Maisie", "Niamh", "Olive", "Priya",
    "Rosa", "Sofía", "Tamsin", "Zoë",
];

const BOYS: [&str; 24] = [
    "Adam", "Ahmed", "Bruno", "Caleb", "Dylan", "Edwin", "Felix", "Gethin", "Harvey", "Ibrahim",
    "Jude", "Kofi", "Leo", "Mateo", "Noah", "Oscar", "Piotr", "Quentin", "Rafael", "Seán", "Theo",
    "Umar", "Victor", "Wilfred",
];

const STREETS: [&str; 8] = [
    "Made-up Lane",
    "Practice Road",
    "Imaginary Close",
    "Rehearsal Street",
    "Example Avenue",
    "Pretend Row",
    "Training Terrace",
    "Sample Crescent",
];

const TOWNS: [&str; 5] = [
    "Northmoor",
    "Eastvale",
    "Southmere",
    "Westhollow",
    "Highfen",
];

/// The family name of the first person of each case.
const FIRST_FAMILY: &str = "Testchild";

/// Everybody, without what the register holds; the first of each case first.
pub(super) fn people(seed: u64) -> Vec<TrainingPatient> {
    let mut taken = HashSet::new();
    let mut people: Vec<TrainingPatient> = Vec::new();
    for (place, case) in Case::ALL.iter().enumerate() {
        people.push(first_of(*case, place));
    }
    taken.extend(people.iter().map(|p| p.nhs_number.clone()));
    for case in Case::ALL {
        for place in 1..head_count(*case) {
            people.push(another_of(*case, place, seed, &mut taken));
        }
    }
    pair_superseded(&mut people);
    pair_twins(&mut people);
    people
}

/// The first person of a case, who is the same under every seed: the numbers from 999 000 0018
/// upwards, the family name Testchild.
fn first_of(case: Case, place: usize) -> TrainingPatient {
    let nhs_number = (1..)
        .filter_map(numbered)
        .nth(place)
        .expect("the range holds far more numbers than there are cases");
    // Fixed choices, whatever the seed: people learn these by heart.
    let mut choices = Choices::new(0, format!("first person {}", case.id()));
    TrainingPatient {
        nhs_number,
        family: FIRST_FAMILY.to_owned(),
        ..person(case, &mut choices)
    }
}

fn another_of(
    case: Case,
    place: usize,
    seed: u64,
    taken: &mut HashSet<NhsNumber>,
) -> TrainingPatient {
    let mut choices = Choices::new(seed, format!("person {} {place}", case.id()));
    let nhs_number = loop {
        // The first thousand are left to the first persons.
        let drawn = u32::try_from(1_000 + choices.below(999_000)).ok();
        if let Some(number) = drawn.and_then(numbered)
            && taken.insert(number.clone())
        {
            break number;
        }
    };
    TrainingPatient {
        nhs_number,
        ..person(case, &mut choices)
    }
}

fn person(case: Case, choices: &mut Choices) -> TrainingPatient {
    let female = case == Case::UnbornChild || choices.below(2) == 0;
    let names = if female { &GIRLS } else { &BOYS };
    let mut given = vec![(*choices.one_of(names)).to_owned()];
    if choices.below(3) == 0 {
        let second = (*choices.one_of(names)).to_owned();
        if !given.contains(&second) {
            given.push(second);
        }
    }
    let (from, days) = if case == Case::UnbornChild {
        (1986, 16 * 365)
    } else {
        (2011, 13 * 365)
    };
    let first_day = NaiveDate::from_ymd_opt(from, 1, 1).unwrap_or_default();
    TrainingPatient {
        nhs_number: NhsNumber::complete([9, 9, 9, 0, 0, 0, 0, 0, 1])
            .expect("999 000 0018 has a check digit"),
        replaced_by: None,
        family: format!(
            "{}-{}",
            choices.one_of(&FIRST_PARTS),
            choices.one_of(&SECOND_PARTS)
        ),
        given,
        gender: if female { Gender::Female } else { Gender::Male },
        birth_date: first_day + chrono::Days::new(choices.below(days)),
        deceased: None,
        restricted: matches!(
            case,
            Case::RestrictedWithRecord | Case::RestrictedWithoutRecord
        ),
        address: vec![
            format!("{} {}", choices.between(1, 99), choices.one_of(&STREETS)),
            (*choices.one_of(&TOWNS)).to_owned(),
        ],
        postcode: format!("XX{} {}ZZ", choices.between(1, 9), choices.between(1, 9)),
        case,
        plans: Vec::new(),
        accesses: Vec::new(),
        other_flags: Vec::new(),
    }
}

/// The person with an old number and the one with the number that replaced it are one person.
fn pair_superseded(people: &mut [TrainingPatient]) {
    let newer: Vec<TrainingPatient> = people
        .iter()
        .filter(|p| p.case == Case::ReplacesSuperseded)
        .cloned()
        .collect();
    let older = people.iter_mut().filter(|p| p.case == Case::Superseded);
    for (older, newer) in older.zip(newer) {
        *older = TrainingPatient {
            nhs_number: older.nhs_number.clone(),
            case: Case::Superseded,
            replaced_by: Some(newer.nhs_number.clone()),
            ..newer
        };
    }
}

/// The first child of [`Case::NoEndDate`] has a twin of whom nothing is held: a search by family name
/// and date of birth finds both, and only one of them has a plan.
fn pair_twins(people: &mut [TrainingPatient]) {
    let Some(child) = people.iter().find(|p| p.case == Case::NoEndDate).cloned() else {
        return;
    };
    let is_twin = |p: &&mut TrainingPatient| {
        p.case == Case::NothingHeld && p.family != FIRST_FAMILY && p.given[0] != child.given[0]
    };
    if let Some(twin) = people.iter_mut().find(is_twin) {
        twin.family = child.family;
        twin.birth_date = child.birth_date;
        twin.address = child.address;
        twin.postcode = child.postcode;
    }
}

/// The number 999 and six further digits, with its check digit, if it has one.
fn numbered(six: u32) -> Option<NhsNumber> {
    let mut nine = [9; 9];
    let mut rest = six;
    for digit in nine[3..].iter_mut().rev() {
        *digit = u8::try_from(rest % 10).ok()?;
        rest /= 10;
    }
    (rest == 0).then_some(())?;
    NhsNumber::complete(nine)
}
