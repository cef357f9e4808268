//! A connection that nobody holds for ever. actix limits how long the first request's head may take; what comes after it on the same
//! connection (the next head, the rest of a body that no handler reads) has no limit there, nor has an answer that nobody takes. This wraps
//! the socket and limits both; a body that a handler reads is limited by `body`.

use std::{
    cell::Cell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

use super::pace::Pace;

/// How long an answer may wait for a client that takes none of it.
const UNREAD: Duration = Duration::from_mins(1);
/// What is left for an answer to go out once the connection is given up.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What a connection is doing, as the socket and the requests on it know it. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Phase(Rc<Cell<Doing>>);

#[derive(Debug, Clone, Copy, Default)]
enum Doing {
    /// Nothing has come since the last answer: actix's keep-alive time counts.
    #[default]
    Idle,
    /// Bytes of a request are coming.
    Receiving(Pace),
    /// A request is being answered.
    Answering,
    /// Given up.
    Ending(Instant),
}

impl Phase {
    /// A request's head is whole.
    pub fn begin(&self) {
        self.0.set(Doing::Answering);
    }

    /// Its answer is on the way.
    pub fn answered(&self) {
        self.0.set(Doing::Idle);
    }

    /// Whatever still comes is not waited for.
    pub fn end(&self) {
        self.0.set(Doing::Ending(Instant::now() + LAST_WORDS));
    }

    fn received(&self, bytes: usize) {
        let now = Instant::now();
        match self.0.get() {
            Doing::Idle => self.0.set(Doing::Receiving(Pace::start(now))),
            Doing::Receiving(pace) => self.0.set(Doing::Receiving(pace.after(bytes, now))),
            Doing::Answering | Doing::Ending(_) => {}
        }
    }

    fn waits_until(&self) -> Option<Instant> {
        match self.0.get() {
            Doing::Idle | Doing::Answering => None,
            Doing::Receiving(pace) => Some(pace.until()),
            Doing::Ending(at) => Some(at),
        }
    }
}

/// Wakes its task at a moment that may be moved.
#[derive(Debug, Default)]
pub(super) struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// Whether the moment has come; wakes the task when it does.
    pub(super) fn rings(&mut self, at: Instant, cx: &mut Context<'_>) -> bool {
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(at)));
        if sleep.deadline() != at {
            sleep.as_mut().reset(at);
        }
        sleep.as_mut().poll(cx).is_ready()
    }
}

/// A socket with limits.
#[derive(Debug)]
pub struct Limited<Io> {
    io: Io,
    phase: Phase,
    reading: Alarm,
    writing: Alarm,
    /// From when on the client has taken nothing.
    unread_since: Option<Instant>,
}

impl<Io> Limited<Io> {
    /// A connection that has just been made.
    pub fn new(io: Io) -> Self {
        Self { io, phase: Phase::default(), reading: Alarm::default(), writing: Alarm::default(), unread_since: None }
    }

    /// For the requests on it.
    pub fn phase(&self) -> Phase {
        self.phase.clone()
    }
}

fn too_slow() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the client was too slow")
}

impl<Io: AsyncRead + Unpin> AsyncRead for Limited<Io> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        let polled = Pin::new(&mut this.io).poll_read(cx, buffer);
        match &polled {
            Poll::Ready(Ok(())) => this.phase.received(buffer.filled().len() - before),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                if this.phase.waits_until().is_some_and(|at| this.reading.rings(at, cx)) {
                    return Poll::Ready(Err(too_slow()));
                }
            }
        }
        polled
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Limited<Io> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let polled = Pin::new(&mut this.io).poll_write(cx, bytes);
        if polled.is_ready() {
            this.unread_since = None;
        } else {
            let since = *this.unread_since.get_or_insert_with(Instant::now);
            if this.writing.rings(since + UNREAD, cx) {
                return Poll::Ready(Err(too_slow()));
            }
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, pin::pin};

    use super::*;

    /// A socket whose other side takes nothing, until it is told to.
    struct Full(bool);

    impl AsyncWrite for Full {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            if self.0 { Poll::Ready(Ok(bytes.len())) } else { Poll::Pending }
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    impl AsyncRead for Full {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }

    #[tokio::test]
    async fn an_answer_of_which_nothing_is_taken_ends_after_a_minute_and_every_part_that_is_taken_begins_another() {
        let mut connection = Limited::new(Full(false));
        let write = async |connection: &mut Limited<Full>| {
            let writing = poll_fn(|cx| pin!(&mut *connection).poll_write(cx, b"answer"));
            tokio::time::timeout(Duration::from_millis(50), writing).await
        };
        assert!(write(&mut connection).await.is_err(), "it waits");
        let ago = |seconds| Some(Instant::now() - Duration::from_secs(seconds));
        connection.unread_since = ago(58);
        assert!(write(&mut connection).await.is_err(), "it still waits");
        connection.io.0 = true;
        assert_eq!(write(&mut connection).await.unwrap().unwrap(), 6);
        connection.io.0 = false;
        assert!(write(&mut connection).await.is_err(), "a minute more");
        connection.unread_since = ago(60);
        assert_eq!(write(&mut connection).await.unwrap().unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
