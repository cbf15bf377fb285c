//! The training backend over the wire: every row of the contract, against a started backend.

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
