//! JSON, stricter than `serde_json` where damage could hide something, and typed access to it.

use crate::ReadError;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::cell::Cell;
use std::fmt;

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

/// How deep objects and arrays may nest. The deepest published answer has 12 levels.
const DEPTH_LIMIT: u8 = 64;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads one JSON object that fills the body: UTF-8, a byte order mark tolerated, nothing after it.
///
/// A name that occurs twice in one object is an error. Which of the two holds cannot be known, and
/// `serde_json` alone would silently take the last.
pub(crate) fn read(body: &[u8]) -> Result<Object, ReadError> {
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let fault = Cell::new(None);
    let strict = Strict {
        depth: DEPTH_LIMIT,
        fault: &fault,
    };
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = strict.deserialize(&mut deserializer).map_err(|_| {
        fault
            .get()
            .map_or(ReadError::NotFhir, ReadError::Unreadable)
    })?;
    deserializer.end().map_err(|_| ReadError::NotFhir)?;
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(ReadError::NotFhir),
    }
}

/// Reads one FHIR resource and refuses what would change its meaning in a way this program does not
/// know: a modifier extension anywhere in it, or implicit rules (FHIR R4, 2.4.0.5 and Resource).
pub(crate) fn read_resource(body: &[u8]) -> Result<Object, ReadError> {
    let object = read(body)?;
    match object.get("resourceType") {
        Some(Value::String(_)) => {}
        _ => return Err(ReadError::NotFhir),
    }
    refuse_modifiers(&object)?;
    Ok(object)
}

/// The value of `resourceType`, or an empty text.
pub(crate) fn resource_type(object: &Object) -> &str {
    object
        .get("resourceType")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn refuse_modifiers(object: &Object) -> Result<(), ReadError> {
    for (name, value) in object {
        match name.as_str() {
            "modifierExtension" if !is_empty(value) => {
                return Err(ReadError::Unreadable("an unknown modifier extension"));
            }
            "implicitRules" | "_implicitRules" if !value.is_null() => {
                return Err(ReadError::Unreadable("implicit rules"));
            }
            _ => refuse_modifiers_in(value)?,
        }
    }
    Ok(())
}

fn refuse_modifiers_in(value: &Value) -> Result<(), ReadError> {
    match value {
        Value::Object(object) => refuse_modifiers(object),
        Value::Array(values) => values.iter().try_for_each(refuse_modifiers_in),
        _ => Ok(()),
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// A text; `None` when absent.
pub(crate) fn text<'a>(object: &'a Object, name: &str) -> Result<Option<&'a str>, ReadError> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(ReadError::Unreadable("a text has another type")),
    }
}

/// A text to show, without surrounding white space; `None` when absent or blank.
pub(crate) fn words(object: &Object, name: &str) -> Result<Option<String>, ReadError> {
    Ok(text(object, name)?
        .map(str::trim)
        .filter(|words| !words.is_empty())
        .map(str::to_owned))
}

/// A boolean, also when written as a string, as the published access history does.
pub(crate) fn boolean(object: &Object, name: &str) -> Result<Option<bool>, ReadError> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(value)) => Ok(Some(*value)),
        Some(Value::String(value)) if value == "true" => Ok(Some(true)),
        Some(Value::String(value)) if value == "false" => Ok(Some(false)),
        Some(_) => Err(ReadError::Unreadable("a boolean has another type")),
    }
}

/// An object; `None` when absent.
pub(crate) fn object<'a>(object: &'a Object, name: &str) -> Result<Option<&'a Object>, ReadError> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(value)) => Ok(Some(value)),
        Some(_) => Err(ReadError::Unreadable("an object has another type")),
    }
}

/// The objects of an array; none when absent.
pub(crate) fn objects<'a>(object: &'a Object, name: &str) -> Result<Vec<&'a Object>, ReadError> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(values)) => values
            .iter()
            .map(|value| {
                value.as_object().ok_or(ReadError::Unreadable(
                    "a list holds something of another type",
                ))
            })
            .collect(),
        Some(_) => Err(ReadError::Unreadable("a list has another type")),
    }
}

/// Builds a `Value` while it refuses names that occur twice and nesting beyond the limit. Why it
/// refused is left in `fault`, since `serde_json`'s error carries only a text.
struct Strict<'f> {
    depth: u8,
    fault: &'f Cell<Option<&'static str>>,
}

impl Strict<'_> {
    fn inner<E: Error>(&self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self {
                depth,
                fault: self.fault,
            }),
            None => Err(self.refuse("nested too deep")),
        }
    }

    fn refuse<E: Error>(&self, fault: &'static str) -> E {
        self.fault.set(Some(fault));
        E::custom(fault)
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("not a number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(self.inner()?)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(self.refuse("a name occurs twice in one object"));
            }
            let value = members.next_value_seed(self.inner()?)?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}
