//! Finding a child without an NHS number: reading the form, making the search, showing what the
//! receipt opens, and filling the find form with the person who is chosen.
//!
//! A search is a look at personal demographics and has an audit record of its own. It asks no
//! register. Choosing somebody asks nothing: the check that may follow is a new look, which the
//! person starts.
//!
//! Kept: what the last search gave, until the person goes elsewhere. Dropped at a lock: everything.

use super::cancel::unless_cancelled;
use super::check::{Find, date_faults};
use super::look::{blocked, reached_by};
use super::{Controller, Event, Person, not_now, report};
use crate::lookup::{AskedPause, Terms};
use crate::request::TypedSearch;
use crate::search::{self, SearchAnswer};
use crate::session::Session;
use crate::shown::{SearchCircumstances, ShownSearch};
use crate::view::{
    CommandError, FilledForm, FindBlocked, FindFault, Place, SearchField, SearchFieldFault,
};
use crate::world::World;
use chrono::{DateTime, FixedOffset};
use cpis_audit::{Attempt, AuditTrail, Look, Sealed, ViewId};
use cpis_fhir::patient_query_text;
use cpis_record::{
    DateOfBirth, Gender, Mode, NotCheckedCause, Postcode, RoleProfileId, SoughtName,
    SoughtNameError, SoughtPerson, Viewer,
};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Where a search stands.
pub(super) enum Search {
    Form {
        faults: Vec<SearchFieldFault>,
        blocked: Option<FindBlocked>,
    },
    Asking {
        since: DateTime<FixedOffset>,
        cancel: oneshot::Sender<()>,
    },
    Answered {
        shown: Box<ShownSearch>,
    },
}

impl Default for Search {
    fn default() -> Self {
        Self::Form {
            faults: Vec::new(),
            blocked: None,
        }
    }
}

/// How a search ended.
pub(super) struct SearchEnded {
    /// What may be shown, or why the record could not be written, in which case nothing is.
    result: Result<ShownSearch, FindBlocked>,
    /// Whether the service was heard.
    pub reached: Option<bool>,
    /// Whether the service refused the role.
    pub denied: bool,
}

impl Controller {
    /// Goes to the search form, which is empty.
    pub(super) fn go_to_search(&mut self) -> Result<(), CommandError> {
        let Person::SignedIn(person) = &mut self.person else {
            return Err(not_now("nobody is signed in"));
        };
        if person.choice.is_none() {
            return Err(not_now("no role is chosen"));
        }
        if !person.find.is_checking() {
            person.find = Find::Search(Search::default());
        }
        Ok(())
    }

    pub(super) async fn find_person(&mut self, typed: &TypedSearch) -> Result<(), CommandError> {
        self.last_used = self.now();
        let read = read(typed, self.now());
        let Person::SignedIn(person) = &mut self.person else {
            return Err(not_now("nobody is signed in"));
        };
        if !matches!(person.find, Find::Search(_)) {
            return Err(not_now("the search form is not on the screen"));
        }
        if person.find.is_checking() {
            return Err(not_now("a search is under way"));
        }
        match read {
            Ok(sought) => self.begin_search(sought).await,
            Err(faults) => {
                person.find = Find::Search(Search::Form {
                    faults,
                    blocked: None,
                });
                Ok(())
            }
        }
    }

    /// Fills the find form with one of the people whom the search on the screen found.
    pub(super) fn choose_match(&mut self, search: &str, row: usize) -> Result<(), CommandError> {
        self.last_used = self.now();
        let Person::SignedIn(person) = &mut self.person else {
            return Err(not_now("nobody is signed in"));
        };
        let Find::Search(Search::Answered { shown }) = &person.find else {
            return Err(not_now("there is nobody to choose"));
        };
        let chosen = shown
            .person(search, row)
            .ok_or_else(|| not_now("the search on the screen is another one"))?;
        person.find = Find::Filled(FilledForm::of(chosen));
        self.place = Place::Find;
        Ok(())
    }

    async fn begin_search(&mut self, sought: SoughtPerson) -> Result<(), CommandError> {
        let trail = self.engine()?.trail.clone();
        let world = self.wiring.world.clone();
        let now = world.clock.now();
        let care_setting = self.wiring.policy.site.care_setting;
        let Person::SignedIn(person) = &mut self.person else {
            return Err(not_now("nobody is signed in"));
        };
        let choice = person
            .choice
            .clone()
            .ok_or_else(|| not_now("no role is chosen"))?;
        let look = Look {
            id: ViewId::new(world.identifiers.timed(now)),
            at: now,
            viewer: Viewer {
                user: person.user.id.clone(),
                name: person.user.name.clone(),
                role: choice.role.clone(),
            },
            person: None,
            // Whatever the role: no register is asked, so nobody is told.
            mode: Mode::Scheduled,
            care_setting,
            request: patient_query_text(&sought),
        };
        let attempt = match trail.begin(look).await {
            Ok(attempt) => attempt,
            Err(error) => {
                tracing::error!(%error, "a search could not be begun");
                person.find = Find::Search(Search::Form {
                    faults: Vec::new(),
                    blocked: Some(blocked(&error)),
                });
                return Ok(());
            }
        };
        let (cancel, cancelled) = oneshot::channel();
        person.find = Find::Search(Search::Asking { since: now, cancel });
        let session = person.session.clone();
        self.place = Place::Find;
        let generation = self.next_generation();
        let task = SearchTask {
            trail,
            world,
            session,
            profile: choice.role.profile,
            sought,
            events: self.events.clone(),
            generation,
        };
        // Not one of `tasks`: it must end on record even when the program stops.
        tokio::spawn(task.run(attempt, cancelled));
        Ok(())
    }

    pub(super) fn on_search_ended(&mut self, ended: SearchEnded) {
        let Person::SignedIn(person) = &mut self.person else {
            return;
        };
        person.find = Find::Search(match ended.result {
            Ok(shown) => Search::Answered {
                shown: Box::new(shown),
            },
            Err(blocked) => Search::Form {
                faults: Vec::new(),
                blocked: Some(blocked),
            },
        });
    }
}

/// One search, in a task of its own.
struct SearchTask {
    trail: AuditTrail,
    world: World,
    session: Arc<Session>,
    profile: RoleProfileId,
    sought: SoughtPerson,
    events: mpsc::Sender<Event>,
    generation: u64,
}

impl SearchTask {
    async fn run(self, attempt: Attempt, cancelled: oneshot::Receiver<()>) {
        let answer = self.search(&attempt, cancelled).await;
        let cause = answer.result.as_ref().err().map(|why| why.cause);
        // From here on the answer is sealed: only the receipt opens it again.
        let sealed = Sealed::new(&attempt, answer);
        let result = match self.trail.conclude(attempt, &sealed).await {
            Ok(receipt) => match receipt.open(sealed) {
                Ok(opened) => {
                    let circumstances = SearchCircumstances {
                        by_postcode: self.sought.postcode.is_some(),
                        by_given: self.sought.given.is_some(),
                        by_gender: self.sought.gender.is_some(),
                        ended: self.world.clock.now(),
                    };
                    Ok(ShownSearch::new(opened, &circumstances))
                }
                Err(_) => Err(FindBlocked::AuditTrail),
            },
            Err(error) => {
                tracing::error!(%error, "a search could not be concluded, so nothing is shown");
                Err(FindBlocked::AuditTrail)
            }
        };
        let ended = Box::new(SearchEnded {
            result,
            reached: cause.map_or(Some(true), reached_by),
            denied: cause == Some(NotCheckedCause::NotAllowed),
        });
        let generation = self.generation;
        report(&self.events, Event::SearchEnded { generation, ended }).await;
    }

    async fn search(&self, attempt: &Attempt, cancelled: oneshot::Receiver<()>) -> SearchAnswer {
        let terms = Terms {
            session: &self.session,
            profile: &self.profile,
            mode: Mode::Scheduled,
            today: self.world.clock.now().date_naive(),
            pause: &AskedPause::default(),
        };
        let search = search::search(attempt, &terms, &self.sought);
        unless_cancelled(cancelled, search)
            .await
            .unwrap_or_else(|| SearchAnswer::not_done(NotCheckedCause::Cancelled))
    }
}

fn read(
    typed: &TypedSearch,
    now: DateTime<FixedOffset>,
) -> Result<SoughtPerson, Vec<SearchFieldFault>> {
    let family = SoughtName::parse(&typed.family).map_err(|error| {
        let code = match error {
            SoughtNameError::Empty => FindFault::FamilyMissing,
            SoughtNameError::Characters => FindFault::FamilyCharacters,
            SoughtNameError::TooLong => FindFault::FamilyTooLong,
        };
        one(SearchField::Family, code)
    });
    let given = match SoughtName::parse(&typed.given) {
        Ok(name) => Ok(Some(name)),
        Err(SoughtNameError::Empty) => Ok(None),
        Err(SoughtNameError::Characters) => {
            Err(one(SearchField::Given, FindFault::GivenCharacters))
        }
        Err(SoughtNameError::TooLong) => Err(one(SearchField::Given, FindFault::GivenTooLong)),
    };
    let birth_date =
        DateOfBirth::from_parts(&typed.day, &typed.month, &typed.year, now.date_naive()).map_err(
            |error| {
                let faults = date_faults(error).into_iter();
                faults.map(SearchFieldFault::of_birth_date).collect()
            },
        );
    let postcode = match typed.postcode.trim() {
        "" => Ok(None),
        text => Postcode::parse(text)
            .map(Some)
            .map_err(|_| one(SearchField::Postcode, FindFault::PostcodeForm)),
    };
    match (family, given, birth_date, postcode) {
        (Ok(family), Ok(given), Ok(birth_date), Ok(postcode)) => Ok(SoughtPerson {
            family,
            given,
            birth_date,
            gender: gender(&typed.gender),
            postcode,
        }),
        (family, given, birth_date, postcode) => {
            let faults = [family.err(), given.err(), birth_date.err(), postcode.err()];
            Err(faults.into_iter().flatten().flatten().collect())
        }
    }
}

fn one(field: SearchField, code: FindFault) -> Vec<SearchFieldFault> {
    vec![SearchFieldFault { field, code }]
}

/// A choice of the form; anything else narrows nothing.
fn gender(choice: &str) -> Option<Gender> {
    match choice {
        "female" => Some(Gender::Female),
        "male" => Some(Gender::Male),
        "other" => Some(Gender::Other),
        _ => None,
    }
}
