//! The program as people run it: the real binary, with its own database and only the settings that a test sets.

#![cfg(test)]

mod desktop;
mod dev;
mod doctor;
mod edge;
mod import_legacy;
mod serve;
mod user;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, ChildStdout, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use rainstaff::{
    auth::accounts::ensure_first_accounts,
    clock::Clock,
    db::Db,
    passwords::{Hasher, Password},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::support::cluster::TestDb;

const ADMIN_PASSWORD: &str = "yönetici parolası";
const CLERK_PASSWORD: &str = "ankaranın parolası";

/// A key for `serve`; which one does not matter.
fn secret_key() -> String {
    "5a".repeat(64)
}

/// The program, with none of the settings that happen to be in the environment of the tests.
fn rainstaff(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rainstaff"));
    let settings = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for name in settings.filter(|name| name.starts_with("RAINSTAFF_") && name != "RAINSTAFF_PG_BIN") {
        command.env_remove(name);
    }
    for name in ["DATABASE_URL", "PORT", "RENDER", "RENDER_EXTERNAL_URL"] {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The program on a database of the owner's, served by the other login.
fn rainstaff_on(url: &str, arguments: &[&str]) -> Command {
    let mut command = rainstaff_with_one_login(url, arguments);
    if url.contains("//rainstaff@") {
        command.env("RAINSTAFF_APP_DATABASE_URL", url.replace("//rainstaff@", "//rainstaff_web@"));
    }
    command
}

/// The program on a database, with no login but this one.
fn rainstaff_with_one_login(url: &str, arguments: &[&str]) -> Command {
    let mut command = rainstaff(arguments);
    command.env("DATABASE_URL", url).env("RAINSTAFF_SECRET_KEY", secret_key());
    command
}

/// `rainstaff serve` on a free port.
fn serve_on(url: &str) -> Command {
    let mut command = rainstaff_on(url, &["serve"]);
    command.env("RAINSTAFF_LISTEN", "127.0.0.1:0").env("RAINSTAFF_LOG", "warn");
    command
}

/// What a command said, and how it ended.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Said {
    fn of(mut command: Command) -> Self {
        Self::read(command.output().unwrap())
    }

    /// The same with something on standard input.
    fn hearing(mut command: Command, input: &str) -> Self {
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Self::read(child.wait_with_output().unwrap())
    }

    fn read(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// What it said, when it went well.
    fn ok(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""), "{}", self.out);
        self.out
    }

    /// The one sentence it gave up with.
    fn refusal(self) -> String {
        assert_eq!((self.code, self.out.as_str()), (Some(1), ""), "{}", self.err);
        let sentence = self.err.strip_prefix("rainstaff: ").unwrap_or_else(|| panic!("not a sentence: {}", self.err));
        sentence.trim_end().to_owned()
    }
}

/// A server that runs until it is told to stop; killed when a test fails.
struct Running {
    child: Child,
    lines: BufReader<ChildStdout>,
    /// Address and port.
    address: String,
    /// What it said before it listened.
    before: Vec<String>,
}

impl Running {
    fn start(command: Command) -> Self {
        Self::start_logging_to(command, Stdio::inherit())
    }

    fn start_logging_to(mut command: Command, log: Stdio) -> Self {
        let mut child = command.stderr(log).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut running = Self { child, lines, address: String::new(), before: Vec::new() };
        loop {
            let line = running.next_line();
            match line.strip_prefix("listening http://") {
                Some(address) => {
                    address.clone_into(&mut running.address);
                    return running;
                }
                None => running.before.push(line),
            }
        }
    }

    fn next_line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.lines.read_line(&mut line).unwrap() > 0, "the server ended: {:?}", self.child.wait());
        line.trim_end().to_owned()
    }

    fn tell(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), signal).unwrap();
    }

    /// Tells it to stop; its exit code.
    fn stop(mut self, signal: Signal) -> Option<i32> {
        self.tell(signal);
        self.ending()
    }

    /// Its exit code, within half a minute.
    fn ending(&mut self) -> Option<i32> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            match self.child.try_wait().unwrap() {
                Some(status) => return status.code(),
                None => assert!(Instant::now() < deadline, "the server does not stop"),
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn get(&self, path: &str, cookie: &str) -> Answer {
        exchange(&self.address, "GET", path, cookie, "")
    }

    /// Signs in; the session's cookie, if that works.
    fn sign_in(&self, username: &str, password: &str) -> Option<String> {
        let form = format!("username={username}&password={}", escaped(password));
        let answer = exchange(&self.address, "POST", "/login", "", &form);
        let cookie = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: __Host-rainstaff="));
        assert_eq!(answer.status == 303, cookie.is_some(), "{}", answer.head);
        Some(format!("__Host-rainstaff={}", cookie?.split(';').next()?))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            self.tell(Signal::SIGTERM); // not SIGKILL: `dev` has a database to stop
            drop(self.child.wait());
        }
    }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

/// One request on a connection of its own.
fn exchange(address: &str, method: &str, path: &str, cookie: &str, form: &str) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = form.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nConnection: close\r\nCookie: {cookie}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer to {method} {path}: {answer:?}"));
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |escaped, byte| escaped + &format!("%{byte:02X}"))
}

/// What `rainstaff doctor` finds in a database.
pub fn doctor_findings(url: &str) -> Vec<String> {
    let said = Said::of(rainstaff_on(url, &["doctor"]));
    assert_eq!((said.code, said.err.as_str()), (Some(1), ""), "{}", said.out);
    said.out.lines().map(str::to_owned).collect()
}

/// A database after its first start: four offices, and five accounts of which only `admin` has a password.
async fn company() -> TestDb {
    let db = TestDb::new().await;
    let handle = Db::connect(&db.config(2)).await.unwrap();
    let password = Some(Password::new(ADMIN_PASSWORD));
    ensure_first_accounts(&handle, &Hasher::new(), &Clock::System, db.owner_url(), password).await.unwrap();
    handle.close().await;
    db
}

/// A value, as the superuser sees it, in text.
async fn look(db: &TestDb, sql: &str) -> String {
    let mut conn = PgConnection::connect(db.bypass_url()).await.unwrap();
    let found = sqlx::query_scalar(AssertSqlSafe(format!("SELECT ({sql})::text"))).fetch_one(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    found
}
