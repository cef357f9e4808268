//! `/admin/users`: the list of accounts, and a new one.

use actix_web::{HttpResponse, web::Data};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::views::{NewUserPage, PasswordShownPage, RightsForm, UserView, UsersPage};
use crate::{
    auth::{
        accounts::{self, AccountError, NewUser, PasswordState, TEMPORARY_FOR, UserSummary},
        password_page::PasswordProblem,
        sessions::{self, Presence},
    },
    complaint::FieldError,
    error::{AppError, AppResult},
    i18n::{Lang, t},
    identity::{Admin, Role},
    passwords::{Password, random_password},
    state::AppState,
    text::account_name,
    web::{
        answer::{html, stored_and_done, unprocessable},
        extract::Req,
        flash::{Flash, Tone},
        form::{FormView, Posted, sentence},
        page::{Ctx, render},
    },
};

/// Address of the list.
pub(super) const HOME: &str = "/admin/users";

/// `GET /admin/users`.
pub async fn list_users(ctx: Req<Ctx>, admin: Req<Admin>, state: Data<AppState>) -> AppResult<HttpResponse> {
    let users = accounts::list_users(&state.db, &state.clock, Some(&admin)).await?;
    let presence = sessions::list_presence(&state, &admin).await?;
    let view = |user: UserSummary| UserView { presence: presence.get(&user.id).copied().unwrap_or_default(), user };
    let page = UsersPage { ctx: &ctx, rows: users.into_iter().map(view).collect() };
    Ok(html(render(&ctx, &page)?))
}

/// `GET /admin/users/new`.
pub async fn new_user(ctx: Req<Ctx>, _admin: Req<Admin>) -> AppResult<HttpResponse> {
    let mut form = FormView::blank(&[]);
    form.focus = "username";
    let rights = RightsForm { form, role: Role::User, regions: Vec::new() };
    Ok(html(render(&ctx, &NewUserPage { ctx: &ctx, rights })?))
}

/// `POST /admin/users`: responds with the temporary password, which is shown nowhere else.
pub async fn create_user(ctx: Req<Ctx>, admin: Req<Admin>, state: Data<AppState>, posted: Req<Posted>) -> AppResult<HttpResponse> {
    let id = posted.new_row_id()?;
    let (role, regions) = read_rights(&posted);
    let new = NewUser { username: account_name(posted.value("username")), role, regions };
    let password = read_password(&posted);
    match accounts::add_user_with_password(&state, &admin, id, &new, password.clone()).await {
        Ok(()) => show_password(&ctx, &user_of(id, new, state.clock.now()), true, &password),
        Err(AccountError::MadeAlready) => {
            let flash = Flash::new(Tone::Info, "flash-user-made-already", &new.username);
            Ok(stored_and_done(&ctx, posted.op_id()?, &format!("{HOME}/{id}"), &flash))
        }
        Err(error) => {
            let mut form = FormView::refused(&posted, None, &[], ctx.lang);
            form.set("password", String::new()); // secrets are not echoed
            let (field, why) = complaint(ctx.lang, error)?;
            form.complain(field, why);
            let rights = RightsForm { form, role: new.role, regions: posted.values("regions") };
            Ok(unprocessable(render(&ctx, &NewUserPage { ctx: &ctx, rights })?))
        }
    }
}

fn user_of(id: Uuid, new: NewUser, now: DateTime<Utc>) -> UserSummary {
    let NewUser { username, role, regions } = new;
    UserSummary { id, username, role, regions, active: true, password: PasswordState::Temporary(now + TEMPORARY_FOR) }
}

/// Role and regions in the form. An admin has all regions, whatever is ticked.
pub(super) fn read_rights(posted: &Posted) -> (Role, Vec<String>) {
    match Role::parse(posted.value("role")) {
        Some(Role::Admin) => (Role::Admin, Vec::new()),
        _ => (Role::User, posted.values("regions")),
    }
}

/// The typed temporary password; a random one if the field is blank.
pub(super) fn read_password(posted: &Posted) -> Password {
    match posted.secret("password") {
        "" => random_password(),
        typed => Password::new(typed),
    }
}

/// The page with a temporary password. It is the response to the form itself: no address shows it again.
pub(super) fn show_password(ctx: &Ctx, user: &UserSummary, is_new: bool, password: &Password) -> AppResult<HttpResponse> {
    let until = UserView { user: user.clone(), presence: Presence::default() }.temporary_until().unwrap_or_default();
    Ok(html(render(ctx, &PasswordShownPage { ctx, user, is_new, password: password.reveal(), until })?))
}

/// Field and sentence for a refusal that the admin can correct; other refusals are errors.
pub(super) fn complaint(lang: Lang, error: AccountError) -> AppResult<(&'static str, String)> {
    let say = |field: &'static str, code: &str| (field, sentence(lang, &FieldError::new(field, code)));
    Ok(match error {
        AccountError::BadName => say("username", "username-format"),
        AccountError::NameTaken(_) => say("username", "username-taken"),
        AccountError::NoRegion => say("regions", "user-region-missing"),
        AccountError::NoSuchRegion(_) => say("regions", "region-unknown"),
        AccountError::LastAdmin(_) => say("role", "last-admin"),
        AccountError::OwnAccount => say("role", "own-account"),
        AccountError::Password(fault) => ("password", t(lang, PasswordProblem::from(fault).key()).to_owned()),
        other => return Err(other.into()),
    })
}

impl From<AccountError> for AppError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::NoSuchUser(_) => Self::NotFound,
            AccountError::NotAdmin => Self::Forbidden,
            AccountError::Hash(error) => error,
            AccountError::Database(error) => error.into(),
            other => Self::BadRequest(other.to_string()),
        }
    }
}
