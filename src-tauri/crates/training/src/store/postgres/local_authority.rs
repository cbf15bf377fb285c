//! The rows of local authorities: credentials, files, submitted records, notifications.

use super::page::Entries;
use super::{
    Connection, Outcome, PostgresStore, column, extract, moment, number, people, register, way,
};
use crate::TrainingError;
use crate::local_authority::{FileResult, RowAnswer, SubmittedRecord, Submitter, Verdict, verdict};
use crate::store::reading::unreadable;
use crate::store::{
    ExtractTaker, FileBegun, Hash, LocalAuthorityStore, NewFile, Page, PageAsked, Period, Person,
    StoredAccess, StoredNotification, StoredPlan,
};
use chrono::{DateTime, FixedOffset, NaiveDate};
use cpis_record::{NhsNumber, OdsCode, Telephone};
use std::collections::{HashMap, HashSet};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

impl LocalAuthorityStore for PostgresStore {
    fn add_authority_credential(
        &self,
        credential: &Hash,
        authority: &OdsCode,
        alone: bool,
        now: DateTime<FixedOffset>,
    ) -> Outcome<()> {
        self.transaction(|c| add_credential(c, credential, authority, alone, now))
    }

    fn authority_of(&self, credential: &Hash) -> Outcome<Option<OdsCode>> {
        self.read(|c| authority_of(c, credential))
    }

    fn begin_file(&self, file: &NewFile<'_>) -> Outcome<FileBegun> {
        self.transaction(|c| begin_file(c, file))
    }

    fn load_records(
        &self,
        submitter: &Submitter,
        records: &[SubmittedRecord],
        now: DateTime<FixedOffset>,
    ) -> Outcome<Vec<RowAnswer>> {
        self.transaction(|c| {
            let mut register = Register::of(c, records)?;
            let answers = records
                .iter()
                .map(|record| register.load(submitter, record, now))
                .collect::<Outcome<_>>()?;
            register.write(submitter, now)?;
            Ok(answers)
        })
    }

    fn end_file(&self, authority: &OdsCode, sequence: u64, result: FileResult) -> Outcome<()> {
        self.transaction(|c| {
            c.execute(
                "UPDATE authority_file SET result = $3 WHERE authority = $1 AND sequence = $2",
                &[&authority.as_str(), &signed(sequence), &result.code()],
            )?;
            Ok(())
        })
    }

    fn authority_notifications(&self, asked: &PageAsked<'_>) -> Outcome<Page<StoredNotification>> {
        self.snapshot(|c| notifications(c, asked))
    }

    fn extract(&self, period: Period, taker: &mut dyn ExtractTaker) -> Outcome<()> {
        self.hand_over(|c| extract::hand_over(c, period, taker))
    }

    fn periods_to_share(&self) -> Outcome<Vec<(NaiveDate, Option<NaiveDate>)>> {
        self.read(extract::periods_to_share)
    }

    fn add_people(&self, added: &[Person]) -> Outcome<()> {
        self.transaction(|c| people::add_to_stay(c, added))
    }

    fn add_accesses(&self, accesses: &[(NhsNumber, StoredAccess)]) -> Outcome<()> {
        self.transaction(|c| register::add_to_stay(c, accesses))
    }
}

/// Lets one transaction at a time decide about an authority.
fn lock(c: &Connection, authority: &OdsCode) -> Outcome<()> {
    c.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('authority ' || $1, 0))",
        &[&authority.as_str()],
    )?;
    Ok(())
}

fn add_credential(
    c: &Connection,
    credential: &Hash,
    authority: &OdsCode,
    alone: bool,
    now: DateTime<FixedOffset>,
) -> Outcome<()> {
    lock(c, authority)?;
    if alone {
        c.execute(
            "DELETE FROM authority_credential WHERE authority = $1",
            &[&authority.as_str()],
        )?;
    }
    c.execute(
        "INSERT INTO authority_credential (credential, authority, issued) VALUES ($1, $2, $3)",
        &[&credential.as_str(), &authority.as_str(), &now.to_rfc3339()],
    )?;
    Ok(())
}

fn authority_of(c: &Connection, credential: &Hash) -> Outcome<Option<OdsCode>> {
    c.query_opt(
        "SELECT authority FROM authority_credential WHERE credential = $1",
        &[&credential.as_str()],
    )?
    .map(|row| {
        column::<&str>(&row, 0)?
            .parse()
            .map_err(|_| unreadable("an authority's code"))
    })
    .transpose()
}

fn begin_file(c: &Connection, file: &NewFile<'_>) -> Outcome<FileBegun> {
    lock(c, file.authority)?;
    let authority = file.authority.as_str();
    let row = c.query_opt(
        "SELECT max(sequence), max(sequence) FILTER (WHERE sha256 = $2) FROM authority_file \
         WHERE authority = $1",
        &[&authority, &file.sha256],
    )?;
    let row = row.ok_or_else(|| unreadable("an authority's files"))?;
    let newest: Option<i64> = column(&row, 0)?;
    let before: Option<i64> = column(&row, 1)?;
    let begun = FileBegun::decide(
        file.sequence,
        newest.unwrap_or_default().unsigned_abs(),
        before.map(i64::unsigned_abs),
    );
    if let FileBegun::New(sequence) = begun {
        c.execute(
            "INSERT INTO authority_file (authority, sequence, sha256, received) \
             VALUES ($1, $2, $3, $4)",
            &[
                &authority,
                &signed(sequence),
                &file.sha256,
                &file.received.to_rfc3339(),
            ],
        )?;
    }
    Ok(begun)
}

/// What the register holds about the people of some rows, who are locked: read at once, and again
/// where a row has changed it. New records are added, and unchanged ones marked, many at a time.
struct Register<'c> {
    connection: &'c Connection,
    people: HashMap<String, Person>,
    plans: HashMap<String, Vec<StoredPlan>>,
    /// To be added.
    added: Vec<&'c SubmittedRecord>,
    /// The ids of those that count as submitted from now on.
    marked: Vec<String>,
}

impl<'c> Register<'c> {
    fn of(connection: &'c Connection, records: &[SubmittedRecord]) -> Outcome<Self> {
        let mut numbers: Vec<String> = records.iter().map(|r| r.nhs_number.digits()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let people = people::lock(connection, &numbers)?;
        let mut plans: HashMap<String, Vec<StoredPlan>> =
            numbers.iter().map(|n| (n.clone(), Vec::new())).collect();
        for (digits, plan) in register::plans_of(connection, &numbers)? {
            plans.entry(digits).or_default().push(plan);
        }
        Ok(Self {
            connection,
            people: people
                .into_iter()
                .map(|person| (person.nhs_number.digits(), person))
                .collect(),
            plans,
            added: Vec::new(),
            marked: Vec::new(),
        })
    }

    fn load(
        &mut self,
        submitter: &Submitter,
        record: &'c SubmittedRecord,
        now: DateTime<FixedOffset>,
    ) -> Outcome<RowAnswer> {
        let digits = record.nhs_number.digits();
        let plans = match self.plans.remove(&digits) {
            Some(plans) => plans,
            None => {
                self.write(submitter, now)?;
                register::plans(self.connection, &record.nhs_number)?
            }
        };
        let person = self.people.get(&digits);
        let verdict = verdict(record, submitter, person, &plans, now.date_naive());
        match &verdict {
            Verdict::Refuse(_) => {
                self.plans.insert(digits, plans);
            }
            Verdict::Add => self.added.push(record),
            Verdict::Replace { id, changed: true } => self.replace(id, record, now)?,
            Verdict::Replace { id, changed: false } => {
                self.marked.push(id.clone());
                self.plans.insert(digits, plans);
            }
        }
        Ok(verdict.answer())
    }

    /// Writes what is to be added and marked.
    fn write(&mut self, submitter: &Submitter, now: DateTime<FixedOffset>) -> Outcome<()> {
        self.add(submitter, now)?;
        self.mark()
    }

    fn add(&mut self, submitter: &Submitter, now: DateTime<FixedOffset>) -> Outcome<()> {
        let added = std::mem::take(&mut self.added);
        if added.is_empty() {
            return Ok(());
        }
        fn of_each<T>(added: &[&SubmittedRecord], value: impl Fn(&SubmittedRecord) -> T) -> Vec<T> {
            added.iter().map(|record| value(record)).collect()
        }
        let telephone =
            |telephone: &Option<Telephone>| telephone.as_ref().map(|t| t.as_str().to_owned());
        self.change(
            added.len(),
            "INSERT INTO plan (id, nhs_number, code, start_date, end_date, office_hours, \
             emergency_duty, birth_date, authority_name, authority_code, last_updated, made_up) \
             SELECT r.*, $9, $10, $11, false FROM unnest($1::text[], $2::text[], $3::text[], \
             $4::date[], $5::date[], $6::text[], $7::text[], $8::date[]) r",
            &[
                &of_each(&added, |_| Uuid::new_v4().to_string()),
                &of_each(&added, |r| r.nhs_number.digits()),
                &of_each(&added, |r| r.kind.snomed().to_owned()),
                &of_each(&added, |r| r.start),
                &of_each(&added, |r| r.end),
                &of_each(&added, |r| telephone(&r.office_hours)),
                &of_each(&added, |r| telephone(&r.emergency_duty)),
                &of_each(&added, |r| r.birth_date),
                &submitter.name,
                &submitter.code.as_str(),
                &now.to_rfc3339(),
            ],
        )
    }

    fn replace(
        &self,
        id: &String,
        record: &SubmittedRecord,
        now: DateTime<FixedOffset>,
    ) -> Outcome<()> {
        self.change(
            1,
            "UPDATE plan SET end_date = $2, office_hours = $3, emergency_duty = $4, \
             last_updated = $5, made_up = false WHERE id = $1",
            &[
                id,
                &record.end,
                &record.office_hours.as_ref().map(Telephone::as_str),
                &record.emergency_duty.as_ref().map(Telephone::as_str),
                &now.to_rfc3339(),
            ],
        )
    }

    /// Counts records as submitted from now on. Most are so already, and are not written again.
    fn mark(&mut self) -> Outcome<()> {
        let mut ids = std::mem::take(&mut self.marked);
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(());
        }
        let submitted = self.connection.query(
            "SELECT id FROM plan WHERE id = ANY($1) AND NOT made_up",
            &[&ids],
        )?;
        let submitted: HashSet<&str> = submitted
            .iter()
            .map(|row| column(row, 0))
            .collect::<Outcome<_>>()?;
        ids.retain(|id| !submitted.contains(id.as_str()));
        if ids.is_empty() {
            return Ok(());
        }
        self.change(
            ids.len(),
            "UPDATE plan SET made_up = false WHERE id = ANY($1)",
            &[&ids],
        )
    }

    /// Changes so many records. Where one is not there any more, a backend that starts has just made the
    /// made-up people anew: the rows are to be judged once more.
    fn change(&self, rows: usize, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Outcome<()> {
        if usize::try_from(self.connection.execute(sql, values)?) == Ok(rows) {
            Ok(())
        } else {
            Err(TrainingError::DatabaseUndid)
        }
    }
}

fn notifications(c: &Connection, asked: &PageAsked<'_>) -> Outcome<Page<StoredNotification>> {
    let told = Entries {
        table: "notification",
        join: "JOIN access a ON a.id = n.access_id",
        columns: &format!(
            "{}, n.nhs_number, n.received, n.way",
            register::ACCESS_COLUMNS
        ),
    };
    told.page(c, asked, read)
}

fn read(row: &Row) -> Outcome<StoredNotification> {
    Ok(StoredNotification {
        access: register::read_access(row)?,
        nhs_number: number(column(row, 8)?)?,
        received: moment(column(row, 9)?)?,
        way: way(column(row, 10)?)?,
    })
}

fn signed(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}
