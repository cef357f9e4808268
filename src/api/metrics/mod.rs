//! `GET /metrics`: what the process has counted, and figures that are looked up per request.

mod db;
mod gauges;

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};

use crate::{
    error::{AppError, AppResult},
    state::AppState,
    web::csrf::token_fits,
};

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The figures, for requests with `RAINSTAFF_METRICS_TOKEN` as bearer token. If it is not set, the response is 404.
pub async fn show_metrics(request: HttpRequest, state: Data<AppState>) -> AppResult<HttpResponse> {
    let expected = state.config.metrics_token.as_ref().ok_or(AppError::NotFound)?;
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if !token_fits(expected.reveal(), given.and_then(|text| text.strip_prefix("Bearer "))) {
        let refusal = HttpResponse::Unauthorized().insert_header((header::WWW_AUTHENTICATE, r#"Bearer realm="metrics""#)).finish();
        return Ok(refusal);
    }
    let gauges = gauges::look_up(&state).await?;
    let text = state.metrics.to_text_with(&gauges).map_err(|e| AppError::Fault(e.to_string()))?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, CONTENT_TYPE)).body(text))
}
