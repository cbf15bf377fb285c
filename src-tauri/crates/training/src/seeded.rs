//! Choices that follow from a seed alone, so that two programs that share a seed and nothing else
//! make the same people, cards and keys.

use sha2::{Digest, Sha256};

/// Thirty-two bytes for a purpose and a name. The purpose keeps uses apart: a key never equals a
/// passcode's bytes.
pub(crate) fn derive(seed: u64, purpose: &str, name: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [
        b"cpis-training".as_slice(),
        purpose.as_bytes(),
        name.as_bytes(),
    ] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.update(seed.to_be_bytes());
    hash.finalize().into()
}

/// A stream of choices for one purpose.
pub(crate) struct Choices {
    seed: u64,
    purpose: String,
    drawn: u64,
}

impl Choices {
    pub(crate) fn new(seed: u64, purpose: impl Into<String>) -> Self {
        Self {
            seed,
            purpose: purpose.into(),
            drawn: 0,
        }
    }

    /// A number below `limit`; `limit` must not be zero.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        let bytes = derive(self.seed, &self.purpose, &self.drawn.to_string());
        self.drawn += 1;
        let mut first = [0; 8];
        first.copy_from_slice(&bytes[..8]);
        u64::from_be_bytes(first) % limit
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.below(u64::try_from(high - low + 1).unwrap_or(1))).unwrap_or(0)
    }

    /// One of the things offered.
    pub(crate) fn one_of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        let count = u64::try_from(things.len()).unwrap_or(1);
        &things[usize::try_from(self.below(count)).unwrap_or(0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_chooses_the_same() {
        let draw = |seed| {
            let mut choices = Choices::new(seed, "test");
            (0..20).map(|_| choices.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn purposes_are_kept_apart() {
        assert_ne!(derive(1, "a", "bc"), derive(1, "ab", "c"));
        assert_ne!(derive(1, "key", "x"), derive(1, "passcode", "x"));
    }

    #[test]
    fn between_reaches_both_ends() {
        let mut choices = Choices::new(7, "ends");
        let drawn: Vec<i64> = (0..200).map(|_| choices.between(-1, 1)).collect();
        for wanted in [-1, 0, 1] {
            assert!(drawn.contains(&wanted));
        }
        assert!(drawn.iter().all(|n| (-1..=1).contains(n)));
    }
}
