//! Which cell is what: by the heading, or by what stands in it.

use super::{Problem, date};
use chrono::NaiveTime;

/// The longest initials that are kept. More is a name, which is not needed.
const LONGEST_INITIALS: usize = 4;

/// Without a heading, one letter may be a gender and four a room.
const LIKELY_INITIALS: std::ops::RangeInclusive<usize> = 2..=3;

const NHS_NUMBER_DIGITS: usize = 10;

/// Where the columns are, by their names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Columns {
    number: usize,
    birth_date: usize,
    time: Option<usize>,
    initials: Option<usize>,
}

/// What a line holds.
#[derive(Debug, Default)]
pub(super) struct Found<'a> {
    pub number: Option<&'a str>,
    pub birth_date: Option<&'a str>,
    pub time: Option<&'a str>,
    pub initials: Option<&'a str>,
}

impl Columns {
    /// Reads a heading. `None` when the line is none, or names neither column that is needed.
    pub fn named(cells: &[String]) -> Option<Self> {
        let place = |names: &[&str]| {
            let names_it = |cell: &String| {
                let plain: String = cell
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .collect::<String>()
                    .to_ascii_lowercase();
                names.contains(&plain.as_str())
            };
            cells.iter().position(names_it)
        };
        Some(Self {
            number: place(&[
                "nhsnumber",
                "nhsno",
                "nhs",
                "nhsnum",
                "patientnhsnumber",
                "childnhsnumber",
            ])?,
            birth_date: place(&[
                "dateofbirth",
                "dob",
                "birthdate",
                "born",
                "patientdob",
                "dateofbirthddmmyyyy",
            ])?,
            time: place(&[
                "time",
                "appointmenttime",
                "appttime",
                "starttime",
                "start",
                "slot",
                "appointment",
            ]),
            initials: place(&["initials", "patientinitials", "childinitials"]),
        })
    }

    pub fn of<'a>(&self, cells: &'a [String]) -> Found<'a> {
        let cell = |place: usize| cells.get(place).map(String::as_str);
        Found {
            number: cell(self.number),
            birth_date: cell(self.birth_date),
            time: self.time.and_then(cell),
            initials: self.initials.and_then(cell),
        }
    }
}

/// Finds the cells by what stands in them.
pub(super) fn by_content(cells: &[String]) -> Result<Found<'_>, Problem> {
    let mut found = Found::default();
    let mut numbers = Vec::new();
    for cell in cells.iter().map(String::as_str).filter(|c| !c.is_empty()) {
        if date::is_meant(cell) {
            if found.birth_date.replace(cell).is_some() {
                return Err(Problem::TwoDates);
            }
        } else if time(cell).is_some() {
            found.time.get_or_insert(cell);
        } else if is_number(cell) {
            numbers.push(cell);
        } else if initials(cell).is_some_and(|i| LIKELY_INITIALS.contains(&i.chars().count())) {
            found.initials.get_or_insert(cell);
        }
    }
    found.number = the_number(&numbers)?;
    Ok(found)
}

/// The NHS number among a line's numbers: the only one, or the only one of ten digits.
fn the_number<'a>(numbers: &[&'a str]) -> Result<Option<&'a str>, Problem> {
    if let [only] = numbers {
        return Ok(Some(only));
    }
    let mut whole = numbers.iter().filter(|n| digits(n) == NHS_NUMBER_DIGITS);
    match (whole.next(), whole.next()) {
        (Some(number), None) => Ok(Some(number)),
        _ if numbers.is_empty() => Ok(None),
        _ => Err(Problem::TwoNumbers),
    }
}

/// Whether a cell is meant as an NHS number, however wrong, or as a National Insurance number, which
/// people take for one: digits, more than a house has, and no telephone.
fn is_number(cell: &str) -> bool {
    let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
    let is_telephone = cell.starts_with(['0', '+']) && digits(cell) > NHS_NUMBER_DIGITS;
    digits(cell) >= 5 && letters <= 3 && !is_telephone
}

fn digits(cell: &str) -> usize {
    cell.bytes().filter(u8::is_ascii_digit).count()
}

/// How long the number at the beginning of a line is: digits in groups, up to ten.
pub(super) fn leading_number(line: &str) -> usize {
    let (mut digits, mut end) = (0, 0);
    for (place, c) in line.char_indices() {
        match c {
            '0'..='9' if digits < NHS_NUMBER_DIGITS => {
                digits += 1;
                end = place + 1;
            }
            ' ' | '-' | '\u{a0}' if digits < NHS_NUMBER_DIGITS => {}
            _ => break,
        }
    }
    // Otherwise it is a time or a date that stands first.
    if digits == NHS_NUMBER_DIGITS { end } else { 0 }
}

/// A time of day, in hours and minutes.
pub(super) fn time(cell: &str) -> Option<NaiveTime> {
    let plain = cell.trim().replace('.', ":");
    ["%H:%M", "%H:%M:%S"]
        .iter()
        .find_map(|form| NaiveTime::parse_from_str(&plain, form).ok())
}

/// Initials: letters only, and few.
pub(super) fn initials(cell: &str) -> Option<String> {
    let letters: String = cell.chars().filter(|c| c.is_alphabetic()).collect();
    let few = (1..=LONGEST_INITIALS).contains(&letters.chars().count());
    let others = cell
        .chars()
        .all(|c| c.is_alphabetic() || matches!(c, '.' | ' ' | '-' | '\''));
    (few && others).then(|| letters.to_uppercase())
}
