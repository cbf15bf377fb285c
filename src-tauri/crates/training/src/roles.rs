//! Roles that are withdrawn from people while the backend runs, as a registration authority would.

use crate::TrainingError;
use crate::population::{StaffMember, StaffRole};
use crate::shared::{self, WITHDRAWN_ROLES};
use crate::store::Store;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The role profiles that are withdrawn, each with the person it is withdrawn from: those in the
/// store, as read the last time.
#[derive(Default)]
pub(crate) struct WithdrawnRoles(Mutex<Withdrawn>);

type Withdrawn = BTreeSet<(String, String)>;

impl WithdrawnRoles {
    /// Reads from the store what another backend on it may have changed.
    pub(crate) fn read_again(&self, store: &dyn Store) -> Result<(), TrainingError> {
        *self.lock() = shared::read(store, WITHDRAWN_ROLES)?.unwrap_or_default();
        Ok(())
    }

    /// Withdraws a profile from a person. Whether the person held it.
    pub(crate) fn withdraw(
        &self,
        store: &dyn Store,
        member: &StaffMember,
        profile: &str,
    ) -> Result<bool, TrainingError> {
        let known = member.role(profile).is_some();
        if known {
            self.change(store, |withdrawn| {
                withdrawn.insert(place(member, profile));
            })?;
        }
        Ok(known)
    }

    /// Gives a profile back. Whether it is one of the person's.
    pub(crate) fn give_back(
        &self,
        store: &dyn Store,
        member: &StaffMember,
        profile: &str,
    ) -> Result<bool, TrainingError> {
        self.change(store, |withdrawn| {
            withdrawn.remove(&place(member, profile));
        })?;
        Ok(member.role(profile).is_some())
    }

    /// Whether a profile is withdrawn from a person.
    pub(crate) fn is_withdrawn(&self, member: &StaffMember, profile: &str) -> bool {
        self.lock().contains(&place(member, profile))
    }

    /// The roles that a person holds now.
    pub(crate) fn held<'a>(&self, member: &'a StaffMember) -> Vec<&'a StaffRole> {
        let withdrawn = self.lock();
        let is_held = |held: &&StaffRole| {
            let profile = held.role.profile.as_str();
            !withdrawn.contains(&place(member, profile))
        };
        member.roles.iter().filter(is_held).collect()
    }

    fn change(
        &self,
        store: &dyn Store,
        change: impl Fn(&mut Withdrawn),
    ) -> Result<(), TrainingError> {
        let now = shared::change(store, WITHDRAWN_ROLES, |there: &mut Option<Withdrawn>| {
            let withdrawn = there.get_or_insert_default();
            change(withdrawn);
            Ok(withdrawn.clone())
        })?;
        *self.lock() = now;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Withdrawn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn place(member: &StaffMember, profile: &str) -> (String, String) {
    (member.user_id.as_str().to_owned(), profile.to_owned())
}
