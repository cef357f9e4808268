//! SQL of the conflicts as people decide about them.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    db::{Mode, ScopedTx, Write},
    identity::Actor,
    ops::EditedAt,
};

/// One of the two operations that met.
#[derive(Debug, Clone)]
pub(super) struct Side {
    pub actor: Uuid,
    pub entered_at: Option<DateTime<Utc>>,
}

/// A conflict.
#[derive(Debug, Clone)]
pub(super) struct ConflictRow {
    pub region: String,
    pub id: Uuid,
    pub kind: String,
    pub entity: String,
    pub entity_id: Uuid,
    pub field: Option<String>,
    pub base: Value,
    pub win: Value,
    pub lose: Value,
    pub winner: Option<Side>,
    pub loser: Option<Side>,
    pub resolved_at: Option<DateTime<Utc>>,
    pub resolved_by_name: Option<String>,
    pub resolution: Option<String>,
}

/// Conflicts of the scope's regions, open or settled, by row; with `id` only that one, open or settled.
pub(super) async fn list_conflicts<M: Mode>(
    tx: &mut ScopedTx<M>,
    settled: bool,
    id: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ConflictRow>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT c.region,
               c.id,
               c.kind,
               c.entity,
               c.entity_id,
               c.field,
               c.base,
               c.win,
               c.lose,
               c.resolved_at,
               c.resolved_by_name,
               c.resolution,
               w.actor AS "win_actor?",
               w.body->'edited_at' AS "win_at?: Json<EditedAt>",
               l.actor AS "lose_actor?",
               l.body->'edited_at' AS "lose_at?: Json<EditedAt>"
        FROM app.conflict c
        LEFT JOIN app.op_inbox w ON w.region = c.region AND w.op_id = c.op_win
        LEFT JOIN app.op_inbox l ON l.region = c.region AND l.op_id = c.op_lose
        WHERE c.region = ANY ($1) AND CASE WHEN $3::uuid IS NULL THEN (c.resolved_at IS NOT NULL) = $2 ELSE c.id = $3 END
        ORDER BY max(c.at) OVER (PARTITION BY c.region, c.entity_id) DESC, c.entity_id, c.at, c.id
        LIMIT $4
        "#,
        &codes,
        settled,
        id,
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    let side =
        |actor: Option<Uuid>, at: Option<Json<EditedAt>>| actor.map(|actor| Side { actor, entered_at: at.map(|Json(EditedAt(at))| at) });
    Ok(rows
        .into_iter()
        .map(|r| ConflictRow {
            region: r.region,
            id: r.id,
            kind: r.kind,
            entity: r.entity,
            entity_id: r.entity_id,
            field: r.field,
            base: r.base.unwrap_or_default(),
            win: r.win.unwrap_or_default(),
            lose: r.lose.unwrap_or_default(),
            winner: side(r.win_actor, r.win_at),
            loser: side(r.lose_actor, r.lose_at),
            resolved_at: r.resolved_at,
            resolved_by_name: r.resolved_by_name,
            resolution: r.resolution,
        })
        .collect())
}

/// One conflict of the scope's regions.
pub(super) async fn find_conflict<M: Mode>(tx: &mut ScopedTx<M>, id: Uuid) -> Result<Option<ConflictRow>, sqlx::Error> {
    Ok(list_conflicts(tx, false, Some(id), 1).await?.pop())
}

/// Stores a decision about a conflict. False if there is one already: the first one stands.
pub(super) async fn settle(
    tx: &mut ScopedTx<Write>,
    conflict: &ConflictRow,
    resolution: &str,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        r#"
        UPDATE app.conflict
        SET resolved_at = $3, resolved_by = $4, resolved_by_name = $5, resolution = $6
        WHERE region = $1 AND id = $2 AND resolved_at IS NULL
        "#,
        conflict.region,
        conflict.id,
        at,
        by.user_id,
        by.username,
        resolution,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}
