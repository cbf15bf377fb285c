//! The plans of one person from the other source: Flag, CarePlan and CareTeam in one answer
//! (Patient Flags FHIR API, CP-IS).
//!
//! The Flag says that there is a record, its CarePlan which and since when, the CarePlan's CareTeam
//! who is responsible. They are joined by reference. Dropped: provenance, names, other flags' detail.
//!
//! The published examples name the subject by an address such as `Patient/PatientFlag-...`, not by
//! NHS number. Such an address cannot be compared with the number asked; what is required of it is
//! that the whole answer is about one address, and that no number anywhere is another person's.

use crate::bundle::{Bundle, Entry, SearchMode, reference_key};
use crate::json::{self, Object};
use crate::person::{self, Named};
use crate::{ReadError, care_team, date, system};
use chrono::NaiveDate;
use cpis_record::{NhsNumber, Plan};
use std::collections::{HashMap, HashSet};

/// The code of a CP-IS flag (England-FlagCategoryPatient 0.5.0).
const CP_IS_FLAG: &str = "child-protection-information-system-flag";

/// What the flags of one person say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientFlags {
    /// The plans behind the CP-IS flags. Empty means that the answer was empty as a whole.
    pub plans: Vec<Plan>,
    /// Flags of other kinds that stand beside them. The question did not ask for those, so that none
    /// here does not mean that there is none.
    pub other_flags: Vec<OtherFlag>,
}

/// A flag that is not a CP-IS flag, and never says anything about child protection. `Debug` is redacted: what it says is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct OtherFlag {
    /// Its code.
    pub code: String,
    /// Its words, where given.
    pub display: Option<String>,
    /// Whether it is in force. One that does not say so counts as in force.
    pub active: bool,
}

impl std::fmt::Debug for OtherFlag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OtherFlag(redacted)")
    }
}

/// Reads the whole answer to "which CP-IS flags does this person have".
///
/// # Errors
/// [`ReadError`] on any doubt. Among them: a further page; flags of other kinds only, since "nothing
/// found" is read from an empty answer alone; a CP-IS flag whose CarePlan or CareTeam is missing; a
/// CarePlan that no flag refers to.
pub fn read_patient_flags(body: &[u8], asked: &NhsNumber) -> Result<PatientFlags, ReadError> {
    let body = json::read_resource(body)?;
    let bundle = Bundle::read_about(&body, asked)?;
    match bundle.kind {
        "searchset" => require_total(&bundle)?,
        "collection" if !bundle.entries.is_empty() => {}
        _ => return Err(ReadError::Unreadable("a Bundle that is not a searchset")),
    }
    bundle.require_question(&["PatientFlag", "Flag"])?;
    if bundle.next.is_some() {
        return Err(ReadError::Incomplete("there is another page"));
    }
    require_one_subject(&bundle, asked)?;

    let answer = Answer::new(&bundle);
    let mut plans = Vec::new();
    let mut other_flags = Vec::new();
    let mut joined = HashSet::new();
    for entry in &bundle.entries {
        match entry.resource_type {
            "Flag" => match flag(entry.resource)? {
                FlagKind::CpIs(references) => {
                    let (_, flag_end) = date::period(entry.resource)?;
                    for reference in references {
                        let care_plan = answer.find("CarePlan", &reference)?;
                        if joined.insert(std::ptr::from_ref(care_plan)) {
                            plans.extend(answer.plans(care_plan, flag_end)?);
                        }
                    }
                }
                FlagKind::Other(other) => other_flags.push(other),
            },
            "CarePlan" | "CareTeam" | "Patient" => {}
            _ if entry.mode == Some(SearchMode::Include) => {}
            _ => return Err(ReadError::Unreadable("an unexpected resource")),
        }
    }
    let care_plans = bundle
        .entries
        .iter()
        .filter(|e| e.resource_type == "CarePlan");
    if care_plans.count() != joined.len() {
        return Err(ReadError::Incomplete("a care plan without a flag"));
    }
    // An include without the match that it belongs to is a contradiction, not an empty answer.
    if plans.is_empty() && !bundle.entries.is_empty() {
        return Err(ReadError::Incomplete("flags of other kinds only"));
    }
    Ok(PatientFlags { plans, other_flags })
}

/// The total must be there and count the matches. The guide does not say whether CarePlan and
/// CareTeam count as matches, so where the entries do not say it themselves either count is right.
fn require_total(bundle: &Bundle<'_>) -> Result<(), ReadError> {
    let total = bundle.total.ok_or(ReadError::Incomplete("no total"))?;
    bundle.require_searchset()?;
    let count = |wanted: &dyn Fn(&Entry<'_>) -> bool| {
        bundle.entries.iter().filter(|e| wanted(e)).count() as u64
    };
    let agrees = if bundle.entries.iter().any(|e| e.mode.is_some()) {
        total == count(&|e| e.is_match("Flag"))
    } else {
        total == count(&|e| e.resource_type == "Flag") || total == count(&|_| true)
    };
    if agrees {
        Ok(())
    } else {
        Err(ReadError::Incomplete(
            "the total disagrees with the records",
        ))
    }
}

/// Every Flag and CarePlan has a subject, which is the person asked or, where given only as an
/// address, one and the same throughout. A CareTeam may do without.
fn require_one_subject(bundle: &Bundle<'_>, asked: &NhsNumber) -> Result<(), ReadError> {
    let mut address: Option<&str> = None;
    for entry in &bundle.entries {
        if !matches!(entry.resource_type, "Flag" | "CarePlan" | "CareTeam") {
            continue;
        }
        match person::named(json::object(entry.resource, "subject")?, asked)? {
            Named::Asked => {}
            Named::Opaque(this) => {
                if *address.get_or_insert(this) != this {
                    return Err(ReadError::WrongPerson);
                }
            }
            Named::Nobody if entry.resource_type == "CareTeam" => {}
            Named::Nobody => return Err(ReadError::Incomplete("a flag without a subject")),
        }
    }
    Ok(())
}

enum FlagKind {
    /// With the references to what it is about, at least one.
    CpIs(Vec<String>),
    Other(OtherFlag),
}

fn flag(flag: &Object) -> Result<FlagKind, ReadError> {
    let mut codings = Vec::new();
    if let Some(code) = json::object(flag, "code")? {
        codings.extend(json::objects(code, "coding")?);
    }
    for category in json::objects(flag, "category")? {
        codings.extend(json::objects(category, "coding")?);
    }
    let active = json::text(flag, "status")? != Some("inactive");
    let mut first = None;
    let mut is_cp_is = false;
    for coding in codings {
        let Some(code) = json::words(coding, "code")? else {
            continue;
        };
        is_cp_is |= code == CP_IS_FLAG;
        let display = json::words(coding, "display")?;
        first.get_or_insert(OtherFlag {
            code,
            display,
            active,
        });
    }
    let references = details(flag)?;
    match first {
        Some(other) if !is_cp_is && references.is_empty() => Ok(FlagKind::Other(other)),
        None => Err(ReadError::Incomplete("a flag without a code")),
        _ if references.is_empty() => Err(ReadError::Incomplete("a flag without a care plan")),
        _ => Ok(FlagKind::CpIs(references)),
    }
}

/// The references in the extension `flag-detail`.
fn details(flag: &Object) -> Result<Vec<String>, ReadError> {
    let mut references = Vec::new();
    for extension in json::objects(flag, "extension")? {
        if json::text(extension, "url")? == Some(system::FLAG_DETAIL) {
            let reference = match json::object(extension, "valueReference")? {
                Some(reference) => json::text(reference, "reference")?,
                None => None,
            };
            let reference = reference.ok_or(ReadError::Incomplete("a flag without a care plan"))?;
            references.push(reference.to_owned());
        }
    }
    Ok(references)
}

/// The resources of an answer by what references call them.
struct Answer<'a> {
    by_key: HashMap<String, &'a Entry<'a>>,
}

impl<'a> Answer<'a> {
    fn new(bundle: &'a Bundle<'a>) -> Self {
        let keys =
            |entry: &'a Entry<'a>| entry.identities().into_iter().map(move |key| (key, entry));
        Self {
            by_key: bundle.entries.iter().flat_map(keys).collect(),
        }
    }

    fn find(&self, resource_type: &str, reference: &str) -> Result<&'a Object, ReadError> {
        self.by_key
            .get(&reference_key(reference))
            .filter(|entry| entry.resource_type == resource_type)
            .map(|entry| entry.resource)
            .ok_or(ReadError::Incomplete("a reference leads nowhere"))
    }

    /// The plans of one CarePlan. The flag's end counts where the CarePlan has none.
    fn plans(
        &self,
        care_plan: &Object,
        flag_end: Option<NaiveDate>,
    ) -> Result<Vec<Plan>, ReadError> {
        let references = json::objects(care_plan, "careTeam")?;
        let reference = references
            .first()
            .ok_or(ReadError::Incomplete("a care plan without a care team"))?;
        let reference = json::text(reference, "reference")?
            .ok_or(ReadError::Incomplete("a care plan without a care team"))?;
        let team = self.find("CareTeam", reference)?;
        let (start, end) = date::period(care_plan)?;
        let authority = care_team::authority(team)?;
        let last_updated = date::last_updated(care_plan)?;
        let plan = |kind| Plan {
            kind,
            start,
            end: end.or(flag_end),
            authority: authority.clone(),
            last_updated,
        };
        Ok(care_team::kinds(care_plan)?.into_iter().map(plan).collect())
    }
}
