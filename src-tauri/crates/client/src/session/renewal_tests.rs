//! Many calls at the end of a token, counted where it matters: at the backend.

use super::{CallFault, Session};
use crate::dpop::Binding;
use crate::network::Network;
use crate::policy::{BackendPolicy, PlanSource};
use crate::service::Service;
use crate::view::View;
use crate::world::{SystemChance, SystemDisk, Window, World};
use chrono::{DateTime, FixedOffset, TimeDelta};
use cpis_audit::Pace;
use cpis_record::RoleProfileId;
use cpis_training::{Case, Fault, TrainingBackend, TrainingOptions, population, write_cards};
use cpis_vault::{Card, Passcode, Presence, VirtualCard, Workstation};
use std::sync::{Arc, Mutex};
use tokio::sync::{Barrier, watch};
use tokio::task::JoinSet;
use url::Url;

const SEED: u64 = 1;
const CALLS: usize = 100;
const TOKEN: &str = "/oauth2/token";
const TRACE: &str = "/personal-demographics";

/// Past the life of an access token.
const ELEVEN_MINUTES: TimeDelta = TimeDelta::minutes(11);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_calls_at_the_end_of_a_token_renew_it_once() {
    let signed_in = SignedIn::start().await;
    signed_in.clock.pass(ELEVEN_MINUTES);
    let answers = signed_in.call_all_at_once().await;
    let statuses = answers.iter().filter(|a| matches!(a, Ok(200))).count();
    let renewals = signed_in.backend.renewals();
    println!(
        "{CALLS} calls at the end of the token: {statuses} answered, {} renewal granted, {} refused",
        renewals.granted, renewals.refused
    );
    assert_eq!(statuses, CALLS, "{answers:?}");
    assert_eq!((renewals.granted, renewals.refused), (1, 0));
}

/// The service may end a token before its time. Then it is the calls that find out.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_calls_that_are_refused_together_renew_once() {
    let signed_in = SignedIn::start().await;
    let faults = signed_in.backend.faults();
    let each = u32::try_from(CALLS).unwrap();
    // Whoever arrived after the renewal would be refused with the new token, and rightly renew again.
    faults.set_together(TRACE, Fault::Status(401), each);
    let answers = signed_in.call_all_at_once().await;
    let statuses = answers.iter().filter(|a| matches!(a, Ok(200))).count();
    let renewals = signed_in.backend.renewals();
    println!(
        "{} calls refused with 401: {statuses} answered in the end, {} renewal granted, {} refused",
        faults.strikes(),
        renewals.granted,
        renewals.refused
    );
    assert_eq!((faults.strikes(), statuses), (CALLS, CALLS), "{answers:?}");
    assert_eq!((renewals.granted, renewals.refused), (1, 0));
}

/// The backend has renewed, and nobody will ever know the new tokens: a used refresh token tried
/// again would look like theft, and so would the hundredth try.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_lost_renewal_ends_in_sign_in_for_all_of_them_and_never_in_a_loop() {
    let signed_in = SignedIn::start().await;
    signed_in.clock.pass(ELEVEN_MINUTES);
    let faults = signed_in.backend.faults();
    faults.set(TOKEN, Some(Fault::StoreThenClose));
    let mut ended = 0;
    for _ in 0..2 {
        let answers = signed_in.call_all_at_once().await;
        ended += answers
            .iter()
            .filter(|a| matches!(a, Err(CallFault::SignInNeeded)))
            .count();
    }
    let renewals = signed_in.backend.renewals();
    println!(
        "a renewal whose answer was lost: {} request for tokens, {} renewal at the backend, \
         {ended} calls ended in signing in again",
        faults.strikes(),
        renewals.granted
    );
    assert_eq!(ended, 2 * CALLS);
    assert_eq!(faults.strikes(), 1, "no second request for tokens");
    assert_eq!((renewals.granted, renewals.refused), (1, 0));
    assert!(signed_in.session.is_over());
}

/// A session of the dentist at a backend of its own.
struct SignedIn {
    session: Arc<Session>,
    backend: TrainingBackend,
    clock: Arc<HandClock>,
    profile: RoleProfileId,
    child: Url,
}

impl SignedIn {
    async fn start() -> Self {
        let clock = Arc::new(HandClock(Mutex::new(
            "2026-11-22T09:12:00+00:00".parse().unwrap(),
        )));
        let now = cpis_training::Clock::now(clock.as_ref());
        let backend = TrainingBackend::start(TrainingOptions {
            seed: SEED,
            clock: clock.clone(),
            ..TrainingOptions::default()
        })
        .await
        .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let cards = write_cards(folder.path(), SEED, now).unwrap();
        let dentist = cards.iter().find(|c| c.file_name.contains("dentist"));
        let dentist = dentist.unwrap();
        let card = VirtualCard::at(&folder.path().join(&dentist.file_name)).unwrap();
        let passcode = Passcode::new(&dentist.passcode).unwrap();
        let card = card.open(&passcode, now.timestamp()).unwrap();
        let world = world(clock.clone());
        let policy = BackendPolicy {
            base_url: backend.base_url().parse().unwrap(),
            client_id: "cpis-check".to_owned(),
            enrolment_code: None,
            source: PlanSource::Cpis,
            extra_ca_file: None,
            pinned_keys: Vec::new(),
        };
        let keys = Arc::new(Workstation::for_this_run().unwrap());
        let binding = Binding::new(keys, world.clone());
        let network = Network::new(None, &[], world.clock.clone()).unwrap();
        let service = Service::new(network, &policy, binding);
        let service = Arc::new(service);
        let signed_in = Session::sign_in(service.clone(), world, card).await;
        let (session, user) = signed_in.unwrap();
        let people = population(SEED, now.date_naive());
        let number = people.first(Case::ChildProtection).nhs_number.digits();
        Self {
            session: Arc::new(session),
            backend,
            clock,
            profile: user.roles[0].profile.clone(),
            child: service.address(&format!("personal-demographics/FHIR/R4/Patient/{number}")),
        }
    }

    /// Makes all calls at the same time; gives the statuses.
    async fn call_all_at_once(&self) -> Vec<Result<u16, CallFault>> {
        let start = Arc::new(Barrier::new(CALLS));
        let mut calls = JoinSet::new();
        for _ in 0..CALLS {
            let (session, start) = (self.session.clone(), start.clone());
            let (url, profile) = (self.child.clone(), self.profile.clone());
            calls.spawn(async move {
                start.wait().await;
                let reply = session.get(url, &profile, &[]).await;
                reply.map(|reply| reply.status)
            });
        }
        calls.join_all().await
    }
}

fn world(clock: Arc<HandClock>) -> World {
    World {
        clock,
        identifiers: Arc::new(SystemChance),
        jitter: Arc::new(SystemChance),
        pace: Pace::default(),
        disk: Arc::new(SystemDisk),
        window: Arc::new(Nothing),
        browser: Arc::new(Nothing),
        clipboard: Arc::new(Nothing),
        routes: Arc::new(crate::SystemRoutes),
        presence: watch::channel(Presence::NoService).1,
    }
}

/// Neither window nor browser nor clipboard: a session shows nothing.
struct Nothing;

impl Window for Nothing {
    fn show(&self, _: &View) {}

    fn print(&self) {}

    fn notify(&self, _: crate::Notification) {}

    fn close(&self) {}
}

impl crate::Browser for Nothing {
    fn open(&self, _: &Url) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}

impl crate::Clipboard for Nothing {
    fn put(&self, _: &str) -> Result<(), crate::ClipboardFault> {
        Err(crate::ClipboardFault)
    }

    fn take_back(&self, _: &str) -> Result<(), crate::ClipboardFault> {
        Ok(())
    }
}

/// One clock for the session and the backend, which stands still until it is moved.
struct HandClock(Mutex<DateTime<FixedOffset>>);

impl HandClock {
    fn pass(&self, time: TimeDelta) {
        *self.0.lock().unwrap() += time;
    }
}

impl cpis_audit::Clock for HandClock {
    fn now(&self) -> DateTime<FixedOffset> {
        *self.0.lock().unwrap()
    }
}

impl cpis_training::Clock for HandClock {
    fn now(&self) -> DateTime<FixedOffset> {
        *self.0.lock().unwrap()
    }
}
