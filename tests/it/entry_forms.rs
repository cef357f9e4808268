//! The initial values of a new entry's form, from every page that opens it, and how it continues from one blank day of a person to the
//! next. It is the morning of 18 February 2026, a Wednesday.

#![cfg(test)]

use rainstaff::ops::Op;
use serde_json::{Value, json};

use crate::{
    month::Offices,
    support::{
        browser::{Answer, Browser},
        builders::{clerk, employee_id, op, template_id, timesheet_id},
    },
};

const DAY_WORKER: u32 = 1;
const NIGHT_WORKER: u32 = 2;

fn template(n: u32, name: &str, (start, end, rest): (&str, &str, i32), weekdays: &str) -> Op {
    let values = json!({ "name": name, "start_time": start, "end_time": end, "break_minutes": rest, "weekdays": weekdays });
    op(&clerk("ankara"), "ankara").create("shift_template", template_id(n), values)
}

fn person(n: u32, name: &str, more: &Value) -> Op {
    let mut values = json!({ "full_name": name });
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    op(&clerk("ankara"), "ankara").create("employee", employee_id(n), values)
}

fn marked(n: u32, day: &str, free_from: &str) -> Op {
    let values = json!({ "day": day, "name": "Deneme", "kind": "holiday", "free_from": free_from });
    op(&clerk("ankara"), "ankara").create("calendar_day", template_id(90 + n), values)
}

/// Ankara: days from 08:30 to 17:30, one person of the nights; Tuesday the 10th is a holiday, Wednesday the 11th from 13:00.
async fn ankara() -> (Offices, Browser) {
    let offices = Offices::new().await;
    let ops = vec![
        template(1, "Gündüz", ("08:30", "17:30", 60), "12345"),
        template(2, "Gece", ("22:00", "06:00", 30), ""),
        person(DAY_WORKER, "Ayşe Yılmaz", &json!({ "hire_date": "2026-02-01" })),
        person(NIGHT_WORKER, "Ömer Gece", &json!({ "hire_date": "2026-02-01", "shift_template_id": template_id(2) })),
        marked(1, "2026-02-10", ""),
        marked(2, "2026-02-11", "13:00"),
    ];
    offices.store("ankara", ops).await;
    let clerk = offices.clerk("ankara").await;
    (offices, clerk)
}

/// Start, end, break and "özel gün" of the first form that matches.
fn values(page: &Answer, selector: &str) -> String {
    let form = page.form(selector);
    let special = if form.value("is_special") == "true" { " özel" } else { "" };
    format!("{}-{} {}{special}", form.value("start_time"), form.value("end_time"), form.value("break_minutes"))
}

#[actix_web::test]
async fn times_and_marks_of_a_new_entry_are_the_same_on_every_way_in() {
    let (_offices, mut clerk) = ankara().await;
    for (n, day, expected) in [
        (DAY_WORKER, "2026-02-09", "08:30-17:30 60"),
        (DAY_WORKER, "2026-02-10", "08:30-17:30 60 özel"),
        (DAY_WORKER, "2026-02-11", "08:30-13:00 30"),
        (DAY_WORKER, "2026-02-15", "09:00-18:00 60"),
        (NIGHT_WORKER, "2026-02-09", "22:00-06:00 30"),
        (NIGHT_WORKER, "2026-02-10", "22:00-06:00 30 özel"),
        (NIGHT_WORKER, "2026-02-11", "22:00-06:00 30 özel"),
        (NIGHT_WORKER, "2026-02-15", "22:00-06:00 30"),
    ] {
        let id = employee_id(n);
        let today = clerk.get(&format!("/today?date={day}")).await;
        assert_eq!(values(&today, &format!("#form-{id}")), expected, "Bugün, {n}, {day}");
        let month = clerk.load(&format!("/employees/{id}/days/{day}"), "div#day-editor").await;
        assert_eq!(values(&month, "form.entry-form"), expected, "Ay, {n}, {day}");
        let form = clerk.get(&format!("/timesheets/new?employee_id={id}&work_date={day}")).await;
        assert_eq!(values(&form, "#entry form"), expected, "Puantaj, {n}, {day}");
    }
}

#[actix_web::test]
async fn the_form_of_puantaj_starts_with_what_the_calendar_says_of_today_and_tells_its_script_the_plan() {
    let (offices, mut clerk) = ankara().await;
    assert_eq!(values(&clerk.get("/timesheets").await, "#entry form"), "08:30-17:30 60");
    offices.store("ankara", vec![marked(3, "2026-02-18", "")]).await;
    let page = clerk.get("/timesheets").await;
    assert_eq!(values(&page, "#entry form"), "08:30-17:30 60 özel");
    let plan: Value = serde_json::from_str(&page.attribute("#entry-plan", "data-plan")).unwrap();
    assert_eq!((plan["region"].as_str(), plan["templates"].as_array().map(Vec::len)), (Some("ankara"), Some(2)));
    assert_eq!((&plan["own"]["ankara"]["2026-02-10"], &plan["own"]["ankara"]["2026-02-11"]), (&json!([0, true]), &json!([780, true])));
    let night = template_id(2).to_string();
    assert_eq!(page.attribute(&format!("#entry option[value='{}']", employee_id(NIGHT_WORKER)), "data-template"), night);
}

#[actix_web::test]
async fn the_next_form_has_the_next_days_times_and_mark_and_times_that_were_typed_stay() {
    let (_offices, mut clerk) = ankara().await;
    let night = employee_id(NIGHT_WORKER).to_string();
    let form = clerk.get("/timesheets").await.form("#entry form").with("employee_id", &[&night]).with("work_date", &["2026-02-09"]);
    let as_planned = form.clone().with("start_time", &["22:00"]).with("end_time", &["06:00"]).with("break_minutes", &["30"]).minted();
    let next = clerk.submit(&as_planned).await;
    assert_eq!((values(&next, "#entry form").as_str(), next.form("#entry form").value("work_date")), ("22:00-06:00 30 özel", "2026-02-10"));
    let typed = form.with("work_date", &["2026-02-12"]).with("start_time", &["20:00"]).with("end_time", &["04:00"]).minted();
    assert_eq!(values(&clerk.submit(&typed).await, "#entry form"), "20:00-04:00 60");
}

#[actix_web::test]
async fn the_form_behind_a_blank_day_goes_from_one_blank_day_of_the_person_to_the_next() {
    let (offices, mut clerk) = ankara().await;
    // Everything of before the 9th is entered, and Thursday the 12th.
    let entered = |n: u32, day: &str| {
        let values = json!({ "employee_id": employee_id(NIGHT_WORKER), "work_date": day, "start_time": "22:00", "end_time": "06:00", "break_minutes": 30 });
        op(&crate::support::builders::clerk("ankara"), "ankara").create("timesheet", timesheet_id(n), values)
    };
    let days = ["02", "03", "04", "05", "06", "12"];
    offices.store("ankara", (1..).zip(days).map(|(n, day)| entered(n, &format!("2026-02-{day}"))).collect()).await;
    let blanks = clerk.get("/dashboard/blanks?from=2026-02-01&to=2026-02-28").await;
    let row = blanks.texts("#blank-list tbody tr").into_iter().find(|row| row.contains("Ömer Gece")).unwrap();
    assert!(row.ends_with("09.02.2026 13.02.2026 16.02.2026 17.02.2026"), "{row}");
    let links = format!("a[data-blank='2026-02-09'][href*='{}']", employee_id(NIGHT_WORKER));
    let address = blanks.attribute(&links, "href");

    // With the script: the form comes back for the next one. Without it: its page.
    for is_scripted in [true, false] {
        let mut seen = Vec::new();
        let mut page = clerk.get(&address).await;
        loop {
            let form = page.form("#entry form").minted();
            seen.push(format!("{} {}", form.value("work_date"), values(&page, "#entry form")));
            if form.value("walk").is_empty() {
                break;
            }
            page = if is_scripted {
                clerk.submit(&form).await
            } else {
                let to = clerk.post(&form).await.location;
                clerk.get(&to).await
            };
        }
        assert!(page.html.contains("Bu kişinin boş günü kalmadı."), "{}", page.html);
        // One more Enter enters nothing: nobody planned the day after.
        let last = page.form("#entry form").minted();
        assert_eq!(last.value("employee_id"), "", "scripted: {is_scripted}");
        let refused = clerk.submit(&last).await;
        assert!(refused.html.contains("Çalışan seçin"), "{}", refused.html);
        seen.truncate(4);
        let expected = ["2026-02-09", "2026-02-13", "2026-02-16", "2026-02-17"].map(|day| format!("{day} 22:00-06:00 30"));
        assert_eq!(seen, expected, "scripted: {is_scripted}");
        let after = clerk.get("/dashboard/blanks?from=2026-02-01&to=2026-02-28").await;
        assert!(!after.text("#blank-list").contains("Ömer Gece"));
        // Once more from the start.
        sqlx::Executor::execute(
            &mut offices.inspect().await,
            "DELETE FROM app.timesheets WHERE work_date IN ('2026-02-09', '2026-02-13', '2026-02-16', '2026-02-17')",
        )
        .await
        .unwrap();
    }
}

#[actix_web::test]
async fn the_days_of_the_walk_are_counted_and_a_refusal_stays_on_its_day() {
    let (_offices, mut clerk) = ankara().await;
    let page = clerk.get(&format!("/timesheets/new?employee_id={}&work_date=2026-02-09", employee_id(DAY_WORKER))).await;
    assert!(page.text("[data-walk]").contains("bundan sonra 5 boş gün kalıyor"), "{}", page.text("[data-walk]"));
    let refused = clerk.submit(&page.form("#entry form").with("start_time", &["25:00"]).minted()).await;
    let form = refused.form("#entry form");
    assert_eq!((refused.status, form.value("work_date"), form.value("walk")), (422, "2026-02-09", "blanks"));
    assert!(refused.html.contains("data-typed"), "what was typed is not overwritten");
    let next = clerk.submit(&form.with("start_time", &["0830"]).minted()).await;
    assert_eq!(next.form("#entry form").value("work_date"), "2026-02-11", "the 10th is free");
    assert!(next.text("[data-walk]").contains("bundan sonra 4 boş gün kalıyor"), "{}", next.text("[data-walk]"));
}
