//! The local agent's program; `rainstaff-agent --help` lists what it does.

use std::process::ExitCode;

use clap::Parser as _;
use rainstaff_agent::cli::{Cli, run};

fn main() -> ExitCode {
    let cli = Cli::parse();
    actix_web::rt::System::new().block_on(run(cli))
}
