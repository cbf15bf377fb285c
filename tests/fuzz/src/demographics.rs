//! Answers about people and about our own records.

use crate::json;
use cpis_fhir::{
    PatientSearch, canonical_json, diagnostics, read_audit_event, read_batch_response,
    read_capability_statement, read_operation_outcome, read_patient, read_patient_search,
};
use cpis_record::DateOfBirth;
use serde_json::Value;

/// Nobody is found whose number is not in the text.
pub fn demographics(input: &[u8]) -> bool {
    let text = String::from_utf8_lossy(input);
    // A text may be escaped; then its digits cannot be looked for.
    let is_plain = !text.contains('\\');
    let named = |number: &cpis_record::NhsNumber| !is_plain || text.contains(&number.digits());
    let patient = read_patient(input);
    if let Ok(patient) = &patient {
        assert!(named(&patient.nhs_number), "a person was made up");
    }
    // The days of the published examples, and of the seeds made from them.
    let search = ["2010-10-22", "2005-06-16"]
        .into_iter()
        .filter_map(|day| day.parse().ok().map(DateOfBirth::received))
        .find_map(|born| read_patient_search(input, born).ok());
    if let Some(PatientSearch::Matches(matches)) = &search {
        assert!(
            matches.iter().all(|found| named(&found.patient.nhs_number)),
            "a person was made up"
        );
    }
    patient.is_ok() || search.is_some()
}

/// What the service says of itself, of a refusal, and of records that it received: a receipt is
/// read for nothing that is not in the text, and the canonical form of a record stays what it is.
pub fn service_answers(input: &[u8]) -> bool {
    let mut accepted = read_capability_statement(input).is_ok() || read_audit_event(input).is_ok();
    if let Some(issues) = read_operation_outcome(input) {
        accepted = true;
        assert!(!issues.is_empty());
        let _ = diagnostics(&issues);
    }
    if let Ok(responses) = read_batch_response(input) {
        accepted = true;
        let read = json(input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input));
        let held = read.map(|read| read["entry"].as_array().map_or(0, Vec::len));
        assert_eq!(Some(responses.len()), held, "an entry was made up or lost");
    }
    if let Some(value) = json(input).filter(is_whole) {
        let canonical = canonical_json(&value);
        let again: Value =
            serde_json::from_slice(&canonical).expect("the canonical form of JSON is JSON");
        assert_eq!(canonical_json(&again), canonical);
    }
    accepted
}

/// Whether every number is whole, as all numbers of our records are.
fn is_whole(value: &Value) -> bool {
    match value {
        Value::Number(number) => !number.is_f64(),
        Value::Array(values) => values.iter().all(is_whole),
        Value::Object(members) => members.values().all(is_whole),
        _ => true,
    }
}
