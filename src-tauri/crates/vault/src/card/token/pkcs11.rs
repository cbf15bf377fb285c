//! PKCS#11 modules through the crate cryptoki.

use super::module::{
    Certificate, Fault, Identity, Mechanism, Module, PasscodeState, PrivateKey, Session, Token,
};
use crate::{CardSourceError, Passcode};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism as CryptokiMechanism;
use cryptoki::object::{Attribute, AttributeType, CertificateType, KeyType, ObjectClass};
use cryptoki::session::UserType;
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The modules of this process. `C_Initialize` is for the whole process (PKCS #11 section 5.4), so a
/// module is initialised once and never finalised: that would end the sessions of every holder.
static MODULES: Mutex<BTreeMap<PathBuf, Arc<Pkcs11Module>>> = Mutex::new(BTreeMap::new());

/// Loads and initialises a module, or finds it loaded.
pub(super) fn load(path: &Path) -> Result<Arc<dyn Module>, CardSourceError> {
    let path = std::fs::canonicalize(path).map_err(|_| CardSourceError::ModuleMissing)?;
    let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(module) = modules.get(&path) {
        return Ok(module.clone());
    }
    let context = Pkcs11::new(&path).map_err(|error| {
        tracing::error!(%error, "the PKCS#11 module cannot be loaded");
        match error {
            Error::LibraryLoading(_) | Error::MissingSymbol(_) => CardSourceError::NotAModule,
            _ => CardSourceError::ModuleFailed,
        }
    })?;
    match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(error) => {
            tracing::error!(%error, "the PKCS#11 module cannot be initialised");
            return Err(CardSourceError::ModuleFailed);
        }
    }
    let module = Arc::new(Pkcs11Module(context));
    modules.insert(path, module.clone());
    Ok(module)
}

#[derive(Debug)]
struct Pkcs11Module(Pkcs11);

impl Module for Pkcs11Module {
    fn tokens(&self) -> Result<Vec<Token>, Fault> {
        let mut tokens = Vec::new();
        for slot in self.0.get_slots_with_token().map_err(fault)? {
            // A card that was taken out meanwhile, or that the module does not know, is none.
            let Ok(token) = self.0.get_token_info(slot) else {
                continue;
            };
            if token.token_initialized() {
                tokens.push(Token {
                    slot: slot.id(),
                    identity: Identity {
                        manufacturer: token.manufacturer_id().to_owned(),
                        model: token.model().to_owned(),
                        serial: token.serial_number().to_owned(),
                        label: token.label().trim().to_owned(),
                    },
                });
            }
        }
        Ok(tokens)
    }

    fn passcode_state(&self, slot: u64) -> Result<PasscodeState, Fault> {
        let token = self.0.get_token_info(to_slot(slot)?).map_err(fault)?;
        Ok(if token.user_pin_locked() {
            PasscodeState::Locked
        } else if token.user_pin_final_try() {
            PasscodeState::FinalTry
        } else {
            PasscodeState::Open
        })
    }

    fn session(&self, slot: u64) -> Result<Box<dyn Session>, Fault> {
        let session = self.0.open_ro_session(to_slot(slot)?).map_err(fault)?;
        Ok(Box::new(Pkcs11Session(session)))
    }
}

struct Pkcs11Session(cryptoki::session::Session);

impl Session for Pkcs11Session {
    fn certificates(&self) -> Result<Vec<Certificate>, Fault> {
        let wanted = [
            Attribute::Class(ObjectClass::CERTIFICATE),
            Attribute::CertificateType(CertificateType::X_509),
        ];
        let kinds = [
            AttributeType::Id,
            AttributeType::Label,
            AttributeType::Value,
        ];
        let mut certificates = Vec::new();
        for object in self.0.find_objects(&wanted).map_err(fault)? {
            let mut found = Certificate {
                id: Vec::new(),
                label: String::new(),
                der: Vec::new(),
            };
            for attribute in self.0.get_attributes(object, &kinds).map_err(fault)? {
                match attribute {
                    Attribute::Id(id) => found.id = id,
                    Attribute::Label(label) => {
                        found.label = String::from_utf8_lossy(&label).trim().to_owned();
                    }
                    Attribute::Value(der) => found.der = der,
                    _ => {}
                }
            }
            certificates.push(found);
        }
        Ok(certificates)
    }

    fn private_keys(&self) -> Result<Vec<PrivateKey>, Fault> {
        let wanted = [Attribute::Class(ObjectClass::PRIVATE_KEY)];
        let kinds = [AttributeType::Id, AttributeType::AlwaysAuthenticate];
        let mut keys = Vec::new();
        for object in self.0.find_objects(&wanted).map_err(fault)? {
            let mut found = PrivateKey {
                id: Vec::new(),
                always_asks: false,
            };
            for attribute in self.0.get_attributes(object, &kinds).map_err(fault)? {
                match attribute {
                    Attribute::Id(id) => found.id = id,
                    Attribute::AlwaysAuthenticate(always) => found.always_asks = always,
                    _ => {}
                }
            }
            keys.push(found);
        }
        Ok(keys)
    }

    fn log_in(&self, passcode: &Passcode) -> Result<(), Fault> {
        let passcode = AuthPin::from(passcode.expose());
        self.0.login(UserType::User, Some(&passcode)).map_err(fault)
    }

    fn log_out(&self) -> Result<(), Fault> {
        self.0.logout().map_err(fault)
    }

    fn sign(&self, key: &[u8], mechanism: Mechanism, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
        let (kind, mechanism) = match mechanism {
            Mechanism::Sha256RsaPkcs => (KeyType::RSA, CryptokiMechanism::Sha256RsaPkcs),
            Mechanism::RsaPkcs => (KeyType::RSA, CryptokiMechanism::RsaPkcs),
            Mechanism::Ecdsa => (KeyType::EC, CryptokiMechanism::Ecdsa),
        };
        let wanted = [
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::KeyType(kind),
            Attribute::Id(key.to_vec()),
        ];
        let keys = self.0.find_objects(&wanted).map_err(fault)?;
        let key = keys.first().ok_or(Fault::Failed)?;
        self.0.sign(&mechanism, *key, bytes).map_err(fault)
    }
}

fn to_slot(number: u64) -> Result<Slot, Fault> {
    Slot::try_from(number).map_err(|_| Fault::Failed)
}

fn fault(error: Error) -> Fault {
    let Error::Pkcs11(value, function) = error else {
        tracing::error!(%error, "the PKCS#11 module failed");
        return Fault::Failed;
    };
    match value {
        // A passcode of a length or of signs that the card's passcode cannot have is a wrong one.
        RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange => Fault::WrongPasscode,
        RvError::PinLocked => Fault::Locked,
        RvError::PinExpired | RvError::UserPinNotInitialized => Fault::PasscodeNotSet,
        RvError::UserAlreadyLoggedIn => Fault::AlreadyLoggedIn,
        RvError::DeviceRemoved
        | RvError::TokenNotPresent
        | RvError::SessionHandleInvalid
        | RvError::SessionClosed
        | RvError::SlotIdInvalid => Fault::Removed,
        RvError::Cancel | RvError::FunctionCanceled => Fault::Cancelled,
        RvError::UserAnotherAlreadyLoggedIn
        | RvError::UserTooManyTypes
        | RvError::SessionCount
        | RvError::SessionReadWriteSoExists => Fault::InUse,
        RvError::MechanismInvalid | RvError::FunctionNotSupported => Fault::MechanismRefused,
        _ => {
            tracing::error!(%value, ?function, "the smartcard failed");
            Fault::Failed
        }
    }
}
