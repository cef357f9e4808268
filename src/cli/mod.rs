//! The subcommands, one file each. A failure is one sentence for the user.

mod dev;
mod doctor;
mod import_legacy;
mod logins;
mod report_file;
mod seed;
mod serve;
pub mod user;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{config, db::Db, passwords::Hasher, registry};
use logins::Logins;
use rainstaff_cluster::{Cluster, ClusterOptions};

/// Name of the database in the private cluster.
const DATABASE: &str = "rainstaff";

/// Timesheets, vehicles and stock of regional offices
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A private database, an invented company and the server, for trying things out
    Dev(dev::DevArgs),
    /// The server against `DATABASE_URL`; migrates first
    Serve,
    /// Brings the schema of the database up to date
    Migrate(Place),
    /// Checks database, role, logs and settings; a line per finding, exit code 1 when there is one
    Doctor(Place),
    /// Accounts
    User {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        command: user::UserCommand,
    },
    /// Fills the database with an invented company; running it again adds only what is missing
    SeedDemo(Place),
    /// Takes over a desktop database (puantaj.db)
    ImportLegacy(import_legacy::ImportArgs),
}

/// Which database a command works on: `DATABASE_URL` where it is set, else the private cluster of `rainstaff dev`, running or not.
#[derive(Debug, Clone, clap::Args)]
pub struct Place {
    /// Folder of the private cluster (default: `RAINSTAFF_DATA_DIR`, else .rainstaff)
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

/// Runs a command. The exit code is for checks with findings; an error is the sentence to show.
pub async fn run(cli: Cli) -> Result<ExitCode, String> {
    registry::install();
    match cli.command {
        Command::Dev(args) => dev::run(args).await.map(|()| ExitCode::SUCCESS),
        Command::Serve => serve::run().await.map(|()| ExitCode::SUCCESS),
        Command::Migrate(place) => migrate(place).await.map(|()| ExitCode::SUCCESS),
        Command::Doctor(place) => doctor::run(place).await,
        Command::User { place, command } => {
            with_database(place, async |opened| user::run(command, &opened.db, &Hasher::default()).await).await
        }
        Command::SeedDemo(place) => with_database(place, async |opened| seed::run(opened).await).await,
        Command::ImportLegacy(args) => import_legacy::run(args).await,
    }
}

/// An open database, and the cluster that has to run for it.
struct Opened {
    db: Db,
    owner_url: String,
    cluster: Option<Cluster>,
}

impl Opened {
    async fn close(self) -> Result<(), String> {
        self.db.close().await;
        match self.cluster {
            Some(cluster) => cluster.stop().await.map_err(text),
            None => Ok(()),
        }
    }
}

/// The database's logins, and the private cluster if `DATABASE_URL` is not set.
async fn locate(place: &Place) -> Result<(Logins, Option<Cluster>), String> {
    if let Some(url) = config::read(config::OWNER_URL) {
        return Ok((Logins::from_env(url)?, None));
    }
    let cluster =
        Cluster::start(ClusterOptions { data_dir: config::data_dir(place.data_dir.clone()), durable: true }).await.map_err(text)?;
    cluster.create_database(DATABASE).await.map_err(text)?;
    Ok((Logins::of_cluster(&cluster), Some(cluster)))
}

/// Opens and migrates the database of a command.
async fn open(place: &Place) -> Result<Opened, String> {
    let (logins, cluster) = locate(place).await?;
    logins.migrate().await?;
    let db = logins.connect(4).await?;
    Ok(Opened { db, owner_url: logins.owner_url, cluster })
}

/// Runs `work` on an open database and closes it even if the work failed.
async fn with_database(place: Place, work: impl AsyncFnOnce(&Opened) -> Result<(), String>) -> Result<ExitCode, String> {
    let opened = open(&place).await?;
    let done = work(&opened).await;
    let closed = opened.close().await;
    done.and(closed).map(|()| ExitCode::SUCCESS)
}

async fn migrate(place: Place) -> Result<(), String> {
    let (logins, cluster) = locate(&place).await?;
    let pending = crate::db::pending_migrations(&logins.owner_url).await.map_err(|e| cannot_reach(&e))?;
    logins.migrate().await?;
    for name in &pending {
        println!("applied {name}");
    }
    println!("{}", if pending.is_empty() { "the schema was up to date" } else { "the schema is up to date" });
    match cluster {
        Some(cluster) => cluster.stop().await.map_err(text),
        None => Ok(()),
    }
}

fn cannot_reach(error: &dyn std::fmt::Display) -> String {
    format!("DATABASE_URL: the database could not be used: {error}")
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
