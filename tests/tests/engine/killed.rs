//! Three wrong passcodes at the lock, with SIGKILL after each: the tries are counted on the disk, so
//! a killed program gives none for free.

use crate::PATIENCE;
use crate::process::Engine;
use crate::workplace::{PASSCODE, WRONG, Way, Workplace};
use serde_json::{Value, json};

/// Somebody signs in and locks; then the program is killed.
async fn left_behind() -> Workplace {
    let workplace = Workplace::new(Way::VirtualCard).await;
    let mut engine = Engine::start(&workplace);
    engine.sign_in_with_card(Way::VirtualCard).await;
    engine.rests_at("find").await;
    engine.order("lock", &json!({}));
    engine.rests_at("locked").await;
    workplace.has_kept_the_session().await;
    engine.kill().await;
    assert_eq!(tries(&workplace), Some(3));
    workplace
}

fn tries(workplace: &Workplace) -> Option<u8> {
    workplace.tries_on_disk()
}

fn fault(tries_left: u8) -> Value {
    json!({ "code": "wrong-at-lock", "triesLeft": tries_left })
}

/// A start that finds the session, a passcode, the answer, and SIGKILL.
async fn try_and_kill(workplace: &Workplace, passcode: &str) -> Value {
    let mut engine = Engine::start(workplace);
    engine.rests_at("locked").await;
    let answer = engine.unlock(passcode).await;
    engine.kill().await;
    answer
}

/// The same, with SIGKILL in the middle: the try is on the disk, and nobody has had an answer.
async fn try_and_kill_in_the_middle(workplace: &Workplace, passcode: &str) {
    let marker = workplace.path("counted");
    let mut engine = Engine::start_with(workplace, Some(&marker));
    engine.rests_at("locked").await;
    engine.order("unlock", &json!({ "passcode": passcode }));
    let counted = async {
        while !marker.exists() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, counted).await.unwrap();
    let lines = engine.kill().await;
    let answered = |line: &&String| line.contains("wrong-at-lock") || line.contains("\"find\"");
    assert_eq!(lines.iter().find(answered), None, "nobody had an answer");
    std::fs::remove_file(marker).unwrap();
}

/// The next start knows nothing of a session, and the right passcode opens nothing.
async fn is_gone(workplace: &Workplace) {
    let mut engine = Engine::start(workplace);
    engine.rests_at("sign-in").await;
    assert!(!workplace.sealed_session().exists());
    engine.order("unlock", &json!({ "passcode": PASSCODE }));
    engine.order("view", &json!({}));
    let view = engine.rests_at("sign-in").await;
    assert_eq!(view["fault"], Value::Null);
    let lines = engine.kill().await;
    assert!(lines.iter().all(|line| !line.contains("\"find\"")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_wrong_passcodes_with_a_kill_after_each_destroy_the_session() {
    let workplace = left_behind().await;
    let first = try_and_kill(&workplace, WRONG).await;
    assert_eq!(first["fault"], fault(2));
    println!(
        "wrong passcode, answered, SIGKILL: {:?} tries left",
        tries(&workplace)
    );
    assert_eq!(tries(&workplace), Some(2));

    try_and_kill_in_the_middle(&workplace, WRONG).await;
    println!(
        "wrong passcode, SIGKILL before the answer: {:?} tries left",
        tries(&workplace)
    );
    assert_eq!(tries(&workplace), Some(1));

    let third = try_and_kill(&workplace, WRONG).await;
    assert_eq!(third["kind"], "session-ended");
    assert_eq!(third["cause"], "too-many-tries");
    println!(
        "wrong passcode, {}, SIGKILL: session.sealed is there: {}",
        third["cause"],
        workplace.sealed_session().exists()
    );
    assert!(!workplace.sealed_session().exists());
    is_gone(&workplace).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_kills_in_the_middle_destroy_it_whatever_the_passcodes() {
    let workplace = left_behind().await;
    for (passcode, left) in [(WRONG, Some(2)), (WRONG, Some(1))] {
        try_and_kill_in_the_middle(&workplace, passcode).await;
        println!(
            "SIGKILL before the answer: {:?} tries left",
            tries(&workplace)
        );
        assert_eq!(tries(&workplace), left);
    }
    // The third is right. Nobody may learn it: it was the last try, and it is used up.
    try_and_kill_in_the_middle(&workplace, PASSCODE).await;
    println!(
        "right passcode, SIGKILL before the answer: {:?} tries left",
        tries(&workplace)
    );
    assert_eq!(tries(&workplace), Some(0));
    is_gone(&workplace).await;
}

/// So that the tests above mean something: between kills a right passcode opens the session and gives
/// all tries back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_right_passcode_opens_it_after_a_kill() {
    let workplace = left_behind().await;
    try_and_kill(&workplace, WRONG).await;
    try_and_kill_in_the_middle(&workplace, PASSCODE).await;
    assert_eq!(tries(&workplace), Some(1));
    let opened = try_and_kill(&workplace, PASSCODE).await;
    assert_eq!(opened["kind"], "find");
    assert_eq!(tries(&workplace), Some(3));
}
