//! Signing in in the system's browser, and the passcode that is chosen after it.

use super::sign_in::{
    Opened, PasscodeKey, SignInResult, SignedOut, Unlocking, service_fault, typed_passcode,
};
use super::{Controller, Event, Person, not_now, report};
use crate::browser::{Assurance, BrowserFault, BrowserSignIn, IdentityTokenError, PATIENCE};
use crate::program::blocking;
use crate::service::Service;
use crate::session::Session;
use crate::view::{CommandError, SessionEnd, SignInFault};
use crate::world::World;
use chrono::{DateTime, FixedOffset};
use cpis_vault::SessionError;
use secrecy::SecretString;
use std::sync::Arc;
use tokio::task::AbortHandle;

/// The browser has been sent out. Dropping this closes the way back.
pub(super) struct InBrowser {
    since: DateTime<FixedOffset>,
    task: AbortHandle,
}

impl Drop for InBrowser {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Controller {
    pub(super) fn sign_in_with_browser(&mut self) -> Result<(), CommandError> {
        let Person::Nobody(SignedOut { busy: false, .. }) = &self.person else {
            return Err(not_now("somebody is signed in, or signing in"));
        };
        let session = &self.wiring.policy.session;
        if !session.browser {
            return Err(not_now("policy does not permit it"));
        }
        let least = Assurance(u8::try_from(session.assurance_level).unwrap_or(u8::MAX));
        let service = self.engine()?.service.clone();
        let service = service.ok_or_else(|| not_now("no service is set up"))?;
        let generation = self.next_generation();
        let (events, world) = (self.events.clone(), self.wiring.world.clone());
        let task = self.tasks.spawn(async move {
            let result = Box::new(identify(service, world, least).await);
            report(&events, Event::SignedIn { generation, result }).await;
        });
        let since = self.now();
        self.person = Person::Nobody(SignedOut {
            busy: true,
            in_browser: Some(InBrowser { since, task }),
            fault: None,
        });
        Ok(())
    }

    /// Gives up a sign-in under way, whichever it is.
    pub(super) fn cancel_sign_in(&mut self, fault: Option<SignInFault>) {
        if let Person::Nobody(SignedOut { busy: true, .. }) = &self.person {
            self.next_generation();
            self.person = Person::Nobody(SignedOut {
                fault,
                ..SignedOut::default()
            });
        }
    }

    /// Gives up when the browser has not come back for long. Returns whether something changed.
    pub(super) fn browser_when_due(&mut self) -> bool {
        let Person::Nobody(SignedOut {
            in_browser: Some(InBrowser { since, .. }),
            ..
        }) = &self.person
        else {
            return false;
        };
        let over = self.now() - *since >= PATIENCE;
        if over {
            self.cancel_sign_in(Some(SignInFault::BrowserTimedOut));
        }
        over
    }

    /// Takes in the passcode with which this session will be unlocked.
    pub(super) fn choose_passcode(&mut self, typed: &SecretString) -> Result<(), CommandError> {
        let pepper = self.engine()?.keys.passcode_pepper();
        let folder = self.engine()?.kept_folder.clone();
        let written = self.clinic_written();
        let generation = self.generation + 1;
        self.last_used = self.now();
        let Person::SignedIn(person) = &mut self.person else {
            return Err(not_now("nobody is signed in"));
        };
        let Unlocking::NotChosen { busy, fault } = &mut person.unlocking else {
            return Err(not_now("the passcode is chosen"));
        };
        if *busy {
            return Err(not_now("the passcode is being taken in"));
        }
        let passcode = match typed_passcode(typed) {
            Ok(passcode) => passcode,
            Err(wrong) => {
                *fault = Some(wrong);
                return Ok(());
            }
        };
        (*busy, *fault) = (true, None);
        self.generation = generation;
        let events = self.events.clone();
        self.tasks.spawn(async move {
            written.await;
            let key = blocking(move || PasscodeKey::new(&passcode, &pepper, &folder)).await;
            let key = Box::new(key);
            report(&events, Event::PasscodeChosen { generation, key }).await;
        });
        Ok(())
    }

    pub(super) fn on_passcode_chosen(&mut self, key: Result<PasscodeKey, SessionError>) {
        let Person::SignedIn(person) = &mut self.person else {
            return;
        };
        match key {
            Ok(PasscodeKey { key, list }) => {
                person.unlocking = Unlocking::Passcode(key);
                self.keep_session();
                self.take_up_clinic(list.as_ref().map(|list| list.as_slice()));
            }
            // Without a key the session could never be locked.
            Err(error) => {
                tracing::error!(%error, "no session key");
                self.end(SessionEnd::ServiceEnded);
            }
        }
    }
}

async fn identify(service: Arc<Service>, world: World, least: Assurance) -> SignInResult {
    let signed_in = async {
        let sign_in = BrowserSignIn::begin(&service, &world, least).await?;
        let identified = sign_in.finish(&service, &world, least).await?;
        Session::of_identified(service.clone(), world.clone(), identified).await
    };
    let (session, user) = signed_in.await.map_err(|fault| {
        tracing::warn!(%fault, "sign-in in the browser failed");
        browser_fault(fault, world.clock.now())
    })?;
    let unlocking = Unlocking::NotChosen {
        busy: false,
        fault: None,
    };
    Ok(Opened {
        user,
        session,
        unlocking,
        card: None,
        list: None,
    })
}

fn browser_fault(fault: BrowserFault, now: DateTime<FixedOffset>) -> SignInFault {
    match fault {
        BrowserFault::NotOffered => SignInFault::BrowserNotOffered,
        BrowserFault::NoBrowser | BrowserFault::NoWayBack => SignInFault::NoBrowser,
        BrowserFault::Refused => SignInFault::BrowserRefused,
        BrowserFault::Foreign => SignInFault::BrowserForeign,
        BrowserFault::Identity(IdentityTokenError::Assurance) => SignInFault::AssuranceTooLow,
        BrowserFault::Identity(IdentityTokenError::Time) => SignInFault::ClockDiffers,
        BrowserFault::Identity(_) => SignInFault::IdentityNotTrusted,
        BrowserFault::Service(fault) => service_fault(fault, now),
    }
}
