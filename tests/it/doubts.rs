//! The form asks about a probable mistake: nothing is stored, a second Enter confirms it, and the entry keeps what was confirmed. Entries
//! from a queue are stored without a question. In both cases the dashboard shows the doubt.

#![cfg(test)]

use chrono::TimeDelta;
use rainstaff::{clock::Clock, state::AppState};
use serde_json::json;
use sqlx::AssertSqlSafe;

use crate::{
    month::{Offices, entry, person, weekdays},
    support::{
        browser::{Answer, Browser, Form},
        builders::{clerk, employee_id, op, timesheet_id},
    },
};

/// Ankara on Wednesday, 18 February 2026: one person, employed since 12 January and until the end of February.
async fn office() -> (Offices, Browser) {
    let offices = Offices::new().await;
    let ayse = person("ankara", 1, "Ayşe Yılmaz", &json!({ "hire_date": "2026-01-12", "exit_date": "2026-02-27" }));
    offices.store("ankara", vec![weekdays("ankara"), ayse]).await;
    let browser = offices.clerk("ankara").await;
    (offices, browser)
}

async fn look(offices: &Offices, sql: &str) -> String {
    let sql = format!("SELECT coalesce((SELECT q.v::text FROM ({sql}) q(v) LIMIT 1), 'nothing')");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut offices.inspect().await).await.unwrap()
}

const STORED: &str = "SELECT count(*) || ' ' || coalesce(string_agg(confirmed, ',' ORDER BY work_date, start_min), '') FROM app.timesheets WHERE deleted_at IS NULL";

fn filled(form: Form, day: &str, times: (&str, &str, &str)) -> Form {
    let form = form.with("employee_id", &[&employee_id(1).to_string()]).with("work_date", &[day]);
    form.with("start_time", &[times.0]).with("end_time", &[times.1]).with("break_minutes", &[times.2]).minted()
}

/// The form of Puantaj.
async fn new_form(browser: &mut Browser, day: &str, times: (&str, &str, &str)) -> Form {
    filled(browser.get("/timesheets").await.form("#entry form"), day, times)
}

/// The form that came back, sent once more.
fn again(answer: &Answer, selector: &str) -> Form {
    answer.form(selector).minted()
}

#[actix_web::test]
async fn each_doubt_is_asked_about_once_and_the_entry_carries_what_was_confirmed() {
    for (day, times, says, code) in [
        ("2026-02-16", ("0900", "1300", "240"), "Mola vardiyanın tamamını", "nothing-worked"),
        ("2026-01-09", ("0830", "1730", "60"), "işe giriş tarihinden (12.01.2026) önce", "before-hire"),
        ("2026-02-19", ("0830", "1730", "60"), "19.02.2026 henüz gelmedi", "ahead"),
        ("2026-02-16", ("0000", "2330", "0"), "23:30 saat", "long-day"),
    ] {
        let (offices, mut browser) = office().await;
        let form = new_form(&mut browser, day, times).await;
        let asked = browser.submit(&form).await;
        assert_eq!((asked.status, asked.op_ack.as_str()), (422, ""), "{code}: {}", asked.html);
        assert!(asked.text("[data-question]").contains(says), "{code}: {}", asked.html);
        assert_eq!(
            (asked.count(".invalid-feedback"), look(&offices, STORED).await),
            (0, "0 ".to_owned()),
            "{code}: nothing is wrong, nothing stored"
        );
        let form = again(&asked, "form");
        assert_eq!((form.value("work_date"), form.value("confirmed")), (day, code), "what was typed stays");
        let stored = browser.submit(&form).await;
        assert_eq!((stored.status, stored.op_ack.as_str()), (200, form.value("_op")), "{code}: {}", stored.html);
        assert_eq!(look(&offices, STORED).await, format!("1 {code}"));
        let next = stored.form("form");
        assert_eq!(next.value("confirmed"), "", "the next entry confirms nothing");
    }
}

#[actix_web::test]
async fn two_entries_of_a_date_that_come_to_more_than_a_day_are_asked_about_and_shown() {
    let (offices, mut browser) = office().await;
    let first = new_form(&mut browser, "2026-02-16", ("0000", "1500", "0")).await;
    assert_eq!(browser.submit(&first).await.status, 200, "fifteen hours may be");
    let second = new_form(&mut browser, "2026-02-16", ("1500", "2300", "0")).await;
    let asked = browser.submit(&second).await;
    assert!(asked.status == 422 && asked.text("[data-question]").contains("23:00 saat"), "{}", asked.html);
    assert_eq!(browser.submit(&again(&asked, "form")).await.status, 200);
    let alerts = browser.get("/dashboard?from=2026-02-16&to=2026-02-16").await;
    assert!(alerts.html.contains("Bir günde çok fazla çalışma") && alerts.html.contains("kaydı giren onayladı"), "{}", alerts.html);
    let id = look(&offices, "SELECT id FROM app.timesheets WHERE confirmed <> ''").await;
    let history = browser.get(&format!("/timesheets/{id}")).await;
    assert!(history.html.contains("Onaylanan uyarı") && history.html.contains("16 saatten uzun gün"), "{}", history.html);
}

#[actix_web::test]
async fn a_correction_is_asked_about_and_what_does_not_hold_any_more_is_forgotten() {
    let (offices, mut browser) = office().await;
    offices.store("ankara", vec![entry("ankara", 1, 1, "2026-02-16", ("08:30", "17:30"), &json!({}))]).await;
    let address = format!("/timesheets/{}/edit", timesheet_id(1));
    let form = browser.get(&address).await.form("form.entry-form").with("work_date", &["2026-02-20"]).minted();
    let asked = browser.submit(&form).await;
    assert!(asked.status == 422 && asked.text("[data-question]").contains("20.02.2026"), "{}", asked.html);
    assert_eq!(browser.submit(&again(&asked, "form.entry-form")).await.status, 200);
    assert_eq!(look(&offices, STORED).await, "1 ahead");
    let note = browser.get(&address).await.form("form.entry-form").with("notes", &["nöbet"]).minted();
    assert_eq!(browser.submit(&note).await.status, 200, "confirmed once, not asked again");
    assert_eq!(look(&offices, STORED).await, "1 ahead");
    let back = browser.get(&address).await.form("form.entry-form").with("work_date", &["2026-02-16"]).minted();
    assert_eq!(browser.submit(&back).await.status, 200);
    assert_eq!(look(&offices, STORED).await, "1 ", "and forgotten when it is past");
}

#[actix_web::test]
async fn the_day_and_the_month_ask_as_well() {
    let (offices, mut browser) = office().await;
    let row = browser.get("/today?date=2026-02-19").await.form("form[action='/today/entries']").minted();
    let asked = browser.submit(&row).await;
    assert!(asked.status == 422 && asked.text("[data-question]").contains("19.02.2026"), "{}", asked.html);
    let confirmed = browser.submit(&again(&asked, "form[action='/today/entries']")).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.html);
    let day = browser.load(&format!("/employees/{}/days/2026-02-20", employee_id(1)), "div").await.form("form.entry-form").minted();
    let asked = browser.submit(&day).await;
    assert!(asked.status == 422 && asked.text("[data-question]").contains("20.02.2026"), "{}", asked.html);
    assert_eq!(browser.submit(&again(&asked, "form.entry-form")).await.status, 200);
    assert_eq!(look(&offices, STORED).await, "2 ahead,ahead");
}

#[actix_web::test]
async fn everybody_as_planned_on_a_day_to_come_takes_two_presses() {
    let (offices, mut browser) = office().await;
    for posts in [false, true] {
        let form = browser.get("/today?date=2026-02-20").await.form("#today-all").minted();
        let asked = if posts { browser.post(&form).await } else { browser.submit(&form).await };
        assert!(asked.status == 422 && asked.text("[data-question]").contains("20.02.2026 henüz gelmedi"), "{}", asked.html);
        assert_eq!(look(&offices, STORED).await, "0 ");
    }
    let asked = {
        let form = browser.get("/today?date=2026-02-20").await.form("#today-all").minted();
        browser.submit(&form).await
    };
    let confirmed = browser.submit(&again(&asked, "#today-all")).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.html);
    assert_eq!(look(&offices, STORED).await, "1 ahead");
    let today = browser.get("/today?date=2026-02-18").await.form("#today-all").minted();
    assert_eq!(browser.submit(&today).await.status, 200, "today is asked nothing");
}

#[actix_web::test]
async fn everybody_as_planned_sent_again_after_midnight_is_answered_as_before() {
    let (offices, mut browser) = office().await;
    let asked = {
        let form = browser.get("/today?date=2026-02-19").await.form("#today-all").minted();
        browser.submit(&form).await
    };
    let form = again(&asked, "#today-all");
    let first = browser.submit(&form).await.text(".toast-text");
    for hours in [5, 10, 15] {
        browser
            .goes_on_with(&AppState { clock: Clock::Fixed(offices.state.clock.now() + TimeDelta::hours(hours)), ..offices.state.clone() });
        let later = browser.submit(&form).await;
        assert_eq!(later.text(".toast-text"), first, "{hours} hours later: {} {}", later.status, later.html);
    }
    assert_eq!(look(&offices, "SELECT string_agg(DISTINCT verdict, ' ') FROM app.op_verdict").await, "applied", "nothing is refused");
}

#[actix_web::test]
async fn what_comes_out_of_a_queue_is_stored_without_asking_and_shown() {
    let (offices, mut browser) = office().await;
    let entries = vec![
        entry("ankara", 1, 1, "2026-02-16", ("09:00", "13:00"), &json!({ "break_minutes": 240 })),
        entry("ankara", 2, 1, "2026-02-20", ("08:30", "17:30"), &json!({})),
        entry("ankara", 3, 1, "2026-03-02", ("08:30", "17:30"), &json!({})),
        entry("ankara", 4, 1, "2026-02-17", ("00:00", "12:00"), &json!({ "break_minutes": 0 })),
        entry("ankara", 5, 1, "2026-02-17", ("12:00", "23:00"), &json!({ "break_minutes": 0, "confirmed": "long-day ahead nonsense" })),
    ];
    offices.store("ankara", entries).await;
    assert_eq!(look(&offices, "SELECT count(*) FROM app.timesheets").await, "5", "as they came, and together");
    let touched = op(&clerk("ankara"), "ankara").update("timesheet", timesheet_id(5), 1, json!({ "notes": ["", "çift vardiya"] }));
    offices.store("ankara", vec![touched]).await;
    assert_eq!(look(&offices, "SELECT confirmed FROM app.timesheets WHERE notes <> ''").await, "long-day", "what does not hold is dropped");
    let alerts = browser.get("/dashboard?from=2026-02-01&to=2026-03-31").await;
    for kind in ["Gelecek gün", "Bir günde çok fazla çalışma"] {
        assert!(alerts.html.contains(kind), "{kind}: {}", alerts.html);
    }
}

#[actix_web::test]
async fn taking_a_change_back_asks_nothing() {
    let (offices, mut browser) = office().await;
    let ahead = entry("ankara", 1, 1, "2026-02-20", ("08:30", "17:30"), &json!({}));
    let moved =
        op(&clerk("ankara"), "ankara").update("timesheet", timesheet_id(1), 1, json!({ "work_date": ["2026-02-20", "2026-02-16"] }));
    offices.store("ankara", vec![ahead, moved]).await;
    let form = browser.get(&format!("/activity?entity_id={}", timesheet_id(1))).await.form("form.change-reversal").minted();
    let answer = browser.submit(&form).await;
    assert_eq!(answer.status, 200, "{}", answer.html);
    assert_eq!(look(&offices, "SELECT work_date FROM app.timesheets").await, "2026-02-20");
}

/// A queue can say anything: a doubt counts as confirmed only where there is one, also for entries that are stored together.
#[actix_web::test]
async fn entries_that_come_together_carry_what_was_confirmed_of_their_doubts_and_no_other_word() {
    let (offices, _) = office().await;
    let made = |n: u32, times: (&str, &str), confirmed: &str| {
        let values = json!({ "employee_id": employee_id(1), "work_date": format!("2026-02-{:02}", 9 + n), "start_time": times.0,
            "end_time": times.1, "break_minutes": 60, "confirmed": confirmed });
        op(&clerk("ankara"), "ankara").create("timesheet", timesheet_id(n), values)
    };
    offices.store("ankara", vec![made(1, ("08:00", "17:00"), "long-day kahve"), made(2, ("00:00", "23:00"), "kahve long-day ahead")]).await;
    assert_eq!(look(&offices, STORED).await, "2 ,long-day");
}
