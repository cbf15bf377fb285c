//! The witness: what the ledger last said, kept outside its file.
//!
//! # What is kept
//!
//! How many transactions the ledger has had, its newest row, and the place and hash of its newest
//! record, with a code under the workstation's key. Two slots are written in turn, so that a cut
//! during a write leaves the other. It is not synced: after a power cut it may say less than the
//! ledger, never more. A ledger that says less than its witness is an old copy put back.

use crate::Protection;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// The slots lie in different blocks of a disk.
const SLOT: u64 = 4096;

/// What the witness says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Testimony {
    pub revision: i64,
    pub begun: i64,
    pub sequence: i64,
    pub hash: String,
}

#[derive(Serialize, Deserialize)]
struct Slot {
    says: Testimony,
    code: String,
}

/// The witness in a file.
pub(crate) struct Witness {
    file: File,
}

impl Witness {
    /// Opens the file, or makes an empty one.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        Ok(Self { file })
    }

    /// What the file at a path says; `None` when there is none, or it says nothing that this
    /// workstation wrote.
    pub fn read(path: &Path, keys: &dyn Protection) -> Option<Testimony> {
        let mut bytes = Vec::new();
        File::open(path).ok()?.read_to_end(&mut bytes).ok()?;
        (0..2)
            .filter_map(|slot| {
                let slot = bytes.get(slot * SLOT as usize..)?;
                let end = slot.iter().position(|byte| *byte == b'\n')?;
                let slot: Slot = serde_json::from_slice(&slot[..end]).ok()?;
                (slot.code == code(&slot.says, keys)).then_some(slot.says)
            })
            .max_by_key(|says| says.revision)
    }

    /// Waits until what was written is on the disk.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }

    /// Writes what the ledger says now.
    pub fn write(&mut self, says: &Testimony, keys: &dyn Protection) -> io::Result<()> {
        let slot = Slot {
            says: says.clone(),
            code: code(says, keys),
        };
        let mut line = serde_json::to_vec(&slot)?;
        line.push(b'\n');
        let place = SLOT * (says.revision.unsigned_abs() % 2);
        self.file.seek(SeekFrom::Start(place))?;
        self.file.write_all(&line)
    }
}

fn code(says: &Testimony, keys: &dyn Protection) -> String {
    let Testimony {
        revision,
        begun,
        sequence,
        hash,
    } = says;
    let text = format!("witness:{revision}:{begun}:{sequence}:{hash}");
    crate::store::hex(&keys.chain_hash(text.as_bytes()))
}
