//! Linux: logind on the system's bus, and the desktop's screen saver on the session's.
//!
//! Either may be missing, come later or go away. Then it is looked for again, less and less often.

mod logind;
mod screen_saver;

use super::Report;
use logind::Logind;
use screen_saver::ScreenSavers;
use std::time::Duration;
use tokio::sync::mpsc;
use zbus::connection::{Builder, Connection};
use zbus::fdo::DBusProxy;
use zbus::{MatchRule, MessageStream};

/// How long a bus or a service may take to answer.
const ANSWER: Duration = Duration::from_secs(10);

pub(super) async fn listen(reports: &mpsc::Sender<Report>) {
    listen_at(&Address::System, &Address::Session, reports).await;
}

async fn listen_at(system: &Address, session: &Address, reports: &mpsc::Sender<Report>) {
    tokio::join!(
        keep_hearing::<Logind>(system, reports),
        keep_hearing::<ScreenSavers>(session, reports)
    );
}

/// Where a bus is.
enum Address {
    System,
    Session,
    #[cfg(test)]
    At(String),
}

impl Address {
    async fn connect(&self) -> zbus::Result<Connection> {
        let bus = match self {
            Self::System => Builder::system()?,
            Self::Session => Builder::session()?,
            #[cfg(test)]
            Self::At(address) => Builder::address(address.as_str())?,
        };
        bus.method_timeout(ANSWER).build().await
    }
}

/// Something on a bus that tells.
trait Source: Sized {
    const NAME: &str;

    /// Begins to listen. A signal that is sent from now on will be heard.
    fn begin(connection: Connection) -> impl Future<Output = zbus::Result<Self>> + Send;

    /// Reports what is heard, until it is over.
    fn hear(self, reports: &mpsc::Sender<Report>) -> impl Future<Output = zbus::Error> + Send;
}

async fn keep_hearing<S: Source>(address: &Address, reports: &mpsc::Sender<Report>) {
    let mut outage = Outage::new(S::NAME);
    loop {
        let begun = async { S::begin(address.connect().await?).await };
        let ended = match tokio::time::timeout(ANSWER, begun).await {
            Ok(Ok(source)) => {
                outage.over();
                source.hear(reports).await
            }
            Ok(Err(error)) => error,
            Err(_) => zbus::Error::Failure("no answer".to_owned()),
        };
        outage.goes_on(&ended).await;
    }
}

/// How long nothing has been heard.
struct Outage {
    name: &'static str,
    pause: Duration,
    is_known: bool,
}

impl Outage {
    const FIRST: Duration = Duration::from_millis(250);
    const LONGEST: Duration = Duration::from_secs(60);

    fn new(name: &'static str) -> Self {
        Self {
            name,
            pause: Self::FIRST,
            is_known: false,
        }
    }

    fn over(&mut self) {
        tracing::info!(name = self.name, "heard");
        *self = Self::new(self.name);
    }

    /// Says so once, and waits before the next try.
    async fn goes_on(&mut self, error: &zbus::Error) {
        if !std::mem::replace(&mut self.is_known, true) {
            tracing::warn!(name = self.name, %error, "cannot be heard");
        }
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(Self::LONGEST);
    }
}

/// Asks the bus for the signals that fit a rule.
async fn subscribe(connection: &Connection, rule: MatchRule<'_>) -> zbus::Result<()> {
    let bus = DBusProxy::new(connection).await?;
    Ok(bus.add_match_rule(rule).await?)
}

/// Everything that comes through a connection.
fn messages(connection: &Connection) -> MessageStream {
    MessageStream::from(connection)
}

/// What a connection that has ended without an error has to say.
fn closed() -> zbus::Error {
    zbus::Error::Failure("the bus closed the connection".to_owned())
}

#[cfg(test)]
mod tests;
