//! What may be read from damaged answers, judged from their text without the reader.

use super::answers::{ASKED, Question, Said, Sent};
use super::shown::read;
use cpis_fhir::system;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

/// What came of a case, or why it must not have.
pub fn judge(said: &Said, blows: usize, pages: &[Sent]) -> Result<&'static str, TestCaseError> {
    let reading = read(said.question, pages);
    let finding = said.finding();
    let Ok(shown) = reading else {
        return Ok("an error");
    };
    let reached: Vec<&str> = reached(pages);
    let text = reached.concat();
    prop_assert!(
        !text.contains("\"modifierExtension\":[{"),
        "an unknown modifier was ignored"
    );
    prop_assert!(
        !text.contains("\"implicitRules\":\""),
        "implicit rules were ignored"
    );
    prop_assert!(
        !text.contains("\"status\":\"entered-in-error\""),
        "an error was shown"
    );
    prop_assert!(
        !text.contains("\"resourceType\":\"OperationOutcome\""),
        "an outcome was ignored"
    );
    prop_assert!(
        !text.contains("\"meta\":{\"tag\":[{\"code\":\"SUBSETTED\"}]}"),
        "a part was left out"
    );
    if shown.is_empty() {
        prop_assert!(is_nothing(&reached), "nothing was read from {text}");
        return Ok(if finding.is_empty() {
            "nothing, as said"
        } else {
            "nothing, and rightly so"
        });
    }
    let documents = documents(&reached)?;
    let of_type = said.question.record_type();
    let held: Vec<&Value> = documents
        .iter()
        .flat_map(|d| resources(d, of_type))
        .collect();
    let concepts = |record: &&Value| record["category"].as_array().map_or(1, |c| c.len().max(1));
    let most: usize = held.iter().map(concepts).sum();
    prop_assert!(shown.len() >= held.len(), "a record is missing: {text}");
    prop_assert!(shown.len() <= most, "a record was made up: {text}");
    for document in &documents {
        let wrong = numbers(document).into_iter().find(|number| number != ASKED);
        prop_assert_eq!(wrong, None, "a record of another person: {}", text);
    }
    if shown == finding {
        return Ok("the same, unharmed");
    }
    let same_length = shown.len() == finding.len();
    let differing = shown.iter().zip(&finding).filter(|(a, b)| a != b).count();
    if blows == 1 {
        prop_assert!(
            same_length,
            "one blow changed how many records there are: {}",
            text
        );
        let may_differ = if said.question == Question::History {
            said.records.len()
        } else {
            1
        };
        prop_assert!(
            differing <= may_differ,
            "one blow changed {} records",
            differing
        );
    }
    for plan in &shown {
        let known = ["342191000000101", "764841000000100", "818901000000100"];
        let said_so = !known.contains(&plan.headline.as_str()) || text.contains(&plan.headline);
        prop_assert!(said_so, "a kind that nobody stated");
    }
    Ok("the records, with other details")
}

/// Whether these bodies are one complete empty searchset for the number asked. Written without the
/// reader, from the text.
fn is_nothing(bodies: &[&str]) -> bool {
    let [body] = bodies else { return false };
    let once = |name: &str| body.matches(&format!("\"{name}\":")).count() == 1;
    let Ok(Value::Object(document)) = serde_json::from_str(body.trim_start_matches('\u{feff}'))
    else {
        return false;
    };
    let envelope = [
        "resourceType",
        "type",
        "total",
        "entry",
        "link",
        "id",
        "meta",
        "timestamp",
        "language",
        "identifier",
        "signature",
    ];
    once("resourceType")
        && once("type")
        && once("total")
        && document
            .keys()
            .all(|name| envelope.contains(&name.as_str()))
        && document["resourceType"] == "Bundle"
        && document["type"] == "searchset"
        && document["total"].as_u64() == Some(0)
        && document
            .get("entry")
            .is_none_or(|entry| *entry == json!([]))
        && !body.to_lowercase().contains("\"next\"")
        && numbers(&Value::Object(document))
            .iter()
            .all(|number| number == ASKED)
}

/// The bodies that a reader gets to see when it follows the links, as far as they can be followed.
fn reached(pages: &[Sent]) -> Vec<&str> {
    let mut bodies = Vec::new();
    let mut url = Some(pages[0].url.clone());
    while let Some(page) = url
        .take()
        .and_then(|url| pages.iter().find(|page| page.url == url))
    {
        let Ok(text) = std::str::from_utf8(&page.body) else {
            break;
        };
        bodies.push(text);
        let document: Option<Value> =
            serde_json::from_str(text.trim_start_matches('\u{feff}')).ok();
        url = document.as_ref().and_then(next_link);
        if bodies.len() > 20 {
            break;
        }
    }
    bodies
}

fn next_link(document: &Value) -> Option<String> {
    let links = document.get("link")?.as_array()?;
    let is_next = |link: &&Value| {
        let relation = link["relation"].as_str();
        relation.is_some_and(|relation| relation.eq_ignore_ascii_case("next"))
    };
    let next = links.iter().find(is_next)?;
    Some(next["url"].as_str()?.to_owned())
}

fn documents(bodies: &[&str]) -> Result<Vec<Value>, TestCaseError> {
    let read = |body: &&str| serde_json::from_str(body.trim_start_matches('\u{feff}'));
    bodies
        .iter()
        .map(read)
        .collect::<Result<_, _>>()
        .map_err(|error| TestCaseError::fail(format!("read from text that is not JSON: {error}")))
}

/// The resources of a type, at any depth.
fn resources<'a>(value: &'a Value, wanted: &str) -> Vec<&'a Value> {
    let mut found = Vec::new();
    if value["resourceType"] == wanted {
        found.push(value);
    }
    match value {
        Value::Object(members) => found.extend(members.values().flat_map(|v| resources(v, wanted))),
        Value::Array(values) => found.extend(values.iter().flat_map(|v| resources(v, wanted))),
        _ => {}
    }
    found
}

/// Every run of ten digits in links and in values of NHS numbers.
fn numbers(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let mut found: Vec<String> = members.values().flat_map(numbers).collect();
            let is_number = members
                .get("system")
                .is_some_and(|s| *s == system::NHS_NUMBER);
            let texts = [
                members.get("value").filter(|_| is_number),
                members.get("url"),
            ];
            for text in texts.into_iter().flatten().filter_map(Value::as_str) {
                let runs = text.split(|c: char| !c.is_ascii_digit());
                found.extend(runs.filter(|run| run.len() == 10).map(str::to_owned));
            }
            found
        }
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        _ => vec![],
    }
}
