//! What an administrator takes out of the quarantine.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Path},
};
use uuid::Uuid;

use super::db;
use crate::{
    db::Scope,
    error::{AppError, AppResult},
    events::{EventKind, NewEvent, record_event},
    identity::{Admin, Region},
    state::AppState,
    web::extract::Req,
};

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
