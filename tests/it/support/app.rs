//! The state that the server shares, on a test's database.

#![cfg(test)]

use std::sync::Arc;

use rainstaff::{
    clock::Clock,
    config::{Config, Secret},
    db::{Bell, Db},
    file_places::FilePlaces,
    metrics::Metrics,
    offline_mode::OfflineSwitch,
    passwords::Hasher,
    state::AppState,
};

/// The state of a server that has just started, at noon.
pub fn state_on(db: &Db) -> AppState {
    AppState {
        db: db.clone(),
        config: Arc::new(Config::dev(([127, 0, 0, 1], 0).into(), Secret::random())),
        clock: Clock::Fixed(super::builders::at(180)),
        hasher: Hasher::new(),
        files: FilePlaces::default(),
        bell: Bell::default(),
        metrics: Metrics::default(),
        offline: OfflineSwitch::default(),
    }
}
