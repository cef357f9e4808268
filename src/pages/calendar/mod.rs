//! Days that are not like others: public holidays, days off, and days on which an office works all the same (UX 5.3). They only suggest (no
//! work is expected, "özel gün" is ticked), they do not force.

mod model;

use std::collections::BTreeMap;

use chrono::NaiveDate;

pub use model::{CalendarDay, DayKind};

/// What the calendar says about one day of one region, all its rows together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The names, joined: two holidays may meet (19 May 2027).
    pub name: String,
    /// A public holiday, not a day off the company gives.
    pub is_holiday: bool,
    /// Minutes of the day from which no work is expected: 0 the whole day, 780 from 13:00.
    pub free_from: i32,
}

impl Mark {
    /// Half a day, such as the eve of a feast.
    pub fn is_half(&self) -> bool {
        self.free_from > 0
    }

    /// Whether "özel gün" is suggested for an entry that starts at `start` (minutes of the day): on the desktop it means the public holiday
    /// (DOMAIN 4.1 item 8). The morning of a half day is ordinary.
    pub fn suggests_special(&self, start: i32) -> bool {
        self.is_holiday && start >= self.free_from
    }
}

/// A calendar row with what a look-up needs.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its region's code; `company` for all.
    pub region: String,
    /// The date.
    pub day: NaiveDate,
    /// What the day is called.
    pub name: String,
    /// What it means for work.
    pub kind: DayKind,
    /// Minutes of the day from which no work is expected.
    pub free_from: i32,
}

/// The marked days of some regions and dates.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    marks: BTreeMap<String, BTreeMap<NaiveDate, Mark>>,
    company: BTreeMap<NaiveDate, Mark>,
}

impl Calendar {
    /// Merges the rows: the company's rows hold in every region, a region's own rows add to them, and its `workday` cancels all of them.
    pub fn new(entries: &[Entry]) -> Self {
        let mut by_day: BTreeMap<(String, NaiveDate), Vec<&Entry>> = BTreeMap::new();
        for entry in entries {
            by_day.entry((entry.region.clone(), entry.day)).or_default().push(entry);
        }
        let company_rows = |day: NaiveDate| by_day.get(&("company".to_owned(), day)).map_or(&[][..], Vec::as_slice);
        let mut calendar = Self::default();
        for ((region, day), own) in &by_day {
            if region == "company" {
                calendar.company.extend(mark(own.iter().copied()).map(|mark| (*day, mark)));
                continue;
            }
            let all = || company_rows(*day).iter().chain(own).copied();
            let name = own.iter().filter(|e| e.kind == DayKind::Workday).map(|e| e.name.clone()).next();
            let merged = if name.is_some() { None } else { mark(all()) };
            // A cancelled day is remembered as free from "never", so that the company's does not show through.
            let never = Mark { name: name.unwrap_or_default(), is_holiday: false, free_from: i32::MAX };
            calendar.marks.entry(region.clone()).or_default().insert(*day, merged.unwrap_or(never));
        }
        calendar
    }

    /// What is special about a day in a region; `None` for an ordinary day.
    pub fn mark(&self, region: &str, day: NaiveDate) -> Option<&Mark> {
        match self.marks.get(region).and_then(|marks| marks.get(&day)) {
            Some(mark) => (mark.free_from != i32::MAX).then_some(mark),
            None => self.company.get(&day),
        }
    }

    /// The company's marked days, without the changes of regions.
    pub fn of_company(&self) -> impl Iterator<Item = (NaiveDate, &Mark)> {
        self.company.iter().map(|(day, mark)| (*day, mark))
    }

    /// The days on which a region differs from the company; `None` if the day is ordinary there.
    pub fn of_regions(&self) -> impl Iterator<Item = (&str, NaiveDate, Option<&Mark>)> {
        self.marks.iter().flat_map(|(region, days)| {
            days.iter().map(move |(day, mark)| (region.as_str(), *day, (mark.free_from != i32::MAX).then_some(mark)))
        })
    }
}

fn mark<'e>(rows: impl Iterator<Item = &'e Entry>) -> Option<Mark> {
    let mut rows: Vec<&Entry> = rows.filter(|e| e.kind != DayKind::Workday).collect();
    rows.sort_by(|a, b| a.free_from.cmp(&b.free_from).then_with(|| a.name.cmp(&b.name)));
    let first = rows.first()?;
    Some(Mark {
        name: rows.iter().map(|e| e.name.as_str()).collect::<Vec<_>>().join(" · "),
        is_holiday: rows.iter().any(|e| e.kind == DayKind::Holiday && e.free_from == first.free_from),
        free_from: first.free_from,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2027, 5, d).unwrap()
    }

    fn entry(region: &str, d: u32, name: &str, kind: DayKind, free_from: i32) -> Entry {
        Entry { region: region.into(), day: day(d), name: name.into(), kind, free_from }
    }

    #[test]
    fn the_companys_days_hold_everywhere_and_an_offices_own_only_there() {
        let calendar = Calendar::new(&[
            entry("company", 19, "Gençlik Bayramı", DayKind::Holiday, 0),
            entry("company", 19, "Kurban Bayramı 4. gün", DayKind::Holiday, 0),
            entry("ankara", 20, "Köprü", DayKind::DayOff, 0),
        ]);
        let both = calendar.mark("bursa", day(19)).unwrap();
        assert_eq!((both.name.as_str(), both.is_holiday), ("Gençlik Bayramı · Kurban Bayramı 4. gün", true));
        assert!(!calendar.mark("ankara", day(20)).unwrap().is_holiday);
        assert_eq!((calendar.mark("bursa", day(20)), calendar.mark("bursa", day(21))), (None, None));
    }

    #[test]
    fn a_workday_of_an_office_takes_the_companys_holiday_away_there_only() {
        let calendar = Calendar::new(&[
            entry("company", 19, "Gençlik Bayramı", DayKind::Holiday, 0),
            entry("izmir", 19, "Sevkiyat günü", DayKind::Workday, 0),
        ]);
        assert_eq!(calendar.mark("izmir", day(19)), None);
        assert!(calendar.mark("ankara", day(19)).is_some());
    }

    #[test]
    fn a_half_day_suggests_special_only_for_the_free_half() {
        let calendar = Calendar::new(&[entry("company", 15, "Kurban Bayramı arifesi", DayKind::Holiday, 780)]);
        let eve = calendar.mark("ankara", day(15)).unwrap();
        assert!(eve.is_half() && !eve.suggests_special(510) && eve.suggests_special(780));
        // A whole day off set by the office makes the half day a whole one; the morning is no public holiday.
        let calendar = Calendar::new(&[
            entry("company", 15, "Kurban Bayramı arifesi", DayKind::Holiday, 780),
            entry("ankara", 15, "İdari izin", DayKind::DayOff, 0),
        ]);
        let whole = calendar.mark("ankara", day(15)).unwrap();
        assert!(!whole.is_half() && !whole.suggests_special(510));
    }
}
