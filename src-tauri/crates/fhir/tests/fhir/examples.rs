//! NHS England's published examples, as files and as JSON.

use cpis_record::NhsNumber;
use serde_json::{Map, Value};
use std::path::PathBuf;

/// The number in all published CP-IS examples. Its check digit does not fit.
pub fn published_number() -> NhsNumber {
    NhsNumber::received("9912003890").unwrap()
}

/// The text of a published file.
pub fn text(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../tests/official-examples")
        .join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A published resource instance as FHIR JSON, also when it was published as XML.
pub fn json(name: &str) -> Vec<u8> {
    let text = text(name);
    if name.ends_with(".xml") {
        let document = roxmltree::Document::parse(&text).unwrap();
        serde_json::to_vec(&resource(document.root_element())).unwrap()
    } else {
        text.into_bytes()
    }
}

/// Elements that repeat in FHIR R4, wherever they occur in the published instances.
const REPEATING: [&str; 14] = [
    "agent",
    "careTeam",
    "category",
    "coding",
    "contained",
    "entity",
    "entry",
    "extension",
    "issue",
    "link",
    "profile",
    "target",
    "telecom",
    "given",
];
/// Elements that repeat only as a part of this parent.
const REPEATING_IN: [(&str, &str); 3] = [
    ("PractitionerRole", "identifier"),
    ("PractitionerRole", "code"),
    ("Patient", "name"),
];

/// FHIR XML to FHIR JSON (FHIR R4, 2.6.2), as far as the published instances need it.
fn resource(element: roxmltree::Node<'_, '_>) -> Value {
    let mut object = members(element);
    object.insert("resourceType".into(), element.tag_name().name().into());
    Value::Object(object)
}

fn members(element: roxmltree::Node<'_, '_>) -> Map<String, Value> {
    let parent = element.tag_name().name();
    let mut object = Map::new();
    if let Some(url) = element.attribute("url") {
        object.insert("url".into(), url.into());
    }
    for child in element.children().filter(roxmltree::Node::is_element) {
        let name = child.tag_name().name();
        let value = value(child);
        if REPEATING.contains(&name) || REPEATING_IN.contains(&(parent, name)) {
            let list = object
                .entry(name)
                .or_insert_with(|| Value::Array(Vec::new()));
            list.as_array_mut().unwrap().push(value);
        } else {
            assert!(
                object.insert(name.into(), value).is_none(),
                "{name} repeats"
            );
        }
    }
    object
}

fn value(element: roxmltree::Node<'_, '_>) -> Value {
    let name = element.tag_name().name();
    if matches!(name, "resource" | "contained") {
        return resource(element.first_element_child().unwrap());
    }
    match (name, element.attribute("value")) {
        ("total", Some(number)) => number.parse::<u64>().unwrap().into(),
        ("requestor", Some(boolean)) => boolean.parse::<bool>().unwrap().into(),
        (_, Some(text)) => text.into(),
        (_, None) => Value::Object(members(element)),
    }
}

/// The values of an attribute-carrying element, in document order: `codes("...", "concept", "code")`.
pub fn values(name: &str, parent: &str, child: &str) -> Vec<String> {
    let text = text(name);
    let document = roxmltree::Document::parse(&text).unwrap();
    document
        .descendants()
        .filter(|n| n.has_tag_name(("http://hl7.org/fhir", child)))
        .filter(|n| n.parent().is_some_and(|p| p.tag_name().name() == parent))
        .filter_map(|n| n.attribute("value").map(str::to_owned))
        .collect()
}
