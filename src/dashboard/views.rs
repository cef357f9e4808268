//! What the dashboard's pages show.

use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    alerts::{Alert, AlertKind, Why},
    chart::{self, Band},
    load::{Tile, Trend},
    period::{Period, Step},
};
use crate::{
    alarms::{AlarmList, Severity},
    civil,
    events::EventView,
    hours::Hours,
    i18n::{Ago, Lang, format, t, t_with},
    queue_health::QueuesView,
    timesheets::weekday_key,
    web::{filters, page::Ctx, pagination::Pager},
};

/// The field of a date.
#[derive(Debug, Clone, Default)]
pub struct DateView {
    /// Its value.
    pub value: String,
    /// Its error; empty if there is none.
    pub error: String,
}

/// The fields of a range of dates.
#[derive(Debug, Clone, Default)]
pub struct DatesView {
    /// The first date.
    pub from: DateView,
    /// The last date.
    pub to: DateView,
}

/// The filters as the form shows them.
#[derive(Debug, Clone)]
pub struct FilterView {
    /// Region's code.
    pub region: String,
    /// First and last date.
    pub dates: DatesView,
    /// Text, as typed.
    pub q: String,
    /// Settings of the other parts of the page: name and value, kept when the form is sent.
    pub kept: Vec<(&'static str, String)>,
}

impl FilterView {
    /// `&region=ankara` for links; empty without a region.
    pub fn region_query(&self) -> String {
        if self.region.is_empty() { String::new() } else { format!("&region={}", self.region) }
    }
}

/// The newest entry of a region.
#[derive(Debug, Clone)]
pub struct LastView {
    /// The entry.
    pub id: Uuid,
    /// When it was written.
    pub ago: Ago,
    /// Who wrote it.
    pub who: String,
}

/// A region at a glance.
#[derive(Debug, Clone)]
pub struct TileView {
    /// The region's code.
    pub region: String,
    /// Its name.
    pub name: String,
    /// Active people.
    pub active: i64,
    /// People employed today.
    pub employed: i64,
    /// Entries of today's date.
    pub of_today: i64,
    /// Entries written today, for any date.
    pub written: i64,
    /// Days of people without an entry.
    pub blanks: i64,
    /// Overtime in minutes.
    pub overtime: i64,
    /// Undecided conflicts.
    pub conflicts: i64,
    /// Operations that are held: the server keeps them but could not apply them.
    pub held: i64,
    /// The newest entry.
    pub last: Option<LastView>,
    period: Period,
    today: NaiveDate,
}

impl TileView {
    /// Link to the active people.
    pub fn people_href(&self) -> String {
        format!("/employees?region={}", self.region)
    }

    /// Link to the entries of today's date.
    pub fn of_today_href(&self) -> String {
        format!("/timesheets?region={0}&from={1}&to={1}", self.region, self.today)
    }

    /// Link to the entries written today.
    pub fn written_href(&self) -> String {
        format!("/activity?region={0}&entity=timesheet&kind=create&from={1}&to={1}", self.region, self.today)
    }

    /// Link to the people with blank days.
    pub fn blanks_href(&self) -> String {
        format!("/dashboard/blanks?region={}&{}", self.region, self.period.query())
    }

    /// Link to the people with overtime.
    pub fn overtime_href(&self) -> String {
        format!("/reports/summary?region={}&{}&sort=-overtime", self.region, self.period.query())
    }

    /// Link to the undecided conflicts.
    pub fn conflicts_href(&self) -> String {
        format!("/conflicts?region={}", self.region)
    }

    /// Link to the held operations.
    pub fn held_href(&self) -> String {
        format!("/queue?region={}&state=held", self.region)
    }

    /// CSS class of a number that should be 0.
    #[expect(clippy::trivially_copy_pass_by_ref, clippy::unused_self, reason = "templates call methods, with references")]
    pub fn mark(&self, number: &i64) -> &'static str {
        if *number > 0 { "wants-a-look" } else { "" }
    }

    /// Builds the view of a tile; `period` is the range of blanks and overtime.
    pub(super) fn new(lang: Lang, tile: Tile, period: Period, today: NaiveDate, now: DateTime<Utc>) -> Self {
        let Tile { row, blanks, overtime } = tile;
        let last = row.last.map(|last| LastView {
            id: last.id,
            ago: Ago::new(lang, last.at, now),
            who: last.who.unwrap_or_else(|| t(lang, "activity-system").to_owned()),
        });
        Self {
            region: row.region,
            name: row.name,
            active: row.active,
            employed: row.employed,
            of_today: row.of_today,
            written: row.written,
            blanks,
            overtime,
            conflicts: row.conflicts,
            held: row.held,
            last,
            period,
            today,
        }
    }
}

/// An alert in words.
#[derive(Debug, Clone)]
pub struct AlertView {
    /// Kind of oddity.
    pub kind: AlertKind,
    /// How urgent it is.
    pub severity: Severity,
    /// The region's code.
    pub region: String,
    /// "Ad Soyad".
    pub employee_name: String,
    /// Link to the person's card; `None` for a deleted person.
    pub person_href: Option<String>,
    /// The date.
    pub day: NaiveDate,
    /// Link to the entry, or to the entries of the days in a row.
    pub href: String,
    /// The reason, with the numbers.
    pub why: String,
    /// It was confirmed when the entry was made.
    pub is_confirmed: bool,
}

impl AlertView {
    /// Builds the view of an alert.
    pub(super) fn new(ctx: &Ctx, alert: Alert) -> Self {
        let (at, and_at) = (ctx.at(&alert.region), ctx.and_at(&alert.region));
        let list = |from| format!("/timesheets?employee_id={}&from={from}&to={}{and_at}", alert.employee_id, alert.day);
        let href = match (alert.entry, &alert.why) {
            (Some(id), _) => format!("/timesheets/{id}{at}"),
            (None, Why::Run { from, .. }) => list(*from),
            (None, _) => list(alert.day),
        };
        let is_there = alert.kind != AlertKind::DeletedPerson;
        Self {
            why: why_in_words(ctx.lang, &alert),
            is_confirmed: alert.is_confirmed,
            person_href: is_there.then(|| format!("/employees/{}{at}", alert.employee_id)),
            kind: alert.kind,
            severity: alert.kind.severity(),
            region: alert.region,
            employee_name: alert.employee_name,
            day: alert.day,
            href,
        }
    }

    /// Translation key of the weekday's short name.
    pub fn weekday_key(&self) -> &'static str {
        weekday_key(self.day)
    }
}

fn why_in_words(lang: Lang, alert: &Alert) -> String {
    let hours = |minutes: i64| civil::format_hours(minutes, lang.as_str());
    match &alert.why {
        Why::Minutes { start, end, minutes } => {
            let key = match alert.kind {
                AlertKind::HardlyTrue => "alert-why-hardly-true",
                AlertKind::LongDay => "alert-why-long-day",
                AlertKind::Overnight => "alert-why-overnight",
                AlertKind::SpecialDay => "alert-why-special-day",
                _ => "alert-why-long-shift",
            };
            let (start, end) = (civil::format_time(*start), civil::format_time(*end));
            t_with(lang, key, &[("start", &start), ("end", &end), ("hours", &hours(*minutes))])
        }
        Why::Break { break_minutes, gross } => t_with(lang, "alert-why-nothing-worked", &[("break", break_minutes), ("gross", gross)]),
        Why::Date(date) => {
            let key = match alert.kind {
                AlertKind::BeforeHire => "alert-why-before-hire",
                AlertKind::AfterExit => "alert-why-after-exit",
                AlertKind::Ahead => "alert-why-ahead",
                _ => "alert-why-far-ahead",
            };
            t_with(lang, key, &[("date", &civil::format_date_tr(*date))])
        }
        Why::Holiday(name) => t_with(lang, "alert-why-holiday-not-marked", &[("name", name)]),
        Why::Run { from, days, at_least } => {
            let key = if *at_least { "alert-why-no-day-off-at-least" } else { "alert-why-no-day-off" };
            let (from, to) = (civil::format_date_tr(*from), civil::format_date_tr(alert.day));
            t_with(lang, key, &[("from", &from), ("to", &to), ("n", days)])
        }
        Why::Nothing => t(lang, "alert-why-deleted-person").to_owned(),
    }
}

/// The oddities of one day.
pub struct DayView {
    /// The day.
    pub day: NaiveDate,
    /// The day is yesterday.
    pub is_yesterday: bool,
    /// The day before.
    pub previous: Option<NaiveDate>,
    /// The day after; `None` on the last possible day.
    pub next: Option<NaiveDate>,
    /// The most urgent first, up to the card's limit.
    pub alerts: Vec<AlertView>,
    /// The number of further alerts, and the query of the page that shows all.
    pub more: Option<(usize, String)>,
    /// People expected on that day.
    pub expected: usize,
    /// Expected people without an entry.
    pub blank: usize,
    /// The day is over.
    pub is_over: bool,
}

impl DayView {
    /// Translation key of the weekday's short name.
    pub fn weekday_key(&self) -> &'static str {
        weekday_key(self.day)
    }
}

/// The oddities of the period, or only one kind of them.
pub struct AlertList {
    /// The alerts of this page, the most urgent first.
    pub shown: Vec<AlertView>,
    /// Each kind that occurs, and how often.
    pub kinds: Vec<(AlertKind, usize)>,
    /// Number of alerts.
    pub count: usize,
    /// The only kind shown; `None` for all.
    pub kind: Option<AlertKind>,
    /// There are too many entries: older ones were not checked.
    pub is_cut: bool,
    /// Which of the alerts are shown.
    pub pager: Pager,
}

impl AlertList {
    /// Whether only this kind is shown.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    pub fn is_of(&self, kind: &AlertKind) -> bool {
        self.kind == Some(*kind)
    }
}

/// The trend of one region as an SVG picture.
pub struct Panel {
    /// The region's code.
    pub region: String,
    /// Its name.
    pub name: String,
    /// Bars of entries above, bars of overtime below.
    pub bands: [Band; 2],
    /// Text for screen readers.
    pub description: String,
    /// Entries and hours, oldest step first.
    pub steps: Vec<(i64, Hours)>,
}

impl Panel {
    /// Number of entries of a step.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    pub fn count_of(&self, place: &usize) -> i64 {
        self.steps.get(*place).map_or(0, |step| step.0)
    }

    /// Overtime of a step, in minutes.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    pub fn overtime_of(&self, place: &usize) -> i64 {
        self.steps.get(*place).map_or(0, |step| step.1.overtime)
    }
}

/// Regions with their own picture. If there are more, one picture shows their sums.
const PANELS: usize = 12;

/// The trend of all regions together.
fn sum_of(lang: Lang, trends: &[Trend]) -> Trend {
    let mut steps: Vec<(i64, Hours)> = Vec::new();
    for trend in trends {
        steps.resize(steps.len().max(trend.steps.len()), (0, Hours::ZERO));
        for (sum, step) in steps.iter_mut().zip(&trend.steps) {
            sum.0 += step.0;
            sum.1 += step.1;
        }
    }
    Trend { region: String::new(), name: t(lang, "region-all").to_owned(), steps }
}

/// The trend of the regions, or of all together.
pub struct TrendView {
    /// Weeks or months.
    pub step: Step,
    /// The periods of the bars, oldest first.
    pub steps: Vec<Period>,
    /// One per region, or one for all together.
    pub panels: Vec<Panel>,
}

impl TrendView {
    pub(super) fn new(lang: Lang, step: Step, steps: Vec<Period>, trends: Vec<Trend>) -> Self {
        let trends = if trends.len() > PANELS { vec![sum_of(lang, &trends)] } else { trends };
        let most = |of: fn(&(i64, Hours)) -> i64| trends.iter().flat_map(|trend| &trend.steps).map(of).max().unwrap_or(0);
        let scales = [most(|step| step.0), most(|step| step.1.overtime)];
        let panel = |trend: Trend| {
            let counts: Vec<i64> = trend.steps.iter().map(|step| step.0).collect();
            let overtime: Vec<i64> = trend.steps.iter().map(|step| step.1.overtime).collect();
            let bands = [
                chart::band(0, &counts, scales[0], |count| format::number(lang, count)),
                chart::band(1, &overtime, scales[1], |minutes| format::number(lang, (minutes + 30) / 60)),
            ];
            let (entries, sum) = (counts.iter().sum::<i64>(), civil::format_hours(overtime.iter().sum::<i64>(), lang.as_str()));
            let description = t_with(lang, "trend-description", &[("region", &trend.name), ("entries", &entries), ("overtime", &sum)]);
            Panel { region: trend.region, name: trend.name, bands, description, steps: trend.steps }
        };
        Self { step, steps, panels: trends.into_iter().map(panel).collect() }
    }

    /// The SVG's `viewBox`: `0 0 324 168`.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    pub fn view_box(&self) -> String {
        format!("0 0 {} {}", chart::WIDTH, chart::HEIGHT)
    }

    /// The label of a step under the picture: `02.11` for a week (its Monday), `11.2026` for a month.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    pub fn short(&self, step: &Period) -> String {
        let pattern = match self.step {
            Step::Week => "%d.%m",
            Step::Month => "%m.%Y",
        };
        step.from.format(pattern).to_string()
    }
}

/// One action on an entry, in words.
pub struct RecentView {
    /// Number of the change.
    pub id: i64,
    /// The region's code.
    pub region: String,
    /// When.
    pub ago: Ago,
    /// Who did it.
    pub who: String,
    /// Translation key of the action.
    pub deed: &'static str,
    /// Icon of the action.
    pub icon: &'static str,
    /// The entry.
    pub entry_id: Uuid,
    /// Whose.
    pub employee_name: String,
    /// The entry's date.
    pub work_date: NaiveDate,
    /// Start, minutes.
    pub start_min: i32,
    /// End, minutes.
    pub end_min: i32,
}

impl RecentView {
    pub(super) fn new(lang: Lang, row: super::db::RecentRow, now: DateTime<Utc>) -> Self {
        let (deed, icon) = match row.action.as_str() {
            "create" => ("recent-created", "plus"),
            "delete" | "erase" => ("recent-deleted", "trash"),
            "restore" => ("recent-restored", "restore"),
            _ => ("recent-updated", "edit"),
        };
        Self {
            id: row.id,
            ago: Ago::new(lang, row.at, now),
            who: row.who.unwrap_or_else(|| t(lang, "activity-system").to_owned()),
            deed,
            icon,
            region: row.region,
            entry_id: row.entry_id,
            employee_name: row.employee_name,
            work_date: row.work_date,
            start_min: row.start_min,
            end_min: row.end_min,
        }
    }
}

/// A person with overtime.
pub struct LeaderView {
    /// The person.
    pub employee_id: Uuid,
    /// "Ad Soyad".
    pub full_name: String,
    /// The region's code.
    pub region: String,
    /// Overtime in minutes.
    pub overtime: i64,
}

/// `/dashboard`.
#[derive(Template)]
#[template(path = "dashboard/board.html", blocks = ["board"])]
pub struct BoardPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The filters.
    pub filter: FilterView,
    /// The dates of blanks and overtime.
    pub period: Period,
    /// State of the logs at this reading; the next refresh sends it.
    pub seen: String,
    /// The regions.
    pub tiles: Vec<TileView>,
    /// The oddities of one day.
    pub day: DayView,
    /// The oddities of the period.
    pub alerts: AlertList,
    /// The trend.
    pub trend: TrendView,
    /// Actions on entries, newest first.
    pub recent: Vec<RecentView>,
    /// Sign-ins and failures, newest first.
    pub sign_ins: Vec<EventView>,
    /// The people with the most overtime.
    pub leaders: Vec<LeaderView>,
    /// The queues in the browsers.
    pub queues: QueuesView,
    /// Alarms by source.
    pub alarms: Vec<AlarmList>,
    /// Errors in the address; with any, nothing is shown.
    pub wrong: Vec<String>,
}

impl BoardPage<'_> {
    /// The month before this period, for its link.
    pub fn previous(&self) -> String {
        self.period.previous_month()
    }

    /// The query for another list of alerts: it starts at the first page.
    pub fn without_page(&self) -> String {
        self.ctx.query.split('&').filter(|pair| !pair.starts_with("page=")).collect::<Vec<_>>().join("&")
    }
}

/// A person with days without an entry.
pub struct BlankView {
    /// The person.
    pub employee_id: Uuid,
    /// "Ad Soyad".
    pub full_name: String,
    /// "Departman".
    pub department: String,
    /// The region's code.
    pub region: String,
    /// The days, oldest first.
    pub days: Vec<NaiveDate>,
}

/// `/dashboard/blanks`: the list behind "boş".
#[derive(Template)]
#[template(path = "dashboard/blanks.html", blocks = ["list"])]
pub struct BlanksPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// Region's code.
    pub region: String,
    /// The dates asked for.
    pub period: Period,
    /// The same dates as form fields.
    pub dates: DatesView,
    /// What an empty list means.
    pub standing: Standing,
    /// The people, in Turkish order.
    pub people: Vec<BlankView>,
    /// Number of all their days.
    pub count: usize,
    /// Errors in the address; with any, nothing is listed.
    pub wrong: Vec<String>,
}

/// What an empty list of blank days means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Every expected person has an entry.
    AllEntered,
    /// No day of the range is over.
    NotYet,
    /// No person was expected on any day of the range.
    NobodyExpected,
}
