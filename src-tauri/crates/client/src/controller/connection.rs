//! Runs the connection check in a task of its own, and opens the folder with the logs.

use super::{Controller, Event, Person, not_now, report};
use crate::connection::{self, Enrolment};
use crate::dpop::Binding;
use crate::network::Network;
use crate::program::blocking;
use crate::service::Service;
use crate::view::{
    CommandError, ConnectionCheck, ConnectionFault, ConnectionPart, LogFolder, PartOutcome,
};
use tokio::sync::mpsc;
use url::Url;

/// What a check has found out.
pub(super) enum Progress {
    Part(ConnectionPart, PartOutcome),
    Over,
}

impl Controller {
    pub(super) fn check_connection(&mut self) -> Result<(), CommandError> {
        self.last_used = self.now();
        if matches!(self.person, Person::Locked(_)) {
            return Err(not_now("the program is locked"));
        }
        if self.connection.as_ref().is_some_and(|check| !check.over) {
            return Err(not_now("a connection check is under way"));
        }
        let mut check = connection::waiting(self.now().to_rfc3339());
        let engine = self.engine()?;
        let Some(backend) = self.wiring.policy.backend.clone() else {
            for part in &mut check.parts {
                part.outcome = PartOutcome::NotReached;
            }
            if let Some(last) = check.parts.last_mut() {
                last.outcome = PartOutcome::Fails {
                    fault: ConnectionFault::NoService,
                };
            }
            check.over = true;
            self.connection = Some(check);
            return Ok(());
        };
        let enrolment = match &engine.credential {
            Some(credential) if credential.is_refused() => Enrolment::Refused,
            Some(credential) if *credential.enrolled().borrow() => Enrolment::Enrolled,
            _ => Enrolment::NotEnrolled,
        };
        let (world, keys) = (self.wiring.world.clone(), engine.keys.clone());
        let own = engine.service.clone();
        let events = self.events.clone();
        self.connection = Some(check);
        self.tasks.spawn(async move {
            let clock = world.clock.clone();
            let (authorities, pins) = (backend.extra_ca_file.clone(), backend.pinned_keys.clone());
            let network =
                blocking(move || Network::new(authorities.as_deref(), &pins, clock)).await;
            match network {
                Ok(network) => {
                    // A person who asks often must not take the program over the platform's limit.
                    let network = match &own {
                        Some(own) => network.in_turn_with(own.network()),
                        None => network,
                    };
                    let binding = Binding::new(keys, world.clone());
                    let service = Service::new(network, &backend, binding);
                    let (told, mut parts) = mpsc::channel(1);
                    let pass_on = async {
                        while let Some((part, outcome)) = parts.recv().await {
                            let progress = Progress::Part(part, outcome);
                            report(&events, Event::Connection(progress)).await;
                        }
                    };
                    let check = connection::check(&service, &world, enrolment, told);
                    tokio::join!(check, pass_on);
                }
                // The program has started with the same, so this is hardly ever seen.
                Err(error) => tracing::error!(%error, "the connection could not be checked"),
            }
            report(&events, Event::Connection(Progress::Over)).await;
        });
        Ok(())
    }

    pub(super) fn on_connection(&mut self, progress: Progress) {
        let Some(check) = &mut self.connection else {
            return;
        };
        match progress {
            Progress::Part(part, outcome) => set(check, part, outcome),
            Progress::Over => {
                check.over = true;
                for part in &mut check.parts {
                    if matches!(part.outcome, PartOutcome::Waiting | PartOutcome::Checking) {
                        part.outcome = PartOutcome::NotReached;
                    }
                }
            }
        }
    }

    pub(super) fn open_logs(&mut self) -> Result<(), CommandError> {
        self.last_used = self.now();
        if matches!(self.person, Person::Locked(_)) {
            return Err(not_now("the program is locked"));
        }
        let folder = &self.wiring.log_folder;
        let opened = Url::from_directory_path(folder)
            .map_err(|()| std::io::Error::from(std::io::ErrorKind::InvalidInput))
            .and_then(|address| self.wiring.world.browser.open(&address));
        self.logs_not_opened = match opened {
            Ok(()) => false,
            Err(error) => {
                tracing::warn!(%error, "the folder with the logs could not be opened");
                true
            }
        };
        Ok(())
    }

    pub(super) fn log_folder(&self) -> LogFolder {
        LogFolder {
            path: self.wiring.log_folder.display().to_string(),
            not_opened: self.logs_not_opened,
        }
    }
}

fn set(check: &mut ConnectionCheck, part: ConnectionPart, outcome: PartOutcome) {
    for checked in &mut check.parts {
        if checked.part == part {
            checked.outcome = outcome;
            return;
        }
    }
}
