//! The policy file as it is written: its tables, and how each value is checked.

use super::is_permitted;
use super::{BackendPolicy, PlanSource, Policy, SessionPolicy, SitePolicy, contacts, office_hours};
use crate::network::{PinnedKey, PinnedKeyError};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use url::Url;

/// The tables of the file.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Written {
    backend: Option<WrittenBackend>,
    site: WrittenSite,
    session: WrittenSession,
    window: WrittenWindow,
    offline: WrittenOffline,
    audit: WrittenAudit,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBackend {
    base_url: String,
    client_id: String,
    enrolment_code: Option<String>,
    source: Option<String>,
    extra_ca_file: Option<PathBuf>,
    pinned_keys: Option<Vec<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct WrittenSite {
    organisation: Option<String>,
    care_setting: Option<String>,
    mode: Option<String>,
    contacts: Vec<contacts::WrittenContact>,
    office_hours: Option<office_hours::WrittenOfficeHours>,
    practice_only: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct WrittenSession {
    sign_in: Option<Vec<String>>,
    test_card_folder: Option<PathBuf>,
    idle_lock_minutes: Option<u32>,
    absolute_hours: Option<u32>,
    assurance_level: Option<u32>,
    lock_on_card_removal: Option<bool>,
    pkcs11_module: Option<PathBuf>,
    content_protected: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct WrittenWindow {
    tray: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct WrittenOffline {
    keep_hours: Option<u32>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct WrittenAudit {
    capacity: Option<u32>,
    retention_days: Option<u32>,
    support_key_file: Option<PathBuf>,
}

/// The key at fault, and what is wrong with it.
type Fault = (&'static str, String);

impl Written {
    /// What it says, with the defaults for what it does not say.
    pub(super) fn policy(self, file: &Path) -> Result<Policy, Fault> {
        let folder = file.parent().unwrap_or(Path::new(""));
        let defaults = Policy::default();
        Ok(Policy {
            backend: self.backend.map(|b| b.policy(folder)).transpose()?,
            site: self.site.policy()?,
            session: self.session.policy(folder, &defaults.session)?,
            tray: self.window.tray.unwrap_or(defaults.tray),
            keep_hours: within(
                "offline.keep_hours",
                self.offline.keep_hours,
                0..=168,
                defaults.keep_hours,
            )?,
            capacity: within(
                "audit.capacity",
                self.audit.capacity,
                10..=10_000_000,
                defaults.capacity,
            )?,
            retention_days: within(
                "audit.retention_days",
                self.audit.retention_days,
                7..=3650,
                defaults.retention_days,
            )?,
            support_key_file: self.audit.support_key_file.map(|path| folder.join(path)),
            written: BTreeSet::new(),
        })
    }
}

impl WrittenBackend {
    fn policy(self, folder: &Path) -> Result<BackendPolicy, Fault> {
        const SOURCE: &str = "backend.source";
        let source = match self.source.as_deref() {
            None | Some("cpis") => PlanSource::Cpis,
            Some("patient-flags") => PlanSource::PatientFlags,
            Some(_) => return Err((SOURCE, "is \"cpis\" or \"patient-flags\"".to_owned())),
        };
        if self.client_id.trim().is_empty() {
            return Err(("backend.client_id", "is empty".to_owned()));
        }
        Ok(BackendPolicy {
            base_url: base_url(&self.base_url).map_err(|reason| ("backend.base_url", reason))?,
            client_id: self.client_id,
            enrolment_code: self.enrolment_code.filter(|code| !code.trim().is_empty()),
            source,
            extra_ca_file: self.extra_ca_file.map(|path| folder.join(path)),
            pinned_keys: pinned_keys(self.pinned_keys)
                .map_err(|reason| ("backend.pinned_keys", reason))?,
        })
    }
}

fn pinned_keys(written: Option<Vec<String>>) -> Result<Vec<PinnedKey>, String> {
    let Some(written) = written else {
        return Ok(Vec::new());
    };
    if written.is_empty() {
        return Err("names no key; leave the line out to pin none".to_owned());
    }
    let read = |key: &String| {
        key.parse()
            .map_err(|error: PinnedKeyError| format!("\"{key}\" is no pinned key: one {error}"))
    };
    written.iter().map(read).collect()
}

impl WrittenSite {
    fn policy(self) -> Result<SitePolicy, Fault> {
        let read = |key, text: Option<String>| text.map(|t| (key, t));
        let organisation = read("site.organisation", self.organisation)
            .map(|(key, t)| {
                t.parse()
                    .map_err(|e: cpis_record::OdsCodeError| (key, e.to_string()))
            })
            .transpose()?;
        let care_setting = read("site.care_setting", self.care_setting)
            .map(|(key, t)| {
                t.parse()
                    .map_err(|e: cpis_record::UnknownCareSetting| (key, e.to_string()))
            })
            .transpose()?;
        let mode = read("site.mode", self.mode)
            .map(|(key, t)| {
                t.parse()
                    .map_err(|e: cpis_record::UnknownMode| (key, e.to_string()))
            })
            .transpose()?
            .unwrap_or_default();
        Ok(SitePolicy {
            organisation,
            care_setting,
            mode,
            contacts: contacts::contacts(self.contacts)
                .map_err(|reason| ("site.contacts", reason))?,
            office_hours: self
                .office_hours
                .map(office_hours::WrittenOfficeHours::office_hours)
                .transpose()
                .map_err(|reason| ("site.office_hours", reason))?,
            practice_only: self.practice_only,
        })
    }
}

impl WrittenSession {
    fn policy(self, folder: &Path, defaults: &SessionPolicy) -> Result<SessionPolicy, Fault> {
        const SIGN_IN: &str = "session.sign_in";
        let ways = self.sign_in.unwrap_or_else(|| vec!["card".to_owned()]);
        for way in &ways {
            if !["card", "browser", "test-card"].contains(&way.as_str()) {
                return Err((
                    SIGN_IN,
                    format!("\"{way}\" is none of card, browser, test-card"),
                ));
            }
        }
        let has = |way: &str| ways.iter().any(|w| w == way);
        let test_card_folder = match (has("test-card"), self.test_card_folder) {
            (true, Some(cards)) => Some(folder.join(cards)),
            (true, None) => {
                let reason = "is needed for sign_in = [\"test-card\"]".to_owned();
                return Err(("session.test_card_folder", reason));
            }
            (false, _) => None,
        };
        let module = self.pkcs11_module.filter(|_| has("card"));
        Ok(SessionPolicy {
            test_card_folder,
            pkcs11_module: module.map(|path| folder.join(path)),
            browser: has("browser"),
            assurance_level: within(
                "session.assurance_level",
                self.assurance_level,
                1..=3,
                defaults.assurance_level,
            )?,
            lock_on_card_removal: self
                .lock_on_card_removal
                .unwrap_or(defaults.lock_on_card_removal),
            idle_lock_minutes: within(
                "session.idle_lock_minutes",
                self.idle_lock_minutes,
                2..=30,
                defaults.idle_lock_minutes,
            )?,
            absolute_hours: within(
                "session.absolute_hours",
                self.absolute_hours,
                1..=12,
                defaults.absolute_hours,
            )?,
            content_protected: self.content_protected.unwrap_or(defaults.content_protected),
        })
    }
}

fn within(
    key: &'static str,
    written: Option<u32>,
    range: std::ops::RangeInclusive<u32>,
    default: u32,
) -> Result<u32, Fault> {
    let value = written.unwrap_or(default);
    if range.contains(&value) {
        Ok(value)
    } else {
        Err((
            key,
            format!("is {value}; it can be {} to {}", range.start(), range.end()),
        ))
    }
}

/// HTTPS, or plain HTTP to this computer only.
fn base_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim_end_matches('/')).map_err(|e| e.to_string())?;
    if url.query().is_some() || url.fragment().is_some() || url.host_str().is_none() {
        return Err("is not a base address".to_owned());
    }
    if is_permitted(&url) {
        Ok(url)
    } else {
        Err("must begin with https:// (http:// only for this computer)".to_owned())
    }
}
