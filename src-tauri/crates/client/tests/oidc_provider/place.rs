//! A person at a running program whose service signs people in with the certified provider.

use crate::provider::{Provider, Setting};
use crate::support::{Bench, Desk, Wire, go, logged};
use crate::tab::{Decision, Tab};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use cpis_client::shown::ShownContent;
use cpis_client::view::{Place as Screens, Screen, SignInFault, View};
use cpis_client::{Request, TypedQuestion};
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::{RwLock, RwLockReadGuard};
use url::Url;

const DIGITS: &str = "482913";

/// Where the provider gives tokens.
pub const TOKEN: &str = "/token";
/// Where it shows its keys.
pub const KEYS: &str = "/jwks";
/// Where it is told that a token is over.
const REVOCATION: &str = "/token/revocation";

/// Whoever reads in the log what a refusal was must be alone in it.
static LOG: RwLock<()> = RwLock::const_new(());

/// Program, provider, and the wire between them.
pub struct Place {
    pub bench: Arc<Bench>,
    pub desk: Desk,
    pub wire: Wire,
    pub setting: Setting,
    tab: Tab,
    pages: usize,
    provider: Provider,
    _log: Option<RwLockReadGuard<'static, ()>>,
}

impl Place {
    pub async fn start() -> Self {
        Self::with(|_| {}, &[]).await
    }

    /// Another setting of the provider, and further lines of policy.
    pub async fn with(change: impl FnOnce(&mut Setting), policy: &[&str]) -> Self {
        let log = LOG.read().await;
        let place = Self::unguarded(change, policy).await;
        Self {
            _log: Some(log),
            ..place
        }
    }

    async fn unguarded(change: impl FnOnce(&mut Setting), policy: &[&str]) -> Self {
        let bench = Bench::start().await;
        let wire = Wire::start().await;
        let mut setting = Setting::new(wire.url(), bench.clock.read().timestamp());
        change(&mut setting);
        let provider = Provider::start(&setting);
        wire.lead_to(provider.address());
        let mut lines = vec![
            format!("backend.base_url = '{}'", wire.url()),
            "backend.client_id = 'cpis-check'".to_owned(),
            format!("backend.enrolment_code = '{}'", setting.enrolment_code),
            "session.sign_in = ['browser']".to_owned(),
        ];
        lines.extend(policy.iter().map(|&line| line.to_owned()));
        std::fs::write(bench.policy_file(), lines.join("\n")).unwrap();
        Self {
            desk: bench.live().await,
            bench,
            wire,
            setting,
            tab: Tab::new(),
            pages: 0,
            provider,
            _log: None,
        }
    }

    /// The program and the provider, of which the one can end before the other.
    pub fn close(self) -> (Desk, Provider) {
        (self.desk, self.provider)
    }

    /// Sets the provider up anew.
    pub fn set(&mut self, change: impl FnOnce(&mut Setting)) {
        change(&mut self.setting);
        self.provider.set(&self.setting);
    }

    /// Lets time pass for everybody.
    pub fn pass(&mut self, time: TimeDelta) {
        self.bench.clock.pass(time);
        let now = self.bench.clock.read().timestamp();
        self.set(|setting| setting.now = now);
    }

    /// Lets so much time pass that an access token is over, and the program does not lock yet.
    pub fn pass_a_token(&mut self) {
        self.pass(TimeDelta::minutes(11));
    }

    /// Sends the browser out, and gives the address to which the provider sends it back.
    pub async fn there(&mut self, decision: Decision) -> Url {
        let view = self.desk.ask(Request::SignInWithBrowser).await;
        assert!(is_in_browser(&view), "{:?}", view.screen);
        self.pages += 1;
        let page = self.bench.browser.page(self.pages).await;
        self.tab.walk(page.0, decision).await
    }

    /// What was asked of the provider when the browser was last sent out.
    pub async fn asked(&self, name: &str) -> String {
        self.bench.browser.page(self.pages).await.asked(name)
    }

    /// Brings the browser back, and waits for what comes of it.
    pub async fn back(&self, address: Url) -> View {
        go(address).await.unwrap();
        self.desk.until(|view| !is_in_browser(view)).await
    }

    /// The way there and back.
    pub async fn try_to_sign_in(&mut self) -> View {
        let back = self.there(Decision::Agree).await;
        self.back(back).await
    }

    /// Signs in, which must succeed, and chooses a passcode.
    pub async fn sign_in(&mut self) {
        let view = self.try_to_sign_in().await;
        assert!(is_signed_in(&view), "{:?}", view.screen);
        let passcode = DIGITS.into();
        self.desk.ask(Request::ChoosePasscode { passcode }).await;
        self.desk
            .until(|view| matches!(view.screen, Screen::Find { .. }))
            .await;
    }

    /// Signs out, up to where somebody can sign in. The provider has been told, too: it revokes the
    /// whole grant, which is also that of whoever signs in next in the same browser.
    pub async fn sign_out(&self) {
        let told = self.wire.requests(REVOCATION).len();
        self.desk.ask(Request::SignOut).await;
        self.wire.answered(REVOCATION, told + 1).await;
        self.desk.ask(Request::Go(Screens::Find)).await;
    }

    /// Looks at the one person whom the register knows.
    pub async fn look(&self) -> ShownContent {
        let question = TypedQuestion {
            nhs_number: "9000000009".to_owned(),
            day: "22".to_owned(),
            month: "10".to_owned(),
            year: "2010".to_owned(),
        };
        self.desk.ask(Request::FindChild(question)).await;
        self.desk.result().await
    }

    /// What the provider answered to those who asked for tokens, oldest first.
    pub fn token_answers(&self) -> Vec<Value> {
        let of_users = |answer: &Value| answer["id_token"].is_string();
        let mut answers = self.wire.answers(TOKEN);
        answers.retain(of_users);
        answers
    }

    /// Somebody else asks for a renewal with a token of this program; the answer.
    pub async fn steal(&self, refresh_token: &str) -> Value {
        self.provider.steal(refresh_token).await
    }

    /// The refresh tokens with which the program asked for renewals, oldest first.
    pub fn renewals(&self) -> Vec<String> {
        let calls = self.wire.requests(TOKEN);
        let renewals = calls.iter().filter_map(|call| {
            let form = url::form_urlencoded::parse(call.body.as_bytes());
            let form: std::collections::HashMap<_, _> = form.into_owned().collect();
            form.get("refresh_token").cloned()
        });
        renewals.collect()
    }
}

/// The same, alone in the log of this process.
pub struct AloneInLog {
    pub place: Place,
    _alone: tokio::sync::RwLockWriteGuard<'static, ()>,
}

impl AloneInLog {
    pub async fn start() -> Self {
        let alone = LOG.write().await;
        Self {
            place: Place::unguarded(|_| {}, &[]).await,
            _alone: alone,
        }
    }

    /// Why the last sign-in failed, in the words for support.
    pub fn reason(&self) -> String {
        const BEFORE: &str = "sign-in in the browser failed fault=";
        let log = logged();
        let (_, reason) = log.rsplit_once(BEFORE).expect("nothing failed");
        reason.lines().next().unwrap().to_owned()
    }
}

/// Header and claims of a token.
pub fn parts(token: &str) -> (Value, Value) {
    let mut parts = token.split('.').map(|part| {
        let bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
        serde_json::from_slice(&bytes).unwrap_or_default()
    });
    (parts.next().unwrap(), parts.next().unwrap())
}

pub fn is_signed_in(view: &View) -> bool {
    matches!(view.screen, Screen::ChoosePasscode { .. })
}

/// Why a sign-in failed.
pub fn fault(view: &View) -> SignInFault {
    match view.screen {
        Screen::SignIn {
            fault: Some(fault),
            busy: false,
            ..
        } => fault,
        ref other => panic!("no fault: {other:?}"),
    }
}

fn is_in_browser(view: &View) -> bool {
    matches!(
        view.screen,
        Screen::SignIn {
            in_browser: true,
            ..
        }
    )
}
