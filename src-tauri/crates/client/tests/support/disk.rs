//! A disk whose room a test sets.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Free bytes.
pub struct HandDisk(AtomicU64);

impl Default for HandDisk {
    fn default() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }
}

impl HandDisk {
    pub fn set(&self, free: u64) {
        self.0.store(free, Ordering::SeqCst);
    }
}

impl cpis_client::Disk for HandDisk {
    fn free(&self, _: &Path) -> Option<u64> {
        Some(self.0.load(Ordering::SeqCst))
    }
}
