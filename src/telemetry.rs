//! Logs: one line of JSON per event where nobody watches, readable lines on a terminal. No personal data: no query strings, no bodies,
//! no names; the request's id leads from a page to its lines.

use std::{
    fmt,
    io::IsTerminal as _,
    sync::atomic::{AtomicU64, Ordering},
};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
};
use tracing::{
    Event, Level, Span, Subscriber,
    field::{Field, Visit},
};
pub use tracing_actix_web::RequestId;
use tracing_actix_web::{DefaultRootSpanBuilder, RootSpanBuilder};
use tracing_subscriber::{
    EnvFilter, Layer,
    layer::{Context, SubscriberExt as _},
    util::SubscriberInitExt as _,
};

use crate::config::{self, ConfigError};

/// Starts logging to standard error. `RAINSTAFF_LOG` sets the level, as in `info,rainstaff=debug`.
pub fn init(default_level: &str) -> Result<(), ConfigError> {
    let chosen = config::read("RAINSTAFF_LOG").unwrap_or_else(|| default_level.to_owned());
    let filter = EnvFilter::builder().parse(&chosen).map_err(|e| ConfigError {
        variable: "RAINSTAFF_LOG",
        problem: format!("is not a log level: {chosen:?} ({e}); for example info or warn,rainstaff=debug"),
    })?;
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let started = if std::io::stderr().is_terminal() {
        logs.compact().finish().with(ClientsFaults).try_init()
    } else {
        logs.json().flatten_event(true).finish().with(ClientsFaults).try_init()
    };
    drop(started); // a second start in one process (tests) keeps the first
    Ok(())
}

/// How many requests were not HTTP: actix refuses them before they are anybody's request.
static MALFORMED: AtomicU64 = AtomicU64::new(0);

/// Requests of this process so far that were not HTTP.
pub fn malformed_requests() -> u64 {
    MALFORMED.load(Ordering::Relaxed)
}

/// Keeps what clients do wrong out of the log. actix reports bytes that are not HTTP as an error of the server's, and a cookie that we did not
/// sign as a warning, so that anybody could fill the log and wake somebody up. The former are counted instead; the latter is a visitor.
struct ClientsFaults;

impl<S: Subscriber> Layer<S> for ClientsFaults {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        let metadata = event.metadata();
        let is_client_fault = match metadata.target() {
            "actix_http::h1::dispatcher" if *metadata.level() == Level::ERROR => begins_with(event, "stream error"),
            "actix_session::middleware" => return !begins_with(event, "The session cookie attached to the incoming request failed"),
            _ => false,
        };
        if is_client_fault {
            MALFORMED.fetch_add(1, Ordering::Relaxed);
        }
        !is_client_fault
    }
}

/// Whether an event's message begins like this.
fn begins_with(event: &Event<'_>, beginning: &'static str) -> bool {
    struct Begins(&'static str, bool);
    impl Visit for Begins {
        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            self.1 |= field.name() == "message" && format!("{value:?}").starts_with(self.0);
        }
    }
    let mut begins = Begins(beginning, false);
    event.record(&mut begins);
    begins.1
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
            log_unshown(outcome);
        }
    }
}

/// A failure that no answer of ours was made of: `app::errors` has not seen it, and so has not logged it either.
fn log_unshown<B: MessageBody>(outcome: &Result<ServiceResponse<B>, Error>) {
    let Err(error) = outcome else { return };
    if error.as_response_error().status_code().is_server_error() {
        tracing::error!(cause = %error, "request failed");
    } else {
        tracing::debug!(cause = %error, "request refused");
    }
}
