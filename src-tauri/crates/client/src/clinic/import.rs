//! Reading children from text that was pasted or came as CSV (RFC 4180).
//!
//! Every booking system writes something else: the columns are found by their names if the first line
//! has some, and otherwise by what stands in them. Nothing is guessed: a line that could be read in two
//! ways is a fault of that line. What is in columns that are not needed is dropped here.

mod columns;
mod date;

use chrono::{NaiveDate, NaiveTime};
use columns::Columns;
use cpis_record::{DateOfBirth, DateOfBirthError, NhsNumber, NhsNumberError};
use std::collections::HashMap;

/// How many children a list holds.
pub(crate) const MOST_CHILDREN: usize = 200;

/// The longest text that is read, in bytes: ten times what the longest list takes.
const LONGEST: usize = 512 * 1024;

/// What separates columns, in the order in which it is looked for. A comma stands last: it is also
/// found within names.
const SEPARATORS: [u8; 4] = [b'\t', b';', b'|', b','];

/// A child as it stands on a line.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// The line in the text, from 1.
    pub line: usize,
    pub number: NhsNumber,
    pub birth_date: DateOfBirth,
    pub time: Option<NaiveTime>,
    pub initials: Option<String>,
}

/// A line that holds no child that could be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineFault {
    /// The line in the text, from 1. 0: the whole text.
    pub line: usize,
    pub problem: Problem,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// There is no text, or nothing but a heading.
    Empty,
    /// More text than a list can be.
    TooLong,
    /// More children than a list holds.
    TooMany,
    /// A quotation mark is opened and not closed.
    Quotation,
    NumberMissing,
    /// Two NHS numbers on one line, and no heading that says which is meant.
    TwoNumbers,
    NationalInsurance,
    NumberNotDigits,
    NumberTooShort,
    NumberTooLong,
    NumberCheckDigit,
    BirthDateMissing,
    /// Two dates on one line, and no heading that says which is meant.
    TwoDates,
    /// Not a date, or one that could be two.
    BirthDateUnclear,
    /// The year has two digits.
    YearDigits,
    BirthDateFuture,
    BirthDateTooLongAgo,
    /// The same number stands on an earlier line.
    Twice {
        /// That line.
        first: usize,
    },
}

/// Reads all lines: the children, and what is wrong with the other lines.
pub(crate) fn read_lines(text: &str, today: NaiveDate) -> (Vec<Line>, Vec<LineFault>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // One way of ending lines, so that they are counted as a person counts them.
    let text = &text.replace("\r\n", "\n").replace('\r', "\n");
    let whole = |problem| (Vec::new(), vec![LineFault { line: 0, problem }]);
    if text.len() > LONGEST {
        return whole(Problem::TooLong);
    }
    let rows = match cells(text) {
        Ok(rows) => rows,
        Err(fault) => return (Vec::new(), vec![fault]),
    };
    let columns = rows.first().and_then(|(_, cells)| Columns::named(cells));
    let is_heading = |(_, cells): &Row| !cells.concat().contains(|c: char| c.is_ascii_digit());
    let skip = usize::from(columns.is_some() || rows.first().is_some_and(is_heading));
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (line, cells) in &rows[skip..] {
        match read_line(*line, cells, columns.as_ref(), today) {
            Ok(child) => match seen.get(&child.number.digits()) {
                Some(&first) => faults.push(LineFault {
                    line: *line,
                    problem: Problem::Twice { first },
                }),
                None => {
                    seen.insert(child.number.digits(), *line);
                    lines.push(child);
                }
            },
            Err(problem) => faults.push(LineFault {
                line: *line,
                problem,
            }),
        }
    }
    if lines.is_empty() && faults.is_empty() {
        return whole(Problem::Empty);
    }
    if lines.len() > MOST_CHILDREN {
        return whole(Problem::TooMany);
    }
    (lines, faults)
}

type Row = (usize, Vec<String>);

/// The cells of each line that has any, with its number.
fn cells(text: &str) -> Result<Vec<Row>, LineFault> {
    let Some(separator) = separator(text) else {
        return Ok(without_separator(text));
    };
    if let Some(line) = open_quotation(text) {
        return Err(LineFault {
            line,
            problem: Problem::Quotation,
        });
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    // Text in memory that is UTF-8, with lines of any length: there is nothing to fail.
    while reader.read_record(&mut record).unwrap_or(false) {
        let begins = record.position().map_or(0, csv::Position::byte);
        let line = line_at(text, usize::try_from(begins).unwrap_or_default());
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push((line, cells));
        }
    }
    Ok(rows)
}

/// The number of the line that begins at a byte. Empty lines before it belong to it, as the reader has it.
fn line_at(text: &str, begins: usize) -> usize {
    let (before, from) = text.split_at_checked(begins).unwrap_or((text, ""));
    let empty = from.len() - from.trim_start_matches('\n').len();
    1 + before.matches('\n').count() + empty
}

/// The first separator that stands in most lines.
fn separator(text: &str) -> Option<u8> {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    SEPARATORS.into_iter().find(|&separator| {
        let with = lines
            .iter()
            .filter(|line| line.bytes().any(|b| b == separator));
        with.count() * 2 > lines.len()
    })
}

/// The line on which a quotation begins that never ends.
fn open_quotation(text: &str) -> Option<usize> {
    let (mut line, mut opened) = (1, None);
    for c in text.chars() {
        match c {
            '"' if opened.is_some() => opened = None,
            '"' => opened = Some(line),
            '\n' => line += 1,
            _ => {}
        }
    }
    opened
}

/// Lines in which spaces separate: a number of up to ten digits, itself with spaces or dashes, then the
/// rest word by word.
fn without_separator(text: &str) -> Vec<Row> {
    let rows = text.lines().enumerate().map(|(place, line)| {
        let line = line.trim();
        let number = columns::leading_number(line);
        let (number, rest) = line.split_at(number);
        let mut cells = Vec::new();
        if !number.is_empty() {
            cells.push(number.trim().to_owned());
        }
        cells.extend(date::words_joined(rest));
        (place + 1, cells)
    });
    rows.filter(|(_, cells)| !cells.is_empty()).collect()
}

fn read_line(
    line: usize,
    cells: &[String],
    columns: Option<&Columns>,
    today: NaiveDate,
) -> Result<Line, Problem> {
    let found = match columns {
        Some(columns) => columns.of(cells),
        None => columns::by_content(cells)?,
    };
    let number = NhsNumber::parse(found.number.unwrap_or_default()).map_err(number_problem)?;
    let written = found.birth_date.unwrap_or_default();
    if written.is_empty() {
        return Err(Problem::BirthDateMissing);
    }
    let birth_date = match date::read(written) {
        date::Read::Date(date) => DateOfBirth::from_date(date, today).map_err(date_problem)?,
        date::Read::TwoDigitYear => return Err(Problem::YearDigits),
        date::Read::No => return Err(Problem::BirthDateUnclear),
    };
    Ok(Line {
        line,
        number,
        birth_date,
        time: found.time.and_then(columns::time),
        initials: found.initials.and_then(columns::initials),
    })
}

fn number_problem(error: NhsNumberError) -> Problem {
    match error {
        NhsNumberError::Empty => Problem::NumberMissing,
        NhsNumberError::NationalInsurance => Problem::NationalInsurance,
        NhsNumberError::NotDigits => Problem::NumberNotDigits,
        NhsNumberError::TooShort => Problem::NumberTooShort,
        NhsNumberError::TooLong => Problem::NumberTooLong,
        NhsNumberError::CheckDigit => Problem::NumberCheckDigit,
    }
}

fn date_problem(error: DateOfBirthError) -> Problem {
    match error {
        DateOfBirthError::Future => Problem::BirthDateFuture,
        DateOfBirthError::TooLongAgo => Problem::BirthDateTooLongAgo,
        _ => Problem::BirthDateUnclear,
    }
}

#[cfg(test)]
mod tests;
