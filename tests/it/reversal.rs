//! Undoing one change from the history.

#![cfg(test)]

use sqlx::AssertSqlSafe;

use crate::{
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company},
    support::browser::{Answer, Browser, Form},
};

async fn clerk(company: &Company) -> Browser {
    Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await
}

async fn add_employee(browser: &mut Browser, name: &str, number: &str) -> String {
    let form =
        browser.get("/employees/new").await.form("form.entry-form").with("full_name", &[name]).with("identity_no", &[number]).minted();
    assert_eq!(browser.submit(&form).await.status, 200);
    form.value("_id").to_owned()
}

async fn enter(browser: &mut Browser, employee: &str, times: (&str, &str)) -> String {
    let form = browser.get("/timesheets").await.form("#entry form").with("employee_id", &[employee]).with("work_date", &["2026-01-05"]);
    let form = form.with("start_time", &[times.0]).with("end_time", &[times.1]).minted();
    let answer = browser.submit(&form).await;
    assert_eq!((answer.status, answer.op_ack.as_str()), (200, form.value("_op")), "{}", answer.html);
    form.value("_id").to_owned()
}

async fn change(browser: &mut Browser, entry: &str, pairs: &[(&str, &str)]) {
    let mut form = browser.get(&format!("/timesheets/{entry}/edit")).await.form("form.entry-form").minted();
    for (name, value) in pairs {
        form = form.with(name, &[value]);
    }
    assert_eq!(browser.submit(&form).await.status, 200);
}

/// The form that takes the newest change of a row back which can be.
async fn way_back(browser: &mut Browser, id: &str) -> Form {
    browser.get(&format!("/activity?entity_id={id}")).await.form("form.change-reversal").minted()
}

async fn take_back(browser: &mut Browser, form: &Form) -> Answer {
    browser.submit(form).await
}

async fn look(company: &Company, sql: String) -> String {
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut company.inspect().await).await.unwrap()
}

async fn entry_is(company: &Company, id: &str) -> String {
    look(
        company,
        format!(
            "SELECT concat_ws(' ', start_min, end_min, break_min, notes, deleted_at IS NOT NULL) FROM app.timesheets WHERE id = '{id}'"
        ),
    )
    .await
}

#[actix_web::test]
async fn a_changed_entry_gets_the_values_back_that_it_had() {
    let company = Company::new().await;
    let mut browser = clerk(&company).await;
    let ayse = add_employee(&mut browser, "Ayşe Işık", "").await;
    let entry = enter(&mut browser, &ayse, ("0830", "1730")).await;
    change(&mut browser, &entry, &[("start_time", "2200"), ("end_time", "0600"), ("break_minutes", "30"), ("notes", "gece")]).await;
    assert_eq!(entry_is(&company, &entry).await, "1320 1800 30 gece f");
    let form = way_back(&mut browser, &entry).await;
    let answer = take_back(&mut browser, &form).await;
    assert_eq!((answer.status, answer.op_ack.as_str()), (200, form.value("_op")), "{}", answer.html);
    assert!(answer.text(".toast-text").contains("Ayşe Işık, 05.01.2026: değişiklik geri alındı."), "{}", answer.html);
    assert_eq!(entry_is(&company, &entry).await, "510 1050 60  f");
    let history = browser.get(&format!("/activity?entity_id={entry}")).await;
    assert_eq!(history.count("li article"), 3, "taking back is a change of its own");
    assert!(history.texts("li article")[0].contains("Not: gece → (boş)"), "{:?}", history.texts("li article"));
}

#[actix_web::test]
async fn the_same_form_sent_again_is_answered_as_before_and_a_new_one_says_that_it_is_done() {
    let company = Company::new().await;
    let mut browser = clerk(&company).await;
    let ayse = add_employee(&mut browser, "Ayşe Işık", "").await;
    let entry = enter(&mut browser, &ayse, ("0830", "1730")).await;
    change(&mut browser, &entry, &[("notes", "a")]).await;
    let form = way_back(&mut browser, &entry).await;
    for _ in 0..2 {
        let answer = take_back(&mut browser, &form).await;
        assert_eq!((answer.status, answer.op_ack.as_str()), (200, form.value("_op")), "{}", answer.html);
    }
    let new_op = form.clone().with("_op", &[&rainstaff::ids::new_id().to_string()]);
    let done = take_back(&mut browser, &new_op).await;
    assert_eq!((done.status, done.op_ack.as_str()), (422, ""));
    assert!(done.text(".toast-text").contains("Kayıt zaten bu değişiklikten önceki haliyle duruyor."), "{}", done.html);
    assert_eq!(look(&company, format!("SELECT version::text FROM app.timesheets WHERE id = '{entry}'")).await, "3");
}

#[actix_web::test]
async fn what_was_deleted_comes_back_unless_its_hours_are_taken_now() {
    let company = Company::new().await;
    let mut browser = clerk(&company).await;
    let ayse = add_employee(&mut browser, "Ayşe Işık", "").await;
    let entry = enter(&mut browser, &ayse, ("0830", "1730")).await;
    let list = browser.get("/timesheets?from=2026-01-01&to=2026-01-31").await;
    assert_eq!(browser.submit(&list.form("form[action$=deletion]").minted()).await.status, 200);
    let other = enter(&mut browser, &ayse, ("1700", "2000")).await;
    let form = way_back(&mut browser, &entry).await;
    let refused = take_back(&mut browser, &form).await;
    assert_eq!((refused.status, refused.op_ack.as_str()), (422, ""));
    assert!(refused.text(".toast-text").contains("Bu çalışanın bu saatlere denk gelen başka bir kaydı var: "), "{}", refused.html);
    change(&mut browser, &other, &[("start_time", "1800")]).await;
    assert_eq!(take_back(&mut browser, &form).await.status, 200, "the same button works when the way is free");
    assert_eq!(entry_is(&company, &entry).await, "510 1050 60  f");
    let page = browser.get(&format!("/timesheets/{entry}")).await;
    assert_eq!(page.count("form.change-reversal"), 0, "nothing of this is in the bin any more");
}

#[actix_web::test]
async fn somebodys_later_edit_is_named_and_not_overwritten() {
    let company = Company::new().await;
    let mut browser = clerk(&company).await;
    let ayse = add_employee(&mut browser, "Ayşe Işık", "").await;
    let entry = enter(&mut browser, &ayse, ("0830", "1730")).await;
    change(&mut browser, &entry, &[("notes", "benim"), ("break_minutes", "45")]).await;
    let form = way_back(&mut browser, &entry).await;
    let mut admin = Browser::of(&company.state, "admin", ADMIN_PASSWORD).await;
    change(&mut admin, &entry, &[("notes", "merkezin")]).await;
    let refused = take_back(&mut browser, &form).await;
    assert_eq!(refused.status, 422);
    let why = refused.text(".toast-text");
    assert!(why.contains("“Not” daha sonra admin tarafından") && why.contains("üzerine yazılmadı"), "{why}");
    assert_eq!(entry_is(&company, &entry).await, "510 1050 45 merkezin f");
    assert_eq!(company.count("SELECT count(*) FROM app.conflict").await, 0);
    // Without scripts the sentence waits on the page one comes back to.
    assert_eq!(browser.post(&form).await.status, 303);
    assert!(browser.get("/activity").await.text(".toast-text").contains("admin tarafından"));
}

#[actix_web::test]
async fn an_identity_number_comes_back_without_ever_being_in_a_page() {
    let company = Company::new().await;
    let mut browser = clerk(&company).await;
    let ayse = add_employee(&mut browser, "Ayşe Işık", "12345678950").await;
    let edit = browser.get(&format!("/employees/{ayse}/edit")).await.form("form.entry-form").with("identity_no", &["10000000146"]).minted();
    assert_eq!(browser.submit(&edit).await.status, 200);
    let page = browser.get(&format!("/activity?entity_id={ayse}")).await;
    let answer = take_back(&mut browser, &page.form("form.change-reversal").minted()).await;
    assert_eq!(answer.status, 200, "{}", answer.html);
    assert_eq!(look(&company, format!("SELECT identity_no FROM app.employees WHERE id = '{ayse}'")).await, "12345678950");
    for html in [page.html, answer.html] {
        assert!(!html.contains("12345678950") && !html.contains("10000000146"), "a number is in the page");
    }
}

#[actix_web::test]
async fn another_regions_change_does_not_exist_and_nothing_else_can_be_taken_back() {
    let company = Company::new().await;
    company.give_password("izmir1", CLERK_PASSWORD, false).await.unwrap();
    let mut browser = clerk(&company).await;
    let ayse = add_employee(&mut browser, "Ayşe Işık", "").await;
    let entry = enter(&mut browser, &ayse, ("0830", "1730")).await;
    change(&mut browser, &entry, &[("notes", "a")]).await;
    let form = way_back(&mut browser, &entry).await;
    let mut izmir = Browser::of(&company.state, "izmir1", CLERK_PASSWORD).await;
    let theirs = izmir.forge(form.clone()).await;
    assert_eq!(izmir.submit(&theirs).await.status, 404);
    assert_eq!(entry_is(&company, &entry).await, "510 1050 60 a f");
    let created = look(&company, format!("SELECT id::text FROM app.change_log WHERE entity_id = '{ayse}' AND action = 'create'")).await;
    let forged = Form { action: format!("/activity/changes/{created}/reversal"), ..form };
    assert_eq!(browser.submit(&forged).await.status, 400);
    let nowhere = Form { action: "/activity/changes/999999/reversal".into(), ..forged };
    assert_eq!(browser.submit(&nowhere).await.status, 404);
}

#[actix_web::test]
async fn an_admin_takes_a_clerks_change_back_and_the_log_says_who_did_it() {
    let company = Company::new().await;
    let mut browser = clerk(&company).await;
    let ayse = add_employee(&mut browser, "Ayşe Işık", "").await;
    let entry = enter(&mut browser, &ayse, ("0830", "1730")).await;
    change(&mut browser, &entry, &[("notes", "a")]).await;
    let mut admin = Browser::of(&company.state, "admin", ADMIN_PASSWORD).await;
    let page = admin.get(&format!("/timesheets/{entry}")).await;
    let answer = take_back(&mut admin, &page.form("form.change-reversal").minted()).await;
    assert_eq!(answer.status, 200, "{}", answer.html);
    assert!(browser.get(&format!("/activity?entity_id={entry}")).await.texts("li article")[0].contains("· admin · web"));
}
