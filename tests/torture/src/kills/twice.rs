//! The program is started a second time on the same folder.

use super::{Account, Trouble, Workplace};
use crate::words::Said;

/// Starts the program twice. The second must refuse, and the first must go on.
///
/// # Errors
/// [`Trouble`] when the workplace cannot be used.
pub async fn at_once(workplace: &Workplace, account: &mut Account) -> Result<(), Trouble> {
    workplace.heal();
    let mut first = workplace.start(None)?;
    let ready = first.until(|said| *said == Said::Ready).await;
    let mut second = workplace.start(None)?;
    let refused = second
        .until(|said| matches!(said, Said::CannotStart(why) if why.contains("InUse")))
        .await;
    if !(ready && refused) {
        account.fail("a second run on the same folder was not refused");
    }
    // It says that it cannot start, which would count against a run that should.
    second.kill().await?;
    account.take(&first.end().await?);
    Ok(())
}
