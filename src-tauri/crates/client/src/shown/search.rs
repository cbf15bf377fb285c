//! What may be shown of a search for a person.

use super::from_answer::shown_patient;
use super::{ShownCause, ShownPatient};
use crate::search::{Matches, SearchAnswer};
use chrono::{DateTime, FixedOffset};
use cpis_audit::Opened;
use cpis_record::NotCheckedCause;
use serde::Serialize;
use ts_rs::TS;

/// The result of one search. Its only constructor takes a value that an audit receipt has opened: who
/// matched is personal demographics, so a path that forgets the audit does not compile (invariant
/// I1).
///
/// It cannot be read back from anywhere, because it is not kept: a lock drops it.
///
/// ```compile_fail
/// # use cpis_client::shown::{ShownSearch, ShownSearchContent};
/// fn forget_the_audit(content: ShownSearchContent) -> ShownSearch {
///     ShownSearch(content)
/// }
/// ```
///
/// ```compile_fail
/// # use cpis_client::shown::ShownSearch;
/// fn read_from_elsewhere(text: &str) -> ShownSearch {
///     serde_json::from_str(text).unwrap()
/// }
/// ```
#[derive(Clone, Serialize, TS)]
pub struct ShownSearch(ShownSearchContent);

impl std::fmt::Debug for ShownSearch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShownSearch(redacted)")
    }
}

/// What is shown of one search.
#[derive(Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShownSearchContent {
    /// The reference of the search: the id of its audit record.
    pub reference: String,
    /// When the search ended (RFC 3339 with offset).
    pub searched_at: String,
    /// Whether a postcode was asked for, which hides restricted records.
    pub by_postcode: bool,
    /// Whether a first name was asked for; without it the search is wider.
    pub by_given: bool,
    /// Whether a gender was asked for.
    pub by_gender: bool,
    /// What was found.
    pub matches: ShownMatches,
}

/// What a search found.
#[derive(Clone, Serialize, TS)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum ShownMatches {
    /// At least one person, the best match first; at most ten.
    Found {
        /// The people.
        people: Vec<ShownPatient>,
    },
    /// A complete answer that names nobody. It says nothing about the child.
    Nobody,
    /// More people than can be chosen from.
    TooMany,
    /// The search was not made, or its answer cannot be relied on.
    NotDone {
        /// The code of the cause.
        cause: ShownCause,
        /// What the service said, if it said something fit to show.
        reason: Option<String>,
    },
}

/// When and by what the search was made.
pub(crate) struct SearchCircumstances {
    pub by_postcode: bool,
    pub by_given: bool,
    pub by_gender: bool,
    pub ended: DateTime<FixedOffset>,
}

impl ShownSearch {
    /// What may be shown of a search whose record is on the disk.
    pub(crate) fn new(opened: Opened<SearchAnswer>, circumstances: &SearchCircumstances) -> Self {
        let reference = opened.view().to_string();
        let today = circumstances.ended.date_naive();
        let matches = match opened.into_value().result {
            Ok(Matches::People(people)) if people.is_empty() => ShownMatches::Nobody,
            Ok(Matches::People(people)) => {
                let shown = people.into_iter().map(|p| shown_patient(p, today));
                match shown.collect() {
                    Some(people) => ShownMatches::Found { people },
                    // A list without one of its people must not pass for the whole list.
                    None => ShownMatches::NotDone {
                        cause: NotCheckedCause::IncompleteAnswer.into(),
                        reason: None,
                    },
                }
            }
            Ok(Matches::TooMany) => ShownMatches::TooMany,
            Err(why) => ShownMatches::NotDone {
                cause: why.cause.into(),
                reason: why.reason,
            },
        };
        Self(ShownSearchContent {
            reference,
            searched_at: circumstances.ended.to_rfc3339(),
            by_postcode: circumstances.by_postcode,
            by_given: circumstances.by_given,
            by_gender: circumstances.by_gender,
            matches,
        })
    }

    /// What is shown.
    #[must_use]
    pub fn content(&self) -> &ShownSearchContent {
        &self.0
    }

    /// The person in a row of the list, from 0, if this is the search of that reference.
    pub(crate) fn person(&self, reference: &str, row: usize) -> Option<&ShownPatient> {
        match &self.0.matches {
            ShownMatches::Found { people } if self.0.reference == reference => people.get(row),
            _ => None,
        }
    }
}
