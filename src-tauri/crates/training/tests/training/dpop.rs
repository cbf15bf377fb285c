//! Proofs of possession (RFC 9449): what they bind, and every forgery that is refused.

use crate::bench::{Bench, DENTIST, SignedIn, cpis, trace};
use crate::kept::Kept;
use crate::keys::card;
use crate::proofs::{ProofKey, card_form, encoded, hash_of};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::RsaKeyPair;
use chrono::TimeDelta;
use cpis_training::{Case, Clock};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

const USERINFO: &str = "/oauth2/userinfo";
const ALGS: &str = "algs=\"RS512 RS256 ES256\"";

/// Everything that takes a user's access token.
fn resources(bench: &Bench) -> Vec<String> {
    let asked = bench.number(Case::ChildProtection);
    let number = asked.digits();
    vec![
        USERINFO.to_owned(),
        cpis("CareTeam", &asked),
        cpis("AuditEvent", &asked),
        format!("/personal-demographics/FHIR/R4/Patient/{number}"),
        "/personal-demographics/FHIR/R4/Patient?family=None&birthdate=eq2020-01-01".to_owned(),
        format!("/patient-flags-api/FHIR/R4/PatientFlag?patient={number}"),
    ]
}

fn challenge(response: &Response) -> &str {
    response.headers()["www-authenticate"].to_str().unwrap()
}

#[tokio::test]
async fn a_proof_binds_the_tokens_to_its_key() {
    let bench = Bench::start().await;
    for key in [
        ProofKey::ec(),
        ProofKey::rsa("RS256"),
        ProofKey::rsa("RS512"),
    ] {
        let user = bench.sign_in_with(DENTIST, &key).await;
        for path in resources(&bench) {
            let response = bench.proven(&user, &path, &key).send().await.unwrap();
            assert_ne!(response.status(), StatusCode::UNAUTHORIZED, "{path}");
            assert!(response.headers().get("dpop-nonce").is_none());
        }
        let seen = bench.proven(&user, USERINFO, &key).send().await.unwrap();
        assert_eq!(seen.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn a_bound_token_is_no_bearer_token_and_a_bearer_token_is_not_bound() {
    let bench = Bench::start().await;
    let key = ProofKey::ec();
    let bound = bench.sign_in_with(DENTIST, &key).await;
    let bearer = bench.sign_in(DENTIST).await;
    let expected = format!("DPoP error=\"invalid_token\", {ALGS}");
    for path in resources(&bench) {
        let plain = bench.get(&bound, &path).header("TraceID", trace());
        let proof = key.proof(&bench.call_claims(&path, &bound.access));
        let proven = plain.try_clone().unwrap().header("DPoP", proof);
        let other_way = bench.proven(&bearer, &path, &key);
        for refused in [plain, proven, other_way] {
            let response = refused.send().await.unwrap();
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{path}");
            assert_eq!(challenge(&response), expected, "{path}");
        }
        let plain = bench.get(&bearer, &path).header("TraceID", trace());
        let response = plain.send().await.unwrap();
        assert_ne!(response.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
}

/// A proof that breaks one rule.
struct Forgery {
    name: &'static str,
    proof: String,
}

/// Forgeries of a proof that says `claims` and would be right.
fn forgeries(key: &ProofKey, claims: &Value) -> Vec<Forgery> {
    let rsa = ProofKey::rsa("RS256");
    let weak = ProofKey::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap(), "RS256");
    let other = ProofKey::ec();
    let mut made = Vec::new();
    let mut add = |name, proof| made.push(Forgery { name, proof });

    let mut header = |name, member: &str, value: Value| {
        let mut changed = key.header();
        changed[member] = value;
        add(name, key.sign(&changed, &anew(claims)));
    };
    header("typ missing", "typ", Value::Null);
    header("typ of another token", "typ", json!("JWT"));
    header("alg none", "alg", json!("none"));
    header("alg HMAC under the public key", "alg", json!("HS256"));
    header("alg that is not offered", "alg", json!("ES384"));
    header("alg of another kind of key", "alg", json!("RS256"));
    header("jwk missing", "jwk", Value::Null);
    header("jwk of another key", "jwk", other.jwk());
    header("jwk of another kind", "jwk", rsa.jwk());
    header("jwk symmetric", "jwk", json!({ "kty": "oct", "k": "AAAA" }));
    header("crit", "crit", json!(["x"]));
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        let mut private = key.jwk();
        private[member] = json!("AAAA");
        header("jwk with a private member", "jwk", private);
    }
    let mut curve = key.jwk();
    curve["crv"] = json!("P-384");
    header("jwk on another curve", "jwk", curve);

    let mut short = weak.header();
    short["jwk"]["n"] = json!(encoded(&[0xC5; 128]));
    add("jwk too short", weak.sign(&short, &anew(claims)));

    let mut claim = |name, member: &str, value: Value| {
        let mut changed = anew(claims);
        changed[member] = value;
        add(name, key.proof(&changed));
    };
    let now = claims["iat"].as_i64().unwrap();
    let htu = claims["htu"].as_str().unwrap();
    claim("htm missing", "htm", Value::Null);
    claim("htm of another method", "htm", json!("PUT"));
    claim("htm in small letters", "htm", json!("get"));
    claim("htu missing", "htu", Value::Null);
    claim("htu of another path", "htu", json!(format!("{htu}/x")));
    claim(
        "htu of another host",
        "htu",
        json!(htu.replace("127.0.0.1", "127.0.0.2")),
    );
    claim(
        "htu of another scheme",
        "htu",
        json!(htu.replace("http:", "https:")),
    );
    claim("htu with a query", "htu", json!(format!("{htu}?a=b")));
    claim("htu with a fragment", "htu", json!(format!("{htu}#a")));
    claim("iat missing", "iat", Value::Null);
    claim("iat as text", "iat", json!(now.to_string()));
    claim("iat too old", "iat", json!(now - 301));
    claim("iat in the future", "iat", json!(now + 301));
    claim("jti missing", "jti", Value::Null);
    claim("jti empty", "jti", json!(""));
    claim("jti without end", "jti", json!("x".repeat(201)));

    let right = key.proof(&anew(claims));
    let (signed, _) = right.rsplit_once('.').unwrap();
    add("signature missing", format!("{signed}."));
    let strange = other.sign(&key.header(), &anew(claims));
    add("signature of another key", strange);
    let header = key.header();
    let (head, body) = (header.to_string(), anew(claims).to_string());
    let twice = head.replacen('{', "{\"typ\":\"dpop+jwt\",", 1);
    add("header member twice", key.sign_text(&header, &twice, &body));
    let twice = body.replacen('{', "{\"jti\":\"x\",", 1);
    add("claim twice", key.sign_text(&header, &head, &twice));
    add("not a token", "proof".to_owned());
    add("empty", String::new());
    made
}

/// The same under another identifier, so that no forgery is refused for the one before it.
fn anew(claims: &Value) -> Value {
    let mut anew = claims.clone();
    anew["jti"] = json!(trace());
    anew
}

#[tokio::test]
async fn forged_proofs_get_no_tokens_and_use_nothing_up() {
    let bench = Bench::start().await;
    let key = ProofKey::ec();
    let assertion = card(DENTIST.card).assertion(&bench.token_endpoint(), bench.clock.now());
    let form = card_form(&assertion);
    let mut forged = forgeries(&key, &bench.token_claims());
    let mut elsewhere = bench.token_claims();
    elsewhere["htu"] = json!(format!("{}{USERINFO}", bench.base));
    forged.push(Forgery {
        name: "made for another endpoint",
        proof: key.proof(&elsewhere),
    });
    let mut accepted = Vec::new();
    for Forgery { name, proof } in forged {
        let (status, body) = bench.token_with(&form, &proof).await;
        if (status, &body["error"]) != (StatusCode::BAD_REQUEST, &json!("invalid_dpop_proof")) {
            accepted.push((name, status));
        }
    }
    assert_eq!(accepted, []);
    let one = key.proof(&bench.token_claims());
    let two = key.proof(&bench.token_claims());
    let twice = bench.ask_with(&form, &[&one, &two]).await;
    assert_eq!(twice.status(), StatusCode::BAD_REQUEST, "two headers");

    let (status, body) = bench.token_with(&form, &one).await;
    assert_eq!(
        status,
        StatusCode::OK,
        "the assertion was not used up: {body}"
    );
}

#[tokio::test]
async fn forged_proofs_open_no_resource_and_tell_nobody() {
    let bench = Bench::start().await;
    let key = ProofKey::ec();
    let user = bench.sign_in_with(DENTIST, &key).await;
    let asked = bench.number(Case::ChildProtection);
    for path in [USERINFO.to_owned(), cpis("CareTeam", &asked)] {
        let right = bench.call_claims(&path, &user.access);
        let mut forged = forgeries(&key, &right);
        for (name, ath) in [
            ("ath missing", Value::Null),
            ("ath of another token", json!(hash_of("another"))),
            ("ath is the token", json!(user.access)),
        ] {
            let mut claims = right.clone();
            claims["ath"] = ath;
            let proof = key.proof(&claims);
            forged.push(Forgery { name, proof });
        }
        let expected = format!("DPoP error=\"invalid_dpop_proof\", {ALGS}");
        let mut accepted = Vec::new();
        for Forgery { name, proof } in forged {
            let call = bench.get_with(&user, &path, &proof);
            let response = call.send().await.unwrap();
            if response.status() != StatusCode::UNAUTHORIZED || challenge(&response) != expected {
                accepted.push((name, response.status()));
            }
        }
        assert_eq!(accepted, [], "{path}");
        // A whole proof of another key is right in itself; the token is not that key's.
        let stolen = ProofKey::ec().proof(&right);
        refused(
            &bench,
            &user,
            &path,
            &stolen,
            "invalid_token",
            "another key",
        )
        .await;
        let twice = bench
            .proven(&user, &path, &key)
            .header("DPoP", key.proof(&bench.call_claims(&path, &user.access)));
        assert_eq!(twice.send().await.unwrap().status(), 401, "two headers");
        let without = bench
            .client
            .get(format!("{}{path}", bench.base))
            .header("Authorization", format!("DPoP {}", user.access));
        let response = without.send().await.unwrap();
        assert_eq!(
            challenge(&response),
            format!("DPoP error=\"invalid_dpop_proof\", {ALGS}"),
            "no proof"
        );
    }
    assert_eq!(bench.backend.notifications().unwrap(), []);
    let asked = cpis("CareTeam", &asked);
    let response = bench.proven(&user, &asked, &key).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(bench.backend.notifications().unwrap().len(), 1);
}

async fn refused(bench: &Bench, user: &SignedIn, path: &str, proof: &str, error: &str, name: &str) {
    let response = bench.get_with(user, path, proof).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{name}");
    assert_eq!(
        challenge(&response),
        format!("DPoP error=\"{error}\", {ALGS}"),
        "{name}"
    );
}

#[tokio::test]
async fn a_proof_is_good_once_for_as_long_as_its_time_is() {
    let bench = Bench::start().await;
    let key = ProofKey::ec();
    let user = bench.sign_in_with(DENTIST, &key).await;
    let mut claims = bench.call_claims(USERINFO, &user.access);
    claims["iat"] = json!(bench.clock.now().timestamp() + 300);
    let proof = key.proof(&claims);
    let call = || bench.get_with(&user, USERINFO, &proof).send();
    assert_eq!(call().await.unwrap().status(), StatusCode::OK);
    // Signed anew, under the same identifier.
    let again = key.proof(&claims);
    refused(
        &bench,
        &user,
        USERINFO,
        &again,
        "invalid_dpop_proof",
        "jti used",
    )
    .await;
    bench.clock.move_on(TimeDelta::seconds(599));
    refused(
        &bench,
        &user,
        USERINFO,
        &proof,
        "invalid_dpop_proof",
        "the last second",
    )
    .await;

    let assertion = card(DENTIST.card).assertion(&bench.token_endpoint(), bench.clock.now());
    let proof = key.proof(&bench.token_claims());
    let first = bench.token_with(&card_form(&assertion), &proof).await;
    assert_eq!(first.0, StatusCode::OK);
    let assertion = card(DENTIST.card).assertion(&bench.token_endpoint(), bench.clock.now());
    let second = bench.token_with(&card_form(&assertion), &proof).await;
    assert_eq!(second.1["error"], "invalid_dpop_proof");
}

#[tokio::test]
async fn a_token_that_has_expired_is_challenged_in_its_own_scheme() {
    let bench = Bench::start().await;
    let key = ProofKey::ec();
    let user = bench.sign_in_with(DENTIST, &key).await;
    bench.clock.move_on(TimeDelta::minutes(10));
    let response = bench.proven(&user, USERINFO, &key).send().await.unwrap();
    assert_eq!(
        challenge(&response),
        format!("DPoP error=\"invalid_token\", {ALGS}")
    );
}

#[tokio::test]
async fn a_workstation_that_asks_with_a_proof_sends_with_proofs() {
    let bench = Bench::start().await;
    let key = ProofKey::ec();
    let answer = bench.workstation_with(&key).await;
    assert_eq!(answer["token_type"], "DPoP");
    let token = answer["access_token"].as_str().unwrap();
    let path = "/audit/FHIR/R4";
    let url = format!("{}{path}", bench.base);
    let batch = json!({ "resourceType": "Bundle", "type": "batch" }).to_string();
    let send = |authorization: String, proof: Option<String>| {
        let request = bench
            .client
            .post(&url)
            .header("Authorization", authorization)
            .header("Content-Type", "application/fhir+json")
            .body(batch.clone());
        match proof {
            Some(proof) => request.header("DPoP", proof),
            None => request,
        }
        .send()
    };
    let mut claims = bench.call_claims(path, token);
    claims["htm"] = json!("POST");
    let other = ProofKey::ec().proof(&claims);
    for (authorization, proof) in [
        (format!("Bearer {token}"), None),
        (format!("DPoP {token}"), None),
        (format!("DPoP {token}"), Some(other)),
    ] {
        assert_eq!(send(authorization, proof).await.unwrap().status(), 401);
    }
    let sent = send(format!("DPoP {token}"), Some(key.proof(&claims))).await;
    assert_eq!(sent.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_session_stays_bound_when_the_backend_starts_again() {
    let kept = Kept::new().await;
    let start = || Bench::on(&kept);
    let first = start().await;
    let key = ProofKey::ec();
    let user = first.sign_in_with(DENTIST, &key).await;
    first.backend.shutdown().await;
    let second = start().await;
    let plain = second.get(&user, USERINFO).send().await.unwrap();
    assert_eq!(plain.status(), StatusCode::UNAUTHORIZED);
    let proven = second.proven(&user, USERINFO, &key).send().await.unwrap();
    assert_eq!(proven.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_session_from_before_proofs_stays_a_bearer_session() {
    let kept = Kept::new().await;
    let start = || Bench::on(&kept);
    let first = start().await;
    let user = first.sign_in(DENTIST).await;
    first.backend.shutdown().await;
    kept.back_to_schema(2).await;
    let second = start().await;
    let response = second.get(&user, USERINFO).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let claims: Value = response.json().await.unwrap();
    assert_eq!(claims["authentication_assurance_level"], "3");
}
