//! `/admin/users/{id}`: one account, its rights, and its sessions.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use uuid::Uuid;

use super::{
    users::{HOME, complaint, read_password, read_rights, show_password},
    views::{RightsForm, UserPage, UserView},
};
use crate::{
    auth::{
        accounts::{self, AccountError, UserSummary},
        sessions::{self, Holder, SessionView, list_sign_ins},
    },
    complaint::FieldError,
    db::Scope,
    error::{AppError, AppResult},
    identity::{Admin, Region},
    state::AppState,
    sync::held,
    text::account_name,
    web::{
        answer::{html, stored_and_done, unprocessable},
        extract::Req,
        flash::{Flash, Tone},
        form::{FormView, Posted, sentence},
        page::{Ctx, render},
    },
};

/// Lines of the history.
const SIGN_INS: i64 = 50;

/// Forms of the page to show again, with their errors.
#[derive(Default)]
struct Complaints {
    rights: Option<RightsForm>,
    password: String,
}

/// `GET /admin/users/{id}`.
pub async fn show_user(ctx: Req<Ctx>, admin: Req<Admin>, state: Data<AppState>, id: Path<Uuid>) -> AppResult<HttpResponse> {
    let user = find(&state, &admin, *id).await?;
    Ok(html(render_user(&ctx, &admin, &state, user, Complaints::default()).await?))
}

/// `POST /admin/users/{id}/rights`: role and regions. Another role has to be confirmed with the account's name (UX 4.1).
pub async fn change_rights(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let user = find(&state, &admin, *id).await?;
    let (role, regions) = read_rights(&posted);
    let refusal = if role != user.role && account_name(posted.value("confirm")) != user.username {
        ("confirm", sentence(ctx.lang, &FieldError::new("confirm", "role-confirm").with("name", &user.username)))
    } else {
        match accounts::change_rights(&state.db, &state.clock, &admin, &user, role, &regions).await {
            Ok(()) => {
                held::retry_of_author(&state, user.id).await?;
                let flash = Flash::new(Tone::Success, "flash-user-rights", &user.username);
                return Ok(stored_and_done(&ctx, posted.op_id()?, &address(user.id), &flash));
            }
            Err(error) => complaint(ctx.lang, error)?,
        }
    };
    let mut form = FormView::refused(&posted, None, &[], ctx.lang);
    form.complain(refusal.0, refusal.1);
    let rights = Some(RightsForm { form, role, regions: posted.values("regions") });
    Ok(unprocessable(render_user(&ctx, &admin, &state, user, Complaints { rights, ..Complaints::default() }).await?))
}

/// `POST /admin/users/{id}/password`: sets a temporary password, to be changed at the next sign-in. Ends the account's sessions.
pub async fn set_password(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let user = find(&state, &admin, *id).await?;
    if user.id == admin.actor().user_id {
        return Err(AppError::Forbidden); // one's own password is changed at /password, with the old one
    }
    let password = read_password(&posted);
    let set = accounts::set_password(&state.db, &state.hasher, &state.clock, Some(&admin), &user.username, password.clone(), true).await;
    match set {
        Ok(()) => {
            let user = find(&state, &admin, *id).await?;
            show_password(&ctx, &user, false, &password)
        }
        Err(error @ AccountError::Password(_)) => {
            let (_, why) = complaint(ctx.lang, error)?;
            Ok(unprocessable(render_user(&ctx, &admin, &state, user, Complaints { password: why, ..Complaints::default() }).await?))
        }
        Err(error) => Err(error.into()),
    }
}

async fn render_user(ctx: &Ctx, admin: &Admin, state: &AppState, user: UserSummary, complaints: Complaints) -> AppResult<String> {
    let presence = sessions::list_presence(state, admin).await?.get(&user.id).copied().unwrap_or_default();
    let region = log_of(&user);
    let open = sessions::list_open(state, Holder::Of(admin, user.id, &user.username, &region)).await?;
    let scope = Scope::with_company(admin.actor()).ok_or(AppError::Forbidden)?;
    let sign_ins = list_sign_ins(&mut state.db.read(&scope).await?, ctx, &user.username, SIGN_INS).await?;
    let as_stored = || RightsForm { form: FormView::blank(&[]), role: user.role, regions: user.regions.clone() };
    let page = UserPage {
        ctx,
        is_own: user.id == admin.actor().user_id,
        rights: complaints.rights.unwrap_or_else(as_stored),
        password_error: complaints.password,
        sessions: SessionView::list(ctx, open),
        action: address(user.id),
        sign_ins,
        view: UserView { user, presence },
    };
    Ok(render(ctx, &page)?)
}

/// Address of an account's page.
pub(super) fn address(id: Uuid) -> String {
    format!("{HOME}/{id}")
}

/// The region whose log records the account's events: its first one, or the company for an admin.
pub(super) fn log_of(user: &UserSummary) -> Region {
    user.regions.first().and_then(|code| Region::parse(code).ok()).unwrap_or_else(Region::company)
}

/// An account, or not found.
pub(super) async fn find(state: &AppState, admin: &Admin, id: Uuid) -> AppResult<UserSummary> {
    accounts::find_user(&state.db, &state.clock, admin, id).await?.ok_or(AppError::NotFound)
}
