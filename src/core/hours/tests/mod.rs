mod explained;
mod golden;
mod properties;

use chrono::NaiveDate;

use super::{Hours, Rules, Shift, hours};
use crate::civil::{parse_date, parse_time};

fn date(text: &str) -> NaiveDate {
    parse_date(text).unwrap()
}

/// A shift from texts as a clerk types them.
fn shift(work_date: &str, start: &str, end: &str, break_minutes: i32) -> Shift {
    Shift::from_clock(date(work_date), parse_time(start).unwrap(), parse_time(end).unwrap(), break_minutes, false).unwrap()
}

fn special(shift: Shift) -> Shift {
    Shift { is_special: true, ..shift }
}

#[test]
fn an_overlong_break_leaves_nothing_in_whole_minutes() {
    let c57 = hours(&shift("2026-01-05", "00:00", "02:03", 1000), &Rules::default());
    assert_eq!((c57.worked, c57.night), (0, 123));
    let c58 = hours(&shift("2026-01-05", "00:00", "08:10", 1000), &Rules::default());
    assert_eq!((c58.worked, c58.night), (0, 360));
}

#[test]
fn a_saturday_may_be_planned_over_midnight() {
    let rules = Rules { saturday_start: 22 * 60, saturday_end: 2 * 60, ..Rules::default() };
    let c63 = hours(&shift("2026-01-10", "09:00", "14:00", 0), &rules);
    assert_eq!((c63.worked, c63.scheduled, c63.overtime), (300, 240, 60));
    assert_eq!((c63.night, c63.overnight), (0, 0));
}

#[test]
fn equal_times_are_no_shift() {
    assert_eq!(Shift::from_clock(date("2026-01-05"), 540, 540, 0, false), None);
    assert_eq!(Hours::ZERO, Hours::default());
}

#[test]
fn totals_add_up_and_equal_shapes_multiply() {
    let day = hours(&shift("2026-01-05", "10:00", "19:15", 60), &Rules::default());
    let night = hours(&special(shift("2026-01-10", "22:00", "06:00", 30)), &Rules::default());
    let each: Hours = [day, night, day, day].into_iter().sum();
    assert_eq!(each, day * 3 + night);
    assert_eq!((each.worked, each.scheduled, each.overtime), (3 * 495 + 450, 3 * 540, 3 * 15));
    assert_eq!((each.night, each.overnight, each.special_normal, each.special_night), (480, 360, 450, 480));
    assert_eq!((day * 10_000_000).worked, 4_950_000_000, "ten million shifts fit");
}

#[test]
fn hours_go_out_under_their_public_names() {
    let night = hours(&special(shift("2026-01-10", "22:00", "06:00", 30)), &Rules::default());
    let wanted = serde_json::json!({
        "worked_minutes": 450, "scheduled_minutes": 0, "overtime_minutes": 0, "night_minutes": 480, "overnight_minutes": 360,
        "special_normal_minutes": 450, "special_overtime_minutes": 0, "special_night_minutes": 480,
    });
    assert_eq!(serde_json::to_value(night).unwrap(), wanted);
}
