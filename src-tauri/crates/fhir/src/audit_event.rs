//! Our audit record of one view: an AuditEvent in the shape of IHE's Basic Audit Log Patterns (BALP
//! 1.1.4, PatientQuery; Query for a search that knows no NHS number), with the agents and entities that NHS England's Patient Audit Record
//! Service uses (England-AuditEvent-PARS 0.0.2).
//!
//! It says who looked at whom, when, in which mode, by which request, and how it ended. It never
//! says what was found: a search for a person names nobody that it matched, which the demographics
//! service records itself. The two sources disagree once: England-AuditEvent wants `what` in every
//! entity and BALP forbids it in the query; BALP is followed.

use crate::canonical_json;
use crate::system;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, FixedOffset, SecondsFormat};
use cpis_record::{CareSetting, Mode, NhsNumber, NotCheckedCause, Viewer};
use serde_json::{Value, json};

/// How the request of a record begins where a kept copy was opened and the service asked nothing.
pub const KEPT_COPY: &str = "Kept copy of the answer to ";

/// How a view ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditOutcome {
    /// The answer was shown, whatever it was. FHIR outcome 0.
    Shown,
    /// Nothing could be shown, for this cause. FHIR outcome 4; the code of the cause goes into
    /// `outcomeDesc`.
    NotChecked(NotCheckedCause),
    /// It was begun, and whether something was shown cannot be told. FHIR outcome 8.
    Attempted,
}

impl AuditOutcome {
    /// The code of the outcome (FHIR AuditEventOutcome).
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Shown => 0,
            Self::NotChecked(_) => 4,
            Self::Attempted => 8,
        }
    }
}

/// Where the view took place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workstation {
    /// The workstation's identifier.
    pub id: String,
    /// The program, as name and version: `cpis-check/0.1.0`.
    pub product: String,
}

/// What binds a record to the workstation's record before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainLink {
    /// The record's place, 1 for the workstation's first. FHIR's `unsignedInt` ends at 2^31 - 1, far
    /// beyond the views of one workstation.
    pub sequence: u64,
    /// The hash of the record before it, hexadecimal; empty for the first.
    pub previous: String,
}

/// Everything an audit record says. `Debug` is redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// The view's id (UUIDv7), which is also the record's and the requests' TraceID.
    pub id: String,
    /// When the view took place.
    pub recorded: DateTime<FixedOffset>,
    /// Who looked.
    pub viewer: Viewer,
    /// At whom. `None` for a search for a person, where `request` says who was sought.
    pub person: Option<NhsNumber>,
    /// Whether the local authority is told.
    pub mode: Mode,
    /// The care setting, where policy names one.
    pub care_setting: Option<CareSetting>,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// Where.
    pub workstation: Workstation,
    /// The address of the backend.
    pub backend: String,
    /// The request as sent, request line and headers; written in base64.
    pub request: String,
    /// The place in the workstation's chain.
    pub chain: ChainLink,
}

impl std::fmt::Debug for AuditRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditRecord")
            .field("id", &self.id)
            .field("outcome", &self.outcome)
            .field("chain", &self.chain)
            .finish_non_exhaustive()
    }
}

/// Writes the AuditEvent of a view, without its own hash: that is made over this value and added by
/// [`with_own_hash`].
///
/// The profile is named only where the view succeeded, since it is one of successful queries.
#[must_use]
pub fn write_audit_event(record: &AuditRecord) -> Value {
    let mut event = json!({
        "resourceType": "AuditEvent",
        "id": record.id,
        "extension": [access_extension(record), chain_extension(&record.chain)],
        "type": {
            "system": system::AUDIT_EVENT_TYPE,
            "code": "rest",
            "display": "RESTful Operation",
        },
        "subtype": [{
            "system": system::RESTFUL_INTERACTION,
            "code": "search",
            "display": "search",
        }],
        "action": "E",
        "recorded": record.recorded.to_rfc3339_opts(SecondsFormat::Millis, false),
        "outcome": record.outcome.code().to_string(),
        "agent": agents(record),
        "source": {
            "observer": workstation(&record.workstation),
            "type": [{
                "system": system::SECURITY_SOURCE_TYPE,
                "code": "1",
                "display": "User Device",
            }],
        },
        "entity": entities(record),
    });
    match record.outcome {
        AuditOutcome::Shown => event["meta"] = json!({ "profile": [profile(record)] }),
        AuditOutcome::NotChecked(cause) => event["outcomeDesc"] = cause.code().into(),
        AuditOutcome::Attempted => {}
    }
    remove_blanks(&mut event);
    event
}

fn profile(record: &AuditRecord) -> &'static str {
    match record.person {
        Some(_) => system::BALP_PATIENT_QUERY,
        None => system::BALP_QUERY,
    }
}

/// Writes the AuditEvent of a view as canonical JSON with its own hash, which `hash` makes over the
/// canonical JSON without it. The same bytes as [`crate::canonical_json`] of [`with_own_hash`], in one
/// pass.
///
/// # Panics
/// Never: each event has a chain extension.
#[must_use]
pub fn write_hashed_audit_event(
    record: &AuditRecord,
    hash: impl FnOnce(&[u8]) -> String,
) -> HashedAuditEvent {
    let mut json = canonical_json(&write_audit_event(record));
    let hash = hash(&json);
    // No text can hold this: its quotation marks would be escaped.
    let end_of_chain = format!(r#"],"url":"{}"}}"#, system::CHAIN_EXTENSION);
    let place = json
        .windows(end_of_chain.len())
        .position(|window| window == end_of_chain.as_bytes())
        .expect("write_audit_event puts the sequence into a chain extension");
    let own = format!(r#",{{"url":"hash","valueString":{}}}"#, json!(hash));
    json.splice(place..place, own.into_bytes());
    HashedAuditEvent { json, hash }
}

/// An AuditEvent that carries its own hash.
#[derive(Clone, PartialEq, Eq)]
pub struct HashedAuditEvent {
    /// The event as canonical JSON.
    pub json: Vec<u8>,
    /// Its own hash, hexadecimal.
    pub hash: String,
}

/// FHIR has no empty texts, lists or objects (FHIR R4, 2.6.2): what is blank is left out.
fn remove_blanks(value: &mut Value) -> bool {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !remove_blanks(member));
            members.is_empty()
        }
        Value::Array(values) => {
            values.retain_mut(|value| !remove_blanks(value));
            values.is_empty()
        }
        Value::String(text) => text.trim().is_empty(),
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Adds the record's own hash to the chain extension, in place of any other.
#[must_use]
pub fn with_own_hash(event: Value, hash: &str) -> Value {
    let mut event = without_own_hash(event);
    if let Some(parts) = chain_parts(&mut event) {
        parts.push(json!({ "url": "hash", "valueString": hash }));
    }
    event
}

/// The record as it was when its own hash was made.
#[must_use]
pub fn without_own_hash(mut event: Value) -> Value {
    if let Some(parts) = chain_parts(&mut event) {
        parts.retain(|part| part["url"] != "hash");
    }
    event
}

fn chain_parts(event: &mut Value) -> Option<&mut Vec<Value>> {
    event
        .get_mut("extension")?
        .as_array_mut()?
        .iter_mut()
        .find(|extension| extension["url"] == system::CHAIN_EXTENSION)?
        .get_mut("extension")?
        .as_array_mut()
}

fn access_extension(record: &AuditRecord) -> Value {
    let mut parts = vec![json!({
        "url": "unscheduled",
        "valueBoolean": record.mode == Mode::Unscheduled,
    })];
    if let Some(setting) = record.care_setting {
        parts.push(json!({ "url": "care-setting", "valueCode": setting.id() }));
    }
    json!({ "url": system::ACCESS_EXTENSION, "extension": parts })
}

fn chain_extension(chain: &ChainLink) -> Value {
    let mut parts = vec![json!({ "url": "sequence", "valueUnsignedInt": chain.sequence })];
    if !chain.previous.is_empty() {
        parts.push(json!({ "url": "previous", "valueString": chain.previous }));
    }
    json!({ "url": system::CHAIN_EXTENSION, "extension": parts })
}

fn agents(record: &AuditRecord) -> Value {
    let role = &record.viewer.role;
    json!([
        {
            "type": concept(system::DICOM, "110153", "Source Role ID"),
            "who": workstation(&record.workstation),
            "requestor": false,
            "network": { "address": record.workstation.id, "type": "1" },
        },
        {
            "type": concept(system::DICOM, "110152", "Destination Role ID"),
            "who": {
                "type": "Device",
                "identifier": { "system": system::URI, "value": record.backend },
            },
            "requestor": false,
            "network": { "address": record.backend, "type": "5" },
        },
        {
            "type": concept(system::PARTICIPATION_TYPE, "IRCP", "information recipient"),
            "role": [role_concept(&record.viewer)],
            "who": {
                "type": "Practitioner",
                "identifier": {
                    "system": system::SDS_USER_ID,
                    "value": record.viewer.user.as_str(),
                },
            },
            "name": record.viewer.name,
            "requestor": true,
            "purposeOfUse": [concept(system::ACT_REASON, "TREAT", "treatment")],
        },
        { "who": organisation(&record.viewer), "requestor": false },
        {
            "who": {
                "type": "PractitionerRole",
                "identifier": {
                    "system": system::SDS_ROLE_PROFILE,
                    "value": role.profile.as_str(),
                },
            },
            "requestor": false,
        },
    ])
}

fn workstation(workstation: &Workstation) -> Value {
    json!({
        "type": "Device",
        "identifier": { "system": system::WORKSTATION, "value": workstation.id },
        "display": workstation.product,
    })
}

fn organisation(viewer: &Viewer) -> Value {
    let organisation = &viewer.role.organisation;
    json!({
        "type": "Organization",
        "identifier": { "system": system::ODS, "value": organisation.ods_code.as_str() },
        "display": organisation.name,
    })
}

fn role_concept(viewer: &Viewer) -> Value {
    let role = &viewer.role;
    let mut concept = json!({ "text": role.name });
    if !role.job_role_code().is_empty() {
        concept["coding"] = json!([{
            "system": system::SDS_JOB_ROLE,
            "code": role.job_role_code(),
        }]);
    }
    concept
}

fn entities(record: &AuditRecord) -> Value {
    let person = record.person.as_ref().map(|number| {
        json!({
            "what": {
                "type": "Patient",
                "identifier": { "system": system::NHS_NUMBER, "value": number.digits() },
            },
            "type": { "system": system::AUDIT_ENTITY_TYPE, "code": "1", "display": "Person" },
            "role": { "system": system::OBJECT_ROLE, "code": "1", "display": "Patient" },
        })
    });
    json!([
        // Where there is none, it is left out with the other blanks.
        person,
        {
            "type": { "system": system::AUDIT_ENTITY_TYPE, "code": "2", "display": "System Object" },
            "role": { "system": system::OBJECT_ROLE, "code": "24", "display": "Query" },
            "query": BASE64_STANDARD.encode(&record.request),
        },
        {
            "what": { "identifier": { "system": system::TRANSACTION, "value": record.id } },
            "type": { "system": system::BALP_ENTITY_TYPE, "code": "XrequestId" },
        },
    ])
}

fn concept(system: &str, code: &str, display: &str) -> Value {
    json!({ "coding": [{ "system": system, "code": code, "display": display }] })
}
