//! What is looked for, in every form in which it could be kept.

use crate::memory::Canary;
use crate::workplace::{PASSCODE, WRONG, Workplace};
use argon2::{Algorithm, Argon2, Params, Version};
use cpis_training::TrainingPatient;
use serde_json::Value;

pub const ACCESS: &str = "access token";
pub const REFRESH: &str = "refresh token";
pub const IDENTITY: &str = "identity token";
pub const SESSION_KEY: &str = "session key";
pub const CARD_KEY: &str = "card's key";
pub const NUMBER: &str = "NHS number";
pub const NAME: &str = "child's name";
pub const RIGHT: &str = "passcode";
const TYPED_WRONGLY: &str = "passcode typed wrongly";

/// A text in UTF-8 and UTF-16.
fn text(name: &'static str, text: &str) -> Vec<Canary> {
    let wide = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let forms = [text.as_bytes().to_vec(), wide];
    forms.map(|bytes| Canary { name, bytes }).into()
}

/// A token: whole, the longest of its segments, and the middle of that, which outlives the whole where
/// something else was written over its beginning or end.
fn token(name: &'static str, whole: &str) -> Vec<Canary> {
    let segment = whole.split('.').max_by_key(|s| s.len()).unwrap_or_default();
    let middle = &segment[segment.len() / 4..segment.len() * 3 / 4];
    let parts = [whole, segment, middle];
    parts
        .into_iter()
        .flat_map(|part| text(name, part))
        .collect()
}

pub fn passcodes() -> Vec<Canary> {
    [text(RIGHT, PASSCODE), text(TYPED_WRONGLY, WRONG)].concat()
}

pub fn child(child: &TrainingPatient) -> Vec<Canary> {
    [
        text(NUMBER, &child.nhs_number.digits()),
        text(NUMBER, &child.nhs_number.to_string()),
        text(NAME, &child.family),
        text(NAME, &child.family.to_uppercase()),
    ]
    .concat()
}

/// Everything of the tokens that passed the tap.
pub fn tokens(answers: &[Value]) -> Vec<Canary> {
    let fields = [
        (ACCESS, "access_token"),
        (REFRESH, "refresh_token"),
        (IDENTITY, "id_token"),
    ];
    let of_answer = |answer: &Value| {
        let found = fields.iter().filter_map(|(name, field)| {
            let whole = answer[*field].as_str()?;
            Some(token(name, whole))
        });
        found.flatten().collect::<Vec<_>>()
    };
    answers.iter().flat_map(of_answer).collect()
}

/// What was sent once and is worth something for a minute: assertions, codes, verifiers.
pub fn sent(workplace: &Workplace) -> Vec<Canary> {
    let fields = [
        ("card's assertion", "assertion"),
        ("authorisation code", "code"),
        ("verifier of the code", "code_verifier"),
    ];
    let mut canaries = Vec::new();
    for (name, field) in fields {
        for value in workplace.tap.sent(field) {
            canaries.extend(token(name, &value));
        }
    }
    canaries
}

/// The private key of the card: its file's form, and the number itself in both orders.
pub fn card_key(workplace: &Workplace) -> Vec<Canary> {
    let file = workplace.card_key.clone();
    // SEC 1 section C.4: version 1, then 32 bytes.
    let mark = [0x02, 0x01, 0x01, 0x04, 0x20];
    let at = file.windows(mark.len()).position(|bytes| bytes == mark);
    let number = file[at.unwrap() + mark.len()..][..32].to_vec();
    let turned = number.iter().rev().copied().collect();
    let forms = [number, turned, file];
    forms
        .map(|bytes| Canary {
            name: CARD_KEY,
            bytes,
        })
        .into()
}

/// The key under which the session is sealed, derived here from what the file says of it.
pub fn session_key(workplace: &Workplace) -> Canary {
    let file = std::fs::read(workplace.sealed_session()).unwrap();
    let (parameters, salt) = file[42..70].split_at(12);
    let number = |at: usize| u32::from_be_bytes(parameters[at..at + 4].try_into().unwrap());
    let params = Params::new(number(0), number(4), number(8), Some(32)).unwrap();
    let pepper = workplace.pepper();
    let mut key = vec![0; 32];
    Argon2::new_with_secret(&pepper, Algorithm::Argon2id, Version::V0x13, params)
        .unwrap()
        .hash_password_into(PASSCODE.as_bytes(), salt, &mut key)
        .unwrap();
    Canary {
        name: SESSION_KEY,
        bytes: key,
    }
}
