//! The place of an audit record in the chain of its workstation, as columns of the record's row.

use cpis_fhir::{ChainFacts, read_audit_event, system};
use serde_json::Value;

/// What the columns hold.
pub(crate) struct Link {
    /// The workstation, as the record names it.
    pub(super) observer: Option<String>,
    /// From 1 on. Without it there is no previous and no own hash either.
    pub(super) sequence: Option<i64>,
    pub(super) previous: Option<String>,
    pub(super) hash: Option<String>,
}

impl Link {
    /// Reads the columns from a record.
    pub(super) fn of(body: &Value, text: &str) -> Self {
        let read = read_audit_event(text.as_bytes());
        Self::with(body, read.ok().and_then(|facts| facts.chain))
    }

    /// The columns of a record that has been read.
    pub(crate) fn with(body: &Value, chain: Option<ChainFacts>) -> Self {
        let place = chain.and_then(|chain| {
            let sequence = i64::try_from(chain.sequence).ok().filter(|n| *n > 0)?;
            Some((sequence, chain.previous, present(chain.own)?))
        });
        let (sequence, previous, hash) = match place {
            Some((sequence, previous, hash)) => {
                (Some(sequence), present(Some(previous)), Some(hash))
            }
            None => (None, None, None),
        };
        Self {
            observer: observer(body),
            sequence,
            previous,
            hash,
        }
    }
}

/// The workstation that a record names as its source.
fn observer(body: &Value) -> Option<String> {
    let identifier = &body["source"]["observer"]["identifier"];
    let value = identifier["value"].as_str().map(str::trim)?;
    (identifier["system"] == system::WORKSTATION && !value.is_empty()).then(|| value.to_owned())
}

/// A hash that is there. Two that are not must not count as the same.
fn present(hash: Option<String>) -> Option<String> {
    hash.filter(|text| !text.is_empty())
}
