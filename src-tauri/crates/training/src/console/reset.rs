//! Beginning anew: everything that happened in a class is dropped.

use super::layout::{self, Choice, Hidden, Page, paragraph, radios, warning_button};
use super::{Class, CodeInPath, Console, Sent, Shared};
use crate::markup::{Markup, element};
use crate::population::population;
use crate::store::Store;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
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
pub(super) async fn page(
    State(console): Shared,
    Path(code): CodeInPath,
    Extension(hidden): Extension<Hidden>,
) -> Response {
    match console.class(&code).await {
        Ok(class) => ask(&console, &class, &hidden, None, None),
        Err(answer) => answer,
    }
}

/// Does it.
pub(super) async fn act(
    State(console): Shared,
    Path(code): CodeInPath,
    Extension(hidden): Extension<Hidden>,
    Extension(form): Sent,
) -> Response {
    let class = match console.class(&code).await {
        Ok(class) => class,
        Err(answer) => return answer,
    };
    if form.get("sure") != Some("yes") {
        let error = Some("Say that you want to begin anew");
        return ask(&console, &class, &hidden, error, None);
    }
    let app = Arc::clone(&class.app);
    let reset = move |store: &dyn Store| {
        let today = app.now().date_naive();
        store.reset(app.seed, today, &population(app.seed, today))?;
        app.weather.read_again(store)?;
        app.roles.read_again(store)
    };
    match class.app.ask(reset).await {
        Ok(()) => {
            let said = Some("Done: the class begins anew.");
            ask(&console, &class, &hidden, None, said)
        }
        Err(why) => layout::unavailable(&console, why),
    }
}

fn ask(
    console: &Console,
    class: &Class,
    hidden: &Hidden,
    error: Option<&str>,
    said: Option<&str>,
) -> Response {
    let items = DROPPED.iter().map(|words| element("li", &[], *words));
    let yes = [Choice {
        value: "yes".to_owned(),
        words: "Yes, begin anew".into(),
        hint: Some("It cannot be undone"),
    }];
    let form = radios("sure", "Are you sure?", &yes, "", error).and(warning_button("Reset"));
    let body = said
        .map(layout::done)
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
        .and(hidden.form(&layout::of_class(console, class, "reset"), form));
    let errors: Vec<_> = error.map(|e| ("sure", e)).into_iter().collect();
    let status = match error {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    let page = Page {
        title: "Reset",
        errors: &errors,
        body,
    };
    page.of_class(console, class, hidden, status, "reset")
}
