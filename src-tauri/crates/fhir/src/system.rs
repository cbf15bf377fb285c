//! The addresses that name code systems, identifier systems, profiles and extensions.

/// NHS numbers.
pub const NHS_NUMBER: &str = "https://fhir.nhs.uk/Id/nhs-number";
/// Organisation Data Service codes.
pub const ODS: &str = "https://fhir.nhs.uk/Id/ods-organization-code";
/// Identifiers of health workers in the Spine Directory Service.
pub const SDS_USER_ID: &str = "https://fhir.nhs.uk/Id/sds-user-id";
/// Identifiers of role profiles in the Spine Directory Service.
pub const SDS_ROLE_PROFILE: &str = "https://fhir.nhs.uk/Id/sds-role-profile-id";
/// Job roles of the Spine Directory Service (England-SDSJobRoleName 0.0.1).
pub const SDS_JOB_ROLE: &str = "https://fhir.nhs.uk/England/CodeSystem/England-SDSJobRoleName";
/// Identifiers of transactions, as NHS England's Patient Audit Record Service has them.
pub const TRANSACTION: &str = "https://fhir.nhs.uk/Id/transaction";
/// SNOMED CT.
pub const SNOMED: &str = "http://snomed.info/sct";
/// Kinds of patient flag (England-FlagCategoryPatient 0.5.0).
pub const FLAG_CATEGORY: &str =
    "https://fhir.nhs.uk/England/CodeSystem/England-FlagCategoryPatient";
/// Classes of role: `PAT`, `ASSIGNED` (HL7 v3).
pub const ROLE_CLASS: &str = "http://terminology.hl7.org/CodeSystem/v3-RoleClass";
/// Kinds of participation: `IRCP`, information recipient (HL7 v3).
pub const PARTICIPATION_TYPE: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
/// Reasons for an act: `TREAT` (HL7 v3).
pub const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
/// DICOM's controlled terms, which name the two ends of a transfer in an audit record.
pub const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
/// Kinds of audit event.
pub const AUDIT_EVENT_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-event-type";
/// Interactions of the FHIR REST interface.
pub const RESTFUL_INTERACTION: &str = "http://hl7.org/fhir/restful-interaction";
/// Kinds of thing in an audit record.
pub const AUDIT_ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
/// Parts that a thing plays in an audit record.
pub const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
/// Kinds of source of an audit record.
pub const SECURITY_SOURCE_TYPE: &str = "http://terminology.hl7.org/CodeSystem/security-source-type";
/// Kinds of thing that IHE's Basic Audit Log Patterns add.
pub const BALP_ENTITY_TYPE: &str =
    "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType";
/// The profile of an audit record of a successful query about one patient (BALP 1.1.4).
pub const BALP_PATIENT_QUERY: &str =
    "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientQuery";
/// The profile of an audit record of a successful query that is about no one patient (BALP 1.1.4).
pub const BALP_QUERY: &str =
    "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.Query";
/// URIs used as identifiers (RFC 3986).
pub const URI: &str = "urn:ietf:rfc:3986";
/// The extension by which a Flag refers to what it is about.
pub const FLAG_DETAIL: &str = "http://hl7.org/fhir/StructureDefinition/flag-detail";
/// The extension in which the Personal Demographics Service says that it was told of a death.
pub const DEATH_NOTIFICATION: &str =
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DeathNotificationStatus";

// Our own names hang under an arc made from a UUID (ITU-T X.667): unique without registration, and
// on nobody's domain.

/// Our extension of an audit record that says how the look was made: `unscheduled` (boolean, the
/// value of the header `IsUnscheduledAccessEvent`) and `care-setting` (code).
pub const ACCESS_EXTENSION: &str = "urn:oid:2.25.193174709594443825969758000777962436641.1";
/// Our extension of an audit record that binds it to the workstation's record before it:
/// `sequence` (unsignedInt), `previous` and `hash` (string, hexadecimal).
pub const CHAIN_EXTENSION: &str = "urn:oid:2.25.193174709594443825969758000777962436641.2";
/// Identifiers of workstations that run this program.
pub const WORKSTATION: &str = "urn:oid:2.25.193174709594443825969758000777962436641.3";
/// Our extension of a notification to a local authority that says how it reached the backend:
/// `way` (code, `live` or `late`) and `received` (instant).
pub const NOTIFICATION_EXTENSION: &str = "urn:oid:2.25.193174709594443825969758000777962436641.4";
/// Our extension of a note to a local authority with what it says: `field` and `record` (code),
/// `record-start` (date), `correct` (code, date or string), `day` (date) and `time` (time).
pub const NOTE_EXTENSION: &str = "urn:oid:2.25.193174709594443825969758000777962436641.5";
/// Kinds of note to a local authority: `wrong`, `not-brought`, `withdrawn`.
pub const NOTE_KIND: &str = "urn:oid:2.25.193174709594443825969758000777962436641.6";
/// Our extension of the capability statement of a training backend, which has made-up people only
/// (boolean, true). A program joins a class nowhere else.
pub const TRAINING_EXTENSION: &str = "urn:oid:2.25.193174709594443825969758000777962436641.9";
