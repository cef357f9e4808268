//! The one error type of handlers. `app::errors` chooses what the visitor sees; a 5xx never shows its cause.

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use rainstaff_core::complaint::ParamError;
use rainstaff_pages::error::PageError;

#[cfg(feature = "database")]
use crate::database::{DbOutcome, classify, is_in_two_regions};

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// No such page or row, or a row of another region.
    #[error("not found")]
    NotFound,
    /// Two of the person's regions have a row with this id, and the address does not name a region.
    #[error("one id in two regions, and none is named")]
    WhichRegion,
    /// Not signed in.
    #[error("sign-in needed")]
    SignIn,
    /// Signed in, but the password must be changed first.
    #[error("password change needed")]
    PasswordChange,
    /// The account may not do this.
    #[error("forbidden")]
    Forbidden,
    /// An admin who looks at a region as its clerk would may not change anything.
    #[error("only looking")]
    OnlyLooking,
    /// The request came from another site, or lacks the marks of a page of Rainstaff.
    #[error("cross-site request refused")]
    CrossSite,
    /// The request is invalid; the text is for developers of clients.
    #[error("bad request: {0}")]
    BadRequest(String),
    /// The body is compressed (`Content-Encoding`); Rainstaff's clients send no such body.
    #[error("packed bodies are not taken")]
    Packed,
    /// The body came too slowly, and the server stopped waiting.
    #[error("the body came too slowly")]
    TooSlow,
    /// Invalid parameters of a page's address: a sentence for each, in the reader's language.
    #[error("bad query: {0:?}")]
    BadQuery(Vec<String>),
    /// The body is longer than this number of bytes.
    #[error("more than {0} bytes")]
    TooLarge(usize),
    /// The address is longer than this number of bytes.
    #[error("an address of more than {0} bytes")]
    TooLong(usize),
    /// Invalid parameters of an API request, all of them.
    #[error("bad parameters: {0:?}")]
    BadParams(Vec<ParamError>),
    /// The key of an API request is unknown, expired or revoked, or its owner may not sign in.
    #[error("bad API key")]
    BadToken,
    /// The device is revoked.
    #[error("the device is revoked")]
    DeviceRevoked,
    /// A device's one-time code is unknown, used or expired.
    #[error("bad device code")]
    DeviceCode,
    /// The API key is valid but lacks this scope.
    #[error("the API key does not cover {0}")]
    TokenScope(&'static str),
    /// The address exists, but only for these methods.
    #[error("method not allowed, only {0}")]
    MethodNotAllowed(String),
    /// Too many attempts; the seconds to wait.
    #[error("too many attempts, wait {0} s")]
    TooMany(u64),
    /// Above the daily limit of one person or one PC; data above it stay with the sender. The seconds to wait.
    #[error("the limit of a day is reached, wait {0} s")]
    Volume(u64),
    /// A feed cursor of another epoch, or older than the stored changes: the client must start again from a snapshot.
    #[error("the cursor is of another epoch")]
    Gone,
    /// The server is busy or the database unavailable: a retry may succeed soon.
    #[error("busy: {0}")]
    Busy(String),
    /// A database error.
    #[cfg(feature = "database")]
    #[error("database: {0}")]
    Database(sqlx::Error),
    /// A fault of the program.
    #[error("fault: {0}")]
    Fault(String),
}

#[cfg(feature = "database")]
impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        match classify(&error) {
            DbOutcome::TryAgain => Self::Busy(error.to_string()),
            _ if is_in_two_regions(&error) => Self::WhichRegion,
            _ => Self::Database(error),
        }
    }
}

/// An error while reading a page's rows was made from this type ([`unread`]) and is converted back.
impl From<PageError> for AppError {
    fn from(error: PageError) -> Self {
        match error {
            PageError::NotFound => Self::NotFound,
            PageError::Forbidden => Self::Forbidden,
            PageError::BadRequest(detail) => Self::BadRequest(detail),
            PageError::BadQuery(sentences) => Self::BadQuery(sentences),
            PageError::Template(error) => error.into(),
            PageError::Rows(error) => error.downcast::<Self>().map_or_else(|other| Self::Fault(other.to_string()), |error| *error),
        }
    }
}

/// The error of a page whose rows could not be read; converted to an [`AppError`], it is the same error again.
pub fn unread(error: impl Into<AppError>) -> PageError {
    PageError::Rows(Box::new(error.into()))
}

impl From<askama::Error> for AppError {
    fn from(error: askama::Error) -> Self {
        Self::Fault(format!("template: {error}"))
    }
}

impl AppError {
    /// Short code for JSON responses.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::WhichRegion => "which_region",
            Self::SignIn => "sign_in",
            Self::PasswordChange => "password_change",
            Self::Forbidden => "forbidden",
            Self::OnlyLooking => "only_looking",
            Self::CrossSite => "origin",
            Self::BadRequest(_) | Self::BadQuery(_) => "bad_request",
            Self::Packed => "content_encoding",
            Self::TooSlow => "too_slow",
            Self::BadParams(_) => "bad_request",
            Self::TooLarge(_) | Self::TooLong(_) => "too_large",
            Self::BadToken => "token",
            Self::DeviceRevoked => "device_revoked",
            Self::DeviceCode => "device_code",
            Self::TokenScope(_) => "token_scope",
            Self::MethodNotAllowed(_) => "method",
            Self::TooMany(_) => "too_many",
            Self::Volume(_) => "volume",
            Self::Gone => "epoch",
            Self::Busy(_) => "busy",
            #[cfg(feature = "database")]
            Self::Database(_) => "internal_error",
            Self::Fault(_) => "internal_error",
        }
    }

    /// More than the code, for developers of clients. Never the cause of a 5xx.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::BadRequest(detail) => Some(detail.clone()),
            Self::WhichRegion => Some("two regions have a row of this id: name one with ?region=".to_owned()),
            Self::BadParams(_) => Some("some parameters were not understood, see errors".to_owned()),
            Self::Packed => Some("send the body as it is, without Content-Encoding".to_owned()),
            Self::TooSlow => Some("the body came too slowly to be waited for".to_owned()),
            Self::TooLarge(most) | Self::TooLong(most) => Some(format!("{most} bytes at most")),
            Self::BadToken => Some("the key is unknown, expired or revoked, or its owner may not sign in".to_owned()),
            Self::DeviceRevoked => Some("an administrator has revoked this device".to_owned()),
            Self::DeviceCode => Some("the code is unknown, used or lapsed".to_owned()),
            Self::TokenScope(needed) => Some(format!("this needs {needed}")),
            Self::Volume(_) => Some("more than one person or one PC may bring into a region in a day: keep it and try again".to_owned()),
            Self::MethodNotAllowed(methods) => Some(format!("this address takes {methods}")),
            _ => None,
        }
    }
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignIn | Self::BadToken | Self::DeviceRevoked => StatusCode::UNAUTHORIZED,
            Self::PasswordChange | Self::Forbidden | Self::OnlyLooking | Self::CrossSite | Self::TokenScope(_) | Self::DeviceCode => {
                StatusCode::FORBIDDEN
            }
            Self::BadRequest(_) | Self::BadQuery(_) => StatusCode::BAD_REQUEST,
            Self::Packed => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::WhichRegion => StatusCode::CONFLICT,
            Self::BadParams(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooLong(_) => StatusCode::URI_TOO_LONG,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooMany(_) | Self::Volume(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Gone => StatusCode::GONE,
            Self::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            #[cfg(feature = "database")]
            Self::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        match self {
            Self::TooMany(seconds) | Self::Volume(seconds) => answer.insert_header(("Retry-After", seconds.to_string())),
            Self::Busy(_) => answer.insert_header(("Retry-After", "2")),
            Self::Packed => answer.insert_header(("Accept-Encoding", "identity")), // RFC 7694
            Self::TooSlow => answer.insert_header(("Connection", "close")),
            Self::BadToken | Self::DeviceRevoked => {
                answer.insert_header(("WWW-Authenticate", r#"Bearer realm="rainstaff", error="invalid_token""#))
            }
            Self::MethodNotAllowed(methods) => answer.insert_header(("Allow", methods.as_str())),
            _ => &mut answer,
        };
        answer.finish() // app::errors adds the body
    }
}

/// The result of a handler.
pub type AppResult<T> = Result<T, AppError>;
