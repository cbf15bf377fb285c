//! How surely somebody is who they say: the levels of authentication, and what NHS CIS2 calls them.

/// The authenticator assurance level of a sign-in (NIST SP 800-63B section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AssuranceLevel {
    /// Something known: a name and a password.
    One,
    /// Two factors.
    Two,
    /// Two factors, one of which is a key in hardware: a smartcard and its passcode.
    Three,
}

impl AssuranceLevel {
    /// Every `acr` that a sign-in can have.
    pub(crate) const CLASSES: [&'static str; 4] =
        ["AAL3_ANY", "AAL2_OR_AAL3_ANY", "AAL2_ANY", "AAL1_USERPASS"];

    /// The level as a number, from 1 to 3.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Three => 3,
        }
    }

    pub(crate) const fn of_number(number: i64) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            3 => Some(Self::Three),
            _ => None,
        }
    }

    /// The classes that a sign-in at this level satisfies, its own name first.
    const fn satisfies(self) -> &'static [&'static str] {
        match self {
            Self::One => &["AAL1_USERPASS"],
            Self::Two => &["AAL2_ANY", "AAL2_OR_AAL3_ANY"],
            Self::Three => &["AAL3_ANY", "AAL2_OR_AAL3_ANY"],
        }
    }

    /// What `acr` says: the first class asked for that is satisfied, otherwise what was used.
    /// `acr_values` is a wish (OpenID Connect Core 3.1.2.1), so an unmet one refuses nothing here;
    /// the program that wished has to look.
    pub(crate) fn class(self, acr_values: &str) -> &'static str {
        let satisfied = self.satisfies();
        acr_values
            .split(' ')
            .find_map(|asked| satisfied.iter().find(|class| **class == asked))
            .unwrap_or(&satisfied[0])
    }

    /// What `amr` says of a sign-in at this level.
    pub(crate) const fn method(self) -> &'static str {
        match self {
            Self::One => "USERPASS",
            Self::Two => "AUTHENTICATOR_APP",
            Self::Three => "N3_SMARTCARD",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AssuranceLevel::{self, One, Three, Two};

    #[test]
    fn a_class_says_what_was_used_and_in_the_words_asked_for_where_they_fit() {
        assert_eq!(Three.class(""), "AAL3_ANY");
        assert_eq!(Three.class("AAL2_OR_AAL3_ANY"), "AAL2_OR_AAL3_ANY");
        assert_eq!(Two.class("AAL3_ANY AAL2_OR_AAL3_ANY"), "AAL2_OR_AAL3_ANY");
        assert_eq!(Two.class("AAL3_ANY"), "AAL2_ANY");
        assert_eq!(One.class("AAL3_ANY AAL2_OR_AAL3_ANY"), "AAL1_USERPASS");
    }

    #[test]
    fn every_class_and_number_is_known() {
        for level in [One, Two, Three] {
            assert_eq!(
                AssuranceLevel::of_number(level.number().into()),
                Some(level)
            );
            for class in level.satisfies() {
                assert!(AssuranceLevel::CLASSES.contains(class));
            }
        }
        assert_eq!(AssuranceLevel::of_number(0), None);
    }
}
