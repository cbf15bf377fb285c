//! The program without its window: one controller that owns all state.
//!
//! Requests come in as typed messages, views go out through the [`Window`] trait. Nothing here
//! knows of a webview, so tests drive the real controller.

mod answer;
mod browser;
mod class;
mod clinic;
mod clipboard;
mod connection;
mod controller;
mod dpop;
mod jwt;
mod keys;
mod link;
mod lock_signal;
mod lookup;
mod network;
mod notification;
mod object;
mod policy;
mod practice;
pub mod printout;
mod program;
mod request;
mod search;
mod service;
mod session;
pub mod shown;
mod support;
#[doc(hidden)]
pub mod untrusted;
mod verification;
pub mod view;
mod workstation;
mod workstation_key;
mod world;

pub use browser::Browser;
pub use class::{Class, ClassCode, JoinedClass};
pub use clipboard::{Clipboard, ClipboardFault};
pub use controller::Handle;
pub use link::LINK_SCHEME;
pub use lock_signal::LockSignal;
pub use network::{PinnedKey, PinnedKeyError};
pub use notification::Notification;
pub use policy::{
    BackendPolicy, OfficeHours, PlanSource, Policy, PolicyError, SafeguardingContact,
    SessionPolicy, SitePolicy,
};
pub use practice::{Practice, PracticeCard};
pub use program::{Keychains, Launcher, Program, Run, Start};
pub use request::{
    ClinicText, Request, TypedClass, TypedNote, TypedNotice, TypedQuestion, TypedSearch,
};
pub use verification::{VerifyError, verify_audit};
pub use workstation_key::{WorkstationKeyError, workstation_jwk};
pub use world::{
    Identifiers, Routes, SystemChance, SystemClock, SystemDisk, SystemRoutes, Window, World,
};

pub use cpis_audit::{
    Clock, Disk, Finding as AuditFinding, Jitter, LEAST_DISK, LOW_DISK, Pace, Report as AuditReport,
};
