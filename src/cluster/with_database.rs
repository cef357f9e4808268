//! Runs a command with a fresh, migrated database in `DATABASE_URL`, and deletes the database afterwards: `with_database cargo check`. Run
//! it in the checkout; it reads `migrations/` there.
//!
//! Checked queries (`sqlx::query!`) are compiled against this database, so this program must compile before them: the cluster's crate has
//! no checked queries.

use std::{
    env,
    error::Error,
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, ExitCode},
};

use rainstaff_cluster::{Cluster, ClusterOptions};
use sqlx::{Connection, Executor, migrate::Migrator, postgres::PgConnection};

const DATABASE: &str = "rainstaff";

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        return Err("usage: with_database COMMAND [ARGUMENT...]".into());
    };
    let folder = tempfile::Builder::new().prefix("rainstaff-").permissions(Permissions::from_mode(0o755)).tempdir()?;
    let cluster = Cluster::start(ClusterOptions { data_dir: folder.path().to_owned(), durable: false }).await?;
    cluster.create_database(DATABASE).await?;
    let url = cluster.owner_url(DATABASE);
    migrate(&url).await?;

    let status = Command::new(program).args(arguments).env("DATABASE_URL", url).env("SQLX_OFFLINE", "false").status();
    cluster.stop().await?;
    let code = status?.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

async fn migrate(url: &str) -> Result<(), Box<dyn Error>> {
    let mut conn = PgConnection::connect(url).await?;
    conn.execute("SET client_min_messages = warning").await?;
    Migrator::new(Path::new("migrations")).await?.run(&mut conn).await?;
    Ok(conn.close().await?)
}
