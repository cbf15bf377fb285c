//! One search for a person by name: it asks the Personal Demographics Service and no register, so it
//! tells no local authority.
//!
//! It takes the [`Attempt`], which exists only after the search is on the disk. It is not repeated.

use crate::lookup::{Terms, not_checked, readable, unread};
use cpis_audit::{Attempt, AuditOutcome, Audited};
use cpis_fhir::{PatientSearch, patient_query, read_patient_search};
use cpis_record::{NotChecked, NotCheckedCause, Patient, SoughtPerson};

/// What one search gave. It goes into a `Sealed` as soon as it exists.
pub(crate) struct SearchAnswer {
    pub result: Result<Matches, NotChecked>,
}

/// Whom a complete answer names.
pub(crate) enum Matches {
    /// These, the best match first; there may be none.
    People(Vec<Patient>),
    /// More than can be chosen from; nobody is named.
    TooMany,
}

impl SearchAnswer {
    /// A search that was not made, or whose answer cannot be relied on.
    pub fn not_done(cause: NotCheckedCause) -> Self {
        Self {
            result: Err(cause.into()),
        }
    }
}

impl Audited for SearchAnswer {
    fn outcome(&self) -> AuditOutcome {
        match &self.result {
            Ok(_) => AuditOutcome::Shown,
            Err(why) => AuditOutcome::NotChecked(why.cause),
        }
    }
}

/// Makes one search.
pub(crate) async fn search(_: &Attempt, terms: &Terms<'_>, sought: &SoughtPerson) -> SearchAnswer {
    let url = terms.session.service().address(&patient_query(sought));
    let reply = terms.session.get(url, terms.profile, &[]).await;
    let result = reply.map_err(not_checked).and_then(|reply| {
        // No number was asked for, so none can be unknown: the service has no such search.
        if reply.status == 404 {
            return Err(NotCheckedCause::Refused.into());
        }
        read_patient_search(readable(&reply)?, sought.birth_date).map_err(unread)
    });
    SearchAnswer {
        result: result.map(|found| match found {
            PatientSearch::Matches(matches) => {
                Matches::People(matches.into_iter().map(|found| found.patient).collect())
            }
            PatientSearch::TooMany => Matches::TooMany,
        }),
    }
}
