//! The real program, without its window, against the real training backend over loopback HTTP.
#![expect(
    clippy::unwrap_used,
    reason = "the bench and the desk are part of the tests, and clippy knows only test functions"
)]

#[path = "../support/mod.rs"]
mod support;

mod audit_trail;
mod browser;
mod by_clock;
mod cases;
mod certificates;
mod class;
mod clinic;
mod clinic_kept;
mod clinic_measured;
mod clinic_print;
mod connection;
mod connectivity;
mod copy;
mod enrolment;
mod input;
mod journey;
mod kept;
mod leaks;
mod link;
mod lock;
mod note;
mod notice;
mod notifications;
mod odd_answers;
mod pace;
mod practice;
mod print;
mod queue;
mod search;
mod session;
mod sign_in;
mod snapshots;
mod start;
mod trouble;
mod verification;
mod withdrawn;
