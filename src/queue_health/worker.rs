//! The service worker, as long as the company wants one.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use crate::{error::AppResult, offline_mode::OfflineMode, state::AppState, web::assets};

/// Answers `GET /sw.js`. It lies at the root because a worker serves only what is below it, and every browser asks again whether it changed.
/// Where the company has switched it off, the answer is a small one that only empties the queue and leaves (SYNC 3.15): also a browser whose
/// worker is broken gets that.
pub async fn show_worker(state: Data<AppState>, request: HttpRequest) -> AppResult<HttpResponse> {
    let is_off = state.offline.mode(&state.db, &state.clock).await.is_ok_and(|mode| mode == OfflineMode::Off);
    assets::worker(&request, is_off)
}
