//! `/employees` and `/api/v1/employees`, through the whole application.

#![cfg(test)]

use serde_json::Value;
use sqlx::AssertSqlSafe;

use crate::{
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company},
    support::browser::{Answer, Browser, Form},
};

const NUMBER: &str = "12345678950";
const OTHER_NUMBER: &str = "10000000146";

async fn clerk(company: &Company, office: &str) -> Browser {
    let name = format!("{office}1");
    company.give_password(&name, CLERK_PASSWORD, false).await.unwrap();
    Browser::of(&company.state, &name, CLERK_PASSWORD).await
}

async fn new_form(browser: &mut Browser, name: &str) -> Form {
    browser.get("/employees/new").await.form("form.entry-form").with("full_name", &[name]).minted()
}

/// Adds somebody; answers the id.
async fn add(browser: &mut Browser, name: &str, number: &str) -> String {
    let form = new_form(browser, name).await.with("identity_no", &[number]);
    let answer = browser.submit(&form).await;
    assert_eq!((answer.status, answer.op_ack.as_str()), (200, form.value("_op")), "{}", answer.html);
    form.value("_id").to_owned()
}

async fn edit_form(browser: &mut Browser, id: &str) -> Form {
    browser.get(&format!("/employees/{id}/edit")).await.form("form.entry-form").minted()
}

async fn names(browser: &mut Browser, path: &str) -> Vec<String> {
    browser.get(path).await.texts("td.name")
}

async fn stored(company: &Company, column: &str) -> String {
    look(company, &format!("SELECT ({column})::text FROM app.employees")).await
}

async fn look(company: &Company, sql: &str) -> String {
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut company.inspect().await).await.unwrap()
}

fn act(list: &Answer, noun: &str) -> Form {
    list.form(&format!("tr form[action$={noun}]")).minted()
}

#[actix_web::test]
async fn somebody_added_is_found_by_a_folded_name_and_their_number_is_masked() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    add(&mut browser, "Şükrü Işık", NUMBER).await;
    add(&mut browser, "Ayşe Yılmaz", "").await;
    assert_eq!(names(&mut browser, "/employees?q=isik").await, ["Şükrü Işık"]);
    assert_eq!(names(&mut browser, "/employees?q=I%C5%9EIK").await, ["Şükrü Işık"]);
    let list = browser.get("/employees").await;
    assert!(list.html.contains("123******50") && !list.html.contains(NUMBER));
    let fragment = browser.load("/employees?q=isik", "section#employee-list").await;
    assert_eq!((fragment.texts("td.name"), fragment.count("h1")), (vec!["Şükrü Işık".to_owned()], 0));
}

#[actix_web::test]
async fn names_sort_as_in_a_turkish_telephone_book() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    for name in ["Zeki", "Şahin", "Sarı", "İnce", "Işık", "Çetin", "Can"] {
        add(&mut browser, name, "").await;
    }
    let sorted = ["Can", "Çetin", "Işık", "İnce", "Sarı", "Şahin", "Zeki"];
    assert_eq!(names(&mut browser, "/employees").await, sorted);
    let mut reversed = sorted;
    reversed.reverse();
    assert_eq!(names(&mut browser, "/employees?sort=-full_name").await, reversed);
}

#[actix_web::test]
async fn a_mistyped_number_is_said_at_its_field_and_nothing_is_stored() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    let form = new_form(&mut browser, "Şükrü Işık").await.with("identity_no", &["12345678951"]);
    for answer in [browser.submit(&form).await, browser.post(&form).await] {
        assert_eq!((answer.status, answer.op_ack.as_str()), (422, ""));
        assert!(answer.text("#new-identity_no-error").contains("son iki rakamı"), "{}", answer.html);
        assert_eq!(answer.form("form.entry-form").value("full_name"), "Şükrü Işık", "what was typed stays");
    }
    assert_eq!(stored(&company, "count(*)").await, "0");
}

#[actix_web::test]
async fn an_edit_that_leaves_the_number_empty_keeps_it() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    let id = add(&mut browser, "Şükrü Işık", NUMBER).await;
    let page = browser.get(&format!("/employees/{id}/edit")).await;
    assert!(!page.html.contains(NUMBER), "the form does not hold the number");
    assert!(page.text("#edit-identity_no-hint").contains("123******50"));
    let form = edit_form(&mut browser, &id).await.with("title", &["Şoför"]);
    let answer = browser.submit(&form).await;
    assert_eq!((answer.status, answer.op_ack.as_str()), (200, form.value("_op")));
    assert_eq!(answer.texts("td.name"), ["Şükrü Işık"], "the row comes back");
    assert_eq!(stored(&company, "identity_no || ' ' || title || ' ' || version").await, format!("{NUMBER} Şoför 2"));
}

#[actix_web::test]
async fn a_number_is_replaced_and_removed_without_a_conflict_and_a_repeat_changes_nothing() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    let id = add(&mut browser, "Şükrü Işık", NUMBER).await;
    let replace = edit_form(&mut browser, &id).await.with("identity_no", &[OTHER_NUMBER]);
    for _ in 0..2 {
        let answer = browser.submit(&replace).await;
        assert_eq!((answer.status, answer.op_ack.as_str()), (200, replace.value("_op")), "{}", answer.html);
        assert_eq!(stored(&company, "identity_no || ' ' || version").await, format!("{OTHER_NUMBER} 2"));
    }
    let remove = edit_form(&mut browser, &id).await.with("identity_no_removed", &["true"]);
    assert_eq!(browser.submit(&remove).await.status, 200);
    assert_eq!(stored(&company, "coalesce(identity_no, 'none') || ' ' || version").await, "none 3");
    assert_eq!(look(&company, "SELECT count(*)::text FROM app.conflict").await, "0");
}

#[actix_web::test]
async fn two_people_who_replace_the_same_number_leave_a_conflict() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    let id = add(&mut browser, "Şükrü Işık", NUMBER).await;
    let first = edit_form(&mut browser, &id).await.with("identity_no", &[OTHER_NUMBER]);
    let second = edit_form(&mut browser, &id).await.with("identity_no", &["99123456789"]);
    assert_eq!(browser.submit(&first).await.status, 200);
    assert_eq!(browser.submit(&second).await.status, 200);
    assert_eq!(look(&company, "SELECT kind || ' ' || field FROM app.conflict").await, "field identity_no");
}

#[actix_web::test]
async fn passive_people_leave_the_list_and_come_back() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    add(&mut browser, "Şükrü Işık", "").await;
    let list = browser.get("/employees").await;
    let answer = browser.submit(&act(&list, "passivation")).await;
    assert_eq!(answer.status, 200, "{}", answer.html);
    assert!(names(&mut browser, "/employees").await.is_empty());
    assert_eq!(names(&mut browser, "/employees?state=passive").await, ["Şükrü Işık"]);
    assert_eq!(names(&mut browser, "/employees?state=present").await, ["Şükrü Işık"]);
    let undone = browser.submit(&answer.form("form[data-undo]").minted()).await;
    assert_eq!(undone.status, 200);
    assert_eq!(names(&mut browser, "/employees").await, ["Şükrü Işık"]);
}

#[actix_web::test]
async fn a_deletion_can_be_taken_back_and_people_with_entries_are_not_deleted() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    let id = add(&mut browser, "Şükrü Işık", NUMBER).await;
    let list = browser.get("/employees").await;
    let answer = browser.submit(&act(&list, "deletion")).await;
    assert_eq!(names(&mut browser, "/employees?state=deleted").await, ["Şükrü Işık"]);
    assert_eq!(browser.get(&format!("/employees/{id}/edit")).await.status, 404, "what is in the bin is not edited");
    browser.submit(&answer.form("form[data-undo]").minted()).await;
    assert_eq!(names(&mut browser, "/employees").await, ["Şükrü Işık"]);

    let entry = browser.get("/timesheets").await.form("form[action='/timesheets'][method=post]").minted().with("employee_id", &[&id]);
    assert_eq!(browser.submit(&entry).await.status, 200);
    let refused = act(&browser.get("/employees").await, "deletion");
    let answer = browser.submit(&refused).await;
    assert_eq!((answer.status, answer.op_ack.as_str()), (422, ""), "nothing was stored, so nothing is acknowledged");
    assert!(answer.html.contains("puantaj kaydı var"), "{}", answer.html);
    let plain = browser.post(&refused).await;
    assert_eq!((plain.status, plain.location.as_str(), plain.op_ack.as_str()), (303, "/employees", ""));
    assert!(browser.get("/employees").await.text(".toast-text").contains("puantaj kaydı var"));
    assert_eq!(names(&mut browser, "/employees").await, ["Şükrü Işık"]);
}

#[actix_web::test]
async fn a_number_in_use_is_said_at_its_field() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    add(&mut browser, "Şükrü Işık", NUMBER).await;
    let form = new_form(&mut browser, "Başka Biri").await.with("identity_no", &[NUMBER]);
    let answer = browser.submit(&form).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text("#new-identity_no-error").contains("başka bir çalışana kayıtlı"));
    assert_eq!(stored(&company, "count(*)").await, "1");
}

#[actix_web::test]
async fn people_of_another_region_are_not_there() {
    let company = Company::new().await;
    let mut ankara = clerk(&company, "ankara").await;
    let id = add(&mut ankara, "Şükrü Işık", NUMBER).await;
    let form = edit_form(&mut ankara, &id).await.with("title", &["Müdür"]);
    let mut izmir = clerk(&company, "izmir").await;
    let token = izmir.get("/employees/new").await.form("form.entry-form").value("_csrf").to_owned();
    assert!(names(&mut izmir, "/employees?state=present").await.is_empty(), "disclosed in a list");
    for path in [format!("/employees/{id}/edit"), format!("/employees/{id}/row"), "/employees?region=ankara".into()] {
        assert_eq!(izmir.get(&path).await.status, 404, "{path} disclosed");
    }
    for noun in ["", "/passivation", "/activation", "/deletion", "/restoration"] {
        let foreign =
            Form { action: format!("/employees/{id}{noun}"), ..form.clone().with("_csrf", &[&token]).with("region", &["ankara"]) };
        assert_eq!(izmir.submit(&foreign).await.status, 404, "{noun}");
    }
    assert_eq!(izmir.get("/api/v1/employees?region=ankara").await.status, 404);
    assert_eq!(izmir.get("/api/v1/employees").await.html, r#"{"items":[],"next":null}"#);
    assert_eq!(stored(&company, "version").await, "1", "nobody touched the row");
    // The same number again: no hint that another office has it.
    add(&mut izmir, "Şükrü Işık", NUMBER).await;
}

#[actix_web::test]
async fn an_admin_sees_all_regions_and_says_which_one_somebody_new_is_for() {
    let company = Company::new().await;
    let mut ankara = clerk(&company, "ankara").await;
    add(&mut ankara, "Şükrü Işık", "").await;
    assert_eq!(ankara.get("/employees").await.count("[data-label=Bölge]"), 0);
    let mut admin = Browser::of(&company.state, "admin", ADMIN_PASSWORD).await;
    assert_eq!(admin.get("/employees").await.texts("[data-label=Bölge]"), ["Ankara"]);
    let form = new_form(&mut admin, "Ayşe Yılmaz").await;
    let answer = admin.submit(&form).await;
    assert_eq!((answer.status, answer.text("#new-region-error").as_str()), (422, "Bölge seçin."));
    assert_eq!(admin.submit(&form.with("region", &["izmir"])).await.status, 200);
    assert_eq!(names(&mut admin, "/employees?region=izmir").await, ["Ayşe Yılmaz"]);
}

#[actix_web::test]
async fn the_api_pages_through_people_with_masked_numbers() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    for (name, number) in [("Şükrü Işık", NUMBER), ("Ayşe Yılmaz", ""), ("Işıl Can", "")] {
        add(&mut browser, name, number).await;
    }
    let mut address = Some("/api/v1/employees?limit=2".to_owned());
    let mut people = Vec::new();
    while let Some(path) = address {
        let answer: Value = serde_json::from_str(&browser.get(&path).await.html).unwrap();
        people.extend(answer["items"].as_array().unwrap().clone());
        address = answer["next"].as_str().map(str::to_owned);
    }
    let names: Vec<&str> = people.iter().map(|p| p["full_name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Şükrü Işık", "Ayşe Yılmaz", "Işıl Can"]);
    assert_eq!((&people[0]["identity_no_masked"], &people[0]["region"]), (&"123******50".into(), &"ankara".into()));
    let found: Value = serde_json::from_str(&browser.get("/api/v1/employees?q=isi").await.html).unwrap();
    assert_eq!(found["items"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn without_scripts_a_form_goes_back_to_the_list_with_a_message() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    let form = new_form(&mut browser, "Şükrü Işık").await;
    let answer = browser.post(&form).await;
    assert_eq!((answer.status, answer.location.as_str()), (303, "/employees"));
    let list = browser.get("/employees").await;
    assert!(list.text(".toast-text").contains("Şükrü Işık"), "{}", list.text(".toast-text"));
}
