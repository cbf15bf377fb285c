//! The program `cpis-training`, from the shell.

use crate::bench::trace;
use crate::kept::Kept;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub(crate) fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_cpis-training"))
}

pub(crate) fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// A backend that is ended with the test.
pub(crate) struct Serving {
    child: Child,
    pub(crate) base: String,
    pub(crate) code: String,
    /// Where it listens, if that is not where clients reach it.
    pub(crate) listening: Option<SocketAddr>,
}

impl Serving {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = program()
            .arg("serve")
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut line = || lines.next().unwrap().unwrap();
        Self {
            base: line(),
            code: line(),
            child,
            listening: None,
        }
    }

    /// Starts one that clients reach at another address, and reads from its log where it listens.
    pub(crate) fn start_behind(arguments: &[&str]) -> Self {
        let mut child = program()
            .arg("serve")
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        let listening = loop {
            let line = log.next().unwrap_or_else(|| panic!("it ended: {said}"));
            let line = line.unwrap();
            if let Some((_, address)) = line.split_once("listening address=") {
                break address.trim().parse().unwrap();
            }
            said += &line;
        };
        // Read on, so that the program never waits for room in the pipe.
        std::thread::spawn(move || log.for_each(drop));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut line = || lines.next().unwrap().unwrap();
        Self {
            base: line(),
            code: line(),
            child,
            listening: Some(listening),
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn passcode(listed: &str, file: &str) -> String {
    let line = listed.lines().find(|l| l.starts_with(file)).unwrap();
    line.split_whitespace().nth(1).unwrap().to_owned()
}

fn sign_in(folder: &Path, passcode: &str, base: &str, more: &[&str]) -> String {
    let mut child = program()
        .args(["sign-in", "--passcode-stdin", "--url", base, "--card"])
        .arg(folder.join("emergency-dentist.p12"))
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{passcode}").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn a_card_from_one_run_signs_in_to_a_backend_from_another_and_looks() {
    let folder = tempfile::tempdir().unwrap();
    let listed = output(
        program()
            .args(["cards", "--seed", "5", "--out"])
            .arg(folder.path()),
    );
    let serving = Serving::start(&["--seed", "5"]);
    assert!(serving.base.starts_with("http://127.0.0.1:"));
    assert_eq!(serving.code.len(), 14);
    let token = sign_in(
        folder.path(),
        &passcode(&listed, "emergency-dentist"),
        &serving.base,
        &[],
    );
    let url = format!(
        "{}/cpis/FHIR/R4/CareTeam?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018",
        serving.base
    );
    let body: Value = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .get(url)
        .bearer_auth(token)
        .header("NHSD-Session-URID", "555000001021")
        .header("X-Request-ID", trace())
        .header("TraceID", trace())
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(body["total"], 1, "{body}");
}

#[test]
fn children_are_listed_with_case_number_and_date_of_birth() {
    let all = output(program().args(["children"]));
    assert!(all.lines().count() > 200);
    let first = output(program().args(["children", "--first"]));
    assert_eq!(first.lines().count(), cpis_training::Case::ALL.len() + 1);
    let line = first
        .lines()
        .find(|l| l.starts_with("999 000 0018"))
        .unwrap();
    assert!(line.ends_with("Child protection plan"), "{line}");
}

#[tokio::test]
async fn tls_and_a_file_and_codes_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let key = rcgen::KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let certificate = rcgen::CertificateParams::new(names)
        .unwrap()
        .self_signed(&key)
        .unwrap();
    std::fs::write(path("cert.pem"), certificate.pem()).unwrap();
    std::fs::write(path("key.pem"), key.serialize_pem()).unwrap();
    let kept = Kept::new().await;
    let serving = Serving::start(&[
        "--database",
        &kept.argument,
        "--tls",
        &path("cert.pem"),
        &path("key.pem"),
    ]);
    assert!(serving.base.starts_with("https://127.0.0.1:"));
    let code = output(program().args(["enrolment-code", "--database", &kept.argument]));
    assert_eq!(code.trim().len(), 14);
    assert_ne!(code.trim(), serving.code);
    let listed = output(program().args(["cards", "--out"]).arg(folder.path()));
    let token = sign_in(
        folder.path(),
        &passcode(&listed, "emergency-dentist"),
        &serving.base,
        &["--ca", &path("cert.pem")],
    );
    assert!(token.starts_with(cpis_training::TOKEN_PREFIX), "no token");
}

#[test]
fn what_cannot_be_done_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let failing = |command: &mut Command| {
        let output = command.output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = failing(program().args(["serve", "--listen", &address]));
    assert!(
        said.contains(&format!("cannot listen on {address}")),
        "{said}"
    );
    for (database, why) in [
        ("mysql://x", "sqlite:FILE"),
        ("postgres://x", "names no database"),
        ("postgres://u:hidden@x/d?wrong", "postgres://USER"),
    ] {
        let said = failing(program().args(["chains", "--database", database]));
        assert!(said.contains(why), "{said}");
    }
    output(program().args(["cards", "--out"]).arg(folder.path()));
    let said = failing(
        program()
            .args(["assertion", "--audience", "x", "--card"])
            .arg(folder.path().join("locked-card.p12"))
            .env("CPIS_TRAINING_PASSCODE", "123456"),
    );
    assert!(said.contains("the card is locked"), "{said}");
}
