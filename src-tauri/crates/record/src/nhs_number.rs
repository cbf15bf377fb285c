//! The NHS number: ten digits, the last a modulus-11 check digit.
//!
//! Source: NHS Data Dictionary, "NHS NUMBER"; NHS service manual, "Ask users for their NHS number".

use std::fmt;

/// An NHS number.
///
/// `Debug` is redacted. `Display` writes the digits in groups of 3, 3 and 4, the way the NHS
/// service manual shows them; [`NhsNumber::digits`] gives the form that goes on the wire.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NhsNumber([u8; 10]);

/// A register of another country whose numbers have the form of NHS numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherRegister {
    /// The Community Health Index of Scotland.
    Scotland,
    /// Health and Care in Northern Ireland.
    NorthernIreland,
    /// The Individual Health Identifier of Ireland.
    Ireland,
}

/// Why typed text is not an NHS number. The clinician can act on each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NhsNumberError {
    /// Nothing was typed.
    #[error("no NHS number was entered")]
    Empty,
    /// The text has the form of a National Insurance number (two letters, six digits, one letter).
    #[error("this is a National Insurance number, not an NHS number")]
    NationalInsurance,
    /// The text holds letters or signs that no NHS number has.
    #[error("an NHS number has only digits")]
    NotDigits,
    /// Fewer than ten digits.
    #[error("an NHS number has 10 digits; this has fewer")]
    TooShort,
    /// More than ten digits.
    #[error("an NHS number has 10 digits; this has more")]
    TooLong,
    /// Ten digits, but the check digit does not fit: at least one digit is wrong.
    #[error("the check digit does not fit")]
    CheckDigit,
}

impl NhsNumber {
    /// Reads what a person typed or pasted: spaces, line breaks and dashes of any kind are
    /// ignored, and the check digit is verified.
    ///
    /// # Errors
    /// Names what is wrong with the text; see [`NhsNumberError`].
    pub fn parse(typed: &str) -> Result<Self, NhsNumberError> {
        let kept: Vec<char> = typed.chars().filter(|c| !is_separator(*c)).collect();
        if kept.is_empty() {
            return Err(NhsNumberError::Empty);
        }
        if is_national_insurance_number(&kept) {
            return Err(NhsNumberError::NationalInsurance);
        }
        let digits = digits_of(&kept).ok_or(NhsNumberError::NotDigits)?;
        let digits = sized(&digits)?;
        if check_digit(&digits) != Some(digits[9]) {
            return Err(NhsNumberError::CheckDigit);
        }
        Ok(Self(digits))
    }

    /// Takes a number from another system's answer: ten digits, check digit **not** verified.
    ///
    /// The number 9912003890, which NHS England uses in all its published CP-IS examples, fails
    /// modulus 11. Numbers in answers are therefore only ever compared for equality.
    ///
    /// # Errors
    /// [`NhsNumberError`] when the text is not exactly ten digits.
    pub fn received(digits: &str) -> Result<Self, NhsNumberError> {
        if digits.is_empty() {
            return Err(NhsNumberError::Empty);
        }
        let characters: Vec<char> = digits.chars().collect();
        let digits = digits_of(&characters).ok_or(NhsNumberError::NotDigits)?;
        sized(&digits).map(Self)
    }

    /// The ten digits without spaces, as FHIR identifiers carry them.
    #[must_use]
    pub fn digits(&self) -> String {
        self.0.iter().map(|d| char::from(b'0' + d)).collect()
    }

    /// Whether the number lies in 999 000 0000 to 999 999 9999, the range for test data, which is
    /// never issued to a person.
    #[must_use]
    pub fn is_test_range(&self) -> bool {
        self.0[..3] == [9, 9, 9]
    }

    /// The register of another country that issues numbers in the range of this one, if one does. CP-IS is
    /// about people with an NHS number of England, Wales or the Isle of Man.
    ///
    /// Source: the ranges that the package `nhs-number` of the UK FCI community collected.
    #[must_use]
    pub fn other_register(&self) -> Option<OtherRegister> {
        let number = self.0.iter().fold(0, |sum, d| sum * 10 + u64::from(*d));
        match number {
            100_000_000..=3_112_999_999 => Some(OtherRegister::Scotland),
            3_200_000_000..=3_999_999_999 => Some(OtherRegister::NorthernIreland),
            8_000_000_000..=8_599_999_999 => Some(OtherRegister::Ireland),
            _ => None,
        }
    }

    /// Completes nine digits with their check digit.
    ///
    /// `None` when the nine digits have no valid check digit (the remainder calls for 10) or when
    /// one of them is not a digit.
    #[must_use]
    pub fn complete(nine: [u8; 9]) -> Option<Self> {
        if nine.iter().any(|d| *d > 9) {
            return None;
        }
        let mut digits = [0; 10];
        digits[..9].copy_from_slice(&nine);
        digits[9] = check_digit(&digits)?;
        Some(Self(digits))
    }
}

impl fmt::Display for NhsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        write!(f, "{} {} {}", &digits[..3], &digits[3..6], &digits[6..])
    }
}

impl fmt::Debug for NhsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NhsNumber(redacted)")
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || c == '-'
        || ('\u{2010}'..='\u{2015}').contains(&c)
        || matches!(
            c,
            '\u{2212}' | '\u{00ad}' | '\u{200b}' | '\u{feff}' | '.' | '/'
        )
}

fn is_national_insurance_number(kept: &[char]) -> bool {
    kept.len() == 9
        && kept[..2].iter().all(char::is_ascii_alphabetic)
        && kept[2..8].iter().all(char::is_ascii_digit)
        && kept[8].is_ascii_alphabetic()
}

fn digits_of(characters: &[char]) -> Option<Vec<u8>> {
    characters
        .iter()
        .map(|c| c.to_digit(10).and_then(|d| u8::try_from(d).ok()))
        .collect()
}

fn sized(digits: &[u8]) -> Result<[u8; 10], NhsNumberError> {
    if digits.len() < 10 {
        return Err(NhsNumberError::TooShort);
    }
    digits.try_into().map_err(|_| NhsNumberError::TooLong)
}

/// 11 less (the sum of digit × (11 − position), positions 1 to 9) modulo 11; 11 counts as 0 and
/// 10 means that no such number exists.
fn check_digit(digits: &[u8; 10]) -> Option<u8> {
    let sum: u32 = digits[..9]
        .iter()
        .zip((2..=10u32).rev())
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum();
    match 11 - sum % 11 {
        11 => Some(0),
        10 => None,
        digit => u8::try_from(digit).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_of_other_countries_are_known_by_their_range() {
        let register = |digits: &str| NhsNumber::received(digits).unwrap().other_register();
        for (first, last, other) in [
            ("0100000000", "3112999999", OtherRegister::Scotland),
            ("3200000000", "3999999999", OtherRegister::NorthernIreland),
            ("8000000000", "8599999999", OtherRegister::Ireland),
        ] {
            assert_eq!(register(first), Some(other));
            assert_eq!(register(last), Some(other));
        }
        for ours in [
            "4000000000",
            "4999999999",
            "6000000000",
            "7999999999",
            "9990000018",
        ] {
            assert_eq!(register(ours), None, "{ours}");
        }
    }

    #[test]
    fn accepts_the_ways_people_write_it() {
        for typed in [
            "9990000018",
            "999 000 0018",
            "999-000-0018",
            " 999\u{2013}000\u{2013}0018\r\n",
            "999\u{a0}000\u{a0}0018",
            "9 9 9 0 0 0 0 0 1 8",
        ] {
            let number = NhsNumber::parse(typed).expect(typed);
            assert_eq!(number.digits(), "9990000018");
            assert_eq!(number.to_string(), "999 000 0018");
        }
    }

    #[test]
    fn names_each_fault() {
        let fault = |typed| NhsNumber::parse(typed).unwrap_err();
        assert_eq!(fault(""), NhsNumberError::Empty);
        assert_eq!(fault(" - "), NhsNumberError::Empty);
        assert_eq!(fault("QQ 12 34 56 C"), NhsNumberError::NationalInsurance);
        assert_eq!(fault("99900000l8"), NhsNumberError::NotDigits);
        assert_eq!(fault("999000001"), NhsNumberError::TooShort);
        assert_eq!(fault("99900000180"), NhsNumberError::TooLong);
        assert_eq!(fault("999 123 4567"), NhsNumberError::CheckDigit);
    }

    #[test]
    fn published_example_number_is_received_but_not_typed() {
        assert_eq!(
            NhsNumber::parse("9912003890"),
            Err(NhsNumberError::CheckDigit)
        );
        assert_eq!(
            NhsNumber::received("9912003890").unwrap().digits(),
            "9912003890"
        );
        assert!(NhsNumber::received("991 200 3890").is_err());
        assert!(NhsNumber::received("").is_err());
    }

    #[test]
    fn debug_does_not_disclose() {
        let number = NhsNumber::parse("9990000018").unwrap();
        assert!(!format!("{number:?}").contains("999"));
    }

    proptest! {
        #[test]
        fn completed_numbers_parse_and_any_single_wrong_digit_is_caught(
            nine in proptest::array::uniform9(0u8..10),
            place in 0usize..10,
            change in 1u8..10,
        ) {
            if let Some(number) = NhsNumber::complete(nine) {
                prop_assert_eq!(NhsNumber::parse(&number.digits()).unwrap(), number.clone());
                prop_assert_eq!(NhsNumber::parse(&number.to_string()).unwrap(), number.clone());
                let mut damaged = number.0;
                damaged[place] = (damaged[place] + change) % 10;
                let typed: String = damaged.iter().map(|d| char::from(b'0' + d)).collect();
                prop_assert_eq!(NhsNumber::parse(&typed), Err(NhsNumberError::CheckDigit));
            }
        }

        #[test]
        fn swapping_two_neighbours_is_caught(nine in proptest::array::uniform9(0u8..10), place in 0usize..9) {
            if let Some(number) = NhsNumber::complete(nine) {
                let mut damaged = number.0;
                damaged.swap(place, place + 1);
                if damaged != number.0 {
                    let typed: String = damaged.iter().map(|d| char::from(b'0' + d)).collect();
                    prop_assert_eq!(NhsNumber::parse(&typed), Err(NhsNumberError::CheckDigit));
                }
            }
        }

        #[test]
        fn never_panics(typed in ".*") {
            let _ = NhsNumber::parse(&typed);
            let _ = NhsNumber::received(&typed);
        }
    }
}
