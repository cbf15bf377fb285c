//! Where a PostgreSQL database is, and whether the way there is encrypted.

use crate::TrainingError;
use std::fmt;
use std::str::FromStr;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// A PostgreSQL database: `postgres://user:password@host:port/database?sslmode=require`, or
/// `postgres:///database?host=/run/postgresql&user=name` by its socket. It holds a password perhaps,
/// and shows none.
///
/// To another computer the way is encrypted and the server's certificate verified, unless
/// `sslmode=disable` says otherwise; on this computer it is not, unless `sslmode=require` asks.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresAddress(Box<Config>);

impl PostgresAddress {
    /// The same with a password, unless the address has one.
    #[must_use]
    pub fn with_password(mut self, password: &str) -> Self {
        if self.0.get_password().is_none() {
            self.0.password(password);
        }
        self
    }

    /// The same database, with the tables in a schema of this name.
    pub(super) fn in_schema(&self, schema: &str) -> Self {
        let mut config = self.0.clone();
        // The last one of a setting holds.
        let before = config.get_options().unwrap_or_default();
        let options = format!("{before} -csearch_path={schema}");
        config.options(options.trim());
        Self(config)
    }

    pub(super) fn config(&self) -> &Config {
        &self.0
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.0.get_ssl_mode() == SslMode::Require
    }
}

impl FromStr for PostgresAddress {
    type Err = TrainingError;

    /// # Errors
    /// [`TrainingError::DatabaseAddress`].
    fn from_str(text: &str) -> Result<Self, TrainingError> {
        let unusable = TrainingError::DatabaseAddress;
        if !["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| text.starts_with(scheme))
        {
            return Err(unusable("it does not begin with postgres://"));
        }
        // What is wrong with it could be the password: the parser's words stay here.
        let mut config: Config = text
            .parse()
            .map_err(|_| unusable("give postgres://USER:PASSWORD@HOST:PORT/DATABASE"))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(unusable("it names no host"));
        }
        if config.get_dbname().is_none_or(str::is_empty) {
            return Err(unusable("it names no database"));
        }
        if config.get_ssl_mode() == SslMode::Prefer {
            // Not "prefer": whoever sits on the way would choose.
            let mode = if config.get_hosts().iter().all(is_this_computer) {
                SslMode::Disable
            } else {
                SslMode::Require
            };
            config.ssl_mode(mode);
        }
        Ok(Self(Box::new(config)))
    }
}

impl fmt::Debug for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgresAddress(redacted)")
    }
}

fn is_this_computer(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encrypted(text: &str) -> bool {
        text.parse::<PostgresAddress>()
            .expect("an address")
            .is_encrypted()
    }

    #[test]
    fn the_way_to_another_computer_is_encrypted_unless_told_otherwise() {
        assert!(encrypted("postgres://trainer@db.example/training"));
        assert!(encrypted(
            "postgres://trainer@127.0.0.1/training?sslmode=require"
        ));
        assert!(!encrypted("postgres://trainer@127.0.0.1/training"));
        assert!(!encrypted("postgres://trainer@[::1]/training"));
        assert!(!encrypted(
            "postgres://trainer@db.example/training?sslmode=disable"
        ));
        assert!(encrypted(
            "postgres://trainer@127.0.0.1,db.example/training"
        ));
    }

    #[test]
    fn an_address_shows_no_password() {
        let address: PostgresAddress = "postgres://trainer:hidden@db.example/training"
            .parse()
            .expect("an address");
        assert!(!format!("{address:?}").contains("hidden"));
    }

    #[test]
    fn what_is_no_address_is_refused_in_words_without_it() {
        for text in [
            "mysql://db.example/training",
            "postgres://trainer:hidden@db.example",
            "postgres:///training",
            "postgres://trainer:hidden@db.example:port/training",
            "postgres://trainer:hidden@db.example/training?unknown=1",
        ] {
            let refused = text.parse::<PostgresAddress>().expect_err(text).to_string();
            assert!(!refused.contains("hidden"), "{refused}");
        }
    }
}
