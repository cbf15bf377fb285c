//! What every signed assertion must say (RFC 7523 section 3).

use super::OAuthError;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashSet;

/// Seconds that an assertion may hold at most.
const LONGEST: i64 = 300;
/// Seconds by which clocks may differ; NHS England's platform allows as many.
const SKEW: i64 = 10;

/// The claims of an assertion.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: Option<String>,
    pub(super) sub: Option<String>,
    aud: Option<Audience>,
    jti: Option<String>,
    exp: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// What identifies an assertion, so that it is used once.
#[derive(Debug)]
pub(super) struct Once {
    pub(super) id: String,
    pub(super) until: i64,
}

/// Verifies the signature, and reads what was signed. Nothing of that is checked: times and
/// audience are by [`Claims::check`], which is told the time.
pub(super) fn verify<C: DeserializeOwned>(
    assertion: &str,
    key: &DecodingKey,
    algorithms: &[Algorithm],
) -> Option<C> {
    let validation = Validation {
        algorithms: algorithms.to_vec(),
        required_spec_claims: HashSet::new(),
        validate_exp: false,
        validate_aud: false,
        ..Validation::default()
    };
    jsonwebtoken::decode::<C>(assertion, key, &validation)
        .ok()
        .map(|token| token.claims)
}

impl Claims {
    /// Checks audience, time and identifier.
    pub(super) fn check(&self, token_endpoint: &str, now: i64) -> Result<Once, &'static str> {
        let audience = match &self.aud {
            Some(Audience::One(one)) => one == token_endpoint,
            Some(Audience::Several(several)) => several.iter().any(|a| a == token_endpoint),
            None => false,
        };
        if !audience {
            return Err("aud must be the token endpoint");
        }
        let exp = self.exp.ok_or("exp is missing")?;
        if exp <= now {
            return Err("the assertion has expired");
        }
        if exp > now + LONGEST + SKEW {
            return Err("exp is more than 5 minutes in the future");
        }
        match &self.jti {
            Some(id) if !id.is_empty() && id.len() <= 200 => Ok(Once {
                id: id.clone(),
                until: exp,
            }),
            _ => Err("jti is missing"),
        }
    }
}

/// The header of an assertion, before anything of it is believed.
pub(super) fn header(assertion: &str) -> Result<jsonwebtoken::Header, OAuthError> {
    jsonwebtoken::decode_header(assertion)
        .map_err(|_| OAuthError::invalid_request("the assertion is not a JSON Web Token"))
}
