//! What local authorities are told and written, as it arrives: looks at their children, and notes of
//! health services about their records.
//!
//! The page is whole without script. With it, an event stream adds what arrives (HTML Living Standard,
//! server-sent events); `since` gives the same to whoever asks again and again.

use super::components::{self, select_field, table};
use super::inbox_entry::{self, Access, Note};
use super::inbox_events::Arriving;
use super::{Answer, Visit};
use crate::TrainingError;
use crate::http::query_of;
use crate::local_authority::known_authorities;
use crate::markup::{Markup, element};
use crate::store::{InboxAsked, Store};
use axum::Json;
use axum::http::{HeaderMap, Uri};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use cpis_record::OdsCode;
use futures_util::StreamExt;
use serde_json::json;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// Accesses and notes on the page at most, of each.
pub(super) const SHOWN: usize = 100;

/// Up to which numbers an inbox has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ReadUpTo {
    pub(super) access: i64,
    pub(super) note: i64,
}

impl fmt::Display for ReadUpTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.access, self.note)
    }
}

impl FromStr for ReadUpTo {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (access, note) = text.split_once('.').unwrap_or((text, "0"));
        Ok(Self {
            access: access.parse()?,
            note: note.parse()?,
        })
    }
}

/// What arrived, oldest first.
#[derive(Default)]
pub(super) struct Arrived {
    pub(super) accesses: Vec<Access>,
    pub(super) notes: Vec<Note>,
}

impl Arrived {
    /// Asks a store.
    pub(super) fn read(
        store: &dyn Store,
        accesses: &InboxAsked,
        notes: &InboxAsked,
    ) -> Result<Self, TrainingError> {
        let accesses = store.inbox(accesses)?;
        let notes = store.inbox_notes(notes)?;
        Ok(Self {
            accesses: accesses.iter().map(Access::of).collect(),
            // What is no note was not taken in.
            notes: notes.iter().filter_map(Note::of).collect(),
        })
    }
}

/// The inbox of one authority, or of all.
pub(super) async fn page(visit: Visit, uri: Uri) -> Answer {
    let chosen = authority(&uri);
    let asked = InboxAsked {
        authority: chosen.clone(),
        after: None,
        limit: SHOWN,
    };
    let read = move |store: &dyn Store| Arrived::read(store, &asked, &asked);
    let arrived = visit.ask(read).await?;
    let chosen = chosen.as_ref();
    let body = choice(&visit, chosen).and(live(&visit, chosen, &arrived));
    let title = "Inbox of the local authorities";
    Ok(visit.page("inbox", title, &[], body))
}

fn choice(visit: &Visit, chosen: Option<&OdsCode>) -> Markup {
    let mut authorities = vec![(String::new(), "Every authority".to_owned())];
    authorities.extend(
        known_authorities()
            .into_iter()
            .map(|(code, name)| (code.to_string(), name)),
    );
    let chosen = chosen.map(ToString::to_string).unwrap_or_default();
    let field = select_field("authority", "Local authority", &authorities, &chosen);
    element(
        "form",
        &[("method", "get"), ("action", &visit.address("inbox"))],
        field.and(components::button("Show")),
    )
}

fn live(visit: &Visit, chosen: Option<&OdsCode>, arrived: &Arrived) -> Markup {
    let Arrived { accesses, notes } = arrived;
    let newest = ReadUpTo {
        access: accesses.last().map_or(0, |access| access.number),
        note: notes.last().map_or(0, |note| note.number),
    };
    let mut events = visit.address("inbox/events");
    if let Some(code) = chosen {
        events = format!("{events}?authority={code}");
    }
    let withdrawn: Vec<&str> = notes
        .iter()
        .filter_map(|n| n.withdraws.as_deref())
        .collect();
    let note_rows = notes.iter().rev().map(|note| note.cells(&withdrawn));
    let access_rows = accesses.iter().rev().map(Access::cells);
    let state = match accesses.is_empty() && notes.is_empty() {
        true => "Nothing has arrived yet.",
        false => "",
    };
    // Script says here that it keeps the lists up to date; without it, the page says how to.
    let state = element(
        "p",
        &[
            ("class", "nhsuk-body"),
            ("id", "inbox-state"),
            ("role", "status"),
        ],
        format!("{state} Load the page again to see what has arrived since."),
    );
    // Most classes have none. Script shows the table with the first.
    let mut notes_shown = vec![("id", "notes")];
    if notes.is_empty() {
        notes_shown.push(("hidden", ""));
    }
    let notes = table(
        "Notes, the newest first",
        &inbox_entry::NOTE_COLUMNS,
        note_rows.collect(),
    );
    let accesses = table(
        "Accesses, the last to reach us first",
        &inbox_entry::ACCESS_COLUMNS,
        access_rows.collect(),
    );
    element(
        "div",
        &[
            ("id", "inbox"),
            ("data-events", &events),
            ("data-after", &newest.to_string()),
        ],
        state.and(element("div", &notes_shown, notes)).and(element(
            "div",
            &[("id", "accesses")],
            accesses,
        )),
    )
}

fn authority(uri: &Uri) -> Option<OdsCode> {
    query_of(uri).get("authority")?.parse().ok()
}

fn after(uri: &Uri) -> ReadUpTo {
    let after = query_of(uri)
        .get("after")
        .and_then(|text| text.parse().ok());
    after.unwrap_or_default()
}

/// What arrived after the numbers in the address, as JSON.
pub(super) async fn since(visit: Visit, uri: Uri) -> Response {
    let (authority, after) = (authority(&uri), after(&uri));
    let asked = |after| InboxAsked {
        authority: authority.clone(),
        after: Some(after),
        limit: SHOWN,
    };
    let (accesses, notes) = (asked(after.access), asked(after.note));
    let app = &visit.class.app;
    let read = move |store: &dyn Store| Arrived::read(store, &accesses, &notes);
    match app.ask(read).await {
        Ok(Arrived { accesses, notes }) => {
            Json(json!({ "entries": accesses, "notes": notes })).into_response()
        }
        Err(why) => (why.status(), why.words()).into_response(),
    }
}

/// What arrives after the numbers in the address, as it does.
pub(super) async fn events(visit: Visit, uri: Uri, headers: HeaderMap) -> Response {
    // A browser that lost the stream says what it had last.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let after = last
        .and_then(|id| id.parse().ok())
        .unwrap_or_else(|| after(&uri));
    let arriving = Arriving::after(visit.class.app, authority(&uri), after);
    Sse::new(arriving.events().map(Ok::<_, Infallible>))
        .keep_alive(KeepAlive::default())
        .into_response()
}
