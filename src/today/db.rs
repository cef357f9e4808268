//! SQL of the day's batches. A batch is a queue of its own: the operations of one press of "Hepsini planlandığı gibi gir" carry the form's
//! `_op` as their queue.

use std::collections::HashSet;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    db::{Mode, ScopedTx},
    regions::Region,
};

/// Which of these operations have arrived before.
pub(super) async fn list_known_ops<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, ids: &[Uuid]) -> Result<HashSet<Uuid>, sqlx::Error> {
    let known = sqlx::query_scalar!("SELECT op_id FROM app.op_inbox WHERE region = $1 AND op_id = ANY ($2)", region.code(), ids)
        .fetch_all(tx.conn())
        .await?;
    Ok(known.into_iter().collect())
}

/// An entry that a batch has made, as it is now.
pub(super) struct Made {
    /// Its region's code.
    pub region: String,
    /// The entry.
    pub id: Uuid,
    /// Its version; 1 as long as nobody has changed it.
    pub version: i64,
    /// It is in the bin.
    pub is_deleted: bool,
    /// The day it is of.
    pub work_date: NaiveDate,
    /// Whose it is.
    pub employee_id: Uuid,
    /// Their name.
    pub employee_name: String,
}

/// The entries that a batch has made, in the order of the batch; none for what is no batch of a page.
pub(super) async fn list_made<M: Mode>(tx: &mut ScopedTx<M>, batch: Uuid) -> Result<Vec<Made>, sqlx::Error> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        Made,
        r#"
        SELECT t.region,
               t.id,
               t.version,
               t.deleted_at IS NOT NULL AS "is_deleted!",
               t.work_date,
               t.employee_id,
               e.full_name AS employee_name
        FROM app.op_inbox i
        JOIN app.timesheets t ON t.region = i.region AND t.id = i.entity_id
        JOIN app.employees e ON e.region = t.region AND e.id = t.employee_id
        WHERE i.region = ANY ($1)
          AND i.queue_id = $2
          AND i.n > 0
          AND i.origin = 'web'
          AND i.kind = 'create'
          AND i.entity = 'timesheet'
          AND t.region = ANY ($1)
          AND e.region = ANY ($1)
        ORDER BY i.n
        "#,
        &codes,
        batch,
    )
    .fetch_all(tx.conn())
    .await
}
