//! Signing in with a card: an assertion signed by the card's key, its certificate in `x5c`.

use super::assertion::{self, Claims, Once};
use super::session::{self, Opening, Tokens};
use super::{OAuthError, token::Form};
use crate::app::App;
use crate::assurance::AssuranceLevel;
use crate::store::AssertionId;
use jsonwebtoken::{Algorithm, DecodingKey};

/// Answers `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer`.
pub(super) async fn grant(
    app: &App,
    form: &Form,
    proven: Option<&str>,
) -> Result<Tokens, OAuthError> {
    let client_id = form.required("client_id")?;
    let (user_id, once) = holder(app, form.required("assertion")?)?;
    let now = app.now().timestamp();
    let issuer = format!("card {user_id}");
    let first = app
        .ask(move |store| {
            let id = AssertionId {
                issuer: &issuer,
                id: &once.id,
                until: once.until,
            };
            store.first_use(&id, now)
        })
        .await?;
    if !first {
        return Err(OAuthError::invalid_grant(
            "the assertion's jti has been used",
        ));
    }
    let opening = Opening {
        user_id,
        client_id,
        assurance: AssuranceLevel::Three,
        bound_to: proven,
        code: None,
    };
    session::open(app, opening).await
}

/// Verifies the card's certificate and signature, and says whose card it is.
fn holder(app: &App, assertion: &str) -> Result<(String, Once), OAuthError> {
    let header = assertion::header(assertion)?;
    let certificate = header
        .x5c_der()
        .ok()
        .flatten()
        .and_then(|chain| chain.into_iter().next())
        .ok_or_else(|| OAuthError::invalid_grant("x5c does not hold a certificate"))?;
    let now = app.now();
    let holder = app
        .cards
        .holder(&certificate, now)
        .map_err(|fault| OAuthError::invalid_grant(fault.to_string()))?;
    if app.member(&holder.user_id).is_none() {
        return Err(OAuthError::invalid_grant("the card is not known"));
    }
    let (key, algorithm) = match header.alg {
        Algorithm::RS256 => (
            DecodingKey::from_rsa_der(&holder.public_key),
            Algorithm::RS256,
        ),
        _ => (
            DecodingKey::from_ec_der(&holder.public_key),
            Algorithm::ES256,
        ),
    };
    let claims: Claims = assertion::verify(assertion, &key, &[algorithm])
        .ok_or_else(|| OAuthError::invalid_grant("the card's signature does not fit"))?;
    // Programs may name themselves as the subject; a subject that is a user's number must be the
    // card's holder.
    let is_number = |claim: &str| claim.len() == 12 && claim.bytes().all(|b| b.is_ascii_digit());
    let names_another = |claim: &str| is_number(claim) && claim != holder.user_id;
    if claims.sub.as_deref().is_some_and(names_another) {
        return Err(OAuthError::invalid_grant(
            "sub names another user than the card",
        ));
    }
    let once = claims
        .check(&app.token_endpoint(), now.timestamp())
        .map_err(OAuthError::invalid_grant)?;
    Ok((holder.user_id, once))
}
