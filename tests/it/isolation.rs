//! Every GET address of the URL table, opened by the clerk of each office, also with the ids and filters of the other offices: no byte of
//! their data is returned, and their rows count as not found. The addresses are read from src/routes.rs, so an address added later is
//! tested too, and an address with an unknown parameter fails this test.

#![cfg(test)]

use std::collections::BTreeMap;

use rainstaff::{
    ids::new_id,
    ops::{Origin, VerdictKind},
    settings::settings_id,
    sync::deliver,
};
use serde_json::json;

use crate::{
    auth::{CLERK_PASSWORD, Company},
    support::{
        browser::Browser,
        builders::{self, OFFICES, op, region, set_up},
        samples::other_rows,
    },
};

/// Ids of one office's rows.
struct Rows {
    employee: String,
    timesheet: String,
    template: String,
    day: String,
    /// Those of every other entity, by the address of its list.
    others: BTreeMap<&'static str, String>,
}

impl Rows {
    fn all(&self) -> impl Iterator<Item = &str> {
        [&self.employee, &self.timesheet, &self.template, &self.day].into_iter().chain(self.others.values()).map(String::as_str)
    }
}

/// What only this office's people may read: it stands in every text of its rows.
fn mark(office: &str) -> String {
    format!("gizli-{office}")
}

/// Rows of an office; every text field carries the office's mark.
async fn fill(company: &Company, office: &str) -> Rows {
    let clerk = builders::clerk(office);
    let draft = || op(&clerk, office);
    let [employee, timesheet, template, day] = std::array::from_fn(|_| new_id());
    let named = |what: &str| format!("{what} {}", mark(office));
    let today = company.state.clock.today();
    let person = json!({
        "full_name": named("Kişi"), "department": named("Departman"), "title": named("Unvan"), "hire_date": "2024-01-01",
        "is_active": true, "shift_template_id": template,
    });
    let shift = json!({ "name": named("Şablon"), "start_time": "08:00", "end_time": "17:00", "weekdays": "1234567" });
    let entry = json!({
        "employee_id": employee, "work_date": today, "start_time": "08:00", "end_time": "21:00", "break_minutes": 60, "is_special": true,
        "notes": named("Not"),
    });
    let ops = vec![
        draft().create("shift_template", template, shift),
        draft().create("employee", employee, person),
        draft().create("timesheet", timesheet, entry),
        draft().create("calendar_day", day, json!({ "day": today, "name": named("Gün"), "kind": "day_off" })),
        draft().create("settings", settings_id(&region(office)), json!({ "company_name": named("Şirket"), "weekday_hours": "8" })),
        draft().update("timesheet", timesheet, 1, json!({ "notes": [named("Not"), named("Yeni not")] })),
    ];
    let known = ["employee", "shift_template", "calendar_day", "timesheet"];
    let (others, more): (BTreeMap<_, _>, Vec<_>) =
        other_rows(&known, &mark(office), draft).into_iter().map(|(home, id, op)| ((home, id.to_string()), op)).unzip();
    set_up(&company.state, &clerk, ops.into_iter().chain(more).collect()).await;
    // One that met another, one that waits, one that was refused.
    let met = draft().at(-5).update("timesheet", timesheet, 1, json!({ "notes": [named("Not"), named("Öteki not")] }));
    let person = json!({ "full_name": named("Bekleyen") });
    let waits = draft().after(&[&draft().new_employee(new_id(), "x")]).create("employee", new_id(), person);
    let refused = draft().create("employee", new_id(), json!({ "full_name": "", "title": named("Reddedilen") }));
    let verdicts = deliver(&company.state, &clerk, Origin::Offline, vec![met, waits, refused]).await.unwrap();
    let words = verdicts.iter().map(|v| v.verdict).collect::<Vec<_>>();
    assert_eq!(words, [VerdictKind::Merged, VerdictKind::Held, VerdictKind::Rejected], "{verdicts:?}");
    Rows { employee: employee.to_string(), timesheet: timesheet.to_string(), template: template.to_string(), day: day.to_string(), others }
}

/// The lists of the entities whose usual addresses are one line of the URL table, and whether that of a row's page is among them:
/// `crud::routes::<ShiftTemplate>(cfg)` is of `shift_template`.
fn homes_of_usual_routes(table: &'static str) -> Vec<(&'static str, bool)> {
    rainstaff::registry::install();
    let named = |line: &'static str| {
        let (function, rest) = line.trim().strip_prefix("crud::routes")?.split_once("::<")?;
        Some((rest.split('>').next()?, function == "_with_card"))
    };
    let entity_of = |name: &str| {
        let words = name.chars().enumerate().map(|(n, c)| if n > 0 && c.is_uppercase() { format!("_{c}") } else { c.to_string() });
        words.collect::<String>().to_lowercase()
    };
    table
        .lines()
        .filter_map(named)
        .map(|(name, has_card)| (rainstaff::ops::description(&entity_of(name)).unwrap().home, has_card))
        .collect()
}

/// The GET addresses of the URL table.
fn get_routes() -> Vec<String> {
    let table = include_str!("../../src/routes.rs");
    let quoted = |line: &str| line.split('"').nth(1).map(str::to_owned);
    let mut routes: Vec<String> = table.lines().filter(|l| l.contains("get()")).filter_map(quoted).collect();
    let of_entity: Vec<String> =
        include_str!("../../src/crud/routes.rs").lines().filter(|l| l.contains("get()")).filter_map(quoted).collect();
    let [card, usual @ ..] = of_entity.as_slice() else { panic!("crud/routes.rs reads differently") };
    assert_eq!((card.as_str(), usual), ("{home}/{{id}}", ["", "/new", "/{id}/row", "/{id}/edit"].map(str::to_owned).as_slice()));
    let homes = homes_of_usual_routes(table);
    assert!(homes.len() > 1, "the URL table reads differently: {homes:?}");
    for (home, has_card) in homes {
        routes.extend(usual.iter().map(|rest| format!("{home}{rest}")));
        routes.extend(has_card.then(|| format!("{home}/{{id}}")));
    }
    assert!(routes.len() > 25, "the URL table reads differently: {routes:?}");
    routes
}

/// The address with an office's ids in its place; none where it has no parameter of an office's.
fn with_ids(route: &str, rows: &Rows) -> Option<String> {
    if !route.contains('{') {
        return None;
    }
    let id = match route.split('/').nth(1) {
        Some("timesheets") => &rows.timesheet,
        Some("employees") => &rows.employee,
        Some("shift-templates") => &rows.template,
        Some(list) if rows.others.contains_key(format!("/{list}").as_str()) => &rows.others[format!("/{list}").as_str()],
        Some("admin") => return None, // not for clerks at all, which `only_an_admin_opens_the_administration` holds
        _ => panic!("{route}: tell this test which ids this address takes"),
    };
    Some(route.replace("{id}", id).replace("{date}", "2026-01-05"))
}

/// Filters a clerk of `own` may try on any list.
fn queries(own: &str, other: &str, theirs: &Rows) -> Vec<String> {
    let mut queries =
        vec![String::new(), format!("?region={own}"), format!("?region={other}"), "?q=gizli".into(), "?region=company".into()];
    queries.push(format!("?region={own}&after=0"));
    queries.push(format!("?region={other}&after=0"));
    queries.extend(["csv", "json"].map(|format| format!("?format={format}")));
    queries.extend(["csv", "json"].map(|format| format!("?format={format}&region={other}")));
    for (name, id) in [("employee_id", &theirs.employee), ("entity_id", &theirs.timesheet), ("person", &theirs.employee)] {
        queries.push(format!("?{name}={id}"));
    }
    queries.push(format!("?as={other}"));
    queries
}

#[actix_web::test]
async fn no_address_shows_a_byte_of_another_office() {
    let company = Company::new().await;
    let mut rows = BTreeMap::new();
    for office in OFFICES {
        rows.insert(office, fill(&company, office).await);
        company.give_password(&format!("{office}1"), CLERK_PASSWORD, false).await.unwrap();
    }
    let mut leaks = Vec::new();
    for (own, other) in OFFICES.into_iter().zip(OFFICES.into_iter().cycle().skip(1)) {
        let mut browser = Browser::of(&company.state, &format!("{own}1"), CLERK_PASSWORD).await;
        let mut shows_own = 0;
        for route in get_routes().iter().filter(|route| !route.starts_with("/static/")) {
            let mut tried: Vec<(String, Option<u16>)> = Vec::new();
            match with_ids(route, &rows[own]) {
                None if route.contains('{') => continue,
                None => tried.extend(queries(own, other, &rows[other]).into_iter().map(|query| (format!("{route}{query}"), None))),
                Some(address) => {
                    tried.push((address, Some(200)));
                    tried.extend(
                        OFFICES.into_iter().filter(|o| *o != own).filter_map(|o| with_ids(route, &rows[o])).map(|a| (a, Some(404))),
                    );
                }
            }
            for (address, wanted) in tried {
                let answer = browser.get(&address).await;
                let status = answer.status;
                let leads_on = wanted == Some(200) && status == 303; // a day of a person, to the form it needs
                if status >= 500 || (wanted.is_some_and(|wanted| wanted != status) && !leads_on) {
                    leaks.push(format!("{own}1, {address}: answers {status}, not {wanted:?}"));
                }
                shows_own += usize::from(answer.html.contains(&mark(own)));
                for theirs in OFFICES.into_iter().filter(|o| *o != own) {
                    let ids = rows[theirs].all().map(str::to_owned);
                    let secrets = ids.into_iter().chain([mark(theirs), format!("{theirs}1")]);
                    leaks.extend(
                        secrets
                            .filter(|secret| answer.html.contains(secret.as_str()) && !address.contains(secret.as_str()))
                            .map(|secret| format!("{own}1, {address} ({status}): has {secret}")),
                    );
                }
            }
        }
        assert!(shows_own > 20, "{own}1 sees the own office on {shows_own} pages only: this test would not see a leak");
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

#[actix_web::test]
async fn only_an_admin_opens_the_administration() {
    let company = Company::new().await;
    let mut clerk = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let some_id = new_id().to_string();
    for route in get_routes().iter().filter(|route| route.starts_with("/admin")) {
        let status = clerk.get(&route.replace("{id}", &some_id)).await.status;
        assert!(matches!(status, 403 | 404), "{route} answers a clerk with {status}");
    }
}
