//! An access and a note as the inbox shows them, in the page and in its event stream.

use super::components::{self, tag};
use super::people::kind;
use crate::local_authority::known_authorities;
use crate::markup::{Markup, element};
use crate::store::{InboxEntry, InboxNote, Way};
use cpis_fhir::{About, CallbackNumber, NoteSender, NotedRecord, Wrong, read_note};
use serde::Serialize;

pub(super) const ACCESS_COLUMNS: [&str; 7] = [
    "Time of the look",
    "Reached us",
    "Viewer's Name",
    "Role",
    "Organisation",
    "NHS number",
    "Local authority",
];

/// A look of which an authority was told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Access {
    pub(super) number: i64,
    at: String,
    received: String,
    late: bool,
    way: &'static str,
    viewer: String,
    role: String,
    organisation: String,
    nhs_number: String,
    authority: String,
}

impl Access {
    pub(super) fn of(entry: &InboxEntry) -> Self {
        let access = &entry.access;
        Self {
            number: entry.number,
            at: components::moment(access.at),
            received: components::moment(entry.received),
            late: entry.way != Way::Live,
            way: match entry.way {
                Way::Live => "Live",
                Way::Late => "Late",
                Way::Record => "With the record",
            },
            viewer: access.viewer.clone(),
            role: access.role_name.clone(),
            organisation: format!("{} ({})", access.organisation_name, access.organisation),
            nhs_number: entry.nhs_number.to_string(),
            authority: authority_name(&entry.authority),
        }
    }

    pub(super) fn cells(&self) -> Vec<Markup> {
        let way = match self.late {
            true => tags(tag(self.way, "orange").and(element("span", &[], &self.received))),
            false => tag(self.way, "green"),
        };
        vec![
            Markup::from(&self.at),
            way,
            Markup::from(&self.viewer),
            Markup::from(&self.role),
            Markup::from(&self.organisation),
            number(&self.nhs_number),
            Markup::from(&self.authority),
        ]
    }
}

pub(super) const NOTE_COLUMNS: [&str; 6] = [
    "Written",
    "Kind",
    "What it says",
    "Written by",
    "NHS number",
    "Local authority",
];

/// The class of tags that stand one below the other.
const TAGS: &str = "console-tags";
/// What marks a note that a later one has withdrawn.
const WITHDRAWN: &str = "No longer holds";

/// A note that an authority was written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Note {
    pub(super) number: i64,
    /// The note's own id.
    id: String,
    sent: String,
    received: String,
    kind: &'static str,
    says: String,
    sender: String,
    written_by: String,
    nhs_number: String,
    authority: String,
    /// The id of the note that no longer holds.
    pub(super) withdraws: Option<String>,
}

impl Note {
    /// `None` for what is no note.
    pub(super) fn of(note: &InboxNote) -> Option<Self> {
        let facts = read_note(note.body.to_string().as_bytes()).ok()?;
        let NoteSender {
            name,
            role,
            organisation,
            organisation_name,
            user_id,
        } = facts.sender;
        let employer = match organisation_name {
            Some(name) => format!("{name} ({organisation})"),
            None => organisation.to_string(),
        };
        let sender = name.unwrap_or(user_id);
        let written_by = [Some(sender.clone()), role, Some(employer)];
        Some(Self {
            number: note.number,
            id: facts.id,
            sent: components::moment(facts.sent),
            received: components::moment(note.received),
            kind: match &facts.about {
                About::Wrong { .. } => "Record is wrong",
                About::NotBrought { .. } => "Was not brought",
                About::Withdrawn { .. } => "Withdrawn",
            },
            says: says(&facts.about),
            sender,
            written_by: written_by
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(", "),
            nhs_number: facts.person.to_string(),
            authority: authority_name(&note.authority),
            withdraws: match facts.about {
                About::Withdrawn { of } => Some(of),
                About::Wrong { .. } | About::NotBrought { .. } => None,
            },
        })
    }

    /// `withdrawn`: the ids of notes that no longer hold.
    pub(super) fn cells(&self, withdrawn: &[&str]) -> Vec<Markup> {
        let colour = match self.withdraws {
            Some(_) => "grey",
            None => "purple",
        };
        let mark = match withdrawn.contains(&self.id.as_str()) {
            true => tag(WITHDRAWN, "grey"),
            false => Markup::default(),
        };
        // Script marks it when a later note withdraws it.
        let kind = element(
            "div",
            &[("id", &format!("note-{}", self.id)), ("class", TAGS)],
            tag(self.kind, colour).and(mark),
        );
        let received = element("div", &[], format!("reached us {}", self.received));
        vec![
            Markup::from(&self.sent).and(received),
            kind,
            Markup::from(&self.says),
            Markup::from(&self.written_by),
            number(&self.nhs_number),
            Markup::from(&self.authority),
        ]
    }
}

fn says(about: &About) -> String {
    match about {
        About::Wrong {
            wrong,
            record,
            callback,
        } => {
            let NotedRecord { kind: of, start } = record;
            let start = start.map(|day| format!(" from {}", components::day(day)));
            let mut said = format!(
                "{}{}: {}.",
                kind(of),
                start.unwrap_or_default(),
                part(wrong)
            );
            if let Some(right) = right(wrong) {
                said.push_str(&format!(" It should be {right}."));
            }
            said + &ring(callback)
        }
        About::NotBrought {
            day,
            time,
            callback,
        } => {
            let time = time.map(|time| format!(" at {}", time.format("%H:%M")));
            format!(
                "To the appointment on {}{}.{}",
                components::day(*day),
                time.unwrap_or_default(),
                ring(callback)
            )
        }
        About::Withdrawn { .. } => "An earlier note no longer holds.".to_owned(),
    }
}

fn ring(callback: &CallbackNumber) -> String {
    format!(" Ring back on {}.", unbroken(callback))
}

/// The part of a record that is wrong.
const fn part(wrong: &Wrong) -> &'static str {
    match wrong {
        Wrong::PlanType(_) => "the type of plan is wrong",
        Wrong::StartDate(_) => "the start date is wrong",
        Wrong::EndDate(_) => "the end date is wrong",
        Wrong::Authority(_) => "the responsible local authority is wrong",
        Wrong::OfficeNumber(_) => "the office hours telephone number is wrong",
        Wrong::EmergencyNumber(_) => "the emergency duty telephone number is wrong",
        Wrong::NotThisChild => "it is not about this child",
    }
}

/// What would be right, where the sender knows.
fn right(wrong: &Wrong) -> Option<String> {
    match wrong {
        Wrong::PlanType(right) => right.as_ref().map(kind),
        Wrong::StartDate(right) | Wrong::EndDate(right) => right.map(components::day),
        Wrong::Authority(right) => right.as_ref().map(|code| authority_name(code.as_str())),
        Wrong::OfficeNumber(right) | Wrong::EmergencyNumber(right) => right.as_ref().map(unbroken),
        Wrong::NotThisChild => None,
    }
}

fn authority_name(code: &str) -> String {
    let known = known_authorities().into_iter();
    let named = known.map(|(code, name)| (code.to_string(), name));
    let named = named.filter(|(known, _)| known == code);
    named
        .map(|(_, name)| name)
        .next()
        .unwrap_or_else(|| code.to_owned())
}

/// A telephone number that is not broken over two lines.
fn unbroken(number: &CallbackNumber) -> String {
    number.as_str().replace(' ', "\u{a0}")
}

/// Tags, and what belongs to them, one below the other.
fn tags(content: Markup) -> Markup {
    element("div", &[("class", TAGS)], content)
}

fn number(number: &str) -> Markup {
    element("span", &[("class", "console-number")], number)
}
