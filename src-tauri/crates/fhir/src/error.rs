use cpis_record::NotCheckedCause;

/// Why an answer could not be relied on. None of these says anything about the person asked for.
///
/// The texts name the fault, never a value from the answer, so that they can be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not JSON, cut off, or JSON that is not a FHIR resource: a proxy's or a sign-in page's answer,
    /// or a broken transfer. The network's or the backend's operator can act.
    #[error("the answer is not FHIR JSON")]
    NotFhir,
    /// FHIR with a shape that this program cannot rely on. The backend's operator can act.
    #[error("the answer cannot be read: {0}")]
    Unreadable(&'static str),
    /// A well-formed answer about somebody else. The backend's operator must act.
    #[error("the answer is about another person")]
    WrongPerson,
    /// An answer whose parts disagree or are missing. The backend's operator can act.
    #[error("the answer is not complete: {0}")]
    Incomplete(&'static str),
}

impl ReadError {
    /// The cause under which the check ends.
    #[must_use]
    pub fn cause(self) -> NotCheckedCause {
        match self {
            Self::NotFhir | Self::Unreadable(_) => NotCheckedCause::UnreadableAnswer,
            Self::WrongPerson => NotCheckedCause::WrongPerson,
            Self::Incomplete(_) => NotCheckedCause::IncompleteAnswer,
        }
    }
}
