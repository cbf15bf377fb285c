//! `serve` and `enrolment-code`.

use crate::Serve;
use cpis_training::{
    Clock, StoreLocation, SystemClock, TlsFiles, TrainingBackend, TrainingError, TrainingOptions,
    enrolment_code_for, fresh_trainer_passcode,
};
use std::error::Error;
use std::io::Write;
use std::path::Path;

/// Serves until Ctrl+C.
pub(crate) async fn serve(arguments: Serve) -> Result<(), Box<dyn Error>> {
    let tls = match arguments.tls.as_deref() {
        Some([certificate, key]) => Some(TlsFiles {
            certificate: certificate.clone(),
            key: key.clone(),
        }),
        _ => None,
    };
    let given = passcode(arguments.trainer_passcode_file.as_deref())?;
    let passcode = match &given {
        Some(passcode) => passcode.clone(),
        None => fresh_trainer_passcode()?,
    };
    let backend = TrainingBackend::start(TrainingOptions {
        trainer_passcode: Some(passcode.clone()),
        listen: arguments.listen,
        public_url: arguments.public_url,
        store: arguments.database.unwrap_or(StoreLocation::Memory),
        seed: arguments.seed.seed,
        tls,
        ..TrainingOptions::default()
    })
    .await?;
    if !arguments.listen.ip().is_loopback() && !backend.base_url().starts_with("https:") {
        tracing::warn!("clients take plain http from their own computer only: give --tls");
    }
    let mut lines = vec![backend.base_url(), backend.try_enrolment_code()?];
    if given.is_none() {
        lines.push(passcode);
    }
    tell(&lines);
    tokio::signal::ctrl_c().await?;
    backend.shutdown().await;
    Ok(())
}

/// The passcode of the trainer's console, if one is given.
fn passcode(file: Option<&Path>) -> Result<Option<String>, TrainingError> {
    let Some(path) = file else {
        return Ok(std::env::var("CPIS_TRAINER_PASSCODE").ok());
    };
    let text = std::fs::read_to_string(path).map_err(|cause| TrainingError::File {
        path: path.to_owned(),
        cause,
    })?;
    Ok(Some(text.lines().next().unwrap_or_default().to_owned()))
}

/// Writes lines to standard output. Whoever started the program may have closed it once it had read
/// what it needed: the backend serves on.
fn tell(lines: &[String]) {
    let mut out = std::io::stdout().lock();
    for line in lines {
        if writeln!(out, "{line}").is_err() {
            return;
        }
    }
    let _ = out.flush();
}

/// Prints a code for the backend that uses a store.
pub(crate) fn enrolment_code(database: &StoreLocation) -> Result<(), Box<dyn Error>> {
    println!("{}", enrolment_code_for(database, SystemClock.now())?);
    Ok(())
}
