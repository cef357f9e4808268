//! SQL of the day's batches. A batch is a queue of its own: the operations of one press of "Hepsini planlandığı gibi gir" carry the form's
//! `_op` as their queue.

use std::collections::HashMap;

use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    db::{Mode, ScopedTx},
    identity::Region,
    ops::Op,
    sync::inbox::Kept,
    timesheets::Timesheet,
};

/// Which of these operations have arrived before, and whether each was applied without a conflicting change.
pub(super) async fn list_known_ops<M: Mode>(
    tx: &mut ScopedTx<M>,
    region: &Region,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, bool>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        SELECT i.op_id,
               EXISTS (
                   SELECT FROM app.op_verdict v WHERE v.region = i.region AND v.op_id = i.op_id AND v.verdict = 'applied'
               ) AS "is_applied!"
        FROM app.op_inbox i
        WHERE i.region = $1 AND i.op_id = ANY ($2)
        "#,
        region.code(),
        ids,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| (r.op_id, r.is_applied)).collect())
}

/// An entry made by a batch.
pub(super) struct Made {
    /// Its region's code.
    pub region: String,
    /// The entry.
    pub id: Uuid,
    /// Its version now.
    pub version: i64,
    /// It is in the trash.
    pub is_deleted: bool,
    /// Its current values.
    pub value: Timesheet,
    /// The person's name.
    pub employee_name: String,
    /// The operation that made it.
    pub op: Op,
}

/// The entries made by a batch, in the batch's order; empty if the id is not a page's batch. Each table is read only once: for a new region
/// the planner expects one row and would scan all rows for each entry.
pub(super) async fn list_made<M: Mode>(tx: &mut ScopedTx<M>, batch: Uuid) -> Result<Vec<Made>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        WITH i AS MATERIALIZED (
            SELECT region, entity_id, n, to_jsonb(op_inbox) AS op
            FROM app.op_inbox
            WHERE region = ANY ($1) AND queue_id = $2 AND n > 0 AND origin = 'web' AND kind = 'create' AND entity = 'timesheet'
        ), t AS MATERIALIZED (
            SELECT * FROM app.timesheets WHERE region = ANY ($1) AND id = ANY (ARRAY(SELECT entity_id FROM i))
        ), e AS MATERIALIZED (
            SELECT region, id, full_name FROM app.employees WHERE region = ANY ($1) AND id = ANY (ARRAY(SELECT employee_id FROM t))
        )
        SELECT t.region,
               t.id,
               t.version,
               t.deleted_at,
               t.employee_id,
               t.work_date,
               t.start_min,
               t.end_min,
               t.break_min,
               t.is_special,
               t.notes,
               t.confirmed,
               e.full_name,
               i.op AS "op!: Json<Kept>"
        FROM i
        JOIN t ON t.region = i.region AND t.id = i.entity_id
        JOIN e ON e.region = t.region AND e.id = t.employee_id
        ORDER BY i.n
        "#,
        &codes,
        batch,
    )
    .fetch_all(tx.conn())
    .await?;
    let made = rows.into_iter().map(|r| Made {
        region: r.region,
        id: r.id,
        version: r.version,
        is_deleted: r.deleted_at.is_some(),
        value: Timesheet {
            employee_id: r.employee_id,
            work_date: r.work_date,
            start_min: r.start_min,
            end_min: r.end_min,
            break_minutes: r.break_min,
            is_special: r.is_special,
            notes: r.notes,
            confirmed: r.confirmed,
        },
        employee_name: r.full_name,
        op: r.op.0.0,
    });
    Ok(made.collect())
}
