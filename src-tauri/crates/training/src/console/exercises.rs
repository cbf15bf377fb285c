//! Guided exercises: what to do, who has done it, and the results on paper.

use super::components::{self, button, heading, link, paragraph, table, tag};
use super::layout;
use super::tasks::{Arrived, EXERCISES, Exercise, Step};
use super::{Answer, Visit, trainees};
use crate::TrainingError;
use crate::markup::{Markup, element};
use crate::population::{Population, population};
use crate::shared;
use crate::store::{InboxAsked, Store, Way};
use axum::extract::Path;
use axum::response::Response;
use chrono::{DateTime, FixedOffset};
use cpis_fhir::read_audit_event;
use std::collections::{BTreeMap, HashSet};

/// The part of the console that all pages here belong to.
const SECTION: &str = "exercises";

/// Records of a workstation that are looked at, the newest.
const RECORDS: usize = 1000;
/// Notifications that are looked at, the newest.
const NOTIFICATIONS: usize = 10_000;

/// When exercises began.
type Begun = BTreeMap<String, DateTime<FixedOffset>>;

/// What each workstation has done of an exercise.
struct Results {
    begun: Option<DateTime<FixedOffset>>,
    /// The workstation's name, and each step.
    rows: Vec<(String, Vec<bool>)>,
}

/// The exercises.
pub(super) async fn page(visit: Visit) -> Answer {
    let read = |store: &dyn Store| shared::read::<Begun>(store, shared::EXERCISES);
    let begun = visit.ask(read).await?.unwrap_or_default();
    let cells = |exercise: &Exercise| {
        let to = visit.address(&format!("exercises/{}", exercise.id));
        let since = match begun.get(exercise.id) {
            Some(at) => components::moment(*at),
            None => "Not yet".to_owned(),
        };
        vec![
            link(&to, exercise.title),
            exercise.steps.len().to_string().into(),
            since.into(),
        ]
    };
    let body = table(
        "Exercises, the first to do first",
        &["Exercise", "Steps", "Begun"],
        EXERCISES.iter().map(cells).collect(),
    );
    Ok(visit.page(SECTION, "Exercises", &[], body))
}

/// One exercise, and who has done it.
pub(super) async fn one(visit: Visit, Path((_, id)): Path<(String, String)>) -> Answer {
    let exercise = found(&id).ok_or_else(|| layout::not_found(&visit.console))?;
    show(&visit, exercise, None).await
}

/// Begins an exercise: what was done before counts no more.
pub(super) async fn begin(visit: Visit, Path((_, id)): Path<(String, String)>) -> Answer {
    let exercise = found(&id).ok_or_else(|| layout::not_found(&visit.console))?;
    let now = visit.class.app.now();
    let begin = move |store: &dyn Store| {
        shared::change(store, shared::EXERCISES, |begun: &mut Option<Begun>| {
            let begun = begun.get_or_insert_default();
            begun.insert(exercise.id.to_owned(), now);
            Ok(())
        })
    };
    visit.ask(begin).await?;
    let said = Some("Begun. What is done from now on counts.");
    show(&visit, exercise, said).await
}

/// The results, to be printed.
pub(super) async fn results(visit: Visit, Path((_, id)): Path<(String, String)>) -> Answer {
    let exercise = found(&id).ok_or_else(|| layout::not_found(&visit.console))?;
    let (people, results) = judged(&visit, exercise).await?;
    let printed = format!(
        "Printed from the console on {}.",
        components::moment(visit.class.app.now())
    );
    let body = since(&results)
        .and(steps(exercise, &people))
        .and(done(exercise, &results))
        .and(paragraph(printed))
        .and(element(
            "button",
            &[
                ("class", "nhsuk-button console-print"),
                ("type", "button"),
                ("id", "print"),
                ("hidden", ""),
            ],
            "Print",
        ));
    let title = format!("Results: {}", exercise.title);
    Ok(visit.page(SECTION, &title, &[], body))
}

fn found(id: &str) -> Option<&'static Exercise> {
    EXERCISES.iter().find(|exercise| exercise.id == id)
}

async fn show(visit: &Visit, exercise: &'static Exercise, said: Option<&str>) -> Answer {
    let (people, results) = judged(visit, exercise).await?;
    let own = format!("exercises/{}", exercise.id);
    let prepare = exercise.prepare.map(|words| {
        element(
            "div",
            &[("class", "nhsuk-inset-text")],
            element("p", &[], format!("For the trainer: {words}.")),
        )
    });
    let body = said
        .map(components::done)
        .unwrap_or_default()
        .and(prepare.unwrap_or_default())
        .and(steps(exercise, &people))
        .and(visit.form(&own, button("Begin the exercise")))
        .and(heading("Who has done it"))
        .and(since(&results))
        .and(done(exercise, &results))
        .and(paragraph(link(
            &visit.address(&format!("{own}/results")),
            "Results, to be printed",
        )));
    Ok(visit.page(SECTION, exercise.title, &[], body))
}

fn since(results: &Results) -> Markup {
    paragraph(match results.begun {
        Some(at) => format!(
            "Begun {}. What was done before does not count.",
            components::moment(at)
        ),
        None => "Not begun: everything counts.".to_owned(),
    })
}

fn steps(exercise: &Exercise, people: &Population) -> Markup {
    let step = |step: &Step| {
        let child = step.child.map(|case| {
            let child = people.first(case);
            Markup::from(": ")
                .and(components::number(&child.nhs_number))
                .and(format!(
                    ", born {}, {}",
                    components::day(child.birth_date),
                    child.name()
                ))
        });
        element(
            "li",
            &[],
            Markup::from(step.words).and(child.unwrap_or_default()),
        )
    };
    element(
        "ol",
        &[("class", "nhsuk-list nhsuk-list--number")],
        exercise.steps.iter().map(step).collect::<Markup>(),
    )
}

fn done(exercise: &Exercise, results: &Results) -> Markup {
    if results.rows.is_empty() {
        return paragraph("No workstation has been enrolled yet.");
    }
    let numbered: Vec<String> = (1..=exercise.steps.len())
        .map(|number| format!("Step {number}"))
        .collect();
    let mut columns = vec!["Workstation"];
    columns.extend(numbered.iter().map(String::as_str));
    let cells = |(name, steps): &(String, Vec<bool>)| {
        let mut cells = vec![Markup::from(name)];
        cells.extend(steps.iter().map(|done| match done {
            true => tag("Done", "green"),
            false => tag("Not yet", "grey"),
        }));
        cells
    };
    let rows = results.rows.iter().map(cells).collect();
    table("Steps that were done", &columns, rows)
}

async fn judged(
    visit: &Visit,
    exercise: &'static Exercise,
) -> Result<(Population, Results), Response> {
    let app = &visit.class.app;
    let (seed, today) = (app.seed, app.now().date_naive());
    let judge = move |store: &dyn Store| {
        let people = population(seed, today);
        let results = judge(store, exercise, &people)?;
        Ok((people, results))
    };
    visit.ask(judge).await
}

fn judge(
    store: &dyn Store,
    exercise: &Exercise,
    people: &Population,
) -> Result<Results, TrainingError> {
    let begun = shared::read::<Begun>(store, shared::EXERCISES)?;
    let begun = begun.and_then(|begun| begun.get(exercise.id).copied());
    let notifications = store.inbox(&InboxAsked {
        authority: None,
        after: None,
        limit: NOTIFICATIONS,
    })?;
    let late = notifications.iter().filter(|entry| entry.way == Way::Late);
    let late: HashSet<String> = late.map(|entry| entry.trace_id.clone()).collect();
    let told: HashSet<String> = notifications
        .into_iter()
        .map(|entry| entry.trace_id)
        .collect();
    let mut rows = Vec::new();
    for trainee in store.trainees()? {
        let records = store.records_of(&trainee.client_id, RECORDS)?;
        let facts: Vec<_> = records
            .iter()
            .filter_map(|record| read_audit_event(record.body.to_string().as_bytes()).ok())
            .collect();
        let arrived = Arrived {
            facts: &facts,
            told: &told,
            late: &late,
            begun,
        };
        let steps = exercise.steps.iter();
        let steps = steps.map(|step| step.is_done(people, &arrived)).collect();
        rows.push((trainees::name(&trainee).to_owned(), steps));
    }
    Ok(Results { begun, rows })
}
