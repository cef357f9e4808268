//! The change feed (SYNC 3.9): cursors and pages.

use std::{collections::BTreeMap, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    db,
    decide::client_row,
    masking::masked,
    registry::{FeedRow, entities, load_by_name, page_ids_by_name},
};
use crate::{
    complaint::ParamError,
    db::{Bell, Db, Read, Scope, ScopedTx, list_heads},
    error::{AppError, AppResult},
    identity::Region,
    ops::{
        Row,
        schema::{AnyRow, EntityName},
    },
};

/// Rows per page of a snapshot.
const SNAPSHOT_PAGE: i64 = 1000;

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
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "clients know the page and its items under these names")]
pub struct Changes {
    /// Of which data.
    pub(super) epoch: Uuid,
    /// How far one has read with this page.
    pub(super) cursor: String,
    /// Ask again at once.
    pub(super) more: bool,
    /// The numbers that this page covers, by region.
    pub(super) ranges: Vec<Range>,
    /// One item per row that changed, as it is now, at the place of its last change.
    pub(super) changes: Vec<ChangedRow>,
}

/// Numbers of a region's changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Range {
    region: Region,
    /// The first.
    from: i64,
    /// The last.
    to: i64,
    /// How many there were.
    count: usize,
}

/// A row that changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangedRow {
    region: Region,
    /// Number of the change in its region.
    seq: i64,
    /// Which kind of row; one that this server does not know has no row here.
    #[schema(example = "employee")]
    entity: String,
    id: Uuid,
    /// The operation behind the change; null for one made past the program.
    op_id: Option<Uuid>,
    /// Version of the row; missing for one that is not there any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    /// A tombstone, or a row that is not there any more.
    gone: bool,
    /// The row; null for one that is not there any more.
    #[schema(value_type = Option<AnyRow>)]
    row: Option<Row>,
}

/// A page of all rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct Snapshot {
    /// Of which data.
    epoch: Uuid,
    /// Where the feed goes on from; the same on every page.
    cursor: String,
    /// Where the snapshot goes on from; null on the last page.
    page: Option<String>,
    items: Vec<SnapshotRow>,
}

/// A row as it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct SnapshotRow {
    region: Region,
    /// Which kind of row.
    #[schema(value_type = EntityName)]
    entity: String,
    id: Uuid,
    version: i64,
    /// A tombstone.
    gone: bool,
    /// The row.
    #[schema(value_type = AnyRow)]
    row: Row,
}

/// What a reader of the feed asks for.
pub(crate) struct Asked<'a> {
    /// How far it has read.
    pub cursor: Option<&'a str>,
    /// Changes at most.
    pub limit: i64,
    /// How long it waits for the first.
    pub wait: Duration,
}

/// Changes after the cursor; waits for the first no longer than `asked.wait`.
pub(crate) async fn read_changes(db: &Db, bell: &Bell, scope: &Scope, asked: &Asked<'_>) -> AppResult<Changes> {
    let cursor = match asked.cursor.filter(|c| !c.is_empty()) {
        Some(text) => Some(Cursor::decode(text).ok_or_else(|| not_ours("cursor"))?),
        None => None,
    };
    let deadline = tokio::time::Instant::now() + asked.wait;
    let ear = bell.listen(scope.regions());
    loop {
        let (mut tx, epoch) = read_with_epoch(db, scope).await?;
        let (page, next) = read_page(&mut tx, epoch, cursor.as_ref(), asked).await?;
        drop(tx);
        let left = deadline.saturating_duration_since(tokio::time::Instant::now());
        if !page.changes.is_empty() || left.is_zero() {
            return Ok(page);
        }
        ear.wait(next.seqs, left).await;
    }
}

/// One snapshot of the data, with its epoch. Every transaction that returns numbers checks the epoch, so that no number of a promoted
/// standby or a restored copy is returned under the earlier epoch.
pub(crate) async fn read_with_epoch(db: &Db, scope: &Scope) -> AppResult<(ScopedTx<Read>, Uuid)> {
    let mut tx = db.read_snapshot(scope).await?;
    if let Some(epoch) = db::find_epoch(&mut tx).await? {
        return Ok((tx, epoch));
    }
    drop(tx); // its connection is needed, and its snapshot shows the earlier data
    db.renew_epoch().await?;
    let mut tx = db.read_snapshot(scope).await?;
    let epoch = db::find_epoch(&mut tx).await?.ok_or_else(|| AppError::Busy("the data became others twice in a moment".to_owned()))?;
    Ok((tx, epoch))
}

async fn read_page(tx: &mut ScopedTx<Read>, epoch: Uuid, cursor: Option<&Cursor>, asked: &Asked<'_>) -> AppResult<(Changes, Cursor)> {
    if cursor.is_some_and(|c| c.epoch != epoch) {
        return Err(AppError::Gone);
    }
    let heads: BTreeMap<String, i64> = list_heads(tx).await?.into_iter().collect();
    let mut next = Cursor { epoch, seqs: BTreeMap::new() };
    let (mut ranges, mut changes, mut left) = (Vec::new(), Vec::new(), asked.limit);
    for region in tx.scope().regions().to_vec() {
        let after = cursor.map_or(0, |c| c.after(&region));
        let head = heads.get(region.code()).copied().unwrap_or(0);
        if after > head {
            return Err(AppError::Gone); // numbers that these data never gave: they were set back without a new epoch
        }
        let lines = if left > 0 && after < head { db::list_changes(tx, &region, after, left).await? } else { Vec::new() };
        left -= i64::try_from(lines.len()).unwrap_or(i64::MAX);
        next.seqs.insert(region.clone(), lines.last().map_or(after, |l| l.seq));
        if let (Some(first), Some(last)) = (lines.first(), lines.last()) {
            ranges.push(Range { region: region.clone(), from: first.seq, to: last.seq, count: lines.len() });
        }
        changes.append(&mut current_rows(tx, &region, lines).await?);
    }
    Ok((Changes { epoch, cursor: next.encode(), more: left <= 0, ranges, changes }, next))
}

/// One item per row that changed, as it is now, at the place of its last change.
async fn current_rows(tx: &mut ScopedTx<Read>, region: &Region, lines: Vec<db::LogLine>) -> AppResult<Vec<ChangedRow>> {
    let mut last: BTreeMap<(String, Uuid), db::LogLine> = BTreeMap::new();
    for line in lines {
        last.insert((line.entity.clone(), line.entity_id), line);
    }
    let mut items: Vec<ChangedRow> = Vec::with_capacity(last.len());
    for entity in entities() {
        let ids: Vec<Uuid> = last.keys().filter(|(name, _)| name == entity).map(|(_, id)| *id).collect();
        if ids.is_empty() {
            continue;
        }
        for mut found in load_by_name(tx, entity, region, &ids).await? {
            found.row = masked(found.row);
            if let Some(line) = last.remove(&((*entity).to_owned(), found.id)) {
                items.push(changed_row(region, line, Some(found)));
            }
        }
    }
    items.extend(last.into_values().map(|line| changed_row(region, line, None)));
    items.sort_by_key(|item| item.seq);
    Ok(items)
}

fn changed_row(region: &Region, line: db::LogLine, found: Option<FeedRow>) -> ChangedRow {
    ChangedRow {
        region: region.clone(),
        seq: line.seq,
        entity: line.entity,
        id: line.entity_id,
        op_id: line.op_id,
        version: found.as_ref().map(|found| found.version),
        gone: found.as_ref().is_none_or(|found| found.deleted),
        row: found.map(|found| client_row(found.id, found.version, found.deleted, found.row)),
    }
}

fn not_ours(name: &str) -> AppError {
    AppError::BadParams(vec![ParamError::new(name, "not one of ours")])
}

/// A page of all rows. The cursor is taken before the first row is read: the feed from there returns whatever changed during the pages, and
/// a client that applies only higher versions ends up equal (docs/adr/0002).
pub(crate) async fn read_snapshot(db: &Db, scope: &Scope, page: Option<&str>) -> AppResult<Snapshot> {
    let (mut tx, epoch) = read_with_epoch(db, scope).await?;
    let mut at = if let Some(text) = page.filter(|p| !p.is_empty()) {
        SnapshotPage::decode(text).ok_or_else(|| not_ours("page"))?
    } else {
        let mut seqs: BTreeMap<Region, i64> = tx.scope().regions().iter().map(|r| (r.clone(), 0)).collect();
        for (code, seq) in list_heads(&mut tx).await? {
            if let Ok(region) = Region::parse(&code) {
                seqs.insert(region, seq);
            }
        }
        SnapshotPage { cursor: Cursor { epoch, seqs }, region: 0, entity: 0, after: Uuid::nil() }
    };
    if at.cursor.epoch != epoch {
        return Err(AppError::Gone);
    }
    // The list of regions is that of the first page, so that a place in it means the same on every page.
    let regions: Vec<Region> = at.cursor.seqs.keys().cloned().collect();
    let mut items = Vec::new();
    let mut next = None;
    while let Some(region) = regions.get(at.region) {
        let Some(entity) = entities().nth(at.entity).filter(|_| tx.scope().regions().contains(region)) else {
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
            items.push(SnapshotRow {
                region: region.clone(),
                entity: (*entity).to_owned(),
                id: found.id,
                version: found.version,
                gone: found.deleted,
                row: client_row(found.id, found.version, found.deleted, masked(found.row)),
            });
        }
    }
    Ok(Snapshot { epoch, cursor: at.cursor.encode(), page: next, items })
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
