//! The made-up world: children, mothers, staff, authorities and agreements.
//!
//! Who people are follows from the seed alone: the same number, name and date of birth on every
//! day, so that a printed sheet stays right. What is held about them follows from the seed and
//! today's date: plans and earlier accesses keep their distance from today. The first person of
//! each [`Case`] is the same under every seed.

mod authority;
mod case;
mod flag;
mod person;
mod register;
mod staff;

pub use case::Case;
pub use flag::TrainingFlag;
pub(crate) use flag::{FEMALE_GENITAL_MUTILATION, REASONABLE_ADJUSTMENT};
pub(crate) use staff::PILOT_SITES;
pub use staff::{AuthorityToShare, CardState, StaffMember, StaffRole};

use chrono::{DateTime, FixedOffset, NaiveDate};
use cpis_record::{Authority, Gender, NhsNumber, OdsCode, Plan};

/// A made-up person on the demographics service, with what the register holds.
#[derive(Clone, PartialEq)]
pub struct TrainingPatient {
    /// The number to type. Always between 999 000 0000 and 999 999 9999, which nobody is given.
    pub nhs_number: NhsNumber,
    /// The number in use now, where this one has been replaced.
    pub replaced_by: Option<NhsNumber>,
    /// Family name, visibly made up.
    pub family: String,
    /// Given names.
    pub given: Vec<String>,
    /// Administrative gender.
    pub gender: Gender,
    /// Date of birth; the same on every day.
    pub birth_date: NaiveDate,
    /// Date of death.
    pub deceased: Option<NaiveDate>,
    /// Whether the demographic record is restricted.
    pub restricted: bool,
    /// Address lines, made up.
    pub address: Vec<String>,
    /// A postcode of an area that does not exist.
    pub postcode: String,
    /// What the person is there to show.
    pub case: Case,
    /// What the register holds, ended plans included.
    pub plans: Vec<Plan>,
    /// Earlier accesses, newest first.
    pub accesses: Vec<TrainingAccess>,
    /// Flags that have nothing to do with child protection.
    pub other_flags: Vec<TrainingFlag>,
}

impl std::fmt::Debug for TrainingPatient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TrainingPatient({:?}, redacted)", self.case)
    }
}

impl TrainingPatient {
    /// Given names and family name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.given.join(" "), self.family)
    }
}

/// One look at a child's record from unscheduled care.
#[derive(Clone, PartialEq, Eq)]
pub struct TrainingAccess {
    /// When.
    pub at: DateTime<FixedOffset>,
    /// The viewer's name.
    pub viewer: String,
    /// The viewer's role profile.
    pub role_profile: String,
    /// The viewer's job role, a code of England-SDSJobRoleName.
    pub role_code: String,
    /// The job role in words.
    pub role_name: String,
    /// The organisation.
    pub organisation: OdsCode,
    /// Its name.
    pub organisation_name: String,
}

impl std::fmt::Debug for TrainingAccess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TrainingAccess(redacted)")
    }
}

/// Everybody and everything the training backend begins with.
#[derive(Debug, Clone)]
pub struct Population {
    /// The people who can be looked up, the first of each case first.
    pub patients: Vec<TrainingPatient>,
    /// The people who hold cards.
    pub staff: Vec<StaffMember>,
    /// The agreements under which organisations may look.
    pub authorities_to_share: Vec<AuthorityToShare>,
}

impl Population {
    /// The first person of a case: the same under every seed.
    ///
    /// # Panics
    /// Never: every case has somebody.
    #[must_use]
    pub fn first(&self, case: Case) -> &TrainingPatient {
        self.patients
            .iter()
            .find(|p| p.case == case)
            .expect("every case has somebody; a test counts them")
    }

    /// Everybody of a case.
    pub fn of(&self, case: Case) -> impl Iterator<Item = &TrainingPatient> {
        self.patients.iter().filter(move |p| p.case == case)
    }
}

/// The made-up local authorities, as plans name them.
pub(crate) fn authorities() -> impl Iterator<Item = Authority> {
    authority::AUTHORITIES.iter().map(|a| a.as_record())
}

/// The made-up world of a seed, as it stands on a day.
#[must_use]
pub fn population(seed: u64, today: NaiveDate) -> Population {
    let mut patients = person::people(seed);
    for patient in &mut patients {
        register::fill(patient, seed, today);
    }
    Population {
        patients,
        staff: staff::staff(),
        authorities_to_share: staff::authorities_to_share(),
    }
}
