//! Reading what one authority was told or written, a page at a time.

use super::Outcome;
use crate::store::{Page, PageAsked, Received};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, named_params};

/// Where entries stand: a table that has the columns `number`, `authority`, `received` and
/// `received_instant`.
pub(super) struct Entries<'a> {
    pub(super) table: &'a str,
    /// What is joined to the table, which is called `n`.
    pub(super) join: &'a str,
    /// The columns of an entry.
    pub(super) columns: &'a str,
}

impl Entries<'_> {
    /// Reads a page.
    pub(super) fn page<T>(
        &self,
        t: &Connection,
        asked: &PageAsked<'_>,
        read: impl Fn(&Row<'_>) -> Outcome<T>,
    ) -> Outcome<Page<T>> {
        let Self {
            table,
            join,
            columns,
        } = self;
        let (condition, value) = match asked.received {
            Received::AtAnyTime => (":when IS NULL", Value::Null),
            Received::Since(at) => ("n.received_instant >= :when", at.timestamp_micros().into()),
            Received::On(day) => ("substr(n.received, 1, 10) = :when", day.to_string().into()),
        };
        let total: i64 = t.query_row(
            &format!(
                "SELECT count(*) FROM {table} n WHERE n.authority = :authority AND {condition}"
            ),
            named_params! { ":authority": asked.authority.as_str(), ":when": value },
            |row| row.get(0),
        )?;
        let mut statement = t.prepare(&format!(
            "SELECT {columns}, n.number AS entry_number FROM {table} n {join} \
             WHERE n.authority = :authority AND {condition} AND n.number > :after \
             ORDER BY n.number LIMIT :limit"
        ))?;
        let limit = i64::try_from(asked.limit).unwrap_or(i64::MAX - 1);
        let rows = statement.query_map(
            named_params! {
                ":authority": asked.authority.as_str(),
                ":when": value,
                ":after": asked.after,
                ":limit": limit + 1,
            },
            |row| Ok((row.get("entry_number")?, read(row))),
        )?;
        let numbered = rows.map(|row| {
            let (number, entry) = row?;
            Ok((number, entry?))
        });
        let numbered = numbered.collect::<Outcome<_>>()?;
        Ok(Page::of(total, numbered, asked.limit))
    }
}
