//! `rainstaff serve`: the server as it runs in production.

use std::net::TcpListener;

use super::{cannot_reach, logins::Logins, text};
use crate::{
    app,
    auth::accounts::{AccountError, FirstStart, ensure_first_accounts},
    calendar::ensure_public_holidays,
    config::{self, Config},
    db::{Db, guard},
    passwords::Password,
    shift_templates::ensure_first_templates,
    state::AppState,
    telemetry,
};

pub(super) async fn run() -> Result<(), String> {
    let config = Config::from_env().map_err(text)?;
    let owner_url = config::read(config::OWNER_URL).ok_or("DATABASE_URL: is not set. Put the URL of the PostgreSQL database into it.")?;
    let logins = Logins::from_env(owner_url)?;
    let connections = config::connections().map_err(text)?;
    telemetry::init("info").map_err(text)?;
    logins.migrate().await?;
    let db = logins.connect(connections).await?;
    refuse_unsafe(&db).await?;
    let state = AppState::new(db.clone(), config);
    let listeners = bind(&state.config)?;
    first_start(&state, &logins.owner_url).await?;
    ensure_public_holidays(&state).await.map_err(text)?;
    ensure_first_templates(&state).await.map_err(text)?;
    for listener in &listeners {
        if let Ok(address) = listener.local_addr() {
            println!("listening http://{address}");
        }
    }
    app::run(state, listeners).await.map_err(text)?;
    tracing::info!("stopped");
    Ok(())
}

/// The start-up guard: opens no port unless the database keeps the regions apart.
pub(super) async fn refuse_unsafe(db: &Db) -> Result<(), String> {
    let findings = guard::check(db).await.map_err(|e| cannot_reach(&e))?;
    for finding in findings.iter().filter(|f| !f.is_fatal()) {
        if finding.is_note() {
            tracing::info!(problem = finding.problem, "{}", finding.sentence());
        } else {
            tracing::warn!(problem = finding.problem, "{}", finding.sentence());
        }
    }
    let fatal: Vec<String> = findings.iter().filter(|f| f.is_fatal()).map(guard::Finding::sentence).collect();
    if fatal.is_empty() { Ok(()) } else { Err(format!("refusing to serve:\n  {}", fatal.join("\n  "))) }
}

async fn first_start(state: &AppState, owner_url: &str) -> Result<(), String> {
    let admin_password = config::read("RAINSTAFF_ADMIN_PASSWORD").map(Password::new);
    let made = ensure_first_accounts(&state.db, &state.hasher, &state.clock, owner_url, admin_password).await;
    let made = made.map_err(|error| match error {
        AccountError::Password(fault) => format!("RAINSTAFF_ADMIN_PASSWORD: {fault}"),
        other => text(other),
    })?;
    match made {
        FirstStart::CreatedWithRandom(password) => {
            println!("first start: sign in as admin with this password, shown only now, and change it: {}", password.reveal());
        }
        FirstStart::Created => println!("first start: sign in as admin with the password in RAINSTAFF_ADMIN_PASSWORD"),
        FirstStart::NotFirst => {}
    }
    Ok(())
}

pub(super) fn bind(config: &Config) -> Result<Vec<TcpListener>, String> {
    let bind = |address| TcpListener::bind(address).map_err(|e| format!("RAINSTAFF_LISTEN: cannot listen on {address}: {e}"));
    config.listen.iter().map(bind).collect()
}
