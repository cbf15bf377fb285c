//! Every target over its seeds, over what once broke it, and over some thousand changes of both:
//! without instrumentation, the same each time.

#![allow(clippy::unwrap_used, reason = "a test stops at what is missing")]

use cpis_fuzz::mutation::mutated;
use cpis_fuzz::{TARGETS, Target};
use fastrand::Rng;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// How many changed inputs each target reads.
const CHANGED: u32 = 4000;

macro_rules! replayed {
    ($($name:ident takes $taken:expr;)*) => {
        $(
            #[test]
            fn $name() {
                replay(stringify!($name), &$taken);
            }
        )*

        #[test]
        fn every_target_is_replayed() {
            let named: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(named, [$(stringify!($name)),*]);
        }
    };
}

// Which seeds are accepted: all others are refused.
replayed! {
    certificate takes ["own"];
    demographics takes ["minimal-patient.json", "patient.json", "patientsearch.json", "sensitive-patient.json", "sensitive-patientsearch.json", "too-many.json"];
    discovery takes ["least.json", "whole.json"];
    history takes ["empty.json", "found.json"];
    identity_token takes ["class", "es256", "no-name", "rs256", "service", "several"];
    key_set takes ["unknown-kind.json", "whole.json"];
    patient_flags takes ["collection.json", "empty.json", "found.json"];
    plans takes ["empty.json", "found.json"];
    policy takes ["all.toml", "empty.toml", "local.toml"];
    redirect takes ["answer", "twice", "whole-address"];
    sealed_session takes ["whole"];
    sealed_value takes ["whole"];
    service_answers takes ["batch.json", "metadata.json", "record.json", "refusal.json"];
    session_file takes ["whole"];
    token_answer takes ["centuries.json", "least.json", "text.json", "whole.json"];
    userinfo takes ["least.json", "published.json"];
    virtual_card takes ["whole"];
}

fn replay(name: &str, taken: &[&str]) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let mut inputs = inputs(&folder("seeds").join(name));
    assert!(!inputs.is_empty(), "{name} has no seeds");
    let mut accepted = Vec::new();
    for (path, input) in &inputs {
        if read(target, input, &path.display().to_string()) {
            accepted.push(path.file_name().unwrap().to_str().unwrap());
        }
    }
    assert_eq!(accepted, taken, "{name}: which seeds are accepted");
    let crashes = self::inputs(&folder("crashes").join(name));
    for (path, input) in &crashes {
        read(target, input, &path.display().to_string());
    }
    inputs.extend(crashes);
    let inputs: Vec<Vec<u8>> = inputs.into_iter().map(|(_, input)| input).collect();
    let mut random = Rng::with_seed(0x00C0_FFEE);
    for number in 0..CHANGED {
        let input = mutated(&inputs, &mut random);
        read(target, &input, &format!("changed input {number}"));
    }
}

/// Says which input broke the rule, and the input itself: nothing here is secret.
fn read(target: &Target, input: &[u8], named: &str) -> bool {
    catch_unwind(AssertUnwindSafe(|| (target.read)(input)))
        .unwrap_or_else(|_| panic!("{}: {named}: {}", target.name, input.escape_ascii()))
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn inputs(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let bytes = std::fs::read(&path).unwrap();
        (path, bytes)
    };
    paths.into_iter().map(read).collect()
}
