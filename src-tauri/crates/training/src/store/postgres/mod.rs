//! The store in PostgreSQL: for classrooms that several backends serve from one database.
//!
//! What is kept and dropped is as in SQLite. Every promise is kept by the database: by a unique key
//! where something may be there once (a notification for a trace, an audit record's id, an assertion's
//! identifier), by a row's lock where something is used up (a refresh token), and by an advisory
//! lock where tables are made. Nothing relies on there being one process. Transactions are at READ
//! COMMITTED; a statement that meets another's uncommitted row waits for it, and what follows sees
//! what it left.
//!
//! Answered means committed, as far as the server's `synchronous_commit` and `fsync` go; the store
//! asks for the former and warns where the latter is off.

mod address;
mod audit;
mod chains;
mod connection;
mod console;
mod encryption;
mod extract;
mod failure;
mod flags;
mod identity;
mod local_authority;
mod notes;
mod page;
mod people;
mod register;
mod schema;

pub use address::PostgresAddress;

use super::reading::{moment, number, unreadable, way};
use super::{
    AssertionId, Creation, Hash, HeldToken, Look, NewAuditRecord, NewSession, NewWorkstationToken,
    Notification, Outcome, Person, Renewal, Renewed, SeenPlans, Store, StoredAccess, StoredFlag,
    StoredPlan, Workstation,
};
use crate::chain::WorkstationChain;
use crate::population::{AuthorityToShare, Population};
use chrono::NaiveDate;
use connection::{Connection, Connections, Together};
use cpis_record::{CareSetting, NhsNumber, OdsCode};
use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

/// Connections of one process. Two processes share a server that permits 100, as Debian's does.
const CONNECTIONS: usize = 16;
/// Connections of one process for one class.
const CLASS_CONNECTIONS: usize = 4;
/// Connections to ask one thing.
const ONE_QUESTION: usize = 1;

/// The store in PostgreSQL.
pub(crate) struct PostgresStore {
    connections: Connections,
}

impl PostgresStore {
    /// Keeps everything in a database, whose tables [`Store::prepare`] makes.
    pub(crate) fn at(address: &PostgresAddress) -> Outcome<Self> {
        Self::with(address, CONNECTIONS)
    }

    /// The address of a class's schema, which is made if need be. Its name begins with that of the
    /// schema in which the tables of the root are.
    pub(crate) fn address_of_class(
        address: &PostgresAddress,
        code: &str,
    ) -> Outcome<PostgresAddress> {
        let letters = code.chars().filter(char::is_ascii_alphanumeric);
        let letters: String = letters.map(|c| c.to_ascii_lowercase()).collect();
        let root = Self::with(address, ONE_QUESTION)?;
        let schema = root.transaction(|c| {
            let row = c.query_opt("SELECT current_schema()::text", &[])?;
            let row = row.ok_or_else(|| unreadable("the schema"))?;
            let schema = format!("{}_class_{letters}", column::<&str>(&row, 0)?);
            // Two backends may open it at once.
            c.batch(schema::LOCK)?;
            c.batch(&format!("CREATE SCHEMA IF NOT EXISTS \"{schema}\""))?;
            Ok(schema)
        })?;
        Ok(address.in_schema(&schema))
    }

    /// As [`PostgresStore::at`], for a class: many share the server's connections.
    pub(crate) fn of_class(address: &PostgresAddress) -> Outcome<Self> {
        Self::with(address, CLASS_CONNECTIONS)
    }

    fn with(address: &PostgresAddress, connections: usize) -> Outcome<Self> {
        Ok(Self {
            connections: Connections::to(address, connections)?,
        })
    }

    /// Uses a database in which a backend has made the tables, and makes none.
    pub(crate) fn at_existing(address: &PostgresAddress) -> Outcome<Self> {
        let store = Self::at(address)?;
        store.connections.ask(Together::OneRead, |c| {
            schema::require_current(c)?;
            Ok(())
        })?;
        Ok(store)
    }

    /// Asks with one statement, which only reads.
    fn read<T>(&self, question: impl Fn(&Connection) -> Outcome<T>) -> Outcome<T> {
        self.connections.ask(Together::OneRead, question)
    }

    /// Asks with statements of which all or none take effect.
    fn transaction<T>(&self, question: impl Fn(&Connection) -> Outcome<T>) -> Outcome<T> {
        self.connections.ask(Together::Transaction, question)
    }

    /// Asks what hands over many rows as they are read, all of the same moment.
    fn hand_over<T>(&self, question: impl FnOnce(&Connection) -> Outcome<T>) -> Outcome<T> {
        self.connections.ask_once(Together::Snapshot, question)
    }

    /// Asks what may take long: all statements see the same moment, and nobody waits for them.
    fn snapshot<T>(&self, question: impl Fn(&Connection) -> Outcome<T>) -> Outcome<T> {
        self.connections.ask(Together::Snapshot, question)
    }
}

impl Store for PostgresStore {
    fn prepare(&self, seed: u64, today: NaiveDate, population: &Population) -> Outcome<()> {
        self.transaction(|c| schema::prepare(c, seed, today, population))
    }

    fn person(&self, number: &NhsNumber) -> Outcome<Option<Person>> {
        self.read(|c| people::person(c, number))
    }

    fn people_born(&self, from: NaiveDate, until: NaiveDate) -> Outcome<Vec<Person>> {
        self.read(|c| people::born(c, from, until))
    }

    fn plans(&self, number: &NhsNumber, today: NaiveDate) -> Outcome<Vec<StoredPlan>> {
        self.read(|c| register::shown_plans(c, number, today))
    }

    fn authorities_to_share(&self, organisation: &OdsCode) -> Outcome<Vec<AuthorityToShare>> {
        self.read(|c| register::authorities_to_share(c, organisation))
    }

    fn set_authority_to_share(&self, agreement: &AuthorityToShare) -> Outcome<()> {
        self.transaction(|c| register::set_authority_to_share(c, agreement))
    }

    fn remove_authority_to_share(
        &self,
        organisation: &OdsCode,
        care_setting: CareSetting,
    ) -> Outcome<()> {
        self.transaction(|c| register::remove_authority_to_share(c, organisation, care_setting))
    }

    fn other_flags(&self, number: &NhsNumber) -> Outcome<Vec<StoredFlag>> {
        self.read(|c| flags::of(c, number))
    }

    fn look_at_plans(&self, look: &Look) -> Outcome<SeenPlans> {
        self.transaction(|c| {
            Ok(SeenPlans {
                plans: register::look(c, look)?,
                person: people::person(c, &look.nhs_number)?,
            })
        })
    }

    fn look_at_history(&self, look: &Look, limit: usize) -> Outcome<Vec<StoredAccess>> {
        self.transaction(|c| {
            if register::look(c, look)?.is_empty() {
                return Ok(Vec::new());
            }
            register::history(c, &look.nhs_number, &look.trace_id, limit)
        })
    }

    fn history(
        &self,
        number: &NhsNumber,
        except: &str,
        limit: usize,
    ) -> Outcome<Vec<StoredAccess>> {
        self.read(|c| register::history(c, number, except, limit))
    }

    fn notifications(&self) -> Outcome<Vec<Notification>> {
        self.read(register::notifications)
    }

    fn create_audit_record(&self, record: &NewAuditRecord<'_>) -> Outcome<Creation> {
        self.transaction(|c| audit::create(c, record))
    }

    fn audit_records(&self) -> Outcome<Vec<(String, Value)>> {
        self.read(audit::all)
    }

    fn chains(&self) -> Outcome<Vec<WorkstationChain>> {
        self.snapshot(chains::all)
    }

    fn add_enrolment_code(&self, code: &Hash, until: i64) -> Outcome<()> {
        self.transaction(|c| identity::add_enrolment_code(c, code, until))
    }

    fn enrol(&self, code: &Hash, workstation: &Workstation) -> Outcome<bool> {
        self.transaction(|c| identity::enrol(c, code, workstation))
    }

    fn workstation(&self, client_id: &str) -> Outcome<Option<Workstation>> {
        self.read(|c| identity::workstation(c, client_id))
    }

    fn first_use(&self, assertion: &AssertionId<'_>, now: i64) -> Outcome<bool> {
        self.transaction(|c| identity::first_use(c, assertion, now))
    }

    fn add_workstation_token(&self, token: &NewWorkstationToken<'_>) -> Outcome<()> {
        self.transaction(|c| identity::add_workstation_token(c, token))
    }

    fn add_authorisation_code(&self, code: &Hash, grant: &Value, until: i64) -> Outcome<()> {
        self.transaction(|c| identity::add_authorisation_code(c, code, grant, until))
    }

    fn take_authorisation_code(&self, code: &Hash, now: i64) -> Outcome<Option<Value>> {
        self.transaction(|c| identity::take_authorisation_code(c, code, now))
    }

    fn open_session(&self, session: &NewSession<'_>) -> Outcome<()> {
        self.transaction(|c| identity::open_session(c, session))
    }

    fn renew(&self, renewal: &Renewal<'_>) -> Outcome<Renewed> {
        self.transaction(|c| identity::renew(c, renewal))
    }

    fn revoke(&self, token: &Hash) -> Outcome<()> {
        self.transaction(|c| identity::revoke(c, token))
    }

    fn bearer(&self, token: &Hash, now: i64) -> Outcome<Option<HeldToken>> {
        self.read(|c| identity::bearer(c, token, now))
    }
}

/// Reads a column.
fn column<'a, T: FromSql<'a>>(row: &'a Row, place: usize) -> Outcome<T> {
    row.try_get(place).map_err(|_| unreadable("a column"))
}
