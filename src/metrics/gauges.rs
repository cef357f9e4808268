//! Figures that are looked up when somebody asks: what waits in the database, and the pool of connections.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use super::db;
use crate::{
    contact::db::find_figures,
    db::{Capability, Scope},
    error::AppResult,
    ops::Origin,
    regions::db::list_all_regions,
    state::AppState,
    telemetry::malformed_requests,
};

/// The gauges.
pub(super) struct Gauges {
    held: Family<Held, Gauge>,
    held_for: Family<InRegion, Gauge>,
    conflicts: Family<InRegion, Gauge>,
    sessions: Gauge,
    tokens: Gauge,
    queue_waiting: Family<InRegion, Gauge>,
    queue_oldest: Family<InRegion, Gauge>,
    queue_alarms: Family<InRegion, Gauge>,
    quarantined: Family<InRegion, Gauge>,
    connections: Family<Connections, Gauge>,
    malformed: Counter,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InRegion {
    region: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Held {
    region: String,
    reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Connections {
    state: &'static str,
}

impl Gauges {
    pub fn registered_in(registry: &mut Registry) -> Self {
        let new = Self {
            held: Family::default(),
            held_for: Family::default(),
            conflicts: Family::default(),
            sessions: Gauge::default(),
            tokens: Gauge::default(),
            queue_waiting: Family::default(),
            queue_oldest: Family::default(),
            queue_alarms: Family::default(),
            quarantined: Family::default(),
            connections: Family::default(),
            malformed: Counter::default(),
        };
        registry.register("operations_held", "Operations that wait on the server, by region and reason", new.held.clone());
        registry.register("operations_held_oldest_seconds", "Age of the oldest operation that waits", new.held_for.clone());
        registry.register("conflicts_open", "Conflicts that nobody has decided", new.conflicts.clone());
        registry.register("sessions", "Sessions that are good", new.sessions.clone());
        registry.register("api_tokens", "API keys that are good", new.tokens.clone());
        registry.register("queue_waiting", "Operations that wait in browsers, as their queues last said", new.queue_waiting.clone());
        registry.register("queue_oldest_seconds", "Age of the oldest operation that waits in a browser", new.queue_oldest.clone());
        registry.register("queue_alarms_open", "Alarms about browsers' queues that are not over", new.queue_alarms.clone());
        registry.register("queue_quarantined", "Bodies that the server could not read", new.quarantined.clone());
        registry.register("http_malformed", "Requests that were not HTTP; none of the others counts them", new.malformed.clone());
        registry.register(
            "db_connections",
            "Connections of this process, in use and idle, and how many it may have",
            new.connections.clone(),
        );
        new
    }

    /// Looks everything up. What is gone since the last time is gone from the figures too.
    pub async fn refresh(&self, state: &AppState) -> AppResult<()> {
        let now = state.clock.now();
        let mut tx = state.db.system(&Capability::Users(None)).await?;
        self.sessions.set(db::count_sessions(&mut tx, now, state.config.session_idle_minutes).await?);
        self.tokens.set(db::count_tokens(&mut tx, now).await?);
        drop(tx);
        let mut held = Vec::new();
        let mut conflicts = Vec::new();
        let mut queues = Vec::new();
        for region in list_all_regions(&state.db).await? {
            let mut tx = state.db.read(&Scope::system(region.clone(), None, Origin::System)).await?;
            held.extend(db::list_held(&mut tx, &region).await?.into_iter().map(|row| (region.to_string(), row)));
            conflicts.push((region.to_string(), db::count_open_conflicts(&mut tx, &region).await?));
            queues.push((region.to_string(), find_figures(&mut tx, &region).await?));
        }
        self.held.clear();
        self.held_for.clear();
        for (region, row) in held {
            let oldest = self.held_for.get_or_create_owned(&InRegion { region: region.clone() });
            oldest.set(oldest.get().max((now - row.oldest).num_seconds()));
            self.held.get_or_create_owned(&Held { region, reason: row.reason }).set(row.count);
        }
        self.conflicts.clear();
        for (region, count) in conflicts {
            self.conflicts.get_or_create_owned(&InRegion { region }).set(count);
        }
        for (region, figures) in queues {
            let region = InRegion { region };
            let oldest = figures.oldest.map_or(0, |at| (now - at).num_seconds());
            self.queue_waiting.get_or_create(&region).set(figures.waiting);
            self.queue_oldest.get_or_create(&region).set(oldest);
            self.queue_alarms.get_or_create(&region).set(figures.alarms);
            self.quarantined.get_or_create(&region).set(figures.quarantined);
        }
        self.malformed.inc_by(malformed_requests().saturating_sub(self.malformed.get()));
        let pool = state.db.pool_figures();
        for (state, count) in [("used", pool.used), ("idle", pool.idle), ("most", pool.most)] {
            self.connections.get_or_create_owned(&Connections { state }).set(count);
        }
        Ok(())
    }
}
