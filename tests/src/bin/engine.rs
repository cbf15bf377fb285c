//! The program without its window, under commands from standard input, for tests that kill or search it.

#[cfg(unix)]
#[tokio::main]
async fn main() -> std::io::Result<()> {
    use clap::Parser;
    use cpis_tests::engine::{Seat, run, wait_for_line};

    #[derive(Parser)]
    struct Switches {
        /// The policy file.
        #[arg(long)]
        config: std::path::PathBuf,
        /// The data folder.
        #[arg(long)]
        data_dir: std::path::PathBuf,
        /// The folder that stands for the keychain.
        #[arg(long)]
        keychain: std::path::PathBuf,
    }
    let switches = Switches::parse();
    // Whoever is to search this process's memory opens it now. Afterwards nobody but an administrator
    // could, and nothing is in it yet.
    wait_for_line()?;
    cpis_desktop::hardening::harden()?;
    run(Seat {
        policy_file: switches.config,
        data_folder: switches.data_dir,
        keychain_folder: switches.keychain,
    })
    .await
}

/// Windows has no such way to kill and search a process.
#[cfg(not(unix))]
fn main() {}
