//! One table of an extract, written as CSV and as NDJSON at once.

use crate::TrainingError;
use crate::spreadsheet::safe;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// A table that is being written.
pub(super) struct Table {
    items: &'static [&'static str],
    csv: csv::Writer<HashedFile>,
    ndjson: HashedFile,
    rows: u64,
}

/// A file that is whole.
pub(super) struct Written {
    pub(super) name: String,
    pub(super) rows: u64,
    pub(super) bytes: u64,
    /// In hexadecimal.
    pub(super) sha256: String,
}

impl Table {
    /// Begins both files, the CSV with its headings.
    pub(super) fn create(
        folder: &Path,
        name: &str,
        items: &'static [&'static str],
    ) -> Result<Self, TrainingError> {
        let csv = HashedFile::create(folder, &format!("{name}.csv"))?;
        let path = csv.path.clone();
        let mut csv = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(csv);
        csv.write_record(items)
            .map_err(|error| failed(&path, error.into()))?;
        Ok(Self {
            items,
            csv,
            ndjson: HashedFile::create(folder, &format!("{name}.ndjson"))?,
            rows: 0,
        })
    }

    /// Adds a row. An item that is not known is an empty cell, and `null`.
    pub(super) fn row(&mut self, values: &[Option<&str>]) -> Result<(), TrainingError> {
        let path = &self.csv.get_ref().path;
        let path = path.clone();
        for value in values {
            self.csv
                .write_field(safe(value.unwrap_or_default()).as_bytes())
                .map_err(|error| failed(&path, error.into()))?;
        }
        self.csv
            .write_record(None::<&[u8]>)
            .map_err(|error| failed(&path, error.into()))?;
        let row = Row {
            items: self.items,
            values,
        };
        serde_json::to_writer(&mut self.ndjson, &row)
            .map_err(std::io::Error::from)
            .and_then(|()| self.ndjson.write_all(b"\n"))
            .map_err(|cause| failed(&self.ndjson.path, cause))?;
        self.rows += 1;
        Ok(())
    }

    /// How many rows there are so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Gives both files their names.
    pub(super) fn finish(self) -> Result<[Written; 2], TrainingError> {
        let path = self.csv.get_ref().path.clone();
        let csv = self
            .csv
            .into_inner()
            .map_err(|error| failed(&path, std::io::Error::other(error.to_string())))?;
        Ok([csv.finish(self.rows)?, self.ndjson.finish(self.rows)?])
    }
}

struct Row<'a> {
    items: &'a [&'a str],
    values: &'a [Option<&'a str>],
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.items.len()))?;
        for (item, value) in self.items.iter().zip(self.values) {
            map.serialize_entry(item, value)?;
        }
        map.end()
    }
}

/// A file that is summed up while it is written, under a passing name.
struct HashedFile {
    file: BufWriter<File>,
    digest: Sha256,
    bytes: u64,
    name: String,
    path: PathBuf,
}

impl HashedFile {
    fn create(folder: &Path, name: &str) -> Result<Self, TrainingError> {
        let path = folder.join(format!("{name}.part"));
        let file = File::create_new(&path).map_err(|cause| failed(&path, cause))?;
        Ok(Self {
            file: BufWriter::with_capacity(64 * 1024, file),
            digest: Sha256::new(),
            bytes: 0,
            name: name.to_owned(),
            path,
        })
    }

    fn finish(mut self, rows: u64) -> Result<Written, TrainingError> {
        self.flush()
            .and_then(|()| self.file.get_ref().sync_all())
            .and_then(|()| std::fs::rename(&self.path, self.path.with_file_name(&self.name)))
            .map_err(|cause| failed(&self.path, cause))?;
        let mut sha256 = String::new();
        for byte in self.digest.finalize() {
            let _ = write!(sha256, "{byte:02x}");
        }
        Ok(Written {
            name: self.name,
            rows,
            bytes: self.bytes,
            sha256,
        })
    }
}

impl Write for HashedFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.digest.update(&bytes[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// Writes a short file, which gets its name once it is whole.
pub(super) fn write_whole(folder: &Path, name: &str, text: &str) -> Result<(), TrainingError> {
    let mut file = HashedFile::create(folder, name)?;
    let path = file.path.clone();
    file.write_all(text.as_bytes())
        .map_err(|cause| failed(&path, cause))?;
    file.finish(0)?;
    Ok(())
}

fn failed(path: &Path, cause: std::io::Error) -> TrainingError {
    TrainingError::File {
        path: path.to_owned(),
        cause,
    }
}
