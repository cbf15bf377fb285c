//! Who signed in, and their roles, in the shape of NHS CIS2's userinfo.
//!
//! Written strictly: identifiers as strings, arrays always there, assurance levels as strings as
//! CIS2 has them. `selected_roleid` is given only where there is one role to select.

use super::OAuthError;
use super::access_token::bearer;
use crate::app::App;
use crate::assurance::AssuranceLevel;
use crate::population::{StaffMember, StaffRole};
use crate::store::Bearer;
use axum::Json;
use axum::extract::State;
use axum::http::request::Parts;
use serde_json::{Value, json};
use std::sync::Arc;

/// Answers with the bearer's claims.
pub(super) async fn userinfo(
    State(app): State<Arc<App>>,
    request: Parts,
) -> Result<Json<Value>, OAuthError> {
    let invalid = || OAuthError::invalid_token("the access token is not that of a person");
    let Bearer::User { user_id, assurance } = bearer(&app, &request).await? else {
        return Err(invalid());
    };
    let member = app.member(&user_id).ok_or_else(invalid)?;
    let roles = app.roles.held(member);
    Ok(Json(claims(member, &roles, assurance)))
}

fn claims(member: &StaffMember, roles: &[&StaffRole], assurance: AssuranceLevel) -> Value {
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
        "authentication_assurance_level": assurance.number().to_string(),
        "nhsid_nrbac_roles": roles.iter().copied().map(role).collect::<Vec<_>>(),
        "nhsid_user_orgs": organisations(roles),
    });
    if let [only] = roles {
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

fn organisations(roles: &[&StaffRole]) -> Vec<Value> {
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
