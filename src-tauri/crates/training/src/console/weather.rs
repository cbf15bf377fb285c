//! The weather of a class: what goes wrong for everybody in it.

use super::components::{self, Choice, paragraph, radios};
use super::{Answer, Sent, Visit};
use crate::markup::Markup;
use crate::weather::Weather;
use axum::Extension;
use axum::response::Response;
use std::sync::Arc;

/// The choice that is no weather: it happens once.
const EXPIRED: &str = "expired-tokens";

/// Shows the weather.
pub(super) async fn page(visit: Visit) -> Answer {
    let app = Arc::clone(&visit.class.app);
    visit
        .ask(move |store| app.weather.read_again(store))
        .await?;
    Ok(show(&visit, None, None))
}

/// Changes the weather.
pub(super) async fn set(visit: Visit, Extension(form): Sent) -> Answer {
    let app = Arc::clone(&visit.class.app);
    let chosen = form.get("weather").unwrap_or_default();
    if chosen == EXPIRED {
        let now = app.now().timestamp();
        let held = visit
            .ask(move |store| store.expire_access_tokens(now))
            .await?;
        let said =
            format!("Done: {held} access tokens have expired. Programs renew them by themselves.");
        return Ok(show(&visit, None, Some(&said)));
    }
    let weather = Weather::ALL.into_iter().find(|w| w.id() == chosen);
    let Some(weather) = weather else {
        let error = Some("Choose the weather");
        return Ok(show(&visit, error, None));
    };
    visit
        .ask(move |store| app.weather.set(store, weather))
        .await?;
    let said = format!("Done: the weather is now \"{}\".", words(weather).0);
    Ok(show(&visit, None, Some(&said)))
}

fn show(visit: &Visit, error: Option<&str>, done: Option<&str>) -> Response {
    let now = visit.class.app.weather.now();
    let mut choices: Vec<Choice<'_>> = Weather::ALL
        .into_iter()
        .map(|weather| Choice {
            value: weather.id().to_owned(),
            words: words(weather).0.into(),
            hint: Some(words(weather).1),
        })
        .collect();
    choices.push(Choice {
        value: EXPIRED.to_owned(),
        words: "Expire every access token, once".into(),
        hint: Some("The weather stays as it is. Each program asks for a new token by itself"),
    });
    let form = radios("weather", "What should happen?", &choices, now.id(), error)
        .and(components::button("Set the weather"));
    let body = Markup::from("")
        .and(done.map(components::done).unwrap_or_default())
        .and(paragraph(format!(
            "The weather is now \"{}\". It strikes every program of the class. This console and the \
             local authorities are outside it.",
            words(now).0
        )))
        .and(visit.form("weather", form));
    let errors: Vec<_> = error.map(|e| ("weather", e)).into_iter().collect();
    visit.page("weather", "Weather", &errors, body)
}

const fn words(weather: Weather) -> (&'static str, &'static str) {
    match weather {
        Weather::Good => ("Good", "Everything works"),
        Weather::Slow => ("Slow", "Every answer takes 3 seconds"),
        Weather::Offline => ("Offline", "Nothing can be reached"),
        Weather::ServiceDown => ("Service down", "Signing in works, checks do not"),
        Weather::Denied => ("Not allowed", "Every check is denied"),
        Weather::AuditRefused => (
            "Audit records refused",
            "Each record that arrives is refused and needs attention",
        ),
        Weather::LostAnswers => ("Lost answers", "Everything is done, but no answer arrives"),
    }
}
