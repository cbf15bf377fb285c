//! What a repository reads back from our audit record.

use crate::audit_event::KEPT_COPY;
use crate::json::{self, Object};
use crate::patient_query::PATIENT_SEARCH;
use crate::{ReadError, date, system};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, FixedOffset};
use cpis_record::NhsNumber;

/// What one of our audit records says, as far as a repository acts on it. `Debug` is redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct AuditFacts {
    /// The view's id.
    pub id: String,
    /// When the view took place.
    pub recorded: DateTime<FixedOffset>,
    /// The viewer's identifier.
    pub user_id: String,
    /// The viewer's name, where given.
    pub viewer: Option<String>,
    /// The viewer's role in words, where given.
    pub role: Option<String>,
    /// The ODS code of the viewer's organisation.
    pub organisation: String,
    /// The organisation's name, where given.
    pub organisation_name: Option<String>,
    /// Whose record was asked for. `None` for a search for a person by name.
    pub person: Option<NhsNumber>,
    /// Whether the look belongs to unscheduled care, of which the local authority is told.
    pub unscheduled: bool,
    /// Whether a kept copy was opened, so that nobody heard of the look before its record came.
    pub of_kept_copy: bool,
    /// FHIR's code of the outcome: 0, 4, 8 or 12.
    pub outcome: u8,
    /// The code of the cause, where the outcome has one.
    pub cause: Option<String>,
    /// The place in the workstation's chain, where given.
    pub chain: Option<ChainFacts>,
}

/// A record's place in the chain of its workstation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainFacts {
    /// The record's place.
    pub sequence: u64,
    /// The hash of the record before it, hexadecimal.
    pub previous: String,
    /// The record's own hash, hexadecimal, where given.
    pub own: Option<String>,
}

impl std::fmt::Debug for AuditFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditFacts")
            .field("id", &self.id)
            .field("outcome", &self.outcome)
            .field("cause", &self.cause)
            .finish_non_exhaustive()
    }
}

/// Reads an audit record that [`crate::write_audit_event`] wrote.
///
/// # Errors
/// [`ReadError`] when the body is not an AuditEvent, or lacks what makes it a record: id, time,
/// viewer, organisation, person, mode or outcome.
pub fn read_audit_event(body: &[u8]) -> Result<AuditFacts, ReadError> {
    let event = json::read_resource(body)?;
    if json::resource_type(&event) != "AuditEvent" {
        return Err(ReadError::Unreadable("another resource than an AuditEvent"));
    }
    let recorded =
        json::text(&event, "recorded")?.ok_or(ReadError::Incomplete("a record without a time"))?;
    let agents = json::objects(&event, "agent")?;
    let user = agent(&agents, system::SDS_USER_ID)?
        .ok_or(ReadError::Incomplete("a record without a viewer"))?;
    let organisation = agent(&agents, system::ODS)?
        .ok_or(ReadError::Incomplete("a record without an organisation"))?;
    let access = extension(&event, system::ACCESS_EXTENSION)?
        .ok_or(ReadError::Incomplete("a record without a mode"))?;
    let unscheduled = match extension(access, "unscheduled")? {
        Some(part) => json::boolean(part, "valueBoolean")?,
        None => None,
    };
    Ok(AuditFacts {
        id: json::words(&event, "id")?.ok_or(ReadError::Incomplete("a record without an id"))?,
        recorded: date::moment(recorded)?,
        user_id: user.identifier,
        viewer: json::words(user.agent, "name")?,
        role: role(user.agent)?,
        organisation: organisation.identifier,
        organisation_name: json::words(organisation.who, "display")?,
        person: person(&event)?,
        unscheduled: unscheduled.ok_or(ReadError::Incomplete("a record without a mode"))?,
        of_kept_copy: request_begins(&json::objects(&event, "entity")?, KEPT_COPY)?,
        outcome: outcome(&event)?,
        cause: json::words(&event, "outcomeDesc")?,
        chain: chain(&event)?,
    })
}

struct Agent<'a> {
    agent: &'a Object,
    who: &'a Object,
    identifier: String,
}

/// The first agent whose identifier is of this system.
fn agent<'a>(agents: &[&'a Object], wanted: &str) -> Result<Option<Agent<'a>>, ReadError> {
    for agent in agents {
        let Some(who) = json::object(agent, "who")? else {
            continue;
        };
        if let Some(identifier) = identifier(who, wanted)? {
            return Ok(Some(Agent {
                agent,
                who,
                identifier,
            }));
        }
    }
    Ok(None)
}

fn identifier(reference: &Object, wanted: &str) -> Result<Option<String>, ReadError> {
    match json::object(reference, "identifier")? {
        Some(identifier) if json::text(identifier, "system")? == Some(wanted) => {
            json::words(identifier, "value")
        }
        _ => Ok(None),
    }
}

fn role(agent: &Object) -> Result<Option<String>, ReadError> {
    for concept in json::objects(agent, "role")? {
        let words = json::words(concept, "text")?;
        if words.is_some() {
            return Ok(words);
        }
    }
    Ok(None)
}

/// The one person among the entities. Only a search of the demographics service has none.
fn person(event: &Object) -> Result<Option<NhsNumber>, ReadError> {
    let mut found = None;
    let entities = json::objects(event, "entity")?;
    for entity in &entities {
        let Some(what) = json::object(entity, "what")? else {
            continue;
        };
        if let Some(number) = identifier(what, system::NHS_NUMBER)? {
            let number = NhsNumber::received(&number)
                .map_err(|_| ReadError::Unreadable("a text that is not an NHS number"))?;
            if found.replace(number).is_some() {
                return Err(ReadError::Incomplete("a record of two people"));
            }
        }
    }
    if found.is_none() && !is_search_for_a_person(&entities)? {
        return Err(ReadError::Incomplete("a record without a person"));
    }
    Ok(found)
}

/// Whether the question is a search of the demographics service and no entity stands for a person:
/// one that lost its NHS number must not pass for one that never had it.
fn is_search_for_a_person(entities: &[&Object]) -> Result<bool, ReadError> {
    for entity in entities {
        if let Some(kind) = json::object(entity, "type")?
            && json::text(kind, "system")? == Some(system::AUDIT_ENTITY_TYPE)
            && json::text(kind, "code")? == Some("1")
        {
            return Ok(false);
        }
    }
    request_begins(entities, PATIENT_SEARCH)
}

/// Whether the request of an entity begins with these words.
fn request_begins(entities: &[&Object], words: &str) -> Result<bool, ReadError> {
    let mut begins = false;
    for entity in entities {
        if let Some(query) = json::text(entity, "query")? {
            let query = BASE64_STANDARD
                .decode(query)
                .map_err(|_| ReadError::Unreadable("a query that is not base64"))?;
            begins |= query.starts_with(words.as_bytes());
        }
    }
    Ok(begins)
}

fn outcome(event: &Object) -> Result<u8, ReadError> {
    match json::text(event, "outcome")? {
        Some("0") => Ok(0),
        Some("4") => Ok(4),
        Some("8") => Ok(8),
        Some("12") => Ok(12),
        Some(_) => Err(ReadError::Unreadable("an unknown outcome")),
        None => Err(ReadError::Incomplete("a record without an outcome")),
    }
}

fn chain(event: &Object) -> Result<Option<ChainFacts>, ReadError> {
    let Some(chain) = extension(event, system::CHAIN_EXTENSION)? else {
        return Ok(None);
    };
    let hash = |name| match extension(chain, name)? {
        Some(part) => json::text(part, "valueString"),
        None => Ok(None),
    };
    let sequence = extension(chain, "sequence")?
        .and_then(|part| part.get("valueUnsignedInt")?.as_u64())
        .ok_or(ReadError::Unreadable("a chain without a sequence"))?;
    Ok(Some(ChainFacts {
        sequence,
        previous: hash("previous")?.unwrap_or_default().to_owned(),
        own: hash("hash")?.map(str::to_owned),
    }))
}

fn extension<'a>(object: &'a Object, url: &str) -> Result<Option<&'a Object>, ReadError> {
    for extension in json::objects(object, "extension")? {
        if json::text(extension, "url")? == Some(url) {
            return Ok(Some(extension));
        }
    }
    Ok(None)
}
