//! Serves the real program to a browser, for the journeys. The first line printed is its address.

use clap::Parser;
use cpis_client::view::ProgramMode;
use cpis_tests::host::{Host, HostOptions};
use cpis_tests::keychain;
use std::io::Write;
use std::path::PathBuf;

#[derive(Parser)]
struct Switches {
    /// Begin in live mode, with this policy file.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Begin in live mode without a policy file.
    #[arg(long)]
    unconfigured: bool,
    /// Behave as on a computer without a keychain.
    #[arg(long)]
    no_keychain: bool,
    /// Where the program keeps its files; a folder of its own, removed at the end, if not given.
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// The user interface, built for HTTP.
    #[arg(long)]
    ui: PathBuf,
}

#[tokio::main]
#[expect(
    clippy::print_stdout,
    reason = "whoever starts it reads the address there"
)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let switches = Switches::parse();
    let temporary = tempfile::tempdir()?;
    let live = switches.unconfigured || switches.config.is_some();
    let keychains = if switches.no_keychain {
        keychain::absent()
    } else {
        keychain::kept_in_memory()
    };
    let host = Host::start(HostOptions {
        data: switches
            .data_dir
            .unwrap_or_else(|| temporary.path().to_owned()),
        policy_file: switches.config,
        mode: if live {
            ProgramMode::Live
        } else {
            ProgramMode::Practice
        },
        ui: switches.ui,
        keychains,
    })
    .await?;
    println!("http://{}", host.address);
    std::io::stdout().flush()?;
    // Whoever started it closes its standard input to end it.
    tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()))
        .await??;
    host.program().stop().await;
    Ok(())
}
