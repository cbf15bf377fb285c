//! Every published file gives the right result.

use crate::examples::{json, published_number, text, values};
use chrono::{DateTime, NaiveDate};
use cpis_fhir::*;
use cpis_record::*;
use serde_json::{Value, json};

fn complete<T>(page: Result<Page<T>, ReadError>) -> Result<Vec<T>, ReadError> {
    match Pages::new().add(page?)? {
        Progress::Complete(items) => Ok(items),
        Progress::More { .. } => panic!("a single page"),
    }
}

fn plans(name: &str) -> Result<Vec<Plan>, ReadError> {
    complete(read_plans_page(&json(name), &published_number()))
}

fn history(name: &str) -> Result<Vec<Access>, ReadError> {
    complete(read_history_page(&json(name), &published_number()))
}

fn day(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

#[test]
fn plans_are_read() {
    let wanted = Plan {
        kind: PlanKind::ChildProtection,
        start: day(2022, 9, 26),
        end: day(2023, 9, 26),
        authority: Authority {
            name: Some("Islington Local Authority".into()),
            ods_code: None,
            office_hours: Telephone::new("0207527200"),
            emergency_duty: Telephone::new("0734577777"),
        },
        last_updated: None,
    };
    for file in [
        "cpis-careteam-bundle-01.json",
        "CPIS-GetCareTeamResult-Example.xml",
    ] {
        assert_eq!(plans(file), Ok(vec![wanted.clone()]), "{file}");
    }
}

#[test]
fn the_empty_answer_is_nothing_found() {
    for file in [
        "cpis-empty-bundle-01.json",
        "CPIS-GetCareTeamNoResults-Example.xml",
    ] {
        assert_eq!(plans(file), Ok(vec![]), "{file}");
        let history = history(file).unwrap();
        assert!(history.is_empty(), "{file}");
    }
}

#[test]
fn answers_for_one_number_are_refused_for_another() {
    let other = NhsNumber::parse("9990000018").unwrap();
    for file in [
        "cpis-careteam-bundle-01.json",
        "cpis-empty-bundle-01.json",
        "CPIS-GetCareTeamResult-Example.xml",
        "CPIS-GetCareTeamNoResults-Example.xml",
    ] {
        let error = read_plans_page(&json(file), &other).unwrap_err();
        assert_eq!(error, ReadError::WrongPerson, "{file}");
    }
    for file in [
        "cpis-auditevent-bundle-01.json",
        "CPIS-GetAuditEventResult-Example.xml",
    ] {
        let error = read_history_page(&json(file), &other).unwrap_err();
        assert_eq!(error, ReadError::WrongPerson, "{file}");
    }
}

#[test]
fn the_access_history_is_read() {
    for file in [
        "cpis-auditevent-bundle-01.json",
        "CPIS-GetAuditEventResult-Example.xml",
    ] {
        let history = history(file).unwrap();
        let [access] = history.as_slice() else {
            panic!("{file}: one access")
        };
        let at = DateTime::parse_from_rfc3339("2023-09-07T17:36:41+00:00").unwrap();
        assert_eq!(access.at, at, "{file}");
        assert_eq!(access.viewer.as_deref(), Some("Mrs Paula PALMER"), "{file}");
        assert_eq!(access.role.as_deref(), Some("Midwifery sister"), "{file}");
        assert_eq!(
            access.organisation.as_deref(),
            Some("THE WHITTINGTON HOSPITAL NHS TRUST - COMM. PAED. MEDICAL TEAM (RKEAA)"),
            "{file}"
        );
    }
}

#[test]
fn a_history_is_not_taken_for_plans_nor_plans_for_a_history() {
    assert!(plans("cpis-auditevent-bundle-01.json").is_err());
    assert!(history("cpis-careteam-bundle-01.json").is_err());
}

#[test]
fn denied_access_is_never_a_finding() {
    for file in ["cpis-opoutcome-01.json", "CPIS-AccessDenied-Example.xml"] {
        let body = json(file);
        let issues = read_operation_outcome(&body).unwrap();
        assert_eq!(issues[0].severity, "error");
        assert_eq!(issues[0].code, "forbidden");
        assert_eq!(issues[0].details_code.as_deref(), Some("ACCESS_DENIED"));
        assert_eq!(
            diagnostics(&issues),
            Some("Access has been denied to process this request")
        );
        assert!(plans(file).is_err());
        assert!(history(file).is_err());
        assert!(read_patient_flags(&body, &published_number()).is_err());
        let born = DateOfBirth::received(chrono::NaiveDate::default());
        assert!(read_patient_search(&body, born).is_err());
    }
}

#[test]
fn outcomes_of_the_summary_care_record() {
    for (file, words) in [
        ("SCR-AuditEvent-error-1-invalidValue.json", "Invalid value"),
        (
            "SCR-AuditEvent-error-1-missingNhsNumber.json",
            "Missing 'agent'",
        ),
        (
            "SCR-AuditEvent-error-3-multipleOrgEntry.json",
            "Expecting exactly one",
        ),
    ] {
        let issues = read_operation_outcome(&json(file)).unwrap();
        assert_eq!(issues[0].code, "value", "{file}");
        assert!(diagnostics(&issues).unwrap().starts_with(words), "{file}");
    }
    assert!(read_operation_outcome(&json("cpis-empty-bundle-01.json")).is_none());
}

fn flag_plan(authority: &str) -> Plan {
    Plan {
        kind: PlanKind::ChildProtection,
        start: day(2024, 7, 22),
        end: None,
        authority: Authority {
            name: Some(authority.into()),
            ods_code: None,
            office_hours: Telephone::new("01133973581"),
            emergency_duty: Telephone::new("07133973581"),
        },
        last_updated: None,
    }
}

#[test]
fn the_patient_flags_bundle_is_read() {
    let body = json("PatientFlag-CPIS-CPP-Bundle-Example.xml");
    let flags = read_patient_flags(&body, &published_number()).unwrap();
    assert_eq!(flags.plans, [flag_plan("SFD1 - SHEFFIELD CITY COUNCIL")]);
    assert_eq!(flags.other_flags, []);
}

/// The three single files differ in letter case between the reference and the id.
#[test]
fn the_patient_flags_resources_join_across_letter_case() {
    let entries: Vec<Value> = [
        "PatientFlag-CPIS-Flag-Example.xml",
        "PatientFlag-CPIS-CarePlan-Example.xml",
        "PatientFlag-CPIS-CareTeam-Example.xml",
    ]
    .iter()
    .map(|file| json!({ "resource": serde_json::from_slice::<Value>(&json(file)).unwrap() }))
    .collect();
    for total in [1, 3] {
        let body = json!({
            "resourceType": "Bundle", "type": "searchset", "total": total, "entry": entries,
        });
        let flags = read_patient_flags(body.to_string().as_bytes(), &published_number()).unwrap();
        assert_eq!(flags.plans, [flag_plan("SHEFFIELD CITY COUNCIL")]);
    }
}

#[test]
fn patients_are_read() {
    let full = read_patient(&json("PDS-Patient.json")).unwrap();
    assert_eq!(full.nhs_number.digits(), "9000000009");
    assert_eq!(full.family.as_deref(), Some("Smith"));
    assert_eq!(full.given, ["Jane"]);
    assert_eq!(full.birth_date.map(DateOfBirth::date), day(2010, 10, 22));
    assert_eq!(full.gender, Some(Gender::Female));
    assert_eq!(full.deceased, Some(day(2010, 10, 22)));
    assert!(!full.restricted);

    let sensitive = read_patient(&json("PDS-Sensitive_Patient.json")).unwrap();
    assert_eq!(sensitive.nhs_number.digits(), "9000000025");
    assert!(sensitive.restricted);

    let minimal = read_patient(&json("PDS-Minimal_Patient.json")).unwrap();
    assert_eq!(minimal.nhs_number.digits(), "9000000033");
    assert_eq!(minimal.family, None);
    assert_eq!(minimal.birth_date, None);
    assert_eq!(minimal.deceased, None);
}

#[test]
fn patient_searches_are_read() {
    for (file, number, born, restricted) in [
        ("PDS-PatientSearch.json", "9000000009", "2010-10-22", false),
        (
            "PDS-Sensitive_PatientSearch.json",
            "9000000025",
            "2005-06-16",
            true,
        ),
    ] {
        let born = DateOfBirth::received(born.parse().unwrap());
        let Ok(PatientSearch::Matches(matches)) = read_patient_search(&json(file), born) else {
            panic!("{file}: matches")
        };
        assert_eq!(matches.len(), 1, "{file}");
        assert_eq!(matches[0].patient.nhs_number.digits(), number, "{file}");
        assert_eq!(matches[0].patient.restricted, restricted, "{file}");
        assert_eq!(matches[0].score, Some(0.75), "{file}");
    }
}

#[test]
fn capability_statements_are_read() {
    let producer =
        read_capability_statement(&json("CapStatement-CPIS-FHIR-API-Producer.json")).unwrap();
    assert_eq!(producer.version.as_deref(), Some("1.0.0"));
    assert_eq!(producer.fhir_version.as_deref(), Some("4.0.1"));
    assert!(producer.resources.contains(&"CareTeam".into()));
    assert!(producer.resources.contains(&"AuditEvent".into()));
    assert!(read_capability_statement(&json("CapStatement-CPIS-FHIR-API-Consumer.json")).is_ok());
    assert!(read_capability_statement(&json("cpis-empty-bundle-01.json")).is_err());
}

/// Audit records of other systems are not taken for ours: they lack the mode.
#[test]
fn audit_records_of_others_are_not_ours() {
    for file in [
        "PARS-AuditEvent-app-restricted-fhir-pds-read-Example.json",
        "PARS-AuditEvent-patient-flag-Example.json",
        "PARS-AuditEvent-patient-restricted-fhir-pds-update-Example.json",
        "PARS-AuditEvent-user-restricted-hl7v3-gpsummary-read-Example.json",
        "SCR-POST-AuditEvent-example.json",
    ] {
        assert!(matches!(
            read_audit_event(&json(file)),
            Err(ReadError::Incomplete(_))
        ));
    }
}

#[test]
fn plan_codes_are_those_of_the_value_set() {
    let file = "ValueSet-England-ChildProtectionPlan.xml";
    let codes = values(file, "contains", "code");
    assert_eq!(
        codes,
        [
            CHILD_PROTECTION_PLAN_CODE,
            LOOKED_AFTER_CODE,
            UNBORN_CHILD_PLAN_CODE
        ]
    );
    assert!(
        values(file, "contains", "system")
            .iter()
            .all(|s| s == system::SNOMED)
    );
}

#[test]
fn addresses_are_the_published_ones() {
    assert_eq!(
        values(
            "CodeSystem-England-FlagCategoryPatient.xml",
            "CodeSystem",
            "url"
        ),
        [system::FLAG_CATEGORY]
    );
    assert_eq!(
        values("CodeSystem-England-SDSJobRoleName.xml", "CodeSystem", "url"),
        [system::SDS_JOB_ROLE]
    );
    let summary_care_record =
        text("SCR-agentElement-schema.yaml") + &text("SCR-POST-AuditEvent-example.json");
    for address in [system::NHS_NUMBER, system::ODS, system::SDS_USER_ID] {
        assert!(summary_care_record.contains(address), "{address}");
    }
    let audit_records = text("PARS-AuditEvent-patient-flag-Example.json");
    for address in [
        system::TRANSACTION,
        system::BALP_ENTITY_TYPE,
        system::AUDIT_ENTITY_TYPE,
        system::AUDIT_EVENT_TYPE,
        system::OBJECT_ROLE,
        system::RESTFUL_INTERACTION,
        system::SECURITY_SOURCE_TYPE,
    ] {
        assert!(audit_records.contains(address), "{address}");
    }
    let history = text("cpis-auditevent-bundle-01.json");
    for address in [system::SDS_ROLE_PROFILE, system::ROLE_CLASS] {
        assert!(history.contains(address), "{address}");
    }
    assert!(text("PatientFlag-CPIS-Flag-Example.xml").contains(system::FLAG_DETAIL));
    assert!(text("PDS-Patient.json").contains(system::DEATH_NOTIFICATION));
}

#[test]
fn codes_that_are_compared_are_published_ones() {
    let errors = values(
        "CodeSystem-UKCore-SpineErrorOrWarningCode.xml",
        "concept",
        "code",
    );
    assert!(errors.contains(&"TOO_MANY_MATCHES".to_owned()));
    let flags = values(
        "CodeSystem-England-FlagCategoryPatient.xml",
        "concept",
        "code",
    );
    assert!(flags.contains(&"child-protection-information-system-flag".to_owned()));
}
