//! Roles that are withdrawn while somebody is signed in, and given back.

use crate::bench::{Bench, CLINIC, DENTIST, ON_CALL, SignedIn, found, refused, trace};
use cpis_record::{RoleProfileId, UserId};
use cpis_training::{Case, TrainingError};
use serde_json::Value;

const DOCTOR: &str = "555000000101";

fn user(id: &str) -> UserId {
    UserId::new(id).unwrap()
}

fn profile(id: &str) -> RoleProfileId {
    RoleProfileId::new(id).unwrap()
}

async fn claims(bench: &Bench, user: &SignedIn) -> Value {
    let request = bench.get(user, "/oauth2/userinfo");
    request.send().await.unwrap().json().await.unwrap()
}

fn profiles(claims: &Value) -> Vec<&str> {
    let roles = claims["nhsid_nrbac_roles"].as_array().unwrap();
    roles
        .iter()
        .map(|role| role["person_roleid"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_withdrawn_role_is_named_no_longer_and_denied_until_it_is_given_back() {
    let bench = Bench::start().await;
    let clinic = bench.sign_in(CLINIC).await;
    let on_call = SignedIn {
        role: ON_CALL.role,
        ..clinic.clone()
    };
    let asked = bench.number(Case::ChildProtection);
    let look =
        |user: &SignedIn, unscheduled| bench.look(user, "CareTeam", &asked, &trace(), unscheduled);
    let (doctor, role) = (user(DOCTOR), profile(ON_CALL.role));
    bench.backend.withdraw_role(&doctor, &role).unwrap();

    let seen = claims(&bench, &clinic).await;
    assert_eq!(profiles(&seen), [CLINIC.role]);
    assert_eq!(seen["selected_roleid"], CLINIC.role, "one is left");
    let why = "The role of NHSD-Session-URID has been withdrawn from this user";
    for path in [
        format!("/personal-demographics/FHIR/R4/Patient/{}", asked.digits()),
        format!(
            "/patient-flags-api/FHIR/R4/PatientFlag?patient={}",
            asked.digits()
        ),
    ] {
        refused(bench.get(&on_call, &path), 403, "ACCESS_DENIED", why).await;
    }
    refused(look(&on_call, true), 403, "ACCESS_DENIED", why).await;
    assert_eq!(bench.backend.notifications().unwrap(), []);
    found(look(&clinic, false)).await;

    bench.backend.give_role_back(&doctor, &role).unwrap();
    let seen = claims(&bench, &clinic).await;
    assert_eq!(profiles(&seen), [CLINIC.role, ON_CALL.role]);
    found(look(&on_call, true)).await;
}

#[tokio::test]
async fn somebody_may_be_left_without_a_role() {
    let bench = Bench::start().await;
    let signed_in = bench.sign_in(DENTIST).await;
    let dentist = user("555000000102");
    bench
        .backend
        .withdraw_role(&dentist, &profile(DENTIST.role))
        .unwrap();
    let seen = claims(&bench, &signed_in).await;
    assert!(profiles(&seen).is_empty());
    assert_eq!(seen["nhsid_user_orgs"], serde_json::json!([]));
    assert_eq!(seen.get("selected_roleid"), None);
}

#[tokio::test]
async fn nobody_loses_what_is_not_theirs() {
    let bench = Bench::start().await;
    let another = profile(DENTIST.role);
    for person in [user(DOCTOR), user("999999999999")] {
        for outcome in [
            bench.backend.withdraw_role(&person, &another),
            bench.backend.give_role_back(&person, &another),
        ] {
            assert!(matches!(outcome, Err(TrainingError::NoSuchRole)));
        }
    }
}
