//! The server's knowledge of the browsers' queues: heartbeats, gaps, alarms, the kill switch, the quarantine.

#![cfg(test)]

use chrono::TimeDelta;
use rainstaff::{
    alarms::watch_all,
    clock::Clock,
    ids::new_id,
    offline_mode::OfflineSwitch,
    ops::{Op, Origin},
    queue_health::QueueAlarms,
    state::AppState,
    sync::deliver,
    web::assets,
};
use serde_json::{Value, json};
use sqlx::Executor as _;
use uuid::Uuid;

use crate::{
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company},
    support::{
        browser::{Answer, Browser},
        builders::{self, op},
        program::send,
    },
};

const OPS: &str = "/api/v1/ops";
const QUARANTINE: &str = "/api/v1/ops/quarantine";

/// The company's server, so many minutes later.
fn after(company: &Company, minutes: i64) -> AppState {
    let now = company.state.clock.now() + TimeDelta::minutes(minutes);
    AppState { clock: Clock::Fixed(now), ..company.state.clone() }
}

async fn ankara(company: &Company) -> Browser {
    Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await
}

async fn boss(state: &AppState) -> Browser {
    Browser::of(state, "admin", ADMIN_PASSWORD).await
}

async fn ping(browser: &mut Browser) -> Value {
    browser.get("/api/v1/ping").await.json()
}

/// The browser tells of its queue and brings these operations out of it.
async fn tell(browser: &mut Browser, queue: Uuid, len: u32, ops: &[Op]) -> Answer {
    let report = json!({ "id": queue, "len": len, "oldest_at": "2026-01-05T07:00:00Z", "build": assets::build(), "offset_ms": 0 });
    let answer = browser.call(OPS, &json!({ "nonce": "n", "queue": report, "ops": ops })).await;
    assert_eq!(answer.status, 200, "{}", answer.html);
    answer
}

/// The n-th operation of a queue of this browser's person.
async fn entry(browser: &mut Browser, queue: Uuid, n: i64) -> Op {
    let me = ping(browser).await["user"]["id"].as_str().unwrap().parse().unwrap();
    let draft = op(&builders::clerk("ankara"), "ankara").queued(queue, n);
    Op { actor: me, ..draft.new_employee(new_id(), &format!("Ayşe {n}")) }
}

async fn look(company: &Company, sql: &str) -> Vec<String> {
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_all(&mut company.inspect().await).await.unwrap()
}

/// `kind amount` of the alarms that are not over.
async fn alarms(company: &Company) -> Vec<String> {
    look(company, "SELECT kind || ' ' || amount FROM app.queue_alarm WHERE ended_at IS NULL ORDER BY kind").await
}

/// `region kind username count` of the events about queues.
async fn events(company: &Company) -> Vec<String> {
    let sql = "SELECT concat_ws(' ', region, kind, username, detail ->> 'count') FROM app.activity_event WHERE kind ~ 'queue|quarant' ORDER BY id";
    look(company, sql).await
}

#[actix_web::test]
async fn a_queue_that_tells_of_itself_is_on_its_offices_dashboard_and_no_other() {
    let company = Company::new().await;
    company.give_password("istanbul1", CLERK_PASSWORD, false).await.unwrap();
    let mut browser = ankara(&company).await;
    let queue = new_id();
    let answer = tell(&mut browser, queue, 3, &[]).await.json();
    assert_eq!((&answer["nonce"], &answer["results"]), (&json!("n"), &json!([])), "no operations at all is a heartbeat");

    let own = browser.get("/dashboard").await;
    assert_eq!(own.texts("#dash-queues tbody td")[..3], ["ankara1", "Chrome 120, Windows", "3"]);
    assert_eq!(own.texts("#dash-queues tbody td")[5], "güncel");
    let all = boss(&company.state).await.get("/dashboard").await;
    assert_eq!(all.texts("#dash-queues tbody td")[..4], ["ankara1", "Ankara", "Chrome 120, Windows", "3"]);
    assert!(all.attribute("#dash-queues tbody a", "href").starts_with("/admin/users/"));
    let other = Browser::of(&company.state, "istanbul1", CLERK_PASSWORD).await.get("/dashboard").await;
    assert!(other.html.contains("dash-queues") && !other.html.contains("ankara1"));

    let report = json!({ "id": queue, "len": 0, "oldest_at": null, "build": "/static/app-0.js", "offset_ms": 0 });
    browser.call(OPS, &json!({ "queue": report, "ops": [] })).await;
    let cells = browser.get("/dashboard").await.texts("#dash-queues tbody td");
    assert_eq!((cells[2].as_str(), cells[3].as_str(), cells[5].as_str()), ("0", "–", "eski sürüm"));
}

#[actix_web::test]
async fn a_contact_is_stored_once_a_minute_unless_it_tells_something_new() {
    let company = Company::new().await;
    let (mut browser, queue) = (ankara(&company).await, new_id());
    let stored = async || look(&company, "SELECT len || ' ' || extract(epoch FROM last_at - first_at)::int FROM app.queue_contact").await;
    tell(&mut browser, queue, 3, &[]).await;
    browser.goes_on_with(&AppState { clock: Clock::Fixed(company.state.clock.now() + TimeDelta::seconds(59)), ..company.state.clone() });
    tell(&mut browser, queue, 3, &[]).await;
    assert_eq!(stored().await, ["3 0"]);
    tell(&mut browser, queue, 2, &[]).await;
    assert_eq!(stored().await, ["2 59"]);
    browser.goes_on_with(&after(&company, 2));
    tell(&mut browser, queue, 2, &[]).await;
    assert_eq!(stored().await, ["2 120"]);
}

#[actix_web::test]
async fn the_browsers_cookie_is_made_once_and_no_script_reads_it() {
    let company = Company::new().await;
    let mut browser = ankara(&company).await;
    assert!(!browser.cookie_header().contains("rainstaff-browser="));
    tell(&mut browser, new_id(), 0, &[]).await;
    let cookie = browser.cookie_header();
    assert!(cookie.contains("rainstaff-browser="), "{cookie}");
    tell(&mut browser, new_id(), 0, &[]).await;
    assert_eq!(browser.cookie_header(), cookie);
    assert_eq!(look(&company, "SELECT DISTINCT browser_id::text FROM app.queue_contact").await.len(), 1);
}

#[actix_web::test]
async fn a_hole_is_in_the_ping_at_once_and_an_alarm_after_ten_minutes_until_it_is_filled() {
    let company = Company::new().await;
    let (mut browser, queue) = (ankara(&company).await, new_id());
    let late = entry(&mut browser, queue, 2).await;
    let ops = [entry(&mut browser, queue, 1).await, entry(&mut browser, queue, 4).await];
    tell(&mut browser, queue, 2, &ops).await;
    assert_eq!(ping(&mut browser).await["missing"], json!([{ "queue_id": queue, "n": 2 }, { "queue_id": queue, "n": 3 }]));
    assert_eq!(ping(&mut boss(&company.state).await).await["missing"], json!([]), "nobody is told of another's queue");
    tell(&mut browser, queue, 0, &[]).await;
    watch_all::<QueueAlarms>(&after(&company, 9)).await.unwrap();
    assert_eq!(alarms(&company).await, [""; 0]);
    watch_all::<QueueAlarms>(&after(&company, 10)).await.unwrap();
    watch_all::<QueueAlarms>(&after(&company, 11)).await.unwrap();
    assert_eq!(alarms(&company).await, ["hole 2"]);
    assert_eq!(events(&company).await, ["ankara queue_hole ankara1 2"], "said once");

    tell(&mut browser, queue, 1, &[late]).await;
    assert_eq!(ping(&mut browser).await["missing"], json!([{ "queue_id": queue, "n": 3 }]));
    let rest = entry(&mut browser, queue, 3).await;
    tell(&mut browser, queue, 0, &[rest]).await;
    assert_eq!(ping(&mut browser).await["missing"], json!([]));
    watch_all::<QueueAlarms>(&after(&company, 12)).await.unwrap();
    assert_eq!(alarms(&company).await, [""; 0]);
}

#[actix_web::test]
async fn what_had_arrived_as_a_form_before_it_came_out_of_the_queue_is_no_hole() {
    let company = Company::new().await;
    let (mut browser, queue) = (ankara(&company).await, new_id());
    let queued = entry(&mut browser, queue, 1).await;
    browser.call(OPS, &json!({ "ops": [Op { n: 0, ..queued.clone() }] })).await; // its answer was lost on the way
    assert_eq!(tell(&mut browser, queue, 1, &[queued]).await.json()["results"][0]["replayed"], true);
    let second = entry(&mut browser, queue, 2).await;
    tell(&mut browser, queue, 0, &[second]).await;
    assert_eq!(ping(&mut browser).await["missing"], json!([]));
    watch_all::<QueueAlarms>(&after(&company, 20)).await.unwrap();
    assert_eq!(alarms(&company).await, [""; 0]);
}

#[actix_web::test]
async fn what_arrived_in_another_region_is_no_hole_and_a_claimed_number_is_not_counted_up_to() {
    let company = Company::new().await;
    let (mut browser, queue) = (ankara(&company).await, new_id());
    let elsewhere = format!(
        "INSERT INTO app.op_inbox (region, op_id, queue_id, n, actor, origin, fingerprint, kind, entity, entity_id, body)
         VALUES ('izmir', gen_random_uuid(), '{queue}', 1, gen_random_uuid(), 'offline', sha256(''), 'create', 'employee', gen_random_uuid(), '{{}}')"
    );
    sqlx::query(sqlx::AssertSqlSafe(elsewhere)).execute(&mut company.inspect().await).await.unwrap();
    let second = entry(&mut browser, queue, 2).await;
    tell(&mut browser, queue, 0, &[second]).await;
    assert_eq!(ping(&mut browser).await["missing"], json!([]));
    let far = entry(&mut browser, queue, (1 << 53) - 1).await; // the highest that is taken
    let answer = tell(&mut browser, queue, 0, &[far]).await.json();
    assert_eq!(answer["missing"].as_array().unwrap().len(), 100);
    assert_eq!(ping(&mut browser).await["missing"].as_array().unwrap().len(), 100);
}

#[actix_web::test]
async fn a_queue_that_vanished_with_work_in_it_is_an_alarm_that_an_admin_sees() {
    let company = Company::new().await;
    let mut browser = ankara(&company).await;
    tell(&mut browser, new_id(), 3, &[]).await;
    browser.goes_on_with(&after(&company, 5));
    tell(&mut browser, new_id(), 0, &[]).await;
    assert_eq!(alarms(&company).await, ["vanished 3"], "at the first contact of the next queue");
    assert_eq!(events(&company).await, ["ankara queue_vanished ankara1 3"]);

    let later = after(&company, 6);
    let mut boss = boss(&later).await;
    let page = boss.get("/dashboard").await;
    let said = page.text(".queue-alarm");
    for part in ["Kuyruk kayboldu", "ankara1", "Chrome 120, Windows", "Ankara", "3 kayıt bekliyordu"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let clerk = browser.get("/dashboard").await;
    assert_eq!((clerk.count(".queue-alarm"), clerk.count(".queue-alarm form")), (1, 0), "the office sees it, the admin answers for it");
    let form = page.form(".queue-alarm form");
    assert_eq!(browser.submit(&form).await.status, 403);
    assert_eq!(boss.post(&form).await.location, "/dashboard");
    assert_eq!(boss.post(&form).await.status, 303, "a second press changes nothing");
    let page = boss.get("/dashboard").await;
    assert_eq!((page.count(".queue-alarm"), page.count("#dash-queues tbody tr")), (0, 1), "and the queue that is gone is gone");
    assert_eq!(look(&company, "SELECT seen_by_name FROM app.queue_alarm").await, ["admin"]);
    assert_eq!(events(&company).await[1..], ["ankara queue_alarm_seen admin"]);
    let log = boss.get("/activity").await.html;
    assert!(
        log.contains("Kuyruk uyarısını gördü: Kuyruk kayboldu (ankara1)") && log.contains("Tarayıcı kuyruğu kayboldu: 3 kayıt bekliyordu")
    );
}

#[actix_web::test]
async fn an_empty_queue_another_browser_or_another_person_is_nothing_that_vanished() {
    let company = Company::new().await;
    let mut browser = ankara(&company).await;
    tell(&mut browser, new_id(), 0, &[]).await;
    browser.goes_on_with(&after(&company, 1));
    tell(&mut browser, new_id(), 2, &[]).await;
    let mut elsewhere = Browser::of(&after(&company, 2), "ankara1", CLERK_PASSWORD).await;
    tell(&mut elsewhere, new_id(), 0, &[]).await;
    watch_all::<QueueAlarms>(&after(&company, 3)).await.unwrap();
    assert_eq!(alarms(&company).await, [""; 0]);
}

#[actix_web::test]
async fn a_day_of_silence_and_a_wrong_clock_are_told_and_end_by_themselves() {
    let company = Company::new().await;
    let (mut browser, queue) = (ankara(&company).await, new_id());
    let report = json!({ "id": queue, "len": 1, "oldest_at": null, "build": null, "offset_ms": -121_000 });
    browser.call(OPS, &json!({ "queue": report, "ops": [] })).await;
    watch_all::<QueueAlarms>(&after(&company, 24 * 60)).await.unwrap();
    assert_eq!(alarms(&company).await, ["clock -121", "silent 1"]);
    assert_eq!(events(&company).await, ["ankara queue_silent ankara1 1"], "a clock is a note and no event");
    let mut later = Browser::of(&after(&company, 24 * 60 + 1), "ankara1", CLERK_PASSWORD).await;
    tell(&mut later, queue, 1, &[]).await;
    watch_all::<QueueAlarms>(&after(&company, 24 * 60 + 2)).await.unwrap();
    assert_eq!(alarms(&company).await, [""; 0]);
}

#[actix_web::test]
async fn a_number_that_cannot_be_is_kept_within_reason_and_stops_nobodys_alarms() {
    let company = Company::new().await;
    company.give_password("izmir1", CLERK_PASSWORD, false).await.unwrap();
    let (mut odd, mut other) = (ankara(&company).await, Browser::of(&company.state, "izmir1", CLERK_PASSWORD).await);
    tell(&mut other, new_id(), 2, &[]).await;
    for (offset_ms, kept) in [(i64::MIN, "-3153600000000"), (i64::MAX, "3153600000000"), (-300_000, "-300000")] {
        let queue = new_id();
        let report = json!({ "id": queue, "len": u32::MAX, "oldest_at": "+275760-09-13T00:00:00.000Z", "offset_ms": offset_ms });
        let answer = odd.call(OPS, &json!({ "queue": report, "ops": [] })).await;
        assert_eq!(answer.status, 200, "{}", answer.html);
        let stored =
            format!("SELECT offset_ms || ' ' || len || ' ' || (oldest_at = last_at) FROM app.queue_contact WHERE queue_id = '{queue}'");
        assert_eq!(look(&company, &stored).await, [format!("{kept} 1000000 true")]);
    }
    watch_all::<QueueAlarms>(&after(&company, 24 * 60)).await.unwrap();
    let raised = "SELECT region || ' ' || kind || ' ' || amount FROM app.queue_alarm ORDER BY region, kind, amount";
    let wanted = [
        "ankara clock -3153600000",
        "ankara clock -300",
        "ankara clock 3153600000",
        "ankara silent 1000000",
        "ankara silent 1000000",
        "ankara silent 1000000",
        "izmir silent 2",
    ];
    assert_eq!(look(&company, raised).await, wanted, "the office behind this one in the list has its alarm");
}

#[actix_web::test]
async fn what_an_earlier_release_stored_of_such_numbers_is_drawn_to_the_nearer_end_and_stops_no_alarm() {
    let company = Company::new().await;
    let mut browser = ankara(&company).await;
    tell(&mut browser, new_id(), 2, &[]).await;
    let mut owner = company.inspect().await;
    owner.execute("UPDATE app.queue_contact SET offset_ms = -9223372036854775808, len = 4294967295").await.unwrap();
    watch_all::<QueueAlarms>(&after(&company, 1)).await.unwrap();
    assert_eq!(alarms(&company).await, ["clock -9223372036854775"], "another process may still be of that release");
    owner.execute(include_str!("../../migrations/20261130120100_bound_reported_numbers.sql")).await.unwrap();
    let stored = "SELECT offset_ms || ' ' || len || ' ' || amount FROM app.queue_contact JOIN app.queue_alarm USING (region, queue_id)";
    assert_eq!(look(&company, stored).await, ["-3153600000000 1000000 -3153600000"]);
}

#[actix_web::test]
async fn what_fails_in_one_region_stops_the_look_at_no_other() {
    let company = Company::new().await;
    company.give_password("izmir1", CLERK_PASSWORD, false).await.unwrap();
    for (name, password) in [("ankara1", CLERK_PASSWORD), ("izmir1", CLERK_PASSWORD)] {
        tell(&mut Browser::of(&company.state, name, password).await, new_id(), 2, &[]).await;
    }
    let fault = "ALTER TABLE app.queue_alarm ADD CONSTRAINT fault CHECK (region <> 'ankara')";
    company.inspect().await.execute(fault).await.unwrap();
    watch_all::<QueueAlarms>(&after(&company, 24 * 60)).await.unwrap();
    assert_eq!(look(&company, "SELECT region || ' ' || kind FROM app.queue_alarm").await, ["izmir silent"]);
}

/// A number that no queue comes to is refused before anything of its request is stored; one that an earlier release stored stands in nobody's way.
#[actix_web::test]
async fn an_operation_with_a_number_that_no_queue_comes_to_is_refused_and_one_that_is_stored_spoils_no_answer() {
    let company = Company::new().await;
    let (mut browser, queue) = (ankara(&company).await, new_id());
    for n in [i64::MAX, 1 << 53] {
        let ops = [entry(&mut browser, queue, 1).await, entry(&mut browser, queue, n).await];
        let answer = browser.call(OPS, &json!({ "ops": ops })).await;
        let problem = answer.json();
        assert_eq!((answer.status, &problem["error"], &problem["index"]), (422, &json!("malformed_op"), &json!(1)), "{n}: {}", answer.html);
        assert!(problem["detail"].as_str().unwrap().contains("n: 9007199254740991 at most"), "{problem}");
    }
    assert_eq!(company.count("SELECT count(*) FROM app.op_inbox").await, 0);

    let stored = entry(&mut browser, queue, i64::MAX - 2).await;
    let verdicts = deliver(&company.state, &builders::clerk("ankara"), Origin::Offline, vec![stored]).await.unwrap();
    assert_eq!(verdicts.len(), 1);
    let highest = entry(&mut browser, queue, (1 << 53) - 1).await;
    let answer = tell(&mut browser, queue, 0, &[highest]).await.json();
    assert_eq!(answer["results"][0]["verdict"], "applied", "{answer}");
}

#[actix_web::test]
async fn the_kill_switch_is_the_companys_setting_and_every_ping_tells_it() {
    let company = Company::new().await;
    let other = AppState { offline: OfflineSwitch::default(), ..company.state.clone() };
    let mode = async |state: &AppState| send(state, "GET", "/api/v1/ping", &[]).await.json()["sw"]["mode"].clone();
    assert_eq!((mode(&company.state).await, mode(&other).await), (json!("normal"), json!("normal")));
    let mut boss = boss(&company.state).await;
    let form = boss.get("/admin/settings/company").await.form("form.entry-form").minted();
    assert_eq!(form.value("offline_mode"), "", "what holds anyway is no setting");
    assert_eq!(boss.post(&form.with("offline_mode", &["drain_only"])).await.status, 303);
    assert_eq!(mode(&company.state).await, "drain_only");
    assert_eq!(mode(&other).await, "normal", "another process has it in its memory");
    let later = AppState { clock: Clock::Fixed(other.clock.now() + TimeDelta::seconds(30)), ..other };
    assert_eq!(mode(&later).await, "drain_only", "for half a minute at most");
    let page = boss.get("/admin/settings/company").await;
    assert!(page.html.contains("Yalnızca boşalt") && page.text("section[aria-labelledby='history-title']").contains("Çevrimdışı çalışma"));

    let form = boss.get("/admin/settings/ankara").await.form("form.entry-form").minted();
    let refused = boss.submit(&form.with("offline_mode", &["off"])).await;
    assert_eq!(refused.status, 422, "an office has no switch of its own");
    let form = boss.get("/admin/settings/company").await.form("form.entry-form").minted();
    assert_eq!(boss.submit(&form.with("offline_mode", &["maybe"])).await.status, 422);

    let worker = async || send(&company.state, "GET", "/sw.js", &[]).await.text;
    assert!(worker().await.contains("respondWith"));
    let form = boss.get("/admin/settings/company").await.form("form.entry-form").minted();
    assert_eq!(boss.post(&form.with("offline_mode", &["off"])).await.status, 303);
    assert!(!worker().await.contains("respondWith"), "the one that only empties the queue, also where the usual one is broken");
}

#[actix_web::test]
async fn what_cannot_be_read_is_kept_once_and_only_an_admin_takes_it_out() {
    let company = Company::new().await;
    let mut browser = ankara(&company).await;
    let bytes = b"\x00{\"ops\": [".to_vec();
    let first = browser.deposit(QUARANTINE, bytes.clone()).await;
    assert_eq!(first.status, 200, "{}", first.html);
    let stored = first.json()["stored"].as_str().unwrap().to_owned();
    assert_eq!(browser.deposit(QUARANTINE, bytes.clone()).await.json()["stored"], stored, "the same bytes are the same row");
    assert_eq!(
        look(&company, "SELECT region || encode(body, 'hex') FROM app.op_quarantine").await,
        [format!("ankara{}", hex::encode(&bytes))]
    );
    assert_eq!(events(&company).await, ["ankara quarantined ankara1"]);

    let address = format!("/admin/quarantine/{stored}");
    assert_eq!(browser.get(&address).await.status, 403);
    let mut boss = boss(&company.state).await;
    let page = boss.get("/dashboard").await;
    assert_eq!(
        (page.text("#dash-quarantine summary").as_str(), page.attribute("#dash-quarantine a", "href")),
        ("Karantina: 1", address.clone())
    );
    assert_eq!(browser.get("/dashboard").await.count("#dash-quarantine"), 0);
    assert_eq!(boss.get(&address).await.html.as_bytes(), bytes);
    assert_eq!(boss.get(&format!("/admin/quarantine/{}", new_id())).await.status, 404);
    assert_eq!(look(&company, "SELECT detail ->> 'what' FROM app.activity_event WHERE kind = 'exported'").await, ["quarantine"]);
}

#[actix_web::test]
async fn the_quarantine_wants_a_session_a_mark_of_ours_and_a_measure() {
    let company = Company::new().await;
    let cookie = ankara(&company).await.cookie_header();
    let same_site = ("Sec-Fetch-Site", "same-origin");
    let ask = async |headers: &[(&str, &str)]| send(&company.state, "POST", QUARANTINE, headers).await;
    assert_eq!(ask(&[same_site, ("X-Sync-Client", "1")]).await.problem(), "sign_in");
    assert_eq!(ask(&[same_site, ("Cookie", &cookie)]).await.problem(), "bad_request");
    assert_eq!(ask(&[("Cookie", &cookie), ("X-Sync-Client", "1")]).await.problem(), "origin");
    let mut browser = ankara(&company).await;
    assert_eq!(browser.deposit(QUARANTINE, Vec::new()).await.status, 400);
    assert_eq!(browser.deposit(QUARANTINE, vec![b'x'; 1024 * 1024 + 1]).await.status, 413);
    assert_eq!(browser.deposit(QUARANTINE, vec![b'x'; 1024 * 1024]).await.status, 200);
    let many = "INSERT INTO app.op_quarantine (region, id, user_id, username, sha256, body, received_at)
        SELECT region, gen_random_uuid(), user_id, username, sha256(n::text::bytea), 'x', received_at FROM app.op_quarantine, generate_series(2, 200) n";
    sqlx::query(many).execute(&mut company.inspect().await).await.unwrap();
    assert_eq!(browser.deposit(QUARANTINE, b"one more".to_vec()).await.status, 429);
    browser.goes_on_with(&after(&company, 61));
    assert_eq!(browser.deposit(QUARANTINE, b"one more".to_vec()).await.status, 200);
}

#[actix_web::test]
async fn a_report_that_is_none_is_refused_before_anything_is_applied() {
    let company = Company::new().await;
    let (mut browser, queue) = (ankara(&company).await, new_id());
    let one = entry(&mut browser, queue, 1).await;
    for report in [json!("x"), json!([queue, 1]), json!({ "id": queue }), json!({ "id": queue, "len": -1 }), json!({ "id": 7, "len": 1 })] {
        let answer = browser.call(OPS, &json!({ "queue": report, "ops": [&one] })).await;
        assert_eq!(answer.status, 400, "{report}");
    }
    assert_eq!(company.count("SELECT count(*) FROM app.op_inbox").await, 0);
}
