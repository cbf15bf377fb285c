//! Date of birth, the second identifier of a person, and age.
//!
//! A date of birth is a calendar date. No time zone is ever applied to it.

use chrono::{Datelike, NaiveDate};
use std::fmt;

/// The earliest year accepted: nobody alive was born before it, so it is a slip of the key.
const EARLIEST_YEAR: i32 = 1900;

/// A date of birth that has been checked to be a real date, not in the future. `Debug` is redacted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateOfBirth(NaiveDate);

/// One of the three boxes in which a date is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatePart {
    /// Day of the month.
    Day,
    /// Month of the year, as a number.
    Month,
    /// Year, four digits.
    Year,
}

/// Why what was typed is not a date of birth. The clinician can act on each of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateOfBirthError {
    /// All three boxes are empty.
    #[error("no date of birth was entered")]
    Empty,
    /// Some boxes are empty: these.
    #[error("part of the date of birth is missing")]
    Missing(Vec<DatePart>),
    /// This box does not hold a number that fits it.
    #[error("part of the date of birth is not a number that fits")]
    NotANumber(DatePart),
    /// The year was typed with fewer or more than four digits.
    #[error("the year must have 4 digits")]
    YearDigits,
    /// No such day, for example 30 February.
    #[error("there is no such date")]
    NotReal,
    /// Later than today.
    #[error("the date of birth is in the future")]
    Future,
    /// Before 1900.
    #[error("the date of birth is before 1900")]
    TooLongAgo,
}

/// A person's age in completed units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    /// Completed years.
    pub years: u32,
    /// Completed months after the last completed year, 0 to 11.
    pub months: u32,
    /// Completed days after the last completed month, 0 to 30.
    pub days: u32,
}

impl DateOfBirth {
    /// Reads the three boxes of a date input; `today` is the date where the user is.
    ///
    /// # Errors
    /// Names the first fault, in the order in which a person would mend them.
    pub fn from_parts(
        day: &str,
        month: &str,
        year: &str,
        today: NaiveDate,
    ) -> Result<Self, DateOfBirthError> {
        let parts = [
            (DatePart::Day, day.trim()),
            (DatePart::Month, month.trim()),
            (DatePart::Year, year.trim()),
        ];
        let missing: Vec<DatePart> = parts
            .iter()
            .filter(|(_, text)| text.is_empty())
            .map(|(part, _)| *part)
            .collect();
        match missing.len() {
            0 => {}
            3 => return Err(DateOfBirthError::Empty),
            _ => return Err(DateOfBirthError::Missing(missing)),
        }
        let day = number(DatePart::Day, parts[0].1, 2)?;
        let month = number(DatePart::Month, parts[1].1, 2)?;
        let year_text = parts[2].1;
        let year = number(DatePart::Year, year_text, 8)?;
        if year_text.chars().count() != 4 {
            return Err(DateOfBirthError::YearDigits);
        }
        let year = i32::try_from(year).map_err(|_| DateOfBirthError::YearDigits)?;
        let date = NaiveDate::from_ymd_opt(year, month, day).ok_or(DateOfBirthError::NotReal)?;
        Self::from_date(date, today)
    }

    /// Takes a calendar date.
    ///
    /// # Errors
    /// [`DateOfBirthError::Future`] or [`DateOfBirthError::TooLongAgo`].
    pub fn from_date(date: NaiveDate, today: NaiveDate) -> Result<Self, DateOfBirthError> {
        if date > today {
            return Err(DateOfBirthError::Future);
        }
        if date.year() < EARLIEST_YEAR {
            return Err(DateOfBirthError::TooLongAgo);
        }
        Ok(Self(date))
    }

    /// Takes the date of birth from another system's answer, which is only compared and shown.
    #[must_use]
    pub fn received(date: NaiveDate) -> Self {
        Self(date)
    }

    /// The calendar date.
    #[must_use]
    pub fn date(self) -> NaiveDate {
        self.0
    }

    /// The age on a date. `None` before birth.
    ///
    /// Somebody born on 29 February completes a year on 1 March of a common year, as English law
    /// has it for reaching an age.
    #[must_use]
    pub fn age_on(self, date: NaiveDate) -> Option<Age> {
        if date < self.0 {
            return None;
        }
        let mut months = (date.year() - self.0.year()) * 12 + i32::try_from(date.month()).ok()?
            - i32::try_from(self.0.month()).ok()?;
        if date.day() < self.0.day() {
            months -= 1;
        }
        let months = u32::try_from(months).ok()?;
        let last_month = anniversary(self.0, months)?;
        let days = u32::try_from((date - last_month).num_days()).ok()?;
        Some(Age {
            years: months / 12,
            months: months % 12,
            days,
        })
    }
}

impl fmt::Debug for DateOfBirth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DateOfBirth(redacted)")
    }
}

/// The day on which `months` months are complete; where that month has no such day, the first day
/// of the next month.
fn anniversary(start: NaiveDate, months: u32) -> Option<NaiveDate> {
    let count = start.month0() + months;
    let year = start.year() + i32::try_from(count / 12).ok()?;
    let month = count % 12 + 1;
    NaiveDate::from_ymd_opt(year, month, start.day()).or_else(|| {
        let (year, month) = if month == 12 {
            (year + 1, 1)
        } else {
            (year, month + 1)
        };
        NaiveDate::from_ymd_opt(year, month, 1)
    })
}

fn number(part: DatePart, text: &str, most_digits: usize) -> Result<u32, DateOfBirthError> {
    let fits = text.len() <= most_digits && text.bytes().all(|b| b.is_ascii_digit());
    if !fits {
        return Err(DateOfBirthError::NotANumber(part));
    }
    text.parse().map_err(|_| DateOfBirthError::NotANumber(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn typed(day: &str, month: &str, year: &str) -> Result<DateOfBirth, DateOfBirthError> {
        DateOfBirth::from_parts(day, month, year, date(2026, 11, 22))
    }

    #[test]
    fn reads_what_people_type() {
        assert_eq!(typed("7", "3", "2019").unwrap().date(), date(2019, 3, 7));
        assert_eq!(
            typed(" 07 ", "03", "2019\n").unwrap().date(),
            date(2019, 3, 7)
        );
        assert_eq!(
            typed("22", "11", "2026").unwrap().date(),
            date(2026, 11, 22)
        );
    }

    #[test]
    fn names_each_fault() {
        use DateOfBirthError as E;
        assert_eq!(typed("", " ", ""), Err(E::Empty));
        assert_eq!(
            typed("", "3", ""),
            Err(E::Missing(vec![DatePart::Day, DatePart::Year]))
        );
        assert_eq!(typed("x", "3", "2019"), Err(E::NotANumber(DatePart::Day)));
        assert_eq!(
            typed("7", "March", "2019"),
            Err(E::NotANumber(DatePart::Month))
        );
        assert_eq!(typed("7", "3", "-201"), Err(E::NotANumber(DatePart::Year)));
        assert_eq!(typed("7", "3", "19"), Err(E::YearDigits));
        assert_eq!(typed("7", "3", "20199"), Err(E::YearDigits));
        assert_eq!(typed("30", "2", "2019"), Err(E::NotReal));
        assert_eq!(typed("7", "13", "2019"), Err(E::NotReal));
        assert_eq!(typed("0", "1", "2019"), Err(E::NotReal));
        assert_eq!(typed("23", "11", "2026"), Err(E::Future));
        assert_eq!(typed("7", "3", "1899"), Err(E::TooLongAgo));
    }

    #[test]
    fn age_counts_completed_units() {
        let born = DateOfBirth::received(date(2018, 8, 6));
        assert_eq!(born.age_on(date(2026, 8, 5)).unwrap().years, 7);
        assert_eq!(born.age_on(date(2026, 8, 6)).unwrap().years, 8);
        assert_eq!(born.age_on(date(2018, 8, 5)), None);
        let leap = DateOfBirth::received(date(2024, 2, 29));
        assert_eq!(leap.age_on(date(2025, 2, 28)).unwrap().years, 0);
        assert_eq!(leap.age_on(date(2025, 3, 1)).unwrap().years, 1);
        let newborn = DateOfBirth::received(date(2026, 10, 31));
        assert_eq!(
            newborn.age_on(date(2026, 11, 22)),
            Some(Age {
                years: 0,
                months: 0,
                days: 22
            })
        );
    }

    proptest! {
        #[test]
        fn every_real_date_reads_back(days in 0i64..46_000) {
            let day = date(1900, 1, 1) + chrono::Duration::days(days);
            let read = DateOfBirth::from_parts(
                &day.day().to_string(), &day.month().to_string(), &day.year().to_string(), date(2026, 11, 22));
            prop_assert_eq!(read.unwrap().date(), day);
        }

        #[test]
        fn age_never_falls(born in 0i64..40_000, later in 0i64..20_000) {
            let born = DateOfBirth::received(date(1950, 1, 1) + chrono::Duration::days(born));
            let first = born.date() + chrono::Duration::days(later);
            let age = |d| { let a = born.age_on(d).unwrap(); (a.years, a.months, a.days) };
            prop_assert!(age(first) < age(first + chrono::Duration::days(1)));
        }

        #[test]
        fn never_panics(day in ".{0,6}", month in ".{0,6}", year in ".{0,6}") {
            let _ = typed(&day, &month, &year);
        }
    }
}
