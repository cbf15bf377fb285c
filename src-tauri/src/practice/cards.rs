//! The practice cards of one run, and the made-up people whom they can try.

use cpis_client::PracticeCard;
use cpis_client::view::{PracticeCase, PracticeChild};
use cpis_training::{
    CardDescription, Case, Clock as _, ExistingCards, SystemClock, TrainingError, population,
    write_cards, write_cards_with,
};
use cpis_vault::{CardInReader, Presence};
use std::io;
use std::path::{Path, PathBuf};

/// The cards in their folder.
pub(super) struct PracticeCards {
    folder: PathBuf,
    seed: u64,
    described: Vec<CardDescription>,
}

impl PracticeCards {
    /// Writes the cards of a seed into a folder, keeping those that are there.
    pub fn write(folder: &Path, seed: u64) -> Result<Self, TrainingError> {
        Ok(Self {
            folder: folder.to_owned(),
            seed,
            described: write_cards(folder, seed, SystemClock.now())?,
        })
    }

    pub fn folder(&self) -> PathBuf {
        self.folder.clone()
    }

    pub fn shown(&self) -> Vec<PracticeCard> {
        let card = |card: &CardDescription| PracticeCard {
            card: card.file_name.trim_end_matches(".p12").to_owned(),
            holder: card.holder.clone(),
            passcode: card.passcode.clone(),
        };
        self.described.iter().map(card).collect()
    }

    /// Puts the cards back as they were handed out.
    pub fn reset(&self) -> Result<(), io::Error> {
        let now = SystemClock.now();
        write_cards_with(&self.folder, self.seed, now, ExistingCards::Overwrite)
            .map(|_| ())
            .map_err(io::Error::other)
    }
}

/// The first person of each case: the same under every seed and on every day.
pub(super) fn children(seed: u64) -> Vec<PracticeChild> {
    let people = population(seed, SystemClock.now().date_naive());
    let child = |case: &Case| {
        let person = people.first(*case);
        PracticeChild {
            case: shows(*case),
            nhs_number: person.nhs_number.digits(),
            family: person.family.clone(),
            given: person.given.clone(),
            birth_date: person.birth_date.to_string(),
        }
    };
    Case::ALL.iter().map(child).collect()
}

/// What trying the first person of a case shows.
fn shows(case: Case) -> PracticeCase {
    match case {
        Case::ChildProtection => PracticeCase::ChildProtection,
        Case::LookedAfter => PracticeCase::LookedAfter,
        Case::UnbornChild => PracticeCase::UnbornChild,
        Case::ChildProtectionAndLookedAfter => PracticeCase::ChildProtectionAndLookedAfter,
        Case::EndedTenDaysAgo => PracticeCase::EndedTenDaysAgo,
        Case::Ended364DaysAgo => PracticeCase::Ended364DaysAgo,
        Case::Ended366DaysAgo => PracticeCase::Ended366DaysAgo,
        Case::NothingHeld => PracticeCase::NothingHeld,
        Case::RestrictedWithRecord => PracticeCase::RestrictedWithRecord,
        Case::RestrictedWithoutRecord => PracticeCase::RestrictedWithoutRecord,
        Case::Superseded => PracticeCase::Superseded,
        Case::ReplacesSuperseded => PracticeCase::ReplacesSuperseded,
        Case::Invalidated => PracticeCase::Invalidated,
        Case::Deceased => PracticeCase::Deceased,
        Case::TwentyFiveAccesses => PracticeCase::TwentyFiveAccesses,
        Case::FortyAccesses => PracticeCase::FortyAccesses,
        Case::NoAccesses => PracticeCase::NoAccesses,
        Case::NoEndDate => PracticeCase::NoEndDate,
        Case::UnknownPlanCode => PracticeCase::UnknownPlanCode,
        Case::NoOfficeTelephone => PracticeCase::NoOfficeTelephone,
        Case::NoEmergencyTelephone => PracticeCase::NoEmergencyTelephone,
        Case::NoTelephone => PracticeCase::NoTelephone,
        Case::EveryField => PracticeCase::EveryField,
        Case::OtherFlags => PracticeCase::OtherFlags,
    }
}

/// The made-up reader, and the card in it.
const READER: &str = "Practice reader";

pub(super) fn card_in() -> Presence {
    Presence::Card {
        cards: vec![CardInReader {
            reader: READER.to_owned(),
            // TS alone: no protocol, no historical characters (ISO/IEC 7816-3).
            atr: "3B00".to_owned(),
        }],
    }
}

pub(super) fn card_out() -> Presence {
    Presence::Empty {
        readers: vec![READER.to_owned()],
    }
}
