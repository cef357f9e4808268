//! The change feed (SYNC 3.9): cursors, pages, and the bell that tells waiting readers that something was committed here.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;

use super::{
    db,
    decide::client_row,
    registry::{ENTITIES, load_by_name, page_ids_by_name},
};
use crate::{
    db::{Db, Read, Scope, ScopedTx},
    error::{AppError, AppResult},
    regions::Region,
};

/// Rows per page of a snapshot.
const SNAPSHOT_PAGE: i64 = 1000;

/// Rings after each commit of this process; other processes' commits are found by looking every second.
#[derive(Clone)]
pub struct Bell(Arc<watch::Sender<u64>>);

impl Default for Bell {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Bell {
    /// Something was committed.
    pub fn ring(&self) {
        self.0.send_modify(|n| *n = n.wrapping_add(1));
    }

    async fn wait(&self, at_most: Duration) {
        let mut heard = self.0.subscribe();
        let _ = tokio::time::timeout(at_most, heard.changed()).await;
    }
}

/// How far a client has read: the data's epoch, and the last number per region. Opaque to clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor {
    epoch: Uuid,
    seqs: BTreeMap<Region, i64>,
}

impl Cursor {
    fn encode(&self) -> String {
        let seqs: Vec<String> = self.seqs.iter().map(|(region, seq)| format!("{region}:{seq}")).collect();
        URL_SAFE_NO_PAD.encode(format!("{}|{}", self.epoch, seqs.join(",")))
    }

    fn decode(text: &str) -> Option<Self> {
        let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (epoch, seqs) = plain.split_once('|')?;
        let seqs = seqs.split(',').filter(|pair| !pair.is_empty()).map(|pair| {
            let (region, seq) = pair.split_once(':')?;
            Some((Region::parse(region).ok()?, seq.parse().ok().filter(|n| *n >= 0)?))
        });
        Some(Self { epoch: epoch.parse().ok()?, seqs: seqs.collect::<Option<_>>()? })
    }

    fn after(&self, region: &Region) -> i64 {
        self.seqs.get(region).copied().unwrap_or(0)
    }
}

/// A page of changes. `ranges` lets the client assert that nothing is missing: `to - from + 1` lines were counted, and `from` follows
/// the number it had.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    pub epoch: Uuid,
    pub cursor: String,
    pub more: bool,
    pub ranges: Vec<Value>,
    pub changes: Vec<Value>,
}

/// Changes after `cursor`; waits up to `wait` for the first.
pub(super) async fn read_changes(db: &Db, bell: &Bell, scope: &Scope, cursor: Option<&str>, limit: i64, wait: Duration) -> AppResult<Page> {
    let cursor = match cursor.filter(|c| !c.is_empty()) {
        Some(text) => Some(Cursor::decode(text).ok_or_else(|| AppError::BadRequest("cursor: not one of ours".into()))?),
        None => None,
    };
    let deadline = tokio::time::Instant::now() + wait;
    loop {
        let mut tx = db.read_snapshot(scope).await?;
        let page = read_page(&mut tx, cursor.as_ref(), limit).await?;
        drop(tx);
        let left = deadline.saturating_duration_since(tokio::time::Instant::now());
        if !page.changes.is_empty() || left.is_zero() {
            return Ok(page);
        }
        bell.wait(left.min(Duration::from_secs(1))).await;
    }
}

async fn read_page(tx: &mut ScopedTx<Read>, cursor: Option<&Cursor>, limit: i64) -> AppResult<Page> {
    let epoch = db::find_epoch(tx).await?;
    if cursor.is_some_and(|c| c.epoch != epoch) {
        return Err(AppError::Gone);
    }
    let mut next = Cursor { epoch, seqs: BTreeMap::new() };
    let (mut ranges, mut changes, mut left) = (Vec::new(), Vec::new(), limit);
    for region in tx.scope().regions().to_vec() {
        let after = cursor.map_or(0, |c| c.after(&region));
        let lines = if left > 0 { db::list_changes(tx, &region, after, left).await? } else { Vec::new() };
        left -= i64::try_from(lines.len()).unwrap_or(i64::MAX);
        next.seqs.insert(region.clone(), lines.last().map_or(after, |l| l.seq));
        if let (Some(first), Some(last)) = (lines.first(), lines.last()) {
            ranges.push(json!({ "region": region, "from": first.seq, "to": last.seq, "count": lines.len() }));
        }
        changes.append(&mut current_rows(tx, &region, lines).await?);
    }
    Ok(Page { epoch, cursor: next.encode(), more: left <= 0, ranges, changes })
}

/// One item per row that changed, as it is now, at the place of its last change.
async fn current_rows(tx: &mut ScopedTx<Read>, region: &Region, lines: Vec<db::LogLine>) -> AppResult<Vec<Value>> {
    let mut last: BTreeMap<(String, Uuid), db::LogLine> = BTreeMap::new();
    for line in lines {
        last.insert((line.entity.clone(), line.entity_id), line);
    }
    let mut items: Vec<(i64, Value)> = Vec::with_capacity(last.len());
    for entity in ENTITIES {
        let ids: Vec<Uuid> = last.keys().filter(|(name, _)| name == entity).map(|(_, id)| *id).collect();
        if ids.is_empty() {
            continue;
        }
        for found in load_by_name(tx, entity, region, &ids).await? {
            if let Some(line) = last.remove(&((*entity).to_owned(), found.id)) {
                let row = client_row(found.id, found.version, found.deleted, found.row);
                items.push((line.seq, item(region, &line, Some((found.version, found.deleted, row)))));
            }
        }
    }
    items.extend(last.into_values().map(|line| (line.seq, item(region, &line, None))));
    items.sort_by_key(|(seq, _)| *seq);
    Ok(items.into_iter().map(|(_, item)| item).collect())
}

fn item(region: &Region, line: &db::LogLine, row: Option<(i64, bool, crate::ops::Row)>) -> Value {
    match row {
        Some((version, deleted, row)) => json!({
            "region": region, "seq": line.seq, "entity": line.entity, "id": line.entity_id, "op_id": line.op_id,
            "version": version, "gone": deleted, "row": row,
        }),
        None => {
            json!({ "region": region, "seq": line.seq, "entity": line.entity, "id": line.entity_id, "op_id": line.op_id, "gone": true, "row": null })
        }
    }
}

/// A page of all rows. The cursor is taken before the first row is read: the feed from there brings whatever changed during the
/// pages, and a client that applies only higher versions ends up equal (docs/adr/0002).
pub(super) async fn read_snapshot(db: &Db, scope: &Scope, page: Option<&str>) -> AppResult<Value> {
    let mut tx = db.read_snapshot(scope).await?;
    let epoch = db::find_epoch(&mut tx).await?;
    let mut at = if let Some(text) = page.filter(|p| !p.is_empty()) {
        SnapshotPage::decode(text).ok_or_else(|| AppError::BadRequest("page: not one of ours".into()))?
    } else {
        let mut seqs: BTreeMap<Region, i64> = tx.scope().regions().iter().map(|r| (r.clone(), 0)).collect();
        for (code, seq) in db::list_heads(&mut tx).await? {
            if let Ok(region) = Region::parse(&code) {
                seqs.insert(region, seq);
            }
        }
        SnapshotPage { cursor: Cursor { epoch, seqs }, region: 0, entity: 0, after: Uuid::nil() }
    };
    if at.cursor.epoch != epoch {
        return Err(AppError::Gone);
    }
    // The list of regions is the one the first page saw, so that a place in it means the same on every page.
    let regions: Vec<Region> = at.cursor.seqs.keys().cloned().collect();
    let mut items = Vec::new();
    let mut next = None;
    while let Some(region) = regions.get(at.region) {
        let Some(entity) = ENTITIES.get(at.entity).filter(|_| tx.scope().regions().contains(region)) else {
            (at.region, at.entity, at.after) = (at.region + 1, 0, Uuid::nil());
            continue;
        };
        let room = SNAPSHOT_PAGE - i64::try_from(items.len()).unwrap_or(i64::MAX);
        if room <= 0 {
            next = Some(at.encode());
            break;
        }
        let ids = page_ids_by_name(&mut tx, entity, region, at.after, room).await?;
        if let Some(last) = ids.last() {
            at.after = *last;
        } else {
            (at.entity, at.after) = (at.entity + 1, Uuid::nil());
        }
        for found in load_by_name(&mut tx, entity, region, &ids).await? {
            items.push(json!({
                "region": region, "entity": entity, "id": found.id, "version": found.version, "gone": found.deleted,
                "row": client_row(found.id, found.version, found.deleted, found.row),
            }));
        }
    }
    Ok(json!({ "epoch": epoch, "cursor": at.cursor.encode(), "page": next, "items": items }))
}

struct SnapshotPage {
    cursor: Cursor,
    region: usize,
    entity: usize,
    after: Uuid,
}

impl SnapshotPage {
    fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{} {} {} {}", self.cursor.encode(), self.region, self.entity, self.after))
    }

    fn decode(text: &str) -> Option<Self> {
        let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mut parts = plain.split(' ');
        Some(Self {
            cursor: Cursor::decode(parts.next()?)?,
            region: parts.next()?.parse().ok()?,
            entity: parts.next()?.parse().ok()?,
            after: parts.next()?.parse().ok()?,
        })
    }
}
