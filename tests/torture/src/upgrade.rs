//! Ledgers of older programs under today's code and random traffic.

use crate::checker::{Verdict, judge};
use crate::traffic::{Traffic, options};
use cpis_audit::{Protection, ProtectionError, RowAddress};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the frozen ledgers are, and how they were made.
fn frozen() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src-tauri/crates/audit/tests/audit/upgrade")
}

/// Opens each frozen ledger, goes on with it, and lets everything leave. Returns how many there are.
///
/// # Errors
/// When a file cannot be copied or opened.
pub fn run(seed: u64) -> Result<(u64, Verdict), Box<dyn Error + Send + Sync>> {
    let mut verdict = Verdict::default();
    for schema in 1.. {
        let ledger = frozen().join(format!("schema-{schema}.sqlite"));
        if !ledger.exists() {
            return Ok((schema - 1, verdict));
        }
        let folder = tempfile::tempdir()?;
        std::fs::copy(ledger, folder.path().join("audit.sqlite"))?;
        let witness = frozen().join(format!("schema-{schema}.witness"));
        if witness.exists() {
            std::fs::copy(witness, folder.path().join("audit.witness"))?;
        }
        let mut traffic = Traffic::new(options(folder.path(), Arc::new(Masked)), seed);
        traffic.inherit()?;
        for _ in 0..200 {
            traffic.act()?;
        }
        traffic.settle()?;
        verdict += judge(&traffic.history);
    }
    Ok((0, verdict))
}

/// The open seal of the frozen ledgers.
struct Masked;

impl Protection for Masked {
    fn seal(&self, row: RowAddress<'_>, plain: &[u8]) -> Result<Vec<u8>, ProtectionError> {
        let bytes = [&address(row), plain].concat();
        Ok(bytes.into_iter().map(|byte| byte ^ 0x5a).collect())
    }

    fn open(&self, row: RowAddress<'_>, sealed: &[u8]) -> Result<Vec<u8>, ProtectionError> {
        let bytes: Vec<u8> = sealed.iter().map(|byte| byte ^ 0x5a).collect();
        let plain = bytes.strip_prefix(address(row).as_slice());
        plain.map(<[u8]>::to_vec).ok_or(ProtectionError)
    }

    fn chain_hash(&self, record: &[u8]) -> [u8; 32] {
        use sha2::Digest;
        sha2::Sha256::digest(record).into()
    }
}

fn address(row: RowAddress<'_>) -> Vec<u8> {
    format!("{}#{}|", row.id, row.version).into_bytes()
}
