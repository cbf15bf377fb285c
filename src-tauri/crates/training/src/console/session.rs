//! Trainers' sessions: a random secret in a cookie, kept as SHA-256. A session ends after eight hours,
//! or after an hour without a request, on every backend of the store.

use super::Console;
use crate::app::random_secret;
use crate::http::header_text;
use crate::store::Hash;
use crate::unavailable::Unavailable;
use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Seconds after which the trainer signs in again, whatever they do.
const SECONDS: i64 = 8 * 60 * 60;

/// A session that holds.
pub(super) struct Session {
    /// Follows from the cookie, which no other page can read; so no other page can send it.
    pub(super) form_token: String,
}

impl Session {
    /// The session of a request.
    pub(super) async fn of(
        console: &Console,
        headers: &HeaderMap,
    ) -> Result<Option<Self>, Unavailable> {
        let Some(secret) = secret(console, headers) else {
            return Ok(None);
        };
        let (hash, now) = (Hash::of(&secret), console.root.now().timestamp());
        let asked = console
            .root
            .ask(move |store| store.use_trainer_session(&hash, now));
        Ok(asked.await?.then(|| Self {
            form_token: form_token(&secret),
        }))
    }

    /// Whether a form holds the session's token.
    pub(super) fn is_form_token(&self, sent: Option<&str>) -> bool {
        sent.is_some_and(|sent| sent.as_bytes().ct_eq(self.form_token.as_bytes()).into())
    }
}

/// Begins a session; its cookie.
pub(super) async fn begin(console: &Console) -> Result<HeaderValue, Unavailable> {
    let secret = random_secret().map_err(|_| Unavailable::Failed)?;
    let (hash, now) = (Hash::of(&secret), console.root.now().timestamp());
    console
        .root
        .ask(move |store| store.add_trainer_session(&hash, now + SECONDS, now))
        .await?;
    cookie(console, &secret, SECONDS)
}

/// Ends the session of a request; what makes the browser forget the cookie.
pub(super) async fn end(
    console: &Console,
    headers: &HeaderMap,
) -> Result<HeaderValue, Unavailable> {
    if let Some(secret) = secret(console, headers) {
        let hash = Hash::of(&secret);
        console
            .root
            .ask(move |store| store.end_trainer_session(&hash))
            .await?;
    }
    cookie(console, "", 0)
}

fn form_token(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("form of {secret}")))
}

/// Over https the browser takes the cookie from this host alone (RFC 6265bis section 4.1.3.2).
fn name(console: &Console) -> (&'static str, &'static str) {
    match console.root.base_url.starts_with("https:") {
        true => ("__Host-trainer", "; Secure"),
        false => ("trainer", ""),
    }
}

fn cookie(console: &Console, secret: &str, seconds: i64) -> Result<HeaderValue, Unavailable> {
    let (name, secure) = name(console);
    let text =
        format!("{name}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&text).map_err(|_| Unavailable::Failed)
}

fn secret(console: &Console, headers: &HeaderMap) -> Option<String> {
    let (own, _) = name(console);
    header_text(headers, &header::COOKIE)?
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == own && !value.is_empty())
        .map(|(_, value)| value.to_owned())
}
