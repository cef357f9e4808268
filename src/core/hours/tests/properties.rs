//! Rules that are true for any date, time, break and plan.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use proptest::prelude::*;

use super::super::{Hours, Rules, Shift, hours};
use crate::civil::DAY;

/// Any day of the years that the table accepts. Leap days and the ends of months and years are more frequent than by chance.
fn any_date() -> impl Strategy<Value = NaiveDate> {
    let month_end = (1990..2100_i32, 1..=12_u32)
        .prop_map(|(year, month)| NaiveDate::from_ymd_opt(year, month, 1).unwrap() + chrono::Months::new(1) - Days::new(1));
    let leap_day = (0..27_i32).prop_map(|n| NaiveDate::from_ymd_opt(1992 + 4 * n, 2, 29).unwrap());
    let any_day = (0..40_542_u64).prop_map(|n| NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + Days::new(n));
    prop_oneof![any_day, month_end, leap_day]
}

fn any_shift() -> impl Strategy<Value = Shift> {
    (any_date(), 0..DAY, 1..DAY, -60..1500_i32, any::<bool>()).prop_map(|(work_date, start_min, length, break_minutes, is_special)| Shift {
        work_date,
        start_min,
        end_min: start_min + length,
        break_minutes,
        is_special,
    })
}

fn any_rules() -> impl Strategy<Value = Rules> {
    (prop_oneof![Just(0), 0..=DAY], 0..DAY, 0..DAY).prop_map(|(weekday_minutes, saturday_start, saturday_end)| Rules {
        weekday_minutes,
        saturday_start,
        saturday_end,
    })
}

/// Counts minute by minute: slow, but clearly correct.
fn count(shift: &Shift, holds: impl Fn(i32) -> bool) -> i64 {
    (shift.start_min..shift.end_min).map(|minute| i64::from(holds(minute))).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn worked_and_break_make_up_the_gross(shift in any_shift(), rules in any_rules()) {
        let hours = hours(&shift, &rules);
        let pause = i64::from(shift.break_minutes).clamp(0, hours.gross);
        prop_assert_eq!(hours.worked + pause, hours.gross);
        prop_assert_eq!(hours.gross, count(&shift, |_| true));
        prop_assert!(hours.worked >= 0);
    }

    #[test]
    fn night_is_what_a_minute_by_minute_count_finds(shift in any_shift(), rules in any_rules()) {
        let hours = hours(&shift, &rules);
        prop_assert_eq!(hours.night, count(&shift, |minute| !(360..1320).contains(&(minute % DAY))));
        prop_assert_eq!(hours.overnight, count(&shift, |minute| minute >= DAY));
        prop_assert!(hours.night <= hours.gross && hours.night <= 480);
    }

    #[test]
    fn overtime_is_never_negative_and_starts_where_the_plan_ends(shift in any_shift(), rules in any_rules()) {
        let hours = hours(&shift, &rules);
        prop_assert!(hours.overtime >= 0 && hours.overtime <= hours.gross);
        if hours.scheduled > 0 {
            prop_assert_eq!(hours.overtime > 0, hours.gross > hours.scheduled);
            prop_assert_eq!(hours.overtime + hours.gross.min(hours.scheduled), hours.gross);
        } else if !shift.is_special {
            prop_assert_eq!(hours.overtime, hours.worked);
        }
    }

    #[test]
    fn a_special_day_moves_the_hours_but_makes_none(shift in any_shift(), rules in any_rules()) {
        let normal = hours(&Shift { is_special: false, ..shift }, &rules);
        let special = hours(&Shift { is_special: true, ..shift }, &rules);
        prop_assert_eq!((normal.special_normal, normal.special_overtime, normal.special_night), (0, 0, 0));
        let wanted = Hours { scheduled: 0, overtime: 0, special_normal: normal.worked, special_night: normal.night, ..normal };
        prop_assert_eq!(special, wanted);
    }

    #[test]
    fn only_the_weekday_of_a_date_matters(shift in any_shift(), rules in any_rules(), weeks in 1..500_u64) {
        let later = Shift { work_date: shift.work_date + Days::new(7 * weeks), ..shift };
        prop_assert_eq!(hours(&later, &rules), hours(&shift, &rules));
    }

    #[test]
    fn the_plan_comes_from_the_day_the_shift_starts_on(shift in any_shift(), rules in any_rules()) {
        let planned = hours(&Shift { is_special: false, ..shift }, &rules).scheduled;
        let wanted = match shift.work_date.weekday() {
            Weekday::Sun => 0,
            Weekday::Sat if rules.saturday_end < rules.saturday_start => rules.saturday_end + DAY - rules.saturday_start,
            Weekday::Sat => rules.saturday_end - rules.saturday_start,
            _ => rules.weekday_minutes,
        };
        prop_assert_eq!(planned, i64::from(wanted));
    }

    #[test]
    fn clock_times_make_the_same_shift(shift in any_shift()) {
        let made = Shift::from_clock(shift.work_date, shift.start_min, shift.end_min % DAY, shift.break_minutes, shift.is_special);
        prop_assert_eq!(made, Some(shift));
    }
}
