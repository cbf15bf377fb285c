//! Stores that the tests see from outside: a file, or a database where the tests run on PostgreSQL.

use cpis_training::StoreLocation;
use std::path::Path;
use tempfile::TempDir;
use tokio_postgres::NoTls;

/// Holds the address of the server on which tests keep their stores, with `DATABASE` for the name.
pub(crate) const ADDRESSES: &str = "CPIS_TRAINING_TEST_POSTGRES";

/// A store that outlives a backend.
pub(crate) struct Kept {
    pub(crate) location: StoreLocation,
    /// As `--database` takes it.
    pub(crate) argument: String,
    /// The folder of the file, which is empty where the store is a database.
    pub(crate) folder: TempDir,
}

/// A store that need not outlive a backend.
pub(crate) async fn in_short() -> StoreLocation {
    match std::env::var(ADDRESSES) {
        Ok(addresses) => StoreLocation::Postgres(new_database(&addresses).await.parse().unwrap()),
        Err(_) => StoreLocation::Memory,
    }
}

impl Kept {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        match std::env::var(ADDRESSES) {
            Ok(addresses) => Self::at(new_database(&addresses).await, folder),
            Err(_) => Self::file("training.db", folder),
        }
    }

    /// One that nobody has made.
    pub(crate) fn nowhere() -> Self {
        let folder = tempfile::tempdir().unwrap();
        match std::env::var(ADDRESSES) {
            Ok(addresses) => Self::at(address(&addresses, "none"), folder),
            Err(_) => Self::file("none.db", folder),
        }
    }

    fn at(address: String, folder: TempDir) -> Self {
        Self {
            location: StoreLocation::Postgres(address.parse().unwrap()),
            argument: address,
            folder,
        }
    }

    fn file(name: &str, folder: TempDir) -> Self {
        let file = folder.path().join(name);
        Self {
            argument: format!("sqlite:{}", file.display()),
            location: StoreLocation::SqliteFile(file),
            folder,
        }
    }

    /// Takes the tables to another schema by hand.
    pub(crate) async fn change_schema(&self, changes: &str, version: i64) {
        match &self.location {
            StoreLocation::SqliteFile(file) => {
                let connection = rusqlite::Connection::open(file).unwrap();
                connection.execute_batch(&in_sqlite(changes)).unwrap();
                connection
                    .pragma_update(None, "user_version", version)
                    .unwrap();
            }
            _ => {
                let client = client(&self.argument).await;
                client.batch_execute(&in_postgres(changes)).await.unwrap();
                client
                    .execute("UPDATE schema_version SET version = $1", &[&version])
                    .await
                    .unwrap();
            }
        }
    }

    /// Takes the tables back to those of an older program.
    pub(crate) async fn back_to_schema(&self, version: usize) {
        let changes = back_to_schema(version);
        self.change_schema(&changes, i64::try_from(version).unwrap())
            .await;
    }

    /// Everything that is kept, as far as it is text.
    pub(crate) async fn text(&self) -> String {
        match &self.location {
            StoreLocation::SqliteFile(file) => file_text(file),
            _ => self.database_text().await,
        }
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &str) -> u64 {
        let asked = format!("SELECT count(*) FROM {table}");
        let found: i64 = match &self.location {
            StoreLocation::SqliteFile(file) => {
                let connection = rusqlite::Connection::open(file).unwrap();
                connection.query_row(&asked, [], |row| row.get(0)).unwrap()
            }
            _ => {
                let client = client(&self.argument).await;
                client.query_one(&asked, &[]).await.unwrap().get(0)
            }
        };
        found.unsigned_abs()
    }

    async fn database_text(&self) -> String {
        let client = client(&self.argument).await;
        let tables = client
            .query(
                "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()",
                &[],
            )
            .await
            .unwrap();
        assert!(tables.len() > 10);
        let mut text = String::new();
        for table in tables {
            let table: &str = table.get(0);
            let rows = format!("SELECT row_to_json(t)::text FROM \"{table}\" t");
            for row in client.query(&rows, &[]).await.unwrap() {
                text += row.get(0);
            }
        }
        text
    }
}

/// What each schema from 2 on added, taken away again.
const TAKEN_AWAY: [&str; 5] = [
    "DROP INDEX audit_record_chain;
     ALTER TABLE audit_record DROP COLUMN observer;
     ALTER TABLE audit_record DROP COLUMN sequence;
     ALTER TABLE audit_record DROP COLUMN previous;
     ALTER TABLE audit_record DROP COLUMN hash;",
    "DROP INDEX assertion_until;
     DROP INDEX session_code;
     ALTER TABLE access_token DROP COLUMN bound_to;
     ALTER TABLE session DROP COLUMN code;
     ALTER TABLE session DROP COLUMN assurance;
     ALTER TABLE session DROP COLUMN bound_to;",
    "DROP INDEX notification_since;
     DROP INDEX notification_on;
     DROP TABLE authority_credential;
     DROP TABLE authority_file;
     ALTER TABLE plan DROP COLUMN made_up;
     ALTER TABLE plan DROP COLUMN birth_date;
     ALTER TABLE person DROP COLUMN made_up;
     ALTER TABLE notification DROP COLUMN received;
     ALTER TABLE notification DROP COLUMN received_instant;
     ALTER TABLE notification DROP COLUMN late;",
    "DROP INDEX audit_record_by_sender;
     DROP TABLE trainer_session;
     DROP TABLE trainer_try;
     DROP TABLE shared;
     DROP TABLE forgotten_record;
     DROP TABLE chain_base;
     DROP TABLE class;
     DROP TABLE communication;
     DROP TABLE patient_flag;
     ALTER TABLE notification ADD COLUMN late BOOLEAN_COLUMN;
     UPDATE notification SET late = (way <> 'live');
     ALTER TABLE notification DROP COLUMN way;
     NOTIFICATION_KEY;",
    "DROP TABLE forgotten_note;",
];

/// A column that the two stores write with different words.
const BOOLEAN: &str = "BOOLEAN_COLUMN";
/// Where PostgreSQL gives the key of notifications back, which it knows by a name.
const KEY: &str = "NOTIFICATION_KEY;";

/// Statements as PostgreSQL takes them.
pub(crate) fn in_postgres(changes: &str) -> String {
    changes
        .replace(BOOLEAN, "boolean NOT NULL DEFAULT false")
        .replace(
            KEY,
            "ALTER TABLE notification
                 DROP CONSTRAINT notification_trace_id_nhs_number_authority_key,
                 ADD CONSTRAINT notification_trace_id_nhs_number_key UNIQUE (trace_id, nhs_number);",
        )
}

/// Statements as SQLite takes them.
fn in_sqlite(changes: &str) -> String {
    changes
        .replace(BOOLEAN, "INTEGER NOT NULL DEFAULT 0")
        .replace(KEY, "")
}

/// The statements that take the newest tables back to an older schema.
pub(crate) fn back_to_schema(version: usize) -> String {
    let newer = TAKEN_AWAY.iter().skip(version - 1).rev();
    newer.copied().collect::<Vec<_>>().join("\n")
}

/// The address of a database among [`ADDRESSES`].
pub(crate) fn address(addresses: &str, database: &str) -> String {
    addresses.replacen("DATABASE", database, 1)
}

/// Makes a schema of its own, which is to a backend what a database is, and made with a fifth of the
/// files; its address.
pub(crate) async fn new_database(addresses: &str) -> String {
    let name = format!("test_{}", uuid::Uuid::new_v4().simple());
    let database = address(addresses, "postgres");
    client(&database)
        .await
        .batch_execute(&format!("CREATE SCHEMA {name}"))
        .await
        .unwrap();
    format!("{database}&options=-csearch_path%3D{name}")
}

/// A connection of the test's own.
pub(crate) async fn client(address: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

fn file_text(file: &Path) -> String {
    let mut kept = std::fs::read(file).unwrap();
    kept.extend(std::fs::read(file.with_extension("db-wal")).unwrap_or_default());
    String::from_utf8_lossy(&kept).into_owned()
}
