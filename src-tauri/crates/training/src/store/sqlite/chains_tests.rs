//! Chains of records in any order against a plain model, and what reading them costs.

use super::*;
use crate::chain::{BEGINNING, Fork};
use crate::store::Link;
use chrono::DateTime;
use cpis_fhir::system;
use proptest::prelude::*;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

#[derive(Debug, Clone)]
struct Sent {
    workstation: u8,
    sequence: u64,
    previous: u8,
    hash: u8,
}

/// Hash 0 is what a chain begins after.
fn hash(name: u8) -> String {
    match name {
        0 => BEGINNING.to_owned(),
        other => other.to_string(),
    }
}

fn records() -> impl Strategy<Value = Vec<Sent>> {
    let likely = (0u8..2, 0u64..6).prop_map(|(workstation, sequence)| Sent {
        workstation,
        sequence,
        previous: u8::try_from(sequence.saturating_sub(1)).unwrap_or_default(),
        hash: u8::try_from(sequence).unwrap_or_default(),
    });
    let any =
        (0u8..2, 0u64..9, 0u8..6, 1u8..6).prop_map(|(workstation, sequence, previous, hash)| {
            Sent {
                workstation,
                sequence,
                previous,
                hash,
            }
        });
    proptest::collection::vec(prop_oneof![4 => likely, 1 => any], 0..20)
}

/// The least that is read as an audit record.
fn body(sent: &Sent) -> Value {
    json!({
        "resourceType": "AuditEvent",
        "id": "id",
        "recorded": "2026-11-22T09:30:00+00:00",
        "outcome": "8",
        "agent": [
            { "who": { "identifier": { "system": system::SDS_USER_ID, "value": "1" } } },
            { "who": { "identifier": { "system": system::ODS, "value": "RCU" } } },
        ],
        "source": { "observer": { "identifier": {
            "system": system::WORKSTATION, "value": sent.workstation.to_string(),
        } } },
        "entity": [
            { "what": { "identifier": { "system": system::NHS_NUMBER, "value": "9990000018" } } },
        ],
        "extension": [
            { "url": system::ACCESS_EXTENSION, "extension": [
                { "url": "unscheduled", "valueBoolean": false },
            ] },
            { "url": system::CHAIN_EXTENSION, "extension": [
                { "url": "sequence", "valueUnsignedInt": sent.sequence },
                { "url": "previous", "valueString": hash(sent.previous) },
                { "url": "hash", "valueString": hash(sent.hash) },
            ] },
        ],
    })
}

fn keep(store: &SqliteStore, id: usize, sent: &Sent) {
    let received = DateTime::parse_from_rfc3339("2026-11-22T09:30:00+00:00").expect("a time");
    let body = body(sent);
    let text = body.to_string();
    let creation = store.create_audit_record(&NewAuditRecord {
        id: &id.to_string(),
        body: &body,
        text: &text,
        link: Link::of(&body, &text),
        workstation: "client",
        received,
        look: None,
    });
    assert_eq!(creation.expect("the store works"), Creation::Created);
}

fn store() -> SqliteStore {
    let store = SqliteStore::in_memory().expect("a store in memory");
    let nobody = Population {
        patients: Vec::new(),
        staff: Vec::new(),
        authorities_to_share: Vec::new(),
    };
    store
        .prepare(1, NaiveDate::default(), &nobody)
        .expect("an empty store");
    store
}

/// The promise, written down without a database: everything is looked up among all records.
fn expected(all: &[Sent]) -> Vec<WorkstationChain> {
    let mut by_workstation: BTreeMap<u8, Vec<&Sent>> = BTreeMap::new();
    for sent in all {
        by_workstation
            .entry(sent.workstation)
            .or_default()
            .push(sent);
    }
    by_workstation
        .into_iter()
        .map(|(workstation, records)| {
            let numbers: BTreeSet<u64> = records.iter().map(|r| r.sequence).collect();
            let highest = numbers.last().copied().unwrap_or_default();
            let missing: Vec<u64> = (1..highest).filter(|n| !numbers.contains(n)).collect();
            let gaps: Vec<RangeInclusive<u64>> = missing
                .chunk_by(|one, next| one + 1 == *next)
                .map(|run| run[0]..=run[run.len() - 1])
                .collect();
            let at = |number: u64| records.iter().filter(move |r| r.sequence == number);
            let mut forks = Vec::new();
            for sequence in 1..=highest {
                let count = at(sequence).count() as u64;
                if count > 1 {
                    forks.push(Fork::SameSequence {
                        sequence,
                        records: count,
                    });
                }
                let before: Vec<u8> = match sequence {
                    1 => vec![0],
                    _ => at(sequence - 1).map(|r| r.hash).collect(),
                };
                if !before.is_empty() && at(sequence).any(|r| !before.contains(&r.previous)) {
                    forks.push(Fork::WrongPrevious { sequence });
                }
            }
            WorkstationChain {
                workstation: workstation.to_string(),
                records: records.len() as u64,
                highest,
                unplaced: at(0).count() as u64,
                gap_count: gaps.len() as u64,
                gaps,
                fork_count: forks.len() as u64,
                forks,
            }
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn chains_are_what_all_records_together_say(records in records()) {
        let store = store();
        for (id, sent) in records.iter().enumerate() {
            keep(&store, id, sent);
        }
        prop_assert_eq!(store.chains().expect("chains"), expected(&records));
    }
}

#[test]
fn chains_are_read_in_the_order_of_an_index_without_bodies() {
    let store = store();
    let plan: Vec<String> = store
        .snapshot(|t| {
            let mut statement = t.prepare(&format!("EXPLAIN QUERY PLAN {}", chains::PLACES))?;
            let rows = statement.query_map([BEGINNING], |row| row.get("detail"))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .expect("a plan");
    assert!(!plan.is_empty());
    // A sort would show as "USE TEMP B-TREE", a read of bodies as an index that does not cover.
    for step in plan {
        assert!(
            step.contains("COVERING INDEX")
                || step.contains("CORRELATED")
                // Where a chain begins anew after a reset: one small row an observer.
                || step.starts_with("SEARCH base USING INDEX"),
            "{step}"
        );
    }
}
