//! The made-up world is big enough, made up throughout, and reproducible.

use crate::bench::beginning;
use cpis_record::{CareSetting, NhsNumber, Telephone};
use cpis_training::{Case, Population, population};
use proptest::prelude::*;
use std::collections::HashSet;

fn today() -> chrono::NaiveDate {
    beginning().date_naive()
}

/// Ofcom keeps these for drama: 01632 960000 to 960999, 020 7946 0000 to 0999, 07700 900000 to
/// 900999.
fn is_for_drama(number: &str) -> bool {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    digits.len() == 11
        && ["01632960", "02079460", "07700900"]
            .iter()
            .any(|start| digits.starts_with(start))
}

fn assert_made_up(world: &Population) {
    assert!(world.patients.len() >= 200, "{}", world.patients.len());
    let numbers: HashSet<&NhsNumber> = world.patients.iter().map(|p| &p.nhs_number).collect();
    assert_eq!(numbers.len(), world.patients.len(), "a number comes twice");
    for number in numbers {
        assert!(number.is_test_range());
        assert_eq!(NhsNumber::parse(&number.digits()).as_ref(), Ok(number));
    }
    let mut authorities = HashSet::new();
    for person in &world.patients {
        assert!(person.birth_date <= today());
        assert!(
            person
                .deceased
                .is_none_or(|d| d >= person.birth_date && d <= today())
        );
        for plan in &person.plans {
            assert!(plan.start.unwrap() >= person.birth_date && plan.start.unwrap() <= today());
            assert!(plan.end.is_none_or(|end| end > plan.start.unwrap()));
            let authority = &plan.authority;
            assert!(
                authority
                    .ods_code
                    .as_ref()
                    .unwrap()
                    .as_str()
                    .starts_with("ZZ")
            );
            authorities.insert(authority.ods_code.clone());
            for telephone in [&authority.office_hours, &authority.emergency_duty]
                .into_iter()
                .flatten()
            {
                assert!(is_for_drama(Telephone::as_str(telephone)), "{telephone:?}");
            }
        }
        assert!(
            person
                .accesses
                .windows(2)
                .all(|pair| pair[0].at > pair[1].at)
        );
        assert!(person.accesses.iter().all(|a| a.at.date_naive() < today()));
    }
    assert!(authorities.len() >= 5);
    for case in Case::ALL {
        assert!(world.of(*case).count() >= 4, "{case:?}");
    }
    assert!(world.of(Case::NothingHeld).count() >= 100);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_seed_makes_a_made_up_world(seed: u64) {
        assert_made_up(&population(seed, today()));
    }
}

#[test]
fn the_first_of_each_case_is_the_same_under_every_seed() {
    let (one, two) = (population(1, today()), population(2, today()));
    for case in Case::ALL {
        assert!(one.first(*case) == two.first(*case), "{case:?}");
    }
    assert!(one.patients != two.patients);
    assert_eq!(
        one.first(Case::ChildProtection).nhs_number.digits(),
        "9990000018"
    );
}

#[test]
fn people_stay_the_same_from_day_to_day_and_plans_keep_their_distance() {
    let later = today() + chrono::Days::new(100);
    let (now, then) = (population(1, today()), population(1, later));
    for (before, after) in now.patients.iter().zip(&then.patients) {
        assert_eq!(before.nhs_number, after.nhs_number);
        assert_eq!(
            (&before.family, &before.given),
            (&after.family, &after.given)
        );
        assert_eq!(before.birth_date, after.birth_date);
    }
    let ended = |world: &Population, day: chrono::NaiveDate| {
        (day - world.first(Case::Ended364DaysAgo).plans[0].end.unwrap()).num_days()
    };
    assert_eq!((ended(&now, today()), ended(&then, later)), (364, 364));
}

#[test]
fn a_replaced_number_leads_to_the_same_person() {
    let world = population(1, today());
    for old in world.of(Case::Superseded) {
        let new = old.replaced_by.as_ref().unwrap();
        let current = world
            .patients
            .iter()
            .find(|p| p.nhs_number == *new)
            .unwrap();
        assert_eq!(current.case, Case::ReplacesSuperseded);
        assert_eq!(
            (&current.family, current.birth_date),
            (&old.family, old.birth_date)
        );
    }
}

#[test]
fn staff_hold_the_roles_that_the_cases_need() {
    let world = population(1, today());
    let codes: Vec<Vec<Vec<&str>>> = world
        .staff
        .iter()
        .map(|m| {
            m.roles
                .iter()
                .map(|r| r.role.activities.iter().map(|a| a.0.as_str()).collect())
                .collect()
        })
        .collect();
    let silent = vec!["B0820", "B0170"];
    let notify = vec!["B0820", "B0107"];
    assert_eq!(
        codes,
        [
            vec![silent.clone(), notify.clone()],
            vec![notify.clone()],
            vec![silent.clone()],
            vec![vec!["B0820"]],
            vec![silent],
            vec![notify],
        ]
    );
    let known = include_str!(
        "../../../../../tests/official-examples/CodeSystem-England-SDSJobRoleName.xml"
    );
    for held in world.staff.iter().flat_map(|m| &m.roles) {
        let code = format!("<code value=\"{}\" />", held.role.job_role_code());
        let display = format!("<display value=\"{}\" />", held.role.name);
        let at = known.find(&code).expect("the job role is published");
        assert!(
            known[at..]
                .trim_start_matches(&code)
                .trim_start()
                .starts_with(&display),
            "{code}"
        );
    }
    let sites: HashSet<&str> = world
        .authorities_to_share
        .iter()
        .map(|a| a.organisation.as_str())
        .collect();
    assert_eq!(sites, HashSet::from(["RKL", "RCU", "RBK", "RJ1"]));
    let dental = world
        .authorities_to_share
        .iter()
        .filter(|a| a.care_setting == CareSetting::EmergencyDental);
    assert!(dental.count() >= 2);
}

#[test]
fn debug_names_nobody() {
    let world = population(1, today());
    let text = format!("{:?}", world.patients);
    assert!(!text.contains("Testchild") && !text.contains("999000"));
}
