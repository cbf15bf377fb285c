//! A backend as a model: keeps records by id and misbehaves as told.

use cpis_audit::{Answer, EntryAnswer, OutgoingRecord};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How the backend behaves towards the next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// It does as the contract says.
    Good,
    /// Nobody is reached.
    Unreachable,
    /// It stores, and its answer is lost.
    AnswerLost,
    /// It is asked, and neither stores nor answers.
    Silent,
    /// It answers every call with this status.
    Status(u16),
    /// It asks to wait, in seconds.
    RetryAfter(u16),
    /// Something else answers: a page to sign in to the wireless network.
    Portal,
    /// It does not accept the credential.
    Credential,
    /// It answers some entries of a batch with this status.
    SomeEntries(u16),
    /// It answers with a receipt for another record.
    WrongReceipt,
    /// It answers one entry too few.
    ShortAnswer,
}

/// The backend.
#[derive(Default)]
pub struct ModelBackend {
    kept: BTreeMap<String, String>,
    /// Every body that was ever accepted, by id.
    pub stored: BTreeMap<String, Vec<String>>,
    /// Records at which the whole call fails with 500.
    pub poison: BTreeSet<String>,
}

impl ModelBackend {
    /// Takes a call.
    pub fn call(
        &mut self,
        records: &[OutgoingRecord],
        mood: Mood,
        chance: &mut fastrand::Rng,
    ) -> Answer {
        if records
            .iter()
            .any(|record| self.poison.contains(&record.id))
        {
            return refused(500);
        }
        match mood {
            Mood::Unreachable => Answer::Unreachable,
            Mood::Silent => Answer::Lost,
            Mood::Status(status) => refused(status),
            Mood::RetryAfter(seconds) => Answer::Refused {
                status: 429,
                retry_after: Some(Duration::from_secs(seconds.into())),
            },
            Mood::Portal => Answer::NotAReceipt,
            Mood::Credential => Answer::Credential,
            Mood::AnswerLost => {
                for record in records {
                    self.put(record);
                }
                Answer::Lost
            }
            Mood::SomeEntries(status) => Answer::Entries(
                records
                    .iter()
                    .map(|record| {
                        if chance.bool() {
                            self.put(record)
                        } else {
                            EntryAnswer {
                                status,
                                location: None,
                            }
                        }
                    })
                    .collect(),
            ),
            Mood::WrongReceipt => Answer::Entries(
                records
                    .iter()
                    .map(|_| EntryAnswer {
                        status: 201,
                        location: Some("AuditEvent/another/_history/1".to_owned()),
                    })
                    .collect(),
            ),
            Mood::ShortAnswer => {
                let entries = records.iter().map(|record| self.put(record));
                Answer::Entries(entries.collect::<Vec<_>>().split_off(1))
            }
            Mood::Good => Answer::Entries(records.iter().map(|r| self.put(r)).collect()),
        }
    }

    /// What it has now, as a backup.
    #[must_use]
    pub fn backup(&self) -> BTreeMap<String, String> {
        self.kept.clone()
    }

    /// Goes back to a backup: what came since is gone.
    pub fn restore(&mut self, backup: BTreeMap<String, String>) {
        self.kept = backup;
        self.stored.retain(|id, _| self.kept.contains_key(id));
    }

    fn put(&mut self, record: &OutgoingRecord) -> EntryAnswer {
        let status = match self.kept.get(&record.id) {
            None => 201,
            Some(body) if *body == record.body => 200,
            Some(_) => 409,
        };
        let bodies = self.stored.entry(record.id.clone()).or_default();
        if !bodies.contains(&record.body) {
            bodies.push(record.body.clone());
        }
        if status == 201 {
            self.kept.insert(record.id.clone(), record.body.clone());
        }
        EntryAnswer {
            status,
            location: (status != 409)
                .then(|| format!("{}/{}/_history/1", record.kind.resource_type(), record.id)),
        }
    }
}

fn refused(status: u16) -> Answer {
    Answer::Refused {
        status,
        retry_after: None,
    }
}
