//! Actions on one account that are a button, not a form: disable, enable, end sessions.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use uuid::Uuid;

use super::{
    user::{address, find, log_of},
    users::complaint,
};
use crate::{
    auth::{
        accounts::{self, AccountError},
        sessions::{
            self, Holder,
            pages::{message_of_all, message_of_one},
        },
    },
    error::AppResult,
    identity::Admin,
    state::AppState,
    sync::held,
    web::{
        answer::{refused_because, stored_and_done},
        extract::Req,
        flash::{Flash, Tone, Undo, UndoAct},
        form::Posted,
        page::Ctx,
    },
};

/// `POST /admin/users/{id}/deactivation`: the account may not sign in any more, and its sessions end.
pub async fn disable_user(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let user = find(&state, &admin, *id).await?;
    if let Err(error) = accounts::disable_user(&state.db, &state.clock, Some(&admin), &user.username).await {
        return refuse(&ctx, user.id, error);
    }
    let undo = Undo { act: UndoAct::EnableUser(user.id), id: user.id, base: 0, region: None };
    let flash = Flash::new(Tone::Success, "flash-user-disabled", &user.username).with_undo(undo);
    Ok(stored_and_done(&ctx, posted.op_id()?, &address(user.id), &flash))
}

/// `POST /admin/users/{id}/activation`: the account may sign in again, with its earlier password.
pub async fn enable_user(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let user = find(&state, &admin, *id).await?;
    accounts::enable_user(&state.db, &state.clock, Some(&admin), &user.username).await?;
    held::retry_of_author(&state, user.id).await?;
    let flash = Flash::new(Tone::Success, "flash-user-enabled", &user.username);
    Ok(stored_and_done(&ctx, posted.op_id()?, &address(user.id), &flash))
}

/// `POST /admin/users/{id}/sessions/{session}/closure`.
pub async fn close_session(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    ids: Path<(Uuid, Uuid)>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let (id, session) = *ids;
    let user = find(&state, &admin, id).await?;
    let ended = sessions::end_one(&state, Holder::Of(&admin, id, &user.username, &log_of(&user)), session).await?;
    Ok(stored_and_done(&ctx, posted.op_id()?, &address(id), &message_of_one(ended, &user.username)))
}

/// `POST /admin/users/{id}/sessions/closure`: ends all sessions; of one's own account all others.
pub async fn close_sessions(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let user = find(&state, &admin, *id).await?;
    let ended = sessions::end_all(&state, Holder::Of(&admin, *id, &user.username, &log_of(&user))).await?;
    Ok(stored_and_done(&ctx, posted.op_id()?, &address(*id), &message_of_all(ended)))
}

/// Refuses: nothing was changed; the sentence appears in the corner of the page.
fn refuse(ctx: &Ctx, id: Uuid, error: AccountError) -> AppResult<HttpResponse> {
    let (_, why) = complaint(ctx.lang, error)?;
    refused_because(ctx, &address(id), &why)
}
