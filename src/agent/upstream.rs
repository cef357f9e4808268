//! The connection to the server: one client, and whether the server is in reach. Only a response of the Rainstaff server counts (SYNC 3.4):
//! a portal's page does not, whatever its status.

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

/// The longest time to open a connection (SYNC 3.10).
const CONNECT: Duration = Duration::from_secs(2);
/// Pause between two attempts to reach a server that is out of reach.
pub const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Timeout of the agent's own requests that carry many rows.
const LONG: Duration = Duration::from_mins(1);

/// The connection to the server. Cheap to clone.
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

/// Why there is no successful response of the server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// There is no response.
    #[error("the server is out of reach: {0}")]
    OutOfReach(String),
    /// The response came too late.
    #[error("the server did not answer in time")]
    TooLate,
    /// The request cannot be sent to any server: its sender is at fault.
    #[error("the request cannot be passed on: {0}")]
    NotSent(String),
    /// Another server responds, not Rainstaff's.
    #[error("something else than the server answers ({0}): is there a portal to sign in to?")]
    NotOurs(u16),
    /// The Rainstaff server refused.
    #[error("the server answered {status} {code}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// `error` of its problem document.
        code: String,
        /// Its whole problem document.
        problem: Box<Value>,
        /// Seconds after which the request may be sent again.
        retry_after: Option<u64>,
    },
}

impl UpstreamError {
    /// Whether the server is out of reach, in contrast to a refusal.
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

/// The innermost cause is the most precise.
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
    let _ = rustls::crypto::ring::default_provider().install_default(); // a second call in one process fails, and the first one suffices
    let builder = Client::builder();
    let builder = if is_on_this_pc(server) { builder.no_proxy() } else { builder };
    builder
        .connect_timeout(CONNECT)
        .redirect(redirect::Policy::none())
        .pool_idle_timeout(Duration::from_mins(1)) // before the server's 75 s: it never closes one that is about to be used
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
    /// The connection of a device. It counts as up until a request fails.
    pub fn new(client: Client, device: DeviceFile, clock: Clock) -> Self {
        let server = device.get().server.into();
        let (up, last_contact) = (Arc::new(watch::Sender::new(true)), Arc::new(AtomicI64::new(0)));
        Self { client, server, device, clock, up, last_contact, is_looking: Arc::default() }
    }

    /// The server's address.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The identity of this PC.
    pub fn device(&self) -> &DeviceFile {
        &self.device
    }

    /// The client, for requests of browsers.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whether the server was in reach when it was last needed.
    pub fn is_up(&self) -> bool {
        *self.up.borrow()
    }

    /// When the Rainstaff server last responded.
    pub fn last_contact(&self) -> Option<DateTime<Utc>> {
        match self.last_contact.load(Ordering::Relaxed) {
            0 => None,
            ms => DateTime::from_timestamp_millis(ms),
        }
    }

    /// The Rainstaff server has responded.
    pub fn note_up(&self) {
        self.last_contact.store(self.clock.now().timestamp_millis(), Ordering::Relaxed);
        self.set(true);
    }

    /// It has not responded.
    pub fn note_down(&self) {
        self.set(false);
    }

    /// A browser's request got no response of the Rainstaff server. The request itself may be the cause, so the server is asked with a
    /// valid one, whose result counts.
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

    /// Reports every change.
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

    /// Asks once. Only a ping response of the Rainstaff server is proof.
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

    /// A URL at the server.
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
            // If the file cannot be written, the next heartbeat finds it out again.
            Err(error) if error.is(AppError::DeviceRevoked.code()) && !self.device.is_revoked() => {
                self.device.change(|device| device.is_revoked = true).unwrap_or_else(|e| tracing::error!("{e}"));
                self.up.send_modify(|_| {}); // waiting tasks look again, and delete what this PC knows
            }
            Err(error) if error.is(AppError::BadToken.code()) => self.go_back_to_the_older_token(),
            Err(error) if error.is_about_the_line() && *error != UpstreamError::TooLate => self.note_down(),
            Err(_) => {}
        }
        answer
    }

    /// The server has accepted the newest token: the older one is not valid any more.
    fn settle_token(&self) {
        if self.device.get().next_token.is_some() {
            let settled = self.device.change(|device| device.token = device.next_token.take().unwrap_or_default());
            settled.unwrap_or_else(|error| tracing::warn!("{error}")); // the next response settles it
        }
    }

    fn go_back_to_the_older_token(&self) {
        let changed = self.device.change(|device| device.next_token = None);
        changed.unwrap_or_else(|error| tracing::warn!("{error}"));
    }
}

/// Sends a request to the API, and accepts only JSON of the Rainstaff server as a response.
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

/// Whether a response has the mark of the Rainstaff server.
pub fn is_ours(response: &Response) -> bool {
    response.headers().contains_key(X_APP)
}
