//! FHIR dates, dateTimes and instants (FHIR R4, 2.24.0.1).

use crate::ReadError;
use crate::json::{self, Object};
use chrono::{DateTime, FixedOffset, NaiveDate};

const NOT_A_DATE: ReadError = ReadError::Unreadable("a date cannot be read");

/// The first and last day of a resource's `period`.
///
/// An end before the start is kept: which of the two is wrong cannot be known, and the record must
/// be shown.
pub(crate) fn period(
    resource: &Object,
) -> Result<(Option<NaiveDate>, Option<NaiveDate>), ReadError> {
    let Some(period) = json::object(resource, "period")? else {
        return Ok((None, None));
    };
    let day = |name| json::text(period, name)?.map(calendar_day).transpose();
    Ok((day("start")?, day("end")?))
}

/// The calendar day of a date or a dateTime, as written: no time zone is applied to it.
///
/// A date without day or month is refused, since a day would have to be invented for it.
pub(crate) fn calendar_day(text: &str) -> Result<NaiveDate, ReadError> {
    if text.contains('T') {
        return moment(text).map(|moment| moment.date_naive());
    }
    let written = text.len() == "YYYY-MM-DD".len()
        && text
            .bytes()
            .enumerate()
            .all(|(position, byte)| match position {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
    if !written {
        return Err(NOT_A_DATE);
    }
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| NOT_A_DATE)
}

/// Whether the text is a date without a day, `YYYY` or `YYYY-MM`, which FHIR allows.
pub(crate) fn is_partial(text: &str) -> bool {
    matches!(text.len(), 4 | 7)
        && calendar_day(&format!("{text}{}", &"-01-01"[..10 - text.len()])).is_ok()
}

/// An instant, or a dateTime that has a time: the offset is required, as FHIR requires it.
pub(crate) fn moment(text: &str) -> Result<DateTime<FixedOffset>, ReadError> {
    if text.as_bytes().get(10) != Some(&b'T') {
        return Err(NOT_A_DATE);
    }
    DateTime::parse_from_rfc3339(text).map_err(|_| NOT_A_DATE)
}

/// `meta.lastUpdated`, where given.
pub(crate) fn last_updated(resource: &Object) -> Result<Option<DateTime<FixedOffset>>, ReadError> {
    let Some(meta) = json::object(resource, "meta")? else {
        return Ok(None);
    };
    json::text(meta, "lastUpdated")?.map(moment).transpose()
}
