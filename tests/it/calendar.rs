//! The calendar: public holidays are added automatically, once; the company's days apply to every office, an office's own days only there.

#![cfg(test)]

use chrono::NaiveDate;
use rainstaff::{
    calendar::{db::load_calendar, ensure_public_holidays},
    db::Scope,
    ids::new_id,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    auth::Company,
    support::builders::{admin, clerk, op, set_up},
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// What the office's people see on that day.
async fn seen(company: &Company, office: &str, date: &str) -> Option<String> {
    let scope = Scope::of(&clerk(office)).unwrap();
    let mut tx = company.state.db.read(&scope).await.unwrap();
    let calendar = load_calendar(&mut tx, day("2025-01-01"), day("2028-12-31")).await.unwrap();
    calendar.mark(office, day(date)).map(|mark| mark.name.clone())
}

async fn id_of(company: &Company, day: NaiveDate) -> Uuid {
    let sql = "SELECT id FROM app.calendar_days WHERE region = 'company' AND day = $1";
    sqlx::query_scalar(sql).bind(day).fetch_one(&mut company.inspect().await).await.unwrap()
}

#[actix_web::test]
async fn public_holidays_are_there_after_the_first_start_and_not_twice_after_the_second() {
    let company = Company::new().await;
    for _ in 0..2 {
        ensure_public_holidays(&company.state).await.unwrap();
        assert_eq!(company.count("SELECT count(*) FROM app.calendar_days WHERE region = 'company'").await, 68);
        assert_eq!(company.count("SELECT count(*) FROM app.change_log WHERE entity = 'calendar_day' AND origin = 'system'").await, 68);
    }
    for office in ["ankara", "izmir"] {
        assert_eq!(seen(&company, office, "2026-10-29").await.as_deref(), Some("Cumhuriyet Bayramı"));
        assert_eq!(seen(&company, office, "2026-10-30").await, None);
    }
}

#[actix_web::test]
async fn a_holiday_the_admin_moved_or_removed_stays_so_after_the_next_start() {
    let company = Company::new().await;
    ensure_public_holidays(&company.state).await.unwrap();
    let [first, third] = ["2026-03-20", "2026-03-22"].map(day);
    let first = id_of(&company, first).await;
    let third = id_of(&company, third).await;
    let admin = admin();
    let ops = vec![
        op(&admin, "company").update("calendar_day", first, 1, json!({ "day": ["2026-03-20", "2026-03-21"] })),
        op(&admin, "company").delete("calendar_day", third, 1),
    ];
    set_up(&company.state, &admin, ops).await;
    ensure_public_holidays(&company.state).await.unwrap();
    assert_eq!(seen(&company, "bursa", "2026-03-20").await, None);
    assert_eq!(seen(&company, "bursa", "2026-03-21").await.as_deref(), Some("Ramazan Bayramı 1. gün · Ramazan Bayramı 2. gün"));
    assert_eq!(seen(&company, "bursa", "2026-03-22").await, None);
}

#[actix_web::test]
async fn an_offices_own_day_holds_only_there_and_its_workday_cancels_the_companys() {
    let company = Company::new().await;
    ensure_public_holidays(&company.state).await.unwrap();
    let izmir = clerk("izmir");
    let new = |date: &str, name: &str, kind: &str| {
        op(&izmir, "izmir").create("calendar_day", new_id(), json!({ "day": date, "name": name, "kind": kind }))
    };
    let ops = vec![new("2026-10-30", "Köprü günü", "day_off"), new("2026-08-30", "Sevkiyat", "workday")];
    set_up(&company.state, &izmir, ops).await;
    assert_eq!(seen(&company, "izmir", "2026-10-30").await.as_deref(), Some("Köprü günü"));
    assert_eq!(seen(&company, "ankara", "2026-10-30").await, None);
    assert_eq!(seen(&company, "izmir", "2026-08-30").await, None);
    assert_eq!(seen(&company, "ankara", "2026-08-30").await.as_deref(), Some("Zafer Bayramı"));
}
