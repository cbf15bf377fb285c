//! Changes to seeds, the same each time.

use fastrand::Rng;

/// Words that parsers stumble over.
const WORDS: &[&[u8]] = &[
    b"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\n",
    b"\0",
    b".",
    b"-1",
    b"0",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"18446744073709551616",
    b"1e999",
    b"null",
    b"true",
    b"none",
    b"HS256",
    b"RS256",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xae",
    b"\\u0000",
    b"\\ud800",
    b"%00",
    b"%ff",
    b"&",
    b"=",
    b"http://",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x00\x00\x00\x00",
];

/// An input made of one seed, or of two, by one to four changes.
///
/// # Panics
/// When there is no seed.
pub fn mutated(seeds: &[Vec<u8>], random: &mut Rng) -> Vec<u8> {
    let mut input = random.choice(seeds).expect("there is a seed").clone();
    for _ in 0..random.usize(1..=4) {
        change(&mut input, seeds, random);
    }
    input
}

fn change(input: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut Rng) {
    let at = random.usize(0..=input.len());
    let length = random.usize(0..=(input.len() - at).min(64));
    match random.u8(0..9) {
        0 => flip_bit(input, random),
        1 => {
            if let Some(byte) = input.get_mut(at) {
                *byte = random.u8(..);
            }
        }
        2 => input.truncate(at),
        3 => {
            input.drain(at..at + length);
        }
        4 => {
            let part = input[at..at + length].to_vec();
            input.splice(at..at, part);
        }
        5 | 6 => {
            let word = random.choice(WORDS).copied().unwrap_or_default();
            let replaced = length.min(word.len()) * usize::from(random.bool());
            input.splice(at..at + replaced, word.iter().copied());
        }
        7 => {
            if let Some(other) = random.choice(seeds) {
                let from = random.usize(0..=other.len());
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
        }
        _ => replace_number(input, at, random),
    }
}

fn flip_bit(input: &mut [u8], random: &mut Rng) {
    if !input.is_empty() {
        let at = random.usize(..input.len());
        input[at] ^= 1 << random.u8(0..8);
    }
}

/// The next number in the text becomes another one.
fn replace_number(input: &mut Vec<u8>, from: usize, random: &mut Rng) {
    let Some(start) = input[from..].iter().position(u8::is_ascii_digit) else {
        return;
    };
    let start = from + start;
    let digits = input[start..].iter().take_while(|b| b.is_ascii_digit());
    let end = start + digits.count();
    let number = match random.u8(0..4) {
        0 => random.i64(..).to_string(),
        1 => random.u8(..).to_string(),
        2 => "0".to_owned(),
        _ => i64::MAX.to_string(),
    };
    input.splice(start..end, number.into_bytes());
}
