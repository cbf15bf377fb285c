//! Tracing people.

use crate::bench::{Bench, NURSE, RECEPTIONIST, SignedIn, answer, found, refused};
use cpis_fhir::{PatientSearch, read_patient, read_patient_search};
use cpis_record::{DateOfBirth, IdentityProblem, NhsNumber};
use cpis_training::{Case, TrainingPatient};
use serde_json::Value;

fn path(whom: &NhsNumber) -> String {
    format!("/personal-demographics/FHIR/R4/Patient/{}", whom.digits())
}

fn search(terms: &str) -> String {
    format!("/personal-demographics/FHIR/R4/Patient?{terms}")
}

#[tokio::test]
async fn a_person_is_traced_by_number() {
    let bench = Bench::start().await;
    let user = bench.sign_in(RECEPTIONIST).await;
    let response = bench
        .get(&user, &path(&bench.number(Case::ChildProtection)))
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["etag"], "W/\"1\"");
    let body: Value = response.json().await.unwrap();
    insta::assert_json_snapshot!("patient", body);
    let read = read_patient(body.to_string().as_bytes()).unwrap();
    assert_eq!(read.nhs_number, bench.number(Case::ChildProtection));
}

#[tokio::test]
async fn of_a_restricted_person_nothing_says_where_they_are() {
    let bench = Bench::start().await;
    let user = bench.sign_in(NURSE).await;
    let body = found(bench.get(&user, &path(&bench.number(Case::RestrictedWithRecord)))).await;
    insta::assert_json_snapshot!("restricted_patient", body);
    assert!(
        read_patient(body.to_string().as_bytes())
            .unwrap()
            .restricted
    );
}

#[tokio::test]
async fn superseded_and_deceased_people_are_told_apart_by_the_reader() {
    let bench = Bench::start().await;
    let user = bench.sign_in(NURSE).await;
    let problem = async |case: Case| {
        let person = bench.people.first(case);
        let body = found(bench.get(&user, &path(&person.nhs_number))).await;
        let born = DateOfBirth::received(person.birth_date);
        read_patient(body.to_string().as_bytes())
            .unwrap()
            .problem(&person.nhs_number, born)
    };
    let current = bench.number(Case::ReplacesSuperseded);
    assert_eq!(
        problem(Case::Superseded).await,
        Some(IdentityProblem::Superseded { current })
    );
    assert_eq!(
        problem(Case::Deceased).await,
        Some(IdentityProblem::Deceased)
    );
    assert_eq!(
        problem(Case::RestrictedWithRecord).await,
        Some(IdentityProblem::Restricted)
    );
    assert_eq!(problem(Case::NothingHeld).await, None);
}

#[tokio::test]
async fn numbers_that_lead_nowhere() {
    let bench = Bench::start().await;
    let user = bench.sign_in(NURSE).await;
    let unknown = NhsNumber::complete([9, 9, 9, 0, 0, 0, 9, 0, 0]).unwrap();
    let nobody = bench.get(&user, &path(&unknown));
    refused(
        nobody,
        404,
        "RESOURCE_NOT_FOUND",
        "There is no such resource",
    )
    .await;
    let invalidated = bench.get(&user, &path(&bench.number(Case::Invalidated)));
    refused(
        invalidated,
        404,
        "INVALIDATED_RESOURCE",
        "The resource has been invalidated",
    )
    .await;
    for bad in ["9990000019", "999000001", "999%20000%200018", "abc"] {
        let request = bench.get(
            &user,
            &format!("/personal-demographics/FHIR/R4/Patient/{bad}"),
        );
        refused(
            request,
            400,
            "INVALID_RESOURCE_ID",
            "The resource ID is not a valid NHS number",
        )
        .await;
    }
}

#[tokio::test]
async fn demographics_refuse_in_their_own_code_system() {
    let bench = Bench::start().await;
    let user = bench.sign_in(NURSE).await;
    let (_, body) = answer(bench.get(&user, "/personal-demographics/FHIR/R4/Patient/abc")).await;
    insta::assert_json_snapshot!("refusal_of_demographics", body, { ".id" => "[id]" });
}

#[tokio::test]
async fn a_person_is_found_by_name_and_date_of_birth() {
    let bench = Bench::start().await;
    let user = bench.sign_in(NURSE).await;
    let person = bench.people.first(Case::LookedAfter);
    let terms = format!(
        "family={}&birthdate=eq{}",
        person.family.to_lowercase(),
        person.birth_date
    );
    let body = found(bench.get(&user, &search(&terms))).await;
    insta::assert_json_snapshot!("patient_search", bench.stable(&body));
    assert_eq!(numbers(&body), [person.nhs_number.digits()]);
    let more = format!("{terms}&given={}&gender={}", person.given[0], "male");
    assert_eq!(
        numbers(&found(bench.get(&user, &search(&more))).await).len(),
        1
    );
    let other = format!("{terms}&gender=female");
    let body = found(bench.get(&user, &search(&other))).await;
    assert_eq!(body["total"], 0);
    assert_eq!(body.get("entry"), None);
}

#[tokio::test]
async fn twins_are_both_found_until_the_first_name_tells_them_apart() {
    let bench = Bench::start().await;
    let user = bench.sign_in(NURSE).await;
    let child = bench.people.first(Case::NoEndDate);
    let terms = format!("family={}&birthdate=eq{}", child.family, child.birth_date);
    let both = numbers(&found(bench.get(&user, &search(&terms))).await);
    assert_eq!(both.len(), 2);
    assert!(both.contains(&child.nhs_number.digits()));
    let one = format!("{terms}&given={}", child.given[0]);
    let one = numbers(&found(bench.get(&user, &search(&one))).await);
    assert_eq!(one, [child.nhs_number.digits()]);
}

#[tokio::test]
async fn a_postcode_hides_restricted_people() {
    let bench = Bench::start().await;
    let user = bench.sign_in(NURSE).await;
    let terms = |p: &TrainingPatient| format!("family={}&birthdate=eq{}", p.family, p.birth_date);
    let restricted = bench.people.first(Case::RestrictedWithRecord);
    let open = bench.people.first(Case::ChildProtection);
    for (person, with_postcode) in [(restricted, 0), (open, 1)] {
        let without = found(bench.get(&user, &search(&terms(person)))).await;
        assert_eq!(without["total"], 1);
        let path = search(&format!(
            "{}&address-postalcode={}",
            terms(person),
            person.postcode.replace(' ', "%20")
        ));
        assert_eq!(found(bench.get(&user, &path)).await["total"], with_postcode);
    }
}

#[tokio::test]
async fn replaced_and_invalidated_numbers_are_not_found() {
    let bench = Bench::start().await;
    let user = bench.sign_in(NURSE).await;
    let born = |case| bench.people.first(case).birth_date;
    let path = search(&format!(
        "family=Testchild&birthdate=eq{}",
        born(Case::Superseded)
    ));
    let found_numbers = numbers(&found(bench.get(&user, &path)).await);
    assert_eq!(
        found_numbers,
        [bench.number(Case::ReplacesSuperseded).digits()]
    );
    let path = search(&format!(
        "family=Testchild&birthdate=eq{}",
        born(Case::Invalidated)
    ));
    assert_eq!(found(bench.get(&user, &path)).await["total"], 0);
}

#[tokio::test]
async fn too_many_matches_come_with_status_200() {
    let bench = Bench::start().await;
    let user = bench.sign_in(NURSE).await;
    let path = search("family=Te*&birthdate=ge1900-01-01&birthdate=le2030-01-01&_max-results=5");
    refused(
        bench.get(&user, &path),
        200,
        "TOO_MANY_MATCHES",
        "Too many matches were found; refine the search",
    )
    .await;
    let (_, body) = answer(bench.get(&user, &path)).await;
    assert_eq!(
        read_patient_search(body.to_string().as_bytes(), DateOfBirth::received(day())).unwrap(),
        PatientSearch::TooMany
    );
}

#[tokio::test]
async fn searches_that_say_too_little_or_too_much_are_refused() {
    let bench = Bench::start().await;
    let user = bench.sign_in(NURSE).await;
    let too_few = "Not enough search parameters: family and birthdate are needed";
    for terms in [
        "",
        "family=Testchild",
        "birthdate=eq2019-01-01",
        "family=T*&birthdate=eq2019-01-01",
    ] {
        refused(
            bench.get(&user, &search(terms)),
            400,
            "INVALID_SEARCH_DATA",
            too_few,
        )
        .await;
    }
    let bad_date = bench.get(&user, &search("family=Testchild&birthdate=1.1.2019"));
    refused(bad_date, 400, "INVALID_SEARCH_DATA", "Invalid birthdate").await;
    let fuzzy = bench.get(
        &user,
        &search("family=Testchild&birthdate=eq2019-01-01&_fuzzy-match=true"),
    );
    refused(
        fuzzy,
        400,
        "ADDITIONAL_PROPERTIES",
        "The search has a parameter that is not supported",
    )
    .await;
}

#[tokio::test]
async fn demographics_need_a_token_a_request_id_and_an_own_role() {
    let bench = Bench::start().await;
    let user = bench.sign_in(NURSE).await;
    let url = format!(
        "{}{}",
        bench.base,
        path(&bench.number(Case::ChildProtection))
    );
    let nobody = bench.client.get(&url);
    refused(
        nobody,
        401,
        "ACCESS_DENIED",
        "The access token is missing, expired or ended",
    )
    .await;
    let no_id = bench
        .client
        .get(&url)
        .bearer_auth(&user.access)
        .header("NHSD-Session-URID", user.role);
    refused(
        no_id,
        400,
        "PRECONDITION_FAILED",
        "Missing or invalid header parameter: X-Request-ID",
    )
    .await;
    let stranger = SignedIn {
        role: RECEPTIONIST.role,
        ..user
    };
    let request = bench.get(&stranger, &path(&bench.number(Case::ChildProtection)));
    refused(
        request,
        403,
        "ACCESS_DENIED",
        "NHSD-Session-URID is not a role of this user",
    )
    .await;
}

fn numbers(bundle: &Value) -> Vec<String> {
    let born = bundle["entry"][0]["resource"]["birthDate"].as_str();
    let born = DateOfBirth::received(born.map_or_else(day, |born| born.parse().unwrap()));
    let read = read_patient_search(bundle.to_string().as_bytes(), born);
    let Ok(PatientSearch::Matches(matches)) = read else {
        panic!("not a search result: {bundle}")
    };
    matches
        .iter()
        .map(|m| m.patient.nhs_number.digits())
        .collect()
}

/// Any day, where the answer holds nobody who was born on one.
fn day() -> chrono::NaiveDate {
    chrono::NaiveDate::default()
}
