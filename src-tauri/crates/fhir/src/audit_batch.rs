//! Many audit records in one request: a Bundle of type `batch` (FHIR R4, 3.1.0.11), and its response.

use crate::ReadError;
use crate::json::{self, Object};
use crate::operation_outcome::{self, OperationOutcome};
use serde_json::{Value, json};

/// The most records in one batch.
pub const BATCH_LIMIT: usize = 100;

/// What became of one entry of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryResponse {
    /// The HTTP status: 201 for a new record, 200 for one that was there already with the same
    /// content, 409 for one with other content.
    pub status: u16,
    /// Where the record is; for an accepted one, the receipt.
    pub location: Option<String>,
    /// Why it was refused, where the server says so.
    pub outcome: Option<OperationOutcome>,
}

/// Writes a batch that puts each AuditEvent under its own id, so that sending it twice stores it
/// once.
///
/// Takes at most [`BATCH_LIMIT`] events. Those beyond it are not in the batch and have no entry in
/// the response: they belong into the next one.
#[must_use]
pub fn write_audit_batch(events: &[Value]) -> Value {
    let entry = |event: &Value| {
        let id = event["id"].as_str().unwrap_or_default();
        json!({
            "fullUrl": format!("urn:uuid:{id}"),
            "resource": event,
            "request": { "method": "PUT", "url": format!("AuditEvent/{id}") },
        })
    };
    let entries: Vec<Value> = events.iter().take(BATCH_LIMIT).map(entry).collect();
    json!({ "resourceType": "Bundle", "type": "batch", "entry": entries })
}

/// Reads the response to a batch: one element for each entry, in the same order.
///
/// Whether there are as many as were sent is for the sender to compare.
///
/// # Errors
/// [`ReadError`] when the body is not a `batch-response`, or an entry has no readable status. Then
/// nothing is known of any entry.
pub fn read_batch_response(body: &[u8]) -> Result<Vec<EntryResponse>, ReadError> {
    let bundle = json::read_resource(body)?;
    if json::resource_type(&bundle) != "Bundle" {
        return Err(ReadError::Unreadable("another resource than a Bundle"));
    }
    if json::text(&bundle, "type")? != Some("batch-response") {
        return Err(ReadError::Unreadable(
            "a Bundle that is not a batch-response",
        ));
    }
    json::objects(&bundle, "entry")?
        .into_iter()
        .map(entry_response)
        .collect()
}

fn entry_response(entry: &Object) -> Result<EntryResponse, ReadError> {
    let response = json::object(entry, "response")?
        .ok_or(ReadError::Incomplete("an entry without a response"))?;
    let status = json::text(response, "status")?
        .and_then(status_code)
        .ok_or(ReadError::Unreadable("an entry without a status"))?;
    let outcome = match json::object(response, "outcome")? {
        Some(outcome) => Some(outcome),
        None => json::object(entry, "resource")?
            .filter(|resource| json::resource_type(resource) == "OperationOutcome"),
    };
    let outcome = match outcome {
        Some(outcome) => operation_outcome::issues(outcome)?.into_iter().next(),
        None => None,
    };
    Ok(EntryResponse {
        status,
        location: json::words(response, "location")?,
        outcome,
    })
}

/// The code of a status such as `201` or `201 Created`.
fn status_code(status: &str) -> Option<u16> {
    let code = status.split(' ').next()?;
    let fits = code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| code.parse().ok()).flatten()
}
