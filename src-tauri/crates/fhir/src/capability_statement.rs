//! What a backend says it can do: CapabilityStatement (FHIR R4, 2.43). Used to see that it is there.

use crate::json::{self, Object};
use crate::{ReadError, system};
use serde_json::Value;

/// The parts of a CapabilityStatement that the program uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapabilityStatement {
    /// The statement's name, or the software's, where given.
    pub name: Option<String>,
    /// The software's version, or else the statement's.
    pub version: Option<String>,
    /// The version of FHIR.
    pub fhir_version: Option<String>,
    /// The resource types that are offered.
    pub resources: Vec<String>,
    /// Whether it is the statement of a training backend, which has made-up people only
    /// ([`system::TRAINING_EXTENSION`]). Anything else than a plain `true` there is a no.
    pub is_training: bool,
}

/// Reads a CapabilityStatement.
///
/// # Errors
/// [`ReadError`] when the body is something else.
pub fn read_capability_statement(body: &[u8]) -> Result<CapabilityStatement, ReadError> {
    let statement = json::read_resource(body)?;
    if json::resource_type(&statement) != "CapabilityStatement" {
        return Err(ReadError::Unreadable(
            "another resource than a CapabilityStatement",
        ));
    }
    let software = json::object(&statement, "software")?;
    let of_software = |name| match software {
        Some(software) => json::words(software, name),
        None => Ok(None),
    };
    Ok(CapabilityStatement {
        name: of_software("name")?.or(json::words(&statement, "name")?),
        version: of_software("version")?.or(json::words(&statement, "version")?),
        fhir_version: json::words(&statement, "fhirVersion")?,
        resources: resources(&statement)?,
        is_training: is_training(&statement)?,
    })
}

fn is_training(statement: &Object) -> Result<bool, ReadError> {
    let mut marks = Vec::new();
    for extension in json::objects(statement, "extension")? {
        if json::text(extension, "url")? == Some(system::TRAINING_EXTENSION) {
            marks.push(extension.get("valueBoolean") == Some(&Value::Bool(true)));
        }
    }
    Ok(marks == [true])
}

fn resources(statement: &Object) -> Result<Vec<String>, ReadError> {
    let mut types = Vec::new();
    for rest in json::objects(statement, "rest")? {
        for resource in json::objects(rest, "resource")? {
            types.extend(json::words(resource, "type")?);
        }
    }
    Ok(types)
}
