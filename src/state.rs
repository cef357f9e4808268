//! What every handler can reach. The server keeps no business state of its own: that is PostgreSQL's.

use std::sync::Arc;

use crate::{
    clock::Clock,
    config::Config,
    db::{Bell, Db},
    file_places::FilePlaces,
    metrics::Metrics,
    offline_mode::OfflineSwitch,
    passwords::Hasher,
};

/// Shared by all workers, cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub db: Db,
    /// Settings of this process.
    pub config: Arc<Config>,
    /// The source of "now".
    pub clock: Clock,
    /// Checks and makes password hashes, a few at a time.
    pub hasher: Hasher,
    /// Makes files of lists, a few at a time.
    pub files: FilePlaces,
    /// Rings after each commit, for readers of the feed that wait.
    pub bell: Bell,
    /// What this process counts.
    pub metrics: Metrics,
    /// What browsers may do without a network, as this process last read it.
    pub offline: OfflineSwitch,
}

impl AppState {
    /// The state of a process that starts now: the machine's clock, nothing waiting.
    pub fn new(db: Db, config: Config) -> Self {
        Self {
            db,
            config: Arc::new(config),
            clock: Clock::System,
            hasher: Hasher::default(),
            files: FilePlaces::default(),
            bell: Bell::default(),
            metrics: Metrics::default(),
            offline: OfflineSwitch::default(),
        }
    }
}
