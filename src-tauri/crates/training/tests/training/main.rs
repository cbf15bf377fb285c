//! The training backend over the wire: every row of the contract, against a started backend.

#![expect(
    clippy::unwrap_used,
    reason = "what a test needs and does not get ends the test"
)]

mod access;
mod audit;
mod audit_batch;
mod authority_notifications;
mod authority_program;
mod bench;
mod browser;
mod card_assertions;
mod cards;
mod chains;
mod chains_program;
mod classes;
mod communication;
mod console;
mod console_notes;
#[cfg(unix)]
mod database_away;
mod demographics;
mod dpop;
mod dpop_nonce;
mod dpop_renewal;
mod enrolment;
mod extract;
mod faults;
mod history;
mod identity_tokens;
mod kept;
mod keys;
mod local_authorities;
mod local_authority;
mod older_schemas;
mod plans;
mod population;
#[cfg(unix)]
mod postgres;
#[cfg(unix)]
mod postgres_server;
mod program;
mod proofs;
mod roles;
mod sign_in;
mod store;
mod trainer;
#[cfg(unix)]
mod two_backends;
