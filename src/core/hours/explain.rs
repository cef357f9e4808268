//! How the hours of one shift are calculated, as data: a message key and its numbers. The messages are in locales/*/explain.ftl.

use chrono::{Datelike, Weekday};

use super::{Hours, Rules, Shift, hours};
use crate::civil::{DAY, format_hours, format_time, grouped};

/// Every key that a [`Step`] can have: one message each in every language.
pub const KEYS: [&str; 21] = [
    "explain-gross",
    "explain-gross-next-day",
    "explain-break",
    "explain-break-none",
    "explain-break-negative",
    "explain-break-clamped",
    "explain-plan-weekday",
    "explain-plan-saturday",
    "explain-plan-saturday-empty",
    "explain-plan-sunday",
    "explain-plan-special",
    "explain-overtime-special",
    "explain-overtime-net",
    "explain-overtime-gross",
    "explain-overtime-none",
    "explain-night-part",
    "explain-night-total",
    "explain-night-none",
    "explain-night-special",
    "explain-overnight",
    "explain-overnight-none",
];

/// A number in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arg {
    /// A time of day, from minutes of the start day.
    Clock(i32),
    /// A length in minutes, shown as it is.
    Minutes(i64),
    /// A length in minutes, shown as hours with two decimals.
    Hours(i64),
}

impl Arg {
    /// The number as the language writes it: `08:30`, `1.495`, `8,25`.
    pub fn text(self, lang: &str) -> String {
        match self {
            Self::Clock(minutes) => format_time(minutes),
            Self::Minutes(minutes) => {
                let sign = if minutes < 0 { "-" } else { "" };
                format!("{sign}{}", grouped(minutes.unsigned_abs(), lang))
            }
            Self::Hours(minutes) => format_hours(minutes, lang),
        }
    }
}

/// One step of the calculation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Key of the message; one of [`KEYS`].
    pub key: &'static str,
    /// Arguments of the message, by name.
    pub args: Vec<(&'static str, Arg)>,
}

impl Step {
    fn new(key: &'static str) -> Self {
        Self { key, args: Vec::new() }
    }

    fn clock(mut self, name: &'static str, minutes: i32) -> Self {
        self.args.push((name, Arg::Clock(minutes)));
        self
    }

    fn minutes(mut self, name: &'static str, minutes: impl Into<i64>) -> Self {
        self.args.push((name, Arg::Minutes(minutes.into())));
        self
    }

    fn hours(mut self, minutes: i64) -> Self {
        self.args.push(("hours", Arg::Hours(minutes)));
        self
    }
}

/// The steps from start and end to every total, in the order of a calculation by hand.
pub fn explain(shift: &Shift, rules: &Rules) -> Vec<Step> {
    let hours = hours(shift, rules);
    let mut steps =
        vec![gross_step(shift, &hours), break_step(shift, &hours), plan_step(shift, rules, &hours), overtime_step(shift, &hours)];
    steps.extend(night_steps(shift, &hours));
    steps.push(overnight_step(shift, &hours));
    steps
}

fn gross_step(shift: &Shift, hours: &Hours) -> Step {
    let key = if shift.end_min < DAY { "explain-gross" } else { "explain-gross-next-day" };
    Step::new(key).clock("start", shift.start_min).clock("end", shift.end_min).minutes("gross", hours.gross).hours(hours.gross)
}

fn break_step(shift: &Shift, hours: &Hours) -> Step {
    let step = match shift.break_minutes {
        0 => Step::new("explain-break-none"),
        entered if entered < 0 => Step::new("explain-break-negative").minutes("entered", entered),
        entered if entered > shift.deducted_break() => Step::new("explain-break-clamped").minutes("entered", entered),
        entered => Step::new("explain-break").minutes("break", entered),
    };
    step.minutes("gross", hours.gross).minutes("worked", hours.worked).hours(hours.worked)
}

fn plan_step(shift: &Shift, rules: &Rules, hours: &Hours) -> Step {
    let day = if shift.is_special { None } else { Some(shift.work_date.weekday()) };
    let step = match day {
        None => return Step::new("explain-plan-special"),
        Some(Weekday::Sun) => return Step::new("explain-plan-sunday"),
        Some(Weekday::Sat) if hours.scheduled == 0 => return Step::new("explain-plan-saturday-empty"),
        Some(Weekday::Sat) => Step::new("explain-plan-saturday").clock("start", rules.saturday_start).clock("end", rules.saturday_end),
        Some(_) => Step::new("explain-plan-weekday"),
    };
    step.minutes("plan", hours.scheduled).hours(hours.scheduled)
}

fn overtime_step(shift: &Shift, hours: &Hours) -> Step {
    if shift.is_special {
        return Step::new("explain-overtime-special").minutes("worked", hours.special_normal).hours(hours.special_normal);
    }
    if hours.scheduled == 0 {
        return Step::new("explain-overtime-net").minutes("overtime", hours.overtime).hours(hours.overtime);
    }
    let key = if hours.overtime > 0 { "explain-overtime-gross" } else { "explain-overtime-none" };
    let step = Step::new(key).minutes("gross", hours.gross).minutes("plan", hours.scheduled);
    if hours.overtime > 0 { step.minutes("overtime", hours.overtime).hours(hours.overtime) } else { step }
}

fn night_steps(shift: &Shift, hours: &Hours) -> Vec<Step> {
    if hours.night == 0 {
        return vec![Step::new("explain-night-none")];
    }
    let mut steps: Vec<Step> = shift.nights().map(night_part).collect();
    if steps.len() > 1 {
        steps.push(Step::new("explain-night-total").minutes("night", hours.night).hours(hours.night));
    }
    if shift.is_special {
        steps.push(Step::new("explain-night-special").minutes("night", hours.special_night).hours(hours.special_night));
    }
    steps
}

fn night_part((from, to): (i32, i32)) -> Step {
    Step::new("explain-night-part").clock("start", from).clock("end", to).minutes("night", to - from).hours((to - from).into())
}

fn overnight_step(shift: &Shift, hours: &Hours) -> Step {
    if hours.overnight == 0 {
        return Step::new("explain-overnight-none");
    }
    Step::new("explain-overnight").clock("end", shift.end_min).minutes("overnight", hours.overnight).hours(hours.overnight)
}
