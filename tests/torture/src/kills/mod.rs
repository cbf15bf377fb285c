//! The program is killed, again and again, while it works with a backend that misbehaves.
//!
//! What is killed is the real program without its window ([`crate::engine`]), in a process of its
//! own. What it is judged by is what it said before it was killed, what arrived at the real training
//! backend, and what is in its ledger in the end.

mod account;
mod life;
mod mood;
mod places;
mod random;
mod twice;
mod workplace;

pub use account::Account;
pub use places::{PlaceRun, at_every_place};
pub use random::at_random;
pub use twice::at_once;
pub use workplace::Workplace;

use crate::checker::Verdict;
use std::time::Duration;

/// The longest that anything is waited for that must come. Far more than a good run needs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why a harness cannot go on.
pub type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// Ends a run: the backend is well again, everything leaves with nobody signed in, and the account
/// is closed.
///
/// # Errors
/// [`Trouble`] when the workplace cannot be used or records do not leave.
pub async fn settle(workplace: &Workplace, account: &mut Account) -> Result<Verdict, Trouble> {
    drain(workplace, account).await?;
    account.close(workplace)
}

/// One run of the program with a backend that is well, until nothing waits any more.
async fn drain(workplace: &Workplace, account: &mut Account) -> Result<(), Trouble> {
    use crate::words::Said;
    workplace.heal();
    let mut life = workplace.start(None)?;
    let gone = |said: &Said| matches!(said, Said::ToSend { waiting: 0, .. });
    let ready = life.until(|said| *said == Said::Ready).await;
    let empty = life.until(gone).await;
    if !(ready && empty) {
        account.fail("not everything left although the backend was well");
    }
    let ended = life.end().await?;
    if !ended.status.success() {
        account.fail(format!("the program ended with {}", ended.status));
    }
    account.take(&ended);
    Ok(())
}
