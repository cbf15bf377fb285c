//! Answers about plans and about who looked: "nothing found" is read from one thing only.

use cpis_fhir::{Page, Pages, Progress, read_history_page, read_patient_flags, read_plans_page};
use cpis_record::NhsNumber;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// Whom the seeds are about.
static ASKED: LazyLock<NhsNumber> = LazyLock::new(|| {
    NhsNumber::received("9912003890").expect("the number of the published examples is one")
});

/// The plans.
pub fn plans(input: &[u8]) -> bool {
    read_plans_page(input, &ASKED).is_ok_and(|page| judge(input, page))
}

/// The access history.
pub fn history(input: &[u8]) -> bool {
    read_history_page(input, &ASKED).is_ok_and(|page| judge(input, page))
}

/// The plans from the other source.
pub fn patient_flags(input: &[u8]) -> bool {
    let read = read_patient_flags(input, &ASKED);
    if let Ok(flags) = &read
        && flags.plans.is_empty()
    {
        assert!(
            says_nothing(input),
            "nothing was read from an answer that holds something"
        );
        assert!(flags.other_flags.is_empty());
    }
    if let Ok(flags) = &read
        && let Some(more) = with_another_flag(input)
        && let Ok(beside) = read_patient_flags(&more, &ASKED)
    {
        assert!(
            beside.plans == flags.plans,
            "a flag of another kind changed what was read of plans"
        );
        assert!(beside.other_flags.len() == flags.other_flags.len() + 1);
    }
    read.is_ok()
}

/// The same answer with a flag of another kind included, where it has entries.
fn with_another_flag(input: &[u8]) -> Option<Vec<u8>> {
    let mut body: Value = serde_json::from_slice(input).ok()?;
    let flag = json!({
        "fullUrl": "urn:uuid:0196f5a0-0000-7000-8000-0000000000ff",
        "resource": {
            "resourceType": "Flag",
            "id": "another-flag-of-the-fuzz-target",
            "status": "active",
            "code": { "coding": [{ "code": "female-genital-mutilation-flag" }] },
            "subject": { "reference": "Patient/9912003890" },
        },
        "search": { "mode": "include" },
    });
    body.get_mut("entry")?.as_array_mut()?.push(flag);
    Some(body.to_string().into_bytes())
}

/// Whether the page is a whole answer.
fn judge<T>(input: &[u8], page: Page<T>) -> bool {
    let Ok(Progress::Complete(records)) = Pages::new().add(page) else {
        return false;
    };
    if records.is_empty() {
        assert!(
            says_nothing(input),
            "nothing was read from an answer that holds something"
        );
    }
    true
}

/// Whether the text is a complete empty searchset.
fn says_nothing(input: &[u8]) -> bool {
    let input = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input);
    let Ok(read) = serde_json::from_slice::<Value>(input) else {
        return false;
    };
    let links = read["link"].as_array().map(Vec::as_slice);
    let mut links = links.unwrap_or_default().iter();
    read["resourceType"] == "Bundle"
        && read["type"] == "searchset"
        && read["total"] == 0
        && read["entry"].as_array().is_none_or(Vec::is_empty)
        && links.all(|link| link["relation"] != "next")
}
