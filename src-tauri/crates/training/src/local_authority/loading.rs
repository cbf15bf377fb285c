//! Loading a file: every row answered, some hundred rows a transaction.

use super::file::{FileFault, Form, Line, Lines, cells, survey};
use super::row::Cells;
use super::{
    AnsweredRows, FileAnswer, FileResult, ResultCode, RowAnswer, RowCounts, SubmittedRecord,
    Submitter, submitter,
};
use crate::clock::Clock;
use crate::spreadsheet::safe;
use crate::store::{FileBegun, LocalAuthorityStore, NewFile};
use crate::store_location::StoreLocation;
use crate::{SystemClock, TrainingError};
use cpis_record::OdsCode;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

/// Rows of one transaction.
const ROWS_AT_A_TIME: usize = 500;

/// Loads a file into the store that a backend keeps in `database`, which may be running, for an
/// authority; `results` gets the answer of every row, as CSV, and `progress` the number of rows so
/// far.
///
/// # Errors
/// [`TrainingError::Store`], [`TrainingError::OlderSchema`] or [`TrainingError::NewerSchema`] when
/// the store cannot be used; [`TrainingError::File`] when one of the files cannot.
pub fn load_file(
    database: &StoreLocation,
    authority: &OdsCode,
    file: &Path,
    sequence: Option<u64>,
    results: Option<&Path>,
    progress: &mut dyn FnMut(u64),
) -> Result<FileAnswer, TrainingError> {
    let store = database.open_current()?;
    let opened = |path: &Path, opened: std::io::Result<File>| {
        opened.map_err(|cause| TrainingError::File {
            path: path.to_owned(),
            cause,
        })
    };
    let mut source = opened(file, File::open(file))?;
    let mut answers = ResultsFile {
        out: match results {
            Some(path) => Some(csv::Writer::from_writer(opened(path, File::create(path))?)),
            None => None,
        },
        progress,
    };
    let answer = load(
        store.as_ref(),
        &SystemClock,
        &submitter(authority),
        &mut source,
        sequence,
        &mut answers,
    )?;
    if let (Some(path), Some(out)) = (results, &mut answers.out) {
        opened(path, out.flush().and_then(|()| out.get_ref().try_clone()))?;
    }
    Ok(answer)
}

/// The answers of rows as a file.
struct ResultsFile<'a> {
    out: Option<csv::Writer<File>>,
    progress: &'a mut dyn FnMut(u64),
}

impl AnsweredRows for ResultsFile<'_> {
    fn take(&mut self, row: u64, line: u64, answer: &RowAnswer) -> std::io::Result<()> {
        (self.progress)(row);
        let Some(out) = &mut self.out else {
            return Ok(());
        };
        if row == 1 {
            out.write_record(["row", "line", "code", "meaning"])?;
        }
        out.write_record([
            &row.to_string(),
            &line.to_string(),
            answer.code.code(),
            &safe(answer.words()),
        ])?;
        Ok(())
    }
}

/// Loads a file. A store or disk that fails on the way ends it with [`FileResult::BrokenOff`];
/// what was loaded until then stays, and the same file once more loads the rest.
pub(crate) fn load(
    store: &dyn LocalAuthorityStore,
    clock: &dyn Clock,
    submitter: &Submitter,
    source: &mut (impl Read + Seek),
    sequence: Option<u64>,
    answers: &mut dyn AnsweredRows,
) -> Result<FileAnswer, TrainingError> {
    let survey = match survey(source) {
        Ok(survey) => survey,
        Err(fault) => return Ok(broken(fault, FileResult::Corrupt)),
    };
    let mut lines = match Lines::of(source, survey.encoding) {
        Ok(lines) => lines,
        Err(cause) => return Ok(broken(cause.into(), FileResult::Corrupt)),
    };
    let (form, first) = match header(&mut lines) {
        Ok(found) => found,
        Err(fault) => return Ok(broken(fault, FileResult::Corrupt)),
    };
    let begun = store.begin_file(&NewFile {
        authority: &submitter.code,
        sequence,
        sha256: &survey.sha256,
        received: clock.now(),
    })?;
    let (number, repeated) = match begun {
        FileBegun::New(number) => (number, false),
        FileBegun::Repeated(number) => (number, true),
        FileBegun::Overtaken(number) => {
            return Ok(FileAnswer {
                sequence: Some(number),
                repeated: true,
                ..FileAnswer::refused(
                    FileResult::NoneLoaded,
                    format!(
                        "this file came before as number {number}, and others have come since: \
                         nothing was changed"
                    ),
                )
            });
        }
        FileBegun::OutOfSequence { next } => {
            return Ok(FileAnswer::refused(
                FileResult::NoneLoaded,
                format!("the next sequence number is {next}: nothing was changed"),
            ));
        }
    };
    let mut loading = Loading {
        store,
        clock,
        submitter,
        answers,
        waiting: Vec::with_capacity(ROWS_AT_A_TIME),
        counts: RowCounts::default(),
        row: 0,
    };
    let ended = loading.all(&mut lines, &form, first);
    let counts = loading.counts;
    let mut answer = FileAnswer {
        sequence: Some(number),
        repeated,
        result: counts.result(),
        why: None,
        counts,
        ignored_columns: match form {
            Form::Objects => Vec::new(),
            Form::Separated { columns, .. } => columns.ignored,
        },
    };
    match ended {
        Ok(()) => {
            if counts.rows() == 0 {
                answer.why = Some("the file has a first line and no rows".to_owned());
            }
            store.end_file(&submitter.code, number, answer.result)?;
        }
        Err(error) => {
            tracing::error!(%error, "the loading of a file broke off");
            answer.result = FileResult::BrokenOff;
        }
    }
    Ok(answer)
}

fn broken(fault: FileFault, result: FileResult) -> FileAnswer {
    match fault {
        FileFault::Content(why) => FileAnswer::refused(result, why),
        FileFault::Reading(error) => {
            tracing::error!(%error, "a file cannot be read");
            FileAnswer::refused(
                result,
                "the file could not be read to its end: send it again",
            )
        }
    }
}

/// A line that has been read already, with its number.
type Held = Option<(u64, String)>;

/// Reads the first line. Of NDJSON it is a row.
fn header<R: Read + Seek>(lines: &mut Lines<R>) -> Result<(Form, Held), FileFault> {
    let mut line = lines.next()?;
    // Spreadsheets write the separator into a line of its own.
    if let Some((_, Line::Text(text))) = &line
        && text.to_ascii_lowercase().starts_with("sep=")
    {
        line = lines.next()?;
    }
    match line {
        None => Err(FileFault::Content("the file is empty".to_owned())),
        Some((_, Line::TooLong)) => Err(FileFault::Content(
            "the first line is longer than any list of columns".to_owned(),
        )),
        Some((number, Line::Text(text))) => {
            let form = Form::of(&text).map_err(FileFault::Content)?;
            let held = matches!(form, Form::Objects).then_some((number, text));
            Ok((form, held))
        }
    }
}

/// A row that waits for its transaction: its number, its line, and what was read.
type Waiting = (u64, u64, Result<SubmittedRecord, RowAnswer>);

struct Loading<'a> {
    store: &'a dyn LocalAuthorityStore,
    clock: &'a dyn Clock,
    submitter: &'a Submitter,
    answers: &'a mut dyn AnsweredRows,
    waiting: Vec<Waiting>,
    counts: RowCounts,
    row: u64,
}

impl Loading<'_> {
    fn all<R: Read + Seek>(
        &mut self,
        lines: &mut Lines<R>,
        form: &Form,
        first: Held,
    ) -> Result<(), Box<dyn std::error::Error>> {
        if let Some((number, text)) = first {
            self.wait(number, self.read(&Line::Text(text), form));
        }
        while let Some((number, line)) = lines.next()? {
            self.wait(number, self.read(&line, form));
            if self.waiting.len() == ROWS_AT_A_TIME {
                self.load_waiting()?;
            }
        }
        self.load_waiting()
    }

    fn read(&self, line: &Line, form: &Form) -> Result<SubmittedRecord, RowAnswer> {
        let fail = |why| RowAnswer::because(ResultCode::Failed, why);
        let Line::Text(text) = line else {
            return Err(fail("not loaded: the line is too long to be a row"));
        };
        let cells = match form {
            Form::Objects => Cells::of_object(text)?,
            Form::Separated { separator, columns } => {
                let cells = cells(text, *separator).ok_or_else(|| {
                    fail("not loaded: a quotation mark is not closed on the same line")
                })?;
                Cells::of_line(columns, &cells)?
            }
        };
        cells.record(self.submitter)
    }

    fn wait(&mut self, line: u64, read: Result<SubmittedRecord, RowAnswer>) {
        self.row += 1;
        self.waiting.push((self.row, line, read));
    }

    /// Loads what waits, and answers it once that is kept.
    fn load_waiting(&mut self) -> Result<(), Box<dyn std::error::Error>> {
        let records: Vec<SubmittedRecord> = self
            .waiting
            .iter()
            .filter_map(|(_, _, read)| read.as_ref().ok().cloned())
            .collect();
        let mut loaded = if records.is_empty() {
            Vec::new()
        } else {
            self.store
                .load_records(self.submitter, &records, self.clock.now())?
        }
        .into_iter();
        for (row, line, read) in self.waiting.drain(..) {
            let answer = match read {
                Err(answer) => answer,
                Ok(_) => loaded.next().ok_or("the store answered too few rows")?,
            };
            self.counts.add(&answer);
            self.answers.take(row, line, &answer)?;
        }
        Ok(())
    }
}
