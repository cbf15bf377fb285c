//! The user's roles, asked for again while the session lives: a role that was withdrawn must not
//! look on.

use super::{Controller, Event, Person, report};
use crate::service::ServiceFault;
use crate::session::{Session, User};
use crate::view::{ChecksStopped, Place, SessionEnd};
use std::sync::Arc;
use tokio::task::AbortHandle;

/// A task that must not outlive the session it asks for.
pub(super) struct EndsWithOwner(AbortHandle);

impl Drop for EndsWithOwner {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Controller {
    /// Asks who the user is, in the background.
    pub(super) fn ask_for_user(&mut self) {
        let Person::SignedIn(person) = &mut self.person else {
            return;
        };
        let (session, events) = (person.session.clone(), self.events.clone());
        let asking = self.tasks.spawn(async move {
            let result = Box::new(session.who().await);
            report(&events, Event::UserSeen { session, result }).await;
        });
        person.asking = Some(EndsWithOwner(asking));
    }

    /// Takes note of the user as the service knows them now. A chosen role that is gone leads back to
    /// the choice of roles, which says so.
    pub(super) fn on_user_seen(
        &mut self,
        session: &Arc<Session>,
        result: Result<User, ServiceFault>,
    ) {
        // A failure is no news: the next call meets it again.
        let Ok(user) = result else { return };
        let Person::SignedIn(person) = &mut self.person else {
            return;
        };
        if !Arc::ptr_eq(&person.session, session) {
            return;
        }
        if person.user.id != user.id {
            tracing::error!("the service names another user than signed in");
            self.end(SessionEnd::ServiceEnded);
            return;
        }
        person.user = user;
        let Some(chosen) = person.choice.clone() else {
            return;
        };
        let user = person.user.clone();
        let (choices, _) = self.roles(&user);
        // Its words may have changed; what counts is that it may still look in this mode.
        let now = choices
            .into_iter()
            .find(|choice| choice.id() == chosen.id());
        let Person::SignedIn(person) = &mut self.person else {
            return;
        };
        if now.is_some() {
            person.choice = now;
            return;
        }
        std::mem::take(&mut person.find).cancel();
        person.choice = None;
        person.clinic.understood = false;
        person.withdrawn = Some(chosen.role.name);
        // What a running look would report belongs to a role that is gone; it ends on record.
        self.next_generation();
        self.place = Place::Find;
        self.end_checks(Some(ChecksStopped::NotAllowed));
        self.keep_session();
    }
}
