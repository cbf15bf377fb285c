//! Looking for what must not be on the disk (invariant I5).

use cpis_training::{Population, cards};
use std::path::Path;

/// Panics if a file below a folder holds an NHS number, a family name, a passcode or a token of the
/// training backend in clear.
pub fn search(folder: &Path, population: &Population, seed: u64) {
    let mut secrets: Vec<String> = Vec::new();
    for patient in &population.patients {
        secrets.push(patient.nhs_number.digits());
        secrets.push(patient.nhs_number.to_string());
        secrets.push(patient.family.clone());
        secrets.push(patient.family.to_uppercase());
    }
    secrets.extend(cards(seed).into_iter().map(|card| card.passcode));
    secrets.push(cpis_training::TOKEN_PREFIX.to_owned());
    secrets.sort();
    secrets.dedup();
    let mut read = 0;
    search_folder(folder, &secrets, &mut read);
    assert!(
        read > 3,
        "there were files to search in {}",
        folder.display()
    );
    println!(
        "searched {read} files for {} secrets: none found",
        secrets.len()
    );
}

fn search_folder(folder: &Path, secrets: &[String], read: &mut u32) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            search_folder(&path, secrets, read);
        } else if let Ok(bytes) = std::fs::read(&path) {
            *read += 1;
            for secret in secrets {
                assert!(
                    !holds(&bytes, secret.as_bytes()),
                    "{} is in {}",
                    secret,
                    path.display()
                );
                let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
                assert!(!holds(&bytes, &wide), "{} is in {}", secret, path.display());
            }
        }
    }
}

fn holds(bytes: &[u8], sought: &[u8]) -> bool {
    bytes.windows(sought.len()).any(|window| window == sought)
}

#[test]
fn a_secret_in_a_file_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let population = cpis_training::population(1, today());
    for (name, text) in [("a", "x"), ("b", "y"), ("c", "z"), ("d", "w")] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    search(folder.path(), &population, 1);
    let number = population.patients[0].nhs_number.digits();
    std::fs::write(folder.path().join("e"), format!("log: {number}")).unwrap();
    let found = std::panic::catch_unwind(|| search(folder.path(), &population, 1));
    assert!(found.is_err(), "the search finds what is there");
}

pub fn today() -> chrono::NaiveDate {
    use cpis_training::Clock;
    cpis_training::SystemClock.now().date_naive()
}
