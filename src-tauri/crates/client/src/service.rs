//! The lookup backend: its addresses and the calls that need no user.

use crate::network::{Call, Method, Network, NetworkFault, Reply};
use crate::policy::{BackendPolicy, PlanSource, is_permitted};
use cpis_fhir::is_fhir_json;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;
use url::Url;

/// A call that the backend did not answer as it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ServiceFault {
    /// There is no complete answer.
    #[error(transparent)]
    Network(#[from] NetworkFault),
    /// An answer with this status where another was needed.
    #[error("the service answered with status {0}")]
    Status(u16),
    /// The answer cannot be read.
    #[error("the service's answer cannot be read")]
    Unreadable,
    /// The service refuses the credential (OAuth `invalid_grant` or `invalid_client`).
    #[error("the service refuses the credential")]
    Refused,
    /// This computer has no credential.
    #[error("this computer is not enrolled")]
    NotEnrolled,
    /// The key could not sign.
    #[error("the key could not sign")]
    CannotSign,
}

/// The addresses that the backend publishes (OpenID Connect Discovery 1.0, section 3).
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Endpoints {
    pub token_endpoint: Url,
    pub userinfo_endpoint: Url,
    pub registration_endpoint: Option<Url>,
    pub revocation_endpoint: Option<Url>,
}

/// The answer of the token endpoint (RFC 6749 section 5.1).
#[derive(Deserialize)]
pub(crate) struct TokenAnswer {
    pub access_token: String,
    pub refresh_token: Option<String>,
    /// A number; the NHS API platform writes it as text.
    #[serde(default)]
    expires_in: serde_json::Value,
}

impl TokenAnswer {
    /// How long the access token lives, in seconds; a minute when the backend does not say.
    pub fn life_seconds(&self) -> i64 {
        let text = self.expires_in.as_str().and_then(|t| t.parse().ok());
        self.expires_in.as_i64().or(text).unwrap_or(60).max(0)
    }
}

/// The backend.
pub(crate) struct Service {
    network: Network,
    base: Url,
    client_id: String,
    source: PlanSource,
    endpoints: OnceCell<Endpoints>,
}

impl Service {
    pub fn new(network: Network, backend: &BackendPolicy) -> Self {
        Self {
            network,
            base: backend.base_url.clone(),
            client_id: backend.client_id.clone(),
            source: backend.source,
            endpoints: OnceCell::new(),
        }
    }

    pub fn network(&self) -> &Network {
        &self.network
    }

    pub fn base(&self) -> &Url {
        &self.base
    }

    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    pub fn source(&self) -> PlanSource {
        self.source
    }

    /// An address below the base. `path` is made of literals and of values that have been checked.
    pub fn address(&self, path: &str) -> Url {
        let base = self.base.as_str().trim_end_matches('/');
        Url::parse(&format!("{base}/{path}")).expect("a base address with a plain path is one")
    }

    /// Whether an address in an answer lies below the base. Others are never followed.
    pub fn is_ours(&self, url: &Url) -> bool {
        let base = self.base.as_str().trim_end_matches('/');
        url.as_str().starts_with(&format!("{base}/"))
    }

    /// The published addresses, fetched once.
    pub async fn endpoints(&self) -> Result<&Endpoints, ServiceFault> {
        let fetch = || async {
            let reply = self
                .get(self.address(".well-known/openid-configuration"))
                .await?;
            let endpoints: Endpoints = success(&reply)?;
            let all = [
                Some(&endpoints.token_endpoint),
                Some(&endpoints.userinfo_endpoint),
            ]
            .into_iter()
            .chain([
                endpoints.registration_endpoint.as_ref(),
                endpoints.revocation_endpoint.as_ref(),
            ])
            .flatten();
            // A credential must not be carried to an address that policy would not permit.
            if all.into_iter().all(is_permitted) {
                Ok(endpoints)
            } else {
                Err(ServiceFault::Unreadable)
            }
        };
        self.endpoints.get_or_try_init(fetch).await
    }

    /// Whether the register answers: its capability statement can be read.
    pub async fn is_reachable(&self) -> Result<(), ServiceFault> {
        let reply = self.get(self.address("cpis/FHIR/R4/metadata")).await?;
        let fhir = reply.content_type.as_deref().is_some_and(is_fhir_json);
        match reply.status {
            200 if fhir => cpis_fhir::read_capability_statement(&reply.body)
                .map(|_| ())
                .map_err(|_| ServiceFault::Unreadable),
            200 => Err(ServiceFault::Unreadable),
            status => Err(ServiceFault::Status(status)),
        }
    }

    /// A call to the token endpoint.
    pub async fn token(&self, form: &[(&str, &str)]) -> Result<TokenAnswer, ServiceFault> {
        let url = self.endpoints().await?.token_endpoint.clone();
        success(&self.post_form(url, form).await?)
    }

    /// Tells the backend that a token is over (RFC 7009). `Ok` when the backend knows.
    pub async fn revoke(&self, token: &str) -> Result<(), ServiceFault> {
        let Some(url) = self.endpoints().await?.revocation_endpoint.clone() else {
            return Err(ServiceFault::Status(404));
        };
        let form = [("token", token), ("client_id", self.client_id.as_str())];
        let reply = self.post_form(url, &form).await?;
        if reply.status == 200 {
            Ok(())
        } else {
            Err(ServiceFault::Status(reply.status))
        }
    }

    pub async fn get(&self, url: Url) -> Result<Reply, NetworkFault> {
        let call = Call {
            method: Method::Get,
            url,
            headers: Vec::new(),
            body: None,
        };
        self.network.call(call).await
    }

    async fn post_form(&self, url: Url, form: &[(&str, &str)]) -> Result<Reply, NetworkFault> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let body = Some(("application/x-www-form-urlencoded", body.into_bytes()));
        let headers = vec![("Accept", "application/json".to_owned())];
        self.network
            .call(Call {
                method: Method::Post,
                url,
                headers,
                body,
            })
            .await
    }
}

/// Reads the JSON of a successful answer; tells a refusal of the credential from other failures
/// (RFC 6749 section 5.2).
pub(crate) fn success<T: DeserializeOwned>(reply: &Reply) -> Result<T, ServiceFault> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    match reply.status {
        200 | 201 => serde_json::from_slice(&reply.body).map_err(|_| ServiceFault::Unreadable),
        400 | 401 => match serde_json::from_slice::<Refusal>(&reply.body) {
            Ok(refusal) if is_credential_fault(&refusal.error) => Err(ServiceFault::Refused),
            _ => Err(ServiceFault::Status(reply.status)),
        },
        status => Err(ServiceFault::Status(status)),
    }
}

fn is_credential_fault(error: &str) -> bool {
    matches!(
        error,
        "invalid_grant"
            | "invalid_client"
            | "unauthorized_client"
            | "invalid_token"
            | "access_denied"
    )
}
