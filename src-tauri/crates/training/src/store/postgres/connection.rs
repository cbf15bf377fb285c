//! Connections to the server: a pool of them, and the waiting for their answers.
//!
//! The methods of the store block, and may be called on any thread, also on one that runs
//! asynchronous tasks, where the crate `postgres` panics. So the connections live on threads of
//! their own, and the caller waits for an answer without a runtime.

use super::failure::{failure, of_pool};
use super::{Outcome, address::PostgresAddress, encryption};
use crate::TrainingError;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use futures_executor::{block_on, block_on_stream};
use std::time::Duration;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Config, NoTls, Row};

/// How long a request waits for a connection of the pool, and for the server to take a new one.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a transaction is tried when the server undid it for the sake of another.
const TRIES: u32 = 5;

/// What values are bound to a statement.
pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// The connections of this process.
pub(super) struct Connections {
    pool: Pool,
    /// Where connections are served. An option only so that it can be taken when this is dropped.
    serving: Option<tokio::runtime::Runtime>,
}

/// How the statements of a question hang together.
#[derive(Clone, Copy)]
pub(super) enum Together {
    /// There is one statement, which only reads.
    OneRead,
    /// All or none are kept; each sees what others have committed until it begins.
    Transaction,
    /// They only read, and all see the same moment.
    Snapshot,
}

impl Together {
    const fn beginning(self) -> Option<&'static str> {
        match self {
            Self::OneRead => None,
            Self::Transaction => Some("BEGIN"),
            Self::Snapshot => Some("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
        }
    }
}

impl Connections {
    /// Makes a pool of at most so many. No connection is made yet.
    pub(super) fn to(address: &PostgresAddress, at_most: usize) -> Outcome<Self> {
        let serving = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("training-database")
            .enable_all()
            .build()
            .map_err(|_| TrainingError::BrokenOff)?;
        let how = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let mut config: Config = address.config().clone();
        config
            .application_name("cpis-training")
            .connect_timeout(PATIENCE)
            .tcp_user_timeout(PATIENCE);
        let manager = if address.is_encrypted() {
            Manager::from_config(config, encryption::connector()?, how)
        } else {
            Manager::from_config(config, NoTls, how)
        };
        let pool = Pool::builder(manager)
            .max_size(at_most)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|_| TrainingError::BrokenOff)?;
        Ok(Self {
            pool,
            serving: Some(serving),
        })
    }

    /// Asks the database. What was written is undone when the question fails. It is asked again
    /// when the server undid it for the sake of another, and once more when the connection had been
    /// lost before anything could be committed: a server that restarted leaves those behind.
    pub(super) fn ask<T>(
        &self,
        together: Together,
        question: impl Fn(&Connection) -> Outcome<T>,
    ) -> Outcome<T> {
        let mut tried = 1;
        loop {
            let (failed, undone) = match self.try_once(together, &question) {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let again = match failed {
                TrainingError::DatabaseAway => undone && tried == 1,
                TrainingError::DatabaseUndid => tried < TRIES,
                _ => false,
            };
            if !again {
                return Err(failed);
            }
            tried += 1;
        }
    }

    /// Asks the database a question that cannot be asked again: it hands over what it reads.
    pub(super) fn ask_once<T>(
        &self,
        together: Together,
        question: impl FnOnce(&Connection) -> Outcome<T>,
    ) -> Outcome<T> {
        self.try_once(together, question)
            .map_err(|(failed, _)| failed)
    }

    /// Why it failed, and whether it is known that nothing was kept.
    fn try_once<T>(
        &self,
        together: Together,
        question: impl FnOnce(&Connection) -> Outcome<T>,
    ) -> Result<T, (TrainingError, bool)> {
        let mut connection = self.connection().map_err(|failed| (failed, true))?;
        let asked = connection
            .begin(together)
            .and_then(|()| question(&connection));
        match asked {
            // Where the answer to COMMIT is lost only the caller can ask again.
            Ok(answer) => match connection.commit(together) {
                Ok(()) => Ok(answer),
                Err(failed) => Err((failed, false)),
            },
            Err(failed) => {
                connection.undo(together);
                Err((failed, true))
            }
        }
    }

    fn connection(&self) -> Outcome<Connection> {
        let serving = self.serving.as_ref().ok_or(TrainingError::BrokenOff)?;
        let pool = self.pool.clone();
        // Connections are made where they are served.
        let taken = wait(serving.spawn(async move { pool.get().await }));
        let object = taken.map_err(|_| TrainingError::BrokenOff)?;
        Ok(Connection {
            object: Some(object.map_err(of_pool)?),
            open: false,
        })
    }
}

impl Drop for Connections {
    fn drop(&mut self) {
        if let Some(serving) = self.serving.take() {
            // Not by waiting, which a thread that runs asynchronous tasks must not do.
            serving.shutdown_background();
        }
    }
}

/// A connection, taken from the pool for one question.
pub(super) struct Connection {
    object: Option<Object>,
    /// Whether a transaction is open, so that the connection cannot go back into the pool.
    open: bool,
}

impl Connection {
    /// Runs a statement; how many rows it changed.
    pub(super) fn execute(&self, sql: &str, values: Values<'_>) -> Outcome<u64> {
        let client = self.client()?;
        wait(async {
            let statement = client.prepare_cached(sql).await?;
            client.execute(&statement, values).await
        })
        .map_err(failure)
    }

    /// Runs a statement that gives rows.
    pub(super) fn query(&self, sql: &str, values: Values<'_>) -> Outcome<Vec<Row>> {
        let client = self.client()?;
        wait(async {
            let statement = client.prepare_cached(sql).await?;
            client.query(&statement, values).await
        })
        .map_err(failure)
    }

    /// Runs a statement that gives at most one row.
    pub(super) fn query_opt(&self, sql: &str, values: Values<'_>) -> Outcome<Option<Row>> {
        let client = self.client()?;
        wait(async {
            let statement = client.prepare_cached(sql).await?;
            client.query_opt(&statement, values).await
        })
        .map_err(failure)
    }

    /// Runs a statement whose rows are too many to be held: they come as they are read.
    pub(super) fn stream(
        &self,
        sql: &str,
        values: Values<'_>,
    ) -> Outcome<impl Iterator<Item = Outcome<Row>>> {
        let client = self.client()?;
        let rows = wait(async {
            let statement = client.prepare_cached(sql).await?;
            client.query_raw(&statement, values.iter().copied()).await
        })
        .map_err(failure)?;
        Ok(block_on_stream(Box::pin(rows)).map(|row| row.map_err(failure)))
    }

    /// Runs statements without values.
    pub(super) fn batch(&self, sql: &str) -> Outcome<()> {
        wait(self.client()?.batch_execute(sql)).map_err(failure)
    }

    /// Adds many rows. `columns` names the table and its columns, as in `person (family, given)`.
    pub(super) fn copy<'r>(
        &self,
        columns: &str,
        types: &[Type],
        rows: impl IntoIterator<Item = Vec<Box<dyn ToSql + Sync + 'r>>>,
    ) -> Outcome<()> {
        let client = self.client()?;
        let sql = format!("COPY {columns} FROM STDIN (FORMAT binary)");
        wait(async {
            let sink = client.copy_in(sql.as_str()).await?;
            let mut writer = std::pin::pin!(BinaryCopyInWriter::new(sink, types));
            for row in rows {
                writer
                    .as_mut()
                    .write_raw(row.iter().map(|value| value.as_ref() as &dyn ToSql))
                    .await?;
            }
            writer.finish().await
        })
        .map_err(failure)?;
        Ok(())
    }

    fn begin(&mut self, together: Together) -> Outcome<()> {
        if let Some(sql) = together.beginning() {
            self.open = true;
            self.batch(sql)?;
        }
        Ok(())
    }

    fn commit(&mut self, together: Together) -> Outcome<()> {
        if together.beginning().is_some() {
            self.batch("COMMIT")?;
            self.open = false;
        }
        Ok(())
    }

    /// Undoes what was written. Where even that fails, the connection is closed, which undoes too.
    fn undo(&mut self, together: Together) {
        // A long answer that was broken off would have to be read to its end first.
        if matches!(together, Together::Transaction) && self.batch("ROLLBACK").is_ok() {
            self.open = false;
        }
    }

    fn client(&self) -> Outcome<&Object> {
        self.object.as_ref().ok_or(TrainingError::BrokenOff)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.open
            && let Some(object) = self.object.take()
        {
            drop(Object::take(object));
        }
    }
}

/// Waits for an answer on this thread. A task of tokio may wait for so many answers until it must give way
/// (128), and then sees no answer any more before it has done so, which it cannot from in here: it would
/// wait for ever, and busily. So the wait does not count.
fn wait<T>(answer: impl Future<Output = T>) -> T {
    block_on(tokio::task::unconstrained(answer))
}

/// Whether the server undid a transaction so that another could go on: it may be tried again.
pub(super) fn was_undone(state: &SqlState) -> bool {
    *state == SqlState::T_R_SERIALIZATION_FAILURE || *state == SqlState::T_R_DEADLOCK_DETECTED
}
