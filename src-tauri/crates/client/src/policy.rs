//! The policy file: what an organisation decides for this computer (design section 7).
//!
//! TOML. An unknown key is an error that names the key and the line, because a misspelt key in a
//! clinical program must not silently mean the default.

mod contacts;
mod office_hours;
mod written;

pub use contacts::SafeguardingContact;
pub use office_hours::OfficeHours;

use crate::network::PinnedKey;
use cpis_record::{CareSetting, ModePolicy, OdsCode};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use url::Url;
use written::Written;

/// A fault of the policy file. The IT department can mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The file cannot be read.
    #[error("{file}: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// The text is not TOML, or has an unknown key or a value of the wrong kind.
    #[error("{file}, line {line}: {reason}")]
    Text {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong; names the key.
        reason: String,
    },
    /// A value is not possible.
    #[error("{file}, {key}: {reason}")]
    Value {
        /// The file.
        file: String,
        /// The key, with its table.
        key: &'static str,
        /// What is wrong and what would be right.
        reason: String,
    },
}

/// What policy says, with the defaults for what it does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The lookup backend; without one there is no live mode.
    pub backend: Option<BackendPolicy>,
    /// The site.
    pub site: SitePolicy,
    /// The session.
    pub session: SessionPolicy,
    /// Whether there is an icon beside the clock.
    pub tray: bool,
    /// Hours for which a prepared copy may be kept; 0 keeps nothing.
    pub keep_hours: u32,
    /// How many unsent audit records this computer may hold.
    pub capacity: u32,
    /// Days for which a record is kept after the service gave its receipt.
    pub retention_days: u32,
    /// The file with the public key to which records are sealed that go to support.
    pub support_key_file: Option<PathBuf>,
    /// The keys that the file has, with their tables, such as `session.absolute_hours`. What is not among
    /// them is the default.
    pub written: BTreeSet<String>,
}

/// The lookup backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackendPolicy {
    /// Base address, without a slash at its end.
    pub base_url: Url,
    /// The program's client id at the token endpoint (a public client).
    pub client_id: String,
    /// One-time code to enrol this computer.
    pub enrolment_code: Option<String>,
    /// Where plans come from.
    pub source: PlanSource,
    /// A file of further certificate authorities, PEM.
    pub extra_ca_file: Option<PathBuf>,
    /// Keys of which one must be in the service's certificate chain. Empty: any that the system
    /// trusts.
    pub pinned_keys: Vec<PinnedKey>,
}

/// Where plans come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PlanSource {
    /// The CP-IS FHIR API: CareTeam and AuditEvent.
    #[default]
    Cpis,
    /// The Patient Flags API: no access history.
    PatientFlags,
}

/// The site.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SitePolicy {
    /// The organisation that this computer belongs to; roles elsewhere cannot be used then.
    pub organisation: Option<OdsCode>,
    /// The care setting, for the audit record.
    pub care_setting: Option<CareSetting>,
    /// Which mode of looking is permitted.
    pub mode: ModePolicy,
    /// Whom to call here about a child.
    pub contacts: Vec<SafeguardingContact>,
    /// When the offices of the local authorities around here are open.
    pub office_hours: Option<OfficeHours>,
    /// Whether this computer is for practice only, as in a training room: it never opens in live mode.
    pub practice_only: bool,
}

/// The session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionPolicy {
    /// Whether virtual cards may be used in live mode, and from which folder.
    pub test_card_folder: Option<PathBuf>,
    /// The PKCS#11 module through which smartcards are used; without one there are none.
    pub pkcs11_module: Option<PathBuf>,
    /// Whether people may sign in in the system's browser.
    pub browser: bool,
    /// The least authentication assurance level of a sign-in in the browser, 1 to 3.
    pub assurance_level: u32,
    /// Whether the program locks when the card is taken out.
    pub lock_on_card_removal: bool,
    /// Minutes without use until the program locks, 2 to 30.
    pub idle_lock_minutes: u32,
    /// Hours until a session ends whatever happens, 1 to 12.
    pub absolute_hours: u32,
    /// Whether the window asks the operating system to keep it out of screenshots and shared screens.
    pub content_protected: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            backend: None,
            site: SitePolicy::default(),
            session: SessionPolicy {
                test_card_folder: None,
                pkcs11_module: None,
                browser: false,
                assurance_level: 2,
                lock_on_card_removal: true,
                idle_lock_minutes: 15,
                absolute_hours: 8,
                content_protected: false,
            },
            tray: false,
            keep_hours: 12,
            capacity: 100_000,
            retention_days: 90,
            support_key_file: None,
            written: BTreeSet::new(),
        }
    }
}

impl Policy {
    /// Reads a policy file. Relative paths in it are taken from the file's folder.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn read(file: &Path) -> Result<Self, PolicyError> {
        let text = std::fs::read_to_string(file).map_err(|e| PolicyError::Unreadable {
            file: file.display().to_string(),
            reason: e.to_string(),
        })?;
        Self::parse(&text, file)
    }

    /// Reads the text of a policy file; `file` names it in errors and anchors relative paths.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn parse(text: &str, file: &Path) -> Result<Self, PolicyError> {
        let name = file.display().to_string();
        let fault = |e: toml::de::Error| PolicyError::Text {
            file: name.clone(),
            line: e.span().map_or(1, |span| line_of(text, span.start)),
            reason: e.message().to_owned(),
        };
        let written: Written = toml::from_str(text).map_err(fault)?;
        let keys = written_keys(&toml::from_str(text).map_err(fault)?);
        written
            .policy(file)
            .map(|policy| Policy {
                written: keys,
                ..policy
            })
            .map_err(|(key, reason)| PolicyError::Value {
                file: name,
                key,
                reason,
            })
    }
}

/// The keys of all tables, each with its table.
fn written_keys(text: &toml::Table) -> BTreeSet<String> {
    let of_table = |(name, value): (&String, &toml::Value)| match value {
        toml::Value::Table(table) => table.keys().map(|key| format!("{name}.{key}")).collect(),
        _ => vec![name.clone()],
    };
    text.iter().flat_map(of_table).collect()
}

/// The number of the line that holds a byte position, from 1.
fn line_of(text: &str, position: usize) -> usize {
    text.bytes().take(position).filter(|b| *b == b'\n').count() + 1
}

/// Whether an address may be called at all: HTTPS, or HTTP on the loopback interface.
pub(crate) fn is_permitted(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

/// Whether an address is this computer's own.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cpis_record::Mode;

    fn parse(text: &str) -> Result<Policy, PolicyError> {
        Policy::parse(text, Path::new("/etc/cpis/policy.toml"))
    }

    #[test]
    fn an_empty_file_is_the_default() {
        assert_eq!(parse("").unwrap(), Policy::default());
    }

    #[test]
    fn everything_of_the_design_is_read() {
        let policy = parse(
            r#"
            [backend]
            base_url = "https://lookup.example/"
            client_id = "cpis-check"
            enrolment_code = "abc"
            source = "patient-flags"
            extra_ca_file = "ca.pem"
            pinned_keys = [
                "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "sha256/BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=",
            ]
            [site]
            organisation = "rcu"
            care_setting = "community-paediatrics"
            mode = "scheduled"
            [session]
            sign_in = ["card", "browser", "test-card"]
            test_card_folder = "cards"
            idle_lock_minutes = 2
            absolute_hours = 4
            assurance_level = 3
            content_protected = true
            lock_on_card_removal = true
            pkcs11_module = "/usr/lib/module.so"
            [window]
            tray = true
            [offline]
            keep_hours = 0
            [audit]
            capacity = 500
            "#,
        )
        .unwrap();
        let backend = policy.backend.unwrap();
        assert_eq!(backend.base_url.as_str(), "https://lookup.example/");
        assert_eq!(backend.source, PlanSource::PatientFlags);
        assert_eq!(
            backend.extra_ca_file.unwrap(),
            Path::new("/etc/cpis/ca.pem")
        );
        assert_eq!(backend.pinned_keys.len(), 2);
        assert_eq!(policy.site.organisation.unwrap().as_str(), "RCU");
        assert_eq!(policy.site.mode, ModePolicy::Only(Mode::Scheduled));
        assert_eq!(
            policy.session.test_card_folder.unwrap(),
            Path::new("/etc/cpis/cards")
        );
        assert_eq!(
            policy.session.pkcs11_module.unwrap(),
            Path::new("/usr/lib/module.so")
        );
        assert!(policy.session.browser && policy.session.lock_on_card_removal);
        assert_eq!(policy.session.assurance_level, 3);
        assert_eq!(
            (
                policy.session.idle_lock_minutes,
                policy.session.absolute_hours
            ),
            (2, 4)
        );
        assert!(policy.session.content_protected && policy.tray);
        assert_eq!((policy.keep_hours, policy.capacity), (0, 500));
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let fault = parse("[site]\norganisation = \"RCU\"\norganization = \"RCU\"\n").unwrap_err();
        let PolicyError::Text { line, reason, .. } = &fault else {
            panic!("{fault}")
        };
        assert_eq!(*line, 3);
        assert!(reason.contains("organization"), "{reason}");
        assert!(fault.to_string().contains("line 3"), "{fault}");
        let fault = parse("[window]\ntrey = true\n").unwrap_err();
        assert!(fault.to_string().contains("trey"), "{fault}");
        let fault = parse("[sight]\n").unwrap_err();
        assert!(fault.to_string().contains("sight"), "{fault}");
    }

    #[test]
    fn a_wrong_kind_of_value_is_refused_with_its_line() {
        let fault = parse("[session]\ncontent_protected = \"yes\"\n").unwrap_err();
        let PolicyError::Text { line, reason, .. } = &fault else {
            panic!("{fault}")
        };
        assert_eq!(*line, 2);
        assert!(reason.contains("boolean"), "{reason}");
    }

    #[test]
    fn impossible_values_are_named() {
        for (text, key) in [
            (
                "[backend]\nbase_url = \"http://lookup.example\"\nclient_id = \"x\"",
                "backend.base_url",
            ),
            (
                "[backend]\nbase_url = \"lookup\"\nclient_id = \"x\"",
                "backend.base_url",
            ),
            (
                "[backend]\nbase_url = \"https://a\"\nclient_id = \" \"",
                "backend.client_id",
            ),
            ("[site]\nmode = \"both\"", "site.mode"),
            ("[site]\ncare_setting = \"ward\"", "site.care_setting"),
            (
                "[session]\nidle_lock_minutes = 31",
                "session.idle_lock_minutes",
            ),
            ("[session]\nsign_in = [\"password\"]", "session.sign_in"),
            ("[session]\nassurance_level = 4", "session.assurance_level"),
            (
                "[session]\nsign_in = [\"test-card\"]",
                "session.test_card_folder",
            ),
            ("[audit]\ncapacity = 0", "audit.capacity"),
        ] {
            let fault = parse(text).unwrap_err();
            let PolicyError::Value { key: named, .. } = fault else {
                panic!("{fault}")
            };
            assert_eq!(named, key);
        }
    }

    #[test]
    fn a_pinned_key_is_a_whole_hash() {
        let too_short = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let no_hash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let not_padded = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let other_hash = "sha1/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        for written in [
            String::new(),
            format!("\"{too_short}\""),
            format!("\"{no_hash}\""),
            format!("\"{not_padded}\""),
            format!("\"{other_hash}\""),
            "\"\"".to_owned(),
            "\"sha256/\"".to_owned(),
            "\"sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\", \"spare\"".to_owned(),
        ] {
            let text = format!(
                "[backend]\nbase_url = \"https://a\"\nclient_id = \"x\"\npinned_keys = [{written}]"
            );
            let fault = parse(&text).unwrap_err();
            let PolicyError::Value { key, reason, .. } = &fault else {
                panic!("{fault}")
            };
            assert_eq!(*key, "backend.pinned_keys", "{written}");
            assert!(
                reason.contains("sha256/") || written.is_empty(),
                "says what would be right: {reason}"
            );
        }
    }

    #[test]
    fn plain_http_reaches_only_this_computer() {
        for (address, permitted) in [
            ("https://a.example", true),
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080", true),
            ("http://localhost:1", true),
            ("http://127.0.0.1.example", false),
            ("http://10.0.0.1", false),
            ("ftp://127.0.0.1", false),
        ] {
            assert_eq!(
                is_permitted(&Url::parse(address).unwrap()),
                permitted,
                "{address}"
            );
        }
    }
}
