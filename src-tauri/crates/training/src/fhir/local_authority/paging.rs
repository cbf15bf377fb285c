//! What an authority was told or written, a page at a time: `since`, `_count` and `after`.

use super::super::bundle::{Entry, page};
use super::super::query::Query;
use super::super::refusal::{Refusal, answer};
use super::{BASE, admit};
use crate::TrainingError;
use crate::app::App;
use crate::store::{Page, PageAsked, Received, Store};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use chrono::{DateTime, NaiveDate, NaiveTime};

/// Entries on a page, unless `_count` says otherwise.
const PAGE: usize = 100;
/// Entries on a page at most.
const LARGEST_PAGE: usize = 1000;

/// Answers a search of an authority with a page, oldest first. `read` asks the store for it, and
/// `entries` are what the answer holds of it.
pub(super) async fn search<T: Send + 'static>(
    app: &App,
    ods: &str,
    request: &Parts,
    read: impl FnOnce(&dyn Store, &PageAsked<'_>) -> Result<Page<T>, TrainingError> + Send + 'static,
    entries: impl FnOnce(&[T]) -> Vec<Entry>,
) -> Result<Response, Refusal> {
    let authority = admit(app, &request.headers, ods).await?;
    let uri = &request.uri;
    let asked = Asked::read(app, uri)?;
    let (code, received, after, limit) =
        (authority.clone(), asked.received, asked.after, asked.limit);
    let found = app
        .ask(move |store| {
            let asked = PageAsked {
                authority: &code,
                received,
                after,
                limit,
            };
            read(store, &asked)
        })
        .await?;
    let next = found.next.map(|last| asked.next(uri, last));
    let base = format!("{BASE}/{authority}");
    let entries = entries(&found.entries);
    Ok(answer(
        StatusCode::OK,
        &page(app, &base, uri, entries, found.total, next.as_deref()),
    ))
}

/// What the address asks for.
struct Asked {
    received: Received,
    /// Only those with a greater number.
    after: i64,
    limit: usize,
    since: Option<String>,
}

impl Asked {
    /// Reads an address.
    fn read(app: &App, uri: &Uri) -> Result<Self, Refusal> {
        let query = Query::read(uri.query());
        if query
            .names()
            .any(|name| !["since", "_count", "after"].contains(&name))
        {
            return Err(Refusal::additional_properties());
        }
        let received = match query.one("since")? {
            None => Received::AtAnyTime,
            Some(text) => since(app, text)?,
        };
        let limit = match query.one("_count")? {
            None => PAGE,
            Some(text) => text
                .parse::<usize>()
                .ok()
                .filter(|count| *count > 0)
                .ok_or_else(|| Refusal::invalid_search("_count is a number from 1 to 1000"))?
                .min(LARGEST_PAGE),
        };
        let after = match query.one("after")? {
            None => 0,
            Some(text) => text
                .parse()
                .map_err(|_| Refusal::invalid_search("after comes from a next link as it is"))?,
        };
        Ok(Self {
            received,
            after,
            limit,
            since: query.one("since")?.map(str::to_owned),
        })
    }

    /// The address of the page behind an entry, path and query.
    fn next(&self, uri: &Uri, last: i64) -> String {
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        if let Some(since) = &self.since {
            pairs.append_pair("since", since);
        }
        pairs.append_pair("_count", &self.limit.to_string());
        pairs.append_pair("after", &last.to_string());
        format!("{}?{}", uri.path(), pairs.finish())
    }
}

/// A moment, or a day, which begins at midnight where the backend stands.
fn since(app: &App, text: &str) -> Result<Received, Refusal> {
    // A plus sign that was not encoded arrives as a space.
    let moment = DateTime::parse_from_rfc3339(&text.replace(' ', "+"));
    let day = |text: &str| {
        let day: NaiveDate = text.parse().ok()?;
        let midnight = day.and_time(NaiveTime::MIN);
        midnight.and_local_timezone(*app.now().offset()).earliest()
    };
    moment
        .ok()
        .or_else(|| day(text))
        .map(Received::Since)
        .ok_or_else(|| {
            Refusal::invalid_search(
                "since is a time such as 2026-11-23T09:30:00+00:00, or a day such as 2026-11-23",
            )
        })
}
