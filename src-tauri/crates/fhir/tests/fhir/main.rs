//! The crate as others use it: published examples, rules of reading, what is written, and damage.

#[cfg(test)]
mod damage;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod note;
#[cfg(test)]
mod published;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod writing;
