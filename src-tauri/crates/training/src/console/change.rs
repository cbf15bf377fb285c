//! Pushing a change to a child while trainees look: it goes the way of a local authority's row.

use super::components::{self, Choice, paragraph, radios, select_field, text_field};
use super::people::{is_child, kind};
use super::{Answer, Sent, Visit};
use crate::http::query_of;
use crate::local_authority::{RowAnswer, SubmittedRecord, known_authorities, submitter};
use crate::markup::{Markup, element, void};
use crate::oauth::Form;
use crate::store::{Person, Store, StoredPlan};
use axum::Extension;
use axum::http::Uri;
use axum::response::Response;
use chrono::NaiveDate;
use cpis_record::{NhsNumber, OdsCode, PlanKind, PlanStatus, Telephone};

/// A child with what the register shows.
struct Child {
    person: Person,
    plans: Vec<StoredPlan>,
    today: NaiveDate,
}

/// What a form says.
struct Change {
    authority: OdsCode,
    record: SubmittedRecord,
}

/// A field and what is wrong with it.
type Fault = (&'static str, &'static str);

/// Asks for a child, or what to change about one.
pub(super) async fn page(visit: Visit, uri: Uri) -> Answer {
    let entered = query_of(&uri).get("number").unwrap_or_default().to_owned();
    if entered.trim().is_empty() {
        let body = ask(&visit, "", None);
        return Ok(whole(&visit, &[], body));
    }
    Ok(match child(&visit, &entered).await? {
        Err(error) => {
            let body = ask(&visit, &entered, Some(error));
            whole(&visit, &[("number", error)], body)
        }
        Ok(child) => whole(&visit, &[], form(&visit, &child, &Form::default(), &[])),
    })
}

/// Pushes a change.
pub(super) async fn push(visit: Visit, Extension(sent): Sent) -> Answer {
    let entered = sent.get("number").unwrap_or_default();
    let child = match child(&visit, entered).await? {
        Err(error) => {
            let body = ask(&visit, entered, Some(error));
            return Ok(whole(&visit, &[("number", error)], body));
        }
        Ok(child) => child,
    };
    let change = match change(&child, &sent) {
        Ok(change) => change,
        Err(faults) => {
            let body = form(&visit, &child, &sent, &faults);
            return Ok(whole(&visit, &faults, body));
        }
    };
    let now = visit.class.app.now();
    let number = child.person.nhs_number.clone();
    let load = move |store: &dyn Store| {
        let record = std::slice::from_ref(&change.record);
        store.load_records(&submitter(&change.authority), record, now)
    };
    let answers = visit.ask(load).await?;
    let said = answers
        .first()
        .map_or("nothing was changed", RowAnswer::words);
    let digits = number.digits();
    let again = visit.address(&format!("change?number={digits}"));
    let body = components::done(&format!(
        "The register answered: {said}. The next check of {number} shows what is held now."
    ))
    .and(paragraph(components::link(
        &again,
        "Change something else about this child",
    )));
    Ok(whole(&visit, &[], body))
}

fn whole(visit: &Visit, errors: &[Fault], body: Markup) -> Response {
    visit.page("change", "Push a change", errors, body)
}

async fn child(visit: &Visit, entered: &str) -> Result<Result<Child, &'static str>, Response> {
    let Ok(number) = NhsNumber::parse(entered) else {
        return Ok(Err("Enter an NHS number with 10 digits"));
    };
    let today = visit.class.app.now().date_naive();
    let read = move |store: &dyn Store| {
        let person = store.person(&number)?;
        Ok((person, store.plans(&number, today)?))
    };
    let (person, plans) = visit.ask(read).await?;
    Ok(match person {
        Some(person) => Ok(Child {
            person,
            plans,
            today,
        }),
        None => Err("Nobody has this NHS number"),
    })
}

fn ask(visit: &Visit, entered: &str, error: Option<&str>) -> Markup {
    let action = visit.address("change");
    let hint = Some("For example 999 000 0018. The list of people has them all");
    let field = text_field("number", "NHS number of the child", hint, entered, error);
    element(
        "form",
        &[("method", "get"), ("action", &action), ("novalidate", "")],
        field.and(components::button("Continue")),
    )
}

fn form(visit: &Visit, child: &Child, sent: &Form, faults: &[Fault]) -> Markup {
    let person = &child.person;
    let digits = person.nhs_number.digits();
    let fault = |field: &str| {
        let found = faults.iter().find(|(name, _)| *name == field);
        found.map(|(_, error)| *error)
    };
    let choices = choices(child);
    let value = |field: &str| sent.get(field).unwrap_or_default().to_owned();
    let today = child.today.to_string();
    let day = sent.get("day").unwrap_or(&today).to_owned();
    let authorities: Vec<(String, String)> = known_authorities()
        .into_iter()
        .map(|(code, name)| (code.to_string(), name))
        .collect();
    let fields = void(
        "input",
        &[("type", "hidden"), ("name", "number"), ("value", &digits)],
    )
    .and(radios(
        "what",
        "What should change?",
        &choices,
        &value("what"),
        fault("what"),
    ))
    .and(text_field(
        "day",
        "First or last day",
        Some("When a plan starts, its first day; when it ends, its last day. Like 2026-11-30"),
        &day,
        fault("day"),
    ))
    .and(select_field(
        "authority",
        "Local authority of a new plan",
        &authorities,
        &value("authority"),
    ))
    .and(text_field(
        "office",
        "Office hours telephone",
        Some("Leave it empty to keep the number"),
        &value("office"),
        fault("office"),
    ))
    .and(text_field(
        "emergency",
        "Emergency duty telephone",
        Some("Leave it empty to keep the number"),
        &value("emergency"),
        fault("emergency"),
    ))
    .and(components::button("Push the change"));
    let name = format!("{} {}", person.given.join(" "), person.family);
    components::summary_list(vec![
        ("Name", name.into()),
        ("NHS number", components::number(&person.nhs_number)),
        ("Date of birth", components::day(person.birth_date).into()),
    ])
    .and(visit.form("change", fields))
}

fn choices(child: &Child) -> Vec<Choice<'static>> {
    let mut choices = Vec::new();
    for stored in &child.plans {
        let of = format!(
            "{} of {}",
            kind(&stored.plan.kind),
            stored
                .plan
                .authority
                .name
                .as_deref()
                .unwrap_or("an authority")
        );
        if stored.plan.status_on(child.today) == PlanStatus::Current {
            choices.push(Choice {
                value: format!("end {}", stored.id),
                words: format!("End: {of}").into(),
                hint: None,
            });
        }
        choices.push(Choice {
            value: format!("telephones {}", stored.id),
            words: format!("New telephone numbers: {of}").into(),
            hint: None,
        });
    }
    let starts: &[(&str, &str)] = if is_child(&child.person, child.today) {
        &[
            ("start cpp", "Start a child protection plan"),
            ("start lac", "Start a looked after record"),
        ]
    } else {
        &[("start ucpp", "Start an unborn child protection plan")]
    };
    choices.extend(starts.iter().map(|(value, words)| Choice {
        value: (*value).to_owned(),
        words: (*words).into(),
        hint: None,
    }));
    choices
}

/// Reads the form.
fn change(child: &Child, sent: &Form) -> Result<Change, Vec<Fault>> {
    let mut faults = Vec::new();
    let (what, about) = sent
        .get("what")
        .and_then(|what| what.split_once(' '))
        .unwrap_or_default();
    let day = sent.get("day").unwrap_or_default().trim().parse().ok();
    if day.is_none() && what != "telephones" {
        faults.push(("day", "Enter a day, like 2026-11-30"));
    }
    let mut telephone = |field: &'static str| match sent.get(field).map(str::trim) {
        None | Some("") => None,
        Some(text) => {
            let number = Telephone::new(text);
            if number.is_none() {
                faults.push((field, "Enter a telephone number"));
            }
            number
        }
    };
    let (office, emergency) = (telephone("office"), telephone("emergency"));
    if what == "telephones" && office.is_none() && emergency.is_none() && faults.is_empty() {
        faults.push(("office", "Enter at least one telephone number"));
    }
    let stored = child.plans.iter().find(|stored| stored.id == about);
    let day = day.unwrap_or(child.today);
    let kind = match about {
        "cpp" => Some(PlanKind::ChildProtection),
        "lac" => Some(PlanKind::LookedAfter),
        "ucpp" => Some(PlanKind::UnbornChild),
        _ => None,
    };
    let change = match (what, stored, kind) {
        ("start", None, Some(kind)) => start(child, sent, kind, day),
        ("end" | "telephones", Some(stored), _) => of_stored(child, stored, what, day),
        _ => None,
    };
    match change {
        Some(mut change) if faults.is_empty() => {
            change.record.office_hours = office.or(change.record.office_hours);
            change.record.emergency_duty = emergency.or(change.record.emergency_duty);
            Ok(change)
        }
        change => {
            if change.is_none() {
                faults.insert(0, ("what", "Choose what should change"));
            }
            Err(faults)
        }
    }
}

fn start(child: &Child, sent: &Form, kind: PlanKind, start: NaiveDate) -> Option<Change> {
    let authority: OdsCode = sent.get("authority")?.parse().ok()?;
    let own = submitter(&authority);
    Some(Change {
        authority,
        record: SubmittedRecord {
            nhs_number: child.person.nhs_number.clone(),
            birth_date: child.person.birth_date,
            kind,
            start,
            end: None,
            office_hours: own.office_hours,
            emergency_duty: own.emergency_duty,
        },
    })
}

/// `None` for a record that no row can be about: without authority or first day.
fn of_stored(child: &Child, stored: &StoredPlan, what: &str, day: NaiveDate) -> Option<Change> {
    let plan = &stored.plan;
    Some(Change {
        authority: plan.authority.ods_code.clone()?,
        record: SubmittedRecord {
            nhs_number: child.person.nhs_number.clone(),
            birth_date: child.person.birth_date,
            kind: plan.kind.clone(),
            start: plan.start?,
            end: match what {
                "end" => Some(day),
                _ => plan.end,
            },
            office_hours: plan.authority.office_hours.clone(),
            emergency_duty: plan.authority.emergency_duty.clone(),
        },
    })
}
