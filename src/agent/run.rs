//! The running agent: what its parts share, and its start and end.

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
};

use super::{
    device::DeviceFile,
    heartbeat, mirror, place, replay,
    serve::{self, Origins},
    store::{Salvaged, Store},
    upstream::{Upstream, new_client},
};
use crate::clock::Clock;

/// The port at which browsers find the agent, unless another one is asked for.
pub const PORT: u16 = 8787;

/// Something that is wrong with this PC; it is reported to the server and to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// Nothing more can be stored.
    DiskFull,
    /// Soon nothing more can be stored.
    DiskLow,
    /// The store's file was damaged, and operations are missing.
    FileCorrupt,
    /// The clock is wrong.
    Clock,
    /// The copy differs from the server.
    Digest,
    /// The feed had a hole.
    FeedHole,
    /// The server does not know this PC, or not any more.
    Unknown,
}

impl Trouble {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DiskFull => "disk_full",
            Self::DiskLow => "disk_low",
            Self::FileCorrupt => "file_corrupt",
            Self::Clock => "clock",
            Self::Digest => "digest",
            Self::FeedHole => "feed_hole",
            Self::Unknown => "unknown_device",
        }
    }
}

/// What the parts of a running agent share.
pub struct Agent {
    /// The folder of its files.
    pub folder: PathBuf,
    /// Its data.
    pub store: Store,
    /// The connection to the server.
    pub upstream: Upstream,
    /// The source of "now".
    pub clock: Clock,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// Rings when there is something to send.
    pub wake: Notify,
    /// Goes up each time that sending has finished.
    pub sent: watch::Sender<u64>,
    troubles: Mutex<BTreeSet<Trouble>>,
}

impl Agent {
    /// Puts the parts together.
    pub fn new(folder: &Path, store: Store, upstream: Upstream, clock: Clock) -> Self {
        let started_at = clock.now();
        let sent = watch::Sender::new(0);
        Self { folder: folder.to_owned(), store, upstream, clock, started_at, wake: Notify::new(), sent, troubles: Mutex::default() }
    }

    /// Sending has finished, for now.
    pub fn note_sent(&self) {
        self.sent.send_modify(|runs| *runs += 1);
    }

    /// A trouble has begun, or is over.
    pub fn note(&self, trouble: Trouble, is_there: bool) {
        let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = if is_there { troubles.insert(trouble) } else { troubles.remove(&trouble) };
        if changed {
            tracing::warn!("trouble {}: {}", if is_there { "began" } else { "is over" }, trouble.as_str());
        }
    }

    /// The words of all present troubles.
    pub fn troubles(&self) -> Vec<&'static str> {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|trouble| trouble.as_str()).collect()
    }
}

/// Runs until it is told to stop (Ctrl-C, SIGTERM).
pub async fn run(folder: &Path, listen: Option<SocketAddr>) -> Result<(), String> {
    let Some(device) = DeviceFile::read(folder)? else {
        return Err(format!(
            "this PC is not enrolled: run `rainstaff-agent enrol --server URL --code CODE` first (folder {})",
            folder.display()
        ));
    };
    let _hold = place::hold(folder)?;
    let clock = Clock::System;
    let (store, salvaged) = Store::open(folder, clock.now()).map_err(|error| format!("{}: {error}", folder.display()))?;
    let upstream = Upstream::new(new_client(&device.get().server)?, device, clock);
    let agent = Arc::new(Agent::new(folder, store, upstream, clock));
    if let Some(salvaged) = &salvaged {
        tell_salvaged(&agent, salvaged);
    }
    let (listeners, origins) = open_listeners(listen)?;
    let mut jobs = JoinSet::new();
    jobs.spawn(agent.upstream.clone().keep_looking());
    jobs.spawn(replay::keep_sending(agent.clone()));
    jobs.spawn(mirror::keep_mirroring(agent.clone()));
    jobs.spawn(heartbeat::keep_in_contact(agent.clone()));
    let address = origins.first();
    println!("listening http://{address}");
    tracing::info!(%address, server = agent.upstream.server(), version = env!("CARGO_PKG_VERSION"), "the agent runs");
    let ended = serve::serve(agent.clone(), listeners, origins).await.map_err(|error| error.to_string());
    jobs.shutdown().await;
    tracing::info!("the agent ends");
    ended
}

fn tell_salvaged(agent: &Agent, salvaged: &Salvaged) {
    tracing::error!(broken = %salvaged.broken.display(), ops = salvaged.ops, waiting = salvaged.waiting, lost = salvaged.lost, "a damaged file was replaced");
    agent.note(Trouble::FileCorrupt, true);
}

/// Loopback only, whatever is asked for: other PCs must not use the agent.
fn open_listeners(listen: Option<SocketAddr>) -> Result<(Vec<TcpListener>, Origins), String> {
    let wanted = match listen {
        Some(address) if !address.ip().is_loopback() => {
            return Err(format!("--listen {address}: the agent serves this PC only, name an address of 127.0.0.1 or [::1]"));
        }
        Some(address) => vec![address],
        None => vec![(Ipv4Addr::LOCALHOST, PORT).into(), (Ipv6Addr::LOCALHOST, PORT).into()],
    };
    let mut listeners = Vec::new();
    for address in &wanted {
        match TcpListener::bind(address) {
            Ok(listener) => listeners.push(listener),
            // A PC without IPv6 is served all the same.
            Err(error) if listen.is_none() && address.is_ipv6() => tracing::warn!(%address, %error, "not listened to"),
            Err(error) => return Err(format!("{address} cannot be listened to: {error}")),
        }
    }
    let ports: Vec<SocketAddr> = listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect();
    let origins = Origins::new(&ports);
    Ok((listeners, origins))
}
