//! A smartcard in software: SoftHSM with the key and the certificate of a virtual card.

use crate::workplace::{PASSCODE, Workplace};
use base64::Engine;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::object::{Attribute, CertificateType, ObjectClass};
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use std::process::Command;

pub const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const LABEL: &str = "Smartcard";

/// Not a test by itself: SoftHSM finds its tokens by an environment variable, which must be set before
/// a process starts, so the card is written in a process of its own.
#[test]
fn write_the_certificates() {
    let Some(folder) = std::env::var_os("CPIS_TEST_CERTIFICATES") else {
        return;
    };
    let context = Pkcs11::new(MODULE).unwrap();
    context
        .initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))
        .unwrap();
    let slots = context.get_slots_with_initialized_token().unwrap();
    let session = context.open_rw_session(slots[0]).unwrap();
    session
        .login(UserType::User, Some(&AuthPin::from(PASSCODE)))
        .unwrap();
    for (name, id) in [("own", vec![1]), ("issuer", Vec::new())] {
        let file = std::path::Path::new(&folder).join(name);
        session
            .create_object(&[
                Attribute::Class(ObjectClass::CERTIFICATE),
                Attribute::CertificateType(CertificateType::X_509),
                Attribute::Token(true),
                Attribute::Private(false),
                Attribute::Label(name.into()),
                Attribute::Id(id),
                // Nobody looks a certificate up by its subject here.
                Attribute::Subject(name.into()),
                Attribute::Value(std::fs::read(file).unwrap()),
            ])
            .unwrap();
    }
    session.logout().unwrap();
}

/// Puts the card of a workplace into SoftHSM, with the workplace's passcode.
pub fn make(workplace: &Workplace) {
    let folder = workplace.path("smartcard");
    let tokens = folder.join("tokens");
    std::fs::create_dir_all(&tokens).unwrap();
    let configuration = workplace.path("softhsm2.conf");
    let text = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
        tokens.display()
    );
    std::fs::write(&configuration, text).unwrap();
    let run = |command: &mut Command| {
        let output = command.env("SOFTHSM2_CONF", &configuration).output();
        let output = output.expect("SoftHSM is installed: apt-get install softhsm2");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(output.status.success(), "{said}");
    };
    let tool = || Command::new("softhsm2-util");
    let so_pin = ["--so-pin", "87654321", "--pin", PASSCODE];
    run(tool()
        .args(["--init-token", "--free", "--label", LABEL])
        .args(so_pin));
    let key = folder.join("key.pem");
    let body = base64::engine::general_purpose::STANDARD.encode(&workplace.card_key);
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
    std::fs::write(&key, pem).unwrap();
    run(tool()
        .args(["--token", LABEL, "--label", "key", "--id", "01"])
        .args(["--pin", PASSCODE, "--import"])
        .arg(&key));
    for (name, der) in ["own", "issuer"].iter().zip(&workplace.card_chain) {
        std::fs::write(folder.join(name), der).unwrap();
    }
    run(Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "token::write_the_certificates", "--nocapture"])
        .env("CPIS_TEST_CERTIFICATES", &folder));
}
