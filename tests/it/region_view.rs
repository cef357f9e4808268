//! "Bölge gözüyle bak": an admin sees what a region's clerk sees and changes nothing; start and end are recorded.

#![cfg(test)]

use rainstaff::{
    db::Scope,
    identity::{Actor, Role},
};
use sqlx::Executor as _;

use crate::{
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company},
    support::{
        browser::{Browser, Form},
        builders::{Company as Offices, clerk, employee_id, op},
    },
};

const ANKARAS: &str = "0198aaaa-0000-7000-8000-000000000001";
const IZMIRS: &str = "0198aaaa-0000-7000-8000-000000000002";

/// A person and an entry of Ankara's, and of Izmir's.
async fn two_offices() -> Company {
    let company = Company::new().await;
    let sql = "INSERT INTO app.employees (region, id, full_name) VALUES ('ankara', '0198bbbb-0000-7000-8000-000000000001', 'Ayşe'),
                   ('izmir', '0198bbbb-0000-7000-8000-000000000002', 'Nazlı');
               INSERT INTO app.timesheets (region, id, employee_id, work_date, start_min, end_min) VALUES
                   ('ankara', '0198aaaa-0000-7000-8000-000000000001', '0198bbbb-0000-7000-8000-000000000001', '2026-01-02', 540, 1080),
                   ('izmir', '0198aaaa-0000-7000-8000-000000000002', '0198bbbb-0000-7000-8000-000000000002', '2026-01-02', 540, 1080)";
    company.inspect().await.execute(sql).await.unwrap();
    company
}

async fn looking_at_ankara(company: &Company) -> Browser {
    let mut admin = Browser::of(&company.state, "admin", ADMIN_PASSWORD).await;
    let start = admin.get("/dashboard").await.form("#tile-ankara form");
    assert_eq!((start.action.as_str(), start.value("region")), ("/region-view", "ankara"));
    let answer = admin.post(&start).await;
    assert_eq!((answer.status, answer.location.as_str()), (303, "/"));
    admin
}

#[actix_web::test]
async fn an_onlooker_sees_what_the_clerk_sees_and_nothing_else() {
    let company = two_offices().await;
    let mut admin = looking_at_ankara(&company).await;
    let mut clerk = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    assert_eq!(admin.get("/").await.location, clerk.get("/").await.location);
    for path in ["/timesheets?from=&to=", "/employees", "/dashboard?month=2026-01", "/reports/summary?from=&to="] {
        let (seen, own) = (admin.get(path).await, clerk.get(path).await);
        assert!(seen.text(".view-strip").starts_with("Ankara gözüyle bakıyorsunuz"), "{path}");
        assert_eq!(own.count(".view-strip"), 0, "{path}");
        assert!(own.html.contains("Ayşe") && seen.html.contains("Ayşe") && !seen.html.contains("Nazlı"), "{path}");
        assert_eq!(seen.texts("main table td:not(.row-actions)"), own.texts("main table td:not(.row-actions)"), "{path}");
        assert_eq!(seen.texts("aside nav a"), own.texts("aside nav a"), "{path}");
    }
    for (path, status) in [(format!("/timesheets/{ANKARAS}"), 200), (format!("/timesheets/{IZMIRS}"), 404)] {
        assert_eq!((admin.get(&path).await.status, clerk.get(&path).await.status), (status, status), "{path}");
    }
    assert_eq!(admin.get("/dashboard?region=izmir").await.status, 404);
    assert!(!admin.get("/activity").await.html.contains("Şirket geneli"), "headquarters' own events are not the clerk's");
}

#[actix_web::test]
async fn an_onlooker_changes_nothing_and_is_told_why() {
    let company = two_offices().await;
    let mut admin = looking_at_ankara(&company).await;
    let new = admin.get("/employees/new").await.form("form.entry-form").with("full_name", &["Yeni"]).minted();
    let plain = admin.post(&new).await;
    assert_eq!((plain.status, plain.op_ack.as_str()), (403, ""));
    assert!(plain.text("main").contains("önce sayfanın üstündeki Bitir'e basın"), "{}", plain.html);
    let by_script = admin.submit(&new).await;
    assert_eq!((by_script.status, by_script.op_ack.as_str()), (422, ""));
    assert!(by_script.text("[data-toast]").contains("Kaydedilmedi"), "{}", by_script.html);
    let list = admin.get("/timesheets?from=&to=").await;
    let deletion = list.form("form[action$='/deletion']");
    assert_eq!(admin.post(&deletion).await.status, 403);
    assert_eq!(admin.post(&Form { action: "/api/v1/ops".into(), fields: Vec::new() }).await.status, 403);
    let kept = "SELECT count(*) FROM app.employees e, app.timesheets t WHERE t.deleted_at IS NULL AND e.region = t.region";
    assert_eq!((company.count(kept).await, company.count("SELECT count(*) FROM app.op_inbox WHERE origin = 'web'").await), (2, 0));
}

#[actix_web::test]
async fn both_ends_are_in_the_regions_activity_and_afterwards_all_is_as_before() {
    let company = two_offices().await;
    let mut admin = looking_at_ankara(&company).await;
    let end = admin.get("/timesheets").await.form(".view-strip");
    let answer = admin.post(&end).await;
    assert_eq!((answer.status, answer.location.as_str()), (303, "/dashboard"));
    let board = admin.get("/dashboard").await;
    assert_eq!((board.count("article.tile"), board.count(".view-strip")), (4, 0));
    let mut clerk = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let lines = clerk.get("/activity").await.texts("li article");
    for deed in ["Bölge gözüyle bakmaya başladı", "Bölge gözüyle bakmayı bitirdi"] {
        assert!(lines.iter().any(|line| line.contains(deed) && line.contains("admin")), "{deed} in {lines:#?}");
    }
    assert_eq!(admin.post(&end).await.status, 303, "a second end is harmless");
}

#[actix_web::test]
async fn only_an_admin_looks_and_only_at_a_region_there_is() {
    let company = two_offices().await;
    let mut clerk = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    assert_eq!(clerk.get("/dashboard").await.count("form[action='/region-view']"), 0);
    let token = clerk.get("/password").await.form("form").value("_csrf").to_owned();
    let ask = |region: &str, token: &str| Form {
        action: "/region-view".into(),
        fields: [("_csrf", token), ("region", region)].map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec(),
    };
    assert_eq!(clerk.post(&ask("izmir", &token)).await.status, 403);
    let mut admin = Browser::of(&company.state, "admin", ADMIN_PASSWORD).await;
    let token = admin.get("/password").await.form("form").value("_csrf").to_owned();
    for region in ["atlantis", "company", "'; --"] {
        assert_eq!(admin.post(&ask(region, &token)).await.status, 404, "{region}");
    }
    assert_eq!(admin.post(&ask("izmir", "")).await.status, 403, "without the session's token");
    assert_eq!(admin.get("/dashboard").await.count("article.tile"), 4);
}

/// Below the handlers: whoever forgot to ask finds a transaction that PostgreSQL lets nobody write in.
#[tokio::test]
async fn the_database_itself_refuses_an_onlookers_writes() {
    let offices = Offices::new().await;
    let onlooker = Actor { role: Role::Viewer, ..clerk("ankara") };
    let new = op(&onlooker, "ankara").new_employee(employee_id(1), "Yeni");
    let refusal = offices.try_apply(&onlooker, &[new]).await.unwrap_err();
    assert_eq!(refusal.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(), Some("25006"), "{refusal}");
    assert!(Scope::of(&onlooker).unwrap().only_reads() && !Scope::of(&clerk("ankara")).unwrap().only_reads());
}
