//! The proof of the audit trail: no look unrecorded, nothing lost, nothing doubled.
//!
//! Each harness drives the real ledger through trouble of one kind and writes down what happened: a
//! [`history::History`]. One pure [`checker`] judges them all. `cargo xtask torture` runs them.

pub mod backend;
pub mod chain;
pub mod checker;
pub mod engine;
pub mod history;
pub mod keychain;
pub mod keys;
#[cfg(unix)]
pub mod kills;
#[cfg(target_os = "linux")]
pub mod power;
pub mod runs;
pub mod seeds;
pub mod traffic;
pub mod upgrade;
pub mod words;
