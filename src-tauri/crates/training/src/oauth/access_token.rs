//! Whom the access token of a request speaks for, and the challenge where it speaks for nobody
//! (RFC 6750 section 3, RFC 9449 section 7).

use super::dpop::{self, ProofFault};
use crate::app::App;
use crate::http::header_text;
use crate::store::{Bearer, Hash, HeldToken};
use crate::unavailable::Unavailable;
use axum::http::header;
use axum::http::request::Parts;

const UNKNOWN: &str = "The access token is missing, expired or ended";

/// Why a request's access token is not accepted.
#[derive(Debug)]
pub(crate) enum TokenFault {
    /// The caller is told what is wrong.
    Challenged(Challenge),
    /// It cannot be checked now.
    Unavailable(Unavailable),
}

/// What the caller is told: the value of `WWW-Authenticate`, and words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Challenge {
    /// The value of `WWW-Authenticate`.
    pub(crate) header: &'static str,
    /// The OAuth error in it.
    pub(crate) error: &'static str,
    /// What is wrong. It names no person.
    pub(crate) description: &'static str,
}

/// A challenge of the scheme DPoP, with the algorithms of [`dpop::ALGORITHMS`].
macro_rules! dpop_challenge {
    ($error:literal, $description:expr) => {
        Challenge {
            header: concat!("DPoP error=\"", $error, "\", algs=\"RS512 RS256 ES256\""),
            error: $error,
            description: $description,
        }
    };
}

impl Challenge {
    /// No token, or one that does not hold.
    pub(crate) const BEARER: Self = Self {
        header: "Bearer error=\"invalid_token\"",
        error: "invalid_token",
        description: UNKNOWN,
    };
}

impl From<Unavailable> for TokenFault {
    fn from(why: Unavailable) -> Self {
        Self::Unavailable(why)
    }
}

impl From<ProofFault> for TokenFault {
    fn from(fault: ProofFault) -> Self {
        Self::Challenged(match fault {
            ProofFault::Invalid(why) => dpop_challenge!("invalid_dpop_proof", why),
            ProofFault::NonceNeeded => dpop_challenge!(
                "use_dpop_nonce",
                "The proof must hold the nonce of the DPoP-Nonce header"
            ),
            ProofFault::Unavailable(why) => return Self::Unavailable(why),
        })
    }
}

/// How a token comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Bearer,
    Dpop,
}

/// What a request presents.
pub(crate) enum Presented {
    /// A token without a proof, which the store is still to be asked about, and
    /// [`held_by_bearer`] after it.
    Bearer(Hash),
    /// A token that holds, with a proof of the key to which it is bound.
    Proven(Bearer),
}

/// Whom the request's access token speaks for. A token that is bound to a key comes with a proof
/// of that key, any other without.
pub(crate) async fn bearer(app: &App, request: &Parts) -> Result<Bearer, TokenFault> {
    match presented(app, request).await? {
        Presented::Proven(bearer) => Ok(bearer),
        Presented::Bearer(hash) => {
            let now = app.now().timestamp();
            let held = app.ask(move |store| store.bearer(&hash, now)).await?;
            held_by_bearer(held).map_err(TokenFault::Challenged)
        }
    }
}

/// Whom a token speaks for that came without a proof.
pub(crate) fn held_by_bearer(held: Option<HeldToken>) -> Result<Bearer, Challenge> {
    let held = held.ok_or(Challenge::BEARER)?;
    match held.bound_to {
        None => Ok(held.bearer),
        Some(_) => Err(dpop_challenge!(
            "invalid_token",
            "The access token is bound to a key and comes with a proof of it"
        )),
    }
}

/// What the request presents; a proof is judged.
pub(crate) async fn presented(app: &App, request: &Parts) -> Result<Presented, TokenFault> {
    let refused = |challenge| Err(TokenFault::Challenged(challenge));
    let Some((scheme, token)) = credentials(request) else {
        return refused(Challenge::BEARER);
    };
    let hash = Hash::of(token);
    if scheme == Scheme::Bearer {
        return Ok(Presented::Bearer(hash));
    }
    let now = app.now().timestamp();
    let Some(held) = app.ask(move |store| store.bearer(&hash, now)).await? else {
        return refused(dpop_challenge!("invalid_token", UNKNOWN));
    };
    let Some(bound_to) = held.bound_to else {
        return refused(dpop_challenge!(
            "invalid_token",
            "The access token is not bound to a key"
        ));
    };
    match dpop::proven_key(app, request, Some(token)).await? {
        None => refused(dpop_challenge!(
            "invalid_dpop_proof",
            "the proof is missing"
        )),
        Some(key) if key != bound_to => refused(dpop_challenge!(
            "invalid_token",
            "The access token is bound to another key"
        )),
        Some(_) => Ok(Presented::Proven(held.bearer)),
    }
}

fn credentials(request: &Parts) -> Option<(Scheme, &str)> {
    let text = header_text(&request.headers, &header::AUTHORIZATION)?;
    let (scheme, token) = text.split_once(' ')?;
    let scheme = match scheme {
        s if s.eq_ignore_ascii_case("Bearer") => Scheme::Bearer,
        s if s.eq_ignore_ascii_case("DPoP") => Scheme::Dpop,
        _ => return None,
    };
    Some((scheme, token.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_names_every_algorithm() {
        let names = dpop::ALGORITHMS.map(|(name, _)| name).join(" ");
        let challenge = dpop_challenge!("invalid_token", UNKNOWN);
        assert_eq!(
            challenge.header,
            format!("DPoP error=\"invalid_token\", algs=\"{names}\"")
        );
    }
}
