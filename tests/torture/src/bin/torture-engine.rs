//! The program that the harness starts and kills.

use clap::Parser;
use cpis_torture::engine::{Seat, run};
use cpis_torture::words::Order;
use std::path::PathBuf;
use tokio::sync::mpsc;

#[derive(Parser)]
#[command(about = "The real program without a window, under orders from standard input")]
struct Arguments {
    /// The policy file.
    #[arg(long)]
    config: PathBuf,
    /// The data folder.
    #[arg(long)]
    data_dir: PathBuf,
    /// The folder that stands for the keychain.
    #[arg(long)]
    keychain: PathBuf,
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let seat = Seat {
        policy_file: arguments.config,
        data_folder: arguments.data_dir,
        keychain_folder: arguments.keychain,
    };
    let (orders, taken) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            let order = Order::read(&line).filter(|order| orders.send(order.clone()).is_ok());
            if order.is_none() {
                return;
            }
        }
    });
    run(seat, taken).await;
}
