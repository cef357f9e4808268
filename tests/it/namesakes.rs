//! Two people of one name are told apart on every page that shows them, and in its messages.

#![cfg(test)]

use serde_json::json;

use crate::{
    month::Offices,
    support::builders::{clerk, employee_id, op, template_id, timesheet_id},
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
