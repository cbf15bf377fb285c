//! The crate as others use it: published examples, rules of reading, what is written, and damage.

mod damage;
mod examples;
mod published;
mod reading;
mod writing;
