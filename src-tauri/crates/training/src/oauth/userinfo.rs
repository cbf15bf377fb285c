//! Who signed in, and their roles, in the shape of NHS CIS2's userinfo.
//!
//! Written strictly: identifiers as strings, arrays always there, assurance levels as strings as
//! CIS2 has them. `selected_roleid` is given only where there is one role to select.

use super::OAuthError;
use crate::app::App;
use crate::http::bearer_token;
use crate::population::{StaffMember, StaffRole};
use crate::store::{Bearer, Hash};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::{Value, json};
use std::sync::Arc;

/// Answers with the bearer's claims.
pub(super) async fn userinfo(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Json<Value>, OAuthError> {
    let invalid = || OAuthError::invalid_token("the access token is missing, expired or ended");
    let token = Hash::of(bearer_token(&headers).ok_or_else(invalid)?);
    let now = app.now().timestamp();
    let bearer = app.ask(move |store| store.bearer(&token, now)).await?;
    let Some(Bearer::User { user_id }) = bearer else {
        return Err(invalid());
    };
    let member = app.member(&user_id).ok_or_else(invalid)?;
    Ok(Json(claims(member)))
}

fn claims(member: &StaffMember) -> Value {
    let user_id = member.user_id.as_str();
    let mut claims = json!({
        "sub": user_id,
        "uid": user_id,
        "nhsid_useruid": user_id,
        "title": member.title,
        "given_name": member.given,
        "family_name": member.family,
        "name": member.name(),
        "id_assurance_level": "3",
        "authentication_assurance_level": "3",
        "nhsid_nrbac_roles": member.roles.iter().map(role).collect::<Vec<_>>(),
        "nhsid_user_orgs": organisations(&member.roles),
    });
    if let [only] = member.roles.as_slice() {
        claims["selected_roleid"] = only.role.profile.as_str().into();
    }
    claims
}

fn role(held: &StaffRole) -> Value {
    let role = &held.role;
    json!({
        "person_orgid": organisation_membership(role.profile.as_str()),
        "person_roleid": role.profile.as_str(),
        "org_code": role.organisation.ods_code.as_str(),
        "role_code": role.code,
        "role_name": held.national_name,
        "activities": held.activity_names,
        "activity_codes": role.activities.iter().map(|a| a.0.as_str()).collect::<Vec<_>>(),
    })
}

/// The membership a role profile belongs to: the profile's number with another beginning.
fn organisation_membership(profile: &str) -> String {
    format!("554{}", profile.get(3..).unwrap_or_default())
}

fn organisations(roles: &[StaffRole]) -> Vec<Value> {
    let mut codes = Vec::new();
    let mut listed = Vec::new();
    for organisation in roles.iter().map(|held| &held.role.organisation) {
        if !codes.contains(&organisation.ods_code) {
            codes.push(organisation.ods_code.clone());
            listed.push(json!({
                "org_code": organisation.ods_code.as_str(),
                "org_name": organisation.name.as_deref().unwrap_or_default(),
            }));
        }
    }
    listed
}
