//! A wire to listen on: a reverse proxy between the program and the backend that keeps every
//! request, and that can give an answer of its own.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// One request as it went over the wire.
#[derive(Clone)]
pub struct Recorded {
    pub method: String,
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Recorded {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// Changes an answer on its way.
type Amendment = Box<dyn FnMut(&mut serde_json::Value) + Send>;

/// The wire. Cheap to clone.
#[derive(Clone)]
pub struct Wire(Arc<Tapped>);

struct Tapped {
    address: SocketAddr,
    target: OnceLock<SocketAddr>,
    client: reqwest::Client,
    requests: Mutex<Vec<Recorded>>,
    secrets: Mutex<Vec<String>>,
    answers: Mutex<Vec<(String, serde_json::Value)>>,
    canned: Mutex<Vec<(String, String)>>,
    amendments: Mutex<Vec<(String, Amendment)>>,
    held: watch::Sender<Option<String>>,
    answered: watch::Sender<Vec<String>>,
}

impl Wire {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        // Whoever is sent elsewhere goes there by themselves.
        let none = reqwest::redirect::Policy::none();
        // A connection kept for later may be closed by the other side just when a call takes it.
        let client = reqwest::Client::builder().no_proxy().redirect(none);
        let client = client.pool_max_idle_per_host(0);
        let tapped = Tapped {
            address: listener.local_addr().unwrap(),
            target: OnceLock::new(),
            client: client.build().unwrap(),
            requests: Mutex::default(),
            secrets: Mutex::default(),
            answers: Mutex::default(),
            canned: Mutex::default(),
            amendments: Mutex::default(),
            held: watch::Sender::new(None),
            answered: watch::Sender::default(),
        };
        let wire = Self(Arc::new(tapped));
        let router = Router::new().fallback(pass).with_state(wire.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        wire
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.0.address)
    }

    /// Where requests go.
    pub fn lead_to(&self, target: SocketAddr) {
        self.0.target.set(target).unwrap();
    }

    /// The requests so far whose path begins so.
    pub fn requests(&self, path: &str) -> Vec<Recorded> {
        let requests = self.0.requests.lock().unwrap();
        let fits = requests.iter().filter(|r| r.path.starts_with(path));
        fits.cloned().collect()
    }

    /// The backend's JSON answers so far to requests whose path begins so.
    pub fn answers(&self, path: &str) -> Vec<serde_json::Value> {
        let answers = self.0.answers.lock().unwrap();
        let fits = answers.iter().filter(|(to, _)| to.starts_with(path));
        fits.map(|(_, answer)| answer.clone()).collect()
    }

    /// Every token that the backend gave out.
    pub fn tokens(&self) -> Vec<String> {
        self.0.secrets.lock().unwrap().clone()
    }

    /// Answers requests to this path with this FHIR body from now on.
    pub fn answer(&self, path: &str, body: &serde_json::Value) {
        let mut canned = self.0.canned.lock().unwrap();
        canned.push((path.to_owned(), body.to_string()));
    }

    /// Changes the backend's JSON answers to requests for this path from now on.
    #[allow(dead_code, reason = "only some of the tests change answers")]
    pub fn amend(&self, path: &str, change: impl FnMut(&mut serde_json::Value) + Send + 'static) {
        let mut amendments = self.0.amendments.lock().unwrap();
        amendments.push((path.to_owned(), Box::new(change)));
    }

    /// Keeps the answers to requests whose path begins so until [`Wire::let_go`].
    pub fn hold(&self, path: &str) {
        self.0.held.send_replace(Some(path.to_owned()));
    }

    pub fn let_go(&self) {
        self.0.held.send_replace(None);
    }

    /// Waits until so many requests whose path begins so have come.
    pub async fn came(&self, path: &str, count: usize) {
        let came = async {
            while self.requests(path).len() < count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(super::PATIENCE, came).await.unwrap();
    }

    /// Waits until the backend has answered so many requests whose path begins so.
    #[allow(dead_code, reason = "only some of the tests wait for answers")]
    pub async fn answered(&self, path: &str, count: usize) {
        let mut answered = self.0.answered.subscribe();
        let enough =
            |paths: &Vec<String>| paths.iter().filter(|at| at.starts_with(path)).count() >= count;
        let wait = tokio::time::timeout(super::PATIENCE, answered.wait_for(enough));
        wait.await.unwrap().unwrap();
    }

    /// Passes everything on again.
    pub fn pass_on(&self) {
        self.0.canned.lock().unwrap().clear();
        self.0.amendments.lock().unwrap().clear();
    }

    fn amended(&self, path: &str, body: Vec<u8>) -> Vec<u8> {
        let mut amendments = self.0.amendments.lock().unwrap();
        let mut fitting = amendments.iter_mut().filter(|(at, _)| at == path);
        let (Some((_, change)), Ok(mut answer)) = (fitting.next(), serde_json::from_slice(&body))
        else {
            return body;
        };
        change(&mut answer);
        answer.to_string().into_bytes()
    }

    fn canned(&self, path: &str) -> Option<String> {
        let canned = self.0.canned.lock().unwrap();
        let found = canned
            .iter()
            .rev()
            .find(|(at, _)| path.starts_with(at.as_str()));
        found.map(|(_, body)| body.clone())
    }
}

async fn pass(State(wire): State<Wire>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.to_string();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let recorded = Recorded {
        method: parts.method.to_string(),
        path: path.clone(),
        headers: parts.headers.clone(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    wire.0.requests.lock().unwrap().push(recorded);
    if let Some(canned) = wire.canned(&path) {
        return ([(header::CONTENT_TYPE, "application/fhir+json")], canned).into_response();
    }
    let mut headers = parts.headers;
    for own in [header::HOST, header::CONTENT_LENGTH] {
        headers.remove(own);
    }
    let target = wire.0.target.get().unwrap();
    let passed = wire
        .0
        .client
        .request(parts.method, format!("http://{target}{path}"))
        .headers(headers)
        .body(body);
    let Ok(answer) = passed.send().await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    for own in [header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
        headers.remove(own);
    }
    let body = wire.amended(&path, answer.bytes().await.unwrap().to_vec());
    let mut held = wire.0.held.subscribe();
    let free = |held: &Option<String>| !held.as_ref().is_some_and(|at| path.starts_with(at));
    held.wait_for(free).await.unwrap();
    keep(&wire, &path, &body);
    wire.0.answered.send_modify(|paths| paths.push(path));
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

fn keep(wire: &Wire, path: &str, body: &[u8]) {
    let Ok(answer) = serde_json::from_slice::<serde_json::Value>(body) else {
        return;
    };
    let tokens = ["access_token", "refresh_token"].map(|name| answer[name].as_str());
    let mut secrets = wire.0.secrets.lock().unwrap();
    secrets.extend(tokens.into_iter().flatten().map(str::to_owned));
    wire.0
        .answers
        .lock()
        .unwrap()
        .push((path.to_owned(), answer));
}
