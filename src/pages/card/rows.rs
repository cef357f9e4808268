//! What a person's page is made from: a year of entries, the plan, and what follows from both.

use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    card::views::{CardPage, MonthLine, Neighbour, TotalView},
    civil::Month,
    employees::{listed::Listed, views::EmployeeView},
    error::PageResult,
    hours::{Rules, Shift, Total},
    i18n::Lang,
    month::{Cell, Plan, tally},
    roster::{self, Person, Roster},
    timesheets::{listed::Listed as Entry, views::EntryView},
    web::{asked::Asked, change::ChangeView, page::Ctx},
};

/// Months that the table shows.
const MONTHS: u32 = 12;

/// The month whose entries are shown.
#[derive(Debug, Default, Deserialize)]
pub struct CardQuery {
    month: Option<String>,
}

impl CardQuery {
    /// The month asked for.
    pub fn read(&self, lang: Lang) -> PageResult<Option<Month>> {
        let mut asked = Asked::new(lang);
        let month = asked.month("month", self.month.as_deref());
        asked.refuse()?;
        Ok(month)
    }
}

/// The months that a page covers.
#[derive(Debug, Clone)]
pub struct Window {
    /// The month whose days are shown.
    pub month: Month,
    /// The months of the table, oldest first.
    months: Vec<Month>,
}

impl Window {
    /// The window for the requested month, else the current one.
    pub fn new(asked: Option<Month>, today: NaiveDate) -> Self {
        let current = Month::of(today);
        let month = asked.unwrap_or(current);
        Self { month, months: months_of(month, current) }
    }

    /// The first day.
    pub fn first(&self) -> NaiveDate {
        self.months.first().map_or(self.month.first(), |month| month.first())
    }

    /// The last day.
    pub fn last(&self) -> NaiveDate {
        self.months.last().map_or(self.month.last(), |month| month.last())
    }
}

/// The months of the table, oldest first: twelve up to the current one, or up to the shown one if that is older or later.
fn months_of(shown: Month, current: Month) -> Vec<Month> {
    let is_recent = current.back(MONTHS - 1).is_none_or(|oldest| (oldest..=current).contains(&shown));
    let last = if is_recent { current } else { shown };
    (0..MONTHS).rev().filter_map(|months| last.back(months)).collect()
}

/// The rows that a page is made from.
pub struct CardRows {
    /// The person.
    pub employee: Listed,
    /// Everyone's plan for the window.
    pub roster: Roster,
    /// The rules for hours of the person's region.
    pub rules: Rules,
    /// The person's entries in the window.
    pub entries: Vec<Entry>,
    /// Name of the person's own shift template.
    pub template: Option<String>,
}

impl<'a> CardPage<'a> {
    /// Puts the page together.
    pub fn new(
        ctx: &'a Ctx,
        Window { month, months }: Window,
        CardRows { employee, roster, rules, mut entries, template }: CardRows,
        today: NaiveDate,
        history: Vec<ChangeView>,
    ) -> Self {
        entries.sort_by_key(|entry| (entry.value.work_date, entry.value.start_min));
        let person = Person::from(&employee);
        let shifts: Vec<Shift> = entries.iter().map(|entry| entry.value.shift()).collect();
        let cells: Vec<(Month, Vec<Cell>)> =
            months.iter().map(|month| (*month, days_of(*month, &roster, &person, &shifts, &rules, today))).collect();
        let lines = cells.iter().map(|(month, cells)| MonthLine::new(ctx.lang, person.id, *month, cells)).collect();
        let shown = cells.iter().find(|(of, _)| *of == month).map_or(&[][..], |(_, cells)| cells);
        let blanks = blank_days(month, shown, &roster, &person);
        let of_month = entries.into_iter().filter(|entry| Month::of(entry.value.work_date) == month);
        let entries: Vec<EntryView> = of_month.map(|entry| EntryView::new(entry, &rules)).collect();
        let totals = Total::ALL.into_iter().filter_map(|total| TotalView::new(ctx, total, &entries, &rules)).collect();
        let (previous, next) = neighbours(&roster, person.id, month);
        let row = EmployeeView { employee };
        Self { ctx, row, number: None, template, month, lines, entries, blanks, totals, previous, next, history }
    }
}

/// A month's days of the person. `shifts` are by date.
fn days_of(month: Month, roster: &Roster, person: &Person, shifts: &[Shift], rules: &Rules, today: NaiveDate) -> Vec<Cell> {
    let days: Vec<NaiveDate> = month.days().collect();
    tally(&days, roster, person, shifts.iter().skip_while(|shift| shift.work_date < month.first()), rules, today)
}

/// The month's blank days, and what was planned on them.
fn blank_days(month: Month, cells: &[Cell], roster: &Roster, person: &Person) -> Vec<(NaiveDate, roster::Shift)> {
    let blank = month.days().zip(cells).filter(|(_, cell)| cell.plan == Plan::Blank).map(|(day, _)| day);
    blank.filter_map(|day| Some((day, roster.expected(person, day).shift()?.clone()))).collect()
}

/// The people before and after this one, in Turkish order, among those who work in that month.
fn neighbours(roster: &Roster, id: Uuid, month: Month) -> (Option<Neighbour>, Option<Neighbour>) {
    let works = |person: &&Person| person.id == id || month.days().any(|day| person.is_employed(day));
    let people: Vec<&Person> = roster.people().iter().filter(works).collect();
    let Some(place) = people.iter().position(|person| person.id == id) else { return (None, None) };
    let neighbour = |place: usize| people.get(place).map(|person| Neighbour { id: person.id, name: person.full_name.clone() });
    (place.checked_sub(1).and_then(neighbour), neighbour(place + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        Month::parse(text).unwrap()
    }

    #[test]
    fn the_table_ends_with_the_current_month_or_with_the_one_that_is_shown() {
        let ends = |shown: &str| {
            let months = months_of(month(shown), month("2026-11"));
            (months.len(), months[0].to_string(), months[months.len() - 1].to_string())
        };
        assert_eq!(ends("2026-11"), (12, "2025-12".into(), "2026-11".into()));
        assert_eq!(ends("2025-12"), (12, "2025-12".into(), "2026-11".into()));
        assert_eq!(ends("2025-11"), (12, "2024-12".into(), "2025-11".into()));
        assert_eq!(ends("2026-12"), (12, "2026-01".into(), "2026-12".into()));
        assert_eq!(months_of(month("1990-03"), month("2026-11")).len(), 3, "nobody worked before 1990");
    }
}
