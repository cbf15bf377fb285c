//! The rules of the house that a compiler does not check: which crate may use which, who may know Tauri,
//! and that the lock files say what the manifests say.

use crate::project;
use crate::step;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Which of our crates each of our crates may use. Arrows point one way, so that what is shown can be
/// reasoned about without the window, and the window without the network.
const ARROWS: &[(&str, &[&str])] = &[
    ("cpis-record", &[]),
    ("cpis-fhir", &["cpis-record"]),
    ("cpis-audit", &["cpis-record", "cpis-fhir"]),
    ("cpis-training", &["cpis-record", "cpis-fhir"]),
    ("cpis-vault", &[]),
    (
        "cpis-client",
        &["cpis-record", "cpis-fhir", "cpis-audit", "cpis-vault"],
    ),
    // The window hands the program the keychain of the system, which the vault implements.
    (
        "cpis-desktop",
        &["cpis-client", "cpis-training", "cpis-vault"],
    ),
    (
        "cpis-tests",
        &[
            "cpis-record",
            "cpis-fhir",
            "cpis-audit",
            "cpis-training",
            "cpis-vault",
            "cpis-client",
            "cpis-desktop",
            // For its keychain, which outlives a program that is killed.
            "cpis-torture",
        ],
    ),
    // The proof watches the program's engine without its window.
    (
        "cpis-torture",
        &[
            "cpis-record",
            "cpis-fhir",
            "cpis-audit",
            "cpis-training",
            "cpis-vault",
            "cpis-client",
        ],
    ),
    // What is read from outside is read without a window.
    (
        "cpis-fuzz",
        &["cpis-record", "cpis-fhir", "cpis-vault", "cpis-client"],
    ),
    ("xtask", &[]),
];

/// What a crate may use besides, for its own tests.
const ARROWS_OF_TESTS: &[(&str, &[&str])] = &[("cpis-client", &["cpis-training"])];

/// The only crates that may know of a window.
const MAY_KNOW_TAURI: &[&str] = &["cpis-desktop", "cpis-tests"];

/// Cargo's view of the workspace and everything that it depends on. Fails when `Cargo.lock` is out of step.
pub fn metadata() -> Result<Value, String> {
    let text = step::answer(project::cargo().args([
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--offline",
    ]))?;
    serde_json::from_str(&text).map_err(|error| format!("cargo metadata is not JSON: {error}"))
}

/// Arrows between our crates that the design does not have.
pub fn forbidden_arrows(metadata: &Value) -> Vec<String> {
    let ours: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    let mut faults = Vec::new();
    for package in members(metadata) {
        let name = text(&package["name"]);
        if !ours.contains(name) {
            faults.push(format!(
                "{name} is not in the list of crates and their arrows"
            ));
            continue;
        }
        for dependency in array(&package["dependencies"]) {
            let used = text(&dependency["name"]);
            let for_tests = dependency["kind"] == "dev";
            let allowed = used == name && for_tests
                || listed(ARROWS, name, used)
                || for_tests && listed(ARROWS_OF_TESTS, name, used);
            if ours.contains(used) && !allowed {
                faults.push(format!("{name} may not use {used}"));
            }
        }
    }
    faults
}

/// Crates that depend on Tauri, however far away, and are not the window.
pub fn crates_that_know_tauri(metadata: &Value) -> Vec<String> {
    let names: BTreeMap<&str, &str> = array(&metadata["packages"])
        .map(|package| (text(&package["id"]), text(&package["name"])))
        .collect();
    let uses: BTreeMap<&str, Vec<&str>> = array(&metadata["resolve"]["nodes"])
        .map(|node| {
            (
                text(&node["id"]),
                array(&node["dependencies"]).map(text).collect(),
            )
        })
        .collect();
    let of_tauri = |id: &str| {
        names.get(id).is_some_and(|name| {
            name.starts_with("tauri") || ["wry", "tao", "webkit2gtk"].contains(name)
        })
    };
    let mut faults = Vec::new();
    for package in members(metadata) {
        let name = text(&package["name"]);
        if MAY_KNOW_TAURI.contains(&name) {
            continue;
        }
        let mut seen = BTreeSet::new();
        let mut ahead = vec![text(&package["id"])];
        while let Some(id) = ahead.pop() {
            if of_tauri(id) {
                faults.push(format!("{name} depends on {}", names[id]));
            } else if seen.insert(id) {
                ahead.extend(uses.get(id).into_iter().flatten());
            }
        }
    }
    faults.sort();
    faults.dedup();
    faults
}

/// Files of the screen that reach for Tauri past the one seam, `ui/src/backend*`.
pub fn screen_files_that_know_tauri(sources: &[(String, String)]) -> Vec<String> {
    sources
        .iter()
        .filter(|(path, _)| path.starts_with("ui/src/") && !path.starts_with("ui/src/backend"))
        .filter(|(_, text)| text.contains("@tauri-apps/") || text.contains("__TAURI"))
        .map(|(path, _)| format!("{path} reaches for Tauri; only ui/src/backend* may"))
        .collect()
}

/// Where a folder's `package-lock.json` does not say what its `package.json` says, or names a registry that
/// not everybody has.
pub fn npm_lock_faults(folder: &Path) -> Result<Vec<String>, String> {
    let package = project::json(&folder.join("package.json"))?;
    let lock = project::json(&folder.join("package-lock.json"))?;
    let mut faults = Vec::new();
    for kind in [
        "dependencies",
        "devDependencies",
        "optionalDependencies",
        "peerDependencies",
    ] {
        if package[kind] != lock["packages"][""][kind] {
            faults.push(format!(
                "{kind} differ between package.json and its lock; run npm install"
            ));
        }
    }
    for (path, locked) in lock["packages"].as_object().into_iter().flatten() {
        if locked["resolved"]
            .as_str()
            .is_some_and(|from| !from.starts_with("https://registry.npmjs.org/"))
        {
            faults.push(format!(
                "{path} is locked to another registry than npm's own"
            ));
        }
    }
    Ok(faults)
}

fn members(metadata: &Value) -> impl Iterator<Item = &Value> {
    let members: BTreeSet<&str> = array(&metadata["workspace_members"]).map(text).collect();
    array(&metadata["packages"]).filter(move |package| members.contains(text(&package["id"])))
}

fn listed(arrows: &[(&str, &[&str])], from: &str, to: &str) -> bool {
    arrows
        .iter()
        .any(|(name, used)| *name == from && used.contains(&to))
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn workspace() -> Value {
        json!({
            "workspace_members": ["record", "client", "desktop"],
            "packages": [
                {"id": "record", "name": "cpis-record", "dependencies": []},
                {"id": "client", "name": "cpis-client", "dependencies": [
                    {"name": "cpis-record", "kind": null},
                    {"name": "cpis-training", "kind": "dev"},
                ]},
                {"id": "desktop", "name": "cpis-desktop", "dependencies": [
                    {"name": "cpis-client", "kind": null},
                ]},
                {"id": "middle", "name": "middle", "dependencies": []},
                {"id": "tauri", "name": "tauri", "dependencies": []},
            ],
            "resolve": {"nodes": [
                {"id": "record", "dependencies": []},
                {"id": "client", "dependencies": ["record"]},
                {"id": "desktop", "dependencies": ["client", "tauri"]},
                {"id": "middle", "dependencies": ["tauri"]},
                {"id": "tauri", "dependencies": []},
            ]},
        })
    }

    #[test]
    fn the_arrows_of_the_design_pass() {
        assert_eq!(forbidden_arrows(&workspace()), [""; 0]);
        assert_eq!(crates_that_know_tauri(&workspace()), [""; 0]);
    }

    #[test]
    fn an_arrow_that_points_up_is_a_fault() {
        let mut workspace = workspace();
        workspace["packages"][0]["dependencies"] = json!([{"name": "cpis-client", "kind": "dev"}]);
        assert_eq!(
            forbidden_arrows(&workspace),
            ["cpis-record may not use cpis-client"]
        );
    }

    #[test]
    fn what_tests_may_use_the_program_may_not() {
        let mut workspace = workspace();
        workspace["packages"][1]["dependencies"] = json!([{"name": "cpis-training", "kind": null}]);
        assert_eq!(
            forbidden_arrows(&workspace),
            ["cpis-client may not use cpis-training"]
        );
    }

    #[test]
    fn a_crate_that_nobody_listed_is_a_fault() {
        let mut workspace = workspace();
        workspace["packages"][0]["name"] = json!("cpis-new");
        assert_eq!(
            forbidden_arrows(&workspace),
            ["cpis-new is not in the list of crates and their arrows"]
        );
    }

    #[test]
    fn tauri_is_found_behind_another_crate() {
        let mut workspace = workspace();
        workspace["resolve"]["nodes"][1]["dependencies"] = json!(["record", "middle"]);
        assert_eq!(
            crates_that_know_tauri(&workspace),
            ["cpis-client depends on tauri"]
        );
    }

    #[test]
    fn the_screen_has_one_seam() {
        let import = "import { invoke } from '@tauri-apps/api/core'";
        let sources = [
            "ui/src/backend/tauri.ts",
            "ui/src/App.svelte",
            "ui/vite.config.ts",
        ]
        .map(|path| (path.to_owned(), import.to_owned()));
        assert_eq!(
            screen_files_that_know_tauri(&sources),
            ["ui/src/App.svelte reaches for Tauri; only ui/src/backend* may"]
        );
    }
}
