//! Beginning anew: everything that happened in a class is dropped.

use super::components::{self, Choice, paragraph, radios, warning_button};
use super::{Answer, Sent, Visit};
use crate::markup::{Markup, element};
use crate::population::population;
use crate::store::Store;
use axum::Extension;
use axum::response::Response;
use std::sync::Arc;

/// What is dropped.
const DROPPED: [&str; 4] = [
    "every look, audit record, notification and note",
    "every change to a plan, and files of local authorities",
    "the weather, withdrawn roles and locked cards",
    "when exercises began",
];

/// Asks whether to.
pub(super) async fn page(visit: Visit) -> Response {
    ask(&visit, None, None)
}

/// Does it.
pub(super) async fn act(visit: Visit, Extension(form): Sent) -> Answer {
    if form.get("sure") != Some("yes") {
        let error = Some("Say that you want to begin anew");
        return Ok(ask(&visit, error, None));
    }
    let app = Arc::clone(&visit.class.app);
    let reset = move |store: &dyn Store| {
        let today = app.now().date_naive();
        store.reset(app.seed, today, &population(app.seed, today))?;
        app.weather.read_again(store)?;
        app.roles.read_again(store)
    };
    visit.ask(reset).await?;
    let said = Some("Done: the class begins anew.");
    Ok(ask(&visit, None, said))
}

fn ask(visit: &Visit, error: Option<&str>, said: Option<&str>) -> Response {
    let items = DROPPED.iter().map(|words| element("li", &[], *words));
    let yes = [Choice {
        value: "yes".to_owned(),
        words: "Yes, begin anew".into(),
        hint: Some("It cannot be undone"),
    }];
    let form = radios("sure", "Are you sure?", &yes, "", error).and(warning_button("Reset"));
    let body = said
        .map(components::done)
        .unwrap_or_default()
        .and(paragraph("A reset drops:"))
        .and(element(
            "ul",
            &[("class", "nhsuk-list nhsuk-list--bullet")],
            items.collect::<Markup>(),
        ))
        .and(paragraph(
            "Workstations stay enrolled and people stay signed in. Records and notes that a workstation \
             sends again change nothing, and its chain stays whole.",
        ))
        .and(visit.form("reset", form));
    let errors: Vec<_> = error.map(|e| ("sure", e)).into_iter().collect();
    visit.page("reset", "Reset", &errors, body)
}
