//! The policy file.

use cpis_client::{Policy, PolicyError};
use std::path::Path;
use url::Url;

/// A policy that is accepted is within the limits that are written down for it, and a fault names a
/// place that is in the file.
pub fn policy(input: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(input) else {
        return false;
    };
    let read = Policy::parse(text, Path::new("policy.toml"));
    match &read {
        Ok(policy) => within_limits(policy),
        Err(PolicyError::Text { line, .. }) => {
            let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
            assert!((1..=lines).contains(line), "line {line} of {lines}");
        }
        Err(PolicyError::Value { reason, .. }) => assert!(!reason.is_empty()),
        Err(PolicyError::Unreadable { .. }) => panic!("no file was read"),
    }
    read.is_ok()
}

fn within_limits(policy: &Policy) {
    let session = &policy.session;
    assert!((2..=30).contains(&session.idle_lock_minutes));
    assert!((1..=12).contains(&session.absolute_hours));
    assert!((1..=3).contains(&session.assurance_level));
    assert!(policy.keep_hours <= 168);
    assert!((10..=10_000_000).contains(&policy.capacity));
    assert!((7..=3650).contains(&policy.retention_days));
    let Some(backend) = &policy.backend else {
        return;
    };
    let base = &backend.base_url;
    assert!(base.scheme() == "https" || base.scheme() == "http" && is_here(base));
    assert!(!backend.client_id.trim().is_empty());
    // Every call goes to an address made like this, and must not lead elsewhere.
    let below = format!(
        "{}/cpis/FHIR/R4/metadata",
        base.as_str().trim_end_matches('/')
    );
    let below = Url::parse(&below).expect("an address below the base");
    assert_eq!(below.origin(), base.origin(), "a call to another service");
    assert!(below.path().ends_with("/cpis/FHIR/R4/metadata"));
}

fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host == "localhost" || host == "[::1]" || host.starts_with("127.")
}
