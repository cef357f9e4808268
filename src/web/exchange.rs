//! Shared by the addresses at which browsers and PCs exchange operations and changes (SYNC 3.3).

use actix_web::{HttpRequest, HttpResponse};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::{AppError, AppResult},
    wire::{X_SYNC, X_SYNC_CLIENT},
};

/// A body that is a JSON object. (serde would take an array of the values as well, which the description does not have.)
pub fn read_object<T: DeserializeOwned>(body: &[u8]) -> AppResult<T> {
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(AppError::BadRequest("body: not a JSON object".into()));
    }
    serde_json::from_slice(body).map_err(|e| AppError::BadRequest(format!("body: {e}")))
}

/// A page of another site cannot set this header without a preflight, which this server never allows.
pub fn require_sync_client(request: &HttpRequest) -> AppResult<()> {
    let json = request.headers().get("content-type").and_then(|v| v.to_str().ok()).is_some_and(|v| v.starts_with("application/json"));
    if json && has_sync_header(request) {
        Ok(())
    } else {
        Err(AppError::BadRequest("send application/json and the header X-Sync-Client".into()))
    }
}

/// Whether the request carries the header that pages of other sites cannot send.
pub fn has_sync_header(request: &HttpRequest) -> bool {
    request.headers().contains_key(X_SYNC_CLIENT)
}

/// A response that clients accept as Rainstaff's.
pub fn sync_answer(body: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((X_SYNC, "1")).insert_header(("Cache-Control", "no-store")).json(body)
}
