//! macOS: no core dumps.

use rustix::process::{Resource, Rlimit, setrlimit};
use std::io;

pub(super) fn harden() -> io::Result<()> {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    Ok(setrlimit(Resource::Core, none)?)
}
