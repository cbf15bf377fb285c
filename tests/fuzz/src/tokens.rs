//! The answer of the token endpoint.

use crate::{NOW, json};
use chrono::{DateTime, Duration};
use cpis_client::untrusted::{self, Answer};

/// No access token lives longer than a day, whatever the answer says, and none comes of a refusal.
pub fn token_answer(input: &[u8]) -> bool {
    let now = DateTime::from_timestamp(NOW, 0).expect("a time of our days");
    let mut accepted = false;
    for status in [200, 400] {
        let answer = Answer {
            status,
            body: input,
        };
        let Some(expires) = untrusted::tokens(&answer, now.fixed_offset()) else {
            continue;
        };
        assert_eq!(status, 200, "a refusal was taken for a token");
        accepted = true;
        let life = expires.signed_duration_since(now);
        assert!(
            life >= Duration::zero() && life <= Duration::days(1),
            "a token that lives for {life}"
        );
        if let Some(read) = json(input) {
            assert!(read["access_token"].is_string(), "a token was made up");
        }
    }
    accepted
}
