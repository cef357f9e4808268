//! SQL of the activity log.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::filter::Filter;
use crate::{
    db::{Mode, ScopedTx},
    events::EventRow,
};

/// One line of the change log.
#[derive(Debug, Clone)]
pub(super) struct ChangeRow {
    pub region: String,
    pub id: i64,
    pub at: DateTime<Utc>,
    pub actor_name: Option<String>,
    pub origin: String,
    /// The current name of the PC that delivered it.
    pub device: Option<String>,
    /// The account that delivered it, if that was not its author.
    pub carrier: Option<String>,
    pub client_at: Option<DateTime<Utc>>,
    pub entity: String,
    pub entity_id: Uuid,
    pub action: String,
    /// Version of the row after the change.
    pub version: i64,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// Changes in the scope that pass the filter and are older than `(at, id)`, newest first. Without a filter: one index scan of `limit` lines
/// per region, however long the log is; with one: a scan until `limit` lines are found.
pub(super) async fn list_changes<M: Mode>(
    tx: &mut ScopedTx<M>,
    filter: &Filter,
    before: (DateTime<Utc>, i64),
    limit: i64,
) -> Result<Vec<ChangeRow>, sqlx::Error> {
    if let Some(id) = filter.entity_id {
        return list_changes_of_one(tx, filter, id, before, limit).await;
    }
    let codes = tx.scope().codes();
    sqlx::query_as!(
        ChangeRow,
        r#"
        SELECT c.region AS "region!",
               c.id AS "id!",
               c.at AS "at!",
               c.actor_name,
               c.origin AS "origin!",
               (SELECT d.name FROM auth.devices d WHERE d.region = c.region AND d.id = c.device) AS device,
               (SELECT i.carrier_name FROM app.op_inbox i WHERE i.region = c.region AND i.op_id = c.op_id AND c.device IS NULL) AS carrier,
               c.client_at,
               c.entity AS "entity!",
               c.entity_id AS "entity_id!",
               c.action AS "action!",
               c.version AS "version!",
               c.before,
               c.after
        FROM unnest($1::text[]) AS r (code)
        CROSS JOIN LATERAL (
            SELECT l.region, l.id, l.at, l.actor_name, l.origin, l.device, l.op_id, l.client_at, l.entity, l.entity_id, l.action, l.version, l.before, l.after
            FROM app.change_log l
            WHERE l.region = r.code
              AND (l.at, l.id) < ($2, $3)
              AND ($5::timestamptz IS NULL OR l.at >= $5)
              AND ($6::text IS NULL OR l.actor_name = $6)
              AND ($7::text IS NULL OR l.entity = $7)
              AND ($8::text IS NULL OR l.action = $8)
              AND ($9::text IS NULL OR l.origin = $9)
            ORDER BY l.at DESC, l.id DESC
            LIMIT $4
        ) c
        ORDER BY c.at DESC, c.id DESC
        LIMIT $4
        "#,
        &codes,
        before.0,
        before.1,
        limit,
        filter.from,
        filter.actor,
        filter.entity,
        filter.action,
        filter.origin,
    )
    .fetch_all(tx.conn())
    .await
}

/// The same for one row, by the index of its history.
async fn list_changes_of_one<M: Mode>(
    tx: &mut ScopedTx<M>,
    filter: &Filter,
    entity_id: Uuid,
    before: (DateTime<Utc>, i64),
    limit: i64,
) -> Result<Vec<ChangeRow>, sqlx::Error> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        ChangeRow,
        r#"
        SELECT l.region,
               l.id,
               l.at,
               l.actor_name,
               l.origin,
               (SELECT d.name FROM auth.devices d WHERE d.region = l.region AND d.id = l.device) AS device,
               (SELECT i.carrier_name FROM app.op_inbox i WHERE i.region = l.region AND i.op_id = l.op_id AND l.device IS NULL) AS carrier,
               l.client_at,
               l.entity,
               l.entity_id,
               l.action,
               l.version,
               l.before,
               l.after
        FROM app.change_log l
        WHERE l.region = ANY ($1)
          AND l.entity_id = $2
          AND (l.at, l.id) < ($3, $4)
          AND ($6::timestamptz IS NULL OR l.at >= $6)
          AND ($7::text IS NULL OR l.actor_name = $7)
          AND ($8::text IS NULL OR l.entity = $8)
          AND ($9::text IS NULL OR l.action = $9)
          AND ($10::text IS NULL OR l.origin = $10)
        ORDER BY l.at DESC, l.id DESC
        LIMIT $5
        "#,
        &codes,
        entity_id,
        before.0,
        before.1,
        limit,
        filter.from,
        filter.actor,
        filter.entity,
        filter.action,
        filter.origin,
    )
    .fetch_all(tx.conn())
    .await
}

/// Events in the scope that pass the filter and are older than `(at, id)`, newest first.
pub(super) async fn list_events<M: Mode>(
    tx: &mut ScopedTx<M>,
    filter: &Filter,
    before: (DateTime<Utc>, Uuid),
    limit: i64,
) -> Result<Vec<EventRow>, sqlx::Error> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        EventRow,
        r#"
        SELECT e.region AS "region!",
               e.id AS "id!",
               e.at AS "at!",
               e.username,
               e.kind AS "kind!",
               e.address,
               e.detail AS "detail!"
        FROM unnest($1::text[]) AS r (code)
        CROSS JOIN LATERAL (
            SELECT l.region, l.id, l.at, l.username, l.kind, l.address, l.detail
            FROM app.activity_event l
            WHERE l.region = r.code
              AND (l.at, l.id) < ($2, $3)
              AND ($5::timestamptz IS NULL OR l.at >= $5)
              AND ($6::text IS NULL OR l.username = $6)
              AND ($7::text[] IS NULL OR l.kind = ANY ($7))
            ORDER BY l.at DESC, l.id DESC
            LIMIT $4
        ) e
        ORDER BY e.at DESC, e.id DESC
        LIMIT $4
        "#,
        &codes,
        before.0,
        before.1,
        limit,
        filter.from,
        filter.actor,
        filter.events.as_deref(),
    )
    .fetch_all(tx.conn())
    .await
}

/// Names of the accounts in the last lines of each log: suggestions of the filter. It reads 1000 lines per region and log, or 8000 per log
/// in total if there are more than eight regions.
pub(super) async fn list_recent_names<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<String>, sqlx::Error> {
    let codes = tx.scope().codes();
    sqlx::query_scalar!(
        r#"
        SELECT DISTINCT n.name AS "name!"
        FROM unnest($1::text[]) AS r (code)
        CROSS JOIN LATERAL (
            (SELECT l.actor_name AS name FROM app.change_log l WHERE l.region = r.code ORDER BY l.at DESC, l.id DESC LIMIT least(1000, 8000 / cardinality($1)))
            UNION ALL
            (SELECT l.username FROM app.activity_event l WHERE l.region = r.code ORDER BY l.at DESC, l.id DESC LIMIT least(1000, 8000 / cardinality($1)))
        ) n
        WHERE n.name IS NOT NULL
        ORDER BY 1
        "#,
        &codes,
    )
    .fetch_all(tx.conn())
    .await
}

/// One change in the scope.
pub(super) async fn find_change<M: Mode>(tx: &mut ScopedTx<M>, id: i64) -> Result<Option<ChangeRow>, sqlx::Error> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        ChangeRow,
        r#"
        SELECT region,
               id,
               at,
               actor_name,
               origin,
               (SELECT d.name FROM auth.devices d WHERE d.region = change_log.region AND d.id = change_log.device) AS device,
               (SELECT i.carrier_name FROM app.op_inbox i
                WHERE i.region = change_log.region AND i.op_id = change_log.op_id AND change_log.device IS NULL) AS carrier,
               client_at,
               entity,
               entity_id,
               action,
               version,
               before,
               after
        FROM app.change_log
        WHERE region = ANY ($1) AND id = $2
        "#,
        &codes,
        id,
    )
    .fetch_optional(tx.conn())
    .await
}

/// The later changes of a change's row, newest first.
pub(super) async fn list_changes_after<M: Mode>(tx: &mut ScopedTx<M>, change: &ChangeRow) -> Result<Vec<ChangeRow>, sqlx::Error> {
    sqlx::query_as!(
        ChangeRow,
        r#"
        SELECT region,
               id,
               at,
               actor_name,
               origin,
               (SELECT d.name FROM auth.devices d WHERE d.region = change_log.region AND d.id = change_log.device) AS device,
               (SELECT i.carrier_name FROM app.op_inbox i
                WHERE i.region = change_log.region AND i.op_id = change_log.op_id AND change_log.device IS NULL) AS carrier,
               client_at,
               entity,
               entity_id,
               action,
               version,
               before,
               after
        FROM app.change_log
        WHERE region = $1 AND entity_id = $2 AND entity = $3 AND version > $4
        ORDER BY version DESC, id DESC
        LIMIT 1000
        "#,
        change.region,
        change.entity_id,
        change.entity,
        change.version,
    )
    .fetch_all(tx.conn())
    .await
}

/// The changes of one row, newest first.
pub(super) async fn list_changes_of_row<M: Mode>(
    tx: &mut ScopedTx<M>,
    entity: &str,
    entity_id: Uuid,
    limit: i64,
) -> Result<Vec<ChangeRow>, sqlx::Error> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        ChangeRow,
        r#"
        SELECT region,
               id,
               at,
               actor_name,
               origin,
               (SELECT d.name FROM auth.devices d WHERE d.region = change_log.region AND d.id = change_log.device) AS device,
               (SELECT i.carrier_name FROM app.op_inbox i
                WHERE i.region = change_log.region AND i.op_id = change_log.op_id AND change_log.device IS NULL) AS carrier,
               client_at,
               entity,
               entity_id,
               action,
               version,
               before,
               after
        FROM app.change_log
        WHERE region = ANY ($1) AND entity_id = $2 AND entity = $3
        ORDER BY id DESC
        LIMIT $4
        "#,
        &codes,
        entity_id,
        entity,
        limit,
    )
    .fetch_all(tx.conn())
    .await
}
