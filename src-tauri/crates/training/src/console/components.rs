//! The components of the design system that pages are made of, and how moments, days and numbers are written.

use crate::markup::{Markup, element, void};
use chrono::{DateTime, FixedOffset, NaiveDate};
use cpis_record::NhsNumber;

pub(super) fn paragraph(content: impl Into<Markup>) -> Markup {
    element("p", &[("class", "nhsuk-body")], content)
}

pub(super) fn heading(text: &str) -> Markup {
    element("h2", &[("class", "nhsuk-heading-m")], text)
}

pub(super) fn link(to: &str, text: &str) -> Markup {
    element("a", &[("href", to)], text)
}

pub(super) fn button(text: &str) -> Markup {
    element(
        "button",
        &[("class", "nhsuk-button"), ("type", "submit")],
        text,
    )
}

pub(super) fn warning_button(text: &str) -> Markup {
    element(
        "button",
        &[
            ("class", "nhsuk-button nhsuk-button--warning"),
            ("type", "submit"),
        ],
        text,
    )
}

/// A tag; `colour` as the design system names it, empty for its blue.
pub(super) fn tag(text: &str, colour: &str) -> Markup {
    let class = match colour {
        "" => "nhsuk-tag".to_owned(),
        colour => format!("nhsuk-tag nhsuk-tag--{colour}"),
    };
    element("strong", &[("class", &class)], text)
}

/// What has been done, said to screen readers at once.
pub(super) fn done(text: &str) -> Markup {
    element(
        "div",
        &[("class", "nhsuk-inset-text"), ("role", "status")],
        element("p", &[], text),
    )
}

/// A table. A wide one is scrolled on its own, by the keyboard too.
pub(super) fn table(caption: &str, columns: &[&str], rows: Vec<Vec<Markup>>) -> Markup {
    let head = columns
        .iter()
        .map(|name| {
            element(
                "th",
                &[("scope", "col"), ("class", "nhsuk-table__header")],
                *name,
            )
        })
        .collect::<Markup>();
    let cell = |cell: Markup| element("td", &[("class", "nhsuk-table__cell")], cell);
    let rows = rows
        .into_iter()
        .map(|cells| {
            element(
                "tr",
                &[("class", "nhsuk-table__row")],
                cells.into_iter().map(cell).collect::<Markup>(),
            )
        })
        .collect::<Markup>();
    let table = element(
        "table",
        &[("class", "nhsuk-table")],
        element("caption", &[("class", "nhsuk-table__caption")], caption)
            .and(element(
                "thead",
                &[("class", "nhsuk-table__head")],
                element("tr", &[], head),
            ))
            .and(element("tbody", &[("class", "nhsuk-table__body")], rows)),
    );
    element(
        "div",
        &[
            ("class", "console-scroll"),
            ("role", "region"),
            ("aria-label", caption),
            ("tabindex", "0"),
        ],
        table,
    )
}

/// A list of names and values.
pub(super) fn summary_list(rows: Vec<(&str, Markup)>) -> Markup {
    let row = |(key, value): (&str, Markup)| {
        element(
            "div",
            &[("class", "nhsuk-summary-list__row")],
            element("dt", &[("class", "nhsuk-summary-list__key")], key).and(element(
                "dd",
                &[("class", "nhsuk-summary-list__value")],
                value,
            )),
        )
    };
    element(
        "dl",
        &[("class", "nhsuk-summary-list")],
        rows.into_iter().map(row).collect::<Markup>(),
    )
}

/// A field with its label, hint and error. `input` is given what describes it.
pub(super) fn group(
    id: &str,
    label: &str,
    hint: Option<&str>,
    error: Option<&str>,
    input: impl FnOnce(Option<&str>) -> Markup,
) -> Markup {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described: Vec<&str> = [
        hint.map(|_| hint_id.as_str()),
        error.map(|_| error_id.as_str()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let described = (!described.is_empty()).then(|| described.join(" "));
    let class = match error {
        Some(_) => "nhsuk-form-group nhsuk-form-group--error",
        None => "nhsuk-form-group",
    };
    let content = element("label", &[("class", "nhsuk-label"), ("for", id)], label)
        .and(
            hint.map(|hint| element("div", &[("class", "nhsuk-hint"), ("id", &hint_id)], hint))
                .unwrap_or_default(),
        )
        .and(error_message(&error_id, error))
        .and(input(described.as_deref()));
    element("div", &[("class", class)], content)
}

/// A field for a line of text.
pub(super) fn text_field(
    id: &'static str,
    label: &str,
    hint: Option<&str>,
    value: &str,
    error: Option<&str>,
) -> Markup {
    group(id, label, hint, error, |described| {
        let mut attributes = vec![
            ("class", "nhsuk-input nhsuk-input--width-20"),
            ("id", id),
            ("name", id),
            ("type", "text"),
            ("autocomplete", "off"),
        ];
        attributes.extend(described.map(|ids| ("aria-describedby", ids)));
        if !value.is_empty() {
            attributes.push(("value", value));
        }
        void("input", &attributes)
    })
}

/// A field with a list to choose from: values with their words.
pub(super) fn select_field(
    id: &'static str,
    label: &str,
    choices: &[(String, String)],
    chosen: &str,
) -> Markup {
    let option = |(value, words): &(String, String)| {
        let mut attributes = vec![("value", value.as_str())];
        if value == chosen {
            attributes.push(("selected", ""));
        }
        element("option", &attributes, words)
    };
    group(id, label, None, None, |_| {
        element(
            "select",
            &[("class", "nhsuk-select"), ("id", id), ("name", id)],
            choices.iter().map(option).collect::<Markup>(),
        )
    })
}

/// One of several to choose: value, words, hint.
pub(super) struct Choice<'a> {
    pub(super) value: String,
    pub(super) words: Markup,
    pub(super) hint: Option<&'a str>,
}

/// A group of radio buttons.
pub(super) fn radios(
    name: &'static str,
    legend: &str,
    choices: &[Choice<'_>],
    chosen: &str,
    error: Option<&str>,
) -> Markup {
    let item = |(place, choice): (usize, &Choice<'_>)| {
        // The error summary leads to the first.
        let id = match place {
            0 => name.to_owned(),
            _ => format!("{name}-{place}"),
        };
        let hint_id = format!("{id}-hint");
        let mut attributes = vec![
            ("class", "nhsuk-radios__input"),
            ("id", id.as_str()),
            ("name", name),
            ("type", "radio"),
            ("value", choice.value.as_str()),
        ];
        if choice.hint.is_some() {
            attributes.push(("aria-describedby", hint_id.as_str()));
        }
        if choice.value == chosen {
            attributes.push(("checked", ""));
        }
        let hint = choice.hint.map(|hint| {
            element(
                "div",
                &[("class", "nhsuk-hint nhsuk-radios__hint"), ("id", &hint_id)],
                hint,
            )
        });
        element(
            "div",
            &[("class", "nhsuk-radios__item")],
            void("input", &attributes)
                .and(element(
                    "label",
                    &[("class", "nhsuk-label nhsuk-radios__label"), ("for", &id)],
                    choice.words.clone(),
                ))
                .and(hint.unwrap_or_default()),
        )
    };
    let error_id = format!("{name}-error");
    let class = match error {
        Some(_) => "nhsuk-form-group nhsuk-form-group--error",
        None => "nhsuk-form-group",
    };
    let mut attributes = vec![("class", "nhsuk-fieldset")];
    if error.is_some() {
        attributes.push(("aria-describedby", error_id.as_str()));
    }
    let fieldset = element(
        "fieldset",
        &attributes,
        element(
            "legend",
            &[("class", "nhsuk-fieldset__legend nhsuk-fieldset__legend--m")],
            legend,
        )
        .and(error_message(&error_id, error))
        .and(element(
            "div",
            &[("class", "nhsuk-radios")],
            choices.iter().enumerate().map(item).collect::<Markup>(),
        )),
    );
    element("div", &[("class", class)], fieldset)
}

fn error_message(id: &str, error: Option<&str>) -> Markup {
    let said = |error: &str| {
        element(
            "span",
            &[("class", "nhsuk-error-message"), ("id", id)],
            element("span", &[("class", "nhsuk-u-visually-hidden")], "Error: ").and(error),
        )
    };
    error.map(said).unwrap_or_default()
}

pub(super) fn error_summary(errors: &[(&str, &str)]) -> Markup {
    if errors.is_empty() {
        return Markup::default();
    }
    let item = |(field, error): &(&str, &str)| {
        element(
            "li",
            &[],
            element("a", &[("href", &format!("#{field}"))], *error),
        )
    };
    element(
        "div",
        &[
            ("class", "nhsuk-error-summary"),
            ("id", "errors"),
            ("tabindex", "-1"),
        ],
        element(
            "div",
            &[("role", "alert")],
            element(
                "h2",
                &[("class", "nhsuk-error-summary__title")],
                "There is a problem",
            )
            .and(element(
                "div",
                &[("class", "nhsuk-error-summary__body")],
                element(
                    "ul",
                    &[("class", "nhsuk-list nhsuk-error-summary__list")],
                    errors.iter().map(item).collect::<Markup>(),
                ),
            )),
        ),
    )
}

/// A moment, as the program shows it.
pub(super) fn moment(at: DateTime<FixedOffset>) -> String {
    at.format("%-d %B %Y %H:%M:%S").to_string()
}

/// A day, as the program shows it.
pub(super) fn day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// An NHS number that is not broken over two lines.
pub(super) fn number(number: &NhsNumber) -> Markup {
    element("span", &[("class", "console-number")], number.to_string())
}
