//! The rows of workstations, sessions and tokens.

use super::{
    AssertionId, Hash, HeldToken, NewSession, NewWorkstationToken, Outcome, Renewal, Renewed,
    Workstation, unreadable,
};
use crate::assurance::AssuranceLevel;
use crate::store::Bearer;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

pub(super) fn add_enrolment_code(t: &Connection, code: &Hash, until: i64) -> Outcome<()> {
    t.execute(
        "INSERT INTO enrolment_code (code, until) VALUES (?1, ?2)",
        params![code.as_str(), until],
    )?;
    Ok(())
}

pub(super) fn enrol(t: &Connection, code: &Hash, workstation: &Workstation) -> Outcome<bool> {
    let used = t.execute(
        "DELETE FROM enrolment_code WHERE code = ?1 AND until >= ?2",
        params![code.as_str(), workstation.enrolled],
    )?;
    if used == 1 {
        t.execute(
            "INSERT INTO workstation (client_id, name, keys, enrolled) VALUES (?1, ?2, ?3, ?4)",
            params![
                workstation.client_id,
                workstation.name,
                workstation.keys.to_string(),
                workstation.enrolled,
            ],
        )?;
    }
    Ok(used == 1)
}

pub(super) fn workstation(t: &Connection, client_id: &str) -> Outcome<Option<Workstation>> {
    let found: Option<(Option<String>, String, i64)> = t
        .query_row(
            "SELECT name, keys, enrolled FROM workstation WHERE client_id = ?1",
            [client_id],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    found
        .map(|(name, keys, enrolled)| {
            Ok(Workstation {
                client_id: client_id.to_owned(),
                name,
                keys: serde_json::from_str(&keys)
                    .map_err(|_| unreadable("a workstation's keys"))?,
                enrolled,
            })
        })
        .transpose()
}

pub(super) fn first_use(t: &Connection, assertion: &AssertionId<'_>, now: i64) -> Outcome<bool> {
    t.execute("DELETE FROM assertion WHERE until < ?1", [now])?;
    let added = t.execute(
        "INSERT OR IGNORE INTO assertion (issuer, id, until) VALUES (?1, ?2, ?3)",
        params![assertion.issuer, assertion.id, assertion.until],
    )?;
    Ok(added == 1)
}

pub(super) fn add_workstation_token(
    t: &Connection,
    token: &NewWorkstationToken<'_>,
) -> Outcome<()> {
    t.execute(
        "INSERT INTO access_token (token, workstation, until, bound_to) VALUES (?1, ?2, ?3, ?4)",
        params![
            token.token.as_str(),
            token.client_id,
            token.until,
            token.bound_to
        ],
    )?;
    Ok(())
}

pub(super) fn add_authorisation_code(
    t: &Connection,
    code: &Hash,
    grant: &Value,
    until: i64,
) -> Outcome<()> {
    t.execute(
        "INSERT INTO authorisation_code (code, granted, until) VALUES (?1, ?2, ?3)",
        params![code.as_str(), grant.to_string(), until],
    )?;
    Ok(())
}

pub(super) fn take_authorisation_code(
    t: &Connection,
    code: &Hash,
    now: i64,
) -> Outcome<Option<Value>> {
    let found: Option<(String, i64)> = t
        .query_row(
            "DELETE FROM authorisation_code WHERE code = ?1 RETURNING granted, until",
            [code.as_str()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    if found.is_none() {
        t.execute(
            "UPDATE session SET ended = 1 WHERE code = ?1",
            [code.as_str()],
        )?;
    }
    found
        .filter(|(_, until)| now <= *until)
        .map(|(grant, _)| serde_json::from_str(&grant).map_err(|_| unreadable("a grant")))
        .transpose()
}

pub(super) fn open_session(t: &Connection, session: &NewSession<'_>) -> Outcome<()> {
    t.execute(
        "INSERT INTO session (id, user_id, client_id, until, bound_to, assurance, code) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            session.id,
            session.user_id,
            session.client_id,
            session.until,
            session.bound_to,
            session.assurance.number(),
            session.code.map(Hash::as_str),
        ],
    )?;
    add_tokens(
        t,
        session.id,
        session.access,
        session.access_until,
        session.refresh,
    )
}

pub(super) fn renew(t: &Connection, renewal: &Renewal<'_>) -> Outcome<Renewed> {
    let found: Option<(String, bool, i64, Option<String>)> = t
        .query_row(
            "SELECT s.id, r.used, s.until, s.bound_to FROM refresh_token r \
             JOIN session s ON s.id = r.session \
             WHERE r.token = ?1 AND s.client_id = ?2 AND NOT s.ended AND s.until > ?3",
            params![renewal.presented.as_str(), renewal.client_id, renewal.now],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
        .optional()?;
    let Some((session, used, until, bound_to)) = found else {
        return Ok(Renewed::Refused);
    };
    // Before anything else: who cannot prove the key can neither use the token up nor end the
    // session with it.
    if bound_to.is_some() && bound_to.as_deref() != renewal.proven {
        return Ok(Renewed::KeyNotProven);
    }
    if used {
        end(t, &session)?;
        return Ok(Renewed::UsedBefore);
    }
    t.execute(
        "UPDATE refresh_token SET used = 1 WHERE token = ?1",
        [renewal.presented.as_str()],
    )?;
    let access_until = renewal.access_until.min(until);
    add_tokens(t, &session, renewal.access, access_until, renewal.refresh)?;
    Ok(Renewed::Until {
        until,
        bound: bound_to.is_some(),
    })
}

pub(super) fn revoke(t: &Connection, token: &Hash) -> Outcome<()> {
    let session: Option<String> = t
        .query_row(
            "SELECT session FROM refresh_token WHERE token = ?1 \
             UNION SELECT session FROM access_token WHERE token = ?1 AND session IS NOT NULL",
            [token.as_str()],
            |row| row.get(0),
        )
        .optional()?;
    match session {
        Some(session) => end(t, &session),
        None => {
            t.execute(
                "DELETE FROM access_token WHERE token = ?1",
                [token.as_str()],
            )?;
            Ok(())
        }
    }
}

pub(super) fn bearer(t: &Connection, token: &Hash, now: i64) -> Outcome<Option<HeldToken>> {
    let mut statement = t.prepare_cached(
        "SELECT a.workstation, s.user_id, s.assurance, coalesce(s.bound_to, a.bound_to) \
         FROM access_token a LEFT JOIN session s ON s.id = a.session \
         WHERE a.token = ?1 AND a.until > ?2 AND (s.id IS NULL OR NOT s.ended)",
    )?;
    let mut rows = statement.query(params![token.as_str(), now])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let bearer = match (row.get(0)?, row.get(1)?) {
        (Some(client_id), _) => Bearer::Workstation { client_id },
        (None, Some(user_id)) => Bearer::User {
            user_id,
            assurance: AssuranceLevel::of_number(row.get(2)?)
                .ok_or_else(|| unreadable("an assurance level"))?,
        },
        (None, None) => return Ok(None),
    };
    Ok(Some(HeldToken {
        bearer,
        bound_to: row.get(3)?,
    }))
}

fn add_tokens(
    t: &Connection,
    session: &str,
    access: &Hash,
    access_until: i64,
    refresh: &Hash,
) -> Outcome<()> {
    t.execute(
        "INSERT INTO access_token (token, session, until) VALUES (?1, ?2, ?3)",
        params![access.as_str(), session, access_until],
    )?;
    t.execute(
        "INSERT INTO refresh_token (token, session) VALUES (?1, ?2)",
        params![refresh.as_str(), session],
    )?;
    Ok(())
}

/// Ends a session: none of its tokens holds any more.
fn end(t: &Connection, session: &str) -> Outcome<()> {
    t.execute("UPDATE session SET ended = 1 WHERE id = ?1", [session])?;
    Ok(())
}
