//! Kills at every named place of the audit trail.

use super::{Account, PATIENCE, Trouble, Workplace, drain, mood};
use crate::words::{Order, Said};
use cpis_audit::Failpoint;
use std::os::unix::process::ExitStatusExt;

const SIGABRT: i32 = 6;

/// The program was to die at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceRun {
    /// The place.
    pub place: Failpoint,
    /// Whether the run before had left a look that was only attempted.
    pub unended: bool,
    /// Whether it died there.
    pub hit: bool,
}

/// Lets the program die once at every place, and at those that a start passes too once more at a
/// start that finds a look unended. After each the backend takes everything.
///
/// # Errors
/// [`Trouble`] when the workplace cannot be used.
pub async fn at_every_place(
    workplace: &Workplace,
    account: &mut Account,
    seed: u64,
) -> Result<Vec<PlaceRun>, Trouble> {
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut runs = Vec::new();
    for &place in Failpoint::ALL {
        for &unended in unended(place) {
            if unended {
                leave_unended(workplace, account, &mut chance).await?;
            }
            workplace.heal();
            let mut life = workplace.start(Some(place.name()))?;
            let order = match place {
                Failpoint::EncloseBeforeCommit | Failpoint::EncloseAfterCommit => {
                    workplace.note(&mut chance)
                }
                _ => workplace.look(&mut chance),
            };
            life.order(&workplace.sign_in(&mut chance)?).await;
            account.asked(&order);
            life.order(&order).await;
            let ended = life.died().await?;
            let hit = ended.status.signal() == Some(SIGABRT);
            if !hit {
                let how = ended.status;
                account.fail(format!("{} was not hit: {how}", place.name()));
            }
            account.take(&ended);
            runs.push(PlaceRun {
                place,
                unended,
                hit,
            });
            drain(workplace, account).await?;
        }
    }
    Ok(runs)
}

/// With what the program is to be found: without and with a look that is only attempted.
fn unended(place: Failpoint) -> &'static [bool] {
    match place {
        Failpoint::ConcludeBeforeCommit | Failpoint::ConcludeAfterCommit => &[false, true],
        Failpoint::RecoverBeforeConcluding => &[true],
        _ => &[false],
    }
}

/// Kills the program while a look hangs.
async fn leave_unended(
    workplace: &Workplace,
    account: &mut Account,
    chance: &mut fastrand::Rng,
) -> Result<(), Trouble> {
    workplace.heal();
    mood::hang_looks(workplace.backend().faults());
    let mut life = workplace.start(None)?;
    let look: Order = workplace.look(chance);
    life.order(&workplace.sign_in(chance)?).await;
    account.asked(&look);
    life.order(&look).await;
    let begun = |said: &Said| matches!(said, Said::Begun(_));
    if !life.until_so_often(1, PATIENCE, begun).await {
        account.fail("a look did not begin");
    }
    account.take(&life.kill().await?);
    Ok(())
}
