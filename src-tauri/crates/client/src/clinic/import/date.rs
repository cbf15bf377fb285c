//! Dates of birth as booking systems and people write them: day first, or year first (ISO 8601). A month
//! first, as in the United States, is not read: it could not be told from a day.

use chrono::NaiveDate;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read {
    Date(NaiveDate),
    /// A date but for its year, which could be of two centuries.
    TwoDigitYear,
    No,
}

/// Reads a date. A time of day after it, as spreadsheets write one, is left out.
pub(super) fn read(text: &str) -> Read {
    let text = without_time(text.trim());
    let parts: Vec<&str> = text
        .split(['/', '-', '.', ' ', ','])
        .filter(|part| !part.is_empty())
        .collect();
    let [first, second, third] = parts[..] else {
        return Read::No;
    };
    let (day, month, year) = if first.len() == 4 {
        (third, second, first)
    } else {
        (first, second, third)
    };
    let (Some(day), Some(month)) = (number(day), month_of(month)) else {
        return Read::No;
    };
    match (year.len(), number(year)) {
        (4, Some(year)) => i32::try_from(year)
            .ok()
            .and_then(|year| NaiveDate::from_ymd_opt(year, month, day))
            .map_or(Read::No, Read::Date),
        (2, Some(_)) => Read::TwoDigitYear,
        _ => Read::No,
    }
}

/// Whether text is meant as a date.
pub(super) fn is_meant(text: &str) -> bool {
    read(text) != Read::No || looks_like_one(text)
}

/// Splits at spaces, and keeps "7 March 2019" together.
pub(super) fn words_joined(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (mut cells, mut place) = (Vec::new(), 0);
    while place < words.len() {
        let three = words.get(place..place + 3).map(|three| three.join(" "));
        match three {
            Some(date) if month_name(words[place + 1]).is_some() && read(&date) != Read::No => {
                cells.push(date);
                place += 3;
            }
            _ => {
                cells.push(words[place].to_owned());
                place += 1;
            }
        }
    }
    cells
}

/// Digits in three parts, even if they are no date: so that the fault is named.
fn looks_like_one(text: &str) -> bool {
    let parts: Vec<&str> = without_time(text.trim()).split(['/', '-', '.']).collect();
    let [first, second, third] = parts[..] else {
        return false;
    };
    let digits = |part: &str| !part.is_empty() && part.len() <= 4 && number(part).is_some();
    digits(first) && digits(third) && (digits(second) || month_name(second).is_some())
        // A number in three groups is not.
        && first.len() + second.len() + third.len() < 10
}

fn without_time(text: &str) -> &str {
    match text.split_once(['T', ' ']) {
        Some((date, time))
            if time.trim().starts_with(|c: char| c.is_ascii_digit()) && time.contains(':') =>
        {
            date
        }
        _ => text,
    }
}

fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn month_of(text: &str) -> Option<u32> {
    number(text).or_else(|| month_name(text))
}

/// A month by its name or the first three letters of it.
fn month_name(text: &str) -> Option<u32> {
    let text = text.to_ascii_lowercase();
    if text.len() < 3 {
        return None;
    }
    let place = MONTHS.iter().position(|month| month.starts_with(&text))?;
    u32::try_from(place + 1).ok()
}
