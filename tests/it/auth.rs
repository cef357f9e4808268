//! Sign-in, sessions, throttling and accounts, against a real database, in a small application around the session middleware.

#![cfg(test)]

use std::{net::IpAddr, sync::Arc};

use actix_session::Session;
use actix_web::{
    App, HttpResponse,
    cookie::{Cookie, SameSite},
    dev::ServiceResponse,
    test::{TestRequest, call_service, init_service, read_body, read_body_json},
    web::{Data, Json, get, post},
};
use chrono::{DateTime, Utc};
use rainstaff::{
    auth::{
        accounts::{self, AccountError, FirstStart, NewUser, PasswordState},
        known_browser::Marks,
        purge_expired, session_middleware,
        sign_in::{self, Change, From, SignIn},
    },
    clock::Clock,
    config::{Config, Secret},
    db::{Bell, Db},
    file_places::FilePlaces,
    identity::{Role, Visitor},
    metrics::Metrics,
    offline_mode::OfflineSwitch,
    passwords::{Hasher, Password, PasswordFault},
    state::AppState,
    web::session::actor_of,
};
use serde_json::{Value, json};
use sqlx::{Executor, PgConnection};

use crate::support::cluster::TestDb;

pub(crate) const ADMIN_PASSWORD: &str = "yonetici parolasi";
pub(crate) const CLERK_PASSWORD: &str = "ankaranin parolasi";

/// A database with the first five accounts; admin and ankara1 can sign in.
pub(crate) struct Company {
    db: TestDb,
    /// The server's state at second 0.
    pub(crate) state: AppState,
}

impl Company {
    pub(crate) async fn new() -> Self {
        let company = Self::without_accounts().await;
        let first = company.first_start(Some(ADMIN_PASSWORD)).await.unwrap();
        assert!(matches!(first, FirstStart::Created));
        company.inspect().await.execute("UPDATE app.regions SET created_at = '2020-01-01'").await.unwrap(); // before every test's days
        company.give_password("ankara1", CLERK_PASSWORD, false).await.unwrap();
        company
    }

    async fn without_accounts() -> Self {
        let db = TestDb::new().await;
        let config = db.config(12);
        let state = AppState {
            db: Db::connect(&config).await.unwrap(),
            config: Arc::new(Config::dev(([127, 0, 0, 1], 0).into(), Secret::random())),
            clock: Clock::Fixed(at(0)),
            hasher: Hasher::new(),
            files: FilePlaces::default(),
            bell: Bell::default(),
            metrics: Metrics::default(),
            offline: OfflineSwitch::default(),
        };
        Self { db, state }
    }

    async fn first_start(&self, admin_password: Option<&str>) -> Result<FirstStart, AccountError> {
        let s = &self.state;
        accounts::ensure_first_accounts(&s.db, &s.hasher, &s.clock, self.db.owner_url(), admin_password.map(Password::new)).await
    }

    pub(crate) async fn give_password(&self, username: &str, password: &str, must_change: bool) -> Result<(), AccountError> {
        let s = &self.state;
        accounts::set_password(&s.db, &s.hasher, &s.clock, None, username, Password::new(password), must_change).await
    }

    /// The same company, so many seconds later.
    fn after(&self, seconds: i64) -> AppState {
        AppState { clock: Clock::Fixed(at(seconds)), ..self.state.clone() }
    }

    /// The owner with all regions and accounts in view, for looking at what was stored.
    pub(crate) async fn inspect(&self) -> PgConnection {
        let mut conn = self.db.connect_owner().await;
        conn.execute("SET app.admin = 'users'; SET app.regions = 'company,ankara,istanbul,bursa,izmir'").await.unwrap();
        conn
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut self.inspect().await).await.unwrap()
    }

    /// `region kind username` of all events that match, in order.
    async fn events(&self, kinds: &str) -> Vec<String> {
        sqlx::query_scalar(
            "SELECT region || ' ' || kind || ' ' || coalesce(username, '-') FROM app.activity_event WHERE kind ~ $1 ORDER BY id",
        )
        .bind(kinds)
        .fetch_all(&mut self.inspect().await)
        .await
        .unwrap()
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_600_000 + seconds, 0).unwrap()
}

fn visitor(address: &str) -> Visitor {
    Visitor::new(Some(address.parse::<IpAddr>().unwrap()), Some("Mozilla/5.0"))
}

/// Answers `{"signed_in": ..}`; the body may name another address, and an account whose password is reset before the session is stored.
async fn enter(session: Session, state: Data<AppState>, Json(body): Json<Value>) -> Result<HttpResponse, rainstaff::error::AppError> {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let from = visitor(body["address"].as_str().unwrap_or("192.0.2.1"));
    let from = From { visitor: &from, marks: &Marks::default() };
    let outcome = sign_in::sign_in(&state, &session, from, &text("username"), Password::new(text("password"))).await?;
    if body["reset_meanwhile"] == true {
        let new = Password::new("baska bir parola");
        accounts::set_password(&state.db, &state.hasher, &state.clock, None, &text("username"), new, false).await.unwrap();
    }
    Ok(HttpResponse::Ok().json(match outcome {
        SignIn::Welcome { must_change, .. } => json!({ "welcome": true, "must_change": must_change }),
        SignIn::Wrong => json!({ "wrong": true }),
        SignIn::Ended => json!({ "ended": true }),
        SignIn::Wait(seconds) => json!({ "wait": seconds }),
    }))
}

async fn leave(session: Session, state: Data<AppState>) -> Result<HttpResponse, rainstaff::error::AppError> {
    let actor = actor_of(&session).unwrap();
    sign_in::sign_out(&state, &session, &actor, &visitor("192.0.2.1"), None).await?;
    Ok(HttpResponse::Ok().finish())
}

async fn change(session: Session, state: Data<AppState>, Json(body): Json<Value>) -> Result<HttpResponse, rainstaff::error::AppError> {
    let actor = actor_of(&session).unwrap();
    let password = |name: &str| Password::new(body[name].as_str().unwrap());
    let from = visitor("192.0.2.1");
    let from = From { visitor: &from, marks: &Marks::default() };
    let outcome = sign_in::change_password(&state, &session, &actor, from, password("current"), password("new")).await?;
    Ok(HttpResponse::Ok().body(match outcome {
        Change::Done { .. } => "done".to_owned(),
        Change::Ended => "ended".to_owned(),
        Change::WrongCurrent => "wrong".to_owned(),
        Change::Refused(fault) => format!("{fault:?}"),
        Change::Wait(seconds) => format!("wait {seconds}"),
    }))
}

async fn note(session: Session) -> HttpResponse {
    session.insert("note", "kept").unwrap();
    HttpResponse::Ok().finish()
}

async fn who(session: Session) -> HttpResponse {
    HttpResponse::Ok().json(actor_of(&session))
}

/// The application at this state, as a function from request to answer.
async fn serve(state: &AppState) -> impl AsyncFn(TestRequest) -> ServiceResponse + use<> {
    let app = init_service(
        App::new()
            .app_data(Data::new(state.clone()))
            .wrap(session_middleware(state))
            .route("/in", post().to(enter))
            .route("/out", post().to(leave))
            .route("/password", post().to(change))
            .route("/note", post().to(note))
            .route("/who", get().to(who)),
    )
    .await;
    async move |request: TestRequest| call_service(&app, request.to_request()).await
}

/// Keeps the session cookie, as a browser does; can visit the application at several times.
#[derive(Default, Clone)]
struct Browser {
    cookie: Option<Cookie<'static>>,
}

impl Browser {
    async fn send(&mut self, state: &AppState, mut request: TestRequest) -> ServiceResponse {
        if let Some(cookie) = &self.cookie {
            request = request.cookie(cookie.clone());
        }
        let app = serve(state).await;
        let answer = app(request).await;
        assert!(answer.status().is_success(), "{}", answer.status());
        for cookie in answer.response().cookies() {
            self.cookie = (!cookie.value().is_empty()).then(|| cookie.into_owned());
        }
        answer
    }

    async fn sign_in_with(&mut self, state: &AppState, body: Value) -> Value {
        read_body_json(self.send(state, TestRequest::post().uri("/in").set_json(body)).await).await
    }

    async fn sign_in(&mut self, state: &AppState, username: &str, password: &str) -> Value {
        self.sign_in_with(state, json!({ "username": username, "password": password })).await
    }

    async fn change_password(&mut self, state: &AppState, current: &str, new: &str) -> String {
        let body = json!({ "current": current, "new": new });
        let answer = self.send(state, TestRequest::post().uri("/password").set_json(body)).await;
        String::from_utf8(read_body(answer).await.to_vec()).unwrap()
    }

    /// The signed-in person; null for a visitor.
    async fn who(&mut self, state: &AppState) -> Value {
        read_body_json(self.send(state, TestRequest::get().uri("/who")).await).await
    }
}

fn welcome() -> Value {
    json!({ "welcome": true, "must_change": false })
}

#[actix_web::test]
async fn the_first_start_makes_offices_and_accounts_once_and_only_the_admin_can_sign_in() {
    let company = Company::without_accounts().await;
    let (one, other) = tokio::join!(company.first_start(None), company.first_start(None));
    let mut passwords: Vec<Password> = Vec::new();
    for start in [one.unwrap(), other.unwrap(), company.first_start(None).await.unwrap()] {
        if let FirstStart::CreatedWithRandom(password) = start {
            passwords.push(password);
        }
    }
    assert_eq!(passwords.len(), 1, "two servers started at once, a third later: one made the accounts");

    let users = accounts::list_users(&company.state.db, &company.state.clock, None).await.unwrap();
    let seen: Vec<_> = users.iter().map(|u| (u.username.as_str(), u.role, u.regions.join(","), u.password)).collect();
    let clerk = |name, region: &str| (name, Role::User, region.to_owned(), PasswordState::Missing);
    let expected = [
        ("admin", Role::Admin, String::new(), PasswordState::Temporary(at(72 * 3600))),
        clerk("ankara1", "ankara"),
        clerk("bursa1", "bursa"),
        clerk("istanbul1", "istanbul"),
        clerk("izmir1", "izmir"),
    ];
    assert_eq!(seen, expected);
    assert_eq!(company.count("SELECT count(*) FROM app.regions WHERE name IN ('Ankara', 'İstanbul', 'Bursa', 'İzmir')").await, 4);

    let mut browser = Browser::default();
    let admin = browser.sign_in(&company.state, "admin", passwords[0].reveal()).await;
    assert_eq!(admin, json!({ "welcome": true, "must_change": true }));
    for password in ["", "ankara1", "rainstaff-demo"] {
        assert_eq!(Browser::default().sign_in(&company.state, "bursa1", password).await["welcome"], Value::Null);
    }
}

#[actix_web::test]
async fn a_given_admin_password_is_used_as_it_is_and_a_bad_one_is_refused() {
    let company = Company::without_accounts().await;
    let refused = company.first_start(Some("kisa")).await.unwrap_err();
    assert!(matches!(refused, AccountError::Password(PasswordFault::TooShort)), "{refused}");
    assert!(matches!(company.first_start(Some(ADMIN_PASSWORD)).await.unwrap(), FirstStart::Created));
    assert_eq!(Browser::default().sign_in(&company.state, "admin", ADMIN_PASSWORD).await, welcome());
}

#[actix_web::test]
async fn demo_passwords_go_to_accounts_without_one_and_leave_a_chosen_one_alone() {
    let company = Company::new().await;
    let s = &company.state;
    assert_eq!(accounts::create_demo_passwords(&s.db, &s.hasher, &s.clock).await.unwrap(), 3, "bursa1, istanbul1, izmir1");
    assert_eq!(accounts::create_demo_passwords(&s.db, &s.hasher, &s.clock).await.unwrap(), 0);
    assert_eq!(Browser::default().sign_in(s, "izmir1", accounts::DEMO_PASSWORD).await, welcome());
    assert_eq!(Browser::default().sign_in(s, "ankara1", CLERK_PASSWORD).await, welcome());
}

#[actix_web::test]
async fn a_session_knows_the_person_and_the_regions_as_they_are_now() {
    let company = Company::new().await;
    let (mut clerk, mut admin) = (Browser::default(), Browser::default());
    assert_eq!(clerk.sign_in(&company.state, " Ankara1 ", CLERK_PASSWORD).await, welcome());
    assert_eq!(admin.sign_in(&company.state, "admin", ADMIN_PASSWORD).await, welcome());
    let actor = clerk.who(&company.state).await;
    assert_eq!((&actor["username"], &actor["role"], &actor["regions"]), (&json!("ankara1"), &json!("user"), &json!(["ankara"])));
    assert_eq!(actor["csrf"].as_str().unwrap().len(), 43);
    assert_eq!(admin.who(&company.state).await["regions"], json!(["ankara", "bursa", "istanbul", "izmir"]));

    let mut owner = company.inspect().await;
    owner.execute("INSERT INTO auth.user_regions SELECT id, 'bursa' FROM auth.users WHERE username = 'ankara1'").await.unwrap();
    owner.execute("UPDATE app.regions SET active = false WHERE code = 'bursa'").await.unwrap();
    owner.execute("UPDATE auth.users SET lang = 'en' WHERE username = 'ankara1'").await.unwrap();
    let actor = clerk.who(&company.state).await;
    assert_eq!((&actor["regions"], &actor["lang"]), (&json!(["ankara", "bursa"]), &json!("en")), "at the very next request");
    assert_eq!(admin.who(&company.state).await["regions"], json!(["ankara", "bursa", "istanbul", "izmir"]), "a closed one is still read");
}

#[actix_web::test]
async fn the_cookie_is_for_this_host_and_the_table_holds_no_key() {
    let company = Company::new().await;
    let mut browser = Browser::default();
    browser.sign_in(&company.state, "ankara1", CLERK_PASSWORD).await;
    let cookie = browser.cookie.clone().unwrap();
    assert_eq!(cookie.name(), "__Host-rainstaff");
    assert_eq!((cookie.secure(), cookie.http_only(), cookie.path(), cookie.max_age()), (Some(true), Some(true), Some("/"), None));
    assert_eq!(cookie.same_site(), Some(SameSite::Lax));
    let stored: String = sqlx::query_scalar("SELECT s::text FROM auth.sessions s").fetch_one(&mut company.inspect().await).await.unwrap();
    let key = &cookie.value()[cookie.value().len() - 43..];
    assert!(!stored.contains(key), "{stored}");
    assert!(stored.contains("192.0.2.1") && !stored.contains("username"), "address as a column, the actor nowhere: {stored}");

    let mut forged = Browser { cookie: Some(Cookie::new("__Host-rainstaff", key.to_owned())) };
    assert_eq!(forged.who(&company.state).await, Value::Null, "a bare key without the server's mark");
}

#[actix_web::test]
async fn a_session_stores_what_pages_put_into_it_but_never_the_rights() {
    let company = Company::new().await;
    let mut browser = Browser::default();
    browser.sign_in(&company.state, "ankara1", CLERK_PASSWORD).await;
    browser.send(&company.state, TestRequest::post().uri("/note")).await;
    let names = "SELECT string_agg(k, ' ' ORDER BY k) FROM auth.sessions, jsonb_object_keys(state) k";
    let names: String = sqlx::query_scalar(names).fetch_one(&mut company.inspect().await).await.unwrap();
    assert_eq!(names, "csrf epoch note uid");
    assert_eq!(browser.who(&company.state).await["username"], "ankara1");
}

#[actix_web::test]
async fn signing_in_again_and_signing_out_make_the_old_cookie_worthless() {
    let company = Company::new().await;
    let mut browser = Browser::default();
    browser.sign_in(&company.state, "ankara1", CLERK_PASSWORD).await;
    let mut first = browser.clone();
    browser.sign_in(&company.state, "admin", ADMIN_PASSWORD).await;
    assert_ne!(first.cookie, browser.cookie);
    assert_eq!(first.who(&company.state).await, Value::Null);
    assert_eq!(browser.who(&company.state).await["username"], "admin", "nothing is left of the person before");

    let mut kept = browser.clone();
    browser.send(&company.state, TestRequest::post().uri("/out")).await;
    assert_eq!(browser.cookie, None);
    assert_eq!(kept.who(&company.state).await, Value::Null);
    assert_eq!(company.count("SELECT count(*) FROM auth.sessions").await, 0);
    assert_eq!(company.events("^sign").await, ["ankara sign_in ankara1", "company sign_in admin", "company sign_out admin"]);
}

#[actix_web::test]
async fn a_session_lapses_when_idle_and_at_the_absolute_limit_and_is_swept() {
    const HOUR: i64 = 3600;
    let company = Company::new().await;
    let mut browser = Browser::default();
    browser.sign_in(&company.state, "ankara1", CLERK_PASSWORD).await;
    let seen = "SELECT extract(epoch FROM seen_at)::bigint - 1767600000 FROM auth.sessions";
    for (seconds, noted) in [(60, 0), (61, 61), (100, 61)] {
        assert_ne!(browser.who(&company.after(seconds)).await, Value::Null);
        assert_eq!(company.count(seen).await, noted, "use is noted at most once a minute");
    }
    let mut idle = browser.clone();
    assert_eq!(idle.who(&company.after(8 * HOUR + 61)).await, Value::Null, "idle for eight hours");
    for hours in [7, 14, 21, 23] {
        assert_ne!(browser.who(&company.after(hours * HOUR)).await, Value::Null, "in use, hour {hours}");
    }
    assert_eq!(browser.who(&company.after(24 * HOUR)).await, Value::Null, "24 hours after sign-in, whatever the use");

    let sweep = |state: AppState| async move { purge_expired(&state.db, &state.config, &state.clock).await.unwrap() };
    assert_eq!(sweep(company.after(23 * HOUR)).await, 0);
    assert_eq!(sweep(company.after(24 * HOUR)).await, 1);
}

#[actix_web::test]
async fn a_new_password_a_disabled_account_and_a_late_session_end_at_once() {
    let company = Company::new().await;
    let s = &company.state;
    let mut browser = Browser::default();
    browser.sign_in(s, "ankara1", CLERK_PASSWORD).await;
    company.give_password("ankara1", "gecici parola 1", true).await.unwrap();
    assert_eq!(browser.who(s).await, Value::Null, "a password that was set ends the sessions");

    let body = json!({ "username": "ankara1", "password": "gecici parola 1", "reset_meanwhile": true });
    browser.sign_in_with(s, body).await;
    assert_eq!(company.count("SELECT count(*) FROM auth.sessions").await, 1);
    assert_eq!(browser.who(s).await, Value::Null, "stored after the reset, opened with the password before it");

    browser.sign_in(s, "ankara1", "baska bir parola").await;
    assert_ne!(browser.who(s).await, Value::Null);
    accounts::disable_user(&s.db, &s.clock, None, "ankara1").await.unwrap();
    assert_eq!(browser.who(s).await, Value::Null);
    assert_eq!(browser.sign_in(s, "ankara1", "baska bir parola").await, json!({ "wrong": true }));
    accounts::enable_user(&s.db, &s.clock, None, "ankara1").await.unwrap();
    assert_eq!(browser.sign_in(s, "ankara1", "baska bir parola").await, welcome());
}

#[actix_web::test]
async fn changing_the_password_keeps_this_session_and_ends_the_others() {
    let company = Company::new().await;
    let s = &company.state;
    let mut other = Browser::default();
    other.sign_in(s, "ankara1", CLERK_PASSWORD).await;
    let mut here = Browser::default();
    here.sign_in(s, "ankara1", CLERK_PASSWORD).await;
    assert_eq!(here.change_password(s, CLERK_PASSWORD, "kendi parolam 0").await, "done");
    assert_ne!(here.who(s).await, Value::Null);
    assert_eq!(other.who(s).await, Value::Null);

    company.give_password("ankara1", "gecici parola 1", true).await.unwrap();
    let (mut here, mut elsewhere) = (Browser::default(), Browser::default());
    assert_eq!(here.sign_in(s, "ankara1", "gecici parola 1").await["must_change"], true);
    assert_eq!(elsewhere.sign_in(s, "ankara1", "gecici parola 1").await, json!({ "ended": true }), "it is good for one sign-in");
    assert_eq!(here.who(s).await["must_change"], true);

    assert_eq!(here.change_password(s, "gecici parola 1", "gecici parola 1").await, "SameAsOld");
    assert_eq!(here.change_password(s, "gecici parola 1", "ankara1").await, "SameAsName");
    assert_eq!(here.change_password(s, "baska bir sey", "kendi parolam 1").await, "wrong");
    let before = here.cookie.clone();
    assert_eq!(here.change_password(s, "gecici parola 1", "kendi parolam 1").await, "done");
    assert_ne!(here.cookie, before, "the key is renewed");
    assert_eq!(here.who(s).await["must_change"], false);
    assert_eq!(elsewhere.who(s).await, Value::Null);
    assert_eq!(Browser::default().sign_in(s, "ankara1", "gecici parola 1").await, json!({ "wrong": true }));
    assert_eq!(company.events("password_changed").await, ["ankara password_changed ankara1"; 2]);
}

#[actix_web::test]
async fn after_three_failures_even_the_right_password_has_to_wait_and_then_works() {
    let company = Company::new().await;
    for n in 1..=3 {
        assert_eq!(Browser::default().sign_in(&company.state, "ankara1", "yanlis").await, json!({ "wrong": true }), "failure {n}");
    }
    assert_eq!(Browser::default().sign_in(&company.state, "ankara1", CLERK_PASSWORD).await, json!({ "wait": 1 }));
    assert_eq!(Browser::default().sign_in(&company.state, "istanbul1", "yanlis").await, json!({ "wrong": true }), "others do not wait");
    assert_eq!(Browser::default().sign_in(&company.after(1), "ankara1", "yanlis").await, json!({ "wrong": true }));
    assert_eq!(Browser::default().sign_in(&company.after(2), "ankara1", CLERK_PASSWORD).await, json!({ "wait": 1 }), "two seconds now");
    assert_eq!(Browser::default().sign_in(&company.after(3), "ankara1", CLERK_PASSWORD).await, welcome());
    for _ in 1..=2 {
        assert_eq!(Browser::default().sign_in(&company.after(3), "ankara1", "yanlis").await, json!({ "wrong": true }));
    }
    assert_eq!(Browser::default().sign_in(&company.after(3), "ankara1", CLERK_PASSWORD).await, welcome(), "a success had reset the count");
    assert_eq!(company.events("throttled").await, ["ankara sign_in_throttled ankara1"; 2], "one for each wait that began");
}

#[actix_web::test]
async fn guesses_at_the_same_time_do_not_share_an_opening() {
    let company = Company::new().await;
    for _ in 1..=3 {
        Browser::default().sign_in(&company.state, "ankara1", "yanlis").await;
    }
    let state = company.after(1);
    let guess = async |password: &str| Browser::default().sign_in(&state, "ankara1", password).await;
    let (a, b, c, d) = tokio::join!(guess("tahmin 1"), guess("tahmin 2"), guess("tahmin 3"), guess("tahmin 4"));
    let answers = [a, b, c, d];
    assert_eq!(answers.iter().filter(|a| a["wrong"] == true).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|a| a["wait"] == 2).count(), 3, "{answers:?}");
}

#[actix_web::test]
async fn an_address_with_twenty_failures_waits_and_the_admin_comes_in_from_elsewhere() {
    let company = Company::new().await;
    let from = |address: &str, username: &str, password: &str| json!({ "address": address, "username": username, "password": password });
    for n in 1..=20 {
        let answer = Browser::default().sign_in_with(&company.state, from("198.51.100.7", &format!("kimse{n}"), "x")).await;
        assert_eq!(answer, json!({ "wrong": true }), "failure {n}");
    }
    let again = from("198.51.100.7", "admin", ADMIN_PASSWORD);
    assert_eq!(Browser::default().sign_in_with(&company.state, again.clone()).await, json!({ "wait": 60 }));
    let elsewhere = from("198.51.100.8", "admin", ADMIN_PASSWORD);
    assert_eq!(Browser::default().sign_in_with(&company.state, elsewhere).await, welcome());
    assert_eq!(Browser::default().sign_in_with(&company.after(60), again).await, welcome());
    assert_eq!(company.events("throttled").await, ["company sign_in_throttled -"]);

    let late = company.after(25 * 3600);
    assert!(company.count("SELECT count(*) FROM auth.login_state").await > 20);
    purge_expired(&late.db, &late.config, &late.clock).await.unwrap();
    assert_eq!(company.count("SELECT count(*) FROM auth.login_state").await, 0);
}

#[actix_web::test]
async fn a_failure_is_logged_under_the_accounts_region_and_never_with_what_is_no_account() {
    let company = Company::new().await;
    for username in ["ankara1", "admin", "gizli-parolam", "Gizli Parolam'; --", ""] {
        assert_eq!(Browser::default().sign_in(&company.state, username, "yanlis").await, json!({ "wrong": true }));
    }
    let expected = ["ankara sign_in_failed ankara1", "company sign_in_failed admin"];
    let expected: Vec<&str> = expected.into_iter().chain(["company sign_in_failed -"; 3]).collect();
    assert_eq!(company.events("^sign").await, expected);
    assert_eq!(company.count("SELECT count(*) FROM app.activity_event WHERE detail::text ILIKE '%parolam%'").await, 0);
    let from: (String, String) = sqlx::query_as("SELECT address, user_agent FROM app.activity_event WHERE kind = 'sign_in_failed' LIMIT 1")
        .fetch_one(&mut company.inspect().await)
        .await
        .unwrap();
    assert_eq!(from, ("192.0.2.1".to_owned(), "Mozilla/5.0".to_owned()));
    for region in ["ankara", "company"] {
        let broken: Option<i64> =
            sqlx::query_scalar("SELECT sec.verify_events($1)").bind(region).fetch_one(&mut company.inspect().await).await.unwrap();
        assert_eq!(broken, None, "the chain of {region} holds");
    }
}

#[actix_web::test]
async fn accounts_are_made_only_with_a_fitting_name_and_fitting_regions() {
    let company = Company::new().await;
    let s = &company.state;
    let add = async |username: &str, role, regions: &[&str]| {
        let regions = regions.iter().map(|&r| r.to_owned()).collect();
        let new = NewUser { username: username.to_owned(), role, regions };
        accounts::add_user(&s.db, &s.clock, None, &new).await.map(|_| ()).map_err(|e| e.to_string())
    };
    assert_eq!(add("ege1", Role::User, &["izmir", "bursa", "izmir"]).await, Ok(()));
    assert_eq!(add("ege1", Role::User, &["izmir"]).await, Err("there is an account ege1 already".into()));
    assert_eq!(add("ege2", Role::User, &["ege"]).await, Err("there is no region ege".into()));
    assert_eq!(add("ege2", Role::User, &["company"]).await, Err("there is no region company".into()));
    assert!(add("ege2", Role::User, &[]).await.is_err());
    assert!(add("ege2", Role::Admin, &["izmir"]).await.is_err());
    assert!(add("Ege 2", Role::User, &["izmir"]).await.is_err());
    assert_eq!(add("mudur", Role::Admin, &[]).await, Ok(()));
    assert_eq!(company.events("user_added").await.len(), 7, "five at the start, two here");
    assert_eq!(
        company.count("SELECT count(*) FROM app.activity_event WHERE region = 'bursa' AND detail ->> 'account' = 'ege1'").await,
        1,
        "in the log of the first region"
    );
}

#[actix_web::test]
async fn the_last_admin_cannot_be_disabled() {
    let company = Company::new().await;
    let s = &company.state;
    let refused = accounts::disable_user(&s.db, &s.clock, None, "admin").await.unwrap_err();
    assert!(matches!(refused, AccountError::LastAdmin(_)), "{refused}");
    let second = NewUser { username: "mudur".to_owned(), role: Role::Admin, regions: Vec::new() };
    accounts::add_user(&s.db, &s.clock, None, &second).await.unwrap();
    let refused = accounts::disable_user(&s.db, &s.clock, None, "admin").await.unwrap_err();
    assert!(matches!(refused, AccountError::LastAdmin(_)), "the other one has no password yet: {refused}");
    company.give_password("mudur", "gul kurusu 1923", false).await.unwrap();
    accounts::disable_user(&s.db, &s.clock, None, "admin").await.unwrap();
    let missing = accounts::disable_user(&s.db, &s.clock, None, "kimse").await.unwrap_err();
    assert!(matches!(missing, AccountError::NoSuchUser(_)), "{missing}");
}
