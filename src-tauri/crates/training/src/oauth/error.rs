//! OAuth errors (RFC 6749 section 5.2, RFC 6750, RFC 7591, RFC 9449).

use super::access_token::{Challenge, TokenFault};
use super::dpop::ProofFault;
use crate::TrainingError;
use crate::unavailable::Unavailable;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// The error of a proof that lacks the current nonce (RFC 9449 section 8).
const USE_NONCE: &str = "use_dpop_nonce";

/// An OAuth error. The description is for the people who set up clients; it names no person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OAuthError {
    status: StatusCode,
    error: &'static str,
    description: String,
    /// Of the access token, where that is what is wrong.
    challenge: Option<Challenge>,
}

impl OAuthError {
    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self {
            status,
            error,
            description: description.into(),
            challenge: None,
        }
    }

    pub(crate) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    pub(crate) fn invalid_grant(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_grant", description)
    }

    pub(crate) fn invalid_client(description: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", description)
    }

    pub(crate) fn invalid_client_metadata(description: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_client_metadata",
            description,
        )
    }

    pub(crate) fn invalid_token(description: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_token", description)
    }

    pub(super) fn invalid_dpop_proof(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_dpop_proof", description)
    }

    /// Whether the request was sent back for a nonce only.
    pub(super) fn asks_for_nonce(&self) -> bool {
        self.error == USE_NONCE
    }

    pub(crate) fn unsupported_grant_type() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "see grant_types_supported",
        )
    }

    pub(super) fn server_error() -> Self {
        Self::unavailable(Unavailable::Failed)
    }

    fn unavailable(why: Unavailable) -> Self {
        let error = match why {
            Unavailable::Away | Unavailable::Full => "temporarily_unavailable",
            Unavailable::NotText => "invalid_request",
            Unavailable::Failed => "server_error",
        };
        Self::new(why.status(), error, why.words())
    }
}

impl From<Unavailable> for OAuthError {
    fn from(why: Unavailable) -> Self {
        Self::unavailable(why)
    }
}

impl From<ProofFault> for OAuthError {
    fn from(fault: ProofFault) -> Self {
        match fault {
            ProofFault::Invalid(why) => Self::invalid_dpop_proof(why),
            ProofFault::NonceNeeded => {
                Self::new(StatusCode::BAD_REQUEST, USE_NONCE, fault.to_string())
            }
            ProofFault::Unavailable(why) => Self::unavailable(why),
        }
    }
}

impl From<TokenFault> for OAuthError {
    fn from(fault: TokenFault) -> Self {
        match fault {
            TokenFault::Challenged(challenge) => Self {
                challenge: Some(challenge),
                ..Self::new(
                    StatusCode::UNAUTHORIZED,
                    challenge.error,
                    challenge.description,
                )
            },
            TokenFault::Unavailable(why) => Self::unavailable(why),
        }
    }
}

impl From<TrainingError> for OAuthError {
    fn from(error: TrainingError) -> Self {
        tracing::error!(%error, "an OAuth request failed");
        Self::unavailable(Unavailable::of(&error))
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.error, "error_description": self.description });
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = match self.challenge {
                Some(challenge) => challenge.header.to_owned(),
                None => format!("Bearer error=\"{}\"", self.error),
            };
            if let Ok(value) = HeaderValue::from_str(&challenge) {
                response
                    .headers_mut()
                    .insert(header::WWW_AUTHENTICATE, value);
            }
        }
        response
    }
}
