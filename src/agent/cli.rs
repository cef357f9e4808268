//! The program's commands.

use std::{ffi::OsString, net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

use super::{enrol, export, log, place, run, status};
use crate::registry;

/// The local agent of an office PC: Rainstaff goes on when the line is down
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Place {
    /// Folder of this PC's data, on a local disk
    #[arg(long, env = "RAINSTAFF_AGENT_DIR", default_value_os_t = place::default_folder())]
    data_dir: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes this PC known to a server, with the code that an admin reads under Yönetim > Cihazlar
    Enrol {
        /// Address of the server, such as <https://puantaj.example.com>
        #[arg(long, env = "RAINSTAFF_SERVER")]
        server: String,
        /// The one-time code, such as ABCDE-FGHIJ
        #[arg(long)]
        code: String,
        #[command(flatten)]
        place: Place,
    },
    /// Serves <http://localhost:8787> until it is told to stop
    Run {
        /// Address and port on this PC, instead of port 8787 of both loopback addresses
        #[arg(long)]
        listen: Option<SocketAddr>,
        #[command(flatten)]
        place: Place,
    },
    /// Says how this PC is
    Status {
        /// Asks this server, instead of the one this PC is enrolled at
        #[arg(long, env = "RAINSTAFF_SERVER")]
        server: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
        /// Reads the whole file of this PC's data and says whether it is sound
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Writes the region's data as a plain SQLite file
    Export {
        /// The file to write
        file: PathBuf,
        /// Also writes what waits to be sent, one operation a line; beside FILE where no name follows
        #[arg(long, num_args = 0..=1, value_name = "NDJSON", default_missing_value = "")]
        queue: Option<OsString>,
        #[command(flatten)]
        place: Place,
    },
}

/// Runs a command.
pub async fn run(cli: Cli) -> ExitCode {
    match answer(cli.command).await {
        Ok(sentence) => {
            if !sentence.is_empty() {
                println!("{sentence}");
            }
            ExitCode::SUCCESS
        }
        Err(sentence) => {
            eprintln!("rainstaff-agent: {sentence}");
            ExitCode::FAILURE
        }
    }
}

async fn answer(command: Command) -> Result<String, String> {
    registry::install();
    match command {
        Command::Enrol { server, code, place } => enrol::enrol(&place.data_dir, &server, &code).await,
        Command::Run { listen, place } => {
            place::make_folder(&place.data_dir)?;
            let _log = log::start(&place.data_dir)?;
            run::run(&place.data_dir, listen).await.map(|()| String::new())
        }
        Command::Status { server, json, check, place } => status::status(&place.data_dir, server.as_deref(), json, check).await,
        Command::Export { file, queue, place } => {
            let queue = queue.map(|named| if named.is_empty() { file.with_extension("ndjson") } else { named.into() });
            export::export(&place.data_dir, &file, queue.as_deref())
        }
    }
}
