//! A disk that loses power: an SQLite file system in memory.
//!
//! # The model
//!
//! A write is seen at once and is durable only after a sync of its file. At a cut every file goes
//! back to what was synced; in every other run a random half of the later writes is there, too, in
//! pieces of 512 bytes, since a disk writes back in any order. From the cut on every call fails,
//! until the machine is started again. Making and removing a file is durable at once.
//!
//! It can also be ill in one of several ways ([`Ailment`]) and be well again.

use sqlite_plugin::flags::{AccessFlags, LockLevel, OpenOpts, ShmLockMode};
use sqlite_plugin::vars;
use sqlite_plugin::vfs::{RegisterOpts, Vfs, VfsHandle, VfsResult, register_static};
use std::collections::BTreeMap;
use std::ffi::CString;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The name under which SQLite knows the disk of the harness.
pub const NAME: &str = "cpis-power";
const SECTOR: usize = 512;

/// What one file holds.
#[derive(Default)]
struct Content {
    now: Vec<u8>,
    synced: Vec<u8>,
    /// Writes since the last sync.
    written: Vec<(usize, Vec<u8>)>,
}

/// The disk, and when its power goes.
#[derive(Default)]
struct State {
    files: BTreeMap<String, Content>,
    memory: BTreeMap<String, Vec<Box<[u8]>>>,
    /// Calls that still succeed; `None`: all.
    left: Option<u64>,
    calls: u64,
    ailment: Option<Ailment>,
}

/// What can be wrong with a disk that has power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ailment {
    /// No file can grow.
    Full,
    /// Nothing can be read.
    Reads,
    /// Nothing can be written.
    Writes,
    /// Nothing can be synced: what was written stays uncertain.
    Syncs,
    /// Everything is write-protected.
    ReadOnly,
}

impl Ailment {
    /// Every ailment.
    pub const ALL: [Self; 5] = [
        Self::Full,
        Self::Reads,
        Self::Writes,
        Self::Syncs,
        Self::ReadOnly,
    ];
}

/// A disk in memory that can lose its power.
#[derive(Clone, Default)]
pub struct PowerDisk(Arc<Mutex<State>>);

impl PowerDisk {
    /// Makes the disk known to SQLite under a name. No two disks of a process have the same.
    ///
    /// # Errors
    /// SQLite's code when it does not take it.
    pub fn register(name: &str) -> Result<Self, i32> {
        let disk = Self::default();
        let name = CString::new(name).map_err(|_| vars::SQLITE_INTERNAL)?;
        let options = RegisterOpts {
            make_default: false,
        };
        register_static(name, disk.clone(), options).map(|_| ())?;
        Ok(disk)
    }

    /// Cuts the power after so many further calls.
    pub fn cut_after(&self, calls: u64) {
        self.state().left = Some(calls);
    }

    /// Whether the power is gone.
    #[must_use]
    pub fn is_dark(&self) -> bool {
        self.state().left == Some(0)
    }

    /// Makes the disk ill, or well again.
    pub fn ail(&self, ailment: Option<Ailment>) {
        self.state().ailment = ailment;
    }

    /// Starts the machine again: what was not synced is gone, or a random half of it.
    pub fn start_again(&self, chance: &mut fastrand::Rng, half: bool) {
        let mut state = self.state();
        state.left = None;
        state.memory.clear();
        for content in state.files.values_mut() {
            let mut left = std::mem::take(&mut content.synced);
            for (at, bytes) in std::mem::take(&mut content.written) {
                for (piece, part) in bytes.chunks(SECTOR).enumerate() {
                    if half && chance.bool() {
                        write(&mut left, at + piece * SECTOR, part);
                    }
                }
            }
            content.now.clone_from(&left);
            content.synced = left;
        }
    }

    /// Forgets all files, for the next run.
    pub fn wipe(&self) {
        *self.state() = State::default();
    }

    /// How many calls there have been since the disk was wiped.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.state().calls
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One call; it fails when the power is gone.
    fn powered(&self) -> VfsResult<MutexGuard<'_, State>> {
        let mut state = self.state();
        state.calls += 1;
        match &mut state.left {
            None => Ok(state),
            Some(0) => Err(vars::SQLITE_IOERR),
            Some(left) => {
                *left -= 1;
                Ok(state)
            }
        }
    }
}

/// An open file.
pub struct Handle {
    path: String,
    delete: bool,
}

impl VfsHandle for Handle {
    fn readonly(&self) -> bool {
        false
    }

    fn in_memory(&self) -> bool {
        false
    }
}

impl Vfs for PowerDisk {
    type Handle = Handle;

    fn open(&self, path: Option<&str>, opts: OpenOpts) -> VfsResult<Handle> {
        let mut state = self.powered()?;
        let path = path.map_or_else(|| format!("temporary-{}", state.calls), str::to_owned);
        state.files.entry(path.clone()).or_default();
        Ok(Handle {
            path,
            delete: opts.delete_on_close(),
        })
    }

    fn delete(&self, path: &str) -> VfsResult<()> {
        self.powered()?.files.remove(path);
        Ok(())
    }

    fn access(&self, path: &str, _: AccessFlags) -> VfsResult<bool> {
        Ok(self.powered()?.files.contains_key(path))
    }

    fn file_size(&self, handle: &mut Handle) -> VfsResult<usize> {
        let state = self.powered()?;
        Ok(state.files.get(&handle.path).map_or(0, |c| c.now.len()))
    }

    fn truncate(&self, handle: &mut Handle, size: usize) -> VfsResult<()> {
        let mut state = self.powered()?;
        if let Some(content) = state.files.get_mut(&handle.path) {
            content.now.resize(size, 0);
            content.synced.truncate(size);
            content.written.retain(|(at, _)| *at < size);
        }
        Ok(())
    }

    fn write(&self, handle: &mut Handle, offset: usize, data: &[u8]) -> VfsResult<usize> {
        let mut state = self.powered()?;
        let ailment = state.ailment;
        let content = state.files.entry(handle.path.clone()).or_default();
        match ailment {
            Some(Ailment::Full) if offset + data.len() > content.now.len() => {
                return Err(vars::SQLITE_FULL);
            }
            Some(Ailment::Writes) => return Err(vars::SQLITE_IOERR_WRITE),
            Some(Ailment::ReadOnly) => return Err(vars::SQLITE_READONLY),
            _ => {}
        }
        write(&mut content.now, offset, data);
        content.written.push((offset, data.to_vec()));
        Ok(data.len())
    }

    fn read(&self, handle: &mut Handle, offset: usize, data: &mut [u8]) -> VfsResult<usize> {
        let state = self.powered()?;
        if state.ailment == Some(Ailment::Reads) {
            return Err(vars::SQLITE_IOERR_READ);
        }
        let content = state.files.get(&handle.path);
        let bytes = content.map_or(&[][..], |c| c.now.get(offset..).unwrap_or(&[]));
        let length = bytes.len().min(data.len());
        data[..length].copy_from_slice(&bytes[..length]);
        data[length..].fill(0);
        Ok(length)
    }

    fn lock(&self, _: &mut Handle, _: LockLevel) -> VfsResult<()> {
        Ok(())
    }

    fn unlock(&self, _: &mut Handle, _: LockLevel) -> VfsResult<()> {
        Ok(())
    }

    fn check_reserved_lock(&self, _: &mut Handle) -> VfsResult<bool> {
        Ok(false)
    }

    fn sync(&self, handle: &mut Handle) -> VfsResult<()> {
        let mut state = self.powered()?;
        if state.ailment == Some(Ailment::Syncs) {
            return Err(vars::SQLITE_IOERR_FSYNC);
        }
        if let Some(content) = state.files.get_mut(&handle.path) {
            content.synced.clone_from(&content.now);
            content.written.clear();
        }
        Ok(())
    }

    fn close(&self, handle: Handle) -> VfsResult<()> {
        if handle.delete {
            self.state().files.remove(&handle.path);
        }
        Ok(())
    }

    fn shm_map(
        &self,
        handle: &mut Handle,
        region_idx: usize,
        region_size: usize,
        _: bool,
    ) -> VfsResult<Option<NonNull<u8>>> {
        let mut state = self.state();
        let regions = state.memory.entry(handle.path.clone()).or_default();
        while regions.len() <= region_idx {
            regions.push(vec![0; region_size].into_boxed_slice());
        }
        Ok(NonNull::new(regions[region_idx].as_mut_ptr()))
    }

    fn shm_lock(&self, _: &mut Handle, _: u32, _: u32, _: ShmLockMode) -> VfsResult<()> {
        Ok(())
    }

    fn shm_unmap(&self, handle: &mut Handle, delete: bool) -> VfsResult<()> {
        if delete {
            self.state().memory.remove(&handle.path);
        }
        Ok(())
    }
}

fn write(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[at..end].copy_from_slice(bytes);
}
