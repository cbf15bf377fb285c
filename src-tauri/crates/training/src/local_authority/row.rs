//! One row of a file: its cells by column, and the record that they make.

use super::columns::{Column, Columns};
use super::value::{day, kind, nhs_number, telephone};
use super::{ResultCode, RowAnswer, SubmittedRecord, Submitter};
use cpis_record::{PlanKind, Telephone};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// The cells of a row, by column. `None`: the file has no such column.
#[derive(Default)]
pub(super) struct Cells([Option<String>; 7]);

impl Cells {
    /// Whether there had been none.
    fn put(&mut self, column: Column, text: &str) -> bool {
        let place = &mut self.0[column as usize];
        // Spreadsheets put no-break spaces around cells, which are white space here.
        place.replace(text.trim().to_owned()).is_none()
    }

    fn get(&self, column: Column) -> &str {
        self.0[column as usize].as_deref().unwrap_or_default()
    }

    fn has(&self, column: Column) -> bool {
        self.0[column as usize].is_some()
    }

    /// Takes the cells of a line of CSV.
    pub(super) fn of_line(columns: &Columns, cells: &[String]) -> Result<Self, RowAnswer> {
        // What is left over is kept by nobody: empty cells at the end are a spreadsheet's habit.
        let surplus = cells.iter().skip(columns.count());
        if cells.len() < columns.count() || surplus.into_iter().any(|cell| !cell.trim().is_empty())
        {
            return Err(fail(
                "not loaded: the row has more or fewer cells than the first line has columns; put \
                 cells with a separator in them in quotation marks",
            ));
        }
        let mut taken = Self::default();
        for (place, cell) in cells.iter().enumerate() {
            if let Some(column) = columns.at(place) {
                taken.put(column, cell);
            }
        }
        Ok(taken)
    }

    /// Takes the members of a line of NDJSON.
    pub(super) fn of_object(line: &str) -> Result<Self, RowAnswer> {
        let Members(members) = serde_json::from_str(line)
            .map_err(|_| fail("not loaded: the line is not one JSON object"))?;
        let mut taken = Self::default();
        for (name, value) in members {
            let Some(column) = Column::of(&name) else {
                continue;
            };
            let text = match value {
                Value::Null => String::new(),
                Value::String(text) => text,
                Value::Number(number) => number.to_string(),
                _ => return Err(fail("not loaded: a value is neither text nor a number")),
            };
            if !taken.put(column, &text) {
                return Err(fail("not loaded: a member comes twice"));
            }
        }
        Ok(taken)
    }

    /// The record.
    pub(super) fn record(&self, submitter: &Submitter) -> Result<SubmittedRecord, RowAnswer> {
        let nhs_number = nhs_number(self.get(Column::NhsNumber))?;
        let birth_date = day(self.get(Column::BirthDate)).ok_or_else(|| {
            fail("not loaded: the date of birth is missing or no date; write it as 2015-06-30")
        })?;
        let kind = kind(self.get(Column::Kind))
            .ok_or_else(|| fail("not loaded: the type of plan is none of CPP, UCPP, LAC"))?;
        let start = day(self.get(Column::Start)).ok_or_else(|| {
            fail("not loaded: the start date is missing or no date; write it as 2024-06-30")
        })?;
        let end = match self.get(Column::End) {
            "" => None,
            text => Some(day(text).ok_or_else(|| {
                fail("not loaded: the end date is no date; write it as 2024-06-30, or leave it empty")
            })?),
        };
        if end.is_some_and(|end| end < start) {
            return Err(fail("not loaded: the end date is before the start date"));
        }
        if kind == PlanKind::UnbornChild && start < birth_date {
            return Err(fail(
                "not loaded: an unborn child's plan needs the mother's date of birth",
            ));
        }
        let number = |column, own: &Option<Telephone>| {
            if !self.has(column) {
                return Ok(own.clone());
            }
            telephone(self.get(column)).ok_or_else(|| {
                fail("not loaded: a telephone number is too long or holds no number")
            })
        };
        Ok(SubmittedRecord {
            nhs_number,
            birth_date,
            kind,
            start,
            end,
            office_hours: number(Column::OfficeHours, &submitter.office_hours)?,
            emergency_duty: number(Column::EmergencyDuty, &submitter.emergency_duty)?,
        })
    }
}

fn fail(why: &'static str) -> RowAnswer {
    RowAnswer::because(ResultCode::Failed, why)
}

/// The members of an object, each as often as it comes.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(Collect)
    }
}
