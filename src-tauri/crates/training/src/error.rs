//! What can go wrong when the training backend is set up or asked.

use std::path::PathBuf;

/// Why the training backend cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    /// The address cannot be listened on: in use, or not of this computer. Whoever starts the
    /// backend can choose another.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: std::net::SocketAddr,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// The certificate or key of the listener cannot be used. Whoever starts the backend can
    /// correct the files.
    #[error("cannot use the listener's certificate and key")]
    Tls(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database refused. Whoever runs the backend can look at the disk and the file.
    #[error("the training database refused")]
    Store(#[from] rusqlite::Error),
    /// The address of a PostgreSQL database cannot be used. Whoever starts the backend can correct
    /// it.
    #[error("cannot use the address of the training database: {0}")]
    DatabaseAddress(&'static str),
    /// The PostgreSQL server cannot be reached, is starting or shutting down, or has no connection
    /// left. What was asked has not been done, or, where the answer to COMMIT was lost, may have
    /// been. Whoever asks can ask again; whoever runs the server can look whether it runs.
    #[error("the training database cannot be reached; try again in a moment")]
    DatabaseAway,
    /// The PostgreSQL server knows no such user, password or database. Whoever starts the backend
    /// can correct the address.
    #[error("the training database's server knows no such user, password or database")]
    DatabaseDenied,
    /// The PostgreSQL server has no room, memory or disk that works. Whoever runs it can make room;
    /// nothing was kept in part.
    #[error("the training database has no room left; make room on its server, then try again")]
    DatabaseFull,
    /// The PostgreSQL server undid a transaction for the sake of others, several times. Whoever asks
    /// can ask again.
    #[error("the training database is too busy; try again in a moment")]
    DatabaseUndid,
    /// The PostgreSQL server refused what this program never asks of a database that it made itself.
    /// Whoever runs it can look the state up (PostgreSQL, appendix A) and in the server's own log.
    #[error("the training database refused (SQLSTATE {0})")]
    DatabaseRefused(String),
    /// A text holds the character U+0000, which PostgreSQL does not keep. Whoever sent it can leave
    /// it out.
    #[error("a text holds the character U+0000, which cannot be kept")]
    NotText,
    /// The database holds the made-up people of another seed. Whoever starts the backend can give
    /// that seed or another file.
    #[error("the training database was made with seed {found}, not {asked}")]
    OtherSeed {
        /// The seed asked for.
        asked: u64,
        /// The seed in the file.
        found: String,
    },
    /// The database was made by a newer program. Whoever starts the backend can use that program.
    #[error("the training database has schema {found}; this program knows up to {known}")]
    NewerSchema {
        /// The schema in the file.
        found: i64,
        /// The newest schema this program knows.
        known: i64,
    },
    /// The database was made by an older program, or is none of a training backend. Whoever runs the
    /// backend can start it on the database, which makes the tables of this program.
    #[error("the training database has schema {found}, not {known}; `serve` takes it there")]
    OlderSchema {
        /// The schema in the file.
        found: i64,
        /// The schema that is needed.
        known: i64,
    },
    /// The database holds a value that this program never writes. Whoever runs the backend can
    /// start with a new file.
    #[error("the training database holds a value that cannot be read: {0}")]
    Unreadable(&'static str),
    /// A store in memory cannot be shared with another program. Whoever asks can name another.
    #[error("a store in memory belongs to the backend that made it")]
    NoStore,
    /// A file cannot be read or written. Whoever runs the command can look at the path.
    #[error("cannot use the file {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// A card cannot be made. This is a fault of the program.
    #[error("cannot make a practice card")]
    CardMaking(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A key does not sign. This is a fault of the program.
    #[error("cannot sign")]
    Signing(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Setting up was broken off. This is a fault of the program.
    #[error("setting up was broken off")]
    BrokenOff,
    /// The file is not a practice card, or the passcode is wrong. The card's holder can try again
    /// while tries are left.
    #[error("the passcode is wrong or this is not a card; tries left: {tries_left}")]
    WrongPasscode {
        /// How many wrong entries the card still permits.
        tries_left: u8,
    },
    /// No tries are left. Whoever made the cards can make them anew.
    #[error("the card is locked")]
    CardLocked,
    /// The person does not exist, or has no such role profile. Whoever calls can look at the
    /// population.
    #[error("there is no such person or role profile")]
    NoSuchRole,
    /// The period of an extract has days for which nobody has authority to share. Whoever asks for
    /// it can choose days within the agreements, or agree on more.
    #[error(
        "{from} to {to} is not within the authority to share, which covers {covered}; nothing was \
         written"
    )]
    OutsideAuthorityToShare {
        /// The first day asked for.
        from: chrono::NaiveDate,
        /// The last day asked for.
        to: chrono::NaiveDate,
        /// The periods of the agreements, in words.
        covered: String,
    },
    /// The period of an extract ends before it begins. Whoever asks for it can exchange the days.
    #[error("the period ends on {to}, before it begins on {from}")]
    PeriodBackwards {
        /// The first day asked for.
        from: chrono::NaiveDate,
        /// The last day asked for.
        to: chrono::NaiveDate,
    },
    /// The folder holds files already. Whoever asks for an extract can give another folder; nothing
    /// is overwritten.
    #[error("the folder {0} is not empty: give a new one")]
    FolderNotEmpty(PathBuf),
    /// The passcode of the trainer's console has fewer than 12 characters. Whoever starts the backend
    /// can choose another, or let one be made.
    #[error("the trainer's passcode has fewer than 12 characters")]
    ShortPasscode,
    /// There is no class with this code, or it has ended. Whoever asks can list the classes.
    #[error("there is no class with this code")]
    NoSuchClass,
    /// The computer gave no random bytes. Nobody can help but the operating system.
    #[error("the system gave no random bytes")]
    Random,
}

impl From<getrandom::Error> for TrainingError {
    fn from(_: getrandom::Error) -> Self {
        Self::Random
    }
}
