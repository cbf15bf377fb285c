//! Many who write at once: what was answered is kept, what was refused is not, also where the disk has
//! no room, a part panics or reads go on meanwhile.

use super::*;
use crate::population::{Case, Population, TrainingAccess, population};
use std::collections::HashSet;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day")
}

fn look(world: &Population, trace: &str) -> Look {
    Look {
        trace_id: trace.to_owned(),
        nhs_number: world.first(Case::NoAccesses).nhs_number.clone(),
        unscheduled: true,
        access: TrainingAccess {
            at: today()
                .and_time(chrono::NaiveTime::MIN)
                .and_utc()
                .fixed_offset(),
            viewer: "Dr Practice".to_owned(),
            role_profile: "1".to_owned(),
            role_code: "R8000".to_owned(),
            role_name: "Role".to_owned(),
            organisation: "RCU".parse().expect("a code"),
            organisation_name: "Trust".to_owned(),
        },
    }
}

/// A store in a file that many threads use, which goes when this is dropped.
struct Shared {
    store: SqliteStore,
    world: Population,
    file: std::path::PathBuf,
    _folder: tempfile::TempDir,
}

impl Shared {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("store.db");
        let world = population(1, today());
        let store = SqliteStore::in_file(&file).expect("a store");
        store.prepare(1, today(), &world).expect("an empty store");
        Self {
            store,
            world,
            file,
            _folder: folder,
        }
    }

    /// What another program finds in the file: the traces of those who were entered.
    fn entered(&self) -> HashSet<String> {
        let connection = Connection::open(&self.file).expect("the file");
        let mut statement = connection
            .prepare("SELECT trace_id FROM access WHERE trace_id IS NOT NULL")
            .expect("a statement");
        let rows = statement.query_map([], |row| row.get(0)).expect("rows");
        rows.collect::<Result<_, _>>().expect("rows")
    }
}

const THREADS: usize = 16;
const EACH: usize = 25;

#[test]
fn what_many_write_at_once_is_kept_once_it_is_answered() {
    let shared = Shared::new();
    let together = Barrier::new(THREADS);
    let answered: HashSet<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (shared, together) = (&shared, &together);
                scope.spawn(move || {
                    together.wait();
                    let mut answered = Vec::new();
                    for number in 0..EACH {
                        let trace = format!("{thread}-{number}");
                        let look = look(&shared.world, &trace);
                        shared.store.look_at_plans(&look).expect("kept");
                        // At this moment, not later.
                        let known = shared.store.read(|t| register::is_known(t, &trace));
                        assert!(known.expect("a look that was answered"), "{trace}");
                        answered.push(trace);
                    }
                    answered
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    assert_eq!(answered.len(), THREADS * EACH);
    assert_eq!(shared.entered(), answered);
}

#[test]
fn a_part_that_fails_or_panics_takes_no_other_with_it() {
    let shared = Shared::new();
    let together = Barrier::new(THREADS);
    let kept: HashSet<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (shared, together) = (&shared, &together);
                scope.spawn(move || {
                    together.wait();
                    let mut kept = Vec::new();
                    for number in 0..EACH {
                        let trace = format!("{thread}-{number}");
                        let look = look(&shared.world, &trace);
                        let part = || {
                            shared.store.transaction(|t| {
                                register::look(t, &look)?;
                                match (thread + number) % 5 {
                                    0 => Err(unreadable("made to fail")),
                                    1 => panic!("made to panic"),
                                    _ => Ok(()),
                                }
                            })
                        };
                        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(part));
                        if matches!(done, Ok(Ok(()))) {
                            kept.push(trace);
                        }
                    }
                    kept
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("no panic of its own"))
            .collect()
    });
    assert_eq!(kept.len(), THREADS * EACH * 3 / 5);
    assert_eq!(shared.entered(), kept);
}

#[test]
fn a_disk_without_room_loses_nothing_that_was_answered_and_takes_more_once_there_is_room() {
    let shared = Shared::new();
    let pages = |limit: i64| {
        shared.store.writer.with_connection(|connection| {
            let now: i64 = connection
                .query_row("PRAGMA page_count", [], |row| row.get(0))
                .expect("a count");
            let limit = if limit == 0 { now + 12 } else { limit };
            connection
                .pragma_update(None, "max_page_count", limit)
                .expect("a limit");
        });
    };
    pages(0);
    let refused = AtomicUsize::new(0);
    let answered: HashSet<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (shared, refused) = (&shared, &refused);
                scope.spawn(move || {
                    let mut answered = Vec::new();
                    for number in 0..EACH {
                        let trace = format!("{thread}-{number}");
                        match shared.store.look_at_plans(&look(&shared.world, &trace)) {
                            Ok(_) => answered.push(trace),
                            Err(TrainingError::Store(error)) => {
                                assert_eq!(
                                    error.sqlite_error_code(),
                                    Some(rusqlite::ErrorCode::DiskFull),
                                    "{error}"
                                );
                                refused.fetch_add(1, Ordering::SeqCst);
                            }
                            Err(other) => panic!("{other}"),
                        }
                    }
                    answered
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    let refused = refused.into_inner();
    println!("answered {}, refused {refused}", answered.len());
    assert!(!answered.is_empty() && refused > 0);
    assert_eq!(answered.len() + refused, THREADS * EACH);
    assert_eq!(shared.entered(), answered);
    // What was read is whole, and what comes once there is room is kept.
    pages(1_000_000);
    shared
        .store
        .look_at_plans(&look(&shared.world, "again"))
        .expect("there is room");
    assert_eq!(shared.entered().len(), answered.len() + 1);
}
