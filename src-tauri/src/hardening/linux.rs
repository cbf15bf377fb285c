//! Linux: no core dumps, and no reading of this process's memory by other programs of the same user.
//!
//! The limit is one byte, not none: a limit of none is passed on to a crash reporter (apport,
//! systemd-coredump), which gets the whole dump and may keep it all the same, while at one byte the
//! kernel writes no dump at all. The webview's processes inherit it. They do not inherit that the
//! process is not dumpable, because a new program begins anew.
//!
//! A process that is not dumpable hides much of its `/proc/PID` from other programs of its user. The
//! message bus and gnome-keyring do not look there, so the keychain works. What does look there, to
//! say which program asks (portals, KeePassXC's Secret Service), may say that it does not know.

use rustix::process::{
    DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit,
};
use std::io;

/// Bytes of a core dump that are as good as none.
const LIMIT: u64 = 1;

pub(super) fn harden() -> io::Result<()> {
    // Nobody but an administrator may raise a limit that is lower already.
    let least = getrlimit(Resource::Core)
        .maximum
        .unwrap_or(LIMIT)
        .min(LIMIT);
    let limit = Rlimit {
        current: Some(least),
        maximum: Some(least),
    };
    setrlimit(Resource::Core, limit)?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(())
}
