//! A store that goes away while a file is loaded.

use super::*;
use crate::TrainingError;
use crate::clock::Clock;
use crate::population::{Case, population};
use crate::store::{
    ExtractTaker, FileBegun, Hash, LocalAuthorityStore, NewFile, Page, PageAsked, Period, Person,
    SqliteStore, Store, StoredAccess, StoredNotification,
};
use chrono::{DateTime, FixedOffset, NaiveDate};
use cpis_record::{NhsNumber, OdsCode};
use std::io::Cursor;
use std::sync::atomic::{AtomicUsize, Ordering};

struct Still;

impl Clock for Still {
    fn now(&self) -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339("2026-11-22T09:30:00+00:00").expect("a time")
    }
}

/// A store that answers so many calls that load rows, and then is away.
struct GoesAway<'a> {
    store: &'a SqliteStore,
    calls: AtomicUsize,
}

type Outcome<T> = Result<T, TrainingError>;

impl LocalAuthorityStore for GoesAway<'_> {
    fn load_records(
        &self,
        submitter: &Submitter,
        records: &[SubmittedRecord],
        now: DateTime<FixedOffset>,
    ) -> Outcome<Vec<RowAnswer>> {
        let left = |left: usize| left.checked_sub(1);
        self.calls
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, left)
            .map_err(|_| TrainingError::DatabaseAway)?;
        self.store.load_records(submitter, records, now)
    }

    fn begin_file(&self, file: &NewFile<'_>) -> Outcome<FileBegun> {
        self.store.begin_file(file)
    }

    fn end_file(&self, authority: &OdsCode, sequence: u64, result: FileResult) -> Outcome<()> {
        self.store.end_file(authority, sequence, result)
    }

    fn add_authority_credential(
        &self,
        credential: &Hash,
        authority: &OdsCode,
        alone: bool,
        now: DateTime<FixedOffset>,
    ) -> Outcome<()> {
        self.store
            .add_authority_credential(credential, authority, alone, now)
    }

    fn authority_of(&self, credential: &Hash) -> Outcome<Option<OdsCode>> {
        self.store.authority_of(credential)
    }

    fn authority_notifications(&self, asked: &PageAsked<'_>) -> Outcome<Page<StoredNotification>> {
        self.store.authority_notifications(asked)
    }

    fn extract(&self, period: Period, taker: &mut dyn ExtractTaker) -> Outcome<()> {
        self.store.extract(period, taker)
    }

    fn periods_to_share(&self) -> Outcome<Vec<(NaiveDate, Option<NaiveDate>)>> {
        self.store.periods_to_share()
    }

    fn add_people(&self, people: &[Person]) -> Outcome<()> {
        self.store.add_people(people)
    }

    fn add_accesses(&self, accesses: &[(NhsNumber, StoredAccess)]) -> Outcome<()> {
        self.store.add_accesses(accesses)
    }
}

#[derive(Default)]
struct Answers(u64);

impl AnsweredRows for Answers {
    fn take(&mut self, _: u64, _: u64, _: &RowAnswer) -> std::io::Result<()> {
        self.0 += 1;
        Ok(())
    }
}

#[test]
fn a_store_that_goes_away_breaks_the_file_off_and_the_same_file_completes_it() {
    let today = Still.now().date_naive();
    let world = population(1, today);
    let store = SqliteStore::in_memory().expect("a store in memory");
    store.prepare(1, today, &world).expect("an empty store");
    let children: Vec<_> = world.of(Case::NothingHeld).collect();
    // Three transactions: a plan a row, each of a child with a first day of its own.
    let mut file = "nhs number,dob,type,start,end\n".to_owned();
    let round = children.len() as u64;
    for (row, child) in (0..1200_u64).zip(children.iter().cycle()) {
        let start = child.birth_date + chrono::Days::new(row / round);
        file += &format!("{},{},LAC,{start},\n", child.nhs_number, child.birth_date);
    }
    let authority = submitter(&"ZZ001".parse().expect("a code"));
    let load_with = |calls| {
        let store = GoesAway {
            store: &store,
            calls: AtomicUsize::new(calls),
        };
        let mut answers = Answers::default();
        let mut source = Cursor::new(file.as_bytes());
        let answer =
            load(&store, &Still, &authority, &mut source, None, &mut answers).expect("an answer");
        (answer, answers.0)
    };
    let (broken, answered) = load_with(2);
    assert_eq!(broken.result, FileResult::BrokenOff);
    assert_eq!(
        (broken.sequence, answered, broken.counts.new),
        (Some(1), 1000, 1000)
    );
    let (whole, answered) = load_with(3);
    assert_eq!(whole.result, FileResult::AllLoaded);
    assert_eq!(
        (whole.sequence, whole.repeated, answered),
        (Some(1), true, 1200)
    );
    assert_eq!((whole.counts.unchanged, whole.counts.new), (1000, 200));
}
