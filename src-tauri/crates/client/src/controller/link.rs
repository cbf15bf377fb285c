//! A link from another program: it fills the form, and only that (invariant I4).
//!
//! # What is kept
//!
//! While nobody has signed in: the link, in memory, for [`PATIENCE`]. A lock, the end of a session and
//! the end of the program drop it.

use super::{Controller, Person, check};
use crate::link::Link;
use crate::view::{FilledBy, FilledIn, LinkRemark, Place};
use chrono::{DateTime, Duration, FixedOffset};
use secrecy::{ExposeSecret, SecretString};

/// How long a link waits for somebody to sign in.
const PATIENCE: Duration = Duration::minutes(10);

/// Where links stand.
#[derive(Default)]
pub(super) struct Links {
    /// Boxed, so that nothing of it stays where it was when it is dropped.
    waiting: Option<Box<Waiting>>,
    remark: Option<LinkRemark>,
    /// How often the form was filled, so that the window tells one time from the next.
    filled: u32,
}

struct Waiting {
    link: Link,
    until: DateTime<FixedOffset>,
}

impl Links {
    pub fn remark(&self) -> Option<LinkRemark> {
        match self.waiting {
            Some(_) => Some(LinkRemark::Waits),
            None => self.remark,
        }
    }

    /// A person has gone on: what was said of a link that was not used has been read.
    pub fn forget_remark(&mut self) {
        self.remark = None;
    }

    /// Tells one filling of the form from the next.
    pub fn next_ordinal(&mut self) -> u32 {
        self.filled = self.filled.wrapping_add(1);
        self.filled
    }

    pub fn drop_waiting(&mut self) {
        self.waiting = None;
    }
}

impl Controller {
    pub(super) fn open_link(&mut self, text: &SecretString) {
        self.links.drop_waiting();
        self.links.remark = match self.link_to_use(text) {
            Err(remark) => Some(remark),
            Ok(link) => {
                let until = self.now() + PATIENCE;
                self.links.waiting = Some(Box::new(Waiting { link, until }));
                None
            }
        };
    }

    fn link_to_use(&self, text: &SecretString) -> Result<Link, LinkRemark> {
        let link = Link::parse(text.expose_secret()).map_err(|_| LinkRemark::Unreadable)?;
        let mode = self.wiring.mode;
        if link.number.as_ref().is_some_and(|n| !mode.permits(n)) {
            return Err(LinkRemark::NotInPractice);
        }
        let is_checking =
            matches!(&self.person, Person::SignedIn(person) if person.find.is_checking());
        match &self.person {
            // Kept, it would be an identifier behind a lock (invariant I6).
            Person::Locked(_) => Err(LinkRemark::Locked),
            _ if is_checking || self.closing => Err(LinkRemark::Busy),
            _ => Ok(link),
        }
    }

    /// Fills the form from a link that waits, as soon as there is somebody whose form it is.
    pub(super) fn use_link(&mut self) {
        let now = self.now();
        if self.links.waiting.as_ref().is_some_and(|w| now >= w.until) {
            self.links.drop_waiting();
        }
        let Person::SignedIn(person) = &mut self.person else {
            return;
        };
        if person.choice.is_none() || person.find.is_checking() {
            return;
        }
        let Some(waiting) = self.links.waiting.take() else {
            return;
        };
        let ordinal = self.links.next_ordinal();
        let number = waiting.link.number.as_ref();
        person.find = check::Find::Form {
            faults: Vec::new(),
            blocked: None,
            filled: number.map(|number| FilledIn {
                ordinal,
                by: FilledBy::Link,
                nhs_number: number.digits(),
                birth_date: None,
            }),
        };
        self.place = Place::Find;
        self.open_record = None;
    }
}
