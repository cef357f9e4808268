//! Limits request bodies before anything reads them: refuses compressed bodies, and cuts slow ones. One module for all addresses of both
//! programs, so no handler can forget it.

use std::{
    cell::Cell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpMessage as _,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    http::header,
    middleware::Next,
    web::Bytes,
};
use futures_util::Stream;
use tokio::time::Instant;

use super::{
    connection::{Alarm, Phase},
    pace::Pace,
};
use crate::error::AppError;

/// The middleware. Refuses a compressed body before any byte is decompressed (Rainstaff's clients send none, and 245 kB can become 240 MB);
/// cuts a body that comes too slowly, with response 408.
pub async fn guard_body<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let phase = request.conn_data::<Phase>().cloned().unwrap_or_default();
    phase.begin();
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        phase.answered();
        return Ok(request.error_response(AppError::Packed).map_into_right_body());
    }
    let was_cut = Rc::new(Cell::new(false));
    let payload = request.take_payload();
    if !matches!(payload, Payload::None) {
        let limited: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> = Box::pin(LimitedBody::new(payload, was_cut.clone()));
        request.set_payload(limited.into());
    }
    let response = next.call(request).await?;
    if was_cut.get() {
        phase.end();
        return Ok(response.error_response(AppError::TooSlow).map_into_right_body());
    }
    phase.answered();
    Ok(response.map_into_left_body())
}

/// A body that is read as long as the sender keeps the minimum pace.
struct LimitedBody {
    body: Payload,
    pace: Option<Pace>,
    alarm: Alarm,
    was_cut: Rc<Cell<bool>>,
}

impl LimitedBody {
    fn new(body: Payload, was_cut: Rc<Cell<bool>>) -> Self {
        Self { body, pace: None, alarm: Alarm::default(), was_cut }
    }
}

impl Stream for LimitedBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let polled = Pin::new(&mut this.body).poll_next(cx);
        match &polled {
            Poll::Ready(Some(Ok(bytes))) => {
                let now = Instant::now();
                this.pace = Some(this.pace.unwrap_or_else(|| Pace::start(now)).after(bytes.len(), now));
            }
            Poll::Ready(_) => {}
            Poll::Pending => {
                let pace = *this.pace.get_or_insert_with(|| Pace::start(Instant::now()));
                if this.alarm.rings(pace.until(), cx) {
                    this.was_cut.set(true);
                    this.body = Payload::None;
                    return Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into()))));
                }
            }
        }
        polled
    }
}
