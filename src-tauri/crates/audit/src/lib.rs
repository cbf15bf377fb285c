//! The audit trail: every look at a child's record, durable before the look is shown, delivered
//! to the backend exactly once by id.
//!
//! # The promise, and where it is kept
//!
//! - A look begins with [`AuditTrail::begin`]: a row "attempted" is committed with fsync before
//!   anything leaves the machine. The [`Attempt`] it returns is what a lookup asks for.
//! - What was fetched goes into a [`Sealed`], which nobody can read. [`AuditTrail::conclude`]
//!   commits the outcome and returns an [`AuditReceipt`]; [`AuditReceipt::open`] is the only way to
//!   the value. A path that forgets the audit does not compile (`tests/compile_fail/`).
//! - The [`Sender`] delivers concluded records with the workstation's credential. A record is
//!   marked sent only on a receipt that names its id. A refusal never deletes: the record stands
//!   under "needs attention".
//! - A start after a crash concludes what was only attempted as "attempted, and we cannot tell
//!   that it was shown" (FHIR outcome 8).
//!
//! # What is kept on disk, what is not
//!
//! See the `store` module: it owns the database file.

mod clock;
mod delivery;
mod entry;
mod error;
mod examination;
mod failpoint;
mod lane;
mod ledger;
mod look;
mod outbox;
mod protection;
mod receipt;
mod rescue;
mod sender;
mod store;
mod trail;
mod witness;

pub use clock::{Clock, Jitter};
pub use delivery::{Answer, Delivery, EntryAnswer, OutgoingRecord};
pub use entry::{
    Capacity, Counts, Disk, Entry, EntryState, Figures, LEAST_DISK, LOW_DISK, Retention, Room,
};
pub use error::AuditError;
pub use examination::{Finding, Report};
pub use lane::{Pace, Step};
pub use ledger::{Ledger, LedgerOptions, Opening, examine_folder};
pub use look::{Look, ViewId};
pub use outbox::{Settlement, WaitReason, settle, settle_batch};
pub use protection::{Protection, ProtectionError, RowAddress};
pub use receipt::{Attempt, AuditReceipt, Audited, Opened, Sealed, WrongView};
pub use sender::Sender;
pub use trail::{AuditTrail, Examination};

pub use cpis_fhir::{AuditOutcome, Workstation};
