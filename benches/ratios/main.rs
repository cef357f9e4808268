//! `make bench`: the release server beside pgbench on the same database, in one run, in turns; the medians and the budgets of each figure
//! go to the terminal and to docs/benchmarks.md. Ratios say something on any machine, the figures beside them only on theirs.

mod company;
mod http;
mod pgbench;

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    thread::available_parallelism,
    time::Duration,
};

use chrono::{Datelike, Days, NaiveDate};
use rainstaff::{
    db::{
        embedded::{Cluster, ClusterOptions},
        migrate,
    },
    ids::new_id,
};
use sqlx::{AssertSqlSafe, Connection, Executor, postgres::PgConnection};
use uuid::Uuid;

use company::{Clerk, FORM, MONTH, Office, PEOPLE, Server, WORKDAYS, fill, url_encoded};
use http::{Worker, load};
use pgbench::{Script, Traffic, read_log};

/// Keep-alive connections, each with a session of its own, and as many of pgbench.
const CLIENTS: usize = 8;
/// Each side gets so many turns of so long; an odd number, for the median.
const ROUNDS: usize = 5;
const TURN: Duration = Duration::from_secs(4);
/// Starts of the server.
const STARTS: usize = 10;
const DATABASE: &str = "bench";
/// What browsers send.
const COMPRESSED: &str = "Accept-Encoding: gzip, deflate, br, zstd\r\n";
const HTMX: &str = "HX-Request: true\r\nHX-Request-Type: partial\r\n";

type Done<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Done<()> {
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(()); // `cargo test --all-targets`: there is nothing to test
    }
    let data_dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench");
    Cluster::erase(&data_dir).await?;
    let cluster = Cluster::start(ClusterOptions { data_dir: data_dir.clone(), durable: true }).await?;
    let measured = tokio::select! {
        measured = measure(&cluster) => measured,
        stopped = tokio::signal::ctrl_c() => Err(stopped.map_or_else(Into::into, |()| "stopped".into())),
    };
    cluster.stop().await?;
    Cluster::erase(&data_dir).await?;
    let report = measured?;
    print!("{report}");
    fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/benchmarks.md"), report)?;
    Ok(())
}

async fn measure(cluster: &Cluster) -> Done<String> {
    cluster.create_database(DATABASE).await?;
    let url = cluster.owner_url(DATABASE);
    migrate(&url).await?;
    let server = Server::start(&url).await?; // makes the accounts
    say("filling four offices");
    let offices = fill(&server, &url).await?;
    server.stop().await?;
    let mut superuser = PgConnection::connect(&cluster.superuser_url(DATABASE)).await?;
    superuser.execute("VACUUM ANALYZE").await?; // as autovacuum does within a minute, and not in the middle of a turn
    superuser.close().await?;
    let mut table = Table::default();
    starts_and_memory(&url, &mut table).await?;
    say("reading the page's own SQL out of the database's log");
    let (page, save) = record(cluster, &url, &offices).await?;
    let server = Server::start(&url).await?;
    pages(&server, cluster, &page, &mut table).await?;
    saves(&server, cluster, &offices, &mut table).await?;
    let (transactions, waits) = save.counts();
    table.note(&format!(
        "One entry saved takes {transactions} transactions and waits {waits} times for the database. It is compared with one INSERT and its \
         commit into a table of the same columns with nothing but a primary key."
    ));
    table.at_most("memory under load, at its highest", "VmHWM", server.memory("VmHWM:"), 150.0, "MB");
    server.stop().await?;
    Ok(table.report())
}

/// `rainstaff serve` on the migrated database: how long until somebody gets a page, and what it then holds.
async fn starts_and_memory(url: &str, table: &mut Table) -> Done<()> {
    say("starting the server again and again");
    let (mut times, mut sizes) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let server = Server::start(url).await?;
        times.push(server.first_answer.as_secs_f64() * 1000.0);
        tokio::time::sleep(Duration::from_millis(500)).await;
        sizes.extend(server.memory("VmRSS:"));
        server.stop().await?;
    }
    table.at_most("start to first page", "`serve` on a migrated database", Some(median(times)), 300.0, "ms");
    table.at_most("memory, idle", "VmRSS", (!sizes.is_empty()).then(|| median(sizes)), 60.0, "MB");
    Ok(())
}

/// The address of the list of the month.
fn month_page() -> String {
    let last = MONTH.with_day(31).unwrap_or(MONTH);
    format!("/timesheets?from={MONTH}&to={last}")
}

/// What the second view of the page, and the second entry, send to the database: by then their statements are prepared.
async fn record(cluster: &Cluster, url: &str, offices: &[Office]) -> Done<(Traffic, Traffic)> {
    let mut superuser = PgConnection::connect(&cluster.superuser_url(DATABASE)).await?;
    let folder: String = sqlx::query_scalar("SELECT current_setting('data_directory')").fetch_one(&mut superuser).await?;
    superuser.execute("ALTER DATABASE bench SET log_statement = 'all'").await?;
    let server = Server::start(url).await?;
    let mut traffics = Vec::new();
    for mut workers in [readers(&server, "").await?, writers(&server, offices, 1991, HTMX).await?] {
        let worker = workers.first_mut().ok_or("nobody to watch")?;
        let mut before = 0;
        for _ in 0..2 {
            before = read_log(Path::new(&folder), 0)?.len();
            let request = (worker.next)(&worker.client);
            worker.client.send(&request).await?.expect(worker.status)?;
            tokio::time::sleep(Duration::from_millis(300)).await; // what ends the last transaction may follow the answer
        }
        traffics.push(Traffic::from_log(&read_log(Path::new(&folder), before)?));
    }
    superuser.execute("ALTER DATABASE bench RESET log_statement").await?;
    superuser.close().await?;
    server.stop().await?;
    let save = traffics.pop().ok_or("no save")?;
    Ok((traffics.pop().ok_or("no page")?, save))
}

async fn pages(server: &Server, cluster: &Cluster, traffic: &Traffic, table: &mut Table) -> Done<()> {
    let script = traffic.script_about("FROM app.timesheets", file("page.sql"))?;
    let (mut plain, mut compressed) = (readers(server, "").await?, readers(server, COMPRESSED).await?);
    let (mut direct, mut slow, mut fast) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        say(&format!("month page, round {round} of {ROUNDS}"));
        direct.push(script.run(&cluster.owner_url(DATABASE), CLIENTS, TURN).await?);
        slow.push(load(&mut compressed, TURN).await?);
        fast.push(load(&mut plain, TURN).await?);
    }
    let direct = median(direct);
    let what = format!("month page, {} entries of {PEOPLE} people", WORKDAYS * PEOPLE);
    table.against(&what, "compressed, as browsers ask for it", median(slow), direct, Some(0.6));
    table.against(&what, "not compressed", median(fast), direct, None);
    let (transactions, waits) = traffic.counts();
    let client = &mut compressed.first_mut().ok_or("nobody reads")?.client;
    let small = client.get(&month_page(), COMPRESSED).await?;
    let large = client.get(&month_page(), "").await?;
    let kb = |bytes: usize| Some(f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1000.0);
    let how = small.header("content-encoding").unwrap_or("not compressed").to_owned();
    table.at_most("month page over the wire", &how, kb(small.body.len()), 30.0, "KB");
    table.note(&format!(
        "The month page shows 50 of its entries and has {} KB. It takes {transactions} transactions and waits {waits} times for the \
         database. pgbench repeats the one transaction that reads the list, as found in the database's log.",
        large.body.len() / 1000
    ));
    Ok(())
}

/// Clerks of one office who look at the month again and again.
async fn readers(server: &Server, headers: &'static str) -> Done<Vec<Worker>> {
    let mut workers = Vec::new();
    for _ in 0..CLIENTS {
        let client = Clerk::sign_in(server, "ankara").await?.client;
        let request = client.request("GET", &month_page(), headers, "");
        workers.push(Worker { client, next: Box::new(move |_| request.clone()), status: 200 });
    }
    Ok(workers)
}

async fn saves(server: &Server, cluster: &Cluster, offices: &[Office], table: &mut Table) -> Done<()> {
    let mut owner = PgConnection::connect(&cluster.owner_url(DATABASE)).await?;
    owner
        .execute(AssertSqlSafe(
            "CREATE SCHEMA bench; GRANT USAGE ON SCHEMA bench TO rainstaff_app; \
             CREATE TABLE bench.entries (LIKE app.timesheets INCLUDING DEFAULTS, PRIMARY KEY (region, id)); \
             GRANT INSERT ON bench.entries TO rainstaff_app",
        ))
        .await?;
    owner.close().await?;
    let insert = "INSERT INTO bench.entries (region, id, employee_id, work_date, start_min, end_min, break_min, notes) \
                  VALUES ('ankara', gen_random_uuid(), gen_random_uuid(), DATE '2026-10-01', 510, 1050, 60, '');\n";
    let script = Script::new(file("insert.sql"), insert)?;
    let one = std::slice::from_ref(&offices[0]);
    let mut all_offices = writers(server, offices, 2001, HTMX).await?;
    let mut without_scripts = writers(server, offices, 2031, "").await?;
    let mut one_office = writers(server, one, 2061, HTMX).await?;
    let (mut direct, mut all, mut plain, mut single) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        say(&format!("saving, round {round} of {ROUNDS}"));
        direct.push(script.run(&cluster.owner_url(DATABASE), CLIENTS, TURN).await?);
        all.push(load(&mut all_offices, TURN).await?);
        plain.push(load(&mut without_scripts, TURN).await?);
        single.push(load(&mut one_office, TURN).await?);
    }
    let direct = median(direct);
    table.against("one entry saved", "through the form, clerks of four offices", median(all), direct, Some(0.5));
    table.against("one entry saved", "the same without JavaScript, answered with a redirect", median(plain), direct, None);
    table.against("one entry saved", "through the form, all clerks in one office", median(single), direct, None);
    Ok(())
}

/// Clerks who enter one shift after the other from `year` on; no two of them for the same person and day.
async fn writers(server: &Server, offices: &[Office], year: i32, headers: &'static str) -> Done<Vec<Worker>> {
    let first_day = NaiveDate::from_yo_opt(year, 1).ok_or("no such year")?;
    let mut workers = Vec::new();
    for number in 0..CLIENTS {
        let office = &offices[number % offices.len()];
        let (mine, clerks) = (number / offices.len(), CLIENTS / offices.len());
        let people: Vec<Uuid> = office.people.iter().skip(mine).step_by(clerks).copied().collect();
        let Clerk { client, csrf } = Clerk::sign_in(server, office.code).await?;
        let mut shifts = (0..).flat_map(move |day| people.clone().into_iter().map(move |person| (day, person)));
        let next = move |client: &http::Client| {
            let (day, person) = shifts.next().unwrap_or_default();
            let (date, op, row, csrf) = (first_day + Days::new(day), new_id(), new_id(), url_encoded(&csrf));
            let form = format!(
                "_csrf={csrf}&_op={op}&_id={row}&employee_id={person}&work_date={date}&start_time=08%3A30&end_time=17%3A30&break_minutes=60&notes="
            );
            client.request("POST", "/timesheets", &format!("{FORM}{COMPRESSED}{headers}"), &form)
        };
        workers.push(Worker { client, next: Box::new(next), status: if headers.is_empty() { 303 } else { 200 } });
    }
    Ok(workers)
}

/// A file beside the measured database.
fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn say(what: &str) {
    eprintln!("{what}");
}

/// The figures as a table of Markdown.
#[derive(Default)]
struct Table {
    rows: String,
    notes: String,
}

impl Table {
    /// A rate of ours beside pgbench's; `budget` is the least ratio wanted.
    fn against(&mut self, what: &str, how: &str, ours: f64, pgbench: f64, budget: Option<f64>) {
        let ratio = ours / pgbench;
        let (wanted, verdict) = match budget {
            Some(least) => (format!("at least {:.0} %", least * 100.0), if ratio >= least { "met" } else { "**missed**" }),
            None => (String::new(), ""),
        };
        let _ = writeln!(self.rows, "| {what} | {how} | {ours:.0}/s | {pgbench:.0}/s | {:.0} % | {wanted} | {verdict} |", ratio * 100.0);
    }

    /// A size or a time with its upper limit.
    fn at_most(&mut self, what: &str, how: &str, figure: Option<f64>, limit: f64, unit: &str) {
        let _ = match figure {
            Some(figure) => {
                let verdict = if figure <= limit { "met" } else { "**missed**" };
                writeln!(self.rows, "| {what} | {how} | {figure:.0} {unit} | | | at most {limit:.0} {unit} | {verdict} |")
            }
            None => writeln!(self.rows, "| {what} | {how} | not known on this system | | | at most {limit:.0} {unit} | |"),
        };
    }

    fn note(&mut self, text: &str) {
        self.notes.push_str(text);
        self.notes.push('\n');
    }

    fn report(&self) -> String {
        let cores = available_parallelism().map_or(1, usize::from);
        let Self { rows, notes } = self;
        format!(
            "# Benchmarks\n\n\
             Written by `make bench`: {cores} cores, PostgreSQL beside the server, everything durable. {CLIENTS} keep-alive clients, each with a \
             session of its own, in turns with {CLIENTS} clients of pgbench (prepared statements); medians of {ROUNDS} turns of {} s, of {STARTS} \
             starts.\n\n\
             | what | how | Rainstaff | pgbench | ratio | budget | |\n|---|---|--:|--:|--:|---|---|\n{rows}\n\
             {notes}",
            TURN.as_secs()
        )
    }
}
