//! The register's rows: plans, accesses, notifications, agreements.

use super::{
    Look, Notification, Outcome, StoredAccess, StoredPlan, date, moment, number, unreadable, way,
};
use crate::population::{AuthorityToShare, TrainingAccess, TrainingPatient};
use crate::store::reading::{made_up_id, told};
use crate::store::{ReportedLook, Way};
use chrono::{DateTime, FixedOffset, NaiveDate};
use cpis_record::{
    Authority, CareSetting, NhsNumber, OdsCode, Plan, PlanKind, PlanStatus, Telephone,
};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

/// Adds what the register holds about a made-up person.
pub(super) fn add(t: &Connection, patient: &TrainingPatient, seed: u64) -> Outcome<()> {
    let digits = patient.nhs_number.digits();
    let id = |what: &str, place: usize| made_up_id(seed, what, &digits, place);
    // One that the authority has submitted a change of has the same id, and stays.
    for (place, plan) in patient.plans.iter().enumerate() {
        let display = match &plan.kind {
            PlanKind::Other { display, .. } => display.clone(),
            PlanKind::ChildProtection | PlanKind::LookedAfter | PlanKind::UnbornChild => None,
        };
        t.execute(
            "INSERT INTO plan (id, nhs_number, code, display, start_date, end_date, authority_name, \
             authority_code, office_hours, emergency_duty, last_updated, birth_date) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
             ON CONFLICT (id) DO NOTHING",
            params![
                id("plan", place).to_string(),
                digits,
                plan.kind.snomed(),
                display,
                plan.start.map(|d| d.to_string()),
                plan.end.map(|d| d.to_string()),
                plan.authority.name,
                plan.authority.ods_code.as_ref().map(OdsCode::as_str),
                plan.authority.office_hours.as_ref().map(Telephone::as_str),
                plan.authority.emergency_duty.as_ref().map(Telephone::as_str),
                plan.last_updated.map(|at| at.to_rfc3339()),
                patient.birth_date.to_string(),
            ],
        )?;
    }
    for (place, access) in patient.accesses.iter().enumerate() {
        insert_access(t, id("access", place), &patient.nhs_number, None, access)?;
    }
    Ok(())
}

/// What [`read_plan`] reads.
pub(super) const PLAN_COLUMNS: &str = "id, code, display, start_date, end_date, authority_name, \
                                       authority_code, office_hours, emergency_duty, \
                                       last_updated, birth_date";

/// The records that the register shows on a day: those in force first, then the newest first.
pub(super) fn shown_plans(
    t: &Connection,
    person: &NhsNumber,
    today: NaiveDate,
) -> Outcome<Vec<StoredPlan>> {
    let mut plans = plans(t, person)?;
    plans.retain(|p| p.is_shown(today));
    plans.sort_by_key(|p| p.plan.status_on(today) != PlanStatus::Current);
    Ok(plans)
}

/// Every record under a number, shown or not: the newest first.
pub(super) fn plans(t: &Connection, person: &NhsNumber) -> Outcome<Vec<StoredPlan>> {
    let mut statement = t.prepare_cached(&format!(
        "SELECT {PLAN_COLUMNS} FROM plan WHERE nhs_number = ?1 ORDER BY start_date DESC, id"
    ))?;
    let rows = statement.query_map([person.digits()], |row| Ok(read_plan(row)))?;
    rows.map(|row| row?).collect()
}

/// Takes note of a look that came as a request. What the register shows to it.
pub(super) fn look(t: &Connection, look: &Look) -> Outcome<Vec<StoredPlan>> {
    take_note(t, look, look.access.at, Way::Live)
}

/// Takes note of a look of which an audit record told that came at this moment.
pub(super) fn late_look(
    t: &Connection,
    reported: &ReportedLook,
    received: DateTime<FixedOffset>,
) -> Outcome<()> {
    take_note(t, &reported.look, received, reported.way)?;
    Ok(())
}

fn take_note(
    t: &Connection,
    look: &Look,
    received: DateTime<FixedOffset>,
    way: Way,
) -> Outcome<Vec<StoredPlan>> {
    t.prepare_cached(
        "INSERT OR IGNORE INTO look (trace_id, nhs_number, unscheduled) VALUES (?1, ?2, ?3)",
    )?
    .execute(params![
        look.trace_id,
        look.nhs_number.digits(),
        look.unscheduled
    ])?;
    let plans = shown_plans(t, &look.nhs_number, look.access.at.date_naive())?;
    if look.unscheduled {
        enter(t, look, &plans, received, way)?;
    }
    Ok(plans)
}

/// Whether a request with this trace has been seen.
pub(super) fn is_known(t: &Connection, trace_id: &str) -> Outcome<bool> {
    let known = t
        .prepare_cached("SELECT 1 FROM look WHERE trace_id = ?1")?
        .exists([trace_id])?;
    Ok(known)
}

/// Enters a look in the history, and tells every authority that holds a record, once for its trace.
/// Only people with a record have a history.
fn enter(
    t: &Connection,
    look: &Look,
    plans: &[StoredPlan],
    received: DateTime<FixedOffset>,
    way: Way,
) -> Outcome<()> {
    let id = Uuid::now_v7();
    if plans.is_empty()
        || !insert_access(t, id, &look.nhs_number, Some(&look.trace_id), &look.access)?
    {
        return Ok(());
    }
    let mut tell = t.prepare_cached(
        "INSERT INTO notification (trace_id, nhs_number, authority, access_id, received, \
         received_instant, way) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for authority in told(plans) {
        tell.execute(params![
            look.trace_id,
            look.nhs_number.digits(),
            authority,
            id.to_string(),
            received.to_rfc3339(),
            received.timestamp_micros(),
            way.code(),
        ])?;
    }
    Ok(())
}

/// Whether the access was new.
pub(super) fn insert_access(
    t: &Connection,
    id: Uuid,
    person: &NhsNumber,
    trace_id: Option<&str>,
    access: &TrainingAccess,
) -> Outcome<bool> {
    let mut statement = t.prepare_cached(
        "INSERT INTO access (id, nhs_number, trace_id, made_up, recorded, instant, viewer, \
         role_profile, role_code, role_name, organisation_code, organisation_name) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
         ON CONFLICT (nhs_number, trace_id) DO NOTHING",
    )?;
    let added = statement.execute(params![
        id.to_string(),
        person.digits(),
        trace_id,
        trace_id.is_none(),
        access.at.to_rfc3339(),
        access.at.timestamp_micros(),
        access.viewer,
        access.role_profile,
        access.role_code,
        access.role_name,
        access.organisation.as_str(),
        access.organisation_name,
    ])?;
    Ok(added == 1)
}

pub(super) const ACCESS_COLUMNS: &str = "a.id, a.recorded, a.viewer, a.role_profile, a.role_code, a.role_name, \
                              a.organisation_code, a.organisation_name";

/// The newest accesses, without the one of a trace.
pub(super) fn history(
    t: &Connection,
    person: &NhsNumber,
    except: &str,
    limit: usize,
) -> Outcome<Vec<StoredAccess>> {
    let mut statement = t.prepare_cached(&format!(
        "SELECT {ACCESS_COLUMNS} FROM access a \
         WHERE a.nhs_number = ?1 AND a.trace_id IS NOT ?2 \
         ORDER BY a.instant DESC, a.id LIMIT ?3"
    ))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![person.digits(), except, limit], |row| {
        Ok(read_access(row))
    })?;
    rows.map(|row| row?).collect()
}

/// Every notification, oldest first.
pub(super) fn notifications(t: &Connection) -> Outcome<Vec<Notification>> {
    let mut statement = t.prepare(&format!(
        "SELECT {ACCESS_COLUMNS}, n.trace_id, n.nhs_number, n.authority, n.received, n.way \
         FROM notification n \
         JOIN access a ON a.id = n.access_id ORDER BY n.number"
    ))?;
    let rows = statement.query_map([], |row| {
        Ok((|| {
            Ok(Notification {
                access: read_access(row)?.access,
                trace_id: row.get(8)?,
                nhs_number: number(&row.get::<_, String>(9)?)?,
                authority: row.get(10)?,
                received: moment(&row.get::<_, String>(11)?)?,
                way: way(&row.get::<_, String>(12)?)?,
            })
        })())
    })?;
    rows.map(|row| row?).collect()
}

/// The agreements of an organisation.
pub(super) fn authorities_to_share(
    t: &Connection,
    organisation: &OdsCode,
) -> Outcome<Vec<AuthorityToShare>> {
    let mut statement = t.prepare_cached(
        "SELECT care_setting, from_date, until_date FROM authority_to_share \
         WHERE organisation = ?1",
    )?;
    let rows = statement.query_map([organisation.as_str()], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, Option<String>>(2)?,
        ))
    })?;
    rows.map(|row| {
        let (care_setting, from, until) = row?;
        Ok(AuthorityToShare {
            organisation: organisation.clone(),
            care_setting: care_setting
                .parse()
                .map_err(|_| unreadable("a care setting"))?,
            from: date(&from)?,
            until: until.map(|d| date(&d)).transpose()?,
        })
    })
    .collect()
}

/// Adds or replaces an agreement.
pub(super) fn set_authority_to_share(t: &Connection, agreement: &AuthorityToShare) -> Outcome<()> {
    t.execute(
        "INSERT OR REPLACE INTO authority_to_share (organisation, care_setting, from_date, \
         until_date) VALUES (?1, ?2, ?3, ?4)",
        params![
            agreement.organisation.as_str(),
            agreement.care_setting.id(),
            agreement.from.to_string(),
            agreement.until.map(|d| d.to_string()),
        ],
    )?;
    Ok(())
}

/// Removes an agreement.
pub(super) fn remove_authority_to_share(
    t: &Connection,
    organisation: &OdsCode,
    care_setting: CareSetting,
) -> Outcome<()> {
    t.execute(
        "DELETE FROM authority_to_share WHERE organisation = ?1 AND care_setting = ?2",
        [organisation.as_str(), care_setting.id()],
    )?;
    Ok(())
}

pub(super) fn read_plan(row: &Row<'_>) -> Outcome<StoredPlan> {
    let text = |place: usize| row.get::<_, Option<String>>(place);
    let day = |place: usize| text(place)?.map(|d| date(&d)).transpose();
    let telephone = |place: usize| -> Outcome<Option<Telephone>> {
        Ok(text(place)?.as_deref().and_then(Telephone::new))
    };
    let code: String = row.get(1)?;
    Ok(StoredPlan {
        id: row.get(0)?,
        birth_date: day(10)?,
        plan: Plan {
            kind: PlanKind::from_snomed(&code, text(2)?.as_deref()),
            start: day(3)?,
            end: day(4)?,
            authority: Authority {
                name: text(5)?,
                ods_code: text(6)?
                    .map(|c| c.parse())
                    .transpose()
                    .map_err(|_| unreadable("an authority's code"))?,
                office_hours: telephone(7)?,
                emergency_duty: telephone(8)?,
            },
            last_updated: text(9)?.map(|at| moment(&at)).transpose()?,
        },
    })
}

pub(super) fn read_access(row: &Row<'_>) -> Outcome<StoredAccess> {
    Ok(StoredAccess {
        id: row.get(0)?,
        access: TrainingAccess {
            at: moment(&row.get::<_, String>(1)?)?,
            viewer: row.get(2)?,
            role_profile: row.get(3)?,
            role_code: row.get(4)?,
            role_name: row.get(5)?,
            organisation: row
                .get::<_, String>(6)?
                .parse()
                .map_err(|_| unreadable("an organisation's code"))?,
            organisation_name: row.get(7)?,
        },
    })
}
