//! The program without its window: one controller that owns all state.

pub mod shown;
pub mod view;
