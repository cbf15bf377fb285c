//! The lookup backend: its addresses and the calls that need no user.

use crate::dpop::{self, Binding};
use crate::network::{Call, Method, Network, NetworkFault, Reply};
use crate::object::Object;
use crate::policy::{BackendPolicy, PlanSource, is_permitted};
use cpis_fhir::{CapabilityStatement, is_fhir_json};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::OnceCell;
use url::Url;
use zeroize::Zeroizing;

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
    /// Whoever answers is no training backend, and this is practice (invariant I8). Nothing was sent.
    #[error("the service is no training backend")]
    NotTraining,
    /// This computer has no credential.
    #[error("this computer is not enrolled")]
    NotEnrolled,
    /// The key could not sign.
    #[error("the key could not sign")]
    CannotSign,
}

/// What the backend publishes about itself (OpenID Connect Discovery 1.0, section 3).
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Endpoints {
    #[serde(default)]
    pub issuer: String,
    pub token_endpoint: Url,
    pub userinfo_endpoint: Url,
    pub authorization_endpoint: Option<Url>,
    pub jwks_uri: Option<Url>,
    pub registration_endpoint: Option<Url>,
    pub revocation_endpoint: Option<Url>,
    /// Whether an answer to the browser always names the issuer (RFC 9207 section 3).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
    #[serde(default)]
    dpop_signing_alg_values_supported: Vec<String>,
}

impl Endpoints {
    /// Reads the document. A credential must not be carried to an address that policy would not
    /// permit, so one such address spoils it.
    pub fn read(reply: &Reply) -> Result<Self, ServiceFault> {
        let endpoints: Self = success(reply)?;
        if endpoints.addresses().all(is_permitted) {
            Ok(endpoints)
        } else {
            Err(ServiceFault::Unreadable)
        }
    }

    pub fn addresses(&self) -> impl Iterator<Item = &Url> {
        let addresses = [
            Some(&self.token_endpoint),
            Some(&self.userinfo_endpoint),
            self.authorization_endpoint.as_ref(),
            self.jwks_uri.as_ref(),
            self.registration_endpoint.as_ref(),
            self.revocation_endpoint.as_ref(),
        ];
        addresses.into_iter().flatten()
    }
}

/// The longest that an access token is kept for, in seconds: a day. No session lasts longer.
const LONGEST_LIFE: i64 = 24 * 60 * 60;

/// The answer of the token endpoint (RFC 6749 section 5.1).
#[derive(Deserialize)]
pub(crate) struct TokenAnswer {
    pub access_token: String,
    pub refresh_token: Option<String>,
    pub id_token: Option<String>,
    #[serde(default)]
    token_type: String,
    /// A number; the NHS API platform writes it as text.
    #[serde(default)]
    expires_in: serde_json::Value,
}

impl TokenAnswer {
    /// How long the access token lives, in seconds: a minute when the backend does not say, a day
    /// when it says more.
    pub fn life_seconds(&self) -> i64 {
        let text = self.expires_in.as_str().and_then(|t| t.parse().ok());
        let seconds = self.expires_in.as_i64().or(text).unwrap_or(60);
        seconds.clamp(0, LONGEST_LIFE)
    }

    /// Whether the access token is bound to this computer's key (RFC 9449 section 5).
    pub fn is_bound(&self) -> bool {
        self.token_type.eq_ignore_ascii_case("DPoP")
    }
}

/// The backend.
pub(crate) struct Service {
    network: Network,
    base: Url,
    client_id: String,
    source: PlanSource,
    binding: Binding,
    endpoints: OnceCell<Endpoints>,
    /// Whether it must be a training backend.
    training_only: bool,
    /// Whether it has said that it is one, since the last call that was not answered.
    is_known: AtomicBool,
}

impl Service {
    pub fn new(network: Network, backend: &BackendPolicy, binding: Binding) -> Self {
        Self {
            network,
            binding,
            base: backend.base_url.clone(),
            client_id: backend.client_id.clone(),
            source: backend.source,
            endpoints: OnceCell::new(),
            training_only: false,
            is_known: AtomicBool::new(false),
        }
    }

    /// The same in practice: it must be a training backend, whenever a credential is to go there.
    pub fn of_practice(self) -> Self {
        Self {
            training_only: true,
            ..self
        }
    }

    /// Forgets what connections still hold of users and children, in the background.
    pub fn hang_up(&self) {
        let network = self.network.clone();
        tokio::task::spawn_blocking(move || network.hang_up());
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
        is_below(&self.base, url)
    }

    /// The published addresses, fetched once. Whoever sends a credential asks for them first, so in
    /// practice the backend is asked each time whether it is a training backend.
    pub async fn endpoints(&self) -> Result<&Endpoints, ServiceFault> {
        if self.training_only {
            self.capabilities().await.map_err(|fault| match fault {
                // A class that has ended is none any more.
                ServiceFault::Status(404) => ServiceFault::NotTraining,
                other => other,
            })?;
        }
        let fetch = || async {
            let address = self.address(".well-known/openid-configuration");
            let endpoints = Endpoints::read(&self.get(address).await?)?;
            if self.training_only && !endpoints.addresses().all(|url| self.is_ours(url)) {
                return Err(ServiceFault::NotTraining);
            }
            Ok(endpoints)
        };
        self.endpoints.get_or_try_init(fetch).await
    }

    /// What the register says it can do. That it can be read shows that the register is there. In
    /// practice it must be that of a training backend.
    pub async fn capabilities(&self) -> Result<CapabilityStatement, ServiceFault> {
        let reply = self.get(self.address("cpis/FHIR/R4/metadata")).await?;
        let fhir = reply.content_type.as_deref().is_some_and(is_fhir_json);
        let found = match reply.status {
            200 if fhir => match cpis_fhir::read_capability_statement(&reply.body) {
                Ok(statement) if self.training_only && !statement.is_training => {
                    Err(ServiceFault::NotTraining)
                }
                Ok(statement) => Ok(statement),
                Err(_) => Err(ServiceFault::Unreadable),
            },
            200 => Err(ServiceFault::Unreadable),
            status => Err(ServiceFault::Status(status)),
        };
        // A training backend that cannot answer now is still one.
        if !matches!(found, Err(ServiceFault::Status(408 | 429 | 500..=599))) {
            self.is_known.store(found.is_ok(), Ordering::Relaxed);
        }
        found
    }

    /// In practice: asks whether this is a training backend, unless it has said so since the last call
    /// that was not answered. Comes before each token, look and record: somebody else may be there now.
    pub async fn know(&self) -> Result<(), ServiceFault> {
        if !self.training_only || self.is_known.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.capabilities().await.map(drop)
    }

    /// Makes one call. Who sends something of a user or of this computer asks [`Service::know`] or
    /// [`Service::endpoints`] first.
    pub async fn call(&self, call: Call) -> Result<Reply, NetworkFault> {
        self.heard(self.network.call(call).await)
    }

    /// The same for a call that nobody sits waiting for; see [`Network::call_giving_way`].
    pub async fn call_giving_way(&self, call: Call) -> Result<Reply, NetworkFault> {
        self.heard(self.network.call_giving_way(call).await)
    }

    fn heard(&self, reply: Result<Reply, NetworkFault>) -> Result<Reply, NetworkFault> {
        if reply.is_err() {
            self.is_known.store(false, Ordering::Relaxed);
        }
        reply
    }

    /// A call to the token endpoint.
    pub async fn token(&self, form: &[(&str, &str)]) -> Result<TokenAnswer, ServiceFault> {
        let url = self.endpoints().await?.token_endpoint.clone();
        success(&self.post_form(url, form, None).await?)
    }

    /// A call to the token endpoint in a user's name. Where the backend binds tokens, the new ones are
    /// bound to this computer's key.
    pub async fn user_token(&self, form: &[(&str, &str)]) -> Result<TokenAnswer, ServiceFault> {
        let endpoints = self.endpoints().await?;
        let offered = &endpoints.dpop_signing_alg_values_supported;
        if !offered.iter().any(|name| name == dpop::ALGORITHM) {
            return self.token(form).await;
        }
        let url = endpoints.token_endpoint.clone();
        let mut reply = self.prove_and_post(&url, form).await?;
        // A refusal for want of the nonce it now gives uses nothing up (RFC 9449 section 8).
        if self.binding.learn(&reply) && is_call_for_nonce(&reply) {
            reply = self.prove_and_post(&url, form).await?;
            self.binding.learn(&reply);
        }
        success(&reply)
    }

    async fn prove_and_post(
        &self,
        url: &Url,
        form: &[(&str, &str)],
    ) -> Result<Reply, ServiceFault> {
        let proof = self.binding.proof(Method::Post, url, None)?;
        Ok(self.post_form(url.clone(), form, Some(proof)).await?)
    }

    /// A GET in a user's name. A bound token carries its proof. A 401 is given back as it is.
    pub async fn get_as(
        &self,
        url: &Url,
        headers: &[(&'static str, String)],
        token: &UserToken,
    ) -> Result<Reply, ServiceFault> {
        self.know().await?;
        let reply = self.get_once(url, headers, token).await?;
        // It was refused unread for want of the nonce that it now gives: no read is repeated.
        if token.bound && self.binding.learn(&reply) && reply.status == 401 {
            return self.get_once(url, headers, token).await;
        }
        Ok(reply)
    }

    async fn get_once(
        &self,
        url: &Url,
        headers: &[(&'static str, String)],
        token: &UserToken,
    ) -> Result<Reply, ServiceFault> {
        let mut headers = headers.to_vec();
        let scheme = if token.bound { "DPoP" } else { "Bearer" };
        headers.push(("Authorization", format!("{scheme} {}", token.text.as_str())));
        if token.bound {
            headers.push(self.binding.proof(Method::Get, url, Some(&token.text))?);
        }
        let call = Call {
            method: Method::Get,
            url: url.clone(),
            headers,
            body: None,
        };
        Ok(self.call(call).await?)
    }

    /// Tells the backend that a token is over (RFC 7009). `Ok` when the backend knows.
    pub async fn revoke(&self, token: &str) -> Result<(), ServiceFault> {
        let Some(url) = self.endpoints().await?.revocation_endpoint.clone() else {
            return Err(ServiceFault::Status(404));
        };
        let form = [("token", token), ("client_id", self.client_id.as_str())];
        let reply = self.post_form(url, &form, None).await?;
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
        self.call(call).await
    }

    async fn post_form(
        &self,
        url: Url,
        form: &[(&str, &str)],
        proof: Option<(&'static str, String)>,
    ) -> Result<Reply, NetworkFault> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let body = Some(("application/x-www-form-urlencoded", body.into_bytes()));
        let mut headers = vec![("Accept", "application/json".to_owned())];
        headers.extend(proof);
        let call = Call {
            method: Method::Post,
            url,
            headers,
            body,
        };
        self.call(call).await
    }
}

/// Whether an address lies below a base address.
pub(crate) fn is_below(base: &Url, url: &Url) -> bool {
    let base = base.as_str().trim_end_matches('/');
    url.as_str().starts_with(&format!("{base}/"))
}

/// A user's access token, as a call carries it.
pub(crate) struct UserToken {
    pub text: Zeroizing<String>,
    /// Whether it is bound to this computer's key.
    pub bound: bool,
}

fn is_call_for_nonce(reply: &Reply) -> bool {
    reply.status == 400
        && object::<Refusal>(&reply.body).is_some_and(|r| r.error == "use_dpop_nonce")
}

/// An error of OAuth (RFC 6749 section 5.2).
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// Reads the JSON of a successful answer; tells a refusal of the credential from other failures
/// (RFC 6749 section 5.2).
pub(crate) fn success<T: DeserializeOwned>(reply: &Reply) -> Result<T, ServiceFault> {
    match reply.status {
        200 | 201 => object(&reply.body).ok_or(ServiceFault::Unreadable),
        400 | 401 => match object::<Refusal>(&reply.body) {
            Some(refusal) if is_credential_fault(&refusal.error) => Err(ServiceFault::Refused),
            _ => Err(ServiceFault::Status(reply.status)),
        },
        status => Err(ServiceFault::Status(status)),
    }
}

fn object<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let Object(read) = serde_json::from_slice(body).ok()?;
    Some(read)
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
