//! Whom the program speaks to: every connection that its process opens in a day, as the kernel was asked for
//! it, and every message that it sends without one.

use crate::process::Engine;
use crate::workplace::{PASSCODE, Way, Workplace};
use serde_json::json;
use std::collections::BTreeMap;

/// What was asked of the kernel: `UDP to ADDRESS`, `TCP to ADDRESS`, `UNIX`, and how often.
type Reached = BTreeMap<String, usize>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_but_the_service_of_the_policy_is_reached_all_day() {
    let workplace = Workplace::new(Way::VirtualCard).await;
    let trace = workplace.path("connections");
    let mut engine = Engine::traced(&workplace, &trace);
    a_day(&mut engine, &workplace).await;
    engine.end().await;

    let trace = std::fs::read_to_string(trace).unwrap();
    let mut reached = reached(&trace);
    println!("Reached in a day: {reached:?}");
    let service = workplace.tap.url().replace("http://", "TCP to ");
    assert!(reached.remove(&service) > Some(0), "the service itself");
    // The message bus and the like, on this computer.
    reached.remove("UNIX");
    assert_eq!(reached, Reached::new(), "somebody else was reached");
    assert_eq!(sent_without_connection(&trace), Vec::<&str>::new());
}

/// Sign in, check, search, a clinic list, paper, clipboard, connection check, lock, another session.
async fn a_day(engine: &mut Engine, workplace: &Workplace) {
    engine.sign_in_with_card(Way::VirtualCard).await;
    engine.rests_at("find").await;
    engine.look(workplace).await;
    engine.order("copy_number", &json!({}));
    engine.order("print", &json!({ "withHistory": true }));
    let child = &workplace.child;
    let date = |part: &str| child.birth_date.format(part).to_string();
    engine.order("go", &json!({ "place": "search" }));
    engine.order(
        "find_person",
        &json!({
            "family": child.family, "given": child.given[0], "gender": "", "postcode": "",
            "day": date("%d"), "month": date("%m"), "year": date("%Y"),
        }),
    );
    engine
        .until(|screen| screen["kind"] == "search" && screen["answer"] != json!(null))
        .await;
    let text = format!("{},{}", child.nhs_number.digits(), date("%d/%m/%Y"));
    engine.order("import_clinic", &json!({ "text": text, "leaveOut": false }));
    engine.rests_at("clinic-list").await;
    engine.order("print_clinic", &json!({}));
    engine.order("go", &json!({ "place": "settings" }));
    engine.rests_at("settings").await;
    engine.order("check_connection", &json!({}));
    engine
        .until(|screen| screen["settings"]["connection"]["over"] == true)
        .await;
    engine.sent().await;
    engine.order("lock", &json!({}));
    engine.rests_at("locked").await;
    engine.unlock(PASSCODE).await;
    engine.order("sign_out", &json!({}));
    engine.rests_at("session-ended").await;
}

/// The connections in a trace.
fn reached(trace: &str) -> Reached {
    let mut reached = Reached::new();
    let calls = trace.lines().filter(|line| line.contains("connect("));
    for call in calls {
        *reached.entry(connection(call)).or_default() += 1;
    }
    reached
}

/// `connect(9<TCP:[81]>, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.0.0.1")}, 16)`. What
/// cannot be read stands for itself, and is nobody that may be reached.
fn connection(call: &str) -> String {
    let quoted = |name: &str| {
        let from = call.split_once(name)?.1;
        Some(from.split_once('"')?.1.split_once('"')?.0)
    };
    let port = |name: &str| Some(call.split_once(name)?.1.split_once(')')?.0);
    let protocol = ["TCP", "UDP"].into_iter().find(|name| call.contains(name));
    let address = if call.contains("sa_family=AF_INET,") {
        quoted("inet_addr(").zip(port("sin_port=htons("))
    } else if call.contains("sa_family=AF_INET6,") {
        quoted("inet_pton(").zip(port("sin6_port=htons("))
    } else if call.contains("sa_family=AF_UNIX,") {
        return "UNIX".to_owned();
    } else {
        None
    };
    match (protocol, address) {
        (Some(protocol), Some((host, port))) => format!("{protocol} to {host}:{port}"),
        _ => call.to_owned(),
    }
}

/// Messages that were sent to an address of the internet, or over UDP at all.
fn sent_without_connection(trace: &str) -> Vec<&str> {
    let is_send = |line: &&str| {
        line.contains("sendto(") || line.contains("sendmsg(") || line.contains("sendmmsg(")
    };
    let leaves = |line: &&str| line.contains("<UDP") || line.contains("sa_family=AF_INET");
    trace.lines().filter(is_send).filter(leaves).collect()
}

#[test]
fn what_goes_elsewhere_is_found_in_a_trace() {
    let trace = r#"
7 connect(9<TCP:[81]>, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("10.0.0.1")}, 16) = 0
7 connect(9<TCPv6:[82]>, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::2", &sin6_addr), sin6_scope_id=0}, 28) = -1 ENETUNREACH
8 connect(4<UNIX-STREAM:[83]>, {sa_family=AF_UNIX, sun_path="/run/dbus/system_bus_socket"}, 30) = 0
8 connect(4<socket:[84]>, {sa_family=AF_BLUETOOTH}, 30) = 0
8 sendto(5<UDP:[85]>, "a question", 10, MSG_NOSIGNAL, NULL, 0) = 10
8 sendto(6<TCP:[86]>, "GET /", 5, MSG_NOSIGNAL, NULL, 0) = 5
"#;
    let reached = reached(trace);
    for wanted in ["TCP to 10.0.0.1:8080", "TCP to 2001:db8::2:443", "UNIX"] {
        assert_eq!(reached.get(wanted), Some(&1), "{wanted}: {reached:?}");
    }
    assert_eq!(
        reached.len(),
        4,
        "what cannot be read is there: {reached:?}"
    );
    assert_eq!(sent_without_connection(trace).len(), 1);
}
