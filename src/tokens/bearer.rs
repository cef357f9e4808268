//! `Authorization: Bearer` on the API: the person a key stands for.

use actix_web::{HttpRequest, http::Method, web::Data};
use chrono::TimeDelta;

use super::{
    db, hash_of,
    scopes::{TokenScope, scope_of_route},
};
use crate::{
    db::{Capability, Db},
    error::{AppError, AppResult},
    identity::{Actor, Region, Role},
    state::AppState,
};

/// A key's use is recorded at most once per interval.
const TOUCH_EVERY: TimeDelta = TimeDelta::seconds(60);

/// The owner, with the key's rights: an ordinary account in the regions that both have. An admin's rights do not pass on.
pub async fn actor_of_bearer(request: &HttpRequest, key: &str) -> AppResult<Actor> {
    let state = request.app_data::<Data<AppState>>().ok_or_else(|| AppError::Fault("no state".into()))?;
    let row = find(&state.db, key, state).await?.ok_or(AppError::BadToken)?;
    if row.must_change {
        return Err(AppError::PasswordChange);
    }
    let route = request.match_pattern().unwrap_or_default();
    match scope_of_route(&route).filter(|_| *request.method() == Method::GET) {
        None => return Err(AppError::TokenScope("a session: keys only read")),
        Some(Some(needed)) if !row.scopes.iter().any(|scope| TokenScope::parse(scope) == Some(needed)) => {
            return Err(AppError::TokenScope(needed.as_str()));
        }
        Some(_) => {}
    }
    let regions: Result<Vec<Region>, _> = row.regions.iter().map(|code| Region::parse(code)).collect();
    Ok(Actor {
        user_id: row.user_id,
        username: row.username,
        role: Role::User,
        regions: regions.map_err(|e| AppError::Fault(e.to_string()))?,
        lang: row.lang,
        theme: row.theme,
        must_change: false,
        session_id: row.id,
        csrf: String::new(),
    })
}

async fn find(db: &Db, key: &str, state: &AppState) -> AppResult<Option<db::BearerRow>> {
    let (hash, now) = (hash_of(key), state.clock.now());
    let mut tx = db.system(&Capability::Token(&hash)).await?;
    let Some(row) = db::find_bearer(&mut tx, &hash, now).await? else {
        return Ok(None);
    };
    if row.last_used_at.is_none_or(|last| now - last > TOUCH_EVERY) {
        db::touch_token(&mut tx, &hash, now).await?;
        tx.commit().await?;
    }
    Ok(Some(row))
}
