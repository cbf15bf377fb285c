//! The training backend over the wire: every row of the contract, against a started backend.

#![expect(
    clippy::unwrap_used,
    reason = "what a test needs and does not get ends the test"
)]

mod access;
mod audit;
mod bench;
mod browser;
mod cards;
mod demographics;
mod enrolment;
mod faults;
mod history;
mod plans;
mod population;
mod program;
mod sign_in;
mod store;
