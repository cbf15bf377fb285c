//! The place where a test kills the program: the try is counted on the disk, and the passcode is not
//! checked yet.
//!
//! The program stops there for good, and says so with the empty file that `CPIS_STOP_WHEN_COUNTED`
//! names, so that the kill comes in the middle and not by luck. Without the feature `failpoints`,
//! which no shipped build has, nothing happens here.

/// Stops here, if a test wants it.
#[cfg(feature = "failpoints")]
pub(super) fn counted() {
    let Some(file) = std::env::var_os("CPIS_STOP_WHEN_COUNTED") else {
        return;
    };
    if std::fs::write(file, "").is_ok() {
        loop {
            std::thread::park();
        }
    }
}

/// Nothing.
#[cfg(not(feature = "failpoints"))]
pub(super) fn counted() {}
