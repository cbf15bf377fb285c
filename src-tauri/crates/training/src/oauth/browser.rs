//! Signing in in the system's browser: OpenID Connect code flow with PKCE (RFC 7636), back to a
//! loopback address (RFC 8252).
//!
//! The page asks for a card and its passcode. Three wrong passcodes lock a card for this way of
//! signing in until the trainer resets the store; the counter of a card's file is the file's own.

use super::identity_token::{self, SignIn};
use super::session::{self, Opening, Tokens};
use super::{OAuthError, page, token::Form};
use crate::TrainingError;
use crate::app::{App, random_secret};
use crate::assurance::AssuranceLevel;
use crate::cards::{CARD_TRIES, passcode};
use crate::population::{CardState, StaffMember};
use crate::shared::{self, WRONG_PASSCODES};
use crate::store::{Hash, Store};
use crate::unavailable::Unavailable;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use subtle::ConstantTimeEq;
use url::{Host, Url};

/// Seconds for which an authorisation code holds.
const CODE_SECONDS: i64 = 60;

const NOT_HERE: &str = "The program did not name an address on this computer.";

/// What a program asks when it sends a person here.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    client_id: String,
    redirect_uri: String,
    nonce: Option<String>,
    state: Option<String>,
    code_challenge: String,
    acr_values: String,
    /// The thumbprint of the key that will be proven for the code (RFC 9449 section 10).
    dpop_jkt: Option<String>,
}

/// What an authorisation code stands for.
#[derive(Serialize, Deserialize)]
struct Grant {
    client_id: String,
    redirect_uri: String,
    user_id: String,
    nonce: Option<String>,
    code_challenge: String,
    acr_values: String,
    dpop_jkt: Option<String>,
    assurance: u8,
    signed_in: i64,
}

/// What a trainer or a test changes about the sign-in in the browser.
#[derive(Default)]
pub(crate) struct BrowserSwitches(Mutex<Option<AssuranceLevel>>);

/// Shows the page.
pub(super) async fn ask(State(app): State<Arc<App>>, uri: Uri) -> Response {
    let Ok(form) = Form::of(uri.query().unwrap_or_default().as_bytes()) else {
        return page::refusal("The request holds a field twice.");
    };
    match Asked::read(&app, &form) {
        Ok(asked) => page::cards(StatusCode::OK, &app.staff, &asked.fields(), None),
        Err(answer) => *answer,
    }
}

/// Takes the card and passcode from the page. A program may post its request too (OpenID Connect
/// Core 3.1.2.1); that one is shown the page.
pub(super) async fn decide(State(app): State<Arc<App>>, request: Request) -> Response {
    let Ok(form) = Form::read(request).await else {
        return page::refusal("The page was not sent as it was shown.");
    };
    let asked = match Asked::read(&app, &form) {
        Ok(asked) => asked,
        Err(answer) => return *answer,
    };
    if form.get(page::DECISION) == Some(page::CANCEL) {
        let fields = [
            ("error", "access_denied"),
            ("error_description", "the person does not want to sign in"),
        ];
        return asked.answer(&app, &fields);
    }
    if form.get("card").is_none() && form.get("passcode").is_none() {
        return page::cards(StatusCode::OK, &app.staff, &asked.fields(), None);
    }
    let chosen = form.get("card").and_then(|user_id| app.member(user_id));
    let entered = form.get("passcode").unwrap_or_default();
    let member = match checked(&app, chosen, entered).await {
        Ok(Ok(member)) => member,
        Err(unavailable) => return OAuthError::from(unavailable).into_response(),
        Ok(Err(said)) => {
            let fields = asked.fields();
            return page::cards(StatusCode::BAD_REQUEST, &app.staff, &fields, Some(&said));
        }
    };
    match issue_code(&app, &asked, member).await {
        Ok(code) => asked.answer(&app, &[("code", &code)]),
        Err(error) => error.into_response(),
    }
}

/// Answers `grant_type=authorization_code`.
pub(super) async fn grant(
    app: &App,
    form: &Form,
    proven: Option<&str>,
) -> Result<Tokens, OAuthError> {
    let refused = |why: &str| Err(OAuthError::invalid_grant(why));
    let client_id = form.required("client_id")?;
    let verifier = form.required("code_verifier")?;
    let redirect_uri = form.required("redirect_uri")?;
    let presented = form.required("code")?;
    let code = Hash::of(presented);
    let now = app.now();
    let taken = app
        .ask(move |store| store.take_authorisation_code(&code, now.timestamp()))
        .await?;
    let Some(Ok(grant)) = taken.map(serde_json::from_value::<Grant>) else {
        return refused("the code is not known, used or too old");
    };
    if grant.client_id != client_id || grant.redirect_uri != redirect_uri {
        return refused("the code was given to another program");
    }
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    if !is_verifier(verifier) {
        return refused("code_verifier is not 43 to 128 unreserved characters");
    }
    if challenge != grant.code_challenge {
        return refused("code_verifier does not fit code_challenge");
    }
    if grant.dpop_jkt.is_some() && grant.dpop_jkt.as_deref() != proven {
        return refused("the code was asked for with another key");
    }
    let assurance =
        AssuranceLevel::of_number(grant.assurance.into()).ok_or_else(OAuthError::server_error)?;
    let opening = Opening {
        user_id: grant.user_id.clone(),
        client_id,
        assurance,
        bound_to: proven,
        code: Some(Hash::of(presented)),
    };
    let mut tokens = session::open(app, opening).await?;
    let sign_in = SignIn {
        issuer: &app.base_url,
        client_id,
        user_id: &grant.user_id,
        nonce: grant.nonce.as_deref(),
        acr_values: &grant.acr_values,
        assurance,
        signed_in: grant.signed_in,
        now: now.timestamp(),
        access_token: tokens.0["access_token"].as_str().unwrap_or_default(),
    };
    let identity = identity_token::sign(app, &sign_in).await?;
    tokens.0["id_token"] = identity.into();
    Ok(tokens)
}

impl Asked {
    /// Reads the request. Where it cannot be told who asks, nobody is sent anywhere (RFC 6749
    /// section 4.1.2.1); otherwise the program is told what is wrong.
    fn read(app: &App, form: &Form) -> Result<Self, Box<Response>> {
        let Some(client_id) = form.get("client_id") else {
            return Err(Box::new(page::refusal(
                "The program did not say which one it is.",
            )));
        };
        let redirect_uri = form.get("redirect_uri");
        let Some(redirect_uri) = redirect_uri.filter(|uri| loopback(uri).is_some()) else {
            return Err(Box::new(page::refusal(NOT_HERE)));
        };
        let text = |name: &str| form.get(name).map(str::to_owned);
        let asked = Self {
            client_id: client_id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            nonce: text("nonce"),
            state: text("state"),
            code_challenge: text("code_challenge").unwrap_or_default(),
            acr_values: text("acr_values").unwrap_or_default(),
            dpop_jkt: text("dpop_jkt"),
        };
        let refuse = |error: &str, why: &str| {
            let fields = [("error", error), ("error_description", why)];
            Err(Box::new(asked.answer(app, &fields)))
        };
        if form.get("response_type") != Some("code") {
            return refuse("unsupported_response_type", "response_type must be code");
        }
        let scopes = form.get("scope").unwrap_or_default();
        if !scopes.split(' ').any(|scope| scope == "openid") {
            return refuse("invalid_scope", "scope must hold openid");
        }
        if form.get("code_challenge_method") != Some("S256") || !is_hash(&asked.code_challenge) {
            return refuse("invalid_request", "PKCE with S256 is needed");
        }
        if asked.dpop_jkt.as_deref().is_some_and(|jkt| !is_hash(jkt)) {
            return refuse("invalid_request", "dpop_jkt is not a thumbprint");
        }
        if form.get("request").is_some() {
            return refuse("request_not_supported", "request is not supported");
        }
        if form.get("request_uri").is_some() {
            return refuse("request_uri_not_supported", "request_uri is not supported");
        }
        if form.get("response_mode").is_some_and(|m| m != "query") {
            return refuse("invalid_request", "response_mode must be query");
        }
        // Nobody stays signed in here, so nobody can sign in unseen (OpenID Connect Core 3.1.2.1).
        if form
            .get("prompt")
            .is_some_and(|p| p.split(' ').any(|p| p == "none"))
        {
            return refuse("login_required", "somebody must sign in");
        }
        Ok(asked)
    }

    /// The hidden fields of the page, from which the request is read again.
    fn fields(&self) -> Vec<(&'static str, &str)> {
        let mut fields = vec![
            ("client_id", self.client_id.as_str()),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("response_type", "code"),
            ("scope", "openid"),
            ("code_challenge", self.code_challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        fields.extend(self.nonce.as_deref().map(|nonce| ("nonce", nonce)));
        fields.extend(self.dpop_jkt.as_deref().map(|jkt| ("dpop_jkt", jkt)));
        if !self.acr_values.is_empty() {
            fields.push(("acr_values", &self.acr_values));
        }
        fields.extend(self.state.as_deref().map(|state| ("state", state)));
        fields
    }

    /// Sends the browser back, with `iss` as RFC 9207 has it.
    fn answer(&self, app: &App, fields: &[(&str, &str)]) -> Response {
        let Some(mut url) = loopback(&self.redirect_uri) else {
            return page::refusal(NOT_HERE);
        };
        {
            let mut query = url.query_pairs_mut();
            query.extend_pairs(fields).append_pair("iss", &app.base_url);
            if let Some(state) = &self.state {
                query.append_pair("state", state);
            }
        }
        let mut response = StatusCode::SEE_OTHER.into_response();
        // A URL is plain ASCII once it has been parsed.
        if let Ok(location) = HeaderValue::from_str(url.as_str()) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

/// A SHA-256 in URL-safe base64, as PKCE's S256 and thumbprints are written.
fn is_hash(text: &str) -> bool {
    URL_SAFE_NO_PAD
        .decode(text)
        .is_ok_and(|bytes| bytes.len() == 32)
}

/// RFC 7636 section 4.1.
fn is_verifier(text: &str) -> bool {
    let is_unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    (43..=128).contains(&text.len()) && text.bytes().all(is_unreserved)
}

/// An address on this computer by its number, on any port (RFC 8252 section 7.3).
fn loopback(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_loopback = url.host() == Some(Host::Ipv4(Ipv4Addr::LOCALHOST));
    (is_loopback && url.scheme() == "http" && url.fragment().is_none()).then_some(url)
}

/// Checks the passcode; otherwise what to tell the person.
async fn checked<'a>(
    app: &App,
    chosen: Option<&'a StaffMember>,
    entered: &str,
) -> Result<Result<&'a StaffMember, String>, Unavailable> {
    let said = |said: &str| Ok(Err(said.to_owned()));
    let Some(member) = chosen else {
        return said("Choose a card.");
    };
    if member.card == CardState::Expired {
        return said("This card has expired.");
    }
    let right = passcode(app.seed, member);
    let is_right = bool::from(right.as_bytes().ct_eq(entered.trim().as_bytes()));
    let locked = member.card == CardState::Locked;
    let card = member.user_id.as_str().to_owned();
    let try_it = move |store: &dyn Store| enter(store, &card, is_right && !locked);
    let left = if locked { None } else { app.ask(try_it).await? };
    Ok(match (left, is_right) {
        (None, _) => Err("This card is locked.".to_owned()),
        (Some(_), true) => Ok(member),
        (Some(0), false) => Err("The passcode is wrong. This card is now locked.".to_owned()),
        (Some(left), false) => Err(format!("The passcode is wrong. Tries left: {left}.")),
    })
}

/// Counts a passcode that was entered, over every backend on the store: how many tries are left
/// afterwards. `None`: there was none left, so it counts for nothing.
fn enter(store: &dyn Store, card: &str, is_right: bool) -> Result<Option<u8>, TrainingError> {
    shared::change(
        store,
        WRONG_PASSCODES,
        |wrong: &mut Option<BTreeMap<String, u8>>| {
            let used = wrong.as_ref().and_then(|w| w.get(card).copied());
            let used = used.unwrap_or_default();
            if used >= CARD_TRIES {
                return Ok(None);
            }
            if is_right {
                if let Some(wrong) = wrong {
                    wrong.remove(card);
                }
                return Ok(Some(CARD_TRIES));
            }
            wrong
                .get_or_insert_default()
                .insert(card.to_owned(), used + 1);
            Ok(Some(CARD_TRIES - used - 1))
        },
    )
}

impl BrowserSwitches {
    /// Signs everybody in at this level; `None` is the level of their card.
    pub(crate) fn set_assurance(&self, level: Option<AssuranceLevel>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = level;
    }

    fn assurance(&self) -> AssuranceLevel {
        let level = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        level.unwrap_or(AssuranceLevel::Three)
    }
}

async fn issue_code(app: &App, asked: &Asked, member: &StaffMember) -> Result<String, OAuthError> {
    let code = random_secret()?;
    let hash = Hash::of(&code);
    let now = app.now().timestamp();
    let grant = serde_json::to_value(Grant {
        client_id: asked.client_id.clone(),
        redirect_uri: asked.redirect_uri.clone(),
        user_id: member.user_id.as_str().to_owned(),
        nonce: asked.nonce.clone(),
        code_challenge: asked.code_challenge.clone(),
        acr_values: asked.acr_values.clone(),
        dpop_jkt: asked.dpop_jkt.clone(),
        assurance: app.browser.assurance().number(),
        signed_in: now,
    })
    .map_err(|_| OAuthError::server_error())?;
    app.ask(move |store| store.add_authorisation_code(&hash, &grant, now + CODE_SECONDS))
        .await?;
    Ok(code)
}
