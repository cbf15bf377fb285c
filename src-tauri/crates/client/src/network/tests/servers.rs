//! Servers and a proxy to shake hands with, and their certificates.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, mpsc};
use url::Url;

pub type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

pub fn authority(name: &str) -> Authority {
    CertifiedIssuer::self_signed(authority_params(name), KeyPair::generate().unwrap()).unwrap()
}

/// An authority below another.
pub fn below(root: &Authority, name: &str) -> Authority {
    let key = KeyPair::generate().unwrap();
    CertifiedIssuer::signed_by(authority_params(name), key, root).unwrap()
}

/// What a server shows.
pub struct Identity {
    pub chain: Vec<CertificateDer<'static>>,
    pub key: KeyPair,
}

/// A certificate for a name, from 2020 to 2030 unless it is changed.
pub fn identity(
    issuer: &Authority,
    name: &str,
    change: impl FnOnce(&mut CertificateParams),
) -> Identity {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2030, 1, 1);
    change(&mut params);
    let own = params.signed_by(&key, issuer).unwrap();
    Identity {
        chain: vec![own.der().clone(), issuer.der().clone()],
        key,
    }
}

pub fn fitting(issuer: &Authority) -> Identity {
    identity(issuer, "127.0.0.1", |_| {})
}

/// Answers connections one after the other, each with one answer; tells what it was asked.
pub struct Server {
    pub address: SocketAddr,
    pub asked: mpsc::Receiver<String>,
}

pub const FINE: &str = "HTTP/1.1 204 No Content\r\n\r\n";

impl Server {
    pub fn start(identity: Identity, answer: &'static str) -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                identity.chain,
                PrivateKeyDer::try_from(identity.key.serialize_der()).unwrap(),
            )
            .unwrap();
        let config = Arc::new(config);
        Self::listen(move |stream| {
            let mut tls = ServerConnection::new(config.clone()).unwrap();
            converse(rustls::Stream::new(&mut tls, stream), answer)
        })
    }

    pub fn plain(answer: &'static str) -> Self {
        Self::listen(move |stream| converse(stream, answer))
    }

    fn listen(talk: impl Fn(&mut TcpStream) -> Option<String> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, asked) = mpsc::channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if let Some(request) = talk(&mut stream.unwrap()) {
                    let _ = tell.send(request);
                }
            }
        });
        Self { address, asked }
    }

    pub fn url(&self) -> Url {
        Url::parse(&format!("https://{}/secret", self.address)).unwrap()
    }

    pub fn was_asked(&self) -> Option<String> {
        self.asked.try_recv().ok()
    }
}

/// Reads a request up to its empty line and answers it; `None` when there was none.
fn converse(mut stream: impl Read + Write, answer: &str) -> Option<String> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        match stream.read(&mut byte) {
            Ok(1) => request.push(byte[0]),
            _ => return None,
        }
    }
    stream.write_all(answer.as_bytes()).ok()?;
    stream.flush().ok()?;
    Some(String::from_utf8(request).unwrap())
}

/// `openssl s_server` with the oldest and newest version of TLS that it may speak.
pub struct OldServer(std::process::Child, pub u16);

impl OldServer {
    pub fn start(folder: &Path, identity: &Identity, versions: &[&str]) -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let certificate = folder.join("own.pem");
        let key = folder.join("key.pem");
        let der = folder.join("own.der");
        std::fs::write(&der, identity.chain[0].as_ref()).unwrap();
        std::fs::write(&key, identity.key.serialize_pem()).unwrap();
        let convert = std::process::Command::new("openssl")
            .args(["x509", "-inform", "DER", "-in"])
            .arg(&der)
            .arg("-out")
            .arg(&certificate)
            .status();
        convert.is_ok_and(|status| status.success()).then_some(())?;
        let child = std::process::Command::new("openssl")
            .args(["s_server", "-quiet", "-www", "-cipher", "ALL:@SECLEVEL=0"])
            .args(versions)
            .args(["-accept", &format!("127.0.0.1:{port}")])
            .arg("-cert")
            .arg(&certificate)
            .arg("-key")
            .arg(&key)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .ok()?;
        let mut server = Self(child, port);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if server.0.try_wait().ok()?.is_some() {
                return None;
            }
            std::thread::yield_now();
        }
        Some(server)
    }
}

impl Drop for OldServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A proxy that takes every call to one address, whatever name it was for.
pub fn proxy(target: SocketAddr) -> Server {
    Server::listen(move |stream| {
        let asked = converse(&mut *stream, "HTTP/1.1 200 OK\r\n\r\n")?;
        let mut there = TcpStream::connect(target).unwrap();
        let (mut from, mut to) = (stream.try_clone().unwrap(), there.try_clone().unwrap());
        std::thread::spawn(move || std::io::copy(&mut from, &mut to));
        let _ = std::io::copy(&mut there, stream);
        Some(asked)
    })
}
