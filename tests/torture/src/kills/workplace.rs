//! Everything that outlives the program: its folders, its keychain, the cards, the backend.

use super::life::Life;
use super::{Trouble, mood};
use crate::engine::Seat;
use crate::keychain::FolderKeychain;
use crate::keys::TortureKeys;
use crate::words::{Order, Said};
use cpis_training::{
    CardDescription, Case, Clock, Population, SystemClock, TrainingBackend, TrainingOptions,
    population, write_cards,
};
use cpis_vault::{Workstation, WorkstationState};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What the made-up people and the cards follow from.
const SEED: u64 = 1;
/// Two roles, one for each mode.
const PAEDIATRICIAN: &str = "community-paediatrician";
/// One role, in which the authority is told.
const DENTIST: &str = "emergency-dentist";

/// A computer at a surgery, and the service that it asks.
pub struct Workplace {
    folder: TempDir,
    program: PathBuf,
    cards: Vec<CardDescription>,
    people: Population,
    backend: TrainingBackend,
}

impl Workplace {
    /// Sets up a workplace whose computer is enrolled. An enrolment that is cut has used its code
    /// up, which is for a person to put right; so it is not cut here.
    ///
    /// # Errors
    /// [`Trouble`] when the program is not built, or the folder or the backend cannot be used.
    pub async fn set_up() -> Result<Self, Trouble> {
        let program = std::env::current_exe()?.with_file_name("torture-engine");
        if !program.exists() {
            let text = "torture-engine is not built: cargo build -p cpis-torture builds both";
            return Err(text.into());
        }
        let folder = tempfile::tempdir()?;
        let now = SystemClock.now();
        let backend = TrainingBackend::start(TrainingOptions::default()).await?;
        backend.arrivals().keep();
        let workplace = Self {
            program,
            cards: write_cards(&folder.path().join("cards"), SEED, now)?,
            people: population(SEED, now.date_naive()),
            backend,
            folder,
        };
        let policy = [
            "[backend]".to_owned(),
            format!("base_url = '{}'", workplace.backend.base_url()),
            "client_id = 'cpis-check'".to_owned(),
            format!(
                "enrolment_code = '{}'",
                workplace.backend.try_enrolment_code()?
            ),
            "[session]".to_owned(),
            "sign_in = ['test-card']".to_owned(),
            "test_card_folder = 'cards'".to_owned(),
        ];
        std::fs::write(workplace.seat().policy_file, policy.join("\n"))?;
        let mut life = workplace.start(None)?;
        life.order(&Order::Enrol).await;
        let enrolled = life.until(|said| *said == Said::Enrolled).await;
        let ended = life.end().await?;
        if !enrolled {
            return Err(format!("this computer could not be enrolled: {:?}", ended.heard).into());
        }
        Ok(workplace)
    }

    /// The backend.
    #[must_use]
    pub fn backend(&self) -> &TrainingBackend {
        &self.backend
    }

    /// The folder of the ledger.
    #[must_use]
    pub fn ledger_folder(&self) -> PathBuf {
        self.seat().data_folder
    }

    /// The keys that the program's ledger is sealed with.
    ///
    /// # Errors
    /// [`Trouble`] when the program has made none.
    pub fn keys(&self) -> Result<TortureKeys, Trouble> {
        let keychain = FolderKeychain::open(&self.seat().keychain_folder, "CP-IS Check")?;
        let folder = self.ledger_folder();
        let opened = Workstation::open(&keychain, &folder, WorkstationState::InUse)?;
        Ok(TortureKeys::of(&opened.workstation))
    }

    /// All is well at the backend.
    pub fn heal(&self) {
        self.backend.faults().clear();
    }

    /// Starts the program; `failpoint` names the place where it is to die.
    pub(super) fn start(&self, failpoint: Option<&str>) -> Result<Life, Trouble> {
        self.forget_tries()?;
        Life::start(&self.program, &self.seat(), failpoint)
    }

    /// A sign-in with a random good card.
    pub(super) fn sign_in(&self, chance: &mut fastrand::Rng) -> Result<Order, Trouble> {
        let name = if chance.bool() {
            PAEDIATRICIAN
        } else {
            DENTIST
        };
        let file = format!("{name}.p12");
        let fits = |card: &&CardDescription| card.file_name == file;
        let card = self.cards.iter().find(fits).ok_or("no such card")?;
        Ok(Order::SignIn {
            card: name.to_owned(),
            passcode: card.passcode.clone(),
            unscheduled: chance.u32(0..4) > 0,
        })
    }

    /// A look at a random child.
    pub(super) fn look(&self, chance: &mut fastrand::Rng) -> Order {
        let person = &self.people.patients[chance.usize(..self.people.patients.len())];
        Order::Look {
            number: person.nhs_number.digits(),
            birth_date: person.birth_date.to_string(),
        }
    }

    /// A look at a child of whom there is a record, and a note about that.
    pub(super) fn note(&self, chance: &mut fastrand::Rng) -> Order {
        let case = [Case::ChildProtection, Case::LookedAfter][chance.usize(..2)];
        let person = self.people.first(case);
        Order::Note {
            number: person.nhs_number.digits(),
            birth_date: person.birth_date.to_string(),
        }
    }

    /// What local authorities can read: the id and the body of each note.
    pub(super) fn notes(&self) -> Result<Vec<(String, String)>, Trouble> {
        let patients = self.people.patients.iter();
        let plans = patients.flat_map(|patient| &patient.plans);
        let codes = plans.filter_map(|plan| plan.authority.ods_code.as_ref());
        let mut notes = Vec::new();
        for authority in codes.collect::<BTreeSet<_>>() {
            for body in self.backend.notes(authority)? {
                let id = body["id"].as_str().unwrap_or_default().to_owned();
                notes.push((id, body.to_string()));
            }
        }
        Ok(notes)
    }

    /// A random bad day at the backend.
    pub(super) fn trouble(&self, chance: &mut fastrand::Rng) {
        mood::choose(self.backend.faults(), chance);
    }

    fn seat(&self) -> Seat {
        let within = |name: &str| self.folder.path().join(name);
        Seat {
            policy_file: within("policy.toml"),
            data_folder: within("live"),
            keychain_folder: within("keychain"),
        }
    }

    /// A card counts a try before it checks the passcode, so a program that is killed at every
    /// sign-in locks it in the end, as it must. That is another matter than what is tried here.
    fn forget_tries(&self) -> Result<(), Trouble> {
        for name in [PAEDIATRICIAN, DENTIST] {
            let cards = self.folder.path().join("cards");
            let counter: &Path = &cards.join(format!("{name}.tries.json"));
            if counter.exists() {
                std::fs::remove_file(counter)?;
            }
        }
        Ok(())
    }
}
