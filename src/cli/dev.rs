//! `rainstaff dev`: everything on one machine, with an invented company. Loopback only: its accounts have a known password.

use std::{fs, net::SocketAddr, path::PathBuf};

use clap::Args;

use super::{DATABASE, logins::Logins, seed, serve, text};
use crate::{
    app,
    auth::accounts::{create_demo_passwords, ensure_first_accounts},
    calendar::ensure_public_holidays,
    config::{self, Config, MetricsToken, Secret},
    shift_templates::ensure_first_templates,
    state::AppState,
    telemetry,
};
use rainstaff_cluster::{Cluster, ClusterOptions};

#[derive(Debug, Args)]
pub(super) struct DevArgs {
    /// Address and port (default: `RAINSTAFF_LISTEN`, else 127.0.0.1:8080); loopback only
    #[arg(long)]
    listen: Option<String>,
    /// Folder of the private database (default: `RAINSTAFF_DATA_DIR`, else .rainstaff)
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Throws the data away first
    #[arg(long)]
    fresh: bool,
    /// Without the invented company
    #[arg(long)]
    empty: bool,
}

pub(super) async fn run(args: DevArgs) -> Result<(), String> {
    let data_dir = config::data_dir(args.data_dir.clone());
    let listen = listen_address(args.listen.as_deref())?;
    telemetry::init("warn,rainstaff=info").map_err(text)?;
    if args.fresh {
        Cluster::erase(&data_dir).await.map_err(text)?;
    }
    let mut config = Config::dev(listen, kept_secret(&data_dir)?);
    config.metrics_token = MetricsToken::from_env().map_err(text)?;
    let listeners = serve::bind(&config)?;
    let cluster = Cluster::start(ClusterOptions { data_dir, durable: true }).await.map_err(text)?;
    let served = serve_on(&cluster, config, listeners, args.empty).await;
    let stopped = cluster.stop().await.map_err(text);
    served.and(stopped)
}

async fn serve_on(cluster: &Cluster, config: Config, listeners: Vec<std::net::TcpListener>, empty: bool) -> Result<(), String> {
    cluster.create_database(DATABASE).await.map_err(text)?;
    let logins = Logins::of_cluster(cluster);
    logins.migrate().await?;
    let db = logins.connect(10).await?;
    let owner_url = logins.owner_url;
    serve::refuse_unsafe(&db).await?;
    let state = AppState::new(db.clone(), config);
    ensure_first_accounts(&db, &state.hasher, &state.clock, &owner_url, None).await.map_err(text)?;
    ensure_public_holidays(&state).await.map_err(text)?;
    create_demo_passwords(&db, &state.hasher, &state.clock).await.map_err(text)?;
    if !empty {
        seed::fill_if_new(&state, &owner_url).await?;
    }
    ensure_first_templates(&state).await.map_err(text)?; // the invented company has its own templates
    for listener in &listeners {
        println!("listening http://{}", listener.local_addr().map_err(text)?);
    }
    println!("database {owner_url}");
    println!("sign in as ankara1, istanbul1, bursa1, izmir1 or admin; password {}", crate::auth::accounts::DEMO_PASSWORD);
    app::run(state, listeners).await.map_err(text)
}

fn listen_address(flag: Option<&str>) -> Result<SocketAddr, String> {
    let given = flag.map(str::to_owned).or_else(|| config::read("RAINSTAFF_LISTEN")).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let address = config::parse_listen("RAINSTAFF_LISTEN", &given).map_err(text)?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err(format!(
            "RAINSTAFF_LISTEN: {address} is not a loopback address; dev has accounts with a known password, use `rainstaff serve` instead"
        ))
    }
}

/// The same key at every start, so that sessions survive a restart.
fn kept_secret(data_dir: &std::path::Path) -> Result<Secret, String> {
    let file = data_dir.join("secret-key");
    if let Some(secret) = fs::read_to_string(&file).ok().and_then(|text| Secret::parse(&text)) {
        return Ok(secret);
    }
    let secret = Secret::random();
    fs::create_dir_all(data_dir)
        .and_then(|()| fs::write(&file, secret.to_hex()))
        .map_err(|e| format!("cannot write {}: {e}", file.display()))?;
    Ok(secret)
}
