//! Fuzz targets: everything that this program reads and did not write itself, and what must never
//! come of it.
//!
//! Each target is a function of bytes that panics when its rule is broken. The same functions run in
//! two ways: without instrumentation over all seeds and some thousand changes of them in the ordinary
//! tests (`tests/replay`), and under libFuzzer with `cargo xtask fuzz`.
//!
//! `seeds/NAME` holds inputs to begin with, `crashes/NAME` every input that once broke a rule.

mod certificate;
mod demographics;
mod discovery;
mod identity_token;
pub mod mutation;
mod plans;
mod policy;
mod redirect;
mod sealed;
pub mod secrets;
mod tokens;
mod userinfo;
mod virtual_card;

pub use certificate::certificate;
pub use demographics::{demographics, service_answers};
pub use discovery::discovery;
pub use identity_token::{identity_token, key_set};
pub use plans::{history, patient_flags, plans};
pub use policy::policy;
pub use redirect::redirect;
pub use sealed::{sealed_session, sealed_value, session_file};
pub use tokens::token_answer;
pub use userinfo::userinfo;
pub use virtual_card::virtual_card;

use peak_alloc::PeakAlloc;

/// Counts what is allocated, for the rule that a sealed session cannot fill the memory.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The moment at which every input is read, in seconds since 1970: 2026-11-18 04:26:40 UTC.
pub const NOW: i64 = 1_795_000_000;

/// A target.
pub struct Target {
    /// Its name: of the function, of the program under libFuzzer, and of the folder of its seeds.
    pub name: &'static str,
    /// Reads one input and says whether it was accepted. Panics when the rule is broken.
    pub read: fn(&[u8]) -> bool,
}

macro_rules! targets {
    ($($name:ident),* $(,)?) => {
        &[$(Target { name: stringify!($name), read: $name }),*]
    };
}

/// All of them.
pub const TARGETS: &[Target] = targets![
    certificate,
    demographics,
    discovery,
    history,
    identity_token,
    key_set,
    patient_flags,
    plans,
    policy,
    redirect,
    sealed_session,
    sealed_value,
    service_answers,
    session_file,
    token_answer,
    userinfo,
    virtual_card,
];

/// The JSON in an input. `None` also where an answer is accepted: the program does not look at what
/// it does not use, where there may be nonsense.
fn json(input: &[u8]) -> Option<serde_json::Value> {
    serde_json::from_slice(input).ok()
}
