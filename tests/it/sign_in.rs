//! Who can sign in, who must wait and whose request wins, when several people try at the same time and from several addresses; through the
//! whole application.

#![cfg(test)]

use actix_web::{
    cookie::Cookie,
    http::header,
    test::{TestRequest, call_service, init_service, read_body},
};
use chrono::TimeDelta;
use futures_util::future::join_all;
use rainstaff::{
    app::build_app,
    auth::accounts::{self, AccountError, NewUser},
    clock::Clock,
    identity::Role,
    state::AppState,
};
use scraper::{Html, Selector};
use serde_json::Value;
use sqlx::Executor as _;

use crate::{
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company},
    support::program::{make_key, read},
};

const OFFICE: [u8; 4] = [192, 0, 2, 1];
const ELSEWHERE: [u8; 4] = [198, 51, 100, 9];

/// A browser at an address, with its cookies.
#[derive(Clone)]
struct Browser {
    state: AppState,
    address: [u8; 4],
    cookies: Vec<Cookie<'static>>,
}

/// What became of an attempt to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Attempt {
    In,
    MustChange,
    Wrong,
    Ended,
    Wait(u64),
}

impl Browser {
    fn at(company: &Company, address: [u8; 4]) -> Self {
        Self { state: company.state.clone(), address, cookies: Vec::new() }
    }

    fn later(&mut self, by: TimeDelta) {
        self.state.clock = Clock::Fixed(self.state.clock.now() + by);
    }

    async fn send(&mut self, request: TestRequest) -> (u16, String, String) {
        let request = self.cookies.iter().fold(request, |request, cookie| request.cookie(cookie.clone()));
        let request = request.insert_header(("Sec-Fetch-Site", "same-origin")).peer_addr((self.address, 4000).into());
        let app = init_service(build_app(self.state.clone())).await;
        let answer = call_service(&app, request.to_request()).await;
        for cookie in answer.response().cookies() {
            self.cookies.retain(|kept| kept.name() != cookie.name());
            if !cookie.value().is_empty() {
                self.cookies.push(cookie.into_owned());
            }
        }
        let location = answer.headers().get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let wait = answer.headers().get(header::RETRY_AFTER).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let status = answer.status().as_u16();
        let html = String::from_utf8(read_body(answer).await.to_vec()).unwrap();
        (status, if wait.is_empty() { location } else { wait }, html)
    }

    async fn sign_in(&mut self, username: &str, password: &str) -> Attempt {
        let fields = [("username", username), ("password", password)];
        let (status, said, html) = self.send(TestRequest::post().uri("/login").set_form(fields)).await;
        match (status, said.as_str()) {
            (303, "/password") => Attempt::MustChange,
            (303, _) => Attempt::In,
            (422, _) if html.contains("geçici parola") => Attempt::Ended,
            (422, _) => Attempt::Wrong,
            (429, seconds) => Attempt::Wait(seconds.parse().unwrap()),
            other => panic!("{other:?}: {html}"),
        }
    }

    /// Changes the password; the status, and what is said at the field of the current one.
    async fn change_password(&mut self, current: &str, new: &str) -> (u16, String) {
        let (_, _, html) = self.send(TestRequest::get().uri("/password")).await;
        let csrf = attribute(&html, "input[name=_csrf]", "value");
        let fields = [("_csrf", csrf.as_str()), ("current", current), ("new", new), ("repeat", new)];
        let (status, _, html) = self.send(TestRequest::post().uri("/password").set_form(fields)).await;
        (status, text(&html, "#f-current-error"))
    }

    async fn is_signed_in(&mut self) -> bool {
        self.send(TestRequest::get().uri("/account")).await.0 == 200
    }

    fn signs_out(&mut self) {
        self.cookies.retain(|cookie| cookie.name() != "__Host-rainstaff");
    }
}

fn attribute(html: &str, selector: &str, name: &str) -> String {
    let page = Html::parse_document(html);
    page.select(&Selector::parse(selector).unwrap()).next().and_then(|e| e.attr(name)).unwrap_or_default().to_owned()
}

fn text(html: &str, selector: &str) -> String {
    let page = Html::parse_document(html);
    page.select(&Selector::parse(selector).unwrap()).next().map(|e| e.text().collect::<String>().trim().to_owned()).unwrap_or_default()
}

async fn fail(company: &Company, address: [u8; 4], username: &str, times: usize) -> Attempt {
    let mut last = Attempt::Wrong;
    for _ in 0..times {
        last = Browser::at(company, address).sign_in(username, "yanlis-parola").await;
    }
    last
}

#[actix_web::test]
async fn whoever_fails_on_purpose_keeps_nobody_out_who_sits_elsewhere_the_last_admin_neither() {
    let company = Company::new().await;
    for username in ["ankara1", "admin"] {
        assert!(matches!(fail(&company, ELSEWHERE, username, 6).await, Attempt::Wait(_)), "{username}: the one who fails waits");
    }
    assert_eq!(Browser::at(&company, OFFICE).sign_in("ankara1", CLERK_PASSWORD).await, Attempt::In);
    assert_eq!(Browser::at(&company, OFFICE).sign_in("admin", ADMIN_PASSWORD).await, Attempt::In);
}

#[actix_web::test]
async fn a_browser_that_has_signed_somebody_in_gets_in_at_the_very_address_where_others_fail() {
    let company = Company::new().await;
    let mut known = Browser::at(&company, OFFICE);
    assert_eq!(known.sign_in("ankara1", CLERK_PASSWORD).await, Attempt::In);
    known.signs_out();
    assert!(matches!(fail(&company, OFFICE, "ankara1", 30).await, Attempt::Wait(_)));
    assert!(matches!(Browser::at(&company, OFFICE).sign_in("ankara1", CLERK_PASSWORD).await, Attempt::Wait(_)), "a stranger");
    assert!(matches!(Browser::at(&company, OFFICE).sign_in("istanbul1", "x").await, Attempt::Wait(_)), "the address is used up");
    assert_eq!(known.sign_in("ankara1", CLERK_PASSWORD).await, Attempt::In);

    known.signs_out();
    assert!(matches!(known.sign_in("admin", ADMIN_PASSWORD).await, Attempt::Wait(_)), "it is known to the person, not to everybody");
    known.later(TimeDelta::days(89));
    assert_eq!(known.sign_in("ankara1", CLERK_PASSWORD).await, Attempt::In, "90 days");
}

#[actix_web::test]
async fn a_stolen_mark_of_a_browser_is_a_place_to_guess_from_and_no_more() {
    let company = Company::new().await;
    let mut owner = Browser::at(&company, OFFICE);
    owner.sign_in("ankara1", CLERK_PASSWORD).await;
    owner.signs_out();
    let mut thief = Browser { address: ELSEWHERE, ..owner.clone() };
    assert!(!thief.is_signed_in().await, "it opens nothing");
    for _ in 0..3 {
        assert_eq!(thief.sign_in("ankara1", "yanlis-parola").await, Attempt::Wrong);
    }
    assert_eq!(thief.sign_in("ankara1", "yanlis-parola").await, Attempt::Wait(1), "with waits as everywhere");
    assert_eq!(Browser::at(&company, OFFICE).sign_in("ankara1", CLERK_PASSWORD).await, Attempt::In, "which are that place's alone");

    company.give_password("ankara1", "gul kurusu 1923", false).await.unwrap();
    assert!(matches!(fail(&company, ELSEWHERE, "ankara1", 4).await, Attempt::Wait(_)));
    assert!(matches!(thief.sign_in("ankara1", "yanlis-parola").await, Attempt::Wait(_)), "a new password ends the place");
}

#[actix_web::test]
async fn tries_inside_the_wait_count_for_the_address_and_a_set_password_ends_the_waits() {
    let company = Company::new().await;
    fail(&company, ELSEWHERE, "ankara1", 23).await;
    assert_eq!(Browser::at(&company, ELSEWHERE).sign_in("kimse", "x").await, Attempt::Wait(60), "twenty failures, the waits among them");
    assert!(matches!(fail(&company, OFFICE, "ankara1", 4).await, Attempt::Wait(_)));
    company.give_password("ankara1", "gul kurusu 1923", false).await.unwrap();
    assert_eq!(Browser::at(&company, OFFICE).sign_in("ankara1", "gul kurusu 1923").await, Attempt::In);
    assert_eq!(company.count("SELECT count(*) FROM auth.login_state WHERE key LIKE '%ankara1%' AND key NOT LIKE 'in:%'").await, 0);
}

#[actix_web::test]
async fn a_password_that_is_set_wins_over_a_change_with_the_old_one_in_whichever_order() {
    let company = Company::new().await;
    let mut current = CLERK_PASSWORD.to_owned();
    for round in 0..12_i64 {
        let (stolen, set) = (format!("calinan parola {round}"), format!("kurtarilan parola {round}"));
        let mut thief = Browser::at(&company, OFFICE);
        thief.later(TimeDelta::minutes(round));
        assert_eq!(thief.sign_in("ankara1", &current).await, Attempt::In, "round {round}");
        let pause = std::time::Duration::from_millis(u64::try_from(round % 6).unwrap() * 15);
        let change = async {
            if round < 6 {
                tokio::time::sleep(pause).await;
            }
            thief.change_password(&current, &stolen).await
        };
        let reset = async {
            if round >= 6 {
                tokio::time::sleep(pause).await;
            }
            company.give_password("ankara1", &set, false).await
        };
        let (_, reset) = tokio::join!(change, reset);
        reset.unwrap();
        assert!(!thief.is_signed_in().await, "round {round}: the thief is still in");
        let mut check = Browser::at(&company, ELSEWHERE);
        check.later(TimeDelta::minutes(round));
        assert_eq!(check.sign_in("ankara1", &set).await, Attempt::In, "round {round}: the password that was set is not the account's");
        current = set;
    }
}

#[actix_web::test]
async fn many_right_passwords_at_once_leave_room_for_the_others() {
    let company = Company::new().await;
    for username in ["istanbul1", "bursa1", "izmir1"] {
        company.give_password(username, CLERK_PASSWORD, false).await.unwrap();
    }
    let one = async |username: &'static str, address| {
        Browser::at(&company, address).sign_in(username, if username == "admin" { ADMIN_PASSWORD } else { CLERK_PASSWORD }).await
    };
    let flood = join_all((0..24).map(|_| one("ankara1", ELSEWHERE)));
    let others =
        join_all(["istanbul1", "bursa1", "izmir1", "admin"].map(|name| one(name, ELSEWHERE)).into_iter().chain([one("ankara1", OFFICE)]));
    let (flood, others) = tokio::join!(flood, others);
    assert_eq!(others, [const { Attempt::In }; 5], "{flood:?}");
    assert!(flood.contains(&Attempt::In) && flood.iter().all(|a| matches!(a, Attempt::In | Attempt::Wait(1))), "{flood:?}");
}

#[actix_web::test]
async fn an_account_has_fifty_sessions_and_thirty_sign_ins_a_minute() {
    let company = Company::new().await;
    let mut first = Browser::at(&company, OFFICE);
    first.sign_in("ankara1", CLERK_PASSWORD).await;
    for n in 1..50 {
        let mut browser = Browser::at(&company, OFFICE);
        browser.later(TimeDelta::seconds(n * 3));
        assert_eq!(browser.sign_in("ankara1", CLERK_PASSWORD).await, Attempt::In, "sign-in {n}");
    }
    first.later(TimeDelta::seconds(200));
    assert!(first.is_signed_in().await, "in use, so it stays");
    let mut one_more = Browser::at(&company, OFFICE);
    one_more.later(TimeDelta::seconds(201));
    assert_eq!(one_more.sign_in("ankara1", CLERK_PASSWORD).await, Attempt::In);
    assert_eq!(company.count("SELECT count(*) FROM auth.sessions").await, 50);
    assert!(first.is_signed_in().await && one_more.is_signed_in().await);
    let told = "SELECT count(*) FROM app.activity_event WHERE kind = 'sessions_ended' AND region = 'ankara' AND detail ->> 'why' = 'limit'";
    assert_eq!(company.count(told).await, 1);

    let mut attempts = Vec::new();
    for _ in 0..31 {
        let mut browser = Browser::at(&company, ELSEWHERE);
        browser.later(TimeDelta::hours(1));
        attempts.push(browser.sign_in("admin", ADMIN_PASSWORD).await);
    }
    assert_eq!(attempts.iter().filter(|a| **a == Attempt::In).count(), 30);
    assert_eq!(attempts[30], Attempt::Wait(60));
}

#[actix_web::test]
async fn signing_out_again_or_coming_all_at_once_gets_nobody_past_thirty_sign_ins_a_minute() {
    let company = Company::new().await;
    let mut one = Browser::at(&company, OFFICE);
    for n in 1..=30 {
        assert_eq!(one.sign_in("ankara1", CLERK_PASSWORD).await, Attempt::In, "sign-in {n}");
        company.inspect().await.execute("DELETE FROM auth.sessions").await.unwrap();
    }
    assert_eq!(one.sign_in("ankara1", CLERK_PASSWORD).await, Attempt::Wait(60));
    assert_eq!(Browser::at(&company, ELSEWHERE).sign_in("ankara1", CLERK_PASSWORD).await, Attempt::In, "another address counts for itself");
    one.later(TimeDelta::seconds(59));
    assert_eq!(one.sign_in("ankara1", CLERK_PASSWORD).await, Attempt::Wait(1));
    one.later(TimeDelta::seconds(1));
    let mut browsers: Vec<Browser> = (0..27).map(|_| one.clone()).collect();
    for browser in &mut browsers {
        browser.signs_out();
        assert_eq!(browser.sign_in("ankara1", CLERK_PASSWORD).await, Attempt::In);
    }
    // Eight at once, where three may.
    let mut attempts = Vec::new();
    for _ in 0..2 {
        attempts.extend(join_all(browsers.iter_mut().take(4).map(|browser| browser.sign_in("ankara1", CLERK_PASSWORD))).await);
    }
    assert_eq!(attempts.iter().filter(|a| **a == Attempt::In).count(), 3, "{attempts:?}");
}

#[actix_web::test]
async fn a_temporary_password_is_good_for_one_sign_in_and_for_72_hours() {
    let company = Company::new().await;
    company.give_password("ankara1", "gecici parola 1", true).await.unwrap();
    let mut person = Browser::at(&company, OFFICE);
    assert_eq!(person.sign_in("ankara1", "gecici parola 1").await, Attempt::MustChange);
    assert_eq!(Browser::at(&company, OFFICE).sign_in("ankara1", "gecici parola 1").await, Attempt::Ended, "a second time");
    assert_eq!(person.change_password("gecici parola 1", "kendi parolam 1").await.0, 303, "the change that it is for");
    assert_eq!(Browser::at(&company, OFFICE).sign_in("ankara1", "kendi parolam 1").await, Attempt::In);

    company.give_password("ankara1", "gecici parola 2", true).await.unwrap();
    let mut in_time = Browser::at(&company, OFFICE);
    in_time.later(TimeDelta::hours(72) - TimeDelta::seconds(1));
    assert_eq!(in_time.sign_in("ankara1", "gecici parola 2").await, Attempt::MustChange);
    in_time.later(TimeDelta::seconds(1));
    let (status, said) = in_time.change_password("gecici parola 2", "kendi parolam 2").await;
    assert!(status == 422 && said.contains("süresi doldu"), "{status} {said}");
    company.give_password("ankara1", "gecici parola 3", true).await.unwrap();
    let mut late = Browser::at(&company, OFFICE);
    late.later(TimeDelta::hours(72));
    assert_eq!(late.sign_in("ankara1", "gecici parola 3").await, Attempt::Ended);
    assert_eq!(late.sign_in("ankara1", "yanlis-parola").await, Attempt::Wrong, "only who knows it hears that it is over");
}

#[actix_web::test]
async fn one_temporary_password_signs_one_of_many_in() {
    let company = Company::new().await;
    company.give_password("ankara1", "gecici parola 1", true).await.unwrap();
    let addresses: Vec<[u8; 4]> = (1..=6).map(|n| [203, 0, 113, n]).collect();
    let tries =
        join_all(addresses.iter().map(async |address| Browser::at(&company, *address).sign_in("ankara1", "gecici parola 1").await)).await;
    assert_eq!(tries.iter().filter(|t| **t == Attempt::MustChange).count(), 1, "{tries:?}");
}

#[actix_web::test]
async fn the_last_admin_who_can_sign_in_stays_also_when_two_are_disabled_at_once() {
    let company = Company::new().await;
    let s = &company.state;
    let second = NewUser { username: "mudur".to_owned(), role: Role::Admin, regions: Vec::new() };
    accounts::add_user(&s.db, &s.clock, None, &second).await.unwrap();
    let without_password = accounts::disable_user(&s.db, &s.clock, None, "admin").await.unwrap_err();
    assert!(matches!(without_password, AccountError::LastAdmin(_)), "the other one has no password: {without_password}");
    for _ in 0..6 {
        company.give_password("mudur", "gul kurusu 1923", false).await.unwrap();
        let disable = async |name: &str| accounts::disable_user(&s.db, &s.clock, None, name).await.is_ok();
        let (one, other) = tokio::join!(disable("admin"), disable("mudur"));
        assert!(one != other, "one of two: {one} {other}");
        accounts::enable_user(&s.db, &s.clock, None, if one { "admin" } else { "mudur" }).await.unwrap();
    }
}

#[actix_web::test]
async fn an_api_key_ends_for_good_with_a_disabled_owner_and_with_every_new_password() {
    let company = Company::new().await;
    let s = &company.state;
    let path = "/api/v1/timesheets";
    let mut browser = crate::support::browser::Browser::of(s, "ankara1", CLERK_PASSWORD).await;
    let key = make_key(&mut browser, "bordro", &["scope_timesheets"]).await;
    assert_eq!(read(s, &key, path).await.status, 200);
    accounts::disable_user(&s.db, &s.clock, None, "ankara1").await.unwrap();
    accounts::enable_user(&s.db, &s.clock, None, "ankara1").await.unwrap();
    assert_eq!(read(s, &key, path).await.problem(), "token", "enabled again: the key is not");

    let mut browser = crate::support::browser::Browser::of(s, "ankara1", CLERK_PASSWORD).await;
    let key = make_key(&mut browser, "bordro", &["scope_timesheets"]).await;
    let mut person = Browser::at(&company, OFFICE);
    person.sign_in("ankara1", CLERK_PASSWORD).await;
    assert_eq!(person.change_password(CLERK_PASSWORD, "kendi parolam 1").await.0, 303);
    assert_eq!(read(s, &key, path).await.problem(), "token", "one's own new password");
}

#[actix_web::test]
async fn making_an_api_key_asks_for_the_password_and_a_wrong_one_counts() {
    let company = Company::new().await;
    let mut browser = crate::support::browser::Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let form = browser.get("/account/tokens").await.form("form.entry-form").with("name", &["bordro"]);
    assert_eq!(browser.post(&form).await.text("#f-password-error"), "Parolanızı yazın.");
    for _ in 0..3 {
        assert_eq!(browser.post(&form.clone().with("password", &["yanlis-parola"])).await.text("#f-password-error"), "Parolanız bu değil.");
    }
    let refused = browser.post(&form.clone().with("password", &[CLERK_PASSWORD])).await;
    assert!(refused.status == 422 && refused.text("#f-password-error").contains("1 saniye"), "{}", refused.html);
    assert!(!refused.html.contains(CLERK_PASSWORD), "passwords are not echoed");
    assert_eq!(browser.get("/account/tokens").await.count("tbody tr"), 0);
}

#[actix_web::test]
async fn an_api_key_that_is_being_made_while_the_password_changes_is_not_made() {
    let company = Company::new().await;
    let mut thief = crate::support::browser::Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let form = thief.get("/account/tokens").await.form("form.entry-form").minted();
    let form = form.with("name", &["bordro"]).with("password", &[CLERK_PASSWORD]);
    let account = "hashtextextended('account ' || (SELECT id::text FROM auth.users WHERE username = 'ankara1'), 0)"; // its lock
    let mut owner = company.inspect().await;
    owner.execute(sqlx::AssertSqlSafe(format!("SELECT pg_advisory_lock({account})"))).await.unwrap();
    let (answer, ()) = tokio::join!(thief.post(&form), async {
        tokio::time::sleep(std::time::Duration::from_millis(800)).await; // the password is looked at, and the key waits to be written
        owner.execute("UPDATE auth.users SET auth_epoch = auth_epoch + 1 WHERE username = 'ankara1'").await.unwrap();
        owner.execute(sqlx::AssertSqlSafe(format!("SELECT pg_advisory_unlock({account})"))).await.unwrap();
    });
    assert_eq!((answer.status, answer.count("[data-token]")), (401, 0), "{}", answer.html);
    assert_eq!(company.count("SELECT count(*) FROM auth.api_tokens").await, 0);
}

#[actix_web::test]
async fn an_api_keys_reader_that_waits_gets_nothing_once_the_key_is_revoked() {
    let company = Company::new().await;
    let s = &company.state;
    for is_revoked in [true, false] {
        let mut owner = crate::support::browser::Browser::of(s, "ankara1", CLERK_PASSWORD).await;
        let key = make_key(&mut owner, "bordro", &["scope_changes"]).await;
        let cursor = read(s, &key, "/api/v1/changes").await.json()["cursor"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/changes?wait=10&cursor={cursor}");
        let happens = async {
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            if is_revoked {
                let list = owner.get("/account/tokens").await;
                assert_eq!(owner.post(&list.form("tbody tr form")).await.location, "/account/tokens");
            }
            let form = owner.get("/employees/new").await.form("form.entry-form").with("full_name", &["Ayşe Işık"]);
            assert_eq!(owner.submit(&form.minted()).await.status, 200);
        };
        let (answer, ()) = tokio::join!(read(s, &key, &path), happens);
        assert_eq!(
            (answer.status, answer.text.contains("Ayşe Işık")),
            if is_revoked { (401, false) } else { (200, true) },
            "{}",
            answer.text
        );
    }
}

#[actix_web::test]
async fn a_reader_whose_session_or_account_has_ended_while_it_waited_gets_no_rows() {
    let company = Company::new().await;
    let ends: [(&str, &str, u16); 4] = [
        ("the account is disabled", "", 401),
        ("the session is ended", "DELETE FROM auth.sessions", 401),
        ("the region is taken away", "UPDATE auth.user_regions SET region = 'bursa' WHERE region = 'ankara'", 503),
        ("nothing happens", "", 200),
    ];
    for (what, sql, expected) in ends {
        let s = &company.state;
        let mut reader = crate::support::browser::Browser::of(s, "ankara1", CLERK_PASSWORD).await;
        let cursor = reader.get("/api/v1/changes").await.json()["cursor"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/changes?wait=10&cursor={cursor}");
        let happens = async {
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            if what == "the account is disabled" {
                accounts::disable_user(&s.db, &s.clock, None, "ankara1").await.unwrap();
            } else if !sql.is_empty() {
                company.inspect().await.execute(sql).await.unwrap();
            }
            let mut admin = crate::support::browser::Browser::of(s, "admin", ADMIN_PASSWORD).await;
            let form =
                admin.get("/employees/new").await.form("form.entry-form").with("full_name", &["Ayşe Işık"]).with("region", &["ankara"]);
            let stored = admin.submit(&form.minted()).await;
            assert_eq!(stored.status, 200, "{}", stored.html);
        };
        let (answer, ()) = tokio::join!(reader.get(&path), happens);
        assert_eq!(answer.status, expected, "{what}: {}", answer.html);
        assert_eq!(answer.html.contains("Ayşe Işık"), expected == 200, "{what}");
        let _: Value = answer.json();
        accounts::enable_user(&s.db, &s.clock, None, "ankara1").await.unwrap();
        company.inspect().await.execute("UPDATE auth.user_regions SET region = 'ankara' WHERE region = 'bursa' AND user_id = (SELECT id FROM auth.users WHERE username = 'ankara1')").await.unwrap();
    }
}

#[actix_web::test]
async fn a_message_with_a_way_back_is_shown_only_when_the_server_wrote_it_for_this_session() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let company = Company::new().await;
    let mut admin = crate::support::browser::Browser::of(&company.state, "admin", ADMIN_PASSWORD).await;
    let page = admin.get("/admin/users").await;
    let address = page.attribute("#user-ankara1 a", "href");
    let disable = admin.get(&address).await.form(&format!("form[action='{address}/deactivation']"));
    assert_eq!(admin.post(&disable).await.status, 303);
    let cookies = admin.cookie_header();
    let flash = cookies.split("; ").find(|cookie| cookie.starts_with("rainstaff-flash=")).expect("a message").to_owned();
    let show = async |session: &str, flash: &str| {
        let only_session: Vec<&str> = session.split("; ").filter(|cookie| !cookie.starts_with("rainstaff-flash=")).collect();
        let cookie = format!("{}; {flash}", only_session.join("; "));
        crate::support::program::send(&company.state, "GET", "/admin/users", &[("Cookie", &cookie)]).await.text
    };
    let shown = show(&cookies, &flash).await;
    assert_eq!(attribute(&shown, "form[data-undo]", "action"), format!("{address}/activation"));

    let other = crate::support::browser::Browser::of(&company.state, "admin", ADMIN_PASSWORD).await;
    let replayed = show(&other.cookie_header(), &flash).await;
    let planted = serde_json::json!({ "tone": "success", "key": "flash-user-disabled", "name": "x", "n": 0,
        "undo": { "action": "/admin/users", "act": { "open_region": "ankara" }, "id": uuid::Uuid::nil(), "base": 0, "region": null },
        "undo_fields": [["username", "hirsiz"], ["role", "admin"]] });
    let forged = show(&cookies, &format!("rainstaff-flash={}", URL_SAFE_NO_PAD.encode(planted.to_string()))).await;
    let signed_by_nobody =
        show(&cookies, &format!("rainstaff-flash={}.{}", URL_SAFE_NO_PAD.encode(planted.to_string()), URL_SAFE_NO_PAD.encode([0; 32])))
            .await;
    for (what, page) in [("another session's", replayed), ("unsigned", forged), ("signed by nobody", signed_by_nobody)] {
        assert_eq!(attribute(&page, "[data-toast]", "data-tone"), "", "{what} message is shown");
    }
}

#[actix_web::test]
async fn over_https_every_cookie_is_for_this_host_alone() {
    let company = Company::new().await;
    let config =
        rainstaff::config::Config { public_origin: Some("https://puantaj.example.com".to_owned()), ..(*company.state.config).clone() };
    let mut browser = Browser::at(&company, OFFICE);
    browser.state.config = std::sync::Arc::new(config);
    browser.send(TestRequest::get().uri("/login?lang=en")).await;
    assert_eq!(browser.sign_in("admin", ADMIN_PASSWORD).await, Attempt::In);
    let (_, _, html) = browser.send(TestRequest::get().uri("/admin/users")).await;
    let address = attribute(&html, "#user-ankara1 a", "href");
    let (_, _, html) = browser.send(TestRequest::get().uri(&address)).await;
    let csrf = attribute(&html, "input[name=_csrf]", "value");
    browser.send(TestRequest::post().uri(&format!("{address}/deactivation")).set_form([("_csrf", csrf.as_str())])).await;
    let mut names: Vec<&str> = browser.cookies.iter().map(Cookie::name).collect();
    names.sort_unstable();
    assert_eq!(names, ["__Host-rainstaff", "__Host-rainstaff-flash", "__Host-rainstaff-known", "__Host-rainstaff-lang"]);
    for cookie in &browser.cookies {
        assert_eq!(
            (cookie.secure(), cookie.http_only(), cookie.path(), cookie.domain()),
            (Some(true), Some(true), Some("/"), None),
            "{cookie}"
        );
    }
}

#[actix_web::test]
async fn whoever_is_no_administrator_any_more_when_it_comes_to_writing_changes_no_account() {
    const ADMINISTRATION: i64 = 0x7261_696e_5f61_646d; // the lock under which accounts are changed
    let company = Company::new().await;
    let s = &company.state;
    let second = NewUser { username: "mudur".to_owned(), role: Role::Admin, regions: Vec::new() };
    accounts::add_user(&s.db, &s.clock, None, &second).await.unwrap();
    company.give_password("mudur", "gul kurusu 1923", false).await.unwrap();
    let mut thief = crate::support::browser::Browser::of(s, "mudur", "gul kurusu 1923").await;
    let address = thief.get("/admin/users").await.attribute("#user-ankara1 a", "href");
    let form = thief.get(&address).await.form(&format!("form[action='{address}/password']")).with("password", &["calinan parola 1"]);
    let mut owner = company.inspect().await;
    sqlx::query("SELECT pg_advisory_lock($1)").bind(ADMINISTRATION).execute(&mut owner).await.unwrap();
    let (answer, ()) = tokio::join!(thief.post(&form), async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await; // the password is hashed, and the write waits
        owner.execute("UPDATE auth.users SET active = false WHERE username = 'mudur'").await.unwrap();
        sqlx::query("SELECT pg_advisory_unlock($1)").bind(ADMINISTRATION).execute(&mut owner).await.unwrap();
    });
    assert_eq!(answer.status, 403);
    assert_eq!(Browser::at(&company, OFFICE).sign_in("ankara1", CLERK_PASSWORD).await, Attempt::In);
}
