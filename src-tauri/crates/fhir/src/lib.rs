//! FHIR R4 JSON, read tolerantly and written strictly, to and from [`cpis_record`].
//!
//! Nothing here performs input or output, reads a clock or is asynchronous.
//!
//! Reading follows one rule (design invariant I3): an answer gives exactly what it holds, or a
//! [`ReadError`]. "No plan" is read from one thing only, a well-formed, complete and empty searchset
//! for the number that was asked. What the published examples get wrong is tolerated: string
//! booleans, codes without a code, a missing status, a missing `entry`, numbers whose check digit
//! does not fit. What could hide a record is not: a name that occurs twice in one object, a total
//! that disagrees, an unknown modifier, a page that is not followed, a record of another person.
//!
//! | module | resource | direction |
//! |---|---|---|
//! | `care_team` | searchset of CareTeam: the plans | read |
//! | `access_history` | searchset of AuditEvent: the access history | read |
//! | `patient_flags` | Flag, CarePlan, CareTeam: the plans from the other source | read |
//! | `patient` | Patient, and a searchset of it: the trace | read |
//! | `patient_query` | the search that such a searchset answers | write |
//! | `operation_outcome` | OperationOutcome: refusals | read |
//! | `capability_statement` | CapabilityStatement: reachability | read |
//! | `audit_event` | AuditEvent: our own audit record | write |
//! | `audit_facts` | AuditEvent: our own audit record | read |
//! | `audit_batch` | batch of audit records, and its response | write, read |
//! | `communication` | Communication: our note to a local authority | write |
//! | `communication_facts` | Communication: our note to a local authority | read |

mod access_history;
mod audit_batch;
mod audit_event;
mod audit_facts;
mod bundle;
mod canonical;
mod capability_statement;
mod care_team;
mod communication;
mod communication_facts;
mod date;
mod error;
mod json;
mod media_type;
mod operation_outcome;
mod page;
mod patient;
mod patient_flags;
mod patient_query;
mod person;
pub mod system;

pub use access_history::read_history_page;
pub use audit_batch::{BATCH_LIMIT, EntryResponse, read_batch_response, write_audit_batch};
pub use audit_event::{
    AuditOutcome, AuditRecord, ChainLink, HashedAuditEvent, KEPT_COPY, Workstation, with_own_hash,
    without_own_hash, write_audit_event, write_hashed_audit_event,
};
pub use audit_facts::{AuditFacts, ChainFacts, read_audit_event};
pub use canonical::canonical_json;
pub use capability_statement::{CapabilityStatement, read_capability_statement};
pub use care_team::read_plans_page;
pub use communication::{About, CallbackNumber, NoteToAuthority, NotedRecord, Wrong, write_note};
pub use communication_facts::{NoteFacts, NoteSender, read_note};
pub use error::ReadError;
pub use media_type::is_fhir_json;
pub use operation_outcome::{OperationOutcome, diagnostics, read_operation_outcome};
pub use page::{PAGE_LIMIT, Page, Pages, Progress};
pub use patient::{PatientMatch, PatientSearch, read_patient, read_patient_search};
pub use patient_flags::{OtherFlag, PatientFlags, read_patient_flags};
pub use patient_query::{MATCH_LIMIT, patient_query, patient_query_text};
