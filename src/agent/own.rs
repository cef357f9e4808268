//! Answers that this program makes itself. `X-App: agent` says so: to a browser's queue only the server's word counts.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
};
use serde::Serialize;
use serde_json::json;

use super::upstream::UpstreamError;
use rainstaff_http::error::AppError;

use crate::{web::policy::ALWAYS, wire::X_APP};

/// An answer of the agent's own. Others' caches keep nothing of it.
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

/// JSON of the agent's own.
pub fn own_json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    own(status).json(body)
}

/// A refusal, in the form of the API's.
pub fn problem(status: StatusCode, code: &str, detail: &str) -> HttpResponse {
    let body =
        json!({ "type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(), "error": code, "detail": detail });
    own(status).content_type("application/problem+json").body(body.to_string())
}

/// Nobody whom this PC knows sits there.
pub fn sign_in_first() -> HttpResponse {
    problem(StatusCode::UNAUTHORIZED, AppError::SignIn.code(), "sign in first")
}

/// The server did not answer, and this PC has nothing instead. A request that cannot be passed on is its sender's fault.
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
