//! Signing keys: the workstation's, and the algorithms that cards sign with.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA512};
use zeroize::Zeroizing;

/// A JSON Web Signature algorithm (RFC 7518 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-512: what the NHS API platform asks of client assertions.
    Rs512,
}

impl Algorithm {
    /// The `alg` value.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::Rs512 => "RS512",
        }
    }
}

/// The public half of an RSA key, as a JSON Web Key needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RsaPublicKey {
    /// Modulus, big-endian.
    pub modulus: Vec<u8>,
    /// Exponent, big-endian.
    pub exponent: Vec<u8>,
}

/// The workstation's RSA key of 3072 bits.
pub struct WorkstationKey(KeyPair);

impl WorkstationKey {
    /// Makes a key; also gives its PKCS#8 form, which goes into the keychain. `None` when the
    /// system gives no randomness.
    pub(crate) fn generate() -> Option<(Self, Zeroizing<Vec<u8>>)> {
        let pair = KeyPair::generate(KeySize::Rsa3072).ok()?;
        let der: Pkcs8V1Der<'static> = pair.as_der().ok()?;
        let pkcs8 = Zeroizing::new(der.as_ref().to_vec());
        Some((Self(pair), pkcs8))
    }

    /// Reads the PKCS#8 form; `None` if it is not an RSA key.
    pub(crate) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        KeyPair::from_pkcs8(der).ok().map(Self)
    }

    /// Signs with RS512. `None` when the system gives no randomness.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA512,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .ok()?;
        Some(signature)
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> RsaPublicKey {
        let key = self.0.public_key();
        RsaPublicKey {
            modulus: key.modulus().big_endian_without_leading_zero().to_vec(),
            exponent: key.exponent().big_endian_without_leading_zero().to_vec(),
        }
    }
}

impl std::fmt::Debug for WorkstationKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WorkstationKey(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA512, RsaPublicKeyComponents};

    #[test]
    fn a_signature_verifies_under_the_public_half() {
        let (key, pkcs8) = WorkstationKey::generate().unwrap();
        assert!(pkcs8.len() < 2560, "fits into Windows Credential Manager");
        let read = WorkstationKey::from_pkcs8(&pkcs8).unwrap();
        assert_eq!(read.public_key(), key.public_key());
        let public = key.public_key();
        let components = RsaPublicKeyComponents {
            n: &public.modulus,
            e: &public.exponent,
        };
        let signature = read.sign(b"message").unwrap();
        components
            .verify(&RSA_PKCS1_2048_8192_SHA512, b"message", &signature)
            .unwrap();
        components
            .verify(&RSA_PKCS1_2048_8192_SHA512, b"other", &signature)
            .unwrap_err();
    }
}
