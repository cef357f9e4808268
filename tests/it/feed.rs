//! The change feed (SYNC 3.9): with any number of writers, no change is missed and no number is missing. A snapshot and the changes after
//! it are equal to the tables, and the digest shows whether they are. Cursors of other data are refused.

#![cfg(test)]

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use actix_web::{HttpResponse, body::to_bytes, web::Data};
use rainstaff::{
    access::Client,
    api::exchange,
    error::{AppError, AppResult},
    identity::Actor,
    ops::{Op, Origin},
    state::AppState,
    sync::deliver,
    web::params::Checked,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Executor};
use tokio::task::JoinSet;

use crate::support::{
    app::state_on,
    browser::Browser,
    builders::{Company, admin, clerk, employee_id, op, queue_id, template_id, timesheet_id},
};

/// Rows as a client has them: by region, entity and id, with version and whether they are gone.
type Mirror = BTreeMap<(String, String, String), (i64, bool, Value)>;

async fn body(answer: HttpResponse) -> Value {
    serde_json::from_slice(&to_bytes(answer.into_body()).await.unwrap()).unwrap()
}

async fn changes(state: &AppState, actor: &Actor, cursor: &str, limit: usize) -> AppResult<Value> {
    let query = Checked::from_query(&format!("cursor={cursor}&limit={limit}")).unwrap();
    Ok(body(exchange::get_changes(Data::new(state.clone()), Client::Person(actor.clone()), query).await?).await)
}

async fn snapshot(state: &AppState, actor: &Actor, page: &str) -> AppResult<Value> {
    let query = Checked::from_query(&format!("page={page}")).unwrap();
    Ok(body(exchange::get_snapshot(Data::new(state.clone()), Client::Person(actor.clone()), query).await?).await)
}

async fn digest(state: &AppState, actor: &Actor) -> Value {
    let answer =
        exchange::get_digest(Data::new(state.clone()), Client::Person(actor.clone()), Checked::from_query("").unwrap()).await.unwrap();
    body(answer).await
}

/// Takes items in as a client does: a row only with a higher version.
fn take_in(mirror: &mut Mirror, items: &Value) {
    for item in items.as_array().unwrap() {
        let text = |name: &str| item[name].as_str().unwrap().to_owned();
        let key = (text("region"), text("entity"), text("id"));
        let row = (item["version"].as_i64().unwrap(), item["gone"].as_bool().unwrap(), item["row"].clone());
        if mirror.get(&key).is_none_or(|(version, ..)| *version < row.0) {
            mirror.insert(key, row);
        }
    }
}

/// Follows the numbers of a feed and complains about a hole, a repetition and a wrong count.
#[derive(Default)]
struct Numbers(BTreeMap<String, i64>);

impl Numbers {
    fn follow(&mut self, page: &Value) {
        for range in page["ranges"].as_array().unwrap() {
            let number = |name: &str| range[name].as_i64().unwrap();
            let last = self.0.entry(range["region"].as_str().unwrap().to_owned()).or_default();
            assert_eq!(number("from"), *last + 1, "a hole in the feed: {range}");
            assert_eq!(number("to") - number("from") + 1, number("count"), "a hole in the page: {range}");
            *last = number("to");
        }
    }
}

/// What PostgreSQL has, read past the program.
async fn tables(company: &Company, regions: &[&str]) -> BTreeSet<(String, String, String, i64, bool)> {
    let mut conn = company.inspect().await;
    let entities =
        [("employee", "employees"), ("timesheet", "timesheets"), ("shift_template", "shift_templates"), ("settings", "settings")];
    let mut rows = BTreeSet::new();
    for (entity, table) in entities {
        let sql = format!("SELECT region, '{entity}', id::text, version, deleted_at IS NOT NULL FROM app.{table} WHERE region = ANY ($1)");
        let found: Vec<(String, String, String, i64, bool)> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(regions).fetch_all(&mut conn).await.unwrap();
        rows.extend(found);
    }
    rows
}

fn keys(mirror: &Mirror) -> BTreeSet<(String, String, String, i64, bool)> {
    mirror.iter().map(|((r, e, id), (version, gone, _))| (r.clone(), e.clone(), id.clone(), *version, *gone)).collect()
}

/// One writer's day: people, hours, corrections and deletions, in chunks of a few.
async fn write_away(state: AppState, office: &'static str, writer: u32) {
    let actor = clerk(office);
    let mut n = 0;
    for round in 0..12 {
        let first = writer * 1000 + round * 10;
        let mut draft = || {
            n += 1;
            op(&actor, office).queued(queue_id(writer), n)
        };
        let mut ops: Vec<Op> = vec![
            draft().new_employee(employee_id(first), "Ayşe Yılmaz"),
            draft().new_employee(employee_id(first + 1), "Işık Öztürk"),
            draft().new_timesheet(timesheet_id(first), employee_id(first), "2026-11-16"),
            draft().update("timesheet", timesheet_id(first), 1, json!({ "notes": ["", "gece vardiyası"] })),
            draft().delete("employee", employee_id(first + 1), 1),
        ];
        // A refused one now and then: its number, had it got one, would be a hole.
        ops.insert(3, draft().new_timesheet(timesheet_id(first + 1), employee_id(first), "2026-11-16"));
        for chunk in ops.chunks(1 + (round as usize + writer as usize) % 4) {
            let mut verdicts = deliver(&state, &actor, Origin::Offline, chunk.to_vec()).await.unwrap();
            while verdicts.iter().any(|v| v.verdict == rainstaff::ops::VerdictKind::Retry) {
                verdicts = deliver(&state, &actor, Origin::Offline, chunk.to_vec()).await.unwrap();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_misses_nothing_of_eight_writers() {
    let company = Company::with_connections(12).await;
    let state = state_on(&company.db);
    let mut writers = JoinSet::new();
    for writer in 0..8 {
        writers.spawn(write_away(state.clone(), ["ankara", "istanbul"][writer as usize % 2], writer));
    }
    let (mut mirror, mut numbers, mut cursor, mut pages) = (Mirror::new(), Numbers::default(), String::new(), 0);
    loop {
        while let Some(ended) = writers.try_join_next() {
            ended.unwrap();
        }
        let all_written = writers.is_empty();
        let page = changes(&state, &admin(), &cursor, 23).await.unwrap();
        numbers.follow(&page);
        take_in(&mut mirror, &page["changes"]);
        page["cursor"].as_str().unwrap().clone_into(&mut cursor);
        pages += 1;
        if all_written && page["changes"].as_array().unwrap().is_empty() {
            break;
        }
    }
    assert_eq!(
        numbers.0,
        BTreeMap::from([("ankara".to_owned(), 240), ("istanbul".to_owned(), 240)]),
        "five changes a round, refused ones none"
    );
    assert_eq!(keys(&mirror), tables(&company, &["ankara", "istanbul"]).await);
    assert!(pages > 20, "{pages} pages: the reader read while the writers wrote");
    let holes = "SELECT count(*) FROM app.change_log WHERE seq IS NULL";
    assert_eq!(company.look(holes).await, "0");
    for office in ["ankara", "istanbul"] {
        assert_eq!(company.look(&format!("SELECT sec.verify_changes('{office}')")).await, "nothing", "the chain holds under the same load");
        assert_eq!(company.look(&format!("SELECT sec.verify_digests('{office}')::text")).await, "{}", "and so do the digests");
    }
}

#[tokio::test]
async fn a_snapshot_and_the_changes_after_it_make_the_tables() {
    let company = Company::new().await;
    let state = state_on(&company.db);
    // More than one page of a snapshot (1,000 rows), in two regions.
    for (office, first) in [("ankara", 0), ("bursa", 5000)] {
        let actor = clerk(office);
        for chunk in 0..6 {
            let ops = (0..100).map(|n| op(&actor, office).new_employee(employee_id(first + chunk * 100 + n), "Ayşe Yılmaz"));
            deliver(&state, &actor, Origin::Offline, ops.collect()).await.unwrap();
        }
    }
    let shift = json!({ "name": "Gündüz", "start_time": "08:00", "end_time": "17:00" });
    company.apply_one(&clerk("bursa"), &op(&clerk("bursa"), "bursa").create("shift_template", template_id(1), shift)).await;

    let (mut mirror, mut page, mut cursor, mut pages) = (Mirror::new(), String::new(), String::new(), 0);
    loop {
        let answer = snapshot(&state, &admin(), &page).await.unwrap();
        take_in(&mut mirror, &answer["items"]);
        pages += 1;
        // While the client fetches pages, the office goes on.
        let ankara = clerk("ankara");
        let edit = json!({ "title": ["", format!("Usta {pages}")] });
        company.apply_one(&ankara, &op(&ankara, "ankara").update("employee", employee_id(pages), 1, edit)).await;
        company.apply_one(&ankara, &op(&ankara, "ankara").new_timesheet(timesheet_id(pages), employee_id(pages), "2026-11-16")).await;
        assert!(cursor.is_empty() || cursor == answer["cursor"], "the cursor is that of the first page");
        answer["cursor"].as_str().unwrap().clone_into(&mut cursor);
        match answer["page"].as_str() {
            Some(next) => next.clone_into(&mut page),
            None => break,
        }
    }
    assert_eq!(pages, 2);
    assert_ne!(keys(&mirror), tables(&company, &["ankara", "bursa"]).await, "the snapshot alone is behind");
    loop {
        let answer = changes(&state, &admin(), &cursor, 100).await.unwrap();
        take_in(&mut mirror, &answer["changes"]);
        answer["cursor"].as_str().unwrap().clone_into(&mut cursor);
        if answer["more"] == false {
            break;
        }
    }
    assert_eq!(keys(&mirror), tables(&company, &["ankara", "bursa"]).await);
    let title = &mirror[&("ankara".to_owned(), "employee".to_owned(), employee_id(1).to_string())].2["title"];
    assert_eq!(title, "Usta 1", "values and all");
}

#[tokio::test]
async fn the_digest_is_what_a_client_computes_from_its_rows() {
    let company = Company::new().await;
    let state = state_on(&company.db);
    write_away(state.clone(), "ankara", 1).await;
    write_away(state.clone(), "bursa", 2).await;
    let mut expected: BTreeMap<(String, String), (i64, u64)> = BTreeMap::new();
    for (region, entity, id, version, _) in tables(&company, &["ankara", "bursa"]).await {
        let hash = Sha256::digest(format!("{id}:{version}"));
        let entry = expected.entry((region, entity)).or_default();
        entry.0 += 1;
        entry.1 ^= u64::from_be_bytes(hash[..8].try_into().unwrap());
    }
    let told = digest(&state, &admin()).await;
    for ((region, entity), (count, xor)) in &expected {
        let table = &told["regions"][region]["tables"][entity];
        assert_eq!(table, &json!({ "count": count, "xor": format!("{xor:016x}") }), "{region} {entity}");
    }
    assert_eq!(expected.len(), 4);
    assert_eq!(told["regions"]["ankara"]["seq"], 60);
    let before = digest(&state, &clerk("ankara")).await;
    assert!(before["regions"].get("bursa").is_none(), "another region's digest was disclosed");
    // A row lost behind the program's back shows.
    let mut owner = company.inspect().await;
    owner.execute("ALTER TABLE app.timesheets DISABLE TRIGGER logged").await.unwrap();
    owner.execute("DELETE FROM app.timesheets WHERE id = (SELECT id FROM app.timesheets WHERE region = 'ankara' LIMIT 1)").await.unwrap();
    assert_ne!(before["regions"], digest(&state, &clerk("ankara")).await["regions"]);
}

/// In each step the kept digest is the one that a look at all rows gives, whoever wrote and however often in a transaction.
#[tokio::test]
async fn the_kept_digest_is_that_of_the_rows_after_every_kind_of_change() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    let off = "SELECT sec.verify_digests('ankara')::text";
    let kept = "SELECT concat_ws(' ', digests -> 'employee' ->> 'rows', digests -> 'employee' ->> 'xor', digests ? 'timesheet')
                FROM app.region_head WHERE region = 'ankara'";
    let draft = || op(&ankara, "ankara");
    let mut before = String::new();
    for ops in [
        vec![draft().new_employee(employee_id(1), "Ayşe Yılmaz"), draft().new_employee(employee_id(2), "İsa Öz")],
        vec![draft().update("employee", employee_id(1), 1, json!({ "title": ["", "Usta"] }))],
        vec![
            draft().update("employee", employee_id(1), 2, json!({ "title": ["Usta", "Kalfa"] })),
            draft().new_timesheet(timesheet_id(1), employee_id(1), "2026-11-16"),
            draft().update("employee", employee_id(1), 3, json!({ "title": ["Kalfa", "Usta"] })),
            draft().new_timesheet(timesheet_id(2), employee_id(1), "2026-11-17"),
        ],
        vec![draft().delete("employee", employee_id(2), 1)],
        vec![draft().restore("employee", employee_id(2), 2)],
    ] {
        let verdicts = company.apply(&ankara, &ops).await;
        assert!(verdicts.iter().all(|verdict| verdict.verdict.took_effect()), "{verdicts:?}");
        let after = company.look(kept).await;
        assert_ne!(before, after, "every change is felt");
        assert_eq!(company.look(off).await, "{}", "{ops:?}");
        before = after;
    }
    let mut owner = company.inspect().await;
    for by_hand in [
        "UPDATE app.employees SET version = version + 5 WHERE region = 'ankara'",
        "BEGIN; INSERT INTO app.employees (region, id, full_name) VALUES ('ankara', gen_random_uuid(), 'El');
         UPDATE app.employees SET version = 9 WHERE full_name = 'El'; DELETE FROM app.timesheets; COMMIT",
        "BEGIN; INSERT INTO app.employees (region, id, full_name) VALUES ('ankara', gen_random_uuid(), 'Yok');
         UPDATE app.employees SET version = 2 WHERE full_name = 'Yok'; DELETE FROM app.employees WHERE full_name = 'Yok'; COMMIT",
        "BEGIN; UPDATE app.employees SET version = version + 1; ROLLBACK",
    ] {
        owner.execute(by_hand).await.unwrap();
        assert_eq!(company.look(off).await, "{}", "{by_hand}");
    }
    assert!(company.look(kept).await.starts_with("3 "), "{}", company.look(kept).await);
    owner.execute("ALTER TABLE app.employees DISABLE TRIGGER logged; UPDATE app.employees SET version = version + 1").await.unwrap();
    assert_eq!(company.look(off).await, "{employee}", "what passed the triggers is found");
    owner.execute("CALL sec.renew_digests('ankara')").await.unwrap();
    assert_eq!(company.look(off).await, "{}");
}

#[tokio::test]
async fn cursors_of_other_data_and_of_nothing_are_refused() {
    let company = Company::new().await;
    let state = state_on(&company.db);
    let ankara = clerk("ankara");
    company.apply_one(&ankara, &op(&ankara, "ankara").new_employee(employee_id(1), "Ayşe Yılmaz")).await;
    let first = changes(&state, &ankara, "", 10).await.unwrap();
    let cursor = first["cursor"].as_str().unwrap();
    assert!(changes(&state, &ankara, cursor, 10).await.unwrap()["changes"].as_array().unwrap().is_empty());
    for nonsense in ["nonsense", "MTIz", "LTE"] {
        assert!(matches!(changes(&state, &ankara, nonsense, 10).await, Err(AppError::BadParams(_))), "{nonsense}");
        assert!(matches!(snapshot(&state, &ankara, nonsense).await, Err(AppError::BadParams(_))), "{nonsense}");
    }
    // As after a restore into another cluster.
    company.inspect().await.execute("UPDATE sec.feed SET epoch = gen_random_uuid()").await.unwrap();
    assert!(matches!(changes(&state, &ankara, cursor, 10).await, Err(AppError::Gone)));
    assert_ne!(changes(&state, &ankara, "", 10).await.unwrap()["epoch"], first["epoch"]);
}

#[tokio::test]
async fn a_cursor_shows_nobody_more_than_their_own_regions() {
    let company = Company::new().await;
    let state = state_on(&company.db);
    for (n, office) in [(1, "ankara"), (2, "istanbul")] {
        let actor = clerk(office);
        company.apply_one(&actor, &op(&actor, office).new_employee(employee_id(n), office)).await;
    }
    let of_all = changes(&state, &admin(), "", 1).await.unwrap();
    let page = changes(&state, &clerk("ankara"), of_all["cursor"].as_str().unwrap(), 10).await.unwrap();
    assert!(page["changes"].as_array().unwrap().iter().all(|c| c["region"] == "ankara"), "another region's change was disclosed");
    let all = snapshot(&state, &clerk("istanbul"), "").await.unwrap();
    assert!(!all["items"].as_array().unwrap().is_empty());
    assert!(all["items"].as_array().unwrap().iter().all(|c| c["region"] == "istanbul"), "another region's row was disclosed");
}

#[actix_web::test]
async fn a_reader_that_waits_is_woken_by_the_next_change() {
    let company = crate::auth::Company::new().await;
    let mut reader = Browser::of(&company.state, "ankara1", crate::auth::CLERK_PASSWORD).await;
    let ankara = clerk("ankara");
    let asked = Instant::now();
    let writing = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        deliver(&company.state, &ankara, Origin::Offline, vec![op(&ankara, "ankara").new_employee(employee_id(1), "Ayşe")]).await
    };
    let (answer, written) = tokio::join!(reader.get("/api/v1/changes?wait=20"), writing);
    written.unwrap();
    assert!(asked.elapsed() > Duration::from_millis(200), "it waited");
    assert!(asked.elapsed() < Duration::from_secs(10), "but not to the end of its 20 seconds");
    assert_eq!(answer.json()["changes"][0]["row"]["full_name"], "Ayşe");
}

#[tokio::test]
async fn nobody_gets_identity_numbers_in_bulk() {
    const NUMBER: &str = "10000000146";
    let company = Company::new().await;
    let state = state_on(&company.db);
    let ankara = clerk("ankara");
    let draft = |n| op(&ankara, "ankara").queued(queue_id(1), n);
    let with = draft(1).create("employee", employee_id(1), json!({ "full_name": "Ayşe", "identity_no": NUMBER }));
    let without = draft(2).new_employee(employee_id(2), "Mehmet");
    let mut answers = Vec::new();
    for reader in [&ankara, &admin()] {
        answers.push(changes(&state, reader, "", 100).await.unwrap());
    }
    let batch = json!({ "nonce": 1, "ops": [with, without] }).to_string();
    let send = |path: &str, body: String| {
        let request = actix_web::test::TestRequest::post().uri(path).insert_header(("content-type", "application/json"));
        (request.insert_header(("x-sync-client", "1")).to_http_request(), actix_web::web::Bytes::from(body))
    };
    for _ in 0..2 {
        let (request, bytes) = send("/api/v1/ops", batch.clone());
        answers
            .push(body(exchange::post_ops(Data::new(state.clone()), Client::Person(ankara.clone()), request, bytes).await.unwrap()).await);
    }
    let asked = json!({ "op_ids": [with.op_id] }).to_string();
    let (request, bytes) = send("/api/v1/ops/status", asked);
    answers.push(
        body(exchange::post_ops_status(Data::new(state.clone()), Client::Person(ankara.clone()), request, bytes).await.unwrap()).await,
    );
    for reader in [&ankara, &admin()] {
        let page = changes(&state, reader, "", 100).await.unwrap();
        assert_eq!(page["changes"][0]["row"]["identity_no_masked"], "*", "{page}");
        assert_eq!(page["changes"][1]["row"]["identity_no_masked"], Value::Null, "{page}");
        answers.push(page);
        let all = snapshot(&state, reader, "").await.unwrap();
        assert_eq!(all["items"].as_array().unwrap().len(), 2);
        answers.push(all);
    }
    for answer in answers {
        let text = answer.to_string();
        assert!(!text.contains(NUMBER) && !text.contains("\"identity_no\":"), "{text}");
    }
    assert_eq!(
        company.look("SELECT identity_no FROM app.employees WHERE identity_no IS NOT NULL").await,
        NUMBER,
        "it is stored all the same"
    );
}

/// How many transactions the server began while `work` went on.
async fn transactions_of<T>(state: &AppState, work: impl Future<Output = T>) -> (u64, T) {
    let before = state.db.transactions();
    let done = work.await;
    (state.db.transactions() - before, done)
}

async fn reads_one(state: AppState, actor: Actor, cursor: String) -> Value {
    let query = Checked::from_query(&format!("cursor={cursor}&wait=20")).unwrap();
    body(exchange::get_changes(Data::new(state), Client::Person(actor), query).await.unwrap()).await
}

#[actix_web::test]
async fn a_save_wakes_the_readers_of_its_region_and_no_other() {
    let company = Company::new().await;
    let state = state_on(&company.db);
    let (ankara, istanbul) = (clerk("ankara"), clerk("istanbul"));
    company.admit(&istanbul).await;
    let mut readers = JoinSet::new();
    for _ in 0..100 {
        readers.spawn_local(reads_one(state.clone(), istanbul.clone(), String::new()));
    }
    let waits = tokio::time::Duration::from_millis(50);
    while state.db.transactions() < 100 {
        tokio::time::sleep(waits).await;
    }
    tokio::time::sleep(waits).await;
    let save = |actor: &Actor, office, n: u32| {
        let new = op(actor, office).queued(queue_id(1), i64::from(n)).new_employee(employee_id(n), "Ayşe");
        let (state, actor) = (state.clone(), actor.clone());
        async move { deliver(&state, &actor, Origin::Offline, vec![new]).await.unwrap() }
    };
    let (begun, ()) = transactions_of(&state, async {
        for n in 1..=10 {
            save(&ankara, "ankara", n).await;
        }
        tokio::time::sleep(waits * 4).await;
    })
    .await;
    assert!(begun <= 10 * 4, "{begun} transactions for 10 saves that concern none of 100 readers");
    assert!(readers.try_join_next().is_none(), "a reader was woken for another region");

    let (_, pages) = transactions_of(&state, async {
        save(&istanbul, "istanbul", 11).await;
        readers.join_all().await
    })
    .await;
    assert!(pages.iter().all(|page| page["changes"][0]["row"]["full_name"] == "Ayşe"), "each of them got it");
}

#[actix_web::test]
async fn what_another_process_commits_is_found_with_one_look_for_all_readers() {
    let company = Company::new().await;
    let (here, there) = (state_on(&company.db), state_on(&company.db));
    let ankara = clerk("ankara");
    company.admit(&ankara).await;
    let watching = tokio::spawn(here.bell.clone().watch(here.db.clone()));
    let mut readers = JoinSet::new();
    for _ in 0..50 {
        readers.spawn_local(reads_one(here.clone(), ankara.clone(), String::new()));
    }
    let begun = transactions_of(&here, tokio::time::sleep(Duration::from_secs(3))).await.0;
    assert!(begun <= 50 + 5, "{begun} transactions while 50 readers wait");
    let asked = Instant::now();
    deliver(&there, &ankara, Origin::Offline, vec![op(&ankara, "ankara").new_employee(employee_id(1), "Ayşe")]).await.unwrap();
    let pages = readers.join_all().await;
    assert!(asked.elapsed() < Duration::from_secs(10), "not only at the end of their 20 seconds");
    assert!(pages.iter().all(|page| page["changes"][0]["row"]["full_name"] == "Ayşe"));
    watching.abort();
}
