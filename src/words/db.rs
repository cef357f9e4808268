//! SQL of what rows are called.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    db::{Mode, ScopedTx},
    identity::Region,
    labels::db::load_labels,
};

/// What people call a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowName {
    /// The name; of a timesheet its person's.
    pub name: String,
    /// The date it is about, where it is about one.
    pub work_date: Option<NaiveDate>,
    /// It is in the bin.
    pub deleted: bool,
}

/// Names of employees, shift templates, days of the calendar and timesheets (these by their employee and date) among `ids`.
pub async fn list_row_names<M: Mode>(tx: &mut ScopedTx<M>, ids: &[Uuid]) -> Result<HashMap<Uuid, RowName>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT id AS "id!", full_name AS "name!", NULL::date AS work_date, deleted_at IS NOT NULL AS "deleted!", id AS employee_id
        FROM app.employees
        WHERE region = ANY ($1) AND id = ANY ($2)
        UNION ALL
        SELECT id, name, NULL, deleted_at IS NOT NULL, NULL
        FROM app.shift_templates
        WHERE region = ANY ($1) AND id = ANY ($2)
        UNION ALL
        SELECT id, name, day, deleted_at IS NOT NULL, NULL
        FROM app.calendar_days
        WHERE region = ANY ($1) AND id = ANY ($2)
        UNION ALL
        SELECT t.id, e.full_name, t.work_date, t.deleted_at IS NOT NULL, t.employee_id
        FROM app.timesheets t
        JOIN app.employees e ON e.region = t.region AND e.id = t.employee_id
        WHERE t.region = ANY ($1) AND t.id = ANY ($2)
        "#,
        &codes,
        ids,
    )
    .fetch_all(tx.conn())
    .await?;
    let labels = load_labels(tx).await?;
    let name = |name: String, person: Option<Uuid>| person.map_or_else(|| name.clone(), |id| labels.name(id, &name));
    Ok(rows
        .into_iter()
        .map(|r| (r.id, RowName { name: name(r.name, r.employee_id), work_date: r.work_date, deleted: r.deleted }))
        .collect())
}

/// What a column of a row held in a version of it; none where that version has no such row or column.
pub(super) async fn find_logged_value<M: Mode>(
    tx: &mut ScopedTx<M>,
    region: &Region,
    entity: &str,
    entity_id: Uuid,
    column: &str,
    version: i64,
) -> Result<Option<Value>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        r#"
        SELECT after -> $4::text
        FROM app.change_log
        WHERE region = $1
          AND entity = $2
          AND entity_id = $3
          AND after ? $4
          AND version <= $5
        ORDER BY version DESC, id DESC
        LIMIT 1
        "#,
        region.code(),
        entity,
        entity_id,
        column,
        version,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.flatten())
}
