//! Locking and unlocking (invariant I6).
//!
//! # What is kept
//!
//! On disk, sealed under the passcode ([`cpis_vault::SessionFile`]): the tokens, who the user is and
//! the chosen role, so that a restart goes on at the lock. In memory, sealed under the same key: the
//! result on the screen, the question of a check that was not made, and the clinic list, so that an
//! unlock goes back to them; what was found never reaches the disk this way. Unsealed, which copies of
//! the list were being written at the lock: random ids and times.
//!
//! # What is dropped
//!
//! The key, the tokens and everything unsealed, at the lock, and with it what the person had decided to
//! accept and what they were writing: forms, a note to a local authority. What was sealed in memory when
//! the program ends.

use super::cards::CardThere;
use super::clinic::Clinic;
use super::kept::{self, KeptSession};
use super::role::Choice;
use super::sign_in::{SignedIn, SignedOut, Unlocking, typed_passcode};
use super::unlock_order::UnlockOrder;
use super::{Controller, Event, Person, check, clinic_disk, not_now, report};
use crate::answer::Question;
use crate::clinic::ClinicList;
use crate::lock_signal::LockSignal;
use crate::program::blocking;
use crate::session::Session;
use crate::shown::{Shown, ShownContent};
use crate::view::{CommandError, LockCause, Place, SessionEnd, SignInFault};
use chrono::{DateTime, Duration, FixedOffset, NaiveDate};
use cpis_record::{DateOfBirth, NhsNumber};
use cpis_vault::{
    HeldSession, KeptFolder, Passcode, SealedSession, SessionFile, SessionKey, UnlockError,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;
use zeroize::Zeroizing;

/// The program is locked for one person.
pub(super) struct Locked {
    pub at: DateTime<FixedOffset>,
    pub cause: LockCause,
    pub busy: bool,
    pub fault: Option<SignInFault>,
    /// When the session ends, whatever happens.
    pub ends: DateTime<FixedOffset>,
    /// The cards in the readers when the person signed in with a smartcard.
    pub cards_there: Vec<CardThere>,
    /// What became of writes that were under way at the lock.
    pub clinic_written: Vec<clinic_disk::Written>,
    place: Option<SealedSession>,
    order: UnlockOrder,
}

pub(super) type UnlockResult = Result<Unsealed, NotUnlocked>;

/// What an unlock brought back.
pub(super) struct Unsealed {
    key: SessionKey,
    kept: KeptSession,
    place: KeptPlace,
}

/// Where the person was, sealed in memory while it is locked.
#[derive(Default, Serialize, Deserialize)]
struct KeptPlace {
    shown: Option<ShownContent>,
    again: Option<KeptQuestion>,
    list: Option<ClinicList>,
    open: Option<Uuid>,
    understood: bool,
}

/// The question of a check that was not made and can be asked again.
#[derive(Serialize, Deserialize)]
struct KeptQuestion {
    number: String,
    birth_date: NaiveDate,
}

impl KeptQuestion {
    fn of(question: &Question) -> Self {
        Self {
            number: question.number.digits(),
            birth_date: question.birth_date.date(),
        }
    }

    fn question(self) -> Option<Question> {
        Some(Question {
            number: NhsNumber::received(&self.number).ok()?,
            birth_date: DateOfBirth::received(self.birth_date),
            accepted: Vec::new(),
        })
    }
}

/// What an unlock ended in otherwise.
pub(super) enum NotUnlocked {
    /// The person can try again.
    Fault(SignInFault),
    /// There is nothing left to unlock.
    Over(SessionEnd),
}

impl Locked {
    /// Locked from the start: the last run left a session behind.
    pub fn left_behind(held: HeldSession, now: DateTime<FixedOffset>) -> Self {
        let ends = DateTime::from_timestamp(held.ends, 0);
        Self {
            at: now,
            cause: LockCause::Restart,
            busy: false,
            fault: None,
            ends: ends.map_or(now, |ends| ends.with_timezone(&now.timezone())),
            cards_there: Vec::new(),
            clinic_written: Vec::new(),
            place: None,
            order: UnlockOrder::default(),
        }
    }
}

impl Controller {
    pub(super) async fn lock_asked(&mut self) -> Result<(), CommandError> {
        self.lock(LockCause::Asked).await;
        Ok(())
    }

    /// Locks on what the operating system told; one that is locked keeps its cause. A sign-in or an
    /// unlock under way is given up: it would end in an open program at a screen that nobody sits at.
    pub(super) async fn lock_for(&mut self, signal: LockSignal) {
        match &mut self.person {
            Person::SignedIn(_) => self.lock(signal.into()).await,
            Person::Locked(locked) => {
                if std::mem::take(&mut locked.busy) {
                    self.next_generation();
                }
            }
            Person::Nobody(_) => {
                self.links.drop_waiting();
                self.cancel_sign_in(None);
            }
            Person::Ended(_) => self.links.drop_waiting(),
        }
    }

    /// Locks after the idle time, on a clock that went backwards, and ends a session that has
    /// lasted its time. Wall clock throughout: a monotonic one stands still while the computer
    /// sleeps. Returns whether something changed.
    pub(super) async fn lock_when_due(&mut self) -> bool {
        let now = self.now();
        let ends = match &self.person {
            Person::SignedIn(person) => person.ends,
            Person::Locked(locked) => locked.ends,
            Person::Nobody(_) | Person::Ended(_) => return false,
        };
        if now >= ends {
            self.end(SessionEnd::TooLong);
            return true;
        }
        let idle = now - self.last_used;
        let backwards = idle < Duration::seconds(-5);
        if matches!(self.person, Person::SignedIn(_)) && (idle >= self.idle_limit() || backwards) {
            self.lock(LockCause::Idle).await;
            return true;
        }
        self.warn_when_due()
    }

    pub(super) async fn lock(&mut self, cause: LockCause) {
        let nobody = Person::Nobody(SignedOut::default());
        let mut person = match std::mem::replace(&mut self.person, nobody) {
            Person::SignedIn(person) => *person,
            other => {
                self.person = other;
                return;
            }
        };
        // What a running look would report belongs to an unlocked program; it ends on record.
        self.next_generation();
        self.lock_warned = false;
        self.links.drop_waiting();
        self.take_back_copy();
        let at = self.now();
        let (shown, again) = match &person.find {
            check::Find::Result { shown, next, .. } => {
                let again = next.as_ref().filter(|_| shown.can_be_asked_again());
                let again = again.map(KeptQuestion::of);
                (Some(shown.content().clone()), again)
            }
            check::Find::Form { .. }
            | check::Find::Filled(_)
            | check::Find::Checking { .. }
            | check::Find::Search(_) => (None, None),
        };
        // What was written of a note is gone with its page; its result is where the person comes back to.
        if self.place == Place::Note {
            self.place = Place::Find;
        }
        person.clinic.stop();
        // Before the tokens are asked for: a look may be holding them while it renews them.
        std::mem::take(&mut person.find).cancel();
        let tokens = person.session.take_tokens().await;
        person.session.service().hang_up();
        let kept = tokens.map(|tokens| KeptSession::of(&person, tokens));
        let ends = person.ends;
        let (Unlocking::Passcode(key), Some(kept)) = (person.unlocking, kept) else {
            // The session is over at the service, or no passcode unlocks it: there is nothing to
            // return to.
            self.drop_session_file();
            self.person = Person::Ended(SessionEnd::ServiceEnded);
            return;
        };
        let sealed = kept::seal(&key, &kept);
        let clinic = std::mem::take(&mut person.clinic);
        let place = KeptPlace {
            shown,
            again,
            list: clinic.list,
            open: clinic.open,
            understood: clinic.understood,
        };
        let place = kept::seal(&key, &place);
        self.person = match sealed {
            Some(sealed) => Person::Locked(Box::new(Locked {
                at,
                cause,
                busy: false,
                fault: None,
                ends,
                cards_there: person.cards_there,
                clinic_written: Vec::new(),
                place,
                order: UnlockOrder::after(self.keep_sealed(sealed, ends)),
            })),
            None => {
                self.drop_session_file();
                Person::Ended(SessionEnd::NotKept)
            }
        };
    }

    pub(super) fn unlock(&mut self, passcode: &SecretString) -> Result<(), CommandError> {
        let file = self.engine()?.session_file.clone();
        let folder = self.engine()?.kept_folder.clone();
        let now = self.now().timestamp();
        let generation = self.generation + 1;
        let away = self.is_card_away();
        let Person::Locked(locked) = &mut self.person else {
            return Err(not_now("the program is not locked"));
        };
        if locked.busy {
            return Err(not_now("an unlock is under way"));
        }
        let passcode = match typed_passcode(passcode) {
            Ok(_) if away => {
                locked.fault = Some(SignInFault::CardRemoved);
                return Ok(());
            }
            Ok(passcode) => passcode,
            Err(fault) => {
                locked.fault = Some(fault);
                return Ok(());
            }
        };
        locked.busy = true;
        locked.fault = None;
        let place = locked.place.clone();
        let turn = locked.order.next();
        self.generation = generation;
        let events = self.events.clone();
        self.tasks.spawn(async move {
            let unsealing = move || unseal(&file, &folder, place.as_ref(), &passcode, now);
            let result = Box::new(turn.take(blocking(unsealing)).await);
            report(&events, Event::Unlocked { generation, result }).await;
        });
        Ok(())
    }

    pub(super) fn on_unlocked(&mut self, result: UnlockResult) {
        let Person::Locked(locked) = &mut self.person else {
            return;
        };
        let Unsealed { key, kept, place } = match result {
            Ok(unsealed) => unsealed,
            Err(NotUnlocked::Over(end)) => {
                self.end(end);
                return;
            }
            Err(NotUnlocked::Fault(fault)) => {
                locked.busy = false;
                locked.fault = Some(fault);
                return;
            }
        };
        let ends = locked.ends;
        let written = std::mem::take(&mut locked.clinic_written);
        let service = match &self.wiring.engine {
            Ok(engine) => engine.service.clone(),
            Err(_) => None,
        };
        // Policy may name another service by now, which must not be shown these tokens.
        let Some(service) = service.filter(|service| service.base().as_str() == kept.service)
        else {
            self.end(SessionEnd::OtherService);
            return;
        };
        let next = place.again.and_then(KeptQuestion::question);
        let find = match place.shown {
            Some(shown) => check::Find::Result {
                shown: Box::new(Shown::restored(shown, next.is_some())),
                next,
                note: None,
            },
            None => check::Find::default(),
        };
        let session = Session::restored(service, self.wiring.world.clone(), kept.tokens.clone());
        let session = Arc::new(session);
        self.follow_renewals(&session);
        let Some(user) = kept.user() else {
            self.end(SessionEnd::Damaged);
            return;
        };
        let choice = self.choice_named(&user, kept.choice.as_deref());
        self.last_used = self.now();
        self.person = Person::SignedIn(Box::new(SignedIn {
            user,
            session,
            smartcard: kept.smartcard,
            cards_there: self.cards_to_watch(kept.smartcard),
            unlocking: Unlocking::Passcode(key),
            ends,
            choice,
            withdrawn: None,
            asking: None,
            find,
            clinic: Clinic {
                open: place.open,
                understood: place.understood,
                ..Clinic::default()
            },
            paper: None,
        }));
        self.go_on_with_clinic(place.list);
        for written in written {
            self.on_clinic_written(written);
        }
    }

    fn choice_named(&self, user: &crate::session::User, id: Option<&str>) -> Option<Choice> {
        let (choices, _) = self.roles(user);
        choices
            .into_iter()
            .find(|choice| Some(choice.id().as_str()) == id)
    }
}

/// Counts the try on the disk, checks the passcode, and opens what was sealed.
fn unseal(
    file: &SessionFile,
    folder: &KeptFolder,
    place: Option<&SealedSession>,
    passcode: &Passcode,
    now: i64,
) -> UnlockResult {
    let (key, bytes) = file.unlock(passcode, now).map_err(not_unlocked)?;
    let damaged = || {
        tracing::error!("a session that was unlocked cannot be read");
        NotUnlocked::Over(SessionEnd::Damaged)
    };
    let kept = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
    let place = match place {
        Some(place) => {
            let bytes: Zeroizing<Vec<u8>> = key.open(place).map_err(|_| damaged())?;
            serde_json::from_slice(&bytes).map_err(|_| damaged())?
        }
        // The program was started anew: what lies on the disk is all there is.
        None => KeptPlace {
            list: clinic_disk::sealed_list(folder)
                .and_then(|sealed| key.open(&sealed).ok())
                .and_then(|bytes| clinic_disk::read_list(&bytes)),
            ..KeptPlace::default()
        },
    };
    Ok(Unsealed { key, kept, place })
}

fn not_unlocked(error: UnlockError) -> NotUnlocked {
    tracing::warn!(%error, "the session was not unlocked");
    match error {
        UnlockError::WrongPasscode { tries_left } => {
            NotUnlocked::Fault(SignInFault::WrongAtLock { tries_left })
        }
        UnlockError::CannotCount | UnlockError::CannotCheck => {
            NotUnlocked::Fault(SignInFault::CannotCheckPasscode)
        }
        UnlockError::ClockBackwards => NotUnlocked::Fault(SignInFault::ClockBackwards),
        UnlockError::Destroyed => NotUnlocked::Over(SessionEnd::TooManyTries),
        UnlockError::Over => NotUnlocked::Over(SessionEnd::TooLong),
        UnlockError::NoSession | UnlockError::Damaged => NotUnlocked::Over(SessionEnd::Damaged),
        UnlockError::OtherComputer => NotUnlocked::Over(SessionEnd::OtherKeychain),
    }
}
