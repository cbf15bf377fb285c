//! How fast the audit trail is, as ratios against a bare reference measured in the same run.
//!
//! Each figure is the reference's time divided by ours: 1 is as fast, 0.5 is half as fast.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring tool reads the clock and speaks to its terminal"
)]

use clap::Parser;
use cpis_audit::{
    Answer, AuditOutcome, AuditTrail, Audited, Capacity, Clock, Counts, Delivery, EntryAnswer,
    Ledger, LedgerOptions, OutgoingRecord, Pace, Protection, Sealed, Sender, Step,
};
use cpis_torture::keys::TortureKeys;
use cpis_torture::traffic::{look, options};
use rusqlite::{Connection, params};
use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error>>;

#[derive(Parser)]
#[command(about = "Measure the audit trail against bare references")]
struct Arguments {
    /// How many records wait, in the rows of the table.
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000")]
    waiting: Vec<u64>,
    /// Looks for the durable append.
    #[arg(long, default_value_t = 3000)]
    looks: u64,
    /// Records to drain.
    #[arg(long, default_value_t = 10_000)]
    drain: u64,
    /// A folder in memory, where rows are made ready without waiting for a disk.
    #[arg(long, default_value = "/dev/shm")]
    memory: PathBuf,
    /// A folder on the disk that is measured.
    #[arg(long, default_value = "target")]
    disk: PathBuf,
}

struct Shown;

impl Audited for Shown {
    fn outcome(&self) -> AuditOutcome {
        AuditOutcome::Shown
    }
}

struct Real;

impl Clock for Real {
    fn now(&self) -> chrono::DateTime<chrono::FixedOffset> {
        chrono::Local::now().fixed_offset()
    }
}

fn main() -> Outcome<()> {
    let arguments = Arguments::parse();
    let keys: Arc<dyn Protection> = Arc::new(TortureKeys::new()?);
    append(&arguments, &keys)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(drain(&arguments, &keys))?;
    println!("waiting      open    append  lease+settle   peak memory");
    for waiting in &arguments.waiting {
        with_many_waiting(*waiting, &arguments, &keys)?;
    }
    Ok(())
}

fn large(folder: &Path, keys: &Arc<dyn Protection>) -> LedgerOptions {
    LedgerOptions {
        capacity: Capacity(u32::MAX),
        pace: Pace(Duration::ZERO),
        ..options(folder, keys.clone())
    }
}

fn see(ledger: &mut Ledger, number: u64) -> Outcome<()> {
    let attempt = ledger.begin(&look(number, Real.now()))?;
    let sealed = Sealed::new(&attempt, Shown);
    let _receipt = ledger.conclude(attempt, &sealed)?;
    Ok(())
}

/// A look is two durable writes. The reference writes the same bytes with the same settings, in two
/// commits, and does nothing else. Both are measured in turns, so that a slow moment of the disk is
/// shared.
fn append(arguments: &Arguments, keys: &Arc<dyn Protection>) -> Outcome<()> {
    let folder = tempfile::tempdir_in(&arguments.disk)?;
    let ours = folder.path().join("ours");
    let (mut ledger, _) = Ledger::open(large(&ours, keys), Real.now())?;
    see(&mut ledger, u64::MAX >> 16)?;
    let (first, second) = bodies(&ours.join("audit.sqlite"))?;

    let bare = Connection::open(folder.path().join("bare.sqlite"))?;
    bare.pragma_update(None, "journal_mode", "WAL")?;
    bare.pragma_update(None, "synchronous", "FULL")?;
    bare.pragma_update(None, "secure_delete", true)?;
    bare.execute_batch(
        "CREATE TABLE record (number INTEGER PRIMARY KEY, id TEXT UNIQUE, state TEXT, body BLOB)",
    )?;
    let (mut us, mut reference) = (Duration::ZERO, Duration::ZERO);
    for number in 0..arguments.looks {
        let begun = Instant::now();
        see(&mut ledger, number)?;
        us += begun.elapsed();
        let begun = Instant::now();
        let id = format!("0198f000-0000-7000-8000-{number:012x}");
        bare.execute(
            "INSERT INTO record (id, state, body) VALUES (?1, 'attempted', ?2)",
            params![id, vec![0u8; first]],
        )?;
        bare.execute(
            "UPDATE record SET state = 'waiting', body = ?2 WHERE id = ?1",
            params![id, vec![0u8; second]],
        )?;
        reference += begun.elapsed();
    }
    println!(
        "durable append    {:6.1} µs a look, bare {:6.1} µs, ratio {:.2}",
        micros(us, arguments.looks),
        micros(reference, arguments.looks),
        reference.as_secs_f64() / us.as_secs_f64()
    );
    Ok(())
}

/// How many bytes the first and the second write of a look are.
fn bodies(file: &Path) -> Outcome<(usize, usize)> {
    let connection = Connection::open(file)?;
    let second: u32 =
        connection.query_row("SELECT length(sealed) FROM body", [], |row| row.get(0))?;
    let second = usize::try_from(second)?;
    Ok((second / 3, second))
}

/// Draining against a bare loop that posts the same batches to the same backend.
async fn drain(arguments: &Arguments, keys: &Arc<dyn Protection>) -> Outcome<()> {
    let base = serve().await?;
    let memory = tempfile::tempdir_in(&arguments.memory)?;
    let disk = tempfile::tempdir_in(&arguments.disk)?;
    fill(memory.path(), keys, arguments.drain)?;
    copy(memory.path(), disk.path())?;

    let loopback = Loopback {
        client: reqwest::Client::new(),
        base,
        batches: Mutex::default(),
    };
    let delivery = Arc::new(loopback);
    let (trail, _) = AuditTrail::open(large(disk.path(), keys), Arc::new(Real))?;
    let mut changes = trail.changes();
    let sender = Sender::new(trail.clone(), delivery.clone(), Arc::new(Real));
    let begun = Instant::now();
    let sending = tokio::spawn(sender.run());
    while trail.counts().await? != sent(arguments.drain) {
        changes.changed().await?;
    }
    let us = begun.elapsed();
    sending.abort();

    let batches = std::mem::take(&mut *delivery.batches.lock().map_err(|_| "poisoned")?);
    let posted: usize = batches.len();
    let begun = Instant::now();
    for batch in batches {
        delivery.post(batch).await;
    }
    let reference = begun.elapsed();
    println!(
        "draining          {:6.1} µs a record, bare {:6.1} µs in {posted} calls, ratio {:.2}",
        micros(us, arguments.drain),
        micros(reference, arguments.drain),
        reference.as_secs_f64() / us.as_secs_f64()
    );
    Ok(())
}

fn sent(records: u64) -> Counts {
    Counts {
        sent: u32::try_from(records).unwrap_or(u32::MAX),
        ..Counts::default()
    }
}

/// Opening, appending and sending while many records wait.
fn with_many_waiting(
    waiting: u64,
    arguments: &Arguments,
    keys: &Arc<dyn Protection>,
) -> Outcome<()> {
    const ROUNDS: u64 = 300;
    let memory = tempfile::tempdir_in(&arguments.memory)?;
    let disk = tempfile::tempdir_in(&arguments.disk)?;
    fill(memory.path(), keys, waiting)?;
    copy(memory.path(), disk.path())?;
    drop(memory);

    let begun = Instant::now();
    let (mut ledger, _) = Ledger::open(large(disk.path(), keys), Real.now())?;
    let open = begun.elapsed();

    let begun = Instant::now();
    for number in 0..ROUNDS {
        see(&mut ledger, waiting + number)?;
    }
    let append = begun.elapsed();

    let mut settled = 0;
    let begun = Instant::now();
    while settled < ROUNDS {
        let Step::Send(records) = ledger.step(Real.now(), true)? else {
            continue;
        };
        settled += records.len() as u64;
        ledger.answered(&accepted(&records), Real.now())?;
    }
    let send = begun.elapsed();
    println!(
        "{waiting:7} {:7.1} ms {:6.1} µs {:10.1} µs {:10} KiB",
        open.as_secs_f64() * 1000.0,
        micros(append, ROUNDS),
        micros(send, settled),
        peak_memory()
    );
    Ok(())
}

fn fill(folder: &Path, keys: &Arc<dyn Protection>, records: u64) -> Outcome<()> {
    let (mut ledger, _) = Ledger::open(large(folder, keys), Real.now())?;
    for number in 0..records {
        see(&mut ledger, number)?;
    }
    Ok(())
}

/// Copies a ledger and waits until the copy is on the disk: otherwise the first flush that is measured
/// would write it.
fn copy(from: &Path, to: &Path) -> Outcome<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let copy = to.join(entry.file_name());
        std::fs::copy(entry.path(), &copy)?;
        std::fs::File::open(&copy)?.sync_all()?;
    }
    Ok(())
}

/// A backend in memory, on a loopback port: it keeps each record by its id.
async fn serve() -> Outcome<String> {
    let kept: Arc<Mutex<HashMap<String, String>>> = Arc::default();
    let answer = move |body: String| {
        let kept = kept.clone();
        async move {
            let batch: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
            let entries = batch.as_array().cloned().unwrap_or_default();
            let ids: Vec<String> = entries
                .iter()
                .map(|event| event["id"].as_str().unwrap_or_default().to_owned())
                .collect();
            if let Ok(mut kept) = kept.lock() {
                for (id, event) in ids.iter().zip(&entries) {
                    kept.insert(id.clone(), event.to_string());
                }
            }
            ids.join("\n")
        }
    };
    let app = axum::Router::new().route("/", axum::routing::post(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}/", listener.local_addr()?);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        if let Ok(runtime) = runtime {
            let _ = runtime.block_on(async {
                let listener = listener.into_std()?;
                let listener = tokio::net::TcpListener::from_std(listener)?;
                axum::serve(listener, app).await
            });
        }
    });
    Ok(base)
}

struct Loopback {
    client: reqwest::Client,
    base: String,
    /// What was posted, for the reference.
    batches: Mutex<Vec<String>>,
}

impl Loopback {
    async fn post(&self, body: String) -> Option<String> {
        let call = self.client.post(&self.base).body(body).send();
        call.await.ok()?.text().await.ok()
    }
}

#[async_trait::async_trait]
impl Delivery for Loopback {
    async fn is_ready(&self) -> bool {
        true
    }

    async fn renew(&self) -> Result<(), Answer> {
        Ok(())
    }

    async fn deliver(&self, records: &[OutgoingRecord]) -> Answer {
        let bodies: Vec<&str> = records.iter().map(|record| record.body.as_str()).collect();
        let body = format!("[{}]", bodies.join(","));
        if let Ok(mut batches) = self.batches.lock() {
            batches.push(body.clone());
        }
        match self.post(body).await {
            Some(answer) if answer.lines().count() == records.len() => accepted(records),
            _ => Answer::Lost,
        }
    }
}

fn accepted(records: &[OutgoingRecord]) -> Answer {
    let entry = |record: &OutgoingRecord| EntryAnswer {
        status: 201,
        location: Some(format!("AuditEvent/{}/_history/1", record.id)),
    };
    Answer::Entries(records.iter().map(entry).collect())
}

fn micros(time: Duration, count: u64) -> f64 {
    time.as_secs_f64() * 1e6 / count.max(1) as f64
}

/// The most memory that this process has held, in KiB; 0 where the system does not say.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0)
}
