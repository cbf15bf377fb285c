//! The stores that are measured.

use super::Outcome;
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
    pub(super) async fn count(&self, table: &str) -> Outcome<i64> {
        let asked = format!("SELECT count(*) FROM {table}");
        match &self.file {
            Some(file) => {
                let connection = rusqlite::Connection::open(file)?;
                Ok(connection.query_row(&asked, [], |row| row.get(0))?)
            }
            None => {
                let (client, connection) =
                    tokio_postgres::connect(&self.argument, tokio_postgres::NoTls).await?;
                let serving = tokio::spawn(connection);
                let count = client.query_one(&asked, &[]).await?.get(0);
                serving.abort();
                Ok(count)
            }
        }
    }
}
