//! The agent of an office PC: what it adds to a page's way, how quickly it takes an entry while the server is away, how large it is.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::{
    Done, Effort, STARTS,
    company::{Clerk, FORM, JSON, Office, Queue, Server, add_clerk, url_encoded},
    file,
    http::Client,
    kilobytes, median, say,
    table::Table,
};

/// Operations that wait while the memory is measured.
const WAITING: usize = 100_000;
/// So many of each person: an agent keeps 8 MiB of one in a day.
const OF_A_PERSON: usize = 5_000;
/// How often a page is asked for on each way.
const PAGES: usize = 300;
/// Entries at twenty a second.
const ENTRIES: u32 = 200;
const PAUSE: Duration = Duration::from_millis(50);

/// A running `rainstaff-agent run`.
struct Agent {
    process: Child,
    address: SocketAddr,
    first_answer: Duration,
}

fn program() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_rainstaff")).with_file_name("rainstaff-agent")
}

impl Agent {
    async fn start(folder: &Path) -> Done<Self> {
        let began = Instant::now();
        let mut command = Command::new(program());
        command.args(["run", "--listen", "127.0.0.1:0", "--data-dir"]).arg(folder).env("RAINSTAFF_LOG", "warn");
        let mut process = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let mut said = BufReader::new(process.stdout.take().ok_or("no standard output")?).lines();
        let address = loop {
            let line = said.next_line().await?.ok_or("the agent did not start")?;
            if let Some(address) = line.strip_prefix("listening http://") {
                break address.replace("localhost", "127.0.0.1").parse()?;
            }
        };
        let mut agent = Self { process, address, first_answer: Duration::ZERO };
        agent.health().await?;
        agent.first_answer = began.elapsed();
        Ok(agent)
    }

    async fn health(&self) -> Done<Value> {
        Ok(serde_json::from_slice(&Client::connect(self.address).await?.get("/agent/health", "").await?.body)?)
    }

    fn memory(&self) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()?)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kib: f64 = line.trim_matches(|c: char| !c.is_ascii_digit()).parse().ok()?;
        Some(kib / 1024.0)
    }

    async fn stop(mut self) -> Done<()> {
        let id = i32::try_from(self.process.id().ok_or("the agent has ended by itself")?)?;
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), nix::sys::signal::SIGTERM)?;
        self.process.wait().await?;
        Ok(())
    }
}

/// Measures the agent, and stops the server on the way.
pub async fn agent(server: Server, url: &str, offices: &[Office], effort: &Effort, table: &mut Table) -> Done<()> {
    say("the agent: enrolling and copying");
    let folder = file("agent");
    let _ = fs::remove_dir_all(&folder); // of an earlier run
    enrol(&server, &folder).await?;
    let began = Instant::now();
    let first = Agent::start(&folder).await?;
    while first.health().await?["mirror"]["is_whole"] != true {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let took = began.elapsed();
    let rows = count_rows(&server).await?;
    table.note(&format!(
        "The agent copies {rows} rows of its region in {:.1} s, {:.0} a second, its start included.",
        took.as_secs_f64(),
        rows / took.as_secs_f64()
    ));
    first.stop().await?;
    table.at_most(
        "agent: its program",
        "release build",
        fs::metadata(program()).ok().map(|file| kilobytes(usize::try_from(file.len()).unwrap_or(0)) / 1000.0),
        15.0,
        "MB",
    );
    let (mut starts, mut sizes) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let agent = Agent::start(&folder).await?;
        starts.push(agent.first_answer.as_secs_f64() * 1000.0);
        tokio::time::sleep(Duration::from_millis(500)).await;
        sizes.extend(agent.memory());
        agent.stop().await?;
    }
    table.median_at_most("agent: start to first answer", "with its copy of the region", &starts, 2000.0, "ms");
    table.median_at_most("agent: memory, idle", "VmRSS", &sizes, 40.0, "MB");
    let agent = Agent::start(&folder).await?;
    relayed(&server, &agent, table).await?;
    let mut single = waiting_of(url, &agent, &offices[0], "bench0", ENTRIES as usize).await?;
    let mut many = Vec::new();
    let waiting = if effort.rounds == 1 { WAITING / 10 } else { WAITING };
    for n in 1..=waiting / OF_A_PERSON {
        many.push(waiting_of(url, &agent, &offices[0], &format!("bench{n}"), OF_A_PERSON).await?);
    }
    server.stop().await?;
    taken(&agent, &mut single, &mut many, table).await?;
    agent.stop().await?;
    Ok(fs::remove_dir_all(&folder)?)
}

async fn enrol(server: &Server, folder: &Path) -> Done<()> {
    let Clerk { mut client, csrf } = Clerk::sign_in_as(server, "admin").await?;
    let form = format!("_csrf={}&name=Bench&region=ankara", url_encoded(&csrf));
    let mut answer = client.send(&client.request("POST", "/admin/devices", FORM, &form)).await?;
    if let Some(to) = answer.header("location").map(str::to_owned) {
        answer = client.get(&to, "").await?;
    }
    let page = String::from_utf8(answer.body)?;
    let code = page.split_once(r#"data-code=""#).and_then(|(_, rest)| rest.split('"').next()).ok_or("no code on the page")?.to_owned();
    let address = server.address;
    let mut command = Command::new(program());
    command.args(["enrol", "--server", &format!("http://{address}"), "--code", &code, "--data-dir"]).arg(folder);
    let status = command.stdout(Stdio::null()).status().await?;
    if status.success() { Ok(()) } else { Err(format!("enrol: {status}").into()) }
}

async fn count_rows(server: &Server) -> Done<f64> {
    let mut clerk = Clerk::sign_in(server, "ankara").await?;
    let digest: Value = serde_json::from_slice(&clerk.client.get("/api/v1/digest", "").await?.body)?;
    let tables = digest["regions"]["ankara"]["tables"].as_object().ok_or("no digest")?.values().filter_map(|table| table["count"].as_f64());
    Ok(tables.sum())
}

/// The same page from the server and by way of the agent, in turns.
async fn relayed(server: &Server, agent: &Agent, table: &mut Table) -> Done<()> {
    say("the agent: pages by way of it");
    let mut direct = Clerk::sign_in(server, "ankara").await?.client;
    let mut by_agent = Client::connect(agent.address).await?;
    by_agent.cookie.clone_from(&direct.cookie);
    let (mut there, mut here) = (Vec::new(), Vec::new());
    for _ in 0..PAGES {
        for (client, times) in [(&mut direct, &mut there), (&mut by_agent, &mut here)] {
            let began = Instant::now();
            client.get("/today", "").await?;
            times.push(began.elapsed().as_secs_f64() * 1000.0);
        }
    }
    let added = median(&here) - median(&there);
    table.at_most("agent: added to a page's way", "median of Bugün by way of it, less the median from the server", Some(added), 5.0, "ms");
    table.note(&format!(
        "Bugün takes {:.1} ms from the server and {:.1} ms by way of the agent (medians of {PAGES}, in turns).",
        median(&there),
        median(&here)
    ));
    Ok(())
}

/// Somebody who has signed in at the PC, and what they have entered.
struct Waiting {
    client: Client,
    ops: Vec<Value>,
}

async fn waiting_of(url: &str, agent: &Agent, office: &Office, name: &str, count: usize) -> Done<Waiting> {
    add_clerk(url, name, office.code).await?;
    let mut clerk = Clerk::sign_in_at(agent.address, name).await?;
    let ops = Queue::waiting(&mut clerk, office, count).await?;
    Ok(Waiting { client: clerk.client, ops })
}

impl Waiting {
    /// Sends them in batches of so many; how long each took, in ms.
    async fn send(&mut self, batch: usize, pause: Duration) -> Done<Vec<f64>> {
        let mut times = Vec::new();
        for ops in self.ops.chunks(batch) {
            let body = serde_json::json!({ "nonce": 1, "ops": ops }).to_string();
            let request = self.client.request("POST", "/api/v1/ops", JSON, &body);
            let began = Instant::now();
            self.client.send(&request).await?.expect(202)?;
            times.push(began.elapsed().as_secs_f64() * 1000.0);
            tokio::time::sleep(pause).await;
        }
        Ok(times)
    }
}

/// Entries while the server is away.
async fn taken(agent: &Agent, single: &mut Waiting, many: &mut [Waiting], table: &mut Table) -> Done<()> {
    say("the agent: entries while the server is away");
    let mut times = single.send(1, PAUSE).await?;
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    table.at_most("agent: an entry taken, on the disk", &format!("99 of 100, {ENTRIES} entries at 20 a second"), Some(at(99)), 50.0, "ms");
    table.note(&format!("The agent takes an entry in {:.1} ms (median; synchronous=FULL).", at(50)));
    let (mut count, mut seconds) = (0, 0.0);
    for waiting in many {
        count += waiting.ops.len();
        seconds += waiting.send(100, Duration::ZERO).await?.iter().sum::<f64>() / 1000.0;
    }
    let rate = f64::from(u32::try_from(count)?) / seconds;
    table.note(&format!("{count} entries of several people, in batches of 100, are taken at {rate:.0} a second."));
    table.at_most("agent: memory", &format!("{} operations wait in it", count + single.ops.len()), agent.memory(), 40.0, "MB");
    Ok(())
}
