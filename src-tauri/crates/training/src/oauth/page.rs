//! The two pages of the sign-in in the browser. They carry no script and name no program's data
//! unescaped.

use crate::markup::escaped;
use crate::population::StaffMember;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use std::fmt::Write;

/// The field that says whether the person wants to sign in.
pub(super) const DECISION: &str = "decision";
/// Its value when not.
pub(super) const CANCEL: &str = "cancel";

/// `form-action` names the loopback address, since browsers hold it against redirects too.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
                      frame-ancestors 'none'; form-action 'self' http://127.0.0.1:*";

const STYLE: &str = "body{font:1.2em/1.5 sans-serif;max-width:38em;margin:2em auto;padding:0 1em}\
                     label{display:block;margin:.5em 0}fieldset{border:0;padding:0}\
                     legend{font-weight:bold}.error{border-left:.3em solid #b00;padding-left:.7em}\
                     button,input{font:inherit;padding:.3em .6em}";

/// The page on which a person chooses a card and enters its passcode.
pub(super) fn cards(
    status: StatusCode,
    staff: &[StaffMember],
    hidden: &[(&str, &str)],
    error: Option<&str>,
) -> Response {
    let mut body = String::from("<h1>Practice sign-in</h1><p>Everybody here is made up.</p>");
    if let Some(error) = error {
        let _ = write!(
            body,
            "<p class=\"error\" role=\"alert\">{}</p>",
            escaped(error)
        );
    }
    body.push_str("<form method=\"post\" action=\"authorize\">");
    for (name, value) in hidden {
        let _ = write!(
            body,
            "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
            escaped(name),
            escaped(value)
        );
    }
    body.push_str("<fieldset><legend>Your card</legend>");
    for member in staff {
        let _ = write!(
            body,
            "<label><input type=\"radio\" name=\"card\" value=\"{}\" required> {}: {}</label>",
            escaped(member.user_id.as_str()),
            escaped(&member.name()),
            escaped(member.card_purpose)
        );
    }
    body.push_str(
        "</fieldset><label>Passcode <input type=\"password\" name=\"passcode\" \
         inputmode=\"numeric\" autocomplete=\"off\" required></label>\
         <button>Sign in</button> ",
    );
    // Fields that are left empty do not keep anybody from leaving.
    let _ = write!(
        body,
        "<button name=\"{DECISION}\" value=\"{CANCEL}\" formnovalidate>Cancel</button></form>"
    );
    page(status, &body)
}

/// The page for a program that cannot be told.
pub(super) fn refusal(why: &str) -> Response {
    let body = format!(
        "<h1>You cannot sign in from here</h1><p>{}</p>",
        escaped(why)
    );
    page(StatusCode::BAD_REQUEST, &body)
}

fn page(status: StatusCode, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Practice sign-in</title>\
         <style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    );
    let headers: [(HeaderName, HeaderValue); 3] = [
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        ),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    (status, headers, Html(html)).into_response()
}
