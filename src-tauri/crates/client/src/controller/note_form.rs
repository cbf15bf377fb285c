//! Reading the forms of notes to a local authority. Nothing that is typed goes further than into a
//! date, a code or a telephone number: a note has no room for words (`cpis_fhir::NoteToAuthority`).

use crate::request::{TypedNote, TypedNotice};
use crate::shown::{ShownPlan, ShownPlanKind};
use crate::view::{NoteFault, NoteFieldFault, NoteFormField, NotedField, NotedValue, WrittenNote};
use chrono::{Days, NaiveDate};
use cpis_fhir::{CallbackNumber, NotedRecord, Wrong};
use cpis_record::{DateOfBirth, DateOfBirthError, DatePart, OdsCode, PlanKind};

/// An appointment of so many days ago can still be told of.
const LONGEST_AGO: Days = Days::new(31);

/// A note as its form says it.
#[derive(Clone)]
pub(super) struct Draft {
    /// The number of the record that it is about.
    pub record: usize,
    pub wrong: Wrong,
    pub callback: CallbackNumber,
}

/// An appointment to which a child was not brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Missed {
    pub day: NaiveDate,
    pub callback: CallbackNumber,
}

/// Reads the form of a note about one of these records.
pub(super) fn read_note(
    typed: &TypedNote,
    records: &[&ShownPlan],
) -> Result<Draft, Vec<NoteFieldFault>> {
    let number = typed.record.parse::<usize>().ok();
    let record = number
        .and_then(|number| Some((number, *records.get(number)?)))
        .ok_or_else(|| one(NoteFormField::Record, NoteFault::RecordMissing));
    let wrong = wrong(typed, record.as_ref().ok().map(|(_, record)| *record));
    let callback = callback(&typed.callback);
    match (record, wrong, callback) {
        (Ok((record, _)), Ok(wrong), Ok(callback)) => Ok(Draft {
            record,
            wrong,
            callback,
        }),
        (record, wrong, callback) => {
            let faults = [record.err(), wrong.err(), callback.err()];
            Err(faults.into_iter().flatten().flatten().collect())
        }
    }
}

/// Reads the form of a notice; `today` is the day where the user is.
pub(super) fn read_notice(
    typed: &TypedNotice,
    today: NaiveDate,
) -> Result<Missed, Vec<NoteFieldFault>> {
    let day = match date(&typed.day, &typed.month, &typed.year) {
        Ok(Some(day)) if day > today => Err(one(NoteFormField::Day, NoteFault::DateFuture)),
        Ok(Some(day)) if today - LONGEST_AGO > day => {
            Err(one(NoteFormField::Day, NoteFault::DateTooLongAgo))
        }
        Ok(Some(day)) => Ok(day),
        Ok(None) => Err(one(NoteFormField::Day, NoteFault::DateMissing)),
        Err(faults) => Err(faults),
    };
    match (day, callback(&typed.callback)) {
        (Ok(day), Ok(callback)) => Ok(Missed { day, callback }),
        (day, callback) => {
            let faults = [day.err(), callback.err()];
            Err(faults.into_iter().flatten().flatten().collect())
        }
    }
}

/// What a note says of the record that it is about.
pub(super) fn noted_record(plan: &ShownPlan) -> NotedRecord {
    NotedRecord {
        kind: match &plan.plan {
            ShownPlanKind::ChildProtection => PlanKind::ChildProtection,
            ShownPlanKind::LookedAfter => PlanKind::LookedAfter,
            ShownPlanKind::UnbornChild => PlanKind::UnbornChild,
            ShownPlanKind::Other { code, display } => PlanKind::Other {
                code: code.clone(),
                display: display.clone(),
            },
        },
        start: plan.start.as_deref().and_then(|date| date.parse().ok()),
    }
}

impl Draft {
    /// What the window shows of it.
    pub fn written(&self) -> WrittenNote {
        let day = |day: &NaiveDate| NotedValue::Date {
            date: day.to_string(),
        };
        let text = |text: &str| NotedValue::Text {
            text: text.to_owned(),
        };
        let number = |number: &Option<CallbackNumber>| number.as_ref().map(|n| text(n.as_str()));
        let (field, correct) = match &self.wrong {
            Wrong::PlanType(kind) => (
                NotedField::PlanType,
                kind.as_ref()
                    .and_then(shown_kind)
                    .map(|plan| NotedValue::PlanType { plan }),
            ),
            Wrong::StartDate(date) => (NotedField::StartDate, date.as_ref().map(day)),
            Wrong::EndDate(date) => (NotedField::EndDate, date.as_ref().map(day)),
            Wrong::Authority(code) => (
                NotedField::Authority,
                code.as_ref().map(|code| text(code.as_str())),
            ),
            Wrong::OfficeNumber(right) => (NotedField::OfficeNumber, number(right)),
            Wrong::EmergencyNumber(right) => (NotedField::EmergencyNumber, number(right)),
            Wrong::NotThisChild => (NotedField::NotThisChild, None),
        };
        WrittenNote {
            record: self.record,
            field,
            correct,
            callback: self.callback.as_str().to_owned(),
        }
    }
}

fn shown_kind(kind: &PlanKind) -> Option<ShownPlanKind> {
    match kind {
        PlanKind::ChildProtection => Some(ShownPlanKind::ChildProtection),
        PlanKind::LookedAfter => Some(ShownPlanKind::LookedAfter),
        PlanKind::UnbornChild => Some(ShownPlanKind::UnbornChild),
        PlanKind::Other { .. } => None,
    }
}

/// What is wrong, with what would be right where that is filled in.
fn wrong(typed: &TypedNote, record: Option<&ShownPlan>) -> Result<Wrong, Vec<NoteFieldFault>> {
    let stands = |value: fn(&ShownPlan) -> &Option<String>| record.and_then(|r| value(r).as_ref());
    match typed.field.as_str() {
        "plan-type" => plan_type(&typed.plan_type, record).map(Wrong::PlanType),
        "start-date" => right_date(typed, stands(|plan| &plan.start)).map(Wrong::StartDate),
        "end-date" => right_date(typed, stands(|plan| &plan.end)).map(Wrong::EndDate),
        "authority" => code(&typed.code, stands(|plan| &plan.authority_code)).map(Wrong::Authority),
        "office-number" => {
            telephone(&typed.number, stands(|plan| &plan.office_hours)).map(Wrong::OfficeNumber)
        }
        "emergency-number" => telephone(&typed.number, stands(|plan| &plan.emergency_duty))
            .map(Wrong::EmergencyNumber),
        "not-this-child" => Ok(Wrong::NotThisChild),
        _ => Err(one(NoteFormField::Field, NoteFault::FieldMissing)),
    }
}

fn plan_type(
    typed: &str,
    record: Option<&ShownPlan>,
) -> Result<Option<PlanKind>, Vec<NoteFieldFault>> {
    let kind = match typed {
        "child-protection" => PlanKind::ChildProtection,
        "looked-after" => PlanKind::LookedAfter,
        "unborn-child" => PlanKind::UnbornChild,
        _ => return Ok(None),
    };
    match record.map(|record| noted_record(record).kind == kind) {
        Some(true) => Err(one(NoteFormField::PlanType, NoteFault::SameAsRecord)),
        _ => Ok(Some(kind)),
    }
}

fn right_date(
    typed: &TypedNote,
    stands: Option<&String>,
) -> Result<Option<NaiveDate>, Vec<NoteFieldFault>> {
    let date = date(&typed.day, &typed.month, &typed.year)?;
    match date {
        Some(date) if stands == Some(&date.to_string()) => {
            Err(one(NoteFormField::Day, NoteFault::SameAsRecord))
        }
        date => Ok(date),
    }
}

fn code(typed: &str, stands: Option<&String>) -> Result<Option<OdsCode>, Vec<NoteFieldFault>> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let fault = |code| one(NoteFormField::Code, code);
    let code: OdsCode = typed.parse().map_err(|_| fault(NoteFault::CodeForm))?;
    if stands.is_some_and(|stands| stands == code.as_str()) {
        return Err(fault(NoteFault::SameAsRecord));
    }
    Ok(Some(code))
}

fn telephone(
    typed: &str,
    stands: Option<&String>,
) -> Result<Option<CallbackNumber>, Vec<NoteFieldFault>> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let fault = |code| one(NoteFormField::Number, code);
    let number = CallbackNumber::new(typed).ok_or_else(|| fault(NoteFault::NumberForm))?;
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    if stands.is_some_and(|stands| digits(stands) == digits(number.as_str())) {
        return Err(fault(NoteFault::SameAsRecord));
    }
    Ok(Some(number))
}

fn callback(typed: &str) -> Result<CallbackNumber, Vec<NoteFieldFault>> {
    let code = if typed.trim().is_empty() {
        NoteFault::CallbackMissing
    } else {
        NoteFault::CallbackForm
    };
    CallbackNumber::new(typed).ok_or_else(|| one(NoteFormField::Callback, code))
}

/// The date in three boxes; `None` when all are empty.
fn date(day: &str, month: &str, year: &str) -> Result<Option<NaiveDate>, Vec<NoteFieldFault>> {
    use NoteFormField as Field;
    // Read as the other form reads its date; this one may be still to come.
    match DateOfBirth::from_parts(day, month, year, NaiveDate::MAX) {
        Ok(date) => Ok(Some(date.date())),
        Err(DateOfBirthError::Empty) => Ok(None),
        Err(DateOfBirthError::Missing(parts)) => Err(parts
            .into_iter()
            .map(|part| match part {
                DatePart::Day => (Field::Day, NoteFault::DayMissing),
                DatePart::Month => (Field::Month, NoteFault::MonthMissing),
                DatePart::Year => (Field::Year, NoteFault::YearMissing),
            })
            .map(|(field, code)| NoteFieldFault { field, code })
            .collect()),
        Err(DateOfBirthError::NotANumber(part)) => Err(match part {
            DatePart::Day => one(Field::Day, NoteFault::DayNotANumber),
            DatePart::Month => one(Field::Month, NoteFault::MonthNotANumber),
            DatePart::Year => one(Field::Year, NoteFault::YearNotANumber),
        }),
        Err(DateOfBirthError::YearDigits) => Err(one(Field::Year, NoteFault::YearDigits)),
        Err(DateOfBirthError::NotReal) => Err(one(Field::Day, NoteFault::DateNotReal)),
        Err(DateOfBirthError::Future) => Err(one(Field::Day, NoteFault::DateFuture)),
        Err(DateOfBirthError::TooLongAgo) => Err(one(Field::Year, NoteFault::DateTooLongAgo)),
    }
}

pub(super) fn one(field: NoteFormField, code: NoteFault) -> Vec<NoteFieldFault> {
    vec![NoteFieldFault { field, code }]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> ShownPlan {
        ShownPlan {
            plan: ShownPlanKind::ChildProtection,
            start: Some("2026-03-03".to_owned()),
            end: None,
            authority: Some("Northmoor Borough Council".to_owned()),
            authority_code: Some("ZZ001".to_owned()),
            office_hours: Some("01632 960111".to_owned()),
            emergency_duty: None,
            last_updated: None,
        }
    }

    fn typed(field: &str) -> TypedNote {
        TypedNote {
            record: "0".to_owned(),
            field: field.to_owned(),
            callback: "01632 960 001".to_owned(),
            ..TypedNote::default()
        }
    }

    fn faults(typed: &TypedNote) -> Vec<(NoteFormField, NoteFault)> {
        let plan = plan();
        match read_note(typed, &[&plan]) {
            Ok(_) => Vec::new(),
            Err(faults) => faults.into_iter().map(|f| (f.field, f.code)).collect(),
        }
    }

    #[test]
    fn what_is_right_may_be_left_open() {
        for field in [
            "plan-type",
            "start-date",
            "end-date",
            "authority",
            "office-number",
            "emergency-number",
            "not-this-child",
        ] {
            let plan = plan();
            let draft = read_note(&typed(field), &[&plan]).ok().unwrap();
            assert_eq!(draft.wrong.code(), field);
            assert!(draft.written().correct.is_none());
        }
    }

    #[test]
    fn each_fault_has_its_field() {
        use NoteFormField as Field;
        assert_eq!(
            faults(&TypedNote::default()),
            [
                (Field::Record, NoteFault::RecordMissing),
                (Field::Field, NoteFault::FieldMissing),
                (Field::Callback, NoteFault::CallbackMissing),
            ]
        );
        let mut elsewhere = typed("not-this-child");
        elsewhere.record = "1".to_owned();
        elsewhere.callback = "ring the ward".to_owned();
        assert_eq!(
            faults(&elsewhere),
            [
                (Field::Record, NoteFault::RecordMissing),
                (Field::Callback, NoteFault::CallbackForm),
            ]
        );
        let mut date = typed("start-date");
        (date.day, date.year) = ("3".to_owned(), "26".to_owned());
        assert_eq!(faults(&date), [(Field::Month, NoteFault::MonthMissing)]);
        date.month = "3".to_owned();
        assert_eq!(faults(&date), [(Field::Year, NoteFault::YearDigits)]);
        date.year = "2026".to_owned();
        assert_eq!(faults(&date), [(Field::Day, NoteFault::SameAsRecord)]);
        date.day = "31".to_owned();
        date.month = "2".to_owned();
        assert_eq!(faults(&date), [(Field::Day, NoteFault::DateNotReal)]);
        let mut kind = typed("plan-type");
        kind.plan_type = "child-protection".to_owned();
        assert_eq!(faults(&kind), [(Field::PlanType, NoteFault::SameAsRecord)]);
        let mut code = typed("authority");
        code.code = "the other council".to_owned();
        assert_eq!(faults(&code), [(Field::Code, NoteFault::CodeForm)]);
        code.code = "zz001".to_owned();
        assert_eq!(faults(&code), [(Field::Code, NoteFault::SameAsRecord)]);
        let mut number = typed("office-number");
        number.number = "(01632) 960-111".to_owned();
        assert_eq!(faults(&number), [(Field::Number, NoteFault::SameAsRecord)]);
        number.number = "his mother's".to_owned();
        assert_eq!(faults(&number), [(Field::Number, NoteFault::NumberForm)]);
    }

    #[test]
    fn a_missed_appointment_is_of_the_last_31_days() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let read = |day: &str, month: &str| {
            let typed = TypedNotice {
                tell: "yes".to_owned(),
                day: day.to_owned(),
                month: month.to_owned(),
                year: if day.is_empty() { "" } else { "2026" }.to_owned(),
                callback: "01632 960001".to_owned(),
            };
            read_notice(&typed, today)
                .map(|missed| missed.day.to_string())
                .map_err(|faults| faults[0].code)
        };
        assert_eq!(read("22", "11").unwrap(), "2026-11-22");
        assert_eq!(read("22", "10").unwrap(), "2026-10-22");
        assert_eq!(read("21", "10"), Err(NoteFault::DateTooLongAgo));
        assert_eq!(read("23", "11"), Err(NoteFault::DateFuture));
        assert_eq!(read("", ""), Err(NoteFault::DateMissing));
    }
}
