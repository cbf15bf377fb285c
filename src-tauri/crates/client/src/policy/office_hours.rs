//! When the offices of the local authorities around here are open: `[site.office_hours]`.
//!
//! CP-IS gives two telephone numbers and no hours. Where policy gives them, the number for now is
//! marked; where it does not, neither is.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, Weekday};
use serde::Deserialize;

/// Office hours, in this computer's local time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeHours {
    /// The days of the week.
    pub days: Vec<Weekday>,
    /// From this time on.
    pub from: NaiveTime,
    /// Until before this time.
    pub until: NaiveTime,
    /// Dates on which the offices are closed all the same, such as bank holidays.
    pub closed: Vec<NaiveDate>,
}

impl OfficeHours {
    /// Whether the offices are open at a moment, read in the offset that it carries.
    #[must_use]
    pub fn are_now(&self, now: DateTime<FixedOffset>) -> bool {
        let (day, time) = (now.date_naive(), now.time());
        self.days.contains(&day.weekday())
            && !self.closed.contains(&day)
            && (self.from..self.until).contains(&time)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenOfficeHours {
    days: Option<Vec<String>>,
    from: String,
    until: String,
    #[serde(default)]
    closed: Vec<String>,
}

impl WrittenOfficeHours {
    pub fn office_hours(self) -> Result<OfficeHours, String> {
        let days = match self.days {
            None => vec![
                Weekday::Mon,
                Weekday::Tue,
                Weekday::Wed,
                Weekday::Thu,
                Weekday::Fri,
            ],
            Some(days) => days
                .iter()
                .map(|day| weekday(day))
                .collect::<Result<_, _>>()?,
        };
        let (from, until) = (time(&self.from)?, time(&self.until)?);
        if from >= until {
            return Err("must begin before they end".to_owned());
        }
        let closed = self.closed.iter().map(|date| {
            date.parse()
                .map_err(|_| format!("have the closed date \"{date}\"; a date is like 2026-12-25"))
        });
        Ok(OfficeHours {
            days,
            from,
            until,
            closed: closed.collect::<Result<_, _>>()?,
        })
    }
}

fn weekday(text: &str) -> Result<Weekday, String> {
    text.parse()
        .map_err(|_| format!("have the day \"{text}\"; a day is like monday"))
}

fn time(text: &str) -> Result<NaiveTime, String> {
    NaiveTime::parse_from_str(text, "%H:%M")
        .map_err(|_| format!("have the time \"{text}\"; a time is like 09:00"))
}

#[cfg(test)]
mod tests {
    use crate::policy::{Policy, PolicyError};
    use chrono::DateTime;
    use std::path::Path;

    fn parse(text: &str) -> Result<Policy, PolicyError> {
        Policy::parse(text, Path::new("policy.toml"))
    }

    #[test]
    fn offices_are_open_on_their_days_at_their_hours() {
        let policy = parse(
            "[site.office_hours]\nfrom = \"09:00\"\nuntil = \"17:00\"\nclosed = [\"2026-12-25\"]\n",
        );
        let hours = policy.unwrap().site.office_hours.unwrap();
        for (now, open) in [
            ("2026-11-23T08:59:59+00:00", false),
            ("2026-11-23T09:00:00+00:00", true),
            ("2026-11-23T16:59:59+00:00", true),
            ("2026-11-23T17:00:00+00:00", false),
            ("2026-11-22T12:00:00+00:00", false),
            ("2026-12-25T12:00:00+00:00", false),
            // Summer time: the wall clock counts.
            ("2026-07-06T09:30:00+01:00", true),
            ("2026-07-06T08:30:00+01:00", false),
        ] {
            assert_eq!(
                hours.are_now(DateTime::parse_from_rfc3339(now).unwrap()),
                open,
                "{now}"
            );
        }
        assert_eq!(parse("").unwrap().site.office_hours, None);
    }

    #[test]
    fn impossible_hours_are_refused() {
        for text in [
            "from = \"9am\"\nuntil = \"17:00\"",
            "from = \"17:00\"\nuntil = \"09:00\"",
            "from = \"09:00\"\nuntil = \"17:00\"\ndays = [\"weekday\"]",
            "from = \"09:00\"\nuntil = \"17:00\"\nclosed = [\"Christmas\"]",
        ] {
            let fault = parse(&format!("[site.office_hours]\n{text}\n")).unwrap_err();
            assert!(
                matches!(
                    fault,
                    PolicyError::Value {
                        key: "site.office_hours",
                        ..
                    }
                ),
                "{fault}"
            );
        }
        let fault = parse("[site.office_hours]\nfrom = \"09:00\"\nto = \"17:00\"\n").unwrap_err();
        assert!(
            fault.to_string().contains("line 3") && fault.to_string().contains("`to`"),
            "{fault}"
        );
    }
}
