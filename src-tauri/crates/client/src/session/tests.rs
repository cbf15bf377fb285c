//! What of a session needs no service.

use super::*;

#[test]
fn the_published_userinfo_is_read() {
    let text =
        include_str!("../../../../../tests/official-examples/CIS2-userinfo-simulated-auth.json");
    let answer: UserInfoAnswer = serde_json::from_str(text).unwrap();
    let user = answer.user().unwrap();
    assert_eq!(user.id.as_str(), "910000000001");
    assert_eq!(user.roles.len(), 4);
    assert_eq!(user.roles[0].name, "Nurse Access Role");
    assert_eq!(user.roles[0].organisation.ods_code.as_str(), "RBA");
    assert!(user.roles[0].holds("B0401"));
}

#[test]
fn expires_in_may_be_text_and_has_bounds() {
    for (json, seconds) in [
        (r#"{"access_token":"a","expires_in":"599"}"#, 599),
        (r#"{"access_token":"a","expires_in":600}"#, 600),
        (r#"{"access_token":"a"}"#, 60),
        (r#"{"access_token":"a","expires_in":-1}"#, 0),
        (
            r#"{"access_token":"a","expires_in":9223372036854775807}"#,
            86_400,
        ),
    ] {
        let answer: TokenAnswer = serde_json::from_str(json).unwrap();
        assert_eq!(answer.life_seconds(), seconds);
    }
}

#[test]
fn a_role_name_falls_back_to_its_code() {
    assert_eq!(
        plain_role_name("", "S8000:G8000:R8000"),
        "S8000:G8000:R8000"
    );
    assert_eq!(
        plain_role_name("Clinical Practitioner", ""),
        "Clinical Practitioner"
    );
}
