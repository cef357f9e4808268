//! Personal API keys: shown once, limited to their scopes, and invalid when they should be.

#![cfg(test)]

use chrono::TimeDelta;
use rainstaff::{auth::accounts, clock::Clock, state::AppState};
use serde_json::json;
use sqlx::Executor;

use crate::{
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company},
    support::{
        browser::Browser,
        program::{make_key, read, send},
    },
};

const TIMESHEETS: &str = "/api/v1/timesheets";
const EMPLOYEES: &str = "/api/v1/employees";

async fn clerk(company: &Company) -> Browser {
    Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await
}

fn later(company: &Company, days: i64) -> AppState {
    let now = company.state.clock.now();
    AppState { clock: Clock::Fixed(now + TimeDelta::days(days)), ..company.state.clone() }
}

#[actix_web::test]
async fn a_key_is_shown_once_and_the_database_has_only_its_hash() {
    let company = Company::new().await;
    let mut browser = clerk(&company).await;
    let key = make_key(&mut browser, "bordro", &["scope_timesheets"]).await;
    assert!(key.starts_with("rsp_") && key.len() == 47, "{key}");
    assert_eq!(read(&company.state, &key, TIMESHEETS).await.json(), json!({ "items": [], "next": null }));
    let list = browser.get("/account/tokens").await;
    assert!(!list.html.contains(&key), "the list shows the key again");
    let row = list.text("tbody tr");
    assert!(row.contains("bordro") && row.contains(&key[..12]) && row.contains("Ankara") && row.contains("Geçerli"), "{row}");
    let dump: String =
        sqlx::query_scalar("SELECT string_agg(t::text, '') FROM auth.api_tokens t").fetch_one(&mut users(&company).await).await.unwrap();
    assert!(!dump.contains(&key[12..]), "the key is in the table");
}

async fn users(company: &Company) -> sqlx::PgConnection {
    let mut conn = company.inspect().await;
    conn.execute("SET app.admin = 'users'").await.unwrap();
    conn
}

#[actix_web::test]
async fn a_key_reads_what_its_scopes_name_and_nothing_else() {
    let company = Company::new().await;
    let mut browser = clerk(&company).await;
    let key = make_key(&mut browser, "bordro", &["scope_timesheets"]).await;
    for (path, status, error) in [
        (TIMESHEETS, 200, ""),
        ("/api/v1/ping", 200, ""),
        (EMPLOYEES, 403, "token_scope"),
        ("/api/v1/changes", 403, "token_scope"),
        ("/api/v1/snapshot", 403, "token_scope"),
    ] {
        let reply = read(&company.state, &key, path).await;
        assert_eq!(reply.status, status, "{path}: {}", reply.text);
        if status != 200 {
            assert_eq!(reply.problem(), error, "{path}");
        }
    }
    let all = make_key(&mut browser, "ayna", &["scope_employees", "scope_changes"]).await;
    assert_eq!(read(&company.state, &all, EMPLOYEES).await.status, 200);
    assert_eq!(read(&company.state, &all, "/api/v1/digest").await.status, 200);
    assert_eq!(read(&company.state, &all, TIMESHEETS).await.problem(), "token_scope");
}

#[actix_web::test]
async fn a_key_neither_writes_nor_opens_pages_and_no_cookie_helps_it() {
    let company = Company::new().await;
    let mut browser = clerk(&company).await;
    let key = make_key(&mut browser, "ayna", &["scope_timesheets", "scope_employees", "scope_changes"]).await;
    let bearer = format!("Bearer {key}");
    let with_key = ("Authorization", bearer.as_str());
    let json = [with_key, ("Content-Type", "application/json"), ("X-Sync-Client", "test")];
    for path in ["/api/v1/ops", "/api/v1/ops/status"] {
        let reply = send(&company.state, "POST", path, &json).await;
        assert_eq!((reply.status, reply.problem().as_str()), (403, "token_scope"), "{path}");
    }
    for page in ["/timesheets", "/employees", "/activity", "/account/tokens", "/password"] {
        let reply = send(&company.state, "GET", page, &[with_key]).await;
        assert!(reply.status == 303 && reply.header("location").starts_with("/login") || reply.status == 401, "{page}: {}", reply.status);
    }
    // A browser that is signed in and shows a bad key is who the key says: nobody.
    let cookie = browser.cookie_header();
    let reply = send(&company.state, "GET", TIMESHEETS, &[("Cookie", &cookie), ("Authorization", "Bearer rsp_nonsense")]).await;
    assert_eq!((reply.status, reply.problem().as_str()), (401, "token"));
    assert_eq!(send(&company.state, "GET", TIMESHEETS, &[("Cookie", &cookie)]).await.status, 200, "the cookie alone is good");
}

#[actix_web::test]
async fn a_revoked_or_lapsed_key_and_one_of_a_disabled_account_are_refused_at_the_next_request() {
    let company = Company::new().await;
    let mut browser = clerk(&company).await;
    let state = &company.state;
    let (revoked, kept) =
        (make_key(&mut browser, "eski", &["scope_timesheets"]).await, make_key(&mut browser, "yeni", &["scope_timesheets"]).await);
    let list = browser.get("/account/tokens").await;
    let form = list.form("tbody tr:last-child form");
    assert_eq!(browser.post(&form).await.location, "/account/tokens");
    let reply = read(state, &revoked, TIMESHEETS).await;
    assert_eq!((reply.status, reply.problem().as_str()), (401, "token"));
    assert!(reply.header("www-authenticate").starts_with("Bearer "), "{}", reply.header("www-authenticate"));
    assert_eq!(browser.post(&form).await.status, 303, "a second click is harmless");

    assert_eq!(read(&later(&company, 89), &kept, TIMESHEETS).await.status, 200);
    assert_eq!(read(&later(&company, 91), &kept, TIMESHEETS).await.problem(), "token");
    accounts::disable_user(&state.db, &state.clock, None, "ankara1").await.unwrap();
    assert_eq!(read(state, &kept, TIMESHEETS).await.problem(), "token");
    accounts::enable_user(&state.db, &state.clock, None, "ankara1").await.unwrap();
    assert_eq!(read(state, &kept, TIMESHEETS).await.problem(), "token", "an enabled account has to make its keys anew");
    let kept = make_key(&mut clerk(&company).await, "yeni", &["scope_timesheets"]).await;
    assert_eq!(read(state, &kept, TIMESHEETS).await.status, 200);
    company.give_password("ankara1", "baska bir parola", false).await.unwrap();
    assert_eq!(read(state, &kept, TIMESHEETS).await.problem(), "token", "a password given by somebody else ends the keys");
}

#[actix_web::test]
async fn a_key_of_an_admin_is_an_ordinary_account_in_the_regions_it_names() {
    let company = Company::new().await;
    let mut admin = Browser::of(&company.state, "admin", ADMIN_PASSWORD).await;
    let key = make_key(&mut admin, "yalnız İzmir", &["scope_timesheets", "scope_changes", "region_izmir"]).await;
    let ping = read(&company.state, &key, "/api/v1/ping").await.json();
    assert_eq!(
        (&ping["user"]["username"], &ping["user"]["role"], &ping["user"]["regions"]),
        (&json!("admin"), &json!("user"), &json!(["izmir"]))
    );
    for foreign in ["ankara", "company"] {
        assert_eq!(read(&company.state, &key, &format!("{TIMESHEETS}?region={foreign}")).await.problem(), "not_found", "{foreign}");
        assert_eq!(read(&company.state, &key, &format!("/api/v1/digest?region={foreign}")).await.problem(), "not_found", "{foreign}");
    }
}

#[actix_web::test]
async fn a_key_loses_the_regions_that_its_owner_loses() {
    let company = Company::new().await;
    let mut browser = clerk(&company).await;
    let key = make_key(&mut browser, "bordro", &["scope_timesheets"]).await;
    let mut conn = users(&company).await;
    conn.execute("UPDATE auth.user_regions SET region = 'bursa' WHERE region = 'ankara'").await.unwrap();
    assert_eq!(read(&company.state, &key, TIMESHEETS).await.problem(), "forbidden");
}

#[actix_web::test]
async fn making_and_revoking_are_in_the_log_and_others_keys_do_not_exist() {
    let company = Company::new().await;
    company.give_password("izmir1", CLERK_PASSWORD, false).await.unwrap();
    let mut browser = clerk(&company).await;
    make_key(&mut browser, "bordro", &["scope_timesheets"]).await;
    let form = browser.get("/account/tokens").await.form("tbody form");
    let mut izmir = Browser::of(&company.state, "izmir1", CLERK_PASSWORD).await;
    let own = izmir.get("/account/tokens").await;
    assert_eq!(own.count("tbody tr"), 0, "a foreign key is listed");
    let stolen = izmir.get("/account/tokens").await.form("form.entry-form").value("_csrf").to_owned();
    assert_eq!(izmir.post(&form.clone().with("_csrf", &[&stolen])).await.status, 404, "a foreign key is revoked");
    browser.post(&form).await;
    let activity = browser.get("/activity").await;
    for said in ["“bordro” API anahtarı oluşturuldu", "“bordro” API anahtarı iptal edildi"] {
        assert_eq!(activity.texts("li article strong").iter().filter(|text| *text == said).count(), 1, "{said}");
    }
}

#[actix_web::test]
async fn what_is_wrong_with_a_form_is_said_at_its_field_and_a_form_sent_twice_makes_one_key() {
    let company = Company::new().await;
    let mut admin = Browser::of(&company.state, "admin", ADMIN_PASSWORD).await;
    let mut form = admin.get("/account/tokens").await.form("form.entry-form");
    form.fields.retain(|(name, _)| !name.starts_with("scope_") && !name.starts_with("region_"));
    let refused = admin.post(&form).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.text("#f-name-error"), "Anahtara bir ad verin.");
    assert_eq!(refused.text("#token-scopes-error"), "En az bir veri türü seçin.");
    assert_eq!(refused.text("#token-regions-error"), "En az bir bölge seçin.");
    let good = admin
        .get("/account/tokens")
        .await
        .form("form.entry-form")
        .with("name", &["bordro"])
        .with("region_izmir", &["true"])
        .with("password", &[ADMIN_PASSWORD]);
    assert_eq!(admin.post(&good).await.status, 200);
    assert_eq!(admin.post(&good).await.status, 303, "a reload makes no second key");
    assert_eq!(admin.get("/account/tokens").await.count("tbody tr"), 1);
}

#[actix_web::test]
async fn the_list_says_when_a_key_was_last_used() {
    let company = Company::new().await;
    let mut browser = clerk(&company).await;
    let key = make_key(&mut browser, "bordro", &["scope_timesheets"]).await;
    assert_eq!(browser.get("/account/tokens").await.texts("tbody td")[5], "Hiç");
    read(&company.state, &key, TIMESHEETS).await;
    assert!(browser.get("/account/tokens").await.texts("tbody td")[5].contains(':'), "the use is noted");
}
