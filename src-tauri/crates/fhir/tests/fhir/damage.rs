//! Damaged answers are never read as less than they hold (design invariant I3).
//!
//! Valid answers are made from a plain description of what they say, damaged at random, and read.
//! What may come out is judged from the damaged text itself, without the reader:
//!
//! - what the undamaged answer says, or an error;
//! - "nothing", only where the text really is a complete empty searchset for this number;
//! - a record with other details, where the damage struck a detail: then every record is still
//!   there, and all of them belong to the person asked.

use cpis_fhir::*;
use cpis_record::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRunner};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;

const CASES: u32 = 10_000;
const ASKED: &str = "9990000018";
const OTHER: &str = "9990000026";

/// What an answer says, before it is written down.
#[derive(Debug, Clone)]
struct Said {
    question: Question,
    records: Vec<Record>,
    page_size: usize,
    own_link: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    Plans,
    History,
    Flags,
}

#[derive(Debug, Clone)]
struct Record {
    kind: u8,
    start: Option<u8>,
    end: Option<u8>,
    telephones: bool,
    shared_role: bool,
}

/// One blow. Numbers choose a place, counted round the places there are.
#[derive(Debug, Clone)]
enum Damage {
    DropMember(usize),
    DropElement(usize),
    DuplicateElement(usize),
    DuplicateMember(usize, u8),
    Retype(usize, u8),
    ChangeTotal(u8),
    ChangeType(u8),
    SwapPerson(usize),
    SwapPersonEverywhere,
    Modifier(usize),
    ImplicitRules(usize),
    EnteredInError(usize),
    Outcome(usize),
    LeftOut,
    AddNextLink,
    RenameMember(usize),
    RepeatPage,
    SkipPage,
    Truncate(usize),
    Flip(usize, u8),
    Append(u8),
    Html,
    EmptyBody,
    NothingForAnother,
    NothingForThis,
}

/// Few large numbers rather than many strategies: in a debug build choosing among strategies takes
/// longer than reading the answers.
fn said() -> impl Strategy<Value = Said> {
    let records = proptest::collection::vec(any::<u32>().prop_map(Record::from_bits), 0..5);
    (records, 0_usize..5 * 5 * 2).prop_map(|(records, shape)| Said {
        question: match shape % 5 {
            0..3 => Question::Plans,
            3 => Question::History,
            _ => Question::Flags,
        },
        page_size: shape / 5 % 5 + 1,
        own_link: shape / 25 == 1,
        records,
    })
}

fn damage() -> impl Strategy<Value = Damage> {
    (0_u8..44, 0_usize..5000, any::<u8>()).prop_map(|(kind, place, value)| match kind {
        0..4 => Damage::DropMember(place),
        4..6 => Damage::DropElement(place),
        6..8 => Damage::DuplicateElement(place),
        8..11 => Damage::DuplicateMember(place, value),
        11..15 => Damage::Retype(place, value),
        15..17 => Damage::ChangeTotal(value % 6),
        17 => Damage::ChangeType(value),
        18..20 => Damage::SwapPerson(place),
        20 => Damage::SwapPersonEverywhere,
        21 => Damage::Modifier(place),
        22 => Damage::ImplicitRules(place),
        23 => Damage::EnteredInError(place),
        24 => Damage::Outcome(place),
        25 => Damage::LeftOut,
        26 => Damage::AddNextLink,
        27..30 => Damage::RenameMember(place),
        30 => Damage::RepeatPage,
        31 => Damage::SkipPage,
        32..34 => Damage::Truncate(place),
        34..39 => Damage::Flip(place, value % 8),
        39 => Damage::Append(value),
        40 => Damage::Html,
        41 => Damage::EmptyBody,
        42 => Damage::NothingForAnother,
        _ => Damage::NothingForThis,
    })
}

#[test]
fn damage_never_hides_a_record() {
    let tallies = RefCell::new(BTreeMap::<String, u32>::new());
    let config = Config {
        cases: Config::default().cases.max(CASES),
        failure_persistence: None,
        rng_algorithm: RngAlgorithm::XorShift,
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let strategy = (said(), proptest::collection::vec(damage(), 1..=3));
    let result = runner.run(&strategy, |(said, damages)| {
        let mut pages = said.pages();
        for damage in &damages {
            damage.strike(&mut pages);
        }
        let pages: Vec<Sent> = pages.into_iter().map(Page::send).collect();
        let verdict = judge(&said, damages.len(), &pages)?;
        let key = format!("{:?}: {verdict}", said.question);
        *tallies.borrow_mut().entry(key).or_default() += 1;
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    let tallies = tallies.into_inner();
    println!("damage: {} cases", tallies.values().sum::<u32>());
    for (verdict, count) in &tallies {
        println!("{count:>8}  {verdict}");
    }
    assert!(tallies.values().sum::<u32>() >= 10_000);
}

#[test]
fn what_is_undamaged_is_read_as_said() {
    let runner = &mut TestRunner::new(Config {
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(&said(), |said| {
        let pages: Vec<Sent> = said.pages().into_iter().map(Page::send).collect();
        prop_assert_eq!(read(said.question, &pages), Ok(said.finding()));
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

/// What a reading showed: each record's kind or viewer, and all of its details.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    headline: String,
    details: String,
}

/// What came of a case, or why it must not have.
fn judge(said: &Said, blows: usize, pages: &[Sent]) -> Result<&'static str, TestCaseError> {
    let reading = read(said.question, pages);
    let finding = said.finding();
    let Ok(shown) = reading else {
        return Ok("an error");
    };
    let reached: Vec<&str> = reached(pages);
    let text = reached.concat();
    prop_assert!(
        !text.contains("\"modifierExtension\":[{"),
        "an unknown modifier was ignored"
    );
    prop_assert!(
        !text.contains("\"implicitRules\":\""),
        "implicit rules were ignored"
    );
    prop_assert!(
        !text.contains("\"status\":\"entered-in-error\""),
        "an error was shown"
    );
    prop_assert!(
        !text.contains("\"resourceType\":\"OperationOutcome\""),
        "an outcome was ignored"
    );
    prop_assert!(
        !text.contains("\"meta\":{\"tag\":[{\"code\":\"SUBSETTED\"}]}"),
        "a part was left out"
    );
    if shown.is_empty() {
        prop_assert!(is_nothing(&reached), "nothing was read from {text}");
        return Ok(if finding.is_empty() {
            "nothing, as said"
        } else {
            "nothing, and rightly so"
        });
    }
    let documents = documents(&reached)?;
    let of_type = said.question.record_type();
    let held: Vec<&Value> = documents
        .iter()
        .flat_map(|d| resources(d, of_type))
        .collect();
    let concepts = |record: &&Value| record["category"].as_array().map_or(1, |c| c.len().max(1));
    let most: usize = held.iter().map(concepts).sum();
    prop_assert!(shown.len() >= held.len(), "a record is missing: {text}");
    prop_assert!(shown.len() <= most, "a record was made up: {text}");
    for document in &documents {
        let wrong = numbers(document).into_iter().find(|number| number != ASKED);
        prop_assert_eq!(wrong, None, "a record of another person: {}", text);
    }
    if shown == finding {
        return Ok("the same, unharmed");
    }
    let same_length = shown.len() == finding.len();
    let differing = shown.iter().zip(&finding).filter(|(a, b)| a != b).count();
    if blows == 1 {
        prop_assert!(
            same_length,
            "one blow changed how many records there are: {}",
            text
        );
        let may_differ = if said.question == Question::History {
            said.records.len()
        } else {
            1
        };
        prop_assert!(
            differing <= may_differ,
            "one blow changed {} records",
            differing
        );
    }
    for plan in &shown {
        let known = ["342191000000101", "764841000000100", "818901000000100"];
        let said_so = !known.contains(&plan.headline.as_str()) || text.contains(&plan.headline);
        prop_assert!(said_so, "a kind that nobody stated");
    }
    Ok("the records, with other details")
}

/// Whether these bodies are one complete empty searchset for the number asked. Written without the
/// reader, from the text.
fn is_nothing(bodies: &[&str]) -> bool {
    let [body] = bodies else { return false };
    let once = |name: &str| body.matches(&format!("\"{name}\":")).count() == 1;
    let Ok(Value::Object(document)) = serde_json::from_str(body.trim_start_matches('\u{feff}'))
    else {
        return false;
    };
    let envelope = [
        "resourceType",
        "type",
        "total",
        "entry",
        "link",
        "id",
        "meta",
        "timestamp",
        "language",
        "identifier",
        "signature",
    ];
    once("resourceType")
        && once("type")
        && once("total")
        && document
            .keys()
            .all(|name| envelope.contains(&name.as_str()))
        && document["resourceType"] == "Bundle"
        && document["type"] == "searchset"
        && document["total"].as_u64() == Some(0)
        && document
            .get("entry")
            .is_none_or(|entry| *entry == json!([]))
        && !body.contains("\"next\"")
        && numbers(&Value::Object(document))
            .iter()
            .all(|number| number == ASKED)
}

/// The bodies that a reader gets to see when it follows the links, as far as they can be followed.
fn reached(pages: &[Sent]) -> Vec<&str> {
    let mut bodies = Vec::new();
    let mut url = Some(pages[0].url.clone());
    while let Some(page) = url
        .take()
        .and_then(|url| pages.iter().find(|page| page.url == url))
    {
        let Ok(text) = std::str::from_utf8(&page.body) else {
            break;
        };
        bodies.push(text);
        let document: Option<Value> =
            serde_json::from_str(text.trim_start_matches('\u{feff}')).ok();
        url = document.as_ref().and_then(next_link);
        if bodies.len() > 20 {
            break;
        }
    }
    bodies
}

fn next_link(document: &Value) -> Option<String> {
    let links = document.get("link")?.as_array()?;
    let next = links.iter().find(|link| link["relation"] == "next")?;
    Some(next["url"].as_str()?.to_owned())
}

fn documents(bodies: &[&str]) -> Result<Vec<Value>, TestCaseError> {
    let read = |body: &&str| serde_json::from_str(body.trim_start_matches('\u{feff}'));
    bodies
        .iter()
        .map(read)
        .collect::<Result<_, _>>()
        .map_err(|error| TestCaseError::fail(format!("read from text that is not JSON: {error}")))
}

/// The resources of a type, at any depth.
fn resources<'a>(value: &'a Value, wanted: &str) -> Vec<&'a Value> {
    let mut found = Vec::new();
    if value["resourceType"] == wanted {
        found.push(value);
    }
    match value {
        Value::Object(members) => found.extend(members.values().flat_map(|v| resources(v, wanted))),
        Value::Array(values) => found.extend(values.iter().flat_map(|v| resources(v, wanted))),
        _ => {}
    }
    found
}

/// Every run of ten digits in links and in values of NHS numbers.
fn numbers(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let mut found: Vec<String> = members.values().flat_map(numbers).collect();
            let is_number = members
                .get("system")
                .is_some_and(|s| *s == system::NHS_NUMBER);
            let texts = [
                members.get("value").filter(|_| is_number),
                members.get("url"),
            ];
            for text in texts.into_iter().flatten().filter_map(Value::as_str) {
                let runs = text.split(|c: char| !c.is_ascii_digit());
                found.extend(runs.filter(|run| run.len() == 10).map(str::to_owned));
            }
            found
        }
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        _ => vec![],
    }
}

/// A page on its way: a document until something strikes its bytes.
struct Page {
    url: String,
    body: Body,
}

#[derive(Clone)]
enum Body {
    Document(Value),
    Bytes(Vec<u8>),
}

/// A page as it arrives.
struct Sent {
    url: String,
    body: Vec<u8>,
}

fn read(question: Question, pages: &[Sent]) -> Result<Vec<Shown>, ReadError> {
    let asked = NhsNumber::parse(ASKED).unwrap();
    match question {
        Question::Plans => {
            let plans = follow(pages, |body| read_plans_page(body, &asked))?;
            Ok(plans.iter().map(show_plan).collect())
        }
        Question::History => {
            let accesses = follow(pages, |body| read_history_page(body, &asked))?;
            Ok(accesses.iter().map(show_access).collect())
        }
        Question::Flags => {
            let flags = read_patient_flags(&pages[0].body, &asked)?;
            Ok(flags.plans.iter().map(show_plan).collect())
        }
    }
}

fn follow<T>(
    pages: &[Sent],
    read: impl Fn(&[u8]) -> Result<cpis_fhir::Page<T>, ReadError>,
) -> Result<Vec<T>, ReadError> {
    let mut together = Pages::new();
    let mut url = pages[0].url.clone();
    loop {
        let page = pages.iter().find(|page| page.url == url);
        let page = page.ok_or(ReadError::Incomplete("a link that leads nowhere"))?;
        match together.add(read(&page.body)?)? {
            Progress::Complete(items) => return Ok(items),
            Progress::More { url: next } => url = next,
        }
    }
}

fn show_plan(plan: &Plan) -> Shown {
    let telephone = |number: &Option<Telephone>| number.as_ref().map(|n| n.as_str().to_owned());
    Shown {
        headline: plan.kind.snomed().to_owned(),
        details: format!(
            "{:?} {:?} {:?} {:?} {:?}",
            plan.start,
            plan.end,
            plan.authority.name,
            telephone(&plan.authority.office_hours),
            telephone(&plan.authority.emergency_duty)
        ),
    }
}

fn show_access(access: &Access) -> Shown {
    Shown {
        headline: access.viewer.clone().unwrap_or_default(),
        details: format!("{} {:?} {:?}", access.at, access.role, access.organisation),
    }
}

impl Question {
    fn resource(self) -> &'static str {
        match self {
            Self::Plans => "CareTeam",
            Self::History => "AuditEvent",
            Self::Flags => "PatientFlag",
        }
    }

    /// The resource that stands for one record.
    fn record_type(self) -> &'static str {
        match self {
            Self::Flags => "CarePlan",
            Self::Plans | Self::History => self.resource(),
        }
    }

    fn own_url(self, number: &str) -> String {
        match self {
            Self::Flags => format!("https://backend.example/FHIR/R4/PatientFlag?patient={number}"),
            Self::Plans | Self::History => format!(
                "https://backend.example/FHIR/R4/{}?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|{number}",
                self.resource()
            ),
        }
    }

    fn nothing(self, number: &str) -> Body {
        Body::Document(
            json!({ "resourceType": "Bundle", "type": "searchset", "total": 0,
            "link": [{ "relation": "self", "url": self.own_url(number) }] }),
        )
    }
}

impl Said {
    /// What a right reading shows.
    fn finding(&self) -> Vec<Shown> {
        let shown = |(index, record): (usize, &Record)| match self.question {
            Question::Plans | Question::Flags => Shown {
                headline: record.code().to_owned(),
                details: format!(
                    "{:?} {:?} {:?} {:?} {:?}",
                    record.start.map(day).map(date),
                    record.end.map(day).map(date),
                    Some(format!("Authority {index}")),
                    record.telephones.then(|| format!("01632 96000{index}")),
                    record.telephones.then(|| format!("01632 96010{index}")),
                ),
            },
            Question::History => Shown {
                headline: format!("Viewer {}", record.role(index)),
                details: format!(
                    "2026-11-0{} 10:00:00 +00:00 {:?} {:?}",
                    index + 1,
                    Some("Nurse"),
                    Some("Clinic (RCU)"),
                ),
            },
        };
        self.records.iter().enumerate().map(shown).collect()
    }

    fn pages(&self) -> Vec<Page> {
        let size = if self.question == Question::Flags {
            5
        } else {
            self.page_size
        };
        let indexed: Vec<(usize, &Record)> = self.records.iter().enumerate().collect();
        let mut chunks: Vec<&[(usize, &Record)]> = indexed.chunks(size).collect();
        if chunks.is_empty() {
            chunks.push(&[]);
        }
        let last = chunks.len() - 1;
        let page = |(number, chunk): (usize, &&[(usize, &Record)])| {
            let mut links = Vec::new();
            if self.own_link {
                let url = self.question.own_url(ASKED);
                links.push(json!({ "relation": "self", "url": url }));
            }
            if number < last {
                links.push(json!({ "relation": "next", "url": format!("?page={}", number + 1) }));
            }
            let mut bundle = json!({
                "resourceType": "Bundle", "type": "searchset", "total": self.records.len(),
            });
            if !links.is_empty() {
                bundle["link"] = json!(links);
            }
            if !chunk.is_empty() {
                bundle["entry"] = json!(self.question.entries(chunk));
            }
            Page {
                url: format!("?page={number}"),
                body: Body::Document(bundle),
            }
        };
        chunks.iter().enumerate().map(page).collect()
    }
}

impl Question {
    fn entries(self, records: &[(usize, &Record)]) -> Vec<Value> {
        let mut entries = Vec::new();
        let mut roles = Vec::new();
        for (index, record) in records {
            match self {
                Self::Plans => entries.push(matched(record.care_team(*index))),
                Self::History => {
                    let role = record.role(*index);
                    entries.push(matched(access(*index, role)));
                    if !roles.contains(&role) {
                        roles.push(role);
                        entries.push(included(practitioner_role(role)));
                    }
                }
                Self::Flags => {
                    entries.push(matched(flag(*index)));
                    entries.push(included(record.care_plan(*index)));
                    entries.push(included(record.care_team(*index)));
                }
            }
        }
        entries
    }
}

impl Record {
    fn from_bits(bits: u32) -> Self {
        let [kind, start, end, flags] = bits.to_le_bytes();
        Self {
            kind: kind % 4,
            start: (flags & 1 == 1).then_some(start),
            end: (flags & 2 == 2).then_some(end),
            telephones: flags & 4 == 4,
            shared_role: flags & 8 == 8,
        }
    }

    fn code(&self) -> &'static str {
        [
            "342191000000101",
            "764841000000100",
            "818901000000100",
            "105",
        ][usize::from(self.kind)]
    }

    fn role(&self, index: usize) -> usize {
        if self.shared_role { 9 } else { index }
    }

    fn care_team(&self, index: usize) -> Value {
        let mut team = json!({
            "resourceType": "CareTeam", "id": format!("team-{index}"),
            "category": self.category(), "name": format!("Authority {index}"), "subject": person(),
            "period": self.period(),
        });
        if self.telephones {
            team["telecom"] = json!([
                { "system": "phone", "use": "work", "value": format!("01632 96000{index}") },
                { "system": "phone", "use": "mobile", "value": format!("01632 96010{index}") },
            ]);
        }
        team
    }

    fn care_plan(&self, index: usize) -> Value {
        json!({
            "resourceType": "CarePlan", "id": format!("plan-{index}"), "status": "active",
            "category": self.category(), "subject": person(), "period": self.period(),
            "careTeam": [{ "reference": format!("CareTeam/team-{index}") }],
        })
    }

    fn category(&self) -> Value {
        json!([{ "coding": [{ "system": system::SNOMED, "code": self.code(), "display": "words" }] }])
    }

    fn period(&self) -> Value {
        let mut period = json!({});
        if let Some(start) = self.start {
            period["start"] = day(start).into();
        }
        if let Some(end) = self.end {
            period["end"] = day(end).into();
        }
        period
    }
}

fn day(number: u8) -> String {
    format!(
        "202{}-{:02}-{:02}",
        number % 7,
        number % 12 + 1,
        number % 28 + 1
    )
}

fn date(day: String) -> chrono::NaiveDate {
    day.parse().unwrap()
}

fn person() -> Value {
    json!({ "identifier": { "system": system::NHS_NUMBER, "value": ASKED } })
}

fn matched(resource: Value) -> Value {
    entry(resource, "match")
}

fn included(resource: Value) -> Value {
    entry(resource, "include")
}

fn entry(resource: Value, mode: &str) -> Value {
    let (resource_type, id) = (resource["resourceType"].as_str(), resource["id"].as_str());
    json!({
        "fullUrl": format!("https://backend.example/{}/{}", resource_type.unwrap(), id.unwrap()),
        "search": { "mode": mode },
        "resource": resource,
    })
}

fn access(index: usize, role: usize) -> Value {
    let class = |code: &str| json!({ "coding": [{ "system": system::ROLE_CLASS, "code": code }] });
    json!({
        "resourceType": "AuditEvent", "id": format!("access-{index}"),
        "recorded": format!("2026-11-0{}T10:00:00+00:00", index + 1),
        "agent": [
            { "type": class("PAT"), "who": person(), "requestor": "false" },
            { "type": class("ASSIGNED"), "who": { "reference": format!("PractitionerRole/role-{role}") }, "requestor": "true" },
        ],
    })
}

fn practitioner_role(role: usize) -> Value {
    json!({
        "resourceType": "PractitionerRole", "id": format!("role-{role}"),
        "practitioner": { "display": format!("Viewer {role}") },
        "organization": { "display": "Clinic (RCU)" },
        "code": [{ "coding": [{ "display": "Nurse" }] }],
    })
}

fn flag(index: usize) -> Value {
    json!({
        "resourceType": "Flag", "id": format!("flag-{index}"), "status": "active", "subject": person(),
        "code": { "coding": [{ "system": system::FLAG_CATEGORY, "code": "child-protection-information-system-flag" }] },
        "extension": [{ "url": system::FLAG_DETAIL, "valueReference": { "reference": format!("CarePlan/plan-{index}") } }],
    })
}

impl Damage {
    fn strike(&self, pages: &mut Vec<Page>) {
        let count = pages.len();
        match self {
            Self::DropMember(place) => on_node(
                pages,
                *place,
                |v| v.is_object(),
                |place, value| {
                    let members = value.as_object_mut().unwrap();
                    if let Some(name) = members.keys().nth(place % members.len().max(1)).cloned() {
                        members.remove(&name);
                    }
                },
            ),
            Self::RenameMember(place) => on_node(
                pages,
                *place,
                |v| v.is_object(),
                |place, value| {
                    let members = value.as_object_mut().unwrap();
                    if let Some(name) = members.keys().nth(place % members.len().max(1)).cloned() {
                        let moved = members.remove(&name).unwrap();
                        members.insert(format!("{name}x"), moved);
                    }
                },
            ),
            Self::DropElement(place) => on_node(pages, *place, has_elements, |place, value| {
                let values = value.as_array_mut().unwrap();
                values.remove(place % values.len());
            }),
            Self::DuplicateElement(place) => {
                on_node(pages, *place, has_elements, |place, value| {
                    let values = value.as_array_mut().unwrap();
                    let twin = values[place % values.len()].clone();
                    values.push(twin);
                })
            }
            Self::DuplicateMember(place, other) => duplicate_member(pages, *place, *other),
            Self::Retype(place, other) => on_node(
                pages,
                *place,
                |_| true,
                |_, value| {
                    *value = another_type(value, *other);
                },
            ),
            Self::ChangeTotal(total) => {
                for page in pages {
                    page.change(|document| document["total"] = (*total).into());
                }
            }
            Self::ChangeType(kind) => {
                let kinds = [
                    "collection",
                    "history",
                    "batch-response",
                    "document",
                    "search-set",
                    "",
                ];
                let kind = kinds[usize::from(*kind) % kinds.len()];
                pages[0].change(|document| document["type"] = kind.into());
            }
            Self::SwapPerson(place) => {
                let body = pages[place % count].bytes();
                let starts: Vec<usize> = body
                    .windows(ASKED.len())
                    .enumerate()
                    .filter(|(_, window)| *window == ASKED.as_bytes())
                    .map(|(start, _)| start)
                    .collect();
                if let Some(start) = starts.get(place / count % starts.len().max(1)) {
                    body[*start..start + ASKED.len()].copy_from_slice(OTHER.as_bytes());
                }
            }
            Self::SwapPersonEverywhere => {
                for page in pages {
                    let body = page.bytes();
                    *body = String::from_utf8_lossy(body)
                        .replace(ASKED, OTHER)
                        .into_bytes();
                }
            }
            Self::Modifier(place) => on_node(pages, *place, Value::is_object, |_, value| {
                value["modifierExtension"] =
                    json!([{ "url": "https://example.org/not", "valueBoolean": true }]);
            }),
            Self::ImplicitRules(place) => on_node(pages, *place, is_resource, |_, value| {
                value["implicitRules"] = "https://example.org/rules".into();
            }),
            Self::EnteredInError(place) => on_node(pages, *place, is_resource, |_, value| {
                if value["resourceType"] != "Bundle" {
                    value["status"] = "entered-in-error".into();
                }
            }),
            Self::Outcome(place) => pages[place % count].change(|document| {
                let outcome =
                    json!({ "resource": { "resourceType": "OperationOutcome", "issue": [] } });
                match document["entry"].as_array_mut() {
                    Some(entries) => entries.push(outcome),
                    None => document["entry"] = json!([outcome]),
                }
            }),
            Self::LeftOut => pages[0].change(|document| {
                document["meta"] = json!({ "tag": [{ "code": "SUBSETTED" }] });
            }),
            Self::AddNextLink => pages[count - 1].change(|document| {
                document["link"] = json!([{ "relation": "next", "url": "?page=0" }]);
            }),
            Self::RepeatPage => {
                let body = pages[0].body.clone();
                pages[count - 1].body = body;
            }
            Self::SkipPage => {
                let body = pages[count - 1].body.clone();
                pages[0].body = body;
            }
            Self::Truncate(place) => {
                let body = pages[place % count].bytes();
                let length = place.wrapping_mul(7) % body.len().max(1);
                body.truncate(length);
            }
            Self::Flip(place, bit) => {
                let body = pages[place % count].bytes();
                let length = body.len().max(1);
                if let Some(byte) = body.get_mut(place.wrapping_mul(31) % length) {
                    *byte ^= 1 << bit;
                }
            }
            Self::Append(byte) => pages[0].bytes().push(*byte),
            Self::Html => {
                pages[0].body = Body::Bytes(b"<!doctype html><title>Sign in</title>".to_vec());
            }
            Self::EmptyBody => pages[count - 1].bytes().clear(),
            Self::NothingForAnother => pages[0].body = Question::Plans.nothing(OTHER),
            Self::NothingForThis => pages[0].body = Question::Plans.nothing(ASKED),
        }
    }
}

impl Page {
    /// Changes the document, if the body is still one.
    fn change(&mut self, change: impl FnOnce(&mut Value)) {
        if let Body::Bytes(bytes) = &self.body
            && let Ok(document) = serde_json::from_slice(bytes)
        {
            self.body = Body::Document(document);
        }
        if let Body::Document(document) = &mut self.body
            && document.is_object()
        {
            change(document);
        }
    }

    /// The bytes, to be changed.
    fn bytes(&mut self) -> &mut Vec<u8> {
        if let Body::Document(document) = &self.body {
            self.body = Body::Bytes(document.to_string().into_bytes());
        }
        match &mut self.body {
            Body::Bytes(bytes) => bytes,
            Body::Document(_) => unreachable!("made bytes above"),
        }
    }

    fn send(mut self) -> Sent {
        let body = std::mem::take(self.bytes());
        Sent {
            url: self.url,
            body,
        }
    }
}

/// Changes one of the places of one page that satisfy a condition.
fn on_node(
    pages: &mut [Page],
    place: usize,
    fits: impl Fn(&Value) -> bool,
    change: impl FnOnce(usize, &mut Value),
) {
    let count = pages.len();
    pages[place % count].change(|document| {
        let place = place / count;
        let fitting = count_nodes(document, &fits);
        if fitting > 0 {
            let mut left = place % fitting;
            if let Some(node) = nth_node(document, &fits, &mut left) {
                change(place / fitting, node);
            }
        }
    });
}

fn count_nodes(value: &Value, fits: &impl Fn(&Value) -> bool) -> usize {
    let inside: usize = match value {
        Value::Object(members) => members.values().map(|v| count_nodes(v, fits)).sum(),
        Value::Array(values) => values.iter().map(|v| count_nodes(v, fits)).sum(),
        _ => 0,
    };
    inside + usize::from(fits(value))
}

fn nth_node<'a>(
    value: &'a mut Value,
    fits: &impl Fn(&Value) -> bool,
    left: &mut usize,
) -> Option<&'a mut Value> {
    if fits(value) {
        if *left == 0 {
            return Some(value);
        }
        *left -= 1;
    }
    match value {
        Value::Object(members) => members.values_mut().find_map(|v| nth_node(v, fits, left)),
        Value::Array(values) => values.iter_mut().find_map(|v| nth_node(v, fits, left)),
        _ => None,
    }
}

fn has_elements(value: &Value) -> bool {
    value.as_array().is_some_and(|values| !values.is_empty())
}

fn is_resource(value: &Value) -> bool {
    value.get("resourceType").is_some()
}

fn another_type(value: &Value, choice: u8) -> Value {
    let wrapped = match value {
        Value::Array(values) => values.first().cloned().unwrap_or_default(),
        Value::String(text) => text.parse::<u64>().map_or(json!(1), Value::from),
        Value::Number(number) => json!(number.to_string()),
        value => json!([value]),
    };
    let others = [
        Value::Null,
        json!({}),
        json!([]),
        json!(""),
        json!(0),
        json!(false),
        wrapped,
    ];
    others[usize::from(choice) % others.len()].clone()
}

/// Writes a member a second time, before or after itself, with another value. The marks decide
/// where it is sorted, and vanish from the text.
fn duplicate_member(pages: &mut [Page], place: usize, choice: u8) {
    let mark = if choice.is_multiple_of(2) { "!!" } else { "~~" };
    let has_members = |value: &Value| value.as_object().is_some_and(|members| !members.is_empty());
    on_node(pages, place, has_members, |place, value| {
        let members = value.as_object_mut().unwrap();
        let name = members.keys().nth(place % members.len()).unwrap().clone();
        let twin = another_type(&members[&name], choice / 2);
        members.insert(format!("{mark}{name}"), twin);
    });
    for page in pages {
        let body = page.bytes();
        *body = String::from_utf8_lossy(body)
            .replace(&format!("\"{mark}"), "\"")
            .into_bytes();
    }
}
