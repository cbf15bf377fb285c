//! Classes somewhere else: a real training backend with a store on disk, and a service that is none.

use super::Bench;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cpis_training::{StoreLocation, TrainingBackend, TrainingOptions};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What the capability statement of a training backend carries (`cpis_fhir::system::TRAINING_EXTENSION`).
pub const MARK: &str = "urn:oid:2.25.193174709594443825969758000777962436641.9";

/// A training backend that is not the one of the bench.
pub struct Classroom {
    pub backend: TrainingBackend,
    pub location: StoreLocation,
    _folder: TempDir,
}

impl Classroom {
    pub async fn start(bench: &Bench) -> Self {
        Self::with(bench, |_| {}).await
    }

    pub async fn with(bench: &Bench, change: impl FnOnce(&mut TrainingOptions)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = StoreLocation::SqliteFile(folder.path().join("training.sqlite"));
        let mut options = TrainingOptions {
            clock: bench.clock.clone(),
            store: location.clone(),
            ..TrainingOptions::default()
        };
        change(&mut options);
        Self {
            backend: TrainingBackend::start(options).await.unwrap(),
            location,
            _folder: folder,
        }
    }

    /// Its address, as a trainer would write it on a board.
    pub fn address(&self) -> String {
        let url = self.backend.base_url();
        url.trim_start_matches("http://").to_owned()
    }

    /// Makes a class: its code.
    pub fn add(&self, name: &str) -> String {
        self.backend.add_class(name).unwrap()
    }

    /// The ids of the audit records that a class has received.
    pub async fn records(&self, code: &str) -> Vec<String> {
        let records = self.backend.audit_records_of_class(code).await.unwrap();
        records.into_iter().map(|(id, _)| id).collect()
    }

    /// How often a local authority was told in a class.
    pub async fn told(&self, code: &str) -> usize {
        let told = self.backend.notifications_of_class(code).await.unwrap();
        told.len()
    }
}

/// What somebody asked of a service.
#[derive(Debug, Clone)]
pub struct Asked {
    pub line: String,
    pub headers: HeaderMap,
}

type Statement = Arc<dyn Fn(&str) -> Response + Send + Sync>;

/// A service that answers the capability statement as told, refuses everything else, and writes down
/// what it was asked.
pub struct OtherService {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    serving: JoinHandle<()>,
}

impl OtherService {
    /// On a free port; `statement` answers the capability statement at a path.
    pub async fn start(statement: impl Fn(&str) -> Response + Send + Sync + 'static) -> Self {
        Self::at(SocketAddr::from(([127, 0, 0, 1], 0)), statement).await
    }

    pub async fn at(
        address: SocketAddr,
        statement: impl Fn(&str) -> Response + Send + Sync + 'static,
    ) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let statement: Statement = Arc::new(statement);
        let router = Router::new()
            .fallback(answer)
            .with_state((asked.clone(), statement));
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            asked,
            serving,
        }
    }

    /// Everything that it was asked, oldest first.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Nothing came but questions for the capability statement, and nothing with them.
    pub fn got_nothing(&self) {
        for Asked { line, headers } in self.asked() {
            assert!(
                line.starts_with("GET ") && line.ends_with("/metadata"),
                "{line}"
            );
            for name in ["authorization", "dpop", "cookie", "content-type"] {
                assert!(!headers.contains_key(name), "{line}: {name}");
            }
        }
    }
}

impl Drop for OtherService {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(
    State((asked, statement)): State<(Arc<Mutex<Vec<Asked>>>, Statement)>,
    request: Request<Body>,
) -> Response {
    let path = request.uri().path().to_owned();
    asked.lock().unwrap().push(Asked {
        line: format!("{} {path}", request.method()),
        headers: request.headers().clone(),
    });
    if path.ends_with("/metadata") {
        statement(&path)
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

/// A capability statement with this at its top.
pub fn statement(more: &Value) -> Response {
    let mut body = json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "kind": "instance",
        "software": { "name": "other", "version": env!("CARGO_PKG_VERSION") },
        "fhirVersion": "4.0.1",
        "format": ["json"],
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    fhir(body.to_string())
}

/// An answer in FHIR.
pub fn fhir(body: String) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/fhir+json")];
    (kind, body).into_response()
}
