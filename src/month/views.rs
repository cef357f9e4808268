//! What the month shows. A page of 60 people has some 2,000 cells, so what a cell says once per page (the day's name, the person's) stands at
//! the head of its column and row; static/ts/month.ts puts both together for screen readers.

use askama::Template;
use chrono::{Datelike as _, NaiveDate, Weekday};
use uuid::Uuid;

use super::{Cell, Month, Plan, Sheet, Tally};
use crate::{
    calendar::Mark,
    civil,
    i18n::{Lang, format, t},
    roster::{Person, Roster},
    settings::ReportNames,
    timesheets::views::weekday_key,
    web::{
        filters,
        page::{Ctx, RegionName},
    },
};

/// The days of a month as addresses end in them.
const DAYS: [&str; 31] = [
    "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22",
    "23", "24", "25", "26", "27", "28", "29", "30", "31",
];

/// Address of the list of blank days.
const BLANKS: &str = "/dashboard/blanks";

/// `/timesheets/month`.
#[derive(Template)]
#[template(path = "month/month.html", blocks = ["grid"])]
pub(super) struct MonthPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// Which month.
    pub month: Month,
    /// Which region.
    pub region: RegionName,
    /// Names on the printed sheet.
    pub names: ReportNames,
    /// The days.
    pub heads: Vec<Head>,
    /// The people.
    pub rows: Vec<Row>,
    /// What each day comes to.
    pub feet: Vec<Foot>,
    /// All of it.
    pub total: Tally,
}

/// The head of a day's column.
pub(super) struct Head {
    /// The date.
    pub day: NaiveDate,
    /// "14 Ocak Çarşamba", with the name of a marked day.
    pub name: String,
    /// Name of a marked day, such as "Yılbaşı"; from when where it is half a day.
    pub marked: Option<String>,
    /// Half a day is free.
    pub is_half: bool,
    /// How the column looks: `free` (holiday), `half`, `rest` (weekend), `now` (today).
    pub class: String,
    /// Address of the day's entries.
    pub list: String,
}

/// The foot of a day's column.
pub(super) struct Foot {
    /// What the day comes to.
    pub sum: Tally,
    /// Its hours, short.
    pub worked: String,
    /// Address of the day's entries.
    pub list: String,
    /// Address of the day's blanks.
    pub blanks: String,
}

/// A person's row.
pub(super) struct Row {
    /// The person.
    pub id: Uuid,
    /// "Ad Soyad".
    pub name: String,
    /// "Unvan".
    pub title: String,
    /// The days.
    pub cells: Vec<CellView>,
    /// Days with an entry.
    pub days: i64,
    /// Blank days.
    pub blanks: i64,
    /// The totals in hours: the part of the person's page that explains each, and its text; none for nothing.
    pub hours: [(&'static str, Option<String>); 5],
}

/// A day of a person.
pub(super) struct CellView {
    /// The day as addresses end in it; none where the person does not work here and nothing was entered.
    pub day: Option<&'static str>,
    /// How the cell looks: `off`, `gap` (blank), `out` (not employed), `late` (past midnight), `special`, `now` (today).
    pub class: String,
    /// How many entries, where there are several.
    pub several: Option<i64>,
    /// The hours, or a word.
    pub text: String,
    /// Letters at the corner.
    pub marks: String,
}

impl<'a> MonthPage<'a> {
    pub fn new(
        ctx: &'a Ctx,
        month: Month,
        region: RegionName,
        names: ReportNames,
        roster: &Roster,
        sheet: Sheet,
        today: NaiveDate,
    ) -> Self {
        let list = |page, day| address(page, ctx, &region, day, day);
        let heads =
            month.days().map(|day| Head::new(ctx.lang, day, roster.mark(&region.code, day), today, list("/timesheets", day))).collect();
        let foot = |(day, sum): (NaiveDate, &Tally)| Foot {
            sum: *sum,
            worked: short_hours(sum.hours.worked, ctx.lang),
            list: list("/timesheets", day),
            blanks: list(BLANKS, day),
        };
        let feet = month.days().zip(&sheet.days).map(foot).collect();
        let now = month.days().position(|day| day == today);
        let rows = sheet.rows.into_iter().map(|(person, cells, sum)| Row::new(ctx.lang, person, &cells, sum, now)).collect();
        Self { ctx, month, region, names, heads, rows, feet, total: sheet.total }
    }

    /// "Ocak 2026".
    pub fn title(&self) -> String {
        format::month_of_year(self.ctx.lang, self.month.first())
    }

    /// Address of the month before.
    pub fn previous(&self) -> Option<String> {
        self.month.previous().map(|month| self.address_of(month))
    }

    /// Address of the month after.
    pub fn next(&self) -> Option<String> {
        self.month.next().map(|month| self.address_of(month))
    }

    fn address_of(&self, month: Month) -> String {
        format!("/timesheets/month?month={month}{}", region_query(self.ctx, &self.region.code))
    }

    /// Address of the same month of another region.
    pub fn address_in(&self, region: &str) -> String {
        format!("/timesheets/month?month={}&region={region}", self.month)
    }

    /// Address of the month's entries, as a list.
    pub fn list(&self) -> String {
        address("/timesheets", self.ctx, &self.region, self.month.first(), self.month.last())
    }

    /// Address of the month's blank days, as a list.
    pub fn blanks(&self) -> String {
        address(BLANKS, self.ctx, &self.region, self.month.first(), self.month.last())
    }

    /// The name of the report on paper.
    pub fn report_title(&self) -> &str {
        self.names.report_title.as_deref().unwrap_or_else(|| t(self.ctx.lang, "month-report-title"))
    }

    /// The marked days, for the legend.
    pub fn marked_days(&self) -> impl Iterator<Item = (NaiveDate, &str)> {
        self.heads.iter().filter_map(|head| Some((head.day, head.marked.as_deref()?)))
    }

    /// The totals of all in hours, in the order of their columns.
    pub fn sums(&self) -> [(&'static str, Option<String>); 5] {
        totals(self.ctx.lang, &self.total)
    }
}

/// Address of a list of some days.
fn address(page: &str, ctx: &Ctx, region: &RegionName, from: NaiveDate, to: NaiveDate) -> String {
    format!("{page}?from={from}&to={to}{}", region_query(ctx, &region.code))
}

/// The region in an address, for those who have several.
pub(super) fn region_query(ctx: &Ctx, region: &str) -> String {
    if ctx.has_many_regions() { format!("&region={region}") } else { String::new() }
}

impl Head {
    fn new(lang: Lang, day: NaiveDate, mark: Option<&Mark>, today: NaiveDate, list: String) -> Self {
        let name = format::day_of_year(lang, day);
        let marked = mark
            .map(|mark| if mark.is_half() { format!("{} ({})", mark.name, civil::format_time(mark.free_from)) } else { mark.name.clone() });
        let is_half = mark.is_some_and(Mark::is_half);
        let rests = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let looks = [("free", mark.is_some() && !is_half), ("half", is_half), ("rest", rests && mark.is_none()), ("now", day == today)];
        Self { day, name: marked.iter().fold(name, |name, mark| format!("{name}, {mark}")), marked, is_half, class: classes(&looks), list }
    }

    /// Key of the weekday's short name.
    pub fn weekday(&self) -> &'static str {
        weekday_key(self.day)
    }
}

impl Row {
    fn new(lang: Lang, person: Person, cells: &[Cell], sum: Tally, now: Option<usize>) -> Self {
        let cells = cells.iter().enumerate().map(|(place, cell)| CellView::new(lang, cell, DAYS[place], now == Some(place))).collect();
        let hours = totals(lang, &sum);
        Self { id: person.id, name: person.full_name, title: person.title, cells, days: sum.days, blanks: sum.blanks, hours }
    }
}

/// The totals in the order of their columns.
fn totals(lang: Lang, sum: &Tally) -> [(&'static str, Option<String>); 5] {
    let hours = &sum.hours;
    let parts = [
        ("worked", hours.worked),
        ("overtime", hours.overtime),
        ("night", hours.night),
        ("overnight", hours.overnight),
        ("special", hours.special_normal),
    ];
    parts.map(|(part, minutes)| (part, (minutes > 0).then(|| short_hours(minutes, lang))))
}

impl CellView {
    fn new(lang: Lang, cell: &Cell, day: &'static str, is_today: bool) -> Self {
        let out = cell.plan == Plan::NotEmployed;
        let has_entry = cell.entries > 0;
        let looks = [
            ("off", !has_entry && matches!(cell.plan, Plan::Off | Plan::Open)),
            ("gap", cell.plan == Plan::Blank),
            ("out", out),
            ("late", cell.is_overnight),
            ("special", cell.is_special),
            ("now", is_today),
        ];
        let text = match cell.plan {
            _ if has_entry => short_hours(cell.hours.worked, lang),
            Plan::Blank => t(lang, "month-mark-blank").to_owned(),
            Plan::NotEmployed => "–".to_owned(),
            Plan::Off | Plan::Open => "·".to_owned(),
        };
        let several = Some(cell.entries).filter(|count| *count > 1);
        Self { day: (has_entry || !out).then_some(day), class: classes(&looks), several, text, marks: marks(lang, cell) }
    }
}

fn marks(lang: Lang, cell: &Cell) -> String {
    let mut marks = String::new();
    if cell.is_overnight {
        marks.push_str(t(lang, "month-mark-late"));
    }
    if cell.is_special {
        marks.push_str(t(lang, "month-mark-special"));
    }
    if cell.entries > 1 {
        marks.push_str(&cell.entries.to_string());
    }
    marks
}

fn classes(looks: &[(&str, bool)]) -> String {
    let mut class = String::new();
    for (name, _) in looks.iter().filter(|(_, holds)| *holds) {
        if !class.is_empty() {
            class.push(' ');
        }
        class.push_str(name);
    }
    class
}

/// Minutes as hours without the zeros a narrow column has no room for: `8`, `8,5`, `9,75`.
pub fn short_hours(minutes: i64, lang: Lang) -> String {
    let text = civil::format_hours(minutes, lang.as_str());
    let whole = text.strip_suffix("00").map(|rest| &rest[..rest.len() - 1]);
    whole.or_else(|| text.strip_suffix('0')).unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_of_a_cell_are_exact_and_short() {
        let shown: Vec<String> = [480, 510, 585, 500, 600, 0, 6000].iter().map(|minutes| short_hours(*minutes, Lang::Tr)).collect();
        assert_eq!(shown, ["8", "8,5", "9,75", "8,33", "10", "0", "100"]);
        assert_eq!(short_hours(510, Lang::En), "8.5");
    }
}
