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
    /// The keychain holds another secret than the one that the records were sealed under: another
    /// user's keychain, or one restored from elsewhere. Nothing is opened or made. For the IT
    /// department: bring the right keychain back, or set the folder aside.
    #[error("sealed records exist, but the keychain holds another key")]
    OtherKey,
    /// The file `workstation.check` cannot be read or written, or is damaged. For the IT department:
    /// when only that file is damaged it may be removed, and is written again.
    #[error("the file workstation.check cannot be used")]
    Check,
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

/// A card could not be used. Who can act on it is said at each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// The passcode is wrong. The clinician can try again.
    #[error("wrong passcode{}", tries_left.map(|left| format!("; {left} tries left")).unwrap_or_default())]
    WrongPasscode {
        /// Tries left before the card locks. `None`: the card does not say.
        tries_left: Option<u8>,
    },
    /// No tries are left. The registration authority unlocks the card, or the clinician does so on
    /// the national self-service page.
    #[error("the card is locked")]
    Locked,
    /// The card's passcode must be changed first, or was never set. The registration authority
    /// does that.
    #[error("the card's passcode must be set first")]
    PasscodeNotSet,
    /// The certificate is no longer valid. The registration authority renews it.
    #[error("the card's certificate has expired")]
    Expired,
    /// The certificate is not valid yet: the computer's clock may be wrong. For the IT department.
    #[error("the card's certificate is not valid yet")]
    NotYetValid,
    /// The card was taken out. The clinician can put it back.
    #[error("the card was removed")]
    Removed,
    /// Entering the passcode was broken off at the reader. The clinician can try again.
    #[error("the passcode was not entered")]
    Cancelled,
    /// Another program holds the card. The clinician can close it.
    #[error("another program uses the card")]
    InUse,
    /// The card holds no certificate for signing in together with its key. For the registration
    /// authority.
    #[error("the card holds no certificate to sign in with")]
    NoCertificate,
    /// The card shows its certificates only after the passcode, and holds several to sign in with,
    /// so that nobody could choose. For the IT department.
    #[error("the card holds several certificates to sign in with")]
    SeveralCertificates,
    /// The card's key is of a kind that sign-in does not use (it takes RSA and P-256), or asks for
    /// the passcode at each signature. For the registration authority.
    #[error("the card's key cannot be used to sign in")]
    UnsupportedKey,
    /// The card is damaged, not for this computer's software, or the reader fails. The clinician
    /// can put it in again; then it is for the IT department.
    #[error("the card cannot be read")]
    Unreadable,
    /// The count of tries could not be written, so the passcode was not checked. For the IT
    /// department.
    #[error("the card's count of tries cannot be written")]
    CannotCount,
}

/// A place of cards could not be looked at. All are for the IT department.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardSourceError {
    /// There is no file at the path of the PKCS#11 module: the card's software is not installed,
    /// or the policy names another place.
    #[error("there is no PKCS#11 module at this path")]
    ModuleMissing,
    /// The file is not a PKCS#11 module of this computer's kind.
    #[error("the file is not a PKCS#11 module")]
    NotAModule,
    /// The module is there, but fails.
    #[error("the PKCS#11 module failed")]
    ModuleFailed,
    /// The folder of virtual cards cannot be read.
    #[error("the folder of cards cannot be read")]
    FolderUnreadable,
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
    /// Its key derivation asks for more than this program grants.
    #[error("the session's key derivation is too costly")]
    TooCostly,
    /// The key could not be derived.
    #[error("the key could not be derived")]
    Derivation,
    /// It could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// The session on the disk could not be kept, found or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionFileError {
    /// The file was damaged or altered; it is gone. The clinician signs in again.
    #[error("the sealed session was damaged")]
    Damaged,
    /// The session was sealed under another workstation's secret; it is set aside. The clinician
    /// signs in again; the IT department may restore the keychain.
    #[error("the sealed session belongs to another computer or keychain")]
    OtherComputer,
    /// The clock stands before the time at which the file was written. Whoever looks after the
    /// computer puts it right; then the session can be unlocked.
    #[error("the clock went backwards")]
    ClockBackwards,
    /// The file cannot be read, written or removed, or another process holds it. For the IT
    /// department.
    #[error("the sealed session cannot be read or written")]
    Disk,
}

/// A session on the disk was not unlocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnlockError {
    /// The passcode is wrong. The clinician can try again.
    #[error("wrong passcode; {tries_left} tries left")]
    WrongPasscode {
        /// Tries left before the session is destroyed.
        tries_left: u8,
    },
    /// That was the last try: the session is gone. The clinician signs in again.
    #[error("the session is destroyed")]
    Destroyed,
    /// There is none. The clinician signs in.
    #[error("there is no session")]
    NoSession,
    /// Its end has passed; it is gone. The clinician signs in again.
    #[error("the session is over")]
    Over,
    /// The file was damaged or altered; it is gone. The clinician signs in again.
    #[error("the sealed session was damaged")]
    Damaged,
    /// The session was sealed under another workstation's secret; it is set aside. The clinician
    /// signs in again; the IT department may restore the keychain.
    #[error("the sealed session belongs to another computer or keychain")]
    OtherComputer,
    /// The clock stands before the time at which the file was written. Whoever looks after the
    /// computer puts it right.
    #[error("the clock went backwards")]
    ClockBackwards,
    /// The count of tries could not be written, so the passcode was not checked. For the IT
    /// department.
    #[error("the count of tries cannot be written")]
    CannotCount,
    /// There was not the memory to check the passcode; no try was used up. The clinician can close
    /// other programs and try again.
    #[error("the passcode could not be checked")]
    CannotCheck,
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
