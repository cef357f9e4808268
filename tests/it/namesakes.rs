//! Two people with the same name can be distinguished on every page that shows them, and in its messages.

#![cfg(test)]

use rainstaff::{ops::Origin, sync::deliver};
use serde_json::json;

use crate::{
    month::Offices,
    support::{
        browser::{Answer, Browser, Form},
        builders::{clerk, employee_id, op, queue_id, template_id, timesheet_id},
    },
};

#[actix_web::test]
async fn two_people_of_one_name_are_told_apart_wherever_they_are_chosen_listed_or_spoken_of() {
    let offices = Offices::new().await;
    let of = |n: u32, name: &str, department: &str| {
        let values = json!({ "full_name": name, "department": department, "title": "Teknisyen", "hire_date": "2026-02-16" });
        op(&clerk("ankara"), "ankara").create("employee", employee_id(n), values)
    };
    let entry = |n: u32, person: u32, day: &str| {
        let values = json!({ "employee_id": employee_id(person), "work_date": day, "start_time": "08:30", "end_time": "23:30", "break_minutes": 60 });
        op(&clerk("ankara"), "ankara").create("timesheet", timesheet_id(n), values)
    };
    let template = json!({ "name": "Gündüz", "start_time": "08:30", "end_time": "17:30", "break_minutes": 60, "weekdays": "12345" });
    let ops = vec![
        op(&clerk("ankara"), "ankara").create("shift_template", template_id(1), template),
        of(1, "Ayşe Yılmaz", "Saha"),
        of(2, "Ayşe Yılmaz", "Depo"),
        of(3, "Işıl Işık", "Saha"),
        entry(1, 1, "2026-02-17"),
        entry(2, 2, "2026-02-17"),
    ];
    offices.store("ankara", ops).await;
    let mut clerk = offices.clerk("ankara").await;
    let (saha, depo) = ("Ayşe Yılmaz (Saha)", "Ayşe Yılmaz (Depo)");

    for (page, selector) in [
        ("/timesheets", "#new-employee_id option"),
        ("/timesheets", "#filter-employee_id option"),
        ("/timesheets", "#timesheet-list td.name"),
        ("/reports/summary", "#filter-employee_id option"),
        ("/timesheets/month", "tr[data-employee] th"),
        ("/today", "tr[data-row] th.name"),
        ("/dashboard/blanks", "#blank-list tbody td a"),
        ("/dashboard?day=2026-02-17", "#dash-day tbody td"),
        ("/dashboard", "#dash-leaders a"),
        ("/dashboard", "#dash-recent a"),
        ("/reports/summary", "#summary-list tbody td a"),
        ("/activity?entity=timesheet", "#activity-list a"),
    ] {
        let texts = clerk.get(page).await.texts(selector);
        for label in [saha, depo] {
            assert!(texts.iter().any(|text| text.contains(label)), "{page} {selector}: {label} in {texts:?}");
        }
        assert!(!texts.iter().any(|text| text.contains("Işıl Işık (")), "{page}: whoever has a name alone keeps it");
    }
    let title = clerk.get(&format!("/timesheets/{}", timesheet_id(2))).await.text("h1");
    assert!(title.starts_with(depo), "{title}");
    let editor = clerk.load(&format!("/employees/{}/days/2026-02-16", employee_id(1)), "div#day-editor").await;
    assert!(editor.text("h2").starts_with(saha), "{}", editor.text("h2"));

    let form = clerk.get("/timesheets").await.form("#entry form").with("employee_id", &[&employee_id(1).to_string()]);
    let saved = clerk.submit(&form.with("work_date", &["2026-02-16"]).minted()).await;
    assert!(saved.text(".toast-text").starts_with(saha), "{}", saved.text(".toast-text"));
    let today = clerk.get("/today?date=2026-02-16").await;
    let row = today.form(&format!("#form-{}", employee_id(2))).with("start_time", &["08:30"]).with("end_time", &["17:30"]).minted();
    let saved = clerk.submit(&row).await;
    assert!(saved.text(".toast-text").starts_with(depo), "{}", saved.text(".toast-text"));
}

#[actix_web::test]
async fn every_message_about_a_person_says_which_of_two() {
    let offices = Offices::new().await;
    let saha =
        op(&clerk("ankara"), "ankara").create("employee", employee_id(1), json!({ "full_name": "Ayşe Yılmaz", "department": "Saha" }));
    offices.store("ankara", vec![saha]).await;
    let mut browser = offices.clerk("ankara").await;
    let new = browser.get("/employees/new").await.form("form.entry-form").with("full_name", &["Ayşe Yılmaz"]);
    let depo = "Ayşe Yılmaz (Depo)";
    let (text, _) = said(&mut browser, new.with("department", &["Depo"])).await;
    assert!(text.starts_with(depo), "{text}");

    let list = browser.get("/employees").await;
    let other = list.attribute(&format!("#employee-list tr[data-id]:not([data-id='{}'])", employee_id(1)), "data-id");
    for noun in ["passivation", "deletion"] {
        let form = browser.get("/employees?state=present").await.form(&format!("form[action='/employees/{other}/{noun}']"));
        let (text, answer) = said(&mut browser, form).await;
        assert!(text.starts_with(depo), "{noun}: {text}");
        let (text, _) = said(&mut browser, answer.form("form[data-undo]")).await;
        assert!(text.starts_with(depo), "{noun} taken back: {text}");
    }
    let form = browser.get(&format!("/employees/{other}/edit")).await.form("form.entry-form").with("title", &["Usta"]);
    let (text, _) = said(&mut browser, form).await;
    assert!(text.starts_with(depo), "{text}");
}

/// The message after a form.
async fn said(browser: &mut Browser, form: Form) -> (String, Answer) {
    let answer = browser.submit(&form.minted()).await;
    assert_eq!(answer.status, 200, "{}", answer.html);
    (answer.text(".toast-text"), answer)
}

#[actix_web::test]
async fn whoever_began_on_another_day_is_told_apart_by_it_in_every_sum() {
    let offices = Offices::new().await;
    for (n, day) in [(1, "2024-03-01"), (2, "2025-09-15")] {
        let values = json!({ "full_name": "Ayşe Yılmaz", "department": "Saha", "title": "Usta", "hire_date": day });
        let entry = json!({ "employee_id": employee_id(n), "work_date": "2026-02-17", "start_time": "08:30", "end_time": "23:30", "break_minutes": 60 });
        let draft = || op(&clerk("ankara"), "ankara");
        offices
            .store("ankara", vec![draft().create("employee", employee_id(n), values), draft().create("timesheet", timesheet_id(n), entry)])
            .await;
    }
    let mut browser = offices.clerk("ankara").await;
    for (page, selector) in
        [("/dashboard", "#dash-leaders a"), ("/dashboard", "#dash-recent a"), ("/reports/summary", "#summary-list tbody td:first-child a")]
    {
        let texts = browser.get(page).await.texts(selector);
        for day in ["(01.03.2024)", "(15.09.2025)"] {
            assert!(texts.iter().any(|text| text.contains(day)), "{page} {selector}: {day} in {texts:?}");
        }
    }
}

#[actix_web::test]
async fn namesakes_of_two_regions_stand_under_their_region_where_they_are_chosen() {
    let offices = Offices::new().await;
    for (n, office) in [(1, "ankara"), (2, "izmir")] {
        let draft = op(&clerk(office), office).create("employee", employee_id(n), json!({ "full_name": "Ayşe Yılmaz" }));
        offices.store(office, vec![draft]).await;
    }
    let mut admin = offices.admin().await;
    for page in ["/timesheets", "/reports/summary"] {
        let shown = admin.get(&format!("{page}?employee_id={}", employee_id(2))).await;
        for (n, region) in [(1, "Ankara"), (2, "İzmir")] {
            let option = format!("#filter-employee_id optgroup[label='{region}'] option");
            assert_eq!((shown.count(&option), shown.attribute(&option, "value")), (1, employee_id(n).to_string()), "{page} {region}");
        }
        assert_eq!(shown.attribute("#filter-employee_id option[selected]", "value"), employee_id(2).to_string(), "{page}");
    }
    let mut one = offices.clerk("ankara").await;
    for page in ["/timesheets", "/reports/summary"] {
        let shown = one.get(page).await;
        assert_eq!((shown.count("#filter-employee_id optgroup"), shown.count("#filter-employee_id option")), (0, 2), "{page}");
    }
}

#[actix_web::test]
async fn a_decision_about_what_waits_names_the_person_of_the_entry() {
    let offices = Offices::new().await;
    let ankara = clerk("ankara");
    let draft = || op(&ankara, "ankara");
    let person = |n: u32, department: &str| {
        draft().create("employee", employee_id(n), json!({ "full_name": "Ayşe Yılmaz", "department": department }))
    };
    offices
        .store("ankara", vec![person(1, "Saha"), person(2, "Depo"), draft().new_timesheet(timesheet_id(1), employee_id(1), "2026-02-16")])
        .await;
    let new = json!({ "employee_id": employee_id(2), "work_date": "2026-02-17", "start_time": "08:30", "end_time": "08:30", "break_minutes": 60 });
    let refused = vec![
        draft().queued(queue_id(1), 1).update("timesheet", timesheet_id(1), 1, json!({ "break_minutes": [60, -5] })),
        draft().queued(queue_id(1), 2).create("timesheet", timesheet_id(2), new),
    ];
    deliver(&offices.state, &ankara, Origin::Offline, refused).await.unwrap();
    let mut browser = offices.clerk("ankara").await;
    let mut said = Vec::new();
    for _ in 0..2 {
        let form = browser.get("/queue").await.form("form[action$='/notice']").minted();
        said.push(browser.submit(&form).await.text(".toast-text"));
    }
    said.sort();
    assert!(said[0].contains("Ayşe Yılmaz (Depo), 17.02.2026") && said[1].contains("Ayşe Yılmaz (Saha), 16.02.2026"), "{said:?}");
}
