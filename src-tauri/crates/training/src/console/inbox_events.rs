//! The event stream of an inbox.
//!
//! Numbers of different authorities may become visible out of their order, since two transactions can
//! commit in the other one: the stream therefore asks again for the numbers of the last five
//! seconds, and sends each once.

use super::inbox::{Arrived, ReadUpTo, SHOWN};
use crate::app::App;
use crate::store::{InboxAsked, Store};
use axum::response::sse::Event;
use cpis_record::OdsCode;
use futures_util::{Stream, StreamExt, stream};
use serde::Serialize;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// How often the stream asks.
const BETWEEN: Duration = Duration::from_millis(300);
/// For how many rounds the stream asks again for what it has sent: five seconds.
const ROUNDS: usize = 17;

/// What arrives, each access and each note once.
pub(super) struct Arriving {
    app: Arc<App>,
    authority: Option<OdsCode>,
    accesses: Sent,
    notes: Sent,
}

impl Arriving {
    /// What arrives after some numbers.
    pub(super) fn after(app: Arc<App>, authority: Option<OdsCode>, after: ReadUpTo) -> Self {
        Self {
            app,
            authority,
            accesses: Sent::up_to(after.access),
            notes: Sent::up_to(after.note),
        }
    }

    /// The events: of an access without a name, of a note with one.
    pub(super) fn events(self) -> impl Stream<Item = Event> {
        stream::unfold(self, |mut arriving| async move {
            let events = arriving.round().await;
            tokio::time::sleep(BETWEEN).await;
            Some((stream::iter(events), arriving))
        })
        .flatten()
    }

    async fn round(&mut self) -> Vec<Event> {
        let accesses = self.accesses.ask(self.authority.as_ref());
        let notes = self.notes.ask(self.authority.as_ref());
        let read = move |store: &dyn Store| Arrived::read(store, &accesses, &notes);
        // The store may be away for a moment; the next round asks again.
        let arrived = self.app.ask(read).await.unwrap_or_default();
        let mut events = Vec::new();
        for access in &arrived.accesses {
            if self.accesses.is_new(access.number) {
                let read = ReadUpTo {
                    access: access.number,
                    note: self.notes.highest(),
                };
                events.push(event(read, access));
            }
        }
        for note in &arrived.notes {
            if self.notes.is_new(note.number) {
                let read = ReadUpTo {
                    access: self.accesses.highest(),
                    note: note.number,
                };
                events.push(event(read, note).event("note"));
            }
        }
        self.accesses.end_round();
        self.notes.end_round();
        events
    }
}

fn event(read: ReadUpTo, shown: &impl Serialize) -> Event {
    let data = serde_json::to_string(shown).unwrap_or_default();
    Event::default().id(read.to_string()).data(data)
}

/// The numbers of one kind that have been sent.
struct Sent {
    /// Numbers up to this one are not asked for any more.
    floor: i64,
    /// Numbers above the floor that have been sent.
    above: BTreeSet<i64>,
    /// The highest number of each round; the oldest becomes the floor.
    rounds: VecDeque<i64>,
}

impl Sent {
    fn up_to(floor: i64) -> Self {
        Self {
            floor,
            above: BTreeSet::new(),
            rounds: VecDeque::new(),
        }
    }

    fn ask(&self, authority: Option<&OdsCode>) -> InboxAsked {
        InboxAsked {
            authority: authority.cloned(),
            after: Some(self.floor),
            limit: SHOWN + self.above.len(),
        }
    }

    fn is_new(&mut self, number: i64) -> bool {
        self.above.insert(number)
    }

    fn highest(&self) -> i64 {
        self.above.last().copied().unwrap_or(self.floor)
    }

    fn end_round(&mut self) {
        self.rounds.push_back(self.highest());
        if self.rounds.len() > ROUNDS
            && let Some(floor) = self.rounds.pop_front()
        {
            self.floor = self.floor.max(floor);
            self.above = self.above.split_off(&(self.floor + 1));
        }
    }
}
