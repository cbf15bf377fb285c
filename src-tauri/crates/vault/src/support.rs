//! Sealing to the organisation's support: only the holder of a private key that is not on this
//! computer can open it.
//!
//! The form is a JSON Web Encryption in compact serialization (RFC 7516 §7.1): the content key is
//! wrapped with RSA-OAEP and SHA-256, the content sealed with AES-256-GCM (RFC 7518 §4.3 and §5.3).
//! Any JOSE library or tool opens it. Nothing is kept here: the content key is forgotten.

use crate::error::SupportKeyError;
use aws_lc_rs::aead::{AES_256_GCM, Aad, RandomizedNonceKey};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use x509_parser::pem::Pem;
use zeroize::Zeroizing;

/// The least size of a key, in bits (RFC 7518 §4.3).
const LEAST_BITS: usize = 2048;
/// The protected header of every file.
const HEADER: &str = r#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#;
/// The length of the tag of AES-GCM, in bytes.
const TAG: usize = 16;

/// The public key of the organisation's support.
#[derive(Clone)]
pub struct SupportKey(PublicEncryptingKey);

impl SupportKey {
    /// Reads an RSA public key from PEM (`BEGIN PUBLIC KEY`, RFC 7468 §13).
    ///
    /// # Errors
    /// [`SupportKeyError`] says what is wrong with the text.
    pub fn from_pem(text: &[u8]) -> Result<Self, SupportKeyError> {
        let pem = Pem::iter_from_buffer(text)
            .flatten()
            .find(|pem| pem.label == "PUBLIC KEY")
            .ok_or(SupportKeyError::NotPem)?;
        let key =
            PublicEncryptingKey::from_der(&pem.contents).map_err(|_| SupportKeyError::NotRsa)?;
        if key.key_size_bits() < LEAST_BITS {
            return Err(SupportKeyError::TooShort);
        }
        Ok(Self(key))
    }

    /// Seals a text to the key.
    ///
    /// # Errors
    /// [`SupportKeyError::Seal`] when the system gives no randomness or the key cannot be used.
    pub fn seal(&self, plain: &[u8]) -> Result<String, SupportKeyError> {
        let seal = |_| SupportKeyError::Seal;
        let mut content_key = Zeroizing::new([0; 32]);
        getrandom::fill(content_key.as_mut()).map_err(|_| SupportKeyError::Seal)?;
        let public = OaepPublicEncryptingKey::new(self.0.clone()).map_err(seal)?;
        let mut wrapped = vec![0; public.ciphertext_size()];
        let wrapped = public
            .encrypt(
                &OAEP_SHA256_MGF1SHA256,
                content_key.as_ref(),
                &mut wrapped,
                None,
            )
            .map_err(seal)?;
        let header = URL_SAFE_NO_PAD.encode(HEADER);
        let key = RandomizedNonceKey::new(&AES_256_GCM, content_key.as_ref()).map_err(seal)?;
        let mut sealed = Vec::with_capacity(plain.len() + TAG);
        sealed.extend_from_slice(plain);
        let nonce = key
            .seal_in_place_append_tag(Aad::from(header.as_bytes()), &mut sealed)
            .map_err(seal)?;
        let (content, tag) = sealed.split_at(plain.len());
        let parts = [&*wrapped, nonce.as_ref(), content, tag];
        let parts = parts.map(|part| URL_SAFE_NO_PAD.encode(part));
        Ok(format!("{header}.{}", parts.join(".")))
    }
}

impl std::fmt::Debug for SupportKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SupportKey({} bits)", self.0.key_size_bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
    use aws_lc_rs::rsa::{KeySize, OaepPrivateDecryptingKey, PrivateDecryptingKey};
    use base64::engine::general_purpose::STANDARD;

    fn pair() -> (PrivateDecryptingKey, String) {
        let private = PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap();
        let public: PublicKeyX509Der<'_> = private.public_key().as_der().unwrap();
        let pem = format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            STANDARD.encode(public.as_ref())
        );
        (private, pem)
    }

    /// Opens a file as RFC 7516 §5.2 says, apart from the code that made it.
    fn open(private: &PrivateDecryptingKey, jwe: &str) -> Option<Vec<u8>> {
        let parts: Vec<&str> = jwe.split('.').collect();
        let [header, wrapped, nonce, content, tag] = parts[..] else {
            return None;
        };
        let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        let private = OaepPrivateDecryptingKey::new(private.clone()).ok()?;
        let mut room = vec![0; private.min_output_size()];
        let content_key = private
            .decrypt(&OAEP_SHA256_MGF1SHA256, &bytes(wrapped)?, &mut room, None)
            .ok()?;
        let key = RandomizedNonceKey::new(&AES_256_GCM, content_key).ok()?;
        let nonce = aws_lc_rs::aead::Nonce::try_assume_unique_for_key(&bytes(nonce)?).ok()?;
        let mut sealed = [bytes(content)?, bytes(tag)?].concat();
        let plain = key
            .open_in_place(nonce, Aad::from(header.as_bytes()), &mut sealed)
            .ok()?;
        Some(plain.to_vec())
    }

    #[test]
    fn only_the_holder_of_the_private_key_opens_it() {
        let (private, pem) = pair();
        let key = SupportKey::from_pem(pem.as_bytes()).unwrap();
        let sealed = key.seal(b"the child 9990000018").unwrap();
        assert!(!sealed.contains("9990000018"));
        assert_eq!(open(&private, &sealed).unwrap(), b"the child 9990000018");
        assert_ne!(sealed, key.seal(b"the child 9990000018").unwrap());
        assert_eq!(open(&pair().0, &sealed), None);
        let altered = sealed.replacen("eyJ", "eyK", 1);
        assert_eq!(open(&private, &altered), None, "the header is sealed, too");
    }

    #[test]
    fn what_is_no_public_key_is_refused() {
        let fault = |text: &str| SupportKey::from_pem(text.as_bytes()).unwrap_err();
        assert_eq!(fault(""), SupportKeyError::NotPem);
        assert_eq!(fault("age1qqqq"), SupportKeyError::NotPem);
        let (_, pem) = pair();
        let private = pem.replace("PUBLIC", "PRIVATE");
        assert_eq!(fault(&private), SupportKeyError::NotPem);
        let elliptic = rcgen::KeyPair::generate().unwrap().public_key_pem();
        assert_eq!(fault(&elliptic), SupportKeyError::NotRsa);
    }
}
