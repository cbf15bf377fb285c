//! What the program said over all its runs, and what is found in the end; and the verdict on it.

use super::life::Ended;
use super::{Trouble, Workplace};
use crate::checker::{Verdict, judge};
use crate::history::History;
use crate::words::{Order, Said};
use chrono::{DateTime, FixedOffset};
use cpis_audit::examine_folder;
use cpis_training::Arrival;
use rusqlite::{Connection, OpenFlags};
use std::collections::{BTreeMap, BTreeSet};

/// The account of a harness.
#[derive(Default)]
pub struct Account {
    /// Looks that were asked for, by number.
    asked: BTreeMap<String, usize>,
    /// Looks of which the window said that they had begun, by number.
    begun: BTreeMap<String, usize>,
    /// Looks whose result the window had, and whether it was an answer.
    shown: BTreeMap<String, bool>,
    /// Notes that were asked for.
    notes_asked: usize,
    /// Notes of which the window said that they are stored.
    notes_stored: BTreeSet<String>,
    failures: Vec<String>,
    /// When runs were started, oldest first.
    starts: Vec<DateTime<FixedOffset>>,
    records: usize,
}

impl Account {
    /// Takes note of an order.
    pub fn asked(&mut self, order: &Order) {
        self.notes_asked += usize::from(matches!(order, Order::Note { .. }));
        if let Order::Look { number, .. } | Order::Note { number, .. } = order {
            *self.asked.entry(number.clone()).or_default() += 1;
        }
    }

    /// Takes note of a run that is over.
    pub(super) fn take(&mut self, ended: &Ended) {
        self.starts.push(ended.started);
        for said in &ended.heard {
            match said {
                Said::Begun(number) => *self.begun.entry(number.clone()).or_default() += 1,
                Said::Shown { reference, answer } => {
                    self.shown.insert(reference.clone(), *answer);
                }
                Said::Stored(id) => {
                    self.notes_stored.insert(id.clone());
                }
                Said::CannotStart(reason) => self.fail(format!("it cannot start: {reason}")),
                Said::NotBegun => self.fail("a look could not be begun"),
                Said::Notice(what) if what != "TestCards" && what != "NotEnrolled" => {
                    self.fail(format!("it says {what}"));
                }
                Said::ToSend {
                    needs_attention: 1..,
                    ..
                } => self.fail("a record needs attention"),
                _ => {}
            }
        }
        for line in &ended.misread {
            self.fail(format!("it said {line:?}"));
        }
    }

    /// Takes note of something that must not be.
    pub fn fail(&mut self, what: impl ToString) {
        self.failures.push(what.to_string());
    }

    /// How many results the window had.
    #[must_use]
    pub fn shown_count(&self) -> usize {
        self.shown.len()
    }

    /// How many records the backend had in the end.
    #[must_use]
    pub fn record_count(&self) -> usize {
        self.records
    }

    /// Compares all that was said with the backend and the ledger. The program must not be running.
    ///
    /// # Errors
    /// [`Trouble`] when the ledger or the backend's store cannot be read.
    pub(super) fn close(&mut self, workplace: &Workplace) -> Result<Verdict, Trouble> {
        let mut history = History {
            shown: self.shown.keys().cloned().collect(),
            ..History::default()
        };
        self.read_ledger(workplace, &mut history)?;
        let (mut outcomes, mut people) = (BTreeMap::new(), BTreeMap::<String, usize>::new());
        for (id, body) in workplace.backend().audit_records()? {
            let body = body.to_string();
            let facts = cpis_fhir::read_audit_event(body.as_bytes())?;
            outcomes.insert(id.clone(), facts.outcome);
            let person = facts.person.map(|number| number.digits());
            *people.entry(person.unwrap_or_default()).or_default() += 1;
            history.stored.entry(id).or_default().push(body);
        }
        self.records = outcomes.len();
        let notes = workplace.notes()?;
        let note_count = notes.len();
        for (id, body) in notes {
            history.stored.entry(id).or_default().push(body);
        }
        let arrivals = workplace.backend().arrivals().kept();
        history.calls = self.calls(&arrivals);
        let traces = self.read_traces(arrivals);
        let otherwise = self.shown_otherwise(&outcomes);
        self.read_chains(workplace)?;
        history.failures = std::mem::take(&mut self.failures);
        let mut verdict = judge(&history);
        verdict.unaudited += otherwise;
        // Of each note that was said to be stored the authority has one, and of no order more than one.
        let delivered = |id: &&String| history.stored.contains_key(*id);
        verdict.lost += self.notes_stored.iter().filter(|id| !delivered(id)).count();
        verdict.doubled += note_count.saturating_sub(self.notes_asked);
        // Whatever arrived anywhere belongs to a look that is on record.
        let unknown = |trace: &&String| !history.stored.contains_key(*trace);
        verdict.unaudited += traces.iter().filter(unknown).count();
        // By number: at least as many records as looks that had begun, at most as many as were
        // asked for.
        let count = |of: &BTreeMap<String, usize>, number| of.get(number).copied().unwrap_or(0);
        for (number, begun) in &self.begun {
            verdict.lost += begun.saturating_sub(count(&people, number));
        }
        for (number, records) in &people {
            verdict.doubled += records.saturating_sub(count(&self.asked, number));
        }
        Ok(verdict)
    }

    fn read_ledger(&mut self, workplace: &Workplace, history: &mut History) -> Result<(), Trouble> {
        let folder = workplace.ledger_folder();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let ledger = Connection::open_with_flags(folder.join("audit.sqlite"), flags)?;
        let mut rows = ledger.prepare("SELECT id, state FROM record ORDER BY number")?;
        let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for row in rows {
            let (id, state): (String, String) = row?;
            history.begun.push(id.clone());
            if state == "sent" {
                history.claimed_sent.push(id.clone());
            }
            history.rows.insert(id, state);
        }
        let report = examine_folder(&folder, &workplace.keys()?, |_| true)?.unwrap_or_default();
        history.findings = report.findings.iter().map(ToString::to_string).collect();
        Ok(())
    }

    /// The looks of which anything arrived. A question that tells an authority must arrive once;
    /// one that was answered with 401, and so was not acted on, may come with another token.
    fn read_traces(&mut self, arrivals: Vec<Arrival>) -> BTreeSet<String> {
        let mut traces = BTreeSet::new();
        let mut telling = BTreeMap::<(String, String), usize>::new();
        for arrival in arrivals {
            let Some(trace) = arrival.trace_id else {
                continue;
            };
            if arrival.unscheduled && arrival.status != Some(401) {
                let question = (trace.clone(), arrival.path);
                *telling.entry(question).or_default() += 1;
            }
            traces.insert(trace);
        }
        for ((trace, path), times) in telling {
            if times > 1 {
                self.fail(format!("{trace} asked {path} {times} times"));
            }
        }
        traces
    }

    /// When records came. The pace is kept by one run: the next one, which no person could start as
    /// fast as the harness does, begins anew.
    fn calls(&self, arrivals: &[Arrival]) -> Vec<i64> {
        const BETWEEN_RUNS: i64 = 10_000;
        let records = arrivals.iter().filter(|a| a.path.starts_with("/audit/"));
        let at = |arrival: &Arrival| {
            let run = self.starts.partition_point(|start| *start <= arrival.at);
            let run = i64::try_from(run).unwrap_or(i64::MAX);
            arrival.at.timestamp_millis() + run.saturating_mul(BETWEEN_RUNS)
        };
        records.map(at).collect()
    }

    /// How many results were shown and are on record as something else: an answer that was shown
    /// as outcome 0, a look that came to none as outcome 4. One that is not on record at all is the
    /// judge's business.
    fn shown_otherwise(&mut self, outcomes: &BTreeMap<String, u8>) -> usize {
        let mut wrong = Vec::new();
        for (reference, answer) in &self.shown {
            let due = if *answer { 0 } else { 4 };
            if let Some(outcome) = outcomes.get(reference).filter(|outcome| **outcome != due) {
                let text = format!("{reference} was shown as {due} and is on record as {outcome}");
                wrong.push(text);
            }
        }
        let count = wrong.len();
        self.failures.extend(wrong);
        count
    }

    fn read_chains(&mut self, workplace: &Workplace) -> Result<(), Trouble> {
        let chains = workplace.backend().chains()?;
        if chains.len() > 1 {
            self.fail(format!("{} chains from one computer", chains.len()));
        }
        for chain in chains {
            if chain.gap_count + chain.fork_count + chain.unplaced > 0 {
                self.fail(format!("the chain at the backend: {chain:?}"));
            }
        }
        Ok(())
    }
}
