//! Named places where a test kills the program, to see what it leaves behind.
//!
//! Without the feature `failpoints`, which no shipped build has, nothing is here.

/// Ends the process as a power cut would, if `CPIS_FAILPOINT` names this place. `name:3` lets the
/// place pass three times first.
#[cfg(feature = "failpoints")]
pub(crate) fn failpoint(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicI64, Ordering};
    static CHOSEN: OnceLock<Option<(String, AtomicI64)>> = OnceLock::new();
    let chosen = CHOSEN.get_or_init(|| {
        let text = std::env::var("CPIS_FAILPOINT").ok()?;
        let (name, passes) = text.split_once(':').unwrap_or((&text, "0"));
        Some((name.to_owned(), AtomicI64::new(passes.parse().ok()?)))
    });
    if let Some((place, passes)) = chosen
        && place == name
        && passes.fetch_sub(1, Ordering::SeqCst) <= 0
    {
        std::process::abort();
    }
}

/// Nothing.
#[cfg(not(feature = "failpoints"))]
pub(crate) fn failpoint(_: &str) {}
