//! The session as it is kept on the disk, sealed under the passcode.
//!
//! # What is kept, and why
//!
//! Tokens, to go on with; the user with their roles, and the chosen one, because offline nobody can
//! be asked; the card, because some policies want it back. It is written at sign-in, at the choice
//! of a role, after each renewal of the tokens (a used refresh token is worth nothing) and at the
//! lock. Nothing about a child is in it.

use super::sign_in::{SignedIn, Unlocking};
use super::{Controller, Event, Person, report};
use crate::session::{Session, Tokens, User};
use crate::view::SessionEnd;
use chrono::{DateTime, FixedOffset};
use cpis_record::{ActivityCode, Organisation, Role, RoleProfileId, UserId};
use cpis_vault::{SealedSession, SessionFileError, SessionKey};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

/// What goes on after a restart.
#[derive(Serialize, Deserialize)]
pub(super) struct KeptSession {
    pub tokens: Tokens,
    user_id: String,
    name: String,
    roles: Vec<KeptRole>,
    pub choice: Option<String>,
    pub card: Option<String>,
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
        let card = match &person.unlocking {
            Unlocking::Passcode { card, .. } => card.as_ref().map(|card| card.id().to_owned()),
            Unlocking::NotChosen { .. } => None,
        };
        Self {
            tokens,
            user_id: person.user.id.as_str().to_owned(),
            name: person.user.name.clone(),
            roles: person.user.roles.iter().map(KeptRole::of).collect(),
            choice: person.choice.as_ref().map(|choice| choice.id()),
            card,
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
    /// Keeps the present session on the disk, if a passcode can open it again.
    pub(super) async fn keep_session(&mut self) {
        let Person::SignedIn(person) = &self.person else {
            return;
        };
        let Unlocking::Passcode { key, .. } = &person.unlocking else {
            return;
        };
        let Some(tokens) = person.session.tokens().await else {
            return;
        };
        let sealed = seal(key, &KeptSession::of(person, tokens));
        let ends = person.ends;
        if let Some(sealed) = sealed {
            self.keep_sealed(sealed, ends);
        }
    }

    /// Writes a sealed session in the background; later ones are written later.
    pub(super) fn keep_sealed(
        &mut self,
        sealed: SealedSession,
        ends: DateTime<FixedOffset>,
    ) -> Option<JoinHandle<Result<(), SessionFileError>>> {
        let file = self.engine().ok()?.session_file.clone();
        let now = self.now().timestamp();
        let turn = self.disk_turn.clone();
        Some(tokio::spawn(async move {
            // Tasks get their turn in the order in which they asked for it.
            let _turn = turn.lock_owned().await;
            let write = move || file.keep(&sealed, ends.timestamp(), now);
            let kept = crate::program::blocking(write).await;
            if let Err(error) = &kept {
                tracing::error!(%error, "the session could not be kept");
            }
            kept
        }))
    }

    /// Removes the kept session: the person is not to come back to it.
    pub(super) fn drop_session_file(&mut self) {
        let Ok(engine) = &self.wiring.engine else {
            return;
        };
        let (file, turn) = (engine.session_file.clone(), self.disk_turn.clone());
        self.farewells.spawn(async move {
            let _turn = turn.lock_owned().await;
            if let Err(error) = crate::program::blocking(move || file.destroy()).await {
                tracing::error!(%error, "the kept session could not be removed");
            }
        });
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

/// What the last run left behind.
pub(super) enum LeftBehind {
    Nothing,
    Session(cpis_vault::HeldSession),
    Unusable(SessionEnd),
}

/// Looks for a session of the last run.
pub(super) fn left_behind(file: &cpis_vault::SessionFile, now: i64) -> LeftBehind {
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
