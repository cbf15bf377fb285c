//! `serve` and `enrolment-code`.

use crate::Serve;
use cpis_training::{
    Clock, StoreLocation, SystemClock, TlsFiles, TrainingBackend, TrainingOptions,
    enrolment_code_for,
};
use std::error::Error;
use std::io::Write;

/// Serves until Ctrl+C.
pub(crate) async fn serve(arguments: Serve) -> Result<(), Box<dyn Error>> {
    let tls = match arguments.tls.as_deref() {
        Some([certificate, key]) => Some(TlsFiles {
            certificate: certificate.clone(),
            key: key.clone(),
        }),
        _ => None,
    };
    let backend = TrainingBackend::start(TrainingOptions {
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
    tell(&[backend.base_url(), backend.try_enrolment_code()?]);
    tokio::signal::ctrl_c().await?;
    backend.shutdown().await;
    Ok(())
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
