//! The cards that can be used, and whether they are there.
//!
//! Virtual cards are files and are looked at when needed. Smartcards answer slowly and are looked at
//! in the background: at the start, when the readers change, and from time to time while nobody is
//! signed in. What was found last is kept in memory; it names cards as their holders read them.

use super::sign_in::Unlocking;
use super::{Controller, Event, Person, report};
use crate::program::blocking;
use crate::view::{Card as DrawnCard, LockCause, ReaderState};
use cpis_vault::{Card, CardFolder, CardSource, CardSourceError, Presence, TokenModule};
use std::sync::Arc;

/// Smartcards as they were last seen.
#[derive(Default)]
pub(super) struct Smartcards {
    found: Vec<Arc<dyn Card>>,
    fault: Option<CardSourceError>,
    looking: bool,
    /// The readers have changed during the look, so it must be taken again.
    again: bool,
}

pub(super) type CardsSeen = Result<Vec<Arc<dyn Card>>, CardSourceError>;

impl Controller {
    /// Looks at the smartcards in the background, if policy names the software for them.
    pub(super) fn look_at_smartcards(&mut self) {
        let Some(path) = self.wiring.policy.session.pkcs11_module.clone() else {
            return;
        };
        if std::mem::replace(&mut self.smartcards.looking, true) {
            self.smartcards.again = true;
            return;
        }
        let events = self.events.clone();
        self.tasks.spawn(async move {
            let seen = blocking(move || TokenModule::load(&path)?.cards()).await;
            report(&events, Event::CardsSeen(seen)).await;
        });
    }

    /// Returns whether the screen changes.
    pub(super) fn on_cards_seen(&mut self, seen: CardsSeen) -> bool {
        let before = self.drawn_state();
        self.smartcards.looking = false;
        match seen {
            Ok(found) => (self.smartcards.found, self.smartcards.fault) = (found, None),
            Err(error) => {
                if self.smartcards.fault != Some(error) {
                    tracing::warn!(%error, "the smartcards cannot be looked at");
                }
                (self.smartcards.found, self.smartcards.fault) = (Vec::new(), Some(error));
            }
        }
        if std::mem::take(&mut self.smartcards.again) {
            self.look_at_smartcards();
        }
        before != self.drawn_state()
    }

    fn drawn_state(&self) -> (Vec<DrawnCard>, ReaderState) {
        (self.cards(), self.reader_state())
    }

    /// The readers have changed. A card that was there when somebody signed in with a smartcard, and
    /// is there no more, locks the program, if policy says so.
    pub(super) async fn on_readers(&mut self, presence: Presence) {
        self.presence = presence;
        self.look_at_smartcards();
        let Person::SignedIn(person) = &self.person else {
            return;
        };
        let was_there = &person.cards_there;
        let here = cards_in(&self.presence);
        if self.wiring.policy.session.lock_on_card_removal
            && was_there.iter().any(|card| !here.contains(card))
        {
            self.lock(LockCause::CardRemoved).await;
        }
    }

    /// The cards in the readers at a sign-in with a smartcard; none for other ways of signing in.
    pub(super) fn cards_to_watch(&self, unlocking: &Unlocking) -> Vec<(String, String)> {
        match unlocking {
            Unlocking::Passcode {
                card: Some(card), ..
            } if self.is_smartcard(card.id()) => cards_in(&self.presence),
            _ => Vec::new(),
        }
    }

    /// Whether policy wants a card back that is not there.
    pub(super) fn is_card_away(&self) -> bool {
        let Person::Locked(locked) = &self.person else {
            return false;
        };
        let policy = &self.wiring.policy.session;
        policy.lock_on_card_removal
            && locked.cause == LockCause::CardRemoved
            && cards_in(&self.presence).is_empty()
    }

    /// The cards that can be used to sign in.
    pub(super) fn cards(&self) -> Vec<DrawnCard> {
        let described = self.wiring.practice.as_ref().map(|p| p.cards());
        let described = described.unwrap_or_default();
        let mut cards: Vec<(usize, DrawnCard)> = self
            .cards_there()
            .iter()
            .map(|card| {
                let place = described.iter().position(|d| d.card == card.name());
                let known = place.map(|place| &described[place]);
                let card = DrawnCard {
                    id: card.id().to_owned(),
                    name: known.map_or_else(|| card.name().to_owned(), |d| d.holder.clone()),
                    description: known.map(|d| d.description.clone()),
                    practice_passcode: known.map(|d| d.passcode.clone()),
                };
                (place.unwrap_or(usize::MAX), card)
            })
            .collect();
        cards.sort_by_key(|(place, _)| *place);
        cards.into_iter().map(|(_, card)| card).collect()
    }

    /// What to say about readers when there is no card.
    pub(super) fn reader_state(&self) -> ReaderState {
        if self.wiring.policy.session.pkcs11_module.is_none() {
            return ReaderState::NotSetUp;
        }
        match (self.smartcards.fault, &self.presence) {
            (Some(_), _) => ReaderState::SoftwareMissing,
            (None, Presence::NoService) if self.smartcards.found.is_empty() => {
                ReaderState::NoService
            }
            (None, Presence::NoReader) if self.smartcards.found.is_empty() => ReaderState::NoReader,
            (None, Presence::Card { .. }) if self.smartcards.found.is_empty() => {
                ReaderState::UnknownCard
            }
            (None, _) => ReaderState::Ready,
        }
    }

    pub(super) fn card_named(&self, id: Option<&str>) -> Option<Arc<dyn Card>> {
        let mut cards = self.cards_there().into_iter();
        cards.find(|card| Some(card.id()) == id)
    }

    fn is_smartcard(&self, id: &str) -> bool {
        self.smartcards.found.iter().any(|card| card.id() == id)
    }

    fn cards_there(&self) -> Vec<Arc<dyn Card>> {
        let practice = self.wiring.practice.as_ref().map(|p| p.card_folder());
        let folder = practice.or_else(|| self.wiring.policy.session.test_card_folder.clone());
        let files = folder.map(|folder| CardFolder::new(folder).cards());
        let mut cards = files
            .unwrap_or_else(|| Ok(Vec::new()))
            .unwrap_or_else(|error| {
                tracing::warn!(%error, "the cards cannot be looked at");
                Vec::new()
            });
        cards.extend(self.smartcards.found.iter().cloned());
        cards
    }
}

/// Each card with its reader: the same kind of card in another reader is another card.
fn cards_in(presence: &Presence) -> Vec<(String, String)> {
    let Presence::Card { cards } = presence else {
        return Vec::new();
    };
    let named = cards.iter();
    named
        .map(|card| (card.reader.clone(), card.atr.clone()))
        .collect()
}
