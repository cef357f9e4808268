//! Only the first and the last day decide who is employed on a day; no entries are expected before the office's first day.

#![cfg(test)]

use rainstaff::{
    ops::{Origin, VerdictKind},
    sync::deliver,
};
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor};

use crate::{
    month::{Offices, entry, person, weekdays},
    support::{
        browser::{Answer, Browser, Form},
        builders::{clerk, employee_id, op, queue_id, template_id, timesheet_id},
    },
};

/// Ankara in January 2026: two people, of whom Ayşe has entries until Tuesday the 20th.
async fn office() -> (Offices, Browser) {
    let offices = Offices::new().await;
    let mut ops = vec![
        weekdays("ankara"),
        person("ankara", 1, "Ayşe Yılmaz", &json!({})),
        person("ankara", 2, "Gökhan Demir", &json!({ "hire_date": "2026-01-12" })),
    ];
    for (n, day) in [(1, "2026-01-05"), (2, "2026-01-06"), (3, "2026-01-20")] {
        ops.push(entry("ankara", n, 1, day, ("08:30", "17:30"), &json!({})));
    }
    offices.store("ankara", ops).await;
    let browser = offices.clerk("ankara").await;
    (offices, browser)
}

async fn look(offices: &Offices, sql: &str) -> String {
    let sql = format!("SELECT coalesce((SELECT q.v::text FROM ({sql}) q(v) LIMIT 1), 'nothing')");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut offices.inspect().await).await.unwrap()
}

fn row(page: &Answer, n: u32) -> Vec<String> {
    page.texts(&format!("tr[data-employee='{}'] td", employee_id(n)))
}

async fn leave_form(browser: &mut Browser, n: u32) -> Form {
    browser.get("/employees").await.form(&format!("form[action='/employees/{}/passivation']", employee_id(n))).minted()
}

async fn month(browser: &mut Browser, month: &str) -> Answer {
    browser.get(&format!("/timesheets/month?month={month}")).await
}

#[actix_web::test]
async fn whoever_leaves_gets_a_last_day_and_the_days_before_it_stay_as_they_were() {
    let (offices, mut browser) = office().await;
    let before = row(&month(&mut browser, "2026-01").await, 1);
    assert_eq!(before[32], "19", "blank days of January: {before:?}");
    let form = leave_form(&mut browser, 1).await;
    assert_eq!(form.value("exit_date"), "2026-01-20", "the last entry's day is proposed");
    let answer = browser.submit(&form.with("exit_date", &["31.01.2026"])).await;
    assert_eq!(answer.status, 200, "{}", answer.html);
    assert_eq!(
        look(&offices, "SELECT exit_date || ' ' || is_active FROM app.employees WHERE full_name LIKE 'Ayşe%'").await,
        "2026-01-31 false"
    );
    assert_eq!(row(&month(&mut browser, "2026-01").await, 1), before, "the sheet of January is the same");
    assert!(row(&month(&mut browser, "2026-02").await, 1).is_empty(), "and in February nobody expects her");
    let blanks = browser.get("/dashboard/blanks?from=2026-01-01&to=2026-02-17").await;
    assert!(
        blanks.html.contains("Ayşe Yılmaz") && blanks.texts("[data-blank]").iter().filter(|day| day.ends_with(".01.2026")).count() >= 19
    );
    let filters = browser.get("/timesheets").await;
    assert!(
        filters.texts("#filter-employee_id option").iter().any(|name| name.contains("Ayşe") && name.contains("31.01.2026")),
        "she is in the filter"
    );

    let late = entry("ankara", 9, 1, "2026-02-03", ("08:30", "17:30"), &json!({}));
    offices.store("ankara", vec![late]).await;
    let alerts = browser.get("/dashboard?from=2026-02-01&to=2026-02-17").await;
    assert!(alerts.html.contains("after-exit") || alerts.html.contains("İşten çıkış"), "an entry after the last day is odd");

    let undone = browser.submit(&answer.form("form[data-undo]").minted()).await;
    assert_eq!(undone.status, 200, "{}", undone.html);
    assert_eq!(
        look(&offices, "SELECT is_active || coalesce(exit_date::text, ' none') FROM app.employees WHERE full_name LIKE 'Ayşe%'").await,
        "true none"
    );
    let again = browser.submit(&undone.form("form[data-undo]").minted()).await;
    assert_eq!(again.status, 200);
    assert_eq!(
        look(&offices, "SELECT exit_date FROM app.employees WHERE full_name LIKE 'Ayşe%'").await,
        "2026-01-31",
        "taken back twice: as it was"
    );
}

/// An older page, a queue, an agent: they know no last day.
#[actix_web::test]
async fn who_is_made_passive_without_a_last_day_gets_that_of_the_last_entry_or_of_today() {
    let (offices, _) = office().await;
    let gone = |n| op(&clerk("ankara"), "ankara").update("employee", employee_id(n), 1, json!({ "is_active": [true, false] }));
    offices.store("ankara", vec![gone(1), gone(2)]).await;
    let days = "SELECT string_agg(exit_date::text, ' ' ORDER BY full_name) FROM app.employees";
    assert_eq!(look(&offices, days).await, "2026-01-20 2026-02-18");
    let back = op(&clerk("ankara"), "ankara").update("employee", employee_id(1), 2, json!({ "is_active": [false, true] }));
    offices.store("ankara", vec![back]).await;
    assert_eq!(look(&offices, days).await, "2026-02-18", "whoever comes back has none");
    assert_eq!(look(&offices, FIRST_DAY).await, "2026-02-18", "and begins anew on the day of the act: nobody expected her in between");
}

const FIRST_DAY: &str = "SELECT hire_date FROM app.employees WHERE full_name LIKE 'Ayşe%'";
const STAY: &str =
    "SELECT hire_date || ' ' || coalesce(exit_date::text, 'none') || ' ' || is_active FROM app.employees WHERE full_name LIKE 'Ayşe%'";

async fn back_form(browser: &mut Browser) -> Form {
    let list = browser.get("/employees?state=passive").await;
    list.form(&format!("form[action='/employees/{}/activation']", employee_id(1))).minted()
}

/// Ayşe's days without an entry, of those the office has to enter.
async fn blank_days(browser: &mut Browser, range: &str) -> Vec<String> {
    let rows = browser.get(&format!("/dashboard/blanks?{range}")).await.texts("#blank-list tbody tr");
    let days = rows.iter().find(|row| row.starts_with("Ayşe")).map(|row| row.split(' ').filter(|word| word.len() == 10).map(str::to_owned));
    days.map(Iterator::collect).unwrap_or_default()
}

#[actix_web::test]
async fn whoever_comes_back_begins_anew_and_nobody_expected_them_in_between() {
    let (offices, mut browser) = office().await;
    let form = leave_form(&mut browser, 1).await;
    browser.submit(&form).await;
    assert_eq!(look(&offices, STAY).await, "2025-01-01 2026-01-20 false");
    let before = row(&month(&mut browser, "2026-01").await, 1);
    let list = browser.get("/employees?state=passive").await;
    assert!(list.text(".row-ask .form-hint").contains("21.01.2026"), "the day after the last one: {}", list.html);
    let form = back_form(&mut browser).await;
    assert_eq!(form.value("hire_date"), "2026-02-18", "today is proposed");
    for (day, says) in [("20.01.2026", "son gününden (20.01.2026) sonra"), ("31.02.2026", "takvimde yok")] {
        let refused = browser.submit(&form.clone().with("hire_date", &[day])).await;
        assert!(refused.status == 422 && refused.html.contains(says), "{day}: {}", refused.html);
    }
    let done = browser.submit(&form.minted().with("hire_date", &["16.02.2026"])).await;
    assert_eq!(done.status, 200, "{}", done.html);
    assert_eq!(look(&offices, STAY).await, "2026-02-16 none true");

    let after = row(&month(&mut browser, "2026-01").await, 1);
    for n in [4, 5, 19] {
        assert_eq!(after[n], before[n], "the entries of January stay: {after:?}");
    }
    assert_eq!(after[33..], before[33..], "and count: {after:?} {before:?}");
    assert_eq!(blank_days(&mut browser, "from=2026-01-01&to=2026-02-17").await, ["16.02.2026", "17.02.2026"]);
    let board = browser.get("/dashboard?from=2026-01-01&to=2026-01-31&kind=before-hire").await;
    assert_eq!((board.count("#dash-alerts tbody tr"), board.status), (0, 200), "they were not entered before the first day");
    let summary = browser.get("/reports/summary?from=2026-01-01&to=2026-01-31").await;
    assert_eq!(summary.text("#sum-entries"), "3");
    let odd = entry("ankara", 9, 1, "2026-02-03", ("08:30", "17:30"), &json!({}));
    offices.store("ankara", vec![odd]).await;
    let board = browser.get("/dashboard?from=2026-02-01&to=2026-02-17&kind=before-hire").await;
    assert_eq!(board.count("#dash-alerts tbody tr"), 1, "a day between is still odd");

    let undone = browser.submit(&done.form("form[data-undo]").minted()).await;
    assert_eq!((undone.status, look(&offices, STAY).await.as_str()), (200, "2025-01-01 2026-01-20 false"), "taken back: as it was");
    let again = browser.submit(&undone.form("form[data-undo]").minted()).await;
    assert_eq!((again.status, look(&offices, STAY).await.as_str()), (200, "2026-02-16 none true"), "taken back twice as well");
}

#[actix_web::test]
async fn whoever_was_never_away_is_expected_on_all_days_since_the_last_one() {
    let (offices, mut browser) = office().await;
    let form = leave_form(&mut browser, 1).await;
    browser.submit(&form).await;
    let form = back_form(&mut browser).await.with("hire_date", &["21.01.2026"]);
    assert_eq!(browser.submit(&form).await.status, 200);
    assert_eq!(look(&offices, STAY).await, "2025-01-01 none true");
    let blank = blank_days(&mut browser, "from=2026-01-19&to=2026-01-23").await;
    assert_eq!(blank, ["19.01.2026", "21.01.2026", "22.01.2026", "23.01.2026"]);
}

#[actix_web::test]
async fn a_day_that_is_no_date_is_refused_and_nobody_is_changed() {
    let (offices, mut browser) = office().await;
    for (day, says) in [("31.02.2026", "takvimde yok"), ("2024-12-31", "işe girişten önce")] {
        let form = leave_form(&mut browser, 1).await.with("exit_date", &[day]);
        let answer = browser.submit(&form).await;
        assert!(answer.status == 422 && answer.html.contains(says), "{day}: {}", answer.html);
    }
    assert_eq!(look(&offices, "SELECT count(*) FROM app.employees WHERE is_active").await, "2");
}

#[actix_web::test]
async fn a_last_day_from_a_page_that_somebody_has_overtaken_is_kept_beside_the_other_one() {
    let (offices, mut browser) = office().await;
    let (first, second) = (leave_form(&mut browser, 1).await, leave_form(&mut browser, 1).await);
    assert_eq!(browser.submit(&first.with("exit_date", &["10.02.2026"])).await.status, 200);
    let met = browser.submit(&second.with("exit_date", &["15.02.2026"])).await;
    assert_eq!((met.status, met.count("form[data-undo]")), (200, 0), "{}", met.html);
    assert!(met.html.contains("aynı alanı bu arada başkası da değiştirmiş"), "{}", met.html);
    assert_eq!(look(&offices, STAY).await, "2025-01-01 2026-02-15 false", "the later word stands");
    let kept = "SELECT concat_ws(' ', field, base, win, lose) FROM app.conflict WHERE resolved_at IS NULL";
    assert_eq!(look(&offices, kept).await, r#"exit_date null "2026-02-15" "2026-02-10""#, "and the other one waits for a person");

    let (first, second) = (back_form(&mut browser).await, back_form(&mut browser).await);
    assert_eq!(browser.submit(&first.with("hire_date", &["17.02.2026"])).await.status, 200);
    assert_eq!(browser.submit(&second.with("hire_date", &["18.02.2026"])).await.status, 200);
    let kept = "SELECT concat_ws(' ', base, win, lose) FROM app.conflict WHERE field = 'hire_date'";
    assert_eq!(look(&offices, kept).await, r#""2025-01-01" "2026-02-18" "2026-02-17""#);
}

#[actix_web::test]
async fn the_same_change_of_state_sent_again_is_answered_as_before() {
    let (offices, mut browser) = office().await;
    let leaves = leave_form(&mut browser, 1).await.with("exit_date", &["31.01.2026"]);
    browser.submit(&leaves).await;
    let comes_back = back_form(&mut browser).await.with("hire_date", &["16.02.2026"]);
    browser.submit(&comes_back).await;
    let mut undo = None;
    for form in [&leaves, &comes_back] {
        let again = browser.submit(form).await;
        assert_eq!((again.status, again.op_ack.as_str()), (200, form.value("_op")), "{}", again.html);
        undo = Some(again.form("form[data-undo]").minted());
    }
    assert_eq!(look(&offices, STAY).await, "2026-02-16 none true");
    let undo = undo.unwrap();
    for _ in 0..2 {
        let undone = browser.submit(&undo).await;
        assert_eq!((undone.status, undone.op_ack.as_str()), (200, undo.value("_op")), "{}", undone.html);
        assert_eq!(look(&offices, STAY).await, "2025-01-01 2026-01-31 false", "the second answer has the first one's way back");
    }
    assert_eq!(look(&offices, "SELECT count(*) FROM app.op_inbox WHERE kind = 'update'").await, "3");
}

/// A page of the release before shows the days and does not say them.
#[actix_web::test]
async fn a_page_that_does_not_say_the_days_it_shows_is_read_as_ever() {
    let (offices, mut browser) = office().await;
    let form = leave_form(&mut browser, 1).await.with("exit_date", &["31.01.2026"]).with("_orig", &[""]);
    assert_eq!(browser.submit(&form).await.status, 200);
    assert_eq!(look(&offices, STAY).await, "2025-01-01 2026-01-31 false");
}

/// The form in the log that takes Ayşe's last change back.
async fn reversal_form(browser: &mut Browser) -> Form {
    browser.get(&format!("/activity?entity_id={}", employee_id(1))).await.form("form.change-reversal").minted()
}

#[actix_web::test]
async fn a_passivation_that_the_log_takes_back_was_never_there() {
    let (offices, mut browser) = office().await;
    let blank = blank_days(&mut browser, "from=2026-01-01&to=2026-02-17").await;
    let form = leave_form(&mut browser, 1).await.with("exit_date", &["30.01.2026"]);
    assert_eq!(browser.submit(&form).await.status, 200);
    let form = reversal_form(&mut browser).await;
    let done = browser.submit(&form).await;
    assert_eq!((done.status, look(&offices, STAY).await.as_str()), (200, "2025-01-01 none true"), "{}", done.html);
    assert_eq!(blank_days(&mut browser, "from=2026-01-01&to=2026-02-17").await, blank, "the same days are blank");
    // The first day is corrected, and the form comes again: it was answered before.
    let corrected =
        op(&clerk("ankara"), "ankara").update("employee", employee_id(1), 3, json!({ "hire_date": ["2025-01-01", "2024-01-01"] }));
    offices.store("ankara", vec![corrected]).await;
    let again = browser.submit(&form).await;
    assert_eq!((again.status, again.op_ack.as_str()), (200, form.value("_op")), "{}", again.html);
    assert_eq!(look(&offices, STAY).await, "2024-01-01 none true");
}

#[actix_web::test]
async fn a_last_day_that_was_planned_before_a_passivation_is_the_last_day_again_once_the_log_takes_it_back() {
    let (offices, mut browser) = office().await;
    for (leaves, left) in [("2026-02-10", "31.01.2026"), ("2026-03-15", "31.01.2026"), ("2026-02-10", "10.02.2026")] {
        let seen = look(&offices, "SELECT jsonb_build_array(version, exit_date) FROM app.employees WHERE full_name LIKE 'Ayşe%'").await;
        let (version, known): (i64, Option<String>) = serde_json::from_str(&seen).unwrap();
        let planned = op(&clerk("ankara"), "ankara").update("employee", employee_id(1), version, json!({ "exit_date": [known, leaves] }));
        offices.store("ankara", vec![planned]).await;
        let form = leave_form(&mut browser, 1).await.with("exit_date", &[left]);
        assert_eq!(browser.submit(&form).await.status, 200);
        let form = reversal_form(&mut browser).await;
        let done = browser.submit(&form).await;
        let stands = look(&offices, STAY).await;
        assert_eq!((done.status, stands), (200, format!("2025-01-01 {leaves} true")), "planned {leaves}, left {left}: {}", done.html);
    }
}

/// A queue's operation may say both that somebody is back and a last day.
#[actix_web::test]
async fn a_return_after_the_last_day_that_it_says_is_refused_in_words_and_not_held() {
    let (offices, mut browser) = office().await;
    let form = leave_form(&mut browser, 1).await.with("exit_date", &["31.01.2026"]);
    browser.submit(&form).await;
    let back = json!({ "is_active": [false, true], "exit_date": ["2026-01-31", "2026-02-15"] });
    let back = op(&clerk("ankara"), "ankara").queued(queue_id(1), 1).update("employee", employee_id(1), 2, back);
    let verdicts = deliver(&offices.state, &clerk("ankara"), Origin::Offline, vec![back]).await.unwrap();
    let codes: Vec<_> = verdicts[0].errors.iter().map(|error| (error.field.as_str(), error.code.as_str())).collect();
    assert_eq!((verdicts[0].verdict, codes), (VerdictKind::Rejected, vec![("exit_date", "exit-before-hire")]), "{verdicts:?}");
    assert_eq!(look(&offices, STAY).await, "2025-01-01 2026-01-31 false");
}

/// A creation that arrives once its row is there, and passive: whether the person is active is then a person's to decide.
#[actix_web::test]
async fn a_decision_that_somebody_is_active_after_all_moves_no_first_day() {
    let (offices, mut browser) = office().await;
    let form = leave_form(&mut browser, 1).await.with("exit_date", &["30.01.2026"]);
    browser.submit(&form).await;
    let late = json!({ "is_active": [null, true] });
    let late = op(&clerk("ankara"), "ankara").at(-10_000).queued(queue_id(1), 1).update("employee", employee_id(1), 1, late);
    let verdicts = deliver(&offices.state, &clerk("ankara"), Origin::Offline, vec![late]).await.unwrap();
    assert_eq!(verdicts[0].verdict, VerdictKind::Merged, "{verdicts:?}");
    assert_eq!(look(&offices, STAY).await, "2025-01-01 2026-01-30 false", "the later word stands");
    let form = browser.get("/conflicts").await.form("form.conflict").minted().with("choice", &["replaced"]);
    let done = browser.submit(&form).await;
    assert_eq!((done.status, look(&offices, STAY).await.as_str()), (200, "2025-01-01 2026-01-30 true"), "{}", done.html);
}

/// What the migration does to those whom the first release left without a last day.
#[actix_web::test]
async fn people_who_were_made_passive_without_a_day_get_one_through_the_log() {
    let (offices, mut browser) = office().await;
    let before = row(&month(&mut browser, "2026-01").await, 1);
    let mut owner = offices.inspect().await;
    owner.execute("UPDATE app.employees SET is_active = false, version = version + 1").await.unwrap();
    owner.execute("INSERT INTO app.employees (region, id, full_name, is_active, created_at) VALUES ('bursa', gen_random_uuid(), 'Yok', false, '2025-05-06')").await.unwrap();
    owner.execute(include_str!("../../migrations/20261129131000_date_the_passive.sql")).await.unwrap();
    assert_eq!(look(&offices, "SELECT exit_date FROM app.employees WHERE full_name = 'Ayşe Yılmaz'").await, "2026-01-20");
    let made_today =
        "SELECT bool_and(exit_date = (now() AT TIME ZONE 'Europe/Istanbul')::date) FROM app.employees WHERE full_name <> 'Ayşe Yılmaz'";
    assert_eq!(look(&offices, made_today).await, "true", "no entry: the day it was done, as the log has it");
    let line = "SELECT action || ' ' || origin || ' ' || (after->>'exit_date') FROM app.change_log WHERE entity = 'employee' AND version = 3 AND after ? 'exit_date' ORDER BY id LIMIT 1";
    assert_eq!(look(&offices, line).await, "update system 2026-01-20");
    assert_eq!(row(&month(&mut browser, "2026-01").await, 1)[..20], before[..20], "the days up to it are what they were");
}

#[actix_web::test]
async fn nobody_is_blank_before_the_offices_first_day() {
    let (offices, mut browser) = office().await;
    let blank = |page: &Answer| page.texts("[data-blank]").len();
    let opened = |day: &'static str| format!("UPDATE app.regions SET created_at = '{day}T09:00:00+03:00' WHERE code = 'ankara'");
    let range = "/dashboard/blanks?from=2026-01-01&to=2026-01-31";
    // From Thursday the 1st: 22 working days of Ayşe less three entries, and Gökhan's fifteen since the 12th.
    assert_eq!(blank(&browser.get(range).await), 19 + 15);
    offices.inspect().await.execute(AssertSqlSafe(opened("2026-01-16"))).await.unwrap();
    assert_eq!(blank(&browser.get(range).await), 20 - 3 + 15, "its first entry is of the 5th, so that is its first day");
    let gone = (1..=2).map(|n| op(&clerk("ankara"), "ankara").delete("timesheet", timesheet_id(n), 1)).collect();
    offices.store("ankara", gone).await;
    assert_eq!(blank(&browser.get(range).await), 10 + 11, "the day it was made here, Friday the 16th");
    assert_eq!(row(&month(&mut browser, "2026-01").await, 1)[14], "·", "the 15th is no blank in the month either");
}

#[actix_web::test]
async fn a_new_region_has_no_blanks_on_its_first_day() {
    let offices = Offices::new().await;
    offices.inspect().await.execute("UPDATE app.regions SET created_at = '2026-02-18T05:00:00Z'").await.unwrap();
    let all_days = op(&clerk("ankara"), "ankara").create(
        "shift_template",
        template_id(1),
        json!({ "name": "Her gün", "start_time": "08:30", "end_time": "17:30", "break_minutes": 60, "weekdays": "1234567" }),
    );
    offices.store("ankara", vec![all_days, person("ankara", 1, "Ayşe Yılmaz", &json!({ "hire_date": null }))]).await;
    let mut browser = offices.clerk("ankara").await;
    assert_eq!(browser.get("/dashboard/blanks?from=2025-01-01&to=2026-02-17").await.texts("[data-blank]").len(), 0);
}
