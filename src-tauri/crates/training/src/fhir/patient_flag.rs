//! The plans from the other source: the Patient Flags API, which has no access history and tells
//! nobody. Each plan is a Flag with its CarePlan and CareTeam.
//!
//! A look here is always silent. An unscheduled view by this source reaches the history and the
//! authority through its audit record, like a kept copy that is opened offline.

use super::bundle::{Entry, searchset};
use super::care_team::{category, display_name, period, team};
use super::query::Query;
use super::refusal::{Refusal, answer};
use super::{FLAGS, admission};
use crate::app::App;
use crate::population::{FEMALE_GENITAL_MUTILATION, REASONABLE_ADJUSTMENT};
use crate::seeded::derive;
use crate::store::{Person, StoredFlag, StoredPlan};
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

/// Answers a search for flags. Asked for those of CP-IS, it includes the others beside them; asked for
/// one of the other two kinds, it gives that alone; asked for all, each is a match. An empty answer
/// has an empty `entry`, unlike the other source.
pub(super) async fn search(
    State(app): State<Arc<App>>,
    uri: Uri,
    request: Parts,
) -> Result<Response, Refusal> {
    let (wanted, held) = admission::ask(&app, request, |app, store, caller, request| {
        let today = app.now().date_naive();
        caller.holds_activity(false)?;
        caller.has_authority_to_share(store, today)?;
        let query = Query::read(request.uri.query());
        let asked = query.person()?;
        let wanted = Wanted::of(query.one("code")?);
        let person = store.person(&asked)?.ok_or_else(Refusal::not_found)?;
        let held = Held {
            plans: store.plans(&asked, today)?,
            others: store.other_flags(&asked)?,
            person,
            today,
        };
        Ok((wanted, held))
    })
    .await?;
    let mut bundle = searchset(&app, FLAGS, &uri, held.entries(wanted));
    if bundle.get("entry").is_none() {
        bundle["entry"] = json!([]);
    }
    Ok(answer(StatusCode::OK, &bundle))
}

/// Which flags are asked for.
#[derive(Clone, Copy)]
enum Wanted {
    /// All.
    All,
    /// Those of CP-IS.
    Cpis,
    /// Those of another kind.
    Other(&'static str),
    /// Those of a kind that is not known.
    Nothing,
}

impl Wanted {
    fn of(code: Option<&str>) -> Self {
        let Some(asked) = code else {
            return Self::All;
        };
        let is = |code: &str| asked == code || asked == format!("{}|{code}", system::FLAG_CATEGORY);
        match [REASONABLE_ADJUSTMENT, FEMALE_GENITAL_MUTILATION]
            .into_iter()
            .find(|code| is(code))
        {
            Some(other) => Self::Other(other),
            None if is(CPIS_FLAG) => Self::Cpis,
            None => Self::Nothing,
        }
    }
}

/// What is held of a person.
struct Held {
    plans: Vec<StoredPlan>,
    others: Vec<StoredFlag>,
    person: Person,
    today: NaiveDate,
}

impl Held {
    fn entries(&self, wanted: Wanted) -> Vec<Entry> {
        let mut entries = Vec::new();
        if matches!(wanted, Wanted::All | Wanted::Cpis) {
            for stored in &self.plans {
                self.add_plan(stored, &mut entries);
            }
        }
        // Beside a flag of CP-IS only: an answer that holds nothing that was asked for is empty.
        let beside = !entries.is_empty();
        for other in &self.others {
            let flag = || other_flag(other, &self.person);
            match wanted {
                Wanted::All => entries.push(Entry::matching(flag())),
                Wanted::Other(code) if other.flag.code == code => {
                    entries.push(Entry::matching(flag()));
                }
                Wanted::Cpis if beside => entries.push(Entry::included(flag())),
                Wanted::Cpis | Wanted::Other(_) | Wanted::Nothing => {}
            }
        }
        entries
    }

    fn add_plan(&self, stored: &StoredPlan, entries: &mut Vec<Entry>) {
        let (person, today) = (&self.person, self.today);
        let ids = Ids::of(stored);
        entries.push(Entry::matching(flag(stored, person, &ids, today)));
        entries.push(Entry::included(care_plan(stored, person, &ids, today)));
        let mut team = team(&ids.team, &stored.plan, today);
        team.insert(
            "meta".into(),
            json!({ "profile": [format!("{PROFILES}/England-CareTeam-Flag")] }),
        );
        entries.push(Entry::included(Value::Object(team)));
    }
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

fn other_flag(stored: &StoredFlag, person: &Person) -> Value {
    let held = &stored.flag;
    let mut coding = json!({ "system": system::FLAG_CATEGORY, "code": held.code });
    if let Some(display) = &held.display {
        coding["display"] = display.as_str().into();
    }
    let mut flag = json!({
        "resourceType": "Flag",
        "id": stored.id,
        "meta": { "profile": [format!("{PROFILES}/England-Flag-PatientFlag")] },
        "status": if held.active { "active" } else { "inactive" },
        "code": { "coding": [coding] },
        "subject": subject(&person.nhs_number, person),
    });
    if let Some(start) = held.start {
        flag["period"] = json!({ "start": start.to_string() });
    }
    flag
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
