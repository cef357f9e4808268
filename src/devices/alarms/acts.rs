//! What an admin does about an alarm.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use uuid::Uuid;

use super::{db, judge::DeviceAlarmKind};
use crate::{
    db::Scope,
    error::{AppError, AppResult},
    events::{EventKind, NewEvent, record_event},
    i18n::t,
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

/// `POST /admin/device-alarms/{id}/acknowledgement`: somebody has seen it. It is no longer shown, and the log says who saw it.
pub async fn acknowledge_alarm(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let scope = Scope::of(admin.actor()).ok_or(AppError::Forbidden)?;
    let mut tx = state.db.write(&scope).await?;
    let alarm = db::acknowledge(&mut tx, *id, admin.actor(), state.clock.now()).await?.ok_or(AppError::NotFound)?;
    if !alarm.is_old {
        let region = Region::parse(&alarm.region).map_err(|_| AppError::NotFound)?;
        let event = NewEvent::new(EventKind::DeviceAlarmSeen).by(Some(admin.actor())).from(admin.visitor());
        let event = event.with("device", alarm.name.as_str()).with("alarm", alarm.kind.as_str());
        record_event(&mut tx, &region, &event, state.clock.now()).await?;
        tx.commit().await?;
    }
    let what = DeviceAlarmKind::parse(&alarm.kind).map_or("", |kind| t(ctx.lang, kind.label()));
    Ok(stored_and_done(&ctx, posted.op_id()?, "/dashboard", &Flash::new(Tone::Success, "flash-device-alarm-seen", what)))
}
