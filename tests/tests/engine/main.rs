//! The program in a process of its own: killed between wrong passcodes, and searched for what should
//! be gone.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "the workplace is part of the tests, and clippy knows only test functions"
)]
#![expect(
    clippy::print_stdout,
    reason = "what a search came to is told, found or not"
)]

mod canaries;
mod killed;
mod memory;
mod process;
mod reached;
mod remains;
mod tap;
mod token;
mod workplace;

/// The longest that a test waits for anything. Far more than a good run needs.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(90);
