//! Who the user is, and in which roles.

use crate::json;
use cpis_client::untrusted::{self, Answer};
use cpis_record::Role;
use serde_json::Value;

/// Nobody gets a name, a role or a right that the answer does not give them.
pub fn userinfo(input: &[u8]) -> bool {
    let answer = Answer {
        status: 200,
        body: input,
    };
    let Some((subject, user)) = untrusted::user(&answer) else {
        return false;
    };
    let Some(read) = json(input) else {
        return true;
    };
    assert_eq!(subject.as_deref(), read["sub"].as_str());
    assert_eq!(Some(user.name.as_str()), read["name"].as_str());
    assert!(!user.name.trim().is_empty(), "a user without a name");
    let given = read["nhsid_nrbac_roles"].as_array();
    let given = given.map(Vec::as_slice).unwrap_or_default();
    for role in &user.roles {
        assert!(
            given.iter().any(|given| is(role, given)),
            "a role that the answer does not give"
        );
    }
    true
}

fn is(role: &Role, given: &Value) -> bool {
    let activities = given["activity_codes"].as_array();
    let activities = activities.map(Vec::as_slice).unwrap_or_default();
    let organisation = given["org_code"].as_str().unwrap_or_default().trim();
    given["person_roleid"].as_str().map(str::trim) == Some(role.profile.as_str())
        && organisation.eq_ignore_ascii_case(role.organisation.ods_code.as_str())
        && role
            .activities
            .iter()
            .all(|activity| activities.iter().any(|code| *code == activity.0))
}
