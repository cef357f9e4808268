//! SQL of the list of offices.

use super::Office;
use crate::db::{Mode, ScopedTx, SystemTx};

/// The offices of the scope with their numbers of active employees, in Turkish order.
pub async fn list_offices<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<Office>, sqlx::Error> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        Office,
        r#"
        SELECT r.code,
               r.name,
               r.active AS is_open,
               (SELECT count(*)
                FROM app.employees e
                WHERE e.region = r.code AND e.region = ANY ($1) AND e.is_active AND e.deleted_at IS NULL) AS "people!"
        FROM app.regions r
        WHERE r.code = ANY ($1) AND r.kind = 'office'
        ORDER BY r.name COLLATE "tr-x-icu", r.code
        "#,
        &codes,
    )
    .fetch_all(tx.conn())
    .await
}

/// Adds an office. Needs `Regions`.
pub(super) async fn insert_office(tx: &mut SystemTx, code: &str, name: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("INSERT INTO app.regions (code, name) VALUES ($1, $2)", code, name).execute(tx.conn()).await?;
    Ok(())
}

/// Renames an office; returns its earlier name. Needs `Regions`.
pub(super) async fn rename_office(tx: &mut SystemTx, code: &str, name: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        UPDATE app.regions r
        SET name = $2
        FROM (SELECT code, name FROM app.regions WHERE code = $1 AND kind = 'office' FOR UPDATE) was
        WHERE r.code = was.code
        RETURNING was.name
        "#,
        code,
        name,
    )
    .fetch_optional(tx.conn())
    .await
}

/// Closes or opens an office; returns its name and whether it was open. Needs `Regions`.
pub(super) async fn set_open(tx: &mut SystemTx, code: &str, is_open: bool) -> Result<Option<(String, bool)>, sqlx::Error> {
    let row = sqlx::query!(
        r#"
        UPDATE app.regions r
        SET active = $2
        FROM (SELECT code, active FROM app.regions WHERE code = $1 AND kind = 'office' FOR UPDATE) was
        WHERE r.code = was.code
        RETURNING r.name, was.active AS was_open
        "#,
        code,
        is_open,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|r| (r.name, r.was_open)))
}
