//! What the tests of the program share: a bench with everything that outlives a program (backend,
//! clock, folders, keychain), a desk at which a person uses one, and a wire to listen on.

mod bench;
mod browser;
mod classroom;
mod clipboard;
mod clock;
mod desk;
mod disk;
mod files;
mod keychain;
mod logs;
mod views;
mod wire;

pub use bench::Bench;
pub use browser::{HandBrowser, InBrowser, go};
pub use classroom::{Classroom, MARK, OtherService, fhir, statement};
pub use clipboard::HandClipboard;
pub use clock::HandClock;
pub use desk::{Desk, not_checked, records, typed};
pub use disk::HandDisk;
pub use files::files_below;
pub use keychain::Chain;
pub use logs::logged;
pub use wire::{Recorded, Wire};

/// The longest that a test waits for anything. Far more than a good run needs.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(90);

/// Two roles: one for looks that nobody is told of, one for looks of which the authority is told.
pub const PAEDIATRICIAN: &str = "community-paediatrician";
/// One role; the authority is told.
pub const DENTIST: &str = "emergency-dentist";
/// No role that may look.
pub const RECEPTIONIST: &str = "receptionist";
