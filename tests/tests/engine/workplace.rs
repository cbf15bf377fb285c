//! Everything outside the program: its folders, the cards, and the backend, which runs in this process
//! so that what it keeps is in another memory than the program's.

use crate::PATIENCE;
use crate::tap::Tap;
use cpis_torture::keychain::FolderKeychain;
use cpis_training::{
    Case, Clock, SystemClock, TrainingBackend, TrainingError, TrainingOptions, TrainingPatient,
    population, write_cards,
};
use cpis_vault::{Workstation, WorkstationState};
use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const SEED: u64 = 1;

/// The passcode of the card, of eight digits: six stand in a memory by chance more often.
pub const PASSCODE: &str = "71940358";
/// A wrong one.
pub const WRONG: &str = "83062517";

/// How a person signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    VirtualCard,
    Smartcard,
    Browser,
}

pub struct Workplace {
    folder: TempDir,
    pub tap: Tap,
    pub backend: TrainingBackend,
    pub child: TrainingPatient,
    /// The card's key, PKCS#8.
    pub card_key: Vec<u8>,
    /// The card's certificate and its issuers', DER.
    pub card_chain: Vec<Vec<u8>>,
    /// The number of the card's holder, and the card's own passcode at the backend.
    pub holder: (String, String),
}

impl Workplace {
    pub async fn new(way: Way) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = SystemClock.now();
        let written = write_cards(&folder.path().join("cards"), SEED, now).unwrap();
        let dentist = written.iter().find(|c| c.file_name.contains("dentist"));
        let dentist = dentist.unwrap();
        let file = folder.path().join("cards").join(&dentist.file_name);
        let card = reseal(&file, &dentist.passcode);
        let (backend, tap) = backend().await;
        let code = backend.enrolment_code();
        let policy = [
            format!("backend.base_url = '{}'", tap.url()),
            "backend.client_id = 'cpis-check'".to_owned(),
            format!("backend.enrolment_code = '{code}'"),
            match way {
                Way::VirtualCard => "session.sign_in = ['test-card']".to_owned(),
                Way::Smartcard => "session.sign_in = ['card']".to_owned(),
                Way::Browser => "session.sign_in = ['browser']".to_owned(),
            },
            match way {
                Way::VirtualCard => "session.test_card_folder = 'cards'".to_owned(),
                Way::Smartcard => format!("session.pkcs11_module = '{}'", crate::token::MODULE),
                Way::Browser => String::new(),
            },
        ];
        std::fs::write(folder.path().join("policy.toml"), policy.join("\n")).unwrap();
        let (_, chain) = card.private_key_chain().unwrap();
        Self {
            tap,
            backend,
            child: population(SEED, now.date_naive())
                .first(Case::ChildProtection)
                .clone(),
            card_key: chain.key().as_der().to_vec(),
            card_chain: chain.certs().iter().map(|c| c.as_der().to_vec()).collect(),
            holder: (dentist.user_id.clone(), dentist.passcode.clone()),
            folder,
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder of live mode.
    pub fn live(&self) -> PathBuf {
        self.path("data/live")
    }

    pub fn sealed_session(&self) -> PathBuf {
        self.live().join("session.sealed")
    }

    /// The tries left, as the file of the session has them in its 42nd byte; nobody else may look, since
    /// whoever finds none left removes the file.
    pub fn tries_on_disk(&self) -> Option<u8> {
        Some(std::fs::read(self.sealed_session()).ok()?[41])
    }

    /// What this computer mixes into every passcode.
    pub fn pepper(&self) -> [u8; 32] {
        let keychain = FolderKeychain::open(&self.path("keychain"), "CP-IS Check").unwrap();
        let opened = Workstation::open(&keychain, &self.live(), WorkstationState::InUse);
        *opened.unwrap().workstation.passcode_pepper()
    }

    /// Waits until the session is on the disk.
    pub async fn has_kept_the_session(&self) {
        let kept = async {
            while !self.sealed_session().exists() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, kept).await.unwrap();
    }

    /// Every file that the program has written, with its content. A running program replaces its files by renaming, so
    /// a name that is gone when its turn comes makes the reading begin anew.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let folders = ["data", "keychain"].map(|name| self.path(name));
        assert!(folders.iter().all(|folder| folder.is_dir()));
        loop {
            let mut files = Vec::new();
            let read = folders
                .iter()
                .try_for_each(|folder| collect(folder, &mut files));
            match read {
                Ok(()) => return files,
                Err(fault) if fault.kind() == ErrorKind::NotFound => {}
                Err(fault) => panic!("{fault}"),
            }
        }
    }
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            let content = std::fs::read(&path)?;
            files.push((path, content));
        }
    }
    Ok(())
}

/// Gives a card a passcode of eight digits.
fn reseal(file: &Path, passcode: &str) -> KeyStore {
    let bytes = std::fs::read(file).unwrap();
    let store = KeyStore::from_pkcs12(&bytes, passcode, Pkcs12ImportPolicy::Strict).unwrap();
    std::fs::write(file, store.writer(PASSCODE).write().unwrap()).unwrap();
    store
}

/// A backend behind a tap. It takes the tap's address for its own, so it must be told its port.
async fn backend() -> (TrainingBackend, Tap) {
    loop {
        let free = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let listen = free.local_addr().unwrap();
        drop(free);
        let tap = Tap::to(listen).await;
        let started = TrainingBackend::start(TrainingOptions {
            listen,
            public_url: Some(tap.url()),
            seed: SEED,
            ..TrainingOptions::default()
        });
        match started.await {
            Ok(backend) => return (backend, tap),
            // Another test has taken the port meanwhile.
            Err(TrainingError::Listen { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}
