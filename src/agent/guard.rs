//! Which requests the agent accepts: from pages that it has served, and, for reading only, from this PC's own programs. A page of another
//! site can send requests to any address of this PC; it is recognized by what its browser reports in headers that scripts cannot set (SYNC
//! 3.10, F56).

use std::net::SocketAddr;

use actix_web::http::{
    Method, Uri,
    header::{HOST, HeaderMap, ORIGIN},
};

/// The names under which browsers find the agent.
#[derive(Debug, Clone)]
pub struct Origins {
    hosts: Vec<String>,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It uses another name for this PC (DNS rebinding).
    Host,
    /// A page of another site sent it.
    Site,
    /// Its target is no page here: `*`, another server, or a tunnel to one.
    Target,
}

impl Origins {
    /// The names of listeners at these addresses.
    pub fn new(addresses: &[SocketAddr]) -> Self {
        let mut ports: Vec<u16> = addresses.iter().map(SocketAddr::port).collect();
        ports.dedup();
        let names = |port: &u16| [format!("localhost:{port}"), format!("127.0.0.1:{port}"), format!("[::1]:{port}")];
        Self { hosts: ports.iter().flat_map(names).collect() }
    }

    /// The name to show to people.
    pub fn first(&self) -> &str {
        self.hosts.first().map_or("", String::as_str)
    }

    /// Whether an origin is the agent's own, such as `http://localhost:8787`.
    pub fn contains(&self, origin: &str) -> bool {
        origin.strip_prefix("http://").is_some_and(|host| self.hosts.iter().any(|ours| ours == host))
    }

    /// The rest of an address of the agent: `/today` of `http://localhost:8787/today`.
    pub fn strip<'a>(&self, address: &'a str) -> Option<&'a str> {
        let rest = address.strip_prefix("http://")?;
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        self.hosts.iter().any(|ours| ours == host).then_some(path)
    }

    /// Whether a request may be served.
    pub fn check(&self, method: &Method, target: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        if target.authority().is_some() || !target.path().starts_with('/') || matches!(*method, Method::CONNECT | Method::TRACE) {
            return Err(Refusal::Target);
        }
        let mut hosts = headers.get_all(HOST);
        let host = hosts.next().and_then(|value| value.to_str().ok()).unwrap_or("");
        if hosts.next().is_some() || !self.hosts.iter().any(|ours| ours.eq_ignore_ascii_case(host)) {
            return Err(Refusal::Host);
        }
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let origin = headers.get(ORIGIN).map(|value| value.to_str().unwrap_or("?"));
        if origin.is_some_and(|origin| !self.contains(origin)) {
            return Err(Refusal::Site);
        }
        let only_reads = matches!(*method, Method::GET | Method::HEAD);
        let is_link = only_reads && text("sec-fetch-mode") == Some("navigate") && text("sec-fetch-dest") == Some("document");
        match text("sec-fetch-site") {
            Some("same-origin") => Ok(()),
            Some("none") if only_reads => Ok(()),
            Some(_) if is_link => Ok(()), // a link from another site: the person sees the page, the other site sees nothing
            None if only_reads || origin.is_some() => Ok(()),
            _ => Err(Refusal::Site),
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn check(method: &Method, pairs: &[(&'static str, &'static str)]) -> Result<(), Refusal> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        ours().check(method, &Uri::from_static("/today"), &headers)
    }

    fn ours() -> Origins {
        Origins::new(&[([127, 0, 0, 1], 8787).into()])
    }

    const HOST: (&str, &str) = ("host", "localhost:8787");

    #[test]
    fn another_name_for_this_pc_is_refused() {
        for host in ["evil.example:8787", "localhost", "localhost:8080", "127.0.0.1:80", "localhost:8787.evil.example", ""] {
            assert_eq!(check(&Method::GET, &[("host", host)]), Err(Refusal::Host), "{host}");
        }
        for host in ["localhost:8787", "127.0.0.1:8787", "[::1]:8787", "LOCALHOST:8787"] {
            assert_eq!(check(&Method::GET, &[("host", host)]), Ok(()), "{host}");
        }
        assert_eq!(check(&Method::GET, &[]), Err(Refusal::Host));
        assert_eq!(check(&Method::GET, &[HOST, ("host", "evil.example")]), Err(Refusal::Host));
    }

    #[test]
    fn what_names_no_page_here_is_refused() {
        let headers = HeaderMap::from_iter([(HeaderName::from_static("host"), HeaderValue::from_static("localhost:8787"))]);
        let check = |method, target: &str| ours().check(&method, &target.parse().unwrap(), &headers);
        assert_eq!(check(Method::GET, "/today?date=2026-11-28"), Ok(()));
        for target in ["*", "http://evil.example/today", "http://localhost:8787/today", "localhost:8787"] {
            assert_eq!(check(Method::GET, target), Err(Refusal::Target), "{target}");
        }
        for method in [Method::CONNECT, Method::TRACE] {
            assert_eq!(check(method.clone(), "/today"), Err(Refusal::Target), "{method}");
        }
    }

    #[test]
    fn only_a_page_of_ours_may_change_something() {
        let post = |pairs: &[(&'static str, &'static str)]| check(&Method::POST, &[&[HOST], pairs].concat());
        assert_eq!(post(&[("sec-fetch-site", "same-origin")]), Ok(()));
        assert_eq!(post(&[("origin", "http://127.0.0.1:8787")]), Ok(()));
        for site in ["cross-site", "same-site", "none"] {
            assert_eq!(post(&[("sec-fetch-site", site)]), Err(Refusal::Site), "{site}");
        }
        let link = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
        assert_eq!(post(&link), Err(Refusal::Site), "a form of another site");
        for origin in
            ["http://evil.example", "null", "https://localhost:8787", "http://localhost:8080", "http://localhost:8787.evil.example"]
        {
            assert_eq!(post(&[("origin", origin)]), Err(Refusal::Site), "{origin}");
            assert_eq!(post(&[("origin", origin), ("sec-fetch-site", "same-origin")]), Err(Refusal::Site), "{origin}");
        }
        assert_eq!(post(&[]), Err(Refusal::Site), "neither");
    }

    #[test]
    fn another_site_may_lead_here_but_not_read_here() {
        let get = |pairs: &[(&'static str, &'static str)]| check(&Method::GET, &[&[HOST], pairs].concat());
        assert_eq!(get(&[("sec-fetch-site", "none")]), Ok(()), "typed");
        assert_eq!(get(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")]), Ok(()));
        assert_eq!(
            get(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")]),
            Err(Refusal::Site)
        );
        assert_eq!(
            get(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")]),
            Err(Refusal::Site)
        );
        assert_eq!(get(&[("origin", "http://evil.example")]), Err(Refusal::Site));
    }
}
