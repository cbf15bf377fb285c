//! The role in which a person looks: which ones may, and the one that they chose.

use super::{Controller, Person, check, not_now};
use crate::session::User;
use crate::view::{
    ChecksStopped, ChosenRole, CommandError, IneligibleReason, IneligibleRole, Place, RoleChoice,
};
use cpis_record::{Mode, ModeFault, Role};

/// A role in one mode.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub role: Role,
    pub mode: Mode,
}

impl Controller {
    pub(super) fn choose_role(&mut self, id: &str) -> Result<(), CommandError> {
        let Person::SignedIn(person) = &self.person else {
            return Err(not_now("nobody is signed in"));
        };
        let (choices, _) = self.roles(&person.user);
        let chosen = choices.into_iter().find(|choice| choice.id() == id);
        let chosen = chosen.ok_or_else(|| not_now("there is no such role"))?;
        self.last_used = self.now();
        self.place = Place::Find;
        if let Person::SignedIn(person) = &mut self.person {
            let user = person.user.id.clone();
            self.last_roles.insert(user, chosen.id());
            person.choice = Some(chosen);
            person.withdrawn = None;
            person.clinic.understood = false;
            person.find = check::Find::default();
        }
        self.keep_session();
        Ok(())
    }

    pub(super) fn change_role(&mut self) -> Result<(), CommandError> {
        let Person::SignedIn(person) = &mut self.person else {
            return Err(not_now("nobody is signed in"));
        };
        if person.find.is_checking() {
            return Err(not_now("a check is under way"));
        }
        person.choice = None;
        person.find = check::Find::default();
        self.place = Place::Find;
        self.end_checks(Some(ChecksStopped::Asked));
        Ok(())
    }

    /// The roles that may look, one choice for each mode, and those that may not.
    pub(super) fn roles(&self, user: &User) -> (Vec<Choice>, Vec<IneligibleRole>) {
        let site = &self.wiring.policy.site;
        let (mut choices, mut ineligible) = (Vec::new(), Vec::new());
        for role in &user.roles {
            let elsewhere = site
                .organisation
                .as_ref()
                .is_some_and(|own| *own != role.organisation.ods_code);
            let modes = match role.modes(site.mode) {
                Err(ModeFault::NoActivityCode) => Err(IneligibleReason::NoActivityCode),
                _ if elsewhere => Err(IneligibleReason::OtherOrganisation),
                Err(ModeFault::NotUnderPolicy) => Err(IneligibleReason::NotUnderPolicy),
                Ok(modes) => Ok(modes),
            };
            match modes {
                Ok(modes) => choices.extend(modes.into_iter().map(|mode| Choice {
                    role: role.clone(),
                    mode,
                })),
                Err(reason) => ineligible.push(IneligibleRole {
                    role: role.name.clone(),
                    organisation: role.organisation.name.clone(),
                    ods_code: role.organisation.ods_code.to_string(),
                    reason,
                }),
            }
        }
        (choices, ineligible)
    }
}

impl Choice {
    pub(super) fn id(&self) -> String {
        format!("{}-{}", self.role.profile.as_str(), self.mode.id())
    }

    /// The role as the header and a print show it.
    pub(super) fn shown(&self) -> ChosenRole {
        ChosenRole {
            role: self.role.name.clone(),
            organisation: self.role.organisation.name.clone(),
            ods_code: self.role.organisation.ods_code.to_string(),
            mode: self.mode.into(),
        }
    }

    pub(super) fn drawn(&self) -> RoleChoice {
        RoleChoice {
            id: self.id(),
            role: self.role.name.clone(),
            organisation: self.role.organisation.name.clone(),
            ods_code: self.role.organisation.ods_code.to_string(),
            mode: self.mode.into(),
        }
    }
}
