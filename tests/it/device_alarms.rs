//! Alarms about the offices' PCs, and about the queues that they deliver.

#![cfg(test)]

use chrono::TimeDelta;
use rainstaff::{
    alarms::watch_all,
    auth::rights::find_rights,
    clock::Clock,
    devices::DeviceAlarms,
    ids::new_id,
    ops::Op,
    queue_health::QueueAlarms,
    state::AppState,
    sync::grant::{Grant, GrantKey, LIFETIME},
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor as _};
use uuid::Uuid;

use crate::{
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company},
    support::{
        browser::Browser,
        builders::{clerk, op, queue_id},
        office_pc::OfficePc,
    },
};

/// The company's server, so many minutes later.
fn after(company: &Company, minutes: i64) -> AppState {
    let now = company.state.clock.now() + TimeDelta::minutes(minutes);
    AppState { clock: Clock::Fixed(now), ..company.state.clone() }
}

async fn look(company: &Company, sql: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(&mut company.inspect().await).await.unwrap()
}

/// `kind amount` of the alarms about devices that are not over, after a look at them so many minutes later.
async fn alarms_after(company: &Company, minutes: i64) -> Vec<String> {
    watch_all::<DeviceAlarms>(&after(company, minutes)).await.unwrap();
    look(company, "SELECT kind || ' ' || amount FROM app.device_alarm WHERE ended_at IS NULL ORDER BY kind").await
}

/// The same for queues.
async fn queue_alarms_after(company: &Company, minutes: i64) -> Vec<String> {
    watch_all::<QueueAlarms>(&after(company, minutes)).await.unwrap();
    look(company, "SELECT kind || ' ' || amount FROM app.queue_alarm WHERE ended_at IS NULL ORDER BY kind").await
}

async fn office() -> (Company, Browser, OfficePc) {
    let company = Company::new().await;
    let mut admin = Browser::of(&company.state, "admin", ADMIN_PASSWORD).await;
    let pc = OfficePc::enrol(&company.state, &mut admin, "PC", "ankara").await;
    (company, admin, pc)
}

const DAY: i64 = 24 * 60;

#[actix_web::test]
async fn a_pc_with_work_that_is_silent_for_a_day_is_an_alarm_until_it_speaks() {
    let (company, _, pc) = office().await;
    company.give_password("izmir1", CLERK_PASSWORD, false).await.unwrap();
    pc.contact(&company.state, json!({ "waiting": 0 })).await;
    assert_eq!(alarms_after(&company, 2 * DAY).await, [""; 0], "nothing waits there");
    pc.contact(&company.state, json!({ "waiting": 4, "oldest_at": company.state.clock.now() })).await;
    assert_eq!(alarms_after(&company, DAY - 1).await, [""; 0]);
    assert_eq!(alarms_after(&company, DAY).await, ["silent 4"]);
    assert_eq!(alarms_after(&company, DAY + 1).await, ["silent 4"], "once");
    let mut ankara = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let shown = ankara.get("/dashboard").await.text("#dash-queues .queue-alarms");
    assert!(shown.contains("Bir gündür ses yok PC") && shown.contains("4 kayıt bekliyor") && !shown.contains("Gördüm"), "{shown}");
    let mut izmir = Browser::of(&company.state, "izmir1", CLERK_PASSWORD).await;
    assert_eq!(izmir.get("/dashboard").await.count("#dash-queues .queue-alarms"), 0, "it is Ankara's matter");
    pc.contact(&after(&company, DAY + 2), json!({ "waiting": 4 })).await;
    assert_eq!(alarms_after(&company, DAY + 3).await, [""; 0], "it spoke");
    let event =
        "SELECT concat_ws(' ', region, detail ->> 'device', detail ->> 'count') FROM app.activity_event WHERE kind = 'device_silent'";
    assert_eq!(look(&company, event).await, ["ankara PC 4"]);
    assert!(ankara.get("/activity").await.html.contains("“PC” cihazından bir gündür ses yok: 4 kayıt bekliyor"));
}

#[actix_web::test]
async fn what_a_pc_says_is_wrong_is_an_alarm_so_long_as_it_says_so() {
    let (company, mut admin, pc) = office().await;
    pc.contact(
        &company.state,
        json!({ "waiting": 1, "troubles": ["file_corrupt", "disk_full", "coffee"], "disk_free": 12_000_000, "offset_ms": 300_000,
        "mirror": { "digest_equal": false } }),
    )
    .await;
    assert_eq!(alarms_after(&company, 1).await, ["clock 300", "digest 0", "disk_full 12", "file_corrupt 1"]);
    let board = admin.get("/dashboard").await;
    assert_eq!(board.texts("#dash-queues .queue-alarm .badge").len(), 4);
    assert!(board.text("#dash-queues .queue-alarm .badge").ends_with("Dosya bozuldu"), "the most urgent first");
    pc.contact(&after(&company, 2), json!({ "troubles": ["file_corrupt"], "mirror": { "digest_equal": true } })).await;
    assert_eq!(alarms_after(&company, 3).await, ["file_corrupt 1"]);
    let form = admin.get("/dashboard").await.form("#dash-queues .queue-alarm form");
    assert_eq!(admin.post(&form).await.location, "/dashboard");
    assert_eq!(admin.get("/dashboard").await.count("#dash-queues .queue-alarm"), 0, "somebody has seen it");
    assert!(admin.get("/activity").await.html.contains("Cihaz uyarısını gördü: Dosya bozuldu (PC)"));
    pc.contact(&after(&company, 4), json!({})).await;
    assert_eq!(alarms_after(&company, 5).await, [""; 0]);
    let trouble = "SELECT detail ->> 'alarm' FROM app.activity_event WHERE kind = 'device_trouble' ORDER BY id";
    assert_eq!(look(&company, trouble).await, ["file_corrupt", "digest", "disk_full"], "a clock is a note");
    let mut clerk = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let token = clerk.get("/account/tokens").await.form("form.entry-form").value("_csrf").to_owned();
    assert_eq!(clerk.post(&form.with("_csrf", &[&token])).await.status, 403);
}

#[actix_web::test]
async fn a_pcs_numbers_are_kept_within_reason_and_what_fails_in_one_region_stops_the_look_at_no_other() {
    let (company, mut admin, pc) = office().await;
    let other = OfficePc::enrol(&company.state, &mut admin, "PC", "izmir").await;
    let odd = json!({ "waiting": i64::MAX, "log": i64::MIN, "disk_free": i64::MAX, "offset_ms": i64::MIN, "mirror": { "seq": i64::MAX } });
    pc.contact(&company.state, odd).await;
    other.contact(&company.state, json!({ "waiting": 4 })).await;
    let stored = "SELECT concat_ws(' ', waiting, log, disk_free, offset_ms, mirror_seq) FROM app.device_contact WHERE region = 'ankara'";
    assert_eq!(look(&company, stored).await, ["1000000 0 9007199254740991 -3153600000000 9007199254740991"]);
    assert_eq!(alarms_after(&company, DAY).await, ["clock -3153600000", "silent 1000000", "silent 4"]);
    other.contact(&after(&company, DAY), json!({ "waiting": 0 })).await;
    pc.contact(&after(&company, DAY), json!({ "waiting": 0 })).await;
    assert_eq!(alarms_after(&company, DAY).await, [""; 0]);
    let fault = "ALTER TABLE app.device_alarm ADD CONSTRAINT fault CHECK (region <> 'ankara') NOT VALID";
    company.inspect().await.execute(fault).await.unwrap();
    pc.contact(&after(&company, DAY), json!({ "offset_ms": 300_000 })).await;
    other.contact(&after(&company, DAY), json!({ "offset_ms": 200_000 })).await;
    assert_eq!(alarms_after(&company, DAY + 1).await, ["clock 200"]);
}

#[actix_web::test]
async fn the_alarms_of_a_revoked_pc_are_over() {
    let (company, mut admin, pc) = office().await;
    pc.contact(&company.state, json!({ "waiting": 1 })).await;
    assert_eq!(alarms_after(&company, DAY).await, ["silent 1"]);
    let form = admin.get(&format!("/admin/devices/{}", pc.id)).await.form("#revocation").with("confirm", &["PC"]);
    assert_eq!(admin.post(&form).await.status, 303);
    assert_eq!(alarms_after(&company, DAY + 1).await, [""; 0], "whoever revoked it knows");
    assert!(admin.get(&format!("/admin/devices/{}", pc.id)).await.text(".alert").contains("1 kayıt bekliyordu"));
}

/// The n-th operation of ankara1's queue, with the grant for it.
async fn entry(company: &Company, queue: Uuid, n: i64) -> Op {
    let user: Uuid = look(company, "SELECT id::text FROM auth.users WHERE username = 'ankara1'").await.remove(0).parse().unwrap();
    let rights = find_rights(&company.state.db, user).await.unwrap().unwrap();
    let issued = company.state.clock.now();
    let grant = Grant {
        user,
        regions: rights.regions,
        queue,
        issued,
        expires: issued + LIFETIME,
        epoch: rights.epoch,
        session: None,
        device: None,
    };
    let grant = Some(GrantKey::of(&company.state.config.secret).sign(&grant));
    Op { actor: user, grant, ..op(&clerk("ankara"), "ankara").queued(queue, n).new_employee(new_id(), &format!("Ayşe {n}")) }
}

fn batch(queue: Uuid, len: u32, ops: &[Op]) -> Value {
    json!({ "nonce": "n", "ops": ops, "queue": { "id": queue, "len": len, "oldest_at": "2026-01-05T07:00:00Z", "build": "b", "offset_ms": 999_999 } })
}

/// The rows about queues: `who len browser? highest dense missing`.
async fn queues(company: &Company) -> Vec<String> {
    let sql = "SELECT concat_ws(' ', coalesce(username, reporter), len, CASE WHEN device_id IS NULL THEN 'browser' ELSE 'device' END,
                   highest_n, dense_to, missing::text) FROM app.queue_contact ORDER BY first_at, queue_id";
    look(company, sql).await
}

#[actix_web::test]
async fn a_browsers_queue_that_a_pc_emptied_is_neither_silent_nor_holed() {
    let (company, _, pc) = office().await;
    let mut browser = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let queue = queue_id(1);
    let ops = [entry(&company, queue, 1).await, entry(&company, queue, 2).await, entry(&company, queue, 3).await];
    assert_eq!(browser.call("/api/v1/ops", &batch(queue, 3, &[])).await.status, 200, "it says three wait, and goes");
    assert_eq!(queue_alarms_after(&company, DAY).await, ["clock 999", "silent 3"]);
    // The PC brings the third first, then the others; it may not speak for the browser, whose clock and silence stay its own.
    let later = after(&company, DAY + 10);
    pc.post(&later, "/api/v1/ops", &batch(queue, 9, &ops[2..])).await;
    assert_eq!(queues(&company).await, ["ankara1 3 browser 3 0 {1,2}"]);
    assert_eq!(queue_alarms_after(&company, DAY + 11).await, ["clock 999", "silent 3"], "two may wait there still");
    pc.post(&later, "/api/v1/ops", &json!({ "nonce": 1, "ops": &ops[..2] })).await;
    assert_eq!(queue_alarms_after(&company, DAY + 30).await, ["clock 999"], "all three are here, though the PC told nothing of the queue");
    let mut admin = Browser::of(&later, "admin", ADMIN_PASSWORD).await;
    assert_eq!(admin.get("/dashboard").await.text("#dash-queues tbody td.number"), "0");
    // The browser comes back with an empty queue.
    let mut browser = Browser::of(&after(&company, DAY + 40), "ankara1", CLERK_PASSWORD).await;
    browser.call("/api/v1/ops", &batch(queue, 0, &[])).await;
    assert_eq!(queues(&company).await, ["ankara1 0 browser 3 3 {}"]);
}

#[actix_web::test]
async fn a_browser_that_is_gone_is_seen_although_a_pc_speaks_of_its_queue() {
    let (company, _, pc) = office().await;
    let mut browser = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let (old, new) = (queue_id(1), queue_id(2));
    browser.call("/api/v1/ops", &batch(old, 3, &[])).await;
    let first = [entry(&company, old, 1).await];
    pc.post(&after(&company, 5), "/api/v1/ops", &batch(old, 1, &first)).await;
    browser.goes_on_with(&after(&company, 10));
    browser.call("/api/v1/ops", &batch(new, 0, &[])).await;
    assert_eq!(queue_alarms_after(&company, 11).await, ["clock 999", "clock 999", "vanished 2"], "one of the three arrived");
}

#[actix_web::test]
async fn a_queue_of_the_pcs_own_is_the_authors_and_a_lost_number_of_it_is_seen() {
    let (company, _, pc) = office().await;
    let (one, two) = (queue_id(1), queue_id(2));
    pc.post(&company.state, "/api/v1/ops", &batch(one, 0, &[])).await;
    assert_eq!(queues(&company).await, [""; 0], "nobody knows whose it would be");
    let ops = [entry(&company, one, 1).await, entry(&company, one, 3).await];
    pc.post(&company.state, "/api/v1/ops", &batch(one, 2, &ops)).await;
    pc.post(&company.state, "/api/v1/ops", &batch(two, 1, &[entry(&company, two, 1).await])).await;
    assert_eq!(queues(&company).await, ["PC 2 device 3 1 {2}", "PC 1 device 1 1 {}"]);
    let author = "SELECT count(*)::text FROM app.queue_contact q JOIN auth.users u ON u.id = q.user_id WHERE u.username = 'ankara1'";
    assert_eq!(look(&company, author).await, ["2"]);
    assert_eq!(
        queue_alarms_after(&company, 2 * DAY).await,
        [""; 0],
        "no second queue took the first one's place, and silence is the PC's own alarm"
    );
    pc.post(&after(&company, 5), "/api/v1/ops", &batch(one, 0, &[])).await;
    assert_eq!(queue_alarms_after(&company, 16).await, ["hole 1"], "number 2 is lost");
    pc.post(&after(&company, 20), "/api/v1/ops", &json!({ "ops": [entry(&company, one, 2).await] })).await;
    assert_eq!(queue_alarms_after(&company, 21).await, [""; 0]);
    // The person's browser comes with the same queue: from now on it speaks for itself.
    let mut browser = Browser::of(&after(&company, 30), "ankara1", CLERK_PASSWORD).await;
    browser.call("/api/v1/ops", &batch(one, 0, &[])).await;
    assert_eq!(queues(&company).await[0], "ankara1 0 browser 3 3 {}");
}
