//! Every address from which a page loads a part of itself responds with that part, and never with a whole page.

#![cfg(test)]

use std::collections::BTreeSet;

use scraper::{Html, Selector};
use serde_json::json;

use crate::{
    month::Offices,
    support::{
        browser::Browser,
        builders::{clerk, employee_id, op, template_id, timesheet_id},
    },
};

/// Address and target of everything on a page that htmx loads: by itself, or at a click.
fn loaded(html: &str) -> BTreeSet<(String, String)> {
    let page = Html::parse_document(html);
    let loading = Selector::parse("[hx-get][hx-target]").unwrap();
    page.select(&loading)
        .map(|element| ["hx-get", "hx-target"].map(|name| element.attr(name).unwrap_or_default().to_owned()))
        .map(|[get, target]| (get, target))
        .collect()
}

async fn check(browser: &mut Browser, address: &str, html: &str, seen: &mut BTreeSet<(String, String)>) {
    for (get, target) in loaded(html) {
        if !seen.insert((get.clone(), target.clone())) || target == "this" {
            continue;
        }
        let id = target.trim_start_matches('#');
        let part = browser.load(&get, &format!("section#{id}")).await;
        assert!([200, 204].contains(&part.status), "{address}: {get} into {target}: {}", part.status);
        assert!(!part.html.contains("<html") && !part.html.contains("<nav class=\"side"), "{address}: {get} into {target} is a page");
        let has_itself = part.html.contains(&format!("id=\"{id}\""));
        let is_outer = id.starts_with("row-") || ["timesheet-totals", "activity-older"].contains(&id);
        assert_eq!(has_itself, is_outer, "{address}: {get} into {target}");
    }
}

#[actix_web::test]
async fn what_a_page_loads_into_itself_is_a_part_of_it_at_whatever_address_it_is_shown() {
    let offices = Offices::new().await;
    let of = |n: u32| op(&clerk("ankara"), "ankara").create("employee", employee_id(n), json!({ "full_name": format!("Kişi {n:03}") }));
    let mut ops = vec![op(&clerk("ankara"), "ankara").create(
        "shift_template",
        template_id(1),
        json!({ "name": "Gündüz", "start_time": "08:30", "end_time": "17:30", "break_minutes": 60, "weekdays": "12345" }),
    )];
    ops.extend((1..=60).map(of));
    ops.extend((1..=60).map(|n| {
        let values = json!({ "employee_id": employee_id(n), "work_date": "2026-02-16", "start_time": "08:30", "end_time": "17:30", "break_minutes": 60 });
        op(&clerk("ankara"), "ankara").create("timesheet", timesheet_id(n), values)
    }));
    offices.store("ankara", ops).await;
    let (person, entry) = (employee_id(1), timesheet_id(1));
    let addresses = [
        "/".to_owned(),
        "/today".into(),
        "/timesheets".into(),
        "/timesheets?page=2".into(),
        "/timesheets/new".into(),
        format!("/timesheets/new?employee_id={person}"),
        format!("/timesheets/new?employee_id={person}&work_date=2026-02-17"),
        "/timesheets/month".into(),
        format!("/employees/{person}/days/2026-02-16?more=true"),
        format!("/timesheets/{entry}"),
        format!("/timesheets/{entry}/edit"),
        "/employees".into(),
        "/employees?page=2&sort=-department".into(),
        "/employees/new".into(),
        format!("/employees/{person}"),
        "/shift-templates".into(),
        "/reports/summary".into(),
        "/dashboard".into(),
        "/dashboard/blanks".into(),
        "/queue".into(),
        "/conflicts".into(),
        "/activity".into(),
        "/admin/users".into(),
        "/admin/regions".into(),
        "/admin/calendar".into(),
    ];
    for (mut browser, least) in [(offices.clerk("ankara").await, 25), (offices.admin().await, 25)] {
        let mut seen = BTreeSet::new();
        for address in &addresses {
            let page = browser.get(address).await;
            if page.status == 200 {
                check(&mut browser, address, &page.html, &mut seen).await;
            }
        }
        // The page of a form that came back without scripts stands at the address it was posted to.
        for (page, form) in
            [("/timesheets", "#entry form"), ("/employees/new", "form.entry-form"), ("/shift-templates/new", "form.entry-form")]
        {
            let form = browser.get(page).await.form(form).with("start_time", &["25:00"]).with("full_name", &[""]).minted();
            let refused = browser.post(&form).await;
            assert_eq!(refused.status, 422, "{page}");
            check(&mut browser, page, &refused.html, &mut seen).await;
        }
        assert!(seen.len() > least, "{seen:?}");
    }
}
