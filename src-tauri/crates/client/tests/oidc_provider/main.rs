//! Signing in in the browser with a certified OpenID provider, the npm package `oidc-provider`: the
//! real program, without its window, against an implementation of the standards that is not ours.
#![expect(
    clippy::unwrap_used,
    reason = "the place is part of the tests, and clippy knows only test functions"
)]

#[expect(
    dead_code,
    unused_imports,
    reason = "these tests need a part of what all tests of the program share"
)]
#[path = "../support/mod.rs"]
mod support;

mod forgeries;
mod place;
mod provider;
mod renewals;
mod rollover;
mod sign_in;
mod tab;
