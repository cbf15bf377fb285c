//! The cards that can be used, and whether they are there.
//!
//! Virtual cards are files and are looked at when needed. Smartcards answer slowly and are looked at
//! in the background: at the start, when the readers change, and from time to time while nobody is
//! signed in. What was found last is kept in memory; it names cards as their holders read them.

use super::{Controller, Event, Person, report};
use crate::program::blocking;
use crate::view::{Card as DrawnCard, LockCause, PracticeCardPurpose, ReaderState, SignInFault};
use cpis_vault::{
    Card, CardFolder, CardInReader, CardSource, CardSourceError, Presence, TokenModule,
};
use std::sync::Arc;
use tokio::task::AbortHandle;

/// Smartcards as they were last seen.
#[derive(Default)]
pub(super) struct Smartcards {
    found: Vec<Arc<dyn Card>>,
    fault: Option<CardSourceError>,
    look: Option<AbortHandle>,
    seen: bool,
}

pub(super) type CardsSeen = Result<Vec<Arc<dyn Card>>, CardSourceError>;

/// A card with its reader: the same kind of card in another reader is another card.
pub(super) type CardThere = CardInReader;

impl Controller {
    /// Looks at the smartcards in the background, if policy names the software for them.
    pub(super) fn look_at_smartcards(&mut self) {
        let Some(path) = self.wiring.policy.session.pkcs11_module.clone() else {
            return;
        };
        let look = &self.smartcards.look;
        if look.as_ref().is_some_and(|look| !look.is_finished()) {
            return;
        }
        let (events, before) = (self.events.clone(), self.smartcards.drawn());
        self.smartcards.look = Some(self.tasks.spawn(async move {
            let seen = blocking(move || TokenModule::load(&path)?.cards()).await;
            if before != Some(drawn(&seen)) {
                report(&events, Event::CardsSeen(seen)).await;
            }
        }));
    }

    pub(super) fn on_cards_seen(&mut self, seen: CardsSeen) {
        self.smartcards.seen = true;
        match seen {
            Ok(found) => (self.smartcards.found, self.smartcards.fault) = (found, None),
            Err(error) => {
                tracing::warn!(%error, "the smartcards cannot be looked at");
                (self.smartcards.found, self.smartcards.fault) = (Vec::new(), Some(error));
            }
        }
    }

    /// The readers have changed. A card that was there when somebody signed in with a smartcard, and
    /// is there no more, locks the program, if policy says so. So does a service that dies: nobody
    /// knows then whether the card is still there. A card that is back is not asked for any longer.
    pub(super) async fn on_readers(&mut self, presence: Presence) {
        self.presence = presence;
        self.look_at_smartcards();
        let here = cards_in(&self.presence);
        let away = self.is_card_away();
        if let Person::Locked(locked) = &mut self.person
            && locked.fault == Some(SignInFault::CardRemoved)
            && !away
        {
            locked.fault = None;
        }
        let Person::SignedIn(person) = &mut self.person else {
            return;
        };
        if person.smartcard && person.cards_there.is_empty() {
            // They were faster than the readers.
            person.cards_there = here;
        } else if self.wiring.policy.session.lock_on_card_removal
            && person.cards_there.iter().any(|card| !here.contains(card))
        {
            self.lock(LockCause::CardRemoved).await;
        }
    }

    /// The cards in the readers at a sign-in with a smartcard; none for other ways of signing in.
    pub(super) fn cards_to_watch(&self, smartcard: bool) -> Vec<CardThere> {
        if smartcard {
            cards_in(&self.presence)
        } else {
            Vec::new()
        }
    }

    /// Whether policy wants a card back that is known not to be there.
    pub(super) fn is_card_away(&self) -> bool {
        let Person::Locked(locked) = &self.person else {
            return false;
        };
        let here = cards_in(&self.presence);
        self.wiring.policy.session.lock_on_card_removal
            && self.presence != Presence::NoService
            && !locked.cards_there.is_empty()
            && !locked.cards_there.iter().any(|card| here.contains(card))
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
                    purpose: known.and_then(|d| PracticeCardPurpose::of(&d.card)),
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
        if self.is_practice_card_out() {
            return ReaderState::Ready;
        }
        if self.wiring.policy.session.pkcs11_module.is_none() {
            return ReaderState::NotSetUp;
        }
        let smartcards = &self.smartcards;
        if smartcards.fault.is_some() {
            return ReaderState::SoftwareMissing;
        }
        if !smartcards.seen || !smartcards.found.is_empty() {
            return ReaderState::Ready;
        }
        match self.presence {
            Presence::NoService => ReaderState::NoService,
            Presence::NoReader => ReaderState::NoReader,
            Presence::Empty { .. } => ReaderState::Ready,
            Presence::Card { .. } => ReaderState::UnknownCard,
        }
    }

    pub(super) fn card_named(&self, id: Option<&str>) -> Option<Arc<dyn Card>> {
        let mut cards = self.cards_there().into_iter();
        cards.find(|card| Some(card.id()) == id)
    }

    /// Whether a card is one that can be taken out of a reader. Practice cards are, in a made-up one.
    pub(super) fn is_smartcard(&self, id: &str) -> bool {
        let practice = self.wiring.practice.as_ref();
        practice.is_some_and(|practice| practice.presence().is_some())
            || self.smartcards.found.iter().any(|card| card.id() == id)
    }

    /// Whether the scenario of practice has taken the card out of its made-up reader.
    fn is_practice_card_out(&self) -> bool {
        let practice = self.wiring.practice.as_ref();
        practice.is_some_and(|practice| practice.presence().is_some())
            && matches!(self.presence, Presence::Empty { .. })
    }

    fn cards_there(&self) -> Vec<Arc<dyn Card>> {
        if self.is_practice_card_out() {
            return Vec::new();
        }
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

impl Smartcards {
    /// What a person sees of them; `None` before the first look.
    fn drawn(&self) -> Option<Drawn> {
        let seen = match self.fault {
            Some(error) => Err(error),
            None => Ok(self.found.clone()),
        };
        self.seen.then(|| drawn(&seen))
    }
}

/// The ids and names of cards.
type Drawn = Result<Vec<(String, String)>, CardSourceError>;

fn drawn(seen: &CardsSeen) -> Drawn {
    let named = |card: &Arc<dyn Card>| (card.id().to_owned(), card.name().to_owned());
    match seen {
        Ok(found) => Ok(found.iter().map(named).collect()),
        Err(error) => Err(*error),
    }
}

fn cards_in(presence: &Presence) -> Vec<CardThere> {
    match presence {
        Presence::Card { cards } => cards.clone(),
        Presence::NoService | Presence::NoReader | Presence::Empty { .. } => Vec::new(),
    }
}
