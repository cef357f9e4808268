//! `/login`, `/logout`, `/password`, `/preferences`: requests of a browser and their responses, through the whole application.

#![cfg(test)]

use actix_web::{
    cookie::Cookie,
    http::header::{self, HeaderName},
    test::{TestRequest, call_service, init_service, read_body},
};
use rainstaff::{app::build_app, state::AppState};
use scraper::{Html, Selector};

use crate::auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// An answer, read.
struct Answer {
    status: u16,
    location: String,
    retry_after: String,
    /// Whether it names somebody whose it is, and whether it says that the session is over.
    words: (bool, bool),
    html: String,
}

impl Answer {
    fn first(&self, selector: &str, attribute: &str) -> Option<String> {
        let page = Html::parse_document(&self.html);
        let found = page.select(&Selector::parse(selector).unwrap()).next()?;
        Some(found.attr(attribute).unwrap_or_default().to_owned())
    }

    fn has(&self, selector: &str) -> bool {
        self.first(selector, "id").is_some()
    }
}

/// A browser with its cookies.
struct Browser<'s> {
    state: &'s AppState,
    cookies: Vec<Cookie<'static>>,
}

impl<'s> Browser<'s> {
    fn new(state: &'s AppState) -> Self {
        Self { state, cookies: Vec::new() }
    }

    async fn send(&mut self, mut request: TestRequest) -> Answer {
        for cookie in &self.cookies {
            request = request.cookie(cookie.clone());
        }
        let app = init_service(build_app(self.state.clone())).await;
        let answer = call_service(&app, request.peer_addr(([192, 0, 2, 1], 4000).into()).to_request()).await;
        for cookie in answer.response().cookies() {
            self.cookies.retain(|kept| kept.name() != cookie.name());
            if !cookie.value().is_empty() {
                self.cookies.push(cookie.into_owned());
            }
        }
        let text = |name| answer.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let words = (answer.headers().contains_key("x-user"), answer.headers().contains_key("x-session-over"));
        let (status, location, retry_after) = (answer.status().as_u16(), text(header::LOCATION), text(header::RETRY_AFTER));
        let html = String::from_utf8(read_body(answer).await.to_vec()).unwrap();
        Answer { status, location, retry_after, words, html }
    }

    fn has_session(&self) -> bool {
        self.cookies.iter().any(|cookie| cookie.name() == "__Host-rainstaff")
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(TestRequest::get().uri(path)).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(TestRequest::post().uri(path).insert_header((FETCH_SITE, "same-origin")).set_form(fields)).await
    }

    /// As the page's script posts.
    async fn post_by_script(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = TestRequest::post().uri(path).insert_header((FETCH_SITE, "same-origin"));
        self.send(request.insert_header(("HX-Request", "true")).insert_header(("HX-Request-Type", "partial")).set_form(fields)).await
    }

    async fn sign_in(&mut self, username: &str, password: &str) -> Answer {
        self.post("/login", &[("username", username), ("password", password)]).await
    }

    /// The session's token, from the form on `/password`, which every signed-in person can open.
    async fn token(&mut self) -> String {
        self.get("/password").await.first("input[name=_csrf]", "value").unwrap()
    }
}

#[actix_web::test]
async fn a_wrong_password_gets_the_form_back_without_it_and_then_a_wait() {
    let company = Company::new().await;
    let mut browser = Browser::new(&company.state);
    assert_eq!(browser.get("/login").await.status, 200);
    for (username, password) in [("ankara1", "yanlis-parola"), ("kimse", "yanlis-parola"), ("ankara1", ""), ("ankara1", "yanlis-parola")] {
        let answer = browser.sign_in(username, password).await;
        assert_eq!(answer.status, 422, "{username}");
        assert!(answer.has("#login-problem"));
        assert_eq!(answer.first("input[name=username]", "value").as_deref(), Some(username));
        assert!(!answer.html.contains("yanlis-parola"));
    }
    assert!(browser.cookies.is_empty(), "a failure opens no session");
    let answer = browser.sign_in("ankara1", CLERK_PASSWORD).await;
    assert_eq!((answer.status, answer.retry_after.as_str()), (429, "1"));
    assert!(answer.has("#login-problem"));
}

#[actix_web::test]
async fn unknown_name_and_wrong_password_get_the_same_page() {
    let company = Company::new().await;
    let mut pages = Vec::new();
    for username in ["istanbul1", "istanbul9"] {
        let page = Browser::new(&company.state).sign_in(username, "yanlis").await;
        pages.push((page.status, Html::parse_document(&page.html).root_element().text().collect::<String>()));
    }
    assert_eq!(pages[0], pages[1]);
}

#[actix_web::test]
async fn after_signing_in_one_goes_on_to_where_one_wanted_but_never_to_another_site() {
    let company = Company::new().await;
    for (next, location) in [("/employees?q=a", "/employees?q=a"), ("//evil.example/", "/"), ("https://evil.example/", "/"), ("", "/")] {
        let mut browser = Browser::new(&company.state);
        let answer = browser.post("/login", &[("username", "ankara1"), ("password", CLERK_PASSWORD), ("next", next)]).await;
        assert_eq!((answer.status, answer.location.as_str()), (303, location), "next={next}");
        let again = browser.get("/login?next=/employees").await;
        assert_eq!((again.status, again.location.as_str()), (303, "/employees"), "signed in already");
    }
    let form = Browser::new(&company.state).get("/login?next=/employees%3Fq%3Da").await;
    assert_eq!(form.first("input[name=next]", "value").as_deref(), Some("/employees?q=a"), "the form keeps it");
}

#[actix_web::test]
async fn a_form_from_another_site_signs_nobody_in() {
    let company = Company::new().await;
    let fields = [("username", "ankara1"), ("password", CLERK_PASSWORD)];
    let foreign = TestRequest::post().uri("/login").insert_header((FETCH_SITE, "cross-site")).set_form(fields);
    let mut browser = Browser::new(&company.state);
    let answer = browser.send(foreign).await;
    assert_eq!(answer.status, 403);
    assert!(answer.has("main"), "a page, as for every refusal");
    assert!(browser.cookies.is_empty());
}

#[actix_web::test]
async fn a_temporary_password_has_to_be_changed_before_anything_else() {
    let company = Company::new().await;
    company.give_password("ankara1", "gecici parola 1", true).await.unwrap();
    let mut browser = Browser::new(&company.state);
    assert_eq!(browser.sign_in("ankara1", "gecici parola 1").await.location, "/password");
    let elsewhere = browser.get("/timesheets").await;
    assert_eq!((elsewhere.status, elsewhere.location.as_str()), (303, "/password"));

    let token = browser.token().await;
    let form = |current, new, repeat| [("_csrf", token.as_str()), ("current", current), ("new", new), ("repeat", repeat)];
    for (fields, field) in [
        (form("", "kendi parolam 1", "kendi parolam 1"), "current"),
        (form("gecici parola 9", "kendi parolam 1", "kendi parolam 1"), "current"),
        (form("gecici parola 1", "kisa", "kisa"), "new"),
        (form("gecici parola 1", "kendi parolam 1", "kendi parolam 2"), "repeat"),
    ] {
        let answer = browser.post("/password", &fields).await;
        assert_eq!(answer.status, 422);
        let wrong: Vec<&str> =
            ["current", "new", "repeat"].into_iter().filter(|f| answer.has(&format!("input[name={f}][aria-invalid=true]"))).collect();
        assert_eq!(wrong, [field]);
        assert!(!answer.html.contains("parola 1") && !answer.html.contains("parolam 1"), "passwords are not echoed");
    }
    let without_token = browser.post("/password", &form("gecici parola 1", "kendi parolam 1", "kendi parolam 1")[1..]).await;
    assert_eq!(without_token.status, 403);
    let done = browser.post("/password", &form("gecici parola 1", "kendi parolam 1", "kendi parolam 1")).await;
    assert_eq!((done.status, done.location.as_str()), (303, "/"));
    assert_eq!(browser.get("/timesheets").await.status, 200);
}

#[actix_web::test]
async fn signing_out_needs_the_sessions_token_and_is_no_error_for_a_visitor() {
    let company = Company::new().await;
    let mut browser = Browser::new(&company.state);
    browser.sign_in("admin", ADMIN_PASSWORD).await;
    let token = browser.token().await;
    assert_eq!(browser.post("/logout", &[("_csrf", "x")]).await.status, 403);
    assert_eq!(browser.get("/password").await.status, 200, "still signed in");
    let answer = browser.post("/logout", &[("_csrf", &token)]).await;
    assert_eq!((answer.status, answer.location.as_str()), (303, "/login"));
    assert!(!browser.has_session());
    assert_eq!(company.count("SELECT count(*) FROM auth.sessions").await, 0);
    assert_eq!(browser.post("/logout", &[]).await.location, "/login");
}

#[actix_web::test]
async fn a_sign_out_by_script_needs_no_token_so_it_can_be_sent_long_after_its_page() {
    let company = Company::new().await;
    let mut browser = Browser::new(&company.state);
    browser.sign_in("admin", ADMIN_PASSWORD).await;
    assert_eq!(browser.post_by_script("/logout", &[]).await.status, 303);
    assert_eq!(company.count("SELECT count(*) FROM auth.sessions").await, 0);
}

#[actix_web::test]
async fn a_form_of_somebody_elses_page_is_not_taken_in_the_name_of_whoever_is_signed_in() {
    let company = Company::new().await;
    let mut browser = Browser::new(&company.state);
    browser.sign_in("ankara1", CLERK_PASSWORD).await;
    let token = browser.token().await;
    let (_, own) = token.split_once('.').expect("the token says whose page it stood on");
    let other = format!("{}.{own}", uuid::Uuid::from_u128(7));
    let entry =
        |token: &'static str| [("_csrf", token), ("_op", OP), ("_id", ROW), ("full_name", "Başkasının Sayfası"), ("is_active", "true")];
    assert_eq!(browser.post_by_script("/employees", &entry(other.leak())).await.status, 401);
    assert_eq!(company.count("SELECT count(*) FROM app.employees").await, 0);
    assert_eq!(browser.post_by_script("/employees", &entry(token.leak())).await.status, 200);
    assert_eq!(company.count("SELECT count(*) FROM app.employees").await, 1);
}

const OP: &str = "01980000-0000-7000-8000-000000000001";
const ROW: &str = "01980000-0000-7000-8000-000000000002";

#[actix_web::test]
async fn a_form_of_a_session_that_has_ended_comes_back_after_the_sign_in_of_its_person_and_of_nobody_else() {
    let company = Company::new().await;
    let mut browser = Browser::new(&company.state);
    browser.sign_in("ankara1", CLERK_PASSWORD).await;
    let token = browser.token().await;
    let typed =
        [("_csrf", token.as_str()), ("_op", OP), ("_id", ROW), ("full_name", "Ayşe <Yılmaz>"), ("notes", "gizli"), ("is_active", "true")];
    browser.cookies.clear();

    let ended = browser.post("/employees", &typed).await;
    assert_eq!(ended.status, 401);
    assert!(ended.html.contains("Oturumunuz kapandı"), "{}", ended.html);
    assert!(!ended.html.contains("Yılmaz"), "what was typed is sealed");
    let carried = ended.first("input[name=carried]", "value").expect("the form comes along");

    let wrong = browser.post("/login", &[("username", "ankara1"), ("password", "yanlış"), ("carried", &carried)]).await;
    assert_eq!(wrong.first("input[name=carried]", "value").as_ref(), Some(&carried), "over a wrong password too");
    let mut somebody = Browser::new(&company.state);
    let other = somebody.post("/login", &[("username", "admin"), ("password", ADMIN_PASSWORD), ("carried", &carried)]).await;
    assert_eq!((other.status, other.html.contains("Yılmaz")), (303, false));
    let mut forger = Browser::new(&company.state);
    assert_eq!(
        forger.post("/login", &[("username", "ankara1"), ("password", CLERK_PASSWORD), ("carried", &carried[1..])]).await.status,
        303
    );

    let back = browser.post("/login", &[("username", "ankara1"), ("password", CLERK_PASSWORD), ("carried", &carried)]).await;
    assert_eq!(back.status, 200);
    assert_eq!(back.first("form", "action").as_deref(), Some("/employees"));
    assert_eq!(back.first("input[name=full_name]", "value").as_deref(), Some("Ayşe <Yılmaz>"));
    assert_eq!(back.first("input[name=_op]", "value").as_deref(), Some(OP), "the same attempt");
    assert_eq!(company.count("SELECT count(*) FROM app.employees").await, 0, "nothing is saved by itself");
    let fresh = back.first("input[name=_csrf]", "value").unwrap();
    let again = [("_csrf", fresh.as_str()), ("_op", OP), ("_id", ROW), ("full_name", "Ayşe <Yılmaz>"), ("is_active", "true")];
    assert_eq!(browser.post("/employees", &again).await.status, 303);
    assert_eq!(company.count("SELECT count(*) FROM app.employees").await, 1);
}

#[actix_web::test]
async fn any_other_form_of_an_ended_session_gets_the_sign_in_page_too() {
    let company = Company::new().await;
    let answer = Browser::new(&company.state).post("/preferences", &[("theme", "dark")]).await;
    assert_eq!(
        (answer.status, answer.html.contains("Oturumunuz kapandı"), answer.first("input[name=carried]", "value")),
        (401, true, None)
    );
}

#[actix_web::test]
async fn preferences_are_kept_with_the_account_and_lead_back_to_the_page() {
    let company = Company::new().await;
    let mut browser = Browser::new(&company.state);
    browser.sign_in("ankara1", CLERK_PASSWORD).await;
    let token = browser.token().await;
    let fields = [("_csrf", token.as_str()), ("theme", "dark"), ("lang", "klingon")];
    let request = TestRequest::post().uri("/preferences").insert_header((FETCH_SITE, "same-origin"));
    let request = request.insert_header((header::REFERER, "https://p.example/employees?q=a")).set_form(fields);
    assert_eq!(browser.send(request).await.location, "/employees?q=a");
    assert_eq!(browser.post("/preferences", &[("_csrf", &token), ("lang", "en")]).await.location, "/");
    let stored = "SELECT count(*) FROM auth.users WHERE username = 'ankara1' AND theme = 'dark' AND lang = 'en'";
    assert_eq!(company.count(stored).await, 1, "each choice leaves the other alone, and a strange one changes nothing");
    assert_eq!(browser.get("/password").await.first("html", "lang").as_deref(), Some("en"));
    assert_eq!(Browser::new(&company.state).post("/preferences", &[("theme", "dark")]).await.status, 401);
}

#[actix_web::test]
async fn the_language_chosen_on_the_sign_in_page_stays_with_the_browser() {
    let company = Company::new().await;
    let mut browser = Browser::new(&company.state);
    let lang = |answer: &Answer| answer.first("html", "lang").unwrap();
    assert_eq!(lang(&browser.get("/login").await), "tr");
    assert_eq!(lang(&browser.get("/login?lang=en").await), "en");
    assert_eq!(lang(&browser.get("/login").await), "en", "by a cookie");
}

#[actix_web::test]
async fn nobody_is_taken_for_signed_out_while_the_database_is_away() {
    let company = Company::new().await;
    let mut browser = Browser::new(&company.state);
    browser.sign_in("ankara1", CLERK_PASSWORD).await;
    company.state.db.close().await;
    assert_eq!(browser.get("/api/v1/ping").await.words, (false, false), "nor is the session said to be over");
    for path in ["/timesheets", "/password", "/login"] {
        let answer = browser.get(path).await;
        assert_eq!((answer.status, answer.location.as_str()), (503, ""), "{path}");
        assert!(answer.has("main"));
        assert_eq!(answer.words, (false, false), "{path}");
    }
    assert!(browser.has_session(), "the browser keeps its session");
}

#[actix_web::test]
async fn of_a_cookie_whose_session_is_over_every_answer_says_so_and_of_no_other() {
    let (named, over, neither) = ((true, false), (false, true), (false, false));
    let company = Company::new().await;
    let mut visitor = Browser::new(&company.state);
    for path in ["/today", "/login", "/api/v1/ping", "/api/v1/employees"] {
        assert_eq!(visitor.get(path).await.words, neither, "a visitor at {path}");
    }
    let mut browser = Browser::new(&company.state);
    assert_eq!(browser.sign_in("ankara1", CLERK_PASSWORD).await.words, neither, "the first sign-in of a browser ends nothing");
    for (path, status) in [("/today", 200), ("/login", 303), ("/api/v1/ping", 200)] {
        let answer = browser.get(path).await;
        assert_eq!((answer.status, answer.words), (status, named), "{path}");
    }
    for (path, status) in [("/nowhere", 404), ("/admin/users", 403)] {
        let answer = browser.get(path).await;
        assert_eq!((answer.status, answer.words), (status, neither), "{path}");
    }
    let key = ("Authorization", format!("Bearer rsp_{}", "A".repeat(43)));
    let by_key = browser.send(TestRequest::get().uri("/api/v1/employees").insert_header(key)).await;
    assert_eq!((by_key.status, by_key.words), (401, neither), "a wrong key says nothing of the session");
    let stale = [("_csrf", "00000000-0000-0000-0000-000000000007.x")];
    let answer = browser.post_by_script("/employees", &stale).await;
    assert_eq!((answer.status, answer.words), (401, neither), "nor does a form of somebody else's page");

    let kept = browser.cookies.clone();
    assert_eq!(browser.sign_in("ankara1", CLERK_PASSWORD).await.words, over, "the one that it has signed in over");
    browser.cookies = kept;
    for (path, status) in [("/today", 303), ("/login", 200), ("/nowhere", 404), ("/api/v1/ping", 200), ("/api/v1/employees", 401)] {
        let answer = browser.get(path).await;
        assert_eq!((answer.status, answer.words), (status, over), "{path}");
    }
    assert_eq!(browser.post_by_script("/employees", &[]).await.words, over);
    assert_eq!(browser.post("/logout", &[]).await.words, over);
    browser.cookies = vec![Cookie::new("__Host-rainstaff", "forged")];
    assert_eq!(browser.get("/today").await.words, over);
}
