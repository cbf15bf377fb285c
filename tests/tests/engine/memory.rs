//! The memory of another process, searched.
//!
//! Everything that can be read is: heap, stacks of all threads, libraries, the program itself. Bytes
//! that stand in a mapped file at the same place are the file's own and no copy of anything.

use crate::PATIENCE;
use aho_corasick::AhoCorasick;
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek};
use std::os::unix::fs::FileExt;

/// Something that must not be there, or must.
#[derive(Debug, Clone)]
pub struct Canary {
    pub name: &'static str,
    pub bytes: Vec<u8>,
}

/// The memory of a process. It is opened before the process hardens itself, as nobody but an
/// administrator can open it afterwards.
pub struct Memory {
    pid: u32,
    maps: File,
    bytes: File,
}

/// What a search came to.
#[derive(Default)]
pub struct Search {
    pub mappings: usize,
    pub searched: usize,
    /// Mappings that say that they can be read and cannot.
    pub unreadable: Vec<String>,
    pub found: Vec<Found>,
}

/// A canary and where it was.
pub struct Found {
    pub name: &'static str,
    pub place: String,
    pub around: String,
}

impl Search {
    /// The names of what was found.
    pub fn names(&self) -> BTreeSet<&'static str> {
        self.found.iter().map(|found| found.name).collect()
    }

    /// Where and between what everything was, to find who holds it.
    pub fn places(&self) -> String {
        let lines = self
            .found
            .iter()
            .map(|found| format!("  {} in {}: {}\n", found.name, found.place, found.around));
        lines.collect()
    }
}

impl Memory {
    pub fn of(pid: u32) -> Self {
        let open = |name: &str| File::open(format!("/proc/{pid}/{name}")).unwrap();
        Self {
            pid,
            maps: open("maps"),
            bytes: open("mem"),
        }
    }

    /// Waits until the process has nothing to do, stops it, searches all of its memory, and lets it go
    /// on.
    pub async fn search(&mut self, canaries: &[Canary]) -> Search {
        let pid = Pid::from_raw(i32::try_from(self.pid).unwrap()).unwrap();
        self.wait_for_threads("SIT").await;
        kill_process(pid, Signal::STOP).unwrap();
        self.wait_for_threads("T").await;
        let search = self.search_stopped(canaries);
        kill_process(pid, Signal::CONT).unwrap();
        search
    }

    /// Waits until every thread is in one of these states (proc_pid_stat(5)).
    async fn wait_for_threads(&self, states: &str) {
        let all_are = async {
            while !self.threads().all(|state| states.contains(state)) {
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, all_are).await;
        assert!(waited.is_ok(), "the process does not come to {states}");
    }

    fn threads(&self) -> impl Iterator<Item = char> {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.pid)).unwrap();
        threads.flatten().filter_map(|thread| {
            let stat = std::fs::read_to_string(thread.path().join("stat")).ok()?;
            // It follows the name, which is in brackets and may hold anything.
            stat.rsplit(')').next()?.trim_start().chars().next()
        })
    }

    fn search_stopped(&mut self, canaries: &[Canary]) -> Search {
        let patterns = AhoCorasick::new(canaries.iter().map(|canary| &canary.bytes)).unwrap();
        let mut maps = String::new();
        self.maps.rewind().unwrap();
        self.maps.read_to_string(&mut maps).unwrap();
        let mut search = Search::default();
        for line in maps.lines() {
            let mapping = Mapping::read(line);
            if !mapping.permissions.starts_with('r') {
                continue;
            }
            let mut bytes = vec![0; mapping.length];
            if self.bytes.read_exact_at(&mut bytes, mapping.start).is_err() {
                search.unreadable.push(line.to_owned());
                continue;
            }
            search.mappings += 1;
            search.searched += bytes.len();
            let own = mapping.file();
            for hit in patterns.find_overlapping_iter(&bytes) {
                if own.get(hit.range()) == Some(&bytes[hit.range()]) {
                    continue;
                }
                let from = hit.start().saturating_sub(64);
                let to = (hit.end() + 64).min(bytes.len());
                search.found.push(Found {
                    name: canaries[hit.pattern().as_usize()].name,
                    place: format!("{line} at {:x}", mapping.start + hit.start() as u64),
                    around: bytes[from..to].escape_ascii().to_string(),
                });
            }
        }
        search
    }
}

/// A line of `/proc/PID/maps` (proc_pid_maps(5)).
struct Mapping<'a> {
    start: u64,
    length: usize,
    permissions: &'a str,
    offset: u64,
    path: &'a str,
}

impl<'a> Mapping<'a> {
    fn read(line: &'a str) -> Self {
        let mut fields = line.split_ascii_whitespace();
        let (start, end) = fields.next().unwrap().split_once('-').unwrap();
        let number = |text| u64::from_str_radix(text, 16).unwrap();
        let permissions = fields.next().unwrap();
        let offset = number(fields.next().unwrap());
        Self {
            start: number(start),
            length: usize::try_from(number(end) - number(start)).unwrap(),
            permissions,
            offset,
            path: fields.nth(2).unwrap_or_default(),
        }
    }

    /// What the mapped file has here; nothing where no file is mapped.
    fn file(&self) -> Vec<u8> {
        let Ok(file) = File::open(self.path) else {
            return Vec::new();
        };
        let mut bytes = Vec::new();
        let mut there = file;
        if there.seek(std::io::SeekFrom::Start(self.offset)).is_ok() {
            // A folder or a device holds no bytes of its own.
            let _ = there.take(self.length as u64).read_to_end(&mut bytes);
        }
        bytes
    }
}
