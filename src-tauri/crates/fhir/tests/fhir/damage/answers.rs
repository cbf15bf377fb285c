//! Valid answers, made from a plain description of what they say.

use super::shown::Shown;
use cpis_fhir::system;
use proptest::prelude::*;
use serde_json::{Value, json};

pub const ASKED: &str = "9990000018";

pub const OTHER: &str = "9990000026";

/// What an answer says, before it is written down.
#[derive(Debug, Clone)]
pub struct Said {
    pub question: Question,
    pub records: Vec<Record>,
    pub page_size: usize,
    pub own_link: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    Plans,
    History,
    Flags,
}

#[derive(Debug, Clone)]
pub struct Record {
    pub kind: u8,
    pub start: Option<u8>,
    pub end: Option<u8>,
    pub telephones: bool,
    pub shared_role: bool,
}

/// A page on its way: a document until something strikes its bytes.
pub struct Page {
    pub url: String,
    pub body: Body,
}

#[derive(Clone)]
pub enum Body {
    Document(Value),
    Bytes(Vec<u8>),
}

/// A page as it arrives.
pub struct Sent {
    pub url: String,
    pub body: Vec<u8>,
}

/// Few large numbers rather than many strategies: in a debug build choosing among strategies takes
/// longer than reading the answers.
pub fn said() -> impl Strategy<Value = Said> {
    let records = proptest::collection::vec(any::<u32>().prop_map(Record::from_bits), 0..5);
    (records, 0_usize..5 * 5 * 2).prop_map(|(records, shape)| Said {
        question: match shape % 5 {
            0..3 => Question::Plans,
            3 => Question::History,
            _ => Question::Flags,
        },
        page_size: shape / 5 % 5 + 1,
        own_link: shape / 25 == 1,
        records,
    })
}

impl Said {
    /// What a right reading shows.
    pub fn finding(&self) -> Vec<Shown> {
        let shown = |(index, record): (usize, &Record)| match self.question {
            Question::Plans | Question::Flags => Shown {
                headline: record.code().to_owned(),
                details: format!(
                    "{:?} {:?} {:?} {:?} {:?}",
                    record.start.map(day).map(date),
                    record.end.map(day).map(date),
                    Some(format!("Authority {index}")),
                    record.telephones.then(|| format!("01632 96000{index}")),
                    record.telephones.then(|| format!("01632 96010{index}")),
                ),
            },
            Question::History => Shown {
                headline: format!("Viewer {}", record.role(index)),
                details: format!(
                    "2026-11-0{} 10:00:00 +00:00 {:?} {:?}",
                    index + 1,
                    Some("Nurse"),
                    Some("Clinic (RCU)"),
                ),
            },
        };
        self.records.iter().enumerate().map(shown).collect()
    }

    pub fn pages(&self) -> Vec<Page> {
        let size = if self.question == Question::Flags {
            5
        } else {
            self.page_size
        };
        let indexed: Vec<(usize, &Record)> = self.records.iter().enumerate().collect();
        let mut chunks: Vec<&[(usize, &Record)]> = indexed.chunks(size).collect();
        if chunks.is_empty() {
            chunks.push(&[]);
        }
        let last = chunks.len() - 1;
        let page = |(number, chunk): (usize, &&[(usize, &Record)])| {
            let mut links = Vec::new();
            if self.own_link {
                let url = self.question.own_url(ASKED);
                links.push(json!({ "relation": "self", "url": url }));
            }
            if number < last {
                links.push(json!({ "relation": "next", "url": format!("?page={}", number + 1) }));
            }
            let mut bundle = json!({
                "resourceType": "Bundle", "type": "searchset", "total": self.records.len(),
            });
            if !links.is_empty() {
                bundle["link"] = json!(links);
            }
            if !chunk.is_empty() {
                bundle["entry"] = json!(self.question.entries(chunk));
            }
            Page {
                url: format!("?page={number}"),
                body: Body::Document(bundle),
            }
        };
        chunks.iter().enumerate().map(page).collect()
    }
}

impl Question {
    pub fn resource(self) -> &'static str {
        match self {
            Self::Plans => "CareTeam",
            Self::History => "AuditEvent",
            Self::Flags => "PatientFlag",
        }
    }

    /// The resource that stands for one record.
    pub fn record_type(self) -> &'static str {
        match self {
            Self::Flags => "CarePlan",
            Self::Plans | Self::History => self.resource(),
        }
    }

    pub fn own_url(self, number: &str) -> String {
        match self {
            Self::Flags => format!("https://backend.example/FHIR/R4/PatientFlag?patient={number}"),
            Self::Plans | Self::History => format!(
                "https://backend.example/FHIR/R4/{}?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|{number}",
                self.resource()
            ),
        }
    }

    pub fn nothing(self, number: &str) -> Body {
        Body::Document(
            json!({ "resourceType": "Bundle", "type": "searchset", "total": 0,
            "link": [{ "relation": "self", "url": self.own_url(number) }] }),
        )
    }
}

impl Question {
    pub fn entries(self, records: &[(usize, &Record)]) -> Vec<Value> {
        let mut entries = Vec::new();
        let mut roles = Vec::new();
        for (index, record) in records {
            match self {
                Self::Plans => entries.push(matched(record.care_team(*index))),
                Self::History => {
                    let role = record.role(*index);
                    entries.push(matched(access(*index, role)));
                    if !roles.contains(&role) {
                        roles.push(role);
                        entries.push(included(practitioner_role(role)));
                    }
                }
                Self::Flags => {
                    entries.push(matched(flag(*index)));
                    entries.push(included(record.care_plan(*index)));
                    entries.push(included(record.care_team(*index)));
                }
            }
        }
        entries
    }
}

impl Record {
    pub fn from_bits(bits: u32) -> Self {
        let [kind, start, end, flags] = bits.to_le_bytes();
        Self {
            kind: kind % 4,
            start: (flags & 1 == 1).then_some(start),
            end: (flags & 2 == 2).then_some(end),
            telephones: flags & 4 == 4,
            shared_role: flags & 8 == 8,
        }
    }

    pub fn code(&self) -> &'static str {
        [
            "342191000000101",
            "764841000000100",
            "818901000000100",
            "105",
        ][usize::from(self.kind)]
    }

    pub fn role(&self, index: usize) -> usize {
        if self.shared_role { 9 } else { index }
    }

    pub fn care_team(&self, index: usize) -> Value {
        let mut team = json!({
            "resourceType": "CareTeam", "id": format!("team-{index}"),
            "category": self.category(), "name": format!("Authority {index}"), "subject": person(),
            "period": self.period(),
        });
        if self.telephones {
            team["telecom"] = json!([
                { "system": "phone", "use": "work", "value": format!("01632 96000{index}") },
                { "system": "phone", "use": "mobile", "value": format!("01632 96010{index}") },
            ]);
        }
        team
    }

    pub fn care_plan(&self, index: usize) -> Value {
        json!({
            "resourceType": "CarePlan", "id": format!("plan-{index}"), "status": "active",
            "category": self.category(), "subject": person(), "period": self.period(),
            "careTeam": [{ "reference": format!("CareTeam/team-{index}") }],
        })
    }

    pub fn category(&self) -> Value {
        json!([{ "coding": [{ "system": system::SNOMED, "code": self.code(), "display": "words" }] }])
    }

    pub fn period(&self) -> Value {
        let mut period = json!({});
        if let Some(start) = self.start {
            period["start"] = day(start).into();
        }
        if let Some(end) = self.end {
            period["end"] = day(end).into();
        }
        period
    }
}

impl Page {
    /// Changes the document, if the body is still one.
    pub fn change(&mut self, change: impl FnOnce(&mut Value)) {
        if let Body::Bytes(bytes) = &self.body
            && let Ok(document) = serde_json::from_slice(bytes)
        {
            self.body = Body::Document(document);
        }
        if let Body::Document(document) = &mut self.body
            && document.is_object()
        {
            change(document);
        }
    }

    /// The bytes, to be changed.
    pub fn bytes(&mut self) -> &mut Vec<u8> {
        if let Body::Document(document) = &self.body {
            self.body = Body::Bytes(document.to_string().into_bytes());
        }
        match &mut self.body {
            Body::Bytes(bytes) => bytes,
            Body::Document(_) => unreachable!("made bytes above"),
        }
    }

    pub fn send(mut self) -> Sent {
        let body = std::mem::take(self.bytes());
        Sent {
            url: self.url,
            body,
        }
    }
}

fn day(number: u8) -> String {
    format!(
        "202{}-{:02}-{:02}",
        number % 7,
        number % 12 + 1,
        number % 28 + 1
    )
}

fn date(day: String) -> chrono::NaiveDate {
    day.parse().unwrap()
}

fn person() -> Value {
    json!({ "identifier": { "system": system::NHS_NUMBER, "value": ASKED } })
}

fn matched(resource: Value) -> Value {
    entry(resource, "match")
}

fn included(resource: Value) -> Value {
    entry(resource, "include")
}

fn entry(resource: Value, mode: &str) -> Value {
    let (resource_type, id) = (resource["resourceType"].as_str(), resource["id"].as_str());
    json!({
        "fullUrl": format!("https://backend.example/{}/{}", resource_type.unwrap(), id.unwrap()),
        "search": { "mode": mode },
        "resource": resource,
    })
}

fn access(index: usize, role: usize) -> Value {
    let class = |code: &str| json!({ "coding": [{ "system": system::ROLE_CLASS, "code": code }] });
    json!({
        "resourceType": "AuditEvent", "id": format!("access-{index}"),
        "recorded": format!("2026-11-0{}T10:00:00+00:00", index + 1),
        "agent": [
            { "type": class("PAT"), "who": person(), "requestor": "false" },
            { "type": class("ASSIGNED"), "who": { "reference": format!("PractitionerRole/role-{role}") }, "requestor": "true" },
        ],
    })
}

fn practitioner_role(role: usize) -> Value {
    json!({
        "resourceType": "PractitionerRole", "id": format!("role-{role}"),
        "practitioner": { "display": format!("Viewer {role}") },
        "organization": { "display": "Clinic (RCU)" },
        "code": [{ "coding": [{ "display": "Nurse" }] }],
    })
}

fn flag(index: usize) -> Value {
    json!({
        "resourceType": "Flag", "id": format!("flag-{index}"), "status": "active", "subject": person(),
        "code": { "coding": [{ "system": system::FLAG_CATEGORY, "code": "child-protection-information-system-flag" }] },
        "extension": [{ "url": system::FLAG_DETAIL, "valueReference": { "reference": format!("CarePlan/plan-{index}") } }],
    })
}
