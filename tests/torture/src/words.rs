//! What the harness and the program that it kills say to each other: one line of text each.

use std::fmt;

/// What the harness asks of the program, on its standard input. Orders are carried out one after
/// the other; the end of the input ends the program in good order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Wait until this computer is enrolled.
    Enrol,
    /// Sign in with a virtual card, and choose a role.
    SignIn {
        /// The card's name.
        card: String,
        /// Its passcode.
        passcode: String,
        /// Which role to choose, of several.
        unscheduled: bool,
    },
    /// Look at a made-up child.
    Look {
        /// The NHS number, ten digits.
        number: String,
        /// The date of birth (ISO 8601 date).
        birth_date: String,
    },
    /// Look at a made-up child, and write a note about the record that is found.
    Note {
        /// The NHS number, ten digits.
        number: String,
        /// The date of birth (ISO 8601 date).
        birth_date: String,
    },
}

/// What the program says, on its standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It has started, and shows the sign-in screen.
    Ready,
    /// It cannot start, for this reason.
    CannotStart(String),
    /// This computer is enrolled.
    Enrolled,
    /// Somebody is signed in and has a role.
    SignedIn,
    /// The sign-in failed.
    NotSignedIn,
    /// A look at this number has begun: the window says that it is under way.
    Begun(String),
    /// No look could be begun.
    NotBegun,
    /// The window has the result of a look.
    Shown {
        /// The look's reference.
        reference: String,
        /// Whether the result is an answer. Otherwise it is why there is none.
        answer: bool,
    },
    /// The window says that a note is stored.
    Stored(String),
    /// How many records wait, and how many need attention.
    ToSend {
        /// Waiting or being sent.
        waiting: u32,
        /// Refused.
        needs_attention: u32,
    },
    /// A remark that the window shows on every screen.
    Notice(String),
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Enrol => f.write_str("enrol"),
            Self::SignIn {
                card,
                passcode,
                unscheduled,
            } => write!(f, "sign-in {card} {passcode} {unscheduled}"),
            Self::Look { number, birth_date } => write!(f, "look {number} {birth_date}"),
            Self::Note { number, birth_date } => write!(f, "note {number} {birth_date}"),
        }
    }
}

impl Order {
    /// Reads a line; `None` when it is no order.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        Some(match *line.split(' ').collect::<Vec<_>>() {
            ["enrol"] => Self::Enrol,
            ["sign-in", card, passcode, unscheduled] => Self::SignIn {
                card: card.to_owned(),
                passcode: passcode.to_owned(),
                unscheduled: unscheduled.parse().ok()?,
            },
            ["look", number, birth_date] => Self::Look {
                number: number.to_owned(),
                birth_date: birth_date.to_owned(),
            },
            ["note", number, birth_date] => Self::Note {
                number: number.to_owned(),
                birth_date: birth_date.to_owned(),
            },
            _ => return None,
        })
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready => f.write_str("ready"),
            Self::CannotStart(reason) => write!(f, "cannot-start {reason}"),
            Self::Enrolled => f.write_str("enrolled"),
            Self::SignedIn => f.write_str("signed-in"),
            Self::NotSignedIn => f.write_str("not-signed-in"),
            Self::Begun(number) => write!(f, "begun {number}"),
            Self::NotBegun => f.write_str("not-begun"),
            Self::Shown { reference, answer } => {
                let what = if *answer { "answer" } else { "not-checked" };
                write!(f, "shown {reference} {what}")
            }
            Self::Stored(id) => write!(f, "stored {id}"),
            Self::ToSend {
                waiting,
                needs_attention,
            } => write!(f, "to-send {waiting} {needs_attention}"),
            Self::Notice(what) => write!(f, "notice {what}"),
        }
    }
}

impl Said {
    /// Reads a line; `None` when it is nothing that the program says.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        if let Some(reason) = line.strip_prefix("cannot-start ") {
            return Some(Self::CannotStart(reason.to_owned()));
        }
        Some(match *line.split(' ').collect::<Vec<_>>() {
            ["ready"] => Self::Ready,
            ["enrolled"] => Self::Enrolled,
            ["signed-in"] => Self::SignedIn,
            ["not-signed-in"] => Self::NotSignedIn,
            ["begun", number] => Self::Begun(number.to_owned()),
            ["not-begun"] => Self::NotBegun,
            ["shown", reference, what @ ("answer" | "not-checked")] => Self::Shown {
                reference: reference.to_owned(),
                answer: what == "answer",
            },
            ["stored", id] => Self::Stored(id.to_owned()),
            ["to-send", waiting, needs_attention] => Self::ToSend {
                waiting: waiting.parse().ok()?,
                needs_attention: needs_attention.parse().ok()?,
            },
            ["notice", what] => Self::Notice(what.to_owned()),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_understood() {
        for said in [
            Said::Ready,
            Said::CannotStart("no keychain: why".to_owned()),
            Said::Begun("9990000018".to_owned()),
            Said::Shown {
                reference: "0198f000-0000-7000-8000-000000000001".to_owned(),
                answer: false,
            },
            Said::Stored("0198f000-0000-7000-8000-000000000002".to_owned()),
            Said::ToSend {
                waiting: 3,
                needs_attention: 0,
            },
        ] {
            assert_eq!(Said::read(&said.to_string()), Some(said));
        }
        for order in [
            Order::Enrol,
            Order::SignIn {
                card: "emergency-dentist".to_owned(),
                passcode: "123456".to_owned(),
                unscheduled: true,
            },
            Order::Look {
                number: "9990000018".to_owned(),
                birth_date: "2018-08-06".to_owned(),
            },
            Order::Note {
                number: "9990000018".to_owned(),
                birth_date: "2018-08-06".to_owned(),
            },
        ] {
            assert_eq!(Order::read(&order.to_string()), Some(order));
        }
        assert_eq!(Said::read("shown 0198f000"), None);
    }
}
