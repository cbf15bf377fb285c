//! What remains of secrets and identifiers: in the memory of the engine after a lock and after a
//! sign-out (invariant I6), and on the disk, in the log and in the keychain (invariant I5).
//!
//! A search that finds nothing proves nothing by itself. So each of them is made twice: once while
//! the program holds what is looked for, and it must be found; and once when it must be gone.

use crate::PATIENCE;
use crate::canaries::{
    self, ACCESS, CARD_KEY, IDENTITY, NAME, NUMBER, REFRESH, RIGHT, SESSION_KEY,
};
use crate::memory::{Canary, Search};
use crate::process::Engine;
use crate::token;
use crate::workplace::{PASSCODE, WRONG, Way, Workplace};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What an unlocked program holds with a result on the screen.
const HELD: [&str; 5] = [ACCESS, REFRESH, SESSION_KEY, NUMBER, NAME];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_virtual_card_leaves_nothing() {
    let workplace = Workplace::new(Way::VirtualCard).await;
    // The card is opened first, and then the service is asked where to sign in.
    workplace.tap.hold("/.well-known/openid-configuration");
    let mut engine = Engine::start(&workplace);
    engine.sign_in_with_card(Way::VirtualCard).await;
    found_in_time(
        &mut engine,
        "virtual card",
        "card open",
        &canaries::card_key(&workplace),
        CARD_KEY,
    )
    .await;
    workplace.tap.let_go();
    leaves_nothing(&workplace, engine, "virtual card").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_smartcard_leaves_nothing() {
    let workplace = Workplace::new(Way::Smartcard).await;
    token::make(&workplace);
    let mut engine = Engine::start(&workplace);
    engine.sign_in_with_card(Way::Smartcard).await;
    leaves_nothing(&workplace, engine, "smartcard").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_browser_leaves_nothing() {
    let workplace = Workplace::new(Way::Browser).await;
    let mut engine = Engine::start(&workplace);
    engine.rests_at("sign-in").await;
    workplace.tap.hold("/oauth2/jwks");
    engine.order("sign_in_with_browser", &json!({}));
    let page = engine.page().await;
    come_back(&workplace, &page).await;
    // The identity token is there until the keys come that it is verified with.
    workplace.tap.holds().await;
    let tokens = canaries::tokens(&workplace.tap.user_tokens());
    found_in_time(
        &mut engine,
        "browser",
        "identity token in question",
        &tokens,
        IDENTITY,
    )
    .await;
    workplace.tap.let_go();
    engine.rests_at("choose-passcode").await;
    engine.order("choose_passcode", &json!({ "passcode": PASSCODE }));
    leaves_nothing(&workplace, engine, "browser").await;
}

/// The passcode is in memory while it is checked, and this search would find it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passcode_is_found_while_it_is_checked() {
    let workplace = Workplace::new(Way::VirtualCard).await;
    let marker = workplace.path("counted");
    let mut engine = Engine::start_with(&workplace, Some(&marker));
    engine.sign_in_with_card(Way::VirtualCard).await;
    engine.rests_at("find").await;
    engine.order("lock", &json!({}));
    engine.rests_at("locked").await;
    engine.order("unlock", &json!({ "passcode": PASSCODE }));
    found_in_time(
        &mut engine,
        "lock",
        "passcode in question",
        &canaries::passcodes(),
        RIGHT,
    )
    .await;
}

/// From somebody who has just signed in to the end of their session.
async fn leaves_nothing(workplace: &Workplace, mut engine: Engine, way: &'static str) {
    engine.rests_at("find").await;
    workplace.has_kept_the_session().await;
    look(workplace, &mut engine).await;
    let mut canaries = canaries::tokens(&workplace.tap.user_tokens());
    canaries.push(canaries::session_key(workplace));
    canaries.extend(canaries::child(&workplace.child));
    canaries.extend(canaries::passcodes());
    canaries.extend(canaries::card_key(workplace));
    canaries.extend(canaries::sent(workplace));

    let held = HELD.into_iter().collect();
    is_found(
        &mut engine,
        way,
        "unlocked, a result on the screen",
        &canaries,
        &held,
    )
    .await;

    engine.order("lock", &json!({}));
    engine.rests_at("locked").await;
    is_clean(&mut engine, way, "locked", &canaries).await;

    let refused = engine.unlock(WRONG).await;
    assert_eq!(refused["fault"]["triesLeft"], 2, "{refused}");
    is_clean(
        &mut engine,
        way,
        "locked, after a wrong passcode",
        &canaries,
    )
    .await;

    engine.unlock(PASSCODE).await;
    engine.rests_at("result").await;
    is_found(&mut engine, way, "unlocked again", &canaries, &held).await;

    engine.order("sign_out", &json!({}));
    engine.rests_at("session-ended").await;
    is_clean(&mut engine, way, "signed out", &canaries).await;

    let lines = engine.lines.len();
    drop(engine);
    let files = nothing_on_the_disk(workplace, &canaries);
    println!("{way}: {files}; {lines} lines shown");
}

/// Looks at a child, and waits until the record of it has left.
async fn look(workplace: &Workplace, engine: &mut Engine) {
    let result = engine.look(workplace).await;
    assert_eq!(result["shown"]["finding"]["kind"], "record", "{result}");
    let sent = async {
        while workplace.backend.audit_records().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, sent).await.unwrap();
    engine.sent().await;
}

/// What must be there is; passcodes, the card's key and the like are gone even now.
async fn is_found(
    engine: &mut Engine,
    way: &str,
    when: &str,
    canaries: &[Canary],
    wanted: &BTreeSet<&str>,
) {
    let search = search(engine, way, when, canaries).await;
    assert_eq!(&search.names(), wanted, "{when}:\n{}", search.places());
}

/// Nothing is left. Connections are closed and calls given up beside what the window shows, so a first
/// search may come too early.
async fn is_clean(engine: &mut Engine, way: &str, when: &str, canaries: &[Canary]) {
    let is_clean = |search: &Search| search.found.is_empty();
    search_until(engine, way, when, canaries, is_clean).await;
}

/// Waits until this is found, while the program is held up with it.
async fn found_in_time(
    engine: &mut Engine,
    way: &str,
    when: &str,
    canaries: &[Canary],
    wanted: &str,
) {
    let is_found = |search: &Search| search.names().contains(wanted);
    search_until(engine, way, when, canaries, is_found).await;
}

async fn search_until(
    engine: &mut Engine,
    way: &str,
    when: &str,
    canaries: &[Canary],
    wanted: impl Fn(&Search) -> bool,
) {
    let mut places = String::new();
    let come = async {
        loop {
            let search = search(engine, way, when, canaries).await;
            if wanted(&search) {
                return;
            }
            places = search.places();
            tokio::task::yield_now().await;
        }
    };
    let come = tokio::time::timeout(PATIENCE / 2, come).await;
    assert!(come.is_ok(), "{way}, {when}:\n{places}");
}

async fn search(engine: &mut Engine, way: &str, when: &str, canaries: &[Canary]) -> Search {
    let search = engine.memory.search(canaries).await;
    // Nothing but the kernel's own pages may be left out.
    let own = |line: &&String| line.contains("[vvar") || line.ends_with("[vsyscall]");
    let unreadable = search.unreadable.iter();
    let left_out: Vec<_> = unreadable.filter(|line| !own(line)).collect();
    assert_eq!(left_out, Vec::<&String>::new());
    report(&search, way, when);
    search
}

fn report(search: &Search, way: &str, when: &str) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for found in &search.found {
        *counts.entry(found.name).or_default() += 1;
    }
    println!(
        "{way}, {when}: {} mappings, {} MiB searched; found {counts:?}",
        search.mappings,
        search.searched >> 20
    );
}

/// No file holds any of it, neither data nor log; the keychain holds two secrets and nothing else.
fn nothing_on_the_disk(workplace: &Workplace, canaries: &[Canary]) -> String {
    let files = workplace.files();
    let mut bytes = 0;
    for (path, content) in &files {
        bytes += content.len();
        let name = path.to_string_lossy().into_owned();
        for place in [content.as_slice(), name.as_bytes()] {
            for canary in canaries {
                let found = place.windows(canary.bytes.len()).any(|w| w == canary.bytes);
                assert!(!found, "{} in {name}", canary.name);
            }
        }
    }
    let secrets: Vec<_> = files
        .iter()
        .filter(|(path, _)| path.starts_with(workplace.path("keychain")))
        .filter_map(|(path, _)| path.file_name()?.to_str())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    assert_eq!(secrets, ["workstation-key", "workstation-secret"]);
    let logs = files
        .iter()
        .filter(|(path, _)| path.starts_with(workplace.path("data/logs")));
    assert!(
        logs.map(|(_, log)| log.len()).sum::<usize>() > 0,
        "something was logged"
    );
    format!(
        "{} files with {bytes} bytes searched on the disk, keychain: {secrets:?}",
        files.len()
    )
}

/// The dentist signs in on the page, and the browser goes where it is sent.
async fn come_back(workplace: &Workplace, page: &url::Url) {
    let none = reqwest::redirect::Policy::none();
    let client = reqwest::Client::builder().redirect(none).build().unwrap();
    let mut form: HashMap<String, String> = page.query_pairs().into_owned().collect();
    let (user, passcode) = workplace.holder.clone();
    form.insert("card".to_owned(), user);
    form.insert("passcode".to_owned(), passcode);
    let mut address = page.clone();
    address.set_query(None);
    let answer = client.post(address).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 303);
    let back = answer.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(client.get(back).send().await.unwrap().status(), 200);
}
