//! The training backend.
