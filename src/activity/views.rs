//! stand-in
use crate::{
    db::{Mode, ScopedTx},
    error::AppResult,
    web::page::Ctx,
};
use uuid::Uuid;
/// x
pub struct ChangeView;
/// x
pub async fn history_of<M: Mode>(_tx: &mut ScopedTx<M>, _ctx: &Ctx, _entity: &str, _id: Uuid) -> AppResult<Vec<ChangeView>> {
    Ok(Vec::new())
}
