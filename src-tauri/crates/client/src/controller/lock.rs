//! Locking and unlocking (invariant I6).
//!
//! A lock seals tokens and the result on the screen under the passcode, drops the key and
//! everything unsealed, and shows a view without an identifier. An unlock counts a try on the card,
//! opens what was sealed and goes back to the same place.

use super::sign_in::{Choice, SignedIn, SignedOut, Unlocking, card_fault, typed_passcode};
use super::{Controller, Event, Person, check, not_now, report};
use crate::lock_signal::LockSignal;
use crate::program::blocking;
use crate::session::{Session, Tokens, User};
use crate::shown::{Shown, ShownContent};
use crate::view::{CommandError, LockCause, SessionEnd, SignInFault};
use chrono::{DateTime, Duration, FixedOffset};
use cpis_vault::{Card, Passcode, SealedSession, SessionKey};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use zeroize::Zeroizing;

/// The program is locked for one person.
pub(super) struct Locked {
    pub at: DateTime<FixedOffset>,
    pub cause: LockCause,
    pub busy: bool,
    pub fault: Option<SignInFault>,
    user: User,
    card: Option<Arc<dyn Card>>,
    since: DateTime<FixedOffset>,
    choice: Option<Choice>,
    sealed: SealedSession,
}

pub(super) type UnlockResult = Result<Unsealed, SignInFault>;

pub(super) struct Unsealed {
    key: SessionKey,
    content: Content,
}

/// What is sealed during a lock.
#[derive(Serialize, Deserialize)]
struct Content {
    tokens: Tokens,
    shown: Option<ShownContent>,
}

impl Controller {
    pub(super) async fn lock_asked(&mut self) -> Result<(), CommandError> {
        self.lock(LockCause::Asked).await;
        Ok(())
    }

    /// Locks on what the operating system told; one that is locked keeps its cause. A sign-in or an
    /// unlock under way is given up: it would end in an open program at a screen that nobody sits at.
    pub(super) async fn lock_for(&mut self, signal: LockSignal) {
        let busy = match &mut self.person {
            Person::SignedIn(_) => return self.lock(signal.into()).await,
            Person::Locked(locked) => &mut locked.busy,
            Person::Nobody(signed_out) => &mut signed_out.busy,
            Person::Ended(_) => return,
        };
        if std::mem::take(busy) {
            self.next_generation();
        }
    }

    /// Locks after the idle time, on a clock that went backwards, and ends a session that has
    /// lasted its time. Wall clock throughout: a monotonic one stands still while the computer
    /// sleeps. Returns whether something changed.
    pub(super) async fn lock_when_due(&mut self) -> bool {
        let now = self.now();
        let since = match &self.person {
            Person::SignedIn(person) => person.since,
            Person::Locked(locked) => locked.since,
            Person::Nobody(_) | Person::Ended(_) => return false,
        };
        let session = &self.wiring.policy.session;
        if now - since >= Duration::hours(i64::from(session.absolute_hours)) {
            self.end(SessionEnd::TooLong);
            return true;
        }
        let idle = now - self.last_used;
        let most = Duration::minutes(i64::from(session.idle_lock_minutes));
        let backwards = idle < Duration::seconds(-5);
        if matches!(self.person, Person::SignedIn(_)) && (idle >= most || backwards) {
            self.lock(LockCause::Idle).await;
            return true;
        }
        false
    }

    async fn lock(&mut self, cause: LockCause) {
        let nobody = Person::Nobody(SignedOut::default());
        let person = match std::mem::replace(&mut self.person, nobody) {
            Person::SignedIn(person) => *person,
            other => {
                self.person = other;
                return;
            }
        };
        // What a running look would report belongs to an unlocked program; it ends on record.
        self.next_generation();
        let at = self.now();
        let SignedIn {
            user,
            session,
            unlocking,
            since,
            choice,
            find,
        } = person;
        let shown = match &find {
            check::Find::Result { shown, .. } => Some(shown.content().clone()),
            check::Find::Form { .. } | check::Find::Checking { .. } => None,
        };
        find.cancel();
        let sealed = match (unlocking, session.tokens().await) {
            (Unlocking::Passcode { key, card }, Some(tokens)) => {
                seal(&key, &Content { tokens, shown }).map(|sealed| (sealed, card))
            }
            _ => None,
        };
        self.person = match sealed {
            Some((sealed, card)) => Person::Locked(Box::new(Locked {
                at,
                cause,
                busy: false,
                fault: None,
                user,
                card,
                since,
                choice,
                sealed,
            })),
            // The session is over at the service, or cannot be sealed: there is nothing to return to.
            None => Person::Ended(SessionEnd::ServiceEnded),
        };
    }

    pub(super) fn unlock(&mut self, passcode: &SecretString) -> Result<(), CommandError> {
        let pepper = self.engine()?.keys.passcode_pepper();
        let now = self.now().timestamp();
        let generation = self.generation + 1;
        let Person::Locked(locked) = &mut self.person else {
            return Err(not_now("the program is not locked"));
        };
        if locked.busy {
            return Err(not_now("an unlock is under way"));
        }
        let passcode = match typed_passcode(passcode) {
            Ok(passcode) => passcode,
            Err(fault) => {
                locked.fault = Some(fault);
                return Ok(());
            }
        };
        locked.busy = true;
        locked.fault = None;
        let (card, sealed) = (locked.card.clone(), locked.sealed.clone());
        self.generation = generation;
        let events = self.events.clone();
        self.tasks.spawn(async move {
            let work = move || unseal(card.as_deref(), &sealed, &passcode, &pepper, now);
            let result = Box::new(blocking(work).await);
            report(&events, Event::Unlocked { generation, result }).await;
        });
        Ok(())
    }

    pub(super) fn on_unlocked(&mut self, result: UnlockResult) {
        let Person::Locked(locked) = &mut self.person else {
            return;
        };
        let Unsealed { key, content } = match result {
            Ok(unsealed) => unsealed,
            // No tries are left: what was sealed is destroyed.
            Err(SignInFault::CardLocked) => {
                self.person = Person::Ended(SessionEnd::CardLocked);
                return;
            }
            Err(fault) => {
                locked.busy = false;
                locked.fault = Some(fault);
                return;
            }
        };
        let service = match &self.wiring.engine {
            Ok(engine) => engine.service.clone(),
            Err(_) => None,
        };
        let Some(service) = service else { return };
        let session = Session::restored(service, self.wiring.world.clone(), content.tokens);
        let find = match content.shown {
            Some(shown) => check::Find::Result {
                shown: Box::new(Shown::restored(shown)),
                next: None,
            },
            None => check::Find::default(),
        };
        let (user, card) = (locked.user.clone(), locked.card.clone());
        let (since, choice) = (locked.since, locked.choice.clone());
        let session = Arc::new(session);
        self.last_used = self.now();
        self.person = Person::SignedIn(Box::new(SignedIn {
            user,
            session,
            unlocking: Unlocking::Passcode { key, card },
            since,
            choice,
            find,
        }));
    }
}

fn seal(key: &SessionKey, content: &Content) -> Option<SealedSession> {
    let bytes = Zeroizing::new(serde_json::to_vec(content).ok()?);
    match key.seal(&bytes) {
        Ok(sealed) => Some(sealed),
        Err(error) => {
            tracing::error!(%error, "the session could not be sealed");
            None
        }
    }
}

/// The card counts the try and checks the passcode; then it opens what was sealed.
fn unseal(
    card: Option<&dyn Card>,
    sealed: &SealedSession,
    passcode: &Passcode,
    pepper: &[u8; 32],
    now: i64,
) -> UnlockResult {
    if let Some(card) = card {
        card.open(passcode, now).map_err(card_fault)?;
    }
    let unreadable = |reason: &str| {
        tracing::error!(reason, "the session could not be opened");
        SignInFault::CardUnreadable
    };
    let (key, bytes) = sealed
        .open(passcode, pepper)
        .map_err(|e| unreadable(&e.to_string()))?;
    let content = serde_json::from_slice(&bytes).map_err(|_| unreadable("unexpected content"))?;
    Ok(Unsealed { key, content })
}
