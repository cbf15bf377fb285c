//! A file as a whole: what it is made of, and its lines, one at a time.
//!
//! Lines are cut before quotation marks are looked at. No value of a row holds a line end, and so a
//! quotation mark that is not closed costs its own row and not all that follow.

use super::columns::Columns;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

/// Bytes of a line at most. What is longer is skipped, and answered as one row.
const LINE_LIMIT: usize = 64 * 1024;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Windows1252,
}

/// What there is to know of a file before its rows.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) sha256: String,
    pub(super) encoding: Encoding,
}

/// Why a file cannot be read.
pub(super) enum FileFault {
    /// The sender can mend it, as it says.
    Content(String),
    /// The disk or the connection failed.
    Reading(std::io::Error),
}

impl From<std::io::Error> for FileFault {
    fn from(error: std::io::Error) -> Self {
        Self::Reading(error)
    }
}

/// Reads the whole file: its SHA-256, and in which encoding it is.
pub(super) fn survey(file: &mut (impl Read + Seek)) -> Result<Survey, FileFault> {
    file.seek(SeekFrom::Start(0))?;
    let mut digest = Sha256::new();
    let mut utf8 = true;
    let mut windows = true;
    // The beginning of a character that the last piece broke off in.
    let mut carried: Vec<u8> = Vec::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        let count = file.read(&mut piece)?;
        if count == 0 {
            break;
        }
        let bytes = &piece[..count];
        digest.update(bytes);
        if bytes.contains(&0) {
            return Err(FileFault::Content(
                "the file is not plain text (it may be a spreadsheet, or UTF-16): save it as CSV UTF-8"
                    .to_owned(),
            ));
        }
        windows = windows && !bytes.iter().any(|b| UNUSED.contains(b));
        if utf8 {
            carried.extend_from_slice(bytes);
            match std::str::from_utf8(&carried) {
                Ok(_) => carried.clear(),
                Err(error) if error.error_len().is_none() => {
                    carried.drain(..error.valid_up_to());
                }
                Err(_) => utf8 = false,
            }
        }
    }
    let encoding = match (utf8 && carried.is_empty(), windows) {
        (true, _) => Encoding::Utf8,
        (false, true) => Encoding::Windows1252,
        (false, false) => {
            return Err(FileFault::Content(
                "the file is neither UTF-8 nor Windows-1252 text: save it as CSV UTF-8".to_owned(),
            ));
        }
    };
    let mut sha256 = String::new();
    for byte in digest.finalize() {
        let _ = write!(sha256, "{byte:02x}");
    }
    Ok(Survey { sha256, encoding })
}

/// Bytes that Windows-1252 gives no meaning.
const UNUSED: [u8; 5] = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/// Windows-1252 from 0x80 to 0x9f; elsewhere it is the same as Unicode's first 256.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

impl Encoding {
    fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Windows1252 => bytes
                .iter()
                .map(|byte| match byte {
                    0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
                    other => char::from(*other),
                })
                .collect(),
        }
    }
}

/// A line of a file.
pub(super) enum Line {
    Text(String),
    TooLong,
}

/// The lines of a file with something in them. Lines end with CR LF, LF, or CR.
pub(super) struct Lines<R> {
    from: BufReader<R>,
    encoding: Encoding,
    number: u64,
}

impl<R: Read + Seek> Lines<R> {
    pub(super) fn of(mut file: R, encoding: Encoding) -> std::io::Result<Self> {
        file.seek(SeekFrom::Start(0))?;
        let mut from = BufReader::new(file);
        if from.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            from.consume(3);
        }
        Ok(Self {
            from,
            encoding,
            number: 0,
        })
    }

    /// The next line that is not blank, with its number in the file.
    pub(super) fn next(&mut self) -> std::io::Result<Option<(u64, Line)>> {
        loop {
            let Some(line) = self.any_line()? else {
                return Ok(None);
            };
            match &line {
                Line::Text(text) if text.trim().is_empty() => {}
                _ => return Ok(Some((self.number, line))),
            }
        }
    }

    fn any_line(&mut self) -> std::io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        let mut too_long = false;
        let mut began = false;
        loop {
            let piece = self.from.fill_buf()?;
            if piece.is_empty() {
                break;
            }
            began = true;
            let end = piece.iter().position(|b| matches!(b, b'\n' | b'\r'));
            let taken = &piece[..end.unwrap_or(piece.len())];
            too_long = too_long || bytes.len() + taken.len() > LINE_LIMIT;
            if too_long {
                bytes.clear();
            } else {
                bytes.extend_from_slice(taken);
            }
            let Some(end) = end else {
                let all = piece.len();
                self.from.consume(all);
                continue;
            };
            let returned = piece[end] == b'\r';
            self.from.consume(end + 1);
            if returned && self.from.fill_buf()?.first() == Some(&b'\n') {
                self.from.consume(1);
            }
            break;
        }
        if !began {
            return Ok(None);
        }
        self.number += 1;
        Ok(Some(if too_long {
            Line::TooLong
        } else {
            Line::Text(self.encoding.decode(&bytes))
        }))
    }
}

/// The separators that are tried.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How the rows of a file are written.
pub(super) enum Form {
    /// NDJSON: one object a line. The first line is a row.
    Objects,
    /// CSV with a header.
    Separated { separator: u8, columns: Columns },
}

impl Form {
    /// Tells the form from the first line.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub(super) fn of(first: &str) -> Result<Self, String> {
        let begins = first.trim_start();
        if begins.starts_with('{') {
            return Ok(Self::Objects);
        }
        if begins.starts_with('[') {
            return Err("the file is one JSON array: write one object a line (NDJSON)".to_owned());
        }
        let known = |separator: &u8| {
            let cells = cells(first, *separator).unwrap_or_default();
            cells
                .iter()
                .filter(|c| super::columns::Column::of(c).is_some())
                .count()
        };
        let separator = SEPARATORS
            .into_iter()
            .rev()
            .max_by_key(known)
            .unwrap_or(b',');
        let headings = cells(first, separator)
            .ok_or_else(|| "a quotation mark in the first line is not closed".to_owned())?;
        Ok(Self::Separated {
            separator,
            columns: Columns::read(&headings)?,
        })
    }
}

/// The cells of a line; `None` when a quotation mark is not closed.
pub(super) fn cells(line: &str, separator: u8) -> Option<Vec<String>> {
    // Every quotation mark in a cell that is quoted comes twice (RFC 4180 section 2).
    if line.bytes().filter(|b| *b == b'"').count() % 2 == 1 {
        return None;
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .buffer_capacity(line.len().max(1))
        .from_reader(line.as_bytes());
    let mut record = csv::StringRecord::new();
    reader.read_record(&mut record).ok()?;
    Some(record.iter().map(|cell| cell.trim().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn lines(bytes: &[u8], encoding: Encoding) -> Vec<(u64, Option<String>)> {
        let mut lines = Lines::of(Cursor::new(bytes), encoding).unwrap();
        let mut found = Vec::new();
        while let Some((number, line)) = lines.next().unwrap() {
            found.push((
                number,
                match line {
                    Line::Text(text) => Some(text),
                    Line::TooLong => None,
                },
            ));
        }
        found
    }

    #[test]
    fn every_line_end_ends_a_line_and_blank_ones_are_left_out() {
        let text = "\u{feff}a\r\nb\n\n  \nc\rd".as_bytes();
        let found = lines(text, Encoding::Utf8);
        let wanted = [(1, "a"), (2, "b"), (5, "c"), (6, "d")];
        assert_eq!(found.len(), wanted.len());
        for ((number, line), (wanted_number, wanted_line)) in found.iter().zip(wanted) {
            assert_eq!(
                (*number, line.as_deref()),
                (wanted_number, Some(wanted_line))
            );
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_one_row() {
        let mut text = vec![b'x'; LINE_LIMIT + 1];
        text.extend_from_slice(b"\nnext\n");
        let found = lines(&text, Encoding::Utf8);
        assert_eq!(found, [(1, None), (2, Some("next".to_owned()))]);
    }

    #[test]
    fn encodings_are_told_apart() {
        let survey = |bytes: &[u8]| match super::survey(&mut Cursor::new(bytes)) {
            Ok(found) => Ok(found.encoding),
            Err(FileFault::Content(said)) => Err(said),
            Err(FileFault::Reading(_)) => Err("reading".to_owned()),
        };
        assert_eq!(survey("Zoë".as_bytes()), Ok(Encoding::Utf8));
        assert_eq!(survey(b"Zo\xeb \x96"), Ok(Encoding::Windows1252));
        assert!(survey(b"Zo\xeb \x81").is_err_and(|said| said.contains("CSV UTF-8")));
        assert!(survey(b"a\0b\0").is_err_and(|said| said.contains("UTF-16")));
        assert!(survey(b"PK\x03\x04\0\0").is_err_and(|said| said.contains("spreadsheet")));
        assert_eq!(
            lines(b"\x93a\x94 \x96 \xe9", Encoding::Windows1252)[0]
                .1
                .as_deref(),
            Some("“a” – é")
        );
        // A character across the border of two pieces.
        let mut long = vec![b'a'; 64 * 1024 - 1];
        long.extend_from_slice("ë".as_bytes());
        assert_eq!(survey(&long), Ok(Encoding::Utf8));
    }
}
