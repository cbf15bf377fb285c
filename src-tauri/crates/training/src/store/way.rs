//! How a look reached us, as an authority is told.

/// How a look reached us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// With the look itself.
    Live,
    /// After the look, with the audit record of a kept copy that was opened offline.
    Late,
    /// With the audit record of a check by a source that tells nobody itself, or of one that did not
    /// reach this backend.
    Record,
}

impl Way {
    const ALL: [Self; 3] = [Self::Live, Self::Late, Self::Record];

    /// The code, in the store and in answers.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Late => "late",
            Self::Record => "record",
        }
    }

    /// The way with a code.
    pub(super) fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.code() == code)
    }

    /// What a report says.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Late => "late, from a kept copy that was opened offline",
            Self::Record => "with the record of the check",
        }
    }
}
