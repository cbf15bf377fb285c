//! The store in SQLite: in memory for practice, in a file for a classroom.
//!
//! One connection writes, with WAL and `synchronous=FULL`, and those that come together are written
//! through to the disk together ([`writer`]); others read meanwhile ([`readers`]). In memory there is
//! only the one. A file may be used by a second program for a moment, for example to hand out an
//! enrolment code.

mod audit;
mod chains;
#[cfg(test)]
mod chains_tests;
mod console;
mod extract;
mod flags;
mod identity;
#[cfg(test)]
mod kept_tests;
mod local_authority;
mod notes;
mod page;
mod people;
mod readers;
mod register;
mod schema;
#[cfg(test)]
mod tests;
mod writer;
#[cfg(test)]
mod writer_tests;

use super::reading::{date, moment, number, unreadable, way};
use super::{
    AssertionId, Creation, Hash, HeldToken, Look, NewAuditRecord, NewSession, NewWorkstationToken,
    Notification, Outcome, Person, Renewal, Renewed, SeenPlans, Store, StoredAccess, StoredFlag,
    StoredPlan, Workstation,
};
use crate::TrainingError;
use crate::chain::WorkstationChain;
use crate::population::{AuthorityToShare, Population};
use chrono::NaiveDate;
use cpis_record::{CareSetting, NhsNumber, OdsCode};
use readers::Readers;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use std::path::Path;
use std::time::Duration;
use writer::Writer;

/// Statements that a connection keeps prepared.
const STATEMENTS: usize = 64;
/// KiB of pages that the connection that writes keeps in memory.
const CACHE: i64 = 32 * 1024;
/// Pages (of 4 KiB) of the write-ahead log after which they are taken over into the file. Who commits waits
/// for that, and a page that many looks changed is taken over once.
const CHECKPOINT: i64 = 8_000;

/// The store in SQLite.
pub(crate) struct SqliteStore {
    writer: Writer,
    /// None in memory, where nobody else sees what the connection holds.
    readers: Option<Readers>,
}

impl SqliteStore {
    /// Keeps everything until the program ends.
    pub(crate) fn in_memory() -> Outcome<Self> {
        Self::with(Connection::open_in_memory()?, None)
    }

    /// Keeps everything in a file, which is made if need be.
    pub(crate) fn in_file(file: &Path) -> Outcome<Self> {
        let connection = Connection::open(file)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        Self::with(connection, Some(file))
    }

    /// Uses a file that a backend has made, and makes none.
    pub(crate) fn in_existing_file(file: &Path) -> Outcome<Self> {
        Self::with(Self::open_existing(file)?, Some(file))
    }

    /// As [`SqliteStore::in_existing_file`], if its tables are those of this program.
    pub(crate) fn in_current_file(file: &Path) -> Outcome<Self> {
        let connection = Self::open_existing(file)?;
        schema::require_current(&connection)?;
        Self::with(connection, Some(file))
    }

    /// Reads a file that a backend has made, and changes nothing in it.
    pub(crate) fn in_file_to_read(file: &Path) -> Outcome<Self> {
        // Not opened read-only: such a connection leaves the files of the WAL behind, which the
        // backend of another user could not open.
        let connection = Self::open_existing(file)?;
        connection.pragma_update(None, "query_only", true)?;
        schema::require_current(&connection)?;
        Self::with(connection, Some(file))
    }

    fn open_existing(file: &Path) -> Outcome<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Ok(Connection::open_with_flags(file, flags)?)
    }

    fn with(connection: Connection, file: Option<&Path>) -> Outcome<Self> {
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.pragma_update(None, "cache_size", -CACHE)?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT)?;
        set_up(&connection)?;
        Ok(Self {
            writer: Writer::new(connection),
            readers: file.map(|file| Readers::of(file.to_owned())),
        })
    }

    /// Runs a transaction, and answers once it is committed. What it wrote is undone when it fails.
    fn transaction<T>(&self, act: impl FnOnce(&Connection) -> Outcome<T>) -> Outcome<T> {
        self.writer.transaction(act)
    }

    /// Reads with one statement.
    fn read<T>(&self, read: impl FnOnce(&Connection) -> Outcome<T>) -> Outcome<T> {
        match &self.readers {
            Some(readers) => readers.read(read),
            None => self.writer.transaction(read),
        }
    }

    /// Reads with statements that all see the same moment, and may take long.
    fn snapshot<T>(&self, read: impl FnOnce(&Connection) -> Outcome<T>) -> Outcome<T> {
        match &self.readers {
            Some(readers) => readers.snapshot(read),
            None => self.writer.transaction(read),
        }
    }
}

/// What every connection needs.
fn set_up(connection: &Connection) -> Outcome<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A kept statement would be planned anew for each value that it is given.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

impl Store for SqliteStore {
    fn prepare(&self, seed: u64, today: NaiveDate, population: &Population) -> Outcome<()> {
        self.transaction(|t| schema::prepare(t, seed, today, population))
    }

    fn person(&self, number: &NhsNumber) -> Outcome<Option<Person>> {
        self.read(|t| people::person(t, number))
    }

    fn people_born(&self, from: NaiveDate, until: NaiveDate) -> Outcome<Vec<Person>> {
        self.read(|t| people::born(t, from, until))
    }

    fn plans(&self, number: &NhsNumber, today: NaiveDate) -> Outcome<Vec<StoredPlan>> {
        self.read(|t| register::shown_plans(t, number, today))
    }

    fn authorities_to_share(&self, organisation: &OdsCode) -> Outcome<Vec<AuthorityToShare>> {
        self.read(|t| register::authorities_to_share(t, organisation))
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

    fn other_flags(&self, number: &NhsNumber) -> Outcome<Vec<StoredFlag>> {
        self.read(|t| flags::of(t, number))
    }

    fn look_at_plans(&self, look: &Look) -> Outcome<SeenPlans> {
        self.transaction(|t| {
            Ok(SeenPlans {
                plans: register::look(t, look)?,
                person: people::person(t, &look.nhs_number)?,
            })
        })
    }

    fn look_at_history(&self, look: &Look, limit: usize) -> Outcome<Vec<StoredAccess>> {
        self.transaction(|t| {
            if register::look(t, look)?.is_empty() {
                return Ok(Vec::new());
            }
            register::history(t, &look.nhs_number, &look.trace_id, limit)
        })
    }

    fn history(
        &self,
        number: &NhsNumber,
        except: &str,
        limit: usize,
    ) -> Outcome<Vec<StoredAccess>> {
        self.read(|t| register::history(t, number, except, limit))
    }

    fn notifications(&self) -> Outcome<Vec<Notification>> {
        self.read(register::notifications)
    }

    fn create_audit_record(&self, record: &NewAuditRecord<'_>) -> Outcome<Creation> {
        self.transaction(|t| audit::create(t, record))
    }

    fn audit_records(&self) -> Outcome<Vec<(String, Value)>> {
        self.read(audit::all)
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
        self.read(|t| identity::workstation(t, client_id))
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
        self.read(|t| identity::bearer(t, token, now))
    }
}
