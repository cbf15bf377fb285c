//! Looks and audit records in any order against a plain model of the promise: one entry in the
//! history and one notification for each trace and person, never two, never none.

use super::*;
use crate::population::{Case, Population, TrainingAccess, population};
use crate::store::{Link, ReportedLook, Way};
use proptest::prelude::*;
use serde_json::json;
use std::collections::HashSet;
use std::sync::LazyLock;

#[derive(Debug, Clone)]
enum Step {
    Look {
        trace: u8,
        person: usize,
        unscheduled: bool,
    },
    Audit {
        trace: u8,
        person: usize,
        reports: bool,
        body: u8,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let look =
        (0u8..4, 0usize..3, any::<bool>()).prop_map(|(trace, person, unscheduled)| Step::Look {
            trace,
            person,
            unscheduled,
        });
    let audit =
        (0u8..4, 0usize..3, any::<bool>(), 0u8..2).prop_map(|(trace, person, reports, body)| {
            Step::Audit {
                trace,
                person,
                reports,
                body,
            }
        });
    proptest::collection::vec(prop_oneof![look, audit], 0..24)
}

/// What must hold, written down without a database.
#[derive(Default)]
struct Model {
    known: HashSet<u8>,
    entered: HashSet<(u8, usize)>,
    records: Vec<(u8, u8)>,
}

impl Model {
    /// The third person has no record, and so no history.
    fn enter(&mut self, trace: u8, person: usize) {
        if person < 2 {
            self.entered.insert((trace, person));
        }
    }

    fn take(&mut self, step: &Step) -> Option<Creation> {
        match *step {
            Step::Look {
                trace,
                person,
                unscheduled,
            } => {
                self.known.insert(trace);
                if unscheduled {
                    self.enter(trace, person);
                }
                None
            }
            Step::Audit {
                trace,
                person,
                reports,
                body,
            } => {
                if let Some((_, kept)) = self.records.iter().find(|(id, _)| *id == trace) {
                    let same = *kept == body;
                    return Some(if same {
                        Creation::SameContent
                    } else {
                        Creation::OtherContent
                    });
                }
                self.records.push((trace, body));
                if reports && self.known.insert(trace) {
                    self.enter(trace, person);
                }
                Some(Creation::Created)
            }
        }
    }
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day")
}

fn people(world: &Population) -> [NhsNumber; 3] {
    [Case::NoAccesses, Case::LookedAfter, Case::NothingHeld]
        .map(|case| world.first(case).nhs_number.clone())
}

/// The three people are enough; two hundred would make every case slow.
static WORLD: LazyLock<Population> = LazyLock::new(|| {
    let mut world = population(1, today());
    let kept = people(&world);
    world.patients.retain(|p| kept.contains(&p.nhs_number));
    world
});

fn look(trace: u8, person: &NhsNumber, unscheduled: bool) -> Look {
    Look {
        trace_id: trace.to_string(),
        nhs_number: person.clone(),
        unscheduled,
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

fn take(store: &SqliteStore, people: &[NhsNumber; 3], step: &Step) -> Option<Creation> {
    match *step {
        Step::Look {
            trace,
            person,
            unscheduled,
        } => {
            store
                .look_at_plans(&look(trace, &people[person], unscheduled))
                .expect("the store works");
            None
        }
        Step::Audit {
            trace,
            person,
            reports,
            body,
        } => {
            let body = json!({ "content": body });
            let text = body.to_string();
            let record = NewAuditRecord {
                id: &trace.to_string(),
                body: &body,
                text: &text,
                link: Link::of(&body, &text),
                workstation: "workstation",
                received: look(trace, &people[person], true).access.at,
                look: reports.then(|| ReportedLook {
                    look: look(trace, &people[person], true),
                    way: Way::Late,
                }),
            };
            Some(store.create_audit_record(&record).expect("the store works"))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn each_view_enters_and_is_told_once(steps in steps()) {
        let store = SqliteStore::in_memory().expect("a store in memory");
        let people = people(&WORLD);
        store.prepare(1, today(), &WORLD).expect("an empty store");
        let before: Vec<usize> = people
            .iter()
            .map(|p| store.history(p, "", usize::MAX).expect("a history").len())
            .collect();
        let mut model = Model::default();
        for step in &steps {
            prop_assert_eq!(take(&store, &people, step), model.take(step), "{:?}", step);
        }
        for (place, person) in people.iter().enumerate() {
            let entered = model.entered.iter().filter(|(_, p)| *p == place).count();
            let history = store.history(person, "", usize::MAX).expect("a history");
            prop_assert_eq!(history.len() - before[place], entered);
        }
        let told: Vec<(String, NhsNumber)> = store
            .notifications()
            .expect("notifications")
            .into_iter()
            .map(|n| (n.trace_id, n.nhs_number))
            .collect();
        let distinct: HashSet<_> = told.iter().cloned().collect();
        let wanted: HashSet<_> = model
            .entered
            .iter()
            .map(|(trace, person)| (trace.to_string(), people[*person].clone()))
            .collect();
        prop_assert_eq!(told.len(), distinct.len());
        prop_assert_eq!(distinct, wanted);
        prop_assert_eq!(store.audit_records().expect("records").len(), model.records.len());
    }
}
