//! A connection that no client can hold open forever. actix limits the time for the head of the first request; it has no limit for what
//! follows on the same connection (the next head, the rest of a body that no handler reads), nor for a response that the client does not
//! read. This wrapper of the socket limits both; `body` limits a body that a handler reads.

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

/// How long a response may wait for a client that reads none of it.
const UNREAD: Duration = Duration::from_mins(1);
/// Time left to send a response after the connection is given up.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The state of a connection, shared by the socket and its requests. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Phase(Rc<Cell<Doing>>);

#[derive(Debug, Clone, Copy, Default)]
enum Doing {
    /// No byte since the last response: actix's keep-alive timeout applies.
    #[default]
    Idle,
    /// Bytes of a request are arriving.
    Receiving(Pace),
    /// A request is being processed.
    Answering,
    /// The connection is given up and ends at this instant.
    Ending(Instant),
}

impl Phase {
    /// The head of a request is complete.
    pub fn begin(&self) {
        self.0.set(Doing::Answering);
    }

    /// The response is being sent.
    pub fn answered(&self) {
        self.0.set(Doing::Idle);
    }

    /// Gives the connection up: further bytes are not waited for.
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

/// Wakes its task at an instant that can be changed.
#[derive(Debug, Default)]
pub(super) struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// Whether the instant has come; wakes the task at that time.
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
    /// Since when the client has read nothing.
    unread_since: Option<Instant>,
}

impl<Io> Limited<Io> {
    /// A new connection.
    pub fn new(io: Io) -> Self {
        Self { io, phase: Phase::default(), reading: Alarm::default(), writing: Alarm::default(), unread_since: None }
    }

    /// The state, for the requests on the connection.
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

    /// A socket whose other side reads nothing until the flag is set.
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
