//! The line to the server: one client, and whether the server is in reach. Only an answer of our own counts as one (SYNC 3.4): a portal's page
//! is none, whatever its status.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;

use super::device::DeviceFile;
use rainstaff_http::error::AppError;

use crate::{
    clock::Clock,
    wire::{X_APP, X_SYNC, X_SYNC_CLIENT},
};

/// A connection has to be there within so long (SYNC 3.10).
const CONNECT: Duration = Duration::from_secs(2);
/// How often a server that is out of reach is looked for.
pub const LOOK_EVERY: Duration = Duration::from_secs(2);
/// A request of the agent's own that brings or takes many rows.
const LONG: Duration = Duration::from_mins(1);

/// The way to the server. Cheap to clone.
#[derive(Clone)]
pub struct Upstream {
    client: Client,
    server: Arc<str>,
    device: DeviceFile,
    clock: Clock,
    up: Arc<watch::Sender<bool>>,
    last_contact: Arc<AtomicI64>,
    is_looking: Arc<AtomicBool>,
}

/// Why the server's word is not to be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// Nobody answers.
    #[error("the server is out of reach: {0}")]
    OutOfReach(String),
    /// It answered too late.
    #[error("the server did not answer in time")]
    TooLate,
    /// A request that cannot be sent at all, whoever would answer: its sender's fault.
    #[error("the request cannot be passed on: {0}")]
    NotSent(String),
    /// Somebody answers who is not our server.
    #[error("something else than the server answers ({0}): is there a portal to sign in to?")]
    NotOurs(u16),
    /// Our server, and it says no.
    #[error("the server answered {status} {code}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// `error` of its problem document.
        code: String,
        /// Its whole problem document.
        problem: Box<Value>,
        /// Seconds after which it wants to be asked again.
        retry_after: Option<u64>,
    },
}

impl UpstreamError {
    /// Whether this says that the server is not there, rather than what it thinks.
    pub fn is_about_the_line(&self) -> bool {
        !matches!(self, Self::Refused { .. } | Self::NotSent(_))
    }

    /// Whether the server refused with this code.
    pub fn is(&self, wanted: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == wanted)
    }
}

impl From<reqwest::Error> for UpstreamError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_builder() {
            return Self::NotSent(root_of(&error));
        }
        if error.is_timeout() && !error.is_connect() { Self::TooLate } else { Self::OutOfReach(root_of(&error)) }
    }
}

/// The last cause says it best.
fn root_of(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// A client that follows no redirect and gives up early.
///
/// A proxy that the PC's settings name is used, but not for a server on this PC.
pub fn new_client(server: &str) -> Result<Client, String> {
    let _ = rustls::crypto::ring::default_provider().install_default(); // a second one in one process fails, and the first is as good
    let builder = Client::builder();
    let builder = if is_on_this_pc(server) { builder.no_proxy() } else { builder };
    builder
        .connect_timeout(CONNECT)
        .redirect(redirect::Policy::none())
        .pool_idle_timeout(Duration::from_mins(1)) // before the server's 75 s: it never closes one that we are about to use
        .tcp_nodelay(true)
        .user_agent(concat!("rainstaff-agent/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| error.to_string())
}

/// Whether an address is this PC's own.
pub fn is_on_this_pc(server: &str) -> bool {
    let host = reqwest::Url::parse(server).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    host == "localhost" || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Upstream {
    /// The line of a device. It counts as up until something else turns out.
    pub fn new(client: Client, device: DeviceFile, clock: Clock) -> Self {
        let server = device.get().server.into();
        let (up, last_contact) = (Arc::new(watch::Sender::new(true)), Arc::new(AtomicI64::new(0)));
        Self { client, server, device, clock, up, last_contact, is_looking: Arc::default() }
    }

    /// The server's address.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Who this PC is.
    pub fn device(&self) -> &DeviceFile {
        &self.device
    }

    /// The client, for requests of browsers.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whether the server was in reach when it was needed last.
    pub fn is_up(&self) -> bool {
        *self.up.borrow()
    }

    /// When our server answered last.
    pub fn last_contact(&self) -> Option<DateTime<Utc>> {
        match self.last_contact.load(Ordering::Relaxed) {
            0 => None,
            ms => DateTime::from_timestamp_millis(ms),
        }
    }

    /// Our server has answered.
    pub fn note_up(&self) {
        self.last_contact.store(self.clock.now().timestamp_millis(), Ordering::Relaxed);
        self.set(true);
    }

    /// It has not.
    pub fn note_down(&self) {
        self.set(false);
    }

    /// A browser's request found no answer of ours. That may be the request's own doing, so the server is asked with one that is in order, and
    /// what comes of that is the line's state.
    pub fn doubt(&self) {
        if self.is_looking.swap(true, Ordering::AcqRel) {
            return;
        }
        let upstream = self.clone();
        tokio::spawn(async move {
            upstream.look().await;
            upstream.is_looking.store(false, Ordering::Release);
        });
    }

    fn set(&self, up: bool) {
        let changed = self.up.send_if_modified(|now| std::mem::replace(now, up) != up);
        if changed {
            tracing::info!(server = %self.server, "the server is {}", if up { "in reach" } else { "out of reach" });
        }
    }

    /// Told of every change.
    pub fn watch(&self) -> watch::Receiver<bool> {
        self.up.subscribe()
    }

    /// Looks for the server while it is out of reach. Never ends.
    pub async fn keep_looking(self) {
        let mut up = self.watch();
        loop {
            if up.wait_for(|up| !up).await.is_err() {
                return;
            }
            if !self.look().await {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }

    /// Asks once. Only the ping of our own server is proof.
    pub async fn look(&self) -> bool {
        let request = self.client.get(self.url("/api/v1/ping")).timeout(Duration::from_secs(5));
        let found = match request.send().await {
            Ok(response) => is_ours(&response) && response.status() == StatusCode::OK && response.bytes().await.is_ok(),
            Err(_) => false,
        };
        if found {
            self.note_up();
        } else {
            self.note_down();
        }
        found
    }

    /// An address at the server.
    pub fn url(&self, path_and_query: &str) -> String {
        format!("{}{path_and_query}", self.server)
    }

    /// Asks the API in this device's name.
    pub async fn get(&self, path_and_query: &str) -> Result<Value, UpstreamError> {
        self.ask(self.client.request(Method::GET, self.url(path_and_query)).bearer_auth(self.device.token()).timeout(LONG)).await
    }

    /// Posts JSON to the API in this device's name.
    pub async fn post(&self, path: &str, body: &impl Serialize) -> Result<Value, UpstreamError> {
        let request = self.client.post(self.url(path)).bearer_auth(self.device.token()).header(X_SYNC_CLIENT, "agent").json(body);
        self.ask(request.timeout(Duration::from_secs(20))).await
    }

    /// Posts bytes as they are.
    pub async fn post_raw(&self, path: &str, body: Vec<u8>) -> Result<Value, UpstreamError> {
        let request = self.client.post(self.url(path)).bearer_auth(self.device.token()).header(X_SYNC_CLIENT, "agent").body(body);
        self.ask(request.timeout(Duration::from_secs(20))).await
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Value, UpstreamError> {
        let answer = ask(request).await;
        match &answer {
            Ok(_) => {
                self.note_up();
                self.settle_token();
            }
            // A file that cannot be written: it is found out again at the next contact.
            Err(error) if error.is(AppError::DeviceRevoked.code()) && !self.device.is_revoked() => {
                self.device.change(|device| device.is_revoked = true).unwrap_or_else(|e| tracing::error!("{e}"));
                self.up.send_modify(|_| {}); // whoever waits looks again, and lets go of what this PC knows
            }
            Err(error) if error.is(AppError::BadToken.code()) => self.go_back_to_the_older_token(),
            Err(error) if error.is_about_the_line() && *error != UpstreamError::TooLate => self.note_down(),
            Err(_) => {}
        }
        answer
    }

    /// The server has taken the newest token: the older one is of no use any more.
    fn settle_token(&self) {
        if self.device.get().next_token.is_some() {
            let settled = self.device.change(|device| device.token = device.next_token.take().unwrap_or_default());
            settled.unwrap_or_else(|error| tracing::warn!("{error}")); // the next answer settles it
        }
    }

    fn go_back_to_the_older_token(&self) {
        let changed = self.device.change(|device| device.next_token = None);
        changed.unwrap_or_else(|error| tracing::warn!("{error}"));
    }
}

/// Sends a request to the API and takes nothing but our server's JSON for an answer.
pub async fn ask(request: RequestBuilder) -> Result<Value, UpstreamError> {
    let response = request.send().await?;
    let (status, ours) = (response.status(), is_ours(&response));
    let retry_after = response.headers().get("retry-after").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    if !ours {
        return Err(UpstreamError::NotOurs(status.as_u16()));
    }
    let is_sync = response.headers().get(X_SYNC).is_some_and(|v| v == "1");
    let text = response.bytes().await?;
    let body: Value = serde_json::from_slice(&text).unwrap_or_default();
    if status.is_success() {
        return if is_sync && body.is_object() { Ok(body) } else { Err(UpstreamError::NotOurs(status.as_u16())) };
    }
    if matches!(status.as_u16(), 502 | 504) {
        return Err(UpstreamError::OutOfReach(format!("it answered {status}")));
    }
    let code = body["error"].as_str().unwrap_or_default().to_owned();
    Err(UpstreamError::Refused { status: status.as_u16(), code, problem: Box::new(body), retry_after })
}

/// The mark of our own answers.
pub fn is_ours(response: &Response) -> bool {
    response.headers().contains_key(X_APP)
}
