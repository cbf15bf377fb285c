//! The rows of local authorities: credentials, files, submitted records, notifications.

use super::page::Entries;
use super::{Outcome, SqliteStore, extract, moment, number, people, register, unreadable, way};
use crate::local_authority::{FileResult, RowAnswer, SubmittedRecord, Submitter, Verdict, verdict};
use crate::store::{
    ExtractTaker, FileBegun, Hash, LocalAuthorityStore, NewFile, Page, PageAsked, Period, Person,
    StoredAccess, StoredNotification,
};
use chrono::{DateTime, FixedOffset, NaiveDate};
use cpis_record::{NhsNumber, OdsCode, Telephone};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

impl LocalAuthorityStore for SqliteStore {
    fn add_authority_credential(
        &self,
        credential: &Hash,
        authority: &OdsCode,
        alone: bool,
        now: DateTime<FixedOffset>,
    ) -> Outcome<()> {
        self.transaction(|t| add_credential(t, credential, authority, alone, now))
    }

    fn authority_of(&self, credential: &Hash) -> Outcome<Option<OdsCode>> {
        self.read(|t| authority_of(t, credential))
    }

    fn begin_file(&self, file: &NewFile<'_>) -> Outcome<FileBegun> {
        self.transaction(|t| begin_file(t, file))
    }

    fn load_records(
        &self,
        submitter: &Submitter,
        records: &[SubmittedRecord],
        now: DateTime<FixedOffset>,
    ) -> Outcome<Vec<RowAnswer>> {
        self.transaction(|t| {
            records
                .iter()
                .map(|record| load(t, submitter, record, now))
                .collect()
        })
    }

    fn end_file(&self, authority: &OdsCode, sequence: u64, result: FileResult) -> Outcome<()> {
        self.transaction(|t| {
            t.execute(
                "UPDATE authority_file SET result = ?3 WHERE authority = ?1 AND sequence = ?2",
                params![authority.as_str(), signed(sequence), result.code()],
            )?;
            Ok(())
        })
    }

    fn authority_notifications(&self, asked: &PageAsked<'_>) -> Outcome<Page<StoredNotification>> {
        self.snapshot(|t| notifications(t, asked))
    }

    fn extract(&self, period: Period, taker: &mut dyn ExtractTaker) -> Outcome<()> {
        self.snapshot(|t| extract::hand_over(t, period, taker))
    }

    fn periods_to_share(&self) -> Outcome<Vec<(NaiveDate, Option<NaiveDate>)>> {
        self.snapshot(extract::periods_to_share)
    }

    fn add_people(&self, added: &[Person]) -> Outcome<()> {
        self.transaction(|t| added.iter().try_for_each(|p| people::add_to_stay(t, p)))
    }

    fn add_accesses(&self, accesses: &[(NhsNumber, StoredAccess)]) -> Outcome<()> {
        self.transaction(|t| {
            for (person, stored) in accesses {
                let id = Uuid::try_parse(&stored.id).map_err(|_| unreadable("an id"))?;
                // A trace of its own, as a look has, so that it stays.
                register::insert_access(t, id, person, Some(&stored.id), &stored.access)?;
            }
            Ok(())
        })
    }
}

fn add_credential(
    t: &Connection,
    credential: &Hash,
    authority: &OdsCode,
    alone: bool,
    now: DateTime<FixedOffset>,
) -> Outcome<()> {
    if alone {
        t.execute(
            "DELETE FROM authority_credential WHERE authority = ?1",
            [authority.as_str()],
        )?;
    }
    t.execute(
        "INSERT INTO authority_credential (credential, authority, issued) VALUES (?1, ?2, ?3)",
        params![credential.as_str(), authority.as_str(), now.to_rfc3339()],
    )?;
    Ok(())
}

fn authority_of(t: &Connection, credential: &Hash) -> Outcome<Option<OdsCode>> {
    let found: Option<String> = t
        .query_row(
            "SELECT authority FROM authority_credential WHERE credential = ?1",
            [credential.as_str()],
            |row| row.get(0),
        )
        .optional()?;
    found
        .map(|code| code.parse().map_err(|_| unreadable("an authority's code")))
        .transpose()
}

fn begin_file(t: &Connection, file: &NewFile<'_>) -> Outcome<FileBegun> {
    let authority = file.authority.as_str();
    let newest: Option<i64> = t.query_row(
        "SELECT max(sequence) FROM authority_file WHERE authority = ?1",
        [authority],
        |row| row.get(0),
    )?;
    let before: Option<i64> = t.query_row(
        "SELECT max(sequence) FROM authority_file WHERE authority = ?1 AND sha256 = ?2",
        [authority, file.sha256],
        |row| row.get(0),
    )?;
    let begun = FileBegun::decide(
        file.sequence,
        newest.unwrap_or_default().unsigned_abs(),
        before.map(i64::unsigned_abs),
    );
    if let FileBegun::New(sequence) = begun {
        t.execute(
            "INSERT INTO authority_file (authority, sequence, sha256, received) \
             VALUES (?1, ?2, ?3, ?4)",
            params![
                authority,
                signed(sequence),
                file.sha256,
                file.received.to_rfc3339(),
            ],
        )?;
    }
    Ok(begun)
}

fn load(
    t: &Connection,
    submitter: &Submitter,
    record: &SubmittedRecord,
    now: DateTime<FixedOffset>,
) -> Outcome<RowAnswer> {
    let person = people::person(t, &record.nhs_number)?;
    let plans = register::plans(t, &record.nhs_number)?;
    let verdict = verdict(record, submitter, person.as_ref(), &plans, now.date_naive());
    match &verdict {
        Verdict::Refuse(_) => {}
        Verdict::Add => {
            t.prepare_cached(
                "INSERT INTO plan (id, nhs_number, code, start_date, end_date, authority_name, \
                 authority_code, office_hours, emergency_duty, last_updated, birth_date, made_up) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0)",
            )?
            .execute(params![
                Uuid::new_v4().to_string(),
                record.nhs_number.digits(),
                record.kind.snomed(),
                record.start.to_string(),
                record.end.map(|d| d.to_string()),
                submitter.name,
                submitter.code.as_str(),
                record.office_hours.as_ref().map(Telephone::as_str),
                record.emergency_duty.as_ref().map(Telephone::as_str),
                now.to_rfc3339(),
                record.birth_date.to_string(),
            ])?;
        }
        Verdict::Replace { id, changed: true } => {
            t.prepare_cached(
                "UPDATE plan SET end_date = ?2, office_hours = ?3, emergency_duty = ?4, \
                 last_updated = ?5, made_up = 0 WHERE id = ?1",
            )?
            .execute(params![
                id,
                record.end.map(|d| d.to_string()),
                record.office_hours.as_ref().map(Telephone::as_str),
                record.emergency_duty.as_ref().map(Telephone::as_str),
                now.to_rfc3339(),
            ])?;
        }
        Verdict::Replace { id, changed: false } => {
            t.prepare_cached("UPDATE plan SET made_up = 0 WHERE id = ?1 AND made_up")?
                .execute([id])?;
        }
    }
    Ok(verdict.answer())
}

fn notifications(t: &Connection, asked: &PageAsked<'_>) -> Outcome<Page<StoredNotification>> {
    let told = Entries {
        table: "notification",
        join: "JOIN access a ON a.id = n.access_id",
        columns: &format!(
            "{}, n.nhs_number, n.received, n.way",
            register::ACCESS_COLUMNS
        ),
    };
    told.page(t, asked, |row| {
        Ok(StoredNotification {
            access: register::read_access(row)?,
            nhs_number: number(&row.get::<_, String>(8)?)?,
            received: moment(&row.get::<_, String>(9)?)?,
            way: way(&row.get::<_, String>(10)?)?,
        })
    })
}

fn signed(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}
