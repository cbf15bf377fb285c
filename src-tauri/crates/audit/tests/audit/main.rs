//! The audit trail from outside the crate.

#![allow(clippy::unwrap_used, reason = "a test stops at what is missing")]

mod lane;
mod note;
mod reader;
mod support;
mod trail;
mod upgrade;
