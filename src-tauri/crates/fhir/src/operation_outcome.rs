//! Refusals in words: OperationOutcome (FHIR R4, 2.42).

use crate::ReadError;
use crate::json::{self, Object};

/// One issue of an OperationOutcome. `Debug` leaves out the words: a server may repeat in them what
/// it was asked.
#[derive(Clone, PartialEq, Eq)]
pub struct OperationOutcome {
    /// How grave: `fatal`, `error`, `warning`, `information`.
    pub severity: String,
    /// FHIR's kind of issue, for example `forbidden`.
    pub code: String,
    /// The source's own code, for example `ACCESS_DENIED`. Compare this and never the system it
    /// comes from: three systems are in use for the same codes.
    pub details_code: Option<String>,
    /// The issue in words: `details.text`, or else the words of the code.
    pub details_text: Option<String>,
    /// More about it.
    pub diagnostics: Option<String>,
}

impl std::fmt::Debug for OperationOutcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OperationOutcome")
            .field("severity", &self.severity)
            .field("code", &self.code)
            .field("details_code", &self.details_code)
            .finish_non_exhaustive()
    }
}

/// Reads an OperationOutcome; `None` when the body is something else or holds no issue.
#[must_use]
pub fn read_operation_outcome(body: &[u8]) -> Option<Vec<OperationOutcome>> {
    issues(&json::read(body).ok()?)
        .ok()
        .filter(|issues| !issues.is_empty())
}

/// The first diagnostics among issues, or else the first words of details.
#[must_use]
pub fn diagnostics(issues: &[OperationOutcome]) -> Option<&str> {
    let diagnostics = issues.iter().find_map(|i| i.diagnostics.as_deref());
    diagnostics.or_else(|| issues.iter().find_map(|i| i.details_text.as_deref()))
}

/// The issues of an OperationOutcome.
pub(crate) fn issues(resource: &Object) -> Result<Vec<OperationOutcome>, ReadError> {
    if json::resource_type(resource) != "OperationOutcome" {
        return Err(ReadError::Unreadable(
            "another resource than an OperationOutcome",
        ));
    }
    json::objects(resource, "issue")?
        .into_iter()
        .map(issue)
        .collect()
}

fn issue(issue: &Object) -> Result<OperationOutcome, ReadError> {
    let mut details_code = None;
    let mut details_text = None;
    if let Some(details) = json::object(issue, "details")? {
        details_text = json::words(details, "text")?;
        for coding in json::objects(details, "coding")? {
            details_code = details_code.or(json::words(coding, "code")?);
            details_text = details_text.or(json::words(coding, "display")?);
        }
    }
    Ok(OperationOutcome {
        severity: json::words(issue, "severity")?.unwrap_or_default(),
        code: json::words(issue, "code")?.unwrap_or_default(),
        details_code,
        details_text,
        diagnostics: json::words(issue, "diagnostics")?,
    })
}
