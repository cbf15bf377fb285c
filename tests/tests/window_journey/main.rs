//! Journeys through the real window: webview, access control, keychain, disk and all.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops at what is missing"
)]

mod backend;
mod clinic;
mod desktop;
mod keychain;
mod killed;
mod leaks;
mod live;
mod practice;
mod window;
