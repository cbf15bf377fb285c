//! Which part of what an authority was told or written is asked for: `since`, `_count` and `after`.

use super::super::query::Query;
use super::super::refusal::Refusal;
use crate::app::App;
use crate::store::Received;
use axum::http::Uri;
use chrono::{DateTime, NaiveDate, NaiveTime};

/// Entries on a page, unless `_count` says otherwise.
const PAGE: usize = 100;
/// Entries on a page at most.
const LARGEST_PAGE: usize = 1000;

/// What the address asks for.
pub(super) struct Asked {
    pub(super) received: Received,
    /// Only those with a greater number.
    pub(super) after: i64,
    pub(super) limit: usize,
    since: Option<String>,
}

impl Asked {
    /// Reads an address.
    pub(super) fn read(app: &App, uri: &Uri) -> Result<Self, Refusal> {
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
    pub(super) fn next(&self, uri: &Uri, last: i64) -> String {
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
