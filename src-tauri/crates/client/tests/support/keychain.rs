//! A keychain that outlives the program, and one that refuses.

use cpis_vault::{Keychain, KeychainError, RunKeychain, Workstation, WorkstationState};
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use zeroize::Zeroizing;

/// The keychain of a computer.
#[derive(Clone)]
pub enum Chain {
    Kept(Arc<RunKeychain>),
    Refusing(KeychainError),
}

impl Chain {
    /// Opens the part that belongs to a service name.
    pub fn open(&self, service: &str) -> Result<Box<dyn Keychain>, KeychainError> {
        match self {
            Self::Kept(kept) => Ok(Box::new(Part {
                kept: kept.clone(),
                service: service.to_owned(),
            })),
            Self::Refusing(fault) => Err(*fault),
        }
    }
}

/// The part of a keychain that belongs to one service name. Making the computer's RSA key takes
/// seconds of computing, so all tests find one key there that was made before; the secret is theirs.
struct Part {
    kept: Arc<RunKeychain>,
    service: String,
}

impl Keychain for Part {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        if name == KEY.0 {
            return Ok(Some(Zeroizing::new(KEY.1.clone())));
        }
        self.kept.read(&format!("{} {name}", self.service))
    }

    fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        self.kept.write(&format!("{} {name}", self.service), secret)
    }
}

/// The name and value of the key. Each test is a process of its own, so the first one leaves it in a
/// file for the others.
static KEY: LazyLock<(String, Vec<u8>)> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join("key-of-the-workstation.json");
    if let Ok(kept) = std::fs::read(&file) {
        return serde_json::from_slice(&kept).unwrap();
    }
    let key = make_key();
    // In one step: whoever reads at the same time finds no half of it.
    let kept = tempfile::NamedTempFile::new_in(folder).unwrap();
    serde_json::to_writer(&kept, &key).unwrap();
    kept.persist(&file).unwrap();
    key
});

fn make_key() -> (String, Vec<u8>) {
    let made = Written::default();
    let folder = tempfile::tempdir().unwrap();
    Workstation::open(&made, folder.path(), WorkstationState::Fresh).unwrap();
    let written = made.0.into_inner().unwrap();
    let is_key = |(_, value): &(String, Vec<u8>)| value.len() > 32;
    written.into_iter().find(is_key).unwrap()
}

/// A keychain that shows what was written.
#[derive(Default)]
struct Written(Mutex<Vec<(String, Vec<u8>)>>);

impl Keychain for Written {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        let written = self.0.lock().unwrap();
        let found = written.iter().find(|(of, _)| of == name);
        Ok(found.map(|(_, value)| Zeroizing::new(value.clone())))
    }

    fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        let mut written = self.0.lock().unwrap();
        written.push((name.to_owned(), secret.to_vec()));
        Ok(())
    }
}
