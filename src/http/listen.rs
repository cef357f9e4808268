//! Serves like actix's own `HttpServer`, but over connections with limits (`connection`).

use std::{fmt, io, net::TcpListener, time::Duration};

use actix_http::{HttpService, Protocol, Request, Response, error::DispatchError};
use actix_server::Server;
use actix_service::{IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::{Error, body::MessageBody, dev::AppConfig, rt::net::TcpStream};

use super::connection::Limited;

/// How long the head of the first request on a connection may take.
const HEAD: Duration = Duration::from_secs(5);
/// How long a client may take to close its side.
const DISCONNECT: Duration = Duration::from_secs(5);
/// How long a connection without a request stays open.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Settings for serving.
#[derive(Debug, Clone, Copy)]
pub struct Serving {
    /// Number of threads.
    pub workers: usize,
    /// Connections at the same time, over all threads; others wait until one ends.
    pub connections: usize,
    /// Seconds that running requests get after the process received the signal to stop.
    pub shutdown_seconds: u64,
}

/// Serves on these listeners until the process receives the signal to stop (SIGTERM, Ctrl-C).
pub async fn serve<F, I, S, B>(factory: F, listeners: Vec<TcpListener>, serving: Serving) -> io::Result<()>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    S::Service: 'static,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let mut server = Server::build()
        .workers(serving.workers)
        .max_concurrent_connections((serving.connections / serving.workers).max(1))
        .shutdown_timeout(serving.shutdown_seconds);
    let stopping = server.graceful_shutdown_signal();
    for listener in listeners {
        let (factory, stopping) = (factory.clone(), stopping.clone());
        let address = listener.local_addr()?;
        server = server.listen(format!("http {address}"), listener, move || {
            let stopping = stopping.clone();
            let app = factory().into_factory().map_err(|error: S::Error| error.into().error_response());
            let http = HttpService::build()
                .graceful_shutdown_signal(move || {
                    let stopping = stopping.clone();
                    async move { stopping.notified().await }
                })
                .keep_alive(KEEP_ALIVE)
                .client_request_timeout(HEAD)
                .client_disconnect_timeout(DISCONNECT)
                .local_addr(address)
                .on_connect_ext(|io: &Limited<TcpStream>, data| {
                    data.insert(io.phase());
                })
                .finish(map_config(app, |()| AppConfig::default()));
            fn_service(|io: TcpStream| async move {
                // Otherwise the end of a compressed page waits for the browser's delayed acknowledgement: 40 ms.
                let _ = io.set_nodelay(true); // on failure it is only slower
                let peer = io.peer_addr().ok();
                Ok::<_, DispatchError>((Limited::new(io), Protocol::Http1, peer))
            })
            .and_then(http)
        })?;
    }
    server.run().await
}
