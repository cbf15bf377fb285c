//! Writing the clinic list and its copies, in the order in which that was asked for.

use super::{Controller, Event, Person, kept, report};
use crate::clinic::{ClinicList, CopyStamp, KeptCopy};
use crate::controller::sign_in::Unlocking;
use crate::program::blocking;
use crate::shown::ShownContent;
use chrono::{DateTime, FixedOffset};
use cpis_vault::{KeptFolder, KeptValue, SealedSession};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use uuid::Uuid;

/// The file with the list. Copies lie beside it, each under its child's id.
pub(super) const LIST: &str = "list";

/// Writes on a thread of its own, one after the other.
pub(super) struct ClinicWriter {
    writes: mpsc::UnboundedSender<Write>,
    task: JoinHandle<()>,
}

enum Write {
    List(KeptValue),
    Copy {
        child: Uuid,
        value: KeptValue,
        stamp: CopyStamp,
    },
    Clear,
    /// Nothing: says that everything before it has been done.
    Reached(oneshot::Sender<()>),
}

/// What became of a write.
pub(super) enum Written {
    Copy { child: Uuid, stamp: CopyStamp },
    Failed,
}

impl ClinicWriter {
    pub fn start(folder: KeptFolder, events: mpsc::Sender<Event>) -> Self {
        let (writes, mut inbox) = mpsc::unbounded_channel::<Write>();
        let task = tokio::spawn(async move {
            while let Some(write) = inbox.recv().await {
                let folder = folder.clone();
                if let Some(written) = blocking(move || write.run(&folder)).await {
                    report(&events, Event::ClinicWritten(written)).await;
                }
            }
        });
        Self { writes, task }
    }

    /// Waits until everything that was asked for so far has been done.
    fn reached(&self) -> impl Future<Output = ()> + use<> {
        let (told, reached) = oneshot::channel();
        // A writer that is gone writes no more.
        let _ = self.writes.send(Write::Reached(told));
        async move {
            let _ = reached.await;
        }
    }

    /// Waits until everything is written.
    pub async fn end(self) {
        drop(self.writes);
        if self.task.await.is_err() {
            tracing::error!("the clinic list could not be written");
        }
    }
}

impl Write {
    fn run(self, folder: &KeptFolder) -> Option<Written> {
        let (result, written) = match self {
            Self::List(value) => (folder.keep(LIST, &value), None),
            Self::Copy {
                child,
                value,
                stamp,
            } => (
                folder.keep(&child.to_string(), &value),
                Some(Written::Copy { child, stamp }),
            ),
            Self::Clear => (folder.clear(), None),
            Self::Reached(told) => {
                // Whoever waited has given up.
                let _ = told.send(());
                return None;
            }
        };
        match result {
            Ok(()) => written,
            Err(error) => {
                tracing::error!(%error, "the clinic list on the disk could not be changed");
                Some(Written::Failed)
            }
        }
    }
}

impl Controller {
    /// Keeps the list as it is now, if policy keeps any.
    pub(super) fn keep_clinic(&mut self) {
        let Person::SignedIn(person) = &self.person else {
            return;
        };
        let Some(list) = &person.clinic.list else {
            return;
        };
        self.clinic_ends = Some(list.ends);
        self.clinic_gone = false;
        if self.wiring.policy.keep_hours == 0 {
            return;
        }
        let Unlocking::Passcode(key) = &person.unlocking else {
            return;
        };
        let ends = list.ends.timestamp();
        if let Some(sealed) = kept::seal(key, &list.for_disk()) {
            self.write_clinic(Write::List(KeptValue { ends, sealed }));
        }
    }

    /// Keeps a copy of an answer about a child on the list.
    pub(super) fn keep_copy(
        &self,
        child: Uuid,
        content: &ShownContent,
        checked_at: DateTime<FixedOffset>,
    ) {
        let Person::SignedIn(person) = &self.person else {
            return;
        };
        let (Some(list), Unlocking::Passcode(key)) = (&person.clinic.list, &person.unlocking)
        else {
            return;
        };
        if self.wiring.policy.keep_hours == 0 || !list.keeping {
            return;
        }
        let copy = KeptCopy {
            user: list.user.clone(),
            service: list.service.clone(),
            child,
            checked_at,
            ends: list.ends,
            content: content.clone(),
        };
        let ends = list.ends.timestamp();
        let stamp = CopyStamp { at: checked_at };
        if let Some(sealed) = kept::seal(key, &copy) {
            self.write_clinic(Write::Copy {
                child,
                value: KeptValue { ends, sealed },
                stamp,
            });
        }
    }

    /// Removes the list and all copies, in memory and on the disk.
    pub(super) fn clear_clinic(&mut self) {
        if let Person::SignedIn(person) = &mut self.person {
            person.clinic.forget();
        }
        self.clinic_ends = None;
        self.write_clinic(Write::Clear);
    }

    /// Removes a list whose time has come, also while nobody is signed in. Returns whether something
    /// changed.
    pub(super) fn clinic_when_due(&mut self) -> bool {
        let over = self.clinic_ends.is_some_and(|ends| self.now() >= ends);
        if over {
            self.clear_clinic();
            self.clinic_gone = matches!(self.person, Person::SignedIn(_) | Person::Locked(_));
        }
        over
    }

    /// Waits until everything that was asked for so far is on the disk: a list that is read before
    /// would be an older one, or none.
    pub(super) fn clinic_written(&self) -> impl Future<Output = ()> + use<> {
        let reached = self.clinic_writer.as_ref().map(ClinicWriter::reached);
        async move {
            if let Some(reached) = reached {
                reached.await;
            }
        }
    }

    /// What is heard while the program is locked is taken in by the unlock.
    pub(super) fn on_clinic_written(&mut self, written: Written) {
        let person = match &mut self.person {
            Person::SignedIn(person) => person,
            Person::Locked(locked) => return locked.clinic_written.push(written),
            Person::Nobody(_) | Person::Ended(_) => return,
        };
        let clinic = &mut person.clinic;
        match written {
            Written::Failed => clinic.not_kept = true,
            Written::Copy { child, stamp } => {
                let child = clinic.list.as_mut().and_then(|list| list.child_mut(child));
                if let Some(child) = child {
                    child.copy = Some(stamp);
                    self.keep_clinic();
                }
            }
        }
    }

    fn write_clinic(&self, write: Write) {
        if let Some(writer) = &self.clinic_writer {
            // The writer ends after everybody who has something to write.
            let _ = writer.writes.send(write);
        }
    }
}

/// When a list on the disk ends, as far as that can be read without its key.
pub(super) fn ends_on_disk(folder: &KeptFolder) -> Option<DateTime<FixedOffset>> {
    match folder.read(LIST) {
        Ok(value) => DateTime::from_timestamp(value?.ends, 0).map(|ends| ends.fixed_offset()),
        Err(error) => {
            tracing::warn!(%error, "the clinic list on the disk could not be read");
            None
        }
    }
}

/// The list on the disk, still sealed. Blocks.
pub(super) fn sealed_list(folder: &KeptFolder) -> Option<SealedSession> {
    folder.read(LIST).ok().flatten().map(|value| value.sealed)
}

/// A list as it was unsealed, or nothing if it is none.
pub(super) fn read_list(bytes: &[u8]) -> Option<ClinicList> {
    let mut list: ClinicList = serde_json::from_slice(bytes).ok()?;
    list.settle();
    Some(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cpis_vault::{Passcode, SessionKey};

    #[tokio::test]
    async fn everything_that_was_asked_for_is_on_the_disk_when_it_is_said() {
        const CHANGES: i64 = 100;
        let data = tempfile::tempdir().unwrap();
        let folder = KeptFolder::new(data.path());
        let key = SessionKey::new(&Passcode::new("123456").unwrap(), &[1; 32]).unwrap();
        let sealed = kept::seal(&key, &"a list").unwrap();
        let (events, _controller) = mpsc::channel(1);
        let writer = ClinicWriter::start(folder.clone(), events);
        for ends in 1..=CHANGES {
            let sealed = sealed.clone();
            let write = Write::List(KeptValue { ends, sealed });
            assert!(writer.writes.send(write).is_ok());
        }
        writer.reached().await;
        let list = folder.read(LIST).unwrap().unwrap();
        assert_eq!(list.ends, CHANGES);
    }
}
