//! Logs: one line of JSON per event where nobody watches, readable lines on a terminal. No personal data: no query strings, no bodies,
//! no names; the request's id leads from a page to its lines.

use std::io::IsTerminal as _;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
};
use tracing::Span;
pub use tracing_actix_web::RequestId;
use tracing_actix_web::{DefaultRootSpanBuilder, RootSpanBuilder};
use tracing_subscriber::EnvFilter;

use crate::config::{self, ConfigError};

/// Starts logging to standard error. `RAINSTAFF_LOG` sets the level, as in `info,rainstaff=debug`.
pub fn init(default_level: &str) -> Result<(), ConfigError> {
    let chosen = config::read("RAINSTAFF_LOG").unwrap_or_else(|| default_level.to_owned());
    let filter = EnvFilter::builder().parse(&chosen).map_err(|e| ConfigError {
        variable: "RAINSTAFF_LOG",
        problem: format!("is not a log level: {chosen:?} ({e}); for example info or warn,rainstaff=debug"),
    })?;
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let started = if std::io::stderr().is_terminal() { logs.compact().try_init() } else { logs.json().flatten_event(true).try_init() };
    drop(started); // a second start in one process (tests) keeps the first
    Ok(())
}

/// What a request is called in the logs: its route's pattern, never the address that was asked for.
pub struct Spans;

impl RootSpanBuilder for Spans {
    fn on_request_start(request: &ServiceRequest) -> Span {
        use actix_web::HttpMessage as _;
        let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
        tracing::info_span!("request", method = %request.method(), route = tracing::field::Empty, request_id = %id, otel.status_code = tracing::field::Empty,
            http.status_code = tracing::field::Empty, exception.message = tracing::field::Empty, exception.details = tracing::field::Empty)
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        if let Ok(response) = outcome {
            span.record("route", response.request().match_pattern().unwrap_or_else(|| "-".into()));
            span.record("http.status_code", response.status().as_u16());
        } else {
            DefaultRootSpanBuilder::on_request_end(span, outcome);
        }
    }
}
