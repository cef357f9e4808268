//! The server's program; `rainstaff --help` lists what it does.

use std::process::ExitCode;

use clap::Parser as _;
use rainstaff::cli::{Cli, run};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match actix_web::rt::System::new().block_on(run(cli)) {
        Ok(code) => code,
        Err(sentence) => {
            eprintln!("rainstaff: {sentence}");
            ExitCode::FAILURE
        }
    }
}
