//! The rows of workstations, sessions and tokens.

use super::{
    AssertionId, Bearer, Hash, NewSession, Outcome, Renewal, Renewed, Workstation, unreadable,
};
use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::Value;

pub(super) fn add_enrolment_code(t: &Transaction<'_>, code: &Hash, until: i64) -> Outcome<()> {
    t.execute(
        "INSERT INTO enrolment_code (code, until) VALUES (?1, ?2)",
        params![code.as_str(), until],
    )?;
    Ok(())
}

pub(super) fn enrol(t: &Transaction<'_>, code: &Hash, workstation: &Workstation) -> Outcome<bool> {
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

pub(super) fn workstation(t: &Transaction<'_>, client_id: &str) -> Outcome<Option<Workstation>> {
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

pub(super) fn first_use(
    t: &Transaction<'_>,
    assertion: &AssertionId<'_>,
    now: i64,
) -> Outcome<bool> {
    t.execute("DELETE FROM assertion WHERE until < ?1", [now])?;
    let added = t.execute(
        "INSERT OR IGNORE INTO assertion (issuer, id, until) VALUES (?1, ?2, ?3)",
        params![assertion.issuer, assertion.id, assertion.until],
    )?;
    Ok(added == 1)
}

pub(super) fn add_workstation_token(
    t: &Transaction<'_>,
    client_id: &str,
    token: &Hash,
    until: i64,
) -> Outcome<()> {
    t.execute(
        "INSERT INTO access_token (token, workstation, until) VALUES (?1, ?2, ?3)",
        params![token.as_str(), client_id, until],
    )?;
    Ok(())
}

pub(super) fn add_authorisation_code(
    t: &Transaction<'_>,
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
    t: &Transaction<'_>,
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
    found
        .filter(|(_, until)| now <= *until)
        .map(|(grant, _)| serde_json::from_str(&grant).map_err(|_| unreadable("a grant")))
        .transpose()
}

pub(super) fn open_session(t: &Transaction<'_>, session: &NewSession<'_>) -> Outcome<()> {
    t.execute(
        "INSERT INTO session (id, user_id, client_id, until) VALUES (?1, ?2, ?3, ?4)",
        params![
            session.id,
            session.user_id,
            session.client_id,
            session.until
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

pub(super) fn renew(t: &Transaction<'_>, renewal: &Renewal<'_>) -> Outcome<Renewed> {
    let found: Option<(String, bool, i64)> = t
        .query_row(
            "SELECT s.id, r.used, s.until FROM refresh_token r JOIN session s ON s.id = r.session \
             WHERE r.token = ?1 AND s.client_id = ?2 AND NOT s.ended AND s.until > ?3",
            params![renewal.presented.as_str(), renewal.client_id, renewal.now],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let Some((session, used, until)) = found else {
        return Ok(Renewed::Refused);
    };
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
    Ok(Renewed::Until(until))
}

pub(super) fn revoke(t: &Transaction<'_>, token: &Hash) -> Outcome<()> {
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

pub(super) fn bearer(t: &Transaction<'_>, token: &Hash, now: i64) -> Outcome<Option<Bearer>> {
    let found: Option<(Option<String>, Option<String>)> = t
        .query_row(
            "SELECT s.user_id, a.workstation FROM access_token a \
             LEFT JOIN session s ON s.id = a.session \
             WHERE a.token = ?1 AND a.until > ?2 AND (s.id IS NULL OR NOT s.ended)",
            params![token.as_str(), now],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    Ok(match found {
        Some((Some(user_id), _)) => Some(Bearer::User { user_id }),
        Some((None, Some(client_id))) => Some(Bearer::Workstation { client_id }),
        _ => None,
    })
}

fn add_tokens(
    t: &Transaction<'_>,
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
fn end(t: &Transaction<'_>, session: &str) -> Outcome<()> {
    t.execute("UPDATE session SET ended = 1 WHERE id = ?1", [session])?;
    Ok(())
}
