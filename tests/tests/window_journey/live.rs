//! Live mode against a backend on another port, of which the program knows no more than its policy
//! file says.

use crate::leaks;
use crate::practice::find;
use crate::window::{Window, program};
use cpis_training::{Case, cards, population};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const SEED: u64 = 7;

#[tokio::test]
async fn live_mode_survives_its_backend() {
    let folder = tempfile::tempdir().unwrap();
    let (data, backend_folder) = (folder.path().join("data"), folder.path().join("backend"));
    let card_folder = folder.path().join("cards");
    std::fs::create_dir_all(&backend_folder).unwrap();
    let database = format!(
        "sqlite:{}",
        backend_folder.join("training.sqlite").display()
    );
    training(&[
        "cards",
        "--seed",
        "7",
        "--out",
        card_folder.to_str().unwrap(),
    ]);
    let mut backend = Backend::serve("127.0.0.1:0", &database);
    let policy = folder.path().join("policy.toml");
    std::fs::write(&policy, backend.policy(&card_folder)).unwrap();
    let population = population(SEED, leaks::today());
    let card = cards(SEED).into_iter().nth(1).unwrap();

    let arguments = [
        "--config",
        policy.to_str().unwrap(),
        "--data-dir",
        data.to_str().unwrap(),
    ];
    Window::journey("live", &arguments, async |window| {
        window.heading("Sign in").await;
        assert!(
            !window.source().await.contains("PRACTICE"),
            "nothing of practice in live mode"
        );
        window.sees("Test cards are in use").await;
        window.choose(card.file_name.trim_end_matches(".p12")).await;
        window.fill("Passcode", &card.passcode).await;
        window.press("Sign in").await;
        window.heading("Find a child").await;
        find(window, population.first(Case::UnbornChild)).await;
        window
            .heading("Unborn child protection plan in place")
            .await;
        println!(
            "Finding read from the screen: {}",
            window.read_heading().await
        );
        window.sees("Nothing to send").await;

        let second = Command::new(program()).args(arguments).status().unwrap();
        assert!(
            second.success(),
            "a second start raises the first window and ends"
        );

        let address = backend.stop();
        window.press("Find another child").await;
        window.heading("Find a child").await;
        find(window, population.first(Case::LookedAfter)).await;
        window.heading("Not checked").await;
        window.sees("1 to send").await;
        let _back = Backend::serve(&address, &database);
        window.sees("Nothing to send").await;
        window.picture().await;
    })
    .await;
    leaks::search(&data, &population, SEED);
}

/// `cpis-training serve` in a process of its own.
struct Backend {
    process: Child,
    base_url: String,
    code: String,
}

impl Backend {
    fn serve(listen: &str, database: &str) -> Self {
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
    fn stop(&mut self) -> String {
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

fn training(arguments: &[&str]) {
    let status = Command::new(training_program())
        .args(arguments)
        .stdout(Stdio::null())
        .status();
    assert!(status.unwrap().success());
}

/// It is built beside the program.
fn training_program() -> PathBuf {
    program().with_file_name(format!("cpis-training{}", std::env::consts::EXE_SUFFIX))
}
