//! Named places where a test kills the program, to see what it leaves behind.
//!
//! All of them are in one list, so that a harness that goes through the list misses none. Without
//! the feature `failpoints`, which no shipped build has, they do nothing.

macro_rules! failpoints {
    ($($(#[$doc:meta])* $place:ident = $name:literal;)+) => {
        /// A place where a test can kill the program.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Failpoint { $($(#[$doc])* $place,)+ }

        #[cfg(feature = "failpoints")]
        impl Failpoint {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$place,)+];

            /// The name by which `CPIS_FAILPOINT` chooses it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$place => $name,)+ }
            }
        }
    };
}

failpoints! {
    /// A look has begun and is not on record yet.
    BeginBeforeCommit = "begin-before-commit";
    /// A look is on record as attempted, and nothing has left the computer.
    BeginAfterCommit = "begin-after-commit";
    /// A note to a local authority is not in the queue yet.
    EncloseBeforeCommit = "enclose-before-commit";
    /// A note is in the queue, and nobody has been told that it is stored.
    EncloseAfterCommit = "enclose-after-commit";
    /// A look has ended, and how is not on record yet.
    ConcludeBeforeCommit = "conclude-before-commit";
    /// How a look ended is on record, and the witness does not know it yet.
    ConcludeAfterCommit = "conclude-after-commit";
    /// How a look ended is on record, and nobody has seen the result.
    ConcludeBeforeShowing = "conclude-before-showing";
    /// A start has freed what was being sent, and not yet concluded what was only attempted.
    RecoverBeforeConcluding = "recover-before-concluding";
    /// Records are marked as being sent.
    LeaseAfterCommit = "lease-after-commit";
    /// Records are about to be sent.
    SendBeforeCall = "send-before-call";
    /// The service has answered.
    SendAfterAnswer = "send-after-answer";
    /// What the service answered is not on record yet.
    SettleBeforeCommit = "settle-before-commit";
    /// What the service answered is on record, and the witness does not know it yet.
    SettleAfterCommit = "settle-after-commit";
}

/// Ends the process as a power cut would, if `CPIS_FAILPOINT` names this place. `name:3` lets the
/// place pass three times first.
#[cfg(feature = "failpoints")]
pub(crate) fn failpoint(place: Failpoint) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicI64, Ordering};
    static CHOSEN: OnceLock<Option<(String, AtomicI64)>> = OnceLock::new();
    let chosen = CHOSEN.get_or_init(|| {
        let text = std::env::var("CPIS_FAILPOINT").ok()?;
        let (name, passes) = text.split_once(':').unwrap_or((&text, "0"));
        Some((name.to_owned(), AtomicI64::new(passes.parse().ok()?)))
    });
    if let Some((name, passes)) = chosen
        && place.name() == name
        && passes.fetch_sub(1, Ordering::SeqCst) <= 0
    {
        std::process::abort();
    }
}

/// Nothing.
#[cfg(not(feature = "failpoints"))]
pub(crate) fn failpoint(_: Failpoint) {}
