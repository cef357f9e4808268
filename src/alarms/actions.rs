//! What an administrator does about an alarm.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Source, db};
use crate::{
    db::{Scope, ScopedTx, Write},
    error::{AppError, AppResult},
    events::{NewEvent, record_event},
    i18n::{Lang, t},
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

/// `POST /admin/…-alarms/{id}/acknowledgement`: an administrator has seen it. It is no longer shown, and the log says who saw it.
pub async fn acknowledge_alarm<S: Source>(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let scope = Scope::with_company(admin.actor()).ok_or(AppError::Forbidden)?;
    let mut tx = state.db.write(&scope).await?;
    let word = acknowledge::<S>(&mut tx, &admin, *id, state.clock.now()).await?.ok_or(AppError::NotFound)?;
    tx.commit().await?;
    let what = S::KINDS.iter().find(|kind| kind.word == word).map_or("", |kind| t(ctx.lang, kind.label));
    Ok(stored_and_done(&ctx, posted.op_id()?, "/dashboard", &Flash::new(Tone::Success, S::TEXTS.seen, what)))
}

/// The kind of the alarm that the administrator acknowledges; records an event if it was not acknowledged before. `None` if the scope has
/// no such alarm of this source.
pub async fn acknowledge<S: Source>(
    tx: &mut ScopedTx<Write>,
    admin: &Admin,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<String>, sqlx::Error> {
    let Some(alarm) = db::acknowledge(tx, S::NAME, id, admin.actor(), now).await? else { return Ok(None) };
    if alarm.is_old {
        return Ok(Some(alarm.kind));
    }
    let region = Region::parse(&alarm.region).map_err(|error| sqlx::Error::Decode(error.into()))?;
    let subjects = S::describe(tx, Lang::Tr, &[alarm.subject]).await?;
    let mut event = NewEvent::new(S::SEEN).by(Some(admin.actor())).from(admin.visitor()).with("alarm", alarm.kind.as_str());
    if let Some(subject) = subjects.into_iter().find(|subject| subject.region == alarm.region) {
        event = event.with(subject.in_events.0, subject.in_events.1);
    }
    record_event(tx, &region, &event, now).await?;
    Ok(Some(alarm.kind))
}
