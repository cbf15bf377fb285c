//! Joining a class: what is asked of a backend before anything of a person goes there.
//!
//! Practice must never meet a live service (invariant I8). So the first question is what nobody needs to be
//! signed in for: the capability statement, which on a training backend carries a mark. Without the mark nothing
//! else is sent, not even the code of the class. Every credential of a practice run is behind the same
//! question (`Service::endpoints`).

use super::Class;
use crate::network::{Call, Method, Network, NetworkFault, Reply};
use crate::object::Object;
use crate::program::blocking;
use crate::service::{Endpoints, Service, ServiceFault, is_below, success};
use crate::view::ClassFault;
use cpis_audit::Clock;
use cpis_fhir::{CapabilityStatement, is_fhir_json, read_capability_statement};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use url::Url;

/// This program's version. A training backend of another one may have other cards and other people.
const OURS: &str = env!("CARGO_PKG_VERSION");
/// The capability statement.
const METADATA: &str = "/cpis/FHIR/R4/metadata";
/// What it publishes about signing in (OpenID Connect Discovery 1.0 section 4).
const DISCOVERY: &str = "/.well-known/openid-configuration";
/// The longest text of a backend that is shown.
const LONGEST: usize = 100;

/// A class that has let this program in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinedClass {
    /// The class.
    pub class: Class,
    /// The name that its trainer gave it.
    pub name: String,
    /// What its made-up people and the practice cards follow from.
    pub seed: u64,
}

/// Asks a class to be let in.
///
/// # Errors
/// [`ClassFault`].
pub(crate) async fn join(class: Class, clock: Arc<dyn Clock>) -> Result<JoinedClass, ClassFault> {
    let time = clock.clone();
    let network = blocking(move || Network::new(None, &[], time)).await;
    let network = network.map_err(|error| {
        // The program has started with the same, so this is hardly ever seen.
        tracing::error!(%error, "no class can be asked");
        ClassFault::Unreachable
    })?;
    let asking = Asking {
        network,
        class,
        clock,
    };
    asking.let_in().await
}

/// Asks for a fresh one-time code to enrol this computer in a class.
///
/// # Errors
/// [`ServiceFault`]; [`ServiceFault::NotTraining`] before anything is asked of another service.
pub(crate) async fn fresh_code(service: &Service, class: &Class) -> Result<String, ServiceFault> {
    service.capabilities().await?;
    let answer = service.call(request_to_join(class)).await?;
    let letter: Letter = success(&answer)?;
    Ok(letter.enrolment_code)
}

struct Asking {
    network: Network,
    class: Class,
    clock: Arc<dyn Clock>,
}

/// What a class answers to whoever joins.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Letter {
    enrolment_code: String,
    seed: u64,
    class: String,
}

impl Asking {
    async fn let_in(self) -> Result<JoinedClass, ClassFault> {
        let statement = marked(&self.get(self.class.at(METADATA)).await?)?;
        same_version(&statement)?;
        let answer = self.get(self.class.address(METADATA)).await?;
        if answer.status == 404 {
            return Err(ClassFault::UnknownClass);
        }
        marked(&answer)?;
        self.is_at_its_address().await?;
        let call = request_to_join(&self.class);
        let answer = self.answered(self.network.call(call).await)?;
        if answer.status == 404 {
            return Err(ClassFault::UnknownClass);
        }
        let Object(letter): Object<Letter> =
            serde_json::from_slice(&answer.body).map_err(|_| ClassFault::NotTraining)?;
        Ok(JoinedClass {
            class: self.class,
            name: plain(&letter.class),
            seed: letter.seed,
        })
    }

    /// A credential goes where the backend says. It must not say that of another place.
    async fn is_at_its_address(&self) -> Result<(), ClassFault> {
        let answer = self.get(self.class.address(DISCOVERY)).await?;
        let endpoints = Endpoints::read(&answer).map_err(|_| ClassFault::NotTraining)?;
        let base = self.class.base_url();
        if endpoints.addresses().all(|url| is_below(&base, url)) {
            Ok(())
        } else {
            Err(ClassFault::OtherAddress)
        }
    }

    async fn get(&self, url: Url) -> Result<Reply, ClassFault> {
        let call = Call {
            method: Method::Get,
            url,
            headers: Vec::new(),
            body: None,
        };
        self.answered(self.network.call(call).await)
    }

    fn answered(&self, reply: Result<Reply, NetworkFault>) -> Result<Reply, ClassFault> {
        match reply {
            Ok(reply) if matches!(reply.status, 408 | 429 | 500..=599) => {
                Err(ClassFault::Unavailable)
            }
            Ok(reply) => Ok(reply),
            Err(NetworkFault::Unreachable | NetworkFault::ConnectionLost) => {
                Err(ClassFault::Unreachable)
            }
            Err(NetworkFault::TimedOut) => Err(ClassFault::Unavailable),
            Err(NetworkFault::TooLarge) => Err(ClassFault::NotTraining),
            Err(NetworkFault::Certificate(fault)) => Err(ClassFault::Certificate {
                fault: fault.into(),
                clock: self.clock.now(),
            }),
        }
    }
}

/// The class does not ask who it is: everybody is made up.
fn request_to_join(class: &Class) -> Call {
    let body = json!({ "name": "CP-IS Check" }).to_string();
    Call {
        method: Method::Post,
        url: class.address("/join"),
        headers: vec![("Accept", "application/json".to_owned())],
        body: Some(("application/json", body.into_bytes())),
    }
}

/// The statement, if it has the mark of a training backend.
fn marked(answer: &Reply) -> Result<CapabilityStatement, ClassFault> {
    let fhir = answer.content_type.as_deref().is_some_and(is_fhir_json);
    if answer.status != 200 || !fhir {
        return Err(ClassFault::NotTraining);
    }
    read_capability_statement(&answer.body)
        .ok()
        .filter(|statement| statement.is_training)
        .ok_or(ClassFault::NotTraining)
}

fn same_version(statement: &CapabilityStatement) -> Result<(), ClassFault> {
    let theirs = statement.version.as_deref().unwrap_or_default();
    if series(theirs) == series(OURS) {
        return Ok(());
    }
    Err(ClassFault::OtherVersion {
        theirs: plain(theirs),
        ours: OURS.to_owned(),
    })
}

/// What versions that go together have in common: the first two numbers.
fn series(version: &str) -> Vec<&str> {
    version.split('.').take(2).collect()
}

/// Text of a backend, as far as it may stand on the screen.
fn plain(text: &str) -> String {
    let printable = text.trim().chars().filter(|c| !c.is_control());
    printable.take(LONGEST).collect()
}
