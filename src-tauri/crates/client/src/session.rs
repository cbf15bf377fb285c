//! A signed-in user: tokens, roles, and calls in the user's name.
//!
//! # What is kept
//!
//! Access and refresh token, in memory while unlocked; on a lock they go, sealed under the
//! passcode, into a [`cpis_vault::SealedSession`], and nothing else of them stays.

use crate::browser::{BrowserFault, Identified, IdentityTokenError};
use crate::jwt::{Claims, card_assertion};
use crate::network::{NetworkFault, Reply};
use crate::object::Object;
use crate::program::blocking;
use crate::service::{Service, ServiceFault, TokenAnswer, UserToken, success};
use crate::world::World;
use chrono::{DateTime, Duration, FixedOffset};
use cpis_record::{ActivityCode, Organisation, Role, RoleProfileId, UserId};
use cpis_vault::OpenCard;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::{Mutex, watch};
use url::Url;
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A token is renewed when it has less than this left, so that a call does not meet its end.
const RENEW_BEFORE: Duration = Duration::seconds(30);

/// Who signed in.
#[derive(Clone)]
pub struct User {
    /// Their id at the national identity service.
    pub id: UserId,
    /// Their name, for the screen.
    pub name: String,
    /// The roles in which they may look.
    pub roles: Vec<Role>,
}

/// A session at the backend.
pub(crate) struct Session {
    service: Arc<Service>,
    world: World,
    correlation: Uuid,
    tokens: Mutex<Option<Tokens>>,
    renewals: watch::Sender<u64>,
}

#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Tokens {
    access: String,
    refresh: Option<String>,
    /// Whether they are bound to this computer's key.
    bound: bool,
    #[zeroize(skip)]
    expires: DateTime<FixedOffset>,
}

/// Why a call in the user's name was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallFault {
    Network(NetworkFault),
    /// The session is over: 401 after a renewal, or the renewal was refused or lost.
    SignInNeeded,
    /// The token could not be renewed now, but the session may live on.
    Renewal(ServiceFault),
}

impl From<ServiceFault> for CallFault {
    fn from(fault: ServiceFault) -> Self {
        match fault {
            ServiceFault::Network(fault) => Self::Network(fault),
            other => Self::Renewal(other),
        }
    }
}

impl Session {
    /// Signs in with a card: its assertion for tokens (RFC 7523), then who the user is.
    pub async fn sign_in(
        service: Arc<Service>,
        world: World,
        card: OpenCard,
    ) -> Result<(Self, User), ServiceFault> {
        let token_endpoint = service.endpoints().await?.token_endpoint.to_string();
        let (id, now) = (world.identifiers.random(), world.clock.now());
        let issuer = service.client_id().to_owned();
        // A smartcard takes its time. It is not used again, so it is closed right after.
        let assertion = blocking(move || {
            let claims = Claims {
                issuer: &issuer,
                audience: &token_endpoint,
                id,
                now,
            };
            card_assertion(&card, &claims)
        });
        let assertion = assertion.await?;
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", assertion.as_str()),
            ("client_id", service.client_id()),
        ];
        let answer = service.user_token(&form).await?;
        let session = Self::of(service, world, answer);
        let (_, user) = session.user().await?;
        Ok((session, user))
    }

    /// Goes on from a sign-in in the browser. The user's claims must be of the person whom the
    /// identity token names (OpenID Connect Core 1.0 section 5.3.2).
    pub async fn of_identified(
        service: Arc<Service>,
        world: World,
        identified: Identified,
    ) -> Result<(Self, User), BrowserFault> {
        let session = Self::of(service, world, identified.tokens);
        let (subject, user) = session.user().await?;
        if subject.as_deref() == Some(identified.subject.as_str()) {
            Ok((session, user))
        } else {
            Err(IdentityTokenError::Subject.into())
        }
    }

    fn of(service: Arc<Service>, world: World, answer: TokenAnswer) -> Self {
        let tokens = Tokens::new(answer, None, world.clock.now());
        Self::restored(service, world, tokens)
    }

    /// Goes on with tokens that were sealed.
    pub fn restored(service: Arc<Service>, world: World, tokens: Tokens) -> Self {
        let correlation = world.identifiers.random();
        Self {
            service,
            world,
            correlation,
            tokens: Mutex::new(Some(tokens)),
            renewals: watch::channel(0).0,
        }
    }

    /// Changes with each renewal of the tokens, and ends with the session.
    pub fn renewals(&self) -> watch::Receiver<u64> {
        self.renewals.subscribe()
    }

    /// Who the user is now, with the roles that they have now.
    pub async fn who(&self) -> Result<User, ServiceFault> {
        self.user().await.map(|(_, user)| user)
    }

    pub fn service(&self) -> &Arc<Service> {
        &self.service
    }

    /// Takes the tokens away, to be sealed: whatever still runs in this session has none from now on.
    /// `None` when the session is over.
    pub async fn take_tokens(&self) -> Option<Tokens> {
        self.tokens.lock().await.take()
    }

    /// The tokens, unless they are being renewed or the session is over. Never waits.
    pub fn tokens_now(&self) -> Option<Tokens> {
        self.tokens.try_lock().ok()?.clone()
    }

    /// Whether the session is over. Never waits: a session whose token is being renewed is not.
    pub fn is_over(&self) -> bool {
        self.tokens.try_lock().is_ok_and(|held| held.is_none())
    }

    /// Forgets the tokens, and tells the backend.
    pub async fn end(&self) -> Result<(), ServiceFault> {
        let Some(tokens) = self.tokens.lock().await.take() else {
            return Ok(());
        };
        let token = tokens.refresh.as_deref().unwrap_or(&tokens.access);
        self.service.revoke(token).await
    }

    /// A GET in the user's name, with the headers of the wire contract. The request id stays the
    /// same when the call is made again after a 401, which is an answer and so no repetition of a
    /// read.
    pub async fn get(
        &self,
        url: Url,
        profile: &RoleProfileId,
        more: &[(&'static str, String)],
    ) -> Result<Reply, CallFault> {
        let mut headers = vec![
            ("Accept", "application/fhir+json".to_owned()),
            ("X-Request-ID", self.world.identifiers.random().to_string()),
            ("X-Correlation-ID", self.correlation.to_string()),
            ("NHSD-Session-URID", profile.as_str().to_owned()),
        ];
        headers.extend_from_slice(more);
        let token = self.access_token(None).await?;
        let reply = self.service.get_as(&url, &headers, &token).await?;
        if reply.status != 401 {
            return Ok(reply);
        }
        let token = self.access_token(Some(&token)).await?;
        let reply = self.service.get_as(&url, &headers, &token).await?;
        if reply.status == 401 {
            *self.tokens.lock().await = None;
            return Err(CallFault::SignInNeeded);
        }
        Ok(reply)
    }

    /// A token that is good for a call. The lock is held across the renewal, so that a single-use
    /// refresh token is used once, however many calls wait. `refused` is a token that a 401 met: if
    /// another call has renewed it meanwhile, the new one is given.
    async fn access_token(&self, refused: Option<&UserToken>) -> Result<UserToken, CallFault> {
        let mut held = self.tokens.lock().await;
        let tokens = held.as_ref().ok_or(CallFault::SignInNeeded)?;
        let ends = self.world.clock.now() + RENEW_BEFORE >= tokens.expires;
        if !ends && refused.is_none_or(|refused| *refused.text != tokens.access) {
            return Ok(tokens.for_a_call());
        }
        let Some(refresh) = tokens.refresh.clone() else {
            *held = None;
            return Err(CallFault::SignInNeeded);
        };
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.as_str()),
            ("client_id", self.service.client_id()),
        ];
        let now = self.world.clock.now();
        match self.service.user_token(&form).await {
            Ok(answer) => {
                let renewed = Tokens::new(answer, Some(refresh), now);
                let token = renewed.for_a_call();
                *held = Some(renewed);
                self.renewals.send_modify(|count| *count += 1);
                Ok(token)
            }
            // Nothing was sent, or the backend answered without using the token up.
            Err(
                fault @ (ServiceFault::Network(
                    NetworkFault::Unreachable | NetworkFault::Certificate(_),
                )
                | ServiceFault::Status(408 | 429 | 500..=599)),
            ) => Err(CallFault::Renewal(fault)),
            // The token was refused, or it may be used up and its successor lost.
            Err(_) => {
                *held = None;
                Err(CallFault::SignInNeeded)
            }
        }
    }

    /// Who the user is, with the subject of their claims.
    async fn user(&self) -> Result<(Option<String>, User), ServiceFault> {
        let url = self.service.endpoints().await?.userinfo_endpoint.clone();
        let token = match &*self.tokens.lock().await {
            Some(tokens) => tokens.for_a_call(),
            None => return Err(ServiceFault::Refused),
        };
        let reply = self.service.get_as(&url, &[], &token).await?;
        read_user(&reply)
    }
}

/// Reads who the user is, with the subject of their claims.
pub(crate) fn read_user(reply: &Reply) -> Result<(Option<String>, User), ServiceFault> {
    let answer: UserInfoAnswer = success(reply)?;
    let subject = answer.sub.clone();
    let user = answer.user().ok_or(ServiceFault::Unreadable)?;
    Ok((subject, user))
}

impl Tokens {
    /// `spent` is the refresh token used: a backend that does not rotate gives no new one.
    pub fn new(answer: TokenAnswer, spent: Option<String>, now: DateTime<FixedOffset>) -> Self {
        let expires = now + Duration::seconds(answer.life_seconds());
        Self {
            bound: answer.is_bound(),
            access: answer.access_token,
            refresh: answer.refresh_token.or(spent),
            expires,
        }
    }

    pub fn expires(&self) -> DateTime<FixedOffset> {
        self.expires
    }

    fn for_a_call(&self) -> UserToken {
        UserToken {
            text: Zeroizing::new(self.access.clone()),
            bound: self.bound,
        }
    }
}

/// The user, in CIS2's shape.
#[derive(Deserialize)]
struct UserInfoAnswer {
    nhsid_useruid: Option<String>,
    sub: Option<String>,
    name: Option<String>,
    #[serde(default)]
    nhsid_nrbac_roles: Vec<Object<RoleAnswer>>,
    #[serde(default)]
    nhsid_user_orgs: Vec<Object<OrganisationAnswer>>,
}

#[derive(Deserialize)]
struct RoleAnswer {
    person_roleid: String,
    org_code: Option<String>,
    #[serde(default)]
    role_code: String,
    #[serde(default)]
    role_name: String,
    #[serde(default)]
    activity_codes: Vec<String>,
}

#[derive(Deserialize)]
struct OrganisationAnswer {
    org_name: Option<String>,
    org_code: Option<String>,
}

impl UserInfoAnswer {
    fn user(self) -> Option<User> {
        let id = UserId::new(self.nhsid_useruid.as_deref().or(self.sub.as_deref())?)?;
        let organisations = self.nhsid_user_orgs;
        let name_of = |code: &str| {
            let named = organisations.iter().map(|Object(o)| o).find(|o| {
                o.org_code
                    .as_deref()
                    .is_some_and(|c| c.eq_ignore_ascii_case(code))
            })?;
            named.org_name.clone()
        };
        let roles = self
            .nhsid_nrbac_roles
            .into_iter()
            // A role without an organisation or with an impossible id cannot be used to look.
            .filter_map(|Object(role)| {
                let ods_code: cpis_record::OdsCode = role.org_code?.parse().ok()?;
                Some(Role {
                    profile: RoleProfileId::new(&role.person_roleid)?,
                    name: plain_role_name(&role.role_name, &role.role_code),
                    code: role.role_code,
                    organisation: Organisation {
                        name: name_of(ods_code.as_str()),
                        ods_code,
                    },
                    activities: role.activity_codes.into_iter().map(ActivityCode).collect(),
                })
            })
            .collect();
        let name = self.name.filter(|n| !n.trim().is_empty())?;
        Some(User { id, name, roles })
    }
}

/// The last part of `"Clinical":"Clinical Provision":"Nurse Access Role"`, without the quotes.
fn plain_role_name(national: &str, code: &str) -> String {
    let last = national
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .trim()
        .trim_matches('"')
        .trim();
    if last.is_empty() {
        code.to_owned()
    } else {
        last.to_owned()
    }
}

#[cfg(test)]
mod renewal_tests;
#[cfg(test)]
mod tests;
