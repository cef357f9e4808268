//! What the month shows. A page of 60 people has some 2,000 cells, so what is the same in many cells (the names of day and person) is
//! written once, in the head of the column or row; static/ts/month.ts combines both for screen readers.

use std::{borrow::Cow, fmt};

use askama::{FastWritable, Template, Values};
use chrono::{Datelike as _, NaiveDate, Weekday};
use uuid::Uuid;

use super::{Cell, Plan, Sheet, Tally};
use crate::{
    calendar::Mark,
    civil::{self, Month},
    error::PageResult,
    i18n::{Lang, format, t},
    roster::{Person, Roster},
    settings::ReportNames,
    timesheets::views::weekday_key,
    web::{
        filters,
        page::{Ctx, RegionName, render_large},
        part::MONTH,
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
pub struct MonthPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// Which month.
    pub month: Month,
    /// The words of cells.
    pub words: Words,
    /// Which region.
    pub region: RegionName,
    /// Names on the printed sheet.
    pub names: ReportNames,
    /// The days.
    pub heads: Vec<Head>,
    /// The people.
    pub rows: Vec<Row<'a>>,
    /// The sum of each day.
    pub feet: Vec<Tally>,
    /// The sum of the month.
    pub total: Tally,
    /// What the month's field holds.
    pub typed: String,
    /// What is wrong with it.
    pub month_error: String,
    /// What of the address was not understood; if there is anything, no days are shown.
    pub wrong: Vec<String>,
}

/// The head of a day's column.
pub struct Head {
    /// The date.
    pub day: NaiveDate,
    /// "14 Ocak Çarşamba", with the name of a marked day.
    pub name: String,
    /// Name of a marked day, such as "Yılbaşı"; with the time from which it is free if it is half a day.
    pub marked: Option<String>,
    /// Half a day is free.
    pub is_half: bool,
    /// How the column looks: `free` (holiday), `half`, `rest` (weekend), `now` (today).
    pub class: Cow<'static, str>,
    /// Address of the day's entries.
    pub list: String,
}

/// The words of cells, looked up once.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// For "boş".
    blank: &'static str,
    /// Mark of a shift past midnight.
    pub late: &'static str,
    /// Mark of a special day.
    pub special: &'static str,
}

impl Words {
    fn of(lang: Lang) -> Self {
        Self { blank: t(lang, "month-mark-blank"), late: t(lang, "month-mark-late"), special: t(lang, "month-mark-special") }
    }
}

/// A person's row.
pub struct Row<'a> {
    /// The person.
    pub id: Uuid,
    /// Address of the person's page for this month.
    pub page: String,
    /// Address of the person's days, without the day at its end.
    pub days: String,
    /// Address of the list of the person's entries.
    pub list: String,
    /// "Ad Soyad".
    pub name: &'a str,
    /// "Unvan".
    pub title: &'a str,
    /// The days.
    pub cells: Vec<CellView>,
    /// Days with an entry.
    pub worked_days: i64,
    /// Blank days.
    pub blanks: i64,
    /// The totals in hours: the section of the person's page that explains each, and its text; `None` for zero.
    pub hours: [(&'static str, Option<ShortHours>); 5],
}

/// A day of a person. A page has thousands of them, so a cell allocates no memory and is not formatted in advance.
pub struct CellView {
    /// The day as addresses end in it; `None` if the person is not employed and nothing was entered.
    pub day: Option<&'static str>,
    /// How the cell looks: `off`, `gap` (blank), `out` (not employed), `late` (past midnight), `special`, `now` (today).
    pub class: Cow<'static, str>,
    /// The hours, or a word.
    pub text: CellText,
    /// One of the entries ends after midnight.
    pub is_late: bool,
    /// One of the entries is of a special day.
    pub is_special: bool,
    /// How many entries, if there are several.
    pub several: Option<i64>,
}

impl Words {
    /// "boş".
    pub fn blank(&self) -> &'static str {
        self.blank
    }
}

impl CellView {
    /// Whether the cell has marks in its corner.
    pub fn is_marked(&self) -> bool {
        self.is_late || self.is_special || self.several.is_some()
    }
}

/// The content of a cell.
pub enum CellText {
    /// A word, by the key of its text.
    Word(&'static str),
    /// Hours.
    Hours(ShortHours),
}

impl fmt::Display for CellText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Hours(hours) => hours.write(f),
        }
    }
}

impl fmt::Display for ShortHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl FastWritable for ShortHours {
    fn write_into(&self, dest: &mut dyn fmt::Write, _: &dyn Values) -> askama::Result<()> {
        Ok(self.write(dest)?)
    }
}

impl FastWritable for CellText {
    fn write_into(&self, dest: &mut dyn fmt::Write, _: &dyn Values) -> askama::Result<()> {
        match self {
            Self::Word(word) => Ok(dest.write_str(word)?),
            Self::Hours(hours) => Ok(hours.write(dest)?),
        }
    }
}

impl<'a> MonthPage<'a> {
    /// A month of a region.
    pub fn new(
        ctx: &'a Ctx,
        month: Month,
        region: RegionName,
        names: ReportNames,
        roster: &Roster,
        sheet: Sheet<'a>,
        today: NaiveDate,
    ) -> Self {
        let list = |day| address("/timesheets", ctx, &region, day, day);
        let heads = month.days().map(|day| Head::new(ctx.lang, day, roster.mark(&region.code, day), today, list(day))).collect();
        let now = month.days().position(|day| day == today);
        let words = Words::of(ctx.lang);
        let of = region_query(ctx, &region.code);
        let list_end = format!("&from={}&to={}", month.first(), month.last());
        let row = |row| Row::new(ctx.lang, (month, &list_end), words, &of, row, now);
        let rows = sheet.rows.into_iter().map(row).collect();
        let (typed, month_error, wrong) = (month.to_string(), String::new(), Vec::new());
        Self { ctx, month, words, region, names, heads, rows, feet: sheet.days, total: sheet.total, typed, month_error, wrong }
    }

    /// Shows what was typed and what is wrong with it, and no days.
    pub fn refuse(&mut self, typed: String, error: String, wrong: Vec<String>) {
        (self.typed, self.month_error, self.wrong) = (typed, error, wrong);
    }

    /// Marks a day of a person with an entry that the server does not have yet.
    pub fn mark_waiting(&mut self, person: Uuid, day: NaiveDate) {
        let cells = self.rows.iter_mut().filter(|row| row.id == person).filter_map(|row| row.cells.get_mut(day.day0() as usize));
        for cell in cells.filter(|cell| !cell.class.split(' ').any(|class| class == "waiting")) {
            cell.class = if cell.class.is_empty() { "waiting".into() } else { format!("{} waiting", cell.class).into() };
        }
    }

    /// The grid alone if only that is requested, else the whole page.
    pub fn render(&self) -> PageResult<String> {
        let is_grid = MONTH.is_wanted(self.ctx);
        let bytes = self.bytes();
        Ok(if is_grid { render_large(self.ctx, &self.as_grid(), bytes)? } else { render_large(self.ctx, self, bytes)? })
    }

    /// The approximate size of the page: a person's row has some 4,200 bytes, the rest of the page 40,000.
    fn bytes(&self) -> usize {
        50_000 + self.rows.len() * 4_500
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

    /// A day's hours.
    pub fn worked(&self, day: &Tally) -> ShortHours {
        ShortHours { minutes: day.hours.worked, lang: self.ctx.lang }
    }

    /// Address of a day's blank days.
    pub fn blanks_of(&self, head: &Head) -> String {
        address(BLANKS, self.ctx, &self.region, head.day, head.day)
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
    pub fn sums(&self) -> [(&'static str, Option<ShortHours>); 5] {
        totals(self.ctx.lang, &self.total)
    }
}

/// Address of a list of some days.
fn address(page: &str, ctx: &Ctx, region: &RegionName, from: NaiveDate, to: NaiveDate) -> String {
    format!("{page}?from={from}&to={to}{}", region_query(ctx, &region.code))
}

/// The region in an address, for readers who have several.
pub fn region_query(ctx: &Ctx, region: &str) -> String {
    ctx.and_at(region)
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

    /// Whether few work on it: a holiday or a weekend.
    pub fn is_free(&self) -> bool {
        self.class.split(' ').any(|class| matches!(class, "free" | "rest"))
    }
}

impl<'a> Row<'a> {
    /// `list_end` is what the address of a list of entries adds for the month.
    fn new(
        lang: Lang,
        (month, list_end): (Month, &str),
        words: Words,
        region: &str,
        row: (&'a Person, Vec<Cell>, Tally),
        now: Option<usize>,
    ) -> Self {
        let (person, cells, sum) = row;
        let cell = |(place, cell)| CellView::new(lang, words, cell, DAYS[place], now == Some(place));
        Self {
            id: person.id,
            page: format!("/employees/{}?month={month}{region}", person.id),
            days: format!("/employees/{}/days/{month}-", person.id),
            list: format!("/timesheets?employee_id={}{list_end}", person.id),
            name: &person.full_name,
            title: &person.title,
            cells: cells.iter().enumerate().map(cell).collect(),
            worked_days: sum.days,
            blanks: sum.blanks,
            hours: totals(lang, &sum),
        }
    }
}

/// The totals in the order of their columns.
fn totals(lang: Lang, sum: &Tally) -> [(&'static str, Option<ShortHours>); 5] {
    let hours = &sum.hours;
    let parts = [
        ("worked", hours.worked),
        ("overtime", hours.overtime),
        ("night", hours.night),
        ("overnight", hours.overnight),
        ("special", hours.special_normal),
    ];
    parts.map(|(part, minutes)| (part, (minutes > 0).then_some(ShortHours { minutes, lang })))
}

impl CellView {
    fn new(lang: Lang, words: Words, cell: &Cell, day: &'static str, is_today: bool) -> Self {
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
            _ if has_entry => CellText::Hours(ShortHours { minutes: cell.hours.worked, lang }),
            Plan::Blank => CellText::Word(words.blank),
            Plan::NotEmployed => CellText::Word("–"),
            Plan::Off | Plan::Open => CellText::Word("·"),
        };
        Self {
            day: (has_entry || !out).then_some(day),
            class: classes(&looks),
            text,
            is_late: cell.is_overnight,
            is_special: cell.is_special,
            several: Some(cell.entries).filter(|count| *count > 1),
        }
    }
}

fn classes(looks: &[(&'static str, bool)]) -> Cow<'static, str> {
    let mut names = looks.iter().filter(|(_, holds)| *holds).map(|(name, _)| *name);
    let Some(first) = names.next() else { return Cow::Borrowed("") };
    names.fold(Cow::Borrowed(first), |class, name| Cow::Owned([&class, name].join(" ")))
}

/// Minutes as hours without the zeros a narrow column has no room for: `8`, `8,5`, `9,75`. Never less than nothing.
#[derive(Debug, Clone, Copy)]
pub struct ShortHours {
    minutes: i64,
    lang: Lang,
}

impl ShortHours {
    /// How long.
    pub fn minutes(self) -> i64 {
        self.minutes
    }

    /// Rounded as `civil::format_hours` does. Without the machinery of formats: a page has thousands of them.
    fn write(self, dest: &mut (impl fmt::Write + ?Sized)) -> fmt::Result {
        const DIGITS: &str = "0123456789";
        let digit = |n: u64| {
            let at = usize::try_from(n % 10).unwrap_or(0);
            &DIGITS[at..=at]
        };
        let hundredths = (self.minutes.unsigned_abs() * 5 + 1) / 3;
        let (whole, tenth, hundredth) = (hundredths / 100, hundredths / 10 % 10, hundredths % 10);
        match whole {
            0..10 => dest.write_str(digit(whole))?,
            10..100 => {
                dest.write_str(digit(whole / 10))?;
                dest.write_str(digit(whole))?;
            }
            _ => dest.write_str(&civil::grouped(whole, self.lang.as_str()))?,
        }
        if tenth > 0 || hundredth > 0 {
            dest.write_str(if self.lang == Lang::Tr { "," } else { "." })?;
            dest.write_str(digit(tenth))?;
        }
        if hundredth > 0 {
            dest.write_str(digit(hundredth))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_of_a_cell_are_exact_and_short() {
        let short = |minutes, lang| ShortHours { minutes, lang }.to_string();
        let shown = [480, 510, 585, 500, 600, 0, 6000, 85_770].map(|minutes| short(minutes, Lang::Tr));
        assert_eq!(shown, ["8", "8,5", "9,75", "8,33", "10", "0", "100", "1.429,5"]);
        assert_eq!(short(510, Lang::En), "8.5");
        for minutes in 0..=20_000 {
            let long = civil::format_hours(minutes, "tr");
            assert_eq!(short(minutes, Lang::Tr), long.trim_end_matches('0').trim_end_matches(','), "{minutes} as {long}");
        }
    }
}
