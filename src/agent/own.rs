//! Answers that this program makes itself. `X-App: agent` says so: to a browser's queue only the server's word counts.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
    web::Bytes,
};
use serde::Serialize;
use serde_json::json;

use super::line::LineError;

/// An answer of the agent's own. Others' caches keep nothing of it.
pub fn own(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header(("X-App", "agent"))
        .insert_header(("X-Agent", env!("CARGO_PKG_VERSION")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::X_FRAME_OPTIONS, "DENY"))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .insert_header(("Cross-Origin-Opener-Policy", "same-origin"))
        .insert_header(("Cross-Origin-Resource-Policy", "same-origin"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY));
    answer
}

/// The server's own (src/web/headers.rs).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
    manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'";

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

/// The server did not answer, and this PC has nothing instead.
pub fn unreachable(error: &LineError) -> HttpResponse {
    let body = json!({ "type": "about:blank", "status": 503, "error": "unreachable", "detail": error.to_string() });
    own(StatusCode::SERVICE_UNAVAILABLE)
        .insert_header(("X-Offline", "unreachable"))
        .insert_header((header::RETRY_AFTER, "2"))
        .content_type("application/problem+json")
        .body(body.to_string())
}

/// The pairs of a posted form.
pub fn pairs_of(body: &Bytes) -> Vec<(String, String)> {
    actix_web::web::Query::<Vec<(String, String)>>::from_query(&String::from_utf8_lossy(body))
        .map(actix_web::web::Query::into_inner)
        .unwrap_or_default()
}
