//! Questions before an entry is stored: the entry may be right, but is most likely a mistake. The person who enters it confirms with a
//! second Enter; no entry is refused because of a doubt, and entries from a queue are stored without a question. In both cases the
//! dashboard shows the doubt. Pure.

use chrono::NaiveDate;

use super::{Rules, Shift, hours};
use crate::{civil, complaint::FieldError};

/// Work on one date above this is unlikely, in minutes: 16 hours (DOMAIN 4.8), in one entry or several.
pub const HARDLY_TRUE_WORKED: i64 = 960;
/// The field of an entry that holds the confirmed doubts.
pub const CONFIRMED: &str = "confirmed";

/// What is doubtful about an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The work of all entries of the date together, in minutes.
    LongDay(i64),
    /// The break is at least as long as the shift.
    NothingWorked,
    /// Before the first day of employment.
    BeforeHire(NaiveDate),
    /// After the last day of employment.
    AfterExit(NaiveDate),
    /// The work date is in the future.
    Ahead(NaiveDate),
}

impl Doubt {
    /// The word that confirms it.
    pub fn code(self) -> &'static str {
        match self {
            Self::LongDay(_) => "long-day",
            Self::NothingWorked => "nothing-worked",
            Self::BeforeHire(_) => "before-hire",
            Self::AfterExit(_) => "after-exit",
            Self::Ahead(_) => "ahead",
        }
    }

    /// The question as data of a message; its code is `confirm-` and the word.
    pub fn question(self) -> FieldError {
        match self {
            Self::LongDay(minutes) => {
                FieldError::new(CONFIRMED, "confirm-long-day").with("hours", format!("{}:{:02}", minutes / 60, minutes % 60))
            }
            Self::NothingWorked => FieldError::new(CONFIRMED, "confirm-nothing-worked"),
            Self::BeforeHire(date) => FieldError::new(CONFIRMED, "confirm-before-hire").with("date", civil::format_date_tr(date)),
            Self::AfterExit(date) => FieldError::new(CONFIRMED, "confirm-after-exit").with("date", civil::format_date_tr(date)),
            Self::Ahead(date) => FieldError::new(CONFIRMED, "confirm-ahead").with("date", civil::format_date_tr(date)),
        }
    }
}

/// What else is known about the person and the day.
#[derive(Debug, Clone, Copy, Default)]
pub struct Around {
    /// Minutes of work in the person's other entries of the date.
    pub others_worked: i64,
    /// First day of employment.
    pub hire_date: Option<NaiveDate>,
    /// Last day of employment.
    pub exit_date: Option<NaiveDate>,
}

/// The doubts about an entry, in the order of the questions.
pub fn doubts_of(shift: &Shift, around: &Around, today: NaiveDate) -> Vec<Doubt> {
    let worked = hours(shift, &Rules::default()).worked; // no rule changes what was worked
    let (day, sum) = (shift.work_date, worked + around.others_worked);
    let found = [
        (sum > HARDLY_TRUE_WORKED).then_some(Doubt::LongDay(sum)),
        (worked <= 0).then_some(Doubt::NothingWorked),
        around.hire_date.filter(|first| day < *first).map(Doubt::BeforeHire),
        around.exit_date.filter(|last| day > *last).map(Doubt::AfterExit),
        (day > today).then_some(Doubt::Ahead(day)),
    ];
    found.into_iter().flatten().collect()
}

/// The confirmed doubts, as the field holds them, and the questions that are left.
pub fn confirm(doubts: &[Doubt], confirmed: &str) -> (String, Vec<FieldError>) {
    let is_confirmed = |doubt: &&Doubt| confirmed.split_whitespace().any(|code| code == doubt.code());
    let (known, open): (Vec<&Doubt>, Vec<&Doubt>) = doubts.iter().partition(is_confirmed);
    let codes: Vec<&str> = known.iter().map(|doubt| doubt.code()).collect();
    (codes.join(" "), open.into_iter().map(|doubt| doubt.question()).collect())
}

/// Key of the name of a confirmed doubt; `None` for a word of a newer version.
pub fn label(code: &str) -> Option<&'static str> {
    match code {
        "long-day" => Some("doubt-long-day"),
        "nothing-worked" => Some("doubt-nothing-worked"),
        "before-hire" => Some("doubt-before-hire"),
        "after-exit" => Some("doubt-after-exit"),
        "ahead" => Some("doubt-ahead"),
        _ => None,
    }
}

/// The word that confirms a question of [`doubts_of`]; `None` for any other complaint.
pub fn code_of(error: &FieldError) -> Option<&str> {
    (error.field == CONFIRMED).then(|| error.code.strip_prefix("confirm-")).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn shift(start_min: i32, end_min: i32, break_minutes: i32) -> Shift {
        Shift { work_date: day("2026-01-05"), start_min, end_min, break_minutes, is_special: false }
    }

    fn codes(shift: &Shift, around: &Around) -> Vec<&'static str> {
        doubts_of(shift, around, day("2026-01-10")).into_iter().map(Doubt::code).collect()
    }

    #[test]
    fn an_ordinary_entry_is_asked_nothing() {
        assert_eq!(codes(&shift(510, 1050, 60), &Around::default()), [""; 0]);
        assert_eq!(codes(&shift(1320, 1800, 30), &Around { others_worked: 510, ..Around::default() }), [""; 0], "16 hours exactly");
    }

    #[test]
    fn more_than_sixteen_hours_of_a_date_are_asked_about_in_one_entry_or_several() {
        assert_eq!(codes(&shift(0, 961, 0), &Around::default()), ["long-day"]);
        assert_eq!(codes(&shift(0, 1020, 60), &Around::default()), [""; 0], "the break is not work");
        assert_eq!(codes(&shift(510, 1050, 60), &Around { others_worked: 481, ..Around::default() }), ["long-day"]);
        let two_days = doubts_of(&shift(0, 1439, 0), &Around { others_worked: 1439, ..Around::default() }, day("2026-01-10"));
        assert_eq!(two_days[0].question().args["hours"], "47:58");
    }

    #[test]
    fn a_break_that_takes_all_days_outside_the_employment_and_days_to_come_are_asked_about() {
        assert_eq!(codes(&shift(540, 780, 240), &Around::default()), ["nothing-worked"]);
        assert_eq!(codes(&shift(540, 780, 300), &Around::default()), ["nothing-worked"]);
        assert_eq!(codes(&shift(540, 780, 239), &Around::default()), [""; 0]);
        let employed = |hire: &str, exit: &str| Around { hire_date: Some(day(hire)), exit_date: Some(day(exit)), ..Around::default() };
        assert_eq!(codes(&shift(540, 780, 0), &employed("2026-01-05", "2026-01-05")), [""; 0]);
        assert_eq!(codes(&shift(540, 780, 0), &employed("2026-01-06", "2026-01-07")), ["before-hire"]);
        assert_eq!(codes(&shift(540, 780, 0), &employed("2026-01-01", "2026-01-04")), ["after-exit"]);
        assert_eq!(doubts_of(&shift(540, 780, 0), &Around::default(), day("2026-01-05")), []);
        assert_eq!(doubts_of(&shift(540, 780, 0), &Around::default(), day("2026-01-04")), [Doubt::Ahead(day("2026-01-05"))]);
    }

    #[test]
    fn what_was_confirmed_is_not_asked_again_and_what_does_not_hold_any_more_is_forgotten() {
        let doubts = [Doubt::NothingWorked, Doubt::Ahead(day("2026-01-12"))];
        let (noted, open) = confirm(&doubts, "");
        assert_eq!((noted.as_str(), open.iter().filter_map(code_of).collect::<Vec<_>>()), ("", vec!["nothing-worked", "ahead"]));
        let (noted, open) = confirm(&doubts, "ahead long-day");
        assert_eq!((noted.as_str(), open.iter().filter_map(code_of).collect::<Vec<_>>()), ("ahead", vec!["nothing-worked"]));
        assert_eq!(confirm(&doubts, "nothing-worked ahead"), ("nothing-worked ahead".to_owned(), Vec::new()));
        assert_eq!(code_of(&FieldError::new("start_time", "overlap")), None);
    }
}
