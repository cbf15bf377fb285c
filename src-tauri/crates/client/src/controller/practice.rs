//! What only practice mode offers.

use super::{Controller, Person, check, not_now};
use crate::practice::Practice;
use crate::practice::tasks::Scene;
use crate::view::{
    CommandError, CompletionPrintout, Connectivity, FilledBy, FilledIn, Place, PracticeCase,
    PracticeChild, PracticeScenario, Weather,
};
use std::sync::Arc;

impl Controller {
    pub(super) async fn set_practice_weather(
        &mut self,
        weather: Weather,
    ) -> Result<(), CommandError> {
        let practice = self.practice()?;
        if practice.weather().is_none() {
            return Err(not_now("in a class the trainer decides what goes wrong"));
        }
        practice.set_weather(weather).await;
        self.probe_now();
        Ok(())
    }

    /// Fills the form with a made-up person. It runs nothing: to check is what is practised.
    pub(super) fn use_practice_child(&mut self, case: PracticeCase) -> Result<(), CommandError> {
        self.last_used = self.now();
        let children = self.practice()?.children();
        let child = children.into_iter().find(|child| child.case == case);
        let child = child.ok_or_else(|| not_now("there is no such child"))?;
        let ordinal = self.links.next_ordinal();
        let Person::SignedIn(person) = &mut self.person else {
            return Err(not_now("nobody is signed in"));
        };
        if person.choice.is_none() || person.find.is_checking() {
            return Err(not_now("there is no form to fill"));
        }
        person.clinic.leave_page();
        person.find = check::Find::Form {
            faults: Vec::new(),
            blocked: None,
            filled: Some(FilledIn {
                ordinal,
                by: FilledBy::Practice,
                nhs_number: child.nhs_number,
                birth_date: Some(child.birth_date),
            }),
        };
        self.place = Place::Find;
        self.open_record = None;
        Ok(())
    }

    pub(super) async fn reset_practice_cards(&mut self) -> Result<(), CommandError> {
        self.practice()?
            .reset_cards()
            .await
            .map_err(|e| not_now(&e.to_string()))?;
        if let Person::Nobody(signed_out) = &mut self.person {
            signed_out.fault = None;
        }
        Ok(())
    }

    /// Gives the window the record of completion. It holds nothing about a child, so it needs no audit
    /// record.
    pub(super) fn print_completion(&mut self) -> Result<(), CommandError> {
        self.last_used = self.now();
        if self.place != Place::PracticeTasks {
            return Err(not_now("the tasks are not on the screen"));
        }
        let (name, role) = self.printer()?;
        self.completion = Some(CompletionPrintout {
            name,
            role,
            printed_at: self.now().to_rfc3339(),
        });
        Ok(())
    }

    /// Whether the record of completion is drawn.
    pub(super) fn completion_is_ready(&self) -> bool {
        self.completion.is_some() && self.place == Place::PracticeTasks
    }

    /// Sees whether a guided task is done.
    pub(super) fn see_tasks(&mut self) {
        let Some(mut tasks) = self.guided.take() else {
            return;
        };
        tasks.see(&self.scene(), self.now());
        self.guided = Some(tasks);
    }

    fn scene(&self) -> Scene<'_> {
        let person = match &self.person {
            Person::SignedIn(person) => person,
            Person::Locked(_) => return Scene::Locked,
            Person::Nobody(_) | Person::Ended(_) => return Scene::SignedOut,
        };
        let offline = matches!(self.connectivity, Connectivity::Offline { .. });
        let list = person.clinic.list.as_ref();
        Scene::Open {
            user: &person.user.id,
            result: person.find.result(),
            help: self.place == Place::Help,
            saved_offline: offline && list.is_some_and(|list| list.saved().next().is_some()),
            tried_again: self.open_record.as_ref().is_some_and(|r| r.tried_again),
        }
    }

    /// The scenario as it is shown.
    pub(super) fn scenario(&self) -> Option<PracticeScenario> {
        let practice = self.wiring.practice.as_ref()?;
        let guided = self.guided.as_ref();
        Some(PracticeScenario {
            class: self.class(),
            weather: practice.weather(),
            children: self.practice_children(practice.as_ref()),
            tasks: guided.map(|guided| guided.shown()).unwrap_or_default(),
        })
    }

    /// Whoever has no form yet has nothing to fill. A locked program shows no number, not even one that is
    /// made up.
    fn practice_children(&self, practice: &dyn Practice) -> Vec<PracticeChild> {
        match &self.person {
            Person::SignedIn(person) if person.choice.is_some() && !self.closing => {
                practice.children()
            }
            _ => Vec::new(),
        }
    }

    fn practice(&self) -> Result<Arc<dyn Practice>, CommandError> {
        let practice = self.wiring.practice.clone();
        practice.ok_or_else(|| not_now("this is not practice"))
    }
}
