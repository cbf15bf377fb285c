//! The hash chains of workstations, as their audit records arrive.

use crate::audit::{batch, record};
use crate::bench::{Bench, trace};
use crate::kept::Kept;
use cpis_fhir::{ChainLink, with_own_hash, write_audit_batch, write_audit_event};
use cpis_training::{
    Case, Fork, LISTED_LIMIT, TrainingBackend, TrainingError, TrainingOptions, WorkstationChain,
    chains_of,
};
use reqwest::StatusCode;
use serde_json::Value;

/// A backend and a token to send records with.
pub(crate) struct Sending {
    pub(crate) bench: Bench,
    token: String,
}

impl Sending {
    async fn start() -> Self {
        Self::to(Bench::start().await).await
    }

    pub(crate) async fn on(kept: &Kept) -> Self {
        Self::to(Bench::on(kept).await).await
    }

    async fn to(bench: Bench) -> Self {
        let token = bench.workstation().await;
        Self { bench, token }
    }

    /// A record of a workstation at a number, which names `previous` as the hash before it.
    pub(crate) fn link(
        &self,
        workstation: &str,
        sequence: u64,
        previous: &str,
        own: &str,
    ) -> Value {
        let bench = &self.bench;
        let mut record = record(bench, &trace(), &bench.number(Case::NothingHeld));
        workstation.clone_into(&mut record.workstation.id);
        record.chain = ChainLink {
            sequence,
            previous: previous.to_owned(),
        };
        with_own_hash(write_audit_event(&record), own)
    }

    /// A record in its place in a whole chain.
    fn place(&self, workstation: &str, sequence: u64) -> Value {
        self.link(workstation, sequence, &hash(sequence - 1), &hash(sequence))
    }

    pub(crate) async fn put(&self, record: &Value) -> StatusCode {
        let id = record["id"].as_str().unwrap();
        self.bench.put_audit(&self.token, id, record).await.status()
    }

    /// Sends the records of a whole chain with these numbers, in this order.
    pub(crate) async fn put_places(
        &self,
        workstation: &str,
        sequences: impl IntoIterator<Item = u64>,
    ) {
        for sequence in sequences {
            let record = self.place(workstation, sequence);
            assert_eq!(self.put(&record).await, StatusCode::CREATED);
        }
    }

    fn chains(&self) -> Vec<WorkstationChain> {
        self.bench.backend.chains().unwrap()
    }
}

/// The own hash of a record; 0 is what a chain begins after.
pub(crate) fn hash(sequence: u64) -> String {
    format!("{sequence:064x}")
}

fn whole(workstation: &str, records: u64) -> WorkstationChain {
    WorkstationChain {
        workstation: workstation.to_owned(),
        records,
        highest: records,
        unplaced: 0,
        gap_count: 0,
        gaps: Vec::new(),
        fork_count: 0,
        forks: Vec::new(),
    }
}

#[tokio::test]
async fn a_whole_chain_is_whole() {
    let sending = Sending::start().await;
    assert_eq!(sending.chains(), []);
    sending.put_places("ws", 1..=2).await;
    let rest: Vec<Value> = (3..=4).map(|n| sending.place("ws", n)).collect();
    let together = batch(&sending.bench, &sending.token, &write_audit_batch(&rest));
    assert_eq!(together.send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(sending.chains(), [whole("ws", 4)]);
    assert!(sending.chains()[0].is_whole());
}

#[tokio::test]
async fn records_in_any_order_leave_no_gap_in_the_end() {
    let sending = Sending::start().await;
    sending.put_places("ws", [5, 2]).await;
    let chain = &sending.chains()[0];
    assert_eq!((chain.records, chain.highest), (2, 5));
    assert_eq!(chain.gaps, [1..=1, 3..=4]);
    assert_eq!(chain.gap_count, 2);
    // What a record should follow cannot be said before the record before it is there.
    assert_eq!(chain.forks, []);
    assert!(!chain.is_whole());
    sending.put_places("ws", [4, 1, 3]).await;
    assert_eq!(sending.chains(), [whole("ws", 5)]);
}

#[tokio::test]
async fn what_is_missing_in_the_middle_is_a_gap() {
    let sending = Sending::start().await;
    sending.put_places("ws", [1, 2, 6]).await;
    let gap = WorkstationChain {
        highest: 6,
        gap_count: 1,
        gaps: vec![3..=5],
        ..whole("ws", 3)
    };
    assert_eq!(sending.chains(), [gap]);
}

#[tokio::test]
async fn two_records_with_one_number_are_a_fork() {
    let sending = Sending::start().await;
    sending.put_places("ws", 1..=3).await;
    let other = sending.link("ws", 2, &hash(1), &hash(200));
    assert_eq!(sending.put(&other).await, StatusCode::CREATED);
    let fork = Fork::SameSequence {
        sequence: 2,
        records: 2,
    };
    let forked = |records, highest, forks: &[Fork]| WorkstationChain {
        highest,
        fork_count: forks.len() as u64,
        forks: forks.to_vec(),
        ..whole("ws", records)
    };
    assert_eq!(sending.chains(), [forked(4, 3, &[fork])]);
    // Both branches may go on: each record follows one of the two.
    let branch = sending.link("ws", 3, &hash(200), &hash(300));
    assert_eq!(sending.put(&branch).await, StatusCode::CREATED);
    let second = Fork::SameSequence {
        sequence: 3,
        records: 2,
    };
    assert_eq!(sending.chains(), [forked(5, 3, &[fork, second])]);
}

#[tokio::test]
async fn a_record_that_does_not_follow_the_one_before_is_a_fork() {
    let sending = Sending::start().await;
    sending.put_places("ws", [1, 2, 4]).await;
    let astray = sending.link("ws", 3, &hash(99), &hash(3));
    assert_eq!(sending.put(&astray).await, StatusCode::CREATED);
    // A chain begins after 64 zeros and nothing else, also when it says nothing.
    let beginnings = [("ws-a", ""), ("ws-b", "00"), ("ws-c", &hash(1))];
    for (workstation, previous) in beginnings {
        let first = sending.link(workstation, 1, previous, &hash(1));
        assert_eq!(sending.put(&first).await, StatusCode::CREATED);
    }
    let astray = |workstation: &str, records, sequence| WorkstationChain {
        fork_count: 1,
        forks: vec![Fork::WrongPrevious { sequence }],
        ..whole(workstation, records)
    };
    assert_eq!(
        sending.chains(),
        [
            astray("ws", 4, 3),
            astray("ws-a", 1, 1),
            astray("ws-b", 1, 1),
            astray("ws-c", 1, 1),
        ]
    );
}

#[tokio::test]
async fn workstations_do_not_mix_whoever_sends_their_records() {
    let sending = Sending::start().await;
    sending.put_places("ws-b", [1, 3]).await;
    sending.put_places("ws-a", 1..=2).await;
    // Enrolled anew, a workstation goes on with its chain.
    let again = Sending {
        token: sending.bench.workstation().await,
        bench: sending.bench,
    };
    again.put_places("ws-a", 3..=3).await;
    let gap = WorkstationChain {
        highest: 3,
        gap_count: 1,
        gaps: vec![2..=2],
        ..whole("ws-b", 2)
    };
    // A hash of one workstation is not one that another's record may follow.
    let first = again.link("ws-c", 1, &hash(0), &hash(51));
    let second = again.link("ws-c", 2, &hash(1), &hash(52));
    for record in [first, second] {
        assert_eq!(again.put(&record).await, StatusCode::CREATED);
    }
    let astray = WorkstationChain {
        fork_count: 1,
        forks: vec![Fork::WrongPrevious { sequence: 2 }],
        ..whole("ws-c", 2)
    };
    assert_eq!(again.chains(), [whole("ws-a", 3), gap, astray]);
}

#[tokio::test]
async fn the_same_record_twice_changes_nothing() {
    let sending = Sending::start().await;
    sending.put_places("ws", [1]).await;
    let second = sending.place("ws", 2);
    assert_eq!(sending.put(&second).await, StatusCode::CREATED);
    assert_eq!(sending.put(&second).await, StatusCode::OK);
    assert_eq!(sending.chains(), [whole("ws", 2)]);
    // Nor does other content under the same id, which is refused.
    let mut changed = sending.link("ws", 2, &hash(99), &hash(98));
    changed["id"] = second["id"].clone();
    assert_eq!(sending.put(&changed).await, StatusCode::CONFLICT);
    assert_eq!(sending.chains(), [whole("ws", 2)]);
}

#[tokio::test]
async fn records_without_a_place_are_counted_and_leave_no_chain_whole() {
    let sending = Sending::start().await;
    sending.put_places("ws", [1]).await;
    let mut without_chain = sending.place("ws", 2);
    without_chain["extension"].as_array_mut().unwrap().pop();
    let without_hash = sending.link("ws", 2, &hash(1), "");
    let number_nought = sending.link("ws", 0, &hash(1), &hash(2));
    let beyond_numbers = sending.link("ws", u64::MAX, &hash(1), &hash(2));
    for record in [without_chain, without_hash, number_nought, beyond_numbers] {
        assert_eq!(sending.put(&record).await, StatusCode::CREATED);
    }
    let unplaced = WorkstationChain {
        records: 5,
        unplaced: 4,
        ..whole("ws", 1)
    };
    assert!(!unplaced.is_whole());
    assert_eq!(sending.chains(), [unplaced]);
}

#[tokio::test]
async fn a_record_that_names_no_workstation_counts_for_the_credential_it_came_with() {
    let sending = Sending::start().await;
    let mut nameless = sending.place("ws", 1);
    nameless["source"]
        .as_object_mut()
        .unwrap()
        .remove("observer");
    assert_eq!(sending.put(&nameless).await, StatusCode::CREATED);
    sending.put_places("ws", [1]).await;
    let chains = sending.chains();
    assert_eq!(chains.len(), 2);
    for chain in &chains {
        assert_eq!(chain, &whole(&chain.workstation, 1));
    }
    assert!(chains.iter().any(|chain| chain.workstation == "ws"));
}

#[tokio::test]
async fn a_file_from_before_chains_is_told_apart_and_brought_up_to_date() {
    let kept = Kept::new().await;
    let sending = Sending::on(&kept).await;
    sending.put_places("ws", [1, 2, 4]).await;
    let before = sending.chains();
    sending.bench.backend.shutdown().await;
    let none = Kept::nowhere();
    assert!(matches!(
        chains_of(&none.location),
        Err(TrainingError::Store(_) | TrainingError::DatabaseDenied)
    ));
    assert_eq!(std::fs::read_dir(none.folder.path()).unwrap().count(), 0);

    kept.back_to_schema(1).await;
    assert!(matches!(
        chains_of(&kept.location),
        Err(TrainingError::OlderSchema { found: 1, known: 6 })
    ));
    let options = TrainingOptions {
        store: kept.location.clone(),
        ..TrainingOptions::default()
    };
    let backend = TrainingBackend::start(options).await.unwrap();
    assert_eq!(backend.chains().unwrap(), before);
    assert_eq!(chains_of(&kept.location).unwrap(), before);
}

#[tokio::test]
async fn beyond_a_limit_gaps_are_counted_and_not_listed() {
    let sending = Sending::start().await;
    let gaps = LISTED_LIMIT as u64 + 1;
    let records: Vec<Value> = (1..=gaps).map(|n| sending.place("ws", 2 * n)).collect();
    for hundred in records.chunks(100) {
        let together = batch(&sending.bench, &sending.token, &write_audit_batch(hundred));
        assert_eq!(together.send().await.unwrap().status(), StatusCode::OK);
    }
    let chains = sending.chains();
    assert_eq!(chains[0].gap_count, gaps);
    assert_eq!(chains[0].gaps.len(), LISTED_LIMIT);
    assert_eq!(chains[0].gaps[LISTED_LIMIT - 1], 1999..=1999);
}
