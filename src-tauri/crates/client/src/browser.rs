//! Signing in in the system's browser: OpenID Connect code flow with PKCE (OpenID Connect Core 1.0
//! section 3.1, RFC 7636), back to this computer by its loopback address (RFC 8252 section 7.3).
//!
//! # What is kept
//!
//! State, nonce and the verifier of PKCE, in memory, until the browser comes back, the person gives
//! up or the time is over. The authorisation code is used once and dropped. Of the identity token
//! only its subject is kept, to be compared with the user's claims.

pub(crate) mod identity_token;
pub(crate) mod redirect;

pub(crate) use identity_token::{Assurance, IdentityTokenError};

use crate::service::{Service, ServiceFault, TokenAnswer, success};
use crate::world::World;
use identity_token::{Expected, verify};
use jsonwebtoken::jwk::JwkSet;
use oauth2::{CsrfToken, PkceCodeChallenge, PkceCodeVerifier};
use redirect::{Redirect, Returned};
use std::io;
use url::Url;

/// How long a person may take in the browser.
pub(crate) const PATIENCE: chrono::Duration = chrono::Duration::minutes(5);

/// Opens the system's browser.
pub trait Browser: Send + Sync {
    /// Opens a page. Must not wait for it.
    ///
    /// # Errors
    /// No browser could be started.
    fn open(&self, address: &Url) -> io::Result<()>;
}

/// Why a sign-in in the browser gave no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BrowserFault {
    /// The service does not offer it. For the IT department: policy asks for something else.
    #[error("the service does not offer sign-in in the browser")]
    NotOffered,
    /// No browser could be started. For the IT department.
    #[error("no browser could be started")]
    NoBrowser,
    /// No port of this computer could be opened for the browser to come back to.
    #[error("the browser has no way back")]
    NoWayBack,
    /// The person refused, or gave up, in the browser.
    #[error("the sign-in was refused in the browser")]
    Refused,
    /// What the browser brought does not belong to this sign-in (state, issuer, or no code). The
    /// person can begin anew; support should know when it happens again.
    #[error("the browser's answer does not belong to this sign-in")]
    Foreign,
    /// The identity token is not to be trusted. For support.
    #[error("the identity token is not accepted: {0}")]
    Identity(#[from] IdentityTokenError),
    /// The service did not answer as it should.
    #[error(transparent)]
    Service(#[from] ServiceFault),
}

/// A sign-in under way: the browser has been sent out.
pub(crate) struct BrowserSignIn {
    redirect: Redirect,
    request: AuthorisationRequest,
}

/// What was asked, with which the answers are compared.
struct AuthorisationRequest {
    answer: ExpectedAnswer,
    nonce: CsrfToken,
    verifier: PkceCodeVerifier,
}

/// What the browser's answer must bring to belong to a request.
pub(crate) struct ExpectedAnswer {
    pub state: CsrfToken,
    pub issuer: String,
    /// Whether the issuer always names itself (RFC 9207 section 3).
    pub issuer_is_named: bool,
}

/// What it ends in: tokens, and whose they are.
pub(crate) struct Identified {
    pub tokens: TokenAnswer,
    pub subject: String,
}

impl BrowserSignIn {
    /// Opens the way back and sends the browser out.
    pub async fn begin(
        service: &Service,
        world: &World,
        least: Assurance,
    ) -> Result<Self, BrowserFault> {
        let endpoints = service.endpoints().await?;
        let (Some(page), Some(_)) = (&endpoints.authorization_endpoint, &endpoints.jwks_uri) else {
            return Err(BrowserFault::NotOffered);
        };
        // OpenID Connect Discovery 1.0 section 4.3: the document must speak for where it was found.
        if !same_issuer(&endpoints.issuer, service.base().as_str()) {
            return Err(BrowserFault::Identity(IdentityTokenError::Issuer));
        }
        let redirect = Redirect::listen()
            .await
            .map_err(|_| BrowserFault::NoWayBack)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (state, nonce) = (CsrfToken::new_random(), CsrfToken::new_random());
        let mut page = page.clone();
        page.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", service.client_id()),
            ("redirect_uri", redirect.address()),
            ("scope", "openid profile nationalrbacaccess associatedorgs"),
            ("state", state.secret()),
            ("nonce", nonce.secret()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
            // A service need not say how sure it is unless it is asked (OpenID Connect Core 1.0
            // section 2, acr).
            ("acr_values", least.classes()),
            // Whoever sat here before must not be signed in by their browser's memory.
            ("prompt", "login"),
        ]);
        world.browser.open(&page).map_err(|error| {
            tracing::error!(%error, "no browser could be started");
            BrowserFault::NoBrowser
        })?;
        let request = AuthorisationRequest {
            answer: ExpectedAnswer {
                state,
                issuer: endpoints.issuer.clone(),
                issuer_is_named: endpoints.authorization_response_iss_parameter_supported,
            },
            nonce,
            verifier,
        };
        Ok(Self { redirect, request })
    }

    /// Waits for the browser to come back, and exchanges what it brings. Dropping the future closes
    /// the way back.
    pub async fn finish(
        self,
        service: &Service,
        world: &World,
        least: Assurance,
    ) -> Result<Identified, BrowserFault> {
        let Self { redirect, request } = self;
        let address = redirect.address().to_owned();
        let returned = redirect.returned().await;
        let code = request.answer.code_of(&returned)?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", address.as_str()),
            ("client_id", service.client_id()),
            ("code_verifier", request.verifier.secret()),
        ];
        let tokens = service.user_token(&form).await?;
        let token = tokens.id_token.as_deref();
        let token = token.ok_or(IdentityTokenError::Missing)?;
        let expected = Expected {
            issuer: &request.answer.issuer,
            client_id: service.client_id(),
            nonce: request.nonce.secret(),
            access_token: &tokens.access_token,
            now: world.clock.now().timestamp(),
            least,
        };
        let subject = match verify(token, &keys(service).await?, &expected) {
            // The service has changed its key since the keys were read (OpenID Connect Core 1.0
            // section 10.1.1). Asked once more, not for ever.
            Err(IdentityTokenError::UnknownKey) => verify(token, &keys(service).await?, &expected)?,
            other => other?,
        };
        Ok(Identified { tokens, subject })
    }
}

impl ExpectedAnswer {
    /// The code, if the answer belongs to this sign-in.
    pub fn code_of<'a>(&self, returned: &'a Returned) -> Result<&'a str, BrowserFault> {
        let value = |name: &str| returned.only(name);
        if value("state") != Some(self.state.secret().as_str()) {
            return Err(BrowserFault::Foreign);
        }
        match value("iss") {
            Some(named) if named == self.issuer => {}
            None if !self.issuer_is_named => {}
            // An answer of another server, mixed in (RFC 9207 section 1).
            _ => return Err(BrowserFault::Foreign),
        }
        match (value("error"), value("code")) {
            (Some(error), _) => {
                tracing::warn!(error = %plain(error), "the sign-in was refused in the browser");
                Err(BrowserFault::Refused)
            }
            (None, Some(code)) => Ok(code),
            (None, None) => Err(BrowserFault::Foreign),
        }
    }
}

async fn keys(service: &Service) -> Result<JwkSet, BrowserFault> {
    let address = service.endpoints().await?.jwks_uri.clone();
    let address = address.ok_or(BrowserFault::NotOffered)?;
    let reply = service.get(address).await.map_err(ServiceFault::from)?;
    Ok(success(&reply)?)
}

/// Issuers are compared as text (OpenID Connect Core 1.0 section 3.1.3.7); the policy's address may
/// have a slash at its end, or not.
fn same_issuer(published: &str, address: &str) -> bool {
    published.trim_end_matches('/') == address.trim_end_matches('/')
}

/// An error code as RFC 6749 section 4.1.2.1 permits it; a log takes nothing else from outside.
fn plain(error: &str) -> &str {
    let fits = error.len() <= 40 && error.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if fits { error } else { "of another form" }
}
