//! `Authorization: Bearer` on the API: the key or token of a request. `tokens` and `devices` find out whose it is.

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderMap},
};

use crate::error::{AppError, AppResult};

/// Prefix of every personal key, so that a scanner of source code recognizes one.
pub const KEY: &str = "rsp_";
/// Prefix of every device's token, likewise.
pub const DEVICE: &str = "rsd_";

/// Whether a request carries a key: then only the key says who sends it, and its cookies do not count. Only the API takes keys.
pub fn carries_bearer(path: &str, headers: &HeaderMap) -> bool {
    path.starts_with("/api/") && headers.contains_key(header::AUTHORIZATION)
}

/// The key or token of a request.
#[derive(Debug)]
pub enum Bearer {
    /// A person's key.
    Key(String),
    /// A device's token.
    Device(String),
}

/// The key or token of the request; `None` if it carries none.
pub fn bearer_of(request: &HttpRequest) -> Option<AppResult<Bearer>> {
    if !carries_bearer(request.path(), request.headers()) {
        return None;
    }
    let text = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let key = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, key)| key.trim());
    Some(match key {
        Some(key) if key.starts_with(KEY) => Ok(Bearer::Key(key.to_owned())),
        Some(token) if token.starts_with(DEVICE) => Ok(Bearer::Device(token.to_owned())),
        _ => Err(AppError::BadToken),
    })
}
