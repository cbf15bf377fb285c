//! The gate: the trainer's passcode, and what every request inside must prove.
//!
//! A form inside is taken only with the hidden token of the session, and only from one of the
//! console's own pages, as the browser says in `Origin` or `Sec-Fetch-Site`. Nobody is locked out:
//! who has made too many tries waits, and so does everybody else for a minute.

use super::components;
use super::layout::{self, Hidden, Page};
use super::session::{self, Session};
use super::{Console, DEFAULT, Shared};
use crate::TrainingError;
use crate::http::{header_text, whole_body};
use crate::markup::{Markup, element, void};
use crate::oauth::Form;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use subtle::ConstantTimeEq;
use url::Url;

/// Nothing but this server's own files, and nobody may frame the page.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The hidden field that holds the token of the session.
pub(super) const TOKEN: &str = "token";
/// Bytes that a form may have.
const FORM_LIMIT: usize = 64 * 1024;
/// Characters that a passcode has at least.
const SHORTEST: usize = 12;
/// Letters and digits that are not mistaken for one another (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A passcode for the trainer's console, of 60 random bits, in groups of four.
///
/// # Errors
/// [`TrainingError::Random`].
pub fn fresh_passcode() -> Result<String, TrainingError> {
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes)?;
    let letters = bytes.map(|b| char::from(LETTERS[usize::from(b) % LETTERS.len()]));
    let groups: Vec<String> = letters.chunks(4).map(|g| g.iter().collect()).collect();
    Ok(groups.join("-"))
}

/// Whether a passcode is long enough that ten tries a minute do not find it.
pub(crate) fn is_long_enough(passcode: &str) -> bool {
    passcode.trim().chars().count() >= SHORTEST
}

/// What every answer says to the browser.
pub(super) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Lets nobody in without a session, and no form from elsewhere.
pub(super) async fn admit(State(console): Shared, request: Request, next: Next) -> Response {
    let session = match Session::of(&console, request.headers()).await {
        Ok(Some(session)) => session,
        Ok(None) => return Redirect::to(&layout::address(&console, "/trainer")).into_response(),
        Err(why) => return layout::unavailable(&console, why),
    };
    let (mut parts, body) = request.into_parts();
    if parts.method == Method::POST {
        let form = whole_body(body, FORM_LIMIT)
            .await
            .and_then(|body| Form::of(&body).ok());
        let own = is_own_page(&console, &parts.headers);
        let form = form.filter(|form| own && session.is_form_token(form.get(TOKEN)));
        let Some(form) = form else {
            return refused(&console);
        };
        parts.extensions.insert(Arc::new(form));
        parts.extensions.insert(Hidden::of(&session));
        return next
            .run(Request::from_parts(parts, axum::body::Body::empty()))
            .await;
    }
    parts.extensions.insert(Hidden::of(&session));
    next.run(Request::from_parts(parts, body)).await
}

/// Whether the browser says that one of the console's own pages sent the form.
fn is_own_page(console: &Console, headers: &HeaderMap) -> bool {
    if let Some(site) = header_text(headers, &FETCH_SITE) {
        return site == "same-origin";
    }
    let own = Url::parse(&console.root.base_url).map(|url| url.origin().ascii_serialization());
    own.is_ok_and(|own| header_text(headers, &header::ORIGIN) == Some(own.as_str()))
}

fn refused(console: &Console) -> Response {
    let body = element(
        "p",
        &[("class", "nhsuk-body")],
        "The form did not come from a page of this console, so nothing was done. Go back, load the \
         page again, and send the form once more.",
    );
    layout::plain(console, StatusCode::FORBIDDEN, "Nothing was done", body)
}

/// The page that asks for the passcode.
pub(super) async fn page(State(console): Shared, headers: HeaderMap) -> Response {
    match Session::of(&console, &headers).await {
        Ok(Some(_)) => inside(&console),
        Ok(None) => ask(&console, StatusCode::OK, None),
        Err(why) => layout::unavailable(&console, why),
    }
}

/// Takes the passcode.
pub(super) async fn sign_in(State(console): Shared, request: Request) -> Response {
    if !is_own_page(&console, request.headers()) {
        return refused(&console);
    }
    let body = whole_body(request.into_body(), FORM_LIMIT).await;
    let form = body.and_then(|body| Form::of(&body).ok());
    let entered = form.as_ref().and_then(|form| form.get("passcode"));
    let Some(entered) = entered else {
        return ask(
            &console,
            StatusCode::BAD_REQUEST,
            Some("Enter the passcode"),
        );
    };
    let now = console.root.now().timestamp();
    match console.root.ask(move |s| s.count_trainer_try(now)).await {
        Ok(None) => {}
        Ok(Some(seconds)) => return too_many(&console, seconds),
        Err(why) => return layout::unavailable(&console, why),
    }
    let digest = <[u8; 32]>::from(Sha256::digest(entered.trim()));
    if !bool::from(digest.ct_eq(&console.passcode)) {
        return ask(
            &console,
            StatusCode::FORBIDDEN,
            Some("The passcode is wrong"),
        );
    }
    match session::begin(&console).await {
        Ok(cookie) => {
            let mut response = inside(&console);
            response.headers_mut().insert(header::SET_COOKIE, cookie);
            response
        }
        Err(why) => layout::unavailable(&console, why),
    }
}

/// Ends the session.
pub(super) async fn sign_out(State(console): Shared, headers: HeaderMap) -> Response {
    match session::end(&console, &headers).await {
        Ok(cookie) => {
            let to = layout::address(&console, "/trainer");
            let mut response = Redirect::to(&to).into_response();
            response.headers_mut().insert(header::SET_COOKIE, cookie);
            response
        }
        Err(why) => layout::unavailable(&console, why),
    }
}

fn inside(console: &Console) -> Response {
    let path = match console.classes.are_used() {
        true => "/trainer/classes".to_owned(),
        false => format!("/trainer/class/{DEFAULT}/people"),
    };
    Redirect::to(&layout::address(console, &path)).into_response()
}

fn ask(console: &Console, status: StatusCode, error: Option<&'static str>) -> Response {
    let action = layout::address(console, "/trainer");
    let errors: Vec<_> = error.map(|e| ("passcode", e)).into_iter().collect();
    let input = |described: Option<&str>| {
        let mut attributes = vec![
            ("class", "nhsuk-input nhsuk-input--width-20"),
            ("id", "passcode"),
            ("name", "passcode"),
            ("type", "password"),
            ("autocomplete", "current-password"),
            ("spellcheck", "false"),
        ];
        attributes.extend(described.map(|ids| ("aria-describedby", ids)));
        void("input", &attributes)
    };
    let field = components::group(
        "passcode",
        "Trainer's passcode",
        Some("It was shown when the training server was started"),
        error,
        input,
    );
    let form = element(
        "form",
        &[("method", "post"), ("action", &action), ("novalidate", "")],
        field.and(components::button("Sign in")),
    );
    let body = Markup::default().and(form);
    Page {
        title: "Trainer's sign-in",
        errors: &errors,
        body,
    }
    .outside(console, status)
}

fn too_many(console: &Console, seconds: i64) -> Response {
    let words = format!(
        "There were too many tries. Wait {seconds} seconds, then enter the passcode again. Nobody is \
         locked out."
    );
    let body = element("p", &[("class", "nhsuk-body")], words).and(element(
        "p",
        &[("class", "nhsuk-body")],
        element(
            "a",
            &[("href", &layout::address(console, "/trainer"))],
            "Back to the sign-in",
        ),
    ));
    let mut response = layout::plain(
        console,
        StatusCode::TOO_MANY_REQUESTS,
        "Too many tries",
        body,
    );
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}
