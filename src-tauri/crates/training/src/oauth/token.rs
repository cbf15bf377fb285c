//! The token endpoint.

use super::session::{self, Tokens};
use super::{OAuthError, browser, card, dpop, workstation};
use crate::app::App;
use crate::http::whole_body;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header;
use axum::http::request::Parts;
use std::collections::BTreeMap;
use std::sync::Arc;

const RENEWAL: &str = "refresh_token";

/// Answers a token request.
pub(super) async fn token(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Tokens, OAuthError> {
    let (parts, body) = request.into_parts();
    let form = Form::of_body(&parts, body).await?;
    let grant_type = form.required("grant_type")?;
    let answer = grant(&app, &parts, &form, grant_type).await;
    if grant_type == RENEWAL {
        app.renewals.count(&answer);
    }
    answer
}

/// The proof comes first: a request that fails over it uses up no code, assertion or refresh token.
async fn grant(
    app: &App,
    request: &Parts,
    form: &Form,
    grant_type: &str,
) -> Result<Tokens, OAuthError> {
    let proven = dpop::proven_key(app, request, None).await?;
    match grant_type {
        "urn:ietf:params:oauth:grant-type:jwt-bearer" => {
            card::grant(app, form, proven.as_deref()).await
        }
        "authorization_code" => browser::grant(app, form, proven.as_deref()).await,
        RENEWAL => session::renew(app, form, proven).await,
        "client_credentials" => workstation::grant(app, form, proven).await,
        _ => Err(OAuthError::unsupported_grant_type()),
    }
}

/// The fields of a request in form encoding.
#[derive(Default)]
pub(crate) struct Form(BTreeMap<String, String>);

impl Form {
    /// Bytes that a form may have; a certificate chain fits many times over.
    const LIMIT: usize = 64 * 1024;

    /// Reads the fields. One that comes twice is an error (RFC 6749 section 3.2).
    pub(super) async fn read(request: Request) -> Result<Self, OAuthError> {
        let (parts, body) = request.into_parts();
        Self::of_body(&parts, body).await
    }

    async fn of_body(request: &Parts, body: Body) -> Result<Self, OAuthError> {
        let media_type = request
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok());
        let is_form = media_type
            .and_then(|m| m.split(';').next())
            .is_some_and(|m| {
                m.trim()
                    .eq_ignore_ascii_case("application/x-www-form-urlencoded")
            });
        if !is_form {
            return Err(OAuthError::invalid_request(
                "the request must be form-encoded",
            ));
        }
        let body = whole_body(body, Self::LIMIT)
            .await
            .ok_or_else(|| OAuthError::invalid_request("the request is too large"))?;
        Self::of(&body)
    }

    /// Reads form-encoded fields, from a body or a query.
    pub(crate) fn of(encoded: &[u8]) -> Result<Self, OAuthError> {
        let mut fields = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(encoded) {
            let before = fields.insert(name.into_owned(), value.into_owned());
            if before.is_some() {
                return Err(OAuthError::invalid_request("a field comes twice"));
            }
        }
        Ok(Self(fields))
    }

    /// A field that may be missing.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|v| !v.is_empty())
    }

    /// A field that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, OAuthError> {
        self.get(name)
            .ok_or_else(|| OAuthError::invalid_request(format!("{name} is missing")))
    }
}
