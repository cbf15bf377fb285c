//! Pages of a search and how they are put together: all of them, or an error.

use crate::ReadError;
use std::collections::HashSet;
use std::fmt;

/// The most pages that one answer may have. The published interface has no paging; a backend that
/// adds it has no reason for more.
pub const PAGE_LIMIT: usize = 20;

const DISAGREE: ReadError = ReadError::Incomplete("the total disagrees with the records");

/// One page of a search. It gives its records only through [`Pages`], so that a page alone is never
/// taken for the answer. `Debug` is redacted.
pub struct Page<T> {
    pub(crate) items: Vec<T>,
    /// How many matches the items were read from.
    pub(crate) matches: u64,
    pub(crate) total: Option<u64>,
    pub(crate) next: Option<String>,
    /// What tells the matches apart.
    pub(crate) identities: Vec<String>,
}

impl<T> fmt::Debug for Page<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Page(redacted)")
    }
}

/// Puts the pages of one search together.
///
/// ```
/// # use cpis_fhir::{Pages, Progress, read_plans_page};
/// # let asked = cpis_record::NhsNumber::parse("9990000018")?;
/// # let body = br#"{"resourceType":"Bundle","type":"searchset","total":0}"#;
/// let mut pages = Pages::new();
/// match pages.add(read_plans_page(body, &asked)?)? {
///     Progress::More { url } => { /* fetch the url, which must be of the same origin; add it too */ }
///     Progress::Complete(plans) => assert!(plans.is_empty()),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Pages<T> {
    items: Vec<T>,
    matches: u64,
    total: Option<u64>,
    count: usize,
    urls: HashSet<String>,
    identities: HashSet<String>,
    over: bool,
}

/// What is known after a page.
pub enum Progress<T> {
    /// There is another page.
    More {
        /// Where it is, as the server wrote it: it may be relative, and it holds the NHS number.
        /// Whoever follows it makes sure that it leads to the same origin.
        url: String,
    },
    /// That was all: every record, of every page.
    Complete(Vec<T>),
}

impl<T> fmt::Debug for Progress<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::More { .. } => "More(redacted)",
            Self::Complete(_) => "Complete(redacted)",
        })
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pages(redacted)")
    }
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Pages<T> {
    /// No page yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            items: Vec::new(),
            matches: 0,
            total: None,
            count: 0,
            urls: HashSet::new(),
            identities: HashSet::new(),
            over: false,
        }
    }

    /// Adds the next page, in the order of the links.
    ///
    /// # Errors
    /// [`ReadError::Incomplete`] when the first page has no total, the totals of two pages differ,
    /// the records of all pages are more or fewer than the total, a record or a link comes twice,
    /// or there are more than [`PAGE_LIMIT`] pages. After an error the search is over.
    pub fn add(&mut self, page: Page<T>) -> Result<Progress<T>, ReadError> {
        if std::mem::replace(&mut self.over, true) {
            return Err(ReadError::Incomplete("a page after the end"));
        }
        self.count += 1;
        let total = match (self.total, page.total) {
            (None, None) => return Err(ReadError::Incomplete("no total")),
            (Some(first), Some(this)) if first != this => return Err(DISAGREE),
            (Some(total), _) | (None, Some(total)) => total,
        };
        self.total = Some(total);
        for identity in page.identities {
            if !self.identities.insert(identity) {
                return Err(ReadError::Incomplete("a record comes twice"));
            }
        }
        self.items.extend(page.items);
        self.matches = self.matches.saturating_add(page.matches);
        let Some(url) = page.next else {
            return if self.matches == total {
                Ok(Progress::Complete(std::mem::take(&mut self.items)))
            } else {
                Err(DISAGREE)
            };
        };
        if self.matches > total {
            return Err(DISAGREE);
        }
        if self.count >= PAGE_LIMIT {
            return Err(ReadError::Incomplete("too many pages"));
        }
        if !self.urls.insert(url.clone()) {
            return Err(ReadError::Incomplete("the pages go round in a circle"));
        }
        self.over = false;
        Ok(Progress::More { url })
    }
}
