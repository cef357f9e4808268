//! `make bench`: the release server beside pgbench on the same database, in one run, in turns; the medians and the budgets of each figure
//! go to the terminal and to docs/benchmarks.md. Ratios say something on any machine, the figures beside them only on theirs.

mod agent;
mod company;
mod crowd;
mod files;
mod growth;
mod http;
mod pgbench;
mod table;

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::{Datelike, Days, NaiveDate};
use rainstaff::{db::migrate, ids::new_id};
use rainstaff_cluster::{Cluster, ClusterOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, postgres::PgConnection};
use uuid::Uuid;

use company::{Clerk, FORM, MONTH, OFFICES, Office, PEOPLE, Queue, Server, WORKDAYS, fill, url_encoded};
use growth::grow_to;
use http::{Worker, load};
use pgbench::{Script, Traffic, read_log, run_together};
use table::Table;

/// Keep-alive connections, each with a session of its own, and as many of pgbench.
const CLIENTS: usize = 8;
/// Starts of the server.
const STARTS: usize = 10;
const DATABASE: &str = "bench";
/// The role with the rights of the serving one for which no policy applies; there while it is measured.
const UNPOLICED: &str = "bench_unpoliced";
/// What policies cost is a few hundredths of a page: with a client for each processor the turns agree to one of them, with eight clients they
/// differ by ten.
const PROCESSORS: usize = 2;
/// A bare INSERT, with its commit.
const INSERT: &str = "INSERT INTO bench.entries (region, id, employee_id, work_date, start_min, end_min, break_min, notes) \
    VALUES ('ankara', gen_random_uuid(), gen_random_uuid(), DATE '2026-10-01', 510, 1050, 60, '');\n";
/// What browsers send.
const COMPRESSED: &str = "Accept-Encoding: gzip, deflate, br, zstd\r\n";
const HTMX: &str = "HX-Request: true\r\nHX-Request-Type: partial\r\n";

type Done<T> = Result<T, Box<dyn Error>>;

/// How long to measure.
pub struct Effort {
    /// Each side gets so many turns; an odd number, for the median.
    pub rounds: u32,
    /// So long is a turn.
    pub turn: Duration,
    /// Timesheets before and after the growth.
    pub sizes: [i64; 2],
    /// Days of fifty people that a queue holds.
    pub queued_days: usize,
}

impl Effort {
    /// What docs/benchmarks.md is made with: ten minutes.
    const FULL: Self = Self { rounds: 5, turn: Duration::from_secs(4), sizes: [100_000, 2_000_000], queued_days: 200 };
    /// `make bench ARGS=--quick`: a look at one's own change, written nowhere.
    const QUICK: Self = Self { rounds: 1, turn: Duration::from_secs(2), sizes: [50_000, 200_000], queued_days: 20 };
}

/// What is measured: all of it, or what `make bench ONLY='month save'` names, which is written nowhere.
struct Wanted(Vec<String>);

impl Wanted {
    /// Every part, in its order.
    const PARTS: [&str; 9] = ["start", "month", "list", "save", "drain", "growth", "crowd", "files", "agent"];

    fn of_environment() -> Done<Self> {
        let only = std::env::var("ONLY").unwrap_or_default();
        let parts: Vec<String> = only.split_whitespace().map(str::to_owned).collect();
        match parts.iter().find(|part| !Self::PARTS.contains(&part.as_str())) {
            Some(unknown) => Err(format!("ONLY names {unknown}; there are: {}", Self::PARTS.join(", ")).into()),
            None => Ok(Self(parts)),
        }
    }

    fn is_all(&self) -> bool {
        self.0.is_empty()
    }

    fn has(&self, part: &str) -> bool {
        self.is_all() || self.0.iter().any(|wanted| wanted == part)
    }
}

#[tokio::main]
async fn main() -> Done<()> {
    let said = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    if !said("--bench") {
        return Ok(()); // `cargo test --all-targets`: there is nothing to test
    }
    rainstaff::registry::install();
    let effort = if said("--quick") { Effort::QUICK } else { Effort::FULL };
    let wanted = Wanted::of_environment()?;
    let data_dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench");
    Cluster::erase(&data_dir).await?;
    let cluster = Cluster::start(ClusterOptions { data_dir: data_dir.clone(), durable: true }).await?;
    let mut table = Table::default();
    let measured = tokio::select! {
        measured = measure(&cluster, &effort, &wanted, &mut table) => measured,
        stopped = tokio::signal::ctrl_c() => Err(stopped.map_or_else(Into::into, |()| "stopped".into())),
    };
    cluster.stop().await?;
    Cluster::erase(&data_dir).await?;
    let report = table.report(&effort);
    print!("{report}"); // what was measured, also where the rest failed
    measured?;
    if !said("--quick") && wanted.is_all() {
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/benchmarks.md"), report)?;
    }
    Ok(())
}

async fn measure(cluster: &Cluster, effort: &Effort, wanted: &Wanted, table: &mut Table) -> Done<()> {
    cluster.create_database(DATABASE).await?;
    let url = cluster.owner_url(DATABASE);
    migrate(&url).await?;
    let server = Server::start(&url).await?; // makes the accounts
    say("filling four offices");
    let offices = fill(&server, &url).await?;
    server.stop().await?;
    settle(cluster).await?;
    if wanted.has("start") {
        starts_and_memory(&url, table).await?;
    }
    say("reading what a page and a save send out of the database's log");
    let (month, list, saves_of) = record(cluster, &url, &offices).await?;
    let server = Server::start(&url).await?;
    if wanted.has("month") {
        pages(&server, cluster, &month, effort, table).await?;
    }
    if wanted.has("list") {
        lists(&server, cluster, &list, effort, table).await?;
    }
    make_bare_table(&url).await?;
    if wanted.has("save") {
        saves(&server, cluster, &offices, &saves_of, effort, table).await?;
    }
    if wanted.has("drain") {
        settle(cluster).await?;
        drains(&server, cluster, &offices, effort, table).await?;
    }
    if wanted.has("growth") {
        grown(&server, cluster, effort, table).await?;
    }
    if wanted.has("crowd") {
        crowd::waiting(&server, cluster, &offices, effort, table).await?;
        crowd::searching(&server, cluster, &url, effort, table).await?;
    }
    table.at_most("memory under load, at its highest", "VmHWM", server.memory("VmHWM:"), 150.0, "MB");
    if wanted.has("files") {
        files::taken(cluster, &url, table).await?;
    }
    if wanted.has("agent") {
        agent::agent(server, &url, &offices, effort, table).await?;
    } else {
        server.stop().await?;
    }
    Ok(())
}

/// What autovacuum and the checkpointer do within minutes is done now, and not in the middle of a turn.
async fn settle(cluster: &Cluster) -> Done<()> {
    let mut superuser = PgConnection::connect(&cluster.superuser_url(DATABASE)).await?;
    superuser.execute("VACUUM ANALYZE").await?;
    superuser.execute("CHECKPOINT").await?;
    Ok(superuser.close().await?)
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
    table.median_at_most("start to first page", "`serve` on a migrated database", &times, 300.0, "ms");
    table.median_at_most("memory, idle", "VmRSS", &sizes, 60.0, "MB");
    Ok(())
}

/// The address of the month as people by days.
fn month_page() -> String {
    format!("/timesheets/month?month={}", MONTH.format("%Y-%m"))
}

/// The address of the list of the month's entries.
fn list_page() -> String {
    let last = MONTH.with_day(31).unwrap_or(MONTH);
    format!("/timesheets?from={MONTH}&to={last}")
}

/// What one save sends, and which of its values are its own.
struct SaveOf {
    traffic: Traffic,
    /// The values, with the SQL that gives pgbench others each time.
    varied: Vec<(String, String)>,
}

/// What the second view of the page, and the second entry of each office, send to the database: by then their statements are prepared.
async fn record(cluster: &Cluster, url: &str, offices: &[Office]) -> Done<(Traffic, Traffic, Vec<SaveOf>)> {
    let mut superuser = PgConnection::connect(&cluster.superuser_url(DATABASE)).await?;
    let folder: String = sqlx::query_scalar("SELECT current_setting('data_directory')").fetch_one(&mut superuser).await?;
    superuser.execute("ALTER DATABASE bench SET log_statement = 'all'").await?;
    let server = Server::start(url).await?;
    let mut reader = readers(&server, &month_page(), "").await?;
    let (month, _) = watch(&mut reader[0], Path::new(&folder)).await?;
    let mut reader = readers(&server, &list_page(), "").await?;
    let (list, _) = watch(&mut reader[0], Path::new(&folder)).await?;
    let mut saves_of = Vec::new();
    for (office, mut writer) in offices.iter().zip(writers(&server, offices, 1991, HTMX).await?) {
        let (traffic, request) = watch(&mut writer, Path::new(&folder)).await?;
        saves_of.push(SaveOf { traffic, varied: own_values(&String::from_utf8(request)?, &office.people)? });
    }
    superuser.execute("ALTER DATABASE bench RESET log_statement").await?;
    superuser.close().await?;
    server.stop().await?;
    Ok((month, list, saves_of))
}

async fn watch(worker: &mut Worker, folder: &Path) -> Done<(Traffic, Vec<u8>)> {
    let (mut before, mut request) = (0, Vec::new());
    for _ in 0..2 {
        before = read_log(folder, 0)?.len();
        request = (worker.next)(&worker.client);
        worker.client.send(&request).await?.expect(worker.status)?;
        tokio::time::sleep(Duration::from_millis(300)).await; // what ends the last transaction may follow the answer
    }
    Ok((Traffic::from_log(&read_log(folder, before)?), request))
}

/// The values of a save that must not come twice. pgbench counts in `:n`; each of its clients has people of its own.
fn own_values(request: &str, people: &[Uuid]) -> Done<Vec<(String, String)>> {
    let value = |name: &str| -> Done<String> {
        let (_, rest) = request.split_once(&format!("{name}=")).ok_or("the form has changed")?;
        Ok(rest.split('&').next().unwrap_or_default().to_owned())
    };
    let person: Vec<String> = people.iter().take(CLIENTS).map(Uuid::to_string).collect();
    let counted = "lpad(to_hex(:client_id::bigint * 1000000 + :n::bigint), 31, '0')";
    let one_by_one = [
        (value("_op")?, format!("(({counted}) || 'a')::uuid")),
        (value("_id")?, format!("(({counted}) || 'b')::uuid")),
        (value("employee_id")?, format!("('{{{}}}'::uuid[])[:client_id::int + 1]", person.join(","))),
        (value("work_date")?, "DATE '2070-01-01' + :n::int".to_owned()),
    ];
    let as_arrays: Vec<_> = one_by_one.iter().map(|(known, sql)| (format!("{{{known}}}"), format!("ARRAY[{sql}]"))).collect();
    Ok(one_by_one.into_iter().chain(as_arrays).collect())
}

/// A part of a page's SQL as the role that serves, and as one for which no policy applies.
struct Policies {
    what: &'static str,
    with: Script,
    without: Script,
}

impl Policies {
    fn of(what: &'static str, traffic: &Traffic, name: &str) -> Done<Self> {
        Ok(Self {
            what,
            with: traffic.script("page", file(&format!("{name}.sql")), &[])?,
            without: traffic.as_role(UNPOLICED).script("page", file(&format!("{name}-without.sql")), &[])?,
        })
    }
}

async fn pages(server: &Server, cluster: &Cluster, traffic: &Traffic, effort: &Effort, table: &mut Table) -> Done<()> {
    let script = traffic.script("page", file("page.sql"), &[])?;
    let policies = [
        Policies::of("the page's SQL in the region's scope", &traffic.of_regions(), "policies-of-regions")?,
        Policies::of("all of the page's SQL, with the look at whose session it is", traffic, "policies")?,
    ];
    let mut with_and_without = [const { (Vec::new(), Vec::new()) }; 2];
    let (mut plain, mut compressed) = (readers(server, &month_page(), "").await?, readers(server, &month_page(), COMPRESSED).await?);
    let (mut direct, mut slow, mut fast) = (Vec::new(), Vec::new(), Vec::new());
    let owner = cluster.owner_url(DATABASE);
    let mut superuser = PgConnection::connect(&cluster.superuser_url(DATABASE)).await?;
    superuser.execute(AssertSqlSafe(format!("CREATE ROLE {UNPOLICED} BYPASSRLS IN ROLE rainstaff_app ROLE rainstaff"))).await?;
    for round in 1..=effort.rounds {
        say(&format!("month page, round {round} of {}", effort.rounds));
        direct.push(script.run(&owner, CLIENTS, effort.turn).await?);
        for (policies, (with, without)) in policies.iter().zip(&mut with_and_without) {
            with.push(policies.with.run(&owner, PROCESSORS, effort.turn).await?);
            without.push(policies.without.run(&owner, PROCESSORS, effort.turn).await?);
        }
        slow.push(load(&mut compressed, effort.turn).await?);
        fast.push(load(&mut plain, effort.turn).await?);
    }
    superuser.execute(AssertSqlSafe(format!("DROP ROLE {UNPOLICED}"))).await?;
    superuser.close().await?;
    let what = format!("month page, {} entries of {PEOPLE} people", WORKDAYS * PEOPLE);
    table.against(&what, "compressed, as browsers ask for it, beside pgbench with its SQL", &slow, &direct, Some(0.6));
    table.against(&what, "not compressed", &fast, &direct, None);
    for ((policies, (with, without)), budget) in policies.iter().zip(&with_and_without).zip([Some(0.95), None]) {
        let how = format!("two clients of pgbench with {}, beside the same as a role with BYPASSRLS", policies.what);
        table.against("row-level security", &how, with, without, budget);
    }
    let (transactions, waits) = traffic.counts();
    let client = &mut compressed.first_mut().ok_or("nobody reads")?.client;
    let small = client.get(&month_page(), COMPRESSED).await?;
    let large = client.get(&month_page(), "").await?;
    let how = small.header("content-encoding").unwrap_or("not compressed").to_owned();
    table.at_most("month page over the wire", &how, Some(kilobytes(small.body.len())), 30.0, "KB");
    table.note(&format!(
        "The month page has {:.0} KB. It takes {transactions} transactions and waits {waits} times for the database; pgbench repeats them, \
         as found in the database's log.",
        kilobytes(large.body.len())
    ));
    table.note(
        "Row-level security: the queries name their regions besides the policies, so a role that has the rights of the serving one, and for \
         which no policy applies, gets the same rows by an explicit condition. The look at whose session it is has other policies: those of \
         accounts.",
    );
    Ok(())
}

/// The list of the same entries, fifty a page, with the totals of all and the form above it.
async fn lists(server: &Server, cluster: &Cluster, traffic: &Traffic, effort: &Effort, table: &mut Table) -> Done<()> {
    let script = traffic.script("list", file("list.sql"), &[])?;
    let mut clerks = readers(server, &list_page(), COMPRESSED).await?;
    let (mut direct, mut ours) = (Vec::new(), Vec::new());
    for round in 1..=effort.rounds {
        say(&format!("list, round {round} of {}", effort.rounds));
        direct.push(script.run(&cluster.owner_url(DATABASE), CLIENTS, effort.turn).await?);
        ours.push(load(&mut clerks, effort.turn).await?);
    }
    table.against("list of the month's entries", "compressed, beside pgbench with its SQL", &ours, &direct, None);
    Ok(())
}

fn kilobytes(bytes: usize) -> f64 {
    count(bytes) / 1000.0
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// Clerks of one office who look at a page again and again.
async fn readers(server: &Server, page: &str, headers: &'static str) -> Done<Vec<Worker>> {
    let mut workers = Vec::new();
    for _ in 0..CLIENTS {
        let client = Clerk::sign_in(server, "ankara").await?.client;
        let request = client.request("GET", page, headers, "");
        workers.push(Worker { client, next: Box::new(move |_| request.clone()), status: 200 });
    }
    Ok(workers)
}

/// The table that bare INSERTs go into.
async fn make_bare_table(url: &str) -> Done<()> {
    let mut owner = PgConnection::connect(url).await?;
    owner
        .execute(AssertSqlSafe(
            "CREATE SCHEMA bench; GRANT USAGE ON SCHEMA bench TO rainstaff_app; \
             CREATE TABLE bench.entries (LIKE app.timesheets INCLUDING DEFAULTS, PRIMARY KEY (region, id)); \
             GRANT INSERT ON bench.entries TO rainstaff_app",
        ))
        .await?;
    Ok(owner.close().await?)
}

async fn saves(
    server: &Server,
    cluster: &Cluster,
    offices: &[Office],
    recorded: &[SaveOf],
    effort: &Effort,
    table: &mut Table,
) -> Done<()> {
    let insert = Script::new(file("insert.sql"), INSERT)?;
    let mut same_sql = Vec::new();
    for (office, save) in OFFICES.iter().zip(recorded) {
        same_sql.push(save.traffic.script(office, file(&format!("save-{office}.sql")), &save.varied)?);
    }
    let one = std::slice::from_ref(&offices[0]);
    let mut all_offices = writers(server, offices, 2001, HTMX).await?;
    let mut without_scripts = writers(server, offices, 2008, "").await?;
    let mut one_office = writers(server, one, 2015, HTMX).await?;
    let (mut bare, mut direct, mut all, mut plain, mut single) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let url = cluster.owner_url(DATABASE);
    for round in 1..=effort.rounds {
        say(&format!("saving, round {round} of {}", effort.rounds));
        bare.push(insert.run(&url, CLIENTS, effort.turn).await?);
        all.push(load(&mut all_offices, effort.turn).await?);
        direct.push(run_together(&same_sql, &url, CLIENTS, effort.turn, round * 2000).await?);
        plain.push(load(&mut without_scripts, effort.turn).await?);
        single.push(load(&mut one_office, effort.turn).await?);
    }
    table.against("one entry saved", "through the form, clerks of four offices, beside pgbench with its SQL", &all, &direct, Some(0.5));
    table.against(
        "one entry saved",
        "the same beside a bare INSERT ([ADR 8](adr/0008-what-a-save-is-compared-with.md))",
        &all,
        &bare,
        None,
    );
    table.against("one entry saved", "pgbench with its SQL beside a bare INSERT", &direct, &bare, None);
    table.against("one entry saved", "without JavaScript, answered with a redirect, beside a bare INSERT", &plain, &bare, None);
    table.against("one entry saved", "all clerks in one office, beside a bare INSERT", &single, &bare, None);
    let (transactions, waits) = recorded.first().map(|save| save.traffic.counts()).unwrap_or_default();
    table.at_most("one entry saved", "through the form", Some(count(transactions)), 2.0, "transactions");
    table.at_most("one entry saved", "through the form", Some(count(waits)), 8.0, "waits for the database");
    table.note("The bare INSERT, with its commit, goes into a table of the same columns with nothing but a primary key.");
    Ok(())
}

/// A long queue of one browser, beside as many INSERTs, one after the other and each with its commit.
async fn drains(server: &Server, cluster: &Cluster, offices: &[Office], effort: &Effort, table: &mut Table) -> Done<()> {
    let insert = Script::new(file("insert.sql"), INSERT)?;
    let url = cluster.owner_url(DATABASE);
    let (mut direct, mut ours, mut sent, mut entries) = (Vec::new(), Vec::new(), 0, 0);
    let before = bytes_of_entries(cluster).await?;
    for (year, office) in (2041..).zip(offices.iter().take(3)) {
        say(&format!("draining a queue of {}", office.code));
        let mut clerk = Clerk::sign_in(server, office.code).await?;
        let mut queue = Queue::of(&mut clerk, office.code).await?;
        let first = NaiveDate::from_yo_opt(year, 1).ok_or("no such year")?;
        queue.enter_days(&office.people, first.iter_days().take(effort.queued_days))?;
        sent = queue.len();
        entries += sent;
        direct.push(insert.run(&url, 1, effort.turn).await?);
        ours.push(f64::from(u32::try_from(sent)?) / queue.drain(&mut clerk).await?.as_secs_f64());
    }
    let what = format!("{sent} queued operations");
    table.against(&what, "one browser's queue, 100 a request, beside INSERTs of one client", &ours, &direct, Some(1.0 / 1.5));
    let grown = u32::try_from(bytes_of_entries(cluster).await? - before)?;
    let each = kilobytes(usize::try_from(grown)?) / count(entries);
    table.at_most("an entry on the disk", "with what was sent, its log and its verdict, and their indexes", Some(each), 3.0, "kB");
    Ok(())
}

/// What entries, their operations, their log and their verdicts take on the disk, with all indexes.
async fn bytes_of_entries(cluster: &Cluster) -> Done<i64> {
    let mut superuser = PgConnection::connect(&cluster.superuser_url(DATABASE)).await?;
    let sql = "SELECT sum(pg_total_relation_size(t))::bigint
               FROM unnest('{app.timesheets, app.op_inbox, app.change_log, app.op_verdict}'::regclass[]) t";
    let bytes = sqlx::query_scalar(sql).fetch_one(&mut superuser).await?;
    superuser.close().await?;
    Ok(bytes)
}

/// The same page, when there are twenty times as many timesheets around it.
async fn grown(server: &Server, cluster: &Cluster, effort: &Effort, table: &mut Table) -> Done<()> {
    let mut rates = Vec::new();
    for size in effort.sizes {
        say(&format!("growing to {size} timesheets"));
        let took = grow_to(&cluster.superuser_url(DATABASE), size).await?;
        say(&format!("that took {} s", took.as_secs()));
        let mut clerks = readers(server, &month_page(), COMPRESSED).await?;
        load(&mut clerks, effort.turn).await?; // plans and caches
        let mut turns = Vec::new();
        for _ in 0..effort.rounds {
            turns.push(load(&mut clerks, effort.turn).await?);
        }
        rates.push(turns);
    }
    let [small, large] = effort.sizes;
    let what = format!("month page among {large} timesheets");
    let before = median(&rates[0]); // the sizes take no turns
    let times: Vec<f64> = rates[1].iter().map(|after| before / after).collect();
    table.median_at_most(&what, &format!("its time, compared with {small}; no table is partitioned"), &times, 1.3, "times");
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

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn say(what: &str) {
    eprintln!("{what}");
}
