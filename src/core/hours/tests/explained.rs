//! The steps carry the same numbers as the calculated hours.

use std::collections::BTreeSet;

use super::{
    super::{Arg, KEYS, Rules, Shift, Step, explain, hours},
    shift, special,
};

fn keys(shift: &Shift, rules: &Rules) -> Vec<&'static str> {
    explain(shift, rules).into_iter().map(|step| step.key).collect()
}

fn step(shift: &Shift, key: &str) -> Step {
    explain(shift, &Rules::default()).into_iter().find(|step| step.key == key).unwrap()
}

/// Shifts that together use every step.
fn every_kind() -> Vec<(Shift, Rules)> {
    let no_saturday = Rules { saturday_end: 540, ..Rules::default() };
    let monday = shift("2026-01-05", "09:00", "20:00", 60);
    vec![
        (monday, Rules::default()),
        (Shift { break_minutes: 0, ..monday }, Rules::default()),
        (Shift { break_minutes: -30, ..monday }, Rules::default()),
        (Shift { break_minutes: 700, ..monday }, Rules::default()),
        (shift("2026-01-06", "05:00", "23:00", 60), Rules::default()),
        (shift("2026-01-07", "22:00", "06:00", 60), Rules::default()),
        (shift("2026-01-10", "09:00", "12:00", 0), Rules::default()),
        (shift("2026-01-10", "09:00", "12:00", 30), no_saturday),
        (shift("2026-01-11", "09:00", "18:00", 60), Rules::default()),
        (special(shift("2026-01-10", "22:00", "06:00", 30)), Rules::default()),
    ]
}

#[test]
fn a_long_weekday_is_explained_in_order() {
    let wanted = [
        "explain-gross",
        "explain-break",
        "explain-plan-weekday",
        "explain-overtime-gross",
        "explain-night-none",
        "explain-overnight-none",
    ];
    assert_eq!(keys(&shift("2026-01-05", "09:00", "20:00", 60), &Rules::default()), wanted);
}

#[test]
fn a_special_night_is_explained_in_order() {
    let wanted = [
        "explain-gross-next-day",
        "explain-break",
        "explain-plan-special",
        "explain-overtime-special",
        "explain-night-part",
        "explain-night-special",
        "explain-overnight",
    ];
    assert_eq!(keys(&special(shift("2026-01-10", "22:00", "06:00", 30)), &Rules::default()), wanted);
}

#[test]
fn an_end_at_midnight_lies_on_the_next_day_and_runs_over_nothing() {
    let evening = keys(&shift("2026-01-07", "16:00", "00:00", 0), &Rules::default());
    assert_eq!((evening[0], evening[5]), ("explain-gross-next-day", "explain-overnight-none"));
}

#[test]
fn two_nights_in_one_shift_are_told_apart() {
    let early_and_late = shift("2026-01-06", "05:00", "23:00", 60);
    let parts: Vec<Step> =
        explain(&early_and_late, &Rules::default()).into_iter().filter(|step| step.key == "explain-night-part").collect();
    assert_eq!(parts[0].args[..2], [("start", Arg::Clock(300)), ("end", Arg::Clock(360))]);
    assert_eq!(parts[1].args[..2], [("start", Arg::Clock(1320)), ("end", Arg::Clock(1380))]);
    assert_eq!(step(&early_and_late, "explain-night-total").args[0], ("night", Arg::Minutes(120)));
}

#[test]
fn a_break_longer_than_the_shift_says_so() {
    let clamped = step(&shift("2026-01-11", "09:00", "10:00", 90), "explain-break-clamped");
    assert_eq!(clamped.args[..3], [("entered", Arg::Minutes(90)), ("gross", Arg::Minutes(60)), ("worked", Arg::Minutes(0))]);
}

#[test]
fn the_steps_carry_the_numbers_of_the_calculation() {
    for (shift, rules) in every_kind() {
        let hours = hours(&shift, &rules);
        let totals = [
            ("gross", hours.gross),
            ("worked", hours.worked),
            ("plan", hours.scheduled),
            ("overtime", hours.overtime),
            ("overnight", hours.overnight),
        ];
        let steps = explain(&shift, &rules);
        for (name, minutes) in totals {
            let told = steps.iter().flat_map(|step| &step.args).filter(|(arg, _)| *arg == name);
            for (_, arg) in told {
                assert_eq!(*arg, Arg::Minutes(minutes), "{name} of {shift:?}");
            }
            assert!(minutes == 0 || steps.iter().any(|step| step.args.contains(&(name, Arg::Minutes(minutes)))), "{name} is told");
        }
    }
}

#[test]
fn every_key_is_used_and_no_other() {
    let used: BTreeSet<&str> = every_kind().iter().flat_map(|(shift, rules)| keys(shift, rules)).collect();
    assert_eq!(used, BTreeSet::from(KEYS));
}

#[test]
fn numbers_are_written_as_the_language_does() {
    assert_eq!(Arg::Clock(1800).text("tr"), "06:00");
    assert_eq!(Arg::Minutes(1495).text("tr"), "1.495");
    assert_eq!((Arg::Hours(495).text("tr"), Arg::Hours(495).text("en")), ("8,25".into(), "8.25".into()));
}
