//! Counts requests.

use std::time::Instant;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};

use crate::state::AppState;

/// The middleware that counts. The route is its pattern, so there are as many as there are lines in `routes.rs`.
pub async fn count_requests<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let started = Instant::now();
    let method = request.method().clone();
    let metrics = request.app_data::<Data<AppState>>().map(|state| state.metrics.clone());
    let response = next.call(request).await?;
    if let Some(metrics) = metrics {
        metrics.count_request(&method, response.request().match_pattern(), response.status().as_u16(), started.elapsed());
    }
    Ok(response)
}
