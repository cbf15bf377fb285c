//! The plans of one person: a searchset of CareTeam (CP-IS implementation guide, "Get Care Team").
//!
//! Kept: kind, first and last day, the authority's name and two telephone numbers; its ODS code
//! and the time of the last update where the source gives them. Dropped: everything else, above all
//! the names in `subject` and `participant`, which the screen takes from the trace or not at all.

use crate::bundle::{Bundle, Entry, SearchMode};
use crate::date;
use crate::json::{self, Object};
use crate::page::Page;
use crate::person::{self, Named};
use crate::{ReadError, system};
use cpis_record::{Authority, NhsNumber, Plan, PlanKind, Telephone};

/// Reads one page of the answer to "which plans are there for this person".
///
/// Every match must be a CareTeam whose subject is the person asked, by NHS number. A plan code
/// that is not known becomes [`PlanKind::Other`]; no record is ever left out.
///
/// # Errors
/// [`ReadError`] on any doubt; see there.
pub fn read_plans_page(body: &[u8], asked: &NhsNumber) -> Result<Page<Plan>, ReadError> {
    let body = json::read_resource(body)?;
    let bundle = Bundle::read_about(&body, asked)?;
    bundle.require_searchset()?;
    bundle.require_question(&["CareTeam"])?;
    let mut page = Page {
        items: Vec::new(),
        matches: 0,
        total: bundle.total,
        next: bundle.next.map(str::to_owned),
        identities: Vec::new(),
    };
    for entry in &bundle.entries {
        match (entry.resource_type, entry.mode) {
            ("CareTeam", Some(SearchMode::Match) | None) => {
                require_subject(entry, asked)?;
                page.matches += 1;
                page.identities.extend(entry.identities());
                page.items.extend(plans(entry.resource)?);
            }
            ("CareTeam", Some(SearchMode::Include)) | (_, Some(SearchMode::Match) | None) => {
                return Err(ReadError::Unreadable("an unexpected resource"));
            }
            (_, Some(SearchMode::Include)) => {}
        }
    }
    Ok(page)
}

fn require_subject(entry: &Entry<'_>, asked: &NhsNumber) -> Result<(), ReadError> {
    let subject = json::object(entry.resource, "subject")?
        .ok_or(ReadError::Incomplete("a plan without a subject"))?;
    let number = person::nhs_number(subject)?;
    match (person::named(Some(subject), asked)?, number) {
        (Named::Asked, Some(_)) => Ok(()),
        _ => Err(ReadError::Incomplete("a plan without an NHS number")),
    }
}

/// The plans that one CareTeam states: one, unless it carries several plan codes.
fn plans(care_team: &Object) -> Result<Vec<Plan>, ReadError> {
    let (start, end) = date::period(care_team)?;
    let authority = authority(care_team)?;
    let last_updated = date::last_updated(care_team)?;
    let plan = |kind| Plan {
        kind,
        start,
        end,
        authority: authority.clone(),
        last_updated,
    };
    Ok(kinds(care_team)?.into_iter().map(plan).collect())
}

/// The kinds of record in `category`, at least one.
///
/// The codings of one concept are translations of each other, so a known code speaks for its
/// concept. A concept of another terminology is left aside where there is a known one (FHIR's own
/// example classifies care teams with LOINC); a SNOMED CT concept never is.
pub(crate) fn kinds(resource: &Object) -> Result<Vec<PlanKind>, ReadError> {
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    let mut foreign = Vec::new();
    for concept in json::objects(resource, "category")? {
        let kind = kind(concept)?;
        let list = match &kind {
            (PlanKind::Other { .. }, true) => &mut foreign,
            (PlanKind::Other { .. }, false) => &mut unknown,
            _ => &mut known,
        };
        if !list.contains(&kind.0) {
            list.push(kind.0);
        }
    }
    let mut kinds = known;
    kinds.append(&mut unknown);
    if kinds.is_empty() {
        kinds.append(&mut foreign);
    }
    if kinds.is_empty() {
        kinds.push(PlanKind::Other {
            code: String::new(),
            display: None,
        });
    }
    Ok(kinds)
}

/// The kind that one concept states, and whether it may be left aside where another is known: it is
/// of another terminology than SNOMED CT, or says nothing.
fn kind(concept: &Object) -> Result<(PlanKind, bool), ReadError> {
    let words = json::words(concept, "text")?;
    let says_nothing = words.is_none();
    let mut first = None;
    for coding in json::objects(concept, "coding")? {
        let code = json::text(coding, "code")?
            .map(str::trim)
            .unwrap_or_default();
        let display = json::words(coding, "display")?;
        let foreign = json::text(coding, "system")?.is_some_and(|s| s != system::SNOMED);
        let kind = PlanKind::from_snomed(code, display.as_deref().or(words.as_deref()));
        if !matches!(kind, PlanKind::Other { .. }) {
            return Ok((kind, false));
        }
        let says_nothing = code.is_empty() && display.is_none() && says_nothing;
        first.get_or_insert((kind, foreign || says_nothing));
    }
    Ok(first.unwrap_or((
        PlanKind::Other {
            code: String::new(),
            display: words,
        },
        says_nothing,
    )))
}

/// The authority that a CareTeam names, and whom to ring.
pub(crate) fn authority(care_team: &Object) -> Result<Authority, ReadError> {
    Ok(Authority {
        name: json::words(care_team, "name")?,
        ods_code: ods_code(care_team)?,
        office_hours: telephone(care_team, "work")?,
        emergency_duty: telephone(care_team, "mobile")?,
    })
}

/// The first telephone number with this use. In CP-IS `work` is the number for office hours and
/// `mobile` that of the emergency duty team. A number without a use is left out: to which hours it
/// belongs would be a guess.
fn telephone(care_team: &Object, wanted: &str) -> Result<Option<Telephone>, ReadError> {
    for contact in json::objects(care_team, "telecom")? {
        let is_phone = json::text(contact, "system")?.is_none_or(|system| system == "phone");
        if is_phone && json::text(contact, "use")? == Some(wanted) {
            let number = json::text(contact, "value")?.and_then(Telephone::new);
            if number.is_some() {
                return Ok(number);
            }
        }
    }
    Ok(None)
}

/// The ODS code in `managingOrganization`, a list in FHIR R4; one object is accepted too.
fn ods_code(care_team: &Object) -> Result<Option<cpis_record::OdsCode>, ReadError> {
    let organisations = match care_team.get("managingOrganization") {
        Some(serde_json::Value::Object(one)) => vec![one],
        _ => json::objects(care_team, "managingOrganization")?,
    };
    for organisation in organisations {
        let Some(identifier) = json::object(organisation, "identifier")? else {
            continue;
        };
        let is_ods = json::text(identifier, "system")? == Some(system::ODS);
        let code = json::text(identifier, "value")?.and_then(|value| value.parse().ok());
        if is_ods && code.is_some() {
            return Ok(code);
        }
    }
    Ok(None)
}
