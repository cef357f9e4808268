//! Bad input on real sockets: too slow, too large, or not HTTP.

use std::{
    fs,
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::{ADMIN_PASSWORD, Running, company, serve_on};

const SECOND: Duration = Duration::from_secs(1);

/// Sends `head`, then a byte every second; how the connection ended, and when. Gives up after a minute.
fn trickle(address: &str, head: &str) -> (Duration, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(SECOND)).unwrap();
    let started = Instant::now();
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let mut room = [0; 4096];
    while started.elapsed() < 60 * SECOND {
        let next = if head.contains("chunked") { &b"1\r\na\r\n"[..] } else { &b"a"[..] };
        if stream.write_all(next).is_err() {
            break;
        }
        match stream.read(&mut room) {
            Ok(0) => break,
            Ok(read) => answer.extend(&room[..read]),
            Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {}
            Err(_) => break,
        }
    }
    (started.elapsed(), String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test]
async fn a_packed_body_is_refused_at_every_address_before_it_is_unpacked() {
    let db = company().await;
    let server = Running::start(serve_on(db.owner_url()));
    let zeros = vec![0; 200_000_000];
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&zeros).unwrap();
    let bomb = packer.finish().unwrap();
    let send = |method: &str, path: &str, encoding: &str, body: &[u8]| {
        let us = format!("Host: {0}\r\nOrigin: http://{0}\r\nX-Sync-Client: test\r\nConnection: close", server.address);
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\n{us}\r\nContent-Type: application/json\r\nContent-Encoding: {encoding}\r\nContent-Length: {length}\r\n\r\n"
        );
        send_raw(&server.address, &[head.as_bytes(), body].concat())
    };
    for path in [
        "/login",
        "/password",
        "/employees",
        "/today/batches",
        "/api/v1/ops",
        "/api/v1/ops/quarantine",
        "/api/v1/devices/enrol",
        "/nowhere",
    ] {
        for encoding in ["gzip", "br", "deflate", "zstd", "identity", "gzip, gzip", ""] {
            let answer = send("POST", path, encoding, b"{}");
            assert!(answer.starts_with("HTTP/1.1 415 ") && answer.contains("accept-encoding: identity"), "{path} {encoding}: {answer}");
        }
    }
    assert!(send("PUT", "/nowhere", "gzip", b"{}").starts_with("HTTP/1.1 415 "));
    let before = memory_of(&server);
    for _ in 0..20 {
        let answer = send("POST", "/api/v1/devices/enrol", "gzip", &bomb[..bomb.len().min(250_000)]);
        assert!(answer.starts_with("HTTP/1.1 415 "), "{answer}");
    }
    let grown = memory_of(&server).saturating_sub(before);
    assert!(grown < 64 * 1024, "{grown} kB more after 20 bodies that unpack to 200 MB each");
}

/// The most memory the server ever had, in kB.
fn memory_of(server: &Running) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

#[tokio::test]
async fn whatever_trickles_is_cut_within_half_a_minute_and_a_steady_upload_is_taken() {
    let db = company().await;
    let server = Running::start(serve_on(db.owner_url()));
    let post = |path: &str, length: &str| {
        let kind = if path == "/login" { "application/x-www-form-urlencoded" } else { "text/plain" };
        format!("POST {path} HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nContent-Type: {kind}\r\n{length}\r\n\r\n", server.address)
    };
    let answered = format!("GET /health HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
    let cases = [
        ("a body", post("/login", "Content-Length: 1000"), Some("408")),
        ("a body in chunks", post("/login", "Transfer-Encoding: chunked"), Some("408")),
        ("a body that nobody reads", post("/nowhere", "Content-Length: 1000"), Some("404")),
        ("a body in chunks that nobody reads", post("/nowhere", "Transfer-Encoding: chunked"), Some("404")),
        ("a body of a GET", answered.replace("\r\n\r\n", "\r\nContent-Length: 1000\r\n\r\n"), Some("200")),
        ("the first head", "GET /health HTTP/1.1\r\nX: ".to_owned(), None),
        ("the second head on a connection", format!("{answered}GET /health HTTP/1.1\r\nX: "), Some("200")),
    ];
    let trickles = cases.map(|(what, head, status)| {
        let address = server.address.clone();
        (what, status, thread::spawn(move || trickle(&address, &head)))
    });
    let cookie = server.sign_in("admin", ADMIN_PASSWORD).unwrap();
    let steady = steady_upload(&server.address, &cookie);
    assert!(steady.starts_with("HTTP/1.1 200 "), "160 kB over 8 s: {steady}");
    for (what, status, trickle) in trickles {
        let (took, answer) = trickle.join().unwrap();
        assert!(took < 30 * SECOND, "{what}: {took:?}");
        if let Some(status) = status {
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{what}: {answer}");
        }
    }
    assert_eq!(server.get("/health", "").status, 200);
}

/// A heartbeat of 160 kB, as a queue on a slow line sends it.
fn steady_upload(address: &str, cookie: &str) -> String {
    let body = format!(r#"{{"nonce":"{}","ops":[]}}"#, "a".repeat(160_000));
    let mut stream = TcpStream::connect(address).unwrap();
    let headers = format!("Host: {address}\r\nOrigin: http://{address}\r\nCookie: {cookie}\r\nConnection: close\r\nX-Sync-Client: test");
    let length = body.len();
    write!(stream, "POST /api/v1/ops HTTP/1.1\r\n{headers}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n").unwrap();
    for part in body.as_bytes().chunks(5_000) {
        stream.write_all(part).unwrap();
        thread::sleep(Duration::from_millis(250));
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[tokio::test]
async fn eleven_hundred_trickling_connections_keep_nobody_else_out() {
    const CONNECTIONS: usize = 1100;
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    assert!(hard >= 2048, "this test needs 1,200 open files, and so does the server; the hard limit here is {hard}");
    setrlimit(Resource::RLIMIT_NOFILE, soft.max(4096).min(hard), hard).unwrap();
    let db = company().await;
    let server = Running::start(as_under_systemd(&serve_on(db.owner_url())));
    let head = format!("POST /login HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nContent-Length: 1000\r\n\r\na", server.address);
    let held: Vec<TcpStream> = (0..CONNECTIONS)
        .map(|_| {
            let mut stream = TcpStream::connect(&server.address).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    let asked = Instant::now();
    for path in ["/health", "/login", "/ready"] {
        assert_eq!(get_within(&server.address, path, 5 * SECOND), Some(200), "{path} while {CONNECTIONS} connections are held");
    }
    assert!(asked.elapsed() < 10 * SECOND);
    drop(held);
}

/// The same command with the limits that systemd gives a service without `LimitNOFILE=`: 1,024 open files, and the right to ask for more.
fn as_under_systemd(command: &Command) -> Command {
    let mut wrapped = Command::new("sh");
    wrapped.args(["-c", "ulimit -Sn 1024; exec \"$0\" \"$@\""]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(name, value),
            None => wrapped.env_remove(name),
        };
    }
    wrapped.stdin(Stdio::null()).stdout(Stdio::piped());
    wrapped
}

/// The status of an answer that comes in time.
fn get_within(address: &str, path: &str, time: Duration) -> Option<u16> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(time)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).ok()?;
    String::from_utf8(answer).ok()?.split(' ').nth(1)?.parse().ok()
}

/// Sends bytes on a connection of their own; what came back until the other side closed, two seconds at most.
fn send_raw(address: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(2 * SECOND)).unwrap();
    let _ = stream.write_all(bytes); // the server may hang up before all of it is sent
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn what_clients_send_wrong_is_no_error_of_the_servers() {
    let db = company().await;
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut command = serve_on(db.owner_url());
    command.env("RAINSTAFF_LOG", "info").env("RAINSTAFF_METRICS_TOKEN", "a-key-of-the-operator");
    let server = Running::start_logging_to(command, log.reopen().unwrap().into());
    let us = format!("Host: {0}\r\nOrigin: http://{0}\r\nX-Sync-Client: test\r\nConnection: close", server.address);
    let with_body = |start: &str, content_type: &str, body: &[u8]| {
        let length = body.len();
        let head = format!("{start} HTTP/1.1\r\n{us}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n");
        [head.as_bytes(), body].concat()
    };
    let (form, json) = ("application/x-www-form-urlencoded", "application/json");
    let mut zoo: Vec<Vec<u8>> = Vec::new();
    for line in [
        "",
        "\r\n\r\n\r\n",
        "nonsense\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET http://[ HTTP/1.1\r\n\r\n",
        "G\u{1}T / HTTP/1.1\r\n\r\n",
    ] {
        zoo.push(line.as_bytes().to_vec());
    }
    zoo.push(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec()); // TLS on the plain port
    zoo.push(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec());
    zoo.push([&b"GET /"[..], &[0xff; 40], b" HTTP/1.1\r\n\r\n"].concat());
    for header in [
        "Content-Length: -1",
        "Content-Length: 1, 2",
        "Content-Length: 99999999999999999999",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 3",
        ": empty",
        "no colon",
        "Bad Name: x",
        "X: \u{0}",
        "Cookie: =;;;=\u{1f}",
        "Cookie: __Host-rainstaff=%%%%; rainstaff-flash=%00; rainstaff-lang=\u{c3}\u{28}",
        "Authorization: Bearer",
        "Authorization: Bearer rsp_\u{ff}",
        "Authorization: Bearer rsd_x",
        "Accept-Encoding: ;;q=x",
        "Accept-Language: ;;;q=",
        "If-None-Match: \"",
        "Range: bytes=-",
        "Expect: 200-ok",
        "Content-Encoding: gzip",
        "X-Forwarded-For: ,,,[",
        "Host: \u{1}",
        "Upgrade: websocket\r\nConnection: Upgrade",
    ] {
        for path in ["/", "/api/v1/ping", "/nowhere"] {
            zoo.push(format!("GET {path} HTTP/1.1\r\n{us}\r\n{header}\r\n\r\n").into_bytes());
        }
    }
    zoo.push(format!("GET / HTTP/1.1\r\n{us}\r\nX: {}\r\n\r\n", "a".repeat(200_000)).into_bytes());
    zoo.push(format!("GET /{} HTTP/1.1\r\n{us}\r\n\r\n", "a".repeat(100_000)).into_bytes());
    for path in [
        "/%",
        "/%00",
        "/%ff%fe",
        "/..%2f..%2fetc/passwd",
        "/static/%00",
        "/static/../Cargo.toml",
        "/login?next=%ff",
        "/login?lang=%00",
        "/login?next=%00&next=",
        "/employees/%00",
        "/employees/x/edit",
        "/timesheets?from=%",
        "/api/v1/changes?wait=%",
        "/api/v1/ping?%=%",
        "//",
        "*",
    ] {
        for method in ["GET", "HEAD", "POST", "PUT", "OPTIONS", "BREW", "TRACE"] {
            zoo.push(format!("{method} {path} HTTP/1.1\r\n{us}\r\nContent-Length: 0\r\n\r\n").into_bytes());
        }
    }
    let bodies: [&[u8]; 9] = [
        b"",
        b"%",
        b"username=%00&password=%00",
        b"username=\xff&password=\xfe",
        b"{",
        b"[]",
        b"{\"code\":\"\\u0000\",\"host\":\"\\u0000\"}",
        b"{\"code\":\"AAAAA-AAAAA\",\"host\":\"\\u0000\",\"version\":\"\\u0000\",\"os\":\"\\u0000\"}",
        b"\x1f\x8b\x08\x00garbage",
    ];
    for path in [
        "/login",
        "/logout",
        "/password",
        "/preferences",
        "/employees",
        "/api/v1/ops",
        "/api/v1/ops/status",
        "/api/v1/ops/quarantine",
        "/api/v1/grant",
        "/api/v1/devices/enrol",
        "/api/v1/devices/rotate",
        "/api/v1/devices/contact",
        "/nowhere",
    ] {
        for content_type in [form, json, "text/plain; charset=x", "application/json; charset=utf-7", "multipart/form-data", "\u{fe}"] {
            for body in bodies {
                zoo.push(with_body(&format!("POST {path}"), content_type, body));
            }
        }
        zoo.push(format!("POST {path} HTTP/1.1\r\n{us}\r\nContent-Type: {json}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").into_bytes());
        zoo.push(format!("POST {path} HTTP/1.1\r\n{us}\r\nContent-Type: {form}\r\nContent-Length: 50\r\n\r\ncut").into_bytes());
        zoo.push(with_body(&format!("POST {path}"), form, &b"a".repeat(600_000)));
    }
    for request in &zoo {
        let answer = send_raw(&server.address, request);
        let status = answer.split(' ').nth(1).and_then(|code| code.parse::<u16>().ok()).unwrap_or_default();
        assert!(status < 500, "{} is answered {answer}", String::from_utf8_lossy(&request[..request.len().min(300)]));
    }
    let metrics = send_raw(
        &server.address,
        format!("GET /metrics HTTP/1.1\r\n{us}\r\nAuthorization: Bearer a-key-of-the-operator\r\n\r\n").as_bytes(),
    );
    let counted = metrics.lines().find_map(|line| line.strip_prefix("rainstaff_http_malformed_total ")).and_then(|n| n.parse::<u64>().ok());
    assert!(counted.is_some_and(|counted| counted >= 10), "{counted:?} of {}", zoo.len());
    let log = fs::read_to_string(log.path()).unwrap();
    let troubled: Vec<&str> = log.lines().filter(|line| line.contains("\"ERROR\"") || line.contains("\"WARN\"")).collect();
    assert_eq!(troubled, Vec::<&str>::new());
}

#[tokio::test]
async fn head_is_answered_like_get_without_the_body() {
    let db = company().await;
    let server = Running::start(serve_on(db.owner_url()));
    let lines = |answer: &str| {
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let vary = |line: &&str| !["date:", "x-request-id:"].iter().any(|name| line.starts_with(name));
        let mut lines: Vec<String> = head.lines().filter(vary).map(str::to_owned).collect();
        lines.sort();
        (lines, body.len())
    };
    for path in ["/health", "/ready", "/login", "/", "/sw.js", "/api/v1/ping", "/api/v1/employees", "/nowhere", "/logout"] {
        let ask = |method: &str| {
            send_raw(
                &server.address,
                format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address).as_bytes(),
            )
        };
        let both = || (lines(&ask("GET")), lines(&ask("HEAD")));
        let ((mut of_get, _), (mut of_head, sent)) = both();
        if path == "/api/v1/ping" && of_head != of_get {
            // The server's time is written without zeros at its end: one ping of a thousand is shorter than the next.
            ((of_get, _), (of_head, _)) = both();
        }
        assert_eq!(of_head, of_get, "{path}");
        assert_eq!(sent, 0, "{path}");
    }
    let health =
        send_raw(&server.address, format!("HEAD /health HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address).as_bytes());
    assert!(health.starts_with("HTTP/1.1 200 "), "{health}");
}
