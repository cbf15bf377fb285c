//! Keeps what is in memory in memory: the first thing that the program does.
//!
//! | | Linux | macOS | Windows |
//! |---|---|---|---|
//! | no core dumps, of the webview's processes neither | yes | yes | error reporting is the system's |
//! | other programs of the same user cannot read its memory | yes | by signing for the hardened runtime | no |
//!
//! | memory is wiped when it is freed (Rust's heap) | yes | yes | yes |
//!
//! An administrator can read everything, and so can malware that gets in before.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(target_os = "macos")]
use macos as platform;
#[cfg(windows)]
use windows as platform;

use std::alloc::System;
use std::io;
use zeroizing_alloc::ZeroAlloc;

/// Wipes memory when it is freed, so that a key, a token or a name does not outlive its use. Rust's
/// heap only: not stacks, not what SQLite and the webview allocate by themselves. It is here, and not
/// in the program's `main`, so that the test that searches the memory searches this one.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

/// Hardens this process, before it holds anything worth hiding.
///
/// # Errors
/// When the operating system refuses, which it never does on its own account.
pub fn harden() -> io::Result<()> {
    platform::harden()
}
