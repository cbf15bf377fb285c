//! What the settings screen shows.

use super::Controller;
use crate::policy::{PlanSource, Policy};
use crate::view::{PolicyKey, PolicySetting, PolicyValue, ProgramMode, Settings, SignInWay};
use cpis_record::ModePolicy;

impl Controller {
    pub(super) fn settings(&self) -> Settings {
        let policy = &self.wiring.policy;
        let backend = policy.backend.as_ref();
        Settings {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: self.wiring.commit.map(str::to_owned),
            service: backend.map(|b| b.base_url.as_str().trim_end_matches('/').to_owned()),
            organisation: policy.site.organisation.as_ref().map(ToString::to_string),
            policy_file: self
                .wiring
                .policy_file
                .as_ref()
                .map(|f| f.display().to_string()),
            enrolled: self.is_enrolled(),
            refused: self.is_refused(),
            key: self.public_key(),
            enrolling: self.enrolling > 0,
            enrolment_fault: self.enrolment_fault,
            in_force: in_force(policy, self.wiring.mode),
            connection: self.connection.clone(),
            logs: self.log_folder(),
        }
    }
}

/// Everything that policy may set, with what is in force.
fn in_force(policy: &Policy, mode: ProgramMode) -> Vec<PolicySetting> {
    let backend = policy.backend.as_ref();
    let (site, session) = (&policy.site, &policy.session);
    let number = |number: u32| PolicyValue::Number { number };
    let switch = |on: bool| PolicyValue::Switch { on };
    let text = |text: Option<String>| match text {
        Some(text) => PolicyValue::Text { text },
        None => PolicyValue::NotSet,
    };
    let count = |count: usize| u32::try_from(count).map_or(PolicyValue::NotSet, number);
    let service = backend.map(|b| b.base_url.as_str().trim_end_matches('/').to_owned());
    let source = backend.map_or(PolicyValue::NotSet, |b| PolicyValue::Source {
        patient_flags: b.source == PlanSource::PatientFlags,
    });
    let authorities = backend.and_then(|b| b.extra_ca_file.as_ref());
    let only = match site.mode {
        ModePolicy::FromRole => None,
        ModePolicy::Only(mode) => Some(mode.into()),
    };
    // Practice has cards of its own, whatever policy says.
    let ways = [
        (session.pkcs11_module.is_some(), SignInWay::Card),
        (session.browser, SignInWay::Browser),
        (
            session.test_card_folder.is_some() || mode == ProgramMode::Practice,
            SignInWay::TestCard,
        ),
    ];
    let ways = ways.into_iter().filter(|(offered, _)| *offered);
    let ways = ways.map(|(_, way)| way).collect();
    [
        (PolicyKey::Service, "backend.base_url", text(service)),
        (PolicyKey::Source, "backend.source", source),
        (
            PolicyKey::PinnedKeys,
            "backend.pinned_keys",
            count(backend.map_or(0, |b| b.pinned_keys.len())),
        ),
        (
            PolicyKey::ExtraAuthorities,
            "backend.extra_ca_file",
            text(authorities.map(|file| file.display().to_string())),
        ),
        (PolicyKey::Proxy, "", PolicyValue::System),
        (
            PolicyKey::Organisation,
            "site.organisation",
            text(site.organisation.as_ref().map(ToString::to_string)),
        ),
        (
            PolicyKey::CareSetting,
            "site.care_setting",
            text(site.care_setting.map(|setting| setting.words().to_owned())),
        ),
        (PolicyKey::Mode, "site.mode", PolicyValue::Mode { only }),
        (
            PolicyKey::PracticeOnly,
            "site.practice_only",
            switch(site.practice_only),
        ),
        (
            PolicyKey::Contacts,
            "site.contacts",
            count(site.contacts.len()),
        ),
        (
            PolicyKey::OfficeHours,
            "site.office_hours",
            switch(site.office_hours.is_some()),
        ),
        (
            PolicyKey::SignIn,
            "session.sign_in",
            PolicyValue::SignIn { ways },
        ),
        (
            PolicyKey::IdleLock,
            "session.idle_lock_minutes",
            number(session.idle_lock_minutes),
        ),
        (
            PolicyKey::AbsoluteHours,
            "session.absolute_hours",
            number(session.absolute_hours),
        ),
        (
            PolicyKey::CardRemoval,
            "session.lock_on_card_removal",
            switch(session.lock_on_card_removal),
        ),
        (
            PolicyKey::ContentProtected,
            "session.content_protected",
            switch(session.content_protected),
        ),
        (
            PolicyKey::KeepHours,
            "offline.keep_hours",
            number(policy.keep_hours),
        ),
        (
            PolicyKey::Capacity,
            "audit.capacity",
            number(policy.capacity),
        ),
        (
            PolicyKey::Retention,
            "audit.retention_days",
            number(policy.retention_days),
        ),
        (
            PolicyKey::SupportKey,
            "audit.support_key_file",
            switch(policy.support_key_file.is_some()),
        ),
    ]
    .into_iter()
    .map(|(key, written, value)| PolicySetting {
        key,
        value,
        by_policy: policy.written.contains(written),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn each_value_says_whether_policy_set_it() {
        let text = "[site]\nmode = 'scheduled'\n[offline]\nkeep_hours = 12\n";
        let policy = Policy::parse(text, Path::new("policy.toml")).unwrap();
        let list = in_force(&policy, ProgramMode::Live);
        let by_policy: Vec<PolicyKey> = list
            .iter()
            .filter(|setting| setting.by_policy)
            .map(|setting| setting.key)
            .collect();
        // Twelve hours are the default too: what counts is that the organisation says so.
        assert_eq!(by_policy, [PolicyKey::Mode, PolicyKey::KeepHours]);
        let value = |key| list.iter().find(|s| s.key == key).map(|s| s.value.clone());
        let minutes = PolicyValue::Number { number: 15 };
        assert_eq!(value(PolicyKey::IdleLock), Some(minutes));
        assert_eq!(value(PolicyKey::Service), Some(PolicyValue::NotSet));
        assert_eq!(value(PolicyKey::Proxy), Some(PolicyValue::System));
    }
}
