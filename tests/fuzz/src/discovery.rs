//! The discovery document.

use cpis_client::untrusted::{self, Answer};

/// A credential is carried to no address but HTTPS, or HTTP on this computer.
pub fn discovery(input: &[u8]) -> bool {
    let mut accepted = false;
    for status in [200, 400] {
        let answer = Answer {
            status,
            body: input,
        };
        let Some(addresses) = untrusted::discovery(&answer) else {
            continue;
        };
        assert_eq!(status, 200, "a refusal was taken for the document");
        accepted = true;
        for address in addresses {
            let here = ["localhost", "127.", "[::1]"].iter().any(|name| {
                address
                    .host_str()
                    .is_some_and(|host| host.starts_with(name))
            });
            let safe = address.scheme() == "https" || address.scheme() == "http" && here;
            assert!(safe, "an address that policy does not permit");
        }
    }
    accepted
}
