//! Virtual cards as files.

use crate::bench::beginning;
use cpis_training::{
    CARD_TRIES, CardState, ExistingCards, TrainingError, cards, open_card, write_cards,
    write_cards_with,
};
use std::path::Path;

fn tries(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(format!("{name}.tries.json"))).unwrap()
}

#[test]
fn six_cards_with_their_counters_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let written = write_cards(folder.path(), 1, beginning()).unwrap();
    assert_eq!(written, cards(1));
    assert_eq!(written.len(), 6);
    assert_eq!(
        written
            .iter()
            .filter(|c| c.state == CardState::Expired)
            .count(),
        1
    );
    for card in &written {
        assert!(card.passcode.len() == 6 && card.passcode.bytes().all(|b| b.is_ascii_digit()));
        assert_eq!(card.user_id.len(), 12);
        let name = card.file_name.trim_end_matches(".p12");
        let left = if card.state == CardState::Locked {
            0
        } else {
            CARD_TRIES
        };
        assert_eq!(
            tries(folder.path(), name),
            format!("{{\"triesLeft\":{left}}}")
        );
    }
}

#[test]
fn cards_follow_from_the_seed() {
    assert_eq!(cards(1), cards(1));
    let passcodes = |seed| {
        cards(seed)
            .into_iter()
            .map(|c| c.passcode)
            .collect::<Vec<_>>()
    };
    assert_ne!(passcodes(1), passcodes(2));
}

#[test]
fn used_up_tries_stay_used_up() {
    let folder = tempfile::tempdir().unwrap();
    let card = write_cards(folder.path(), 1, beginning())
        .unwrap()
        .remove(1);
    let file = folder.path().join(&card.file_name);
    let name = card.file_name.trim_end_matches(".p12");
    let wrong = || open_card(&file, "no").unwrap_err();
    assert!(matches!(
        wrong(),
        TrainingError::WrongPasscode { tries_left: 2 }
    ));
    assert!(matches!(
        wrong(),
        TrainingError::WrongPasscode { tries_left: 1 }
    ));
    write_cards(folder.path(), 1, beginning()).unwrap();
    assert_eq!(tries(folder.path(), name), "{\"triesLeft\":1}");
    assert!(open_card(&file, &card.passcode).is_ok());
    assert_eq!(tries(folder.path(), name), "{\"triesLeft\":3}");
    for left in [2, 1, 0] {
        assert!(
            matches!(wrong(), TrainingError::WrongPasscode { tries_left } if tries_left == left)
        );
    }
    let locked = open_card(&file, &card.passcode).unwrap_err();
    assert!(matches!(locked, TrainingError::CardLocked));
    write_cards_with(folder.path(), 1, beginning(), ExistingCards::Overwrite).unwrap();
    assert!(open_card(&file, &card.passcode).is_ok());
}

#[test]
fn a_damaged_counter_counts_as_used_up() {
    let folder = tempfile::tempdir().unwrap();
    let card = write_cards(folder.path(), 1, beginning())
        .unwrap()
        .remove(1);
    let file = folder.path().join(&card.file_name);
    std::fs::write(file.with_extension("tries.json"), "{").unwrap();
    assert!(matches!(
        open_card(&file, &card.passcode).unwrap_err(),
        TrainingError::CardLocked
    ));
}

#[test]
fn an_error_tells_no_passcode() {
    let folder = tempfile::tempdir().unwrap();
    let card = write_cards(folder.path(), 1, beginning())
        .unwrap()
        .remove(1);
    let error = open_card(&folder.path().join(&card.file_name), "918273").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("918273"));
}
