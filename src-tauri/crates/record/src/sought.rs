//! A person who is sought by name, where nobody knows the NHS number.
//!
//! The Personal Demographics Service finds by family name and date of birth at least; all else
//! makes the search narrower. Wildcards are refused: everybody whom a search matches is written into
//! that service's own audit trail, so a search must not catch more people than it needs to.

use crate::{DateOfBirth, Gender};

/// Who is sought. `Debug` is redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct SoughtPerson {
    /// Family name.
    pub family: SoughtName,
    /// First name, where known: a newborn child may have none yet.
    pub given: Option<SoughtName>,
    /// Date of birth.
    pub birth_date: DateOfBirth,
    /// Administrative gender, where it should narrow the search.
    pub gender: Option<Gender>,
    /// Postcode, where it should narrow the search. It hides every restricted record.
    pub postcode: Option<Postcode>,
}

impl std::fmt::Debug for SoughtPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SoughtPerson(redacted)")
    }
}

/// A family or given name as typed, without what a search would read as a wildcard. `Debug` is
/// redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct SoughtName(String);

/// The longest name on the Personal Demographics Service, in characters.
const LONGEST_NAME: usize = 35;

/// Why typed text is not a name to search by. The clinician can act on each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SoughtNameError {
    /// Nothing was typed.
    #[error("no name was entered")]
    Empty,
    /// It holds a sign that no name has, or no letter at all.
    #[error("a name has only letters, spaces, hyphens, apostrophes and full stops")]
    Characters,
    /// More than 35 characters.
    #[error("a name has at most 35 characters")]
    TooLong,
}

impl SoughtName {
    /// Reads what a person typed: runs of spaces become one, and every kind of apostrophe and hyphen
    /// becomes the one on a keyboard.
    ///
    /// # Errors
    /// Names what is wrong with the text; see [`SoughtNameError`].
    pub fn parse(typed: &str) -> Result<Self, SoughtNameError> {
        let words: Vec<&str> = typed.split_whitespace().collect();
        if words.is_empty() {
            return Err(SoughtNameError::Empty);
        }
        let name: String = words.join(" ").chars().map(plain).collect();
        let fits = |c: char| c.is_alphabetic() || is_mark(c) || " -'.".contains(c);
        if !name.chars().all(fits) || !name.chars().any(char::is_alphabetic) {
            return Err(SoughtNameError::Characters);
        }
        if name.chars().count() > LONGEST_NAME {
            return Err(SoughtNameError::TooLong);
        }
        Ok(Self(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SoughtName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SoughtName(redacted)")
    }
}

fn plain(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{02bc}' => '\'',
        '\u{2010}'..='\u{2013}' => '-',
        other => other,
    }
}

/// An accent that stands as a character of its own after its letter.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036f}')
}

/// A whole postcode, in capitals, with its space. `Debug` is redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct Postcode(String);

/// The text does not have the form of a whole UK postcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a postcode looks like LS1 6AE")]
pub struct PostcodeError;

impl Postcode {
    /// Reads a typed postcode, with or without its space. Whether there is such a place is not
    /// looked at.
    ///
    /// # Errors
    /// [`PostcodeError`] when it does not have the form of one (BS 7666: one or two letters, a digit,
    /// perhaps a letter or digit, then a digit and two letters).
    pub fn parse(typed: &str) -> Result<Self, PostcodeError> {
        let kept: String = typed.split_whitespace().collect();
        let kept = kept.to_ascii_uppercase();
        if !kept.is_ascii() || !(5..=7).contains(&kept.len()) {
            return Err(PostcodeError);
        }
        let (outward, inward) = kept.split_at(kept.len() - 3);
        let kinds = |part: &str| -> String {
            let kind = |b: u8| match b {
                b'A'..=b'Z' => 'A',
                b'0'..=b'9' => '9',
                _ => '?',
            };
            part.bytes().map(kind).collect()
        };
        let outward_fits = ["A9", "A99", "A9A", "AA9", "AA99", "AA9A"];
        if outward_fits.contains(&kinds(outward).as_str()) && kinds(inward) == "9AA" {
            Ok(Self(format!("{outward} {inward}")))
        } else {
            Err(PostcodeError)
        }
    }

    /// The postcode.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Postcode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Postcode(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_as_people_have_them() {
        for (typed, name) in [
            (" Smith ", "Smith"),
            ("O\u{2019}Brien", "O'Brien"),
            ("Achebe \u{2013}  Jones", "Achebe - Jones"),
            ("St. John", "St. John"),
            ("Nu\u{f1}ez", "Nu\u{f1}ez"),
            ("Nun\u{0303}ez", "Nun\u{0303}ez"),
        ] {
            assert_eq!(SoughtName::parse(typed).unwrap().as_str(), name);
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        use SoughtNameError::{Characters, Empty, TooLong};
        for (typed, error) in [
            ("", Empty),
            (" \t ", Empty),
            ("Sm*", Characters),
            ("Smith,Jones", Characters),
            ("9990000018", Characters),
            ("-", Characters),
            ("a&given=b", Characters),
            ("Smith|", Characters),
        ] {
            assert_eq!(SoughtName::parse(typed), Err(error), "{typed}");
        }
        assert!(SoughtName::parse(&"n".repeat(35)).is_ok());
        assert_eq!(SoughtName::parse(&"n".repeat(36)), Err(TooLong));
    }

    #[test]
    fn whole_postcodes_only() {
        for (typed, postcode) in [
            ("ls1 6ae", "LS1 6AE"),
            ("M11AE", "M1 1AE"),
            ("ec1a1bb", "EC1A 1BB"),
            ("W1A 0AX", "W1A 0AX"),
            ("zz99 3wz", "ZZ99 3WZ"),
            ("XX1 1ZZ", "XX1 1ZZ"),
        ] {
            assert_eq!(Postcode::parse(typed).unwrap().as_str(), postcode);
        }
        for typed in [
            "",
            "LS1",
            "LS1 6",
            "LS1 6A*",
            "6AE LS1",
            "L\u{f6}1 6AE",
            "LS16AEX1",
        ] {
            assert_eq!(Postcode::parse(typed), Err(PostcodeError), "{typed}");
        }
    }

    #[test]
    fn nothing_of_it_is_printed() {
        let sought = SoughtPerson {
            family: SoughtName::parse("Smith").unwrap(),
            given: SoughtName::parse("Jodie").ok(),
            birth_date: DateOfBirth::received(Default::default()),
            gender: None,
            postcode: Postcode::parse("LS1 6AE").ok(),
        };
        let printed = format!(
            "{sought:?} {:?} {:?} {:?}",
            sought.family, sought.given, sought.postcode
        );
        for word in ["Smith", "Jodie", "LS1"] {
            assert!(!printed.contains(word), "{printed}");
        }
    }

    proptest! {
        #[test]
        fn a_name_never_holds_what_a_search_would_read(typed in "\\PC{0,40}") {
            if let Ok(name) = SoughtName::parse(&typed) {
                prop_assert!(!name.as_str().contains(['*', '?', '&', '=', '%', ',', '|', '$', '\\', '\n']));
                prop_assert_eq!(SoughtName::parse(name.as_str()), Ok(name));
            }
        }

        #[test]
        fn a_postcode_reads_back(typed in "[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2}") {
            let postcode = Postcode::parse(&typed).unwrap();
            prop_assert_eq!(Postcode::parse(postcode.as_str()), Ok(postcode));
        }
    }
}
