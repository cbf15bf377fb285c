//! What the browser, or whoever finds the port, sends to the way back from a sign-in.

use cpis_client::untrusted::WayBack;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use std::sync::LazyLock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Runtime;

const HOST: &str = "127.0.0.1:49152";
const STATE: &str = "af0ifjsldkj";
const ISSUER: &str = "https://lookup.example";

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime without a thread of its own")
});

/// The bytes of a connection. No code is taken from a request that does not name the port, the state
/// and the issuer.
pub fn redirect(input: &[u8]) -> bool {
    let (routes, way_back) = WayBack::open(HOST, STATE, ISSUER);
    RUNTIME.block_on(async {
        let (mut browser, port) = tokio::io::duplex(input.len() + 1);
        let served = async {
            let service = TowerToHyperService::new(routes);
            // What is no HTTP ends in an error of the connection, which nobody needs.
            // The browser here says all it has to say before it listens.
            let _ = Builder::new(TokioExecutor::new())
                .http1()
                .half_close(true)
                .serve_connection(TokioIo::new(port), service)
                .await;
        };
        let asked = async {
            let _ = browser.write_all(input).await;
            let _ = browser.shutdown().await;
            let _ = browser.read_to_end(&mut Vec::new()).await;
        };
        tokio::join!(served, asked);
    });
    let code = way_back.code();
    if let Some(code) = &code {
        let said = decoded(input);
        let says = |words: &str| {
            said.windows(words.len())
                .any(|part| part == words.as_bytes())
        };
        assert!(says(STATE), "a code without the state");
        assert!(says(ISSUER), "a code without the issuer");
        assert!(says(HOST), "a code from another name");
        assert!(code.is_empty() || says(code), "a code that nobody sent");
    }
    code.is_some()
}

/// The text without its percent encoding, invalid UTF-8 replaced as the program replaces it.
fn decoded(input: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(input.len());
    let mut rest = input;
    while let Some((first, more)) = rest.split_first() {
        let encoded = (*first == b'%').then(|| hexadecimal(more)).flatten();
        let (byte, used) = match encoded {
            Some(byte) => (byte, 3),
            None if *first == b'+' => (b' ', 1),
            None => (*first, 1),
        };
        bytes.push(byte);
        rest = &rest[used..];
    }
    String::from_utf8_lossy(&bytes).into_owned().into_bytes()
}

fn hexadecimal(text: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (high, low) = (digit(*text.first()?)?, digit(*text.get(1)?)?);
    u8::try_from(high * 16 + low).ok()
}
