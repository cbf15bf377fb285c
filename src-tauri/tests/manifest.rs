//! What the window is made of, as the manifests say it (I7, and what breaks screen readers).
#![expect(
    clippy::unwrap_used,
    reason = "a part of the test, and clippy knows only test functions"
)]

use serde_json::Value;
use std::path::Path;

fn text(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

fn json(file: &str) -> Value {
    serde_json::from_str(&text(file)).unwrap()
}

/// The features with which a manifest takes tauri or one of its parts.
fn features(manifest: &str) -> Vec<String> {
    let ours = |line: &&str| line.starts_with("tauri") || line.starts_with("wry");
    manifest
        .lines()
        .filter(ours)
        .filter_map(|line| line.split_once("features = [")?.1.split_once(']'))
        .flat_map(|(list, _)| list.split(','))
        .map(|name| name.trim().trim_matches('"').to_owned())
        .collect()
}

/// Whether any object in a document has this key with this value.
fn holds(document: &Value, key: &str, value: &Value) -> bool {
    match document {
        Value::Object(object) => {
            object.get(key) == Some(value) || object.values().any(|inner| holds(inner, key, value))
        }
        Value::Array(list) => list.iter().any(|inner| holds(inner, key, value)),
        _ => false,
    }
}

/// On Windows a window that was left with Alt+Tab and comes back has no keyboard focus under the
/// feature `unstable` (tauri issue 13466).
fn is_unstable(manifest: &str) -> bool {
    features(manifest).iter().any(|name| name == "unstable")
}

/// Screen readers lose a window without its frame (tauri issue 12901).
fn is_frameless(configuration: &Value, window: &str) -> bool {
    holds(configuration, "decorations", &Value::Bool(false))
        || window.contains(".decorations(false")
}

#[test]
fn nothing_that_breaks_screen_readers_is_switched_on() {
    for manifest in ["Cargo.toml", "../Cargo.toml"] {
        assert!(!is_unstable(&text(manifest)), "{manifest}");
    }
    assert!(features(&text("../Cargo.toml")).contains(&"wry".to_owned()));
    assert!(!is_frameless(
        &json("tauri.conf.json"),
        &text("src/window.rs")
    ));
}

#[test]
fn the_check_sees_what_it_looks_for() {
    assert!(is_unstable(
        "tauri = { version = \"2\", features = [\"wry\", \"unstable\"] }"
    ));
    let frameless = serde_json::json!({ "app": { "windows": [{ "decorations": false }] } });
    assert!(is_frameless(&frameless, ""));
    assert!(is_frameless(&Value::Null, "builder.decorations(false)"));
}

/// The window is made in one place. Without storage, without autofill, with zoom keys (WCAG 1.4.4: by
/// default there are none on Windows).
#[test]
fn the_window_keeps_nothing_and_zooms() {
    let window = text("src/window.rs");
    for call in [
        ".incognito(!is_driven())",
        ".zoom_hotkeys_enabled(true)",
        ".general_autofill_enabled(false)",
        ".content_protected(policy.session.content_protected)",
    ] {
        assert!(window.contains(call), "{call}");
    }
    assert_eq!(
        json("tauri.conf.json")["app"]["windows"],
        serde_json::json!([])
    );
}

/// The keys that macOS and Linux zoom with are a script of Tauri's, which asks for this.
#[test]
fn the_zoom_keys_may_zoom() {
    let permissions = &json("capabilities/main.json")["permissions"];
    let permissions = permissions.as_array().unwrap();
    assert!(permissions.contains(&"core:webview:allow-set-webview-zoom".into()));
}

/// Installers register the scheme; the link comes as an argument, so no plugin is needed.
#[test]
fn installers_register_our_links() {
    let configuration = json("tauri.conf.json");
    let schemes = &configuration["plugins"]["deep-link"]["desktop"]["schemes"];
    assert_eq!(*schemes, serde_json::json!([cpis_client::LINK_SCHEME]));
}
