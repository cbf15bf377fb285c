//! The values of a row, as authorities' systems and spreadsheets write them.

use super::{ResultCode, RowAnswer};
use chrono::{Datelike, NaiveDate};
use cpis_record::{NhsNumber, NhsNumberError, PlanKind, Telephone};

/// Characters of a telephone number at most.
const TELEPHONE_LIMIT: usize = 40;

/// Reads an NHS number: ten digits, in groups or not.
pub(super) fn nhs_number(text: &str) -> Result<NhsNumber, RowAnswer> {
    let fail = |why| RowAnswer::because(ResultCode::Failed, why);
    NhsNumber::parse(text).map_err(|error| match error {
        NhsNumberError::Empty => fail("not loaded: the NHS number is missing"),
        NhsNumberError::CheckDigit => RowAnswer::because(
            ResultCode::NoMatch,
            "no match: the last digit does not fit, so at least one digit of the NHS number is wrong",
        ),
        NhsNumberError::NotDigits if is_shortened(text) => fail(
            "not loaded: a spreadsheet has shortened the NHS number; format the column as text and \
             fill it anew",
        ),
        NhsNumberError::NotDigits if is_old_style(text) => RowAnswer::refused(ResultCode::OldStyle),
        NhsNumberError::NotDigits
        | NhsNumberError::NationalInsurance
        | NhsNumberError::TooShort
        | NhsNumberError::TooLong => fail("not loaded: an NHS number has ten digits"),
    })
}

/// As spreadsheets write a long number: 9.99E+09.
fn is_shortened(text: &str) -> bool {
    text.contains(['E', 'e']) && text.contains(['+', '.', ','])
}

/// Before 1996 numbers had letters, digits and slashes in many forms.
fn is_old_style(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || " /-.".contains(c))
}

/// Reads a day: 2024-01-31, 31/01/2024 (also with dots or dashes), 20240131; a time of midnight
/// after it is left out.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let text = text
        .split_once([' ', 'T'])
        .filter(|(_, time)| {
            time.trim_start_matches(['0', ':', '.', 'Z', '+'])
                .is_empty()
        })
        .map_or(text, |(day, _)| day);
    let day = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y%m%d"]
        .into_iter()
        .find_map(|form| NaiveDate::parse_from_str(text, form).ok())?;
    // Years of two digits, and slips of the key.
    (1900..=2200).contains(&day.year()).then_some(day)
}

/// Reads the type of a plan: the short label, the words, or the SNOMED CT code.
pub(super) fn kind(text: &str) -> Option<PlanKind> {
    match PlanKind::from_snomed(text, None) {
        PlanKind::Other { .. } => {}
        known => return Some(known),
    }
    let words: String = text
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    match words.as_str() {
        "cpp" | "childprotectionplan" | "subjecttochildprotectionplan" => {
            Some(PlanKind::ChildProtection)
        }
        "lac" | "lookedafterchild" | "lookedafter" => Some(PlanKind::LookedAfter),
        "ucpp"
        | "unbornchildprotectionplan"
        | "unbornchildsubjecttochildprotectionplan"
        | "childprotectionplanunborn" => Some(PlanKind::UnbornChild),
        _ => None,
    }
}

/// Reads a telephone number; `None` for an empty cell. It is shown, not dialled: an extension or a
/// few words may stand with it.
pub(super) fn telephone(text: &str) -> Option<Option<Telephone>> {
    let telephone = Telephone::new(text);
    let plain = text.chars().count() <= TELEPHONE_LIMIT && !text.chars().any(char::is_control);
    let has_digits = text.chars().filter(char::is_ascii_digit).count() >= 3;
    (plain && (has_digits || telephone.is_none())).then_some(telephone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_or_named_by_what_is_wrong() {
        for good in ["9990000018", "999 000 0018", " 999-000-0018"] {
            assert!(nhs_number(good).is_ok(), "{good}");
        }
        for (bad, code) in [
            ("", ResultCode::Failed),
            ("999000001", ResultCode::Failed),
            ("9.99E+09", ResultCode::Failed),
            ("AB123456C", ResultCode::Failed),
            ("ABCD 123", ResultCode::OldStyle),
            ("XYZ/12/345", ResultCode::OldStyle),
            ("9990000019", ResultCode::NoMatch),
        ] {
            assert_eq!(nhs_number(bad).err().map(|a| a.code), Some(code), "{bad}");
        }
    }

    #[test]
    fn days_are_read_as_they_are_written_here() {
        let wanted = NaiveDate::from_ymd_opt(2024, 1, 31);
        for text in [
            "2024-01-31",
            "31/01/2024",
            "31.01.2024",
            "31-01-2024",
            "20240131",
            "2024-01-31T00:00:00",
            "31/01/2024 00:00",
        ] {
            assert_eq!(day(text), wanted, "{text}");
        }
        for text in [
            "",
            "31/01/24",
            "01/31/2024",
            "2024-02-30",
            "2024-01-31 10:00",
            "soon",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn kinds_and_telephones() {
        for (text, wanted) in [
            ("cpp", Some(PlanKind::ChildProtection)),
            ("Child Protection Plan", Some(PlanKind::ChildProtection)),
            ("764841000000100", Some(PlanKind::LookedAfter)),
            ("Looked-after child", Some(PlanKind::LookedAfter)),
            ("UCPP", Some(PlanKind::UnbornChild)),
            ("CP", None),
            ("", None),
        ] {
            assert_eq!(kind(text), wanted, "{text}");
        }
        assert_eq!(telephone(""), Some(None));
        assert!(telephone("+44 1632 960101 ext 4").is_some_and(|t| t.is_some()));
        assert_eq!(telephone("n/a"), None);
        assert_eq!(telephone(&"1".repeat(41)), None);
    }
}
