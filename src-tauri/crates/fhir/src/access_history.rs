//! Who looked before: a searchset of AuditEvent with the PractitionerRole of each viewer (CP-IS
//! implementation guide, "Get Audit Event").
//!
//! Kept: when, the viewer's name, role and organisation in words, and the role profile id, which
//! tells one's own looks. Dropped: codes.

use crate::bundle::{Bundle, Entry, SearchMode, reference_key};
use crate::json::{self, Object};
use crate::page::Page;
use crate::person::{self, Named};
use crate::{ReadError, date, system};
use cpis_record::{Access, NhsNumber, RoleProfileId};
use std::collections::HashMap;

/// Reads one page of the answer to "who looked at this person's record before".
///
/// An empty page is read as "no access known" and nothing more, so its link may name the search for
/// plans: the one published empty answer serves both questions.
///
/// The order is the server's; [`cpis_record::AccessHistory::newest_first`] makes it certain.
///
/// # Errors
/// [`ReadError`] on any doubt; see there. An access whose viewer's role is missing from the answer
/// is such a doubt.
pub fn read_history_page(body: &[u8], asked: &NhsNumber) -> Result<Page<Access>, ReadError> {
    let body = json::read_resource(body)?;
    let bundle = Bundle::read_about(&body, asked)?;
    bundle.require_searchset()?;
    let roles: HashMap<String, &Object> = bundle
        .entries
        .iter()
        .filter(|entry| entry.resource_type == "PractitionerRole")
        .flat_map(|entry| {
            entry
                .identities()
                .into_iter()
                .map(|key| (key, entry.resource))
        })
        .collect();
    let mut page = Page {
        items: Vec::new(),
        matches: 0,
        total: bundle.total,
        next: bundle.next.map(str::to_owned),
        identities: Vec::new(),
    };
    for entry in &bundle.entries {
        match (entry.resource_type, entry.mode) {
            ("AuditEvent", Some(SearchMode::Match) | None) => {
                page.matches += 1;
                page.identities.extend(entry.identities());
                page.items.push(access(entry, &roles, asked)?);
            }
            ("PractitionerRole", Some(SearchMode::Include) | None) => {}
            ("AuditEvent", Some(SearchMode::Include)) | (_, Some(SearchMode::Match) | None) => {
                return Err(ReadError::Unreadable("an unexpected resource"));
            }
            (_, Some(SearchMode::Include)) => {}
        }
    }
    Ok(page)
}

fn access(
    entry: &Entry<'_>,
    roles: &HashMap<String, &Object>,
    asked: &NhsNumber,
) -> Result<Access, ReadError> {
    let event = entry.resource;
    let recorded =
        json::text(event, "recorded")?.ok_or(ReadError::Incomplete("an access without a time"))?;
    let agents = json::objects(event, "agent")?;
    require_patient_agent(&agents, asked)?;
    let viewer = viewer_agent(&agents)?;
    let who =
        json::object(viewer, "who")?.ok_or(ReadError::Incomplete("an access without a viewer"))?;
    let viewer = match json::text(who, "reference")? {
        Some(reference) => {
            let role = roles
                .get(&reference_key(reference))
                .ok_or(ReadError::Incomplete("a viewer's role is missing"))?;
            practitioner_role(role)?
        }
        None => Viewer {
            name: json::words(who, "display")?,
            ..Viewer::default()
        },
    };
    Ok(Access {
        at: date::moment(recorded)?,
        viewer: viewer.name,
        role: viewer.role,
        organisation: viewer.organisation,
        role_profile: viewer.role_profile,
    })
}

/// Every agent of the class `PAT` must be the person asked, and there must be one.
fn require_patient_agent(agents: &[&Object], asked: &NhsNumber) -> Result<(), ReadError> {
    let mut found = false;
    for agent in agents {
        if has_class(agent, "PAT")? {
            match person::named(json::object(agent, "who")?, asked)? {
                Named::Asked => found = true,
                Named::Opaque(_) | Named::Nobody => {
                    return Err(ReadError::Incomplete("an access without an NHS number"));
                }
            }
        }
    }
    if found {
        Ok(())
    } else {
        Err(ReadError::Incomplete("an access without a patient"))
    }
}

/// The agent of the class `ASSIGNED`; without a class, the one who asked.
fn viewer_agent<'a>(agents: &[&'a Object]) -> Result<&'a Object, ReadError> {
    for agent in agents {
        if has_class(agent, "ASSIGNED")? {
            return Ok(agent);
        }
    }
    for agent in agents {
        if json::boolean(agent, "requestor")? == Some(true) {
            return Ok(agent);
        }
    }
    Err(ReadError::Incomplete("an access without a viewer"))
}

fn has_class(agent: &Object, wanted: &str) -> Result<bool, ReadError> {
    let Some(class) = json::object(agent, "type")? else {
        return Ok(false);
    };
    for coding in json::objects(class, "coding")? {
        if json::text(coding, "code")? == Some(wanted) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[derive(Default)]
struct Viewer {
    name: Option<String>,
    role: Option<String>,
    organisation: Option<String>,
    role_profile: Option<RoleProfileId>,
}

/// The name, role and organisation in words, and the role profile.
fn practitioner_role(role: &Object) -> Result<Viewer, ReadError> {
    let display = |name| match json::object(role, name)? {
        Some(reference) => json::words(reference, "display"),
        None => Ok(None),
    };
    Ok(Viewer {
        name: display("practitioner")?,
        role: role_in_words(role)?,
        organisation: display("organization")?,
        role_profile: role_profile(role)?,
    })
}

/// The role profile; `None` where there is none, or more than one to choose from.
fn role_profile(role: &Object) -> Result<Option<RoleProfileId>, ReadError> {
    let mut found = None;
    for identifier in json::objects(role, "identifier")? {
        if json::text(identifier, "system")? == Some(system::SDS_ROLE_PROFILE)
            && let Some(value) = json::words(identifier, "value")?
            && found.replace(value).is_some()
        {
            return Ok(None);
        }
    }
    Ok(found.and_then(|value| RoleProfileId::new(&value)))
}

fn role_in_words(role: &Object) -> Result<Option<String>, ReadError> {
    for concept in json::objects(role, "code")? {
        for coding in json::objects(concept, "coding")? {
            let words = json::words(coding, "display")?;
            if words.is_some() {
                return Ok(words);
            }
        }
        let words = json::words(concept, "text")?;
        if words.is_some() {
            return Ok(words);
        }
    }
    Ok(None)
}
