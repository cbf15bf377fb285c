//! Organisations and the care settings that take part in CP-IS.

use std::fmt;
use std::str::FromStr;

/// An Organisation Data Service code: 1 to 9 letters and digits, kept in capitals.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OdsCode(String);

/// The text is not an ODS code (1 to 9 letters and digits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an ODS code has 1 to 9 letters and digits")]
pub struct OdsCodeError;

impl FromStr for OdsCode {
    type Err = OdsCodeError;

    fn from_str(text: &str) -> Result<Self, OdsCodeError> {
        let text = text.trim();
        let fits = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        if fits {
            Ok(Self(text.to_ascii_uppercase()))
        } else {
            Err(OdsCodeError)
        }
    }
}

impl fmt::Display for OdsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl OdsCode {
    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An organisation that people work for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Organisation {
    /// Its ODS code.
    pub ods_code: OdsCode,
    /// Its name, where the source gives one.
    pub name: Option<String>,
}

/// The text names no care setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown care setting; one of: {}", CareSetting::ALL.map(CareSetting::id).join(", "))]
pub struct UnknownCareSetting;

macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $words:literal);+ $(;)?) => {
        /// The 11 care settings: seven from the start, four added by the notice of December 2020.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum CareSetting { $($(#[$doc])* $name,)+ }

        impl CareSetting {
            /// All settings.
            pub const ALL: [Self; 11] = [$(Self::$name,)+];

            /// The identifier used in policy files.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }

            /// The setting in words.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)+ }
            }
        }
    };
}

settings! {
    /// Emergency departments.
    EmergencyDepartment = "emergency-department", "Emergency department";
    /// Walk-in centres.
    WalkInCentre = "walk-in-centre", "Walk-in centre";
    /// Minor injury units.
    MinorInjuryUnit = "minor-injury-unit", "Minor injury unit";
    /// GP out-of-hours services.
    GpOutOfHours = "gp-out-of-hours", "GP out of hours";
    /// Ambulance services, with NHS 111.
    Ambulance = "ambulance", "Ambulance service";
    /// Maternity.
    Maternity = "maternity", "Maternity";
    /// Paediatric wards that admit directly.
    PaediatricWard = "paediatric-ward", "Paediatric ward";
    /// Mental health, scheduled and unscheduled (2020).
    MentalHealth = "mental-health", "Mental health";
    /// Sexual health, unscheduled (2020).
    SexualHealth = "sexual-health", "Sexual health";
    /// Emergency dental care (2020).
    EmergencyDental = "emergency-dental", "Emergency dental";
    /// Community paediatrics (2020).
    CommunityPaediatrics = "community-paediatrics", "Community paediatrics";
}

impl FromStr for CareSetting {
    type Err = UnknownCareSetting;

    fn from_str(text: &str) -> Result<Self, UnknownCareSetting> {
        Self::ALL
            .into_iter()
            .find(|s| s.id() == text)
            .ok_or(UnknownCareSetting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ods_codes() {
        assert_eq!("rcu".parse::<OdsCode>().unwrap().as_str(), "RCU");
        for good in ["V03462", "K81003001", "RKEAA", "G3472185"] {
            assert_eq!(good.parse::<OdsCode>().unwrap().to_string(), good);
        }
        for bad in ["", " ", "RC U", "ABCDEFGHIJ", "RCÜ"] {
            assert_eq!(bad.parse::<OdsCode>(), Err(OdsCodeError), "{bad}");
        }
    }

    #[test]
    fn eleven_settings_read_back() {
        for setting in CareSetting::ALL {
            assert_eq!(setting.id().parse(), Ok(setting));
        }
        let text = "gp".parse::<CareSetting>().unwrap_err().to_string();
        assert!(text.contains("emergency-dental"), "{text}");
    }
}
