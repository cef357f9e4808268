//! What is odd about entries: the rules of DOMAIN 4.7 and 4.8, and rules that need dates of employment and a calendar. Pure: nothing here
//! reads the clock.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use crate::{
    alarms::Severity,
    hours::{Rules, Shift, doubts::HARDLY_TRUE_WORKED, hours},
};

/// A shift with this presence or more is long, in minutes: 12 hours (DOMAIN 4.7).
pub const LONG_GROSS: i64 = 720;
/// With this many days in a row the weekly free day is missing (law 4857, article 46: 24 hours within seven days). Six days are an ordinary
/// week.
pub const DAYS_IN_A_ROW: usize = 7;
/// An entry more than this many days ahead counts as a mistyped date.
pub const DAYS_AHEAD: u64 = 31;

/// Kind of oddity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertKind {
    /// The break takes the whole shift: nothing was worked (DOMAIN 4.8).
    NothingWorked,
    /// An entry before the first day of employment.
    BeforeHire,
    /// An entry after the last day of employment.
    AfterExit,
    /// An entry of a person in the trash.
    DeletedPerson,
    /// More than 16 hours of work (DOMAIN 4.8). Such an entry is not also a long shift.
    HardlyTrue,
    /// Several entries of one date with more than 16 hours of work together.
    LongDay,
    /// A presence of 12 hours or more (DOMAIN 4.7).
    LongShift,
    /// Seven days in a row or more, counted per person, not per name.
    NoDayOff,
    /// An entry more than a month ahead.
    FarAhead,
    /// An entry of a future day, at most a month ahead.
    Ahead,
    /// A public holiday in the calendar, but the entry is not marked as a special day.
    HolidayNotMarked,
    /// Hours after midnight (DOMAIN 4.7).
    Overnight,
    /// An entry of a special day (DOMAIN 4.7).
    SpecialDay,
}

impl AlertKind {
    /// All kinds, the most urgent first.
    pub const ALL: [Self; 13] = [
        Self::NothingWorked,
        Self::BeforeHire,
        Self::AfterExit,
        Self::DeletedPerson,
        Self::HardlyTrue,
        Self::LongDay,
        Self::LongShift,
        Self::NoDayOff,
        Self::FarAhead,
        Self::HolidayNotMarked,
        Self::Ahead,
        Self::Overnight,
        Self::SpecialDay,
    ];

    /// How urgent it is.
    pub fn severity(self) -> Severity {
        match self {
            Self::NothingWorked | Self::BeforeHire | Self::AfterExit | Self::DeletedPerson => Severity::Critical,
            Self::HardlyTrue | Self::LongDay | Self::LongShift | Self::NoDayOff | Self::FarAhead | Self::HolidayNotMarked => {
                Severity::Warning
            }
            Self::Ahead | Self::Overnight | Self::SpecialDay => Severity::Note,
        }
    }

    /// The address's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NothingWorked => "nothing-worked",
            Self::BeforeHire => "before-hire",
            Self::AfterExit => "after-exit",
            Self::DeletedPerson => "deleted-person",
            Self::HardlyTrue => "hardly-true",
            Self::LongDay => "long-day",
            Self::LongShift => "long-shift",
            Self::NoDayOff => "no-day-off",
            Self::FarAhead => "far-ahead",
            Self::Ahead => "ahead",
            Self::HolidayNotMarked => "holiday-not-marked",
            Self::Overnight => "overnight",
            Self::SpecialDay => "special-day",
        }
    }

    /// Reads the address's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Translation key of its name.
    pub fn label(self) -> &'static str {
        match self {
            Self::NothingWorked => "alert-nothing-worked",
            Self::BeforeHire => "alert-before-hire",
            Self::AfterExit => "alert-after-exit",
            Self::DeletedPerson => "alert-deleted-person",
            Self::HardlyTrue => "alert-hardly-true",
            Self::LongDay => "alert-long-day",
            Self::LongShift => "alert-long-shift",
            Self::NoDayOff => "alert-no-day-off",
            Self::FarAhead => "alert-far-ahead",
            Self::Ahead => "alert-ahead",
            Self::HolidayNotMarked => "alert-holiday-not-marked",
            Self::Overnight => "alert-overnight",
            Self::SpecialDay => "alert-special-day",
        }
    }
}

/// An entry with everything that the rules need.
#[derive(Debug, Clone)]
pub struct Suspect {
    /// The entry.
    pub id: Uuid,
    /// The region's code.
    pub region: String,
    /// Whose.
    pub employee_id: Uuid,
    /// "Ad Soyad".
    pub employee_name: String,
    /// The times.
    pub shift: Shift,
    /// First day of employment.
    pub hire_date: Option<NaiveDate>,
    /// Last day of employment.
    pub exit_date: Option<NaiveDate>,
    /// The person is in the trash.
    pub is_deleted: bool,
    /// Minutes of work of all entries of the person on the date, this one included.
    pub worked_that_day: i64,
    /// Its doubts were confirmed in the form.
    pub is_confirmed: bool,
}

/// An oddity and its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// What.
    pub kind: AlertKind,
    /// The region's code.
    pub region: String,
    /// Whose.
    pub employee_id: Uuid,
    /// "Ad Soyad".
    pub employee_name: String,
    /// The entry; `None` for days in a row.
    pub entry: Option<Uuid>,
    /// The date; the last one for days in a row.
    pub day: NaiveDate,
    /// The reason in numbers.
    pub why: Why,
    /// It was confirmed when the entry was made.
    pub is_confirmed: bool,
}

/// The numbers of a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Start and end in minutes of the day, and the odd minutes: presence, work, or hours after midnight.
    Minutes {
        /// Start.
        start: i32,
        /// End; above 1440 on the next day.
        end: i32,
        /// The odd minutes.
        minutes: i64,
    },
    /// The break and the presence, in minutes: the break takes all of it.
    Break {
        /// The break.
        break_minutes: i32,
        /// From start to end.
        gross: i64,
    },
    /// The date that contradicts the entry's date: first day, last day, today.
    Date(NaiveDate),
    /// The calendar's name of the day.
    Holiday(String),
    /// Days in a row; `at_least` if the run continues outside the days that were read.
    Run {
        /// The first day.
        from: NaiveDate,
        /// Number of days.
        days: usize,
        /// It may be longer.
        at_least: bool,
    },
    /// No numbers.
    Nothing,
}

/// All oddities of one entry. `holiday` is the calendar's name of the day if it suggests a special day for this entry.
pub fn alerts_of(suspect: &Suspect, rules: &Rules, holiday: Option<&str>, today: NaiveDate) -> Vec<Alert> {
    let Suspect { shift, .. } = suspect;
    let made = hours(shift, rules);
    let day = shift.work_date;
    let minutes = |minutes| Why::Minutes { start: shift.start_min, end: shift.end_min, minutes };
    let far_ahead = today.checked_add_days(Days::new(DAYS_AHEAD)).is_some_and(|limit| day > limit);
    let found = [
        (made.worked <= 0).then_some((AlertKind::NothingWorked, Why::Break { break_minutes: shift.break_minutes, gross: made.gross })),
        suspect.hire_date.filter(|first| day < *first).map(|first| (AlertKind::BeforeHire, Why::Date(first))),
        suspect.exit_date.filter(|last| day > *last).map(|last| (AlertKind::AfterExit, Why::Date(last))),
        suspect.is_deleted.then_some((AlertKind::DeletedPerson, Why::Nothing)),
        (made.worked > HARDLY_TRUE_WORKED).then(|| (AlertKind::HardlyTrue, minutes(made.worked))),
        (made.gross >= LONG_GROSS && made.worked <= HARDLY_TRUE_WORKED).then(|| (AlertKind::LongShift, minutes(made.gross))),
        (suspect.worked_that_day > HARDLY_TRUE_WORKED && suspect.worked_that_day > made.worked)
            .then(|| (AlertKind::LongDay, minutes(suspect.worked_that_day))),
        far_ahead.then_some((AlertKind::FarAhead, Why::Date(today))),
        (day > today && !far_ahead).then_some((AlertKind::Ahead, Why::Date(today))),
        holiday.filter(|_| !shift.is_special).map(|name| (AlertKind::HolidayNotMarked, Why::Holiday(name.to_owned()))),
        (made.overnight > 0).then(|| (AlertKind::Overnight, minutes(made.overnight))),
        shift.is_special.then(|| (AlertKind::SpecialDay, minutes(made.worked))),
    ];
    let alert = |(kind, why)| Alert {
        kind,
        region: suspect.region.clone(),
        employee_id: suspect.employee_id,
        employee_name: suspect.employee_name.clone(),
        entry: Some(suspect.id),
        day,
        why,
        is_confirmed: suspect.is_confirmed,
    };
    found.into_iter().flatten().map(alert).collect()
}

/// Consecutive days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// Number of days.
    pub days: usize,
}

/// The runs of [`DAYS_IN_A_ROW`] or more consecutive days of one person, oldest first. A run continues across the end of a month.
pub fn long_runs(days: &BTreeSet<NaiveDate>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some(run) if run.to.succ_opt() == Some(*day) => (run.to, run.days) = (*day, run.days + 1),
            _ => runs.push(Run { from: *day, to: *day, days: 1 }),
        }
    }
    runs.retain(|run| run.days >= DAYS_IN_A_ROW);
    runs
}

/// The most urgent first, then the newest. Equal ones keep their order, by name.
pub fn sort(alerts: &mut [Alert]) {
    alerts.sort_by(|a, b| {
        let urgency = a.kind.severity().cmp(&b.kind.severity());
        urgency.then_with(|| b.day.cmp(&a.day)).then_with(|| a.kind.cmp(&b.kind))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn suspect(date: &str, start_min: i32, end_min: i32, break_minutes: i32) -> Suspect {
        Suspect {
            id: Uuid::from_u128(1),
            region: "ankara".into(),
            employee_id: Uuid::from_u128(2),
            employee_name: "Ali".into(),
            shift: Shift { work_date: day(date), start_min, end_min, break_minutes, is_special: false },
            hire_date: None,
            exit_date: None,
            is_deleted: false,
            worked_that_day: 0,
            is_confirmed: false,
        }
    }

    fn kinds(suspect: &Suspect) -> Vec<AlertKind> {
        alerts_of(suspect, &Rules::default(), None, day("2026-01-10")).into_iter().map(|alert| alert.kind).collect()
    }

    #[test]
    fn twelve_hours_of_presence_are_long_and_a_minute_less_is_not() {
        assert_eq!(kinds(&suspect("2026-01-05", 480, 1200, 60)), [AlertKind::LongShift]);
        assert_eq!(kinds(&suspect("2026-01-05", 540, 1259, 0)), []);
    }

    #[test]
    fn more_than_sixteen_hours_of_work_are_hardly_true_and_not_also_long() {
        assert_eq!(kinds(&suspect("2026-01-05", 0, 960, 0)), [AlertKind::LongShift], "sixteen hours exactly");
        assert_eq!(kinds(&suspect("2026-01-05", 0, 961, 0)), [AlertKind::HardlyTrue]);
        assert_eq!(kinds(&suspect("2026-01-05", 0, 1020, 60)), [AlertKind::LongShift], "the break is not work");
    }

    #[test]
    fn entries_of_a_date_that_come_to_more_than_sixteen_hours_together_are_a_long_day() {
        let with = |worked_that_day| Suspect { worked_that_day, ..suspect("2026-01-05", 540, 1080, 60) };
        assert_eq!(kinds(&with(480 + 481)), [AlertKind::LongDay]);
        assert_eq!(kinds(&with(480 + 480)), []);
        let alone = Suspect { worked_that_day: 961, ..suspect("2026-01-05", 0, 961, 0) };
        assert_eq!(kinds(&alone), [AlertKind::HardlyTrue], "one entry is said once");
    }

    #[test]
    fn a_shift_over_midnight_says_how_far_and_one_that_ends_at_midnight_does_not() {
        let night = suspect("2026-01-05", 1320, 1800, 30);
        let alerts = alerts_of(&night, &Rules::default(), None, day("2026-01-10"));
        assert_eq!(alerts.len(), 1);
        assert_eq!((alerts[0].kind, &alerts[0].why), (AlertKind::Overnight, &Why::Minutes { start: 1320, end: 1800, minutes: 360 }));
        assert_eq!(kinds(&suspect("2026-01-05", 960, 1440, 0)), []);
    }

    #[test]
    fn a_break_as_long_as_the_shift_leaves_nothing_worked() {
        assert_eq!(kinds(&suspect("2026-01-05", 540, 780, 240)), [AlertKind::NothingWorked]);
        assert_eq!(kinds(&suspect("2026-01-05", 540, 780, 239)), []);
    }

    #[test]
    fn an_entry_outside_the_employment_is_odd_and_one_on_its_first_or_last_day_is_not() {
        let employed = |hire: &str, exit: &str| Suspect {
            hire_date: Some(day(hire)),
            exit_date: Some(day(exit)),
            ..suspect("2026-01-05", 540, 1080, 60)
        };
        assert_eq!(kinds(&employed("2026-01-05", "2026-01-05")), []);
        assert_eq!(kinds(&employed("2026-01-06", "2026-01-07")), [AlertKind::BeforeHire]);
        assert_eq!(kinds(&employed("2026-01-01", "2026-01-04")), [AlertKind::AfterExit]);
        let deleted = Suspect { is_deleted: true, ..suspect("2026-01-05", 540, 1080, 60) };
        assert_eq!(kinds(&deleted), [AlertKind::DeletedPerson]);
    }

    #[test]
    fn a_month_ahead_is_planning_and_more_is_a_slip() {
        assert_eq!(kinds(&suspect("2026-01-10", 540, 1080, 60)), []);
        assert_eq!(kinds(&suspect("2026-02-10", 540, 1080, 60)), [AlertKind::Ahead]);
        assert_eq!(kinds(&suspect("2026-02-11", 540, 1080, 60)), [AlertKind::FarAhead]);
    }

    #[test]
    fn a_holiday_is_noticed_only_where_the_entry_does_not_say_so_itself() {
        let plain = suspect("2026-04-23", 540, 1080, 60);
        let special = Suspect { shift: Shift { is_special: true, ..plain.shift }, ..plain.clone() };
        let kinds =
            |s| -> Vec<_> { alerts_of(s, &Rules::default(), Some("23 Nisan"), day("2026-04-24")).into_iter().map(|a| a.kind).collect() };
        assert_eq!(kinds(&plain), [AlertKind::HolidayNotMarked]);
        assert_eq!(kinds(&special), [AlertKind::SpecialDay]);
    }

    /// Law 4857, article 46: 24 hours of rest within seven days. An ordinary week of six days is no run.
    #[test]
    fn seven_days_in_a_row_are_a_run_also_across_the_end_of_a_month_and_six_are_none() {
        let runs = |from: &str, lengths: &[usize]| {
            let mut next = day(from);
            let mut days = BTreeSet::new();
            for length in lengths {
                days.extend(next.iter_days().take(*length));
                next = next.checked_add_days(Days::new(*length as u64 + 1)).unwrap();
            }
            long_runs(&days).into_iter().map(|run| run.days).collect::<Vec<_>>()
        };
        assert_eq!(runs("2026-01-05", &[6]), [0; 0]);
        assert_eq!(runs("2026-01-05", &[6, 6, 6]), [0; 0], "a free day between them");
        assert_eq!(runs("2026-01-05", &[7]), [7]);
        assert_eq!(runs("2026-01-05", &[8, 7]), [8, 7]);
        assert_eq!(runs("2026-01-29", &[7]), [7]);
        let run = long_runs(&day("2026-01-29").iter_days().take(7).collect())[0];
        assert_eq!((run.from, run.to), (day("2026-01-29"), day("2026-02-04")));
    }

    #[test]
    fn every_kind_is_known_by_its_word_and_the_list_is_by_urgency() {
        for kind in AlertKind::ALL {
            assert_eq!(AlertKind::parse(kind.as_str()), Some(kind));
        }
        assert!(AlertKind::ALL.is_sorted_by_key(|kind| kind.severity()));
        let mut alerts = alerts_of(&suspect("2026-01-05", 720, 1800, 0), &Rules::default(), None, day("2026-01-10"));
        alerts.reverse();
        sort(&mut alerts);
        assert_eq!(alerts.iter().map(|a| a.kind).collect::<Vec<_>>(), [AlertKind::HardlyTrue, AlertKind::Overnight]);
    }
}
