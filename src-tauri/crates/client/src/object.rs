//! A JSON object where an object is due.
//!
//! `serde` reads a struct from a list, too, by the order of its fields: a role or a token could be read from
//! what no standard calls one.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// What was read from an object, and from nothing else.
pub(crate) struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Named {
        name: String,
        #[serde(default)]
        parts: Vec<Object<Named>>,
    }

    #[test]
    fn a_list_is_not_read_as_an_object() {
        let read = |text: &str| serde_json::from_str::<Object<Named>>(text);
        let whole = read(r#"{"name":"a","parts":[{"name":"b"}],"more":[]}"#).unwrap();
        assert_eq!(whole.0.name, "a");
        assert_eq!(whole.0.parts[0].0.name, "b");
        let list = r#"["a",[]]"#;
        assert!(
            serde_json::from_str::<Named>(list).is_ok(),
            "serde reads it"
        );
        assert!(read(list).is_err());
        assert!(read(r#"{"name":"a","parts":[["b",[]]]}"#).is_err());
    }
}
