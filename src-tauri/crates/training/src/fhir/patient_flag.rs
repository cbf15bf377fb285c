//! The plans from the other source: the Patient Flags API, which has no access history and tells
//! nobody. Each plan is a Flag with its CarePlan and CareTeam.
//!
//! A look here is always silent. An unscheduled view by this source reaches the history and the
//! authority through its audit record, like a kept copy that is opened offline.

use super::FLAGS;
use super::bundle::{Entry, searchset};
use super::caller::Caller;
use super::care_team::{category, display_name, period, team};
use super::query::Query;
use super::refusal::{Refusal, answer};
use crate::app::App;
use crate::seeded::derive;
use crate::store::{Person, StoredPlan};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use chrono::NaiveDate;
use cpis_fhir::system;
use cpis_record::{NhsNumber, PlanStatus};
use serde_json::{Value, json};
use std::sync::Arc;

const CPIS_FLAG: &str = "child-protection-information-system-flag";
const PROFILES: &str = "https://fhir.nhs.uk/England/StructureDefinition";

/// Answers a search for flags. An empty answer has an empty `entry`, unlike the other source.
pub(super) async fn search(
    State(app): State<Arc<App>>,
    uri: Uri,
    request: Parts,
) -> Result<Response, Refusal> {
    let caller = Caller::of(&app, &request).await?;
    caller.holds_activity(false)?;
    caller.has_authority_to_share(&app).await?;
    let query = Query::read(uri.query());
    let asked = query.person()?;
    let wanted = query.one("code")?.is_none_or(|code| {
        code == CPIS_FLAG || code == format!("{}|{CPIS_FLAG}", system::FLAG_CATEGORY)
    });
    let today = app.now().date_naive();
    let (plans, person) = app
        .ask(move |store| Ok((store.plans(&asked, today)?, store.person(&asked)?)))
        .await?;
    let person = person.ok_or_else(Refusal::not_found)?;
    let mut entries = Vec::new();
    for stored in plans.iter().filter(|_| wanted) {
        let ids = Ids::of(stored);
        entries.push(Entry::matching(flag(stored, &person, &ids, today)));
        entries.push(Entry::included(care_plan(stored, &person, &ids, today)));
        let mut team = team(&ids.team, &stored.plan, today);
        team.insert(
            "meta".into(),
            json!({ "profile": [format!("{PROFILES}/England-CareTeam-Flag")] }),
        );
        entries.push(Entry::included(Value::Object(team)));
    }
    let mut bundle = searchset(&app, FLAGS, &uri, entries);
    if bundle.get("entry").is_none() {
        bundle["entry"] = json!([]);
    }
    Ok(answer(StatusCode::OK, &bundle))
}

/// The ids of the three resources of a plan.
struct Ids {
    flag: String,
    plan: String,
    team: String,
}

impl Ids {
    fn of(stored: &StoredPlan) -> Self {
        let id = |purpose: &str| {
            let mut bytes = [0; 16];
            bytes.copy_from_slice(&derive(0, purpose, &stored.id)[..16]);
            uuid::Builder::from_random_bytes(bytes)
                .into_uuid()
                .to_string()
        };
        Self {
            flag: id("flag"),
            plan: id("care plan"),
            team: stored.id.clone(),
        }
    }
}

fn flag(stored: &StoredPlan, person: &Person, ids: &Ids, today: NaiveDate) -> Value {
    json!({
        "resourceType": "Flag",
        "id": ids.flag,
        "meta": { "profile": [format!("{PROFILES}/England-Flag-PatientFlag")] },
        "extension": [{
            "url": system::FLAG_DETAIL,
            "valueReference": { "reference": format!("CarePlan/{}", ids.plan) },
        }],
        "status": status(stored, today, "inactive"),
        "code": { "coding": [{
            "system": system::FLAG_CATEGORY,
            "code": CPIS_FLAG,
            "display": "Child Protection Information System Flag",
        }] },
        "subject": subject(&person.nhs_number, person),
        "period": period(&stored.plan),
    })
}

fn care_plan(stored: &StoredPlan, person: &Person, ids: &Ids, today: NaiveDate) -> Value {
    let mut team = json!({ "reference": format!("CareTeam/{}", ids.team) });
    if let Some(name) = &stored.plan.authority.name {
        team["display"] = name.as_str().into();
    }
    json!({
        "resourceType": "CarePlan",
        "id": ids.plan,
        "meta": { "profile": [format!("{PROFILES}/England-CarePlan-Flag")] },
        "status": status(stored, today, "completed"),
        "intent": "plan",
        "category": [category(&stored.plan.kind)],
        "subject": subject(&person.nhs_number, person),
        "period": period(&stored.plan),
        "careTeam": [team],
    })
}

fn subject(number: &NhsNumber, person: &Person) -> Value {
    json!({
        "reference": format!("Patient/{}", number.digits()),
        "identifier": { "system": system::NHS_NUMBER, "value": number.digits() },
        "display": display_name(person),
    })
}

fn status(stored: &StoredPlan, today: NaiveDate, ended: &'static str) -> &'static str {
    match stored.plan.status_on(today) {
        PlanStatus::Current => "active",
        PlanStatus::Ended { .. } => ended,
    }
}
