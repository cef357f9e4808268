//! The service worker, as long as the company wants one.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use crate::{error::AppResult, offline_mode::OfflineMode, state::AppState, web::assets};

/// `GET /sw.js`. It is at the root because a worker serves only addresses below its own, and every browser checks whether it has changed.
/// If the company has switched the worker off, the response is a small script that only empties the queue and unregisters itself (SYNC
/// 3.15): also a browser whose worker is broken gets it.
pub async fn show_worker(state: Data<AppState>, request: HttpRequest) -> AppResult<HttpResponse> {
    let is_off = state.offline.mode(&state.db, &state.clock).await.is_ok_and(|mode| mode == OfflineMode::Off);
    assets::worker(&request, is_off)
}
