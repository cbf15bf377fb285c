//! What local authorities are told, as it arrives.
//!
//! The page is whole without script. With it, an event stream adds what arrives (HTML Living Standard,
//! server-sent events); `since` gives the same to whoever asks again and again.
//!
//! Numbers of different authorities may become visible out of their order, since two transactions can
//! commit in the other one: the stream therefore asks again for the numbers of the last five
//! seconds, and sends each once.

use super::layout::{self, select_field, table, tag};
use super::{Answer, Class, Visit};
use crate::http::query_of;
use crate::local_authority::known_authorities;
use crate::markup::{Markup, element};
use crate::store::{InboxAsked, InboxEntry, Way};
use axum::Json;
use axum::http::{HeaderMap, Uri};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use cpis_record::OdsCode;
use futures_util::{Stream, StreamExt, stream};
use serde_json::{Value, json};
use std::collections::{BTreeSet, VecDeque};
use std::convert::Infallible;
use std::time::Duration;

/// Notifications on the page at most.
const SHOWN: usize = 100;
/// How often the stream asks.
const BETWEEN: Duration = Duration::from_millis(300);
/// For how many rounds the stream asks again for what it has sent: five seconds.
const ROUNDS: usize = 17;

/// The inbox of one authority, or of all.
pub(super) async fn page(visit: Visit, uri: Uri) -> Answer {
    let asked = InboxAsked {
        authority: authority(&uri),
        after: None,
        limit: SHOWN,
    };
    let chosen = asked.authority.clone();
    let entries = visit.ask(move |store| store.inbox(&asked)).await?;
    let chosen = chosen.as_ref();
    let body = choice(&visit, chosen).and(live(&visit, chosen, &entries));
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
        field.and(layout::button("Show")),
    )
}

fn live(visit: &Visit, chosen: Option<&OdsCode>, entries: &[InboxEntry]) -> Markup {
    let newest = entries.last().map_or(0, |entry| entry.number).to_string();
    let mut events = visit.address("inbox/events");
    if let Some(code) = chosen {
        events = format!("{events}?authority={code}");
    }
    let rows = entries.iter().rev().map(|entry| cells(&shown(entry)));
    let table = table("Accesses, the newest first", &COLUMNS, rows.collect());
    let state = match entries.is_empty() {
        true => "Nothing has arrived yet.",
        false => "",
    };
    // Script says here that it keeps the list up to date; without it, the page says how to.
    element(
        "div",
        &[
            ("id", "inbox"),
            ("data-events", &events),
            ("data-after", &newest),
        ],
        element(
            "p",
            &[
                ("class", "nhsuk-body"),
                ("id", "inbox-state"),
                ("role", "status"),
            ],
            format!("{state} Load the page again to see what has arrived since."),
        )
        .and(table),
    )
}

const COLUMNS: [&str; 7] = [
    "Time of the look",
    "Reached us",
    "Viewer's Name",
    "Role",
    "Organisation",
    "NHS number",
    "Local authority",
];

fn cells(shown: &Value) -> Vec<Markup> {
    let text = |name: &str| Markup::from(shown[name].as_str().unwrap_or_default());
    let way = match shown["late"] == true {
        true => tag(shown["way"].as_str().unwrap_or_default(), "orange")
            .and(" ")
            .and(text("received")),
        false => tag("Live", "green"),
    };
    vec![
        text("at"),
        way,
        text("viewer"),
        text("role"),
        text("organisation"),
        element("span", &[("class", "console-number")], text("nhsNumber")),
        text("authority"),
    ]
}

/// An entry as the page and the stream have it.
fn shown(entry: &InboxEntry) -> Value {
    let access = &entry.access;
    let name = known_authorities()
        .into_iter()
        .find(|(code, _)| code.as_str() == entry.authority)
        .map(|(_, name)| name);
    json!({
        "number": entry.number,
        "at": layout::moment(access.at),
        "received": layout::moment(entry.received),
        "late": entry.way != Way::Live,
        "way": match entry.way {
            Way::Live => "Live",
            Way::Late => "Late",
            Way::Record => "With the record",
        },
        "viewer": access.viewer,
        "role": access.role_name,
        "organisation": format!("{} ({})", access.organisation_name, access.organisation),
        "nhsNumber": entry.nhs_number.to_string(),
        "authority": name.unwrap_or_else(|| entry.authority.clone()),
    })
}

fn authority(uri: &Uri) -> Option<OdsCode> {
    query_of(uri).get("authority")?.parse().ok()
}

fn after(uri: &Uri) -> i64 {
    let after = query_of(uri)
        .get("after")
        .and_then(|text| text.parse().ok());
    after.unwrap_or_default()
}

/// What arrived after a number, as JSON.
pub(super) async fn since(visit: Visit, uri: Uri) -> Response {
    let asked = InboxAsked {
        authority: authority(&uri),
        after: Some(after(&uri)),
        limit: SHOWN,
    };
    let app = &visit.class.app;
    match app.ask(move |store| store.inbox(&asked)).await {
        Ok(entries) => {
            let entries: Vec<Value> = entries.iter().map(shown).collect();
            Json(json!({ "entries": entries })).into_response()
        }
        Err(why) => (why.status(), why.words()).into_response(),
    }
}

/// What arrives after a number, as it does.
pub(super) async fn events(visit: Visit, uri: Uri, headers: HeaderMap) -> Response {
    // A browser that lost the stream says what it had last.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let after = last
        .and_then(|id| id.parse().ok())
        .unwrap_or_else(|| after(&uri));
    let arriving = Arriving {
        class: visit.class,
        authority: authority(&uri),
        floor: after,
        sent: BTreeSet::new(),
        rounds: VecDeque::new(),
    };
    Sse::new(arriving.events())
        .keep_alive(KeepAlive::default())
        .into_response()
}

/// What arrives, each entry once.
struct Arriving {
    class: Class,
    authority: Option<OdsCode>,
    /// Numbers up to this one are not asked for any more.
    floor: i64,
    /// Numbers above the floor that have been sent.
    sent: BTreeSet<i64>,
    /// The highest number of each round; the oldest becomes the floor.
    rounds: VecDeque<i64>,
}

impl Arriving {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut arriving| async move {
            let entries = arriving.round().await;
            tokio::time::sleep(BETWEEN).await;
            Some((stream::iter(entries), arriving))
        })
        .flatten()
        .map(|entry| {
            let event = Event::default().id(entry["number"].to_string());
            Ok(event.data(entry.to_string()))
        })
    }

    async fn round(&mut self) -> Vec<Value> {
        let asked = InboxAsked {
            authority: self.authority.clone(),
            after: Some(self.floor),
            limit: SHOWN + self.sent.len(),
        };
        let asked = self.class.app.ask(move |store| store.inbox(&asked));
        // The store may be away for a moment; the next round asks again.
        let entries = asked.await.unwrap_or_default();
        let new: Vec<Value> = entries
            .iter()
            .filter(|entry| self.sent.insert(entry.number))
            .map(shown)
            .collect();
        let highest = self.sent.last().copied().unwrap_or(self.floor);
        self.rounds.push_back(highest);
        if self.rounds.len() > ROUNDS
            && let Some(floor) = self.rounds.pop_front()
        {
            self.floor = self.floor.max(floor);
            self.sent = self.sent.split_off(&(self.floor + 1));
        }
        new
    }
}
