//! Virtual cards: PKCS#12 files.

use crate::NOW;
use crate::secrets::passcode;
use cpis_vault::untrusted;
use std::sync::LazyLock;

const WHOLE: &[u8] = include_bytes!("../seeds/virtual_card/whole");

/// The card as it was made: its certificates.
static CHAIN: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| chain(WHOLE).expect("the card as it was made opens"));

/// A file that opens is the card that was made, whatever else was changed in it.
pub fn virtual_card(input: &[u8]) -> bool {
    let opened = chain(input);
    if let Some(chain) = &opened {
        assert_eq!(*chain, *CHAIN, "a changed card was opened");
    }
    opened.is_some()
}

fn chain(file: &[u8]) -> Option<Vec<Vec<u8>>> {
    let card = untrusted::virtual_card(file, &passcode(), NOW)?.ok()?;
    Some(card.chain().to_vec())
}
