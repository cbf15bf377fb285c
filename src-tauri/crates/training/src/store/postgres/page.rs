//! Reading what one authority was told or written, a page at a time.

use super::{Connection, Outcome, column};
use crate::store::{Page, PageAsked, Received};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

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
        c: &Connection,
        asked: &PageAsked<'_>,
        read: impl Fn(&Row) -> Outcome<T>,
    ) -> Outcome<Page<T>> {
        let Self {
            table,
            join,
            columns,
        } = self;
        let authority = asked.authority.as_str();
        let (condition, when): (_, Box<dyn ToSql + Sync>) = match asked.received {
            Received::AtAnyTime => ("$2::bigint IS NULL", Box::new(None::<i64>)),
            Received::Since(at) => (
                "n.received_instant >= $2::bigint",
                Box::new(at.timestamp_micros()),
            ),
            Received::On(day) => (
                "substr(n.received, 1, 10) = $2::text",
                Box::new(day.to_string()),
            ),
        };
        let row = c.query_opt(
            &format!("SELECT count(*) FROM {table} n WHERE n.authority = $1 AND {condition}"),
            &[&authority, when.as_ref()],
        )?;
        let total: i64 = row.map_or(Ok(0), |row| column(&row, 0))?;
        let limit = i64::try_from(asked.limit).unwrap_or(i64::MAX - 1);
        let rows = c.query(
            &format!(
                "SELECT {columns}, n.number FROM {table} n {join} \
                 WHERE n.authority = $1 AND {condition} AND n.number > $3 \
                 ORDER BY n.number LIMIT $4"
            ),
            &[&authority, when.as_ref(), &asked.after, &(limit + 1)],
        )?;
        let numbered = rows
            .iter()
            .map(|row| Ok((column(row, row.len() - 1)?, read(row)?)))
            .collect::<Outcome<_>>()?;
        Ok(Page::of(total, numbered, asked.limit))
    }
}
