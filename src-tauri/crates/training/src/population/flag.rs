//! Flags of a made-up person that have nothing to do with child protection.

use super::{Case, TrainingPatient};
use chrono::{Days, NaiveDate};

/// England-FlagCategoryPatient 0.5.0.
pub(crate) const REASONABLE_ADJUSTMENT: &str = "national-reasonable-adjustment-flag";
/// England-FlagCategoryPatient 0.5.0.
pub(crate) const FEMALE_GENITAL_MUTILATION: &str = "female-genital-mutilation-flag";

/// A flag that is none of CP-IS.
#[derive(Clone, PartialEq, Eq)]
pub struct TrainingFlag {
    /// Its code, of England-FlagCategoryPatient or made up.
    pub code: String,
    /// Its words, where it has any.
    pub display: Option<String>,
    /// Whether it is in force.
    pub active: bool,
    /// Since when.
    pub start: Option<NaiveDate>,
}

impl std::fmt::Debug for TrainingFlag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TrainingFlag(redacted)")
    }
}

/// The flags of a person on a day.
pub(super) fn of(patient: &TrainingPatient, today: NaiveDate) -> Vec<TrainingFlag> {
    if patient.case != Case::OtherFlags {
        return Vec::new();
    }
    let flag = |code: &str, display: Option<&str>, active| TrainingFlag {
        code: code.to_owned(),
        display: display.map(str::to_owned),
        active,
        start: Some((today - Days::new(400)).max(patient.birth_date)),
    };
    vec![
        flag(
            FEMALE_GENITAL_MUTILATION,
            Some("Female Genital Mutilation Flag"),
            true,
        ),
        flag(
            REASONABLE_ADJUSTMENT,
            Some("National Reasonable Adjustment Flag"),
            true,
        ),
        flag("made-up-flag", Some("Made-up Flag"), false),
        flag("unnamed-made-up-flag", None, true),
    ]
}
