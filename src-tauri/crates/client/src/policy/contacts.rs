//! Whom to call here about a child: `[[site.contacts]]`.
//!
//! Shown before sign-in and without a network, so that a failure of this program never leaves a
//! person without a number. Policy is not secret: no contact of a private person belongs here.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The most contacts that a screen has room for.
const MOST: usize = 6;
/// The longest text of a contact, in characters.
const LONGEST: usize = 80;

/// A local safeguarding contact, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SafeguardingContact {
    /// Who answers: a post or a team.
    pub name: String,
    /// The telephone number as written.
    pub telephone: String,
    /// When they can be reached, in words.
    pub when: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenContact {
    name: String,
    telephone: String,
    when: Option<String>,
}

/// Reads the contacts of a policy.
pub(super) fn contacts(written: Vec<WrittenContact>) -> Result<Vec<SafeguardingContact>, String> {
    if written.len() > MOST {
        return Err(format!(
            "are {}; there can be at most {MOST}",
            written.len()
        ));
    }
    written.into_iter().map(contact).collect()
}

fn contact(written: WrittenContact) -> Result<SafeguardingContact, String> {
    let name = text("name", &written.name)?;
    let telephone = text("telephone", &written.telephone)?;
    if !is_telephone(&telephone) {
        return Err(format!(
            "of \"{name}\" has the telephone \"{telephone}\"; a number has 3 to 15 digits, and may \
             have +, spaces, hyphens, brackets and an extension like \"ext 12\""
        ));
    }
    let when = written.when.map(|when| text("when", &when)).transpose()?;
    Ok(SafeguardingContact {
        name,
        telephone,
        when,
    })
}

fn text(key: &str, written: &str) -> Result<String, String> {
    let text = written.trim();
    if text.is_empty() {
        return Err(format!("has an empty {key}"));
    }
    if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
        return Err(format!(
            "has a {key} that is not one line of at most {LONGEST} characters"
        ));
    }
    Ok(text.to_owned())
}

/// Whether a person can ring it: a wrong sign here would be found out when it is needed.
fn is_telephone(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let (number, extension) = match lower.split_once("ext") {
        Some((number, extension)) => (number, Some(extension.trim_start_matches('.').trim())),
        None => (lower.as_str(), None),
    };
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let extension_fits = |extension: &str| {
        (1..=6).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_digit())
    };
    let plus_first = !number.trim().get(1..).unwrap_or_default().contains('+');
    (3..=15).contains(&digits)
        && plus_first
        && number
            .chars()
            .all(|c| c.is_ascii_digit() || " +-()".contains(c))
        && extension.is_none_or(extension_fits)
}

#[cfg(test)]
mod tests {
    use crate::policy::{Policy, PolicyError};
    use std::path::Path;

    fn parse(text: &str) -> Result<Policy, PolicyError> {
        Policy::parse(text, Path::new("policy.toml"))
    }

    #[test]
    fn contacts_are_read_in_their_order() {
        let policy = parse(
            "[site]\norganisation = \"RCU\"\n\
             [[site.contacts]]\nname = \" Named nurse \"\ntelephone = \"01632 960101 ext 12\"\n\
             when = \"Monday to Friday, 9am to 5pm\"\n\
             [[site.contacts]]\nname = \"On call\"\ntelephone = \"+44 (0)1632 960102\"\n",
        )
        .unwrap();
        let [nurse, on_call] = &policy.site.contacts[..] else {
            panic!("{:?}", policy.site.contacts)
        };
        assert_eq!(
            (&*nurse.name, &*nurse.telephone),
            ("Named nurse", "01632 960101 ext 12")
        );
        assert_eq!(nurse.when.as_deref(), Some("Monday to Friday, 9am to 5pm"));
        assert_eq!((&*on_call.name, on_call.when.as_ref()), ("On call", None));
        assert!(parse("").unwrap().site.contacts.is_empty());
    }

    #[test]
    fn an_unknown_or_missing_key_is_named_with_its_line() {
        for (text, line, word) in [
            (
                "[[site.contacts]]\nname = \"a\"\ntelephone = \"999\"\nhours = \"9 to 5\"\n",
                4,
                "hours",
            ),
            ("\n[[site.contacts]]\nname = \"a\"\n", 2, "telephone"),
            (
                "[[site.contacts]]\nname = \"a\"\ntelephone = 999\n",
                3,
                "string",
            ),
        ] {
            let fault = parse(text).unwrap_err();
            let PolicyError::Text {
                line: at, reason, ..
            } = &fault
            else {
                panic!("{fault}")
            };
            assert_eq!(*at, line, "{fault}");
            assert!(reason.contains(word), "{fault}");
        }
    }

    #[test]
    fn what_nobody_can_ring_is_refused() {
        let with = |name: &str, telephone: &str| {
            parse(&format!(
                "[[site.contacts]]\nname = '{name}'\ntelephone = '{telephone}'\n"
            ))
        };
        for telephone in [
            "999",
            "01632 960101",
            "+44 1632 960101",
            "(01632) 960-101",
            "101 ext. 4",
        ] {
            assert!(with("a", telephone).is_ok(), "{telephone}");
        }
        for (name, telephone) in [
            ("", "999"),
            ("a", " "),
            ("a", "ask reception"),
            ("a", "12"),
            ("a", "0163296010112345"),
            ("a", "01632+960101"),
            ("a", "101 ext"),
            ("a", "101 ext x"),
            ("a\\nb".repeat(40).as_str(), "999"),
        ] {
            let fault = with(name, telephone).unwrap_err();
            assert!(
                matches!(
                    fault,
                    PolicyError::Value {
                        key: "site.contacts",
                        ..
                    }
                ),
                "{telephone}: {fault}"
            );
        }
        let seven = "[[site.contacts]]\nname = 'a'\ntelephone = '999'\n".repeat(7);
        assert!(parse(&seven).unwrap_err().to_string().contains("at most 6"));
    }
}
