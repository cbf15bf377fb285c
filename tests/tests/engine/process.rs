//! The engine in a process, and a person at it.

use crate::PATIENCE;
use crate::memory::Memory;
use crate::workplace::{PASSCODE, Way, Workplace};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use tokio::sync::mpsc;
use url::Url;

const PROGRAM: &str = env!("CARGO_BIN_EXE_engine");

/// A running engine. Dropping it kills it.
pub struct Engine {
    child: Child,
    input: Option<ChildStdin>,
    said: mpsc::UnboundedReceiver<String>,
    screen: Value,
    waiting: Value,
    /// Everything that it has said.
    pub lines: Vec<String>,
    pub memory: Memory,
}

impl Engine {
    pub fn start(workplace: &Workplace) -> Self {
        Self::start_with(workplace, None)
    }

    /// The same; it stops for good once a try is counted on the disk, and makes this file.
    pub fn start_with(workplace: &Workplace, stop_when_counted: Option<&Path>) -> Self {
        let mut command = Command::new(PROGRAM);
        command.envs(stop_when_counted.map(|file| ("CPIS_STOP_WHEN_COUNTED", file)));
        Self::launch(command, workplace)
    }

    /// The same; each connection that it asks the kernel for is written down in a file.
    pub fn traced(workplace: &Workplace, file: &Path) -> Self {
        let mut command = Command::new("strace");
        command
            .args(["-f", "-qq", "-yy", "--seccomp-bpf", "-o"])
            .arg(file)
            .args(["-e", "trace=connect,sendto,sendmsg,sendmmsg", PROGRAM]);
        Self::launch(command, workplace)
    }

    fn launch(mut command: Command, workplace: &Workplace) -> Self {
        let mut child = command
            .arg("--config")
            .arg(workplace.path("policy.toml"))
            .arg("--data-dir")
            .arg(workplace.path("data"))
            .arg("--keychain")
            .arg(workplace.path("keychain"))
            .env("SOFTHSM2_CONF", workplace.path("softhsm2.conf"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // Before it hardens itself, which it does at the first line.
        let memory = Memory::of(child.id());
        let mut input = child.stdin.take().unwrap();
        input.write_all(b"\n").unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (tell, said) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            input: Some(input),
            said,
            screen: Value::Null,
            waiting: Value::Null,
            lines: Vec::new(),
            memory,
        }
    }

    /// Hands in a command.
    pub fn order(&mut self, name: &str, arguments: &Value) {
        self.input
            .as_mut()
            .unwrap()
            .write_all(format!("{name} {arguments}\n").as_bytes())
            .unwrap();
    }

    /// Waits for a screen, from the present one on.
    pub async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        let found = async {
            while !wanted(&self.screen) {
                let line = self.said.recv().await.expect("the engine has died");
                self.hear(line);
            }
        };
        let found = tokio::time::timeout(PATIENCE, found).await;
        assert!(found.is_ok(), "waited for another screen: {}", self.screen);
        self.screen.clone()
    }

    /// Waits for a kind of screen at which nothing is under way.
    pub async fn rests_at(&mut self, kind: &str) -> Value {
        self.until(|screen| screen["kind"] == kind && screen["busy"] != true)
            .await
    }

    /// Waits until the browser is sent out.
    pub async fn page(&mut self) -> Url {
        let page = async {
            loop {
                let line = self.said.recv().await.expect("the engine has died");
                if let Some(page) = line.strip_prefix("page ") {
                    return serde_json::from_str(page).unwrap();
                }
                self.hear(line);
            }
        };
        tokio::time::timeout(PATIENCE, page).await.unwrap()
    }

    /// Signs in with the only smartcard, or the dentist's virtual card.
    pub async fn sign_in_with_card(&mut self, way: Way) {
        let usable = |screen: &Value| {
            let mut cards = screen["cards"].as_array().into_iter().flatten();
            let is_it = |card: &&Value| way == Way::Smartcard || card["id"] == "emergency-dentist";
            cards.find(is_it).cloned()
        };
        let screen = self.until(|screen| usable(screen).is_some()).await;
        let card = usable(&screen).unwrap()["id"].clone();
        self.order("sign_in", &json!({ "card": card, "passcode": PASSCODE }));
    }

    /// Types a passcode at the lock and waits for what comes of it.
    pub async fn unlock(&mut self, passcode: &str) -> Value {
        self.order("unlock", &json!({ "passcode": passcode }));
        // The answer to the command itself: from now on the screen is of this try.
        self.until(|screen| screen["busy"] == true || screen["kind"] != "locked")
            .await;
        self.until(|screen| screen["busy"] != true).await
    }

    /// Waits until no record waits to be sent.
    pub async fn sent(&mut self) {
        let sent = async {
            while self.waiting != 0 {
                let line = self.said.recv().await.expect("the engine has died");
                self.hear(line);
            }
        };
        tokio::time::timeout(PATIENCE, sent).await.unwrap();
    }

    /// What a look ended in.
    pub async fn look(&mut self, workplace: &Workplace) -> Value {
        let child = &workplace.child;
        self.order(
            "find_child",
            &json!({
                "nhsNumber": child.nhs_number.digits(),
                "day": child.birth_date.format("%-d").to_string(),
                "month": child.birth_date.format("%-m").to_string(),
                "year": child.birth_date.format("%Y").to_string(),
            }),
        );
        self.rests_at("result").await
    }

    /// Nobody hands in anything any more: it stops by itself.
    pub async fn end(mut self) {
        drop(self.input.take());
        while self.said.recv().await.is_some() {}
        assert!(self.child.wait().unwrap().success());
    }

    /// SIGKILL, and everything that it has said before.
    pub async fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        while let Some(line) = self.said.recv().await {
            self.hear(line);
        }
        std::mem::take(&mut self.lines)
    }

    fn hear(&mut self, line: String) {
        if let Some(view) = line.strip_prefix("view ") {
            let mut view: Value = serde_json::from_str(view).unwrap();
            self.screen = view["screen"].take();
            self.waiting = view["toSend"]["waiting"].take();
        }
        self.lines.push(line);
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
