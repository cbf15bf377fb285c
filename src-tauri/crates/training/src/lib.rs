//! The training backend: the backend's side of the wire contract with made-up people, as a library
//! that the program embeds in practice mode on a loopback port, and as the program `cpis-training`
//! for a classroom.
//!
//! Everybody is made up. Who they are follows from a seed, and so do the virtual smartcards and the
//! certification authority that issues them: a backend and a folder of cards that share the seed fit
//! together, and nothing else is shared. The first person of each [`Case`] is the same under every
//! seed, with the numbers 999 000 0018, 999 000 0026 and so on.
//!
//! # In a program
//!
//! ```
//! # async fn example() -> Result<(), cpis_training::TrainingError> {
//! use cpis_training::{TrainingBackend, TrainingOptions};
//!
//! let backend = TrainingBackend::start(TrainingOptions::default()).await?;
//! println!("{} with code {}", backend.base_url(), backend.enrolment_code());
//! backend.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # From a shell
//!
//! ```text
//! cpis-training cards --out cards               # files, holders, passcodes
//! cpis-training serve --listen 127.0.0.1:8090 & # the address, then a one-time enrolment code
//! TOKEN=$(echo PASSCODE | cpis-training sign-in --card cards/emergency-dentist.p12 \
//!     --passcode-stdin --url http://127.0.0.1:8090)
//! curl -H "Authorization: Bearer $TOKEN" -H "NHSD-Session-URID: 555000001021" \
//!     -H "X-Request-ID: $(cat /proc/sys/kernel/random/uuid)" \
//!     -H "TraceID: $(cat /proc/sys/kernel/random/uuid)" -H "IsUnscheduledAccessEvent: true" \
//!     "http://127.0.0.1:8090/cpis/FHIR/R4/CareTeam?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018"
//! ```
//!
//! # What it asks of sessions
//!
//! Who asks for tokens with a proof of possession (DPoP, RFC 9449) gets tokens that are bound to the
//! proven key and hold with proofs of it alone; who asks without one gets bearer tokens. For tests
//! and trainers [`TrainingBackend`] withdraws roles, lowers the level at which people sign in in the
//! browser, exchanges the keys of identity tokens and the nonce of [`Fault::AskForDpopNonce`], and
//! counts renewals. Those that
//! several backends on one store must agree on are kept in the store.
//!
//! # What it does with a look
//!
//! An unscheduled search for plans or accesses enters the person's history once for its `TraceID`
//! and tells every local authority that holds a record which is shown, each once; a scheduled one does
//! neither; both leave their trace, so that the audit record that follows adds nothing. An audit record
//! with an unknown trace, unscheduled and with outcome 0, enters the history at its own time: it is of
//! a kept copy that was opened offline, or of a check by the Patient Flags source, which tells nobody.
//! Only people with a record have a history.
//!
//! # What it does for local authorities
//!
//! An authority submits files of records with a credential of its own (`cpis-training authority`):
//! `POST /local-authority/{ods}/records`, CSV or NDJSON, or `cpis-training load`. Every row is answered
//! with a code, a bad row costs no other, and the same file twice changes nothing. It reads what it
//! was told in `GET /local-authority/{ods}/notifications`, a searchset of AuditEvent in pages, and
//! in a daily report. What health services write to it about its records, `PUT Communication/{id}` with
//! the token of a workstation, it reads in `GET /local-authority/{ods}/messages`; a note that no
//! authority could act on is refused. It sees its own children only. `cpis-training extract` writes the seven items
//! of each record and the four of each access that the data notification of December 2020 names.
//!
//! # What it says of audit records
//!
//! Each audit record carries its place in the hash chain of its workstation. Whatever the order in
//! which they came, [`TrainingBackend::chains`] tells for each workstation which records have not
//! arrived and where the chain forks, and nothing of who looked at whom.
//!
//! # What it refuses
//!
//! A role with neither B0107 nor B0170, a role with B0170 alone that does not say "scheduled", an
//! organisation, care setting or date outside the authority to share: 403 with the reason in
//! diagnostics. The published service lets the caller say which mode it is, so a role with B0107
//! alone may look silently here too; the client is stricter.

mod app;
mod arrivals;
mod assurance;
mod backend;
mod cards;
mod chain;
mod classes;
mod clock;
mod console;
mod error;
mod extract;
mod faults;
mod fhir;
mod http;
mod listener;
mod local_authority;
mod markup;
mod oauth;
mod population;
mod rehearsal;
mod roles;
mod seeded;
mod shared;
mod spreadsheet;
mod store;
mod store_location;
mod unavailable;
mod weather;

pub use app::TOKEN_PREFIX;
pub use arrivals::{Arrival, Arrivals};
pub use assurance::AssuranceLevel;
pub use backend::{TlsFiles, TrainingBackend, TrainingOptions, chains_of, enrolment_code_for};
pub use cards::{
    CARD_TRIES, CardDescription, ExistingCards, OpenCard, cards, open_card, write_cards,
    write_cards_with,
};
pub use chain::{Fork, LISTED_LIMIT, WorkstationChain};
pub use classes::{add_class, classes_of, end_class};
pub use clock::{Clock, SystemClock};
pub use console::fresh_passcode as fresh_trainer_passcode;
pub use error::TrainingError;
pub use extract::{Extract, extract_from};
pub use faults::{Fault, Faults};
pub use local_authority::{
    Change, FileAnswer, FileResult, ResultCode, RowAnswer, RowCounts, authority_credential_for,
    daily_report_of, known_authorities, load_file,
};
pub use oauth::identity_key::IdentityAlgorithm;
pub use oauth::renewals::Renewals;
pub use population::{
    AuthorityToShare, CardState, Case, Population, StaffMember, StaffRole, TrainingAccess,
    TrainingFlag, TrainingPatient, population,
};
pub use rehearsal::{Expected, Rehearsal, rehearse};
pub use store::{Notification, PostgresAddress, Way};
pub use store_location::StoreLocation;
