//! Reads everything the dashboard shows in one snapshot.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::{
    alerts::{self, Alert, AlertKind, DAYS_AHEAD, Run, Suspect, Why, alerts_of, long_runs},
    db::{self, RecentRow, Search, ShapeRow, TileRow},
    period::{Period, Step},
};
use crate::{
    civil,
    db::{Mode, ScopedTx},
    fold::fold,
    hours::{Hours, Rules, hours},
    labels::{Labels, db::load_labels},
    reports::{self, Summary},
    roster::{Blanks, Roster, WorkedDays, blanks, load_roster_and_settings, load_worked_days},
};

/// Days read before and after a period, for runs that begin before it or end after it.
const MARGIN: u64 = 31;
/// At most this many entries are checked for alerts.
const SUSPECTS: i64 = 5000;
/// Lines of "Son kayıtlar".
const RECENT: i64 = 12;

/// The reader's choices.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub period: Period,
    pub day: NaiveDate,
    pub step: Step,
    /// Folded part of a name.
    pub text: String,
    pub today: NaiveDate,
}

/// A region at a glance.
pub(super) struct Tile {
    pub row: TileRow,
    /// Days of people without an entry.
    pub blanks: i64,
    /// Overtime in minutes.
    pub overtime: i64,
}

/// The trend of a region.
pub(super) struct Trend {
    pub region: String,
    pub name: String,
    /// Entries and hours, oldest step first.
    pub steps: Vec<(i64, Hours)>,
}

/// The oddities found.
pub(super) struct Oddities {
    /// The most urgent first.
    pub alerts: Vec<Alert>,
    /// There are too many entries: older ones were not checked.
    pub is_cut: bool,
}

/// The whole dashboard.
pub(super) struct Board {
    pub tiles: Vec<Tile>,
    /// People expected on the day of the oddities, and those of them without an entry.
    pub on_day: (usize, usize),
    pub of_day: Oddities,
    pub of_period: Oddities,
    pub steps: Vec<Period>,
    pub trends: Vec<Trend>,
    pub recent: Vec<RecentRow>,
    pub summary: Summary,
    /// Labels that distinguish people of the same name.
    pub labels: Labels,
}

/// Reads the board.
pub(super) async fn load_board<M: Mode>(tx: &mut ScopedTx<M>, wish: &Wish) -> Result<Board, sqlx::Error> {
    let Wish { period, day, today, .. } = *wish;
    let one_day = Period { from: day, to: day };
    let near = Period { from: period.from.min(day), to: period.to.max(day) };
    let (roster, settings) = load_roster_and_settings(tx, near.from, near.to).await?;
    let rules: BTreeMap<String, Rules> = settings.into_iter().map(|(region, settings)| (region, settings.rules)).collect();
    let window = period.widened(MARGIN);
    let worked = load_worked_days(tx, window.from, window.to).await?;
    // Runs are counted only up to that day, so the last day of the window ends none.
    let day_window = one_day.widened(MARGIN);
    let worked_then = load_worked_days(tx, day_window.from, day).await?;
    let rows = db::list_tiles(tx, today, midnight_of(today)).await?;
    let filter = reports::Filter {
        from: period.from,
        to: period.to,
        employee_id: None,
        department: String::new(),
        title: String::new(),
        text: String::new(),
    };
    let summary = reports::load_summary(tx, &filter, &rules).await?;
    let blank_days = period.before(today).map(|past| blanks(&roster, &worked, past.from, past.to)).unwrap_or_default();
    let tiles = tiles(rows, &blank_days, &summary);
    let steps = wish.step.last_twelve(today);
    let shapes = db::list_shapes(tx, &steps).await?;
    let trends = trends(&tiles, &shapes, steps.len(), &rules);
    let finder = Finder { roster: &roster, rules: &rules, wish };
    let of_day =
        Oddities { alerts: finder.all(&finder.suspects(tx, one_day).await?, &worked_then, day_window, |run| run.to == day), is_cut: false };
    let mut suspects = finder.suspects(tx, period).await?;
    if period.contains(today) {
        suspects.extend(finder.far_ahead(tx).await?);
    }
    let of_period = Oddities {
        is_cut: i64::try_from(suspects.len()).unwrap_or(i64::MAX) >= SUSPECTS,
        alerts: finder.all(&suspects, &worked, window, |run| run.from <= period.to && run.to >= period.from),
    };
    let expected = roster.people().iter().filter(|person| roster.expected(person, day).shift().is_some()).count();
    let on_day = (expected, blanks(&roster, &worked_then, day, day).len());
    let labels = load_labels(tx).await?;
    let mut recent = db::list_recent(tx, RECENT).await?;
    for row in &mut recent {
        labels.apply(row.employee_id, &mut row.employee_name);
    }
    Ok(Board { tiles, on_day, of_day, of_period, steps, trends, recent, summary, labels })
}

/// The instant at which a date begins in Istanbul.
fn midnight_of(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(3)
}

fn tiles(rows: Vec<TileRow>, blanks: &[Blanks<'_>], summary: &Summary) -> Vec<Tile> {
    let of_region = |row: TileRow| {
        let blank: usize = blanks.iter().filter(|b| b.person.region == row.region).map(|b| b.days.len()).sum();
        let overtime = summary.people.iter().filter(|p| p.region == row.region).map(|p| p.hours.overtime).sum();
        Tile { blanks: i64::try_from(blank).unwrap_or(i64::MAX), overtime, row }
    };
    rows.into_iter().map(of_region).collect()
}

fn trends(tiles: &[Tile], shapes: &[ShapeRow], steps: usize, rules: &BTreeMap<String, Rules>) -> Vec<Trend> {
    let of_region = |tile: &Tile| {
        let region = &tile.row.region;
        let rules = rules.get(region).copied().unwrap_or_default();
        let mut sums = vec![(0, Hours::ZERO); steps];
        for shape in shapes.iter().filter(|shape| shape.region == *region) {
            if let Some((count, sum)) = sums.get_mut(shape.place) {
                *count += shape.count;
                *sum += hours(&shape.shift, &rules) * shape.count;
            }
        }
        Trend { region: region.clone(), name: tile.row.name.clone(), steps: sums }
    };
    tiles.iter().map(of_region).collect()
}

/// Searches for oddities.
struct Finder<'a> {
    roster: &'a Roster,
    rules: &'a BTreeMap<String, Rules>,
    wish: &'a Wish,
}

impl Finder<'_> {
    async fn suspects<M: Mode>(&self, tx: &mut ScopedTx<M>, period: Period) -> Result<Vec<Suspect>, sqlx::Error> {
        let regions: HashSet<&str> = self.roster.people().iter().map(|person| person.region.as_str()).collect();
        let is_marked = |day: &NaiveDate| regions.iter().any(|region| self.roster.mark(region, *day).is_some());
        let marked: Vec<NaiveDate> = period.from.iter_days().take_while(|day| *day <= period.to).filter(is_marked).collect();
        db::list_suspects(tx, &Search { period, text: &self.wish.text, marked: &marked, latest: self.wish.today, limit: SUSPECTS }).await
    }

    /// Entries too far ahead are outside the usual periods, so they are searched separately.
    async fn far_ahead<M: Mode>(&self, tx: &mut ScopedTx<M>) -> Result<Vec<Suspect>, sqlx::Error> {
        let Some(from) = self.latest().max(self.wish.period.to).succ_opt() else { return Ok(Vec::new()) };
        let period = Period { from, to: civil::LAST_DAY };
        db::list_suspects(tx, &Search { period, text: &self.wish.text, marked: &[], latest: self.latest(), limit: SUSPECTS }).await
    }

    /// The last date that is not too far ahead.
    fn latest(&self) -> NaiveDate {
        self.wish.today.checked_add_days(Days::new(DAYS_AHEAD)).unwrap_or(NaiveDate::MAX)
    }

    /// The oddities of entries, and the runs of days that pass `concerns`.
    fn all(&self, suspects: &[Suspect], worked: &WorkedDays, window: Period, concerns: impl Fn(&Run) -> bool) -> Vec<Alert> {
        let of_entries = suspects.iter().flat_map(|suspect| {
            let holiday = self.holiday_of(suspect);
            alerts_of(suspect, &self.rules.get(&suspect.region).copied().unwrap_or_default(), holiday, self.wish.today)
        });
        let mut found: Vec<Alert> = self.runs(worked, window, concerns).chain(of_entries).collect();
        for alert in &mut found {
            if let Some(person) = self.roster.person(alert.employee_id) {
                alert.employee_name.clone_from(&person.full_name); // with the label that distinguishes namesakes
            }
        }
        alerts::sort(&mut found);
        found
    }

    fn holiday_of(&self, suspect: &Suspect) -> Option<&str> {
        let mark = self.roster.mark(&suspect.region, suspect.shift.work_date)?;
        mark.suggests_special(suspect.shift.start_min).then_some(mark.name.as_str())
    }

    fn runs<'w>(
        &'w self,
        worked: &'w WorkedDays,
        window: Period,
        concerns: impl Fn(&Run) -> bool + 'w,
    ) -> impl Iterator<Item = Alert> + 'w {
        let wanted = |name: &str| self.wish.text.is_empty() || fold(name).contains(&self.wish.text);
        let people = self.roster.people().iter().filter(move |person| wanted(&person.full_name));
        let with_days = people.filter_map(|person| Some((person, worked.of(&person.region, person.id)?)));
        with_days.flat_map(move |(person, days)| {
            let runs: Vec<Run> = long_runs(days).into_iter().filter(|run| concerns(run)).collect();
            runs.into_iter().map(move |run| Alert {
                kind: AlertKind::NoDayOff,
                region: person.region.clone(),
                employee_id: person.id,
                employee_name: person.full_name.clone(),
                entry: None,
                day: run.to,
                why: Why::Run { from: run.from, days: run.days, at_least: run.from == window.from || run.to == window.to },
                is_confirmed: false,
            })
        })
    }
}
