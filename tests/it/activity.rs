//! `/activity` and the history on a row's page: which actions of all people each person sees.

#![cfg(test)]

use std::collections::BTreeSet;

use actix_web::{
    cookie::Cookie,
    http::header::HeaderName,
    test::{TestRequest, call_service, init_service, read_body},
};
use rainstaff::{app::build_app, state::AppState};
use scraper::{Html, Selector};
use sqlx::Executor;

use crate::auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const HX_REQUEST: HeaderName = HeaderName::from_static("hx-request");
const HX_REQUEST_TYPE: HeaderName = HeaderName::from_static("hx-request-type");

/// Somebody signed in.
struct Person<'s> {
    state: &'s AppState,
    session: Cookie<'static>,
    csrf: String,
}

impl<'s> Person<'s> {
    async fn sign_in(state: &'s AppState, username: &str, password: &str) -> Self {
        let app = init_service(build_app(state.clone())).await;
        let form = [("username", username), ("password", password)];
        let request = TestRequest::post().uri("/login").insert_header((FETCH_SITE, "same-origin")).set_form(form);
        let answer = call_service(&app, request.peer_addr(([192, 0, 2, 1], 4000).into()).to_request()).await;
        assert_eq!(answer.status(), 303, "{username} may sign in");
        let session = answer.response().cookies().find(|cookie| cookie.name() == "__Host-rainstaff").expect("a session").into_owned();
        let mut person = Self { state, session, csrf: String::new() };
        let page = person.get("/password").await;
        person.csrf = texts_of(&page, "input[name=_csrf]", Some("value")).remove(0);
        person
    }

    async fn send(&self, request: TestRequest) -> (u16, String) {
        let app = init_service(build_app(self.state.clone())).await;
        let answer = call_service(&app, request.cookie(self.session.clone()).to_request()).await;
        let status = answer.status().as_u16();
        (status, String::from_utf8(read_body(answer).await.to_vec()).unwrap())
    }

    async fn get(&self, path: &str) -> String {
        let (status, html) = self.send(TestRequest::get().uri(path)).await;
        assert_eq!(status, 200, "{path}: {html}");
        html
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) {
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("_csrf", self.csrf.as_str())]).collect();
        let request = TestRequest::post().uri(path).insert_header((FETCH_SITE, "same-origin")).set_form(fields);
        let (status, html) = self.send(request).await;
        assert_eq!(status, 303, "{path}: {html}");
    }
}

/// The texts (or an attribute) of all elements that fit, blanks folded.
fn texts_of(html: &str, selector: &str, attribute: Option<&str>) -> Vec<String> {
    let (page, selector) = (Html::parse_document(html), Selector::parse(selector).unwrap());
    let found = page.select(&selector).map(|element| match attribute {
        Some(name) => element.attr(name).unwrap_or_default().to_owned(),
        None => element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "),
    });
    found.collect()
}

fn lines_of(html: &str) -> Vec<String> {
    texts_of(html, "li article", None)
}

/// The one line that contains all of these.
fn line_with<'l>(lines: &'l [String], parts: &[&str]) -> &'l str {
    let found: Vec<&String> = lines.iter().filter(|line| parts.iter().all(|part| line.contains(part))).collect();
    assert_eq!(found.len(), 1, "one line with {parts:?} among {lines:#?}");
    found[0]
}

const AYSE: &str = "01980000-0000-7000-8000-0000000e0001";
const ENTRY: &str = "01980000-0000-7000-8000-000000750001";

/// ankara1 adds a person, gives her another name, and enters a shift over midnight; istanbul1 signs in.
async fn after_a_morning(company: &Company) -> (Person<'_>, Person<'_>) {
    company.give_password("istanbul1", CLERK_PASSWORD, false).await.unwrap();
    let ankara = Person::sign_in(&company.state, "ankara1", CLERK_PASSWORD).await;
    let new = [("_id", AYSE), ("full_name", "Ayşe Işık"), ("identity_no", "12345678950"), ("is_active", "true")];
    ankara.post("/employees", &new).await;
    let original = r#"{"full_name":"Ayşe Işık"}"#;
    ankara.post(&format!("/employees/{AYSE}"), &[("_base", "1"), ("_orig", original), ("full_name", "Ayşe Öztürk")]).await;
    let shift = [("employee_id", AYSE), ("work_date", "05.01.2026"), ("start_time", "2200"), ("end_time", "0600"), ("break_minutes", "30")];
    let shift: Vec<(&str, &str)> = shift.into_iter().chain([("_id", ENTRY)]).collect();
    ankara.post("/timesheets", &shift).await;
    let istanbul = Person::sign_in(&company.state, "istanbul1", CLERK_PASSWORD).await;
    (ankara, istanbul)
}

#[actix_web::test]
async fn a_clerk_sees_what_was_done_in_words_and_with_before_and_after() {
    let company = Company::new().await;
    let (ankara, _) = after_a_morning(&company).await;
    let html = ankara.get("/activity").await;
    let lines = lines_of(&html);
    let added = line_with(&lines, &["Çalışan eklendi"]);
    assert!(added.contains("Ad soyad: Ayşe Işık") && added.contains("T.C. kimlik no: 123******50"), "{added}");
    assert!(added.contains("· ankara1 · web"), "{added}");
    let renamed = line_with(&lines, &["Çalışan değiştirildi: Ayşe Öztürk"]);
    assert!(renamed.contains("Ad soyad: Ayşe Işık → Ayşe Öztürk"), "{renamed}");
    let entered = line_with(&lines, &["Puantaj kaydı eklendi: Ayşe Öztürk, 05.01.2026"]);
    for part in ["Çalışan: Ayşe Öztürk", "Giriş: 22:00", "Çıkış: 06:00 (ertesi gün)", "Mola: 30 dk"] {
        assert!(entered.contains(part), "{part} in {entered}");
    }
    line_with(&lines, &["Oturum açıldı", "ankara1 · adres 192.0.2.1"]);
    assert!(!html.contains("12345678950"), "an identity number is masked");
    let links = texts_of(&html, "li article a", Some("href"));
    assert!(links.contains(&format!("/timesheets/{ENTRY}")) && links.contains(&format!("/employees/{AYSE}")), "{links:?}");
}

#[actix_web::test]
async fn nothing_of_another_region_shows_and_an_admin_sees_all_with_their_region() {
    let company = Company::new().await;
    let (_, istanbul) = after_a_morning(&company).await;
    let seen = istanbul.get("/activity").await;
    let lines = lines_of(&seen);
    for foreign in ["Ayşe", "ankara", "Ankara", AYSE, ENTRY] {
        assert!(!lines.iter().any(|line| line.contains(foreign)), "{foreign} disclosed to istanbul1: {lines:?}");
    }
    line_with(&lines, &["Oturum açıldı", "istanbul1"]);

    let admin = Person::sign_in(&company.state, "admin", ADMIN_PASSWORD).await;
    let lines = lines_of(&admin.get("/activity").await);
    line_with(&lines, &["Çalışan eklendi", "· ankara1 · web · Ankara"]);
    line_with(&lines, &["Oturum açıldı", "istanbul1", "İstanbul"]);
    line_with(&lines, &["Oturum açıldı", "admin", "Şirket geneli"]);
    line_with(&lines, &["istanbul1 hesabına parola verildi", "Sistem"]);
}

#[actix_web::test]
async fn a_row_has_its_history_newest_first_on_its_own_page() {
    let company = Company::new().await;
    let (ankara, _) = after_a_morning(&company).await;
    ankara.post(&format!("/timesheets/{ENTRY}/deletion"), &[("_base", "1")]).await;
    let page = ankara.get(&format!("/timesheets/{ENTRY}")).await;
    let deeds = texts_of(&page, "article strong", None);
    assert_eq!(deeds, ["Puantaj kaydı silindi", "Puantaj kaydı eklendi"]);
}

/// 120 new people, one change each, and 70 sign-ins of one instant.
async fn crowd(company: &Company) {
    let mut conn = company.inspect().await;
    conn.execute(
        "INSERT INTO app.employees (region, id, full_name) SELECT 'ankara', gen_random_uuid(), 'Kişi ' || n FROM generate_series(1, 120) n;
         INSERT INTO app.activity_event (region, id, at, username, kind)
         SELECT 'ankara', gen_random_uuid(), '2026-01-02T09:00:00Z', 'kisi' || n, 'sign_in' FROM generate_series(1, 70) n;",
    )
    .await
    .unwrap();
}

#[actix_web::test]
async fn following_the_link_to_older_lines_shows_each_line_once_and_in_order() {
    let company = Company::new().await;
    crowd(&company).await;
    let ankara = Person::sign_in(&company.state, "ankara1", CLERK_PASSWORD).await;
    let (mut lines, mut times, mut parts, mut next) = (Vec::new(), Vec::new(), 0, "/activity".to_owned());
    loop {
        let page = ankara.get(&next).await;
        let part = lines_of(&page);
        assert!((1..=50).contains(&part.len()), "a part of {} lines", part.len());
        lines.extend(part);
        times.extend(texts_of(&page, "li article time", Some("datetime")));
        parts += 1;
        match texts_of(&page, "#activity-older a", Some("href")).pop() {
            Some(older) => next = older,
            None => break,
        }
        assert!(parts < 10, "the list ends");
    }
    let people = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
    let distinct: BTreeSet<&String> = lines.iter().filter(|line| line.contains("Kişi") || line.contains("kisi")).collect();
    assert_eq!((people("Çalışan eklendi"), distinct.len()), (120, 190));
    let instants: Vec<chrono::DateTime<chrono::Utc>> = times.iter().map(|time| time.parse().unwrap()).collect();
    assert!(instants.is_sorted_by(|newer, older| newer >= older), "newest first");
    assert_eq!(parts, lines.len().div_ceil(50));
}

#[actix_web::test]
async fn a_script_gets_only_the_older_lines_and_no_heading_twice() {
    let company = Company::new().await;
    crowd(&company).await;
    let ankara = Person::sign_in(&company.state, "ankara1", CLERK_PASSWORD).await;
    let first = ankara.get("/activity").await;
    let link = texts_of(&first, "#activity-older a", Some("hx-get")).remove(0);
    let by_script = TestRequest::get().uri(&link).insert_header((HX_REQUEST, "true")).insert_header((HX_REQUEST_TYPE, "partial"));
    let (status, part) = ankara.send(by_script).await;
    assert_eq!(status, 200);
    assert!(!part.contains("<html") && texts_of(&part, "h2", None).is_empty(), "{part}");
    assert_eq!((lines_of(&part).len(), texts_of(&part, "[data-focus]", None).len()), (50, 1));
    let whole = ankara.get(&link).await;
    assert_eq!(texts_of(&whole, "h1", None), ["İşlem günlüğü"]);
    assert_eq!(lines_of(&whole), lines_of(&part), "the link works without scripts too");
}

#[actix_web::test]
async fn a_place_that_is_none_is_refused() {
    let company = Company::new().await;
    let ankara = Person::sign_in(&company.state, "ankara1", CLERK_PASSWORD).await;
    for wrong in ["x", "c1-", "e5-7", "c-1-1", "%27"] {
        let (status, _) = ankara.send(TestRequest::get().uri(&format!("/activity?before={wrong}"))).await;
        assert_eq!(status, 400, "{wrong}");
    }
}
