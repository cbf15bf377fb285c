//! A keychain in a folder, which outlives the program that is killed. For made-up secrets only: it
//! protects nothing.

use cpis_client::Keychains;
use cpis_vault::{Keychain, KeychainError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// One file for each secret.
pub struct FolderKeychain(PathBuf);

impl FolderKeychain {
    /// The keychain of a service name in a folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`KeychainError::Absent`] when it cannot be made.
    pub fn open(folder: &Path, service: &str) -> Result<Self, KeychainError> {
        let own = folder.join(service.replace(' ', "-"));
        std::fs::create_dir_all(&own).map_err(|_| KeychainError::Absent)?;
        Ok(Self(own))
    }
}

/// The keychains in a folder, by service name, as the program asks for them.
#[must_use]
pub fn in_folder(folder: &Path) -> Keychains {
    let folder = folder.to_owned();
    Arc::new(move |service: &str| {
        let keychain: Box<dyn Keychain> = Box::new(FolderKeychain::open(&folder, service)?);
        Ok(keychain)
    })
}

impl Keychain for FolderKeychain {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        match std::fs::read(self.0.join(name)) {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(_) => Err(KeychainError::Failed),
        }
    }

    /// The whole secret or none, as a real keychain does.
    fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        let written = || -> std::io::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(&self.0)?;
            file.write_all(secret)?;
            file.as_file().sync_all()?;
            file.persist(self.0.join(name)).map_err(|e| e.error)?;
            Ok(())
        };
        written().map_err(|_| KeychainError::Failed)
    }
}
