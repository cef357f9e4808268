//! Operations of other authors (SYNC 3.10, 3.12): they are applied only with the author's grant, and in the author's name.

#![cfg(test)]

use actix_web::test::{TestRequest, call_service, init_service, read_body_json};
use chrono::TimeDelta;
use rainstaff::{
    app::build_app,
    auth::{purge_expired, rights::find_rights},
    clock::Clock,
    identity::{Actor, Region},
    ops::{Op, Origin, Reason, Verdict, VerdictKind},
    state::AppState,
    sync::{
        deliver,
        grant::{Grant, GrantKey, LIFETIME},
        held::{self, Decision},
    },
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor};
use uuid::Uuid;

use crate::{
    auth as accounts,
    support::{
        app::state_on,
        browser::Browser,
        builders::{Company, admin, at, clerk, employee_id, op, queue_id, region},
    },
};

/// Four offices with their accounts and a server on them.
pub async fn company_with_accounts() -> (Company, AppState) {
    let company = Company::new().await;
    let people = ["ankara", "istanbul"].map(clerk).into_iter().chain([admin()]);
    let mut conn = company.inspect().await;
    conn.execute("SET app.admin = 'users'").await.unwrap();
    for person in people {
        let (id, name, role) = (person.user_id, person.username.as_str(), if person.is_admin() { "admin" } else { "user" });
        let user = format!("INSERT INTO auth.users (id, username, role) VALUES ('{id}', '{name}', '{role}')");
        conn.execute(AssertSqlSafe(user)).await.unwrap();
        for code in person.regions.iter().filter(|_| !person.is_admin()) {
            let theirs = format!("INSERT INTO auth.user_regions (user_id, region) VALUES ('{id}', '{code}')");
            conn.execute(AssertSqlSafe(theirs)).await.unwrap();
        }
    }
    let state = state_on(&company.db);
    (company, state)
}

/// What an administrator does to accounts.
pub async fn administer(company: &Company, sql: &str) {
    let mut conn = company.inspect().await;
    conn.execute("SET app.admin = 'users'").await.unwrap();
    conn.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
}

/// The grant that the server gives `person` for a queue at noon.
pub async fn grant_of(state: &AppState, person: &Actor, queue: Uuid) -> Grant {
    let rights = find_rights(&state.db, person.user_id).await.unwrap().unwrap();
    Grant {
        user: person.user_id,
        regions: rights.regions,
        queue,
        issued: at(180),
        expires: at(180) + LIFETIME,
        epoch: rights.epoch,
        session: None,
        device: None,
    }
}

/// As an operation carries it.
#[expect(clippy::unnecessary_wraps, reason = "an operation may carry none")]
fn signed(state: &AppState, grant: &Grant) -> Option<String> {
    Some(GrantKey::of(&state.config.secret).sign(grant))
}

async fn deliver_one(state: &AppState, carrier: &Actor, op: &Op) -> Verdict {
    deliver(state, carrier, Origin::Offline, vec![op.clone()]).await.unwrap().remove(0)
}

fn said(verdict: &Verdict) -> (VerdictKind, Option<Reason>) {
    (verdict.verdict, verdict.reason)
}

const REVOKED: (VerdictKind, Option<Reason>) = (VerdictKind::Held, Some(Reason::GrantRevoked));
const FORBIDDEN: (VerdictKind, Option<Reason>) = (VerdictKind::Held, Some(Reason::ForbiddenNow));
const APPLIED: (VerdictKind, Option<Reason>) = (VerdictKind::Applied, None);

#[tokio::test]
async fn with_the_authors_grant_an_operation_is_done_in_the_authors_name_whoever_brings_it() {
    let (company, state) = company_with_accounts().await;
    let ankara = clerk("ankara");
    let grant = signed(&state, &grant_of(&state, &ankara, queue_id(1)).await);
    let made = Op { grant, ..op(&ankara, "ankara").queued(queue_id(1), 1).new_employee(employee_id(1), "Ayşe") };
    assert_eq!(said(&deliver_one(&state, &admin(), &made).await), APPLIED);
    let line = "SELECT l.actor_name || ' ' || (i.carrier = l.actor)::text FROM app.change_log l JOIN app.op_inbox i USING (op_id)";
    assert_eq!(company.look(line).await, "ankara1 false");
    let again = Op { grant: None, ..made };
    let replayed = deliver_one(&state, &admin(), &again).await;
    assert_eq!((said(&replayed), replayed.replayed), (APPLIED, true), "the fingerprint knows no grant");
}

#[tokio::test]
async fn a_grant_that_is_missing_forged_or_of_something_else_holds_the_operation_and_the_log_is_told() {
    let (company, state) = company_with_accounts().await;
    let ankara = clerk("ankara");
    let good = grant_of(&state, &ankara, queue_id(1)).await;
    let other_server = AppState { config: state_on(&company.db).config, ..state.clone() };
    let bursa = Region::parse("bursa").unwrap();
    let bad = [
        None,
        Some("g1.e30.AAAA".to_owned()),
        signed(&other_server, &good),
        signed(&state, &Grant { user: admin().user_id, ..good.clone() }),
        signed(&state, &Grant { queue: queue_id(2), ..good.clone() }),
        signed(&state, &Grant { regions: vec![bursa], ..good.clone() }),
    ];
    let count = bad.len();
    for (grant, n) in bad.into_iter().zip(1..) {
        let made = Op { grant, ..op(&ankara, "ankara").queued(queue_id(1), i64::from(n)).new_employee(employee_id(n), "Ayşe") };
        assert_eq!(said(&deliver_one(&state, &admin(), &made).await), REVOKED, "{n}");
    }
    assert_eq!(company.look("SELECT count(*) FROM app.employees").await, "0");
    let events =
        "SELECT count(*) || ' ' || min(username) || ' ' || min(detail->>'account') FROM app.activity_event WHERE kind = 'grant_refused'";
    assert_eq!(company.look(events).await, format!("{count} admin ankara1"));
    assert_eq!(company.look("SELECT count(*) FROM app.op_inbox").await, count.to_string(), "all of them are kept");
}

#[tokio::test]
async fn a_grant_dies_with_time_with_the_account_and_with_a_password_that_an_admin_sets() {
    let (company, state) = company_with_accounts().await;
    let ankara = clerk("ankara");
    let grant = signed(&state, &grant_of(&state, &ankara, queue_id(1)).await);
    let nth = |n: u32| Op {
        grant: grant.clone(),
        ..op(&ankara, "ankara").queued(queue_id(1), i64::from(n)).new_employee(employee_id(n), "Ayşe")
    };
    let later = AppState { clock: Clock::Fixed(at(180) + LIFETIME), ..state.clone() };
    assert_eq!(said(&deliver_one(&later, &admin(), &nth(1)).await), REVOKED);
    assert_eq!(said(&deliver_one(&state, &admin(), &nth(2)).await), APPLIED);
    administer(&company, "UPDATE auth.users SET auth_epoch = auth_epoch + 1 WHERE username = 'ankara1'").await;
    assert_eq!(said(&deliver_one(&state, &admin(), &nth(3)).await), REVOKED);
    administer(&company, "UPDATE auth.users SET auth_epoch = auth_epoch - 1, active = false WHERE username = 'ankara1'").await;
    assert_eq!(said(&deliver_one(&state, &admin(), &nth(4)).await), REVOKED);
    assert_eq!(company.look("SELECT count(*) FROM app.activity_event WHERE kind = 'grant_refused'").await, "0", "nobody tried anything");
}

#[tokio::test]
async fn an_author_who_lost_the_region_is_held_and_done_when_the_region_is_given_back() {
    let (company, state) = company_with_accounts().await;
    let ankara = clerk("ankara");
    let grant = signed(&state, &grant_of(&state, &ankara, queue_id(1)).await);
    let nth = |n: u32| Op {
        grant: grant.clone(),
        ..op(&ankara, "ankara").queued(queue_id(1), i64::from(n)).new_employee(employee_id(n), "Ayşe")
    };
    administer(&company, "UPDATE auth.user_regions SET region = 'izmir' WHERE region = 'ankara'").await;
    let moved = Actor { regions: vec![region("izmir")], ..ankara.clone() };
    assert_eq!(said(&deliver_one(&state, &admin(), &nth(1)).await), FORBIDDEN);
    let own = deliver_one(&state, &moved, &nth(2)).await;
    assert_eq!((said(&own), own.row), (FORBIDDEN, None), "their own work is kept on the server, and they read nothing there");
    let without = Op { grant: None, ..nth(3) };
    assert_eq!(said(&deliver_one(&state, &moved, &without).await), (VerdictKind::Retry, Some(Reason::Carrier)));

    administer(&company, "UPDATE auth.user_regions SET region = 'ankara' WHERE region = 'izmir'").await;
    held::retry_of_author(&state, ankara.user_id).await.unwrap();
    assert_eq!(company.look("SELECT count(*) || ' ' || min(actor_name) FROM app.change_log").await, "2 ankara1");
}

#[tokio::test]
async fn an_admin_answers_for_a_held_operation_and_a_clerk_cannot() {
    let (company, state) = company_with_accounts().await;
    let ankara = clerk("ankara");
    let made = op(&ankara, "ankara").queued(queue_id(1), 1).new_employee(employee_id(1), "Ayşe");
    assert_eq!(said(&deliver_one(&state, &admin(), &made).await), REVOKED);
    let decide = async |who: &Actor, what| held::decide(&state, who, &region("ankara"), made.op_id, Uuid::now_v7(), what).await;
    let refused = decide(&ankara, Decision::Accepted).await.unwrap();
    assert_eq!(said(&refused.1), REVOKED, "a clerk changes nothing by it");
    assert_eq!(said(&decide(&admin(), Decision::Retried).await.unwrap().1), REVOKED, "trying again alone does not help");
    assert!(decide(&clerk("istanbul"), Decision::Retried).await.is_err(), "another office has no such operation");
    assert_eq!(said(&decide(&admin(), Decision::Accepted).await.unwrap().1), APPLIED);
    assert_eq!(company.look("SELECT actor_name FROM app.change_log").await, "ankara1");
    let decided = "SELECT decision || ' ' || decided_by_name FROM app.op_decision ORDER BY id DESC";
    assert_eq!(company.look(decided).await, "accepted admin");
    assert_eq!(
        company.look("SELECT username || ' ' || (detail->>'account') FROM app.activity_event WHERE kind = 'held_accepted'").await,
        "admin ankara1"
    );
}

#[actix_web::test]
async fn the_server_gives_a_signed_in_person_a_grant_for_sixty_days_and_nobody_else() {
    let company = accounts::Company::new().await;
    let cookie = Browser::of(&company.state, "ankara1", accounts::CLERK_PASSWORD).await.cookie_header();
    let ask = async |cookie: &str| {
        let request = TestRequest::post().uri("/api/v1/grant").set_json(json!({ "queue_id": queue_id(1) }));
        let request = request.insert_header(("Sec-Fetch-Site", "same-origin")).insert_header(("X-Sync-Client", "test"));
        let app = init_service(build_app(company.state.clone())).await;
        call_service(&app, request.insert_header(("Cookie", cookie)).peer_addr(([192, 0, 2, 1], 4000).into()).to_request()).await
    };
    let answer = ask(&cookie).await;
    assert_eq!((answer.status().as_u16(), answer.headers().get("x-sync").unwrap().to_str().unwrap()), (200, "1"));
    let answer: Value = read_body_json(answer).await;
    let grant = GrantKey::of(&company.state.config.secret).read(answer["grant"].as_str().unwrap()).unwrap();
    assert_eq!((grant.queue, grant.regions, grant.expires - grant.issued), (queue_id(1), vec![region("ankara")], LIFETIME));
    assert_eq!(ask("").await.status().as_u16(), 401);
}

#[tokio::test]
async fn of_what_was_entered_after_the_sign_out_the_sessions_grant_proves_nothing() {
    let (company, state) = company_with_accounts().await;
    let ankara = clerk("ankara");
    let (first, second) = (Uuid::from_u128(77), Uuid::from_u128(78));
    let of = async |session| signed(&state, &Grant { session: Some(session), ..grant_of(&state, &ankara, queue_id(1)).await });
    let (old, new) = (of(first).await, of(second).await);
    let end = format!("VALUES ('{first}', '{}', '{}', '{}', 8)", ankara.user_id, at(60).to_rfc3339(), queue_id(1));
    administer(&company, &format!("INSERT INTO auth.ended_sessions (session_id, user_id, ended_at, queue_id, last_n) {end}")).await;
    let nth = |n: u32, minute: i64, grant: &Option<String>| Op {
        grant: grant.clone(),
        ..op(&ankara, "ankara").queued(queue_id(1), i64::from(n)).at(minute).new_employee(employee_id(n), "Ayşe")
    };
    let ahead = Op { offset_ms: 60 * 60_000, ..nth(3, 100, &old) };
    let cases = [
        ("before it", nth(1, 30, &old), APPLIED),
        ("a moment after it, by that browser's clock", nth(2, 61, &old), APPLIED),
        ("before it, by a clock that is an hour ahead", ahead, APPLIED),
        ("after it", nth(4, 90, &old), REVOKED),
        ("by a clock that cannot be", Op { offset_ms: i64::MIN, ..nth(5, 30, &old) }, REVOKED),
        ("before it, they say, under a number that was given out later", nth(9, 30, &old), REVOKED),
        ("in the next session", nth(10, 90, &new), APPLIED),
    ];
    for (what, op, expected) in cases {
        assert_eq!(said(&deliver_one(&state, &admin(), &op).await), expected, "{what}");
    }
    assert_eq!(company.look("SELECT count(*) FROM app.activity_event WHERE kind = 'grant_refused'").await, "3", "the log is told");
    assert_eq!(said(&deliver_one(&state, &ankara, &nth(11, 90, &old)).await), APPLIED, "nobody has to prove their own");
}

#[actix_web::test]
async fn a_sign_out_ends_what_the_sessions_grants_prove_and_the_browsers_last_number_is_noted() {
    let company = accounts::Company::new().await;
    let ended = "SELECT concat_ws(' ', u.username, e.session_id = '{}', e.queue_id, e.last_n) FROM auth.ended_sessions e JOIN auth.users u ON u.id = e.user_id";
    let grant_of = async |browser: &mut Browser| {
        let answer = browser.call("/api/v1/grant", &json!({ "queue_id": queue_id(1) })).await.json();
        GrantKey::of(&company.state.config.secret).read(answer["grant"].as_str().unwrap()).unwrap()
    };
    let look = async |session: Uuid| {
        let sql = ended.replace("{}", &session.to_string());
        sqlx::query_scalar::<_, String>(AssertSqlSafe(sql)).fetch_all(&mut company.inspect().await).await.unwrap()
    };
    let mut browser = Browser::of(&company.state, "ankara1", accounts::CLERK_PASSWORD).await;
    let grant = grant_of(&mut browser).await;
    let form = browser.get("/today").await.form("form[action='/logout']");
    let queue = format!("{} 12", queue_id(1));
    assert_eq!(browser.post(&form.with("_queue", &[&queue])).await.status, 303);
    assert_eq!(look(grant.session.unwrap()).await, [format!("ankara1 t {} 12", queue_id(1))]);
}

#[actix_web::test]
async fn the_activity_says_who_carried_what_somebody_else_entered() {
    let company = accounts::Company::new().await;
    let mut clerks = Browser::of(&company.state, "ankara1", accounts::CLERK_PASSWORD).await;
    let author = clerks.get("/api/v1/ping").await.json()["user"]["id"].as_str().unwrap().parse::<Uuid>().unwrap();
    let grant = clerks.call("/api/v1/grant", &json!({ "queue_id": queue_id(1) })).await.json()["grant"].as_str().map(str::to_owned);
    let draft = |n: u32| op(&clerk("ankara"), "ankara").queued(queue_id(1), i64::from(n)).new_employee(employee_id(n), "Taşınan Kişi");
    let made = |n| Op { actor: author, grant: grant.clone(), ..draft(n) };
    let mut admins = Browser::of(&company.state, "admin", accounts::ADMIN_PASSWORD).await;
    for (browser, op) in [(&mut admins, made(1)), (&mut clerks, made(2))] {
        let answer = browser.call("/api/v1/ops", &json!({ "nonce": 1, "ops": [op] })).await.json();
        assert_eq!(answer["results"][0]["verdict"], "applied", "{answer}");
    }
    let page = clerks.get("/activity").await.html;
    assert_eq!(page.matches("taşıyan: admin").count(), 1, "once, and of the one that somebody else brought");
    assert!(admins.get("/activity?format=json").await.html.contains(r#""carrier":"admin""#));
}

/// The sessions of an account that were ended before their time.
async fn count_ended(company: &accounts::Company) -> i64 {
    company.count("SELECT count(*) FROM auth.ended_sessions e JOIN auth.users u ON u.id = e.user_id WHERE u.username = 'ankara1'").await
}

/// An operation that somebody entered after the session had ended, with the grant that the session was given, in somebody else's hands.
async fn carry_for(company: &accounts::Company, grant: &str, n: u32) -> String {
    let author = GrantKey::of(&company.state.config.secret).read(grant).unwrap().user;
    let later = AppState { clock: Clock::Fixed(company.state.clock.now() + TimeDelta::hours(1)), ..company.state.clone() };
    let draft = op(&clerk("ankara"), "ankara").queued(queue_id(1), i64::from(n)).new_employee(employee_id(n), &format!("Kişi {n}"));
    let made = Op { actor: author, grant: Some(grant.to_owned()), edited_at: later.clock.now(), ..draft };
    let mut admin = Browser::of(&later, "admin", accounts::ADMIN_PASSWORD).await;
    let answer = admin.call("/api/v1/ops", &json!({ "nonce": 1, "ops": [made] })).await.json();
    answer["results"][0]["verdict"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

#[actix_web::test]
async fn however_a_session_is_ended_its_grants_prove_nothing_of_what_comes_later() {
    let company = accounts::Company::new().await;
    let state = &company.state;
    let ask = async |browser: &mut Browser| {
        browser.call("/api/v1/grant", &json!({ "queue_id": queue_id(1) })).await.json()["grant"].as_str().unwrap().to_owned()
    };
    let enter = async || {
        let mut browser = Browser::of(state, "ankara1", accounts::CLERK_PASSWORD).await;
        let grant = ask(&mut browser).await;
        (browser, grant)
    };
    // Somebody signs in over it, the same person or another.
    let (mut browser, first) = enter().await;
    assert_eq!(carry_for(&company, &first, 1).await, "applied", "a session that is open");
    browser.sign_in("ankara1", accounts::CLERK_PASSWORD).await;
    assert_eq!((carry_for(&company, &first, 2).await.as_str(), count_ended(&company).await), ("held", 1));
    let second = ask(&mut browser).await;
    assert_eq!(carry_for(&company, &second, 3).await, "applied", "the next session's own");
    browser.sign_in("admin", accounts::ADMIN_PASSWORD).await;
    assert_eq!((carry_for(&company, &second, 4).await.as_str(), count_ended(&company).await), ("held", 2));
    // It is the oldest of too many.
    let (_, oldest) = enter().await;
    let others = "INSERT INTO auth.sessions (token_hash, id, user_id, state, created_at, seen_at, expires_at)
        SELECT sha256(n::text::bytea), gen_random_uuid(), s.user_id, '{}', s.created_at, s.seen_at + interval '1 hour', s.expires_at
        FROM auth.sessions s JOIN auth.users u ON u.id = s.user_id, generate_series(1, 49) n WHERE u.username = 'ankara1'";
    company.inspect().await.execute(others).await.unwrap();
    assert_eq!(carry_for(&company, &oldest, 5).await, "applied");
    let (mut owner, newest) = enter().await;
    assert_eq!((carry_for(&company, &oldest, 6).await.as_str(), count_ended(&company).await), ("held", 3));
    // Its person ends it from the list, alone and with all others; so does an admin.
    company.inspect().await.execute("DELETE FROM auth.sessions WHERE state = '{}'").await.unwrap();
    let (mut elsewhere, other) = enter().await;
    let list = elsewhere.get("/account").await;
    elsewhere.post(&list.form("tr[data-session] form").minted()).await;
    assert_eq!((carry_for(&company, &newest, 7).await.as_str(), count_ended(&company).await), ("held", 4));
    assert_eq!(owner.get("/account").await.status, 303);
    let (mut here, last) = enter().await;
    let list = here.get("/account").await;
    here.post(&list.form("form[action='/account/sessions/closure']").minted()).await;
    assert_eq!((carry_for(&company, &other, 8).await.as_str(), count_ended(&company).await), ("held", 5));
    assert_eq!(carry_for(&company, &last, 9).await, "applied");
    let mut admin = Browser::of(state, "admin", accounts::ADMIN_PASSWORD).await;
    let address = admin.get("/admin/users").await.attribute("#user-ankara1 a", "href");
    let list = admin.get(&address).await;
    admin.post(&list.form("tr[data-session] form").minted()).await;
    assert_eq!((carry_for(&company, &last, 10).await.as_str(), count_ended(&company).await), ("held", 6));
    let (_, at_last) = enter().await;
    let list = admin.get(&address).await;
    admin.post(&list.form("form[action$='/sessions/closure']").minted()).await;
    assert_eq!((carry_for(&company, &at_last, 11).await.as_str(), count_ended(&company).await), ("held", 7));
}

#[actix_web::test]
async fn a_session_that_lapses_unended_takes_no_proof_with_it() {
    let company = accounts::Company::new().await;
    let mut browser = Browser::of(&company.state, "ankara1", accounts::CLERK_PASSWORD).await;
    let grant = browser.call("/api/v1/grant", &json!({ "queue_id": queue_id(1) })).await.json()["grant"].as_str().unwrap().to_owned();
    let days_later = Clock::Fixed(company.state.clock.now() + TimeDelta::days(3));
    purge_expired(&company.state.db, &company.state.config, &days_later).await.unwrap();
    assert_eq!(company.count("SELECT count(*) FROM auth.sessions").await, 0);
    assert_eq!((carry_for(&company, &grant, 1).await.as_str(), count_ended(&company).await), ("applied", 0));
}
