//! Opening a kept copy, which is a look of its own: begun on record, concluded on record, and only then
//! opened. One that is out of date stays closed until the person has read that it is.

use super::check::Find;
use super::clinic::not_on_list;
use super::look::blocked;
use super::sign_in::{SignedIn, Unlocking};
use super::{Controller, not_now};
use crate::clinic::KeptCopy;
use crate::program::blocking;
use crate::shown::Shown;
use crate::view::{CommandError, FindBlocked, Place};
use chrono::{DateTime, FixedOffset};
use cpis_audit::Sealed;
use cpis_fhir::KEPT_COPY;
use cpis_vault::SealedSession;
use uuid::Uuid;

impl Controller {
    /// Opens a copy. One that is out of date stays closed until the person has read that it is; of it
    /// nothing is disclosed, so nothing is on record.
    pub(super) async fn open_copy(&mut self, id: &str) -> Result<(), CommandError> {
        let now = self.now();
        self.last_used = now;
        let person = self.with_role()?;
        if person.find.is_checking() {
            return Err(not_now("a check is under way"));
        }
        let (child, row) = person.clinic.child(id)?;
        let copy = row
            .copy
            .ok_or_else(|| not_now("no copy of the child is kept"))?;
        if copy.is_out_of_date(now) {
            person.clinic.old = Some(child);
            self.place = Place::ClinicList;
            return Ok(());
        }
        self.show_copy(id).await
    }

    /// Opens a copy of which the person has read that it is out of date.
    pub(super) async fn show_old_copy(&mut self) -> Result<(), CommandError> {
        self.last_used = self.now();
        let old = self.with_role()?.clinic.old.take();
        let id = old.ok_or_else(|| not_now("no old copy waits to be shown"))?;
        self.show_copy(&id.to_string()).await
    }

    async fn show_copy(&mut self, id: &str) -> Result<(), CommandError> {
        let now = self.now();
        let trail = self.engine()?.trail.clone();
        let folder = self.engine()?.kept_folder.clone();
        let mode = self.wiring.mode;
        let person = self.with_role()?;
        if person.find.is_checking() {
            return Err(not_now("a check is under way"));
        }
        let (id, child) = person.clinic.child(id)?;
        let question = child.question().ok_or_else(not_on_list)?;
        if !mode.permits(&question.number) {
            person.find = Find::blocked(FindBlocked::NotPractice);
            self.place = Place::Find;
            return Ok(());
        }
        let value = blocking(move || folder.read(&id.to_string())).await;
        let person = self.with_role()?;
        let Some(copy) = value
            .ok()
            .flatten()
            .and_then(|v| unsealed(person, id, &v.sealed, now))
        else {
            tracing::error!("a kept copy cannot be opened");
            if let Some(child) = person.clinic.list.as_mut().and_then(|l| l.child_mut(id)) {
                child.copy = None;
            }
            person.clinic.not_kept = true;
            self.keep_clinic();
            return Ok(());
        };
        let Some(mode) = person.choice.as_ref().map(|choice| choice.mode) else {
            return Err(not_now("no role is chosen"));
        };
        let look = self.new_look(&question, |view| {
            format!(
                "{KEPT_COPY}{} of {}\nTraceID: {view}\n",
                copy.content.reference, copy.content.checked_at
            )
        })?;
        let concluded = async {
            let attempt = trail.begin(look).await?;
            let sealed = Sealed::new(&attempt, copy);
            let receipt = trail.conclude(attempt, &sealed).await?;
            Ok(receipt.open(sealed))
        };
        let find = match concluded.await {
            Ok(Ok(opened)) => Find::Result {
                shown: Box::new(Shown::kept(opened, mode, now)),
                next: None,
                note: None,
            },
            Ok(Err(_)) => Find::blocked(FindBlocked::AuditTrail),
            Err(error) => {
                tracing::error!(%error, "the opening of a copy could not be recorded");
                Find::blocked(blocked(&error))
            }
        };
        let person = self.with_role()?;
        person.find = find;
        person.clinic.open = Some(id);
        self.place = Place::Find;
        Ok(())
    }
}

/// A copy, if it can be unsealed and is the one that is meant.
fn unsealed(
    person: &SignedIn,
    child: Uuid,
    sealed: &SealedSession,
    now: DateTime<FixedOffset>,
) -> Option<KeptCopy> {
    let Unlocking::Passcode(key) = &person.unlocking else {
        return None;
    };
    let list = person.clinic.list.as_ref()?;
    let bytes = key.open(sealed).ok()?;
    let copy: KeptCopy = serde_json::from_slice(&bytes).ok()?;
    copy.fits(list, child, now).then_some(copy)
}
