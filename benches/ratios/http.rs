//! The smallest HTTP/1.1 client that can load a server without eating its processors: one keep-alive connection, requests made beforehand.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream},
    net::TcpStream,
    task::JoinSet,
};

/// One keep-alive connection, with the cookies of a session.
pub struct Client {
    stream: BufStream<TcpStream>,
    address: SocketAddr,
    /// Value of the header `Cookie`.
    pub cookie: String,
}

/// An answer, read to its end.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Names (in lower case) and values.
    headers: Vec<(String, String)>,
    /// The body as it came, compressed or not.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// All cookies that it sets, as a request brings them back.
    pub fn cookies(&self) -> String {
        self.set_cookies().collect::<Vec<_>>().join("; ")
    }

    /// `name=value` of a cookie that it sets.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.set_cookies().find(|pair| pair.split_once('=').is_some_and(|(known, _)| known == name))
    }

    fn set_cookies(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(|(n, _)| n == "set-cookie").filter_map(|(_, value)| value.split(';').next())
    }

    /// The answer, if its status is this one.
    pub fn expect(self, status: u16) -> io::Result<Self> {
        if self.status == status {
            return Ok(self);
        }
        let body = String::from_utf8_lossy(&self.body);
        let start: String = body.chars().take(2000).collect();
        Err(io::Error::other(format!("status {} instead of {status}: {start}", self.status)))
    }
}

impl Client {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufStream::new(stream), address, cookie: String::new() })
    }

    /// A request as it goes over the wire; `headers` are lines that end with CR LF.
    pub fn request(&self, method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
        let Self { address, cookie, .. } = self;
        let length = body.len();
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nCookie: {cookie}\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }

    /// Sends a request and reads the answer.
    pub async fn send(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request).await?;
        self.stream.flush().await?;
        let status = self.line().await?.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(|| io::Error::other("no status line"))?;
        let mut headers = Vec::new();
        loop {
            let line = self.line().await?;
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = Answer { status, headers, body: Vec::new() };
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let size = usize::from_str_radix(&self.line().await?, 16).map_err(io::Error::other)?;
                self.read_into(&mut answer.body, size).await?;
                self.line().await?;
                if size == 0 {
                    return Ok(answer);
                }
            }
        }
        let length = answer.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        self.read_into(&mut answer.body, length).await?;
        Ok(answer)
    }

    /// `GET`, answered with 200.
    pub async fn get(&mut self, path: &str, headers: &str) -> io::Result<Answer> {
        let request = self.request("GET", path, headers, "");
        self.send(&request).await?.expect(200)
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        line.truncate(line.trim_end().len());
        Ok(line)
    }

    async fn read_into(&mut self, body: &mut Vec<u8>, bytes: usize) -> io::Result<()> {
        let start = body.len();
        body.resize(start + bytes, 0);
        self.stream.read_exact(&mut body[start..]).await?;
        Ok(())
    }
}

/// Makes the next request of a connection.
type Next = Box<dyn FnMut(&Client) -> Vec<u8> + Send>;

/// Somebody who sends one request after the other.
pub struct Worker {
    /// The connection.
    pub client: Client,
    /// Makes the next request.
    pub next: Next,
    /// What a good answer has.
    pub status: u16,
}

/// Lets all workers send for so long; answers per second.
pub async fn load(workers: &mut Vec<Worker>, time: Duration) -> io::Result<f64> {
    let start = Instant::now();
    let mut running = JoinSet::new();
    for mut worker in workers.drain(..) {
        running.spawn(async move {
            let mut answers = 0_u32;
            while start.elapsed() < time {
                let request = (worker.next)(&worker.client);
                worker.client.send(&request).await?.expect(worker.status)?;
                answers += 1;
            }
            Ok::<_, io::Error>((worker, answers))
        });
    }
    let mut answers = 0_u32;
    while let Some(done) = running.join_next().await {
        let (worker, count) = done.map_err(io::Error::other)??;
        workers.push(worker);
        answers += count;
    }
    Ok(f64::from(answers) / start.elapsed().as_secs_f64())
}
