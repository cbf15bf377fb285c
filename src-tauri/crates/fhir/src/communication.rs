//! A note to a local authority about its record of a child: a Communication (FHIR R4) that says that
//! something in the record is wrong, that a child was not brought, or that an earlier note no longer
//! holds.
//!
//! It holds no free text and nothing clinical, by construction: what is wrong is one of seven things,
//! what would be right is a date, a code or a telephone number, and whoever wants to know more rings
//! the sender. FHIR's `payload` takes text, so the facts stand in an extension of our own.

use crate::canonical_json;
use crate::system;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, SecondsFormat};
use cpis_record::{NhsNumber, OdsCode, PlanKind, Viewer};
use serde_json::{Value, json};

/// A telephone number that a person typed, to be rung back on: 5 to 15 digits with spaces, brackets,
/// hyphens and a leading plus.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CallbackNumber(String);

impl CallbackNumber {
    /// The longest text, in characters.
    pub const LONGEST: usize = 30;

    /// Takes the text without surrounding white space; `None` if it is no such number.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let rest = text.strip_prefix('+').unwrap_or(text);
        let permitted = |byte: u8| byte.is_ascii_digit() || b" ()-".contains(&byte);
        ((5..=15).contains(&digits) && text.len() <= Self::LONGEST && rest.bytes().all(permitted))
            .then(|| Self(text.to_owned()))
    }

    /// The number as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is wrong in a record, with what would be right where the sender knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// The type of plan. One that the register does not have is never written.
    PlanType(Option<PlanKind>),
    /// The first day.
    StartDate(Option<NaiveDate>),
    /// The last day.
    EndDate(Option<NaiveDate>),
    /// The responsible authority.
    Authority(Option<OdsCode>),
    /// The number for office hours.
    OfficeNumber(Option<CallbackNumber>),
    /// The number of the emergency duty team.
    EmergencyNumber(Option<CallbackNumber>),
    /// The record is about another child.
    NotThisChild,
}

impl Wrong {
    /// The code of the part that is wrong.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::PlanType(_) => "plan-type",
            Self::StartDate(_) => "start-date",
            Self::EndDate(_) => "end-date",
            Self::Authority(_) => "authority",
            Self::OfficeNumber(_) => "office-number",
            Self::EmergencyNumber(_) => "emergency-number",
            Self::NotThisChild => "not-this-child",
        }
    }
}

/// Which of a child's records a note is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotedRecord {
    /// Its kind. One that the register does not have is never written.
    pub kind: PlanKind,
    /// Its first day, if recorded.
    pub start: Option<NaiveDate>,
}

/// What a note says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// Something in the record is wrong.
    Wrong {
        /// What, and what would be right.
        wrong: Wrong,
        /// In which record.
        record: NotedRecord,
        /// Whom to ring back.
        callback: CallbackNumber,
    },
    /// The child was not brought to an appointment.
    NotBrought {
        /// The day of the appointment.
        day: NaiveDate,
        /// The time of day, where known.
        time: Option<NaiveTime>,
        /// Whom to ring back.
        callback: CallbackNumber,
    },
    /// An earlier note no longer holds.
    Withdrawn {
        /// The id of that note.
        of: String,
    },
}

impl About {
    /// The code of the kind of note.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Wrong { .. } => "wrong",
            Self::NotBrought { .. } => "not-brought",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }
}

/// A note to a local authority. `Debug` is redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteToAuthority {
    /// The note's id (UUIDv7).
    pub id: String,
    /// When it was written.
    pub sent: DateTime<FixedOffset>,
    /// Who wrote it.
    pub sender: Viewer,
    /// About which child.
    pub person: NhsNumber,
    /// To which authority; `None`: to the one that the service would tell of a look.
    pub recipient: Option<OdsCode>,
    /// The authority's name as the record gave it.
    pub recipient_name: Option<String>,
    /// What it says.
    pub about: About,
}

impl std::fmt::Debug for NoteToAuthority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NoteToAuthority")
            .field("id", &self.id)
            .field("about", &self.about.code())
            .finish_non_exhaustive()
    }
}

/// Writes the Communication of a note as canonical JSON.
#[must_use]
pub fn write_note(note: &NoteToAuthority) -> Vec<u8> {
    let mut communication = json!({
        "resourceType": "Communication",
        "id": note.id,
        "contained": [sender(note)],
        "extension": [{ "url": system::NOTE_EXTENSION, "extension": facts(&note.about) }],
        "status": "completed",
        "category": [{ "coding": [{ "system": system::NOTE_KIND, "code": note.about.code() }] }],
        "priority": "routine",
        "subject": {
            "type": "Patient",
            "identifier": { "system": system::NHS_NUMBER, "value": note.person.digits() },
        },
        "sent": note.sent.to_rfc3339_opts(SecondsFormat::Millis, false),
        "sender": { "reference": "#sender" },
    });
    if let Some(recipient) = recipient(note) {
        communication["recipient"] = json!([recipient]);
    }
    if let About::Withdrawn { of } = &note.about {
        communication["inResponseTo"] = json!([{ "reference": format!("Communication/{of}") }]);
    }
    // FHIR has no empty lists (FHIR R4, 2.6.2).
    if facts(&note.about).is_empty()
        && let Some(members) = communication.as_object_mut()
    {
        members.remove("extension");
    }
    canonical_json(&communication)
}

fn recipient(note: &NoteToAuthority) -> Option<Value> {
    let name = note.recipient_name.as_deref().map(str::trim);
    let name = name.filter(|name| !name.is_empty());
    if note.recipient.is_none() && name.is_none() {
        return None;
    }
    let mut recipient = json!({ "type": "Organization" });
    if let Some(code) = &note.recipient {
        recipient["identifier"] = json!({ "system": system::ODS, "value": code.as_str() });
    }
    if let Some(name) = name {
        recipient["display"] = name.into();
    }
    Some(recipient)
}

/// The sender in their role. A reference names only one of person, role and organisation.
fn sender(note: &NoteToAuthority) -> Value {
    let Viewer { user, name, role } = &note.sender;
    let organisation = &role.organisation;
    let mut practitioner = json!({
        "type": "Practitioner",
        "identifier": { "system": system::SDS_USER_ID, "value": user.as_str() },
    });
    if !name.trim().is_empty() {
        practitioner["display"] = name.trim().into();
    }
    let mut employer = json!({
        "type": "Organization",
        "identifier": { "system": system::ODS, "value": organisation.ods_code.as_str() },
    });
    if let Some(name) = &organisation.name {
        employer["display"] = name.as_str().into();
    }
    let mut sender = json!({
        "resourceType": "PractitionerRole",
        "id": "sender",
        "identifier": [{ "system": system::SDS_ROLE_PROFILE, "value": role.profile.as_str() }],
        "practitioner": practitioner,
        "organization": employer,
    });
    if !role.name.trim().is_empty() {
        sender["code"] = json!([{ "text": role.name.trim() }]);
    }
    if let About::Wrong { callback, .. } | About::NotBrought { callback, .. } = &note.about {
        sender["telecom"] = json!([{ "system": "phone", "value": callback.as_str() }]);
    }
    sender
}

fn facts(about: &About) -> Vec<Value> {
    let part = |url: &str, kind: &str, value: Value| json!({ "url": url, kind: value });
    let day = |day: &NaiveDate| Value::from(day.to_string());
    match about {
        About::Wrong { wrong, record, .. } => {
            let mut facts = vec![part("field", "valueCode", wrong.code().into())];
            if !matches!(record.kind, PlanKind::Other { .. }) {
                facts.push(part("record", "valueCode", record.kind.snomed().into()));
            }
            if let Some(start) = &record.start {
                facts.push(part("record-start", "valueDate", day(start)));
            }
            let correct = match wrong {
                Wrong::PlanType(Some(PlanKind::Other { .. })) => None,
                Wrong::PlanType(kind) => kind
                    .as_ref()
                    .map(|kind| ("valueCode", kind.snomed().into())),
                Wrong::StartDate(date) | Wrong::EndDate(date) => {
                    date.as_ref().map(|date| ("valueDate", day(date)))
                }
                Wrong::Authority(code) => code.as_ref().map(|c| ("valueCode", c.as_str().into())),
                Wrong::OfficeNumber(number) | Wrong::EmergencyNumber(number) => {
                    number.as_ref().map(|n| ("valueString", n.as_str().into()))
                }
                Wrong::NotThisChild => None,
            };
            facts.extend(correct.map(|(kind, value)| part("correct", kind, value)));
            facts
        }
        About::NotBrought { day: on, time, .. } => {
            let mut facts = vec![part("day", "valueDate", day(on))];
            if let Some(time) = time {
                let time = time.format("%H:%M:%S").to_string();
                facts.push(part("time", "valueTime", time.into()));
            }
            facts
        }
        About::Withdrawn { .. } => Vec::new(),
    }
}
