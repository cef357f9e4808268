//! What a person's page shows.

use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    civil::{self, Month},
    employees::views::EmployeeView,
    hours::{Rules, Total},
    i18n::{Lang, format, t_with},
    month::{Cell, Tally},
    roster::Shift,
    timesheets::views::{EntryView, in_words},
    web::{change::ChangeView, filters, page::Ctx},
};

/// `/employees/{id}`.
#[derive(Template)]
#[template(path = "employees/card.html")]
pub struct CardPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The person.
    pub row: EmployeeView,
    /// The whole identity number, if it was requested without scripts.
    pub number: Option<String>,
    /// Name of the person's own shift template.
    pub template: Option<String>,
    /// The month whose days are shown.
    pub month: Month,
    /// The last months, oldest first.
    pub lines: Vec<MonthLine>,
    /// The month's entries, oldest first.
    pub entries: Vec<EntryView>,
    /// The month's blank days, and what was planned on them.
    pub blanks: Vec<(NaiveDate, Shift)>,
    /// The month's totals that are not zero.
    pub totals: Vec<TotalView>,
    /// The person before this one.
    pub previous: Option<Neighbour>,
    /// The person after this one.
    pub next: Option<Neighbour>,
    /// What happened to the person's record, newest first.
    pub history: Vec<ChangeView>,
}

/// A link to another person.
pub struct Neighbour {
    /// The person.
    pub id: Uuid,
    /// "Ad Soyad".
    pub name: String,
}

/// A month of the person.
pub struct MonthLine {
    /// Which.
    pub month: Month,
    /// "Ocak 2026".
    pub name: String,
    /// Address of the person's page with that month.
    pub address: String,
    /// The sum of its days.
    pub sum: Tally,
}

/// A total of the month, with its calculation.
pub struct TotalView {
    /// Which.
    pub total: Total,
    /// Its minutes.
    pub minutes: i64,
    /// The entries that are part of it.
    pub parts: Vec<PartView>,
    /// "480 + 525 = 1005 dakika, yani 16,75 saat."
    pub sum: String,
}

/// What one entry adds to a total.
pub struct PartView {
    /// The entry.
    pub id: Uuid,
    /// Its date.
    pub day: NaiveDate,
    /// Its part in minutes.
    pub minutes: i64,
    /// How these minutes were calculated.
    pub steps: Vec<String>,
}

impl CardPage<'_> {
    /// "Ocak 2026".
    pub fn month_name(&self) -> String {
        format::month_of_year(self.ctx.lang, self.month.first())
    }

    /// All months of the table together.
    pub fn sum(&self) -> Tally {
        self.lines.iter().map(|line| line.sum).sum()
    }

    /// Address of the same page for the month before.
    pub fn previous_month(&self) -> Option<String> {
        self.month.previous().map(|month| address(self.row.employee.id, month))
    }

    /// Address of the same page for the month after.
    pub fn next_month(&self) -> Option<String> {
        self.month.next().map(|month| address(self.row.employee.id, month))
    }

    /// Address of the region's month.
    pub fn month_address(&self) -> String {
        let region = if self.ctx.has_many_regions() { format!("&region={}", self.row.employee.region) } else { String::new() };
        format!("/timesheets/month?month={}{region}", self.month)
    }
}

impl MonthLine {
    /// The month of a person, from the days of its row.
    pub fn new(lang: Lang, id: Uuid, month: Month, days: &[Cell]) -> Self {
        Self { month, name: format::month_of_year(lang, month.first()), address: address(id, month), sum: days.iter().collect() }
    }
}

fn address(id: Uuid, month: Month) -> String {
    format!("/employees/{id}?month={month}")
}

impl TotalView {
    /// `None` if the total is zero.
    pub fn new(ctx: &Ctx, total: Total, entries: &[EntryView], rules: &Rules) -> Option<Self> {
        let part = |entry: &EntryView| PartView {
            id: entry.entry.id,
            day: entry.entry.value.work_date,
            minutes: total.of(&entry.hours),
            steps: total.steps(&entry.entry.value.shift(), rules).iter().map(|step| in_words(step, ctx.lang)).collect(),
        };
        let parts: Vec<PartView> = entries.iter().map(part).filter(|part| part.minutes > 0).collect();
        let minutes: i64 = parts.iter().map(|part| part.minutes).sum();
        let terms: Vec<String> = parts.iter().map(|part| format::number(ctx.lang, part.minutes)).collect();
        let hours = civil::format_hours(minutes, ctx.lang.as_str());
        let sum = t_with(ctx.lang, "total-sum", &[("terms", &terms.join(" + ")), ("minutes", &minutes), ("hours", &hours)]);
        (minutes > 0).then_some(Self { total, minutes, parts, sum })
    }

    /// Its anchor on the page.
    pub fn anchor(&self) -> &'static str {
        match self.total {
            Total::Worked => "worked",
            Total::Scheduled => "scheduled",
            Total::Overtime => "overtime",
            Total::Night => "night",
            Total::Overnight => "overnight",
            Total::SpecialNormal => "special",
            Total::SpecialNight => "special-night",
        }
    }

    /// Key of its name.
    pub fn name(&self) -> &'static str {
        match self.total {
            Total::Worked => "month-worked",
            Total::Scheduled => "hours-scheduled",
            Total::Overtime => "hours-overtime",
            Total::Night => "hours-night",
            Total::Overnight => "hours-overnight",
            Total::SpecialNormal => "hours-special-normal",
            Total::SpecialNight => "hours-special-night",
        }
    }

    /// Key of the rule in a sentence (DOMAIN 4.1).
    pub fn rule(&self) -> &'static str {
        match self.total {
            Total::Worked => "total-rule-worked",
            Total::Scheduled => "total-rule-scheduled",
            Total::Overtime => "total-rule-overtime",
            Total::Night => "total-rule-night",
            Total::Overnight => "total-rule-overnight",
            Total::SpecialNormal => "total-rule-special",
            Total::SpecialNight => "total-rule-special-night",
        }
    }
}
