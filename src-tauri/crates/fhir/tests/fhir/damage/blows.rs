//! What can happen to an answer on its way.

use super::answers::{ASKED, Body, OTHER, Page, Question};
use proptest::prelude::*;
use serde_json::{Value, json};

/// One blow. Numbers choose a place, counted round the places there are.
#[derive(Debug, Clone)]
pub enum Damage {
    DropMember(usize),
    DropElement(usize),
    DuplicateElement(usize),
    DuplicateMember(usize, u8),
    Retype(usize, u8),
    ChangeTotal(u8),
    ChangeType(u8),
    SwapPerson(usize),
    SwapPersonEverywhere,
    Modifier(usize),
    ImplicitRules(usize),
    EnteredInError(usize),
    Outcome(usize),
    LeftOut,
    AddNextLink,
    RenameMember(usize),
    RepeatPage,
    SkipPage,
    Truncate(usize),
    Flip(usize, u8),
    Append(u8),
    Html,
    EmptyBody,
    NothingForAnother,
    NothingForThis,
}

pub fn damage() -> impl Strategy<Value = Damage> {
    (0_u8..44, 0_usize..5000, any::<u8>()).prop_map(|(kind, place, value)| match kind {
        0..4 => Damage::DropMember(place),
        4..6 => Damage::DropElement(place),
        6..8 => Damage::DuplicateElement(place),
        8..11 => Damage::DuplicateMember(place, value),
        11..15 => Damage::Retype(place, value),
        15..17 => Damage::ChangeTotal(value % 6),
        17 => Damage::ChangeType(value),
        18..20 => Damage::SwapPerson(place),
        20 => Damage::SwapPersonEverywhere,
        21 => Damage::Modifier(place),
        22 => Damage::ImplicitRules(place),
        23 => Damage::EnteredInError(place),
        24 => Damage::Outcome(place),
        25 => Damage::LeftOut,
        26 => Damage::AddNextLink,
        27..30 => Damage::RenameMember(place),
        30 => Damage::RepeatPage,
        31 => Damage::SkipPage,
        32..34 => Damage::Truncate(place),
        34..39 => Damage::Flip(place, value % 8),
        39 => Damage::Append(value),
        40 => Damage::Html,
        41 => Damage::EmptyBody,
        42 => Damage::NothingForAnother,
        _ => Damage::NothingForThis,
    })
}

impl Damage {
    pub fn strike(&self, pages: &mut Vec<Page>) {
        let count = pages.len();
        match self {
            Self::DropMember(place) => on_node(
                pages,
                *place,
                |v| v.is_object(),
                |place, value| {
                    let members = value.as_object_mut().unwrap();
                    if let Some(name) = members.keys().nth(place % members.len().max(1)).cloned() {
                        members.remove(&name);
                    }
                },
            ),
            Self::RenameMember(place) => on_node(
                pages,
                *place,
                |v| v.is_object(),
                |place, value| {
                    let members = value.as_object_mut().unwrap();
                    if let Some(name) = members.keys().nth(place % members.len().max(1)).cloned() {
                        let moved = members.remove(&name).unwrap();
                        members.insert(format!("{name}x"), moved);
                    }
                },
            ),
            Self::DropElement(place) => on_node(pages, *place, has_elements, |place, value| {
                let values = value.as_array_mut().unwrap();
                values.remove(place % values.len());
            }),
            Self::DuplicateElement(place) => {
                on_node(pages, *place, has_elements, |place, value| {
                    let values = value.as_array_mut().unwrap();
                    let twin = values[place % values.len()].clone();
                    values.push(twin);
                })
            }
            Self::DuplicateMember(place, other) => duplicate_member(pages, *place, *other),
            Self::Retype(place, other) => on_node(
                pages,
                *place,
                |_| true,
                |_, value| {
                    *value = another_type(value, *other);
                },
            ),
            Self::ChangeTotal(total) => {
                for page in pages {
                    page.change(|document| document["total"] = (*total).into());
                }
            }
            Self::ChangeType(kind) => {
                let kinds = [
                    "collection",
                    "history",
                    "batch-response",
                    "document",
                    "search-set",
                    "",
                ];
                let kind = kinds[usize::from(*kind) % kinds.len()];
                pages[0].change(|document| document["type"] = kind.into());
            }
            Self::SwapPerson(place) => {
                let body = pages[place % count].bytes();
                let starts: Vec<usize> = body
                    .windows(ASKED.len())
                    .enumerate()
                    .filter(|(_, window)| *window == ASKED.as_bytes())
                    .map(|(start, _)| start)
                    .collect();
                if let Some(start) = starts.get(place / count % starts.len().max(1)) {
                    body[*start..start + ASKED.len()].copy_from_slice(OTHER.as_bytes());
                }
            }
            Self::SwapPersonEverywhere => {
                for page in pages {
                    let body = page.bytes();
                    *body = String::from_utf8_lossy(body)
                        .replace(ASKED, OTHER)
                        .into_bytes();
                }
            }
            Self::Modifier(place) => on_node(pages, *place, Value::is_object, |_, value| {
                value["modifierExtension"] =
                    json!([{ "url": "https://example.org/not", "valueBoolean": true }]);
            }),
            Self::ImplicitRules(place) => on_node(pages, *place, is_resource, |_, value| {
                value["implicitRules"] = "https://example.org/rules".into();
            }),
            Self::EnteredInError(place) => on_node(pages, *place, is_resource, |_, value| {
                if value["resourceType"] != "Bundle" {
                    value["status"] = "entered-in-error".into();
                }
            }),
            Self::Outcome(place) => pages[place % count].change(|document| {
                let outcome =
                    json!({ "resource": { "resourceType": "OperationOutcome", "issue": [] } });
                match document["entry"].as_array_mut() {
                    Some(entries) => entries.push(outcome),
                    None => document["entry"] = json!([outcome]),
                }
            }),
            Self::LeftOut => pages[0].change(|document| {
                document["meta"] = json!({ "tag": [{ "code": "SUBSETTED" }] });
            }),
            Self::AddNextLink => pages[count - 1].change(|document| {
                document["link"] = json!([{ "relation": "next", "url": "?page=0" }]);
            }),
            Self::RepeatPage => {
                let body = pages[0].body.clone();
                pages[count - 1].body = body;
            }
            Self::SkipPage => {
                let body = pages[count - 1].body.clone();
                pages[0].body = body;
            }
            Self::Truncate(place) => {
                let body = pages[place % count].bytes();
                let length = place.wrapping_mul(7) % body.len().max(1);
                body.truncate(length);
            }
            Self::Flip(place, bit) => {
                let body = pages[place % count].bytes();
                let length = body.len().max(1);
                if let Some(byte) = body.get_mut(place.wrapping_mul(31) % length) {
                    *byte ^= 1 << bit;
                }
            }
            Self::Append(byte) => pages[0].bytes().push(*byte),
            Self::Html => {
                pages[0].body = Body::Bytes(b"<!doctype html><title>Sign in</title>".to_vec());
            }
            Self::EmptyBody => pages[count - 1].bytes().clear(),
            Self::NothingForAnother => pages[0].body = Question::Plans.nothing(OTHER),
            Self::NothingForThis => pages[0].body = Question::Plans.nothing(ASKED),
        }
    }
}

/// Changes one of the places of one page that satisfy a condition.
fn on_node(
    pages: &mut [Page],
    place: usize,
    fits: impl Fn(&Value) -> bool,
    change: impl FnOnce(usize, &mut Value),
) {
    let count = pages.len();
    pages[place % count].change(|document| {
        let place = place / count;
        let fitting = count_nodes(document, &fits);
        if fitting > 0 {
            let mut left = place % fitting;
            if let Some(node) = nth_node(document, &fits, &mut left) {
                change(place / fitting, node);
            }
        }
    });
}

fn count_nodes(value: &Value, fits: &impl Fn(&Value) -> bool) -> usize {
    let inside: usize = match value {
        Value::Object(members) => members.values().map(|v| count_nodes(v, fits)).sum(),
        Value::Array(values) => values.iter().map(|v| count_nodes(v, fits)).sum(),
        _ => 0,
    };
    inside + usize::from(fits(value))
}

fn nth_node<'a>(
    value: &'a mut Value,
    fits: &impl Fn(&Value) -> bool,
    left: &mut usize,
) -> Option<&'a mut Value> {
    if fits(value) {
        if *left == 0 {
            return Some(value);
        }
        *left -= 1;
    }
    match value {
        Value::Object(members) => members.values_mut().find_map(|v| nth_node(v, fits, left)),
        Value::Array(values) => values.iter_mut().find_map(|v| nth_node(v, fits, left)),
        _ => None,
    }
}

fn has_elements(value: &Value) -> bool {
    value.as_array().is_some_and(|values| !values.is_empty())
}

fn is_resource(value: &Value) -> bool {
    value.get("resourceType").is_some()
}

fn another_type(value: &Value, choice: u8) -> Value {
    let wrapped = match value {
        Value::Array(values) => values.first().cloned().unwrap_or_default(),
        Value::String(text) => text.parse::<u64>().map_or(json!(1), Value::from),
        Value::Number(number) => json!(number.to_string()),
        value => json!([value]),
    };
    let others = [
        Value::Null,
        json!({}),
        json!([]),
        json!(""),
        json!(0),
        json!(false),
        wrapped,
    ];
    others[usize::from(choice) % others.len()].clone()
}

/// Writes a member a second time, before or after itself, with another value. The marks decide
/// where it is sorted, and vanish from the text.
fn duplicate_member(pages: &mut [Page], place: usize, choice: u8) {
    let mark = if choice.is_multiple_of(2) { "!!" } else { "~~" };
    let has_members = |value: &Value| value.as_object().is_some_and(|members| !members.is_empty());
    on_node(pages, place, has_members, |place, value| {
        let members = value.as_object_mut().unwrap();
        let name = members.keys().nth(place % members.len()).unwrap().clone();
        let twin = another_type(&members[&name], choice / 2);
        members.insert(format!("{mark}{name}"), twin);
    });
    for page in pages {
        let body = page.bytes();
        *body = String::from_utf8_lossy(body)
            .replace(&format!("\"{mark}"), "\"")
            .into_bytes();
    }
}
