//! Trainees: each workstation with its looks and audit records, and whether its chain is whole.

use super::components::{self, heading, link, paragraph, summary_list, table, tag};
use super::layout;
use super::{Answer, Visit};
use crate::TrainingError;
use crate::chain::{Fork, WorkstationChain};
use crate::markup::{Markup, element};
use crate::store::{SentRecord, Store, Trainee};
use axum::extract::Path;
use cpis_fhir::{AuditFacts, read_audit_event};

/// Records on a page at most.
const SHOWN: usize = 100;
/// Gaps and forks that are listed.
const LISTED: usize = 10;

/// A workstation with what it sent.
pub(super) struct Sender {
    pub(super) trainee: Trainee,
    chains: Vec<WorkstationChain>,
}

/// The workstations of a class.
pub(super) async fn page(visit: Visit) -> Answer {
    let senders = visit.ask(senders).await?;
    let cells = |sender: &Sender| {
        let trainee = &sender.trainee;
        let to = format!("trainees/{}", trainee.client_id);
        let enrolled = chrono::DateTime::from_timestamp(trainee.enrolled, 0);
        let enrolled = enrolled.map(|at| components::moment(at.fixed_offset()));
        vec![
            link(&visit.address(&to), name(trainee)),
            enrolled.unwrap_or_default().into(),
            trainee.records.to_string().into(),
            sender.chains.iter().map(mark).collect(),
        ]
    };
    let body = match senders.is_empty() {
        true => paragraph("No workstation has been enrolled yet."),
        false => table(
            "Workstations, the newest first",
            &["Workstation", "Enrolled", "Audit records", "Chain"],
            senders.iter().map(cells).collect(),
        ),
    };
    Ok(visit.page("trainees", "Trainees", &[], body))
}

/// One workstation.
pub(super) async fn one(visit: Visit, Path((_, client_id)): Path<(String, String)>) -> Answer {
    let read = move |store: &dyn Store| {
        let senders = senders(store)?;
        let sender = senders
            .into_iter()
            .find(|sender| sender.trainee.client_id == client_id);
        let records = store.records_of(&client_id, SHOWN)?;
        Ok((sender, records))
    };
    let (sender, records) = visit.ask(read).await?;
    let sender = sender.ok_or_else(|| layout::not_found(&visit.console))?;
    let title = name(&sender.trainee).to_owned();
    let chains = match sender.chains.is_empty() {
        true => paragraph("No audit record has arrived."),
        false => sender.chains.iter().map(chain).collect(),
    };
    let body = heading("Chain of audit records")
        .and(chains)
        .and(looks(&visit, &records));
    Ok(visit.page("trainees", &title, &[], body))
}

/// Every workstation with its chains.
pub(super) fn senders(store: &dyn Store) -> Result<Vec<Sender>, TrainingError> {
    let all = store.chains()?;
    let of = |trainee: Trainee| {
        let observers = store.observers_of(&trainee.client_id)?;
        let own = all.iter().filter(|c| observers.contains(&c.workstation));
        Ok(Sender {
            chains: own.cloned().collect(),
            trainee,
        })
    };
    store.trainees()?.into_iter().map(of).collect()
}

/// A workstation's name, or its id where it gave none.
pub(super) fn name(trainee: &Trainee) -> &str {
    trainee.name.as_deref().unwrap_or(&trainee.client_id)
}

fn mark(chain: &WorkstationChain) -> Markup {
    match (chain.is_whole(), chain.fork_count) {
        (true, _) => tag("Whole", "green"),
        (false, 0) => tag("Records missing", "orange"),
        (false, _) => tag("Forked", "red"),
    }
}

fn chain(chain: &WorkstationChain) -> Markup {
    let gaps = chain
        .gaps
        .iter()
        .take(LISTED)
        .map(|gap| match gap.end() - gap.start() {
            0 => format!("{}", gap.start()),
            _ => format!("{} to {}", gap.start(), gap.end()),
        });
    let forks = chain.forks.iter().take(LISTED).map(|fork| match fork {
        Fork::SameSequence { sequence, records } => {
            format!("{records} records have number {sequence}")
        }
        Fork::WrongPrevious { sequence } => {
            format!("number {sequence} follows another record than the one before it")
        }
    });
    let listed = |count: u64, items: Vec<String>| -> Markup {
        match count {
            0 => "None".into(),
            _ => format!("{count}: {}", items.join("; ")).into(),
        }
    };
    summary_list(vec![
        ("Chain", mark(chain)),
        ("Records", chain.records.to_string().into()),
        ("Highest number", chain.highest.to_string().into()),
        ("Numbers missing", listed(chain.gap_count, gaps.collect())),
        ("Forks", listed(chain.fork_count, forks.collect())),
        ("Without a place", chain.unplaced.to_string().into()),
    ])
}

fn looks(visit: &Visit, records: &[SentRecord]) -> Markup {
    let cells = |(record, facts): (&SentRecord, AuditFacts)| {
        let person = facts.person.as_ref().map(|number| {
            let digits = number.digits();
            let to = visit.address(&format!("people?number={digits}"));
            link(&to, &number.to_string())
        });
        let mode = match (&facts.person, facts.unscheduled) {
            (None, _) => "Search by name",
            (_, true) => "The authority is told",
            (_, false) => "The authority is not told",
        };
        vec![
            components::moment(facts.recorded).into(),
            components::moment(record.received).into(),
            facts.viewer.clone().unwrap_or_default().into(),
            person.unwrap_or_default(),
            mode.into(),
            outcome(facts.outcome).into(),
        ]
    };
    let rows = records.iter().filter_map(|record| {
        let facts = read_audit_event(record.body.to_string().as_bytes()).ok()?;
        Some(cells((record, facts)))
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return Markup::default();
    }
    element(
        "section",
        &[],
        table(
            "Looks, the newest first",
            &[
                "Time",
                "Arrived",
                "Viewer's Name",
                "NHS number",
                "Mode",
                "Outcome",
            ],
            rows,
        ),
    )
}

const fn outcome(outcome: u8) -> &'static str {
    match outcome {
        0 => "Shown",
        4 => "Not checked",
        _ => "Attempted; it cannot be told whether it was shown",
    }
}
