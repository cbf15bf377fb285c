//! The stores that are measured.

use super::Outcome;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// A store, which goes with this.
pub(super) struct Database {
    /// As `--database` takes it.
    pub(super) argument: String,
    file: Option<PathBuf>,
    #[cfg(unix)]
    _server: Option<super::postgres_server::PostgresServer>,
}

impl Database {
    pub(super) fn of(store: &str, folder: &Path) -> Outcome<Self> {
        match store {
            "sqlite" => {
                let file = folder.join("training.db");
                Ok(Self {
                    argument: format!("sqlite:{}", file.display()),
                    file: Some(file),
                    #[cfg(unix)]
                    _server: None,
                })
            }
            #[cfg(unix)]
            "postgres" => {
                // As Debian's, which writes through; with room for an index of this size.
                let server = super::postgres_server::PostgresServer::start(&[
                    "shared_buffers=256MB",
                    "max_wal_size=2GB",
                ]);
                Ok(Self {
                    argument: server.address("postgres"),
                    file: None,
                    _server: Some(server),
                })
            }
            other => Err(format!("{other} is not measured").into()),
        }
    }

    /// How many rows a table holds.
    pub(super) async fn count(&self, table: &str) -> Outcome<u64> {
        self.counted(&format!("SELECT count(*) FROM {table}")).await
    }

    /// How many records an authority has submitted.
    pub(super) async fn submitted_by(&self, authority: &str) -> Outcome<u64> {
        let own = format!("authority_code = '{authority}' AND NOT made_up");
        self.counted(&format!("SELECT count(*) FROM plan WHERE {own}"))
            .await
    }

    async fn counted(&self, question: &str) -> Outcome<u64> {
        let count: i64 = match &self.file {
            Some(file) => {
                let connection = rusqlite::Connection::open(file)?;
                connection.query_row(question, [], |row| row.get(0))?
            }
            None => self.of_server(question).await?.get(0),
        };
        Ok(count.unsigned_abs())
    }

    /// Everything that a table holds, as one sum.
    pub(super) async fn state_of(&self, table: &str) -> Outcome<String> {
        let Some(file) = &self.file else {
            let whole =
                format!("SELECT md5(string_agg(t::text, chr(10) ORDER BY id)) FROM {table} t");
            return Ok(self.of_server(&whole).await?.get(0));
        };
        let connection = rusqlite::Connection::open(file)?;
        let mut statement = connection.prepare(&format!("SELECT * FROM {table} ORDER BY id"))?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        let mut sum = Sha256::new();
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                sum.update(format!("{:?}\n", row.get_ref(column)?));
            }
        }
        Ok(format!("{:x?}", sum.finalize()))
    }

    async fn of_server(&self, question: &str) -> Outcome<tokio_postgres::Row> {
        let (client, connection) =
            tokio_postgres::connect(&self.argument, tokio_postgres::NoTls).await?;
        let serving = tokio::spawn(connection);
        let row = client.query_one(question, &[]).await?;
        serving.abort();
        Ok(row)
    }
}
