//! This computer's own credential: enrolment, token, and the delivery of audit records.
//!
//! # What is kept
//!
//! `workstation.json` in the data folder: the client id that the service gave at enrolment, and
//! the service's address, and the thumbprint of the key that it was given for. It is no secret; the
//! key is in the keychain. An id given by another service or for another key is not used.

use crate::class::{Class, joining};
use crate::jwt::{Claims, key_set, thumbprint, workstation_assertion};
use crate::network::{Call, Method, Reply};
use crate::practice::Practice;
use crate::service::{Service, ServiceFault, success};
use crate::world::World;
use chrono::{DateTime, Duration, FixedOffset};
use cpis_audit::{Answer, Delivery, EntryAnswer, OutgoingRecord};
use cpis_fhir::is_fhir_json;
use cpis_vault::Workstation;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{Mutex, watch};

/// This computer at one service.
pub(crate) struct WorkstationCredential {
    service: Arc<Service>,
    world: World,
    keys: Arc<Workstation>,
    file: PathBuf,
    held: Mutex<Held>,
    enrolled: watch::Sender<bool>,
    /// Whether the service refused the credential when it was last asked.
    refused: AtomicBool,
    /// Gives a fresh code when the service has forgotten this computer; practice mode only.
    codes: Option<Codes>,
}

/// Where practice gets one-time codes.
pub(crate) enum Codes {
    /// From the built-in training backend.
    BuiltIn(Arc<dyn Practice>),
    /// From a class, which is joined anew.
    Class(Class),
}

impl Codes {
    async fn fresh(&self, service: &Service) -> Result<String, ServiceFault> {
        match self {
            Self::BuiltIn(practice) => practice.enrolment_code().ok_or(ServiceFault::NotEnrolled),
            Self::Class(class) => joining::fresh_code(service, class).await,
        }
    }
}

#[derive(Default)]
struct Held {
    client_id: Option<String>,
    token: Option<(String, DateTime<FixedOffset>)>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    service: String,
    client_id: String,
    /// Absent where an earlier version wrote it.
    key: Option<String>,
}

impl WorkstationCredential {
    pub fn new(
        service: Arc<Service>,
        world: World,
        keys: Arc<Workstation>,
        file: PathBuf,
        codes: Option<Codes>,
    ) -> Self {
        let own = thumbprint(&keys.key().public_key());
        let kept = std::fs::read(&file)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Kept>(&bytes).ok())
            .filter(|kept| kept.service == service.base().as_str())
            .filter(|kept| kept.key.as_ref().is_none_or(|key| *key == own));
        let held = Held {
            client_id: kept.map(|k| k.client_id),
            token: None,
        };
        let (enrolled, _) = watch::channel(held.client_id.is_some());
        Self {
            service,
            world,
            keys,
            file,
            held: Mutex::new(held),
            enrolled,
            refused: AtomicBool::new(false),
            codes,
        }
    }

    /// Whether this computer is enrolled; changes when it is.
    pub fn enrolled(&self) -> watch::Receiver<bool> {
        self.enrolled.subscribe()
    }

    /// Whether this computer is enrolled and the service refused it when it was last asked.
    pub fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }

    /// Enrols this computer with a one-time code (RFC 7591).
    pub async fn enrol(&self, code: &str) -> Result<(), ServiceFault> {
        let mut held = self.held.lock().await;
        self.enrol_holding(&mut held, code).await
    }

    async fn enrol_holding(&self, held: &mut Held, code: &str) -> Result<(), ServiceFault> {
        #[derive(Deserialize)]
        struct Registered {
            client_id: String,
        }
        let url = self
            .service
            .endpoints()
            .await?
            .registration_endpoint
            .clone()
            .ok_or(ServiceFault::Status(404))?;
        let body = json!({
            "client_name": "CP-IS Check workstation",
            "grant_types": ["client_credentials"],
            // Left out, it would mean "code" (RFC 7591 section 2), which goes with another grant.
            "response_types": [],
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "RS512",
            "jwks": key_set(&self.keys.key().public_key()),
            "software_id": "cpis-check",
            "software_version": env!("CARGO_PKG_VERSION"),
        });
        let headers = vec![
            ("Accept", "application/json".to_owned()),
            ("Authorization", format!("Bearer {}", code.trim())),
        ];
        let body = Some(("application/json", body.to_string().into_bytes()));
        let call = Call {
            method: Method::Post,
            url,
            headers,
            body,
        };
        let reply = self.service.call(call).await?;
        let refused = matches!(reply.status, 400 | 401 | 403);
        let registered: Registered = if refused {
            Err(ServiceFault::Refused)
        } else {
            success(&reply)
        }?;
        let kept = Kept {
            service: self.service.base().to_string(),
            client_id: registered.client_id,
            key: Some(thumbprint(&self.keys.key().public_key())),
        };
        let bytes = serde_json::to_vec(&kept).map_err(|_| ServiceFault::Unreadable)?;
        // If this cannot be kept, the computer is enrolled for this run and must be enrolled again.
        if let Err(error) = replace(&self.file, &bytes) {
            tracing::error!(%error, "the enrolment could not be kept");
        }
        *held = Held {
            client_id: Some(kept.client_id),
            token: None,
        };
        self.refused.store(false, Ordering::Relaxed);
        self.enrolled.send_replace(true);
        Ok(())
    }

    async fn enrol_with_fresh_code(
        &self,
        held: &mut Held,
        codes: &Codes,
    ) -> Result<(String, DateTime<FixedOffset>), ServiceFault> {
        let code = codes.fresh(&self.service).await?;
        self.enrol_holding(held, &code).await?;
        self.fetch_token(held).await
    }

    async fn fetch_token(
        &self,
        held: &Held,
    ) -> Result<(String, DateTime<FixedOffset>), ServiceFault> {
        let client_id = held.client_id.as_deref().ok_or(ServiceFault::NotEnrolled)?;
        let endpoint = self.service.endpoints().await?.token_endpoint.to_string();
        let now = self.world.clock.now();
        let id = self.world.identifiers.random();
        let claims = Claims {
            issuer: client_id,
            audience: &endpoint,
            id,
            now,
        };
        let assertion = workstation_assertion(self.keys.key(), &claims)?;
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", assertion.as_str()),
        ];
        let answer = self.service.token(&form).await?;
        let life = (answer.life_seconds() - 30).max(0);
        Ok((answer.access_token, now + Duration::seconds(life)))
    }

    async fn send(&self, records: &[OutgoingRecord], token: &str) -> Result<Reply, ServiceFault> {
        self.service.know().await?;
        let (method, path, body) = match records {
            [one] => (
                Method::Put,
                format!("audit/FHIR/R4/{}/{}", one.kind.resource_type(), one.id),
                one.body.clone(),
            ),
            several => {
                let events: Vec<Value> = several
                    .iter()
                    .map(|record| serde_json::from_str(&record.body))
                    .collect::<Result<_, _>>()
                    .map_err(|_| ServiceFault::Unreadable)?;
                let batch = cpis_fhir::write_audit_batch(&events);
                (Method::Post, "audit/FHIR/R4".to_owned(), batch.to_string())
            }
        };
        let headers = vec![
            ("Accept", "application/fhir+json".to_owned()),
            ("Authorization", format!("Bearer {token}")),
            ("X-Request-ID", self.world.identifiers.random().to_string()),
        ];
        let body = Some(("application/fhir+json", body.into_bytes()));
        let call = Call {
            method,
            url: self.service.address(&path),
            headers,
            body,
        };
        Ok(self.service.call_giving_way(call).await?)
    }
}

/// Writes the whole file or leaves the old one: a cut must not leave half an enrolment.
fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut written = tempfile::NamedTempFile::new_in(file.parent().unwrap_or(Path::new(".")))?;
    written.write_all(bytes)?;
    written.as_file().sync_all()?;
    written.persist(file).map_err(|error| error.error)?;
    Ok(())
}

#[async_trait::async_trait]
impl Delivery for WorkstationCredential {
    async fn is_ready(&self) -> bool {
        let now = self.world.clock.now();
        let held = self.held.lock().await;
        held.token.as_ref().is_some_and(|(_, ends)| now < *ends)
    }

    async fn renew(&self) -> Result<(), Answer> {
        let mut held = self.held.lock().await;
        held.token = None;
        let fetched = match self.fetch_token(&held).await {
            Err(fault @ (ServiceFault::Refused | ServiceFault::NotEnrolled)) => match &self.codes {
                Some(codes) => self.enrol_with_fresh_code(&mut held, codes).await,
                None => Err(fault),
            },
            other => other,
        };
        match &fetched {
            Ok(_) => self.refused.store(false, Ordering::Relaxed),
            Err(ServiceFault::Refused) => self.refused.store(true, Ordering::Relaxed),
            // Nothing new is known of that.
            Err(_) => {}
        }
        held.token = Some(fetched.map_err(|fault| instead(&fault))?);
        Ok(())
    }

    async fn deliver(&self, records: &[OutgoingRecord]) -> Answer {
        let token = self.held.lock().await.token.clone();
        let Some((token, _)) = token else {
            return Answer::Credential;
        };
        match self.send(records, &token).await {
            Ok(reply) => answer(records.len(), &reply),
            Err(fault) => instead(&fault),
        }
    }
}

/// What stood in the way of an answer.
fn instead(fault: &ServiceFault) -> Answer {
    match fault {
        ServiceFault::Network(fault) if fault.may_have_arrived() => Answer::Lost,
        ServiceFault::Network(_) => Answer::Unreachable,
        ServiceFault::Refused | ServiceFault::NotEnrolled | ServiceFault::CannotSign => {
            Answer::Credential
        }
        ServiceFault::Status(status) if *status >= 500 || *status == 429 || *status == 408 => {
            Answer::Refused {
                status: *status,
                retry_after: None,
            }
        }
        // Not about the records: the token endpoint or the discovery answered oddly.
        ServiceFault::Status(_) | ServiceFault::Unreadable | ServiceFault::NotTraining => {
            Answer::NotAReceipt
        }
    }
}

fn answer(count: usize, reply: &Reply) -> Answer {
    let fhir = reply.content_type.as_deref().is_some_and(is_fhir_json);
    match reply.status {
        401 => Answer::Credential,
        200 | 201 if count == 1 => Answer::Entries(vec![EntryAnswer {
            status: reply.status,
            location: reply.location.clone(),
        }]),
        200 | 201 if fhir => match cpis_fhir::read_batch_response(&reply.body) {
            Ok(entries) => Answer::Entries(
                entries
                    .into_iter()
                    .map(|e| EntryAnswer {
                        status: e.status,
                        location: e.location,
                    })
                    .collect(),
            ),
            Err(_) => Answer::NotAReceipt,
        },
        200..=399 => Answer::NotAReceipt,
        status => Answer::Refused {
            status,
            retry_after: reply.retry_after,
        },
    }
}
