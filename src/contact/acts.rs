//! What an admin does about the browsers' queues: sees an alarm, and takes out what the server could not read.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Path},
};
use uuid::Uuid;

use super::{AlarmKind, db};
use crate::{
    db::Scope,
    error::{AppError, AppResult},
    events::{EventKind, NewEvent, record_event},
    identity::{Admin, Region},
    state::AppState,
    web::{
        answer::stored_and_done,
        extract::Req,
        flash::{Flash, Tone},
        form::Posted,
        page::Ctx,
    },
};

const HOME: &str = "/dashboard";

/// `POST /admin/queue-alarms/{id}/acknowledgement`: somebody has seen it. It is no longer shown, and the log says who saw it.
pub async fn acknowledge_alarm(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let scope = Scope::with_company(admin.actor()).ok_or(AppError::Forbidden)?;
    let mut tx = state.db.write(&scope).await?;
    let alarm = db::acknowledge(&mut tx, *id, admin.actor(), state.clock.now()).await?.ok_or(AppError::NotFound)?;
    let account = alarm.username.unwrap_or_default();
    if !alarm.is_old {
        let region = Region::parse(&alarm.region).map_err(|_| AppError::NotFound)?;
        let event = NewEvent::new(EventKind::QueueAlarmSeen).by(Some(admin.actor())).from(admin.visitor());
        let event = event.with("account", account.as_str()).with("alarm", alarm.kind.as_str());
        record_event(&mut tx, &region, &event, state.clock.now()).await?;
        tx.commit().await?;
    }
    let what = AlarmKind::parse(&alarm.kind).map_or("", |kind| crate::i18n::t(ctx.lang, kind.label()));
    Ok(stored_and_done(&ctx, posted.op_id()?, HOME, &Flash::new(Tone::Success, "flash-queue-alarm-seen", what)))
}

/// `GET /admin/quarantine/{id}`: the bytes as they came, as a file.
pub async fn download_quarantined(admin: Req<Admin>, state: Data<AppState>, id: Path<Uuid>) -> AppResult<HttpResponse> {
    let scope = Scope::with_company(admin.actor()).ok_or(AppError::Forbidden)?;
    let mut tx = state.db.write(&scope).await?;
    let (code, body) = db::find_quarantined(&mut tx, *id).await?.ok_or(AppError::NotFound)?;
    let region = Region::parse(&code).map_err(|_| AppError::NotFound)?;
    let event = NewEvent::new(EventKind::Exported).by(Some(admin.actor())).from(admin.visitor());
    let event = event.with("what", "quarantine").with("format", "BIN").with("id", id.to_string());
    record_event(&mut tx, &region, &event, state.clock.now()).await?;
    tx.commit().await?;
    let name = format!("attachment; filename=\"quarantine-{id}.bin\"");
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/octet-stream"))
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(body))
}
