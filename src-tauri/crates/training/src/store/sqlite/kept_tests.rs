//! Databases of older programs, and how long records are shown.

use super::*;
use crate::population::{Case, population};
use crate::store::{LocalAuthorityStore, PageAsked, Received, Way};
use rusqlite::params;

#[test]
fn a_database_of_schema_3_keeps_its_records_and_notifications() {
    let today: NaiveDate = "2026-11-22".parse().expect("a date");
    let world = population(1, today);
    let child = world.first(Case::ChildProtection);
    let digits = child.nhs_number.digits();
    let store = SqliteStore::in_memory().expect("a store in memory");
    store
        .transaction(|t| {
            schema::older(t, 1, 3)?;
            t.execute(
                "INSERT INTO person VALUES (?1, NULL, 'F', 'G', 'female', '2015-01-01', NULL, 0, 0, '', '')",
                [&digits],
            )?;
            t.execute(
                "INSERT INTO plan (id, nhs_number, code, start_date) \
                 VALUES ('old', ?1, '342191000000101', '2026-01-01')",
                [&digits],
            )?;
            t.execute(
                "INSERT INTO access VALUES ('a', ?1, 't', 0, '2026-11-20T10:00:00+00:00', ?2, 'V', \
                 'p', 'c', 'r', 'RCU', 'o')",
                params![digits, 1_795_168_800_000_000_i64],
            )?;
            t.execute(
                "INSERT INTO notification (trace_id, nhs_number, authority, access_id) \
                 VALUES ('t', ?1, 'ZZ001', 'a')",
                [&digits],
            )?;
            Ok(())
        })
        .expect("an older database");
    store.prepare(1, today, &world).expect("it opens");
    let page = store
        .authority_notifications(&PageAsked {
            authority: &"ZZ001".parse().expect("a code"),
            received: Received::On("2026-11-20".parse().expect("a date")),
            after: 0,
            limit: 10,
        })
        .expect("notifications");
    assert_eq!(page.total, 1);
    assert_eq!(page.entries[0].way, Way::Live);
    // Made-up records are those of today; the old one was one of them.
    let plans = store.plans(&child.nhs_number, today).expect("plans");
    assert_eq!(plans.len(), child.plans.len());
    assert_eq!(plans[0].birth_date, Some(child.birth_date));
    store.prepare(1, today, &world).expect("it opens again");
}

#[test]
fn a_record_is_shown_until_the_day_before_the_child_is_18() {
    let today: NaiveDate = "2026-11-22".parse().expect("a date");
    let world = population(1, today);
    let child = world.first(Case::NoEndDate);
    let store = SqliteStore::in_memory().expect("a store in memory");
    store.prepare(1, today, &world).expect("an empty store");
    let birthday = child.birth_date + chrono::Months::new(18 * 12);
    let shown = |day| store.plans(&child.nhs_number, day).expect("plans").len();
    assert_eq!(shown(birthday.pred_opt().expect("a day")), 1);
    assert_eq!(shown(birthday), 0);
}
