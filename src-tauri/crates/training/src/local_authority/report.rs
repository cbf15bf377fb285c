//! The daily report of an authority: what it was told on one day, as CSV.

use crate::TrainingError;
use crate::backend::StoreLocation;
use crate::spreadsheet::safe;
use crate::store::{LocalAuthorityStore, NotificationsAsked, Received, StoredNotification};
use chrono::{NaiveDate, SecondsFormat};
use cpis_record::OdsCode;
use std::fs::File;
use std::path::Path;

/// Notifications that are read at a time.
const AT_A_TIME: usize = 500;

const COLUMNS: [&str; 7] = [
    "date_time",
    "viewer_name",
    "viewer_role",
    "organisation_ods_code",
    "nhs_number",
    "reached_us",
    "received_at",
];

/// Writes the report of a day as a file, from the store that a backend keeps in `database`, which
/// may be running; tells how many notifications it holds. The day is the one on which they reached
/// us, so that none that came late is missing from every report.
///
/// # Errors
/// [`TrainingError::Store`], [`TrainingError::OlderSchema`] or [`TrainingError::NewerSchema`] when
/// the store cannot be used; [`TrainingError::File`] when the file cannot be written.
pub fn daily_report_of(
    database: &StoreLocation,
    authority: &OdsCode,
    day: NaiveDate,
    out: &Path,
) -> Result<u64, TrainingError> {
    let store = database.open_to_read()?;
    let failed = |cause: std::io::Error| TrainingError::File {
        path: out.to_owned(),
        cause,
    };
    let mut file = csv::Writer::from_writer(File::create(out).map_err(failed)?);
    let mut count = 0;
    let mut row = 0;
    report_rows(store.as_ref(), authority, day, &mut |cells| {
        count += u64::from(row > 0);
        row += 1;
        file.write_record(cells)
            .map_err(|error| failed(error.into()))
    })?;
    file.flush().map_err(failed)?;
    Ok(count)
}

/// The report of a day as text.
pub(crate) fn daily_report(
    store: &dyn LocalAuthorityStore,
    authority: &OdsCode,
    day: NaiveDate,
) -> Result<Vec<u8>, TrainingError> {
    let mut text = csv::Writer::from_writer(Vec::new());
    report_rows(store, authority, day, &mut |cells| {
        text.write_record(cells)
            .map_err(|_| TrainingError::BrokenOff)
    })?;
    text.into_inner().map_err(|_| TrainingError::BrokenOff)
}

/// Hands over the headings, then every row, in the order in which they came.
fn report_rows(
    store: &dyn LocalAuthorityStore,
    authority: &OdsCode,
    day: NaiveDate,
    take: &mut dyn FnMut(&[String]) -> Result<(), TrainingError>,
) -> Result<(), TrainingError> {
    take(&COLUMNS.map(str::to_owned))?;
    let mut after = 0;
    loop {
        let page = store.authority_notifications(&NotificationsAsked {
            authority,
            received: Received::On(day),
            after,
            limit: AT_A_TIME,
        })?;
        for notification in &page.notifications {
            take(&cells(notification))?;
            after = notification.number;
        }
        if !page.more {
            return Ok(());
        }
    }
}

fn cells(notification: &StoredNotification) -> [String; 7] {
    let access = &notification.access.access;
    let time = |at: chrono::DateTime<_>| at.to_rfc3339_opts(SecondsFormat::Secs, false);
    let way = if notification.late {
        "late, from an offline clinic"
    } else {
        "live"
    };
    [
        time(access.at),
        safe(&access.viewer).into_owned(),
        safe(&access.role_name).into_owned(),
        access.organisation.to_string(),
        notification.nhs_number.digits(),
        way.to_owned(),
        time(notification.received),
    ]
}
