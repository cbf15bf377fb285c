//! Flags that stand beside the records of a child and have nothing to do with child protection.

use cpis_fhir::OtherFlag;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A flag of another kind.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShownFlag {
    /// Of which kind.
    pub flag: ShownFlagKind,
    /// Whether it is in force.
    pub active: bool,
}

/// The kinds of flags (England-FlagCategoryPatient 0.5.0). The order is that on the screen: the one
/// that a parent or carer in the room must see least comes last.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum ShownFlagKind {
    /// The person needs reasonable adjustments.
    ReasonableAdjustment,
    /// A kind that this program does not know.
    Other {
        /// Its words, or its code where it came without any.
        name: String,
    },
    /// Female genital mutilation.
    FemaleGenitalMutilation,
}

impl From<OtherFlag> for ShownFlag {
    fn from(flag: OtherFlag) -> Self {
        Self {
            active: flag.active,
            flag: match flag.code.as_str() {
                "national-reasonable-adjustment-flag" => ShownFlagKind::ReasonableAdjustment,
                "female-genital-mutilation-flag" => ShownFlagKind::FemaleGenitalMutilation,
                _ => ShownFlagKind::Other {
                    name: flag.display.unwrap_or(flag.code),
                },
            },
        }
    }
}

/// The flags as they are shown: in force before not, and each as often as it came.
pub(super) fn shown_flags(flags: Vec<OtherFlag>) -> Vec<ShownFlag> {
    let mut shown: Vec<ShownFlag> = flags.into_iter().map(ShownFlag::from).collect();
    shown.sort_by(|a, b| (&a.flag, !a.active).cmp(&(&b.flag, !b.active)));
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_flags_have_their_name_and_the_most_private_comes_last() {
        let flag = |code: &str, display: Option<&str>| OtherFlag {
            code: code.to_owned(),
            display: display.map(str::to_owned),
            active: true,
        };
        let shown = shown_flags(vec![
            flag("female-genital-mutilation-flag", Some("Ignored")),
            flag("x-ray-flag", None),
            flag("allergy-flag", Some("Allergy Flag")),
            flag("national-reasonable-adjustment-flag", None),
        ]);
        let other = |name: &str| ShownFlagKind::Other {
            name: name.to_owned(),
        };
        let kinds: Vec<_> = shown.into_iter().map(|shown| shown.flag).collect();
        let wanted = [
            ShownFlagKind::ReasonableAdjustment,
            other("Allergy Flag"),
            other("x-ray-flag"),
            ShownFlagKind::FemaleGenitalMutilation,
        ];
        assert!(kinds == wanted);
    }
}
