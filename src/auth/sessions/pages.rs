//! `/account`: the person's own sessions and sign-ins.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use uuid::Uuid;

use super::{Holder, SessionView, end_all, end_one, list_open, views::AccountPage};
use crate::{
    auth::sessions::list_sign_ins,
    db::Scope,
    error::AppResult,
    identity::Actor,
    state::AppState,
    web::{
        answer::{html, stored_and_done},
        extract::Req,
        flash::{Flash, Tone},
        form::Posted,
        page::{Ctx, render},
        visitor::visitor_of,
    },
};

const HOME: &str = "/account";
/// Lines of the history.
const SIGN_INS: i64 = 20;

/// `GET /account`.
pub async fn show_account(ctx: Req<Ctx>, actor: Req<Actor>, request: HttpRequest, state: Data<AppState>) -> AppResult<HttpResponse> {
    let visitor = visitor_of(&request, &state.config);
    let sessions = list_open(&state, Holder::Own(&actor, &visitor)).await?;
    let sign_ins = match Scope::with_company(&actor) {
        Some(scope) => list_sign_ins(&mut state.db.read(&scope).await?, &ctx, &actor.username, SIGN_INS).await?,
        None => Vec::new(),
    };
    let page = AccountPage { ctx: &ctx, sessions: SessionView::list(&ctx, sessions), action: HOME, sign_ins };
    Ok(html(render(&ctx, &page)?))
}

/// `POST /account/sessions/{id}/closure`: ends another session of the person.
pub async fn close_session(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    request: HttpRequest,
    state: Data<AppState>,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let visitor = visitor_of(&request, &state.config);
    let ended = end_one(&state, Holder::Own(&actor, &visitor), *id).await?;
    Ok(stored_and_done(&ctx, posted.op_id()?, HOME, &message_of_one(ended, &actor.username)))
}

/// `POST /account/sessions/closure`: ends all other sessions of the person.
pub async fn close_other_sessions(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    request: HttpRequest,
    state: Data<AppState>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let visitor = visitor_of(&request, &state.config);
    let ended = end_all(&state, Holder::Own(&actor, &visitor)).await?;
    Ok(stored_and_done(&ctx, posted.op_id()?, HOME, &message_of_all(ended)))
}

/// The message after ending one session.
pub fn message_of_one(ended: bool, account: &str) -> Flash {
    if ended { Flash::new(Tone::Success, "flash-session-ended", account) } else { Flash::new(Tone::Info, "flash-session-gone", account) }
}

/// The message after ending several sessions.
pub fn message_of_all(ended: u64) -> Flash {
    Flash::new(Tone::Success, "flash-sessions-ended", &ended.to_string())
}
