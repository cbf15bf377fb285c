//! What a reading showed.

use super::answers::{ASKED, Question, Sent};
use cpis_fhir::*;
use cpis_record::*;

/// What a reading showed: each record's kind or viewer, and all of its details.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub headline: String,
    pub details: String,
}

pub fn read(question: Question, pages: &[Sent]) -> Result<Vec<Shown>, ReadError> {
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
