//! What happens to a record after a try: one decision table, without input or output.

use crate::delivery::{Answer, EntryAnswer, Kind};
use std::time::Duration;

const LEAST_DELAY: Duration = Duration::from_secs(1);
const MOST_DELAY: Duration = Duration::from_secs(5 * 60);

/// What becomes of a record after a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// The backend has it. The receipt is kept.
    Sent {
        /// The `Location` that names the record.
        receipt: String,
    },
    /// Try again after a delay that the sender draws up to `most`, or exactly `exactly` if the
    /// backend asked for it. There is no last try.
    Retry {
        /// Why.
        reason: WaitReason,
        /// The longest delay to draw from.
        most: Duration,
        /// The delay that the backend asked for.
        exactly: Option<Duration>,
    },
    /// The backend will not take it as it is. A person must look; the record stays.
    NeedsAttention {
        /// Why.
        reason: WaitReason,
    },
    /// The batch as a whole was refused: send its records one by one, so that one bad record
    /// delays no other.
    OneByOne,
}

/// Why a record is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WaitReason {
    /// No answer.
    Unreachable,
    /// The backend is not available, or asked to wait.
    ServiceUnavailable,
    /// The answer was no receipt.
    NotAReceipt,
    /// The workstation's credential is missing or was refused.
    Credential,
    /// Another record with the same id is there.
    Conflict,
    /// The backend refused the record.
    Refused,
    /// The stored record cannot be unsealed on this computer.
    Unreadable,
}

impl WaitReason {
    /// Every reason, with its stored name.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Unreachable, "unreachable"),
        (Self::ServiceUnavailable, "service-unavailable"),
        (Self::NotAReceipt, "not-a-receipt"),
        (Self::Credential, "credential"),
        (Self::Conflict, "conflict"),
        (Self::Refused, "refused"),
        (Self::Unreadable, "unreadable"),
    ];

    /// The stored name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(r, _)| *r == self)
            .map_or("unknown", |(_, name)| name)
    }

    /// The reason for a stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, n)| *n == name)
            .map(|(reason, _)| *reason)
    }
}

/// Settles every record of one call, all of one kind: one settlement for each id, in order.
#[must_use]
pub fn settle_batch(kind: Kind, ids: &[String], tries: &[u32], answer: &Answer) -> Vec<Settlement> {
    let each = |settlement: &dyn Fn(u32) -> Settlement| -> Vec<Settlement> {
        tries.iter().map(|tries| settlement(*tries)).collect()
    };
    match answer {
        Answer::Entries(entries) if entries.len() == ids.len() => ids
            .iter()
            .zip(tries)
            .zip(entries)
            .map(|((id, tries), entry)| settle(kind, id, *tries, entry, None))
            .collect(),
        // What makes no sense of a batch may make sense of most of its records.
        Answer::Entries(_) | Answer::NotAReceipt | Answer::Lost if ids.len() > 1 => {
            each(&|_| Settlement::OneByOne)
        }
        Answer::Entries(_) | Answer::NotAReceipt => {
            each(&|tries| retry(WaitReason::NotAReceipt, tries, None))
        }
        Answer::Unreachable | Answer::Lost => {
            each(&|tries| retry(WaitReason::Unreachable, tries, None))
        }
        Answer::Credential => each(&|tries| retry(WaitReason::Credential, tries, None)),
        Answer::Refused {
            status,
            retry_after: None,
        } if ids.len() > 1 && is_about_the_batch(*status) => each(&|_| Settlement::OneByOne),
        Answer::Refused {
            status,
            retry_after,
        } => {
            let entry = EntryAnswer {
                status: *status,
                location: None,
            };
            ids.iter()
                .zip(tries)
                .map(|(id, tries)| settle(kind, id, *tries, &entry, *retry_after))
                .collect()
        }
    }
}

/// Settles one record. `tries` counts this one.
#[must_use]
pub fn settle(
    kind: Kind,
    id: &str,
    tries: u32,
    entry: &EntryAnswer,
    retry_after: Option<Duration>,
) -> Settlement {
    match entry.status {
        200 | 201 => match &entry.location {
            Some(location) if names(location, kind, id) => Settlement::Sent {
                receipt: location.clone(),
            },
            _ => retry(WaitReason::NotAReceipt, tries, retry_after),
        },
        401 => retry(WaitReason::Credential, tries, retry_after),
        409 => Settlement::NeedsAttention {
            reason: WaitReason::Conflict,
        },
        // 407 is the proxy's, not the backend's.
        407 | 408 | 429 => retry(WaitReason::ServiceUnavailable, tries, retry_after),
        400..=499 => Settlement::NeedsAttention {
            reason: WaitReason::Refused,
        },
        500..=599 => retry(WaitReason::ServiceUnavailable, tries, retry_after),
        _ => retry(WaitReason::NotAReceipt, tries, retry_after),
    }
}

fn retry(reason: WaitReason, tries: u32, exactly: Option<Duration>) -> Settlement {
    let doubled = LEAST_DELAY.saturating_mul(1 << tries.min(16));
    Settlement::Retry {
        reason,
        most: doubled.min(MOST_DELAY),
        exactly,
    }
}

/// Whether a status may be the fault of one record among others. 429 is about the caller, and 407
/// is the proxy's.
fn is_about_the_batch(status: u16) -> bool {
    (400..600).contains(&status) && !matches!(status, 401 | 407 | 429)
}

/// Whether a location is `…/AuditEvent/{id}`, or that of another kind, or a version of it.
fn names(location: &str, kind: Kind, id: &str) -> bool {
    let resource = kind.resource_type();
    let after = |at: usize| location[at + resource.len()..].strip_prefix('/');
    let place = location.rfind(&format!("{resource}/"));
    place
        .and_then(after)
        .and_then(|rest| rest.split('/').next())
        == Some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0198f000-0000-7000-8000-000000000001";

    fn entry(status: u16) -> EntryAnswer {
        EntryAnswer {
            status,
            location: Some(format!(
                "https://b.example/audit/FHIR/R4/AuditEvent/{ID}/_history/1"
            )),
        }
    }

    #[test]
    fn the_decision_table() {
        let attention = |status| match settle(Kind::AuditEvent, ID, 1, &entry(status), None) {
            Settlement::NeedsAttention { reason } => Some(reason),
            _ => None,
        };
        let waits = |status| match settle(Kind::AuditEvent, ID, 1, &entry(status), None) {
            Settlement::Retry { reason, .. } => Some(reason),
            _ => None,
        };
        for status in [200, 201] {
            assert!(matches!(
                settle(Kind::AuditEvent, ID, 1, &entry(status), None),
                Settlement::Sent { .. }
            ));
        }
        for status in [400, 403, 404, 410, 413, 415, 422] {
            assert_eq!(attention(status), Some(WaitReason::Refused), "{status}");
        }
        assert_eq!(attention(409), Some(WaitReason::Conflict));
        assert_eq!(waits(401), Some(WaitReason::Credential));
        for status in [407, 408, 429, 500, 502, 503, 504] {
            assert_eq!(
                waits(status),
                Some(WaitReason::ServiceUnavailable),
                "{status}"
            );
        }
        for status in [100, 202, 204, 302, 600] {
            assert_eq!(waits(status), Some(WaitReason::NotAReceipt), "{status}");
        }
    }

    #[test]
    fn only_a_receipt_that_names_the_record_counts() {
        for location in [
            None,
            Some("https://b.example/AuditEvent/another/_history/1".to_owned()),
            Some(format!("https://b.example/AuditEvent/{ID}x/_history/1")),
            Some(format!("https://b.example/Patient/{ID}")),
        ] {
            let answer = EntryAnswer {
                status: 201,
                location,
            };
            assert!(matches!(
                settle(Kind::AuditEvent, ID, 1, &answer, None),
                Settlement::Retry { .. }
            ));
        }
    }

    #[test]
    fn the_receipt_of_a_note_names_a_note() {
        let answer = |kind: &str| EntryAnswer {
            status: 201,
            location: Some(format!(
                "https://b.example/audit/FHIR/R4/{kind}/{ID}/_history/1"
            )),
        };
        let settled = |kind| settle(Kind::Communication, ID, 1, &answer(kind), None);
        assert!(matches!(settled("Communication"), Settlement::Sent { .. }));
        assert!(matches!(settled("AuditEvent"), Settlement::Retry { .. }));
    }

    #[test]
    fn a_refused_batch_is_sent_one_by_one_but_a_refused_single_is_settled() {
        let refused = Answer::Refused {
            status: 413,
            retry_after: None,
        };
        let two = [ID.to_owned(), "b".to_owned()];
        assert_eq!(
            settle_batch(Kind::AuditEvent, &two, &[1, 1], &refused),
            [Settlement::OneByOne, Settlement::OneByOne]
        );
        assert_eq!(
            settle_batch(Kind::AuditEvent, &two[..1], &[1], &refused),
            [Settlement::NeedsAttention {
                reason: WaitReason::Refused
            }]
        );
    }

    #[test]
    fn an_answer_that_makes_no_sense_of_a_batch_is_no_receipt() {
        let two = [ID.to_owned(), "b".to_owned()];
        for answer in [
            Answer::Entries(vec![entry(201)]),
            Answer::NotAReceipt,
            Answer::Lost,
        ] {
            assert_eq!(
                settle_batch(Kind::AuditEvent, &two, &[1, 1], &answer),
                [Settlement::OneByOne, Settlement::OneByOne]
            );
        }
        for answer in [
            Answer::Entries(vec![entry(201), entry(201)]),
            Answer::NotAReceipt,
        ] {
            assert!(matches!(
                settle_batch(Kind::AuditEvent, &two[..1], &[1], &answer)[..],
                [Settlement::Retry {
                    reason: WaitReason::NotAReceipt,
                    ..
                }]
            ));
        }
    }

    #[test]
    fn delays_double_up_to_five_minutes_and_the_backend_wins() {
        let most = |tries| match settle(Kind::AuditEvent, ID, tries, &entry(503), None) {
            Settlement::Retry { most, .. } => most.as_secs(),
            _ => 0,
        };
        assert_eq!(
            [most(0), most(1), most(2), most(8), most(9), most(4_000_000)],
            [1, 2, 4, 256, 300, 300]
        );
        let asked = Some(Duration::from_secs(30));
        assert!(matches!(
            settle(Kind::AuditEvent, ID, 1, &entry(503), asked),
            Settlement::Retry { exactly, .. } if exactly == asked
        ));
    }
}
