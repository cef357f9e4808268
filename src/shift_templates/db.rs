//! SQL of the shift templates.

use uuid::Uuid;

use super::{
    ShiftTemplate,
    listed::{Listed, TemplateChoice},
};
use crate::{
    db::{Mode, ScopedTx, sole},
    identity::Region,
};

/// The templates of the scope, in Turkish order. The first of a region that claims a weekday is that weekday's default.
pub async fn list_choices<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<TemplateChoice>, sqlx::Error> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        TemplateChoice,
        r#"
        SELECT id,
               region,
               name,
               start_min,
               end_min,
               break_min AS break_minutes,
               weekdays
        FROM app.shift_templates
        WHERE region = ANY ($1) AND deleted_at IS NULL
        ORDER BY name COLLATE "tr-x-icu", id
        "#,
        &codes,
    )
    .fetch_all(tx.conn())
    .await
}

/// One row of the table as lists want it.
macro_rules! listed {
    ($r:expr) => {{
        let r = $r;
        Listed {
            id: r.id,
            region: r.region,
            version: r.version,
            deleted_at: r.deleted_at,
            value: ShiftTemplate {
                name: r.name,
                start_min: r.start_min,
                end_min: r.end_min,
                break_minutes: r.break_min,
                weekdays: r.weekdays,
            },
        }
    }};
}

/// The templates of the scope, or those in its bin; per region, in Turkish order. The first of a region that claims a weekday is that
/// weekday's default.
pub async fn list_templates<M: Mode>(tx: &mut ScopedTx<M>, deleted: bool) -> Result<Vec<Listed>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT t.id,
               t.region,
               t.version,
               t.deleted_at,
               t.name,
               t.start_min,
               t.end_min,
               t.break_min,
               t.weekdays
        FROM app.shift_templates t
        JOIN app.regions r ON r.code = t.region
        WHERE t.region = ANY ($1) AND (t.deleted_at IS NOT NULL) = $2
        ORDER BY r.name COLLATE "tr-x-icu", t.name COLLATE "tr-x-icu", t.id
        "#,
        &codes,
        deleted,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| listed!(r)).collect())
}

/// One template of the scope, deleted or not.
pub async fn find_template<M: Mode>(tx: &mut ScopedTx<M>, id: Uuid) -> Result<Option<Listed>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT id,
               region,
               version,
               deleted_at,
               name,
               start_min,
               end_min,
               break_min,
               weekdays
        FROM app.shift_templates
        WHERE region = ANY ($1) AND id = $2
        "#,
        &codes,
        id,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(sole(rows)?.map(|r| listed!(r)))
}

/// The live shift template of a region with this name.
pub(super) async fn find_by_name<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, name: &str) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!("SELECT id FROM app.shift_templates WHERE region = $1 AND name = $2 AND deleted_at IS NULL", region.code(), name)
        .fetch_optional(tx.conn())
        .await
}

/// Whether anything was ever written in the region.
pub(super) async fn has_history<M: Mode>(tx: &mut ScopedTx<M>, region: &Region) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM app.change_log WHERE region = $1) AS "has!""#, region.code())
        .fetch_one(tx.conn())
        .await
}
