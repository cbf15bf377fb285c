//! Refusals as the published services write them: OperationOutcome with a Spine error code.

use crate::http::FHIR_JSON;
use crate::oauth::access_token::{Challenge, TokenFault};
use crate::unavailable::Unavailable;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

/// The code system of the CP-IS examples.
const CPIS_CODES: &str = "https://fhir.nhs.uk/CodeSystem/England-SpineErrorOrWarningCode";
/// The code system of the Personal Demographics Service.
const DEMOGRAPHICS_CODES: &str = "https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode";

/// Why a request is refused. Its diagnostics name no person.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    status: StatusCode,
    issue: &'static str,
    code: &'static str,
    display: &'static str,
    system: &'static str,
    diagnostics: String,
    /// `WWW-Authenticate`, where the caller is not known.
    challenge: Option<&'static str>,
}

impl Refusal {
    fn new(
        status: StatusCode,
        issue: &'static str,
        (code, display): (&'static str, &'static str),
        diagnostics: impl Into<String>,
    ) -> Self {
        Self {
            status,
            issue,
            code,
            display,
            system: CPIS_CODES,
            diagnostics: diagnostics.into(),
            challenge: None,
        }
    }

    /// The same, under the code system of the Personal Demographics Service.
    pub(super) fn of_demographics(self) -> Self {
        Self {
            system: DEMOGRAPHICS_CODES,
            ..self
        }
    }

    /// The HTTP status.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    pub(super) fn unauthorised() -> Self {
        Self::challenged(Challenge::BEARER)
    }

    /// An authority whose credential is missing or not known.
    pub(super) fn unknown_authority() -> Self {
        Self {
            challenge: Some(Challenge::BEARER.header),
            ..Self::new(
                StatusCode::UNAUTHORIZED,
                "login",
                ACCESS_DENIED,
                "The credential of the local authority is missing, not known or no longer holds",
            )
        }
    }

    /// The loading of a file failed.
    pub(super) fn broken_off() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "transient",
            ("FAILURE_TO_PROCESS_MESSAGE", "Failure to process message"),
            "The file was not loaded to its end: send the same file again",
        )
    }

    /// There is no room for a file.
    pub(super) fn disk_full() -> Self {
        Self::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "no-store",
            ("FAILURE_TO_PROCESS_MESSAGE", "Failure to process message"),
            "The training backend's disk is full; send the same file again when there is room",
        )
    }

    pub(super) fn challenged(challenge: Challenge) -> Self {
        Self {
            challenge: Some(challenge.header),
            ..Self::new(
                StatusCode::UNAUTHORIZED,
                "login",
                ACCESS_DENIED,
                challenge.description,
            )
        }
    }

    pub(super) fn access_denied(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", ACCESS_DENIED, reason)
    }

    pub(super) fn precondition_failed(header: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid",
            ("PRECONDITION_FAILED", "Precondition failed"),
            format!("Missing or invalid header parameter: {header}"),
        )
    }

    pub(super) fn invalid_search(diagnostics: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid",
            ("INVALID_SEARCH_DATA", "Invalid search data"),
            diagnostics,
        )
    }

    pub(super) fn invalid_resource_id() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "value",
            ("INVALID_RESOURCE_ID", "Invalid resource ID"),
            "The resource ID is not a valid NHS number",
        )
    }

    pub(super) fn additional_properties() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "structure",
            ("ADDITIONAL_PROPERTIES", "Additional properties"),
            "The search has a parameter that is not supported",
        )
    }

    pub(super) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            ("RESOURCE_NOT_FOUND", "Resource not found"),
            "There is no such resource",
        )
    }

    pub(super) fn invalidated() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            ("INVALIDATED_RESOURCE", "Invalidated resource"),
            "The resource has been invalidated",
        )
    }

    pub(super) fn unsupported_service() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-supported",
            UNSUPPORTED_SERVICE,
            "There is no such endpoint",
        )
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "not-supported",
            UNSUPPORTED_SERVICE,
            "The endpoint does not take this method",
        )
    }

    /// Status 200, as the Personal Demographics Service has it.
    pub(super) fn too_many_matches() -> Self {
        Self::new(
            StatusCode::OK,
            "multiple-matches",
            ("TOO_MANY_MATCHES", "Too Many Matches"),
            "Too many matches were found; refine the search",
        )
        .of_demographics()
    }

    pub(super) fn unsupported_media_type() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not-supported",
            ("UNSUPPORTED_VALUE", "Unsupported value"),
            "The content type must be application/fhir+json",
        )
    }

    pub(super) fn too_large(diagnostics: &str) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-long",
            ("TOO_MANY_VALUES_SUBMITTED", "Too many values submitted"),
            diagnostics,
        )
    }

    pub(super) fn malformed(diagnostics: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "structure",
            ("VALIDATION_ERROR", "Validation error"),
            diagnostics,
        )
    }

    pub(super) fn unprocessable(diagnostics: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            ("VALIDATION_ERROR", "Validation error"),
            diagnostics,
        )
    }

    pub(super) fn other_content() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "conflict",
            ("FORBIDDEN_UPDATE", "Forbidden update"),
            "A resource with this id has other content",
        )
    }

    fn unavailable(why: Unavailable) -> Self {
        let (issue, code) = match why {
            Unavailable::Away => ("transient", SERVICE_UNAVAILABLE),
            Unavailable::Full => ("no-store", SERVICE_UNAVAILABLE),
            Unavailable::NotText => ("value", ("VALIDATION_ERROR", "Validation error")),
            Unavailable::Failed => (
                "exception",
                ("FAILURE_TO_PROCESS_MESSAGE", "Failure to process message"),
            ),
        };
        Self::new(why.status(), issue, code, why.words())
    }

    /// The OperationOutcome.
    pub(super) fn outcome(&self) -> Value {
        json!({
            "resourceType": "OperationOutcome",
            "id": Uuid::new_v4(),
            "issue": [{
                "severity": "error",
                "code": self.issue,
                "details": {
                    "coding": [{
                        "system": self.system,
                        "code": self.code,
                        "display": self.display,
                    }],
                },
                "diagnostics": self.diagnostics,
            }],
        })
    }
}

const ACCESS_DENIED: (&str, &str) = (
    "ACCESS_DENIED",
    "Access has been denied to process this request",
);
const SERVICE_UNAVAILABLE: (&str, &str) = ("SERVICE_UNAVAILABLE", "Service unavailable");
const UNSUPPORTED_SERVICE: (&str, &str) = ("UNSUPPORTED_SERVICE", "Unsupported service");

impl From<Unavailable> for Refusal {
    fn from(why: Unavailable) -> Self {
        Self::unavailable(why)
    }
}

impl From<TokenFault> for Refusal {
    fn from(fault: TokenFault) -> Self {
        match fault {
            TokenFault::Challenged(challenge) => Self::challenged(challenge),
            TokenFault::Unavailable(why) => Self::unavailable(why),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = answer(self.status, &self.outcome());
        if let Some(challenge) = self.challenge {
            let value = HeaderValue::from_static(challenge);
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, value);
        }
        response
    }
}

/// A FHIR answer.
pub(super) fn answer(status: StatusCode, body: &Value) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, FHIR_JSON)],
        body.to_string(),
    )
        .into_response()
}
