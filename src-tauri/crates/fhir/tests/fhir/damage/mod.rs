//! Damaged answers are never read as less than they hold (design invariant I3).
//!
//! Valid answers are made from a plain description of what they say, damaged at random, and read.
//! What may come out is judged from the damaged text itself, without the reader:
//!
//! - what the undamaged answer says, or an error;
//! - "nothing", only where the text really is a complete empty searchset for this number;
//! - a record with other details, where the damage struck a detail: then every record is still
//!   there, and all of them belong to the person asked.

mod answers;
mod blows;
mod judgement;
mod shown;

use answers::{Page, Sent, said};
use blows::damage;
use judgement::judge;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRunner};
use shown::read;
use std::cell::RefCell;
use std::collections::BTreeMap;

const CASES: u32 = 10_000;

#[test]
fn damage_never_hides_a_record() {
    let tallies = RefCell::new(BTreeMap::<String, u32>::new());
    let config = Config {
        cases: Config::default().cases.max(CASES),
        failure_persistence: None,
        rng_algorithm: RngAlgorithm::XorShift,
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let strategy = (said(), proptest::collection::vec(damage(), 1..=3));
    let result = runner.run(&strategy, |(said, damages)| {
        let mut pages = said.pages();
        for damage in &damages {
            damage.strike(&mut pages);
        }
        let pages: Vec<Sent> = pages.into_iter().map(Page::send).collect();
        let verdict = judge(&said, damages.len(), &pages)?;
        let key = format!("{:?}: {verdict}", said.question);
        *tallies.borrow_mut().entry(key).or_default() += 1;
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    let tallies = tallies.into_inner();
    println!("damage: {} cases", tallies.values().sum::<u32>());
    for (verdict, count) in &tallies {
        println!("{count:>8}  {verdict}");
    }
    assert!(tallies.values().sum::<u32>() >= 10_000);
}

#[test]
fn what_is_undamaged_is_read_as_said() {
    let runner = &mut TestRunner::new(Config {
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(&said(), |said| {
        let pages: Vec<Sent> = said.pages().into_iter().map(Page::send).collect();
        prop_assert_eq!(read(said.question, &pages), Ok(said.finding()));
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}
