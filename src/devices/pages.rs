//! `/admin/devices`: the offices' PCs, for administrators.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use uuid::Uuid;

use super::{
    db,
    manage::{self, MadeCode},
    views::{DevicePage, DeviceView, DevicesPage},
};
use crate::{
    complaint::FieldError,
    db::Scope,
    error::{AppError, AppResult},
    identity::Admin,
    ids::new_id,
    state::AppState,
    web::{
        answer::{html, redirect_with, stored_and_done, unprocessable},
        extract::Req,
        flash::{Flash, Tone},
        form::{FormView, Posted, sentence},
        page::{Ctx, render},
    },
};

const HOME: &str = "/admin/devices";

/// What the page of all devices shows besides them.
#[derive(Default)]
struct Extra {
    made: Option<MadeCode>,
    refusal: String,
    form: Option<FormView>,
}

/// `GET /admin/devices`.
pub async fn list_devices(ctx: Req<Ctx>, admin: Req<Admin>, state: Data<AppState>, request: HttpRequest) -> AppResult<HttpResponse> {
    show(&ctx, &admin, &state, &request, StatusCode::OK, Extra::default()).await
}

async fn show(
    ctx: &Ctx,
    admin: &Admin,
    state: &AppState,
    request: &HttpRequest,
    status: StatusCode,
    extra: Extra,
) -> AppResult<HttpResponse> {
    let page = DevicesPage {
        ctx,
        made: extra.made,
        server: origin_of(request, state),
        refusal: extra.refusal,
        rows: list(ctx, admin, state).await?,
        form: extra.form.unwrap_or_default(),
        new_id: new_id(),
    };
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(render(ctx, &page)?))
}

async fn list(ctx: &Ctx, admin: &Admin, state: &AppState) -> AppResult<Vec<DeviceView>> {
    let Some(scope) = Scope::of(admin.actor()) else { return Ok(Vec::new()) };
    let rows = db::list_devices(&mut state.db.read(&scope).await?).await?;
    let now = state.clock.now();
    Ok(rows.into_iter().map(|row| DeviceView::new(ctx, row, now)).collect())
}

/// Where an agent finds this server: the configured public origin, or else the origin of this request.
fn origin_of(request: &HttpRequest, state: &AppState) -> String {
    let as_called = || {
        let connection = request.connection_info();
        format!("{}://{}", connection.scheme(), connection.host())
    };
    state.config.public_origin.clone().unwrap_or_else(as_called)
}

/// `POST /admin/devices`. The response is the page with the code, not a redirect: the code is not stored and cannot be shown again.
pub async fn create_device(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    request: HttpRequest,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let region = match posted.region(admin.actor()) {
        Ok(region) => region,
        Err(error) => return refuse(&ctx, &admin, &state, &request, &posted, error).await,
    };
    match manage::add_device(&state, &admin, posted.new_row_id()?, &region, posted.value("name")).await? {
        Ok(Some(made)) => show(&ctx, &admin, &state, &request, StatusCode::OK, Extra { made: Some(made), ..Extra::default() }).await,
        Ok(None) => Ok(redirect_with(&ctx, HOME, &Flash::new(Tone::Info, "flash-device-made-before", ""))),
        Err(error) => refuse(&ctx, &admin, &state, &request, &posted, error).await,
    }
}

async fn refuse(
    ctx: &Ctx,
    admin: &Admin,
    state: &AppState,
    request: &HttpRequest,
    posted: &Posted,
    error: FieldError,
) -> AppResult<HttpResponse> {
    let form = Some(FormView::refused(posted, None, &[error], ctx.lang));
    show(ctx, admin, state, request, StatusCode::UNPROCESSABLE_ENTITY, Extra { form, ..Extra::default() }).await
}

/// `POST /admin/devices/{id}/code`: a new code, shown once.
pub async fn make_code(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    _posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    match manage::make_code(&state, &admin, *id).await? {
        Ok(made) => show(&ctx, &admin, &state, &request, StatusCode::OK, Extra { made: Some(made), ..Extra::default() }).await,
        Err(error) => {
            let extra = Extra { refusal: sentence(ctx.lang, &error), ..Extra::default() };
            show(&ctx, &admin, &state, &request, StatusCode::UNPROCESSABLE_ENTITY, extra).await
        }
    }
}

/// `GET /admin/devices/{id}`.
pub async fn show_device(ctx: Req<Ctx>, admin: Req<Admin>, state: Data<AppState>, id: Path<Uuid>) -> AppResult<HttpResponse> {
    Ok(html(render_device(&ctx, &admin, &state, *id, None, FormView::default()).await?))
}

async fn render_device(
    ctx: &Ctx,
    admin: &Admin,
    state: &AppState,
    id: Uuid,
    naming: Option<FormView>,
    revocation: FormView,
) -> AppResult<String> {
    let view = list(ctx, admin, state).await?.into_iter().find(|device| device.id == id).ok_or(AppError::NotFound)?;
    let naming = naming.unwrap_or_else(|| FormView::blank(&[("name", view.name.clone())]));
    Ok(render(ctx, &DevicePage { ctx, view, naming, revocation })?)
}

/// `POST /admin/devices/{id}`: another name.
pub async fn rename_device(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let name = posted.value("name");
    match manage::rename_device(&state, &admin, *id, name).await? {
        Ok(()) => Ok(stored_and_done(&ctx, posted.op_id()?, HOME, &Flash::new(Tone::Success, "flash-device-renamed", name))),
        Err(error) => {
            let form = FormView::refused(&posted, None, &[error], ctx.lang);
            Ok(unprocessable(render_device(&ctx, &admin, &state, *id, Some(form), FormView::default()).await?))
        }
    }
}

/// `POST /admin/devices/{id}/revocation`: its token opens nothing from the next request on. Confirmed with the device's name.
pub async fn revoke_device(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    match manage::revoke_device(&state, &admin, *id, posted.value("confirm")).await? {
        Ok((name, is_new)) => {
            let (tone, key) = if is_new { (Tone::Success, "flash-device-revoked") } else { (Tone::Info, "flash-device-revoked-before") };
            Ok(stored_and_done(&ctx, posted.op_id()?, HOME, &Flash::new(tone, key, &name)))
        }
        Err(error) => {
            let form = FormView::refused(&posted, None, &[error], ctx.lang);
            Ok(unprocessable(render_device(&ctx, &admin, &state, *id, None, form).await?))
        }
    }
}
