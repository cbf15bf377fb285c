//! The extract that the data notification of December 2020 names: seven items of each record and
//! four of each access, as CSV and NDJSON, with a manifest.
//!
//! Everything comes from one snapshot of the store and is written as it comes, so that the two forms
//! and the counts agree, and memory does not grow. Nothing else that the store knows leaves it this
//! way: no name of a child, no telephone number, no id. A period with a day outside every authority
//! to share is refused, and so is a folder with anything in it. Files get their names once they are
//! whole, the manifest last: a folder without a manifest is no extract.

mod table;

use crate::TrainingError;
use crate::store::{ExtractTaker, ExtractedRecord, LocalAuthorityStore, Period, StoredAccess};
use crate::store_location::StoreLocation;
use chrono::{DateTime, Days, FixedOffset, NaiveDate, SecondsFormat};
use cpis_record::{OdsCode, PlanKind};
use serde_json::json;
use std::path::Path;
use table::{Table, Written};

/// The items of a record.
const RECORD_ITEMS: [&str; 7] = [
    "local_authority_ods_code",
    "nhs_number",
    "date_of_birth",
    "type",
    "start_date",
    "end_date",
    "last_update",
];

/// The items of an access.
const ACCESS_ITEMS: [&str; 4] = [
    "date_time",
    "viewer_name",
    "viewer_role",
    "organisation_ods_code",
];

/// How much an extract holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extract {
    /// Records that were in force on a day of the period.
    pub records: u64,
    /// Accesses on a day of the period.
    pub accesses: u64,
}

/// Writes the extract of a period of whole days, both included, from the store that a backend keeps
/// in `database`, which may be running. `progress` hears how many items are done, and of how many.
///
/// # Errors
/// [`TrainingError::PeriodBackwards`], [`TrainingError::OutsideAuthorityToShare`],
/// [`TrainingError::FolderNotEmpty`]; [`TrainingError::File`] when a file cannot be written;
/// [`TrainingError::Store`], [`TrainingError::OlderSchema`] or [`TrainingError::NewerSchema`] when
/// the store cannot be used.
pub fn extract_from(
    database: &StoreLocation,
    (from, to): (NaiveDate, NaiveDate),
    out: &Path,
    now: DateTime<FixedOffset>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Extract, TrainingError> {
    let store = database.open_to_read()?;
    extract(store.as_ref(), Period { from, to }, out, now, progress)
}

/// As [`extract_from`].
pub(crate) fn extract(
    store: &dyn LocalAuthorityStore,
    period: Period,
    out: &Path,
    now: DateTime<FixedOffset>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Extract, TrainingError> {
    let Period { from, to } = period;
    if to < from {
        return Err(TrainingError::PeriodBackwards { from, to });
    }
    let shared = store.periods_to_share()?;
    if !is_covered(period, &shared) {
        return Err(TrainingError::OutsideAuthorityToShare {
            from,
            to,
            covered: in_words(&shared),
        });
    }
    let failed = |cause: std::io::Error| TrainingError::File {
        path: out.to_owned(),
        cause,
    };
    std::fs::create_dir_all(out).map_err(failed)?;
    if std::fs::read_dir(out).map_err(failed)?.next().is_some() {
        return Err(TrainingError::FolderNotEmpty(out.to_owned()));
    }
    let mut writing = Writing {
        records: Table::create(out, "records", &RECORD_ITEMS)?,
        accesses: Table::create(out, "accesses", &ACCESS_ITEMS)?,
        announced: Extract {
            records: 0,
            accesses: 0,
        },
        progress,
    };
    store.extract(period, &mut writing)?;
    let announced = writing.announced;
    let files: Vec<Written> = [writing.records.finish()?, writing.accesses.finish()?]
        .into_iter()
        .flatten()
        .collect();
    let manifest = json!({
        "period": { "from": from, "to": to },
        "made": now.to_rfc3339_opts(SecondsFormat::Secs, false),
        "records": { "count": announced.records, "items": RECORD_ITEMS },
        "accesses": { "count": announced.accesses, "items": ACCESS_ITEMS },
        "files": files.iter().map(|file| json!({
            "name": file.name,
            "rows": file.rows,
            "bytes": file.bytes,
            "sha256": file.sha256,
        })).collect::<Vec<_>>(),
    });
    table::write_whole(out, "manifest.json", &format!("{manifest:#}\n"))?;
    Ok(announced)
}

/// Whether every day of a period lies within an agreement.
fn is_covered(period: Period, shared: &[(NaiveDate, Option<NaiveDate>)]) -> bool {
    let mut day = period.from;
    // Each agreement that holds on the first day not yet covered carries it on past its own last.
    while day <= period.to {
        let last = shared
            .iter()
            .filter(|(from, until)| *from <= day && until.is_none_or(|until| until >= day))
            .map(|(_, until)| until.unwrap_or(NaiveDate::MAX))
            .max();
        match last.and_then(|last| last.checked_add_days(Days::new(1))) {
            Some(next) => day = next,
            // Without an end.
            None if last.is_some() => return true,
            None => return false,
        }
    }
    true
}

fn in_words(shared: &[(NaiveDate, Option<NaiveDate>)]) -> String {
    let mut shared = shared.to_vec();
    shared.sort_unstable();
    let words: Vec<String> = shared
        .iter()
        .map(|(from, until)| match until {
            Some(until) => format!("{from} to {until}"),
            None => format!("{from} onwards"),
        })
        .collect();
    if words.is_empty() {
        "no day".to_owned()
    } else {
        words.join(", ")
    }
}

struct Writing<'a> {
    records: Table,
    accesses: Table,
    announced: Extract,
    progress: &'a mut dyn FnMut(u64, u64),
}

impl Writing<'_> {
    fn tell(&mut self) {
        let done = self.records.rows() + self.accesses.rows();
        (self.progress)(done, self.announced.records + self.announced.accesses);
    }
}

impl ExtractTaker for Writing<'_> {
    fn counts(&mut self, records: u64, accesses: u64) -> Result<(), TrainingError> {
        self.announced = Extract { records, accesses };
        Ok(())
    }

    fn record(&mut self, record: ExtractedRecord) -> Result<(), TrainingError> {
        let plan = &record.plan;
        let day = |day: Option<NaiveDate>| day.map(|d| d.to_string());
        let kind = match &plan.kind {
            PlanKind::ChildProtection => "CPP",
            PlanKind::LookedAfter => "LAC",
            PlanKind::UnbornChild => "UCPP",
            PlanKind::Other { code, .. } => code,
        };
        let authority = plan.authority.ods_code.as_ref().map(OdsCode::as_str);
        self.records.row(&[
            authority,
            Some(&record.nhs_number.digits()),
            day(record.birth_date).as_deref(),
            Some(kind),
            day(plan.start).as_deref(),
            day(plan.end).as_deref(),
            plan.last_updated
                .map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, false))
                .as_deref(),
        ])?;
        self.tell();
        Ok(())
    }

    fn access(&mut self, stored: StoredAccess) -> Result<(), TrainingError> {
        let access = &stored.access;
        self.accesses.row(&[
            Some(&access.at.to_rfc3339_opts(SecondsFormat::Secs, false)),
            Some(&access.viewer),
            Some(&access.role_name),
            Some(access.organisation.as_str()),
        ])?;
        self.tell();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_a_period_must_be_covered() {
        let day = |d| NaiveDate::from_ymd_opt(2021, 1, d).expect("a day of January");
        let within = |from, to, shared: &[(u32, Option<u32>)]| {
            let shared: Vec<_> = shared
                .iter()
                .map(|(from, until)| (day(*from), until.map(day)))
                .collect();
            is_covered(
                Period {
                    from: day(from),
                    to: day(to),
                },
                &shared,
            )
        };
        assert!(within(5, 9, &[(5, Some(9))]));
        assert!(within(5, 9, &[(7, Some(9)), (1, Some(6))]));
        assert!(within(5, 31, &[(1, None)]));
        assert!(!within(5, 9, &[]));
        assert!(!within(5, 9, &[(6, None)]));
        assert!(!within(5, 9, &[(1, Some(8))]));
        assert!(!within(5, 9, &[(1, Some(6)), (8, None)]));
    }
}
