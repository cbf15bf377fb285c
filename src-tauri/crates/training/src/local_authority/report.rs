//! The daily report of an authority: what it was told on one day, as CSV.

use crate::TrainingError;
use crate::spreadsheet::safe;
use crate::store::{LocalAuthorityStore, PageAsked, Received, StoredNotification};
use crate::store_location::StoreLocation;
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
    let not_written = |error: csv::Error| failed(error.into());
    file.write_record(COLUMNS).map_err(not_written)?;
    let mut count = 0;
    hand_over(store.as_ref(), authority, day, &mut |notifications| {
        count += notifications.len() as u64;
        notifications
            .iter()
            .try_for_each(|notification| file.write_record(cells(notification)))
            .map_err(not_written)
    })?;
    file.flush().map_err(failed)?;
    Ok(count)
}

/// Hands over the report of a day as text, a piece at a time, of which the first comes once the store
/// has been asked; none where there is an error before. `take` says whether anybody wants more.
///
/// # Errors
/// What the store says. The pieces handed over before are not the whole report.
pub(crate) fn daily_report(
    store: &dyn LocalAuthorityStore,
    authority: &OdsCode,
    day: NaiveDate,
    take: &mut dyn FnMut(Vec<u8>) -> bool,
) -> Result<(), TrainingError> {
    let mut first = true;
    hand_over(store, authority, day, &mut |notifications| {
        let mut text = csv::Writer::from_writer(Vec::new());
        let mut write = || {
            if std::mem::take(&mut first) {
                text.write_record(COLUMNS)?;
            }
            notifications
                .iter()
                .try_for_each(|notification| text.write_record(cells(notification)))
        };
        write().map_err(|_| TrainingError::BrokenOff)?;
        let piece = text.into_inner().map_err(|_| TrainingError::BrokenOff)?;
        take(piece).then_some(()).ok_or(TrainingError::BrokenOff)
    })
}

/// Hands over the notifications of a day, some at a time, in the order in which they came. Where there
/// are none, it hands over none once.
fn hand_over(
    store: &dyn LocalAuthorityStore,
    authority: &OdsCode,
    day: NaiveDate,
    take: &mut dyn FnMut(&[StoredNotification]) -> Result<(), TrainingError>,
) -> Result<(), TrainingError> {
    let mut after = 0;
    loop {
        let page = store.authority_notifications(&PageAsked {
            authority,
            received: Received::On(day),
            after,
            limit: AT_A_TIME,
        })?;
        take(&page.entries)?;
        match page.next {
            Some(next) => after = next,
            None => return Ok(()),
        }
    }
}

fn cells(notification: &StoredNotification) -> [String; 7] {
    let access = &notification.access.access;
    let time = |at: chrono::DateTime<_>| at.to_rfc3339_opts(SecondsFormat::Secs, false);
    [
        time(access.at),
        safe(&access.viewer).into_owned(),
        safe(&access.role_name).into_owned(),
        access.organisation.to_string(),
        notification.nhs_number.digits(),
        notification.way.words().to_owned(),
        time(notification.received),
    ]
}
