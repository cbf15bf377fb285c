//! The shape of the promise, in types (invariant I1).
//!
//! `Attempt` proves that "attempted" is on disk: a lookup takes one, so nothing leaves the machine
//! without it. `Sealed` holds what was fetched and shows it to nobody. `AuditReceipt` proves that
//! the outcome is on disk; it is made only after COMMIT, for one view, and is used up by opening.

use crate::ViewId;
use cpis_fhir::AuditOutcome;

/// Proof that a look is on record as attempted. Made only by the audit trail after COMMIT.
#[derive(Debug)]
#[must_use = "an attempt that is not concluded ends as \"attempted\" at the next start"]
pub struct Attempt {
    view: ViewId,
}

impl Attempt {
    pub(crate) fn committed(view: ViewId) -> Self {
        Self { view }
    }

    /// The look's id, which is also its TraceID.
    #[must_use]
    pub fn view(&self) -> ViewId {
        self.view
    }
}

/// A value that knows which outcome its showing must be recorded with.
pub trait Audited {
    /// The outcome to record.
    fn outcome(&self) -> AuditOutcome;
}

/// A value that nobody can read until its look is on record.
pub struct Sealed<T> {
    view: ViewId,
    outcome: AuditOutcome,
    value: T,
}

impl<T: Audited> Sealed<T> {
    /// Seals what one look fetched. The outcome is taken from the value here, so the record always
    /// says what the value is.
    pub fn new(attempt: &Attempt, value: T) -> Self {
        Self {
            view: attempt.view,
            outcome: value.outcome(),
            value,
        }
    }
}

impl<T> Sealed<T> {
    pub(crate) fn view(&self) -> ViewId {
        self.view
    }

    pub(crate) fn outcome(&self) -> &AuditOutcome {
        &self.outcome
    }

    /// The same look and outcome without the value, for the writer.
    pub(crate) fn stub(&self) -> Sealed<()> {
        Sealed {
            view: self.view,
            outcome: self.outcome,
            value: (),
        }
    }
}

/// Proof that the outcome of one look is on disk. Not `Clone`, not serialisable, used up by
/// [`AuditReceipt::open`].
#[derive(Debug)]
#[must_use = "only the receipt opens the sealed value"]
pub struct AuditReceipt {
    view: ViewId,
}

/// The receipt is for another look than the sealed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the receipt is for another look")]
pub struct WrongView;

impl AuditReceipt {
    pub(crate) fn committed(view: ViewId) -> Self {
        Self { view }
    }

    /// Opens what the look fetched.
    ///
    /// # Errors
    /// [`WrongView`] when the value belongs to another look; the value is dropped unread.
    pub fn open<T>(self, sealed: Sealed<T>) -> Result<Opened<T>, WrongView> {
        if sealed.view == self.view {
            Ok(Opened {
                view: self.view,
                value: sealed.value,
            })
        } else {
            Err(WrongView)
        }
    }
}

/// A value whose look is on record. Only a receipt makes one.
#[derive(Debug)]
pub struct Opened<T> {
    view: ViewId,
    value: T,
}

impl<T> Opened<T> {
    /// The look's id.
    #[must_use]
    pub fn view(&self) -> ViewId {
        self.view
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value, taken.
    #[must_use]
    pub fn into_value(self) -> T {
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[derive(Debug, PartialEq)]
    struct Answer(u8);

    impl Audited for Answer {
        fn outcome(&self) -> AuditOutcome {
            AuditOutcome::Shown
        }
    }

    #[test]
    fn a_receipt_opens_only_its_own_look() {
        let attempt = |n| Attempt::committed(ViewId::new(Uuid::from_u128(n)));
        let sealed = Sealed::new(&attempt(1), Answer(7));
        let opened = AuditReceipt::committed(attempt(1).view())
            .open(sealed)
            .unwrap();
        assert_eq!(opened.into_value(), Answer(7));
        let sealed = Sealed::new(&attempt(1), Answer(7));
        assert!(
            AuditReceipt::committed(attempt(2).view())
                .open(sealed)
                .is_err()
        );
    }
}
