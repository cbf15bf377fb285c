//! Says on standard output which smartcards are in the readers, one line of JSON for each change:
//!
//! ```json
//! {"state":"no-service"}
//! {"state":"no-reader"}
//! {"state":"empty","readers":["Reader 00 00"]}
//! {"state":"card","cards":[{"reader":"Reader 00 00","atr":"3b80..."}]}
//! ```
//!
//! A program of its own, so that CP-IS Check starts on a computer without the library of the
//! smartcard service. It outlives the service, and ends when its standard input is closed, which
//! also happens when the program that started it dies. It talks to no card, and keeps nothing.
//!
//! On Windows the service runs only while there is a reader, so "no service" can mean "no reader".

use pcsc::{Context, Error, PNP_NOTIFICATION, ReaderState, Scope, State};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::process::ExitCode;
use std::time::Duration;

/// How soon to look for a service that is not there.
const RETRY: Duration = Duration::from_secs(1);
/// How soon to look for new readers by ourselves, where the service does not tell.
const POLL: Duration = Duration::from_secs(1);
/// The same where the service tells: against a reader that came just between two questions.
const CALM: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    let spawned = std::thread::Builder::new().spawn(end_with_input);
    if spawned.is_err() {
        return ExitCode::FAILURE;
    }
    let mut said = Value::Null;
    loop {
        // A context is dead for good once the service has died.
        let watched = Context::establish(Scope::User).map(|context| watch(&context, &mut said));
        if let Ok(Err(Stop)) = watched {
            return ExitCode::SUCCESS;
        }
        if say(&mut said, json!({ "state": "no-service" })).is_err() {
            return ExitCode::SUCCESS;
        }
        std::thread::park_timeout(RETRY);
    }
}

/// Nobody listens any more.
struct Stop;

fn end_with_input() {
    let mut sink = [0; 64];
    while std::io::stdin().read(&mut sink).is_ok_and(|read| read > 0) {}
    std::process::exit(0);
}

/// Reports until the service fails.
fn watch(context: &Context, said: &mut Value) -> Result<(), Stop> {
    let mut readers = vec![ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE)];
    let mut service_tells = true;
    loop {
        let Ok(names) = names(context) else {
            return Ok(());
        };
        readers.retain(|state| {
            let is_there = names.iter().any(|name| name.as_c_str() == state.name());
            is_there || service_tells && state.name() == PNP_NOTIFICATION()
        });
        for name in &names {
            if !readers.iter().any(|state| state.name() == name.as_c_str()) {
                readers.push(ReaderState::new(name.clone(), State::UNAWARE));
            }
        }
        // A reader that is not known yet is answered at once.
        let is_new = |state: &ReaderState| {
            state.name() != PNP_NOTIFICATION() && state.current_state() == State::UNAWARE
        };
        if readers.iter().any(is_new) {
            match context.get_status_change(Duration::ZERO, &mut readers) {
                Ok(()) | Err(Error::Timeout) => {}
                Err(Error::UnknownReader) => continue,
                Err(_) => return Ok(()),
            }
            readers.iter_mut().for_each(ReaderState::sync_current_state);
        }
        say(said, presence(&readers))?;
        if readers.is_empty() {
            std::thread::park_timeout(POLL);
            continue;
        }
        let patience = if service_tells { CALM } else { POLL };
        match context.get_status_change(patience, &mut readers) {
            Ok(()) | Err(Error::Timeout | Error::UnknownReader) => {}
            Err(_) => return Ok(()),
        }
        let does_not_tell = |state: &ReaderState| {
            state.name() == PNP_NOTIFICATION() && state.event_state().contains(State::UNKNOWN)
        };
        service_tells = service_tells && !readers.iter().any(does_not_tell);
        readers.iter_mut().for_each(ReaderState::sync_current_state);
        // What has gone is asked for anew if it comes back.
        readers.retain(|state| {
            state.name() == PNP_NOTIFICATION()
                || !state
                    .event_state()
                    .intersects(State::UNKNOWN | State::IGNORE)
        });
    }
}

fn names(context: &Context) -> Result<Vec<std::ffi::CString>, Error> {
    match context.list_readers_owned() {
        Err(Error::NoReadersAvailable) => Ok(Vec::new()),
        answer => answer,
    }
}

fn presence(states: &[ReaderState]) -> Value {
    let text = |state: &ReaderState| state.name().to_string_lossy().into_owned();
    let readers: Vec<&ReaderState> = states
        .iter()
        .filter(|state| state.name() != PNP_NOTIFICATION())
        .collect();
    let cards: Vec<Value> = readers
        .iter()
        .filter(|state| state.event_state().contains(State::PRESENT))
        .map(|state| {
            let atr: String = state.atr().iter().map(|b| format!("{b:02x}")).collect();
            json!({ "reader": text(state), "atr": atr })
        })
        .collect();
    if !cards.is_empty() {
        json!({ "state": "card", "cards": cards })
    } else if readers.is_empty() {
        json!({ "state": "no-reader" })
    } else {
        let names: Vec<String> = readers.into_iter().map(text).collect();
        json!({ "state": "empty", "readers": names })
    }
}

/// Writes a line unless it was the last one.
fn say(said: &mut Value, now: Value) -> Result<(), Stop> {
    if *said == now {
        return Ok(());
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{now}")
        .and_then(|()| out.flush())
        .map_err(|_| Stop)?;
    *said = now;
    Ok(())
}
