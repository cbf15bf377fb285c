//! One run of the program, from its start to its death.

use super::{PATIENCE, Trouble};
use crate::engine::Seat;
use crate::words::{Order, Said};
use chrono::{DateTime, FixedOffset};
use cpis_training::{Clock, SystemClock};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc;

/// A running program. Dropping it kills it.
pub struct Life {
    child: Child,
    orders: Option<ChildStdin>,
    lines: mpsc::UnboundedReceiver<String>,
    heard: Vec<Said>,
    misread: Vec<String>,
    started: DateTime<FixedOffset>,
}

/// A run that is over.
pub struct Ended {
    /// How.
    pub status: ExitStatus,
    /// Everything that the program said.
    pub heard: Vec<Said>,
    /// Lines that make no sense.
    pub misread: Vec<String>,
    /// When it was started.
    pub started: DateTime<FixedOffset>,
}

impl Life {
    /// Starts the program; `failpoint` names the place where it is to die.
    pub fn start(program: &Path, seat: &Seat, failpoint: Option<&str>) -> Result<Self, Trouble> {
        let mut command = Command::new(program);
        command
            .arg("--config")
            .arg(&seat.policy_file)
            .arg("--data-dir")
            .arg(&seat.data_folder)
            .arg("--keychain")
            .arg(&seat.keychain_folder)
            .env_remove("CPIS_FAILPOINT")
            .envs(failpoint.map(|name| ("CPIS_FAILPOINT", name)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let started = SystemClock.now();
        let mut child = command.spawn()?;
        let orders = child.stdin.take();
        let output = child.stdout.take().ok_or("the program has no output")?;
        let (sender, lines) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut output = BufReader::new(output).lines();
            while let Ok(Some(line)) = output.next_line().await {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self {
            child,
            orders,
            lines,
            heard: Vec::new(),
            misread: Vec::new(),
            started,
        })
    }

    /// Gives an order. A program that has died takes none.
    pub async fn order(&mut self, order: &Order) {
        if let Some(orders) = &mut self.orders {
            let line = format!("{order}\n");
            if orders.write_all(line.as_bytes()).await.is_err() {
                self.orders = None;
            }
        }
    }

    /// Waits until the program has said something like this, at any time in this run. `false` when
    /// it does not, because it is dead or does not come to it.
    pub async fn until(&mut self, wanted: impl Fn(&Said) -> bool) -> bool {
        self.until_so_often(1, PATIENCE, wanted).await
    }

    /// Waits until the program has said so many things like this.
    pub async fn until_so_often(
        &mut self,
        times: usize,
        patience: Duration,
        wanted: impl Fn(&Said) -> bool,
    ) -> bool {
        let heard = async {
            while self.heard.iter().filter(|said| wanted(said)).count() < times {
                match self.lines.recv().await {
                    Some(line) => self.hear(line),
                    None => return false,
                }
            }
            true
        };
        tokio::time::timeout(patience, heard).await.unwrap_or(false)
    }

    /// Waits until the program has died by itself.
    pub async fn died(mut self) -> Result<Ended, Trouble> {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        if ended.is_err() {
            self.child.start_kill()?;
        }
        self.over().await
    }

    /// Kills the program with SIGKILL.
    pub async fn kill(mut self) -> Result<Ended, Trouble> {
        self.child.start_kill()?;
        self.over().await
    }

    /// Ends the orders, and with them the program.
    pub async fn end(mut self) -> Result<Ended, Trouble> {
        self.orders = None;
        self.died().await
    }

    async fn over(mut self) -> Result<Ended, Trouble> {
        let status = self.child.wait().await?;
        while let Some(line) = self.lines.recv().await {
            self.hear(line);
        }
        Ok(Ended {
            status,
            heard: self.heard,
            misread: self.misread,
            started: self.started,
        })
    }

    fn hear(&mut self, line: String) {
        match Said::read(&line) {
            Some(said) => self.heard.push(said),
            None => self.misread.push(line),
        }
    }
}
