//! `/account/tokens`: a person's own keys.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use chrono::TimeDelta;
use uuid::Uuid;

use super::{
    NewToken,
    db::{self, TokenRow},
    scopes::TokenScope,
    views::{Made, RegionChoice, ScopeChoice, TokenView, TokensPage},
};
use crate::{
    auth::{
        is_at_epoch,
        known_browser::Marks,
        lock_account,
        sign_in::{Confirmation, From, confirm_password, region_of_actor},
    },
    complaint::FieldError,
    db::Capability,
    error::{AppError, AppResult},
    events::{self, EventKind, NewEvent},
    identity::Actor,
    ids::new_id,
    passwords::Password,
    state::AppState,
    web::{
        answer::redirect_with,
        extract::Req,
        flash::{Flash, Tone},
        form::{FormView, Posted},
        page::{Ctx, render},
        visitor::visitor_of,
    },
};

const HOME: &str = "/account/tokens";
const NAME_CHARS: usize = 100;
/// Maximum number of valid keys per person.
const MOST: i64 = 20;
const USUAL_DAYS: i64 = 90;

/// `GET /account/tokens`.
pub async fn list_tokens(ctx: Req<Ctx>, actor: Req<Actor>, state: Data<AppState>) -> AppResult<HttpResponse> {
    show(&ctx, &actor, &state, StatusCode::OK, blank_form(), None).await
}

async fn show(
    ctx: &Ctx,
    actor: &Actor,
    state: &AppState,
    status: StatusCode,
    form: FormView,
    made: Option<Made>,
) -> AppResult<HttpResponse> {
    let now = state.clock.now();
    let rows = db::list_tokens(&mut state.db.system(&Capability::Own(actor.user_id)).await?, actor.user_id, now).await?;
    let page = TokensPage {
        ctx,
        made,
        form,
        new_id: new_id(),
        scopes: TokenScope::ALL.iter().map(|scope| ScopeChoice { field: scope.field().to_owned(), label: scope.label() }).collect(),
        regions: region_choices(ctx),
        rows: rows.into_iter().map(|row| TokenView::new(ctx, row, now)).collect(),
    };
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(render(ctx, &page)?))
}

/// The regions to choose from; none for a person of one region.
fn region_choices(ctx: &Ctx) -> Vec<RegionChoice> {
    let regions = if ctx.has_many_regions() { ctx.regions.as_slice() } else { &[] };
    regions.iter().map(|region| RegionChoice { field: region_field(&region.code), name: region.name.clone() }).collect()
}

fn region_field(code: &str) -> String {
    format!("region_{code}")
}

/// By default a key reads entries. A person with several regions has to tick those that it reads.
fn blank_form() -> FormView {
    FormView::blank(&[("days", USUAL_DAYS.to_string()), (TokenScope::Timesheets.field(), "true".to_owned())])
}

/// `POST /account/tokens`. The response is the page with the key, not a redirect: the key is stored nowhere for a second look.
pub async fn create_token(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let wanted = match read_form(&actor, &posted) {
        Ok(wanted) => wanted,
        Err(errors) => return refuse(&ctx, &actor, &state, &posted, &errors).await,
    };
    let epoch = match confirm(&state, &actor, &request, &posted).await? {
        Ok(epoch) => epoch,
        Err(error) => return refuse(&ctx, &actor, &state, &posted, &[error]).await,
    };
    let now = state.clock.now();
    let token = NewToken::random();
    let mut tx = state.db.system(&Capability::Own(actor.user_id)).await?;
    lock_account(&mut tx, actor.user_id).await?;
    if !is_at_epoch(&mut tx, actor.user_id, epoch).await? {
        return Err(AppError::SignIn); // the account was disabled or got another password at this moment
    }
    if db::count_good_tokens(&mut tx, actor.user_id, now).await? >= MOST {
        let error = FieldError::new("", "too-many-tokens").with("max", MOST);
        return refuse(&ctx, &actor, &state, &posted, &[error]).await;
    }
    let row = TokenRow {
        id: posted.value("_id").parse().map_err(|_| AppError::BadRequest("_id: not a UUID".into()))?,
        user_id: actor.user_id,
        name: wanted.name.clone(),
        prefix: token.prefix().to_owned(),
        token_hash: token.hash(),
        scopes: wanted.scopes,
        regions: wanted.regions,
        created_at: now,
        expires_at: now + TimeDelta::days(wanted.days),
    };
    if !db::create_token(&mut tx, &row).await? {
        return Ok(redirect_with(&ctx, HOME, &Flash::new(Tone::Warning, "flash-token-made-before", &row.name)));
    }
    tx.commit().await?;
    record(&state, &actor, &request, EventKind::TokenMade, &row.name).await?;
    let made = Made { name: row.name, token: token.text };
    show(&ctx, &actor, &state, StatusCode::OK, blank_form(), Some(made)).await
}

/// Asks for the password again, since a key outlives the session. Returns the account's epoch.
async fn confirm(state: &AppState, actor: &Actor, request: &HttpRequest, posted: &Posted) -> AppResult<Result<i32, FieldError>> {
    let (visitor, marks) = (visitor_of(request, &state.config), Marks::of(request, &state.config));
    let from = From { visitor: &visitor, marks: &marks };
    Ok(match confirm_password(state, actor, from, Password::new(posted.raw("password"))).await? {
        Confirmation::Right { epoch } => Ok(epoch),
        Confirmation::Wrong => Err(FieldError::new("password", "token-password-wrong")),
        Confirmation::Wait(seconds) => Err(FieldError::new("password", "token-password-wait").with("n", seconds)),
    })
}

/// The form's values.
struct Wanted {
    name: String,
    scopes: Vec<String>,
    regions: Vec<String>,
    days: i64,
}

fn read_form(actor: &Actor, posted: &Posted) -> Result<Wanted, Vec<FieldError>> {
    let is_ticked = |field: &str| posted.value(field) == "true";
    let wanted = Wanted {
        name: posted.value("name").to_owned(),
        scopes: TokenScope::ALL.iter().filter(|scope| is_ticked(scope.field())).map(|scope| scope.as_str().to_owned()).collect(),
        regions: match actor.regions.as_slice() {
            [only] => vec![only.to_string()],
            several => several.iter().filter(|region| is_ticked(&region_field(region.code()))).map(ToString::to_string).collect(),
        },
        days: posted.value("days").parse().ok().filter(|days| TokensPage::DAYS.contains(days)).unwrap_or(USUAL_DAYS),
    };
    let mut errors = Vec::new();
    match wanted.name.chars().count() {
        0 => errors.push(FieldError::new("name", "token-name-missing")),
        chars if chars > NAME_CHARS => errors.push(FieldError::new("name", "too-long").with("max", NAME_CHARS)),
        _ => {}
    }
    if wanted.scopes.is_empty() {
        errors.push(FieldError::new("scopes", "token-scope-missing"));
    }
    if wanted.regions.is_empty() {
        errors.push(FieldError::new("regions", "token-region-missing"));
    }
    if posted.raw("password").is_empty() {
        errors.push(FieldError::new("password", "token-password-missing"));
    }
    if errors.is_empty() { Ok(wanted) } else { Err(errors) }
}

async fn refuse(ctx: &Ctx, actor: &Actor, state: &AppState, posted: &Posted, errors: &[FieldError]) -> AppResult<HttpResponse> {
    let mut form = FormView::refused(posted, None, errors, ctx.lang);
    form.set("password", String::new()); // secrets are not echoed
    show(ctx, actor, state, StatusCode::UNPROCESSABLE_ENTITY, form, None).await
}

/// `POST /account/tokens/{id}/revocation`: the key is invalid from the next request on.
pub async fn revoke_token(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    _posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let mut tx = state.db.system(&Capability::Own(actor.user_id)).await?;
    let Some(name) = db::revoke_token(&mut tx, actor.user_id, *id, state.clock.now()).await? else {
        // A repeated click finds the key already revoked.
        let known = db::has_token(&mut tx, actor.user_id, *id).await?;
        return if known {
            Ok(redirect_with(&ctx, HOME, &Flash::new(Tone::Info, "flash-token-revoked-before", "")))
        } else {
            Err(AppError::NotFound)
        };
    };
    tx.commit().await?;
    record(&state, &actor, &request, EventKind::TokenRevoked, &name).await?;
    Ok(redirect_with(&ctx, HOME, &Flash::new(Tone::Success, "flash-token-revoked", &name)))
}

async fn record(state: &AppState, actor: &Actor, request: &HttpRequest, kind: EventKind, name: &str) -> AppResult<()> {
    let event = NewEvent::new(kind).by(Some(actor)).from(&visitor_of(request, &state.config)).with("name", name);
    Ok(events::record(&state.db, region_of_actor(actor), &event, &state.clock).await?)
}
