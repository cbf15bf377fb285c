//! Roles that are withdrawn from people while the backend runs, as a registration authority would.

use crate::population::{StaffMember, StaffRole};
use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The role profiles that are withdrawn, each with the person it is withdrawn from.
#[derive(Default)]
pub(crate) struct WithdrawnRoles(Mutex<HashSet<(String, String)>>);

impl WithdrawnRoles {
    /// Withdraws a profile from a person. Whether the person held it.
    pub(crate) fn withdraw(&self, member: &StaffMember, profile: &str) -> bool {
        let known = member.role(profile).is_some();
        if known {
            self.lock().insert(place(member, profile));
        }
        known
    }

    /// Gives a profile back. Whether it is one of the person's.
    pub(crate) fn give_back(&self, member: &StaffMember, profile: &str) -> bool {
        self.lock().remove(&place(member, profile));
        member.role(profile).is_some()
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

    fn lock(&self) -> MutexGuard<'_, HashSet<(String, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn place(member: &StaffMember, profile: &str) -> (String, String) {
    (member.user_id.as_str().to_owned(), profile.to_owned())
}
