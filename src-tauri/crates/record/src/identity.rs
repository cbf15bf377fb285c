//! Who a person is, as the Personal Demographics Service says, and what stops a check before it begins.

use crate::{DateOfBirth, NhsNumber, NotCheckedCause};
use chrono::NaiveDate;

/// A person as traced on the Personal Demographics Service. `Debug` is redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct Patient {
    /// The number of the record that answered. It differs from the number asked when that one has
    /// been superseded.
    pub nhs_number: NhsNumber,
    /// Family name, where known.
    pub family: Option<String>,
    /// Given names in order.
    pub given: Vec<String>,
    /// Date of birth, where known.
    pub birth_date: Option<DateOfBirth>,
    /// Administrative gender, where known.
    pub gender: Option<Gender>,
    /// The date of death if the person has died; `Some(None)` when the date is not known.
    pub deceased: Option<Option<NaiveDate>>,
    /// Whether the demographic record is restricted (PDS `meta.security` "R" or "V").
    pub restricted: bool,
}

impl std::fmt::Debug for Patient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Patient(redacted)")
    }
}

/// Administrative gender (FHIR AdministrativeGender).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gender {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Other.
    Other,
    /// Recorded as unknown.
    Unknown,
}

/// What was found out about the person asked for that stops a check for a decision.
#[derive(Clone, PartialEq, Eq)]
pub enum IdentityProblem {
    /// The date of birth typed is not the one held. Nothing about the person held is disclosed.
    BirthDateDiffers,
    /// The number has been replaced by this one.
    Superseded {
        /// The number in use now.
        current: NhsNumber,
    },
    /// The demographic record is restricted.
    Restricted,
    /// The person has died.
    Deceased,
    /// The person is grown up, and no woman of an age to be pregnant ([`Patient::is_beyond_cpis`]).
    GrownUp,
}

impl IdentityProblem {
    /// The cause under which the check ends.
    #[must_use]
    pub fn cause(&self) -> NotCheckedCause {
        match self {
            Self::BirthDateDiffers => NotCheckedCause::BirthDateDiffers,
            Self::Superseded { .. } => NotCheckedCause::Superseded,
            Self::Restricted => NotCheckedCause::Restricted,
            Self::Deceased => NotCheckedCause::Deceased,
            Self::GrownUp => NotCheckedCause::GrownUp,
        }
    }
}

impl std::fmt::Debug for IdentityProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::BirthDateDiffers => "BirthDateDiffers",
            Self::Superseded { .. } => "Superseded(redacted)",
            Self::Restricted => "Restricted",
            Self::Deceased => "Deceased",
            Self::GrownUp => "GrownUp",
        })
    }
}

impl Patient {
    /// What stops a check of `asked` with this `birth_date`, the gravest first: another number,
    /// another date of birth (or none held to compare with), restricted, deceased.
    #[must_use]
    pub fn problem(&self, asked: &NhsNumber, birth_date: DateOfBirth) -> Option<IdentityProblem> {
        if self.birth_date != Some(birth_date) {
            return Some(IdentityProblem::BirthDateDiffers);
        }
        if self.nhs_number != *asked {
            return Some(IdentityProblem::Superseded {
                current: self.nhs_number.clone(),
            });
        }
        if self.restricted {
            return Some(IdentityProblem::Restricted);
        }
        self.deceased.is_some().then_some(IdentityProblem::Deceased)
    }

    /// Whether CP-IS, which is about children and unborn children, most likely holds nothing of this
    /// person: at least 18 years old on `today`, and not a woman of up to 55, who may be pregnant. What is
    /// not known about their gender leaves the doubt, and so does an age that is not known.
    #[must_use]
    pub fn is_beyond_cpis(&self, today: NaiveDate) -> bool {
        let age = self.birth_date.and_then(|born| born.age_on(today));
        let may_be_pregnant =
            |years| self.gender == Some(Gender::Female) && years <= OLDEST_TO_BE_PREGNANT;
        age.is_some_and(|age| age.years >= GROWN_UP && !may_be_pregnant(age.years))
    }
}

/// The age in years at which a person is no longer a child (Children Act 1989, section 105).
const GROWN_UP: u32 = 18;
/// Up to this age in years a woman is taken to be possibly pregnant.
const OLDEST_TO_BE_PREGNANT: u32 = 55;

#[cfg(test)]
mod tests {
    use super::*;

    fn number(digits: &str) -> NhsNumber {
        NhsNumber::parse(digits).unwrap()
    }

    fn born(day: u32) -> DateOfBirth {
        DateOfBirth::received(NaiveDate::from_ymd_opt(2019, 3, day).unwrap())
    }

    fn patient() -> Patient {
        Patient {
            nhs_number: number("9990000018"),
            family: Some("Example".into()),
            given: vec!["Robin".into()],
            birth_date: Some(born(7)),
            gender: None,
            deceased: None,
            restricted: false,
        }
    }

    #[test]
    fn who_is_grown_up_is_beyond_cpis_unless_she_may_be_pregnant() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let person = |years: u32, gender| {
            let year = 2026 - i32::try_from(years).unwrap();
            let born = NaiveDate::from_ymd_opt(year, 11, 22).unwrap();
            Patient {
                birth_date: Some(DateOfBirth::received(born)),
                gender,
                ..patient()
            }
        };
        let female = Some(Gender::Female);
        for (years, gender, beyond) in [
            (17, Some(Gender::Male), false),
            (18, Some(Gender::Male), true),
            (30, None, true),
            (30, Some(Gender::Unknown), true),
            (18, female, false),
            (55, female, false),
            (56, female, true),
        ] {
            let beyond_cpis = person(years, gender).is_beyond_cpis(today);
            assert_eq!(beyond_cpis, beyond, "{years} {gender:?}");
        }
        // On the day before the birthday the person is still a child.
        let eve = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        assert!(!person(18, Some(Gender::Male)).is_beyond_cpis(eve));
    }

    #[test]
    fn the_right_person_has_no_problem() {
        assert_eq!(patient().problem(&number("9990000018"), born(7)), None);
    }

    #[test]
    fn a_wrong_date_of_birth_never_learns_the_current_number() {
        let problem = patient().problem(&number("9990000026"), born(8));
        assert_eq!(problem, Some(IdentityProblem::BirthDateDiffers));
    }

    #[test]
    fn a_person_without_a_date_of_birth_cannot_be_confirmed() {
        let unknown = Patient {
            birth_date: None,
            ..patient()
        };
        let problem = unknown.problem(&number("9990000018"), born(7));
        assert_eq!(problem, Some(IdentityProblem::BirthDateDiffers));
    }

    #[test]
    fn superseded_restricted_and_deceased_stop() {
        let superseded = patient().problem(&number("9990000026"), born(7));
        assert_eq!(
            superseded,
            Some(IdentityProblem::Superseded {
                current: number("9990000018")
            })
        );
        let restricted = Patient {
            restricted: true,
            deceased: Some(None),
            ..patient()
        };
        assert_eq!(
            restricted.problem(&number("9990000018"), born(7)),
            Some(IdentityProblem::Restricted)
        );
        let deceased = Patient {
            deceased: Some(None),
            ..patient()
        };
        assert_eq!(
            deceased.problem(&number("9990000018"), born(7)),
            Some(IdentityProblem::Deceased)
        );
    }

    #[test]
    fn debug_discloses_nothing() {
        let text = format!(
            "{:?} {:?}",
            patient(),
            IdentityProblem::Superseded {
                current: number("9990000018")
            }
        );
        assert!(
            !text.contains("999") && !text.contains("Example") && !text.contains("2019"),
            "{text}"
        );
    }
}
