//! The weather of a class: what goes wrong for everybody in it.

use super::layout::{self, Choice, Hidden, Page, paragraph, radios};
use super::{Class, CodeInPath, Console, Sent, Shared};
use crate::markup::Markup;
use crate::weather::Weather;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

/// The choice that is no weather: it happens once.
const EXPIRED: &str = "expired-tokens";

/// Shows the weather.
pub(super) async fn page(
    State(console): Shared,
    Path(code): CodeInPath,
    Extension(hidden): Extension<Hidden>,
) -> Response {
    let class = match console.class(&code).await {
        Ok(class) => class,
        Err(answer) => return answer,
    };
    let app = Arc::clone(&class.app);
    let read = class.app.ask(move |store| app.weather.read_again(store));
    if let Err(why) = read.await {
        return layout::unavailable(&console, why);
    }
    show(&console, &class, &hidden, None, None)
}

/// Changes the weather.
pub(super) async fn set(
    State(console): Shared,
    Path(code): CodeInPath,
    Extension(hidden): Extension<Hidden>,
    Extension(form): Sent,
) -> Response {
    let class = match console.class(&code).await {
        Ok(class) => class,
        Err(answer) => return answer,
    };
    let app = Arc::clone(&class.app);
    let chosen = form.get("weather").unwrap_or_default();
    if chosen == EXPIRED {
        let now = app.now().timestamp();
        return match app.ask(move |store| store.expire_access_tokens(now)).await {
            Ok(held) => {
                let said = format!(
                    "Done: {held} access tokens have expired. Programs renew them by themselves."
                );
                show(&console, &class, &hidden, None, Some(&said))
            }
            Err(why) => layout::unavailable(&console, why),
        };
    }
    let weather = Weather::ALL.into_iter().find(|w| w.id() == chosen);
    let Some(weather) = weather else {
        let error = Some("Choose the weather");
        return show(&console, &class, &hidden, error, None);
    };
    let own = Arc::clone(&app);
    match app.ask(move |store| own.weather.set(store, weather)).await {
        Ok(()) => {
            let said = format!("Done: the weather is now \"{}\".", words(weather).0);
            show(&console, &class, &hidden, None, Some(&said))
        }
        Err(why) => layout::unavailable(&console, why),
    }
}

fn show(
    console: &Console,
    class: &Class,
    hidden: &Hidden,
    error: Option<&str>,
    done: Option<&str>,
) -> Response {
    let now = class.app.weather.now();
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
        .and(layout::button("Set the weather"));
    let action = layout::of_class(console, class, "weather");
    let body = Markup::from("")
        .and(done.map(layout::done).unwrap_or_default())
        .and(paragraph(format!(
            "The weather is now \"{}\". It strikes every program of the class. This console and the \
             local authorities are outside it.",
            words(now).0
        )))
        .and(hidden.form(&action, form));
    let errors: Vec<_> = error.map(|e| ("weather", e)).into_iter().collect();
    let status = match error {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    let page = Page {
        title: "Weather",
        errors: &errors,
        body,
    };
    page.of_class(console, class, hidden, status, "weather")
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
