//! The plan of a day, and how it is read from the settings.

use crate::civil::{DAY, HoursError, TimeError, parse_hours, parse_time};

/// The planned hours of a region: the same on every weekday, a window on Saturday, none on Sunday (DOMAIN 4.1 item 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Plan of a day from Monday to Friday, in minutes: 0 to 1440.
    pub weekday_minutes: i32,
    /// Start of the Saturday window, in minutes of the day.
    pub saturday_start: i32,
    /// End of the Saturday window. Before the start: the window goes past midnight. Equal to the start: there is no window.
    pub saturday_end: i32,
}

/// Nine hours per weekday, Saturday from 09:00 to 14:00.
impl Default for Rules {
    fn default() -> Self {
        Self { weekday_minutes: 540, saturday_start: 540, saturday_end: 840 }
    }
}

/// Which settings cannot be read, and why (DOMAIN 11.2, C59 and C64 to C70).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, thiserror::Error)]
#[error("the working hours in the settings cannot be read")]
pub struct RulesError {
    /// The error in the hours of a weekday.
    pub weekday: Option<HoursError>,
    /// The error in the start of the Saturday window.
    pub saturday_start: Option<TimeError>,
    /// The error in the end of the Saturday window.
    pub saturday_end: Option<TimeError>,
}

impl Rules {
    /// Reads three settings as they are typed: hours of a weekday (`7.5`, `8,5`, `9`; blank means nine, `0` means no plan) and the Saturday
    /// window, which may not be blank.
    pub fn parse(weekday: &str, saturday_start: &str, saturday_end: &str) -> Result<Self, RulesError> {
        let weekday = match parse_hours(weekday) {
            Err(HoursError::Empty) => Ok(Self::default().weekday_minutes),
            read => read,
        };
        match (weekday, parse_time(saturday_start), parse_time(saturday_end)) {
            (Ok(weekday_minutes), Ok(saturday_start), Ok(saturday_end)) => Ok(Self { weekday_minutes, saturday_start, saturday_end }),
            (weekday, start, end) => Err(RulesError { weekday: weekday.err(), saturday_start: start.err(), saturday_end: end.err() }),
        }
    }

    /// Length of the Saturday window in minutes; past midnight if the end is before the start.
    pub fn saturday_minutes(&self) -> i32 {
        (self.saturday_end - self.saturday_start).rem_euclid(DAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_people_type_them() {
        let weekday = |text| Rules::parse(text, "09:00", "14:00").map(|rules| rules.weekday_minutes);
        assert_eq!(weekday("7.5"), Ok(450));
        assert_eq!(weekday("8,5"), Ok(510));
        assert_eq!(weekday(" 8:30 "), Ok(510));
        assert_eq!(weekday(""), Ok(540), "blank means nine hours");
        assert_eq!(weekday("0"), Ok(0), "zero means no plan");
        assert_eq!(weekday("24"), Ok(1440));
        assert_eq!(Rules::parse("9", "0900", "1400"), Ok(Rules::default()));
    }

    #[test]
    fn each_bad_setting_is_named() {
        let error = Rules::parse("-1", "", "2pm").unwrap_err();
        assert_eq!(error.weekday, Some(HoursError::Range));
        assert_eq!(error.saturday_start, Some(TimeError::Empty));
        assert_eq!(error.saturday_end, Some(TimeError::Format));
        let only_weekday = Rules::parse("24,1", "09:00", "14:00").unwrap_err();
        assert_eq!(only_weekday, RulesError { weekday: Some(HoursError::Range), ..RulesError::default() });
        assert_eq!(Rules::parse("abc", "09:00", "14:00").unwrap_err().weekday, Some(HoursError::Format));
    }

    #[test]
    fn a_saturday_window_may_cross_midnight_or_be_empty() {
        let saturday = |start, end| Rules::parse("9", start, end).unwrap().saturday_minutes();
        assert_eq!(saturday("22:00", "02:00"), 240);
        assert_eq!(saturday("09:00", "09:00"), 0);
        assert_eq!(saturday("10:00", "13:30"), 210);
    }
}
