//! The conflict inbox: both values with names and times, two ways to resolve a conflict, and no conflict is ever deleted.

#![cfg(test)]

use rainstaff::{
    ops::{Origin, VerdictKind},
    sync::deliver,
};
use serde_json::json;
use sqlx::Executor;

use crate::{
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company},
    support::{
        browser::Browser,
        builders::{self, employee_id, op, queue_id, timesheet_id},
    },
};

/// Ankara with an entry of which the admin and the clerk wrote the note at the same time, and which the clerk had on the screen when
/// somebody deleted it.
async fn company_with_conflicts() -> (Company, Browser) {
    let company = Company::new().await;
    let (ankara, admin) = (builders::clerk("ankara"), builders::admin());
    let draft = || op(&ankara, "ankara");
    let ops = vec![
        draft().new_employee(employee_id(1), "Ayşe Işık"),
        draft().new_timesheet(timesheet_id(1), employee_id(1), "2025-11-17"),
        draft().new_timesheet(timesheet_id(2), employee_id(1), "2025-11-18"),
        draft().at(2).queued(queue_id(1), 1).update("timesheet", timesheet_id(1), 1, json!({ "notes": ["", "gündüz"] })),
        draft().at(2).queued(queue_id(1), 2).update("timesheet", timesheet_id(2), 1, json!({ "notes": ["", "kalsın"] })),
    ];
    deliver(&company.state, &ankara, Origin::Offline, ops).await.unwrap();
    let theirs = vec![
        op(&admin, "ankara").at(1).update("timesheet", timesheet_id(1), 1, json!({ "notes": ["", "gece"] })),
        op(&admin, "ankara").at(1).delete("timesheet", timesheet_id(2), 1),
    ];
    let verdicts = deliver(&company.state, &admin, Origin::Offline, theirs).await.unwrap();
    assert!(verdicts.iter().all(|v| v.verdict == VerdictKind::Merged), "{verdicts:?}");
    let browser = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    (company, browser)
}

const OPEN: &str = "SELECT count(*) FROM app.conflict WHERE resolved_at IS NULL";
const ALL: &str = "SELECT count(*) FROM app.conflict";

#[actix_web::test]
async fn both_values_stand_there_and_two_clicks_settle_it() {
    let (company, mut browser) = company_with_conflicts().await;
    let page = browser.get("/conflicts").await;
    assert_eq!(page.count("form.conflict"), 2);
    let sides = page.texts(".conflict-sides dd strong");
    assert!(sides.contains(&"gündüz".to_owned()) && sides.contains(&"gece".to_owned()), "{sides:?}");
    assert_eq!(browser.load("/queue/badges", "div").await.text("hx-partial"), "2 açık çakışma");

    let of_field = format!("form[aria-label^='{}']", "Aynı alana");
    let replace = page.form(&of_field).minted().with("choice", &["replaced"]);
    let answer = browser.submit(&replace).await;
    assert_eq!((answer.status, answer.op_ack.as_str()), (200, replace.value("_op")), "{}", answer.html);
    assert_eq!(company.count("SELECT count(*) FROM app.timesheets WHERE notes = 'gece' AND version = 3").await, 1);
    browser.submit(&replace).await;
    assert_eq!(company.count("SELECT max(version)::bigint FROM app.timesheets").await, 3, "the same click again does nothing");

    let keep = page.form("form[aria-label^='Biri sildi']").minted().with("choice", &["kept"]);
    assert_eq!(browser.submit(&keep).await.status, 200);
    assert_eq!((company.count(OPEN).await, company.count(ALL).await), (0, 2), "settled, and all of it kept");
    let settled = browser.get("/conflicts?state=settled").await;
    assert_eq!((settled.count(".conflict"), settled.count("form.conflict")), (2, 0), "there is nothing to decide any more");
    assert!(settled.html.contains("ankara1 ötekini yerine koydu"), "{}", settled.html);
}

#[actix_web::test]
async fn a_deletion_that_met_an_edit_can_still_be_done_and_the_first_decision_stands() {
    let (company, mut browser) = company_with_conflicts().await;
    let page = browser.get("/conflicts").await;
    let form = page.form("form[aria-label^='Biri sildi']");
    let stands = page.text("form[aria-label^='Biri sildi'] .conflict-stands dd strong");
    assert!(stands.starts_with("Kayıt duruyor: 0") && stands.contains("mola"), "the hours that would go: {stands}");
    assert_eq!(page.attribute("form[aria-label^='Biri sildi'] .held-acts a", "href"), format!("/timesheets/{}", timesheet_id(2)));
    let done = browser.submit(&form.clone().minted().with("choice", &["replaced"])).await;
    let deleted = "SELECT count(*) FROM app.timesheets WHERE deleted_at IS NOT NULL";
    assert_eq!(company.count(deleted).await, 1);
    browser.submit(&done.form("form[data-undo]").minted()).await;
    assert_eq!(company.count(deleted).await, 0, "and it can be taken back");
    let late = browser.submit(&form.minted().with("choice", &["kept"])).await;
    assert!(late.html.contains("daha önce ankara1"), "{}", late.html);
    assert_eq!(company.count("SELECT count(*) FROM app.conflict WHERE resolution = 'replaced'").await, 1);
    let mut owner = company.inspect().await;
    for sql in [
        "DELETE FROM app.conflict",
        "UPDATE app.conflict SET lose = 'null'",
        "UPDATE app.conflict SET resolved_at = NULL WHERE resolved_at IS NOT NULL",
    ] {
        assert!(owner.execute(sql).await.is_err(), "{sql}");
    }
}

#[actix_web::test]
async fn a_day_of_the_calendar_that_was_deleted_in_a_conflict_can_be_taken_back() {
    let company = Company::new().await;
    let admin = builders::admin();
    let day = timesheet_id(77);
    let values = json!({ "day": "2026-10-30", "name": "Köprü günü", "kind": "day_off" });
    let ops = vec![
        op(&admin, "company").create("calendar_day", day, values),
        op(&admin, "company").at(2).queued(queue_id(1), 1).update("calendar_day", day, 1, json!({ "name": ["Köprü günü", "Köprü"] })),
        op(&admin, "company").at(1).queued(queue_id(2), 1).delete("calendar_day", day, 1),
    ];
    let verdicts = deliver(&company.state, &admin, Origin::System, ops).await.unwrap();
    assert_eq!(verdicts[2].verdict, VerdictKind::Merged, "{verdicts:?}");
    let mut boss = Browser::of(&company.state, "admin", ADMIN_PASSWORD).await;
    let form = boss.get("/conflicts").await.form("form[aria-label^='Biri sildi']").minted().with("choice", &["replaced"]);
    let done = boss.submit(&form).await;
    let deleted = "SELECT count(*) FROM app.calendar_days WHERE deleted_at IS NOT NULL";
    assert_eq!((done.status, company.count(deleted).await), (200, 1), "{}", done.html);
    let undone = boss.submit(&done.form("form[data-undo]").minted()).await;
    assert_eq!((undone.status, company.count(deleted).await), (200, 0), "and it can be taken back: {}", undone.html);
}

#[actix_web::test]
async fn what_changed_since_the_page_was_opened_is_not_overwritten_without_a_word() {
    let (company, mut browser) = company_with_conflicts().await;
    let page = browser.get("/conflicts").await;
    let admin = builders::admin();
    let later = op(&admin, "ankara").at(60).update("timesheet", timesheet_id(1), 2, json!({ "notes": ["gündüz", "öğlen"] }));
    deliver(&company.state, &admin, Origin::Offline, vec![later]).await.unwrap();
    let replace = page.form("form[aria-label^='Aynı alana']").minted().with("choice", &["replaced"]);
    assert_eq!(browser.submit(&replace).await.status, 200);
    assert_eq!(company.count("SELECT count(*) FROM app.conflict WHERE resolved_at IS NULL AND lose = '\"öğlen\"'").await, 1);
}

#[actix_web::test]
async fn another_office_finds_no_conflict_of_this_one() {
    let (company, mut browser) = company_with_conflicts().await;
    let form = browser.get("/conflicts").await.form("form.conflict").minted().with("choice", &["kept"]);
    company.give_password("istanbul1", CLERK_PASSWORD, false).await.unwrap();
    let mut other = Browser::of(&company.state, "istanbul1", CLERK_PASSWORD).await;
    assert_eq!(other.submit(&form).await.status, 401, "a form of somebody else's page");
    let forged = other.forge(form).await;
    assert_eq!(other.submit(&forged).await.status, 404);
    assert_eq!(other.get("/conflicts?region=ankara").await.status, 404);
    assert_eq!((other.get("/conflicts").await.count("form.conflict"), company.count(OPEN).await), (0, 2));
}

/// Two people wrote an identity number at the same time. The page says which numbers met, masked as everywhere.
#[actix_web::test]
async fn no_whole_identity_number_leaves_with_the_page_and_the_other_one_can_be_put_in_its_place() {
    const NUMBERS: [&str; 3] = ["10000000146", "12345678950", "11111111110"];
    let company = Company::new().await;
    let (ankara, admin) = (builders::clerk("ankara"), builders::admin());
    let values = json!({ "full_name": "Ayşe Işık", "identity_no": NUMBERS[0] });
    let number = |to: &str| json!({ "identity_no": [NUMBERS[0], to] });
    let ops = vec![
        op(&ankara, "ankara").create("employee", employee_id(1), values),
        op(&ankara, "ankara").at(2).queued(queue_id(1), 1).update("employee", employee_id(1), 1, number(NUMBERS[1])),
    ];
    deliver(&company.state, &ankara, Origin::Offline, ops).await.unwrap();
    let theirs = op(&admin, "ankara").at(1).queued(queue_id(2), 1).update("employee", employee_id(1), 1, number(NUMBERS[2]));
    let verdicts = deliver(&company.state, &admin, Origin::Offline, vec![theirs]).await.unwrap();
    assert_eq!(verdicts[0].verdict, VerdictKind::Merged);

    let mut clerk = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let mut boss = Browser::of(&company.state, "admin", ADMIN_PASSWORD).await;
    let page = clerk.get("/conflicts").await;
    let shown = async |browser: &mut Browser, path: &str| {
        let page = browser.get(path).await;
        assert_eq!((page.status, page.count(".conflict")), (200, 1), "{path}");
        assert!(page.html.contains("123******50") && page.html.contains("111******10"), "{path}: {}", page.html);
        for number in NUMBERS {
            assert!(!page.html.contains(number), "{path} has {number}");
        }
        page.count("form.conflict")
    };
    assert_eq!(shown(&mut clerk, "/conflicts").await, 1);
    assert_eq!(shown(&mut boss, "/conflicts").await, 1);
    let look = boss.get("/dashboard").await.form("form[action='/region-view']").with("region", &["ankara"]);
    assert_eq!(boss.post(&look).await.status, 303);
    assert_eq!(shown(&mut boss, "/conflicts").await, 0, "who only looks has nothing to post");

    let replace = page.form("form.conflict").minted().with("choice", &["replaced"]);
    assert_eq!(clerk.submit(&replace).await.status, 200);
    let stored = "SELECT count(*) FROM app.employees WHERE identity_no = '11111111110' AND version = 3";
    assert_eq!(
        (company.count(stored).await, company.count(ALL).await, company.count(OPEN).await),
        (1, 1, 0),
        "as it was seen, so nothing met"
    );
    assert_eq!(shown(&mut clerk, "/conflicts?state=settled").await, 0);
}
