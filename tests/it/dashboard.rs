//! `/dashboard`, `/dashboard/blanks` and `/reports/summary`: their numbers compared with this file's own SQL, on invented companies.

#![cfg(test)]

use std::fmt::Write as _;

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use rainstaff::{
    calendar::{Calendar, DayKind, Entry},
    clock::Clock,
    dashboard::alerts::{AlertKind, Suspect, alerts_of, long_runs},
    hours::{Rules, Shift},
    ids::new_id,
    state::AppState,
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use sqlx::{AssertSqlSafe, Executor as _, FromRow, PgConnection};
use uuid::Uuid;

use crate::{
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company},
    support::browser::{Answer, Browser},
};

const OFFICES: [&str; 4] = ["ankara", "bursa", "istanbul", "izmir"];

/// The company's state at noon of a date.
fn on(company: &Company, date: &str) -> AppState {
    let noon: DateTime<Utc> = format!("{date}T09:00:00Z").parse().unwrap();
    AppState { clock: Clock::Fixed(noon), ..company.state.clone() }
}

async fn run(company: &Company, sql: &str) {
    company.inspect().await.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
}

async fn person(company: &Company, region: &str, name: &str, department: &str) -> Uuid {
    let id = new_id();
    let sql =
        format!("INSERT INTO app.employees (region, id, full_name, department) VALUES ('{region}', '{id}', '{name}', '{department}')");
    run(company, &sql).await;
    id
}

/// An entry; minutes of the start day.
#[derive(Clone, Copy)]
struct NewEntry<'a> {
    date: &'a str,
    times: (i32, i32, i32),
    is_special: bool,
    notes: &'a str,
}

async fn entry(company: &Company, region: &str, employee: Uuid, new: NewEntry<'_>) -> Uuid {
    let id = new_id();
    let NewEntry { date, times: (start, end, rest), is_special, notes } = new;
    let sql = format!(
        "INSERT INTO app.timesheets (region, id, employee_id, work_date, start_min, end_min, break_min, is_special, notes)
         VALUES ('{region}', '{id}', '{employee}', '{date}', {start}, {end}, {rest}, {is_special}, '{notes}')"
    );
    run(company, &sql).await;
    id
}

fn plain(date: &str, start: i32, end: i32, rest: i32) -> NewEntry<'_> {
    NewEntry { date, times: (start, end, rest), is_special: false, notes: "" }
}

/// DOMAIN 11.6: two people of the same name in two offices.
async fn two_alis(company: &Company) -> (Uuid, Uuid) {
    let ankara = person(company, "ankara", "Ali", "Depo").await;
    let izmir = person(company, "izmir", "Ali", "Ofis").await;
    entry(company, "ankara", ankara, NewEntry { notes: "n1", ..plain("2026-01-05", 480, 1200, 60) }).await;
    entry(company, "ankara", ankara, NewEntry { is_special: true, ..plain("2026-01-10", 1320, 1800, 30) }).await;
    for date in ["2026-01-07", "2026-01-09"] {
        entry(company, "ankara", ankara, plain(date, 540, 1080, 60)).await;
    }
    entry(company, "izmir", izmir, plain("2026-01-05", 540, 1259, 0)).await;
    for date in ["2026-01-06", "2026-01-08"] {
        entry(company, "izmir", izmir, plain(date, 540, 1080, 60)).await;
    }
    (ankara, izmir)
}

/// Kayıt, Çalışan, worked, overtime, night, overnight, special, average, best day.
fn figures(page: &Answer) -> Vec<String> {
    ["entries", "people", "worked", "overtime", "night", "overnight", "special", "average", "best-day"]
        .map(|name| page.text(&format!("#sum-{name}")))
        .to_vec()
}

const JANUARY: &str = "from=2026-01-01&to=2026-01-31";

/// DOMAIN 11.6, A1, A2, A5 and A6, with the wanted values.
#[actix_web::test]
async fn the_summary_gives_the_wanted_sums_with_and_without_filters() {
    let company = Company::new().await;
    two_alis(&company).await;
    let mut admin = Browser::of(&on(&company, "2026-02-10"), "admin", ADMIN_PASSWORD).await;
    let all = admin.get(&format!("/reports/summary?{JANUARY}")).await;
    assert_eq!(figures(&all), ["7", "2", "62,48", "5,98", "8,00", "6,00", "7,50", "2,99", "5,98 05.01.2026"], "A1");
    let rows = all.texts("#summary-list tbody tr");
    assert_eq!(rows, ["Ali Depo Ankara 4 34,50 3,00 8,00 6,00 7,50", "Ali Ofis İzmir 3 27,98 2,98 0,00 0,00 0,00"], "A2");
    let office = admin.get(&format!("/reports/summary?{JANUARY}&department=Ofis")).await;
    assert_eq!(figures(&office)[..4], ["3", "1", "27,98", "2,98"], "A5: the count follows the filter");
    let noted = admin.get(&format!("/reports/summary?{JANUARY}&q=N1")).await;
    assert_eq!(figures(&noted)[..4], ["1", "1", "11,00", "3,00"], "A6");
    let by_overtime = admin.get(&format!("/reports/summary?{JANUARY}&sort=overtime")).await;
    assert!(by_overtime.texts("#summary-list tbody tr")[0].contains("İzmir"));
    let other_month = admin.get("/reports/summary?from=2026-03-01&to=2026-03-31").await;
    assert_eq!(figures(&other_month)[..2], ["0", "0"]);
}

/// DOMAIN 11.6, A3 and A4: eleven hours and 59 minutes are not long, and two namesakes have not worked six days in a row.
#[actix_web::test]
async fn the_alerts_are_the_wanted_ones_each_with_its_reason_and_its_entry() {
    let company = Company::new().await;
    two_alis(&company).await;
    let mut admin = Browser::of(&on(&company, "2026-01-11"), "admin", ADMIN_PASSWORD).await;
    let page = admin.get("/dashboard?month=2026-01").await;
    let rows = page.texts("#dash-alerts tbody tr");
    assert_eq!(rows.len(), 3, "{rows:#?}");
    for (row, parts) in rows.iter().zip([
        ["Uzun mesai", "Ali Ankara", "05.01.2026 Pzt", "08:00–20:00 arası brüt 12,00 saat"],
        ["Geceye taşan", "Ali Ankara", "10.01.2026 Cmt", "22:00–06:00 vardiyasının 6,00 saati"],
        ["Özel gün", "Ali Ankara", "10.01.2026 Cmt", "22:00–06:00 arası 7,50 saat çalışıldı"],
    ]) {
        assert!(parts.iter().all(|part| row.contains(part)), "{parts:?} in {row}");
    }
    let yesterday = page.texts("#dash-day tbody tr");
    assert_eq!((page.text("#dash-day-title").as_str(), yesterday.len()), ("Dünkü istisnalar 10.01.2026 Cmt", 2), "{yesterday:?}");
    let only_long = admin.get("/dashboard?month=2026-01&kind=long-shift").await;
    assert_eq!(only_long.texts("#dash-alerts tbody tr").len(), 1);
    let href = only_long.attribute("#dash-alerts tbody a.btn", "href");
    let day = admin.get(&href).await;
    assert_eq!((day.status, day.text("h1").as_str()), (200, "Ali, 05.01.2026"), "the very entry");
    let fifth = admin.get("/dashboard?month=2026-01&day=2026-01-05").await;
    assert_eq!(fifth.texts("#dash-day tbody tr").len(), 1);
}

/// Law 4857, article 46: from the seventh day. A run goes on across the end of a month, and is one person's.
#[actix_web::test]
async fn seven_days_in_a_row_are_found_in_both_months_they_touch_and_six_are_the_ordinary_week() {
    let company = Company::new().await;
    let ali = person(&company, "ankara", "Ali", "").await;
    let veli = person(&company, "ankara", "Veli", "").await;
    for date in ["2026-01-29", "2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02", "2026-02-03", "2026-02-04"] {
        entry(&company, "ankara", ali, plain(date, 540, 1020, 60)).await;
    }
    for date in ["2026-02-02", "2026-02-03", "2026-02-04", "2026-02-05", "2026-02-06", "2026-02-07"] {
        entry(&company, "ankara", veli, plain(date, 540, 1020, 60)).await;
    }
    let mut clerk = Browser::of(&on(&company, "2026-02-10"), "ankara1", CLERK_PASSWORD).await;
    for month in ["2026-01", "2026-02"] {
        let page = clerk.get(&format!("/dashboard?month={month}&kind=no-day-off")).await;
        let rows = page.texts("#dash-alerts tbody tr");
        assert_eq!(rows.len(), 1, "{month}: {rows:?}");
        assert!(rows[0].contains("Ali") && rows[0].contains("29.01.2026 – 04.02.2026 arası 7 gün üst üste"), "{rows:?}");
        assert_eq!(
            page.attribute("#dash-alerts tbody a.btn", "href"),
            format!("/timesheets?employee_id={ali}&from=2026-01-29&to=2026-02-04")
        );
    }
    let seventh = clerk.get("/dashboard?day=2026-02-04").await;
    assert!(seventh.text("#dash-day tbody").contains("7 gün"), "on the seventh day it is that day's oddity");
    assert_eq!(clerk.get("/dashboard?day=2026-02-03").await.count("#dash-day tbody tr"), 0, "on the sixth it is not");
}

/// A company nobody thought of: people who come and go, deleted and passive ones, entries of all lengths, holidays and half days.
struct Invented {
    company: Company,
    today: NaiveDate,
}

async fn invent(seed: u64) -> Invented {
    let mut dice = StdRng::seed_from_u64(seed);
    let company = Company::new().await;
    let today: NaiveDate = "2026-05-20".parse().unwrap();
    let mut sql = String::from(
        "INSERT INTO app.calendar_days (region, id, day, name, kind, free_from_min) VALUES
         ('company', gen_random_uuid(), '2026-05-01', 'Emek', 'holiday', 0),
         ('company', gen_random_uuid(), '2026-05-19', 'Gençlik', 'holiday', 0),
         ('company', gen_random_uuid(), '2026-05-12', 'Yarım', 'holiday', 780),
         ('bursa', gen_random_uuid(), '2026-05-19', 'Sevkiyat', 'workday', 0),
         ('izmir', gen_random_uuid(), '2026-05-11', 'Köprü', 'day_off', 0);",
    );
    for office in OFFICES {
        let weekdays = ["12345", "123456", "12"][dice.random_range(0..3)];
        let start = [510, 840][dice.random_range(0..2)];
        write!(
            sql,
            "INSERT INTO app.shift_templates (region, id, name, start_min, end_min, break_min, weekdays)
             VALUES ('{office}', gen_random_uuid(), 'Usual', {start}, {start} + 540, 60, '{weekdays}');"
        )
        .unwrap();
        for n in 0..dice.random_range(1..7) {
            let id = new_id();
            let date = |dice: &mut StdRng, odds: f64| {
                if dice.random_bool(odds) {
                    format!("'2026-{:02}-{:02}'", dice.random_range(4..6), dice.random_range(1..30))
                } else {
                    "NULL".to_owned()
                }
            };
            let (hire, exit) = (date(&mut dice, 0.3), date(&mut dice, 0.2));
            let exit = if hire == "NULL" { exit } else { "NULL".to_owned() };
            let (active, deleted) = (dice.random_bool(0.9), dice.random_bool(0.1));
            write!(
                sql,
                "INSERT INTO app.employees (region, id, full_name, hire_date, exit_date, is_active, deleted_at)
                 VALUES ('{office}', '{id}', 'Kişi {office} {n}', {hire}, {exit}, {active}, {});",
                if deleted { "now()" } else { "NULL" },
            )
            .unwrap();
            for day in 0..60u64 {
                if dice.random_bool(0.3) {
                    continue;
                }
                let start = dice.random_range(420..900);
                let end = (start + [dice.random_range(30..600), dice.random_range(500..780), 1000][dice.random_range(0..3)]).min(1840);
                let rest = [0, 30, 60, 300][dice.random_range(0..4)];
                let deleted = if dice.random_bool(0.1) { "now()" } else { "NULL" };
                let date = "2026-03-29".parse::<NaiveDate>().unwrap() + chrono::Days::new(day);
                write!(
                    sql,
                    "INSERT INTO app.timesheets (region, id, employee_id, work_date, start_min, end_min, break_min, is_special, deleted_at)
                     VALUES ('{office}', gen_random_uuid(), '{id}', '{date}', {start}, {end}, {rest}, {}, {deleted});",
                    dice.random_bool(0.1),
                )
                .unwrap();
            }
        }
        for _ in 0..dice.random_range(0..3) {
            write!(
                sql,
                "INSERT INTO app.conflict (region, id, kind, entity, entity_id) VALUES ('{office}', gen_random_uuid(), 'field', 'timesheet', gen_random_uuid());"
            )
            .unwrap();
        }
    }
    run(&company, &sql).await;
    Invented { company, today }
}

/// What the tile of a region has to say, by SQL alone; the rule of the hours is DOMAIN 4.1 written once more.
async fn wanted_tile(conn: &mut PgConnection, region: &str, today: NaiveDate) -> Vec<String> {
    let sql = "
        WITH days AS (SELECT d::date AS day FROM generate_series('2026-05-01'::date, '2026-05-19'::date, '1 day') d),
        people AS (SELECT * FROM app.employees WHERE region = $1 AND deleted_at IS NULL),
        live AS (SELECT * FROM app.timesheets WHERE region = $1 AND deleted_at IS NULL),
        shift AS (SELECT * FROM app.shift_templates WHERE region = $1),
        free AS (
            SELECT day, min(free_from_min) AS from_min FROM app.calendar_days c
            WHERE region IN ('company', $1) AND kind <> 'workday'
              AND NOT EXISTS (SELECT FROM app.calendar_days w WHERE w.region = $1 AND w.day = c.day AND w.kind = 'workday')
            GROUP BY day
        )
        SELECT ARRAY[
            (SELECT count(*) FROM people WHERE is_active)::text,
            (SELECT count(*) FROM live WHERE work_date = $2)::text,
            (SELECT count(*) FROM app.timesheets WHERE region = $1)::text,
            (SELECT count(*) FROM days d CROSS JOIN people p CROSS JOIN shift s LEFT JOIN free f ON f.day = d.day
             WHERE (p.hire_date IS NULL OR p.hire_date <= d.day)
               AND (p.exit_date IS NULL OR p.exit_date >= d.day)
               AND position(extract(isodow FROM d.day)::text IN s.weekdays) > 0
               AND (f.from_min IS NULL OR s.start_min < f.from_min)
               AND NOT EXISTS (SELECT FROM live l WHERE l.employee_id = p.id AND l.work_date = d.day))::text,
            (SELECT replace(to_char(coalesce(sum(CASE
                 WHEN is_special THEN 0
                 WHEN extract(isodow FROM work_date) = 7 THEN end_min - start_min - least(break_min, end_min - start_min)
                 WHEN extract(isodow FROM work_date) = 6 THEN greatest(0, end_min - start_min - 300)
                 ELSE greatest(0, end_min - start_min - 540) END), 0) / 60.0, 'FM999990.00'), '.', ',')
             FROM live WHERE work_date BETWEEN '2026-05-01' AND '2026-05-31'),
            (SELECT count(*) FROM app.conflict WHERE region = $1 AND resolved_at IS NULL)::text,
            '0'
        ]";
    sqlx::query_scalar(sql).bind(region).bind(today).fetch_one(conn).await.unwrap()
}

fn tile(page: &Answer, region: &str) -> Vec<String> {
    page.texts(&format!("#tile-{region} dd")).into_iter().map(|text| text.replace('.', "")).collect()
}

#[actix_web::test]
async fn every_number_of_every_tile_is_what_sql_says_on_companies_nobody_thought_of() {
    for seed in 0..3 {
        let Invented { company, today } = invent(seed).await;
        let state = on(&company, &today.to_string());
        let mut conn = company.inspect().await;
        let mut admin = Browser::of(&state, "admin", ADMIN_PASSWORD).await;
        let page = admin.get("/dashboard").await;
        assert_eq!((page.status, page.count("article.tile")), (200, 4));
        for office in OFFICES {
            let wanted = wanted_tile(&mut conn, office, today).await;
            assert_eq!(tile(&page, office), wanted, "seed {seed}, {office}");
            // Each number opens a list of as many.
            let list = admin.get(&page.attribute(&format!("#tile-{office} [href^='/dashboard/blanks']"), "href")).await;
            assert_eq!(list.count("[data-blank]").to_string(), wanted[3], "seed {seed}, {office}: blanks");
            let list = admin.get(&page.attribute(&format!("#tile-{office} [href^='/employees?']"), "href")).await;
            assert_eq!(list.count("#employee-list tbody tr").to_string(), wanted[0], "seed {seed}, {office}: people");
            let list = admin.get(&page.attribute(&format!("#tile-{office} [href^='/reports/summary']"), "href")).await;
            assert_eq!(list.text("#sum-overtime").replace('.', ""), wanted[4], "seed {seed}, {office}: overtime");
            let list = admin.get(&page.attribute(&format!("#tile-{office} [href^='/timesheets?region']"), "href")).await;
            let rows = if wanted[1] == "0" { 0 } else { list.count("#timesheet-list tbody tr") };
            assert_eq!(rows.to_string(), wanted[1], "seed {seed}, {office}: today");
        }
        // The clerk's page says the same about the clerk's region and nothing about any other.
        let mut clerk = Browser::of(&state, "ankara1", CLERK_PASSWORD).await;
        let own = clerk.get("/dashboard").await;
        assert_eq!((own.count("article.tile"), tile(&own, "ankara")), (1, tile(&page, "ankara")));
        for foreign in ["bursa", "istanbul", "izmir", "İzmir"] {
            assert!(!own.html.contains(foreign), "{foreign} disclosed to ankara1");
        }
    }
}

#[derive(FromRow)]
struct Stored {
    id: Uuid,
    region: String,
    employee_id: Uuid,
    full_name: String,
    work_date: NaiveDate,
    start_min: i32,
    end_min: i32,
    break_min: i32,
    is_special: bool,
    hire_date: Option<NaiveDate>,
    exit_date: Option<NaiveDate>,
    is_deleted: bool,
    worked_that_day: i64,
}

/// The query reads only what may be odd. This asks the rules about every entry there is: none may be missing.
#[actix_web::test]
async fn no_alert_is_lost_by_the_conditions_of_the_query() {
    let Invented { company, today } = invent(7).await;
    let stored: Vec<Stored> = sqlx::query_as(
        "SELECT t.id, t.region, t.employee_id, e.full_name, t.work_date, t.start_min, t.end_min, t.break_min, t.is_special,
                e.hire_date, e.exit_date, e.deleted_at IS NOT NULL AS is_deleted,
                sum(greatest(t.end_min - t.start_min - t.break_min, 0)) OVER (PARTITION BY t.region, t.employee_id, t.work_date) AS worked_that_day
         FROM app.timesheets t JOIN app.employees e ON e.region = t.region AND e.id = t.employee_id WHERE t.deleted_at IS NULL",
    )
    .fetch_all(&mut company.inspect().await)
    .await
    .unwrap();
    let row = |region: &str, day: &str, kind, free_from| Entry {
        region: region.into(),
        day: day.parse().unwrap(),
        name: "x".into(),
        kind,
        free_from,
    };
    let calendar = Calendar::new(&[
        row("company", "2026-05-01", DayKind::Holiday, 0),
        row("company", "2026-05-19", DayKind::Holiday, 0),
        row("company", "2026-05-12", DayKind::Holiday, 780),
        row("bursa", "2026-05-19", DayKind::Workday, 0),
        row("izmir", "2026-05-11", DayKind::DayOff, 0),
    ]);
    let mut wanted: BTreeMap<AlertKind, usize> = BTreeMap::new();
    let mut days: BTreeMap<Uuid, std::collections::BTreeSet<NaiveDate>> = BTreeMap::new();
    for s in stored {
        days.entry(s.employee_id).or_default().insert(s.work_date);
        if s.work_date.month() != 5 {
            continue;
        }
        let shift = Shift {
            work_date: s.work_date,
            start_min: s.start_min,
            end_min: s.end_min,
            break_minutes: s.break_min,
            is_special: s.is_special,
        };
        let mark = calendar.mark(&s.region, s.work_date).filter(|mark| mark.suggests_special(s.start_min)).map(|mark| mark.name.clone());
        let suspect = Suspect {
            id: s.id,
            region: s.region,
            employee_id: s.employee_id,
            employee_name: s.full_name,
            shift,
            hire_date: s.hire_date,
            exit_date: s.exit_date,
            is_deleted: s.is_deleted,
            worked_that_day: s.worked_that_day,
            is_confirmed: false,
        };
        for alert in alerts_of(&suspect, &Rules::default(), mark.as_deref(), today) {
            *wanted.entry(alert.kind).or_default() += 1;
        }
    }
    let runs = days.values().flat_map(long_runs).filter(|run| run.to.month() >= 5).count();
    wanted.insert(AlertKind::NoDayOff, runs);
    assert!(wanted.len() >= 7, "the invented company is odd enough: {wanted:?}");
    let mut admin = Browser::of(&on(&company, "2026-05-20"), "admin", ADMIN_PASSWORD).await;
    for kind in AlertKind::ALL {
        let page = admin.get(&format!("/dashboard?month=2026-05&kind={}", kind.as_str())).await;
        let label = page.text("#dash-alerts [aria-current]");
        let shown = label.rsplit(' ').next().and_then(|number| number.replace('.', "").parse().ok()).unwrap_or(0);
        assert_eq!(shown, wanted.get(&kind).copied().unwrap_or(0), "{kind:?}: {label}");
    }
}

#[actix_web::test]
async fn a_refresh_is_answered_only_when_something_was_done() {
    let company = Company::new().await;
    let state = on(&company, "2026-01-12");
    let mut admin = Browser::of(&state, "admin", ADMIN_PASSWORD).await;
    let poll = admin.get("/dashboard").await.attribute("#dash-poll", "hx-get");
    assert!(poll.starts_with("/dashboard?seen=2026-01-12-"), "{poll}");
    assert_eq!(admin.load(&poll, "div#dash").await.status, 204);
    let ali = person(&company, "izmir", "Ali", "").await;
    entry(&company, "izmir", ali, plain("2026-01-10", 540, 1080, 60)).await;
    let news = admin.load(&poll, "div#dash").await;
    assert_eq!(news.status, 200);
    assert!(
        !news.html.contains("<html") && news.text("#dash-recent li").starts_with("Ali, 10.01.2026 09:00–18:00, eklendi"),
        "{}",
        news.html
    );
    let next = news.attribute("#dash-poll", "hx-get");
    assert_eq!((next == poll, next.matches("seen=").count()), (false, 1));
    assert_eq!(admin.load(&next, "div#dash").await.status, 204);
    assert_eq!(admin.get(&next).await.status, 200, "a page that is asked for is always given");
}

#[actix_web::test]
async fn filters_of_the_address_choose_region_dates_and_names() {
    let company = Company::new().await;
    two_alis(&company).await;
    let mut admin = Browser::of(&on(&company, "2026-01-11"), "admin", ADMIN_PASSWORD).await;
    let izmir = admin.get("/dashboard?region=izmir&from=2026-01-01&to=2026-01-31").await;
    assert_eq!((izmir.count("article.tile"), izmir.count("#dash-alerts tbody tr"), izmir.texts("#dash-recent li").len()), (1, 0, 3));
    let named = admin.get("/dashboard?month=2026-01&q=AL%C4%B0").await;
    assert_eq!(named.count("#dash-alerts tbody tr"), 3, "Turkish letters fold");
    assert_eq!(admin.get("/dashboard?month=2026-01&q=veli").await.count("#dash-alerts tbody tr"), 0);
    assert_eq!(admin.get("/dashboard?region=atlantis").await.status, 404);
    let mut clerk = Browser::of(&on(&company, "2026-01-11"), "ankara1", CLERK_PASSWORD).await;
    for foreign in ["/dashboard?region=izmir", "/dashboard/blanks?region=izmir", "/reports/summary?region=izmir"] {
        assert_eq!(clerk.get(foreign).await.status, 404, "{foreign}");
    }
}

#[actix_web::test]
async fn the_trend_says_in_a_table_what_its_picture_shows() {
    let company = Company::new().await;
    two_alis(&company).await;
    let mut clerk = Browser::of(&on(&company, "2026-01-11"), "ankara1", CLERK_PASSWORD).await;
    let page = clerk.get("/dashboard").await;
    assert_eq!((page.count("svg[role=img]"), page.count("rect.trend-entries"), page.count("rect.trend-overtime")), (1, 1, 1));
    assert!(page.text("svg desc").contains("toplam 4 kayıt ve 3,00 saat fazla mesai"), "{}", page.text("svg desc"));
    let rows = page.texts("#trend-numbers tbody tr");
    assert_eq!((rows.len(), rows[11].as_str(), rows[0].as_str()), (12, "05.01.2026 4 3,00", "20.10.2025 0 0,00"));
    let months = clerk.get("/dashboard?trend=months").await.texts("#trend-numbers tbody tr");
    assert_eq!((months[11].as_str(), months[0].as_str()), ("01.01.2026 4 3,00", "01.02.2025 0 0,00"));
    assert!(!page.html.contains("style="), "the content policy allows no style");
}

/// Regions `first` to `last` more, each with a person and an entry with overtime.
async fn many_offices(company: &Company, first: u32, last: u32) {
    let sql = format!(
        "INSERT INTO app.regions (code, name, created_at) SELECT 'sube_' || n, 'Şube ' || n, '2020-01-01' FROM generate_series({first}, {last}) n;
         SELECT set_config('app.regions', (SELECT string_agg(code, ',') FROM app.regions), false);
         INSERT INTO app.employees (region, id, full_name) SELECT 'sube_' || n, gen_random_uuid(), 'Veli' FROM generate_series({first}, {last}) n;
         INSERT INTO app.timesheets (region, id, employee_id, work_date, start_min, end_min, break_min)
         SELECT region, gen_random_uuid(), id, '2026-01-05', 480, 1140, 60 FROM app.employees
         WHERE region IN (SELECT 'sube_' || n FROM generate_series({first}, {last}) n)"
    );
    run(company, &sql).await;
}

#[actix_web::test]
async fn of_more_regions_than_there_is_room_for_the_trend_shows_their_sum() {
    let company = Company::new().await;
    two_alis(&company).await;
    many_offices(&company, 1, 8).await;
    let mut admin = Browser::of(&on(&company, "2026-01-11"), "admin", ADMIN_PASSWORD).await;
    let page = admin.get("/dashboard").await;
    assert_eq!((page.count("article.tile"), page.count("figure.trend-panel")), (12, 12), "a picture of each");
    let sums: Vec<(i64, f64)> = page.texts("#trend-numbers tbody tr").iter().map(|row| sums_of(row)).collect();
    many_offices(&company, 9, 9).await;
    let page = admin.get("/dashboard").await;
    assert_eq!((page.count("article.tile"), page.count("figure.trend-panel")), (13, 1));
    let rows = page.texts("#trend-numbers tbody tr");
    let of_all: Vec<(i64, f64)> = rows.iter().map(|row| sums_of(row)).collect();
    assert_eq!(of_all[..11], sums[..11]);
    let one = page_of_one(&mut admin).await;
    assert_eq!(of_all[11], (sums[11].0 + one.0, sums[11].1 + one.1), "{rows:?}");
    assert!(one.0 == 1 && one.1 > 0.0, "{one:?}");
    assert_eq!(page.text("figure.trend-panel figcaption"), "Tüm bölgeler");
}

async fn page_of_one(admin: &mut Browser) -> (i64, f64) {
    sums_of(admin.get("/dashboard?region=sube_9").await.texts("#trend-numbers tbody tr").last().unwrap())
}

/// Entries and hours of overtime of a line of the trend, of all its regions.
fn sums_of(row: &str) -> (i64, f64) {
    let numbers: Vec<f64> = row.split(' ').skip(1).map(|number| number.replace('.', "").replace(',', ".").parse().unwrap()).collect();
    let (entries, overtime) = numbers.chunks(2).fold((0.0, 0.0), |sum, pair| (sum.0 + pair[0], sum.1 + pair[1]));
    (format!("{entries:.0}").parse().unwrap(), (overtime * 100.0_f64).round() / 100.0)
}

#[actix_web::test]
async fn a_day_with_many_oddities_shows_the_first_and_leads_to_all_of_them() {
    let company = Company::new().await;
    for n in 0..23 {
        let someone = person(&company, "ankara", &format!("Ali {n}"), "Depo").await;
        entry(&company, "ankara", someone, plain("2026-01-10", 0, 1080, 0)).await;
    }
    let mut clerk = Browser::of(&on(&company, "2026-01-11"), "ankara1", CLERK_PASSWORD).await;
    let page = clerk.get("/dashboard?q=ali&kind=no-day-off").await;
    assert_eq!(page.count("#dash-day tbody tr"), 20);
    let more = "#dash-day > .card-note > a[href$='#dash-alerts']";
    let (said, all) = (page.text(more), page.attribute(more, "href"));
    assert_eq!(all, "/dashboard?q=ali&from=2026-01-10&to=2026-01-10#dash-alerts");
    let address = all.trim_end_matches("#dash-alerts");
    assert_eq!(clerk.get(address).await.count("#dash-alerts tbody tr"), 20);
    let others = clerk.get(&format!("{address}&page=2")).await.count("#dash-alerts tbody tr");
    assert!(others >= 3, "{others}");
    assert_eq!(said, format!("{others} tanesi daha var"));
}
