//! Windows: nothing. Whether Windows Error Reporting keeps dumps is the computer's policy, and a
//! tighter access list for the process needs unsafe code.

use std::io;

#[expect(
    clippy::unnecessary_wraps,
    reason = "the other platforms can be refused something"
)]
pub(super) fn harden() -> io::Result<()> {
    Ok(())
}
