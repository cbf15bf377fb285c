//! A client that costs little: HTTP/1.1 on connections that stay open, a request after the other.

use super::Outcome;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Who is asked, as whom, about whom.
pub(super) struct Asked {
    pub(super) host: String,
    pub(super) token: String,
    /// `CareTeam` or `AuditEvent`.
    pub(super) resource: &'static str,
    pub(super) numbers: Arc<Vec<String>>,
}

/// What a round measured: the time of each request.
#[derive(Default)]
pub(super) struct Round {
    pub(super) times: Vec<Duration>,
}

impl Round {
    /// The time within which this part of the requests was answered, in milliseconds.
    pub(super) fn within(&mut self, part: f64) -> f64 {
        self.times.sort_unstable();
        let last = self.times.len().saturating_sub(1);
        let place = (last as f64 * part).round() as usize;
        self.times.get(place).map_or(0.0, Duration::as_secs_f64) * 1000.0
    }
}

/// Asks on so many connections at once, for so long.
pub(super) async fn round(
    asked: &Arc<Asked>,
    connections: usize,
    length: Duration,
) -> Outcome<Round> {
    let turn = Arc::new(AtomicUsize::new(0));
    let asking: Vec<_> = (0..connections)
        .map(|_| {
            let (asked, turn) = (Arc::clone(asked), Arc::clone(&turn));
            tokio::spawn(async move { one(&asked, &turn, length).await.map_err(|e| e.to_string()) })
        })
        .collect();
    let mut round = Round::default();
    for one in asking {
        round.times.extend(one.await??);
    }
    Ok(round)
}

async fn one(asked: &Asked, turn: &AtomicUsize, length: Duration) -> Outcome<Vec<Duration>> {
    let mut stream = TcpStream::connect(&asked.host).await?;
    stream.set_nodelay(true)?;
    let mut answer = Vec::with_capacity(64 * 1024);
    let mut times = Vec::new();
    let began = Instant::now();
    while began.elapsed() < length {
        let turn = turn.fetch_add(1, Ordering::Relaxed);
        let sent = Instant::now();
        stream.write_all(request(asked, turn).as_bytes()).await?;
        whole(&mut stream, &mut answer).await?;
        times.push(sent.elapsed());
        if !answer.starts_with(b"HTTP/1.1 200") {
            let text = String::from_utf8_lossy(&answer).into_owned();
            return Err(format!("not answered: {text}").into());
        }
    }
    Ok(times)
}

/// The body of one answer.
pub(super) async fn body(asked: &Asked) -> Outcome<Vec<u8>> {
    let mut stream = TcpStream::connect(&asked.host).await?;
    let mut answer = Vec::new();
    stream.write_all(request(asked, 0).as_bytes()).await?;
    let head = whole(&mut stream, &mut answer).await?;
    if !answer.starts_with(b"HTTP/1.1 200") {
        return Err(String::from_utf8_lossy(&answer).into());
    }
    Ok(answer.split_off(head))
}

/// Each look has a trace of its own; every second one is unscheduled.
fn request(asked: &Asked, turn: usize) -> String {
    // Far apart from one another, as children are who are looked at.
    let number = &asked.numbers[turn.wrapping_mul(7919) % asked.numbers.len()];
    format!(
        "GET /cpis/FHIR/R4/{}?patient:identifier=https://fhir.nhs.uk/Id/nhs-number%7C{number} HTTP/1.1\r\n\
         Host: {}\r\nAuthorization: Bearer {}\r\nNHSD-Session-URID: 555000001021\r\n\
         X-Request-ID: {}\r\nTraceID: {}\r\nIsUnscheduledAccessEvent: {}\r\n\r\n",
        asked.resource,
        asked.host,
        asked.token,
        uuid::Uuid::now_v7(),
        uuid::Uuid::now_v7(),
        turn.is_multiple_of(2),
    )
}

/// Reads one answer; where its body begins.
async fn whole(stream: &mut TcpStream, answer: &mut Vec<u8>) -> Outcome<usize> {
    answer.clear();
    loop {
        if stream.read_buf(answer).await? == 0 {
            return Err("the connection was closed".into());
        }
        let Some(head) = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
            continue;
        };
        let text = std::str::from_utf8(&answer[..head])?.to_ascii_lowercase();
        let length: usize = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .and_then(|value| value.trim().parse().ok())
            .ok_or("no length")?;
        let whole = head + 4 + length;
        answer.reserve(whole.saturating_sub(answer.len()));
        while answer.len() < whole {
            if stream.read_buf(answer).await? == 0 {
                return Err("the connection was closed".into());
            }
        }
        return Ok(head + 4);
    }
}
