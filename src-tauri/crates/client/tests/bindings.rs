//! The window's types are written from Rust. This test fails when the files in `ui/src/bindings`
//! are not what Rust says; run it with `UPDATE_BINDINGS=1` to write them.
#![expect(
    clippy::unwrap_used,
    reason = "a part of the test, and clippy knows only test functions"
)]

use cpis_client::view::{CommandError, Place, View};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use ts_rs::{Config, TS};

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/bindings")
}

fn read(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    entries
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

fn write(folder: &Path) {
    let config = Config::new().with_out_dir(folder);
    View::export_all(&config).unwrap();
    CommandError::export_all(&config).unwrap();
    Place::export_all(&config).unwrap();
}

#[test]
fn the_windows_types_are_what_rust_says() {
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        let _ = std::fs::remove_dir_all(committed());
        write(&committed());
    }
    let fresh = tempfile::tempdir().unwrap();
    write(fresh.path());
    let fresh = read(fresh.path());
    assert!(fresh.len() > 20, "the types were written");
    assert_eq!(
        read(&committed()),
        fresh,
        "run this test with UPDATE_BINDINGS=1"
    );
}
