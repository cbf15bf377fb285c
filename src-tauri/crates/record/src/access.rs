//! Who looked at a child's record before: the last 25 accesses from unscheduled care.

use crate::RoleProfileId;
use chrono::{DateTime, FixedOffset};

/// How many accesses the service gives at most (CP-IS implementation guide, Interactions).
pub const HISTORY_LIMIT: usize = 25;

/// One earlier look at a child's record. The names are of colleagues: they are shown with the
/// record and go nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct Access {
    /// When, with the offset that the source gave.
    pub at: DateTime<FixedOffset>,
    /// The viewer's name, where given.
    pub viewer: Option<String>,
    /// The viewer's role in words, where given.
    pub role: Option<String>,
    /// The viewer's organisation, where given; it often ends with the ODS code in brackets.
    pub organisation: Option<String>,
    /// The role profile in which they looked, where given. It tells one's own looks from those of a
    /// colleague of the same name.
    pub role_profile: Option<RoleProfileId>,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Access(redacted)")
    }
}

/// The access history of one child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessHistory {
    /// The accesses, newest first, at most [`HISTORY_LIMIT`]. Empty means that no access from
    /// unscheduled care is recorded, not that nobody looked.
    Known(Vec<Access>),
    /// This source does not carry a history (Patient Flags API).
    NotFromThisSource,
}

impl AccessHistory {
    /// Puts accesses in order, newest first, and keeps the newest [`HISTORY_LIMIT`].
    ///
    /// The service states no order, so the order is made here. Equal times keep the order in which
    /// they came.
    #[must_use]
    pub fn newest_first(mut accesses: Vec<Access>) -> Self {
        accesses.sort_by_key(|access| std::cmp::Reverse(access.at));
        accesses.truncate(HISTORY_LIMIT);
        Self::Known(accesses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keeps_the_newest_in_order(seconds in proptest::collection::vec(0i64..2_000_000_000, 0..60)) {
            let accesses = seconds
                .iter()
                .map(|s| Access {
                    at: DateTime::from_timestamp(*s, 0).unwrap().fixed_offset(),
                    viewer: None,
                    role: None,
                    organisation: None,
                    role_profile: None,
                })
                .collect();
            let AccessHistory::Known(kept) = AccessHistory::newest_first(accesses) else {
                panic!("a list stays a list")
            };
            let mut wanted = seconds;
            wanted.sort_unstable_by(|a, b| b.cmp(a));
            wanted.truncate(HISTORY_LIMIT);
            let kept: Vec<i64> = kept.iter().map(|a| a.at.timestamp()).collect();
            prop_assert_eq!(kept, wanted);
        }
    }
}
