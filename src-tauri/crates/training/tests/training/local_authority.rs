//! The local authority's side: files, codes, credentials, plans.

use crate::bench::{Bench, DENTIST, answer, refused, trace};
use chrono::{Days, NaiveDate, TimeDelta};
use cpis_record::NhsNumber;
use cpis_training::{Case, Clock};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

pub const HEADER: &str = "NHS number,Date of birth,Plan type,Start,End,Office hours,Emergency duty";

pub struct Authority<'a> {
    bench: &'a Bench,
    ods: &'static str,
    credential: String,
}

impl<'a> Authority<'a> {
    pub fn of(bench: &'a Bench, ods: &'static str) -> Self {
        let code = ods.parse().unwrap();
        let credential = bench.backend.authority_credential(&code, false).unwrap();
        Self {
            bench,
            ods,
            credential,
        }
    }

    fn post(&self, ods: &str, query: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
        self.bench
            .client
            .post(format!(
                "{}/local-authority/{ods}/records{query}",
                self.bench.base
            ))
            .bearer_auth(&self.credential)
            .body(body)
    }

    pub async fn submit(&self, body: impl Into<reqwest::Body>) -> (StatusCode, Value) {
        let response = self.post(self.ods, "", body).send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }

    pub fn get(&self, ods: &str, path: &str) -> RequestBuilder {
        self.bench
            .client
            .get(format!("{}/local-authority/{ods}/{path}", self.bench.base))
            .bearer_auth(&self.credential)
    }
}

fn codes(answer: &Value) -> Vec<&str> {
    let rows = answer["rows"].as_array().unwrap();
    rows.iter().map(|r| r["code"].as_str().unwrap()).collect()
}

fn born(bench: &Bench, case: Case) -> NaiveDate {
    bench.people.first(case).birth_date
}

fn row(bench: &Bench, case: Case, rest: &str) -> String {
    format!("{},{},{rest}", bench.number(case), born(bench, case))
}

async fn shown(bench: &Bench, whom: &NhsNumber) -> Value {
    let user = bench.sign_in(DENTIST).await;
    bench.plans(&user, whom, &trace(), false).await
}

#[tokio::test]
async fn every_row_is_answered_with_its_code() {
    let bench = Bench::start().await;
    let authority = Authority::of(&bench, "ZZ001");
    let rest = "CPP,2026-11-01,,01632 960101,07700 900101";
    let nothing = row(&bench, Case::NothingHeld, rest);
    let number = bench.number(Case::NothingHeld);
    let foreign = bench
        .people
        .patients
        .iter()
        .find(|p| {
            p.case == Case::ChildProtection
                && p.plans[0].authority.ods_code.as_ref().unwrap().as_str() != "ZZ001"
        })
        .unwrap();
    let birth = born(&bench, Case::NothingHeld);
    let file = [
        HEADER.to_owned(),
        format!("9990000000,2015-01-01,{rest}"),
        row(&bench, Case::Invalidated, rest),
        row(&bench, Case::RestrictedWithoutRecord, rest),
        format!("{number},{},{rest}", birth + Days::new(1)),
        format!("ABC/123,2015-01-01,{rest}"),
        row(&bench, Case::Superseded, rest),
        nothing.clone(),
        format!("{nothing},surplus"),
        format!("\"{nothing}"),
        format!("{number},{birth},PLAN,2026-11-01,,,"),
        format!("{number},{birth},CPP,2026-11-01,2026-10-01,,"),
        format!("{number},{birth},CPP,soon,,,"),
        format!("{},{},{rest}", foreign.nhs_number, foreign.birth_date),
        // The good one at the end is not lost to any before it.
        row(&bench, Case::NothingHeld, "LAC,2026-11-02,,,"),
    ]
    .join("\r\n");
    let (status, answer) = authority.submit(file).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(
        codes(&answer),
        [
            "CPR01", "CPR01", "CPR02", "CPR03", "CPR04", "CPR05", "CPR06", "CPR07", "CPR07",
            "CPR07", "CPR07", "CPR07", "CPR07", "CPR06"
        ],
        "{answer:#}"
    );
    assert_eq!(answer["result"]["code"], "CPF03");
    assert_eq!(answer["sequence"], 1);
    assert_eq!(answer["counts"]["CPR07"], 6);
    assert_eq!(
        answer["changes"],
        json!({"new": 2, "updated": 0, "unchanged": 0})
    );
    assert_eq!(answer["rows"][0]["line"], 2);
    assert!(!answer.to_string().contains(&number.digits()));
    let plans = shown(&bench, &number).await;
    assert_eq!(plans["total"], 2);
    let team = &plans["entry"][1]["resource"];
    assert_eq!(team["name"], "Northmoor Borough Council");
    assert_eq!(
        team["managingOrganization"][0]["identifier"]["value"],
        "ZZ001"
    );
    assert_eq!(team["telecom"][0]["value"], "01632 960101");
}

#[tokio::test]
async fn the_same_file_changes_nothing_and_numbers_run() {
    let bench = Bench::start().await;
    let authority = Authority::of(&bench, "ZZ001");
    let number = bench.number(Case::NothingHeld);
    let first = format!(
        "{HEADER}\n{}\n",
        row(&bench, Case::NothingHeld, "CPP,2026-11-01,,,")
    );
    let (_, answer) = authority.submit(first.clone()).await;
    assert_eq!(
        (&answer["sequence"], &answer["repeated"]),
        (&json!(1), &json!(false))
    );
    let before = shown(&bench, &number).await["entry"].clone();
    bench.clock.move_on(TimeDelta::hours(1));
    let (_, answer) = authority.submit(first.clone()).await;
    assert_eq!(
        (&answer["sequence"], &answer["repeated"]),
        (&json!(1), &json!(true))
    );
    assert_eq!(answer["changes"]["unchanged"], 1);
    assert_eq!(shown(&bench, &number).await["entry"], before);

    // An end, under the next number; then the first file, which would take it back.
    let ended = format!(
        "{HEADER}\n{}\n",
        row(&bench, Case::NothingHeld, "CPP,2026-11-01,2026-11-20,,")
    );
    let (_, answer) = authority.submit(ended.clone()).await;
    assert_eq!(
        (&answer["sequence"], &answer["changes"]["updated"]),
        (&json!(2), &json!(1))
    );
    let now = shown(&bench, &number).await;
    assert_eq!(now["total"], 1);
    assert_eq!(now["entry"][0]["resource"]["status"], "inactive");
    let (status, answer) = authority.submit(first).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        answer["result"]["meaning"]
            .as_str()
            .unwrap()
            .contains("as number 1"),
        "{answer}"
    );
    assert_eq!(shown(&bench, &number).await["entry"], now["entry"]);

    for (query, status, sequence) in [
        ("?sequence=4", 409, Value::Null),
        ("?sequence=1", 409, Value::Null),
        ("?sequence=2", 200, json!(2)),
        ("?sequence=3", 200, json!(3)),
    ] {
        let response = authority
            .post("ZZ001", query, ended.clone())
            .send()
            .await
            .unwrap();
        assert_eq!(response.status().as_u16(), status, "{query}");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["sequence"], sequence, "{query} {answer}");
    }
}

#[tokio::test]
async fn files_are_read_however_they_were_saved() {
    let bench = Bench::start().await;
    let authority = Authority::of(&bench, "ZZ001");
    let people: Vec<_> = bench.people.of(Case::NothingHeld).take(7).collect();
    let cells = |place: usize| {
        let person = people[place];
        let born = person.birth_date.format("%d/%m/%Y");
        (person.nhs_number.to_string(), born)
    };
    let semicolons = |(number, born)| {
        format!("\u{feff}nhs no;dob;type;start;end\r\n\"{number}\";{born};\"LAC\";01/11/2026;\r\n")
    };
    let tabs = |(number, born)| {
        format!(
            "Type\tNHS Number\tDOB\tStart Date\tEnd Date\nlac\t{number}\t{born}\t01/11/2026\t\n"
        )
    };
    let bars = |(number, born)| {
        format!("sep=|\r\nNHS Number|DOB|Type|Start|End\r\n\r\n{number}|{born}|LAC|01/11/2026|")
    };
    let returns = |(number, born)| {
        format!("NHS Number,DOB,Type,Start,End\r{number},{born},LAC,01/11/2026,\r")
    };
    let windows = |(number, born)| {
        let text =
            format!("NHS Number,DOB,Type,Start,End,Team\n{number},{born},LAC,01/11/2026,,Zo");
        [text.as_bytes(), b"\xeb\n"].concat()
    };
    let objects = |(number, born)| {
        format!(
            "{{\"nhs_number\": \"{number}\", \"date_of_birth\": \"{born}\", \"plan_type\": \"LAC\", \
             \"start_date\": \"2026-11-01\", \"end_date\": null}}\n{{broken\n"
        )
    };
    for (file, result) in [
        (semicolons(cells(0)).into_bytes(), "CPF02"),
        (tabs(cells(1)).into_bytes(), "CPF02"),
        (bars(cells(2)).into_bytes(), "CPF02"),
        (returns(cells(3)).into_bytes(), "CPF02"),
        (windows(cells(4)), "CPF02"),
        (objects(cells(5)).into_bytes(), "CPF03"),
    ] {
        let (status, answer) = authority.submit(file).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(answer["result"]["code"], result, "{answer}");
        assert_eq!(answer["changes"]["new"], 1, "{answer}");
    }
    for (file, said) in [
        (b"".to_vec(), "the file is empty"),
        (b"PK\x03\x04\0\0".to_vec(), "save it as CSV UTF-8"),
        (
            b"nhs number,dob\n".to_vec(),
            "missing: plan_type, start_date, end_date",
        ),
        (b"[{}]".to_vec(), "one object a line"),
        (b"Zo\xeb\x81".to_vec(), "neither UTF-8 nor Windows-1252"),
    ] {
        let (status, answer) = authority.submit(file).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
        assert_eq!(answer["result"]["code"], "CPF01");
        assert_eq!(answer["sequence"], Value::Null);
        assert!(
            answer["result"]["meaning"].as_str().unwrap().contains(said),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn nobody_gets_in_without_the_authoritys_own_credential() {
    let bench = Bench::start().await;
    let authority = Authority::of(&bench, "ZZ001");
    refused(
        authority.post("ZZ002", "", HEADER),
        403,
        "ACCESS_DENIED",
        "The credential is not the one of the authority in the address",
    )
    .await;
    refused(
        authority.get("ZZ002", "notifications"),
        403,
        "ACCESS_DENIED",
        "The credential is not the one of the authority in the address",
    )
    .await;
    let unknown = "The credential of the local authority is missing, not known or no longer holds";
    let code = "ZZ001".parse().unwrap();
    let newest = bench.backend.authority_credential(&code, true).unwrap();
    // The first one has been withdrawn.
    for path in ["notifications", "report"] {
        refused(authority.get("ZZ001", path), 401, "ACCESS_DENIED", unknown).await;
    }
    refused(
        authority.post("ZZ001", "", HEADER),
        401,
        "ACCESS_DENIED",
        unknown,
    )
    .await;
    let user = bench.sign_in(DENTIST).await;
    for credential in [user.access.as_str(), "wrong"] {
        let stranger = Authority {
            bench: &bench,
            ods: "ZZ001",
            credential: credential.to_owned(),
        };
        refused(
            stranger.get("ZZ001", "notifications"),
            401,
            "ACCESS_DENIED",
            unknown,
        )
        .await;
    }
    let own = Authority {
        bench: &bench,
        ods: "ZZ001",
        credential: newest,
    };
    assert_eq!(
        answer(own.get("zz001", "notifications")).await.0,
        StatusCode::OK
    );
}

#[tokio::test]
async fn plans_are_shown_as_long_as_the_rules_say() {
    let bench = Bench::start().await;
    let authority = Authority::of(&bench, "ZZ001");
    let today = bench.clock.now().date_naive();
    let ago = |days| today - Days::new(days);
    let people: Vec<_> = bench
        .people
        .of(Case::NothingHeld)
        .filter(|p| p.birth_date < ago(800) && p.birth_date > ago(17 * 365))
        .take(5)
        .collect();
    let rows = [
        ("CPP", 700, Some(365), 1),
        ("LAC", 700, Some(366), 0),
        ("UCPP", 200, Some(28), 1),
        ("UCPP", 200, Some(29), 0),
        ("UCPP", 309, None, 0),
    ];
    let mut file = format!("{HEADER}\n");
    for (person, (kind, start, end, _)) in people.iter().zip(rows) {
        let end = end.map(|days| ago(days).to_string()).unwrap_or_default();
        file += &format!(
            "{},{},{kind},{},{end},,\n",
            person.nhs_number,
            person.birth_date,
            ago(start)
        );
    }
    let (_, answer) = authority.submit(file).await;
    assert_eq!(answer["result"]["code"], "CPF02", "{answer}");
    for (person, (kind, _, end, total)) in people.iter().zip(rows) {
        let shown = shown(&bench, &person.nhs_number).await;
        assert_eq!(shown["total"], total, "{kind} {end:?}");
    }
}

#[tokio::test]
async fn nobody_is_given_a_childs_plan_from_18_on() {
    let bench = Bench::start().await;
    let authority = Authority::of(&bench, "ZZ001");
    let eldest = bench
        .people
        .of(Case::NothingHeld)
        .filter(|p| {
            bench
                .clock
                .now()
                .date_naive()
                .years_since(p.birth_date)
                .unwrap()
                < 18
        })
        .min_by_key(|p| p.birth_date)
        .unwrap();
    let file = format!(
        "{HEADER}\n{},{},LAC,2026-11-01,,,\n",
        eldest.nhs_number, eldest.birth_date
    );
    let (_, answer) = authority.submit(file.clone()).await;
    assert_eq!(answer["result"]["code"], "CPF02", "{answer}");
    assert_eq!(shown(&bench, &eldest.nhs_number).await["total"], 1);
    let birthday = eldest.birth_date + chrono::Months::new(18 * 12);
    let days = (birthday - bench.clock.now().date_naive()).num_days();
    // Cards do not last that long; that the record is shown no longer is tried in the store.
    bench.clock.move_on(TimeDelta::days(days - 1));
    let (_, answer) = authority.submit(file.clone()).await;
    assert_eq!(codes(&answer), ["CPR06"]);
    bench.clock.move_on(TimeDelta::days(1));
    let (_, answer) = authority.submit(file).await;
    assert_eq!(codes(&answer), ["CPR07"]);
}
