//! The list of entries as a file: read in spans of days, all in one snapshot, so that a list of years needs little memory and its totals
//! match its rows.

use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use futures_util::stream;

use super::{
    columns::COLUMNS,
    db,
    filter::{ListQuery, Read, RulesByRegion, sum_up},
    listed::Filter,
    views::{EntryView, FilterView, with_hours},
};
use crate::{
    db::{Read as Reading, ScopedTx},
    employees,
    error::{AppError, AppResult},
    exports::{Export, Format, List},
    hours::Hours,
    i18n::{t, t_with},
    identity::Actor,
    labels::{Labels, db::load_labels},
    settings::list_rules,
    state::AppState,
    web::{
        page::Ctx,
        paper,
        scope::scope_for,
        table::{Cell, FileColumns, Sheet},
    },
};

const LIST: List = List { what: "timesheets", file: "file-timesheets" };
/// Entries read at once; a single day may have more.
const PART: i64 = 1000;

/// The response with the file.
pub(super) async fn export(
    ctx: &Ctx,
    actor: &Actor,
    state: &AppState,
    request: &HttpRequest,
    query: &ListQuery,
    format: Format,
) -> AppResult<HttpResponse> {
    let Read { filter, shown, wrong, .. } = query.read(ctx, state.clock.today());
    if !wrong.is_empty() {
        return Err(AppError::BadQuery(wrong));
    }
    let scope = scope_for(actor, query.region.as_deref())?;
    let export = Export::begin(ctx, actor, state, request, LIST, format).await?;
    let mut tx = state.db.read_at_length(&scope).await?;
    let rules = list_rules(&mut tx).await?;
    let (totals, count) = sum_up(&db::list_shapes(&mut tx, &filter).await?, &rules);
    let labels = load_labels(&mut tx).await?;
    let about = about(&mut tx, ctx, &filter, &shown, &labels).await?;
    let days = db::count_by_day(&mut tx, &filter).await?;
    let columns = FileColumns::of(&COLUMNS);
    let sheet = Sheet {
        title: t(ctx.lang, "nav-timesheets").to_owned(),
        about,
        heads: columns.heads(ctx),
        frozen: 1,
        totals: vec![columns.totals(t_with(ctx.lang, "timesheet-totals", &[("n", &count)]), &sums(&totals))],
    };
    let source = Source { tx, filter, rules, labels, spans: spans(&days), columns, ctx };
    let rows = stream::try_unfold(source, async |mut source| Ok(source.next().await?.map(|part| (part, source))));
    export.send(sheet, rows).await
}

/// The file's heading: region, dates, and the other filters.
async fn about(tx: &mut ScopedTx<Reading>, ctx: &Ctx, filter: &Filter, shown: &FilterView, labels: &Labels) -> AppResult<String> {
    let (mut region, mut person) = (shown.region.clone(), String::new());
    if let Some(id) = filter.employee_id
        && let Some(found) = employees::db::find_employee(tx, id).await?
    {
        person = labels.name(id, &found.value.full_name);
        region = found.region;
    }
    let narrowed = paper::listed(&[&person, &paper::quoted(&shown.q)]);
    Ok(paper::days(ctx, &region, &shown.from, &shown.to, &narrowed))
}

/// The totals under the columns of hours.
fn sums(totals: &Hours) -> [(&'static str, Cell); 8] {
    [
        ("hours-worked", totals.worked),
        ("hours-scheduled", totals.scheduled),
        ("hours-overtime", totals.overtime),
        ("hours-night", totals.night),
        ("hours-overnight", totals.overnight),
        ("hours-special-normal", totals.special_normal),
        ("hours-special-overtime", totals.special_overtime),
        ("hours-special-night", totals.special_night),
    ]
    .map(|(label, minutes)| (label, Cell::Hours(minutes)))
}

/// Spans of days with up to [`PART`] entries each; a day is never split. `days` come newest first, the spans oldest first.
fn spans(days: &[(NaiveDate, i64)]) -> Vec<(NaiveDate, NaiveDate)> {
    let mut spans: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    let mut held = i64::MAX;
    for (day, count) in days {
        match spans.last_mut() {
            Some((from, _)) if held.saturating_add(*count) <= PART => {
                *from = *day;
                held += count;
            }
            _ => {
                spans.push((*day, *day));
                held = *count;
            }
        }
    }
    spans.reverse();
    spans
}

/// Reads the entries, one span after another.
struct Source<'c> {
    tx: ScopedTx<Reading>,
    filter: Filter,
    rules: RulesByRegion,
    labels: Labels,
    spans: Vec<(NaiveDate, NaiveDate)>,
    columns: FileColumns<EntryView>,
    ctx: &'c Ctx,
}

impl Source<'_> {
    async fn next(&mut self) -> AppResult<Option<Vec<Vec<Cell>>>> {
        let Some((from, to)) = self.spans.pop() else { return Ok(None) };
        let filter = Filter { from, to, ..self.filter.clone() };
        let mut entries = db::list_timesheets(&mut self.tx, &filter, i64::MAX, 0).await?;
        for entry in &mut entries {
            self.labels.apply(entry.value.employee_id, &mut entry.employee_name);
        }
        Ok(Some(with_hours(entries, &self.rules).iter().map(|row| self.columns.cells(self.ctx, row)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_together_as_long_as_they_are_few_and_each_of_them_once() {
        let day = |n: u32| NaiveDate::from_ymd_opt(2026, 1, n).unwrap();
        let days = [(day(31), 600), (day(30), 400), (day(28), 1), (day(20), 2500), (day(19), 999), (day(1), 1)];
        let mut read = spans(&days);
        read.reverse();
        assert_eq!(read, [(day(30), day(31)), (day(28), day(28)), (day(20), day(20)), (day(1), day(19))]);
        assert_eq!(spans(&[]), []);
    }
}
