//! A tap on the wire between program and backend: it keeps what passes, and can hold answers back.

use crate::PATIENCE;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The tap. Cheap to clone.
#[derive(Clone)]
pub struct Tap(Arc<Tapped>);

struct Tapped {
    address: SocketAddr,
    requests: Mutex<Vec<u8>>,
    answers: Mutex<Vec<u8>>,
    held: watch::Sender<Option<String>>,
    holds: watch::Sender<usize>,
}

impl Tap {
    /// A tap that leads to a backend.
    pub async fn to(backend: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let tap = Self(Arc::new(Tapped {
            address: listener.local_addr().unwrap(),
            requests: Mutex::default(),
            answers: Mutex::default(),
            held: watch::Sender::new(None),
            holds: watch::Sender::new(0),
        }));
        let own = tap.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(own.clone().pass(client, backend));
            }
        });
        tap
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.0.address)
    }

    /// Holds back the answers to requests for paths that begin so, from now on.
    pub fn hold(&self, path: &str) {
        self.0.held.send_replace(Some(path.to_owned()));
        self.0.holds.send_replace(0);
    }

    /// Waits until an answer is held back.
    pub async fn holds(&self) {
        let mut holds = self.0.holds.subscribe();
        let held = holds.wait_for(|held| *held > 0);
        tokio::time::timeout(PATIENCE, held).await.unwrap().unwrap();
    }

    pub fn let_go(&self) {
        self.0.held.send_replace(None);
    }

    /// The answers of the token endpoint that gave a user tokens, oldest first.
    pub fn user_tokens(&self) -> Vec<Value> {
        let answers = String::from_utf8_lossy(&self.0.answers.lock().unwrap()).into_owned();
        let bodies = answers.split('{').filter_map(|rest| {
            let body = rest.split_once('}')?.0;
            serde_json::from_str(&format!("{{{body}}}")).ok()
        });
        bodies
            .filter(|body: &Value| body["refresh_token"].is_string())
            .collect()
    }

    /// The values that a field of the forms has had.
    pub fn sent(&self, field: &str) -> Vec<String> {
        let requests = String::from_utf8_lossy(&self.0.requests.lock().unwrap()).into_owned();
        let name = format!("{field}=");
        let lines = requests.lines();
        let fields = lines.flat_map(|line| line.split('&').map(str::to_owned).collect::<Vec<_>>());
        fields
            .filter_map(|pair| pair.strip_prefix(&name).map(str::to_owned))
            // A body is not followed by a new line, but by the next request.
            .map(|value| {
                let end = value.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.%".contains(c));
                value[..end.unwrap_or(value.len())].to_owned()
            })
            .collect()
    }

    async fn pass(self, client: TcpStream, backend: SocketAddr) {
        let Ok(server) = TcpStream::connect(backend).await else {
            return;
        };
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (there, tap) = (asked.clone(), self.clone());
        let requests = tokio::spawn(async move {
            let mut piece = vec![0; 65536];
            while let Ok(length @ 1..) = from_client.read(&mut piece).await {
                tap.0.requests.lock().unwrap().extend(&piece[..length]);
                there.lock().unwrap().extend(&piece[..length]);
                if to_server.write_all(&piece[..length]).await.is_err() {
                    return;
                }
            }
        });
        let mut piece = vec![0; 65536];
        while let Ok(length @ 1..) = from_server.read(&mut piece).await {
            self.0.answers.lock().unwrap().extend(&piece[..length]);
            let request = std::mem::take(&mut *asked.lock().unwrap());
            self.wait(&String::from_utf8_lossy(&request)).await;
            if to_client.write_all(&piece[..length]).await.is_err() {
                break;
            }
        }
        requests.abort();
    }

    /// Waits while the answer to this request is held back.
    async fn wait(&self, request: &str) {
        let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut held = self.0.held.subscribe();
        let is_held = |held: &Option<String>| held.as_ref().is_some_and(|at| path.starts_with(at));
        if is_held(&held.borrow()) {
            self.0.holds.send_modify(|count| *count += 1);
        }
        // The tap holds the sender.
        let _ = held.wait_for(|held| !is_held(held)).await;
    }
}
