//! A class of a training backend: its address and its code, read from what a person types.
//!
//! The code becomes part of a path and of a keychain name, so nothing but a code in its one form is
//! ever a [`ClassCode`].

pub(crate) mod joining;

pub use joining::JoinedClass;

use crate::policy::{is_loopback, is_permitted};
use crate::request::TypedClass;
use crate::view::ClassFault;
use std::fmt;
use url::Url;

/// The longest address that is read.
const LONGEST_ADDRESS: usize = 300;
/// Letters and digits of a code.
const CODE_LETTERS: usize = 8;
/// How the path of a class begins, below the address of its backend.
const BASE: &str = "/class/";

/// The code of a class: two groups of four letters and digits of Crockford's base 32, such as
/// `7Q2M-X4KD`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClassCode(String);

impl ClassCode {
    /// Reads a code as people type it: case does not count, nor dash or spaces, nor whether O was
    /// typed for 0 and I or L for 1, which no code has.
    ///
    /// # Errors
    /// [`ClassFault::CodeMissing`], [`ClassFault::CodeUnreadable`].
    pub fn read(typed: &str) -> Result<Self, ClassFault> {
        let mut letters = typed
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .peekable();
        if letters.peek().is_none() {
            return Err(ClassFault::CodeMissing);
        }
        let read: Option<String> = letters.take(CODE_LETTERS + 1).map(letter).collect();
        match read {
            Some(mut code) if code.len() == CODE_LETTERS => {
                code.insert(CODE_LETTERS / 2, '-');
                Ok(Self(code))
            }
            _ => Err(ClassFault::CodeUnreadable),
        }
    }

    /// The code in its one form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClassCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A letter or digit of Crockford's base 32 in its one form.
fn letter(typed: char) -> Option<char> {
    match typed.to_ascii_uppercase() {
        'O' => Some('0'),
        'I' | 'L' => Some('1'),
        'U' => None,
        c if c.is_ascii_digit() || c.is_ascii_uppercase() => Some(c),
        _ => None,
    }
}

/// A class at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    address: Url,
    code: ClassCode,
}

impl Class {
    /// Reads what a person typed.
    ///
    /// # Errors
    /// What is wrong with each field, in the order of the form.
    pub(crate) fn read(typed: &TypedClass) -> Result<Self, Vec<ClassFault>> {
        match (address(&typed.address), ClassCode::read(&typed.code)) {
            (Ok(address), Ok(code)) => Ok(Self { address, code }),
            (address, code) => Err([address.err(), code.err()].into_iter().flatten().collect()),
        }
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> &ClassCode {
        &self.code
    }

    /// The base address of its backend: everything of the class is below it.
    #[must_use]
    pub fn base_url(&self) -> Url {
        self.at(&format!("{BASE}{}", self.code))
    }

    /// An address of the class. `path` is a literal.
    pub(crate) fn address(&self, path: &str) -> Url {
        self.at(&format!("{BASE}{}{path}", self.code))
    }

    /// An address of the backend that has the class. `path` is made of literals and of the code.
    pub(crate) fn at(&self, path: &str) -> Url {
        Url::parse(&format!("{}{path}", self.plain_address()))
            .expect("a base address with a plain path is one")
    }

    /// The address of the training backend, as it is shown, without a slash at its end.
    #[must_use]
    pub fn plain_address(&self) -> &str {
        self.address.as_str().trim_end_matches('/')
    }
}

/// Reads an address: host and port, or a URL. Without a scheme it is HTTPS, or HTTP on this computer.
/// The address of a class, which ends in its code, is taken for that of its backend.
fn address(typed: &str) -> Result<Url, ClassFault> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(ClassFault::AddressMissing);
    }
    if typed.len() > LONGEST_ADDRESS {
        return Err(ClassFault::AddressUnreadable);
    }
    let parse = |text: &str| Url::parse(text).map_err(|_| ClassFault::AddressUnreadable);
    let url = if typed.contains("://") {
        parse(typed)?
    } else {
        let plain = parse(&format!("http://{typed}"))?;
        if is_loopback(&plain) {
            plain
        } else {
            parse(&format!("https://{typed}"))?
        }
    };
    let is_base = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some_and(|host| !host.is_empty())
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !is_base {
        return Err(ClassFault::AddressUnreadable);
    }
    if !is_permitted(&url) {
        return Err(ClassFault::AddressNotEncrypted);
    }
    Ok(without_class(url))
}

fn without_class(mut url: Url) -> Url {
    let path = url.path().to_owned();
    if let Some((server, code)) = path.rsplit_once(BASE)
        && ClassCode::read(code.trim_end_matches('/')).is_ok()
    {
        url.set_path(server);
    }
    url
}

#[cfg(test)]
mod tests;
