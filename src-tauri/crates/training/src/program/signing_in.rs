//! `sign-in` and `assertion`: what it takes to look with nothing but `curl`.

use crate::Card;
use cpis_training::{Clock, OpenCard, SystemClock, open_card};
use serde_json::Value;
use std::error::Error;
use std::path::Path;
use std::time::Duration;

/// Signs in and prints the access token.
pub(crate) async fn sign_in(
    card: &Card,
    url: &str,
    ca: Option<&Path>,
) -> Result<(), Box<dyn Error>> {
    let mut client = reqwest::Client::builder().timeout(Duration::from_secs(30));
    if let Some(file) = ca {
        let certificates = reqwest::Certificate::from_pem_bundle(&std::fs::read(file)?)?;
        client = client.tls_certs_merge(certificates);
    }
    let client = client.build()?;
    let discovery = format!(
        "{}/.well-known/openid-configuration",
        url.trim_end_matches('/')
    );
    let endpoints: Value = client
        .get(discovery)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let endpoint = |name: &str| {
        endpoints[name]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| format!("the backend names no {name}"))
    };
    let token_endpoint = endpoint("token_endpoint")?;
    let assertion = open(card)?.assertion(&token_endpoint, &card.client_id, SystemClock.now())?;
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("client_id", card.client_id.as_str()),
        ("assertion", assertion.as_str()),
    ];
    let response = client.post(token_endpoint).form(&form).send().await?;
    let answer: Value = response.json().await?;
    let token = answer["access_token"]
        .as_str()
        .ok_or_else(|| format!("sign-in was refused: {}", answer["error_description"]))?;
    let user: Value = client
        .get(endpoint("userinfo_endpoint")?)
        .bearer_auth(token)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    for role in user["nhsid_nrbac_roles"].as_array().into_iter().flatten() {
        let text = |name: &str| role[name].as_str().unwrap_or_default().to_owned();
        eprintln!(
            "NHSD-Session-URID: {}  ({} at {}, {})",
            text("person_roleid"),
            text("role_name"),
            text("org_code"),
            role["activity_codes"]
        );
    }
    println!("{token}");
    Ok(())
}

/// Prints an assertion.
pub(crate) fn assertion(card: &Card, audience: &str) -> Result<(), Box<dyn Error>> {
    let assertion = open(card)?.assertion(audience, &card.client_id, SystemClock.now())?;
    println!("{assertion}");
    Ok(())
}

fn open(card: &Card) -> Result<OpenCard, Box<dyn Error>> {
    let passcode = if card.passcode_stdin {
        std::io::read_to_string(std::io::stdin())?
    } else {
        std::env::var("CPIS_TRAINING_PASSCODE")
            .map_err(|_| "give --passcode-stdin or CPIS_TRAINING_PASSCODE")?
    };
    Ok(open_card(&card.card, passcode.trim())?)
}
