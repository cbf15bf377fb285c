//! Certificates, which a smartcard gives.

use crate::NOW;
use cpis_vault::untrusted;

const OWN: &[u8] = include_bytes!("../seeds/certificate/own");
const ISSUER: &[u8] = include_bytes!("../seeds/certificate/issuer");

/// A certificate that its issuer is said to have certified has been certified as it is.
pub fn certificate(input: &[u8]) -> bool {
    let facts = untrusted::certificate(input, &[ISSUER.to_vec()], NOW);
    if facts.issuers > 0 {
        // The issuer has certified itself, too.
        let is_in = |certified: &[u8]| input.windows(certified.len()).any(|part| part == certified);
        assert!(
            is_in(certified_part(OWN)) || is_in(certified_part(ISSUER)),
            "a certificate that the issuer never signed is in the chain"
        );
    }
    facts.issuers > 0
}

/// What the signature stands for (`tbsCertificate`, RFC 5280 section 4.1): the first element of the
/// outer sequence, whose head has four bytes.
fn certified_part(certificate: &[u8]) -> &[u8] {
    let inner = &certificate[4..];
    let whole = match inner[1] {
        0x81 => 3 + usize::from(inner[2]),
        0x82 => 4 + usize::from(u16::from_be_bytes([inner[2], inner[3]])),
        length => 2 + usize::from(length),
    };
    &inner[..whole]
}
