//! The bytes of `session.sealed`.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `CPISSESS` |
//! | 1 | version, 1 |
//! | 16 | which workstation's secret it belongs to; says nothing about the secret |
//! | 8 | latest time of writing, seconds since 1970, big-endian as all numbers |
//! | 8 | the session's end |
//! | 1 | tries left |
//! | the rest but 32 | the sealed session, with the parameters of its key derivation |
//! | 32 | HMAC-SHA-256 of all before |

use crate::workstation::SessionSecrets;
use crate::{SealedSession, TRIES};
use hmac::{Hmac, Mac};
use sha2::Sha256;

const MARK: [u8; 9] = *b"CPISSESS\x01";

/// What the file says.
pub(crate) struct Layout {
    pub latest: i64,
    pub ends: i64,
    pub tries_left: u8,
    pub session: SealedSession,
}

/// What became of reading it.
pub(crate) enum Reading {
    /// All is as it was written.
    Whole(Layout),
    /// It belongs to another workstation's secret.
    OtherComputer { ends: i64 },
    /// It is cut off, altered, or no such file.
    Damaged,
}

impl Layout {
    pub fn bytes(&self, secrets: &SessionSecrets) -> Vec<u8> {
        let mut bytes = MARK.to_vec();
        bytes.extend_from_slice(&secrets.owner);
        bytes.extend_from_slice(&self.latest.to_be_bytes());
        bytes.extend_from_slice(&self.ends.to_be_bytes());
        bytes.push(self.tries_left);
        bytes.extend_from_slice(&self.session.to_bytes());
        let mut mac = mac(secrets);
        mac.update(&bytes);
        bytes.extend_from_slice(&mac.finalize().into_bytes());
        bytes
    }

    pub fn read(bytes: &[u8], secrets: &SessionSecrets) -> Reading {
        match parse(bytes) {
            Some(parsed) if parsed.owner != secrets.owner => Reading::OtherComputer {
                ends: parsed.layout.ends,
            },
            Some(parsed) => {
                let mut mac = mac(secrets);
                mac.update(parsed.authenticated);
                match mac.verify_slice(parsed.tag) {
                    Ok(()) => Reading::Whole(parsed.layout),
                    Err(_) => Reading::Damaged,
                }
            }
            None => Reading::Damaged,
        }
    }
}

struct Parsed<'a> {
    owner: [u8; 16],
    layout: Layout,
    authenticated: &'a [u8],
    tag: &'a [u8],
}

fn parse(bytes: &[u8]) -> Option<Parsed<'_>> {
    let (authenticated, tag) = bytes.split_last_chunk::<32>()?;
    let (mark, rest) = authenticated.split_first_chunk::<9>()?;
    if *mark != MARK {
        return None;
    }
    let (owner, rest) = rest.split_first_chunk::<16>()?;
    let (latest, rest) = rest.split_first_chunk::<8>()?;
    let (ends, rest) = rest.split_first_chunk::<8>()?;
    let (tries, session) = rest.split_first()?;
    let layout = Layout {
        latest: i64::from_be_bytes(*latest),
        ends: i64::from_be_bytes(*ends),
        tries_left: (*tries <= TRIES).then_some(*tries)?,
        session: SealedSession::from_bytes(session)?,
    };
    Some(Parsed {
        owner: *owner,
        layout,
        authenticated,
        tag,
    })
}

fn mac(secrets: &SessionSecrets) -> Hmac<Sha256> {
    <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(secrets.file.as_slice())
        .expect("HMAC takes a key of any length")
}
