//! Passes requests on to the server and its responses back, unchanged except for what the other address requires (docs/SYNC.md lists it):
//! `Host`, `Origin` and `Referer` name the server there and this PC here, the agent's own cookie stays here, and headers that belong to one
//! connection or to https are left out.

use std::{io::Read as _, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
    web::Bytes,
};
use flate2::read::GzDecoder;
use reqwest::{Response, header::HeaderMap};

use super::{
    guard::Origins,
    people::PC_COOKIE,
    upstream::{Upstream, UpstreamError, is_ours},
};

/// Headers of one connection, not of the message (RFC 9110, 7.6.1).
const OF_THE_CONNECTION: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// Headers that a browser here must not set.
const NOT_SENT: [&str; 7] = ["host", "content-length", "expect", "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"];
/// Headers that hold for https and another name.
const NOT_PASSED_BACK: [&str; 2] = ["strict-transport-security", "alt-svc"];

/// Where browsers deliver their queues.
pub const OPS: &str = "/api/v1/ops";
/// Bytes of a response that is unpacked here at most.
const MOST_UNPACKED: u64 = 16 * 1024 * 1024;

/// Passes on the requests of browsers.
#[derive(Clone)]
pub struct Relay {
    upstream: Upstream,
    origins: Origins,
}

impl Relay {
    /// The relay to a server.
    pub fn new(upstream: Upstream, origins: Origins) -> Self {
        Self { upstream, origins }
    }

    /// Sends a request on and waits for the head of the response. Only a response of the Rainstaff server counts as one.
    pub async fn send(&self, request: &HttpRequest, body: Bytes, patience: Duration) -> Result<Response, UpstreamError> {
        let target = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let outgoing =
            self.upstream.client().request(method_of(request), self.upstream.url(target)).headers(self.headers_of(request)).body(body);
        match tokio::time::timeout(patience, outgoing.send()).await {
            Err(_) => Err(UpstreamError::TooLate),
            Ok(Err(error)) => {
                let is_refused = error.is_connect();
                let error = UpstreamError::from(error);
                match &error {
                    UpstreamError::TooLate | UpstreamError::NotSent(_) => {}
                    _ if is_refused => self.upstream.note_down(),
                    _ => self.upstream.doubt(),
                }
                Err(error)
            }
            Ok(Ok(response)) if !is_ours(&response) => {
                self.upstream.doubt();
                Err(UpstreamError::NotOurs(response.status().as_u16()))
            }
            Ok(Ok(response)) => {
                self.upstream.note_up();
                Ok(response)
            }
        }
    }

    /// The headers for the server.
    fn headers_of(&self, request: &HttpRequest) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in request.headers() {
            let word = name.as_str();
            if OF_THE_CONNECTION.contains(&word) || NOT_SENT.contains(&word) {
                continue;
            }
            let text = value.to_str().unwrap_or_default();
            let changed = match word {
                "cookie" => Some(without_ours(text)),
                "origin" => Some(self.upstream.server().to_owned()), // the guard has checked that it was the agent's
                // A response that is also read here has to come in an encoding that is known here.
                "accept-encoding" if request.path() == OPS => Some(if text.contains("gzip") { "gzip".to_owned() } else { String::new() }),
                "referer" => Some(self.origins.strip(text).map_or_else(String::new, |path| self.upstream.url(path))),
                _ => None,
            };
            let bytes = changed.as_deref().map_or(value.as_bytes(), str::as_bytes);
            if bytes.is_empty() {
                continue;
            }
            if let (Ok(name), Ok(value)) = (word.parse::<reqwest::header::HeaderName>(), reqwest::header::HeaderValue::from_bytes(bytes)) {
                headers.append(name, value);
            }
        }
        headers
    }

    /// The head of a response, for the browser.
    fn head_of(&self, response: &Response) -> (StatusCode, Vec<(HeaderName, HeaderValue)>) {
        let status = StatusCode::from_u16(response.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
        let mut headers = Vec::new();
        for (name, value) in response.headers() {
            let word = name.as_str();
            if OF_THE_CONNECTION.contains(&word) || NOT_PASSED_BACK.contains(&word) || word == "content-length" {
                continue;
            }
            let text = value.to_str().unwrap_or_default();
            let own =
                (word == "location").then(|| text.strip_prefix(self.upstream.server()).filter(|path| path.starts_with('/'))).flatten();
            let bytes = own.map_or(value.as_bytes(), str::as_bytes);
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(word), HeaderValue::from_bytes(bytes)) {
                headers.push((name, value));
            }
        }
        headers.push((HeaderName::from_static("x-agent"), HeaderValue::from_static(env!("CARGO_PKG_VERSION"))));
        (status, headers)
    }

    /// Passes the response on as it arrives.
    pub fn pass_back(&self, response: Response) -> HttpResponse {
        let (status, headers) = self.head_of(&response);
        let mut answer = HttpResponse::build(status);
        for pair in headers {
            answer.append_header(pair);
        }
        match response.content_length() {
            Some(0) => answer.finish(),
            Some(length) => answer.body(SizedStream::new(length, response.bytes_stream())),
            None => answer.streaming(response.bytes_stream()),
        }
    }

    /// Reads the whole response: one that is cut short is an error.
    pub async fn whole(&self, response: Response, patience: Duration) -> Result<Whole, UpstreamError> {
        let (status, headers) = self.head_of(&response);
        let body = tokio::time::timeout(patience, response.bytes()).await.map_err(|_| UpstreamError::TooLate)??;
        Ok(Whole { status, headers, body })
    }
}

/// A response that has arrived whole.
pub struct Whole {
    /// Its status.
    pub status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Its body, as it was received.
    pub body: Bytes,
}

impl Whole {
    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.as_str() == name).and_then(|(_, value)| value.to_str().ok())
    }

    /// All texts of a header.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known.as_str() == name).filter_map(|(_, value)| value.to_str().ok())
    }

    /// The body's text, unpacked; `None` if its encoding was not asked for, or it is damaged.
    pub fn text(&self) -> Option<String> {
        let mut text = String::new();
        let read = match self.header("content-encoding") {
            None | Some("identity") => self.body.as_ref().read_to_string(&mut text),
            Some("gzip") => GzDecoder::new(self.body.as_ref()).take(MOST_UNPACKED).read_to_string(&mut text),
            Some(_) => return None,
        };
        read.is_ok().then_some(text)
    }

    /// Passes it on.
    pub fn pass_back(self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status);
        for pair in self.headers {
            answer.append_header(pair);
        }
        answer.body(self.body)
    }
}

fn method_of(request: &HttpRequest) -> reqwest::Method {
    request.method().as_str().parse().unwrap_or(reqwest::Method::GET)
}

/// Cookies without the agent's own.
fn without_ours(cookies: &str) -> String {
    let is_theirs = |cookie: &&str| cookie.trim().split('=').next() != Some(PC_COOKIE);
    cookies.split(';').filter(is_theirs).map(str::trim).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agents_cookie_stays_here() {
        assert_eq!(without_ours("a=1; __Host-rainstaff-pc=secret; __Host-rainstaff=s"), "a=1; __Host-rainstaff=s");
        assert_eq!(without_ours("__Host-rainstaff-pc=secret"), "");
    }
}
