//! Opens what a run works with: the keys, the audit trail, the way to the backend.

use super::{Keychains, Start, blocking};
use crate::controller::Engine;
use crate::dpop::Binding;
use crate::keys::{RowKeys, keychain_name};
use crate::network::Network;
use crate::policy::Policy;
use crate::service::Service;
use crate::support::Support;
use crate::view::{Notice, ProgramMode, StartFault};
use crate::workstation::{Codes, WorkstationCredential};
use crate::world::World;
use cpis_audit::{AuditError, AuditTrail, Capacity, Finding, LedgerOptions, Report, Retention};
use cpis_vault::{
    KeptFolder, KeychainError, Opened, SecretOrigin, SessionFile, VaultError, Workstation,
    WorkstationState,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a run cannot begin, and what the machine said.
pub(super) type Fault = (StartFault, Option<String>);

/// Opens everything. Remarks for every screen are added to `notices`.
pub(super) async fn open(
    start: &Start,
    policy: &Policy,
    world: &World,
    keychains: Keychains,
    notices: &mut Vec<Notice>,
) -> Result<Engine, Fault> {
    let folder_fault = |e: std::io::Error| (StartFault::DataFolder, Some(e.to_string()));
    std::fs::create_dir_all(&start.data_folder).map_err(folder_fault)?;
    let mut folder = start.data_folder.clone();
    let mut run_folder = None;
    let state = state_of(&folder);
    let mut records_gone = false;
    let code = start.class.as_ref().map(|joined| joined.class.code());
    let name = keychain_name(start.mode, code);
    let keys = match open_keys(name, &folder, state, keychains).await {
        Ok(opened) => {
            let is_fresh = state == WorkstationState::Fresh;
            // Practice folders are cleared between classes.
            records_gone =
                is_fresh && opened.secret == SecretOrigin::Found && start.mode == ProgramMode::Live;
            opened.workstation
        }
        // Practice goes on without a keychain: what is sealed under a secret of this run goes into
        // a folder of this run.
        Err(_) if start.mode == ProgramMode::Practice => {
            notices.push(Notice::PracticeForgotten);
            let temporary = RunFolder::new(&start.data_folder).map_err(folder_fault)?;
            folder = temporary.0.clone();
            run_folder = Some(temporary);
            blocking(Workstation::for_this_run)
                .await
                .map_err(vault_fault)?
        }
        Err(error) => return Err(vault_fault(error)),
    };
    let keys = Arc::new(keys);
    let backend = policy.backend.as_ref();
    let service = match backend {
        Some(backend) => {
            let pins = &backend.pinned_keys;
            if pins.len() == 1 {
                tracing::warn!("backend.pinned_keys names one key and no spare one");
            }
            let authorities = backend.extra_ca_file.as_deref();
            let network = Network::new(authorities, pins, world.clock.clone())
                .map_err(|e| (StartFault::Policy, Some(e.to_string())))?
                .at_pace(world.pace, world.clock.clone());
            let binding = Binding::new(keys.clone(), world.clone());
            let service = Service::new(network, backend, binding);
            Some(Arc::new(match start.mode {
                ProgramMode::Practice => service.of_practice(),
                ProgramMode::Live => service,
            }))
        }
        None => None,
    };
    let support = match &policy.support_key_file {
        Some(file) => {
            let support = Support::read(file, start.support_folder.clone())
                .map_err(|e| (StartFault::Policy, Some(e.to_string())))?;
            Some(Arc::new(support))
        }
        None => None,
    };
    let options = LedgerOptions {
        folder: folder.clone(),
        file_system: None,
        protection: Arc::new(RowKeys(keys.audit_keys())),
        workstation: cpis_audit::Workstation {
            id: keys.id(),
            product: concat!("cpis-check/", env!("CARGO_PKG_VERSION")).to_owned(),
        },
        backend: backend.map(|b| b.base_url.to_string()).unwrap_or_default(),
        capacity: Capacity(policy.capacity),
        retention: Retention(policy.retention_days),
        pace: world.pace,
        jitter: world.jitter.clone(),
        disk: world.disk.clone(),
    };
    let clock = world.clock.clone();
    let (trail, opening) = blocking(move || AuditTrail::open(options, clock))
        .await
        .map_err(audit_fault)?;
    if opening.concluded > 0 {
        tracing::warn!(
            concluded = opening.concluded,
            "looks that the last run did not end are on record as attempted"
        );
    }
    for finding in &opening.findings {
        tracing::error!(%finding, "the audit trail is not as it was written");
    }
    if records_gone {
        tracing::error!("the records that were kept under this computer's key are gone");
        notices.push(Notice::RecordsGone);
        // Written down, since the next run finds a folder in order.
        let report = Report {
            findings: vec![Finding::Gone],
            ..Report::default()
        };
        let noted = trail.note(report, world.clock.now()).await;
        noted.map_err(audit_fault)?;
    }
    if opening.findings.is_empty() {
        // A folder from before there was a check: its records have opened under this secret.
        keys.vouch_for(&folder).map_err(vault_fault)?;
    } else {
        notices.push(Notice::AuditTrailAltered);
    }
    let credential = service.clone().map(|service| {
        let codes = match (&start.class, &start.practice) {
            (Some(joined), _) => Some(Codes::Class(joined.class.clone())),
            (None, practice) => practice.clone().map(Codes::BuiltIn),
        };
        let file = folder.join("workstation.json");
        Arc::new(WorkstationCredential::new(
            service,
            world.clone(),
            keys.clone(),
            file,
            codes,
        ))
    });
    Ok(Engine {
        session_file: Arc::new(SessionFile::new(&folder, &keys)),
        kept_folder: KeptFolder::new(&folder),
        keys,
        trail,
        service,
        credential,
        support,
        run_folder,
    })
}

fn state_of(folder: &Path) -> WorkstationState {
    if folder.join("audit.sqlite").exists() {
        WorkstationState::InUse
    } else {
        WorkstationState::Fresh
    }
}

async fn open_keys(
    name: String,
    folder: &Path,
    state: WorkstationState,
    keychains: Keychains,
) -> Result<Opened, VaultError> {
    let folder = folder.to_owned();
    blocking(move || Workstation::open(keychains(&name)?.as_ref(), &folder, state)).await
}

fn vault_fault(error: VaultError) -> Fault {
    let fault = match error {
        VaultError::Keychain(KeychainError::Absent) => StartFault::NoKeychain,
        VaultError::KeyMissing => StartFault::KeyMissing,
        VaultError::OtherKey => StartFault::OtherKey,
        VaultError::Check => StartFault::DataFolder,
        VaultError::Keychain(_) | VaultError::KeyGeneration => StartFault::KeychainLocked,
    };
    (fault, Some(error.to_string()))
}

fn audit_fault(error: AuditError) -> Fault {
    let fault = match error {
        AuditError::InUse => StartFault::InUse,
        AuditError::NewerSchema { .. } => StartFault::NewerVersion,
        AuditError::Open { .. } => StartFault::DataFolder,
        _ => StartFault::AuditTrail,
    };
    (fault, Some(error.to_string()))
}

/// A folder that goes with the run.
pub(crate) struct RunFolder(PathBuf);

impl RunFolder {
    /// Makes `run-PID` in a folder, after removing what runs that are over left there: their secret
    /// is gone, so nothing can read it.
    fn new(parent: &Path) -> Result<Self, std::io::Error> {
        for entry in std::fs::read_dir(parent)?.flatten() {
            let is_run = entry.file_name().to_string_lossy().starts_with("run-");
            if is_run && !is_locked(&entry.path().join("audit.lock")) {
                std::fs::remove_dir_all(entry.path())?;
            }
        }
        let folder = parent.join(format!("run-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, "the folder of this practice run could not be removed");
        }
    }
}

fn is_locked(file: &Path) -> bool {
    std::fs::File::open(file).is_ok_and(|file| file.try_lock().is_err())
}
