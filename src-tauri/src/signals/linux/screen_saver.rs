//! The desktop's screen saver. One that darkens the screen without locking it counts too.

use super::{Source, closed, messages, subscribe};
use crate::signals::{Report, report};
use cpis_client::LockSignal;
use futures_util::StreamExt;
use tokio::sync::mpsc;
use zbus::message::Type;
use zbus::{Connection, MatchRule, Message, MessageStream};

/// Name and interface are the same.
pub(super) const NAMES: [&str; 5] = [
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
];
pub(super) const ACTIVE_CHANGED: &str = "ActiveChanged";

pub(super) struct ScreenSavers(MessageStream);

impl Source for ScreenSavers {
    const NAME: &str = "screen savers";

    async fn begin(connection: Connection) -> zbus::Result<Self> {
        let messages = messages(&connection);
        for name in NAMES {
            let rule = MatchRule::builder()
                .msg_type(Type::Signal)
                .sender(name)?
                .interface(name)?
                .member(ACTIVE_CHANGED)?
                .build();
            subscribe(&connection, rule).await?;
        }
        Ok(Self(messages))
    }

    async fn hear(mut self, reports: &mpsc::Sender<Report>) -> zbus::Error {
        while let Some(message) = self.0.next().await {
            match message {
                Ok(message) if is_active(&message) => {
                    report(reports, LockSignal::ScreenLocked).await;
                }
                Ok(_) => {}
                Err(error) => return error,
            }
        }
        closed()
    }
}

/// Whether a message says that a screen saver is active now.
fn is_active(message: &Message) -> bool {
    let header = message.header();
    message.message_type() == Type::Signal
        && header.member().is_some_and(|m| *m == ACTIVE_CHANGED)
        && header
            .interface()
            .is_some_and(|i| NAMES.contains(&i.as_str()))
        && message.body().deserialize().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_active_screen_saver_counts() {
        let said = |interface, member, active: bool| {
            let signal = Message::signal("/org/gnome/ScreenSaver", interface, member).unwrap();
            is_active(&signal.build(&active).unwrap())
        };
        for name in NAMES {
            assert!(said(name, ACTIVE_CHANGED, true));
            assert!(!said(name, ACTIVE_CHANGED, false));
            assert!(!said(name, "WakeUpScreen", true));
        }
        assert!(!said("org.example.ScreenSaver", ACTIVE_CHANGED, true));
    }
}
