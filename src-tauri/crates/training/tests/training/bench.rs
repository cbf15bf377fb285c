//! A started backend with a clock moved by hand, and the calls that tests make.

use crate::kept::{self, Kept};
use crate::keys::{WorkstationKey, card};
use chrono::{DateTime, FixedOffset, TimeDelta};
use cpis_record::NhsNumber;
use cpis_training::{
    Case, Clock, Population, StoreLocation, TrainingBackend, TrainingOptions, population,
};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
pub(crate) const CLIENT: &str = "cpis-check";

/// A clock that stands still until it is moved.
pub(crate) struct HandClock(Mutex<DateTime<FixedOffset>>);

impl HandClock {
    pub(crate) fn move_on(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for HandClock {
    fn now(&self) -> DateTime<FixedOffset> {
        *self.0.lock().unwrap()
    }
}

/// The moment at which every test begins.
pub(crate) fn beginning() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-11-22T09:30:00+00:00").unwrap()
}

/// A person and a role to look in.
#[derive(Clone, Copy)]
pub(crate) struct Who {
    pub(crate) card: &'static str,
    pub(crate) role: &'static str,
}

pub(crate) const DENTIST: Who = Who {
    card: "emergency-dentist",
    role: "555000001021",
};
pub(crate) const NURSE: Who = Who {
    card: "dental-nurse",
    role: "555000001031",
};
pub(crate) const RECEPTIONIST: Who = Who {
    card: "receptionist",
    role: "555000001041",
};
pub(crate) const CLINIC: Who = Who {
    card: "community-paediatrician",
    role: "555000001011",
};
pub(crate) const ON_CALL: Who = Who {
    card: "community-paediatrician",
    role: "555000001012",
};

/// A person who signed in.
#[derive(Clone)]
pub(crate) struct SignedIn {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) role: &'static str,
}

pub(crate) struct Bench {
    pub(crate) backend: TrainingBackend,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) client: reqwest::Client,
    pub(crate) base: String,
    pub(crate) people: Population,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// A backend whose store outlives it.
    pub(crate) async fn on(kept: &Kept) -> Self {
        Self::start_with(|o| o.store = kept.location.clone()).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut TrainingOptions)) -> Self {
        let clock = Arc::new(HandClock(Mutex::new(beginning())));
        let mut options = TrainingOptions {
            clock: clock.clone(),
            ..TrainingOptions::default()
        };
        change(&mut options);
        if options.store == StoreLocation::Memory {
            options.store = kept::in_short().await;
        }
        let people = population(options.seed, beginning().date_naive());
        let backend = TrainingBackend::start(options).await.unwrap();
        Self {
            base: backend.base_url(),
            backend,
            clock,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            people,
        }
    }

    pub(crate) fn token_endpoint(&self) -> String {
        format!("{}/oauth2/token", self.base)
    }

    pub(crate) async fn token(&self, form: &[(&str, &str)]) -> (StatusCode, Value) {
        let response = self
            .client
            .post(self.token_endpoint())
            .form(form)
            .send()
            .await
            .unwrap();
        assert_eq!(response.headers()["cache-control"], "no-store");
        (response.status(), response.json().await.unwrap())
    }

    pub(crate) async fn present(&self, assertion: &str) -> (StatusCode, Value) {
        let form = [
            ("grant_type", JWT_BEARER),
            ("client_id", CLIENT),
            ("assertion", assertion),
        ];
        self.token(&form).await
    }

    pub(crate) async fn sign_in(&self, who: Who) -> SignedIn {
        let assertion = card(who.card).assertion(&self.token_endpoint(), self.clock.now());
        let (status, tokens) = self.present(&assertion).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
        SignedIn {
            access: text("access_token"),
            refresh: text("refresh_token"),
            role: who.role,
        }
    }

    /// A call by somebody signed in, with the headers that every call has.
    pub(crate) fn get(&self, user: &SignedIn, path: &str) -> RequestBuilder {
        self.client
            .request(Method::GET, format!("{}{path}", self.base))
            .bearer_auth(&user.access)
            .header("X-Request-ID", Uuid::new_v4().to_string())
            .header("NHSD-Session-URID", user.role)
    }

    /// A call on CP-IS.
    pub(crate) fn look(
        &self,
        user: &SignedIn,
        kind: &str,
        whom: &NhsNumber,
        trace: &str,
        unscheduled: bool,
    ) -> RequestBuilder {
        self.get(user, &cpis(kind, whom))
            .header("TraceID", trace)
            .header("IsUnscheduledAccessEvent", unscheduled.to_string())
    }

    pub(crate) async fn plans(
        &self,
        user: &SignedIn,
        whom: &NhsNumber,
        trace: &str,
        unscheduled: bool,
    ) -> Value {
        found(self.look(user, "CareTeam", whom, trace, unscheduled)).await
    }

    pub(crate) async fn history(
        &self,
        user: &SignedIn,
        whom: &NhsNumber,
        trace: &str,
        unscheduled: bool,
    ) -> Value {
        found(self.look(user, "AuditEvent", whom, trace, unscheduled)).await
    }

    pub(crate) fn number(&self, case: Case) -> NhsNumber {
        self.people.first(case).nhs_number.clone()
    }

    /// Enrols a workstation and fetches a token for it.
    pub(crate) async fn workstation(&self) -> String {
        let key = WorkstationKey::generate();
        let client_id = self.enrol(&key).await;
        let (status, answer) = self
            .workstation_token(&key.assertion(&client_id, &self.token_endpoint(), self.clock.now()))
            .await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn enrol(&self, key: &WorkstationKey) -> String {
        let code = self.backend.enrolment_code();
        let (status, answer) = self.register(&code, &key.metadata()).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        answer["client_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn register(&self, code: &str, metadata: &Value) -> (StatusCode, Value) {
        let url = format!("{}/oauth2/register", self.base);
        let response = self
            .client
            .post(url)
            .bearer_auth(code)
            .json(metadata)
            .send()
            .await
            .unwrap();
        (response.status(), response.json().await.unwrap())
    }

    pub(crate) async fn workstation_token(&self, assertion: &str) -> (StatusCode, Value) {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion),
        ];
        self.token(&form).await
    }

    /// Puts an audit record.
    pub(crate) async fn put_audit(&self, token: &str, id: &str, record: &Value) -> Response {
        self.client
            .put(format!("{}/audit/FHIR/R4/AuditEvent/{id}", self.base))
            .bearer_auth(token)
            .header("Content-Type", "application/fhir+json")
            .body(record.to_string())
            .send()
            .await
            .unwrap()
    }

    /// A body without what differs from run to run: the port.
    pub(crate) fn stable(&self, body: &Value) -> Value {
        serde_json::from_str(&body.to_string().replace(&self.base, "http://backend")).unwrap()
    }
}

/// The path and query of a search on CP-IS.
pub(crate) fn cpis(kind: &str, whom: &NhsNumber) -> String {
    format!(
        "/cpis/FHIR/R4/{kind}?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|{}",
        whom.digits()
    )
}

pub(crate) fn trace() -> String {
    Uuid::now_v7().to_string()
}

/// A FHIR answer with status 200.
pub(crate) async fn found(request: RequestBuilder) -> Value {
    let (status, body) = answer(request).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

/// A FHIR answer.
pub(crate) async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/fhir+json");
    assert_eq!(response.headers()["cache-control"], "no-store");
    (response.status(), response.json().await.unwrap())
}

/// Asserts a refusal: status, code, and the diagnostics.
pub(crate) async fn refused(request: RequestBuilder, status: u16, code: &str, diagnostics: &str) {
    let (given, body) = answer(request).await;
    let issue = &body["issue"][0];
    assert_eq!(given.as_u16(), status, "{body}");
    assert_eq!(body["resourceType"], "OperationOutcome");
    assert_eq!(issue["severity"], "error");
    assert_eq!(issue["details"]["coding"][0]["code"], code, "{body}");
    assert_eq!(issue["diagnostics"], diagnostics, "{body}");
}
