//! The release server and its company: four offices with fifty people each, who worked on every weekday and Saturday of one month.

use std::{
    error::Error,
    fs, io,
    net::SocketAddr,
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use chrono::{DateTime, Datelike, NaiveDate, Weekday};
use rainstaff::{
    identity::Region,
    ids::new_id,
    ops::{Change, Fields, Kind, Op},
    wire::SESSION_COOKIE,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, Command},
};
use uuid::Uuid;

use crate::http::Client;

/// How many have signed in.
static SIGN_INS: AtomicU32 = AtomicU32::new(0);

/// The offices.
pub const OFFICES: [&str; 4] = ["ankara", "istanbul", "bursa", "izmir"];
/// People per office.
pub const PEOPLE: usize = 50;
/// Days on which all of them worked.
pub const WORKDAYS: usize = 26;
/// The first of the month.
pub const MONTH: NaiveDate = NaiveDate::from_ymd_opt(2026, 10, 1).expect("a date");

/// Operations in one request.
const BATCH: usize = 100;
const PROGRAM: &str = env!("CARGO_BIN_EXE_rainstaff");
const PASSWORD: &str = "ölçüm için uzun parola";

/// A running `rainstaff serve`.
pub struct Server {
    process: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of the process to the end of the first page.
    pub first_answer: Duration,
}

impl Server {
    /// Starts the server and waits for the sign-in page.
    pub async fn start(database_url: &str) -> Result<Self, Box<dyn Error>> {
        let began = Instant::now();
        let mut process = rainstaff(database_url).arg("serve").stdout(Stdio::piped()).spawn()?;
        let mut said = BufReader::new(process.stdout.take().ok_or("no standard output")?).lines();
        let address = loop {
            let line = said.next_line().await?.ok_or("the server did not start")?;
            if let Some(address) = line.strip_prefix("listening http://") {
                break address.parse()?;
            }
        };
        Client::connect(address).await?.get("/login", "").await?;
        Ok(Self { process, address, first_answer: began.elapsed() })
    }

    /// Memory in MB: now (`VmRSS`) or at most so far (`VmHWM`); none where the system does not say.
    pub fn memory(&self, what: &str) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()?)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(what))?;
        let kib: f64 = line.trim_matches(|c: char| !c.is_ascii_digit()).parse().ok()?;
        Some(kib / 1024.0)
    }

    /// Ends it as a host would, and waits.
    pub async fn stop(mut self) -> Result<(), Box<dyn Error>> {
        let id = i32::try_from(self.process.id().ok_or("the server has ended by itself")?)?;
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), nix::sys::signal::SIGTERM)?;
        let status = self.process.wait().await?;
        if status.success() { Ok(()) } else { Err(format!("the server ended with {status}").into()) }
    }
}

fn rainstaff(database_url: &str) -> Command {
    let mut command = Command::new(std::env::var("BENCH_PROGRAM").as_deref().unwrap_or(PROGRAM)); // another build, to compare with
    command.env("RAINSTAFF_APP_DATABASE_URL", database_url.replace("//rainstaff@", "//rainstaff_web@"));
    command.env("DATABASE_URL", database_url).env("RAINSTAFF_LISTEN", "127.0.0.1:0").env("RAINSTAFF_LOG", "warn");
    command.env("RAINSTAFF_SECRET_KEY", "5a".repeat(64)).env("RAINSTAFF_ADMIN_PASSWORD", PASSWORD).env_remove("PORT").kill_on_drop(true);
    command.env("RAINSTAFF_PROXIES", "1"); // each who signs in has an address of their own: one address has 30 sign-ins a minute
    command
}

/// The clerk of an office, signed in.
pub struct Clerk {
    /// The connection with the cookie of the session.
    pub client: Client,
    /// The token of the session's forms.
    pub csrf: String,
}

impl Clerk {
    /// Signs in.
    pub async fn sign_in(server: &Server, office: &str) -> Result<Self, Box<dyn Error>> {
        Self::sign_in_as(server, &format!("{office}1")).await
    }

    /// Signs somebody in by name.
    pub async fn sign_in_as(server: &Server, username: &str) -> Result<Self, Box<dyn Error>> {
        Self::sign_in_at(server.address, username).await
    }

    /// Signs somebody in at the server, or at a PC's agent, which has a cookie of its own besides.
    pub async fn sign_in_at(address: SocketAddr, username: &str) -> Result<Self, Box<dyn Error>> {
        let mut client = Client::connect(address).await?;
        let form = format!("username={username}&password={}", url_encoded(PASSWORD));
        let n = SIGN_INS.fetch_add(1, Ordering::Relaxed);
        let headers = format!("{FORM}X-Forwarded-For: 10.0.{}.{}\r\n", n / 250, 1 + n % 250);
        let answer = client.send(&client.request("POST", "/login", &headers, &form)).await?.expect(303)?;
        answer.cookie(SESSION_COOKIE).ok_or("no session after sign-in")?;
        client.cookie = answer.cookies();
        let page = client.get("/timesheets", "").await?;
        let page = String::from_utf8(page.body)?;
        let csrf = page.split_once(r#"name="_csrf" value=""#).and_then(|(_, rest)| rest.split('"').next());
        Ok(Self { csrf: csrf.ok_or("no form on the page")?.to_owned(), client })
    }
}

/// Headers of a body as browsers' queues send it.
pub const JSON: &str = "Content-Type: application/json\r\nX-Sync-Client: bench\r\n";

/// Header of a posted form.
pub const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// Escapes every byte of a value.
pub fn url_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |escaped, byte| escaped + &format!("%{byte:02X}"))
}

/// The people of one office.
pub struct Office {
    /// Its code, also the first part of its clerk's name.
    pub code: &'static str,
    /// The employees' ids.
    pub people: Vec<Uuid>,
}

/// Gives the clerks a password and enters everything through `POST /api/v1/ops`.
pub async fn fill(server: &Server, database_url: &str) -> Result<Vec<Office>, Box<dyn Error>> {
    let mut offices = Vec::new();
    for code in OFFICES {
        set_password(database_url, &format!("{code}1")).await?;
        let mut clerk = Clerk::sign_in(server, code).await?;
        let people: Vec<Uuid> = (0..PEOPLE).map(|_| new_id()).collect();
        let mut queue = Queue::of(&mut clerk, code).await?;
        queue.enter_month(&people)?;
        queue.drain(&mut clerk).await?;
        offices.push(Office { code, people });
    }
    Ok(offices)
}

/// An account for one more clerk of an office.
pub async fn add_clerk(database_url: &str, name: &str, office: &str) -> Result<(), Box<dyn Error>> {
    let status = rainstaff(database_url).args(["user", "add", name, "--region", office]).stdout(Stdio::null()).status().await?;
    if !status.success() {
        return Err(io::Error::other(format!("user add {name}: {status}")).into());
    }
    set_password(database_url, name).await
}

async fn set_password(database_url: &str, name: &str) -> Result<(), Box<dyn Error>> {
    let mut command = rainstaff(database_url);
    let mut child = command.args(["user", "set-password", name]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    let mut stdin = child.stdin.take().ok_or("no standard input")?;
    stdin.write_all(format!("{PASSWORD}\n").as_bytes()).await?;
    drop(stdin);
    let status = child.wait().await?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("set-password {name}: {status}")).into()) }
}

/// Operations of one clerk that wait to be sent, as a browser keeps them.
pub struct Queue {
    id: Uuid,
    actor: Uuid,
    region: Region,
    ops: Vec<Op>,
}

impl Queue {
    /// An empty one.
    pub async fn of(clerk: &mut Clerk, office: &str) -> Result<Self, Box<dyn Error>> {
        let ping: Value = serde_json::from_slice(&clerk.client.get("/api/v1/ping", "").await?.body)?;
        let actor = serde_json::from_value(ping["user"]["id"].clone())?;
        Ok(Self { id: new_id(), actor, region: Region::parse(office)?, ops: Vec::new() })
    }

    /// So many operations as a browser would send them, with the proof that their author has entered them.
    pub async fn waiting(clerk: &mut Clerk, office: &Office, count: usize) -> Result<Vec<Value>, Box<dyn Error>> {
        let mut queue = Self::of(clerk, office.code).await?;
        let first = NaiveDate::from_yo_opt(1992, 1).ok_or("no such year")?;
        queue.enter_days(&office.people, first.iter_days().take(count.div_ceil(office.people.len())))?;
        let asked = json!({ "queue_id": queue.id }).to_string();
        let answer = clerk.client.send(&clerk.client.request("POST", "/api/v1/grant", JSON, &asked)).await?.expect(200)?;
        let grant = serde_json::from_slice::<Value>(&answer.body)?["grant"].as_str().ok_or("no grant")?.to_owned();
        let proven = queue.ops.into_iter().take(count).map(|op| serde_json::to_value(Op { grant: Some(grant.clone()), ..op }));
        Ok(proven.collect::<Result<_, _>>()?)
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.ops.len()
    }

    /// Puts a new row in.
    fn create(&mut self, entity: &str, id: Uuid, values: Value) -> Result<(), Box<dyn Error>> {
        let values: serde_json::Map<String, Value> = serde_json::from_value(values)?;
        let fields: Fields = values.into_iter().map(|(name, to)| (name, Change { from: Value::Null, to })).collect();
        self.ops.push(Op {
            v: 1,
            op_id: new_id(),
            queue_id: self.id,
            n: i64::try_from(self.ops.len())? + 1,
            actor: self.actor,
            grant: None,
            app: None,
            kind: Kind::Create,
            entity: entity.to_owned(),
            id,
            region: self.region.clone(),
            base_version: None,
            fields,
            name: None,
            args: None,
            after: Vec::new(),
            edited_at: DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_500),
            offset_ms: 0,
        });
        Ok(())
    }

    /// The people, and what they worked in the month.
    fn enter_month(&mut self, people: &[Uuid]) -> Result<(), Box<dyn Error>> {
        for (number, &id) in people.iter().enumerate() {
            let values = json!({ "full_name": format!("Çalışan Işık {number:02}"), "department": "Saha", "title": "Teknisyen" });
            self.create("employee", id, values)?;
        }
        self.enter_days(people, MONTH.iter_days().filter(|day| day.weekday() != Weekday::Sun).take(WORKDAYS))
    }

    /// A shift of everybody on each of these days.
    pub fn enter_days(&mut self, people: &[Uuid], days: impl Iterator<Item = NaiveDate>) -> Result<(), Box<dyn Error>> {
        for date in days {
            for (number, person) in people.iter().enumerate() {
                let end = ["17:30", "18:15", "19:30", "22:00", "02:00"][(number + date.day0() as usize) % 5];
                let values = json!({
                    "employee_id": person,
                    "work_date": date,
                    "start_time": "08:30",
                    "end_time": end,
                    "break_minutes": 60,
                    "notes": if number % 4 == 0 { "düzenlendi" } else { "" },
                });
                self.create("timesheet", new_id(), values)?;
            }
        }
        Ok(())
    }

    /// Sends all, in batches as a browser does, and says how long that took: what is sent is made before, and what comes back is read after,
    /// as it is with pgbench.
    pub async fn drain(&mut self, clerk: &mut Clerk) -> Result<Duration, Box<dyn Error>> {
        let as_request = |batch: &[Op]| {
            let body = json!({ "nonce": 1, "ops": batch }).to_string();
            clerk.client.request("POST", "/api/v1/ops", JSON, &body)
        };
        let requests: Vec<_> = self.ops.chunks(BATCH).map(as_request).collect();
        let mut answers = Vec::with_capacity(requests.len());
        let began = Instant::now();
        for request in &requests {
            answers.push(clerk.client.send(request).await?.expect(200)?);
        }
        let took = began.elapsed();
        for answer in answers {
            let answer: Value = serde_json::from_slice(&answer.body)?;
            let results = answer["results"].as_array().ok_or("no results")?;
            if let Some(bad) = results.iter().find(|result| result["verdict"] != "applied") {
                return Err(format!("not applied: {bad}").into());
            }
        }
        self.ops.clear();
        Ok(took)
    }
}
