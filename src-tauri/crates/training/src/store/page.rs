//! What one authority was told or written, a page at a time.

use chrono::{DateTime, FixedOffset, NaiveDate};
use cpis_record::OdsCode;

/// Which page is asked for.
pub(crate) struct PageAsked<'a> {
    pub(crate) authority: &'a OdsCode,
    pub(crate) received: Received,
    /// Only entries with a greater number.
    pub(crate) after: i64,
    pub(crate) limit: usize,
}

/// When entries reached us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Received {
    /// At any time.
    AtAnyTime,
    /// At this moment or later.
    Since(DateTime<FixedOffset>),
    /// On this day, where the backend stands.
    On(NaiveDate),
}

/// A page, oldest first by number.
pub(crate) struct Page<T> {
    /// How many entries there are in all, those before `after` included.
    pub(crate) total: u64,
    pub(crate) entries: Vec<T>,
    /// The number after which the next page begins; `None`: there is none.
    pub(crate) next: Option<i64>,
}

impl<T> Page<T> {
    /// A page of entries with their numbers, of which one more than the page holds was read.
    pub(super) fn of(total: i64, mut numbered: Vec<(i64, T)>, limit: usize) -> Self {
        let more = numbered.len() > limit;
        numbered.truncate(limit);
        let last = numbered.last().map(|(number, _)| *number);
        Self {
            total: total.unsigned_abs(),
            entries: numbered.into_iter().map(|(_, entry)| entry).collect(),
            next: last.filter(|_| more),
        }
    }
}
