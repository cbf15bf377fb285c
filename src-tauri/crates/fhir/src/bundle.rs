//! The envelope of every answer: a Bundle (FHIR R4, 2.36).

use crate::json::{self, Object};
use crate::{ReadError, person};
use cpis_record::NhsNumber;
use serde_json::Value;
use std::collections::HashSet;

/// The properties of a Bundle. Another one means a damaged or a different answer, in which records
/// may be where this program does not look.
const BUNDLE_PROPERTIES: [&str; 11] = [
    "resourceType",
    "id",
    "meta",
    "language",
    "identifier",
    "type",
    "timestamp",
    "total",
    "link",
    "entry",
    "signature",
];

const ENTRY_PROPERTIES: [&str; 6] = ["id", "extension", "link", "fullUrl", "resource", "search"];

/// Codes in `meta.tag` and `meta.security` which say that parts were left out (HL7
/// v3-ObservationValue).
const LEFT_OUT: [&str; 3] = ["SUBSETTED", "REDACTED", "MASKED"];

/// A Bundle whose envelope is well-formed.
pub(crate) struct Bundle<'a> {
    pub(crate) kind: &'a str,
    pub(crate) total: Option<u64>,
    /// Where the next page is.
    pub(crate) next: Option<&'a str>,
    /// The search that the server says it carried out.
    pub(crate) own_link: Option<&'a str>,
    /// The addresses of all links.
    links: Vec<&'a str>,
    pub(crate) entries: Vec<Entry<'a>>,
}

/// One entry with its resource.
pub(crate) struct Entry<'a> {
    pub(crate) full_url: Option<&'a str>,
    pub(crate) id: Option<&'a str>,
    pub(crate) resource_type: &'a str,
    pub(crate) resource: &'a Object,
    pub(crate) mode: Option<SearchMode>,
    /// How well it matches, 0 to 1, where the server says so.
    pub(crate) score: Option<f64>,
}

/// Why an entry is in a searchset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SearchMode {
    Match,
    Include,
}

impl<'a> Bundle<'a> {
    /// Reads the envelope of an answer about one person, in which nobody else is named.
    pub(crate) fn read_about(body: &'a Object, asked: &NhsNumber) -> Result<Self, ReadError> {
        let bundle = Self::read(body)?;
        bundle
            .links
            .iter()
            .try_for_each(|link| person::same_in_link(link, asked))?;
        person::require_nobody_else(body, asked)?;
        Ok(bundle)
    }

    /// Reads the envelope.
    pub(crate) fn read(body: &'a Object) -> Result<Self, ReadError> {
        match json::resource_type(body) {
            "Bundle" => {}
            "OperationOutcome" => {
                return Err(ReadError::Incomplete("an outcome in place of the answer"));
            }
            _ => return Err(ReadError::Unreadable("another resource than a Bundle")),
        }
        refuse_unknown(body, &BUNDLE_PROPERTIES)?;
        refuse_left_out(body)?;
        let kind = present_text(body, "type")?.ok_or(ReadError::Unreadable("no Bundle type"))?;
        let total = match body.get("total") {
            None => None,
            Some(total) => Some(
                total
                    .as_u64()
                    .ok_or(ReadError::Unreadable("a total that is not a count"))?,
            ),
        };
        let links = links(body)?;
        let related = |wanted: &str| -> Result<Option<&str>, ReadError> {
            let mut found = links
                .iter()
                .filter(|(relation, _)| relation.eq_ignore_ascii_case(wanted));
            match (found.next(), found.next()) {
                (_, Some(_)) => Err(ReadError::Unreadable("a link comes twice")),
                (link, None) => Ok(link.map(|(_, url)| *url)),
            }
        };
        let entries = present_objects(body, "entry")?
            .into_iter()
            .map(Entry::read)
            .collect::<Result<Vec<_>, _>>()?;
        let bundle = Self {
            kind,
            total,
            next: related("next")?,
            own_link: related("self")?,
            links: links.iter().map(|(_, url)| *url).collect(),
            entries,
        };
        bundle.refuse_duplicates()?;
        Ok(bundle)
    }

    /// Requires a searchset in which a total of 0 stands over nothing at all. Other totals are
    /// compared with the matches where all pages are put together.
    pub(crate) fn require_searchset(&self) -> Result<(), ReadError> {
        if self.kind != "searchset" {
            return Err(ReadError::Unreadable("a Bundle that is not a searchset"));
        }
        let says_empty = self.total == Some(0);
        if says_empty && (!self.entries.is_empty() || self.next.is_some()) {
            return Err(ReadError::Incomplete(
                "the total disagrees with the records",
            ));
        }
        Ok(())
    }

    /// Requires that the server's own link, where it names a resource type, names one of these. An
    /// empty answer to another question would otherwise be read as "nothing found".
    pub(crate) fn require_question(&self, resource_types: &[&str]) -> Result<(), ReadError> {
        let Some(own_link) = self.own_link else {
            return Ok(());
        };
        let path = own_link.split(['?', '#']).next().unwrap_or_default();
        let asked_for = path
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let names_another =
            SEARCHED_TYPES.contains(&asked_for) && !resource_types.contains(&asked_for);
        if names_another {
            return Err(ReadError::Unreadable("an answer to another question"));
        }
        Ok(())
    }

    fn refuse_duplicates(&self) -> Result<(), ReadError> {
        let mut seen = HashSet::new();
        let is_new = |identity| seen.insert(identity);
        if self.entries.iter().flat_map(Entry::identities).all(is_new) {
            Ok(())
        } else {
            Err(ReadError::Incomplete("a resource comes twice"))
        }
    }
}

/// What the program asks its sources for.
const SEARCHED_TYPES: [&str; 5] = ["CareTeam", "AuditEvent", "PatientFlag", "Flag", "Patient"];

impl<'a> Entry<'a> {
    fn read(entry: &'a Object) -> Result<Self, ReadError> {
        refuse_unknown(entry, &ENTRY_PROPERTIES)?;
        let resource = json::object(entry, "resource")?
            .ok_or(ReadError::Incomplete("an entry without a resource"))?;
        refuse_left_out(resource)?;
        let search = json::object(entry, "search")?;
        let mode = match search
            .map(|search| json::text(search, "mode"))
            .transpose()?
            .flatten()
        {
            None => None,
            Some("match") => Some(SearchMode::Match),
            Some("include") => Some(SearchMode::Include),
            Some("outcome") => return Err(ReadError::Incomplete("the search had a problem")),
            Some(_) => return Err(ReadError::Unreadable("an unknown search mode")),
        };
        let resource_type = json::resource_type(resource);
        match resource_type {
            "" => return Err(ReadError::Unreadable("a resource without a type")),
            "OperationOutcome" => return Err(ReadError::Incomplete("the search had a problem")),
            _ => {}
        }
        if json::text(resource, "status")? == Some("entered-in-error") {
            return Err(ReadError::Unreadable("a resource entered in error"));
        }
        Ok(Self {
            full_url: json::text(entry, "fullUrl")?,
            id: json::text(resource, "id")?,
            resource_type,
            resource,
            mode,
            score: search.and_then(|search| search.get("score")?.as_f64()),
        })
    }

    /// Whether the entry is a match: it says so, or it says nothing and is of the type searched.
    pub(crate) fn is_match(&self, searched: &str) -> bool {
        match self.mode {
            Some(mode) => mode == SearchMode::Match,
            None => self.resource_type == searched,
        }
    }

    /// What other resources may call this one, and what tells it from others.
    pub(crate) fn identities(&self) -> Vec<String> {
        let by_id = self
            .id
            .map(|id| format!("{}/{id}", self.resource_type).to_lowercase());
        let by_url = self.full_url.map(reference_key);
        let mut identities: Vec<String> = by_id.into_iter().chain(by_url).collect();
        identities.dedup();
        identities
    }
}

/// The form in which a reference is compared: the type and the id, or the whole address where it
/// has no such form. In small letters, since published files differ in letter case between a
/// reference and what it points to.
pub(crate) fn reference_key(reference: &str) -> String {
    let address = reference.split("/_history/").next().unwrap_or_default();
    let mut segments = address.trim_end_matches('/').rsplit('/');
    match (segments.next(), segments.next()) {
        (Some(id), Some(resource_type)) => format!("{resource_type}/{id}").to_lowercase(),
        _ => address.to_lowercase(),
    }
}

/// The relation and the address of every link.
fn links(body: &Object) -> Result<Vec<(&str, &str)>, ReadError> {
    let link = |link| {
        let relation = json::text(link, "relation")?
            .ok_or(ReadError::Unreadable("a link without a relation"))?;
        let url = json::text(link, "url")?
            .filter(|url| !url.is_empty())
            .ok_or(ReadError::Unreadable("a link without an address"))?;
        Ok((relation, url))
    };
    present_objects(body, "link")?
        .into_iter()
        .map(link)
        .collect()
}

fn refuse_unknown(object: &Object, known: &[&str]) -> Result<(), ReadError> {
    if object.keys().all(|name| known.contains(&name.as_str())) {
        Ok(())
    } else {
        Err(ReadError::Unreadable("an unknown property"))
    }
}

fn refuse_left_out(resource: &Object) -> Result<(), ReadError> {
    let Some(meta) = json::object(resource, "meta")? else {
        return Ok(());
    };
    for labels in ["tag", "security"] {
        for label in json::objects(meta, labels)? {
            if json::text(label, "code")?.is_some_and(|code| LEFT_OUT.contains(&code)) {
                return Err(ReadError::Incomplete("parts were left out"));
            }
        }
    }
    Ok(())
}

/// Like [`json::text`], but a null is an error: in the envelope it stands where something was.
fn present_text<'a>(object: &'a Object, name: &str) -> Result<Option<&'a str>, ReadError> {
    refuse_null(object, name)?;
    json::text(object, name)
}

fn present_objects<'a>(object: &'a Object, name: &str) -> Result<Vec<&'a Object>, ReadError> {
    refuse_null(object, name)?;
    json::objects(object, name)
}

fn refuse_null(object: &Object, name: &str) -> Result<(), ReadError> {
    if object.get(name).is_some_and(Value::is_null) {
        return Err(ReadError::Unreadable("a null in the envelope"));
    }
    Ok(())
}
