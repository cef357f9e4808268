//! "Puantaj" from the copy.

use uuid::Uuid;

use super::{Local, RegionCopy, query_of};
use crate::{
    auth::Actor,
    error::{AppError, AppResult},
    i18n::t,
    ops::{Entity as _, FieldError},
    timesheets::{
        filter::{ListQuery, NewQuery, PAGE_SIZE, sum_up},
        forms::{Forms, planned_form},
        listed::{Filter, Listed, Shape},
        views::{EntryView, ListPage, RowFragment, ShowPage, TotalsFragment, explanation, render_edit, with_hours},
    },
    web::{
        form::{FormView, Posted},
        page::{Ctx, render},
        pagination::Pager,
    },
};

/// The list, its totals alone, or the page around them.
pub(super) fn list(ctx: &Ctx, copy: &RegionCopy<'_>, actor: &Actor) -> AppResult<Local> {
    let query: ListQuery = query_of(ctx)?;
    let html = match ctx.htmx_target.as_deref() {
        Some("timesheet-list") => render(ctx, &list_page(ctx, copy, actor, &query, Forms::None)?.as_list())?,
        Some("timesheet-totals") => {
            let ListPage { totals, pager, .. } = list_page(ctx, copy, actor, &query, Forms::None)?;
            render(ctx, &TotalsFragment { ctx, totals, pager })?
        }
        _ => render(ctx, &list_page(ctx, copy, actor, &query, Forms::New)?)?,
    };
    Ok(Local::Page(html))
}

/// The same with the form for a person's day filled in as planned.
pub(super) fn new(ctx: &Ctx, copy: &RegionCopy<'_>, actor: &Actor) -> AppResult<Local> {
    let query: NewQuery = query_of(ctx)?;
    let (Some(employee_id), Some(day)) = (query.employee_id, query.work_date) else {
        return Ok(Local::Page(render(ctx, &list_page(ctx, copy, actor, &ListQuery::default(), Forms::New)?)?));
    };
    if copy.find_person(employee_id)?.deleted_at.is_some() {
        return Err(AppError::NotFound);
    }
    let form = planned(copy, employee_id, day)?;
    let page = list_page(ctx, copy, actor, &ListQuery::month_of(employee_id, day), Forms::Filled(form))?;
    Ok(Local::Page(render(ctx, &page)?))
}

/// A new entry's form that came back.
pub(super) fn refuse_new(ctx: &Ctx, copy: &RegionCopy<'_>, actor: &Actor, posted: &Posted, errors: &[FieldError]) -> AppResult<Local> {
    let form = FormView::refused(posted, None, errors, ctx.lang);
    Ok(Local::Refused(render(ctx, &list_page(ctx, copy, actor, &ListQuery::default(), Forms::Filled(form))?)?))
}

/// The form for a day of a person, as planned.
pub(super) fn planned(copy: &RegionCopy<'_>, employee_id: Uuid, day: chrono::NaiveDate) -> AppResult<FormView> {
    let (roster, usual) = (copy.roster(day, day)?, copy.find_default(day)?);
    Ok(planned_form(&roster, usual.as_ref(), &copy.region, employee_id, day))
}

fn list_page<'a>(ctx: &'a Ctx, copy: &RegionCopy<'_>, actor: &Actor, query: &ListQuery, forms: Forms) -> AppResult<ListPage<'a>> {
    copy.check_region(query.region.as_deref())?;
    let (filter, shown) = query.read(ctx, copy.today);
    let rules = copy.rules()?;
    let entries = copy.list_entries(&filter)?;
    let shapes: Vec<Shape> = entries.iter().map(shape_of).collect();
    let (totals, count) = sum_up(&shapes, &rules);
    let pager = Pager::new(query.page, PAGE_SIZE, count);
    let of_page = entries.into_iter().skip(at(pager.offset())).take(at(PAGE_SIZE)).collect();
    let choices = if forms.is_none() { crate::timesheets::views::Choices::default() } else { copy.choices(ctx)? };
    let form = forms.form(&choices, actor, copy.today);
    let filtered = query.is_narrowed(&filter);
    Ok(ListPage { ctx, filter: shown, form, choices, rows: with_hours(of_page, &rules), totals, pager, filtered })
}

fn shape_of(entry: &Listed) -> Shape {
    Shape {
        region: entry.region.clone(),
        a_date: entry.value.work_date,
        start_min: entry.value.start_min,
        end_min: entry.value.end_min,
        break_min: entry.value.break_minutes,
        is_special: entry.value.is_special,
        count: 1,
    }
}

/// A place in a list.
pub(super) fn at(place: i64) -> usize {
    usize::try_from(place).unwrap_or(0)
}

/// One entry, and how its hours came about. Its history is at the server.
pub(super) fn show(ctx: &Ctx, copy: &RegionCopy<'_>, id: Uuid) -> AppResult<Local> {
    let (entry, rules) = (copy.find_entry(id)?, copy.rule()?);
    let deleted = entry.deleted_at.map(|_| t(ctx.lang, "copy-was-deleted").to_owned());
    let row = EntryView::new(entry, &rules);
    let steps = explanation(&row, &rules, ctx.lang);
    Ok(Local::Page(render(ctx, &ShowPage { ctx, row, steps, deleted, history: Vec::new() })?))
}

/// One row of the list.
pub(super) fn row(ctx: &Ctx, copy: &RegionCopy<'_>, id: Uuid) -> AppResult<Local> {
    let row = EntryView::new(copy.find_entry(id)?, &copy.rule()?);
    Ok(Local::Page(render(ctx, &RowFragment { ctx, row, focus: true })?))
}

/// The form for a change.
pub(super) fn edit(ctx: &Ctx, copy: &RegionCopy<'_>, id: Uuid) -> AppResult<Local> {
    let entry = copy.find_entry(id)?;
    if entry.deleted_at.is_some() {
        return Err(AppError::NotFound);
    }
    let form = FormView::of_row(entry.id, entry.version, &copy.region, &entry.value.to_row());
    Ok(Local::Page(render_edit(ctx, entry, form, copy.choices(ctx)?.only(&copy.region))?))
}

/// The form for a change that came back.
pub(super) fn refuse_change(ctx: &Ctx, copy: &RegionCopy<'_>, id: Uuid, posted: &Posted, errors: &[FieldError]) -> AppResult<Local> {
    let form = FormView::refused(posted, Some(id), errors, ctx.lang);
    Ok(Local::Refused(render_edit(ctx, copy.find_entry(id)?, form, copy.choices(ctx)?)?))
}

/// A person's entries of some days.
pub(super) fn entries_of(copy: &RegionCopy<'_>, id: Uuid, from: chrono::NaiveDate, to: chrono::NaiveDate) -> AppResult<Vec<Listed>> {
    copy.list_entries(&Filter { employee_id: Some(id), from, to, text: String::new() })
}
