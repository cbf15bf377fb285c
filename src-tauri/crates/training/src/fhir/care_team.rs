//! The plans: a searchset of CareTeam (CP-IS FHIR R4 API), with the authority's ODS code and the
//! time of the last update, which the notification that founded the pilot names.

use super::bundle::{Entry, searchset};
use super::refusal::{Refusal, answer};
use super::{CPIS, admission};
use crate::app::App;
use crate::store::{Person, StoredPlan};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use chrono::{NaiveDate, SecondsFormat};
use cpis_fhir::system;
use cpis_record::{Authority, NhsNumber, Plan, PlanKind, PlanStatus, Telephone};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Answers a search for plans, and takes note of the look.
pub(super) async fn search(
    State(app): State<Arc<App>>,
    uri: Uri,
    request: Parts,
) -> Result<Response, Refusal> {
    let (look, seen) =
        admission::look(&app, request, |store, look| store.look_at_plans(look)).await?;
    let today = look.access.at.date_naive();
    let (person, known) = (&look.nhs_number, seen.person.as_ref());
    let entries = seen
        .plans
        .iter()
        .map(|plan| Entry::matching(care_team(plan, person, known, today)))
        .collect();
    Ok(answer(
        StatusCode::OK,
        &searchset(&app, CPIS, &uri, entries),
    ))
}

fn care_team(
    stored: &StoredPlan,
    person: &NhsNumber,
    known: Option<&Person>,
    today: NaiveDate,
) -> Value {
    let plan = &stored.plan;
    let mut team = team(&stored.id, plan, today);
    let mut subject = json!({
        "identifier": { "system": system::NHS_NUMBER, "value": person.digits() },
    });
    if let Some(known) = known {
        subject["display"] = display_name(known).into();
    }
    team.insert("category".into(), json!([category(&plan.kind)]));
    team.insert("subject".into(), subject);
    team.insert("period".into(), period(plan));
    Value::Object(team)
}

/// The CareTeam as far as both interfaces write it alike: who is responsible and whom to ring.
pub(super) fn team(id: &str, plan: &Plan, today: NaiveDate) -> Map<String, Value> {
    let mut team = Map::new();
    team.insert("resourceType".into(), "CareTeam".into());
    team.insert("id".into(), id.into());
    if let Some(at) = plan.last_updated {
        let at = at.to_rfc3339_opts(SecondsFormat::Secs, false);
        team.insert("meta".into(), json!({ "lastUpdated": at }));
    }
    let status = match plan.status_on(today) {
        PlanStatus::Current => "active",
        PlanStatus::Ended { .. } => "inactive",
    };
    team.insert("status".into(), status.into());
    if let Some(name) = &plan.authority.name {
        team.insert("name".into(), name.as_str().into());
    }
    let telephones = telephones(&plan.authority);
    if !telephones.is_empty() {
        team.insert("telecom".into(), telephones.into());
    }
    if let Some(code) = &plan.authority.ods_code {
        let mut organisation = json!({
            "identifier": { "system": system::ODS, "value": code.as_str() },
        });
        if let Some(name) = &plan.authority.name {
            organisation["display"] = name.as_str().into();
        }
        team.insert("managingOrganization".into(), json!([organisation]));
    }
    team
}

/// `work` is the office, `mobile` the emergency duty team (CP-IS implementation guide, CareTeam).
fn telephones(authority: &Authority) -> Vec<Value> {
    [
        (&authority.office_hours, "work"),
        (&authority.emergency_duty, "mobile"),
    ]
    .into_iter()
    .filter_map(|(telephone, place)| {
        let value = telephone.as_ref().map(Telephone::as_str)?;
        Some(json!({ "system": "phone", "value": value, "use": place }))
    })
    .collect()
}

/// The kind of plan as a coded concept (value set England-ChildProtectionPlan).
pub(super) fn category(kind: &PlanKind) -> Value {
    let display = match kind {
        PlanKind::ChildProtection => Some("Subject to child protection plan"),
        PlanKind::LookedAfter => Some("Looked after child"),
        PlanKind::UnbornChild => Some("Unborn child subject to child protection plan"),
        PlanKind::Other { display, .. } => display.as_deref(),
    };
    let mut coding = json!({ "system": system::SNOMED, "code": kind.snomed() });
    if let Some(display) = display {
        coding["display"] = display.into();
    }
    json!({ "coding": [coding] })
}

pub(super) fn period(plan: &Plan) -> Value {
    let mut period = Map::new();
    for (name, day) in [("start", plan.start), ("end", plan.end)] {
        if let Some(day) = day {
            period.insert(name.into(), day.to_string().into());
        }
    }
    Value::Object(period)
}

/// The name as the published examples write it: the family name in capitals.
pub(super) fn display_name(person: &Person) -> String {
    format!(
        "{} {}",
        person.given.join(" "),
        person.family.to_uppercase()
    )
}
