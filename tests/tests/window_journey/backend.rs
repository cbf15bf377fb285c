//! The training backend as a program of its own, which can be killed.

use crate::window::program;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

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
                "7",
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
    pub fn policy(&self, cards: &Path) -> String {
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
