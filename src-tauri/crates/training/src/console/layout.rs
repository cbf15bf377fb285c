//! What every page has: its head, its navigation, its foot, and the pages that say that something is not there.

use super::components::{error_summary, paragraph};
use super::session::Session;
use super::{Console, Visit};
use crate::markup::{Markup, element, void};
use crate::unavailable::Unavailable;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use url::Url;

/// The pages of a class, in the order of the navigation.
const SECTIONS: [(&str, &str); 7] = [
    ("people", "People"),
    ("change", "Push a change"),
    ("weather", "Weather"),
    ("inbox", "Inbox"),
    ("trainees", "Trainees"),
    ("exercises", "Exercises"),
    ("reset", "Reset"),
];

/// The token that forms of a session carry.
#[derive(Clone)]
pub(super) struct Hidden(String);

impl Hidden {
    pub(super) fn of(session: &Session) -> Self {
        Self(session.form_token.clone())
    }

    /// A form that is sent by POST, with the token in it.
    pub(super) fn form(&self, action: &str, content: Markup) -> Markup {
        let token = void(
            "input",
            &[
                ("type", "hidden"),
                ("name", super::gate::TOKEN),
                ("value", &self.0),
            ],
        );
        element(
            "form",
            &[("method", "post"), ("action", action), ("novalidate", "")],
            token.and(content),
        )
    }
}

/// A page.
pub(super) struct Page<'a> {
    pub(super) title: &'a str,
    /// Fields with what is wrong with them.
    pub(super) errors: &'a [(&'a str, &'a str)],
    pub(super) body: Markup,
}

/// The address of a path of the console, as the browser asks for it.
pub(super) fn address(console: &Console, path: &str) -> String {
    let base = Url::parse(&console.root.base_url);
    let prefix = base.map(|url| url.path().trim_end_matches('/').to_owned());
    format!("{}{path}", prefix.unwrap_or_default())
}

impl Page<'_> {
    /// A page of a class.
    pub(super) fn of_class(self, visit: &Visit, hidden: &Hidden, section: &str) -> Response {
        let link = |(page, name): &(&'static str, &'static str)| {
            let to = visit.address(page);
            let current = match *page == section {
                true => "page",
                false => "false",
            };
            element(
                "li",
                &[],
                element("a", &[("href", &to), ("aria-current", current)], *name),
            )
        };
        let nav = element(
            "nav",
            &[("class", "console-nav"), ("aria-label", "Console")],
            element("ul", &[], SECTIONS.iter().map(link).collect::<Markup>()),
        );
        let class = &visit.class;
        let name = class.name.as_deref().map(|name| {
            element(
                "span",
                &[("class", "console-class")],
                format!("Class {name} ({})", class.code),
            )
        });
        let status = match self.errors.is_empty() {
            true => StatusCode::OK,
            false => StatusCode::BAD_REQUEST,
        };
        let name = name.unwrap_or_default();
        self.whole(&visit.console, status, Some(hidden), name, nav)
    }

    /// A page inside that is about no class.
    pub(super) fn inside(self, console: &Console, hidden: &Hidden, status: StatusCode) -> Response {
        let none = Markup::default();
        self.whole(console, status, Some(hidden), none.clone(), none)
    }

    /// A page for whoever is not signed in.
    pub(super) fn outside(self, console: &Console, status: StatusCode) -> Response {
        let none = Markup::default();
        self.whole(console, status, None, none.clone(), none)
    }

    fn whole(
        self,
        console: &Console,
        status: StatusCode,
        hidden: Option<&Hidden>,
        class: Markup,
        nav: Markup,
    ) -> Response {
        let title = match self.errors.is_empty() {
            true => format!("{} - Trainer's console", self.title),
            false => format!("Error: {} - Trainer's console", self.title),
        };
        let head = element(
            "head",
            &[],
            void("meta", &[("charset", "utf-8")])
                .and(void(
                    "meta",
                    &[
                        ("name", "viewport"),
                        ("content", "width=device-width, initial-scale=1"),
                    ],
                ))
                .and(element("title", &[], title))
                .and(void(
                    "link",
                    &[
                        ("rel", "icon"),
                        ("href", &address(console, "/trainer/icon.svg")),
                    ],
                ))
                .and(void(
                    "link",
                    &[
                        ("rel", "stylesheet"),
                        ("href", &address(console, "/trainer/console.css")),
                    ],
                ))
                .and(element(
                    "script",
                    &[
                        ("src", &address(console, "/trainer/console.js")),
                        ("defer", ""),
                    ],
                    "",
                )),
        );
        let out = hidden.map(|hidden| {
            hidden.form(
                &address(console, "/trainer/sign-out"),
                classes_link(console).and(element(
                    "button",
                    &[("class", "console-link-button"), ("type", "submit")],
                    "Sign out",
                )),
            )
        });
        let banner = element(
            "div",
            &[("class", "console-banner")],
            element("span", &[("class", "console-name")], "Trainer's console")
                .and(element(
                    "span",
                    &[("class", "console-made-up")],
                    "Everybody here is made up",
                ))
                .and(class)
                .and(out.unwrap_or_default()),
        );
        let content = error_summary(self.errors)
            .and(element("h1", &[("class", "nhsuk-heading-l")], self.title))
            .and(self.body);
        let body = element(
            "body",
            &[],
            element(
                "a",
                &[("class", "nhsuk-skip-link"), ("href", "#main")],
                "Skip to main content",
            )
            .and(element(
                "header",
                &[("class", "console-header")],
                element(
                    "div",
                    &[("class", "nhsuk-width-container")],
                    banner.and(nav),
                ),
            ))
            .and(element(
                "div",
                &[("class", "nhsuk-width-container")],
                element(
                    "main",
                    &[("class", "nhsuk-main-wrapper"), ("id", "main")],
                    content,
                ),
            )),
        );
        let html = element("html", &[("lang", "en-GB")], head.and(body)).into_string();
        (status, Html(format!("<!doctype html>{html}"))).into_response()
    }
}

fn classes_link(console: &Console) -> Markup {
    element(
        "a",
        &[
            ("class", "console-link"),
            ("href", &address(console, "/trainer/classes")),
        ],
        "Classes",
    )
}

/// A page that says one thing.
pub(super) fn plain(console: &Console, status: StatusCode, title: &str, body: Markup) -> Response {
    Page {
        title,
        errors: &[],
        body,
    }
    .outside(console, status)
}

/// The page for a class that is not there.
pub(super) fn not_found(console: &Console) -> Response {
    let body = paragraph("There is no such page, or the class has ended.");
    plain(console, StatusCode::NOT_FOUND, "Page not found", body)
}

/// The page for when the store does not answer.
pub(super) fn unavailable(console: &Console, why: Unavailable) -> Response {
    let title = "The console does not work now";
    plain(console, why.status(), title, paragraph(why.words()))
}
