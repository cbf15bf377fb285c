//! The rules of reading, one by one. Each starts from a published answer and changes one thing.

mod access_history;
mod nothing;
mod pages;
mod patient;
mod patient_flags;
mod plans;

use crate::examples::{json, published_number};
use cpis_fhir::*;
use cpis_record::*;
use serde_json::{Value, json};

fn example(name: &str) -> Value {
    serde_json::from_slice(&json(name)).unwrap()
}

fn empty() -> Value {
    example("cpis-empty-bundle-01.json")
}

fn found() -> Value {
    example("cpis-careteam-bundle-01.json")
}

fn looked() -> Value {
    example("cpis-auditevent-bundle-01.json")
}

fn flags() -> Value {
    let mut body = example("PatientFlag-CPIS-CPP-Bundle-Example.xml");
    body["type"] = json!("searchset");
    body["total"] = json!(1);
    body["link"] = json!([{ "relation": "self", "url": "PatientFlag?patient=9912003890&code=child-protection-information-system-flag" }]);
    body
}

fn one_page<T>(page: Result<Page<T>, ReadError>) -> Result<Vec<T>, ReadError> {
    match Pages::new().add(page?)? {
        Progress::Complete(items) => Ok(items),
        Progress::More { .. } => Err(ReadError::Incomplete("the test follows no links")),
    }
}

fn plans_in(body: &[u8]) -> Result<Vec<Plan>, ReadError> {
    one_page(read_plans_page(body, &published_number()))
}

fn plans(body: &Value) -> Result<Vec<Plan>, ReadError> {
    plans_in(body.to_string().as_bytes())
}

fn history(body: &Value) -> Result<Vec<Access>, ReadError> {
    one_page(read_history_page(
        body.to_string().as_bytes(),
        &published_number(),
    ))
}

fn read_flags(body: &Value) -> Result<PatientFlags, ReadError> {
    read_patient_flags(body.to_string().as_bytes(), &published_number())
}

/// A changed copy of an answer.
fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(values) => values[name.parse::<usize>().unwrap()] = value,
        _ => parent[name] = value,
    }
    body
}

fn without(mut body: Value, pointer: &str) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    parent.remove(name).unwrap();
    body
}

const TEAM: &str = "/entry/0/resource";

fn team(pointer: &str, value: Value) -> Value {
    with(found(), &format!("{TEAM}{pointer}"), value)
}
