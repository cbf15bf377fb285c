//! The rules of the sender, one by one, with time in the test's hand and no network.

use crate::support::{id, look, now, options, receipt};
use chrono::{DateTime, FixedOffset, TimeDelta};
use cpis_audit::{
    Answer, AuditOutcome, Audited, Counts, EntryAnswer, EntryState, Ledger, LedgerOptions, Pace,
    Sealed, Step, WaitReason,
};
use std::collections::BTreeSet;
use std::time::Duration;
use tempfile::TempDir;

struct Shown;

impl Audited for Shown {
    fn outcome(&self) -> AuditOutcome {
        AuditOutcome::Shown
    }
}

/// A ledger, a clock and a token.
struct Stand {
    folder: TempDir,
    ledger: Ledger,
    now: DateTime<FixedOffset>,
    ready: bool,
}

impl Stand {
    fn with(change: impl Fn(&mut LedgerOptions)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = options(folder.path(), 1000);
        change(&mut options);
        let (ledger, _) = Ledger::open(options, now()).unwrap();
        Self {
            folder,
            ledger,
            now: now(),
            ready: true,
        }
    }

    fn new() -> Self {
        Self::with(|_| {})
    }

    fn see(&mut self, numbers: std::ops::RangeInclusive<u128>) {
        for number in numbers {
            let attempt = self.ledger.begin(&look(number)).unwrap();
            let sealed = Sealed::new(&attempt, Shown);
            let _receipt = self.ledger.conclude(attempt, &sealed).unwrap();
        }
    }

    fn step(&mut self) -> Step {
        self.ledger.step(self.now, self.ready).unwrap()
    }

    /// The ids of what is to be sent now.
    fn sends(&mut self) -> Vec<String> {
        match self.step() {
            Step::Send(records) => records.into_iter().map(|record| record.id).collect(),
            other => panic!("nothing is sent: {other:?}"),
        }
    }

    fn answer(&mut self, answer: &Answer) {
        self.ledger.answered(answer, self.now).unwrap();
    }

    fn pass(&mut self, seconds: i64) {
        self.now += TimeDelta::seconds(seconds);
    }

    fn counts(&self) -> Counts {
        self.ledger.counts()
    }

    fn again(&mut self) {
        let options = options(self.folder.path(), 1000);
        let spare = tempfile::tempdir().unwrap();
        let mut other = options.clone();
        other.folder = spare.path().to_owned();
        // The old one must let go of the file first.
        self.ledger = Ledger::open(other, self.now).unwrap().0;
        self.ledger = Ledger::open(options, self.now).unwrap().0;
    }
}

fn text(number: u128) -> String {
    id(number).to_string()
}

fn accepted(ids: &[String]) -> Answer {
    Answer::Entries(ids.iter().map(|id| receipt(id)).collect())
}

fn status(status: u16) -> Answer {
    Answer::Refused {
        status,
        retry_after: None,
    }
}

#[test]
fn at_most_a_hundred_go_in_one_call_and_never_sooner_than_the_pace() {
    let mut stand = Stand::with(|options| options.pace = Pace(Duration::from_millis(210)));
    stand.see(1..=130);
    let first = stand.sends();
    assert_eq!(first.len(), 100);
    stand.answer(&accepted(&first));
    assert_eq!(stand.step(), Step::Wait(Duration::from_millis(210)));
    stand.now += TimeDelta::milliseconds(210);
    assert_eq!(stand.sends().len(), 30);
    assert!(
        Pace::default().0 >= Duration::from_millis(200),
        "the platform permits 5 calls a second"
    );
}

#[test]
fn a_401_renews_the_token_once_and_then_pauses() {
    let mut stand = Stand::new();
    stand.see(1..=1);
    stand.sends();
    stand.answer(&Answer::Credential);
    assert_eq!(stand.step(), Step::Renew);
    stand.ledger.renewed(Ok(()), stand.now).unwrap();
    assert_eq!(stand.sends(), [text(1)], "the same record, once more");
    stand.answer(&Answer::Credential);
    assert!(matches!(stand.step(), Step::Wait(_)));
    let entry = stand.ledger.entries(1, 0).unwrap().remove(0);
    assert_eq!(entry.reason, Some(WaitReason::Credential));
    stand.see(2..=2);
    assert!(matches!(stand.step(), Step::Wait(_)), "nothing is sent");
    stand.pass(301);
    stand.sends();
}

#[test]
fn without_a_token_one_is_fetched_before_anything_is_sent() {
    let mut stand = Stand::new();
    stand.see(1..=2);
    stand.ready = false;
    assert_eq!(stand.step(), Step::Renew);
    let failed = Err(Answer::Unreachable);
    stand.ledger.renewed(failed, stand.now).unwrap();
    assert!(matches!(stand.step(), Step::Wait(_)));
    assert_eq!(stand.counts().waiting, 2);
    stand.pass(301);
    assert_eq!(stand.step(), Step::Renew);
    stand.ledger.renewed(Ok(()), stand.now).unwrap();
    stand.ready = true;
    assert_eq!(stand.sends().len(), 2);
}

#[test]
fn retry_after_wins_over_everything_but_a_person() {
    let mut stand = Stand::new();
    stand.see(1..=1);
    stand.sends();
    stand.answer(&Answer::Refused {
        status: 503,
        retry_after: Some(Duration::from_secs(3600)),
    });
    stand.see(2..=2);
    stand.pass(3599);
    assert!(matches!(stand.step(), Step::Wait(_)));
    stand.ledger.send_now().unwrap();
    assert_eq!(stand.sends().len(), 2);
}

#[test]
fn one_record_that_breaks_every_call_delays_no_other() {
    let mut stand = Stand::new();
    stand.see(1..=5);
    let mut sent = Vec::new();
    let mut calls = 0;
    while stand.counts().waiting > 1 {
        calls += 1;
        assert!(calls < 20, "the others wait");
        match stand.step() {
            Step::Send(records) => {
                let ids: Vec<String> = records.into_iter().map(|r| r.id).collect();
                if ids.contains(&text(2)) {
                    stand.answer(&status(500));
                } else {
                    stand.answer(&accepted(&ids));
                    sent.extend(ids);
                }
            }
            other => panic!("the lane stands still: {other:?}"),
        }
    }
    assert_eq!(sent, [text(1), text(3), text(4), text(5)]);
    // A new look does not wait for it either.
    stand.see(6..=6);
    assert_eq!(stand.sends(), [text(6)]);
}

#[test]
fn two_records_that_break_every_call_do_not_stop_a_new_one() {
    let mut stand = Stand::new();
    stand.see(1..=2);
    assert_eq!(stand.sends().len(), 2);
    stand.answer(&status(500));
    for number in 1..=2 {
        assert_eq!(stand.sends(), [text(number)]);
        stand.answer(&status(500));
    }
    assert!(matches!(stand.step(), Step::Wait(_)), "a pause");
    stand.see(3..=3);
    assert_eq!(stand.sends(), [text(3)]);
}

#[test]
fn a_page_of_the_wireless_network_is_no_receipt() {
    let mut stand = Stand::new();
    stand.see(1..=3);
    stand.sends();
    stand.answer(&Answer::NotAReceipt);
    for _ in 0..2 {
        assert_eq!(stand.sends().len(), 1, "one by one");
        stand.answer(&Answer::NotAReceipt);
    }
    assert!(matches!(stand.step(), Step::Wait(_)));
    assert_eq!((stand.counts().waiting, stand.counts().sent), (3, 0));
    // The third was not tried by itself, and waits for the same reason.
    for entry in stand.ledger.entries(10, 0).unwrap() {
        assert_eq!(entry.reason, Some(WaitReason::NotAReceipt));
    }
}

#[test]
fn a_start_takes_back_what_was_being_sent() {
    let mut stand = Stand::new();
    stand.see(1..=1);
    assert_eq!(stand.sends(), [text(1)]);
    stand.again();
    assert_eq!(stand.sends(), [text(1)]);
}

#[test]
fn the_time_of_the_next_try_outlives_a_start() {
    let mut stand = Stand::new();
    stand.see(1..=1);
    stand.sends();
    stand.answer(&Answer::Refused {
        status: 503,
        retry_after: Some(Duration::from_secs(600)),
    });
    stand.again();
    assert!(matches!(stand.step(), Step::Wait(_)));
    stand.pass(600);
    assert_eq!(stand.sends(), [text(1)]);
}

#[test]
fn a_clock_that_goes_back_a_day_keeps_no_record_waiting_for_a_day() {
    for restart in [false, true] {
        let mut stand = Stand::new();
        stand.see(1..=1);
        stand.sends();
        stand.answer(&status(503));
        stand.pass(-86_400);
        if restart {
            stand.again();
        }
        assert_eq!(stand.sends(), [text(1)], "restarted: {restart}");
    }
}

#[test]
fn a_backend_that_lost_records_gets_them_again() {
    let mut stand = Stand::new();
    stand.see(1..=250);
    while stand.counts().waiting > 0 {
        let ids = stand.sends();
        stand.answer(&accepted(&ids));
        stand.pass(60);
    }
    stand.again();
    // It has the oldest fifty, and nothing of what came later.
    let mut kept: Vec<String> = (1..=50).map(text).collect();
    let mut calls = 0;
    while let Step::Send(records) = stand.step() {
        calls += 1;
        let entry = |id: &String| EntryAnswer {
            status: if kept.contains(id) { 200 } else { 201 },
            ..receipt(id)
        };
        let ids: Vec<String> = records.into_iter().map(|r| r.id).collect();
        let answer = Answer::Entries(ids.iter().map(entry).collect());
        kept.extend(ids);
        stand.answer(&answer);
        if calls == 1 {
            // Also when the program stops meanwhile.
            stand.again();
        }
    }
    kept.sort();
    kept.dedup();
    assert_eq!(kept.len(), 250);
    assert_eq!(stand.counts().sent, 250, "none went back to waiting");
    assert!(stand.ledger.examine().unwrap().is_whole());
}

/// Asks for as long as there is something to send. A backend that has `kept` takes the rest.
fn probed(stand: &mut Stand, kept: &mut BTreeSet<String>) {
    while let Step::Send(records) = stand.step() {
        let entry = |id: &String| EntryAnswer {
            status: if kept.contains(id) { 200 } else { 201 },
            ..receipt(id)
        };
        let ids: Vec<String> = records.into_iter().map(|record| record.id).collect();
        stand.answer(&Answer::Entries(ids.iter().map(entry).collect()));
        kept.extend(ids);
    }
}

#[test]
fn a_backend_that_loses_records_twice_gets_them_twice() {
    let mut stand = Stand::new();
    stand.see(1..=3);
    let mut kept = BTreeSet::new();
    probed(&mut stand, &mut kept);
    for _ in 0..3 {
        kept.clear();
        stand.pass(13 * 3600);
        probed(&mut stand, &mut kept);
        assert_eq!(kept.len(), 3, "it is asked again after twelve hours");
    }
}

#[test]
fn what_gets_no_receipt_when_it_is_asked_about_waits_again() {
    let mut stand = Stand::new();
    stand.see(1..=3);
    let ids = stand.sends();
    stand.answer(&accepted(&ids));
    stand.pass(13 * 3600);
    assert_eq!(stand.sends(), [text(3), text(2), text(1)]);
    let bad = |status| EntryAnswer {
        status,
        location: None,
    };
    stand.answer(&Answer::Entries(vec![
        receipt(&text(3)),
        bad(503),
        bad(409),
    ]));
    let counts = stand.counts();
    assert_eq!(
        (counts.sent, counts.waiting, counts.needs_attention),
        (1, 1, 1)
    );
    stand.pass(300);
    assert_eq!(stand.sends(), [text(2)]);
    stand.answer(&accepted(&[text(2)]));
    assert_eq!(stand.counts().sent, 2);
    assert!(stand.ledger.examine().unwrap().is_whole());
}

#[test]
fn an_answer_that_does_not_fit_the_question_is_asked_for_again() {
    let mut stand = Stand::new();
    stand.see(1..=3);
    let ids = stand.sends();
    stand.answer(&accepted(&ids));
    stand.pass(13 * 3600);
    stand.sends();
    stand.answer(&Answer::Entries(vec![receipt(&text(3))]));
    stand.pass(300);
    assert_eq!(stand.sends(), [text(3), text(2), text(1)]);
}

#[test]
fn what_was_sent_goes_after_its_retention_time_and_the_rest_stays_whole() {
    let mut stand = Stand::new();
    stand.see(1..=3);
    let ids = stand.sends();
    stand.answer(&accepted(&ids));
    stand.pass(80 * 86_400);
    stand.see(4..=5);
    let ids = stand.sends();
    stand.answer(&accepted(&ids[..1]));
    assert_eq!(stand.ledger.prune(stand.now).unwrap(), 0);
    stand.pass(11 * 86_400);
    assert_eq!(stand.ledger.prune(stand.now).unwrap(), 3);
    let left: Vec<_> = stand.ledger.entries(10, 10).unwrap();
    assert_eq!(left.len(), 2);
    assert!(stand.ledger.examine().unwrap().is_whole());
    stand.see(6..=6);
    stand.again();
    assert!(stand.ledger.examine().unwrap().is_whole());
    stand.pass(400 * 86_400);
    let unsent = |stand: &Stand| {
        let entries = stand.ledger.entries(10, 10).unwrap();
        entries
            .iter()
            .filter(|e| e.state != EntryState::Sent)
            .count()
    };
    let before = unsent(&stand);
    while stand.ledger.prune(stand.now).unwrap() > 0 {}
    assert_eq!(unsent(&stand), before, "what is not sent never goes");
}
