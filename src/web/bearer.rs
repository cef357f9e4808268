//! `Authorization: Bearer` on the API: what a request shows. Whom it stands for is for `tokens` and `devices` to say.

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderMap},
};

use crate::error::{AppError, AppResult};

/// What every personal key begins with, so that a scanner of source code recognizes one.
pub const KEY: &str = "rsp_";
/// What every device's token begins with, likewise.
pub const DEVICE: &str = "rsd_";

/// Whether a request shows a key: then nothing else of it says who sends it, no cookie either. Only the API takes keys.
pub fn carries_bearer(path: &str, headers: &HeaderMap) -> bool {
    path.starts_with("/api/") && headers.contains_key(header::AUTHORIZATION)
}

/// What a request shows.
#[derive(Debug)]
pub enum Bearer {
    /// A person's key.
    Key(String),
    /// A device's token.
    Device(String),
}

/// What the request shows as its key; none where it shows none.
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
