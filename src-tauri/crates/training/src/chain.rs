//! The hash chain of each workstation, as far as its audit records have arrived.
//!
//! Every audit record carries its workstation's sequence number, the hash of the record before it
//! and its own. The hash is made under a key that only the workstation has, so it is compared here
//! and never made anew: what is told is whether the records that arrived hang together, not whether
//! their content is as it was written. Records after the highest that arrived cannot be missed.

use std::collections::HashMap;
use std::ops::RangeInclusive;

/// How many gaps, and how many forks, are listed for one workstation; beyond, they are only counted.
/// A report on a million records must not need the memory of a million records.
pub const LISTED_LIMIT: usize = 1000;

/// What the first record of a chain names as the hash before it.
pub(crate) const BEGINNING: &str =
    "0000000000000000000000000000000000000000000000000000000000000000";

/// The chain of one workstation, computed from the audit records that are stored. It says nothing
/// of who looked at whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkstationChain {
    /// The workstation, as its records name it; where they name none, the client id they were sent
    /// with.
    pub workstation: String,
    /// How many records it sent, each counted once.
    pub records: u64,
    /// The highest sequence number among them; 0 when none has a place.
    pub highest: u64,
    /// How many records have no place in the chain: they carry no sequence number from 1 on, or no
    /// hash of their own.
    pub unplaced: u64,
    /// How many gaps there are below the highest number.
    pub gap_count: u64,
    /// The first gaps, at most [`LISTED_LIMIT`]: numbers of which no record has arrived.
    pub gaps: Vec<RangeInclusive<u64>>,
    /// How many forks there are.
    pub fork_count: u64,
    /// The first forks, at most [`LISTED_LIMIT`], by number.
    pub forks: Vec<Fork>,
}

/// Where a chain is not one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fork {
    /// Different records have the same number.
    SameSequence {
        /// The number.
        sequence: u64,
        /// How many records have it.
        records: u64,
    },
    /// A record names another hash before it than that of any record with the number before; the
    /// first of a chain, another than 64 zeros. Told only where the record before has arrived.
    WrongPrevious {
        /// The record's number.
        sequence: u64,
    },
}

impl WorkstationChain {
    /// Whether all records up to the highest number are there, in one line, and none is beside it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.gap_count == 0 && self.fork_count == 0 && self.unplaced == 0
    }

    fn new(workstation: String) -> Self {
        Self {
            workstation,
            records: 0,
            highest: 0,
            unplaced: 0,
            gap_count: 0,
            gaps: Vec::new(),
            fork_count: 0,
            forks: Vec::new(),
        }
    }

    /// Adds what is stored at the next number. Up to `base` records have been dropped, and those
    /// that come late have no others to hang on to.
    fn add(&mut self, place: &Place, base: u64) {
        self.records += place.records;
        let Some(sequence) = place.sequence else {
            self.unplaced += place.records;
            return;
        };
        self.highest = self.highest.max(base);
        if sequence <= base {
            return;
        }
        let expected = self.highest + 1;
        if sequence > expected {
            self.add_gap(expected..=sequence - 1);
        }
        if place.records > 1 {
            self.add_fork(Fork::SameSequence {
                sequence,
                records: place.records,
            });
        }
        // After a gap nobody can say yet what the record should follow.
        if sequence == expected && place.astray > 0 {
            self.add_fork(Fork::WrongPrevious { sequence });
        }
        self.highest = sequence;
    }

    fn add_gap(&mut self, gap: RangeInclusive<u64>) {
        self.gap_count += 1;
        if self.gaps.len() < LISTED_LIMIT {
            self.gaps.push(gap);
        }
    }

    fn add_fork(&mut self, fork: Fork) {
        self.fork_count += 1;
        if self.forks.len() < LISTED_LIMIT {
            self.forks.push(fork);
        }
    }
}

/// What is stored of one workstation at one sequence number, counted.
pub(crate) struct Place {
    pub(crate) workstation: String,
    /// `None` for the records that have no place.
    pub(crate) sequence: Option<u64>,
    pub(crate) records: u64,
    /// Records whose previous hash is that of no record with the number before.
    pub(crate) astray: u64,
}

/// Reads the chains from their places, which come by workstation and, within it, by number. `bases`
/// says up to which number the records of a workstation have been dropped by a reset.
pub(crate) fn chains<E>(
    bases: &HashMap<String, u64>,
    places: impl IntoIterator<Item = Result<Place, E>>,
) -> Result<Vec<WorkstationChain>, E> {
    let mut chains: Vec<WorkstationChain> = Vec::new();
    for place in places {
        let place = place?;
        let base = bases.get(&place.workstation).copied().unwrap_or_default();
        match chains.last_mut() {
            Some(chain) if chain.workstation == place.workstation => chain.add(&place, base),
            _ => {
                let mut chain = WorkstationChain::new(place.workstation.clone());
                chain.add(&place, base);
                chains.push(chain);
            }
        }
    }
    Ok(chains)
}
