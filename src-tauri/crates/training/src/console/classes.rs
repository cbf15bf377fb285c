//! The classes of the server: each has people, an inbox and everything else of its own.

use super::components::{self, button, heading, link, paragraph, table, text_field};
use super::layout::{self, Hidden, Page};
use super::{Console, DEFAULT, Sent, Shared};
use crate::markup::{Markup, element, void};
use crate::store::StoredClass;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

/// Characters of a class's name at most.
const LONGEST: usize = 60;

/// Lists the classes.
pub(super) async fn page(State(console): Shared, Extension(hidden): Extension<Hidden>) -> Response {
    show(&console, &hidden, "", None, None).await
}

/// Adds a class, or ends one.
pub(super) async fn act(
    State(console): Shared,
    Extension(hidden): Extension<Hidden>,
    Extension(form): Sent,
) -> Response {
    if let Some(code) = form.get("end") {
        return match console.classes.end(code).await {
            Ok(true) => {
                show(
                    &console,
                    &hidden,
                    "",
                    None,
                    Some("Done: the class has ended."),
                )
                .await
            }
            Ok(false) => layout::not_found(&console),
            Err(why) => layout::unavailable(&console, why),
        };
    }
    let name = form.get("name").unwrap_or_default().trim();
    if name.is_empty() || name.chars().count() > LONGEST {
        let error = "Enter a name with up to 60 characters";
        return show(&console, &hidden, name, Some(error), None).await;
    }
    match console.classes.add(name).await {
        Ok(class) => {
            let said = format!(
                "Done. Trainees join with the address {} and the class code {}.",
                console.root.base_url, class.code
            );
            show(&console, &hidden, "", None, Some(&said)).await
        }
        Err(why) => layout::unavailable(&console, why),
    }
}

async fn show(
    console: &Console,
    hidden: &Hidden,
    name: &str,
    error: Option<&str>,
    said: Option<&str>,
) -> Response {
    let classes = match console.classes.list().await {
        Ok(classes) => classes,
        Err(why) => return layout::unavailable(console, why),
    };
    let action = layout::address(console, "/trainer/classes");
    let cells = |class: &StoredClass| {
        let to = layout::address(console, &format!("/trainer/class/{}/people", class.code));
        let end = void(
            "input",
            &[("type", "hidden"), ("name", "end"), ("value", &class.code)],
        )
        .and(element(
            "button",
            &[("class", "console-link-button"), ("type", "submit")],
            format!("End {}", class.name),
        ));
        vec![
            link(&to, &class.name),
            element("span", &[("class", "console-number")], &class.code),
            components::moment(class.made).into(),
            hidden.form(&action, end),
        ]
    };
    let list = match classes.is_empty() {
        true => paragraph("There is no class yet."),
        false => table(
            "Classes, the newest first",
            &["Class", "Class code", "Made", "End"],
            classes.iter().map(cells).collect(),
        ),
    };
    let hint = Some("For example Tuesday morning");
    let add = text_field("name", "Name of the class", hint, name, error).and(button("Add a class"));
    let default = layout::address(console, &format!("/trainer/class/{DEFAULT}/people"));
    let body = Markup::default()
        .and(said.map(components::done).unwrap_or_default())
        .and(list)
        .and(paragraph(
            Markup::from("Who is in no class is in ")
                .and(link(&default, "the open room"))
                .and("."),
        ))
        .and(heading("Add a class"))
        .and(hidden.form(&action, add));
    let errors: Vec<_> = error.map(|e| ("name", e)).into_iter().collect();
    let status = match error {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    let page = Page {
        title: "Classes",
        errors: &errors,
        body,
    };
    page.inside(console, hidden, status)
}
