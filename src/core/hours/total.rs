//! The totals that pages explain: each total's part of the hours, and the steps of the calculation that lead to it.

use super::{Hours, Rules, Shift, Step, explain};

/// A sum over many shifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// "Çalışılan".
    Worked,
    /// "Normal süre".
    Scheduled,
    /// "Fazla mesai".
    Overtime,
    /// "Gece".
    Night,
    /// "Geceye taşan".
    Overnight,
    /// "Özel gün".
    SpecialNormal,
    /// "Özel gün gecesi".
    SpecialNight,
}

impl Total {
    /// Every total, in the order of the columns.
    pub const ALL: [Self; 7] =
        [Self::Worked, Self::Scheduled, Self::Overtime, Self::Night, Self::Overnight, Self::SpecialNormal, Self::SpecialNight];

    /// Its minutes.
    pub fn of(self, hours: &Hours) -> i64 {
        match self {
            Self::Worked => hours.worked,
            Self::Scheduled => hours.scheduled,
            Self::Overtime => hours.overtime,
            Self::Night => hours.night,
            Self::Overnight => hours.overnight,
            Self::SpecialNormal => hours.special_normal,
            Self::SpecialNight => hours.special_night,
        }
    }

    /// The steps of the calculation that lead to this total for one shift, in the order of a calculation by hand.
    pub fn steps(self, shift: &Shift, rules: &Rules) -> Vec<Step> {
        let wanted: &[&str] = match self {
            Self::Worked => &["explain-gross", "explain-break"],
            Self::Scheduled => &["explain-plan"],
            Self::Overtime => &["explain-gross", "explain-break", "explain-plan", "explain-overtime"],
            Self::Night => &["explain-night-part", "explain-night-total"],
            Self::Overnight => &["explain-overnight"],
            Self::SpecialNormal => &["explain-gross", "explain-break", "explain-overtime-special"],
            Self::SpecialNight => &["explain-night"],
        };
        let mut steps = explain(shift, rules);
        steps.retain(|step| wanted.iter().any(|begin| step.key.starts_with(begin)));
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_total_of_a_shift_is_led_to_by_at_least_one_step() {
        let shift = Shift::from_clock("2026-01-10".parse().unwrap(), 1200, 480, 60, true).unwrap();
        let plain = Shift { is_special: false, ..shift };
        for total in Total::ALL {
            let shift = if matches!(total, Total::SpecialNormal | Total::SpecialNight) { &shift } else { &plain };
            assert_ne!(total.of(&super::super::hours(shift, &Rules::default())), 0, "{total:?}");
            assert!(!total.steps(shift, &Rules::default()).is_empty(), "{total:?}");
        }
    }

    #[test]
    fn overtime_is_reckoned_from_gross_and_plan_and_says_nothing_of_the_night() {
        let shift = Shift::from_clock("2026-01-07".parse().unwrap(), 1200, 480, 60, false).unwrap();
        let keys: Vec<&str> = Total::Overtime.steps(&shift, &Rules::default()).iter().map(|step| step.key).collect();
        assert_eq!(keys, ["explain-gross-next-day", "explain-break", "explain-plan-weekday", "explain-overtime-gross"]);
        let keys: Vec<&str> = Total::Night.steps(&shift, &Rules::default()).iter().map(|step| step.key).collect();
        assert_eq!(keys, ["explain-night-part"]);
    }
}
