//! logind: this session is to be locked, was locked or left the screen; the computer goes to sleep or
//! shuts down.
//!
//! Sleep and shutdown wait for the lock: a delay inhibitor is held until the program is locked. logind
//! lets nobody delay them for long (five seconds, unless it is set otherwise).

use super::{ANSWER, Source, closed, messages, subscribe};
use crate::signals::{Report, report};
use cpis_client::LockSignal;
use futures_util::StreamExt;
use std::collections::HashMap;
use tokio::sync::mpsc;
use zbus::message::Type;
use zbus::zvariant::{OwnedFd, OwnedObjectPath, Value};
use zbus::{Connection, MatchRule, Message, MessageStream};

pub(super) const NAME: &str = "org.freedesktop.login1";
pub(super) const PATH: &str = "/org/freedesktop/login1";
pub(super) const MANAGER: &str = "org.freedesktop.login1.Manager";
pub(super) const SESSION: &str = "org.freedesktop.login1.Session";
pub(super) const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

pub(super) struct Logind {
    connection: Connection,
    messages: MessageStream,
    /// This program's session, unless it runs outside any.
    session: Option<OwnedObjectPath>,
    /// Delays sleep and shutdown while it is open.
    inhibitor: Option<OwnedFd>,
}

impl Source for Logind {
    const NAME: &str = "logind";

    async fn begin(connection: Connection) -> zbus::Result<Self> {
        let messages = messages(&connection);
        let session = own_session(&connection).await?;
        for member in ["PrepareForSleep", "PrepareForShutdown"] {
            let rule = signal(PATH, MANAGER, member)?;
            subscribe(&connection, rule).await?;
        }
        if let Some(session) = &session {
            for (interface, member) in [(SESSION, "Lock"), (PROPERTIES, "PropertiesChanged")] {
                let rule = signal(session.as_str(), interface, member)?;
                subscribe(&connection, rule).await?;
            }
        }
        let mut logind = Self {
            connection,
            messages,
            session,
            inhibitor: None,
        };
        logind.delay_sleep().await;
        Ok(logind)
    }

    async fn hear(mut self, reports: &mpsc::Sender<Report>) -> zbus::Error {
        // It may have left the screen while nobody listened.
        if self.has_left_the_screen().await {
            report(reports, LockSignal::UserSwitched).await;
        }
        while let Some(message) = self.messages.next().await {
            match message {
                Ok(message) => self.on(told(&message), reports).await,
                Err(error) => return error,
            }
        }
        closed()
    }
}

impl Logind {
    async fn on(&mut self, told: Option<Told>, reports: &mpsc::Sender<Report>) {
        match told {
            Some(Told::Lock(signal)) => {
                report(reports, signal).await;
            }
            Some(Told::GoingToSleep) => {
                let locked = report(reports, LockSignal::Sleep).await;
                // However it ends, nothing is left to wait for.
                let _ = tokio::time::timeout(ANSWER, locked).await;
                self.inhibitor = None;
            }
            Some(Told::AwakeAgain) => self.delay_sleep().await,
            None => {}
        }
    }

    /// Makes the next sleep or shutdown wait. Without leave to do so, the lock comes as soon as it can.
    async fn delay_sleep(&mut self) {
        if self.inhibitor.is_some() {
            return;
        }
        let asked = ("sleep:shutdown", "CP-IS Check", "To lock", "delay");
        let answer = self
            .connection
            .call_method(Some(NAME), PATH, Some(MANAGER), "Inhibit", &asked)
            .await;
        match answer.and_then(|answer| answer.body().deserialize()) {
            Ok(inhibitor) => self.inhibitor = Some(inhibitor),
            Err(error) => tracing::warn!(%error, "sleep will not wait for the lock"),
        }
    }

    async fn has_left_the_screen(&self) -> bool {
        let Some(session) = &self.session else {
            return false;
        };
        let asked = (SESSION, "Active");
        let answer = self
            .connection
            .call_method(Some(NAME), session, Some(PROPERTIES), "Get", &asked)
            .await;
        let Ok(answer) = answer else { return false };
        let body = answer.body();
        matches!(body.deserialize(), Ok(Value::Bool(false)))
    }
}

/// What logind tells.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Lock(LockSignal),
    GoingToSleep,
    AwakeAgain,
}

fn told(message: &Message) -> Option<Told> {
    let header = message.header();
    if message.message_type() != Type::Signal {
        return None;
    }
    match header.member()?.as_str() {
        "PrepareForSleep" | "PrepareForShutdown" => match message.body().deserialize().ok()? {
            true => Some(Told::GoingToSleep),
            false => Some(Told::AwakeAgain),
        },
        "Lock" => Some(Told::Lock(LockSignal::ScreenLocked)),
        "PropertiesChanged" => {
            let body = message.body();
            let (_, changed, _): (&str, HashMap<&str, Value<'_>>, Vec<&str>) =
                body.deserialize().ok()?;
            if changed.get("Active") == Some(&Value::Bool(false)) {
                Some(Told::Lock(LockSignal::UserSwitched))
            } else if changed.get("LockedHint") == Some(&Value::Bool(true)) {
                Some(Told::Lock(LockSignal::ScreenLocked))
            } else {
                None
            }
        }
        _ => None,
    }
}

/// The session that this program belongs to, or else the one on its user's screen: a program that the
/// desktop starts as a service of the user belongs to none.
async fn own_session(connection: &Connection) -> zbus::Result<Option<OwnedObjectPath>> {
    let answer = connection
        .call_method(Some(NAME), PATH, Some(MANAGER), "GetSession", &"auto")
        .await;
    match answer {
        Ok(answer) => Ok(Some(answer.body().deserialize()?)),
        Err(zbus::Error::MethodError(name, reason, _)) if is_there(&name) => {
            tracing::warn!(%name, reason, "this program runs in no session");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Whether an error comes from logind and not from the bus on its behalf.
fn is_there(error: &str) -> bool {
    const ABSENT: [&str; 3] = [
        "org.freedesktop.DBus.Error.ServiceUnknown",
        "org.freedesktop.DBus.Error.NameHasNoOwner",
        "org.freedesktop.DBus.Error.NoReply",
    ];
    !ABSENT.contains(&error)
}

fn signal<'a>(path: &'a str, interface: &'a str, member: &'a str) -> zbus::Result<MatchRule<'a>> {
    Ok(MatchRule::builder()
        .msg_type(Type::Signal)
        .sender(NAME)?
        .path(path)?
        .interface(interface)?
        .member(member)?
        .build())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(name: &str, value: bool) -> Option<Told> {
        let properties = HashMap::from([(name, Value::Bool(value))]);
        let signal = Message::signal("/session", PROPERTIES, "PropertiesChanged").unwrap();
        let body = (SESSION, properties, Vec::<&str>::new());
        told(&signal.build(&body).unwrap())
    }

    #[test]
    fn what_has_to_do_with_nobody_at_the_screen_counts() {
        let left = Told::Lock(LockSignal::UserSwitched);
        let locked = Told::Lock(LockSignal::ScreenLocked);
        assert_eq!(changed("Active", false), Some(left));
        assert_eq!(changed("Active", true), None);
        assert_eq!(changed("LockedHint", true), Some(locked));
        assert_eq!(changed("LockedHint", false), None);
        assert_eq!(changed("IdleHint", true), None);
    }
}
