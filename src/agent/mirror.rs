//! The copy of the region: a snapshot, then the change feed by its cursor. A page of rows and the cursor are stored together; the numbers
//! of the feed must have no holes; the whole copy is compared with the server's digest every hour (SYNC 3.9).

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::{
    run::{Agent, Trouble},
    store::{
        MirrorState, StoreError,
        facts::{find_mirror, put_mirror},
        ops,
        rows::{self, Base},
    },
    upstream::UpstreamError,
};
use rainstaff_http::error::AppError;

use crate::ops::Row;

const PAGE: usize = 1000;
/// How long the server may keep a reader waiting for a change.
const WAIT: u64 = 25;
const COMPARED_EVERY: TimeDelta = TimeDelta::hours(1);
/// The pause after a comparison that failed because rows kept changing.
const COMPARED_AGAIN: TimeDelta = TimeDelta::seconds(30);
/// While nothing changes, that is stored at most once per interval.
const NOTED_EVERY: TimeDelta = TimeDelta::seconds(10);

/// Mirrors for as long as the program runs.
pub async fn keep_mirroring(agent: Arc<Agent>) {
    let mut up = agent.upstream.watch();
    let mut failures = 0_u32;
    loop {
        let Err(error) = step(&agent).await else {
            failures = 0;
            continue;
        };
        tracing::debug!(%error, "the mirror stands still");
        failures = failures.saturating_add(1);
        let pause = Duration::from_millis(500).saturating_mul(2_u32.saturating_pow(failures.min(6)));
        tokio::select! {
            () = tokio::time::sleep(pause.min(Duration::from_secs(20))) => {}
            changed = up.changed() => if changed.is_err() { return },
        }
    }
}

/// Why the mirror stops.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error("{0}")]
    Upstream(#[from] UpstreamError),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("an answer that makes no sense: {0}")]
    Nonsense(String),
    #[error("the server has taken this PC's rights away")]
    Revoked,
}

/// A row as snapshot and feed return it.
#[derive(Deserialize)]
struct Item {
    region: String,
    entity: String,
    id: Uuid,
    #[serde(default)]
    version: Option<i64>,
    gone: bool,
    row: Option<Row>,
}

impl Item {
    fn into_base(self) -> Base {
        Base { entity: self.entity, id: self.id, region: self.region, version: self.version.unwrap_or(0), gone: self.gone, row: self.row }
    }
}

#[derive(Deserialize)]
struct Snapshot {
    epoch: Uuid,
    cursor: String,
    page: Option<String>,
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Changes {
    epoch: Uuid,
    cursor: String,
    more: bool,
    ranges: Vec<Range>,
    #[serde(rename = "changes")]
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Range {
    from: i64,
    to: i64,
    count: i64,
}

async fn step(agent: &Arc<Agent>) -> Result<(), Stop> {
    if agent.upstream.device().is_revoked() {
        return Err(Stop::Revoked);
    }
    let state = agent.store.read()?.mirror()?;
    if state.cursor.is_none() || state.page.is_some() {
        return take_snapshot_page(agent, state).await;
    }
    if state.compared_at.is_none_or(|at| agent.clock.now() - at >= COMPARED_EVERY) {
        return compare(agent).await;
    }
    let is_fresh = state.synced_at.is_some_and(|at| agent.clock.now() - at < NOTED_EVERY);
    read_changes(agent, state, if is_fresh { WAIT } else { 0 }).await
}

fn read<T: for<'de> Deserialize<'de>>(body: Value) -> Result<T, Stop> {
    serde_json::from_value(body).map_err(|error| Stop::Nonsense(error.to_string()))
}

async fn take_snapshot_page(agent: &Arc<Agent>, mut state: MirrorState) -> Result<(), Stop> {
    let path = match &state.page {
        Some(page) => format!("/api/v1/snapshot?page={page}"),
        None => "/api/v1/snapshot".to_owned(),
    };
    let snapshot: Snapshot = match agent.upstream.get(&path).await {
        Ok(body) => read(body)?,
        Err(error) if error.is(AppError::Gone.code()) => return start_over(agent, &state, true).await,
        Err(error) => return Err(error.into()),
    };
    if state.page.is_none() {
        state.round += 1;
        state.cursor = Some(snapshot.cursor);
        state.epoch = Some(snapshot.epoch);
        state.seq = None;
    }
    state.page = snapshot.page;
    let is_whole = state.page.is_none();
    if is_whole {
        state.synced_at = Some(agent.clock.now());
        state.compared_at = None;
    }
    let items = snapshot.items;
    agent
        .store
        .write(move |db| {
            for item in items {
                rows::put_base(db, &item.into_base(), state.round)?;
            }
            if is_whole {
                rows::drop_older_rounds(db, state.round)?;
            }
            put_mirror(db, &state)
        })
        .await?;
    Ok(())
}

async fn read_changes(agent: &Arc<Agent>, mut state: MirrorState, wait: u64) -> Result<(), Stop> {
    let cursor = state.cursor.clone().unwrap_or_default();
    let changes: Changes = match agent.upstream.get(&format!("/api/v1/changes?cursor={cursor}&limit={PAGE}&wait={wait}")).await {
        Ok(body) => read(body)?,
        Err(error) if error.is(AppError::Gone.code()) => {
            tracing::warn!("the server stands on other data than before: a new copy is taken, and the log is sent again");
            return start_over(agent, &state, true).await;
        }
        Err(error) => return Err(error.into()),
    };
    let is_dense =
        changes.ranges.iter().all(|range| range.to - range.from + 1 == range.count && state.seq.is_none_or(|seq| seq + 1 == range.from));
    if !is_dense || Some(changes.epoch) != state.epoch {
        tracing::error!(seq = ?state.seq, "the feed has a hole: a new copy is taken");
        agent.note(Trouble::FeedHole, true);
        return start_over(agent, &state, false).await;
    }
    let now = agent.clock.now();
    let has_news = !changes.ranges.is_empty();
    if !has_news && changes.cursor == cursor && state.synced_at.is_some_and(|at| now - at < NOTED_EVERY) {
        return Ok(());
    }
    state.seq = changes.ranges.last().map(|range| range.to).or(state.seq);
    state.cursor = Some(changes.cursor);
    if !changes.more {
        state.synced_at = Some(now);
    }
    let items = changes.items;
    agent
        .store
        .write(move |db| {
            for item in items {
                rows::put_base(db, &item.into_base(), state.round)?;
            }
            put_mirror(db, &state)
        })
        .await?;
    Ok(())
}

/// Starts a new snapshot. If the server's data were replaced (restored from a copy), everything that is still in this PC's log is sent
/// again.
async fn start_over(agent: &Arc<Agent>, state: &MirrorState, other_data: bool) -> Result<(), Stop> {
    let now = agent.clock.now();
    let fresh = MirrorState { round: state.round, synced_at: state.synced_at, ..MirrorState::default() };
    let again = agent
        .store
        .write(move |db| {
            let again = if other_data { ops::send_log_again(db, now)? } else { 0 };
            rows::rebuild_all(db)?;
            put_mirror(db, &fresh)?;
            Ok(again)
        })
        .await?;
    if again > 0 {
        tracing::warn!(ops = again, "operations of the log are sent again");
    }
    agent.wake.notify_one();
    Ok(())
}

/// Compares the mirror with the server. A comparison counts only if nothing changed meanwhile; otherwise it is tried again soon.
async fn compare(agent: &Arc<Agent>) -> Result<(), Stop> {
    let path = format!("/api/v1/digest?region={}", agent.upstream.device().get().region);
    for _ in 0..5 {
        let before = caught_up(agent).await?;
        let digest: Digest = read(agent.upstream.get(&path).await?)?;
        let Some(theirs) = digest.regions.into_values().next() else { return Err(Stop::Nonsense("a digest without its region".into())) };
        let ours = agent.store.read()?.list_digests()?;
        let after = caught_up(agent).await?;
        if after.cursor == before.cursor && after.page.is_none() && digest.epoch == after.epoch.unwrap_or_default() {
            let theirs_by_entity = theirs.tables.into_iter().map(|(entity, table)| (entity, (table.count, table.xor))).collect();
            return conclude(agent, after, theirs.seq, ours == theirs_by_entity).await;
        }
    }
    let soon = agent.clock.now() - COMPARED_EVERY + COMPARED_AGAIN;
    change(agent, move |state| state.compared_at = Some(soon)).await
}

#[derive(Deserialize)]
struct Digest {
    epoch: Uuid,
    regions: BTreeMap<String, RegionDigest>,
}

#[derive(Deserialize)]
struct RegionDigest {
    seq: i64,
    tables: BTreeMap<String, TableDigest>,
}

#[derive(Deserialize)]
struct TableDigest {
    count: i64,
    xor: String,
}

/// The mirror, after reading the feed until it has nothing new.
async fn caught_up(agent: &Arc<Agent>) -> Result<MirrorState, Stop> {
    let mut state = agent.store.read()?.mirror()?;
    loop {
        read_changes(agent, state.clone(), 0).await?;
        let now = agent.store.read()?.mirror()?;
        if now.cursor == state.cursor || now.page.is_some() || now.cursor.is_none() {
            return Ok(now);
        }
        state = now;
    }
}

/// A copy that differs is replaced by a new snapshot, once an hour.
async fn conclude(agent: &Arc<Agent>, state: MirrorState, seq: i64, is_equal: bool) -> Result<(), Stop> {
    agent.note(Trouble::Digest, !is_equal);
    if is_equal {
        agent.note(Trouble::FeedHole, false);
    } else {
        tracing::error!(seq, "the copy differs from the server");
    }
    let now = agent.clock.now();
    if !is_equal && !state.is_recopied {
        start_over(agent, &state, false).await?;
        return change(agent, |state| (state.digest_equal, state.is_recopied) = (Some(false), true)).await;
    }
    change(agent, move |state| {
        state.digest_equal = Some(is_equal);
        state.compared_at = Some(now);
        state.is_recopied = false;
        state.seq = Some(seq);
    })
    .await
}

async fn change(agent: &Arc<Agent>, change: impl FnOnce(&mut MirrorState) + Send + 'static) -> Result<(), Stop> {
    let changed = agent.store.write(move |db| {
        let mut state = find_mirror(db)?;
        change(&mut state);
        put_mirror(db, &state)
    });
    Ok(changed.await?)
}
