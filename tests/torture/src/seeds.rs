//! Seeds whose runs once showed a fault. Every run of the proof begins with them, in each harness.
//!
//! The traffic that a seed stands for changes when its generator does, so an old seed need not find
//! an old fault again; a fault that was found also has a test of its own.

/// The seeds.
pub const FOUND_FAULTS: [u64; 8] = [23, 24, 175, 353, 425, 1339, 1947, 3101];
