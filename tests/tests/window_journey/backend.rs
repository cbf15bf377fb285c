//! The training backend as a program of its own, which can be killed.

use crate::keychain;
use crate::window::program;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// The seed of its made-up people.
pub const SEED: u64 = 7;

/// Where the backend and the program of one journey keep their files.
pub struct Workplace {
    folder: TempDir,
    pub database: String,
}

impl Workplace {
    /// A workplace with virtual cards on a new computer, and a backend that knows their holders.
    pub fn new() -> (Self, Backend) {
        keychain::empty();
        let folder = tempfile::tempdir().unwrap();
        let cards = folder.path().join("cards");
        let seed = SEED.to_string();
        training(&["cards", "--seed", &seed, "--out", cards.to_str().unwrap()]);
        let backend_folder = folder.path().join("backend");
        std::fs::create_dir_all(&backend_folder).unwrap();
        let file = backend_folder.join("training.sqlite");
        let database = format!("sqlite:{}", file.display());
        let backend = Backend::serve(&own_address(), &database);
        let workplace = Self { folder, database };
        std::fs::write(workplace.path("policy.toml"), backend.policy(&cards)).unwrap();
        (workplace, backend)
    }

    /// The program's data folder.
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// The switches with which the program finds all this.
    pub fn arguments(&self) -> [String; 4] {
        let text = |name| self.path(name).display().to_string();
        let [config, data] = ["--config", "--data-dir"].map(str::to_owned);
        [config, text("policy.toml"), data, text("data")]
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// `cpis-training serve` in a process of its own.
pub struct Backend {
    process: Child,
    base_url: String,
    code: String,
}

impl Backend {
    /// Starts it and waits for its address.
    pub fn serve(listen: &str, database: &str) -> Self {
        let mut process = Command::new(training_program())
            .args([
                "serve",
                "--listen",
                listen,
                "--database",
                database,
                "--seed",
                &SEED.to_string(),
            ])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let base_url = lines.next().unwrap().unwrap();
        let code = lines.next().unwrap().unwrap();
        let code = code.rsplit(' ').next().unwrap().to_owned();
        Self {
            process,
            base_url,
            code,
        }
    }

    /// A policy file for the program.
    fn policy(&self, cards: &Path) -> String {
        format!(
            "[backend]\nbase_url = \"{}\"\nclient_id = \"cpis-check\"\nenrolment_code = \"{}\"\n\
             [session]\nsign_in = [\"test-card\"]\ntest_card_folder = \"{}\"\n",
            self.base_url,
            self.code,
            cards.display()
        )
    }

    /// Stops it as a power cut would, and says where it listened.
    pub fn stop(&mut self) -> String {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.base_url.trim_start_matches("http://").to_owned()
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An address for a backend that dies and comes back to it. Below the ports that systems give to any
/// program's connection, so that none is given it meanwhile.
fn own_address() -> String {
    let address = |port| format!("127.0.0.1:{port}");
    (20_000..32_768)
        .map(address)
        .find(|address| TcpListener::bind(address).is_ok())
        .unwrap()
}

/// Runs the backend's program for something else than serving. Returns what it printed.
pub fn training(arguments: &[&str]) -> String {
    let output = Command::new(training_program()).args(arguments).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// It is built beside the program.
fn training_program() -> PathBuf {
    program().with_file_name(format!("cpis-training{}", std::env::consts::EXE_SUFFIX))
}
