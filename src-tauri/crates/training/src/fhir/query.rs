//! Search parameters.

use super::Refusal;
use cpis_record::NhsNumber;

/// The parameters of a search, in order. Names and values may be percent-encoded or not.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn read(raw: Option<&str>) -> Self {
        let pairs = url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes());
        Self(pairs.into_owned().collect())
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Every value of a parameter.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that comes at most once.
    pub(super) fn one<'a>(&'a self, name: &'a str) -> Result<Option<&'a str>, Refusal> {
        let mut values = self.all(name);
        let value = values.next();
        if values.next().is_some() {
            return Err(Refusal::invalid_search("A parameter comes twice"));
        }
        Ok(value)
    }

    /// The person asked for: `patient:identifier=https://fhir.nhs.uk/Id/nhs-number|{number}`, or
    /// `patient={number}`, which the implementation guide's overview and the Patient Flags API have.
    pub(super) fn person(&self) -> Result<NhsNumber, Refusal> {
        let invalid = || Refusal::invalid_search("Invalid NHS number");
        let by_identifier = self.one("patient:identifier")?;
        let by_number = self.one("patient")?;
        let number = match (by_identifier, by_number) {
            (Some(identifier), None) => {
                let (system, number) = identifier.split_once('|').ok_or_else(invalid)?;
                // The guide writes the system in two ways.
                let path = system
                    .strip_prefix("https://")
                    .or_else(|| system.strip_prefix("http://"))
                    .ok_or_else(invalid)?;
                if !path.eq_ignore_ascii_case("fhir.nhs.uk/Id/nhs-number") {
                    return Err(invalid());
                }
                number
            }
            (None, Some(number)) => number,
            _ => return Err(invalid()),
        };
        plain_number(number).ok_or_else(invalid)
    }
}

/// Ten digits with a fitting check digit, and nothing else.
pub(super) fn plain_number(digits: &str) -> Option<NhsNumber> {
    let number = NhsNumber::parse(digits).ok()?;
    (number.digits() == digits).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(raw: &str) -> Result<String, ()> {
        Query::read(Some(raw))
            .person()
            .map(|n| n.digits())
            .map_err(|_| ())
    }

    #[test]
    fn the_person_may_be_written_raw_or_encoded() {
        for raw in [
            "patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018",
            "patient%3Aidentifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C9990000018",
            "patient:identifier=http://fhir.nhs.uk/id/nhs-number|9990000018",
            "patient=9990000018&code=x",
        ] {
            assert_eq!(person(raw), Ok("9990000018".to_owned()), "{raw}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for raw in [
            "",
            "patient=",
            "patient=9990000019",
            "patient=999%20000%200018",
            "patient=9990000018&patient=9990000026",
            "patient=9990000018&patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018",
            "patient:identifier=9990000018",
            "patient:identifier=https://example.org/number|9990000018",
        ] {
            assert_eq!(person(raw), Err(()), "{raw}");
        }
    }
}
