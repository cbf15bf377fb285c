//! The store in SQLite: in memory for practice, in a file for a classroom.
//!
//! One connection behind a lock, WAL and `synchronous=FULL`; every method is one transaction, which
//! is immediate unless it reads for long. A file may be used by a second program for a moment, for
//! example to hand out an enrolment code.

mod audit;
mod chains;
#[cfg(test)]
mod chains_tests;
mod extract;
mod identity;
#[cfg(test)]
mod kept_tests;
mod local_authority;
mod notes;
mod people;
mod register;
mod schema;
#[cfg(test)]
mod tests;

use super::reading::{date, moment, number, unreadable};
use super::{
    AssertionId, Creation, Hash, HeldToken, Look, NewAuditRecord, NewSession, NewWorkstationToken,
    Notification, Outcome, Person, Renewal, Renewed, Store, StoredAccess, StoredPlan, Workstation,
};
use crate::chain::WorkstationChain;
use crate::population::{AuthorityToShare, Population};
use chrono::NaiveDate;
use cpis_record::{CareSetting, NhsNumber, OdsCode};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use serde_json::Value;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The store in SQLite.
pub(crate) struct SqliteStore {
    connection: Mutex<Connection>,
}

impl SqliteStore {
    /// Keeps everything until the program ends.
    pub(crate) fn in_memory() -> Outcome<Self> {
        Self::with(Connection::open_in_memory()?)
    }

    /// Keeps everything in a file, which is made if need be.
    pub(crate) fn in_file(file: &Path) -> Outcome<Self> {
        let connection = Connection::open(file)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        Self::with(connection)
    }

    /// Uses a file that a backend has made, and makes none.
    pub(crate) fn in_existing_file(file: &Path) -> Outcome<Self> {
        Self::with(Self::open_existing(file)?)
    }

    /// As [`SqliteStore::in_existing_file`], if its tables are those of this program.
    pub(crate) fn in_current_file(file: &Path) -> Outcome<Self> {
        let connection = Self::open_existing(file)?;
        schema::require_current(&connection)?;
        Self::with(connection)
    }

    /// Reads a file that a backend has made, and changes nothing in it.
    pub(crate) fn in_file_to_read(file: &Path) -> Outcome<Self> {
        // Not opened read-only: such a connection leaves the files of the WAL behind, which the
        // backend of another user could not open.
        let connection = Self::open_existing(file)?;
        connection.pragma_update(None, "query_only", true)?;
        schema::require_current(&connection)?;
        Self::with(connection)
    }

    fn open_existing(file: &Path) -> Outcome<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Ok(Connection::open_with_flags(file, flags)?)
    }

    fn with(connection: Connection) -> Outcome<Self> {
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.busy_timeout(Duration::from_secs(5))?;
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    /// Runs a transaction. What it wrote is rolled back when it fails; the lock of a thread that
    /// panicked is therefore taken over.
    fn transaction<T>(&self, act: impl FnOnce(&Transaction<'_>) -> Outcome<T>) -> Outcome<T> {
        self.transaction_that_is(TransactionBehavior::Immediate, act)
    }

    /// Runs a transaction that only reads, and may take long: others can write meanwhile.
    fn snapshot<T>(&self, read: impl FnOnce(&Transaction<'_>) -> Outcome<T>) -> Outcome<T> {
        self.transaction_that_is(TransactionBehavior::Deferred, read)
    }

    fn transaction_that_is<T>(
        &self,
        behaviour: TransactionBehavior,
        act: impl FnOnce(&Transaction<'_>) -> Outcome<T>,
    ) -> Outcome<T> {
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(behaviour)?;
        let result = act(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }
}

impl Store for SqliteStore {
    fn prepare(&self, seed: u64, today: NaiveDate, population: &Population) -> Outcome<()> {
        self.transaction(|t| schema::prepare(t, seed, today, population))
    }

    fn person(&self, number: &NhsNumber) -> Outcome<Option<Person>> {
        self.transaction(|t| people::person(t, number))
    }

    fn people_born(&self, from: NaiveDate, until: NaiveDate) -> Outcome<Vec<Person>> {
        self.transaction(|t| people::born(t, from, until))
    }

    fn plans(&self, number: &NhsNumber, today: NaiveDate) -> Outcome<Vec<StoredPlan>> {
        self.transaction(|t| register::shown_plans(t, number, today))
    }

    fn authorities_to_share(&self, organisation: &OdsCode) -> Outcome<Vec<AuthorityToShare>> {
        self.transaction(|t| register::authorities_to_share(t, organisation))
    }

    fn set_authority_to_share(&self, agreement: &AuthorityToShare) -> Outcome<()> {
        self.transaction(|t| register::set_authority_to_share(t, agreement))
    }

    fn remove_authority_to_share(
        &self,
        organisation: &OdsCode,
        care_setting: CareSetting,
    ) -> Outcome<()> {
        self.transaction(|t| register::remove_authority_to_share(t, organisation, care_setting))
    }

    fn look(&self, look: &Look) -> Outcome<()> {
        self.transaction(|t| register::look(t, look))
    }

    fn history(
        &self,
        number: &NhsNumber,
        except: &str,
        limit: usize,
    ) -> Outcome<Vec<StoredAccess>> {
        self.transaction(|t| register::history(t, number, except, limit))
    }

    fn notifications(&self) -> Outcome<Vec<Notification>> {
        self.transaction(register::notifications)
    }

    fn create_audit_record(&self, record: &NewAuditRecord<'_>) -> Outcome<Creation> {
        self.transaction(|t| audit::create(t, record))
    }

    fn audit_records(&self) -> Outcome<Vec<(String, Value)>> {
        self.transaction(audit::all)
    }

    fn chains(&self) -> Outcome<Vec<WorkstationChain>> {
        self.snapshot(chains::all)
    }

    fn add_enrolment_code(&self, code: &Hash, until: i64) -> Outcome<()> {
        self.transaction(|t| identity::add_enrolment_code(t, code, until))
    }

    fn enrol(&self, code: &Hash, workstation: &Workstation) -> Outcome<bool> {
        self.transaction(|t| identity::enrol(t, code, workstation))
    }

    fn workstation(&self, client_id: &str) -> Outcome<Option<Workstation>> {
        self.transaction(|t| identity::workstation(t, client_id))
    }

    fn first_use(&self, assertion: &AssertionId<'_>, now: i64) -> Outcome<bool> {
        self.transaction(|t| identity::first_use(t, assertion, now))
    }

    fn add_workstation_token(&self, token: &NewWorkstationToken<'_>) -> Outcome<()> {
        self.transaction(|t| identity::add_workstation_token(t, token))
    }

    fn add_authorisation_code(&self, code: &Hash, grant: &Value, until: i64) -> Outcome<()> {
        self.transaction(|t| identity::add_authorisation_code(t, code, grant, until))
    }

    fn take_authorisation_code(&self, code: &Hash, now: i64) -> Outcome<Option<Value>> {
        self.transaction(|t| identity::take_authorisation_code(t, code, now))
    }

    fn open_session(&self, session: &NewSession<'_>) -> Outcome<()> {
        self.transaction(|t| identity::open_session(t, session))
    }

    fn renew(&self, renewal: &Renewal<'_>) -> Outcome<Renewed> {
        self.transaction(|t| identity::renew(t, renewal))
    }

    fn revoke(&self, token: &Hash) -> Outcome<()> {
        self.transaction(|t| identity::revoke(t, token))
    }

    fn bearer(&self, token: &Hash, now: i64) -> Outcome<Option<HeldToken>> {
        self.transaction(|t| identity::bearer(t, token, now))
    }
}
