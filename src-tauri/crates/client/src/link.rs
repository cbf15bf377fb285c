//! A link from another program, such as a patient administration system:
//! `cpis://find?nhs-number=9990000018`, or `cpis://find` without a number.
//!
//! It fills the find form and never runs a check (invariant I4): whoever wrote the link is not the one
//! who answers for the look. It is read strictly, because any web page can offer one.
//!
//! # What is kept
//!
//! The NHS number, in memory, until the form is filled. Nothing else of the link; anything more in it
//! makes it unreadable, so that no program comes to rely on what would be ignored.

use cpis_record::NhsNumber;
use url::Url;

/// The scheme of our links.
pub const LINK_SCHEME: &str = "cpis";

/// The longest link that is read, in bytes.
const LONGEST: usize = 200;

/// What a link asks for. `Debug` is redacted.
pub(crate) struct Link {
    /// The number to fill in, if the link has one.
    pub number: Option<NhsNumber>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Link(redacted)")
    }
}

/// The link is not one of ours, or its number is not an NHS number. Says nothing of what was in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the link cannot be read")]
pub(crate) struct UnreadableLink;

impl Link {
    /// Reads a link.
    ///
    /// # Errors
    /// [`UnreadableLink`]. The person can tell whoever looks after the program that made it.
    pub fn parse(text: &str) -> Result<Self, UnreadableLink> {
        if text.len() > LONGEST {
            return Err(UnreadableLink);
        }
        let url = Url::parse(text).map_err(|_| UnreadableLink)?;
        let to_find = url.scheme() == LINK_SCHEME
            && url
                .host_str()
                .is_some_and(|host| host.eq_ignore_ascii_case("find"))
            && matches!(url.path(), "" | "/");
        let plain = url.username().is_empty()
            && url.password().is_none()
            && url.port().is_none()
            && url.fragment().is_none();
        if !(to_find && plain) {
            return Err(UnreadableLink);
        }
        let mut number = None;
        for (key, value) in url.query_pairs() {
            if key != "nhs-number" || number.is_some() {
                return Err(UnreadableLink);
            }
            number = Some(NhsNumber::parse(&value).map_err(|_| UnreadableLink)?);
        }
        Ok(Self { number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Result<Option<String>, UnreadableLink> {
        Link::parse(text).map(|link| link.number.map(|number| number.digits()))
    }

    #[test]
    fn a_link_gives_a_number_or_none() {
        let wanted = Ok(Some("9990000018".to_owned()));
        for text in [
            "cpis://find?nhs-number=9990000018",
            "cpis://find/?nhs-number=9990000018",
            "CPIS://Find?nhs-number=9990000018",
            "cpis://find?nhs-number=999%20000%200018",
            "cpis://find?nhs-number=999+000+0018",
            "cpis://find?nhs-number=999-000-0018",
        ] {
            assert_eq!(digits(text), wanted, "{text}");
        }
        assert_eq!(digits("cpis://find"), Ok(None));
        assert_eq!(digits("cpis://find/"), Ok(None));
    }

    #[test]
    fn anything_else_is_unreadable() {
        let long = format!("cpis://find?nhs-number={}9990000018", " ".repeat(200));
        for text in [
            "",
            "cpis:",
            "cpis:find?nhs-number=9990000018",
            "cpis://",
            "cpis://check?nhs-number=9990000018",
            "cpis://find/child?nhs-number=9990000018",
            "cpis://find?nhs-number=9990000019",
            "cpis://find?nhs-number=999000001",
            "cpis://find?nhs-number=",
            "cpis://find?nhs-number=QQ123456C",
            "cpis://find?nhs-number=9990000018&nhs-number=9990000018",
            "cpis://find?nhs-number=9990000018&run=1",
            "cpis://find?number=9990000018",
            "cpis://find?nhs-number=9990000018#go",
            "cpis://user@find?nhs-number=9990000018",
            "cpis://find:80?nhs-number=9990000018",
            "https://find?nhs-number=9990000018",
            &long,
        ] {
            assert_eq!(digits(text), Err(UnreadableLink), "{text}");
        }
    }

    #[test]
    fn a_link_does_not_show_its_number() {
        let link = Link::parse("cpis://find?nhs-number=9990000018").unwrap();
        assert_eq!(format!("{link:?}"), "Link(redacted)");
    }
}
