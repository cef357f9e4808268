//! The public holidays of Turkey, so that no office has to type them (UX 5.3): dates of law 2429, and religious feasts as published by the
//! Presidency of Religious Affairs (Diyanet). They are rows of the company and can be changed and deleted; each is created only once, ever.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{CalendarDay, DayKind};
use crate::{
    db::Scope,
    error::{AppError, AppResult},
    identity::{Actor, Region},
    ops::{Author, Entity as _, Kind, Op, Origin, VerdictKind, form_codec::changes_of_new},
    state::AppState,
    sync::{db::list_verdicts, deliver},
};

/// Ids are derived from date and name, so that a second start, or a second server, creates no second row.
const NAMESPACE: Uuid = Uuid::from_u128(0x2c7e_91a4_53d6_5e0f_b1c8_6d02_9f4a_7e31);

/// First and last year with known dates.
const YEARS: [i32; 4] = [2025, 2026, 2027, 2028];
/// The last year whose religious feasts the program knows.
pub const LAST_YEAR: i32 = YEARS[3];

/// First days of Ramazan and Kurban Bayramı (month, day), per year of [`YEARS`].
const FEASTS: [[(u32, u32); 2]; 4] = [[(3, 30), (6, 6)], [(3, 20), (5, 27)], [(3, 9), (5, 16)], [(2, 26), (5, 5)]];

const LAW: &str = "2429 sayılı Kanun";
const DIYANET: &str = "2429 sayılı Kanun, Diyanet takvimi";
/// Half days start at 13:00 (law 2429, article 2).
const AFTERNOON: i32 = 13 * 60;

const FIXED: [(u32, u32, i32, &str); 8] = [
    (1, 1, 0, "Yılbaşı"),
    (4, 23, 0, "Ulusal Egemenlik ve Çocuk Bayramı"),
    (5, 1, 0, "Emek ve Dayanışma Günü"),
    (5, 19, 0, "Atatürk'ü Anma, Gençlik ve Spor Bayramı"),
    (7, 15, 0, "Demokrasi ve Millî Birlik Günü"),
    (8, 30, 0, "Zafer Bayramı"),
    (10, 28, AFTERNOON, "Cumhuriyet Bayramı arifesi"),
    (10, 29, 0, "Cumhuriyet Bayramı"),
];

/// All public holidays of [`YEARS`].
fn public_holidays() -> Vec<CalendarDay> {
    let mut days = Vec::new();
    let mut add = |day: Option<NaiveDate>, free_from, name: String, source: &str| {
        days.extend(day.map(|day| CalendarDay { day, name, kind: DayKind::Holiday, free_from, source: source.to_owned() }));
    };
    for (year, [ramazan, kurban]) in YEARS.into_iter().zip(FEASTS) {
        for (month, day, free_from, name) in FIXED {
            add(NaiveDate::from_ymd_opt(year, month, day), free_from, name.to_owned(), LAW);
        }
        for ((month, day), name, length) in [(ramazan, "Ramazan Bayramı", 3), (kurban, "Kurban Bayramı", 4)] {
            let Some(first) = NaiveDate::from_ymd_opt(year, month, day) else { continue };
            add(first.pred_opt(), AFTERNOON, format!("{name} arifesi"), DIYANET);
            for n in 0..length {
                add(first.checked_add_days(Days::new(n)), 0, format!("{name} {}. gün", n + 1), DIYANET);
            }
        }
    }
    days
}

/// Creates the public holidays in the company's calendar. Runs at every start: holidays created before are skipped, even if they were
/// changed or deleted since.
///
/// # Errors
/// If the database refuses.
pub async fn ensure_public_holidays(state: &AppState) -> AppResult<()> {
    let company = Region::company();
    let author = Actor::of_program(NAMESPACE, vec![company.clone()]);
    let mut ops: Vec<Op> = public_holidays().iter().map(|day| op(state, &company, day)).collect();
    let ids: Vec<Uuid> = ops.iter().map(|op| op.op_id).collect();
    let known = list_verdicts(&mut state.db.read(&Scope::system(company.clone(), None, Origin::System)).await?, &ids).await?;
    ops.retain(|op| known.iter().all(|verdict| verdict.op_id != op.op_id));
    if ops.is_empty() {
        return Ok(());
    }
    let verdicts = deliver(state, &author, Origin::System, ops).await?;
    match verdicts.iter().find(|v| v.verdict == VerdictKind::Retry) {
        Some(bad) => Err(AppError::Fault(format!("the public holidays were not stored: {:?}", bad.reason))),
        None => Ok(()),
    }
}

fn op(state: &AppState, company: &Region, day: &CalendarDay) -> Op {
    let key = format!("{}/{}", day.day, day.name);
    let author = Author { actor: NAMESPACE, queue_id: NAMESPACE, at: state.clock.now() };
    let (op_id, id) = (Uuid::new_v5(&NAMESPACE, format!("create/{key}").as_bytes()), Uuid::new_v5(&NAMESPACE, key.as_bytes()));
    Op::new(author, op_id, Kind::Create, CalendarDay::NAME, id, company.clone()).changing(changes_of_new(day.to_row()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_has_the_holidays_of_the_law() {
        let days = public_holidays();
        assert_eq!(days.len(), 4 * (8 + 4 + 5));
        let at = |year, month, day| {
            let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
            days.iter().filter(|d| d.day == date).map(|d| (d.name.as_str(), d.free_from)).collect::<Vec<_>>()
        };
        assert_eq!(at(2026, 3, 19), [("Ramazan Bayramı arifesi", 780)]);
        assert_eq!(at(2026, 3, 22), [("Ramazan Bayramı 3. gün", 0)]);
        assert_eq!(at(2025, 6, 5), [("Kurban Bayramı arifesi", 780)]);
        assert_eq!(at(2028, 2, 25), [("Ramazan Bayramı arifesi", 780)]);
        assert_eq!(at(2027, 5, 19).len(), 2, "the feast's fourth day meets 19 May");
        assert_eq!(at(2026, 10, 28), [("Cumhuriyet Bayramı arifesi", 780)]);
        assert_eq!(at(2026, 11, 10), []);
    }
}
