//! The offices' PCs: how a PC enrols, renews its token and is revoked; what its token allows; and the administrators' page.

#![cfg(test)]

use std::time::Duration;

use actix_web::test::TestRequest;
use chrono::TimeDelta;
use rainstaff::{clock::Clock, devices, state::AppState};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor};

use crate::{
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company},
    support::{
        browser::Browser,
        office_pc::{OfficePc, add_device, redeem, send},
    },
};

const ADDRESS: [u8; 4] = [192, 0, 2, 20];

/// The company's server, so many minutes later.
fn after(company: &Company, minutes: i64) -> AppState {
    let now = company.state.clock.now() + TimeDelta::minutes(minutes);
    AppState { clock: Clock::Fixed(now), ..company.state.clone() }
}

async fn boss(company: &Company) -> Browser {
    Browser::of(&company.state, "admin", ADMIN_PASSWORD).await
}

async fn look(company: &Company, sql: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(&mut company.inspect().await).await.unwrap()
}

/// `region kind` of the events about devices, in order.
async fn events(company: &Company) -> Vec<String> {
    look(company, "SELECT region || ' ' || kind FROM app.activity_event WHERE kind ~ 'device' ORDER BY id").await
}

const BAD_CODE: (u16, &str) = (403, "device_code");

fn said(refusal: &(u16, String)) -> (u16, &str) {
    (refusal.0, refusal.1.as_str())
}

#[actix_web::test]
async fn a_code_makes_a_pc_known_once() {
    let company = Company::new().await;
    let mut admin = boss(&company).await;
    let code = add_device(&mut admin, "Ankara ofis PC", "ankara").await;
    assert_eq!((code.len(), &code[5..6]), (11, "-"));
    let typed = format!(" {} ", code.to_lowercase().replace('-', " "));
    let known = redeem(&company.state, &typed, ADDRESS).await;
    assert_eq!(known.status, 200, "{}", known.text);
    let answer = known.json();
    let token = answer["token"].as_str().unwrap();
    assert!(token.starts_with("rsd_") && token.len() == 47);
    assert_eq!((&answer["name"], &answer["region"]), (&json!("Ankara ofis PC"), &json!("ankara")));
    let again = redeem(&company.state, &code, ADDRESS).await.refusal();
    let unknown = redeem(&company.state, "ABCDE-FGHJK", ADDRESS).await.refusal();
    let nonsense = redeem(&company.state, "merhaba", ADDRESS).await.refusal();
    assert_eq!([said(&again), said(&unknown), said(&nonsense)], [BAD_CODE; 3], "used, unknown and none are not told apart");
    assert_eq!(
        events(&company).await,
        [
            "ankara device_added",
            "ankara device_code_made",
            "ankara device_enrolled",
            "company device_code_refused",
            "company device_code_refused",
            "company device_code_refused"
        ]
    );
    let kept = look(&company, "SELECT encode(token_hash, 'hex') FROM auth.device_keys").await;
    assert_eq!(kept, [hex::encode(<sha2::Sha256 as sha2::Digest>::digest(token))], "only the hash is kept");
}

#[actix_web::test]
async fn a_code_lapses_after_a_quarter_of_an_hour_and_another_one_ends_it() {
    let company = Company::new().await;
    let mut admin = boss(&company).await;
    let first = add_device(&mut admin, "PC", "ankara").await;
    let renewed = new_code(&mut admin).await;
    assert_eq!(said(&redeem(&company.state, &first, ADDRESS).await.refusal()), BAD_CODE, "the second code ended the first");
    assert_eq!(said(&redeem(&after(&company, 15), &renewed, ADDRESS).await.refusal()), BAD_CODE, "and has lapsed");
    let third = new_code(&mut admin).await;
    let known = redeem(&after(&company, 14), &third, ADDRESS).await;
    assert_eq!(known.status, 200);
    let old = OfficePc { id: uuid::Uuid::nil(), token: known.json()["token"].as_str().unwrap().to_owned() };
    let fourth = new_code(&mut admin).await;
    assert_eq!(old.get(&company.state, "/api/v1/ping").await.status, 200, "a code that is not used yet takes nothing away");
    assert_eq!(redeem(&company.state, &fourth, ADDRESS).await.status, 200);
    assert_eq!(old.get(&company.state, "/api/v1/ping").await.refusal(), (401, "token".into()), "the PC was set up anew");
}

async fn new_code(admin: &mut Browser) -> String {
    let form = admin.get("/admin/devices").await.form("tbody form");
    admin.post(&form).await.text("[data-code]")
}

#[actix_web::test]
async fn codes_are_not_guessed_from_one_address_for_long() {
    let company = Company::new().await;
    let code = add_device(&mut boss(&company).await, "PC", "ankara").await;
    for _ in 0..20 {
        assert_eq!(said(&redeem(&company.state, "ABCDE-FGHJK", ADDRESS).await.refusal()), BAD_CODE);
    }
    assert_eq!(said(&redeem(&company.state, &code, ADDRESS).await.refusal()), (429, "too_many"), "not even the right one");
    assert_eq!(redeem(&after(&company, 2), &code, ADDRESS).await.status, 200);
    let other = add_device(&mut boss(&company).await, "PC 2", "ankara").await;
    assert_eq!(redeem(&company.state, &other, [192, 0, 2, 21]).await.status, 200, "another address has its own count");
}

#[actix_web::test]
async fn a_page_of_another_site_cannot_show_a_code() {
    let company = Company::new().await;
    let code = add_device(&mut boss(&company).await, "PC", "ankara").await;
    let request = || TestRequest::post().uri("/api/v1/devices/enrol").set_json(json!({ "code": code }));
    let cross = send(&company.state, request().insert_header(("Sec-Fetch-Site", "cross-site"))).await;
    assert_eq!(said(&cross.refusal()), (403, "origin"));
    let own = request().insert_header(("Origin", "http://localhost:8080")).insert_header(("Host", "localhost:8080"));
    assert_eq!(send(&company.state, own.peer_addr((ADDRESS, 1).into())).await.status, 200, "an agent names the server as its origin");
}

#[actix_web::test]
async fn a_new_token_takes_the_old_ones_place_when_it_is_first_used() {
    let company = Company::new().await;
    let state = &company.state;
    let old = OfficePc::enrol(state, &mut boss(&company).await, "PC", "ankara").await;
    let next = async |by: &OfficePc| {
        let answer = by.post(state, "/api/v1/devices/rotate", &json!({})).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        OfficePc { id: by.id, token: answer.json()["token"].as_str().unwrap().to_owned() }
    };
    let unused = next(&old).await;
    let new = next(&old).await;
    assert_eq!(unused.get(state, "/api/v1/ping").await.refusal(), (401, "token".into()), "asked for again, the first one is none");
    assert_eq!(old.get(state, "/api/v1/ping").await.status, 200, "the old one is good until the new one is used");
    assert_eq!(new.get(state, "/api/v1/ping").await.status, 200);
    assert_eq!(old.get(state, "/api/v1/ping").await.refusal(), (401, "token".into()));
    assert_eq!(next(&new).await.get(state, "/api/v1/ping").await.status, 200, "and so on");
    assert_eq!(events(&company).await.iter().filter(|event| event.as_str() == "ankara device_rotated").count(), 2);
    let told = OfficePc::enrol(state, &mut boss(&company).await, "PC 2", "ankara").await.contact(&after(&company, 60), json!({})).await;
    let at = |value: &Value| value.as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!(at(&told["rotate_after"]) - company.state.clock.now(), TimeDelta::days(30), "by the token's age");
}

/// Method and address of every line of the url table that is under `/api/v1/`.
fn routes() -> Vec<(bool, String)> {
    let table = include_str!("../../src/routes.rs");
    let lines = table.lines().filter(|line| line.contains("\"/api/v1/"));
    lines.map(|line| (line.contains("post().to("), line.split('"').nth(1).unwrap().to_owned())).collect()
}

async fn ask(pc: &OfficePc, state: &AppState, is_post: bool, path: &str) -> (u16, String) {
    let reply =
        if is_post { pc.post(state, path, &json!({ "ops": [], "op_ids": [], "version": "1" })).await } else { pc.get(state, path).await };
    reply.refusal()
}

#[actix_web::test]
async fn a_token_opens_its_addresses_and_no_others_and_after_revocation_none() {
    let company = Company::new().await;
    let state = &company.state;
    let mut admin = boss(&company).await;
    let pc = OfficePc::enrol(state, &mut admin, "PC", "ankara").await;
    let of_device: Vec<_> = routes().into_iter().filter(|(_, path)| path != "/api/v1/devices/enrol").collect();
    assert!(of_device.len() > 11, "{of_device:?}");
    for (is_post, path) in &of_device {
        let (status, error) = ask(&pc, state, *is_post, path).await;
        if devices::ROUTES.contains(&path.as_str()) {
            assert_eq!(status, 200, "{path}: {error}");
        } else {
            assert_eq!((status, error.as_str()), (403, "token_scope"), "{path}");
        }
    }
    assert_eq!(pc.get(state, "/api/v1/changes?wait=1").await.status, 200);
    let next = pc.post(state, "/api/v1/devices/rotate", &json!({})).await.json()["token"].as_str().unwrap().to_owned();
    revoke(&mut admin, &pc).await;
    for token in [&pc, &OfficePc { id: pc.id, token: next }] {
        for (is_post, path) in &of_device {
            assert_eq!(said(&ask(token, state, *is_post, path).await), (401, "device_revoked"), "{path}");
        }
    }
    let nobody = OfficePc { id: pc.id, token: format!("rsd_{}", "A".repeat(43)) };
    assert_eq!(nobody.get(state, "/api/v1/ping").await.refusal(), (401, "token".into()));
    for page in ["/dashboard", "/admin/devices", "/account"] {
        assert_eq!(pc.get(state, page).await.status, 303, "{page}: a token is no session");
    }
}

async fn revoke(admin: &mut Browser, pc: &OfficePc) {
    let form = admin.get(&format!("/admin/devices/{}", pc.id)).await.form("#revocation").with("confirm", &["PC"]);
    assert_eq!(admin.post(&form).await.status, 303);
}

#[actix_web::test]
async fn a_reader_that_waits_gets_nothing_once_it_is_revoked() {
    let company = Company::new().await;
    let mut admin = boss(&company).await;
    let pc = OfficePc::enrol(&company.state, &mut admin, "PC", "ankara").await;
    let cursor = pc.get(&company.state, "/api/v1/changes").await.json()["cursor"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/changes?wait=3&cursor={cursor}");
    let waiting = pc.get(&company.state, &path);
    let meanwhile = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        revoke(&mut admin, &pc).await;
    };
    let (answer, ()) = tokio::join!(waiting, meanwhile);
    assert_eq!(answer.refusal(), (401, "device_revoked".into()));
}

#[actix_web::test]
async fn a_contact_tells_a_pc_its_region_the_company_and_the_people_who_use_it() {
    let company = Company::new().await;
    let mut admin = boss(&company).await;
    let pc = OfficePc::enrol(&company.state, &mut admin, "PC", "ankara").await;
    let mut form = admin.get("/admin/settings/company").await.form("form.entry-form").minted();
    form = form.with("company_name", &["Örnek A.Ş."]).with("weekday_hours", &["8"]);
    assert!(matches!(admin.post(&form).await.status, 200 | 303));
    company.inspect().await.execute("UPDATE auth.users SET active = false, auth_epoch = 7 WHERE username = 'ankara1'").await.unwrap();
    let told = pc.contact(&company.state, json!({})).await;
    assert_eq!(told["device"], json!({ "id": pc.id, "name": "PC", "region": "ankara" }));
    assert_eq!(told["region"], json!({ "code": "ankara", "name": "Ankara", "is_open": true, "first_day": "2020-01-01" }));
    assert_eq!(
        (&told["company"]["settings"]["company_name"], &told["company"]["settings"]["weekday_hours"]),
        (&json!("Örnek A.Ş."), &json!("8"))
    );
    assert!(told["company"]["days"].is_array() && told["feed_epoch"].is_string() && told["newest"].is_string());
    let people: Vec<&str> = told["people"].as_array().unwrap().iter().map(|person| person["username"].as_str().unwrap()).collect();
    assert_eq!(people, ["admin", "ankara1"], "nobody of another office");
    let clerk = &told["people"][1];
    assert_eq!(
        (&clerk["role"], &clerk["active"], &clerk["epoch"], &clerk["regions"]),
        (&json!("user"), &json!(false), &json!(7), &json!(["ankara"]))
    );
    assert_eq!(told["people"][0]["regions"].as_array().unwrap().len(), 4);
    let text = told.to_string();
    assert!(!text.contains("argon2") && !text.contains("istanbul1"), "{text}");
}

#[actix_web::test]
async fn a_contact_keeps_what_it_is_told_within_bounds() {
    let company = Company::new().await;
    let pc = OfficePc::enrol(&company.state, &mut boss(&company).await, "PC", "ankara").await;
    let wild = json!({
        "host": "x".repeat(5000), "waiting": -5, "oldest_at": "2099-01-01T00:00:00Z", "log": 3, "disk_free": -1, "offset_ms": i64::MIN,
        "mirror": { "seq": 7, "synced_at": "2099-01-01T00:00:00Z" }, "troubles": vec!["y\u{0}\n".repeat(100); 50], "started_at": null,
    });
    pc.contact(&company.state, wild).await;
    let kept = "SELECT concat_ws(' ', length(host), waiting, coalesce(oldest_at::text, '-'), mirror_seq, mirror_synced_at <= now() OR true, cardinality(troubles))
                FROM app.device_contact";
    assert_eq!(look(&company, kept).await, ["200 0 - 7 t 1"]);
    let array = pc.post(&company.state, "/api/v1/devices/contact", &json!(["1"])).await;
    assert_eq!(array.refusal(), (400, "bad_request".into()));
}

#[actix_web::test]
async fn an_administrator_adds_renames_and_revokes_on_the_page_and_nobody_else_does() {
    let company = Company::new().await;
    let mut admin = boss(&company).await;
    let empty = admin.get("/admin/devices").await;
    assert_eq!((empty.count("tbody tr"), empty.text(".empty-title").as_str()), (0, "Henüz cihaz yok"));
    let blank = admin.post(&empty.form("form.entry-form")).await;
    assert_eq!((blank.status, blank.count("[data-code]")), (422, 0));
    assert_eq!(blank.text("#new-region-error"), "Bölge seçin.");
    let form = admin.get("/admin/devices").await.form("form.entry-form").with("name", &["Ankara ofis PC"]).with("region", &["ankara"]);
    let made = admin.post(&form).await;
    let code = made.text("[data-code]");
    assert!(made.text("[data-command]").starts_with("rainstaff-agent enrol --server http") && made.text("[data-command]").ends_with(&code));
    assert_eq!(admin.post(&form).await.status, 303, "a reload adds no second device");
    let page = admin.get("/admin/devices").await;
    assert_eq!((page.count("tbody tr"), page.count("[data-code]")), (1, 0), "the code is shown once");
    let again = form.with("_id", &[&uuid::Uuid::now_v7().to_string()]).with("name", &["ankara OFİS pc"]);
    assert_eq!(admin.post(&again).await.text("#new-name-error"), "Bu bölgede bu adda bir cihaz zaten var.");
    assert_eq!(admin.post(&again.with("region", &["izmir"])).await.status, 200, "another office may call its own so");

    let known = redeem(&company.state, &code, ADDRESS).await.json();
    let pc = OfficePc { id: known["device_id"].as_str().unwrap().parse().unwrap(), token: known["token"].as_str().unwrap().to_owned() };
    pc.contact(
        &company.state,
        json!({ "waiting": 3, "oldest_at": company.state.clock.now() - TimeDelta::hours(2), "disk_free": 8_540_000_000_i64,
        "mirror": { "seq": 0 }, "troubles": ["disk_full", "coffee"] }),
    )
    .await;
    let row = admin.get("/admin/devices").await.texts(&format!("#device-{} td", pc.id));
    for (cell, words) in
        row.iter().zip(["Ankara ofis PC OFIS-PC, linux", "Ankara", "Çalışıyor Disk dolu coffee az önce", "3 en eskisi 2 saat önce"])
    {
        assert_eq!(cell, words);
    }
    assert_eq!((row[5].as_str(), row[6].as_str()), ("Güncel", "8,5 GB"));

    let address = format!("/admin/devices/{}", pc.id);
    let rename = admin.get(&address).await.form("form.entry-form").with("name", &["Muhasebe PC"]);
    assert_eq!(admin.post(&rename).await.location, "/admin/devices");
    let revocation = admin.get(&address).await.form("#revocation");
    assert!(admin.get(&address).await.text("#revocation").contains("3 kayıt bekliyordu"), "what waits is said");
    let unconfirmed = admin.post(&revocation).await;
    assert_eq!((unconfirmed.status, unconfirmed.text("#revoke-confirm-error").is_empty()), (422, false));
    assert_eq!(pc.get(&company.state, "/api/v1/ping").await.status, 200);
    assert_eq!(admin.post(&revocation.clone().with("confirm", &["muhasebe pc"])).await.location, "/admin/devices");
    assert_eq!(pc.get(&company.state, "/api/v1/ping").await.refusal(), (401, "device_revoked".into()));
    let gone = admin.get("/admin/devices").await;
    assert!(
        gone.texts(&format!("#device-{} td", pc.id))[2].starts_with("İptal edildi") && gone.count(&format!("#device-{} form", pc.id)) == 0
    );
    assert_eq!(admin.post(&revocation.with("confirm", &["Muhasebe PC"])).await.status, 303, "a second click finds it done");
    let code = crate::support::browser::Form { action: format!("{address}/code"), ..rename };
    assert_eq!(admin.post(&code).await.status, 422, "a revoked PC gets no code");

    let mut clerk = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    assert_eq!((clerk.get("/admin/devices").await.status, clerk.get(&address).await.status), (403, 403));
    let token = clerk.get("/account/tokens").await.form("form.entry-form").value("_csrf").to_owned();
    for action in [address.clone(), format!("{address}/code"), format!("{address}/revocation"), "/admin/devices".to_owned()] {
        let form = crate::support::browser::Form { action, fields: vec![("_csrf".into(), token.clone()), ("name".into(), "x".into())] };
        assert_eq!(clerk.post(&form).await.status, 403, "{}", form.action);
    }
    assert_eq!(
        events(&company).await.iter().filter(|event| event.starts_with("ankara")).map(|event| &event[7..]).collect::<Vec<_>>(),
        ["device_added", "device_code_made", "device_enrolled", "device_renamed", "device_revoked"]
    );
    let activity = clerk.get("/activity").await;
    for said in
        ["“Ankara ofis PC” cihazı eklendi", "Cihazın adı değişti: Ankara ofis PC → Muhasebe PC", "“Muhasebe PC” cihazı iptal edildi"]
    {
        assert_eq!(activity.texts("li article strong").iter().filter(|text| *text == said).count(), 1, "{said}");
    }
}

/// The policies alone, without a query of the program around them.
#[actix_web::test]
async fn a_region_sees_its_own_devices_and_a_token_or_a_code_what_is_its_own() {
    let company = Company::new().await;
    let mut admin = boss(&company).await;
    let pc = OfficePc::enrol(&company.state, &mut admin, "PC", "ankara").await;
    OfficePc::enrol(&company.state, &mut admin, "PC", "izmir").await;
    add_device(&mut admin, "PC 2", "izmir").await;
    let mut conn = company.inspect().await;
    conn.execute("RESET app.admin; RESET app.regions; SET ROLE rainstaff_app").await.unwrap();
    let token = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&pc.token));
    let code: String = look(&company, "SELECT encode(code_hash, 'hex') FROM auth.device_codes WHERE ended_at IS NULL").await.remove(0);
    let cases = [
        ("SET LOCAL app.admin = ''".to_owned(), [0, 0, 0]),
        ("SET LOCAL app.regions = 'ankara'".to_owned(), [1, 0, 0]),
        ("SET LOCAL app.regions = 'ankara,izmir'".to_owned(), [3, 0, 0]),
        ("SET LOCAL app.regions = 'bursa'".to_owned(), [0, 0, 0]),
        (format!("SET LOCAL app.token = '{token}'"), [1, 1, 0]),
        (format!("SET LOCAL app.token = '{code}'"), [1, 0, 1]),
        ("SET LOCAL app.admin = 'users'".to_owned(), [3, 2, 3]),
    ];
    for (scope, seen) in cases {
        let mut counts = Vec::new();
        for table in ["devices", "device_keys", "device_codes"] {
            conn.execute(AssertSqlSafe(format!("ROLLBACK; BEGIN; {scope}"))).await.unwrap();
            let sql = format!("SELECT count(*) FROM auth.{table}");
            counts.push(sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql)).fetch_one(&mut conn).await.unwrap());
        }
        assert_eq!(counts, seen, "{scope}");
    }
    for (scope, write) in [
        ("SET LOCAL app.regions = 'ankara'", "UPDATE auth.devices SET revoked_at = now()"),
        (&format!("SET LOCAL app.token = '{token}'"), "UPDATE auth.devices SET name = 'x'"),
        (&format!("SET LOCAL app.token = '{code}'"), "UPDATE auth.device_keys SET made_at = now()"),
    ] {
        conn.execute(AssertSqlSafe(format!("ROLLBACK; BEGIN; {scope}"))).await.unwrap();
        assert_eq!(conn.execute(AssertSqlSafe(write.to_owned())).await.unwrap().rows_affected(), 0, "{scope}: {write}");
    }
    for wrong in
        ["DELETE FROM auth.devices", "UPDATE auth.devices SET region = 'izmir'", "UPDATE auth.device_codes SET code_hash = code_hash"]
    {
        conn.execute("ROLLBACK; BEGIN; SET LOCAL app.admin = 'users'").await.unwrap();
        assert!(conn.execute(AssertSqlSafe(wrong.to_owned())).await.is_err(), "{wrong}");
    }
}
