//! One look: trace the person, then ask the register for plans and history side by side.
//!
//! Every function takes the [`Attempt`], which exists only after the look is on the disk, so nothing
//! leaves this computer before. Nothing here is repeated (invariant I4).

use crate::answer::{Answer, Arrival, Asked, Question};
use crate::network::Reply;
use crate::policy::PlanSource;
use crate::service::ServiceFault;
use crate::session::{CallFault, Session};
use chrono::NaiveDate;
use cpis_audit::Attempt;
use cpis_fhir::{
    Page, Pages, PatientFlags, Progress, ReadError, is_fhir_json, read_operation_outcome,
};
use cpis_record::{
    AccessHistory, IdentityProblem, Mode, NhsNumber, NotChecked, NotCheckedCause, Patient, Plan,
    RoleProfileId,
};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use url::Url;

/// The longest reason of the service that is shown.
const LONGEST_REASON: usize = 200;
/// How long many checks pause after "too many requests" that names no time.
const PAUSE: Duration = Duration::from_secs(10);
/// A pause that is asked for is kept within these, whatever the service writes.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// How and as whom to look.
pub(crate) struct Terms<'a> {
    pub session: &'a Session,
    pub profile: &'a RoleProfileId,
    pub mode: Mode,
    /// The day of the look.
    pub today: NaiveDate,
    /// Where the service's wish for a pause is noted.
    pub pause: &'a AskedPause,
}

/// The pause that the service asked for with its answers to one look.
#[derive(Default)]
pub(crate) struct AskedPause(AtomicU64);

impl AskedPause {
    /// Takes note of an answer. `Retry-After` wins; "too many requests" without one means a short while.
    fn note(&self, reply: &Reply) {
        let pause = match (reply.status, reply.retry_after) {
            (429 | 503, Some(asked)) => asked.clamp(SHORTEST_PAUSE, LONGEST_PAUSE),
            (429, None) => PAUSE,
            _ => return,
        };
        self.0.fetch_max(pause.as_secs(), Ordering::Relaxed);
    }

    /// The longest that was asked for.
    pub fn asked(&self) -> Option<Duration> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            seconds => Some(Duration::from_secs(seconds)),
        }
    }
}

/// Makes one look. `on_records` is called when the person is traced and the register is asked.
pub(crate) async fn look(
    attempt: &Attempt,
    terms: &Terms<'_>,
    question: &Question,
    on_records: impl FnOnce(),
) -> Answer {
    let patient = match trace(attempt, terms, &question.number).await {
        Ok(patient) => patient,
        Err(why) => return Answer::not_asked(why),
    };
    if let Some(problem) = open_problem(&patient, question, terms.today) {
        return Answer::stopped(problem);
    }
    on_records();
    match terms.session.service().source() {
        PlanSource::Cpis => {
            let (plans, history) = tokio::join!(
                plans(attempt, terms, &question.number),
                history(attempt, terms, &question.number),
            );
            Answer::joined(patient, terms.mode, plans, history)
        }
        PlanSource::PatientFlags => {
            let flags = flags(attempt, terms, &question.number).await;
            Answer::of_silent_source(patient, terms.mode, flags)
        }
    }
}

/// The question as text, for the record's `entity.query` (domain.md 10.3).
pub(crate) fn request_text(
    source: PlanSource,
    number: &NhsNumber,
    mode: Mode,
    view: &str,
) -> String {
    let path = match source {
        PlanSource::Cpis => plans_path(number),
        PlanSource::PatientFlags => flags_path(number),
    };
    let unscheduled = mode.tells_local_authority();
    format!("GET {path}\nIsUnscheduledAccessEvent: {unscheduled}\nTraceID: {view}\n")
}

/// What stops the look, less what the person has decided to accept.
fn open_problem(
    patient: &Patient,
    question: &Question,
    today: NaiveDate,
) -> Option<IdentityProblem> {
    let mut considered = patient.clone();
    loop {
        let problem = considered.problem(&question.number, question.birth_date);
        let Some(problem) = problem else {
            let grown_up = IdentityProblem::GrownUp;
            let accepted = question.accepted.contains(&grown_up.cause());
            return (considered.is_beyond_cpis(today) && !accepted).then_some(grown_up);
        };
        if !question.accepted.contains(&problem.cause()) {
            return Some(problem);
        }
        match problem {
            IdentityProblem::Restricted => considered.restricted = false,
            IdentityProblem::Deceased => considered.deceased = None,
            // Another person's record is never accepted under this number.
            stays => return Some(stays),
        }
    }
}

async fn trace(_: &Attempt, terms: &Terms<'_>, number: &NhsNumber) -> Result<Patient, NotChecked> {
    let path = format!("personal-demographics/FHIR/R4/Patient/{}", number.digits());
    let url = terms.session.service().address(&path);
    let reply = terms
        .session
        .get(url, terms.profile, &[])
        .await
        .map_err(not_checked)?;
    terms.pause.note(&reply);
    let body = readable(&reply)?;
    cpis_fhir::read_patient(body).map_err(unread)
}

async fn plans(attempt: &Attempt, terms: &Terms<'_>, number: &NhsNumber) -> Asked<Vec<Plan>> {
    let read = |body: &[u8]| cpis_fhir::read_plans_page(body, number);
    all_pages(attempt, terms, &plans_path(number), read).await
}

async fn history(attempt: &Attempt, terms: &Terms<'_>, number: &NhsNumber) -> Asked<AccessHistory> {
    let read = |body: &[u8]| cpis_fhir::read_history_page(body, number);
    let Asked { result, arrival } = all_pages(attempt, terms, &history_path(number), read).await;
    Asked {
        result: result.map(AccessHistory::newest_first),
        arrival,
    }
}

async fn flags(
    attempt: &Attempt,
    terms: &Terms<'_>,
    number: &NhsNumber,
) -> Result<PatientFlags, NotChecked> {
    let url = terms.session.service().address(&flags_path(number));
    let (reply, _) = ask(attempt, terms, url).await;
    cpis_fhir::read_patient_flags(readable(&reply?)?, number).map_err(unread)
}

/// Fetches an answer with all its pages. A page elsewhere than below the base is not followed.
async fn all_pages<T>(
    attempt: &Attempt,
    terms: &Terms<'_>,
    path: &str,
    read: impl Fn(&[u8]) -> Result<Page<T>, ReadError>,
) -> Asked<Vec<T>> {
    let mut url = terms.session.service().address(path);
    let mut pages = Pages::new();
    loop {
        let (reply, arrival) = ask(attempt, terms, url).await;
        let page = reply.and_then(|reply| {
            let page = read(readable(&reply)?).map_err(unread)?;
            pages.add(page).map_err(unread)
        });
        match page {
            Ok(Progress::Complete(items)) => {
                return Asked {
                    result: Ok(items),
                    arrival,
                };
            }
            Ok(Progress::More { url: next }) => match Url::parse(&next) {
                Ok(next) if terms.session.service().is_ours(&next) => url = next,
                _ => {
                    let why = NotCheckedCause::IncompleteAnswer.into();
                    return Asked {
                        result: Err(why),
                        arrival,
                    };
                }
            },
            Err(why) => {
                return Asked {
                    result: Err(why),
                    arrival,
                };
            }
        }
    }
}

/// One question to the register, with the headers that say which look it belongs to and whether the
/// local authority is to be told.
async fn ask(
    attempt: &Attempt,
    terms: &Terms<'_>,
    url: Url,
) -> (Result<Reply, NotChecked>, Arrival) {
    let headers = [
        ("TraceID", attempt.view().to_string()),
        (
            "IsUnscheduledAccessEvent",
            terms.mode.tells_local_authority().to_string(),
        ),
    ];
    let reply = terms.session.get(url, terms.profile, &headers).await;
    if let Ok(reply) = &reply {
        terms.pause.note(reply);
    }
    let arrival = match &reply {
        Ok(reply) => match reply.status {
            200..=299 => Arrival::Answered,
            400..=499 if reply.status != 408 => Arrival::NotActedOn,
            _ => Arrival::Unknown,
        },
        Err(CallFault::Network(fault)) if fault.may_have_arrived() => Arrival::Unknown,
        Err(_) => Arrival::NotActedOn,
    };
    (reply.map_err(not_checked), arrival)
}

fn plans_path(number: &NhsNumber) -> String {
    format!(
        "cpis/FHIR/R4/CareTeam?patient:identifier={}",
        identifier(number)
    )
}

fn history_path(number: &NhsNumber) -> String {
    format!(
        "cpis/FHIR/R4/AuditEvent?patient:identifier={}&_include=AuditEvent:entity-type=http://terminology.hl7.org/CodeSystem/v3-RoleClass%7CASSIGNED",
        identifier(number)
    )
}

fn flags_path(number: &NhsNumber) -> String {
    format!(
        "patient-flags-api/FHIR/R4/PatientFlag?patient={}&code=child-protection-information-system-flag",
        number.digits()
    )
}

fn identifier(number: &NhsNumber) -> String {
    format!("{}%7C{}", cpis_fhir::system::NHS_NUMBER, number.digits())
}

/// The body of a good answer, or why the answer is not one (design section 4, rules for answers).
pub(crate) fn readable(reply: &Reply) -> Result<&[u8], NotChecked> {
    let fhir = reply.content_type.as_deref().is_some_and(is_fhir_json);
    let cause = match reply.status {
        200 if fhir => return Ok(&reply.body),
        401 => NotCheckedCause::SignInNeeded,
        403 => NotCheckedCause::NotAllowed,
        404 => not_known(reply),
        408 | 500..=599 => NotCheckedCause::ServiceUnavailable,
        429 => NotCheckedCause::TooManyRequests,
        400..=499 => NotCheckedCause::Refused,
        _ => NotCheckedCause::UnreadableAnswer,
    };
    let reason = if matches!(
        cause,
        NotCheckedCause::NotAllowed | NotCheckedCause::Refused
    ) {
        reason(reply)
    } else {
        None
    };
    Err(NotChecked { cause, reason })
}

fn not_known(reply: &Reply) -> NotCheckedCause {
    let invalidated = read_operation_outcome(&reply.body)
        .iter()
        .flatten()
        .any(|issue| issue.details_code.as_deref() == Some("INVALIDATED_RESOURCE"));
    if invalidated {
        NotCheckedCause::NumberInvalidated
    } else {
        NotCheckedCause::NotKnown
    }
}

fn reason(reply: &Reply) -> Option<String> {
    let issues = read_operation_outcome(&reply.body)?;
    let text = cpis_fhir::diagnostics(&issues)?;
    Some(
        text.chars()
            .filter(|c| !c.is_control())
            .take(LONGEST_REASON)
            .collect(),
    )
}

pub(crate) fn unread(error: ReadError) -> NotChecked {
    error.cause().into()
}

pub(crate) fn not_checked(fault: CallFault) -> NotChecked {
    match fault {
        CallFault::Network(fault) => fault.cause(),
        CallFault::SignInNeeded => NotCheckedCause::SignInNeeded,
        CallFault::Renewal(ServiceFault::Network(fault)) => fault.cause(),
        CallFault::Renewal(_) => NotCheckedCause::ServiceUnavailable,
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, content_type: &str, body: &str) -> Reply {
        Reply {
            status,
            content_type: Some(content_type.to_owned()),
            location: None,
            retry_after: None,
            dpop_nonce: None,
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn every_status_has_its_cause() {
        use NotCheckedCause as C;
        for (status, cause) in [
            (400, C::Refused),
            (401, C::SignInNeeded),
            (403, C::NotAllowed),
            (404, C::NotKnown),
            (408, C::ServiceUnavailable),
            (415, C::Refused),
            (429, C::TooManyRequests),
            (500, C::ServiceUnavailable),
            (503, C::ServiceUnavailable),
            (204, C::UnreadableAnswer),
            (302, C::UnreadableAnswer),
        ] {
            let answer = reply(status, "application/fhir+json", "{}");
            assert_eq!(readable(&answer).unwrap_err().cause, cause, "{status}");
        }
    }

    #[test]
    fn a_good_status_with_another_content_type_is_no_answer() {
        let portal = reply(
            200,
            "text/html",
            "<html>sign in to the wireless network</html>",
        );
        assert_eq!(
            readable(&portal).unwrap_err().cause,
            NotCheckedCause::UnreadableAnswer
        );
        assert!(readable(&reply(200, "application/fhir+json; charset=utf-8", "{}")).is_ok());
    }

    #[test]
    fn the_longest_pause_that_was_asked_for_counts() {
        let asked = |answers: &[(u16, Option<u64>)]| {
            let pause = AskedPause::default();
            for (status, seconds) in answers {
                pause.note(&Reply {
                    retry_after: seconds.map(Duration::from_secs),
                    ..reply(*status, "application/fhir+json", "{}")
                });
            }
            pause.asked().map(|pause| pause.as_secs())
        };
        assert_eq!(asked(&[(200, None), (200, Some(9)), (500, None)]), None);
        assert_eq!(asked(&[(429, None)]), Some(10));
        assert_eq!(
            asked(&[(429, Some(30)), (503, Some(120)), (200, None)]),
            Some(120)
        );
        assert_eq!(asked(&[(429, Some(0))]), Some(1));
        assert_eq!(asked(&[(503, None)]), None);
        assert_eq!(asked(&[(429, Some(u64::MAX))]), Some(24 * 60 * 60));
    }

    #[test]
    fn a_refusal_says_why() {
        let text = include_str!("../../../../tests/official-examples/cpis-opoutcome-01.json");
        let why = readable(&reply(403, "application/fhir+json", text)).unwrap_err();
        assert_eq!(
            why.reason.as_deref(),
            Some("Access has been denied to process this request")
        );
    }
}
