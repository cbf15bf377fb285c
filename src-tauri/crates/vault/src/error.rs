//! What can go wrong with secrets. No variant carries one.

/// An error of the operating system's keychain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// There is no keychain on this computer. The IT department can install one.
    #[error("this computer has no keychain")]
    Absent,
    /// The keychain is locked, or the prompt to open it was dismissed. The user can unlock it.
    #[error("the keychain is locked")]
    Locked,
    /// The keychain holds something else under this name. For support.
    #[error("the keychain entry has an unexpected form")]
    Unexpected,
    /// The keychain failed in another way. For the IT department.
    #[error("the keychain failed")]
    Failed,
}

/// An error of the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The keychain cannot be used.
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    /// Sealed values exist, but the keychain does not hold their key. Nothing is made anew, since
    /// that would orphan them. For the IT department: restore the keychain, or set the folder aside.
    #[error("sealed records exist, but the keychain no longer holds their key")]
    KeyMissing,
    /// The system gives no randomness, or a key could not be made.
    #[error("a key could not be made")]
    KeyGeneration,
}

/// A value could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The value was altered, moved, or sealed under another key.
    #[error("the sealed value cannot be opened")]
    NotAuthentic,
    /// The value has a version that this program does not know.
    #[error("the sealed value has an unknown version")]
    UnknownVersion,
    /// The value is cut off.
    #[error("the sealed value is cut off")]
    Truncated,
    /// The system gives no randomness.
    #[error("no randomness")]
    NoRandomness,
}

/// A card could not be used. The clinician can act on the first three; the registration authority
/// unlocks and renews cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// The passcode is wrong.
    #[error("wrong passcode; {tries_left} tries left")]
    WrongPasscode {
        /// Tries left before the card locks.
        tries_left: u8,
    },
    /// No tries are left.
    #[error("the card is locked")]
    Locked,
    /// The certificate is no longer valid.
    #[error("the card's certificate has expired")]
    Expired,
    /// The certificate is not valid yet: the computer's clock may be wrong.
    #[error("the card's certificate is not valid yet")]
    NotYetValid,
    /// The card's file is missing, damaged, or holds no key and certificate.
    #[error("the card cannot be read")]
    Unreadable,
    /// The count of tries could not be written, so the passcode was not checked.
    #[error("the card's count of tries cannot be written")]
    CannotCount,
}

/// A sealed session could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// The passcode is not the one under which it was sealed, or it was altered.
    #[error("the session cannot be opened")]
    NotAuthentic,
    /// Its key derivation is weaker than this program accepts.
    #[error("the session's key derivation is too weak")]
    TooWeak,
    /// The key could not be derived.
    #[error("the key could not be derived")]
    Derivation,
    /// It could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Nothing can be sealed to the organisation's support.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SupportKeyError {
    /// The text holds no public key. The IT department can mend the file.
    #[error("holds no public key in PEM (BEGIN PUBLIC KEY)")]
    NotPem,
    /// The key is of another kind. The IT department can make an RSA key.
    #[error("holds a public key that is not RSA")]
    NotRsa,
    /// The key is too short. The IT department can make a longer one.
    #[error("holds an RSA key of less than 2048 bits")]
    TooShort,
    /// The sealing failed. A fault of the program.
    #[error("nothing can be sealed to the key")]
    Seal,
}
