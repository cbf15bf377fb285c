//! What a local authority reads in a note that [`crate::write_note`] wrote. Nothing else is taken: a
//! note with a word more than it may hold is refused.

use crate::communication::{About, CallbackNumber, NotedRecord, Wrong};
use crate::json::{self, Object};
use crate::{ReadError, date, system};
use chrono::{DateTime, FixedOffset, NaiveTime};
use cpis_record::{NhsNumber, OdsCode, PlanKind};
use serde_json::Value;

/// Who wrote a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSender {
    /// The person's identifier.
    pub user_id: String,
    /// The person's name, where given.
    pub name: Option<String>,
    /// The role in words, where given.
    pub role: Option<String>,
    /// The ODS code of the organisation.
    pub organisation: OdsCode,
    /// The organisation's name, where given.
    pub organisation_name: Option<String>,
}

/// What a note says. `Debug` is redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteFacts {
    /// The note's id.
    pub id: String,
    /// When it was written.
    pub sent: DateTime<FixedOffset>,
    /// Who wrote it.
    pub sender: NoteSender,
    /// About which child.
    pub person: NhsNumber,
    /// To which authority, where it names one.
    pub recipient: Option<OdsCode>,
    /// What it says.
    pub about: About,
}

impl std::fmt::Debug for NoteFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NoteFacts")
            .field("id", &self.id)
            .field("about", &self.about.code())
            .finish_non_exhaustive()
    }
}

/// What a note may hold. `payload` and `note` are free text, so they are not among it.
const MEMBERS: [&str; 13] = [
    "resourceType",
    "id",
    "meta",
    "contained",
    "extension",
    "inResponseTo",
    "status",
    "category",
    "priority",
    "subject",
    "recipient",
    "sent",
    "sender",
];

/// What the sender of a note may have.
const OF_SENDER: [&str; 7] = [
    "resourceType",
    "id",
    "identifier",
    "practitioner",
    "organization",
    "code",
    "telecom",
];

/// Reads a note.
///
/// # Errors
/// [`ReadError`] when the body is not such a Communication, lacks what makes it a note, or holds more
/// than a note may hold.
pub fn read_note(body: &[u8]) -> Result<NoteFacts, ReadError> {
    let note = json::read_resource(body)?;
    if json::resource_type(&note) != "Communication" {
        return Err(ReadError::Unreadable(
            "another resource than a Communication",
        ));
    }
    if note.keys().any(|name| !MEMBERS.contains(&name.as_str())) {
        return Err(ReadError::Unreadable(
            "a note with more than a note may hold",
        ));
    }
    if json::text(&note, "status")? != Some("completed") {
        return Err(ReadError::Unreadable("a note that is not completed"));
    }
    let sent = json::text(&note, "sent")?.ok_or(ReadError::Incomplete("a note without a time"))?;
    let role = contained_sender(&note)?;
    Ok(NoteFacts {
        id: json::words(&note, "id")?.ok_or(ReadError::Incomplete("a note without an id"))?,
        sent: date::moment(sent)?,
        sender: sender(role)?,
        person: person(&note)?,
        recipient: recipient(&note)?,
        about: about(&note, role)?,
    })
}

fn contained_sender(note: &Object) -> Result<&Object, ReadError> {
    const NONE: ReadError = ReadError::Incomplete("a note without a sender");
    let named = match json::object(note, "sender")? {
        Some(sender) => json::text(sender, "reference")?,
        None => None,
    };
    let contained = json::objects(note, "contained")?;
    let role = match contained[..] {
        [role] if named == Some("#sender") && json::text(role, "id")? == Some("sender") => role,
        _ => return Err(NONE),
    };
    if role.keys().any(|name| !OF_SENDER.contains(&name.as_str())) {
        return Err(ReadError::Unreadable(
            "a sender with more than a sender may have",
        ));
    }
    Ok(role)
}

fn sender(role: &Object) -> Result<NoteSender, ReadError> {
    const NO_PERSON: ReadError = ReadError::Incomplete("a note without a sender");
    const NO_ORGANISATION: ReadError = ReadError::Incomplete("a note without an organisation");
    let person = json::object(role, "practitioner")?.ok_or(NO_PERSON)?;
    let organisation = json::object(role, "organization")?.ok_or(NO_ORGANISATION)?;
    let code = identifier(organisation, system::ODS)?.ok_or(NO_ORGANISATION)?;
    let words = match json::objects(role, "code")?.first() {
        Some(code) => json::words(code, "text")?,
        None => None,
    };
    Ok(NoteSender {
        user_id: identifier(person, system::SDS_USER_ID)?.ok_or(NO_PERSON)?,
        name: json::words(person, "display")?,
        role: words,
        organisation: code.parse().map_err(|_| NO_ORGANISATION)?,
        organisation_name: json::words(organisation, "display")?,
    })
}

fn person(note: &Object) -> Result<NhsNumber, ReadError> {
    const NONE: ReadError = ReadError::Incomplete("a note without a person");
    let subject = json::object(note, "subject")?.ok_or(NONE)?;
    let number = identifier(subject, system::NHS_NUMBER)?.ok_or(NONE)?;
    NhsNumber::received(&number)
        .map_err(|_| ReadError::Unreadable("a text that is not an NHS number"))
}

fn recipient(note: &Object) -> Result<Option<OdsCode>, ReadError> {
    match json::objects(note, "recipient")?[..] {
        [] => Ok(None),
        [recipient] => identifier(recipient, system::ODS)?
            .map(|code| code.parse().map_err(|_| NOT_A_FACT))
            .transpose(),
        _ => Err(ReadError::Unreadable("a note to several recipients")),
    }
}

const NOT_A_FACT: ReadError = ReadError::Unreadable("a part of a note cannot be read");
const NO_FACT: ReadError = ReadError::Incomplete("a note lacks a part");

fn about(note: &Object, role: &Object) -> Result<About, ReadError> {
    let facts = Facts::of(note)?;
    let callback = || {
        let telecom = json::objects(role, "telecom")?;
        let number = match telecom.first() {
            Some(telecom) => json::text(telecom, "value")?,
            None => None,
        };
        CallbackNumber::new(number.ok_or(NO_FACT)?).ok_or(NOT_A_FACT)
    };
    match kind(note)? {
        "wrong" => Ok(About::Wrong {
            wrong: wrong(&facts)?,
            record: NotedRecord {
                kind: facts
                    .text("record", "valueCode")?
                    .map(plan_kind)
                    .transpose()?
                    .unwrap_or(PlanKind::Other {
                        code: String::new(),
                        display: None,
                    }),
                start: facts.day("record-start")?,
            },
            callback: callback()?,
        }),
        "not-brought" => Ok(About::NotBrought {
            day: facts.day("day")?.ok_or(NO_FACT)?,
            time: facts
                .text("time", "valueTime")?
                .map(|time| NaiveTime::parse_from_str(time, "%H:%M:%S").map_err(|_| NOT_A_FACT))
                .transpose()?,
            callback: callback()?,
        }),
        "withdrawn" => match json::objects(note, "inResponseTo")?[..] {
            [reference] => {
                let reference = json::text(reference, "reference")?.ok_or(NO_FACT)?;
                let of = reference.strip_prefix("Communication/").ok_or(NOT_A_FACT)?;
                Ok(About::Withdrawn { of: of.to_owned() })
            }
            _ => Err(NO_FACT),
        },
        _ => Err(ReadError::Unreadable("an unknown kind of note")),
    }
}

fn kind(note: &Object) -> Result<&str, ReadError> {
    for category in json::objects(note, "category")? {
        for coding in json::objects(category, "coding")? {
            if json::text(coding, "system")? == Some(system::NOTE_KIND) {
                return json::text(coding, "code")?.ok_or(NO_FACT);
            }
        }
    }
    Err(ReadError::Incomplete("a note without a kind"))
}

fn wrong(facts: &Facts<'_>) -> Result<Wrong, ReadError> {
    let day = || facts.day("correct");
    let number = || {
        facts
            .text("correct", "valueString")?
            .map(|number| CallbackNumber::new(number).ok_or(NOT_A_FACT))
            .transpose()
    };
    Ok(match facts.text("field", "valueCode")?.ok_or(NO_FACT)? {
        "plan-type" => {
            let kind = facts.text("correct", "valueCode")?;
            Wrong::PlanType(kind.map(plan_kind).transpose()?)
        }
        "start-date" => Wrong::StartDate(day()?),
        "end-date" => Wrong::EndDate(day()?),
        "authority" => {
            let code = facts.text("correct", "valueCode")?;
            Wrong::Authority(code.map(str::parse).transpose().map_err(|_| NOT_A_FACT)?)
        }
        "office-number" => Wrong::OfficeNumber(number()?),
        "emergency-number" => Wrong::EmergencyNumber(number()?),
        "not-this-child" => Wrong::NotThisChild,
        _ => return Err(NOT_A_FACT),
    })
}

fn plan_kind(code: &str) -> Result<PlanKind, ReadError> {
    match PlanKind::from_snomed(code, None) {
        PlanKind::Other { .. } => Err(NOT_A_FACT),
        kind => Ok(kind),
    }
}

fn identifier(reference: &Object, wanted: &str) -> Result<Option<String>, ReadError> {
    match json::object(reference, "identifier")? {
        Some(identifier) if json::text(identifier, "system")? == Some(wanted) => {
            json::words(identifier, "value")
        }
        _ => Ok(None),
    }
}

/// The parts of our extension.
struct Facts<'a>(Vec<&'a Object>);

impl<'a> Facts<'a> {
    const KNOWN: [&'static str; 6] = ["field", "record", "record-start", "correct", "day", "time"];

    fn of(note: &'a Object) -> Result<Self, ReadError> {
        let mut parts = Vec::new();
        for extension in json::objects(note, "extension")? {
            if json::text(extension, "url")? != Some(system::NOTE_EXTENSION) {
                return Err(ReadError::Unreadable("an unknown extension of a note"));
            }
            parts.extend(json::objects(extension, "extension")?);
        }
        for part in &parts {
            let known = json::text(part, "url")?.is_some_and(|url| Self::KNOWN.contains(&url));
            if !known {
                return Err(NOT_A_FACT);
            }
        }
        Ok(Self(parts))
    }

    /// The text of a part, which must have it in this type.
    fn text(&self, url: &str, member: &str) -> Result<Option<&'a str>, ReadError> {
        let named = |part: &&&Object| part.get("url").and_then(Value::as_str) == Some(url);
        match self.0.iter().find(named) {
            Some(part) => json::text(part, member)?.ok_or(NOT_A_FACT).map(Some),
            None => Ok(None),
        }
    }

    fn day(&self, url: &str) -> Result<Option<chrono::NaiveDate>, ReadError> {
        self.text(url, "valueDate")?
            .map(date::calendar_day)
            .transpose()
    }
}
