//! Who looks: users, roles with their activity codes, and whether a look tells the local authority.

use crate::Organisation;
use std::fmt;
use std::str::FromStr;

/// The twelve-digit identifier of a health worker (`https://fhir.nhs.uk/Id/sds-user-id`).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UserId(String);

/// The identifier of a role profile (`https://fhir.nhs.uk/Id/sds-role-profile-id`; sent as
/// `NHSD-Session-URID`).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RoleProfileId(String);

macro_rules! identifier {
    ($name:ident) => {
        impl $name {
            /// Takes the identifier as received; `None` if it is blank or not plain ASCII, since it
            /// goes into a header.
            #[must_use]
            pub fn new(text: &str) -> Option<Self> {
                let text = text.trim();
                let fits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
                fits.then(|| Self(text.to_owned()))
            }

            /// The identifier.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    };
}

identifier!(UserId);
identifier!(RoleProfileId);

/// An activity code of the National RBAC Database, for example B0107.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ActivityCode(pub String);

impl ActivityCode {
    /// View CP-IS flag in unscheduled care: the local authority is told.
    pub const VIEW_AND_NOTIFY: &'static str = "B0107";
    /// View CP-IS flag in scheduled care: the local authority is not told.
    pub const VIEW_SILENTLY: &'static str = "B0170";
}

/// A role that a user holds at an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The role profile.
    pub profile: RoleProfileId,
    /// The full role code, for example `S8000:G8000:R8000`.
    pub code: String,
    /// The role in words, as a person would say it: the last part of the national name.
    pub name: String,
    /// Where it is held.
    pub organisation: Organisation,
    /// What it permits.
    pub activities: Vec<ActivityCode>,
}

impl Role {
    /// The job role, the last part of the code: `R8000` of `S8000:G8000:R8000`.
    #[must_use]
    pub fn job_role_code(&self) -> &str {
        self.code.rsplit(':').next().unwrap_or_default()
    }

    /// Whether the role holds an activity code.
    #[must_use]
    pub fn holds(&self, code: &str) -> bool {
        self.activities.iter().any(|a| a.0 == code)
    }

    /// The modes in which this role may look under a policy, in the order in which they are offered.
    ///
    /// A role that holds both codes, under a policy that leaves it to the role, may look in either:
    /// what applies depends on the encounter, so the person says which. The program never guesses.
    ///
    /// # Errors
    /// [`ModeFault`] when none is left: the policy never permits more than the role does.
    pub fn modes(&self, policy: ModePolicy) -> Result<Vec<Mode>, ModeFault> {
        let held: Vec<Mode> = [Mode::Scheduled, Mode::Unscheduled]
            .into_iter()
            .filter(|mode| self.holds(mode.activity_code()))
            .collect();
        if held.is_empty() {
            return Err(ModeFault::NoActivityCode);
        }
        let allowed: Vec<Mode> = match policy {
            ModePolicy::FromRole => held,
            ModePolicy::Only(mode) => held.into_iter().filter(|m| *m == mode).collect(),
        };
        if allowed.is_empty() {
            Err(ModeFault::NotUnderPolicy)
        } else {
            Ok(allowed)
        }
    }
}

/// Whether a look belongs to scheduled or unscheduled care. It decides whether the local authority
/// is told (header `IsUnscheduledAccessEvent`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Scheduled care: a silent read. Needs B0170.
    Scheduled,
    /// Unscheduled care: the look enters the access history and the local authority is told. Needs
    /// B0107.
    Unscheduled,
}

impl Mode {
    /// The activity code that permits it.
    #[must_use]
    pub fn activity_code(self) -> &'static str {
        match self {
            Self::Scheduled => ActivityCode::VIEW_SILENTLY,
            Self::Unscheduled => ActivityCode::VIEW_AND_NOTIFY,
        }
    }

    /// The mode's name in policy files and on the wire between the program's parts.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Unscheduled => "unscheduled",
        }
    }

    /// Whether the local authority is told.
    #[must_use]
    pub fn tells_local_authority(self) -> bool {
        self == Self::Unscheduled
    }
}

/// What the organisation's policy says about the mode (`site.mode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ModePolicy {
    /// What the role permits.
    #[default]
    FromRole,
    /// Only this mode, and only where the role permits it.
    Only(Mode),
}

/// The text names no mode policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown mode; one of: from-role, scheduled, unscheduled")]
pub struct UnknownMode;

impl FromStr for ModePolicy {
    type Err = UnknownMode;

    fn from_str(text: &str) -> Result<Self, UnknownMode> {
        match text {
            "from-role" => Ok(Self::FromRole),
            "scheduled" => Ok(Self::Only(Mode::Scheduled)),
            "unscheduled" => Ok(Self::Only(Mode::Unscheduled)),
            _ => Err(UnknownMode),
        }
    }
}

/// Why a role cannot be used to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ModeFault {
    /// Neither B0107 nor B0170. The registration authority can help.
    #[error("the role holds neither B0107 nor B0170")]
    NoActivityCode,
    /// The role permits only a mode that this computer's policy excludes. The IT department or the
    /// registration authority can help.
    #[error("the role does not permit the mode that policy asks for")]
    NotUnderPolicy,
}

/// The person who looks, in the role in which they look: what an audit record says of "who".
#[derive(Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The user's identifier.
    pub user: UserId,
    /// The user's name.
    pub name: String,
    /// The role chosen.
    pub role: Role,
}

impl fmt::Debug for Viewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Viewer(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(codes: &[&str]) -> Role {
        Role {
            profile: RoleProfileId::new("555254240100").unwrap(),
            code: "S8000:G8000:R8000".into(),
            name: "Clinical Practitioner".into(),
            organisation: Organisation {
                ods_code: "RCU".parse().unwrap(),
                name: None,
            },
            activities: codes.iter().map(|c| ActivityCode((*c).into())).collect(),
        }
    }

    #[test]
    fn policy_never_permits_more_than_the_role() {
        use Mode::{Scheduled, Unscheduled};
        use ModePolicy::{FromRole, Only};
        type Case = (
            &'static [&'static str],
            ModePolicy,
            Result<Vec<Mode>, ModeFault>,
        );
        let cases: [Case; 9] = [
            (&["B0170"], FromRole, Ok(vec![Scheduled])),
            (&["B0107"], FromRole, Ok(vec![Unscheduled])),
            (
                &["B0107", "B0170"],
                FromRole,
                Ok(vec![Scheduled, Unscheduled]),
            ),
            (
                &["B0107", "B0170"],
                Only(Unscheduled),
                Ok(vec![Unscheduled]),
            ),
            (
                &["B0170"],
                Only(Unscheduled),
                Err(ModeFault::NotUnderPolicy),
            ),
            (&["B0107"], Only(Scheduled), Err(ModeFault::NotUnderPolicy)),
            (&["B0820"], FromRole, Err(ModeFault::NoActivityCode)),
            (&["B0820"], Only(Scheduled), Err(ModeFault::NoActivityCode)),
            (&[], FromRole, Err(ModeFault::NoActivityCode)),
        ];
        for (codes, policy, wanted) in cases {
            assert_eq!(role(codes).modes(policy), wanted, "{codes:?} {policy:?}");
        }
    }

    #[test]
    fn job_role_is_the_last_part() {
        assert_eq!(role(&[]).job_role_code(), "R8000");
        assert_eq!(
            Role {
                code: "R8001".into(),
                ..role(&[])
            }
            .job_role_code(),
            "R8001"
        );
    }

    #[test]
    fn header_identifiers_are_plain() {
        assert!(RoleProfileId::new("555254240100").is_some());
        assert!(RoleProfileId::new("55\n1").is_none());
        assert!(UserId::new(" ").is_none());
    }

    #[test]
    fn mode_policy_reads_its_words() {
        assert_eq!("from-role".parse(), Ok(ModePolicy::FromRole));
        assert_eq!("scheduled".parse(), Ok(ModePolicy::Only(Mode::Scheduled)));
        assert_eq!("both".parse::<ModePolicy>(), Err(UnknownMode));
    }
}
