//! A passcode as typed.

use secrecy::{ExposeSecret, SecretString};

/// A smartcard passcode: 4 to 8 digits (6 to 8 on current cards). Never printed, wiped when dropped.
#[derive(Clone)]
pub struct Passcode(SecretString);

impl Passcode {
    /// Takes what was typed; `None` unless it has 4 to 8 digits.
    #[must_use]
    pub fn new(typed: &str) -> Option<Self> {
        let fits = (4..=8).contains(&typed.len()) && typed.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| Self(SecretString::from(typed)))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl std::fmt::Debug for Passcode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passcode(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_to_eight_digits() {
        for good in ["1234", "123456", "12345678"] {
            assert!(Passcode::new(good).is_some());
        }
        for bad in ["", "123", "123456789", "12 34", "12a4", "١٢٣٤"] {
            assert!(Passcode::new(bad).is_none(), "{bad}");
        }
        assert!(!format!("{:?}", Passcode::new("123456")).contains("123"));
    }
}
