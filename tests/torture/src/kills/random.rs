//! Kills at random moments of random work.

use super::life::Life;
use super::{Account, Trouble, Workplace, mood};
use crate::words::Said;
use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

const SIGKILL: i32 = 9;

/// Starts and kills the program so many times.
///
/// # Errors
/// [`Trouble`] when the workplace cannot be used.
pub async fn at_random(
    workplace: &Workplace,
    account: &mut Account,
    kills: u32,
    seed: u64,
) -> Result<(), Trouble> {
    let mut chance = fastrand::Rng::with_seed(seed);
    for _ in 0..kills {
        workplace.trouble(&mut chance);
        let mut life = workplace.start(None)?;
        match chance.u32(0..10) {
            0 => pass(&mut life, chance.u64(1..250)).await,
            1..4 => {
                ready(&mut life, account).await;
                mood::trouble_tokens(workplace.backend().faults(), &mut chance);
                pass(&mut life, moment(&mut chance, 600)).await;
            }
            _ => work(&mut life, workplace, account, &mut chance).await?,
        }
        let ended = life.kill().await?;
        if ended.status.signal() != Some(SIGKILL) {
            account.fail(format!("it ended by itself, with {}", ended.status));
        }
        account.take(&ended);
    }
    Ok(())
}

async fn ready(life: &mut Life, account: &mut Account) {
    if !life.until(|said| *said == Said::Ready).await {
        account.fail("it did not start");
    }
}

/// Somebody signs in and looks at children until the moment has come.
async fn work(
    life: &mut Life,
    workplace: &Workplace,
    account: &mut Account,
    chance: &mut fastrand::Rng,
) -> Result<(), Trouble> {
    ready(life, account).await;
    life.order(&workplace.sign_in(chance)?).await;
    if chance.u32(0..20) == 0 {
        pass(life, moment(chance, 400)).await;
        return Ok(());
    }
    let in_or_not = |said: &Said| matches!(said, Said::SignedIn | Said::NotSignedIn);
    if !life.until(in_or_not).await {
        account.fail("a sign-in came to no end");
    }
    mood::trouble_tokens(workplace.backend().faults(), chance);
    let looks = chance.usize(1..6);
    for _ in 0..looks {
        let order = match chance.u32(0..4) {
            0 => workplace.note(chance),
            _ => workplace.look(chance),
        };
        account.asked(&order);
        life.order(&order).await;
    }
    // Some results are waited for, but not for long: the service may hang.
    let some = chance.usize(0..=looks);
    let patience = Duration::from_millis(chance.u64(100..1500));
    let begun = |said: &Said| matches!(said, Said::Begun(_));
    let shown = |said: &Said| matches!(said, Said::Shown { .. });
    if chance.bool() {
        life.until_so_often(some, patience, begun).await;
    } else {
        life.until_so_often(some, patience, shown).await;
    }
    // As often at once as later: what was said last is what must hold.
    if chance.bool() {
        pass(life, moment(chance, 300)).await;
    }
    Ok(())
}

/// A random time in milliseconds: as often below a tenth of the most as above.
fn moment(chance: &mut fastrand::Rng, most: u64) -> u64 {
    let most = if chance.bool() { most / 10 } else { most };
    chance.u64(0..=most)
}

/// Lets the program work for a while. The moment of a kill is the one thing here that is a time.
async fn pass(life: &mut Life, milliseconds: u64) {
    let time = Duration::from_millis(milliseconds);
    life.until_so_often(usize::MAX, time, |_| false).await;
}
