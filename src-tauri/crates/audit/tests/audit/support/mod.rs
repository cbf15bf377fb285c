//! What the tests of the audit trail share.

use chrono::{DateTime, FixedOffset};
use cpis_audit::{
    Answer, AuditOutcome, AuditTrail, Audited, Capacity, Clock, Delivery, Disk, EntryAnswer,
    Jitter, LedgerOptions, Look, OutgoingRecord, Pace, Protection, ProtectionError, Retention,
    RowAddress, ViewId, Workstation,
};
use cpis_record::{
    ActivityCode, CareSetting, Mode, NhsNumber, Organisation, Role, RoleProfileId, UserId, Viewer,
};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

pub const NUMBER: &str = "9990000018";

/// Masks the bytes and puts the address before them: enough to see that rows are sealed and that a
/// moved value is noticed. The real cipher is the vault's.
pub struct Masked;

impl Protection for Masked {
    fn seal(&self, row: RowAddress<'_>, plain: &[u8]) -> Result<Vec<u8>, ProtectionError> {
        let address = format!("{}#{}|", row.id, row.version).into_bytes();
        Ok(address
            .into_iter()
            .chain(plain.iter().copied())
            .map(|b| b ^ 0x5a)
            .collect())
    }

    fn open(&self, row: RowAddress<'_>, sealed: &[u8]) -> Result<Vec<u8>, ProtectionError> {
        let address = format!("{}#{}|", row.id, row.version).into_bytes();
        let bytes: Vec<u8> = sealed.iter().map(|b| b ^ 0x5a).collect();
        bytes
            .strip_prefix(address.as_slice())
            .map(<[u8]>::to_vec)
            .ok_or(ProtectionError)
    }

    fn chain_hash(&self, record: &[u8]) -> [u8; 32] {
        use sha2::Digest;
        sha2::Sha256::digest(record).into()
    }
}

pub struct Fixed;

pub fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-11-22T09:12:00+00:00").unwrap()
}

impl Clock for Fixed {
    fn now(&self) -> DateTime<FixedOffset> {
        now()
    }
}

impl Jitter for Fixed {
    fn between(&self, _: Duration, most: Duration) -> Duration {
        most
    }
}

/// A backend in memory: keeps what it accepts, and answers as told.
#[derive(Default)]
pub struct Backend {
    pub received: Mutex<Vec<Vec<OutgoingRecord>>>,
    pub answers: Mutex<Vec<Answer>>,
}

impl Backend {
    pub fn answering(answers: Vec<Answer>) -> Arc<Self> {
        Arc::new(Self {
            answers: Mutex::new(answers),
            ..Self::default()
        })
    }

    pub fn bodies(&self) -> Vec<serde_json::Value> {
        let received = self.received.lock().unwrap();
        received
            .iter()
            .flatten()
            .map(|r| serde_json::from_str(&r.body).unwrap())
            .collect()
    }
}

pub fn receipt(id: &str) -> EntryAnswer {
    EntryAnswer {
        status: 201,
        location: Some(format!("AuditEvent/{id}/_history/1")),
    }
}

#[async_trait::async_trait]
impl Delivery for Backend {
    async fn is_ready(&self) -> bool {
        true
    }

    async fn renew(&self) -> Result<(), Answer> {
        Ok(())
    }

    async fn deliver(&self, records: &[OutgoingRecord]) -> Answer {
        let known: Vec<String> = {
            let received = self.received.lock().unwrap();
            received.iter().flatten().map(|r| r.id.clone()).collect()
        };
        self.received.lock().unwrap().push(records.to_vec());
        let mut answers = self.answers.lock().unwrap();
        if answers.is_empty() {
            let entry = |record: &OutgoingRecord| EntryAnswer {
                status: if known.contains(&record.id) { 200 } else { 201 },
                ..receipt(&record.id)
            };
            Answer::Entries(records.iter().map(entry).collect())
        } else {
            answers.remove(0)
        }
    }
}

/// A disk with room.
pub struct Roomy;

impl Disk for Roomy {
    fn free(&self, _: &Path) -> Option<u64> {
        None
    }
}

pub fn options(folder: &Path, capacity: u32) -> LedgerOptions {
    LedgerOptions {
        folder: folder.to_owned(),
        file_system: None,
        protection: Arc::new(Masked),
        workstation: Workstation {
            id: "w".into(),
            product: "cpis-check/test".into(),
        },
        backend: "https://lookup.example".into(),
        capacity: Capacity(capacity),
        retention: Retention::default(),
        pace: Pace(Duration::ZERO),
        jitter: Arc::new(Fixed),
        disk: Arc::new(Roomy),
    }
}

pub fn open(folder: &Path) -> AuditTrail {
    let clock = Arc::new(Fixed);
    AuditTrail::open(options(folder, 100), clock).unwrap().0
}

pub fn id(number: u128) -> ViewId {
    ViewId::new(Uuid::from_u128(
        0x0198_f000_0000_7000_8000_0000_0000_0000 + number,
    ))
}

pub fn look(number: u128) -> Look {
    Look {
        id: id(number),
        at: now(),
        viewer: Viewer {
            user: UserId::new("910000000001").unwrap(),
            name: "Dr Example".into(),
            role: Role {
                profile: RoleProfileId::new("555254240100").unwrap(),
                code: "S8000:G8000:R8000".into(),
                name: "Clinical Practitioner".into(),
                organisation: Organisation {
                    ods_code: "RCU".parse().unwrap(),
                    name: None,
                },
                activities: vec![ActivityCode("B0107".into())],
            },
        },
        person: Some(NhsNumber::parse(NUMBER).unwrap()),
        mode: Mode::Unscheduled,
        care_setting: Some(CareSetting::CommunityPaediatrics),
        request: format!("GET CareTeam?patient:identifier={NUMBER}"),
    }
}

#[derive(Debug, PartialEq)]
pub struct Fetched(pub &'static str);

impl Audited for Fetched {
    fn outcome(&self) -> AuditOutcome {
        AuditOutcome::Shown
    }
}

/// Waits until the trail answers as wanted; the changes of the trail wake it.
pub async fn until(trail: &AuditTrail, wanted: impl Fn(cpis_audit::Counts) -> bool) {
    let mut changes = trail.changes();
    while !wanted(trail.counts().await.unwrap()) {
        changes.changed().await.unwrap();
    }
}

/// Every file of a folder, byte by byte.
pub fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap();
    let file = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read(path).unwrap())
    };
    entries.map(file).collect()
}
