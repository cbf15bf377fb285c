//! What the backend keeps, behind one trait.
//!
//! Kept: people, plans, accesses, looks, notifications, agreements, audit records, notes, enrolled
//! workstations, sessions. Tokens, refresh tokens and enrolment codes are kept as SHA-256 hashes
//! only. Dropped: assertion identifiers once the assertion has expired.
//!
//! Each method is one transaction, so each keeps its promise whole: a look enters the history and
//! tells each authority once, an audit record is created once, a refresh token or an assertion is
//! used once. Methods block; requests call them off the asynchronous threads.

mod console;
mod link;
mod local_authority;
mod note;
mod page;
mod postgres;
mod reading;
mod sqlite;
#[cfg(all(test, unix))]
mod tests;
mod way;

pub(crate) use console::{
    ConsoleStore, InboxAsked, InboxEntry, InboxNote, SentRecord, StoredClass, Trainee,
};
pub(crate) use link::Link;
pub(crate) use local_authority::{
    ExtractTaker, ExtractedRecord, FileBegun, LocalAuthorityStore, NewFile, Period,
    StoredNotification, is_the_same_record,
};
pub(crate) use note::{NewNote, NoteStore, StoredNote};
pub(crate) use page::{Page, PageAsked, Received};
pub use postgres::PostgresAddress;
pub(crate) use postgres::PostgresStore;
pub(crate) use sqlite::SqliteStore;
pub use way::Way;

use crate::TrainingError;
use crate::assurance::AssuranceLevel;
use crate::chain::WorkstationChain;
use crate::local_authority::is_adult;
use crate::population::{AuthorityToShare, Population, TrainingAccess, TrainingFlag};
use chrono::{DateTime, Days, FixedOffset, NaiveDate};
use cpis_record::{CareSetting, Gender, NhsNumber, OdsCode, Plan, PlanKind};
use serde_json::Value;

/// How many days after the child is due the register still shows an unborn child's plan.
const UNBORN_PLAN_SHOWN_DAYS: i64 = 28;
/// Within this many days of the start of an unborn child's plan the child is due, where nobody has
/// said when: 40 weeks.
const LONGEST_PREGNANCY_DAYS: u64 = 280;

type Outcome<T> = Result<T, TrainingError>;

/// Everything that is kept.
pub(crate) trait Store: LocalAuthorityStore + NoteStore + ConsoleStore {
    /// Makes the tables, and the made-up people as they stand today. What was recorded stays.
    fn prepare(&self, seed: u64, today: NaiveDate, population: &Population) -> Outcome<()>;

    /// A person by number, also by one that has been replaced.
    fn person(&self, number: &NhsNumber) -> Outcome<Option<Person>>;
    /// Everybody born within the dates, except under replaced numbers.
    fn people_born(&self, from: NaiveDate, until: NaiveDate) -> Outcome<Vec<Person>>;

    /// The records that the register shows today.
    fn plans(&self, number: &NhsNumber, today: NaiveDate) -> Outcome<Vec<StoredPlan>>;
    /// The agreements of an organisation, whatever their dates.
    fn authorities_to_share(&self, organisation: &OdsCode) -> Outcome<Vec<AuthorityToShare>>;
    /// Adds or replaces an agreement.
    fn set_authority_to_share(&self, agreement: &AuthorityToShare) -> Outcome<()>;
    /// Removes an agreement.
    fn remove_authority_to_share(
        &self,
        organisation: &OdsCode,
        care_setting: CareSetting,
    ) -> Outcome<()>;
    /// The flags of a person that are none of CP-IS, each with its id.
    fn other_flags(&self, number: &NhsNumber) -> Outcome<Vec<StoredFlag>>;
    /// Takes note of a look, and gives what the register shows to it. An unscheduled one at a person
    /// with a record enters the history once for its trace, and tells every authority that holds a
    /// record of them once.
    fn look_at_plans(&self, look: &Look) -> Outcome<SeenPlans>;
    /// As [`Store::look_at_plans`], with the newest accesses instead, less the one of this look. Who
    /// has no record has no history.
    fn look_at_history(&self, look: &Look, limit: usize) -> Outcome<Vec<StoredAccess>>;
    /// The newest accesses, without the one of a trace.
    fn history(&self, number: &NhsNumber, except: &str, limit: usize)
    -> Outcome<Vec<StoredAccess>>;
    /// Every notification, oldest first.
    fn notifications(&self) -> Outcome<Vec<Notification>>;

    /// Creates an audit record unless one has its id. A look that nobody reported yet is taken
    /// note of in the same transaction.
    fn create_audit_record(&self, record: &NewAuditRecord<'_>) -> Outcome<Creation>;
    /// Every audit record, oldest first, with its id.
    fn audit_records(&self) -> Outcome<Vec<(String, Value)>>;
    /// The hash chain of every workstation that sent an audit record, by its name. Computed from
    /// the records at each call, in memory that does not grow with their number.
    fn chains(&self) -> Outcome<Vec<WorkstationChain>>;

    /// Keeps an enrolment code.
    fn add_enrolment_code(&self, code: &Hash, until: i64) -> Outcome<()>;
    /// Enrols a workstation if the code is known, unused and not too old, and uses it up.
    fn enrol(&self, code: &Hash, workstation: &Workstation) -> Outcome<bool>;
    /// An enrolled workstation.
    fn workstation(&self, client_id: &str) -> Outcome<Option<Workstation>>;
    /// Whether this is the first use of an assertion's identifier; forgets those expired.
    fn first_use(&self, assertion: &AssertionId<'_>, now: i64) -> Outcome<bool>;
    /// Keeps an access token of a workstation.
    fn add_workstation_token(&self, token: &NewWorkstationToken<'_>) -> Outcome<()>;
    /// Keeps an authorisation code of the sign-in in the browser.
    fn add_authorisation_code(&self, code: &Hash, grant: &Value, until: i64) -> Outcome<()>;
    /// Takes the grant of an authorisation code; a code is used once, and a second use ends the
    /// session that the first one opened.
    fn take_authorisation_code(&self, code: &Hash, now: i64) -> Outcome<Option<Value>>;
    /// Begins a session with its first tokens.
    fn open_session(&self, session: &NewSession<'_>) -> Outcome<()>;
    /// Uses a refresh token for new tokens. A second use ends the session.
    fn renew(&self, renewal: &Renewal<'_>) -> Outcome<Renewed>;
    /// Ends the session of a token, or forgets a workstation's token.
    fn revoke(&self, token: &Hash) -> Outcome<()>;
    /// An access token that holds.
    fn bearer(&self, token: &Hash, now: i64) -> Outcome<Option<HeldToken>>;
}

/// The SHA-256 of a secret, in hexadecimal.
pub(crate) struct Hash(String);

impl Hash {
    pub(crate) fn of(secret: &str) -> Self {
        use sha2::Digest;
        let digest = sha2::Sha256::digest(secret.as_bytes());
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Of a JSON value, whatever the order of its members.
    fn of_content(value: &Value) -> Self {
        fn sorted(value: &Value) -> Value {
            match value {
                Value::Object(members) => {
                    let mut members: Vec<_> = members.iter().collect();
                    members.sort_unstable_by_key(|(name, _)| *name);
                    let members = members.into_iter();
                    members.map(|(n, v)| (n.clone(), sorted(v))).collect()
                }
                Value::Array(values) => values.iter().map(sorted).collect(),
                other => other.clone(),
            }
        }
        Self::of(&sorted(value).to_string())
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

/// A person on the demographics service.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) nhs_number: NhsNumber,
    pub(crate) replaced_by: Option<NhsNumber>,
    pub(crate) family: String,
    pub(crate) given: Vec<String>,
    pub(crate) gender: Gender,
    pub(crate) birth_date: NaiveDate,
    pub(crate) deceased: Option<NaiveDate>,
    pub(crate) restricted: bool,
    pub(crate) invalidated: bool,
    pub(crate) address: Vec<String>,
    pub(crate) postcode: String,
}

/// A record of the register with its id.
#[derive(Clone)]
pub(crate) struct StoredPlan {
    pub(crate) id: String,
    /// Of the person under whose number it is kept.
    pub(crate) birth_date: Option<NaiveDate>,
    pub(crate) plan: Plan,
}

impl StoredPlan {
    /// Whether the register shows the record: until 365 days after its end, an unborn child's until
    /// 28 days after the child is due, a child's until the day before they are 18.
    pub(crate) fn is_shown(&self, today: NaiveDate) -> bool {
        let unborn = self.plan.kind == PlanKind::UnbornChild;
        if !unborn && self.birth_date.is_some_and(|born| is_adult(born, today)) {
            return false;
        }
        let days_shown = if unborn {
            UNBORN_PLAN_SHOWN_DAYS
        } else {
            cpis_record::ENDED_PLAN_SHOWN_DAYS
        };
        let end = match (self.plan.end, self.plan.start) {
            (None, Some(start)) if unborn => Some(start + Days::new(LONGEST_PREGNANCY_DAYS)),
            (end, _) => end,
        };
        end.is_none_or(|end| (today - end).num_days() <= days_shown)
    }
}

/// What a look at the register sees.
pub(crate) struct SeenPlans {
    /// Those in force first, then the newest first.
    pub(crate) plans: Vec<StoredPlan>,
    pub(crate) person: Option<Person>,
}

/// A flag of another kind with its id.
pub(crate) struct StoredFlag {
    pub(crate) id: String,
    pub(crate) flag: TrainingFlag,
}

/// An access with its id.
pub(crate) struct StoredAccess {
    pub(crate) id: String,
    pub(crate) access: TrainingAccess,
}

/// Somebody looks, or has looked, at a person.
pub(crate) struct Look {
    pub(crate) trace_id: String,
    pub(crate) nhs_number: NhsNumber,
    pub(crate) unscheduled: bool,
    /// When and by whom.
    pub(crate) access: TrainingAccess,
}

/// A message to a local authority that somebody looked at a child of theirs.
#[derive(Clone, PartialEq, Eq)]
pub struct Notification {
    /// The trace of the look.
    pub trace_id: String,
    /// The child, or the mother of an unborn child.
    pub nhs_number: NhsNumber,
    /// The authority that is told, one of those that hold a record.
    pub authority: String,
    /// Who looked, and when.
    pub access: TrainingAccess,
    /// When it reached us.
    pub received: DateTime<FixedOffset>,
    /// How it reached us.
    pub way: Way,
}

impl std::fmt::Debug for Notification {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Notification(redacted)")
    }
}

/// An audit record as it came.
pub(crate) struct NewAuditRecord<'a> {
    pub(crate) id: &'a str,
    pub(crate) body: &'a Value,
    /// The body as JSON, which is what is kept.
    pub(crate) text: &'a str,
    /// The place of the record in the chain of its workstation.
    pub(crate) link: Link,
    pub(crate) workstation: &'a str,
    pub(crate) received: DateTime<FixedOffset>,
    /// The look it tells of, if it may have to enter the history.
    pub(crate) look: Option<ReportedLook>,
}

/// A look of which an audit record tells.
pub(crate) struct ReportedLook {
    pub(crate) look: Look,
    /// How an authority comes to know of it, where no request brought it before.
    pub(crate) way: Way,
}

/// What became of an audit record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Creation {
    /// It is new.
    Created,
    /// It was there, with the same content.
    SameContent,
    /// The id was there, with other content, which stays.
    OtherContent,
}

impl Creation {
    /// Of a record that a reset dropped, which left the SHA-256 of its content.
    fn of_forgotten(sha256: &str, body: &Value) -> Self {
        if Hash::of_content(body).as_str() == sha256 {
            Self::SameContent
        } else {
            Self::OtherContent
        }
    }
}

/// An enrolled workstation.
pub(crate) struct Workstation {
    pub(crate) client_id: String,
    pub(crate) name: Option<String>,
    /// Its JWK Set.
    pub(crate) keys: Value,
    pub(crate) enrolled: i64,
}

/// An assertion's identifier.
pub(crate) struct AssertionId<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) id: &'a str,
    pub(crate) until: i64,
}

/// An access token of a workstation.
pub(crate) struct NewWorkstationToken<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) token: &'a Hash,
    pub(crate) until: i64,
    /// The thumbprint of the key to which it is bound.
    pub(crate) bound_to: Option<&'a str>,
}

/// A session that begins.
pub(crate) struct NewSession<'a> {
    pub(crate) id: &'a str,
    pub(crate) user_id: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) assurance: AssuranceLevel,
    /// The thumbprint of the key to which its tokens are bound (RFC 9449 section 6).
    pub(crate) bound_to: Option<&'a str>,
    /// The authorisation code that opens it.
    pub(crate) code: Option<&'a Hash>,
    pub(crate) access: &'a Hash,
    pub(crate) access_until: i64,
    pub(crate) refresh: &'a Hash,
    /// The session ends then, however often it is renewed.
    pub(crate) until: i64,
}

/// A refresh token presented for new tokens.
pub(crate) struct Renewal<'a> {
    pub(crate) presented: &'a Hash,
    pub(crate) client_id: &'a str,
    /// The thumbprint of the key that was proven.
    pub(crate) proven: Option<&'a str>,
    pub(crate) now: i64,
    pub(crate) access: &'a Hash,
    pub(crate) access_until: i64,
    pub(crate) refresh: &'a Hash,
}

/// What became of a renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Renewed {
    /// New tokens hold; the session ends at this time.
    Until {
        /// The end of the session.
        until: i64,
        /// Whether its tokens are bound to a key.
        bound: bool,
    },
    /// The token is unknown, of another client, or of a session that has ended.
    Refused,
    /// The token had been used; the session has been ended.
    UsedBefore,
    /// The session is bound to a key that was not proven; the token is not used up.
    KeyNotProven,
}

/// An access token that holds.
pub(crate) struct HeldToken {
    pub(crate) bearer: Bearer,
    /// The thumbprint of the key to which it is bound.
    pub(crate) bound_to: Option<String>,
}

/// Whom an access token speaks for.
pub(crate) enum Bearer {
    /// A person who signed in.
    User {
        user_id: String,
        assurance: AssuranceLevel,
    },
    /// An enrolled workstation.
    Workstation { client_id: String },
}
