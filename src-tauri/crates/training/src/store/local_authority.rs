//! What a store keeps for local authorities, and what is taken from it as an extract.
//!
//! Kept: credentials as SHA-256 only, files by number and SHA-256, submitted records beside the
//! made-up ones, which they replace. Dropped: refused rows, and everything in a file but the rows
//! that were loaded.

use super::{Hash, Outcome, Page, PageAsked, Person, StoredAccess, StoredPlan, Way};
use crate::local_authority::{FileResult, RowAnswer, SubmittedRecord, Submitter};
use chrono::{DateTime, FixedOffset, NaiveDate};
use cpis_record::{NhsNumber, OdsCode, Plan};

/// The part of a store that serves local authorities and the extract. Each method is one
/// transaction, except that [`LocalAuthorityStore::extract`] only reads, from one snapshot.
pub(crate) trait LocalAuthorityStore: Send + Sync {
    /// Keeps a credential of an authority. With `alone`, every earlier one stops holding.
    fn add_authority_credential(
        &self,
        credential: &Hash,
        authority: &OdsCode,
        alone: bool,
        now: DateTime<FixedOffset>,
    ) -> Outcome<()>;
    /// The authority that holds a credential.
    fn authority_of(&self, credential: &Hash) -> Outcome<Option<OdsCode>>;

    /// Takes note that a file of an authority is to be loaded, unless it may not be.
    fn begin_file(&self, file: &NewFile<'_>) -> Outcome<FileBegun>;
    /// Loads the rows of a file that can be, in their order, and answers every one. A row that is
    /// refused keeps no other from being loaded. The rule is
    /// [`verdict`](crate::local_authority::verdict), asked with what the transaction sees.
    fn load_records(
        &self,
        submitter: &Submitter,
        records: &[SubmittedRecord],
        now: DateTime<FixedOffset>,
    ) -> Outcome<Vec<RowAnswer>>;
    /// Takes note of how the loading of a file ended.
    fn end_file(&self, authority: &OdsCode, sequence: u64, result: FileResult) -> Outcome<()>;

    /// Notifications of one authority.
    fn authority_notifications(&self, asked: &PageAsked<'_>) -> Outcome<Page<StoredNotification>>;

    /// Hands over what an extract of a period holds: the counts first, then every record and every
    /// access, one at a time, all from one snapshot.
    fn extract(&self, period: Period, taker: &mut dyn ExtractTaker) -> Outcome<()>;
    /// Every agreement under which organisations may look, as days from and until.
    fn periods_to_share(&self) -> Outcome<Vec<(NaiveDate, Option<NaiveDate>)>>;

    /// Adds people for a rehearsal, who stay when the made-up people are made anew. A number that
    /// is there already stays as it is.
    fn add_people(&self, people: &[Person]) -> Outcome<()>;
    /// Adds accesses for a rehearsal.
    fn add_accesses(&self, accesses: &[(NhsNumber, StoredAccess)]) -> Outcome<()>;
}

/// A file that an authority submits.
pub(crate) struct NewFile<'a> {
    pub(crate) authority: &'a OdsCode,
    /// The running number, if the authority gives one.
    pub(crate) sequence: Option<u64>,
    /// The SHA-256 of the file, in hexadecimal.
    pub(crate) sha256: &'a str,
    pub(crate) received: DateTime<FixedOffset>,
}

/// Whether a file may be loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileBegun {
    /// It has this number, the next one.
    New(u64),
    /// It is the newest file once more, under its number.
    Repeated(u64),
    /// It came before, under this number, and another has come since: nothing is to be changed.
    Overtaken(u64),
    /// The number given is neither the next, which is named, nor that of this same file.
    OutOfSequence {
        /// The number to give.
        next: u64,
    },
}

impl FileBegun {
    /// The rule for a store that knows the newest number (0: none yet) and the number under which
    /// this very file came before.
    pub(crate) fn decide(asked: Option<u64>, newest: u64, before: Option<u64>) -> Self {
        let next = newest + 1;
        match (asked, before) {
            (None, None) => Self::New(next),
            (Some(number), None) if number == next => Self::New(next),
            (None, Some(number)) if number == newest => Self::Repeated(number),
            (Some(asked), Some(number)) if asked == number && number == newest => {
                Self::Repeated(number)
            }
            (None, Some(number)) => Self::Overtaken(number),
            (Some(asked), Some(number)) if asked == number => Self::Overtaken(number),
            // The same content under the next number is a file of its own: nothing changed since.
            (Some(asked), Some(_)) if asked == next => Self::New(next),
            (Some(_), _) => Self::OutOfSequence { next },
        }
    }
}

/// A notification.
pub(crate) struct StoredNotification {
    pub(crate) nhs_number: NhsNumber,
    pub(crate) access: StoredAccess,
    /// When it reached us.
    pub(crate) received: DateTime<FixedOffset>,
    /// How it reached us.
    pub(crate) way: Way,
}

/// A period of whole days, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
}

/// A record of the register as an extract has it.
pub(crate) struct ExtractedRecord {
    pub(crate) nhs_number: NhsNumber,
    /// Of the child, or of the mother of an unborn child.
    pub(crate) birth_date: Option<NaiveDate>,
    pub(crate) plan: Plan,
}

/// Takes what an extract holds, one at a time.
pub(crate) trait ExtractTaker {
    /// How many will come.
    fn counts(&mut self, records: u64, accesses: u64) -> Outcome<()>;
    /// A record that was in force on a day of the period.
    fn record(&mut self, record: ExtractedRecord) -> Outcome<()>;
    /// An access on a day of the period.
    fn access(&mut self, access: StoredAccess) -> Outcome<()>;
}

/// The record of an authority that a submitted one is about: of the same authority and kind, with
/// the same first day.
pub(crate) fn is_the_same_record(
    stored: &StoredPlan,
    authority: &OdsCode,
    submitted: &SubmittedRecord,
) -> bool {
    let plan = &stored.plan;
    plan.authority.ods_code.as_ref() == Some(authority)
        && plan.kind == submitted.kind
        && plan.start == Some(submitted.start)
}
