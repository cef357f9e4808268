//! `/activity` with filters and as a file: every matching line is there exactly once, and none of another region.

#![cfg(test)]

use std::{collections::BTreeSet, future::poll_fn, pin::pin};

use actix_web::{
    body::MessageBody,
    test::{TestRequest, call_service, init_service},
};
use rainstaff::app::build_app;
use serde_json::Value;
use sqlx::Executor;

use crate::{
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company},
    support::{
        browser::{Answer, Browser},
        program::{Reply, send},
    },
};

const AYSE: &str = "01980000-0000-7000-8000-0000000e0001";
const FOREIGN: &str = "01980000-0000-7000-8000-0000000e0002";

/// Ankara's log: a person added by hand, changed by another account, a takeover and sign-ins on other days; İzmir has a person of its own.
async fn company_with_a_log() -> (Company, Browser) {
    let company = Company::new().await;
    company.give_password("izmir1", CLERK_PASSWORD, false).await.unwrap();
    let sql = format!(
        "SET app.origin = 'web';
         INSERT INTO app.employees (region, id, full_name, identity_no) VALUES ('ankara', '{AYSE}', 'Ayşe Işık', '12345678950');
         UPDATE app.employees SET full_name = '=Ayşe; Öztürk', title = 'Usta', version = 2 WHERE id = '{AYSE}';
         INSERT INTO app.shift_templates (region, id, name, start_min, end_min) VALUES ('ankara', gen_random_uuid(), 'Gündüz', 510, 1080);
         SET app.origin = 'import';
         INSERT INTO app.employees (region, id, full_name) VALUES ('ankara', gen_random_uuid(), 'Ali Can');
         SET app.origin = 'web';
         INSERT INTO app.employees (region, id, full_name) VALUES ('izmir', '{FOREIGN}', 'Ege Kaya');
         INSERT INTO app.activity_event (region, id, at, username, kind) VALUES
            ('ankara', gen_random_uuid(), '2025-12-05T20:59:59Z', 'ankara9', 'sign_in'),
            ('ankara', gen_random_uuid(), '2025-12-05T21:00:00Z', 'ankara9', 'sign_in_failed'),
            ('ankara', gen_random_uuid(), '2025-12-06T20:59:59Z', 'ankara9', 'sign_out');"
    );
    let mut conn = company.inspect().await;
    conn.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    let browser = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    (company, browser)
}

fn headlines(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.html);
    let mut found = answer.texts("li article strong");
    found.sort();
    found
}

#[actix_web::test]
async fn each_filter_leaves_what_fits() {
    let (_company, mut browser) = company_with_a_log().await;
    for (query, wanted) in [
        ("entity=shift_template", &["Vardiya şablonu eklendi"][..]),
        ("kind=create", &["Vardiya şablonu eklendi", "Çalışan eklendi", "Çalışan eklendi"]),
        ("kind=update", &["Çalışan değiştirildi"]),
        ("origin=import", &["Çalışan eklendi"]),
        ("entity=employee&kind=create&origin=web", &["Çalışan eklendi"]),
        ("actor=ankara9", &["Başarısız oturum açma denemesi", "Oturum açıldı", "Oturum kapatıldı"]),
        ("actor=ANKARA9&kind=sign_in", &["Oturum açıldı"]),
        ("kind=sign_ins&from=06.12.2025&to=06.12.2025", &["Başarısız oturum açma denemesi", "Oturum kapatıldı"]),
        ("kind=sign_ins&to=2025-12-05", &["Oturum açıldı"]),
        ("actor=nobody", &[]),
        ("entity=employee&kind=sign_ins", &[]),
    ] {
        assert_eq!(headlines(&browser.get(&format!("/activity?{query}")).await), wanted, "{query}");
    }
    let one = browser.get(&format!("/activity?entity_id={AYSE}")).await;
    assert_eq!(headlines(&one), ["Çalışan değiştirildi", "Çalışan eklendi"]);
    assert_eq!(one.text(".activity-subject strong"), "Geçmiş: =Ayşe; Öztürk");
    let form = browser.get("/activity?kind=update&actor=ankara9&from=2026-01-05").await.form("form.filter-bar");
    assert_eq!(
        (form.value("kind"), form.value("actor"), form.value("from")),
        ("update", "ankara9", "2026-01-05"),
        "the form shows what is filtered"
    );
}

#[actix_web::test]
async fn a_wrong_date_is_said_at_its_field_and_what_is_on_no_list_is_refused() {
    let (_company, mut browser) = company_with_a_log().await;
    let page = browser.get("/activity?from=32.01.2026").await;
    assert!(page.status == 422 && !page.text("#filter-from-error").is_empty(), "{}", page.status);
    for (forged, status) in [("kind=coffee", 422), ("entity=users", 422), ("origin=fax", 422), ("entity_id=7", 422), ("format=xml", 400)] {
        assert_eq!(browser.get(&format!("/activity?{forged}")).await.status, status, "{forged}");
    }
}

#[actix_web::test]
async fn filters_stay_on_the_way_to_older_lines() {
    let (company, mut browser) = company_with_a_log().await;
    crowd(&company, 120).await;
    let first = browser.get("/activity?entity=employee&kind=create").await;
    let link = parsed_attribute(&first.html, "#activity-older a", "href");
    assert!(link.contains("entity=employee") && link.contains("kind=create"), "{link}");
    let (mut seen, mut next) = (first.count("li article"), link);
    while !next.is_empty() {
        let page = browser.get(&next).await;
        assert!(headlines(&page).iter().all(|line| line == "Çalışan eklendi"));
        seen += page.count("li article");
        next = parsed_attribute(&page.html, "#activity-older a", "href");
    }
    assert_eq!(seen, 122);
}

async fn crowd(company: &Company, people: u32) {
    let sql = format!(
        "INSERT INTO app.employees (region, id, full_name) SELECT 'ankara', gen_random_uuid(), 'Kişi ' || n FROM generate_series(1, {people}) n"
    );
    company.inspect().await.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
}

fn parsed_attribute(html: &str, selector: &str, name: &str) -> String {
    let page = scraper::Html::parse_document(html);
    let selector = scraper::Selector::parse(selector).unwrap();
    page.select(&selector).next().and_then(|element| element.attr(name)).unwrap_or_default().to_owned()
}

async fn file(company: &Company, browser: &Browser, query: &str) -> Reply {
    send(&company.state, "GET", &format!("/activity?{query}"), &[("Cookie", &browser.cookie_header())]).await
}

#[actix_web::test]
async fn a_csv_file_opens_in_turkish_excel_and_its_taking_is_recorded() {
    let (company, mut browser) = company_with_a_log().await;
    let reply = file(&company, &browser, &format!("entity_id={AYSE}&format=csv")).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "text/csv; charset=utf-8"));
    let name = reply.header("content-disposition");
    assert!(name.starts_with("attachment; filename=\"islem-gunlugu-") && name.contains("filename*=UTF-8''islem%2Dgunlugu"), "{name}");
    let lines: Vec<&str> = reply.text.strip_prefix('\u{feff}').expect("the mark of UTF-8").split("\r\n").collect();
    assert_eq!(lines[0], "Zaman;Kim;Bölge;İşlem;Kayıt;Alan;Önce;Sonra;Kaynak;Adres;Kayıt no");
    assert_eq!((lines.len(), lines[lines.len() - 1]), (2 + 3 + 2, ""), "{lines:#?}"); // two fields changed, three filled in
    let title = format!(";Sistem;Ankara;Çalışan değiştirildi;\"'=Ayşe; Öztürk\";Unvan;;Usta;web;;{AYSE}");
    assert!(lines.iter().any(|line| line.ends_with(&title)), "{lines:#?}");
    assert!(reply.text.contains("T.C. kimlik no;;123******50") && !reply.text.contains("12345678950"));
    let log = browser.get("/activity?kind=exported").await;
    assert_eq!(headlines(&log), ["İşlem günlüğü dosyaya aktarıldı (CSV)"]);
}

#[actix_web::test]
async fn a_json_file_has_every_line_once_however_many_there_are() {
    let (company, browser) = company_with_a_log().await;
    crowd(&company, 1200).await;
    let reply = file(&company, &browser, "format=json").await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    let items = reply.json()["items"].as_array().unwrap().clone();
    let changes: Vec<&Value> = items.iter().filter(|item| item["kind"] == "change").collect();
    let distinct: BTreeSet<(String, i64)> =
        changes.iter().map(|item| (item["entity_id"].as_str().unwrap().to_owned(), item["version"].as_i64().unwrap())).collect();
    assert_eq!((changes.len(), distinct.len()), (1204, 1204));
    let events = items.iter().filter(|item| item["kind"] == "event").count();
    let recorded = company.count("SELECT count(*) FROM app.activity_event WHERE region = 'ankara'").await;
    assert_eq!(i64::try_from(events).unwrap(), recorded, "the file knows of its own taking");
    assert!(!reply.text.contains("12345678950"), "an identity number is masked");
    let at = |item: &Value| item["at"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert!(items.is_sorted_by(|newer, older| at(newer) >= at(older)), "newest first");
    let none = file(&company, &browser, "actor=nobody&format=json").await;
    assert_eq!(none.json(), serde_json::json!({ "items": [] }));
}

#[actix_web::test]
async fn no_filter_and_no_file_shows_another_region() {
    let (company, mut browser) = company_with_a_log().await;
    for query in [
        format!("entity_id={FOREIGN}"),
        format!("entity_id={FOREIGN}&format=json"),
        "format=csv".into(),
        "format=json".into(),
        "kind=create".into(),
    ] {
        let reply = file(&company, &browser, &query).await;
        assert_eq!(reply.status, 200, "{query}");
        assert!(!reply.text.contains("Ege Kaya") && !reply.text.contains("zmir"), "{query} discloses another region");
    }
    assert_eq!(headlines(&browser.get(&format!("/activity?entity_id={FOREIGN}")).await), Vec::<String>::new());
    for region in ["izmir", "company", "Ankara", "nowhere"] {
        for format in ["", "csv", "json"] {
            assert_eq!(browser.get(&format!("/activity?region={region}&format={format}")).await.status, 404, "{region} {format}");
        }
    }
    let mut admin = Browser::of(&company.state, "admin", ADMIN_PASSWORD).await;
    assert_eq!(headlines(&admin.get("/activity?region=izmir&kind=changes").await), ["Çalışan eklendi"]);
    let own = headlines(&admin.get("/activity?region=company&kind=sign_in").await);
    assert_eq!(own, ["Oturum açıldı"], "headquarters' own");
}

#[actix_web::test]
async fn every_list_leads_to_the_history_of_its_rows() {
    let (_company, mut browser) = company_with_a_log().await;
    let employees = browser.get("/employees").await;
    assert_eq!(employees.count(&format!("tr a[href='/activity?entity_id={AYSE}']")), 1);
    assert_eq!(browser.get("/shift-templates").await.count("tr a[href^='/activity?entity_id=']"), 1);
    let entry =
        browser.get("/timesheets").await.form("#entry form").with("employee_id", &[AYSE]).with("work_date", &["2026-01-05"]).minted();
    assert_eq!(browser.submit(&entry).await.status, 200);
    let list = browser.get("/timesheets?from=2026-01-01&to=2026-01-31").await;
    let page = parsed_attribute(&list.html, "tr td.row-actions a", "href");
    assert_eq!(page, format!("/timesheets/{}", entry.value("_id")));
    let page = browser.get(&page).await;
    assert_eq!(page.count("section[aria-labelledby=history-title] article"), 1, "an entry's page has its history");
    assert_eq!(page.count(&format!("a[href='/activity?entity_id={}']", entry.value("_id"))), 1);
}

#[actix_web::test]
async fn a_file_under_way_ends_with_the_session() {
    let company = Company::new().await;
    let people = "INSERT INTO app.employees (region, id, full_name) SELECT 'ankara', gen_random_uuid(), 'Kişi ' || n FROM generate_series(1, 1200) n";
    company.inspect().await.execute(people).await.unwrap();
    for is_ended in [false, true] {
        let browser = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
        let request = TestRequest::get().uri("/activity?format=csv").insert_header(("Cookie", browser.cookie_header()));
        let app = init_service(build_app(company.state.clone())).await;
        let answer = call_service(&app, request.peer_addr(([192, 0, 2, 1], 4000).into()).to_request()).await;
        assert_eq!(answer.status().as_u16(), 200);
        let mut body = pin!(answer.into_body());
        let mut next = async || poll_fn(|cx| body.as_mut().poll_next(cx)).await;
        let first = next().await.unwrap().ok().unwrap();
        if is_ended {
            company.inspect().await.execute("DELETE FROM auth.sessions").await.unwrap();
            assert!(next().await.unwrap().is_err(), "the file is cut, so that nobody takes it for a whole one");
        } else {
            let mut size = first.len();
            while let Some(part) = next().await {
                size += part.ok().unwrap().len();
            }
            assert!(size > 2 * first.len(), "{size} of {} at first", first.len());
        }
    }
}
