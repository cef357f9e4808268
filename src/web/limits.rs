//! How large a request may be: every limit of the framework that a request can meet, set here and nowhere else. What is larger is refused
//! with 413 (a body) or 414 (an address) and a sentence. There is no upload of files, so no reader of multipart bodies, and JSON bodies are
//! read from `Bytes` (`web::exchange`), so `JsonConfig` has nothing to limit.

use actix_web::{
    Error,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::UrlencodedError,
    middleware::Next,
    web::{FormConfig, PayloadConfig, ServiceConfig},
};

use crate::error::AppError;

/// Bytes of a body at most, unless its address says otherwise.
const BODY: usize = 256 * 1024;
/// Bytes of a batch of operations at most.
pub const BATCH: usize = 1024 * 1024;
/// Bytes of a form of business data at most, as at an office PC's agent. "Hepsini planlandığı gibi gir" takes 65 bytes a person: this is
/// a region of 16,000 people.
pub const FORM: usize = 1024 * 1024;
/// Bytes of an account form at most; `/login` reads one from any visitor.
const ACCOUNT_FORM: usize = 16 * 1024;
/// Bytes of path and query at most. A search has 200 characters, and each of them may take twelve bytes.
const ADDRESS: usize = 8 * 1024;

/// Sets them for all addresses.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.app_data(PayloadConfig::new(BODY));
    cfg.app_data(FormConfig::default().limit(ACCOUNT_FORM).error_handler(|error, _| refusal_of(&error).into()));
}

/// The error for a form that cannot be read.
pub fn refusal_of(error: &UrlencodedError) -> AppError {
    match error {
        UrlencodedError::Overflow { limit, .. } => AppError::TooLarge(*limit),
        other => AppError::BadRequest(other.to_string()),
    }
}

/// The middleware that refuses addresses which are too long.
pub async fn refuse_long_addresses<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let length = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if length > ADDRESS {
        return Ok(request.error_response(AppError::TooLong(ADDRESS)).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}
