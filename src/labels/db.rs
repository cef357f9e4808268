//! SQL of the labels.

use super::{Face, Labels};
use crate::db::{Mode, ScopedTx};

/// What the scope's people are called who have the name of another one.
pub async fn load_labels<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Labels, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT e.id,
               e.region,
               e.full_name,
               e.department,
               e.title,
               e.hire_date
        FROM app.employees e
        WHERE e.region = ANY ($1)
          AND e.deleted_at IS NULL
          AND (e.region, e.full_name) IN (
              SELECT n.region, n.full_name
              FROM app.employees n
              WHERE n.region = ANY ($1) AND n.deleted_at IS NULL
              GROUP BY n.region, n.full_name
              HAVING count(*) > 1
          )
        "#,
        &codes,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(Labels::of(rows.iter().map(|r| Face {
        id: r.id,
        region: &r.region,
        full_name: &r.full_name,
        department: &r.department,
        title: &r.title,
        hire_date: r.hire_date,
    })))
}
