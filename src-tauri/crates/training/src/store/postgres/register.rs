//! The register's rows: plans, accesses, notifications, agreements.

use super::{
    Connection, Look, Notification, Outcome, StoredAccess, StoredPlan, column, moment, number,
    unreadable, way,
};
use crate::population::{AuthorityToShare, TrainingAccess, TrainingPatient};
use crate::store::reading::{made_up_id, told};
use crate::store::{ReportedLook, Way};
use chrono::{DateTime, FixedOffset, NaiveDate};
use cpis_record::{
    Authority, CareSetting, NhsNumber, OdsCode, Plan, PlanKind, PlanStatus, Telephone,
};
use std::collections::HashSet;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

/// Adds what the register holds about made-up people.
pub(super) fn add(c: &Connection, patients: &[TrainingPatient], seed: u64) -> Outcome<()> {
    // One that the authority has submitted a change of has the same id, and stays.
    let rows = c.query("SELECT id FROM plan WHERE NOT made_up", &[])?;
    let submitted: HashSet<String> = rows
        .iter()
        .map(|row| column(row, 0))
        .collect::<Outcome<_>>()?;
    let submitted = &submitted;
    let plans = patients.iter().flat_map(|patient| {
        let digits = patient.nhs_number.digits();
        let rows = patient.plans.iter().enumerate();
        rows.filter_map(move |(place, plan)| {
            let id = made_up_id(seed, "plan", &digits, place).to_string();
            let row = || plan_row(id.clone(), digits.clone(), plan, patient.birth_date);
            (!submitted.contains(&id)).then(row)
        })
    });
    let texts = |count| std::iter::repeat_n(Type::TEXT, count);
    let types: Vec<Type> = texts(4)
        .chain([Type::DATE, Type::DATE])
        .chain(texts(5))
        .chain([Type::DATE])
        .collect();
    c.copy(
        "plan (id, nhs_number, code, display, start_date, end_date, authority_name, \
         authority_code, office_hours, emergency_duty, last_updated, birth_date)",
        &types,
        plans,
    )?;
    let accesses = patients.iter().flat_map(|patient| {
        let digits = patient.nhs_number.digits();
        patient
            .accesses
            .iter()
            .enumerate()
            .map(move |(place, access)| {
                let id = made_up_id(seed, "access", &digits, place);
                access_row(id.to_string(), digits.clone(), true, access)
            })
    });
    let types: Vec<Type> = access_types().collect();
    c.copy(&format!("access ({COPIED_COLUMNS})"), &types, accesses)
}

/// What [`access_row`] gives.
const COPIED_COLUMNS: &str = "id, nhs_number, made_up, recorded, instant, viewer, role_profile, \
                              role_code, role_name, organisation_code, organisation_name";

fn access_types() -> impl Iterator<Item = Type> {
    let texts = |count| std::iter::repeat_n(Type::TEXT, count);
    texts(2)
        .chain([Type::BOOL, Type::TEXT, Type::INT8])
        .chain(texts(6))
}

fn plan_row(
    id: String,
    digits: String,
    plan: &Plan,
    birth_date: NaiveDate,
) -> Vec<Box<dyn ToSql + Sync + '_>> {
    let display = match &plan.kind {
        PlanKind::Other { display, .. } => display.as_deref(),
        PlanKind::ChildProtection | PlanKind::LookedAfter | PlanKind::UnbornChild => None,
    };
    let authority = &plan.authority;
    vec![
        Box::new(id),
        Box::new(digits),
        Box::new(plan.kind.snomed()),
        Box::new(display),
        Box::new(plan.start),
        Box::new(plan.end),
        Box::new(authority.name.as_deref()),
        Box::new(authority.ods_code.as_ref().map(OdsCode::as_str)),
        Box::new(authority.office_hours.as_ref().map(Telephone::as_str)),
        Box::new(authority.emergency_duty.as_ref().map(Telephone::as_str)),
        Box::new(plan.last_updated.map(|at| at.to_rfc3339())),
        Box::new(birth_date),
    ]
}

fn access_row(
    id: String,
    digits: String,
    made_up: bool,
    access: &TrainingAccess,
) -> Vec<Box<dyn ToSql + Sync + '_>> {
    vec![
        Box::new(id),
        Box::new(digits),
        Box::new(made_up),
        Box::new(access.at.to_rfc3339()),
        Box::new(access.at.timestamp_micros()),
        Box::new(access.viewer.as_str()),
        Box::new(access.role_profile.as_str()),
        Box::new(access.role_code.as_str()),
        Box::new(access.role_name.as_str()),
        Box::new(access.organisation.as_str()),
        Box::new(access.organisation_name.as_str()),
    ]
}

/// The records that the register shows on a day: those in force first, then the newest first.
pub(super) fn shown_plans(
    c: &Connection,
    person: &NhsNumber,
    today: NaiveDate,
) -> Outcome<Vec<StoredPlan>> {
    let mut plans = plans(c, person)?;
    plans.retain(|p| p.is_shown(today));
    plans.sort_by_key(|p| p.plan.status_on(today) != PlanStatus::Current);
    Ok(plans)
}

/// Every record under a number, shown or not: the newest first.
pub(super) fn plans(c: &Connection, person: &NhsNumber) -> Outcome<Vec<StoredPlan>> {
    let rows = c.query(
        &format!(
            "SELECT {PLAN_COLUMNS} FROM plan WHERE nhs_number = $1 \
             ORDER BY start_date DESC NULLS LAST, id"
        ),
        &[&person.digits()],
    )?;
    rows.iter().map(read_plan).collect()
}

/// Every record under some numbers, each with its number, in the same order. No number may be there twice: its
/// records would be, too. Joined, since a kept plan would compare every record with each of the numbers, one after
/// the other.
pub(super) fn plans_of(c: &Connection, numbers: &[String]) -> Outcome<Vec<(String, StoredPlan)>> {
    let rows = c.query(
        &format!(
            "SELECT {PLAN_COLUMNS}, nhs_number \
             FROM unnest($1::text[]) asked JOIN plan ON nhs_number = asked \
             ORDER BY start_date DESC NULLS LAST, id"
        ),
        &[&numbers],
    )?;
    rows.iter()
        .map(|row| Ok((column(row, 11)?, read_plan(row)?)))
        .collect()
}

/// Adds accesses of a rehearsal. Each has a trace of its own, as a look has, so that it stays.
pub(super) fn add_to_stay(c: &Connection, accesses: &[(NhsNumber, StoredAccess)]) -> Outcome<()> {
    let rows = accesses.iter().map(|(person, stored)| {
        let mut row = access_row(stored.id.clone(), person.digits(), false, &stored.access);
        row.push(Box::new(stored.id.as_str()));
        row
    });
    let types: Vec<Type> = access_types().chain([Type::TEXT]).collect();
    c.copy(
        &format!("access ({COPIED_COLUMNS}, trace_id)"),
        &types,
        rows,
    )
}

/// Takes note of a look that came as a request. What the register shows to it.
pub(super) fn look(c: &Connection, look: &Look) -> Outcome<Vec<StoredPlan>> {
    is_new_trace(c, &look.trace_id)?;
    enter(c, look, look.access.at, Way::Live)
}

/// Takes note of a look of which an audit record told that came at this moment, unless a request
/// brought its trace: the unique key of the trace decides, also between two that come at once.
pub(super) fn late_look(
    c: &Connection,
    reported: &ReportedLook,
    received: DateTime<FixedOffset>,
) -> Outcome<()> {
    if is_new_trace(c, &reported.look.trace_id)? {
        enter(c, &reported.look, received, reported.way)?;
    }
    Ok(())
}

/// Keeps a trace; whether it was new.
fn is_new_trace(c: &Connection, trace_id: &str) -> Outcome<bool> {
    let added = c.execute(
        "INSERT INTO trace (trace_id) VALUES ($1) ON CONFLICT DO NOTHING",
        &[&trace_id],
    )?;
    Ok(added == 1)
}

/// Keeps a look. An unscheduled one enters the history and tells every authority that holds a record,
/// once for its trace. Only people with a record have a history.
fn enter(
    c: &Connection,
    look: &Look,
    received: DateTime<FixedOffset>,
    way: Way,
) -> Outcome<Vec<StoredPlan>> {
    let digits = look.nhs_number.digits();
    c.execute(
        "INSERT INTO look (trace_id, nhs_number, unscheduled) VALUES ($1, $2, $3) \
         ON CONFLICT DO NOTHING",
        &[&look.trace_id, &digits, &look.unscheduled],
    )?;
    let plans = shown_plans(c, &look.nhs_number, look.access.at.date_naive())?;
    if !look.unscheduled || plans.is_empty() {
        return Ok(plans);
    }
    let id = Uuid::now_v7().to_string();
    let access = &look.access;
    let added = c.execute(
        "INSERT INTO access (id, nhs_number, trace_id, made_up, recorded, instant, viewer, \
         role_profile, role_code, role_name, organisation_code, organisation_name) \
         VALUES ($1, $2, $3, false, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (nhs_number, trace_id) DO NOTHING",
        &[
            &id,
            &digits,
            &look.trace_id,
            &access.at.to_rfc3339(),
            &access.at.timestamp_micros(),
            &access.viewer,
            &access.role_profile,
            &access.role_code,
            &access.role_name,
            &access.organisation.as_str(),
            &access.organisation_name,
        ],
    )?;
    if added == 1 {
        tell(c, look, &told(&plans), &id, received, way)?;
    }
    Ok(plans)
}

/// Tells authorities. The notifications of each are numbered one transaction after the other: whoever
/// has read up to a number never finds one below it later. They are locked in their order, so that
/// two who tell the same ones wait instead of blocking one another.
fn tell(
    c: &Connection,
    look: &Look,
    authorities: &[String],
    access_id: &str,
    received: DateTime<FixedOffset>,
    way: Way,
) -> Outcome<()> {
    for authority in authorities {
        c.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('notification ' || $1, 0))",
            &[authority],
        )?;
        c.execute(
            "INSERT INTO notification (trace_id, nhs_number, authority, access_id, received, \
             received_instant, way) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                &look.trace_id,
                &look.nhs_number.digits(),
                authority,
                &access_id,
                &received.to_rfc3339(),
                &received.timestamp_micros(),
                &way.code(),
            ],
        )?;
    }
    Ok(())
}

/// What [`read_access`] reads.
pub(super) const ACCESS_COLUMNS: &str = "a.id, a.recorded, a.viewer, a.role_profile, a.role_code, a.role_name, \
                              a.organisation_code, a.organisation_name";

/// The newest accesses, without the one of a trace.
pub(super) fn history(
    c: &Connection,
    person: &NhsNumber,
    except: &str,
    limit: usize,
) -> Outcome<Vec<StoredAccess>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = c.query(
        &format!(
            "SELECT {ACCESS_COLUMNS} FROM access a \
             WHERE a.nhs_number = $1 AND a.trace_id IS DISTINCT FROM $2 \
             ORDER BY a.instant DESC, a.id LIMIT $3"
        ),
        &[&person.digits(), &except, &limit],
    )?;
    rows.iter().map(read_access).collect()
}

/// Every notification, oldest first.
pub(super) fn notifications(c: &Connection) -> Outcome<Vec<Notification>> {
    let rows = c.query(
        &format!(
            "SELECT {ACCESS_COLUMNS}, n.trace_id, n.nhs_number, n.authority, n.received, n.way \
             FROM notification n JOIN access a ON a.id = n.access_id ORDER BY n.number"
        ),
        &[],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Notification {
                access: read_access(row)?.access,
                trace_id: column(row, 8)?,
                nhs_number: number(column(row, 9)?)?,
                authority: column(row, 10)?,
                received: moment(column(row, 11)?)?,
                way: way(column(row, 12)?)?,
            })
        })
        .collect()
}

/// The agreements of an organisation.
pub(super) fn authorities_to_share(
    c: &Connection,
    organisation: &OdsCode,
) -> Outcome<Vec<AuthorityToShare>> {
    let rows = c.query(
        "SELECT care_setting, from_date, until_date FROM authority_to_share \
         WHERE organisation = $1 ORDER BY care_setting",
        &[&organisation.as_str()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(AuthorityToShare {
                organisation: organisation.clone(),
                care_setting: column::<&str>(row, 0)?
                    .parse()
                    .map_err(|_| unreadable("a care setting"))?,
                from: column(row, 1)?,
                until: column(row, 2)?,
            })
        })
        .collect()
}

/// Adds or replaces an agreement.
pub(super) fn set_authority_to_share(c: &Connection, agreement: &AuthorityToShare) -> Outcome<()> {
    c.execute(
        "INSERT INTO authority_to_share (organisation, care_setting, from_date, until_date) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (organisation, care_setting) DO UPDATE \
         SET from_date = excluded.from_date, until_date = excluded.until_date",
        &[
            &agreement.organisation.as_str(),
            &agreement.care_setting.id(),
            &agreement.from,
            &agreement.until,
        ],
    )?;
    Ok(())
}

/// Removes an agreement.
pub(super) fn remove_authority_to_share(
    c: &Connection,
    organisation: &OdsCode,
    care_setting: CareSetting,
) -> Outcome<()> {
    c.execute(
        "DELETE FROM authority_to_share WHERE organisation = $1 AND care_setting = $2",
        &[&organisation.as_str(), &care_setting.id()],
    )?;
    Ok(())
}

/// What [`read_plan`] reads.
pub(super) const PLAN_COLUMNS: &str = "id, code, display, start_date, end_date, authority_name, \
                                       authority_code, office_hours, emergency_duty, \
                                       last_updated, birth_date";

pub(super) fn read_plan(row: &Row) -> Outcome<StoredPlan> {
    let telephone = |place| -> Outcome<Option<Telephone>> {
        Ok(column::<Option<&str>>(row, place)?.and_then(Telephone::new))
    };
    Ok(StoredPlan {
        id: column(row, 0)?,
        birth_date: column(row, 10)?,
        plan: Plan {
            kind: PlanKind::from_snomed(column(row, 1)?, column(row, 2)?),
            start: column(row, 3)?,
            end: column(row, 4)?,
            authority: Authority {
                name: column(row, 5)?,
                ods_code: column::<Option<&str>>(row, 6)?
                    .map(str::parse)
                    .transpose()
                    .map_err(|_| unreadable("an authority's code"))?,
                office_hours: telephone(7)?,
                emergency_duty: telephone(8)?,
            },
            last_updated: column::<Option<&str>>(row, 9)?.map(moment).transpose()?,
        },
    })
}

pub(super) fn read_access(row: &Row) -> Outcome<StoredAccess> {
    Ok(StoredAccess {
        id: column(row, 0)?,
        access: TrainingAccess {
            at: moment(column(row, 1)?)?,
            viewer: column(row, 2)?,
            role_profile: column(row, 3)?,
            role_code: column(row, 4)?,
            role_name: column(row, 5)?,
            organisation: column::<&str>(row, 6)?
                .parse()
                .map_err(|_| unreadable("an organisation's code"))?,
            organisation_name: column(row, 7)?,
        },
    })
}
