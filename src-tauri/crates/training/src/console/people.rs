//! Who there is, and what the register holds about each now.

use super::components::{self, link, number, paragraph, table, tag};
use super::{Answer, Visit};
use crate::TrainingError;
use crate::http::query_of;
use crate::local_authority::is_adult;
use crate::markup::{Markup, element, void};
use crate::population::{Case, population};
use crate::store::{Person, Store, StoredPlan};
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use cpis_record::{NhsNumber, PlanKind, PlanStatus};

const TITLE: &str = "People";

/// People on a page.
const PEOPLE: usize = 25;

/// A person with what is held.
struct Row {
    person: Person,
    /// What a made-up person is there to show.
    case: Option<Case>,
    plans: Vec<StoredPlan>,
}

/// Leads to the first page of a class.
pub(super) async fn home(visit: Visit) -> Response {
    Redirect::to(&visit.address("people")).into_response()
}

/// The people of a class.
pub(super) async fn page(visit: Visit, uri: Uri) -> Answer {
    let query = query_of(&uri);
    let entered = query.get("number").unwrap_or_default().trim().to_owned();
    let place = query.get("page").and_then(|page| page.parse().ok());
    let place: usize = place.unwrap_or(1).max(1);
    let asked = match entered.as_str() {
        "" => Ok(None),
        text => NhsNumber::parse(text).map(Some),
    };
    let Ok(asked) = asked else {
        let error = "Enter an NHS number with 10 digits";
        let errors = [("number", error)];
        let body = search(&visit, &entered, Some(error));
        return Ok(visit.page("people", TITLE, &errors, body));
    };
    let app = &visit.class.app;
    let (seed, today) = (app.seed, app.now().date_naive());
    let one = asked.clone();
    let read = move |store: &dyn Store| rows(store, seed, today, one.as_ref(), place);
    let (rows, all) = visit.ask(read).await?;
    let body = search(&visit, &entered, None);
    let body = match (asked, rows.is_empty()) {
        (Some(_), true) => body.and(components::done("Nobody has this NHS number.")),
        _ => body
            .and(list(&visit, &rows, today))
            .and(pages(&visit, place, all)),
    };
    Ok(visit.page("people", TITLE, &[], body))
}

fn rows(
    store: &dyn Store,
    seed: u64,
    today: NaiveDate,
    asked: Option<&NhsNumber>,
    place: usize,
) -> Result<(Vec<Row>, usize), TrainingError> {
    let people = population(seed, today).patients;
    let case_of = |number: &NhsNumber| {
        let made_up = people.iter().find(|patient| patient.nhs_number == *number);
        made_up.map(|patient| patient.case)
    };
    let numbers: Vec<NhsNumber> = match asked {
        Some(number) => vec![number.clone()],
        None => {
            let shown = people.iter().skip((place - 1) * PEOPLE).take(PEOPLE);
            shown.map(|patient| patient.nhs_number.clone()).collect()
        }
    };
    let mut rows = Vec::with_capacity(numbers.len());
    for number in numbers {
        if let Some(person) = store.person(&number)? {
            rows.push(Row {
                case: case_of(&number),
                plans: store.plans(&number, today)?,
                person,
            });
        }
    }
    Ok((rows, people.len()))
}

fn search(visit: &Visit, entered: &str, error: Option<&str>) -> Markup {
    let action = visit.address("people");
    let input = |described: Option<&str>| {
        let mut attributes = vec![
            ("class", "nhsuk-input nhsuk-input--width-10"),
            ("id", "number"),
            ("name", "number"),
            ("type", "text"),
            ("inputmode", "numeric"),
            ("autocomplete", "off"),
            ("value", entered),
        ];
        attributes.extend(described.map(|ids| ("aria-describedby", ids)));
        void("input", &attributes)
    };
    let hint = Some("Leave it empty to see everybody");
    let field = components::group("number", "NHS number", hint, error, input);
    element(
        "form",
        &[("method", "get"), ("action", &action), ("novalidate", "")],
        field.and(components::button("Find")),
    )
}

fn list(visit: &Visit, rows: &[Row], today: NaiveDate) -> Markup {
    let cells = |row: &Row| {
        let person = &row.person;
        let name = format!("{} {}", person.given.join(" "), person.family);
        let digits = person.nhs_number.digits();
        let change = visit.address(&format!("change?number={digits}"));
        let marks = [
            (person.restricted, "Restricted"),
            (person.deceased.is_some(), "Has died"),
            (person.replaced_by.is_some(), "Old number"),
            (person.invalidated, "Out of use"),
        ];
        let marks = marks.into_iter().filter(|(holds, _)| *holds);
        let name = Markup::from(&name).and(
            marks
                .map(|(_, mark)| Markup::from(" ").and(tag(mark, "grey")))
                .collect::<Markup>(),
        );
        vec![
            name,
            number(&person.nhs_number),
            components::day(person.birth_date).into(),
            row.case.map_or("Added for a rehearsal", Case::words).into(),
            held(&row.plans, today),
            // The link says of whom, for whoever hears links alone.
            link(&change, &format!("Change {}", person.nhs_number)),
        ]
    };
    table(
        "Who there is, and what is held now",
        &[
            "Name",
            "NHS number",
            "Date of birth",
            "Shows",
            "Held now",
            "Change",
        ],
        rows.iter().map(cells).collect(),
    )
}

fn held(plans: &[StoredPlan], today: NaiveDate) -> Markup {
    if plans.is_empty() {
        return "Nothing".into();
    }
    let one = |stored: &StoredPlan| {
        let mark = match stored.plan.status_on(today) {
            PlanStatus::Current => tag("In force", "green"),
            _ => tag("Ended", "grey"),
        };
        let authority = stored
            .plan
            .authority
            .name
            .as_deref()
            .unwrap_or("no authority");
        element(
            "li",
            &[],
            Markup::from(format!("{}, {authority} ", kind(&stored.plan.kind))).and(mark),
        )
    };
    element(
        "ul",
        &[("class", "console-list")],
        plans.iter().map(one).collect::<Markup>(),
    )
}

/// A kind of plan in words.
pub(super) fn kind(kind: &PlanKind) -> String {
    match kind {
        PlanKind::ChildProtection => "Child protection plan".to_owned(),
        PlanKind::LookedAfter => "Looked after child".to_owned(),
        PlanKind::UnbornChild => "Unborn child protection plan".to_owned(),
        PlanKind::Other { display, .. } => display.clone().unwrap_or("Other record".to_owned()),
    }
}

fn pages(visit: &Visit, place: usize, all: usize) -> Markup {
    let to = |page: usize| visit.address(&format!("people?page={page}"));
    let mut links = Markup::default();
    if place > 1 {
        links = links.and(link(&to(place - 1), "Previous page")).and(" ");
    }
    if place * PEOPLE < all {
        links = links.and(link(&to(place + 1), "Next page"));
    }
    paragraph(format!("Page {place} of {}. ", all.div_ceil(PEOPLE))).and(paragraph(links))
}

/// Whether somebody is a child, for whom plans other than an unborn child's can begin.
pub(super) fn is_child(person: &Person, today: NaiveDate) -> bool {
    !is_adult(person.birth_date, today)
}
