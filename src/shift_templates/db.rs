//! SQL of the shift templates.

use super::listed::TemplateChoice;
use crate::{
    db::{Mode, ScopedTx},
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

/// Whether anything was ever written in the region.
pub(super) async fn has_history<M: Mode>(tx: &mut ScopedTx<M>, region: &Region) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM app.change_log WHERE region = $1) AS "has!""#, region.code())
        .fetch_one(tx.conn())
        .await
}
