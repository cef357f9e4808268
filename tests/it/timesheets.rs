//! `/timesheets` and `/api/v1/timesheets`, through the whole application.

#![cfg(test)]

use serde_json::{Value, json};

use crate::{
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company},
    support::browser::{Answer, Browser, Form},
};

async fn clerk(company: &Company, office: &str) -> Browser {
    let name = format!("{office}1");
    if name != "ankara1" {
        // ankara1 has one from the start; a new one would end the sessions there are.
        company.give_password(&name, CLERK_PASSWORD, false).await.unwrap();
    }
    Browser::of(&company.state, &name, CLERK_PASSWORD).await
}

async fn add_employee(browser: &mut Browser, name: &str) -> String {
    let form = browser.get("/employees/new").await.form("form.entry-form").with("full_name", &[name]).minted();
    assert_eq!(browser.submit(&form).await.status, 200);
    form.value("_id").to_owned()
}

/// The form for a new entry, filled in; the ids are made.
async fn new_entry(browser: &mut Browser, employee: &str, date: &str, times: (&str, &str), notes: &str) -> Form {
    let list = browser.get("/timesheets").await;
    list.form("#entry form")
        .with("employee_id", &[employee])
        .with("work_date", &[date])
        .with("start_time", &[times.0])
        .with("end_time", &[times.1])
        .with("break_minutes", &["60"])
        .with("notes", &[notes])
        .with("confirmed", &["ahead"]) // the company's clock stands at 5 January 2026
        .minted()
}

async fn enter(browser: &mut Browser, employee: &str, date: &str, times: (&str, &str)) -> String {
    let form = new_entry(browser, employee, date, times, "").await;
    let answer = browser.submit(&form).await;
    assert_eq!((answer.status, answer.op_ack.as_str()), (200, form.value("_op")), "{}", answer.html);
    form.value("_id").to_owned()
}

async fn edit_form(browser: &mut Browser, id: &str) -> Form {
    browser.get(&format!("/timesheets/{id}/edit")).await.form("form.entry-form").minted()
}

async fn items(browser: &mut Browser) -> Vec<Value> {
    let answer = browser.get("/api/v1/timesheets").await;
    assert_eq!(answer.status, 200);
    serde_json::from_str::<Value>(&answer.html).unwrap()["items"].as_array().unwrap().clone()
}

fn row_texts(answer: &Answer) -> Vec<String> {
    answer.texts("tr td")
}

#[actix_web::test]
async fn saving_an_entry_is_two_transactions_the_sessions_and_its_own() {
    let company = Company::new().await;
    let mut clerk = clerk(&company, "ankara").await;
    let ayse = add_employee(&mut clerk, "Ayşe Yılmaz").await;
    let form = new_entry(&mut clerk, &ayse, "2026-01-05", ("08:30", "17:30"), "").await.with("confirmed", &[""]);
    let before = company.state.db.transactions();
    let answer = clerk.submit(&form).await;
    assert_eq!(company.state.db.transactions() - before, 2);
    assert_eq!((answer.status, answer.attribute("input[name=work_date]", "value").as_str()), (200, "2026-01-06"), "{}", answer.html);
    assert_eq!(answer.texts("select[name=employee_id] option[selected]"), ["Ayşe Yılmaz"]);
}

#[actix_web::test]
async fn a_form_whose_row_is_there_already_meets_it() {
    let company = Company::new().await;
    let mut clerk = clerk(&company, "ankara").await;
    let ayse = add_employee(&mut clerk, "Ayşe Yılmaz").await;
    let first = new_entry(&mut clerk, &ayse, "2026-01-05", ("08:30", "17:30"), "bir").await.with("confirmed", &[""]);
    assert_eq!(clerk.submit(&first).await.status, 200);
    let again = new_entry(&mut clerk, &ayse, "2026-01-05", ("08:30", "18:30"), "iki").await.with("confirmed", &[""]);
    let answer = clerk.submit(&again.with("_id", &[first.value("_id")])).await;
    assert_eq!(answer.status, 200, "{}", answer.html);
    let there = items(&mut clerk).await;
    assert_eq!((there.len(), &there[0]["version"]), (1, &json!(2)));
    let kept: i64 = company.count("SELECT count(*) FROM app.conflict WHERE entity = 'timesheet'").await;
    assert_eq!(kept, 2, "the end and the note of the one that lost");
}

#[actix_web::test]
async fn an_entry_typed_without_colons_shows_its_hours_and_counts_in_the_totals() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    let ayse = add_employee(&mut browser, "Ayşe Yılmaz").await;
    enter(&mut browser, &ayse, "2026-01-05", ("830", "1915")).await; // Monday: 10:45 gross, 9:45 worked, 1:45 over the plan of 9
    enter(&mut browser, &ayse, "2026-01-07", ("22:00", "0600")).await; // Wednesday: 8:00 gross, 7:00 worked, 8:00 at night
    let list = browser.get("/timesheets?from=2026-01-01&to=2026-01-31").await;
    let rows = list.texts("tbody tr");
    assert_eq!(rows.len(), 2);
    assert!(rows[0].starts_with("07.01.2026 Çar Ayşe Yılmaz 22:00 06:00 +1 60 7,00 9,00 0,00 8,00 6,00 Hayır"), "{rows:?}");
    assert!(rows[1].starts_with("05.01.2026 Pzt Ayşe Yılmaz 08:30 19:15 60 9,75 9,00 1,75 0,00 0,00 Hayır"), "{rows:?}");
    assert!(list.text("tfoot tr").starts_with("Toplam: 2 kayıt 16,75 18,00 1,75 8,00 6,00"), "{}", list.text("tfoot tr"));
    let other_month = browser.get("/timesheets?from=2026-02-01&to=2026-02-28").await;
    assert_eq!(other_month.count("tbody tr"), 0);
}

#[actix_web::test]
async fn the_api_gives_minutes_under_the_names_others_rely_on() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    let ayse = add_employee(&mut browser, "Ayşe Yılmaz").await;
    let id = enter(&mut browser, &ayse, "05.01.2026", ("830", "1915")).await;
    let mut items = items(&mut browser).await;
    let hours = json!({
        "worked_minutes": 585, "scheduled_minutes": 540, "overtime_minutes": 105, "night_minutes": 0, "overnight_minutes": 0,
        "special_normal_minutes": 0, "special_overtime_minutes": 0, "special_night_minutes": 0,
    });
    let wanted = json!({
        "id": id, "region": "ankara", "employee_id": ayse, "employee_name": "Ayşe Yılmaz", "work_date": "2026-01-05",
        "start_time": "08:30", "end_time": "19:15", "break_minutes": 60, "is_special": false, "notes": "", "version": 1, "hours": hours,
    });
    assert_eq!(items.remove(0), wanted);
    assert!(items.is_empty());
}

#[actix_web::test]
async fn a_form_posted_twice_makes_one_entry_and_gives_the_same_answer() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    let ayse = add_employee(&mut browser, "Ayşe Yılmaz").await;
    let form = new_entry(&mut browser, &ayse, "2026-01-05", ("0830", "1730"), "bir kez").await;
    for _ in 0..2 {
        let answer = browser.submit(&form).await;
        assert_eq!((answer.status, answer.op_ack.as_str()), (200, form.value("_op")));
    }
    let plain = browser.post(&form).await;
    assert_eq!((plain.status, plain.op_ack.as_str()), (303, form.value("_op")), "and without scripts");
    assert_eq!(items(&mut browser).await.len(), 1);
}

#[actix_web::test]
async fn a_saved_form_sent_again_with_other_values_is_asked_about_and_loses_nothing() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    let ayse = add_employee(&mut browser, "Ayşe Yılmaz").await;
    let form = new_entry(&mut browser, &ayse, "2026-01-05", ("0830", "1730"), "").await;
    browser.post(&form).await;
    let again = browser.post(&form.clone().with("work_date", &["2026-01-06"])).await;
    assert_eq!((again.status, again.op_ack.as_str()), (422, ""));
    assert!(!again.text("#entry .alert").is_empty(), "it says what happened");
    let kept = again.form("#entry form");
    assert_eq!(kept.value("work_date"), "2026-01-06", "what was typed is still there");
    assert_eq!(browser.post(&kept.with("employee_id", &[&ayse]).minted()).await.status, 303);
    assert_eq!(items(&mut browser).await.len(), 2);
}

#[actix_web::test]
async fn what_is_wrong_is_said_at_its_field_and_the_rest_of_the_form_stays() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    let ayse = add_employee(&mut browser, "Ayşe Yılmaz").await;
    enter(&mut browser, &ayse, "2026-01-05", ("0830", "1730")).await;
    let good = new_entry(&mut browser, &ayse, "2026-01-06", ("0830", "1730"), "kalsın").await;
    let wrong: [(&str, &str, &str); 7] = [
        ("employee_id", "", "new-employee_id"),
        ("work_date", "31.02.2026", "new-work_date"),
        ("start_time", "25:00", "new-start_time"),
        ("end_time", "", "new-end_time"),
        ("end_time", "08:30", "new-end_time"),
        ("break_minutes", "481", "new-break_minutes"),
        ("work_date", "2026-01-05", "new-start_time"), // overlaps with the entry of that day
    ];
    for (field, value, place) in wrong {
        let answer = browser.submit(&good.clone().with(field, &[value])).await;
        assert_eq!((answer.status, answer.op_ack.as_str()), (422, ""), "{field}={value:?}");
        let sentence = answer.text(&format!("#{place}-error"));
        assert!(sentence.len() > 10 && !sentence.contains("error-"), "{field}={value:?} says {sentence:?}");
        let kept = answer.form("form.entry-form");
        assert_eq!(kept.value("notes"), "kalsın", "{field}={value:?}");
        if field != "employee_id" {
            assert_eq!(kept.value(field), value, "what was typed is not taken away");
        }
    }
    assert_eq!(items(&mut browser).await.len(), 1, "nothing wrong was saved");
    assert_eq!(browser.submit(&good).await.status, 200, "the same form, put right, is saved");
}

#[actix_web::test]
async fn two_people_who_change_different_fields_both_have_their_way() {
    let company = Company::new().await;
    let (mut one, mut two) = (clerk(&company, "ankara").await, clerk(&company, "ankara").await);
    let ayse = add_employee(&mut one, "Ayşe Yılmaz").await;
    let id = enter(&mut one, &ayse, "2026-01-05", ("0830", "1730")).await;
    let (mine, theirs) = (edit_form(&mut one, &id).await, edit_form(&mut two, &id).await);
    assert_eq!(one.submit(&mine.with("notes", &["gece vardiyası"])).await.status, 200);
    let answer = two.submit(&theirs.with("end_time", &["1830"])).await;
    assert_eq!(answer.status, 200);
    assert!(row_texts(&answer).contains(&"gece vardiyası".to_owned()), "the row shows what the other wrote");
    let item = items(&mut one).await.remove(0);
    assert_eq!(
        (item["notes"].as_str(), item["end_time"].as_str(), item["version"].as_i64()),
        (Some("gece vardiyası"), Some("18:30"), Some(3))
    );
    assert_eq!(company.count("SELECT count(*) FROM app.conflict").await, 0);
}

#[actix_web::test]
async fn of_two_values_for_one_field_the_later_stands_and_the_other_is_kept_and_said() {
    let company = Company::new().await;
    let (mut one, mut two) = (clerk(&company, "ankara").await, clerk(&company, "ankara").await);
    let ayse = add_employee(&mut one, "Ayşe Yılmaz").await;
    let id = enter(&mut one, &ayse, "2026-01-05", ("0830", "1730")).await;
    let (mine, theirs) = (edit_form(&mut one, &id).await, edit_form(&mut two, &id).await);
    assert_eq!(one.submit(&mine.with("notes", &["ilk"])).await.status, 200);
    let answer = two.submit(&theirs.with("notes", &["ikinci"])).await;
    assert_eq!(answer.status, 200);
    assert!(answer.html.contains("çakışma"), "the author is told");
    assert_eq!(items(&mut one).await[0]["notes"], "ikinci");
    let kept = "SELECT count(*) FROM app.conflict WHERE field = 'notes' AND win = '\"ikinci\"' AND lose = '\"ilk\"' AND base = '\"\"'";
    assert_eq!(company.count(kept).await, 1);
}

#[actix_web::test]
async fn a_deleted_entry_leaves_the_totals_and_comes_back() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    let ayse = add_employee(&mut browser, "Ayşe Yılmaz").await;
    let id = enter(&mut browser, &ayse, "2026-01-05", ("0830", "1730")).await;
    let list = browser.get("/timesheets?from=2026-01-01&to=2026-01-31").await;
    let answer = browser.submit(&list.form("tbody tr form").minted()).await;
    assert_eq!(answer.status, 200);
    assert!(items(&mut browser).await.is_empty());
    let page = browser.get(&format!("/timesheets/{id}")).await;
    assert!(page.text(".alert-warning").contains("silindi"), "its own page says so");
    assert_eq!(browser.get(&format!("/timesheets/{id}/edit")).await.status, 404, "what is deleted is not edited");
    let undo = answer.form("form[action$=restoration]").minted();
    assert_eq!(browser.submit(&undo).await.status, 200);
    let items = items(&mut browser).await;
    assert_eq!((items.len(), items[0]["version"].as_i64()), (1, Some(3)));
}

#[actix_web::test]
async fn deleting_what_somebody_has_just_changed_keeps_it() {
    let company = Company::new().await;
    let (mut one, mut two) = (clerk(&company, "ankara").await, clerk(&company, "ankara").await);
    let ayse = add_employee(&mut one, "Ayşe Yılmaz").await;
    let id = enter(&mut one, &ayse, "2026-01-05", ("0830", "1730")).await;
    let list = one.get("/timesheets?from=2026-01-01&to=2026-01-31").await;
    let change = edit_form(&mut two, &id).await.with("notes", &["kalsın"]);
    assert_eq!(two.submit(&change).await.status, 200);
    let answer = one.submit(&list.form("tbody tr form").minted()).await;
    assert!(answer.html.contains("silinmedi"), "{}", answer.html);
    assert_eq!(items(&mut one).await[0]["notes"], "kalsın");
}

#[actix_web::test]
async fn another_regions_entry_does_not_exist() {
    let company = Company::new().await;
    let (mut ankara, mut istanbul) = (clerk(&company, "ankara").await, clerk(&company, "istanbul").await);
    let ayse = add_employee(&mut ankara, "Ayşe Yılmaz").await;
    let ali = add_employee(&mut istanbul, "Ali Koç").await;
    let id = enter(&mut ankara, &ayse, "2026-01-05", ("0830", "1730")).await;
    let missing = istanbul.get("/timesheets/019ab3c2-0000-7000-8000-000000000000").await;
    for path in ["", "/edit", "/row"] {
        let answer = istanbul.get(&format!("/timesheets/{id}{path}")).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.html.contains("Ayşe") && answer.html.len().abs_diff(missing.html.len()) < 200, "{path} discloses");
    }
    for noun in ["", "/deletion", "/restoration"] {
        let mut form = edit_form_of_nothing(&mut istanbul).await;
        form.action = format!("/timesheets/{id}{noun}");
        assert_eq!(istanbul.submit(&form).await.status, 404, "{noun}");
    }
    // Pointing at the other region's employee is as good as at nobody; naming the region changes nothing.
    for region in ["", "ankara"] {
        let form = new_entry(&mut istanbul, &ali, "2026-01-05", ("0830", "1730"), "").await;
        let answer = istanbul.submit(&form.with("employee_id", &[&ayse]).with("region", &[region])).await;
        assert_eq!(answer.status, 422, "{region}");
    }
    let list = istanbul.get("/timesheets?from=2026-01-01&to=2026-01-31").await;
    assert!(!list.html.contains("Ayşe") && list.count("tbody tr") == 0);
    assert_eq!(istanbul.get("/timesheets?region=ankara").await.status, 404);
    assert_eq!(istanbul.get("/api/v1/timesheets?region=ankara").await.status, 404);
    assert!(items(&mut istanbul).await.is_empty());
    assert_eq!(items(&mut ankara).await.len(), 1, "and nothing happened to it");
}

async fn edit_form_of_nothing(browser: &mut Browser) -> Form {
    let token = browser.get("/password").await.form("form[action='/password']").value("_csrf").to_owned();
    Form { action: String::new(), fields: vec![("_csrf".into(), token), ("_base".into(), "1".into()), ("_orig".into(), "{}".into())] }
        .minted()
}

#[actix_web::test]
async fn an_admin_enters_for_any_region_by_choosing_the_person() {
    let company = Company::new().await;
    let mut istanbul = clerk(&company, "istanbul").await;
    let ali = add_employee(&mut istanbul, "Ali Koç").await;
    let mut admin = Browser::of(&company.state, "admin", ADMIN_PASSWORD).await;
    enter(&mut admin, &ali, "2026-01-05", ("0830", "1730")).await;
    assert_eq!(items(&mut istanbul).await[0]["region"], "istanbul");
    let of_ankara = admin.get("/api/v1/timesheets?region=ankara").await;
    assert_eq!(serde_json::from_str::<Value>(&of_ankara.html).unwrap()["items"], json!([]));
    let list = admin.get("/timesheets?from=2026-01-01&to=2026-01-31").await;
    assert!(list.text("tbody tr").contains("İstanbul"), "the region has its column");
}

#[actix_web::test]
async fn the_page_of_an_entry_says_how_its_hours_came_about() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    let ayse = add_employee(&mut browser, "Ayşe Yılmaz").await;
    let id = enter(&mut browser, &ayse, "2026-01-05", ("0830", "1915")).await;
    let steps = browser.get(&format!("/timesheets/{id}")).await.texts("ol.steps-list li").join(" ");
    for part in ["645 dakika", "645 − 60 = 585", "9,75", "645 − 540 = 105", "1,75"] {
        assert!(steps.contains(part), "{part} in {steps}");
    }
}

#[actix_web::test]
async fn filters_find_by_person_and_by_folded_text_and_a_bad_date_is_said() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    let isik = add_employee(&mut browser, "Şükrü Işık").await;
    let ayse = add_employee(&mut browser, "Ayşe Yılmaz").await;
    enter(&mut browser, &isik, "2026-01-05", ("0830", "1730")).await;
    let form = new_entry(&mut browser, &ayse, "2026-01-05", ("0830", "1730"), "Çarşı nöbeti").await;
    assert_eq!(browser.submit(&form).await.status, 200);
    let all = "from=2026-01-01&to=2026-01-31";
    for (query, name) in [("q=isik", "Şükrü Işık"), ("q=carsi", "Ayşe Yılmaz"), (&*format!("employee_id={ayse}"), "Ayşe Yılmaz")] {
        let list = browser.load(&format!("/timesheets?{all}&{query}"), "section#timesheet-list").await;
        assert_eq!(list.texts("tbody td.name"), [name], "{query}");
        assert!(!list.html.contains("<html"), "a part, not a page");
    }
    let wrong = browser.get("/timesheets?from=yarin&to=").await;
    assert_eq!(wrong.status, 422);
    assert!(!wrong.text("#filter-from-error").is_empty());
}

#[actix_web::test]
async fn pages_of_the_api_follow_each_other_without_gap_or_repeat() {
    let company = Company::new().await;
    let mut browser = clerk(&company, "ankara").await;
    let ayse = add_employee(&mut browser, "Ayşe Yılmaz").await;
    for day in 5..=9 {
        enter(&mut browser, &ayse, &format!("2026-01-{day:02}"), ("0830", "1730")).await;
    }
    let (mut path, mut days) = ("/api/v1/timesheets?from=2026-01-05&to=2026-01-08&limit=2".to_owned(), Vec::new());
    loop {
        let page: Value = serde_json::from_str(&browser.get(&path).await.html).unwrap();
        days.extend(page["items"].as_array().unwrap().iter().map(|i| i["work_date"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut path),
            None => break,
        }
    }
    assert_eq!(days, ["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08"]);
}
