//! Who calls, in which role, with which headers, and whether they may look.

use super::Refusal;
use super::admission::Stopped;
use crate::app::App;
use crate::http::{CORRELATION_ID, REQUEST_ID, header_text};
use crate::oauth::access_token::bearer;
use crate::population::{AuthorityToShare, StaffMember, StaffRole, TrainingAccess};
use crate::store::{Bearer, Look, Store};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use chrono::{DateTime, FixedOffset, NaiveDate};
use cpis_record::{ActivityCode, NhsNumber};
use uuid::Uuid;

const SESSION_ROLE: HeaderName = HeaderName::from_static("nhsd-session-urid");
const TRACE_ID: HeaderName = HeaderName::from_static("traceid");
const UNSCHEDULED: HeaderName = HeaderName::from_static("isunscheduledaccessevent");

/// A person who signed in, in one of their roles.
pub(super) struct Caller<'a> {
    member: &'a StaffMember,
    held: &'a StaffRole,
}

/// What a look on CP-IS says of itself.
pub(super) struct Trace {
    pub(super) id: String,
    pub(super) unscheduled: bool,
}

impl<'a> Caller<'a> {
    /// Reads token, request id and role.
    pub(super) async fn of(app: &'a App, request: &Parts) -> Result<Self, Refusal> {
        let bearer = bearer(app, request).await?;
        Self::new(app, request, bearer)
    }

    /// Reads request id and role of whom the token speaks for.
    pub(super) fn new(app: &'a App, request: &Parts, bearer: Bearer) -> Result<Self, Refusal> {
        let headers = &request.headers;
        let user_id = match bearer {
            Bearer::User { user_id, .. } => user_id,
            Bearer::Workstation { .. } => {
                return Err(Refusal::access_denied(
                    "A workstation's token does not allow this; a person signs in",
                ));
            }
        };
        let request_id = header_text(headers, &REQUEST_ID);
        if request_id.is_none_or(|id| Uuid::try_parse(id).is_err()) {
            return Err(Refusal::precondition_failed("X-Request-ID"));
        }
        if headers.contains_key(&CORRELATION_ID)
            && !header_text(headers, &CORRELATION_ID).is_some_and(is_token)
        {
            return Err(Refusal::precondition_failed("X-Correlation-ID"));
        }
        let member = app.member(&user_id).ok_or_else(Refusal::unauthorised)?;
        let profile = header_text(headers, &SESSION_ROLE)
            .ok_or_else(|| Refusal::precondition_failed("NHSD-Session-URID"))?;
        let held = member.role(profile).ok_or_else(|| {
            Refusal::access_denied("NHSD-Session-URID is not a role of this user")
        })?;
        if app.roles.is_withdrawn(member, profile) {
            return Err(Refusal::access_denied(
                "The role of NHSD-Session-URID has been withdrawn from this user",
            ));
        }
        Ok(Self { member, held })
    }

    /// Whether the role may look at all, in this mode: the activity codes.
    pub(super) fn holds_activity(&self, unscheduled: bool) -> Result<(), Refusal> {
        let notify = self.held.role.holds(ActivityCode::VIEW_AND_NOTIFY);
        let silent = self.held.role.holds(ActivityCode::VIEW_SILENTLY);
        match (notify, silent) {
            (false, false) => Err(Refusal::access_denied(
                "The role holds neither B0107 nor B0170",
            )),
            (false, true) if unscheduled => Err(Refusal::access_denied(
                "The role holds B0170 only: IsUnscheduledAccessEvent must be sent as false",
            )),
            _ => Ok(()),
        }
    }

    /// Whether the organisation may look in the role's care setting today.
    pub(super) fn has_authority_to_share(
        &self,
        store: &dyn Store,
        today: NaiveDate,
    ) -> Result<(), Stopped> {
        let agreements = store.authorities_to_share(&self.held.role.organisation.ods_code)?;
        Ok(self.is_within(&agreements, today)?)
    }

    fn is_within(&self, agreements: &[AuthorityToShare], today: NaiveDate) -> Result<(), Refusal> {
        if agreements.is_empty() {
            return Err(Refusal::access_denied(
                "The organisation is outside the authority to share",
            ));
        }
        let agreement = agreements
            .iter()
            .find(|a| a.care_setting == self.held.care_setting)
            .ok_or_else(|| {
                Refusal::access_denied("The care setting is outside the authority to share")
            })?;
        if today < agreement.from || agreement.until.is_some_and(|until| today > until) {
            return Err(Refusal::access_denied(
                "The date is outside the period of the authority to share",
            ));
        }
        Ok(())
    }

    /// The look this caller takes.
    pub(super) fn look(
        &self,
        trace: &Trace,
        person: &NhsNumber,
        at: DateTime<FixedOffset>,
    ) -> Look {
        Look {
            trace_id: trace.id.clone(),
            nhs_number: person.clone(),
            unscheduled: trace.unscheduled,
            access: access(self.member, self.held, at),
        }
    }
}

/// An access by a member of staff in a role.
pub(super) fn access(
    member: &StaffMember,
    held: &StaffRole,
    at: DateTime<FixedOffset>,
) -> TrainingAccess {
    let organisation = &held.role.organisation;
    TrainingAccess {
        at,
        viewer: member.name(),
        role_profile: held.role.profile.as_str().to_owned(),
        role_code: held.role.job_role_code().to_owned(),
        role_name: held.role.name.clone(),
        organisation: organisation.ods_code.clone(),
        organisation_name: organisation.name.clone().unwrap_or_default(),
    }
}

impl Trace {
    /// Reads the two headers of CP-IS. No `IsUnscheduledAccessEvent` means unscheduled (CP-IS
    /// implementation guide, Headers).
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let id = header_text(headers, &TRACE_ID)
            .filter(|id| is_token(id))
            .ok_or_else(|| Refusal::precondition_failed("TraceID"))?;
        let unscheduled = match headers.contains_key(&UNSCHEDULED) {
            false => true,
            true => header_text(headers, &UNSCHEDULED)
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| Refusal::precondition_failed("IsUnscheduledAccessEvent"))?,
        };
        Ok(Self {
            id: id.to_owned(),
            unscheduled,
        })
    }
}

/// Letters, digits, dashes: what UUIDs are written with, and FHIR ids without the dot.
fn is_token(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
