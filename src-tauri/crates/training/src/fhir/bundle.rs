//! Bundles of search results.

use crate::app::App;
use axum::http::Uri;
use serde_json::{Value, json};
use uuid::Uuid;

/// One entry of a search result.
pub(super) struct Entry {
    mode: &'static str,
    resource: Value,
}

impl Entry {
    /// What was searched for.
    pub(super) fn matching(resource: Value) -> Self {
        Self {
            mode: "match",
            resource,
        }
    }

    /// What a match refers to.
    pub(super) fn included(resource: Value) -> Self {
        Self {
            mode: "include",
            resource,
        }
    }
}

/// A page of a searchset: `total` counts the matches on all pages, and `next` leads to the page
/// that follows, path and query.
pub(super) fn page(
    app: &App,
    base: &str,
    uri: &Uri,
    entries: Vec<Entry>,
    total: u64,
    next: Option<&str>,
) -> Value {
    let mut bundle = searchset(app, base, uri, entries);
    bundle["total"] = total.into();
    if let (Some(next), Some(links)) = (next, bundle["link"].as_array_mut()) {
        let url = format!("{}{next}", app.base_url);
        links.push(json!({ "relation": "next", "url": url }));
    }
    bundle
}

/// A searchset. An empty one has no `entry` at all, as in the published example.
pub(super) fn searchset(app: &App, base: &str, uri: &Uri, entries: Vec<Entry>) -> Value {
    let total = entries.iter().filter(|e| e.mode == "match").count();
    let mut bundle = json!({
        "resourceType": "Bundle",
        "id": Uuid::new_v4(),
        "type": "searchset",
        "total": total,
        "link": [{ "relation": "self", "url": format!("{}{uri}", app.base_url) }],
    });
    if !entries.is_empty() {
        bundle["entry"] = entries
            .into_iter()
            .map(|entry| {
                json!({
                    "fullUrl": full_url(app, base, &entry.resource),
                    "resource": entry.resource,
                    "search": { "mode": entry.mode },
                })
            })
            .collect();
    }
    bundle
}

fn full_url(app: &App, base: &str, resource: &Value) -> String {
    let part = |name: &str| resource[name].as_str().unwrap_or_default();
    format!(
        "{}{base}/{}/{}",
        app.base_url,
        part("resourceType"),
        part("id")
    )
}
