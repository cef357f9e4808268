//! The application as the server runs it and the tests call it.

mod counting;
mod errors;
#[cfg(test)]
mod gallery;

use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::{Compress, from_fn},
    web::{self, Data},
};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::{net::TcpListener, time::Duration};
use tracing_actix_web::TracingLogger;

use counting::count_requests;
use errors::show_errors;

use crate::{
    alarms,
    auth::{
        carried::offer_sign_in,
        session_store::{purge_expired, session_middleware},
    },
    db::enter_worker,
    routes,
    state::AppState,
    sync::held,
    telemetry::Spans,
    web::{
        body::guard_body,
        csrf::refuse_cross_site,
        head::answer_head,
        headers::{add_headers, name_reader},
        limits,
        listen::{Serving, serve},
    },
};

/// Files a server process wants to be allowed to have open; a connection is one.
const WANTED_FILES: u64 = 65_536;
/// Of these, what is left for the database, logs and listeners.
const RESERVED_FILES: usize = 128;
/// Connections at once at most.
const MOST_CONNECTIONS: usize = 50_000;

/// Puts the application together. What is wrapped last runs first.
#[expect(clippy::needless_pass_by_value, reason = "an application keeps its state")]
pub fn build_app(
    state: AppState,
) -> App<impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<impl MessageBody>, Error = Error, InitError = ()>> {
    App::new()
        .app_data(Data::new(state.clone()))
        .configure(limits::configure)
        .configure(routes::public)
        .service(
            web::scope("")
                .configure(routes::signed_in)
                .default_service(web::to(routes::not_found))
                .wrap(from_fn(offer_sign_in))
                .wrap(from_fn(name_reader))
                .wrap(session_middleware(&state))
                .wrap(from_fn(refuse_cross_site)),
        )
        .wrap(from_fn(answer_head))
        .wrap(from_fn(guard_body))
        .wrap(from_fn(limits::refuse_long_addresses))
        .wrap(from_fn(show_errors))
        .wrap(Compress::default()) // gzip alone: 0.4 ms a page where brotli takes 1.5 to 2, and 13 KB are small enough
        .wrap(from_fn(add_headers))
        .wrap(from_fn(count_requests))
        .wrap(TracingLogger::<Spans>::new())
}

/// Serves until the process is told to stop (SIGTERM, Ctrl-C); requests under way get ten seconds to finish. Closes the database's
/// connections, also those of the handle it was given.
pub async fn run(mut state: AppState, listeners: Vec<TcpListener>) -> std::io::Result<()> {
    let workers = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
    state.db = state.db.for_workers(workers).await;
    let db = state.db.clone();
    let housekeeping = tokio::spawn(keep_house(state.clone()));
    let watch = tokio::spawn(watch_sources(state.clone()));
    let retrial = tokio::spawn(retry_held(state.clone())); // nobody waits for it: a server that sleeps has to answer soon
    let bell = tokio::spawn(state.bell.clone().watch(db.clone()));
    let app = move || {
        enter_worker();
        build_app(state.clone())
    };
    let serving =
        Serving { workers, connections: open_files().saturating_sub(RESERVED_FILES).clamp(64, MOST_CONNECTIONS), shutdown_seconds: 10 };
    let ended = serve(app, listeners, serving).await;
    housekeeping.abort();
    watch.abort();
    retrial.abort();
    bell.abort();
    db.close().await;
    ended
}

/// How many files the process may have open: as many as it is allowed to allow itself. (systemd starts services with 1,024 and lets them go to
/// 524,288.) Where that cannot be told, the 1,024 of every system.
fn open_files() -> usize {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return 1024 };
    let wanted = hard.min(WANTED_FILES).max(soft);
    let allowed = if setrlimit(Resource::RLIMIT_NOFILE, wanted, hard).is_ok() { wanted } else { soft };
    tracing::debug!(soft, hard, allowed, "open files");
    usize::try_from(allowed).unwrap_or(usize::MAX)
}

/// Once an hour: sessions that have ended are deleted.
async fn keep_house(state: AppState) {
    let mut hourly = tokio::time::interval(Duration::from_hours(1));
    loop {
        hourly.tick().await;
        match purge_expired(&state.db, &state.config, &state.clock).await {
            Ok(ended) => tracing::info!(ended, "sessions purged"),
            Err(error) => tracing::warn!(%error, "sessions not purged"),
        }
    }
}

/// Once, at the start: what an older program could not do may be possible now.
async fn retry_held(state: AppState) {
    if let Err(error) = held::retry_at_start(&state).await {
        tracing::warn!(%error, "held operations were not tried again");
    }
}

/// Once a minute: what is odd becomes an alarm.
async fn watch_sources(state: AppState) {
    let mut each_minute = tokio::time::interval(Duration::from_mins(1));
    loop {
        each_minute.tick().await;
        for source in alarms::sources() {
            source.watch(&state).await;
        }
    }
}
