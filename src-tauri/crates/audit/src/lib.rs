//! The audit trail: every look at a child's record, durable before the look is shown, delivered
//! to the backend exactly once by id.
//!
//! # What is promised, and what shows it
//!
//! | promise | kept by | shown by |
//! |---|---|---|
//! | Nothing leaves the machine before "attempted" is on the disk | [`AuditTrail::begin`] gives the [`Attempt`] that a look-up asks for | `tests/compile_fail/`, `trail.rs` |
//! | Nothing is shown before its record is on the disk | [`Sealed`] is opened by an [`AuditReceipt`] alone, which is made after COMMIT | `tests/compile_fail/`, `torture`: power cuts |
//! | A commit that returned survives a power cut | WAL with `synchronous=FULL`, read back | `torture`: power cuts |
//! | Every record reaches the backend once by its id, or stands under "needs attention" | rows, leases, receipts that name the id; nothing is deleted on a refusal or by age | `torture`: state machine, power cuts |
//! | A look that was cut short is sent as "attempted, and we cannot tell that it was shown" | `recover`, at every start | `trail.rs` |
//! | A note to a local authority is on the disk before anybody is told that it will be sent, and reaches the backend once by its id | rows and receipts of the same queue | `note.rs`, `torture`: state machine, power cuts, kills |
//! | One bad record delays no other | the lane's rules | `lane.rs` |
//! | At most 5 calls a second, `Retry-After` wins, there is no last try | the lane's rules | `lane.rs`, `torture`: state machine |
//! | A clock that goes back keeps no record waiting | `notice_clock` | `lane.rs`, `torture`: state machine |
//! | A backend that lost records gets them again, for the retention time | the newest are asked about after each start and every 12 hours | `lane.rs`, `torture`: state machine |
//! | Any row altered, deleted, swapped, put back or cut off is found, and an old copy of the file | an authenticated sum over all rows, a chain, a witness outside the file | `torture`: changes to a stored ledger |
//! | A full disk or queue refuses looks and loses nothing | [`Room`], checked before each look | `torture/tests/trouble.rs` |
//! | A damaged file is put aside, never deleted; what can be read of it goes out | `rescue` | `torture/tests/trouble.rs` |
//! | Two runs of the program never write to one folder | a lock on `audit.lock` | `trail.rs`, `torture` |
//! | What fails while a disk is full, write-protected or broken loses nothing | one transaction a change; a commit that failed is looked up, never guessed | `torture`: an ill disk |
//! | The rows of older programs survive, in every state | migration in one transaction | `upgrade.rs`, `torture` |
//! | What was altered before an update is found after it | rows are compared with the sum of the older schema before the new one stands for them | `upgrade.rs` |
//!
//! # What is not promised
//!
//! - Against somebody who has the workstation's key: they can write a ledger that looks right. The
//!   backend has what was sent, and sees gaps and forks.
//! - Against an old copy of the folder put back *with* its witness, as a restored machine has: the
//!   next record forks the chain, which the backend sees; this computer does not.
//! - That a record survives a disk that lies about a sync, or is lost.
//! - That the last seconds before a power cut are in the witness: it is not synced, and says less.
//! - A record that was never sent from a damaged page: it is in the file put aside, unreadable.
//! - That the backend sees a missing note: notes stand outside the chain, so that it is one of looks
//!   only. That one was deleted is found on this computer, through the sum.
//! - That a change is found which was made to a file of schema 1, from before rows were vouched for.
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
mod reader;
mod receipt;
mod rescue;
mod sender;
mod store;
mod trail;
mod witness;

pub use clock::{Clock, Jitter};
pub use delivery::{Answer, Delivery, EntryAnswer, Kind, OutgoingRecord};
pub use entry::{
    Capacity, Counts, Disk, Entry, EntryState, Figures, LEAST_DISK, LOW_DISK, Retention, Room,
    StoredRecord,
};
pub use error::AuditError;
pub use examination::{Finding, Report};
#[cfg(feature = "failpoints")]
pub use failpoint::Failpoint;
pub use lane::{Pace, Step};
pub use ledger::{Ledger, LedgerOptions, Opening};
pub use look::{Look, ViewId};
pub use outbox::{Settlement, WaitReason, settle, settle_batch};
pub use protection::{Protection, ProtectionError, RowAddress};
pub use reader::{examine_folder, find_ledger};
pub use receipt::{Attempt, AuditReceipt, Audited, Opened, Sealed, WrongView};
pub use sender::Sender;
pub use trail::{AuditTrail, Examination};

pub use cpis_fhir::{AuditOutcome, NoteToAuthority, Workstation};
