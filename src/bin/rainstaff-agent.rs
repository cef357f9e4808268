//! The local agent's program. It knows its version and can ask a server whether it is in reach; relaying and storing come with `run`.

use std::{process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};

/// The local agent of an office PC
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Says whether the server is in reach
    Status {
        /// Address of the server, such as <https://puantaj.example.com>
        #[arg(long, env = "RAINSTAFF_SERVER")]
        server: String,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Command::Status { server } = Cli::parse().command;
    match ask(server.trim_end_matches('/')).await {
        Ok(sentence) => {
            println!("{sentence}");
            ExitCode::SUCCESS
        }
        Err(sentence) => {
            eprintln!("rainstaff-agent: {sentence}");
            ExitCode::FAILURE
        }
    }
}

/// Only an answer of our own counts: JSON with the header `X-Sync: 1`, never a portal's page.
async fn ask(server: &str) -> Result<String, String> {
    // A second installation in one process would fail, and the first one is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(2))
        .timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|e| e.to_string())?;
    let answer = client.get(format!("{server}/api/v1/ping")).send().await.map_err(|e| format!("{server} is not in reach: {e}"))?;
    let is_ours = answer.headers().get("x-sync").is_some_and(|v| v == "1");
    if !is_ours || !answer.status().is_success() {
        return Err(format!("{server} answered {}, but not as a Rainstaff server: is there a portal to sign in to?", answer.status()));
    }
    let body: serde_json::Value = answer.json().await.map_err(|e| format!("{server} answered something unreadable: {e}"))?;
    let time = body["server_time"].as_str().ok_or_else(|| format!("{server} answered without its time"))?;
    Ok(format!("{server} is in reach; its clock says {time}"))
}
