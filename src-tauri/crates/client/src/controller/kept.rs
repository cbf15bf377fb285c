//! The session as it is kept on the disk, sealed under the passcode.
//!
//! # What is kept, and why
//!
//! The service that gave the tokens, because no other may be shown them; tokens, to go on with; the user with their roles, and the chosen one, because offline nobody can
//! be asked; whether they signed in with a smartcard, because some policies want it back. It is written at sign-in, at the choice
//! of a role, after each renewal of the tokens (a used refresh token is worth nothing) and at the
//! lock. Nothing about a child is in it.

use super::sign_in::{SignedIn, Unlocking};
use super::{Controller, Event, Person, report};
use crate::program::blocking;
use crate::session::{Session, Tokens, User};
use crate::view::SessionEnd;
use chrono::{DateTime, FixedOffset};
use cpis_record::{ActivityCode, Organisation, Role, RoleProfileId, UserId};
use cpis_vault::{HeldSession, SealedSession, SessionFile, SessionFileError, SessionKey};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

/// What goes on after a restart.
#[derive(Serialize, Deserialize)]
pub(super) struct KeptSession {
    pub service: String,
    pub tokens: Tokens,
    user_id: String,
    name: String,
    roles: Vec<KeptRole>,
    pub choice: Option<String>,
    pub smartcard: bool,
}

#[derive(Serialize, Deserialize)]
struct KeptRole {
    profile: String,
    name: String,
    code: String,
    organisation: Option<String>,
    ods_code: String,
    activities: Vec<String>,
}

impl KeptSession {
    pub fn of(person: &SignedIn, tokens: Tokens) -> Self {
        Self {
            service: person.session.service().base().to_string(),
            tokens,
            user_id: person.user.id.as_str().to_owned(),
            name: person.user.name.clone(),
            roles: person.user.roles.iter().map(KeptRole::of).collect(),
            choice: person.choice.as_ref().map(|choice| choice.id()),
            smartcard: person.smartcard,
        }
    }

    /// The user. What cannot be one any more, because a later version reads more strictly, has no
    /// role, and the person signs in anew.
    pub fn user(&self) -> Option<User> {
        Some(User {
            id: UserId::new(&self.user_id)?,
            name: self.name.clone(),
            roles: self.roles.iter().filter_map(KeptRole::role).collect(),
        })
    }
}

impl KeptRole {
    fn of(role: &Role) -> Self {
        Self {
            profile: role.profile.as_str().to_owned(),
            name: role.name.clone(),
            code: role.code.clone(),
            organisation: role.organisation.name.clone(),
            ods_code: role.organisation.ods_code.to_string(),
            activities: role.activities.iter().map(|code| code.0.clone()).collect(),
        }
    }

    fn role(&self) -> Option<Role> {
        Some(Role {
            profile: RoleProfileId::new(&self.profile)?,
            name: self.name.clone(),
            code: self.code.clone(),
            organisation: Organisation {
                name: self.organisation.clone(),
                ods_code: self.ods_code.parse().ok()?,
            },
            activities: self.activities.iter().cloned().map(ActivityCode).collect(),
        })
    }
}

impl Controller {
    /// Keeps the present session on the disk, if a passcode can open it again. Never waits: tokens that
    /// are being renewed now are kept when they are.
    pub(super) fn keep_session(&self) {
        let Person::SignedIn(person) = &self.person else {
            return;
        };
        let Unlocking::Passcode(key) = &person.unlocking else {
            return;
        };
        let Some(tokens) = person.session.tokens_now() else {
            return;
        };
        if let Some(sealed) = seal(key, &KeptSession::of(person, tokens)) {
            // Only a lock depends on what becomes of it.
            drop(self.keep_sealed(sealed, person.ends));
        }
    }

    /// Writes a sealed session in the background.
    pub(super) fn keep_sealed(
        &self,
        sealed: SealedSession,
        ends: DateTime<FixedOffset>,
    ) -> Keeping {
        let (done, keeping) = oneshot::channel();
        self.write(Write::Keep {
            sealed,
            ends: ends.timestamp(),
            now: self.now().timestamp(),
            done,
        });
        keeping
    }

    /// Removes the kept session: the person is not to come back to it.
    pub(super) fn drop_session_file(&self) {
        self.write(Write::Remove);
    }

    fn write(&self, write: Write) {
        if let Some(writer) = &self.session_writer {
            // The writer ends after everybody who has something to write.
            let _ = writer.writes.send(write);
        }
    }

    /// Hears of each renewal of a session's tokens.
    pub(super) fn follow_renewals(&mut self, session: &Arc<Session>) {
        let mut renewals = session.renewals();
        let events = self.events.clone();
        self.tasks.spawn(async move {
            // It ends with the session.
            while renewals.changed().await.is_ok() {
                report(&events, Event::Renewed).await;
            }
        });
    }
}

/// Writes the kept session, in the order in which that was asked for: a removal must not be overtaken.
pub(super) struct SessionWriter {
    writes: mpsc::UnboundedSender<Write>,
    task: JoinHandle<()>,
}

/// Answers when the session is on the disk, or that it is over because it cannot be kept.
pub(super) type Keeping = oneshot::Receiver<Result<(), SessionEnd>>;

enum Write {
    Keep {
        sealed: SealedSession,
        ends: i64,
        now: i64,
        done: oneshot::Sender<Result<(), SessionEnd>>,
    },
    Remove,
}

impl SessionWriter {
    pub fn start(file: Arc<SessionFile>) -> Self {
        let (writes, mut inbox) = mpsc::unbounded_channel::<Write>();
        let task = tokio::spawn(async move {
            while let Some(write) = inbox.recv().await {
                let file = file.clone();
                blocking(move || write.run(&file)).await;
            }
        });
        Self { writes, task }
    }

    /// Waits until everything is written.
    pub async fn end(self) {
        drop(self.writes);
        if self.task.await.is_err() {
            tracing::error!("the kept session could not be written");
        }
    }
}

impl Write {
    fn run(self, file: &SessionFile) {
        match self {
            Self::Keep {
                sealed,
                ends,
                now,
                done,
            } => {
                let kept = file.keep(&sealed, ends, now).map_err(|error| {
                    tracing::error!(%error, "the session could not be kept");
                    SessionEnd::NotKept
                });
                // Mostly nobody waits for it.
                let _ = done.send(kept);
            }
            Self::Remove => {
                if let Err(error) = file.destroy() {
                    tracing::error!(%error, "the kept session could not be removed");
                }
            }
        }
    }
}

/// What the last run left behind.
pub(super) enum LeftBehind {
    Nothing,
    Session(HeldSession),
    Unusable(SessionEnd),
}

/// Looks for a session of the last run.
pub(super) fn left_behind(file: &SessionFile, now: i64) -> LeftBehind {
    match file.held(now) {
        Ok(Some(held)) => LeftBehind::Session(held),
        Ok(None) => LeftBehind::Nothing,
        Err(error) => {
            tracing::warn!(%error, "the session of the last run cannot be used");
            match error {
                SessionFileError::OtherComputer => LeftBehind::Unusable(SessionEnd::OtherKeychain),
                SessionFileError::Damaged => LeftBehind::Unusable(SessionEnd::Damaged),
                SessionFileError::ClockBackwards | SessionFileError::Disk => LeftBehind::Nothing,
            }
        }
    }
}

/// Seals what goes as JSON.
pub(super) fn seal(key: &SessionKey, content: &impl Serialize) -> Option<SealedSession> {
    let bytes = Zeroizing::new(serde_json::to_vec(content).ok()?);
    match key.seal(&bytes) {
        Ok(sealed) => Some(sealed),
        Err(error) => {
            tracing::error!(%error, "the session could not be sealed");
            None
        }
    }
}
