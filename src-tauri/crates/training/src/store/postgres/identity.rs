//! The rows of workstations, sessions and tokens.

use super::{
    AssertionId, Connection, Hash, HeldToken, NewSession, NewWorkstationToken, Outcome, Renewal,
    Renewed, Workstation, column, unreadable,
};
use crate::assurance::AssuranceLevel;
use crate::store::Bearer;
use serde_json::Value;

/// Seconds for which an assertion's identifier is kept beyond its end: the clocks of two backends on
/// one database may differ, and what one holds for expired the other must still refuse.
const CLOCKS_DIFFER_BY: i64 = 300;

pub(super) fn add_enrolment_code(c: &Connection, code: &Hash, until: i64) -> Outcome<()> {
    c.execute(
        "INSERT INTO enrolment_code (code, until) VALUES ($1, $2)",
        &[&code.as_str(), &until],
    )?;
    Ok(())
}

pub(super) fn enrol(c: &Connection, code: &Hash, workstation: &Workstation) -> Outcome<bool> {
    let used = c.execute(
        "DELETE FROM enrolment_code WHERE code = $1 AND until >= $2",
        &[&code.as_str(), &workstation.enrolled],
    )?;
    if used == 1 {
        c.execute(
            "INSERT INTO workstation (client_id, name, keys, enrolled) VALUES ($1, $2, $3, $4)",
            &[
                &workstation.client_id,
                &workstation.name,
                &workstation.keys.to_string(),
                &workstation.enrolled,
            ],
        )?;
    }
    Ok(used == 1)
}

pub(super) fn workstation(c: &Connection, client_id: &str) -> Outcome<Option<Workstation>> {
    c.query_opt(
        "SELECT name, keys, enrolled FROM workstation WHERE client_id = $1",
        &[&client_id],
    )?
    .map(|row| {
        Ok(Workstation {
            client_id: client_id.to_owned(),
            name: column(&row, 0)?,
            keys: serde_json::from_str(column(&row, 1)?)
                .map_err(|_| unreadable("a workstation's keys"))?,
            enrolled: column(&row, 2)?,
        })
    })
    .transpose()
}

pub(super) fn first_use(c: &Connection, assertion: &AssertionId<'_>, now: i64) -> Outcome<bool> {
    // What another is forgetting at the same time need not be waited for.
    c.execute(
        "DELETE FROM assertion WHERE (issuer, id) IN ( \
             SELECT issuer, id FROM assertion WHERE until < $1 LIMIT 100 FOR UPDATE SKIP LOCKED)",
        &[&(now - CLOCKS_DIFFER_BY)],
    )?;
    let added = c.execute(
        "INSERT INTO assertion (issuer, id, until) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        &[&assertion.issuer, &assertion.id, &assertion.until],
    )?;
    Ok(added == 1)
}

pub(super) fn add_workstation_token(
    c: &Connection,
    token: &NewWorkstationToken<'_>,
) -> Outcome<()> {
    c.execute(
        "INSERT INTO access_token (token, workstation, until, bound_to) VALUES ($1, $2, $3, $4)",
        &[
            &token.token.as_str(),
            &token.client_id,
            &token.until,
            &token.bound_to,
        ],
    )?;
    Ok(())
}

pub(super) fn add_authorisation_code(
    c: &Connection,
    code: &Hash,
    grant: &Value,
    until: i64,
) -> Outcome<()> {
    c.execute(
        "INSERT INTO authorisation_code (code, granted, until) VALUES ($1, $2, $3)",
        &[&code.as_str(), &grant.to_string(), &until],
    )?;
    Ok(())
}

pub(super) fn take_authorisation_code(
    c: &Connection,
    code: &Hash,
    now: i64,
) -> Outcome<Option<Value>> {
    let found = c.query_opt(
        "DELETE FROM authorisation_code WHERE code = $1 RETURNING granted, until",
        &[&code.as_str()],
    )?;
    let Some(row) = found else {
        c.execute(
            "UPDATE session SET ended = true WHERE code = $1",
            &[&code.as_str()],
        )?;
        return Ok(None);
    };
    if now > column::<i64>(&row, 1)? {
        return Ok(None);
    }
    let grant = serde_json::from_str(column(&row, 0)?).map_err(|_| unreadable("a grant"))?;
    Ok(Some(grant))
}

pub(super) fn open_session(c: &Connection, session: &NewSession<'_>) -> Outcome<()> {
    c.execute(
        "INSERT INTO session (id, user_id, client_id, until, bound_to, assurance, code) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            &session.id,
            &session.user_id,
            &session.client_id,
            &session.until,
            &session.bound_to,
            &i64::from(session.assurance.number()),
            &session.code.map(Hash::as_str),
        ],
    )?;
    add_tokens(
        c,
        session.id,
        session.access,
        session.access_until,
        session.refresh,
    )
}

pub(super) fn renew(c: &Connection, renewal: &Renewal<'_>) -> Outcome<Renewed> {
    // Of two that come at once with the same token the second waits here for the first, and then
    // finds the token used.
    let found = c.query_opt(
        "SELECT s.id, r.used, s.until, s.bound_to FROM refresh_token r \
         JOIN session s ON s.id = r.session \
         WHERE r.token = $1 AND s.client_id = $2 AND NOT s.ended AND s.until > $3 \
         FOR NO KEY UPDATE",
        &[
            &renewal.presented.as_str(),
            &renewal.client_id,
            &renewal.now,
        ],
    )?;
    let Some(row) = found else {
        return Ok(Renewed::Refused);
    };
    let session: &str = column(&row, 0)?;
    let until: i64 = column(&row, 2)?;
    let bound_to: Option<&str> = column(&row, 3)?;
    // Before anything else: who cannot prove the key can neither use the token up nor end the
    // session with it.
    if bound_to.is_some() && bound_to != renewal.proven {
        return Ok(Renewed::KeyNotProven);
    }
    if column(&row, 1)? {
        end(c, session)?;
        return Ok(Renewed::UsedBefore);
    }
    c.execute(
        "UPDATE refresh_token SET used = true WHERE token = $1",
        &[&renewal.presented.as_str()],
    )?;
    let access_until = renewal.access_until.min(until);
    add_tokens(c, session, renewal.access, access_until, renewal.refresh)?;
    Ok(Renewed::Until {
        until,
        bound: bound_to.is_some(),
    })
}

pub(super) fn revoke(c: &Connection, token: &Hash) -> Outcome<()> {
    let session = c.query_opt(
        "SELECT session FROM refresh_token WHERE token = $1 \
         UNION SELECT session FROM access_token WHERE token = $1 AND session IS NOT NULL",
        &[&token.as_str()],
    )?;
    match session {
        Some(row) => end(c, column(&row, 0)?),
        None => {
            c.execute(
                "DELETE FROM access_token WHERE token = $1",
                &[&token.as_str()],
            )?;
            Ok(())
        }
    }
}

pub(super) fn bearer(c: &Connection, token: &Hash, now: i64) -> Outcome<Option<HeldToken>> {
    let found = c.query_opt(
        "SELECT a.workstation, s.user_id, s.assurance, coalesce(s.bound_to, a.bound_to) \
         FROM access_token a LEFT JOIN session s ON s.id = a.session \
         WHERE a.token = $1 AND a.until > $2 AND (s.id IS NULL OR NOT s.ended)",
        &[&token.as_str(), &now],
    )?;
    let Some(row) = found else {
        return Ok(None);
    };
    let bearer = match column(&row, 0)? {
        Some(client_id) => Bearer::Workstation { client_id },
        None => Bearer::User {
            user_id: column(&row, 1)?,
            assurance: AssuranceLevel::of_number(column(&row, 2)?)
                .ok_or_else(|| unreadable("an assurance level"))?,
        },
    };
    Ok(Some(HeldToken {
        bearer,
        bound_to: column(&row, 3)?,
    }))
}

fn add_tokens(
    c: &Connection,
    session: &str,
    access: &Hash,
    access_until: i64,
    refresh: &Hash,
) -> Outcome<()> {
    c.execute(
        "INSERT INTO access_token (token, session, until) VALUES ($1, $2, $3)",
        &[&access.as_str(), &session, &access_until],
    )?;
    c.execute(
        "INSERT INTO refresh_token (token, session) VALUES ($1, $2)",
        &[&refresh.as_str(), &session],
    )?;
    Ok(())
}

/// Ends a session: none of its tokens holds any more.
fn end(c: &Connection, session: &str) -> Outcome<()> {
    c.execute("UPDATE session SET ended = true WHERE id = $1", &[&session])?;
    Ok(())
}
