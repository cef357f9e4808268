//! Responses that this program makes itself, marked with `X-App: agent`: for a browser's queue only the server's verdict counts.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
};
use serde::Serialize;
use serde_json::json;

use super::upstream::UpstreamError;
use rainstaff_http::error::AppError;

use crate::{web::policy::ALWAYS, wire::X_APP};

/// A response of the agent's own. Caches do not store it.
pub fn own(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((X_APP, "agent"))
        .insert_header(("X-Agent", env!("CARGO_PKG_VERSION")))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    for pair in ALWAYS {
        answer.insert_header(pair);
    }
    answer
}

/// A JSON response of the agent's own.
pub fn own_json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    own(status).json(body)
}

/// A refusal, in the form that the API uses.
pub fn problem(status: StatusCode, code: &str, detail: &str) -> HttpResponse {
    let body =
        json!({ "type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(), "error": code, "detail": detail });
    own(status).content_type("application/problem+json").body(body.to_string())
}

/// The browser's person is not known on this PC.
pub fn sign_in_first() -> HttpResponse {
    problem(StatusCode::UNAUTHORIZED, AppError::SignIn.code(), "sign in first")
}

/// The server did not respond, and this PC has no page instead. If the request cannot be passed on at all, its sender is at fault.
pub fn unreachable(error: &UpstreamError) -> HttpResponse {
    if let UpstreamError::NotSent(why) = error {
        return problem(StatusCode::BAD_REQUEST, "bad_request", why);
    }
    let body = json!({ "type": "about:blank", "status": 503, "error": "unreachable", "detail": error.to_string() });
    own(StatusCode::SERVICE_UNAVAILABLE)
        .insert_header(("X-Offline", "unreachable"))
        .insert_header((header::RETRY_AFTER, "2"))
        .content_type("application/problem+json")
        .body(body.to_string())
}
