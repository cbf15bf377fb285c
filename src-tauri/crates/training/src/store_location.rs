//! Where a backend keeps what it is told, and how the programs of this crate open it.

use crate::store::{PostgresAddress, PostgresStore, SqliteStore, Store};
use crate::{TrainingError, classes};
use std::path::PathBuf;
use std::sync::Arc;

/// Where the backend keeps what it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreLocation {
    /// In memory, until the program ends.
    Memory,
    /// In a SQLite file, which is made if need be.
    SqliteFile(PathBuf),
    /// In a PostgreSQL database, in which the tables are made if need be. Several backends may
    /// share it.
    Postgres(PostgresAddress),
}

impl StoreLocation {
    /// Opens the store, which is made if need be.
    pub(crate) fn open(&self) -> Result<Arc<dyn Store>, TrainingError> {
        Ok(match self {
            Self::Memory => Arc::new(SqliteStore::in_memory()?),
            Self::SqliteFile(file) => Arc::new(SqliteStore::in_file(file)?),
            Self::Postgres(address) => Arc::new(PostgresStore::at(address)?),
        })
    }

    /// Where a class of this code is kept: beside the store at the root.
    pub(crate) fn for_class(&self, code: &str) -> Result<Self, TrainingError> {
        Ok(match self {
            Self::Memory => Self::Memory,
            Self::SqliteFile(file) => {
                let mut name = file.clone().into_os_string();
                name.push(format!(".class-{code}"));
                Self::SqliteFile(PathBuf::from(name))
            }
            Self::Postgres(address) => {
                Self::Postgres(PostgresStore::address_of_class(address, code)?)
            }
        })
    }

    /// Where a class of this store is kept.
    ///
    /// # Errors
    /// [`TrainingError::NoSuchClass`], and what opening the store can give.
    pub fn of_class(&self, code: &str) -> Result<Self, TrainingError> {
        let code = classes::plain(code);
        match self.open_to_read()?.class(&code)? {
            Some(_) => self.for_class(&code),
            None => Err(TrainingError::NoSuchClass),
        }
    }

    /// Opens the store of a class, which is made if need be.
    pub(crate) fn open_of_class(&self) -> Result<Arc<dyn Store>, TrainingError> {
        match self {
            Self::Postgres(address) => Ok(Arc::new(PostgresStore::of_class(address)?)),
            other => other.open(),
        }
    }

    /// Opens a store that a backend has made, to change it.
    pub(crate) fn open_existing(&self) -> Result<Box<dyn Store>, TrainingError> {
        Ok(match self {
            Self::Memory => return Err(TrainingError::NoStore),
            Self::SqliteFile(file) => Box::new(SqliteStore::in_existing_file(file)?),
            Self::Postgres(address) => Box::new(PostgresStore::at_existing(address)?),
        })
    }

    /// As [`StoreLocation::open_existing`], if its tables are those of this program.
    pub(crate) fn open_current(&self) -> Result<Box<dyn Store>, TrainingError> {
        Ok(match self {
            Self::Memory => return Err(TrainingError::NoStore),
            Self::SqliteFile(file) => Box::new(SqliteStore::in_current_file(file)?),
            Self::Postgres(address) => Box::new(PostgresStore::at_existing(address)?),
        })
    }

    /// Opens a store that a backend has made, to read it.
    pub(crate) fn open_to_read(&self) -> Result<Box<dyn Store>, TrainingError> {
        Ok(match self {
            Self::Memory => return Err(TrainingError::NoStore),
            Self::SqliteFile(file) => Box::new(SqliteStore::in_file_to_read(file)?),
            Self::Postgres(address) => Box::new(PostgresStore::at_existing(address)?),
        })
    }
}
