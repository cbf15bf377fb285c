//! Joining a class: what was typed, and what the class answered. The program then changes to it
//! (`program/class.rs`), because a class has a folder, keys and a queue of its own.

use super::{Controller, Event, Person, not_now, report, sign_in};
use crate::class::{Class, JoinedClass, joining};
use crate::request::TypedClass;
use crate::view::{ClassFault, CommandError, Place, PracticeClass, ProgramMode, Screen};
use tokio::task::AbortHandle;

/// The form with which a class is joined.
#[derive(Default)]
pub(super) struct Joining {
    faults: Vec<ClassFault>,
    asked: Option<Asked>,
}

/// A class that is asked, or has let this program in.
struct Asked {
    generation: u64,
    task: AbortHandle,
}

pub(super) type ClassAnswer = Result<JoinedClass, ClassFault>;

impl Joining {
    fn failed(faults: Vec<ClassFault>) -> Self {
        Self {
            faults,
            asked: None,
        }
    }

    pub(super) fn screen(&self) -> Screen {
        Screen::JoinClass {
            faults: self.faults.clone(),
            busy: self.asked.is_some(),
        }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Controller {
    /// Whether a class may be joined now: in the built-in practice, while nobody is signed in.
    pub(super) fn may_join(&self) -> bool {
        let idle = matches!(
            self.person,
            Person::Nobody(sign_in::SignedOut { busy: false, .. }) | Person::Ended(_)
        );
        idle && self.wiring.mode == ProgramMode::Practice && self.wiring.class.is_none()
    }

    pub(super) fn join_class(&mut self, typed: &TypedClass) -> Result<(), CommandError> {
        self.last_used = self.now();
        if self.place != Place::JoinClass || !self.may_join() {
            return Err(not_now("no class can be joined here"));
        }
        self.engine()?;
        if self.joining.asked.is_some() {
            return Err(not_now("a class is being asked"));
        }
        let class = match Class::read(typed) {
            Ok(class) => class,
            Err(faults) => {
                self.joining = Joining::failed(faults);
                return Ok(());
            }
        };
        let generation = self.next_generation();
        let (events, clock) = (self.events.clone(), self.wiring.world.clock.clone());
        let task = self.tasks.spawn(async move {
            let answer = Box::new(joining::join(class, clock).await);
            report(&events, Event::ClassAnswered { generation, answer }).await;
        });
        self.joining = Joining {
            faults: Vec::new(),
            asked: Some(Asked { generation, task }),
        };
        Ok(())
    }

    pub(super) fn on_class_answered(&mut self, generation: u64, answer: ClassAnswer) {
        let asked = self.joining.asked.as_ref();
        if asked.is_none_or(|asked| asked.generation != generation) {
            return;
        }
        match answer {
            // The form waits until the program has changed to the class.
            Ok(joined) => {
                if self.wiring.let_in.try_send(joined).is_err() {
                    tracing::error!("the program cannot change to a class");
                    self.joining = Joining::failed(vec![ClassFault::Unavailable]);
                }
            }
            Err(fault) => {
                tracing::info!(?fault, "a class was not joined");
                self.joining = Joining::failed(vec![fault]);
            }
        }
    }

    /// The class, as it is shown.
    pub(super) fn class(&self) -> Option<PracticeClass> {
        let joined = self.wiring.class.as_ref()?;
        Some(PracticeClass {
            code: joined.class.code().to_string(),
            name: joined.name.clone(),
            address: joined.class.plain_address().to_owned(),
        })
    }
}
