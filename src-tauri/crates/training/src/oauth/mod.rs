//! Signing in, renewing, signing out; enrolling workstations and giving them tokens.
//!
//! | endpoint | standard |
//! |---|---|
//! | `/.well-known/openid-configuration` | OpenID Connect Discovery 1.0 |
//! | `/oauth2/authorize` | OpenID Connect Core 3.1, with PKCE (RFC 7636) |
//! | `/oauth2/token` | RFC 6749, with RFC 7523 for cards and workstations, RFC 9449 for proofs |
//! | `/oauth2/userinfo` | OpenID Connect Core 5.3, in the shape of NHS CIS2 |
//! | `/oauth2/register` | RFC 7591 |
//! | `/oauth2/revoke` | RFC 7009 |
//! | `/oauth2/jwks` | RFC 7517 |
//!
//! Users' programs are public clients: any `client_id` is taken, and its tokens are bound to it.
//!
//! Who asks for tokens with a proof of possession (DPoP) is given tokens bound to the proven key, and
//! uses them with proofs of it; who asks without one is given bearer tokens.

pub(crate) mod access_token;
mod assertion;
pub(crate) mod browser;
mod card;
mod discovery;
pub(crate) mod dpop;
pub(crate) mod dpop_nonce;
pub(crate) mod enrolment;
mod error;
pub(crate) mod identity_key;
mod identity_token;
mod page;
pub(crate) mod renewals;
mod revocation;
mod session;
mod token;
mod userinfo;
mod workstation;

use crate::app::App;
use axum::Router;
use axum::routing::{get, post};
use std::sync::Arc;

pub(crate) use error::OAuthError;
pub(crate) use token::Form;

pub(crate) const TOKEN: &str = "/oauth2/token";
const AUTHORISE: &str = "/oauth2/authorize";
const USERINFO: &str = "/oauth2/userinfo";
const REGISTER: &str = "/oauth2/register";
const REVOKE: &str = "/oauth2/revoke";
const JWKS: &str = "/oauth2/jwks";

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route(
            "/.well-known/openid-configuration",
            get(discovery::configuration),
        )
        .route(JWKS, get(discovery::keys))
        .route(AUTHORISE, get(browser::ask).post(browser::decide))
        .route(TOKEN, post(token::token))
        .route(USERINFO, get(userinfo::userinfo).post(userinfo::userinfo))
        .route(REGISTER, post(enrolment::register))
        .route(REVOKE, post(revocation::revoke))
}
