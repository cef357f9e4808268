//! Pages that are made on this PC while the server is out of reach.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Bytes};

use super::{
    line::LineError,
    own::{problem, unreachable},
    serve::Front,
    store::StoreError,
};

pub(super) fn is_kept(_path: &str) -> bool {
    false
}

pub(super) async fn show(_front: &Front, _request: &HttpRequest, error: Option<&LineError>) -> Result<HttpResponse, StoreError> {
    Ok(unreachable(error.unwrap_or(&LineError::TooLate)))
}

pub(super) async fn answer_account(_front: &Front, _request: &HttpRequest, _body: &Bytes) -> Result<HttpResponse, StoreError> {
    Ok(problem(StatusCode::SERVICE_UNAVAILABLE, "unreachable", "x"))
}

pub(super) fn embedded(_request: &HttpRequest) -> Option<HttpResponse> {
    None
}
