//! The tests of this program once more, with every store in PostgreSQL.

use crate::kept::ADDRESSES;
use crate::postgres_server::PostgresServer;
use std::process::Command;

/// Tests that start a server of their own, or need no store.
const OWN_SERVER: &[&str] = &["postgres::", "two_backends::", "database_away::"];

fn tests_of_this_program(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(arguments);
    for own in OWN_SERVER {
        command.args(["--skip", own]);
    }
    command
}

#[test]
fn every_test_of_the_store_passes_on_postgresql_too() {
    let listed = tests_of_this_program(&["--list"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let on_sqlite = listed.lines().filter(|l| l.ends_with(": test")).count();
    assert!(on_sqlite > 100, "{listed}");

    let server = PostgresServer::start(&["fsync=off", "full_page_writes=off"]);
    let output = tests_of_this_program(&["--test-threads", "4"])
        .env(ADDRESSES, server.addresses())
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    let passed = told.matches(" ... ok").count();
    assert!(output.status.success(), "{told}\n{complaints}");
    assert_eq!(passed, on_sqlite, "{told}");
    println!("tests on SQLite: {on_sqlite}; the same tests passed on PostgreSQL: {passed}");
}
