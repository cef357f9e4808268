//! Headers that every response carries.

use actix_session::SessionExt as _;
use actix_web::{
    Error, HttpMessage as _,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};

use chrono::TimeDelta;

use super::{
    cookies, flash,
    htmx::{X_APP, X_USER, X_WARM_UP, wants_fragment},
    policy::ALWAYS,
    session::find_actor,
};
use crate::{
    state::AppState,
    telemetry::RequestId,
    wire::{SESSION_COOKIE, X_SESSION_OVER},
};

/// The middleware. Caches between the server and the reader never store pages; assets set their own header.
pub async fn add_headers<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let over_tls = request.app_data::<Data<AppState>>().is_some_and(|state| state.config.is_over_tls());
    let is_warm_up = request.headers().contains_key(X_WARM_UP);
    let message_waits =
        cookies::find(request.request(), flash::COOKIE, over_tls).is_some() && !wants_fragment(request.headers()) && !is_warm_up;
    let mut response = next.call(request).await?;
    if message_waits {
        forget_message(&mut response, over_tls);
    }
    let request_id = response.request().extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // The mark of Rainstaff's responses: a portal's or proxy's page has none (SYNC, "Ten things" 5).
    headers.insert(X_APP, HeaderValue::from_static(env!("CARGO_PKG_VERSION")));
    if let Ok(id) = HeaderValue::try_from(request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    if over_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// The middleware for what has a session: names the reader of the response, or reports that the request's session cookie is not valid any
/// more, which this response itself may have caused. It runs inside the session's own middleware, which empties the session afterwards.
pub async fn name_reader<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    let request = response.request();
    let word = match find_actor(&request.get_session()) {
        Ok(Some(actor)) => HeaderValue::try_from(actor.user_id.to_string()).ok().map(|reader| (X_USER, reader)),
        Ok(None) if request.cookie(SESSION_COOKIE).is_some() => {
            Some((HeaderName::from_static(X_SESSION_OVER), HeaderValue::from_static("1")))
        }
        Ok(None) | Err(_) => None, // a visitor; or unknown while the database is away
    };
    if let Some((name, value)) = word {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// Removes the waiting message after a page has shown it; a redirect has not shown it, and a response that brings a new message keeps that.
fn forget_message<B>(response: &mut ServiceResponse<B>, over_tls: bool) {
    let is_page = response.status() != StatusCode::SEE_OTHER
        && response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"text/html"));
    let name = cookies::full_name(flash::COOKIE, over_tls);
    let brings_one = response.response().cookies().any(|c| c.name() == name);
    if is_page && !brings_one {
        // Only a cookie that cannot be written as a header fails, and this one can.
        let _ = response.response_mut().add_cookie(&cookies::build(flash::COOKIE, String::new(), TimeDelta::zero(), over_tls));
    }
}
