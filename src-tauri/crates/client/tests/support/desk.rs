//! A person at a running program: what they do, and what the window shows them.

use super::views::Views;
use super::{Bench, PATIENCE};
use chrono::TimeDelta;
use cpis_client::shown::{ShownCause, ShownContent, ShownFinding, ShownPlan};
use cpis_client::view::{
    CommandError, Connectivity, FindBlocked, LookMode, Place, QueuedRecord, QueuedState, Screen,
    SignInFault, TaskState, View,
};
use cpis_client::{Notification, Program, Request, TypedQuestion};
use cpis_training::{Case, TrainingPatient};
use std::sync::Arc;
use std::time::Duration;

/// A running program and what it has shown.
pub struct Desk {
    bench: Arc<Bench>,
    program: Program,
    views: Arc<Views>,
}

/// Why a check was not made, and what the service said.
pub type NotChecked = (ShownCause, Option<String>);

impl Desk {
    pub fn new(bench: Arc<Bench>, program: Program, views: Arc<Views>) -> Self {
        Self {
            bench,
            program,
            views,
        }
    }

    /// Hands in a request that fits the screen.
    pub async fn ask(&self, request: Request) -> View {
        let answer = tokio::time::timeout(PATIENCE, self.program.request(request)).await;
        answer.unwrap().unwrap()
    }

    /// Hands in a request that may come too late.
    pub async fn request(&self, request: Request) -> Result<View, CommandError> {
        let answer = tokio::time::timeout(PATIENCE, self.program.request(request)).await;
        answer.unwrap()
    }

    /// Hands in a request that does not fit the screen.
    pub async fn refused(&self, request: Request) -> CommandError {
        self.program.request(request).await.unwrap_err()
    }

    /// What the window shows now.
    pub fn view(&self) -> View {
        self.views.last()
    }

    /// Everything that the window has shown.
    pub fn all_views(&self) -> Vec<View> {
        self.views.all()
    }

    /// Whether the program has closed the window.
    pub fn is_closed(&self) -> bool {
        self.views.is_closed()
    }

    /// What the person was told while the window was not in front, oldest first.
    pub fn notified(&self) -> Vec<Notification> {
        self.views.notified()
    }

    /// How often the program has had the page printed.
    pub fn printed(&self) -> usize {
        self.views.printed()
    }

    /// What the window has shown from a revision on.
    pub fn views_since(&self, revision: u64) -> Vec<View> {
        let mut views = self.views.all();
        views.retain(|view| view.revision >= revision);
        views
    }

    /// Waits until the newest view is as wanted.
    pub async fn until(&self, wanted: impl Fn(&View) -> bool) -> View {
        self.views.until(wanted).await
    }

    /// The same, with a patience of its own.
    pub async fn until_within(&self, patience: Duration, wanted: impl Fn(&View) -> bool) -> View {
        self.views.until_within(patience, wanted).await
    }

    /// Types a passcode for a card and waits for what comes of it.
    pub async fn sign_in_with(&self, card: &str, passcode: &str) -> View {
        self.ask(Request::SignIn {
            card: card.to_owned(),
            passcode: passcode.into(),
        })
        .await;
        self.until(|view| !matches!(view.screen, Screen::SignIn { busy: true, .. }))
            .await
    }

    /// As `sign_in_with`, for what goes wrong.
    pub async fn sign_in_fault(&self, card: &str, passcode: &str) -> SignInFault {
        match self.sign_in_with(card, passcode).await.screen {
            Screen::SignIn {
                fault: Some(fault), ..
            } => fault,
            other => panic!("no fault: {other:?}"),
        }
    }

    /// Signs in with the right passcode.
    pub async fn sign_in(&self, card: &str) -> View {
        let passcode = self.bench.passcode(card);
        let view = self.sign_in_with(card, &passcode).await;
        assert!(view.user.is_some(), "{:?}", view.screen);
        view
    }

    /// Waits until this computer is enrolled. A test that cuts the network or stops the program must:
    /// an enrolment whose answer is lost has used its code up.
    pub async fn enrolled(&self) {
        self.ask(Request::Go(Place::Settings)).await;
        self.until(|view| match &view.screen {
            Screen::Settings { settings } => settings.enrolled,
            _ => false,
        })
        .await;
        self.ask(Request::Go(Place::Find)).await;
    }

    /// Chooses the role of a mode.
    pub async fn choose(&self, mode: LookMode) -> View {
        let Screen::ChooseRole { choices, .. } = self.view().screen else {
            panic!("no choice of role");
        };
        let choice = choices.into_iter().find(|c| c.mode == mode).unwrap();
        self.ask(Request::ChooseRole { choice: choice.id }).await
    }

    /// Hands in the form for a person; the check is under way when this returns.
    pub async fn begin(&self, person: &TrainingPatient) -> View {
        self.ask(Request::FindChild(typed(person))).await
    }

    /// Checks a person and waits for the result.
    pub async fn check(&self, person: &TrainingPatient) -> ShownContent {
        self.begin(person).await;
        self.result().await
    }

    /// Checks the first person of a case.
    pub async fn check_first(&self, case: Case) -> ShownContent {
        self.check(self.bench.person(case)).await
    }

    /// Decides to go on, in either of the two ways, and waits for the result.
    pub async fn decide(&self, decision: Request) -> ShownContent {
        self.ask(decision).await;
        self.result().await
    }

    /// The result of the check under way.
    pub async fn result(&self) -> ShownContent {
        let ended = |view: &View| !matches!(view.screen, Screen::Checking { .. });
        match self.until(ended).await.screen {
            Screen::Result { shown, .. } => shown.content().clone(),
            other => panic!("no result: {other:?}"),
        }
    }

    /// Waits until the program says that it is connected, after a time in which it was not. It does so
    /// when the service has been there for a while.
    pub async fn connected_again(&self) -> View {
        let mut view = self.ask(Request::SendNow).await;
        // A question that was asked before may come back late, and with it the while begins anew.
        while view.connectivity != Connectivity::Connected {
            let is_back = |view: &View| view.connectivity == Connectivity::Connecting;
            view = self.views.first_since(view.revision, is_back).await;
            self.bench.clock.pass(TimeDelta::seconds(10));
            let is_decided = |view: &View| view.connectivity != Connectivity::Connecting;
            view = self.views.first_since(view.revision, is_decided).await;
        }
        view
    }

    /// Why no check can be begun.
    pub async fn blocked(&self, person: &TrainingPatient) -> Option<FindBlocked> {
        match self.begin(person).await.screen {
            Screen::Find { blocked, .. } => blocked,
            other => panic!("a check: {other:?}"),
        }
    }

    /// Types a passcode at the lock and waits for what comes of it.
    pub async fn unlock_with(&self, passcode: &str) -> View {
        self.ask(Request::Unlock {
            passcode: passcode.into(),
        })
        .await;
        self.until(|view| !matches!(view.screen, Screen::Locked { busy: true, .. }))
            .await
    }

    /// Waits until no record waits or needs attention.
    pub async fn sent(&self) -> View {
        self.until(|view| view.to_send.waiting == 0 && view.to_send.needs_attention == 0)
            .await
    }

    /// The list of records, from its screen.
    pub async fn queue(&self) -> Vec<QueuedRecord> {
        match self.ask(Request::Go(Place::ToSend)).await.screen {
            Screen::ToSend { queue } => queue.records,
            other => panic!("no list: {other:?}"),
        }
    }

    /// Waits until every unsent record has been tried and rests; leaves the screen for the list.
    pub async fn tried(&self) {
        self.ask(Request::Go(Place::ToSend)).await;
        let rests = |record: &QueuedRecord| match record.state {
            QueuedState::Sent | QueuedState::NeedsAttention => true,
            QueuedState::Waiting => record.reason.is_some(),
            QueuedState::Attempted | QueuedState::Sending => false,
        };
        self.until(|view| match &view.screen {
            Screen::ToSend { queue } => queue.records.iter().all(rests),
            _ => false,
        })
        .await;
    }

    /// Waits until a try to send has failed, wherever the window is.
    pub async fn sending_failed(&self) {
        self.until(|view| view.tasks.sending == TaskState::NotResponding)
            .await;
    }

    pub async fn stop(self) {
        tokio::time::timeout(PATIENCE, self.program.stop())
            .await
            .unwrap();
    }
}

/// The form as a person fills it in.
pub fn typed(person: &TrainingPatient) -> TypedQuestion {
    let date = person.birth_date;
    TypedQuestion {
        nhs_number: person.nhs_number.to_string(),
        day: date.format("%-d").to_string(),
        month: date.format("%-m").to_string(),
        year: date.format("%Y").to_string(),
    }
}

/// Current and ended records of a result.
pub fn records(shown: &ShownContent) -> (&[ShownPlan], &[ShownPlan]) {
    match &shown.finding {
        ShownFinding::Record { current, ended } => (current, ended),
        ShownFinding::Nothing => panic!("nothing found"),
        ShownFinding::NotChecked { cause, .. } => panic!("not checked: {cause:?}"),
    }
}

/// Why a check was not made.
pub fn not_checked(shown: &ShownContent) -> NotChecked {
    match &shown.finding {
        ShownFinding::NotChecked { cause, reason } => (*cause, reason.clone()),
        ShownFinding::Nothing => panic!("nothing found"),
        ShownFinding::Record { .. } => panic!("a record"),
    }
}
