//! The query of every page: invalid parameters are reported, and nothing else is shown instead of the requested rows.

#![cfg(test)]

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::json;

use crate::{
    month::Offices,
    support::{
        browser::Browser,
        builders::{clerk, employee_id, op, template_id, timesheet_id},
    },
};

/// A page, and its parameters with bad values for each.
type Page = (&'static str, &'static [(&'static str, &'static [&'static str])]);

/// Pages whose query says something, with a bad value for each parameter. `{person}` and `{entry}` are rows that are there.
const PAGES: [Page; 16] = [
    ("/", &[("date", DATES), ("region", REGIONS)]),
    ("/today", &[("date", DATES), ("region", REGIONS)]),
    (
        "/dashboard",
        &[
            ("from", DATES),
            ("to", DATES),
            ("month", MONTHS),
            ("day", DATES),
            ("kind", WORDS),
            ("trend", WORDS),
            ("page", PAGE),
            ("q", TEXTS),
            ("region", REGIONS),
        ],
    ),
    ("/dashboard/blanks", &[("from", DATES), ("to", DATES), ("month", MONTHS), ("region", REGIONS)]),
    (
        "/reports/summary",
        &[("from", DATES), ("to", DATES), ("employee_id", IDS), ("sort", WORDS), ("page", PAGE), ("q", TEXTS), ("region", REGIONS)],
    ),
    ("/timesheets", &[("from", DATES), ("to", DATES), ("employee_id", IDS), ("page", PAGE), ("q", TEXTS), ("region", REGIONS)]),
    ("/timesheets/new", &[("employee_id", IDS), ("work_date", DATES)]),
    ("/timesheets/month", &[("month", MONTHS), ("region", REGIONS)]),
    ("/employees", &[("state", WORDS), ("sort", WORDS), ("page", PAGE), ("q", TEXTS), ("region", REGIONS)]),
    ("/employees/{person}", &[("month", MONTHS)]),
    ("/employees/{person}/days/2026-02-16", &[("more", WORDS)]),
    ("/shift-templates", &[("state", WORDS)]),
    ("/queue", &[("state", WORDS), ("region", REGIONS)]),
    ("/conflicts", &[("state", WORDS), ("region", REGIONS)]),
    (
        "/activity",
        &[
            ("from", DATES),
            ("to", DATES),
            ("entity", WORDS),
            ("entity_id", IDS),
            ("kind", WORDS),
            ("origin", WORDS),
            ("before", WORDS),
            ("format", WORDS),
            ("region", REGIONS),
        ],
    ),
    ("/admin/calendar", &[("year", &["x", "1989", "2101", "-1", "20266"])]),
];
const DATES: &[&str] = &["yarin", "2026-02-30", "32.01.2026", "2026-13-01", "2026"];
const MONTHS: &[&str] = &["2026-13", "13.2026", "2026", "Ekimbuk+2026", "1989-12", "2101-01", "x"];
const WORDS: &[&str] = &["boyle-bir-sey-yok", "-", "%27"];
const IDS: &[&str] = &["7", "x", "019ab3aa-0000-7000-8000-00000000000"];
const PAGE: &[&str] = &["0", "-1", "x", "1.5", "99999999999999999999"];
const REGIONS: &[&str] = &["yok", "..", "ANKARA%00"];
/// Of one character more than a search takes.
const TEXTS: &[&str] = &[
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];
/// Parameters that choose nothing that is shown: where to go after signing in, the language of the sign-in page, what a refresh has seen, and names
/// that are looked for as they are.
const FREE: [&str; 6] = ["next", "lang", "seen", "actor", "department", "title"];

async fn office() -> (Offices, Browser, Browser) {
    let offices = Offices::new().await;
    let of = |n: u32| op(&clerk("ankara"), "ankara").create("employee", employee_id(n), json!({ "full_name": format!("Kişi {n}") }));
    let template = json!({ "name": "Gündüz", "start_time": "08:30", "end_time": "17:30", "break_minutes": 60, "weekdays": "12345" });
    let entry = json!({ "employee_id": employee_id(1), "work_date": "2026-02-16", "start_time": "08:30", "end_time": "17:30", "break_minutes": 60 });
    let ops = vec![
        op(&clerk("ankara"), "ankara").create("shift_template", template_id(1), template),
        of(1),
        of(2),
        op(&clerk("ankara"), "ankara").create("timesheet", timesheet_id(1), entry),
    ];
    offices.store("ankara", ops).await;
    let (one, all) = (offices.clerk("ankara").await, offices.admin().await);
    (offices, one, all)
}

#[actix_web::test]
async fn a_bad_value_of_any_parameter_of_any_page_is_said_and_answered_with_nothing_else() {
    let (_offices, mut one, mut all) = office().await;
    for (page, parameters) in PAGES {
        let page = page.replace("{person}", &employee_id(1).to_string());
        for (browser, is_admin) in [(&mut one, false), (&mut all, true)] {
            if page.starts_with("/admin") && !is_admin {
                continue;
            }
            for (name, values) in parameters {
                for value in *values {
                    let address = format!("{page}?{name}={value}");
                    let answer =
                        if page.contains("/days/") { browser.load(&address, "div#day-editor").await } else { browser.get(&address).await };
                    if page == "/" && is_admin && answer.status == 303 {
                        continue; // without a region on to the page of all regions
                    }
                    let expected: &[u16] = if *name == "region" { &[400, 404] } else { &[400, 422] };
                    assert!(expected.contains(&answer.status), "{address}: {}", answer.status);
                    let said =
                        ["[data-wrong] li", ".invalid-feedback", "main li", "main p", "h1"].map(|selector| answer.text(selector).len());
                    assert!(said.iter().any(|length| *length > 10), "{address} says nothing: {}", answer.html);
                    let shows = answer.count("#timesheet-list tbody tr")
                        + answer.count("#employee-list tbody tr")
                        + answer.count("#sum-entries")
                        + answer.count("tr[data-row]")
                        + answer.count("#today-all")
                        + answer.count("table.month");
                    assert_eq!(shows, 0, "{address} shows something else");
                }
            }
        }
    }
}

/// Whoever adds a parameter adds it here, with bad values.
#[test]
fn every_parameter_of_a_page_has_bad_values_here() {
    let listed: BTreeSet<&str> = PAGES.iter().flat_map(|(_, parameters)| parameters.iter().map(|(name, _)| *name)).chain(FREE).collect();
    let mut found = 0;
    for path in sources(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").as_path()) {
        if path.ends_with("api/exchange.rs") || path.ends_with("api.rs") {
            continue; // the API's are read by `web::params::Checked`
        }
        let source = fs::read_to_string(&path).unwrap();
        for part in source
            .split("pub struct ")
            .skip(1)
            .filter(|part| part.split([' ', '<']).next().is_some_and(|name| name.ends_with("Query") && name != "ApiQuery"))
        {
            let body = part.split_once('{').unwrap().1.split('}').next().unwrap();
            for line in body.lines().map(str::trim).filter(|line| line.contains(": ") && !line.starts_with("//")) {
                let name = line.split(':').next().unwrap().rsplit(' ').next().unwrap();
                assert!(listed.contains(name), "{}: {name}", path.display());
                found += 1;
            }
        }
    }
    assert!(found > 40, "{found} parameters are read");
}

fn sources(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

#[actix_web::test]
async fn swapped_dates_are_said_at_the_field_with_what_was_typed_and_no_list_passes_for_an_empty_one() {
    let (_offices, mut clerk, _) = office().await;
    for page in ["/dashboard/blanks", "/dashboard", "/timesheets", "/reports/summary", "/activity"] {
        let answer = clerk.get(&format!("{page}?from=2026-02-17&to=2026-02-03")).await;
        assert_eq!(answer.status, 422, "{page}");
        assert!(answer.text("#filter-to-error").contains("Bitiş başlangıçtan (17.02.2026) önce olamaz"), "{page}: {}", answer.html);
        let typed = ["#filter-from", "#filter-to"].map(|field| answer.attribute(field, "value"));
        assert_eq!(typed, ["2026-02-17", "2026-02-03"], "{page}");
        assert!(!answer.html.contains("Boş gün yok") && !answer.html.contains("Beklenen herkesin kaydı var"), "{page} gives a clean bill");
        let target = match page {
            "/dashboard/blanks" => "section#blank-list",
            "/dashboard" => "div#dash",
            "/timesheets" => "section#timesheet-list",
            "/reports/summary" => "section#summary-list",
            _ => "section#activity-list",
        };
        let part = clerk.load(&format!("{page}?from=2026-02-17&to=2026-02-03"), target).await;
        assert_eq!((part.status, part.count("[data-wrong]")), (422, 1), "{page}: the list says so too, while the form stays");
    }
    for format in ["csv", "json"] {
        let file = clerk.get(&format!("/activity?format={format}&from=2026-02-17&to=2026-02-03")).await;
        assert_eq!(file.status, 400, "no file at all");
        assert!(file.html.contains("Bitiş başlangıçtan (17.02.2026) önce olamaz"), "{}", file.html);
        assert_eq!(clerk.get(&format!("/activity?format={format}&from=yarin")).await.status, 400);
    }
}

#[actix_web::test]
async fn more_than_a_year_is_said_at_the_field_and_nothing_passes_for_all_of_it() {
    let (offices, mut clerk, _) = office().await;
    let full = json!({ "employee_id": employee_id(2), "work_date": "2026-02-16", "start_time": "08:30", "end_time": "17:30", "break_minutes": 60 });
    offices.store("ankara", vec![op(&clerk_of_ankara(), "ankara").create("timesheet", timesheet_id(2), full)]).await;
    for (page, target) in [("/dashboard/blanks", "section#blank-list"), ("/dashboard", "div#dash")] {
        for (dates, first) in
            [("from=2024-01-01&to=2026-02-18", "18.02.2025"), ("from=2024-01-01&to=", "18.02.2025"), ("from=&to=2025-06-30", "30.06.2024")]
        {
            let answer = clerk.get(&format!("{page}?{dates}")).await;
            assert_eq!(answer.status, 422, "{page}?{dates}");
            let said = answer.text("#filter-from-error");
            assert!(said.starts_with("En çok bir yıl gösterilir.") && said.contains(first), "{page}?{dates}: {said}");
            let typed = ["from", "to"].map(|name| format!("{name}={}", answer.attribute(&format!("#filter-{name}"), "value")));
            assert_eq!(typed.join("&"), dates, "{page}: what was typed stays");
            assert!(
                !answer.html.contains("Boş gün yok") && !answer.html.contains("Beklenen herkesin kaydı var"),
                "{page} gives a clean bill"
            );
            assert_eq!(answer.count("[data-blank]") + answer.count("#dash-day") + answer.count("[data-recent]"), 0, "{page}?{dates}");
            let part = clerk.load(&format!("{page}?{dates}"), target).await;
            assert_eq!((part.status, part.count("[data-wrong]")), (422, 1), "{page}?{dates}");
        }
        assert_eq!(clerk.get(&format!("{page}?from=2025-02-18&to=2026-02-18")).await.status, 200, "a year");
        assert_eq!(clerk.get(&format!("{page}?from=2025-02-18&to=")).await.status, 200, "days to come are no more to look at");
    }
}

#[actix_web::test]
async fn a_clean_bill_is_given_only_where_days_are_over_and_people_were_expected() {
    let (offices, mut clerk, mut admin) = office().await;
    let title = async |browser: &mut Browser, query: &str| {
        browser.get(&format!("/dashboard/blanks?{query}")).await.text("#blank-list .empty-title")
    };
    assert_eq!(title(&mut clerk, "from=2026-02-18&to=2026-02-28").await, "Bitmiş gün yok", "today and what comes");
    assert_eq!(title(&mut clerk, "from=2026-02-14&to=2026-02-15").await, "Beklenen kimse yok", "a weekend");
    assert_eq!(title(&mut admin, "region=izmir&from=2026-02-01&to=2026-02-17").await, "Beklenen kimse yok", "an office without people");
    offices
        .store("ankara", vec![op(&clerk_of_ankara(), "ankara").create(
            "timesheet",
            timesheet_id(2),
            json!({ "employee_id": employee_id(2), "work_date": "2026-02-16", "start_time": "08:30", "end_time": "17:30", "break_minutes": 60 }),
        )])
        .await;
    assert_eq!(title(&mut clerk, "from=2026-02-16&to=2026-02-16").await, "Boş gün yok");
    let day = async |browser: &mut Browser, day: &str| browser.get(&format!("/dashboard?day={day}")).await.text("#dash-day .card-note");
    assert_eq!(day(&mut clerk, "2026-02-16").await, "Beklenen herkesin kaydı var.");
    assert_eq!(day(&mut clerk, "2026-02-15").await, "Bu gün için kimsenin planlanmış vardiyası yok.");
    assert_eq!(day(&mut clerk, "2026-02-21").await, "Bu gün henüz bitmedi.");
}

fn clerk_of_ankara() -> rainstaff::identity::Actor {
    clerk("ankara")
}

#[actix_web::test]
async fn a_month_is_understood_as_it_is_typed_where_the_browser_has_no_field_for_months() {
    let (_offices, mut clerk, _) = office().await;
    for typed in ["2026-01", "01.2026", "1/2026", "Ocak+2026", "ocak+2026", "OCAK+2026", "January+2026"] {
        let page = clerk.get(&format!("/timesheets/month?month={typed}")).await;
        assert_eq!(
            (page.status, page.text("h1").as_str(), page.attribute("#month", "value").as_str()),
            (200, "Ocak 2026", "2026-01"),
            "{typed}"
        );
    }
    let wrong = clerk.get("/timesheets/month?month=Ekimbuk+2026").await;
    assert_eq!((wrong.status, wrong.attribute("#month", "value").as_str()), (422, "Ekimbuk 2026"));
    assert!(wrong.text("#month-error").contains("12.2026"), "{}", wrong.text("#month-error"));
    let part = clerk.load("/timesheets/month?month=2026-13", "section#month-grid").await;
    assert_eq!((part.status, part.count("[data-wrong]"), part.count("table")), (422, 1, 0));
}
