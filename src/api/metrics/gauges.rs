//! Figures that are looked up per request: what waits in the database, and the connection pool.

use chrono::{DateTime, Utc};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use crate::{
    alarms::{Source as _, count_open},
    api::metrics::db,
    db::{Capability, Scope},
    error::AppResult,
    identity::Region,
    metrics::PREFIX,
    ops::Origin,
    queue_health::{QueueAlarms, db::find_figures},
    regions::db::list_all_regions,
    state::AppState,
    telemetry::malformed_requests,
};

/// The gauges.
#[derive(Default)]
struct Gauges {
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

/// A new registry with all gauges looked up now: values that no longer exist disappear from the figures too.
pub(super) async fn look_up(state: &AppState) -> AppResult<Registry> {
    let gauges = Gauges::default();
    gauges.fill(state).await?;
    Ok(gauges.registered())
}

impl Gauges {
    fn registered(self) -> Registry {
        let mut registry = Registry::with_prefix(PREFIX);
        registry.register("operations_held", "Operations that wait on the server, by region and reason", self.held);
        registry.register("operations_held_oldest_seconds", "Age of the oldest operation that waits", self.held_for);
        registry.register("conflicts_open", "Conflicts that nobody has decided", self.conflicts);
        registry.register("sessions", "Sessions that are good", self.sessions);
        registry.register("api_tokens", "API keys that are good", self.tokens);
        registry.register("queue_waiting", "Operations that wait in browsers, as their queues last said", self.queue_waiting);
        registry.register("queue_oldest_seconds", "Age of the oldest operation that waits in a browser", self.queue_oldest);
        registry.register("queue_alarms_open", "Alarms about browsers' queues that are not over", self.queue_alarms);
        registry.register("queue_quarantined", "Bodies that the server could not read", self.quarantined);
        registry.register("http_malformed", "Requests that were not HTTP; none of the others counts them", self.malformed);
        registry.register("db_connections", "Connections of this process, in use and idle, and how many it may have", self.connections);
        registry
    }

    async fn fill(&self, state: &AppState) -> AppResult<()> {
        let now = state.clock.now();
        let mut tx = state.db.system(&Capability::Users(None)).await?;
        self.sessions.set(db::count_sessions(&mut tx, now, state.config.session_idle_minutes).await?);
        self.tokens.set(db::count_tokens(&mut tx, now).await?);
        drop(tx);
        for region in list_all_regions(&state.db).await? {
            self.fill_in_region(state, &region, now).await?;
        }
        self.malformed.inc_by(malformed_requests());
        let pool = state.db.pool_figures();
        for (state, count) in [("used", pool.used), ("idle", pool.idle), ("most", pool.most)] {
            self.connections.get_or_create_owned(&Connections { state }).set(count);
        }
        Ok(())
    }

    async fn fill_in_region(&self, state: &AppState, region: &Region, now: DateTime<Utc>) -> AppResult<()> {
        let mut tx = state.db.read(&Scope::system(region.clone(), None, Origin::System)).await?;
        let here = InRegion { region: region.to_string() };
        for row in db::list_held(&mut tx, region).await? {
            let oldest = self.held_for.get_or_create_owned(&here);
            oldest.set(oldest.get().max((now - row.oldest).num_seconds()));
            self.held.get_or_create_owned(&Held { region: region.to_string(), reason: row.reason }).set(row.count);
        }
        self.conflicts.get_or_create_owned(&here).set(db::count_open_conflicts(&mut tx, region).await?);
        let queues = find_figures(&mut tx, region).await?;
        self.queue_waiting.get_or_create(&here).set(queues.waiting);
        self.queue_oldest.get_or_create(&here).set(queues.oldest.map_or(0, |at| (now - at).num_seconds()));
        self.queue_alarms.get_or_create(&here).set(count_open(&mut tx, QueueAlarms::NAME, region).await?);
        self.quarantined.get_or_create(&here).set(queues.quarantined);
        Ok(())
    }
}
