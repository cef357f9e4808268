//! SQL of the write path: inbox, verdicts, conflicts, aliases; and of the feed.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use sqlx::{Executor as _, types::Json};
use uuid::Uuid;

use super::{
    answer::{Answer, Answered},
    apply::Caller,
    inbox::{Body, Kept},
};
use crate::{
    db::{Mode, ScopedTx, Write},
    identity::Region,
    ops::{ConflictDraft, Op, Print, Reason, Verdict, VerdictKind},
};

/// What became of operations at the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entered {
    /// So many are in now; the others were there already.
    pub count: usize,
    /// Their region takes operations.
    pub is_open: bool,
}

/// Puts operations of one region into the inbox and names the first of them to the change log's trigger. A concurrent delivery of one of
/// them waits here until the first one is committed or undone, and so does a concurrent delivery out of the same queue: an operation that
/// looks for the one it needs must not miss it by a moment.
pub(super) async fn insert_ops(tx: &mut ScopedTx<Write>, who: &Caller, ops: &[Op], prints: &[Print]) -> Result<Entered, sqlx::Error> {
    let Some(first) = ops.first() else { return Ok(Entered { count: 0, is_open: true }) };
    let ids = |of: fn(&Op) -> Uuid| ops.iter().map(of).collect::<Vec<_>>();
    let numbers: Vec<i64> = ops.iter().map(|op| op.n.max(0)).collect();
    let kinds: Vec<String> = ops.iter().map(|op| op.kind.as_str().to_owned()).collect();
    let entities: Vec<String> = ops.iter().map(|op| op.entity.clone()).collect();
    let afters: Vec<String> = ops.iter().map(|op| array_literal(&op.after)).collect();
    let bodies: Vec<Json<Body<'_>>> = ops.iter().map(|op| Json(Body::of(op))).collect();
    let origin = tx.scope().origin().as_str();
    let row = sqlx::query!(
        r#"
        WITH ready AS MATERIALIZED (
            SELECT set_config('app.op', ($2::uuid[])[1]::text, true),
                   set_config('app.client_at', $15::timestamptz::text, true),
                   set_config('app.actor', ($5::uuid[])[1]::text, true),
                   (SELECT count(pg_advisory_xact_lock(hashtextextended(q.queue_id::text, 0)))
                    FROM (SELECT DISTINCT o.queue_id FROM unnest($3::uuid[], $4::bigint[]) o (queue_id, n) WHERE o.n > 0 ORDER BY o.queue_id) q)
        ), entered AS (
            INSERT INTO app.op_inbox (region, op_id, queue_id, n, actor, carrier, carrier_name, origin, fingerprint, kind, entity, entity_id, after_ops, body, received_at)
            SELECT $1, o.op_id, o.queue_id, o.n, o.actor, $12, CASE WHEN o.actor <> $12 THEN nullif($16, '') END, $13, o.print, o.kind, o.entity, o.entity_id, o.after_ops::uuid[], o.body, $14
            FROM ready,
                 unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::uuid[], $6::bytea[], $7::text[], $8::text[], $9::uuid[], $10::text[], $11::jsonb[])
                     o (op_id, queue_id, n, actor, print, kind, entity, entity_id, after_ops, body)
            ON CONFLICT (op_id, region) DO NOTHING
            RETURNING op_id
        )
        SELECT (SELECT count(*) FROM entered) AS "count!", (SELECT r.active FROM app.regions r WHERE r.code = $1) AS "is_open!"
        "#,
        first.region.code(),
        &ids(|op| op.op_id),
        &ids(|op| op.queue_id),
        &numbers,
        &ids(|op| op.actor),
        prints as _,
        &kinds,
        &entities,
        &ids(|op| op.id),
        &afters,
        &bodies as _,
        who.carrier.id(),
        origin,
        who.received_at,
        first.edited_at,
        who.authors.carrier(),
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Entered { count: usize::try_from(row.count).unwrap_or_default(), is_open: row.is_open })
}

/// An array as PostgreSQL writes it: `unnest` would take an array of arrays apart.
fn array_literal(ids: &[Uuid]) -> String {
    format!("{{{}}}", ids.iter().map(Uuid::to_string).collect::<Vec<_>>().join(","))
}

/// Names an operation that is in the inbox already to the change log's trigger.
pub(super) async fn enter_op(tx: &mut ScopedTx<Write>, op: &Op) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        SELECT set_config('app.op', $1::uuid::text, true) AS op,
               set_config('app.client_at', $2::timestamptz::text, true) AS client_at,
               set_config('app.actor', $3::uuid::text, true) AS actor
        "#,
        op.op_id,
        op.edited_at,
        op.actor,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(())
}

/// Whether this account is an administrator's now. The operation's author only: the policy shows the transaction's own account, which the
/// operation's entry has set.
pub(super) async fn is_admin(tx: &mut ScopedTx<Write>, author: Uuid) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM auth.users WHERE id = $1 AND role = 'admin') AS "is_admin!""#, author)
        .fetch_one(tx.conn())
        .await
}

/// Names the PC that had brought an operation to the change log's trigger.
pub(super) async fn enter_device(tx: &mut ScopedTx<Write>, device: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT set_config('app.device', $1::uuid::text, true) AS device", device).fetch_one(tx.conn()).await?;
    Ok(())
}

/// Names operations that are in the inbox already to the change log's trigger, by the rows that they make.
pub(super) async fn enter_ops(tx: &mut ScopedTx<Write>, ops: impl Iterator<Item = &Op>) -> Result<(), sqlx::Error> {
    let names: Vec<_> = ops.map(|op| json!({ "id": op.id, "op": op.op_id, "actor": op.actor, "client_at": op.edited_at })).collect();
    sqlx::query!("SELECT set_config('app.ops', $1, true) AS ops", Value::from(names).to_string()).fetch_one(tx.conn()).await?;
    Ok(())
}

/// Stores the verdicts on these operations of one region, in their order, each the `attempt`th. True when other operations are waiting for
/// one of these, or for the row that it made.
pub(super) async fn insert_verdicts(
    tx: &mut ScopedTx<Write>,
    ops: &[Op],
    verdicts: &[Verdict],
    attempt: i32,
    at: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let Some(first) = ops.first() else { return Ok(false) };
    let op_ids: Vec<Uuid> = verdicts.iter().map(|verdict| verdict.op_id).collect();
    let kinds: Vec<String> = verdicts.iter().map(|verdict| verdict.verdict.as_str().to_owned()).collect();
    let name = |reason| serde_json::to_value(reason).ok().and_then(|name| name.as_str().map(str::to_owned));
    let reasons: Vec<Option<String>> = verdicts.iter().map(|verdict| verdict.reason.and_then(name)).collect();
    let results: Vec<Json<Answer<'_>>> = ops.iter().zip(verdicts).map(|(op, verdict)| Json(Answer::of(op, verdict))).collect();
    let done: Vec<Uuid> = verdicts.iter().filter(|verdict| verdict.verdict.took_effect()).map(|verdict| verdict.op_id).collect();
    sqlx::query_scalar!(
        r#"
        WITH stored AS (
            INSERT INTO app.op_verdict (region, op_id, attempt, verdict, reason, result, at)
            SELECT $1, v.op_id, $3, v.verdict, v.reason, v.result, $7
            FROM unnest($2::uuid[], $4::text[], $5::text[], $6::jsonb[]) v (op_id, verdict, reason, result)
        )
        SELECT EXISTS (
            SELECT FROM app.op_verdict w JOIN app.op_inbox i ON i.region = w.region AND i.op_id = w.op_id
            WHERE w.region = $1 AND w.verdict = 'held' AND w.reason = 'waiting_after' AND i.after_ops && $2
        ) OR EXISTS (
            SELECT FROM app.op_verdict w
            JOIN app.op_inbox i ON i.region = w.region AND i.op_id = w.op_id
            JOIN app.op_inbox needed ON needed.region = w.region AND needed.op_id = ANY (i.after_ops)
            JOIN app.op_inbox done ON done.region = w.region AND done.op_id = ANY ($8) AND done.entity_id = needed.entity_id
            WHERE w.region = $1 AND w.verdict = 'held' AND w.reason = 'dep_rejected'
        ) AS "waiting!"
        "#,
        first.region.code(),
        &op_ids,
        attempt,
        &kinds,
        &reasons as _,
        &results as _,
        at,
        &done,
    )
    .fetch_one(tx.conn())
    .await
}

/// Fingerprint and latest verdict of an operation; none when it never arrived in this region.
pub(super) async fn find_verdict<M: Mode>(
    tx: &mut ScopedTx<M>,
    region: &Region,
    op_id: Uuid,
) -> Result<Option<(Vec<u8>, Option<Verdict>)>, sqlx::Error> {
    let row = sqlx::query!(
        r#"
        SELECT i.fingerprint,
               to_jsonb(i) AS "op!: Json<Kept>",
               (SELECT v.result FROM app.op_verdict v WHERE v.region = i.region AND v.op_id = i.op_id
                ORDER BY v.attempt DESC LIMIT 1) AS "result: Json<Answered>"
        FROM app.op_inbox i
        WHERE i.region = $1 AND i.op_id = $2
        "#,
        region.code(),
        op_id,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|r| (r.fingerprint, r.result.map(|result| result.0.on(&r.op.0.0)))))
}

/// Latest stored verdicts of operations in all regions of the scope.
pub async fn list_verdicts<M: Mode>(tx: &mut ScopedTx<M>, op_ids: &[Uuid]) -> Result<Vec<Verdict>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT DISTINCT ON (v.op_id) v.result AS "result: Json<Answered>", to_jsonb(i) AS "op!: Json<Kept>"
        FROM app.op_verdict v
        JOIN app.op_inbox i ON i.region = v.region AND i.op_id = v.op_id
        WHERE v.region = ANY ($1) AND v.op_id = ANY ($2)
        ORDER BY v.op_id, v.attempt DESC
        "#,
        &codes,
        op_ids,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| r.result.0.on(&r.op.0.0)).collect())
}

/// What became of an operation that another one needs.
pub(super) struct Needed {
    pub op_id: Uuid,
    /// The row it is about.
    pub entity_id: Uuid,
    pub verdict: String,
    pub reason: Option<String>,
    /// Whether that row is there, or was, whoever made it; or stands for another since somebody said so.
    pub has_row: bool,
}

/// The latest verdict on each of these operations that is known in the region. A row is known by its lines in the log, and what this transaction made,
/// which is logged at its commit, by its verdicts.
pub(super) async fn verdicts_of(tx: &mut ScopedTx<Write>, region: &Region, op_ids: &[Uuid]) -> Result<Vec<Needed>, sqlx::Error> {
    sqlx::query_as!(
        Needed,
        r#"
        SELECT DISTINCT ON (v.op_id)
               v.op_id,
               i.entity_id,
               v.verdict,
               v.reason,
               EXISTS (SELECT FROM app.change_log c WHERE c.region = i.region AND c.entity_id = i.entity_id)
                   OR EXISTS (
                       SELECT FROM app.op_inbox m JOIN app.op_verdict done ON done.region = m.region AND done.op_id = m.op_id
                       WHERE m.region = i.region AND m.entity_id = i.entity_id AND done.verdict IN ('applied', 'merged')
                   )
                   OR EXISTS (SELECT FROM app.entity_alias a WHERE a.region = i.region AND a.alias_id = i.entity_id) AS "has_row!"
        FROM app.op_verdict v
        JOIN app.op_inbox i ON i.region = v.region AND i.op_id = v.op_id
        WHERE v.region = $1 AND v.op_id = ANY ($2)
        ORDER BY v.op_id, v.attempt DESC
        "#,
        region.code(),
        op_ids,
    )
    .fetch_all(tx.conn())
    .await
}

/// Operations whose latest verdict says that they wait, for one of `op_ids` or for a row that one of them is about: in the order of their
/// queues, with their last attempt and why they wait.
pub(super) async fn list_waiting_for(tx: &mut ScopedTx<Write>, op_ids: &[Uuid]) -> Result<Vec<(Op, i32, Reason)>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT to_jsonb(i) AS "op!: Json<Kept>", w.attempt, w.reason = 'dep_rejected' AS "is_refused!"
        FROM app.op_verdict w
        JOIN app.op_inbox i ON i.region = w.region AND i.op_id = w.op_id
        WHERE w.region = ANY ($1) AND w.verdict = 'held'
          AND (
              (w.reason = 'waiting_after' AND i.after_ops && $2)
              OR (w.reason = 'dep_rejected' AND EXISTS (
                  SELECT FROM app.op_inbox needed
                  JOIN app.op_inbox done ON done.region = needed.region AND done.entity_id = needed.entity_id AND done.op_id = ANY ($2)
                  WHERE needed.region = w.region AND needed.op_id = ANY (i.after_ops)
              ))
          )
          AND NOT EXISTS (SELECT FROM app.op_verdict later WHERE later.region = w.region AND later.op_id = w.op_id AND later.attempt > w.attempt)
        ORDER BY i.queue_id, i.n
        "#,
        &codes,
        op_ids,
    )
    .fetch_all(tx.conn())
    .await?;
    let reason = |is_refused| if is_refused { Reason::DepRejected } else { Reason::WaitingAfter };
    Ok(rows.into_iter().map(|r| (r.op.0.0, r.attempt, reason(r.is_refused))).collect())
}

/// The row that an id stands for since somebody said "the same person".
pub(crate) async fn find_alias(tx: &mut ScopedTx<Write>, region: &Region, entity: &str, id: Uuid) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT target_id FROM app.entity_alias WHERE region = $1 AND entity = $2 AND alias_id = $3",
        region.code(),
        entity,
        id
    )
    .fetch_optional(tx.conn())
    .await
}

/// Keeps a conflict for a person to see.
pub(super) async fn insert_conflict(
    tx: &mut ScopedTx<Write>,
    region: &Region,
    id: Uuid,
    entity: &str,
    entity_id: Uuid,
    draft: &ConflictDraft,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        INSERT INTO app.conflict (region, id, kind, entity, entity_id, field, base, win, lose, op_win, op_lose, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        "#,
        region.code(),
        id,
        draft.kind.as_str(),
        entity,
        entity_id,
        draft.field,
        &draft.base,
        &draft.win,
        &draft.lose,
        draft.op_win,
        draft.op_lose,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn savepoint(tx: &mut ScopedTx<Write>) -> Result<(), sqlx::Error> {
    tx.conn().execute("SAVEPOINT op").await.map(drop)
}

pub(super) async fn release_savepoint(tx: &mut ScopedTx<Write>) -> Result<(), sqlx::Error> {
    tx.conn().execute("RELEASE SAVEPOINT op").await.map(drop)
}

pub(super) async fn rollback_to_savepoint(tx: &mut ScopedTx<Write>) -> Result<(), sqlx::Error> {
    tx.conn().execute("ROLLBACK TO SAVEPOINT op; RELEASE SAVEPOINT op").await.map(drop)
}

/// The region's number of the last change each operation made.
pub(super) async fn list_seqs<M: Mode>(tx: &mut ScopedTx<M>, op_ids: &[Uuid]) -> Result<Vec<(Uuid, i64)>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT op_id AS "op_id!", max(seq) AS "seq!"
        FROM app.change_log
        WHERE region = ANY ($1) AND op_id = ANY ($2) AND seq IS NOT NULL
        GROUP BY op_id
        "#,
        &codes,
        op_ids,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| (r.op_id, r.seq)).collect())
}

/// Numbers of a queue that should have arrived before `first` and did not; 100 at most.
pub(super) async fn list_missing<M: Mode>(tx: &mut ScopedTx<M>, queue_id: Uuid, first: i64) -> Result<Vec<i64>, sqlx::Error> {
    let codes = tx.scope().codes();
    sqlx::query_scalar!(
        r#"
        SELECT g AS "n!"
        FROM (
            SELECT coalesce(max(last.n), 0) AS n
            FROM unnest($1::text[]) r (code)
            CROSS JOIN LATERAL (SELECT i.n FROM app.op_inbox i WHERE i.region = r.code AND i.queue_id = $2 AND i.n < $3 ORDER BY i.n DESC LIMIT 1) last
        ) known, generate_series(known.n + 1, least($3::bigint - 1, known.n + 100)) g
        "#,
        &codes,
        queue_id,
        first,
    )
    .fetch_all(tx.conn())
    .await
}

/// Epoch of the data: cursors of another one are worthless. None when the data have become others since it was given (a standby was promoted, a
/// copy restored), or are only repeated here: [`Db::renew_epoch`](crate::db::Db::renew_epoch) is due.
pub(super) async fn find_epoch<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!("SELECT epoch FROM sec.feed WHERE system_identifier = sec.data_identity()").fetch_optional(tx.conn()).await
}

/// One line of the feed.
pub(super) struct LogLine {
    pub seq: i64,
    pub entity: String,
    pub entity_id: Uuid,
    pub op_id: Option<Uuid>,
}

/// Lines of one region after a number, in order, without a hole.
pub(super) async fn list_changes<M: Mode>(
    tx: &mut ScopedTx<M>,
    region: &Region,
    after: i64,
    limit: i64,
) -> Result<Vec<LogLine>, sqlx::Error> {
    sqlx::query_as!(
        LogLine,
        r#"
        SELECT seq AS "seq!", entity, entity_id, op_id
        FROM app.change_log
        WHERE region = $1 AND seq > $2
        ORDER BY seq
        LIMIT $3
        "#,
        region.code(),
        after,
        limit,
    )
    .fetch_all(tx.conn())
    .await
}

/// How a region's logs are.
pub struct LogHealth {
    /// First number at which the change log's chain breaks.
    pub changes_broken_at: Option<i64>,
    /// First number at which the event log's chain breaks.
    pub events_broken_at: Option<i64>,
    /// Committed rows without a number.
    pub unsealed: i64,
    /// Kinds of rows whose digest is not that of the rows.
    pub digests_off: Vec<String>,
    /// The database's clock.
    pub database_time: DateTime<Utc>,
}

/// Verifies both chains of a region, and its digests.
pub async fn find_log_health<M: Mode>(tx: &mut ScopedTx<M>, region: &Region) -> Result<LogHealth, sqlx::Error> {
    tx.conn().execute("SET LOCAL statement_timeout = '10min'").await?;
    sqlx::query_as!(
        LogHealth,
        r#"
        SELECT sec.verify_changes($1) AS changes_broken_at,
               sec.verify_events($1) AS events_broken_at,
               (SELECT count(*) FROM app.change_log WHERE region = $1 AND seq IS NULL)
                   + (SELECT count(*) FROM app.activity_event WHERE region = $1 AND seq IS NULL) AS "unsealed!",
               sec.verify_digests($1) AS "digests_off!",
               clock_timestamp() AS "database_time!"
        "#,
        region.code(),
    )
    .fetch_one(tx.conn())
    .await
}

/// All operations that takeovers of files brought into a region, with the last word on each.
pub async fn list_import_ops<M: Mode>(tx: &mut ScopedTx<M>, region: &Region) -> Result<Vec<(Op, VerdictKind)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        SELECT to_jsonb(i) AS "op!: Json<Kept>",
               v.result AS "result: Json<Answered>"
        FROM app.op_inbox i
        JOIN LATERAL (
            SELECT result FROM app.op_verdict WHERE region = i.region AND op_id = i.op_id ORDER BY attempt DESC LIMIT 1
        ) v ON true
        WHERE i.region = $1 AND i.origin = 'import'
        "#,
        region.code(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| (r.op.0.0, r.result.0.word())).collect())
}

/// What a carrier may bring into a region in a day.
pub(super) struct Share {
    pub carrier: Uuid,
    /// UTC.
    pub day: NaiveDate,
    /// Bytes of operations.
    pub bytes: i64,
}

/// Counts what is new of these operations to their carrier: bytes of the day, up to `limit`. False, and nothing counted, when it is over it.
/// Two deliveries of one carrier wait for each other here.
pub(super) async fn count_delivered(
    tx: &mut ScopedTx<Write>,
    region: &Region,
    share: &Share,
    ops: &[Op],
    prints: &[Print],
    sizes: &[i64],
) -> Result<bool, sqlx::Error> {
    let ids: Vec<Uuid> = ops.iter().map(|op| op.op_id).collect();
    sqlx::query_scalar!(
        r#"
        WITH counted AS (
            INSERT INTO app.delivered AS d (region, carrier, day, bytes)
            SELECT $1, $2, $3, coalesce(sum(o.size), 0)::bigint
            FROM unnest($4::uuid[], $5::bytea[], $6::bigint[]) o (op_id, print, size)
            WHERE NOT EXISTS (SELECT FROM app.op_inbox i WHERE i.region = $1 AND i.op_id = o.op_id AND i.fingerprint = o.print)
            ON CONFLICT (carrier, region) DO UPDATE
            SET day = excluded.day, bytes = CASE WHEN d.day = excluded.day THEN d.bytes ELSE 0 END + excluded.bytes
            WHERE d.day <> excluded.day OR d.bytes + excluded.bytes <= $7
            RETURNING d.bytes
        )
        SELECT EXISTS (SELECT FROM counted) AS "fits!"
        "#,
        region.code(),
        share.carrier,
        share.day,
        &ids,
        prints as _,
        sizes,
        share.bytes,
    )
    .fetch_one(tx.conn())
    .await
}

/// Notes that a carrier has reached the limit of a day. False where that was noted before.
pub(super) async fn mark_refused(tx: &mut ScopedTx<Write>, region: &Region, carrier: Uuid, day: NaiveDate) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE app.delivered SET refused_on = $3 WHERE region = $1 AND carrier = $2 AND refused_on IS DISTINCT FROM $3",
        region.code(),
        carrier,
        day,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() > 0)
}
