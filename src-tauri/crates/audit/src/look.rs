//! One look, as it is written down before it begins.

use crate::AuditError;
use chrono::{DateTime, FixedOffset};
use cpis_fhir::{AuditOutcome, AuditRecord, ChainLink, Workstation};
use cpis_record::{
    ActivityCode, CareSetting, Mode, NhsNumber, Organisation, Role, RoleProfileId, UserId, Viewer,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// The id of one look: a UUID version 7, made before the first request. It is the id of the audit
/// record and the `TraceID` of the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ViewId(Uuid);

impl ViewId {
    /// Takes a UUID, which the caller makes (randomness is passed in).
    #[must_use]
    pub fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// Reads the text form; `None` if it is not a UUID.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }
}

impl fmt::Display for ViewId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// What is known of a look when it begins: who, when, whom, in which mode.
#[derive(Debug, Clone)]
pub struct Look {
    /// The look's id.
    pub id: ViewId,
    /// When it began, with the local offset.
    pub at: DateTime<FixedOffset>,
    /// Who looks.
    pub viewer: Viewer,
    /// Whose record. `None` for a search for a person, where `request` says who is sought.
    pub person: Option<NhsNumber>,
    /// Scheduled or unscheduled care. A search asks no register, so it is scheduled: nobody is told.
    pub mode: Mode,
    /// The care setting of the site, where policy names it.
    pub care_setting: Option<CareSetting>,
    /// The question as it goes over the wire, for the record's `entity.query`.
    pub request: String,
}

impl Look {
    pub(crate) fn record(
        self,
        outcome: AuditOutcome,
        workstation: Workstation,
        backend: String,
        chain: ChainLink,
    ) -> AuditRecord {
        AuditRecord {
            id: self.id.to_string(),
            recorded: self.at,
            viewer: self.viewer,
            person: self.person,
            mode: self.mode,
            care_setting: self.care_setting,
            outcome,
            workstation,
            backend,
            request: self.request,
            chain,
        }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(&Stored::from(self)).expect("strings and numbers always serialise")
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, AuditError> {
        let stored: Stored = serde_json::from_slice(bytes).map_err(|_| AuditError::Unreadable)?;
        stored.look().ok_or(AuditError::Unreadable)
    }
}

/// The stored form. Fields are only ever added, each with a default, so that an update reads the
/// rows of its predecessors.
#[derive(Serialize, Deserialize)]
struct Stored {
    id: Uuid,
    at: DateTime<FixedOffset>,
    user: String,
    name: String,
    role_profile: String,
    role_code: String,
    role_name: String,
    organisation: String,
    organisation_name: Option<String>,
    activities: Vec<String>,
    /// Absent in a search for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    unscheduled: bool,
    care_setting: Option<String>,
    request: String,
}

impl From<&Look> for Stored {
    fn from(look: &Look) -> Self {
        let role = &look.viewer.role;
        Self {
            id: look.id.0,
            at: look.at,
            user: look.viewer.user.as_str().to_owned(),
            name: look.viewer.name.clone(),
            role_profile: role.profile.as_str().to_owned(),
            role_code: role.code.clone(),
            role_name: role.name.clone(),
            organisation: role.organisation.ods_code.as_str().to_owned(),
            organisation_name: role.organisation.name.clone(),
            activities: role.activities.iter().map(|a| a.0.clone()).collect(),
            person: look.person.as_ref().map(NhsNumber::digits),
            unscheduled: look.mode == Mode::Unscheduled,
            care_setting: look.care_setting.map(|s| s.id().to_owned()),
            request: look.request.clone(),
        }
    }
}

impl Stored {
    fn look(self) -> Option<Look> {
        Some(Look {
            id: ViewId(self.id),
            at: self.at,
            viewer: Viewer {
                user: UserId::new(&self.user)?,
                name: self.name,
                role: Role {
                    profile: RoleProfileId::new(&self.role_profile)?,
                    code: self.role_code,
                    name: self.role_name,
                    organisation: Organisation {
                        ods_code: self.organisation.parse().ok()?,
                        name: self.organisation_name,
                    },
                    activities: self.activities.into_iter().map(ActivityCode).collect(),
                },
            },
            person: match self.person {
                Some(digits) => Some(NhsNumber::received(&digits).ok()?),
                None => None,
            },
            mode: if self.unscheduled {
                Mode::Unscheduled
            } else {
                Mode::Scheduled
            },
            care_setting: self.care_setting.and_then(|s| s.parse().ok()),
            request: self.request,
        })
    }
}
