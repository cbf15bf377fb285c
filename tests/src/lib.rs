//! What crosses crates: the host that serves the real program to a browser, and what the journeys
//! share. None of it is in the shipped program.

#[cfg(unix)]
pub mod engine;
pub mod host;
pub mod keychain;
