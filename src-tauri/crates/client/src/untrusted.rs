//! The readers of untrusted input, as functions of bytes alone: for tests that feed them anything.
//!
//! The program itself calls what is called here; nothing is read in another way.

pub use crate::browser::identity_token::{Assurance, Expected, IdentityTokenError};
pub use crate::session::User;

use crate::browser::identity_token::verify;
use crate::browser::{ExpectedAnswer, redirect};
use crate::network::Reply;
use crate::service::{Endpoints, TokenAnswer, success};
use crate::session::{Tokens, read_user};
use axum::Router;
use chrono::{DateTime, FixedOffset};
use oauth2::CsrfToken;
use tokio::sync::mpsc;
use url::Url;

/// An answer of the service, of which only the status and the body count.
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: &'a [u8],
}

impl Answer<'_> {
    fn reply(&self) -> Reply {
        Reply {
            status: self.status,
            content_type: None,
            location: None,
            retry_after: None,
            dpop_nonce: None,
            body: self.body.to_vec(),
        }
    }
}

/// The addresses in a discovery document that is accepted.
#[must_use]
pub fn discovery(answer: &Answer<'_>) -> Option<Vec<Url>> {
    let endpoints = Endpoints::read(&answer.reply()).ok()?;
    Some(endpoints.addresses().cloned().collect())
}

/// The subject of an identity token that is believed on account of a published set of keys.
///
/// # Errors
/// [`IdentityTokenError`].
pub fn identity_token(
    keys: &Answer<'_>,
    token: &str,
    expected: &Expected<'_>,
) -> Result<String, IdentityTokenError> {
    let keys = success(&keys.reply()).map_err(|_| IdentityTokenError::UnknownKey)?;
    verify(token, &keys, expected)
}

/// When the access token in an answer of the token endpoint ends, if the answer is accepted.
#[must_use]
pub fn tokens(answer: &Answer<'_>, now: DateTime<FixedOffset>) -> Option<DateTime<FixedOffset>> {
    let answer: TokenAnswer = success(&answer.reply()).ok()?;
    Some(Tokens::new(answer, None, now).expires())
}

/// The user in an answer of the userinfo endpoint that is accepted, with the subject of their claims.
#[must_use]
pub fn user(answer: &Answer<'_>) -> Option<(Option<String>, User)> {
    read_user(&answer.reply()).ok()
}

/// The way back from the browser, without its port.
pub struct WayBack {
    arrivals: mpsc::Receiver<redirect::Returned>,
    expected: ExpectedAnswer,
}

impl WayBack {
    /// What the port serves under the name `host`, and what waits behind it for an answer with this
    /// state, of this issuer, who always names itself.
    pub fn open(host: &str, state: &str, issuer: &str) -> (Router, Self) {
        let (routes, arrivals) = redirect::routes(host.to_owned());
        let expected = ExpectedAnswer {
            state: CsrfToken::new(state.to_owned()),
            issuer: issuer.to_owned(),
            issuer_is_named: true,
        };
        (routes, Self { arrivals, expected })
    }

    /// The authorisation code, if the first answer has arrived and belongs to the request.
    #[must_use]
    pub fn code(mut self) -> Option<String> {
        let returned = self.arrivals.try_recv().ok()?;
        let code = self.expected.code_of(&returned).ok()?;
        Some(code.to_owned())
    }
}
