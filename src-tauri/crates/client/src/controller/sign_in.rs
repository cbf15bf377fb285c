//! Signing in, and signing out.

use super::browser::InBrowser;
use super::cards::CardThere;
use super::print::Paper;
use super::role::Choice;
use super::user::EndsWithOwner;
use super::{Controller, Event, Person, check, clinic, clinic_disk, not_now, report};
use crate::network::NetworkFault;
use crate::program::blocking;
use crate::service::{Service, ServiceFault};
use crate::session::{Session, User};
use crate::view::{CommandError, Place, SessionEnd, SignInFault};
use crate::world::World;
use chrono::{DateTime, Duration, FixedOffset};
use cpis_vault::{Card, CardError, KeptFolder, Passcode, SessionError, SessionKey};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Nobody is signed in.
#[derive(Default)]
pub(super) struct SignedOut {
    pub busy: bool,
    /// The browser has been sent out.
    pub in_browser: Option<InBrowser>,
    pub fault: Option<SignInFault>,
}

impl SignedOut {
    pub fn failed(fault: SignInFault) -> Self {
        Self {
            fault: Some(fault),
            ..Self::default()
        }
    }
}

/// Somebody is signed in.
pub(super) struct SignedIn {
    pub user: User,
    pub session: Arc<Session>,
    pub unlocking: Unlocking,
    /// When the session ends, whatever happens.
    pub ends: DateTime<FixedOffset>,
    /// The cards in the readers when they signed in with a smartcard.
    pub cards_there: Vec<CardThere>,
    /// Whether they signed in with a smartcard, and not with a file or in the browser.
    pub smartcard: bool,
    pub choice: Option<Choice>,
    /// The role that was chosen and has been withdrawn since.
    pub withdrawn: Option<String>,
    /// The service is asked who they are.
    pub asking: Option<EndsWithOwner>,
    pub find: check::Find,
    pub clinic: clinic::Clinic,
    /// The last print.
    pub paper: Option<Paper>,
}

/// What unlocks the session after a lock.
pub(super) enum Unlocking {
    /// The passcode under which this key was made.
    Passcode(SessionKey),
    /// Nothing yet: the person signed in in the browser and has not chosen a passcode.
    NotChosen {
        busy: bool,
        fault: Option<SignInFault>,
    },
}

pub(super) type SignInResult = Result<Opened, SignInFault>;

pub(super) struct Opened {
    pub user: User,
    pub session: Session,
    pub unlocking: Unlocking,
    /// The card's id; none after a sign-in in the browser.
    pub card: Option<String>,
    /// The clinic list that the same passcode opened, whoever's it is.
    pub list: Option<Zeroizing<Vec<u8>>>,
}

/// The key that a passcode gives.
pub(super) struct PasscodeKey {
    pub key: SessionKey,
    /// The clinic list that was sealed under it. The key is the same, so that the list stays open to it.
    pub list: Option<Zeroizing<Vec<u8>>>,
}

impl PasscodeKey {
    /// Blocks: it takes about 0.2 s, and as long again when a list of another passcode is there.
    pub fn new(
        passcode: &Passcode,
        pepper: &[u8; 32],
        folder: &KeptFolder,
    ) -> Result<Self, SessionError> {
        let list = clinic_disk::sealed_list(folder);
        if let Some(Ok((key, list))) = list.map(|list| list.open(passcode, pepper)) {
            return Ok(Self {
                key,
                list: Some(list),
            });
        }
        Ok(Self {
            key: SessionKey::new(passcode, pepper)?,
            list: None,
        })
    }
}

impl Controller {
    pub(super) fn sign_in(
        &mut self,
        card: &str,
        passcode: &SecretString,
    ) -> Result<(), CommandError> {
        let Person::Nobody(SignedOut { busy: false, .. }) = &self.person else {
            return Err(not_now("somebody is signed in, or signing in"));
        };
        let engine = self.engine()?;
        let service = engine
            .service
            .clone()
            .ok_or_else(|| not_now("no service is set up"))?;
        let pepper = engine.keys.passcode_pepper();
        let folder = engine.kept_folder.clone();
        let card = self.card_named(Some(card));
        let ready = match (card, typed_passcode(passcode)) {
            (None, _) => Err(SignInFault::CardMissing),
            (_, Err(fault)) => Err(fault),
            (Some(card), Ok(passcode)) => Ok((card, passcode)),
        };
        let (card, passcode) = match ready {
            Ok(ready) => ready,
            Err(fault) => {
                self.person = Person::Nobody(SignedOut::failed(fault));
                return Ok(());
            }
        };
        self.person = Person::Nobody(SignedOut {
            busy: true,
            ..SignedOut::default()
        });
        let generation = self.next_generation();
        let (events, world) = (self.events.clone(), self.wiring.world.clone());
        let written = self.clinic_written();
        self.tasks.spawn(async move {
            written.await;
            let secrets = (passcode, pepper);
            let result = open_session(service, world, card, secrets, folder).await;
            let result = Box::new(result);
            report(&events, Event::SignedIn { generation, result }).await;
        });
        Ok(())
    }

    pub(super) fn on_signed_in(&mut self, result: SignInResult) {
        match result {
            Err(fault) => {
                self.signed_in_or_not(Some(&fault));
                self.person = Person::Nobody(SignedOut::failed(fault));
            }
            Ok(Opened {
                user,
                session,
                unlocking,
                card,
                list,
            }) => {
                self.signed_in_or_not(None);
                let now = self.now();
                self.last_used = now;
                let (choices, _) = self.roles(&user);
                let only = if choices.len() == 1 {
                    choices.into_iter().next()
                } else {
                    None
                };
                self.place = Place::Find;
                let hours = self.wiring.policy.session.absolute_hours;
                let session = Arc::new(session);
                self.follow_renewals(&session);
                let smartcard = card.is_some_and(|card| self.is_smartcard(&card));
                self.person = Person::SignedIn(Box::new(SignedIn {
                    user,
                    session,
                    smartcard,
                    cards_there: self.cards_to_watch(smartcard),
                    unlocking,
                    ends: now + Duration::hours(i64::from(hours)),
                    choice: only,
                    withdrawn: None,
                    asking: None,
                    find: check::Find::default(),
                    clinic: clinic::Clinic::default(),
                    paper: None,
                }));
                self.keep_session();
                self.take_up_clinic(list.as_ref().map(|list| list.as_slice()));
            }
        }
    }

    /// Signs out. The screen changes at once, whether or not the service answers.
    pub(super) fn sign_out(&mut self) {
        match &self.person {
            Person::SignedIn(_) => self.end(SessionEnd::SignedOut),
            // The tokens are sealed and their key is gone: they are forgotten here, and the service
            // lets them lapse.
            Person::Locked(_) => self.end(SessionEnd::SignedOutServiceNotTold),
            Person::Nobody(_) | Person::Ended(_) => return,
        }
        self.place = Place::Find;
    }

    /// Ends the session here, and tells the service meanwhile: whoever waits for the service must
    /// not look at a child's record.
    pub(super) fn end(&mut self, end: SessionEnd) {
        let was = std::mem::replace(&mut self.person, Person::Ended(end));
        let generation = self.next_generation();
        self.lock_warned = false;
        self.clinic_gone = false;
        self.links.drop_waiting();
        self.take_back_copy();
        self.drop_session_file();
        if let Person::SignedIn(person) = was {
            person.find.cancel();
            let (session, events) = (person.session, self.events.clone());
            self.farewells.spawn(async move {
                let result = session.end().await;
                session.service().hang_up();
                report(&events, Event::Farewell { generation, result }).await;
            });
        }
    }

    pub(super) fn on_farewell(&mut self, generation: u64, result: Result<(), ServiceFault>) {
        let Err(fault) = result else { return };
        tracing::warn!(%fault, "the service could not be told that a session ended");
        if generation == self.generation
            && matches!(self.person, Person::Ended(SessionEnd::SignedOut))
        {
            self.person = Person::Ended(SessionEnd::SignedOutServiceNotTold);
        }
    }
}

impl SignedIn {
    pub(super) fn leave_result(&mut self) {
        if !self.find.is_checking() {
            self.find = check::Find::default();
        }
    }
}

/// The passcode as typed, or what is wrong with it. Nothing is checked against the card yet.
pub(super) fn typed_passcode(typed: &SecretString) -> Result<Passcode, SignInFault> {
    let typed = typed.expose_secret().trim();
    if typed.is_empty() {
        return Err(SignInFault::PasscodeMissing);
    }
    Passcode::new(typed).ok_or(SignInFault::PasscodeShape)
}

fn card_fault(error: CardError) -> SignInFault {
    match error {
        CardError::WrongPasscode { tries_left } => SignInFault::WrongPasscode { tries_left },
        CardError::Locked => SignInFault::CardLocked,
        CardError::PasscodeNotSet => SignInFault::CardPasscodeNotSet,
        CardError::Expired => SignInFault::CardExpired,
        CardError::NotYetValid => SignInFault::CardNotYetValid,
        CardError::Removed => SignInFault::CardRemoved,
        CardError::Cancelled => SignInFault::PasscodeNotEntered,
        CardError::InUse => SignInFault::CardInUse,
        CardError::NoCertificate => SignInFault::CardWithoutCertificate,
        CardError::SeveralCertificates => SignInFault::SeveralCertificates,
        CardError::UnsupportedKey => SignInFault::CardKeyUnsupported,
        CardError::Unreadable => SignInFault::CardUnreadable,
        CardError::CannotCount => SignInFault::CannotCheckPasscode,
    }
}

async fn open_session(
    service: Arc<Service>,
    world: World,
    card: Arc<dyn Card>,
    (passcode, pepper): (Passcode, Zeroizing<[u8; 32]>),
    folder: KeptFolder,
) -> SignInResult {
    let now = world.clock.now().timestamp();
    let id = card.id().to_owned();
    let opened = blocking({
        move || {
            let opened = card.open(&passcode, now).map_err(card_fault)?;
            let key = PasscodeKey::new(&passcode, &pepper, &folder).map_err(|error| {
                tracing::error!(%error, "no session key");
                SignInFault::CardUnreadable
            })?;
            Ok((opened, key))
        }
    });
    let (opened, PasscodeKey { key, list }) = opened.await?;
    let clock = world.clock.clone();
    let (session, user) = Session::sign_in(service, world, opened)
        .await
        .map_err(|fault| {
            tracing::warn!(%fault, "sign-in failed");
            service_fault(fault, clock.now())
        })?;
    Ok(Opened {
        user,
        session,
        unlocking: Unlocking::Passcode(key),
        card: Some(id),
        list,
    })
}

/// What a fault of the service means for a sign-in; `now` is what this computer's clock says.
pub(super) fn service_fault(fault: ServiceFault, now: DateTime<FixedOffset>) -> SignInFault {
    match fault {
        ServiceFault::Network(NetworkFault::Unreachable | NetworkFault::ConnectionLost) => {
            SignInFault::Unreachable
        }
        ServiceFault::Network(NetworkFault::Certificate(fault)) => SignInFault::Certificate {
            fault: fault.into(),
            clock: now,
        },
        ServiceFault::Network(NetworkFault::TimedOut)
        | ServiceFault::Status(408 | 429 | 500..=599) => SignInFault::ServiceUnavailable,
        ServiceFault::Network(NetworkFault::TooLarge) | ServiceFault::Unreadable => {
            SignInFault::UnreadableAnswer
        }
        ServiceFault::Refused => SignInFault::CardRefused,
        ServiceFault::NotTraining => SignInFault::NotTraining,
        ServiceFault::Status(_) | ServiceFault::NotEnrolled | ServiceFault::CannotSign => {
            SignInFault::Refused
        }
    }
}
