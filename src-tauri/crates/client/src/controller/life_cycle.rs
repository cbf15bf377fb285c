//! How the controller begins, with what an earlier run left behind, and how it ends.

use super::{Controller, Engine, Person, clinic_disk, connectivity, kept, lock, sign_in};
use crate::program::blocking;
use crate::view::{ProgramMode, SessionEnd, StartFault};
use cpis_audit::Sender;
use std::time::Duration;

/// How long a stop waits for the service to take note of a sign-out.
const FAREWELL: Duration = Duration::from_secs(2);

impl Controller {
    /// Starts what runs beside the controller: the sender of records and the probe.
    pub(super) fn start_tasks(&mut self) {
        let Ok(engine) = &self.wiring.engine else {
            return;
        };
        let world = &self.wiring.world;
        if let Some(credential) = engine.credential.clone() {
            let trail = engine.trail.clone();
            let sender = Sender::new(trail, credential, world.clock.clone());
            self.tasks.spawn(sender.run());
        }
        if let Some(service) = engine.service.clone() {
            let (events, now) = (self.events.clone(), self.probe.clone());
            self.tasks.spawn(connectivity::probe(service, events, now));
            self.probe_now();
        }
    }

    /// A session that was left behind can be unlocked; what cannot be used is said.
    pub(super) async fn go_on_from_last_run(&mut self) {
        let Ok(engine) = &self.wiring.engine else {
            return;
        };
        let (file, now) = (engine.session_file.clone(), self.now());
        let folder = engine.kept_folder.clone();
        self.session_writer = Some(kept::SessionWriter::start(file.clone()));
        let writer = clinic_disk::ClinicWriter::start(folder.clone(), self.events.clone());
        self.clinic_writer = Some(writer);
        // Each practice has a service of its own, which knows no earlier session.
        if self.wiring.mode == ProgramMode::Practice {
            self.clear_clinic();
            return self.drop_session_file();
        }
        match blocking(move || clinic_disk::ends_on_disk(&folder)).await {
            Some(ends) if ends > now && self.wiring.policy.keep_hours > 0 => {
                self.clinic_ends = Some(ends);
            }
            ended => {
                self.clear_clinic();
                self.clinic_gone = ended.is_some();
            }
        }
        let found = blocking(move || kept::left_behind(&file, now.timestamp())).await;
        // Whoever signs in anew may be somebody else.
        self.clinic_gone &= matches!(found, kept::LeftBehind::Session(_));
        self.person = match found {
            kept::LeftBehind::Nothing => return,
            kept::LeftBehind::Session(held) => {
                Person::Locked(Box::new(lock::Locked::left_behind(held, now)))
            }
            kept::LeftBehind::Unusable(end) => Person::Ended(end),
        };
    }

    /// Ends all that runs, in the order in which one part needs another.
    pub(super) async fn stop(&mut self) {
        self.tasks.shutdown().await;
        self.leave_clipboard().await;
        // A session must not live on at the service after the program has gone.
        if matches!(self.person, Person::SignedIn(_)) {
            self.end(SessionEnd::SignedOut);
        }
        // A session that was just locked must be on the disk, and one that ended must not.
        if let Some(writer) = self.session_writer.take() {
            writer.end().await;
        }
        if let Some(writer) = self.clinic_writer.take() {
            writer.end().await;
        }
        let farewells = std::mem::take(&mut self.farewells).join_all();
        if tokio::time::timeout(FAREWELL, farewells).await.is_err() {
            tracing::warn!("the service could not be told in time that a session ended");
        }
        self.person = Person::Nobody(sign_in::SignedOut::default());
        let fault = (StartFault::InUse, None);
        let Ok(engine) = std::mem::replace(&mut self.wiring.engine, Err(fault)) else {
            return;
        };
        let Engine {
            trail, run_folder, ..
        } = engine;
        trail.close().await;
        drop(run_folder);
    }
}
