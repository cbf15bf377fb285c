//! What happened in one run, as an observer outside the program would note it.

use std::collections::BTreeMap;

/// Everything that the checker looks at.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Looks of which the ledger said that they are on record as begun.
    pub begun: Vec<String>,
    /// Looks whose result was shown.
    pub shown: Vec<String>,
    /// What is in the ledger in the end: the look's id and its state in words.
    pub rows: BTreeMap<String, String>,
    /// What the backend stored: for each id every body that it accepted.
    pub stored: BTreeMap<String, Vec<String>>,
    /// Records that the ledger says were sent.
    pub claimed_sent: Vec<String>,
    /// When calls were made, in milliseconds.
    pub calls: Vec<i64>,
    /// What the examination of the ledger found in the end.
    pub findings: Vec<String>,
    /// Calls of the ledger that failed although nothing was wrong with the disk.
    pub failures: Vec<String>,
}
