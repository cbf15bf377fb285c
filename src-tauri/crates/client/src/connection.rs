//! The connection check: which part of the way to the service works.
//!
//! It needs nobody to be signed in, sends no token and no patient's number, and uses connections of its
//! own, so that a certificate is judged anew.

use crate::network::{NetworkFault, Reply};
use crate::service::{Service, ServiceFault};
use crate::view::{CheckedPart, ConnectionCheck, ConnectionFault, ConnectionPart, PartOutcome};
use crate::world::World;
use cpis_fhir::is_fhir_json;
use tokio::sync::mpsc;

/// The parts in the order in which they are checked: what a later one needs comes first.
const PARTS: [ConnectionPart; 7] = [
    ConnectionPart::Computer,
    ConnectionPart::Proxy,
    ConnectionPart::Certificate,
    ConnectionPart::Identity,
    ConnectionPart::Demographics,
    ConnectionPart::Register,
    ConnectionPart::Audit,
];

/// Whether this computer may send its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Enrolment {
    Enrolled,
    NotEnrolled,
    Refused,
}

/// A check that has not begun.
pub(crate) fn waiting(begun_at: String) -> ConnectionCheck {
    ConnectionCheck {
        parts: PARTS
            .iter()
            .map(|part| CheckedPart {
                part: *part,
                outcome: PartOutcome::Waiting,
            })
            .collect(),
        begun_at,
        over: false,
    }
}

/// Checks each part. `told` hears of each change.
pub(crate) async fn check(
    service: &Service,
    world: &World,
    enrolment: Enrolment,
    told: mpsc::Sender<(ConnectionPart, PartOutcome)>,
) {
    use ConnectionPart::{Audit, Certificate, Computer, Demographics, Identity, Proxy, Register};
    // Nobody listens any more: the program is closing.
    let told = async |part, outcome| drop(told.send((part, outcome)).await);
    let base = service.base();
    let is_here = crate::policy::is_loopback(base);

    let online = is_here || world.routes.lead_out();
    told(
        Computer,
        if online {
            PartOutcome::Works { detail: None }
        } else {
            PartOutcome::Fails {
                fault: ConnectionFault::NoNetwork,
            }
        },
    )
    .await;
    let proxy = if is_here {
        PartOutcome::NotNeeded
    } else {
        PartOutcome::Works {
            detail: service.network().proxy_to(base),
        }
    };
    told(Proxy, proxy).await;

    // One call tells of the certificate and of the identity service.
    told(Certificate, PartOutcome::Checking).await;
    let identity = service.endpoints().await.map(drop);
    let issuer = service.network().issuer();
    let certificate = match identity {
        _ if base.scheme() != "https" => PartOutcome::NotNeeded,
        Err(ServiceFault::Network(NetworkFault::Certificate(fault))) => PartOutcome::Fails {
            fault: ConnectionFault::Certificate {
                fault: fault.into(),
                issuer: issuer.clone(),
                clock: world.clock.now(),
            },
        },
        // One that was judged, and was not the trouble.
        _ if issuer.is_some() => PartOutcome::Works {
            detail: issuer.clone(),
        },
        _ => PartOutcome::NotReached,
    };
    let trusted = !matches!(certificate, PartOutcome::Fails { .. });
    told(Certificate, certificate).await;
    told(Identity, outcome(identity, trusted)).await;

    told(Demographics, PartOutcome::Checking).await;
    let demographics = answers(service, "personal-demographics/FHIR/R4/metadata").await;
    told(Demographics, outcome(demographics, trusted)).await;

    told(Register, PartOutcome::Checking).await;
    let register = service.capabilities().await.map(|_| ());
    told(Register, outcome(register, trusted)).await;

    told(Audit, PartOutcome::Checking).await;
    let audit = match (answers(service, "audit/FHIR/R4/metadata").await, enrolment) {
        (Ok(()), Enrolment::NotEnrolled) => PartOutcome::Fails {
            fault: ConnectionFault::NotEnrolled,
        },
        (Ok(()), Enrolment::Refused) => PartOutcome::Fails {
            fault: ConnectionFault::Refused,
        },
        (result, _) => outcome(result, trusted),
    };
    told(Audit, audit).await;
}

/// Whether a part of the service answers. Not every part has a page that nobody needs to sign in for;
/// that it refuses in FHIR shows that it is there.
async fn answers(service: &Service, path: &str) -> Result<(), ServiceFault> {
    is_an_answer(&service.get(service.address(path)).await?)
}

fn is_an_answer(reply: &Reply) -> Result<(), ServiceFault> {
    let ours = reply.content_type.as_deref().is_some_and(is_fhir_json);
    match reply.status {
        408 | 429 => Err(ServiceFault::Status(reply.status)),
        200..=299 | 400..=499 if ours => Ok(()),
        500..=599 => Err(ServiceFault::Status(reply.status)),
        _ => Err(ServiceFault::Unreadable),
    }
}

fn outcome(result: Result<(), ServiceFault>, trusted: bool) -> PartOutcome {
    let fault = match result {
        Ok(()) => return PartOutcome::Works { detail: None },
        // Said once, where the certificate stands.
        Err(ServiceFault::Network(NetworkFault::Certificate(_))) if !trusted => {
            return PartOutcome::NotReached;
        }
        Err(ServiceFault::Network(fault)) => match fault {
            NetworkFault::Unreachable => ConnectionFault::Unreachable,
            NetworkFault::TimedOut => ConnectionFault::TimedOut,
            NetworkFault::ConnectionLost => ConnectionFault::ConnectionLost,
            NetworkFault::Certificate(_) | NetworkFault::TooLarge => ConnectionFault::Unreadable,
        },
        Err(ServiceFault::Status(status)) => ConnectionFault::Status { status },
        Err(ServiceFault::Refused) => ConnectionFault::Refused,
        Err(ServiceFault::NotEnrolled) => ConnectionFault::NotEnrolled,
        Err(ServiceFault::Unreadable | ServiceFault::NotTraining | ServiceFault::CannotSign) => {
            ConnectionFault::Unreadable
        }
    };
    PartOutcome::Fails { fault }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, content_type: &str) -> Reply {
        Reply {
            status,
            content_type: Some(content_type.to_owned()),
            location: None,
            retry_after: None,
            dpop_nonce: None,
            body: Vec::new(),
        }
    }

    #[test]
    fn a_refusal_in_fhir_is_an_answer_and_a_page_is_none() {
        const FHIR: &str = "application/fhir+json";
        for status in [200, 400, 401, 403, 404] {
            assert!(is_an_answer(&reply(status, FHIR)).is_ok(), "{status}");
        }
        for status in [408, 429, 500, 503] {
            let fault = is_an_answer(&reply(status, FHIR)).unwrap_err();
            assert_eq!(fault, ServiceFault::Status(status));
        }
        for status in [200, 302, 401, 404] {
            let fault = is_an_answer(&reply(status, "text/html")).unwrap_err();
            assert_eq!(fault, ServiceFault::Unreadable);
        }
    }
}
