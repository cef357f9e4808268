//! `/timesheets/month` and its page for one day of a person, through the whole application.

#![cfg(test)]

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};
use rainstaff::{clock::Clock, ops::Op, state::AppState};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::json;

use crate::{
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company},
    support::{
        browser::{Answer, Browser, Form},
        builders::{self, employee_id, op, template_id, timesheet_id},
    },
};

/// Four offices on the morning of 18 February 2026, a Wednesday.
pub(crate) struct Offices {
    company: Company,
    /// The server's state on that day.
    pub(crate) state: AppState,
}

impl Offices {
    pub(crate) async fn new() -> Self {
        let company = Company::new().await;
        let state = AppState { clock: Clock::Fixed("2026-02-18T06:00:00Z".parse().unwrap()), ..company.state.clone() };
        Self { company, state }
    }

    pub(crate) async fn clerk(&self, office: &str) -> Browser {
        let name = format!("{office}1");
        self.company.give_password(&name, CLERK_PASSWORD, false).await.unwrap();
        Browser::of(&self.state, &name, CLERK_PASSWORD).await
    }

    pub(crate) async fn admin(&self) -> Browser {
        Browser::of(&self.state, "admin", ADMIN_PASSWORD).await
    }

    /// Stores rows of an office, as they come out of a queue.
    pub(crate) async fn store(&self, office: &str, ops: Vec<Op>) {
        builders::set_up(&self.state, &builders::clerk(office), ops).await;
    }

    pub(crate) async fn inspect(&self) -> sqlx::PgConnection {
        self.company.inspect().await
    }
}

pub(crate) fn person(office: &str, n: u32, name: &str, more: &serde_json::Value) -> Op {
    let mut values = json!({ "full_name": name, "hire_date": "2025-01-01", "is_active": true });
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    op(&builders::clerk(office), office).create("employee", employee_id(n), values)
}

/// An entry of the n-th person; times as a clerk types them.
pub(crate) fn entry(office: &str, n: u32, employee: u32, date: &str, times: (&str, &str), more: &serde_json::Value) -> Op {
    let mut values = json!({
        "employee_id": employee_id(employee), "work_date": date, "start_time": times.0, "end_time": times.1, "break_minutes": 60,
        "is_special": false, "notes": ""
    });
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    op(&builders::clerk(office), office).create("timesheet", timesheet_id(n), values)
}

/// The usual shift from Monday to Friday, 08:30 to 17:30 with an hour of break.
pub(crate) fn weekdays(office: &str) -> Op {
    let values = json!({ "name": "Hafta içi", "start_time": "08:30", "end_time": "17:30", "break_minutes": 60, "weekdays": "12345" });
    op(&builders::clerk(office), office).create("shift_template", template_id(1), values)
}

/// The texts of a person's row: one per day, then gün, boş, çalışılan, fazla mesai, gece, geceye taşan, özel gün.
fn row(page: &Answer, n: u32) -> Vec<String> {
    let mut cells = page.texts(&format!("tr[data-employee='{}'] td", employee_id(n)));
    assert_eq!(cells.pop().as_deref(), Some(""), "room for a signature");
    cells
}

/// DOMAIN 4.1 once more, minute by minute: worked, overtime, night, overnight, special; with the plan of nine hours and Saturday's five.
pub(crate) fn reckon(date: NaiveDate, start: i64, end: i64, rest: i64, special: bool) -> [i64; 5] {
    let gross = end - start;
    let worked = gross - rest.min(gross);
    let plan = match date.weekday() {
        Weekday::Sun => 0,
        Weekday::Sat => 300,
        _ => 540,
    };
    let at_night = |minute: &i64| !(6..22).contains(&((minute / 60) % 24));
    let night = (start..end).filter(at_night).count();
    let overnight = (start..end).filter(|minute| *minute >= 1440).count();
    let overtime = match (special, plan) {
        (true, _) => 0,
        (false, 0) => worked,
        (false, plan) => (gross - plan).max(0),
    };
    [worked, overtime, i64::try_from(night).unwrap(), i64::try_from(overnight).unwrap(), if special { worked } else { 0 }]
}

/// Hundredths of hours without the zeros at the end, as cells show minutes.
pub(crate) fn short(minutes: i64) -> String {
    let text = format!("{}.{:02}", minutes / 60, (minutes % 60 * 100 + 30) / 60);
    text.trim_end_matches('0').trim_end_matches('.').replace('.', ",")
}

fn clock(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

#[actix_web::test]
async fn every_cell_and_every_total_is_what_the_rule_gives_for_any_month_of_entries() {
    let offices = Offices::new().await;
    let mut dice = StdRng::seed_from_u64(20_260_118);
    let mut ops = vec![weekdays("ankara")];
    let mut made: Vec<(u32, NaiveDate, i64, i64, i64, bool)> = Vec::new();
    for n in 1..=6 {
        ops.push(person("ankara", n, &format!("Kişi {n}"), &json!({})));
        for day in NaiveDate::from_ymd_opt(2025, 12, 31).unwrap().iter_days().take(33) {
            let special = dice.random_bool(0.1);
            if dice.random_bool(0.2) {
                continue;
            }
            let (start, length) =
                if dice.random_bool(0.3) { (1320, dice.random_range(30..540)) } else { (450, dice.random_range(30..700)) };
            made.push((n, day, start, start + length, dice.random_range(0..90), special));
            if start == 450 && dice.random_bool(0.2) {
                made.push((n, day, 1200, 1200 + dice.random_range(15..110), 0, special));
            }
        }
    }
    for (number, (n, day, start, end, rest, special)) in (1..).zip(&made) {
        let more = json!({ "break_minutes": rest, "is_special": special });
        ops.push(entry("ankara", number, *n, &day.to_string(), (&clock(*start), &clock(*end)), &more));
    }
    offices.store("ankara", ops).await;
    let page = offices.clerk("ankara").await.get("/timesheets/month?month=2026-01").await;

    let mut of_day: BTreeMap<u32, (i64, i64)> = BTreeMap::new();
    for n in 1..=6 {
        let cells = row(&page, n);
        let (mut sums, mut days, mut blanks) = ([0; 5], 0, 0);
        for day in NaiveDate::from_ymd_opt(2026, 1, 1).unwrap().iter_days().take(31) {
            let entries: Vec<_> = made.iter().filter(|entry| (entry.0, entry.1) == (n, day)).collect();
            let shown = &cells[day.day0() as usize];
            if entries.is_empty() {
                let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
                assert_eq!(shown, if weekend { "·" } else { "boş" }, "{n} {day}");
                blanks += i64::from(!weekend);
                continue;
            }
            let mut worked = 0;
            for (_, _, start, end, rest, special) in &entries {
                let hours = reckon(day, *start, *end, *rest, *special);
                worked += hours[0];
                sums.iter_mut().zip(hours).for_each(|(sum, hours)| *sum += hours);
            }
            let marks = [
                if entries.iter().any(|entry| entry.3 > 1440) { "G" } else { "" },
                if entries.iter().any(|entry| entry.5) { "Ö" } else { "" },
                if entries.len() > 1 { "2" } else { "" },
            ];
            assert_eq!(*shown, short(worked) + &marks.concat(), "{n} {day}");
            days += 1;
            let (present, minutes) = of_day.entry(day.day()).or_default();
            (*present, *minutes) = (*present + 1, *minutes + worked);
        }
        let wanted: Vec<String> = [days.to_string(), blanks.to_string()].into_iter().chain(sums.map(short)).collect();
        assert_eq!(cells[31..], wanted, "totals of {n}");
    }
    let (present, minutes) = (page.texts("tfoot tr:nth-child(1) td"), page.texts("tfoot tr:nth-child(3) td"));
    for (day, (count, sum)) in of_day {
        assert_eq!((&present[day as usize - 1], &minutes[day as usize - 1]), (&count.to_string(), &short(sum)), "{day}");
    }
}

#[actix_web::test]
async fn a_day_is_blank_when_a_shift_was_planned_nothing_is_entered_and_the_day_is_over() {
    let offices = Offices::new().await;
    let day_off = op(&builders::clerk("ankara"), "ankara").create(
        "calendar_day",
        builders::queue_id(1),
        json!({ "day": "2026-02-12", "name": "Köprü günü", "kind": "day_off", "free_from": "00:00", "source": "" }),
    );
    let ops = vec![
        weekdays("ankara"),
        day_off,
        person("ankara", 1, "Ayşe Yılmaz", &json!({ "hire_date": "2026-02-10", "exit_date": "2026-02-24" })),
        entry("ankara", 1, 1, "2026-02-11", ("08:30", "17:30"), &json!({})),
        entry("ankara", 2, 1, "2026-02-13", ("08:30", "17:30"), &json!({})),
    ];
    offices.store("ankara", ops).await;
    let mut clerk = offices.clerk("ankara").await;
    let page = clerk.get("/timesheets/month").await;
    let cells = row(&page, 1);
    // Hired on the 10th, which nobody entered; entries on the 11th and 13th; the 12th is free; today is the 18th; gone after the 24th.
    let wanted = "– – – – – – – – – boş 8 · 8 · · boş boş · · · · · · · – – – –";
    assert_eq!(cells[..28].join(" "), wanted);
    assert_eq!(cells[28..30], ["2", "3"], "days and blanks");
    assert!(page.text("thead th[data-date='2026-02-12']").starts_with("12"));
    assert_eq!(page.count("thead th.free[data-name*='Köprü günü']"), 1, "the day is named");
    assert_eq!(page.count("thead th.now[data-date='2026-02-18']"), 1, "today is marked");

    let behind = page.texts("tfoot a.gap").len();
    assert_eq!(behind, 4, "the number of each of three days, and of the month");
    let list = clerk.get("/dashboard/blanks?from=2026-02-01&to=2026-02-28").await;
    assert_eq!(page.count("tfoot a.gap[href='/dashboard/blanks?from=2026-02-01&to=2026-02-28']"), 1);
    assert_eq!(list.texts("[data-blank]"), ["10.02.2026", "16.02.2026", "17.02.2026"], "the list behind the number");

    let gone = op(&builders::clerk("ankara"), "ankara").delete("timesheet", timesheet_id(1), 1);
    offices.store("ankara", vec![gone]).await;
    let cells = row(&clerk.get("/timesheets/month").await, 1);
    assert_eq!((cells[10].as_str(), &cells[28..30]), ("boş", &["1".to_owned(), "4".to_owned()][..]), "a deleted entry is none");
}

#[actix_web::test]
async fn a_shift_over_midnight_at_the_end_of_a_month_belongs_to_that_month_alone() {
    let offices = Offices::new().await;
    let ops = vec![
        person("ankara", 1, "Ayşe Yılmaz", &json!({})),
        entry("ankara", 1, 1, "2026-01-31", ("22:00", "06:00"), &json!({})), // a Saturday
        entry("ankara", 2, 1, "2026-02-01", ("10:00", "12:00"), &json!({ "break_minutes": 0 })),
    ];
    offices.store("ankara", ops).await;
    let mut clerk = offices.clerk("ankara").await;
    let (january, february) = (clerk.get("/timesheets/month?month=2026-01").await, clerk.get("/timesheets/month?month=2026-02").await);
    assert_eq!(row(&january, 1)[30..], ["7G", "1", "0", "7", "3", "8", "6", "0"]);
    assert_eq!(row(&february, 1)[0], "2");
    assert_eq!(row(&february, 1)[28..], ["1", "0", "2", "2", "0", "0", "0"]);
    assert_eq!(january.count("thead th[data-date]"), 31);
    assert_eq!(february.count("thead th[data-date]"), 28);
}

#[actix_web::test]
async fn one_sees_the_months_of_ones_own_regions_one_at_a_time() {
    let offices = Offices::new().await;
    offices.store("ankara", vec![person("ankara", 1, "Ayşe Yılmaz", &json!({}))]).await;
    offices.store("izmir", vec![person("izmir", 2, "Hasan Tekin", &json!({}))]).await;
    let (mut ankara, mut admin) = (offices.clerk("ankara").await, offices.admin().await);
    let own = ankara.get("/timesheets/month?month=2026-01").await;
    assert_eq!(own.texts("tbody th a"), ["Ayşe Yılmaz"]);
    assert!(!own.html.contains("region=") && !own.html.contains("Hasan"), "nothing of another region");
    for foreign in ["/timesheets/month?region=izmir", "/timesheets/month?region=company"] {
        assert_eq!(ankara.get(foreign).await.status, 404, "{foreign}");
    }
    assert_eq!(admin.get("/timesheets/month").await.texts("tbody th a"), ["Ayşe Yılmaz"], "the first region");
    let other = admin.get("/timesheets/month?month=2026-01&region=izmir").await;
    assert_eq!(other.texts("tbody th a"), ["Hasan Tekin"]);
    assert_eq!(other.text(".nav-pills [aria-current]"), "İzmir");
    assert_eq!(admin.get("/timesheets/month?region=atlantis").await.status, 404);
    let nonsense = ankara.get("/timesheets/month?month=ocak").await;
    assert_eq!((nonsense.status, nonsense.count("table.month")), (422, 0), "no other month is shown instead");
}

#[actix_web::test]
async fn a_blank_day_opens_as_planned_and_an_entered_one_with_its_entries() {
    let offices = Offices::new().await;
    let night = op(&builders::clerk("ankara"), "ankara").create(
        "shift_template",
        template_id(2),
        json!({ "name": "Gece", "start_time": "22:00", "end_time": "06:00", "break_minutes": 30, "weekdays": "" }),
    );
    let holiday = op(&builders::clerk("ankara"), "ankara").create(
        "calendar_day",
        builders::queue_id(1),
        json!({ "day": "2026-01-01", "name": "Yılbaşı", "kind": "holiday", "free_from": "00:00", "source": "" }),
    );
    let ops = vec![
        weekdays("ankara"),
        night,
        holiday,
        person("ankara", 1, "Ayşe Yılmaz", &json!({})),
        person("ankara", 2, "Gökhan Demir", &json!({ "shift_template_id": template_id(2) })),
    ];
    offices.store("ankara", ops).await;
    let mut clerk = offices.clerk("ankara").await;
    let (ayse, gokhan) = (format!("/employees/{}/days", employee_id(1)), format!("/employees/{}/days", employee_id(2)));
    let times = |answer: &Answer| {
        let form = answer.form("form.entry-form");
        ["start_time", "end_time", "break_minutes", "is_special"].map(|name| form.value(name).to_owned())
    };
    let open = async |clerk: &mut Browser, path: &str, date: &str| clerk.load(&format!("{path}/{date}"), "div#day-editor").await;
    assert_eq!(times(&open(&mut clerk, &ayse, "2026-01-14").await), ["08:30", "17:30", "60", ""]);
    assert_eq!(times(&open(&mut clerk, &gokhan, "2026-01-14").await), ["22:00", "06:00", "30", ""], "the person's own shift");
    assert_eq!(times(&open(&mut clerk, &ayse, "2026-01-01").await), ["08:30", "17:30", "60", "true"], "a holiday suggests özel gün");
    assert_eq!(open(&mut clerk, &ayse, "2026-01-14").await.text("h2"), "Ayşe Yılmaz, 14 Ocak Çarşamba");

    let form = open(&mut clerk, &ayse, "2026-01-14").await.form("form.entry-form").minted();
    let stored = clerk.submit(&form).await;
    assert_eq!((stored.status, stored.op_ack.as_str()), (200, form.value("_op")), "{}", stored.html);
    let opened = open(&mut clerk, &ayse, "2026-01-14").await;
    assert_eq!(opened.count("form.entry-form"), 1, "what there is, and no second form");
    let longer = opened.form("form.entry-form").with("end_time", &["19:30"]).minted();
    assert_eq!(clerk.submit(&longer).await.status, 200);
    assert_eq!(row(&clerk.get("/timesheets/month?month=2026-01").await, 1)[13], "10");
    let more = clerk.load(&format!("{ayse}/2026-01-14?more=true"), "div#day-editor").await;
    assert_eq!(more.count("form.entry-form"), 2);

    let overlapping = more
        .form("form.entry-form:last-of-type")
        .with("start_time", &["09:00"])
        .with("end_time", &["10:00"])
        .with("break_minutes", &["0"])
        .minted();
    let refused = clerk.submit(&overlapping).await;
    assert_eq!((refused.status, refused.op_ack.as_str()), (422, ""));
    assert!(refused.text("#day-new-start_time-error").contains("bu saatlere denk gelen başka bir kaydı var: 08:30-"), "{}", refused.html);
    let wrong = opened.form("form.entry-form").with("end_time", &["25:00"]).minted();
    let refused = clerk.submit(&wrong).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.form("form.entry-form").value("end_time"), "25:00", "what was typed stays");
}

#[actix_web::test]
async fn without_scripts_a_cell_leads_to_the_form_it_needs() {
    let offices = Offices::new().await;
    let ops = vec![
        weekdays("ankara"),
        person("ankara", 1, "Ayşe Yılmaz", &json!({})),
        entry("ankara", 1, 1, "2026-01-05", ("08:30", "17:30"), &json!({})),
        entry("ankara", 2, 1, "2026-01-06", ("08:00", "12:00"), &json!({ "break_minutes": 0 })),
        entry("ankara", 3, 1, "2026-01-06", ("13:00", "17:00"), &json!({ "break_minutes": 0 })),
    ];
    offices.store("ankara", ops).await;
    let mut clerk = offices.clerk("ankara").await;
    let id = employee_id(1);
    let cells = clerk.get("/timesheets/month?month=2026-01").await;
    assert_eq!(cells.count(&format!("td a[href='/employees/{id}/days/2026-01-14']")), 1);
    let target = async |clerk: &mut Browser, date: &str| clerk.get(&format!("/employees/{id}/days/{date}")).await.location;
    assert_eq!(target(&mut clerk, "2026-01-05").await, format!("/timesheets/{}/edit", timesheet_id(1)));
    assert_eq!(target(&mut clerk, "2026-01-06").await, format!("/timesheets?employee_id={id}&from=2026-01-06&to=2026-01-06"));
    let new = target(&mut clerk, "2026-01-07").await;
    assert_eq!(new, format!("/timesheets/new?employee_id={id}&work_date=2026-01-07"));
    let page = clerk.get(&new).await;
    let form = page.form("#entry form");
    let values = ["employee_id", "work_date", "start_time", "end_time"].map(|name| form.value(name).to_owned());
    assert_eq!(values, [id.to_string(), "2026-01-07".into(), "08:30".into(), "17:30".into()]);
    assert_eq!(page.count("tbody tr"), 3, "over the person's entries of that month");
}

#[actix_web::test]
async fn another_regions_people_have_no_days() {
    let offices = Offices::new().await;
    let ops = vec![person("ankara", 1, "Ayşe Yılmaz", &json!({})), entry("ankara", 1, 1, "2026-01-05", ("08:30", "17:30"), &json!({}))];
    offices.store("ankara", ops).await;
    offices.store("izmir", vec![person("izmir", 2, "Hasan Tekin", &json!({}))]).await;
    let mut izmir = offices.clerk("izmir").await;
    let foreign = format!("/employees/{}/days/2026-01-05", employee_id(1));
    let own = format!("/employees/{}/days/2026-01-05", employee_id(2));
    assert_eq!(izmir.get(&foreign).await.status, 404);
    assert_eq!(izmir.load(&foreign, "div#day-editor").await.status, 404);
    assert_eq!(izmir.get(&format!("/timesheets/new?employee_id={}&work_date=2026-01-05", employee_id(1))).await.status, 404);
    let mut form = izmir.load(&own, "div#day-editor").await.form("form.entry-form").minted();
    form.action.clone_from(&foreign);
    assert_eq!(izmir.submit(&form).await.status, 404);
    form = form.with("employee_id", &[&employee_id(1).to_string()]);
    form.action.clone_from(&own);
    assert_eq!(izmir.submit(&form).await.status, 422, "one's own address does not help");
    form.action = format!("{own}/{}", timesheet_id(1));
    assert_eq!(izmir.submit(&form.with("_base", &["1"]).with("_orig", &["{}"])).await.status, 404);
    assert_eq!(izmir.get("/employees/x/days/2026-01-05").await.status, 404);
    assert_eq!(izmir.get(&format!("/employees/{}/days/2026-02-30", employee_id(2))).await.status, 404);
}

#[actix_web::test]
async fn a_day_that_nobody_can_have_worked_on_is_not_found() {
    let offices = Offices::new().await;
    offices.store("ankara", vec![person("ankara", 1, "Ayşe Yılmaz", &json!({}))]).await;
    let mut clerk = offices.clerk("ankara").await;
    let days = format!("/employees/{}/days", employee_id(1));
    let form = clerk.load(&format!("{days}/2026-01-14"), "div#day-editor").await.form("form.entry-form").minted();
    for date in ["-20000-01-01", "-262143-01-01", "+262142-12-31", "1989-12-31", "2101-01-01", "0000-01-01", "14.01.2026", "2026-1-14", "x"]
    {
        assert_eq!(clerk.load(&format!("{days}/{date}"), "div#day-editor").await.status, 404, "{date}");
        for path in [format!("{days}/{date}"), format!("{days}/{date}/{}", timesheet_id(1))] {
            let form = Form { action: path, ..form.clone() };
            assert_eq!(clerk.submit(&form).await.status, 404, "{date}");
        }
    }
}

#[actix_web::test]
async fn forms_of_a_day_that_are_refused_at_once_do_not_wait_for_each_other() {
    let offices = Offices::new().await;
    offices.store("ankara", vec![person("ankara", 1, "Ayşe Yılmaz", &json!({}))]).await;
    let path = format!("/employees/{}/days/2026-02-16", employee_id(1));
    let mut clerks = vec![offices.clerk("ankara").await];
    for _ in 1..8 {
        clerks.push(Browser::of(&offices.state, "ankara1", CLERK_PASSWORD).await);
    }
    let form = clerks[0].load(&path, "div#day-editor").await.form("form.entry-form").with("start_time", &["25:99"]);
    let begin = std::time::Instant::now();
    let refused = clerks.iter_mut().map(|clerk| {
        let form = form.clone().minted();
        async move { clerk.submit(&form).await.status }
    });
    let statuses = futures_util::future::join_all(refused).await;
    assert!(statuses.iter().all(|status| *status == 422), "{statuses:?}");
    assert!(begin.elapsed() < std::time::Duration::from_secs(4), "somebody waited until there was a place: {:?}", begin.elapsed());
}
